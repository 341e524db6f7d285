"""Random edits of a district, and whether two reports say the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import numpy as np

from baiyun_gis.findings.conflicts import CheckLedger, CheckReport, Ledger
from baiyun_gis.model.columns import specs_of, text_array
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState

Edit = Callable[[ProjectState, np.random.Generator], ProjectState]
SAME_M = 1e-6


def random_edit(state: ProjectState, chance: np.random.Generator) -> tuple[str, ProjectState]:
    """One edit of a random kind, with its name."""
    names = list(EDITS)
    name = names[int(chance.integers(len(names)))]
    return name, EDITS[name](state, chance)


def _vertices(pipes: PipeTable, row: int) -> slice:
    return slice(int(pipes.offsets[row]), int(pipes.offsets[row + 1]))


def _pipe(state: ProjectState, chance: np.random.Generator) -> int:
    return int(chance.integers(len(state.pipes)))


def moved(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe pushed aside by up to 3 m; its nodes stay."""
    pipes = state.pipes
    xy = pipes.xy.copy()
    xy[_vertices(pipes, _pipe(state, chance))] += chance.normal(0, 1.5, 2)
    return state.with_(pipes=pipes.with_columns(xy=xy))


def bent(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """One end of a pipe moved, sometimes onto another pipe's end."""
    pipes = state.pipes
    xy, vertices = pipes.xy.copy(), _vertices(pipes, _pipe(state, chance))
    at = vertices.start if chance.random() < 0.5 else vertices.stop - 1
    away = np.hypot(*(pipes.xy - pipes.xy[at]).T)
    near = np.flatnonzero((away > 0.01) & (away < 8))
    onto = chance.random() < 0.5 and len(near) > 0
    xy[at] = pipes.xy[chance.choice(near)] if onto else xy[at] + chance.normal(0, 1, 2)
    return state.with_(pipes=pipes.with_columns(xy=xy))


def relevelled(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe raised or lowered, now and then with its level lost."""
    pipes = state.pipes
    level, part = pipes.axis_level.copy(), _vertices(pipes, _pipe(state, chance))
    level[part] = np.nan if chance.random() < 0.1 else level[part] + chance.normal(0, 0.5)
    return state.with_(pipes=pipes.with_columns(axis_level=level))


def resized(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe given the section of another of its kind."""
    pipes = state.pipes
    row = _pipe(state, chance)
    like = int(chance.choice(np.flatnonzero(pipes.utility == pipes.utility[row])))
    names = ("shape", "outer_width_m", "outer_height_m", "inner_width_m", "nominal_mm")
    columns = {name: getattr(pipes, name).copy() for name in names}
    for values in columns.values():
        values[row] = values[like]
    return state.with_(pipes=pipes.with_columns(**columns))


def recast(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe made one of another kind, with all the rules look at."""
    pipes = state.pipes
    row, like = _pipe(state, chance), _pipe(state, chance)
    names = (
        "utility", "burial", "nominal_mm", "inner_width_m", "outer_width_m", "outer_height_m",
        "pressure_class", "pressure_mpa", "voltage_kv", "material",
    )  # fmt: skip
    columns = {name: getattr(pipes, name).copy() for name in names}
    for values in columns.values():
        values[row] = values[like]
    return state.with_(pipes=pipes.with_columns(**columns))


def deleted(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe less."""
    keep = np.ones(len(state.pipes), dtype=np.bool_)
    keep[_pipe(state, chance)] = False
    return state.with_(pipes=state.pipes.take(keep))


def added(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe more: a copy of another beside it, of two pieces, joined to nothing."""
    pipes = state.pipes
    new = pipes.take(np.array([_pipe(state, chance)]))
    ends = new.xy[[0, -1]] + chance.normal(0, 1, 2)
    level = new.axis_level[[0, -1]]
    xy = np.stack([ends[0], ends.mean(axis=0) + chance.normal(0, 0.5, 2), ends[1]])
    name = f"new {len(pipes)} {int(chance.integers(1 << 40))}"
    new = new.with_columns(
        id=text_array([name]), start_node=np.array([-1]), end_node=np.array([-1]),
        offsets=np.array([0, 3]), xy=xy, axis_level=np.array([level[0], level.mean(), level[1]]),
    )  # fmt: skip
    return state.with_(pipes=PipeTable.concat([pipes, new]))


def unhooked(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe taken off its nodes, or put onto those of another."""
    pipes = state.pipes
    start, row = pipes.start_node.copy(), _pipe(state, chance)
    start[row] = -1 if chance.random() < 0.5 else start[_pipe(state, chance)]
    return state.with_(pipes=pipes.with_columns(start_node=start))


def node_moved(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A node with the ends of its pipes, and another size of chamber."""
    nodes, pipes = state.nodes, state.pipes
    row, by = int(chance.integers(len(nodes))), chance.normal(0, 1, 2)
    places, xy = nodes.xy.copy(), pipes.xy.copy()
    places[row] += by
    xy[pipes.offsets[:-1][pipes.start_node == row]] += by
    xy[pipes.offsets[1:][pipes.end_node == row] - 1] += by
    width = nodes.chamber_width_m.copy()
    width[row] *= chance.uniform(0.7, 2.0)
    return state.with_(
        nodes=nodes.with_columns(xy=places, chamber_width_m=width),
        pipes=pipes.with_columns(xy=xy),
    )


def building_moved(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A building somewhere near where it was, its foundation with it."""
    import shapely

    buildings = state.buildings
    row, by = int(chance.integers(len(buildings))), chance.normal(0, 3, 2)
    shape, base = buildings.geometry.copy(), buildings.foundation.copy()
    for column in (shape, base):
        if column[row] is not None:
            column[row] = shapely.transform(column[row], lambda xy: xy + by)
    return state.with_(buildings=buildings.with_columns(geometry=shape, foundation=base))


def ended(state: ProjectState, chance: np.random.Generator) -> ProjectState:
    """A pipe taken out of the ground, or back in."""
    pipes = state.pipes
    end, row = pipes.valid_to.copy(), _pipe(state, chance)
    end[row] = np.datetime64("2020-01-01") if np.isnat(end[row]) else np.datetime64("NaT", "D")
    return state.with_(pipes=pipes.with_columns(valid_to=end))


EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        moved, bent, relevelled, resized, recast, deleted, added, unhooked, node_moved,
        building_moved, ended,
    )
}  # fmt: skip


def dragged(state: ProjectState, row: int, chance: np.random.Generator) -> ProjectState:
    """A pipe a step further on the way it is dragged: all of it, vertex by vertex, in height, or
    an end of it onto another line's end; nothing but its axis changes."""
    pipes, part = state.pipes, _vertices(state.pipes, row)
    xy, level, what = pipes.xy.copy(), pipes.axis_level.copy(), chance.random()
    if what < 0.6:
        xy[part] += chance.normal(0, 0.7, 2)
    elif what < 0.75:
        xy[part] += chance.normal(0, 0.5, (part.stop - part.start, 2))
    elif what < 0.85:
        level[part] += chance.normal(0, 0.5)
    elif what < 0.9:
        level[int(chance.integers(part.start, part.stop))] = np.nan
    else:
        at = part.start if chance.random() < 0.5 else part.stop - 1
        away = np.hypot(*(pipes.xy - pipes.xy[at]).T)
        near = np.flatnonzero((away > 0.01) & (away < 8))
        if len(near):
            xy[at] = pipes.xy[chance.choice(near)]
    return state.with_(pipes=pipes.with_columns(xy=xy, axis_level=level))


def differences(one: CheckReport, two: CheckReport, *, with_suspicions: bool = True) -> list[str]:
    """What two reports disagree about: ledger, ids, every column; numbers to a micrometre."""
    out = _ledger_differences(one.ledger, two.ledger)
    if with_suspicions and one.requirements != two.requirements:
        out.append("requirements")
    for name in ("conflicts", "suspicions") if with_suspicions else ("conflicts",):
        a, b = getattr(one, name), getattr(two, name)
        a, b = a.take(np.argsort(a.id.astype(str))), b.take(np.argsort(b.id.astype(str)))
        if a.id.tolist() != b.id.tolist():
            out.append(
                f"{name}: only live {set(a.id) - set(b.id)}, only full {set(b.id) - set(a.id)}"
            )
            continue
        for spec in specs_of(type(a)):
            left, right = getattr(a, spec.name), getattr(b, spec.name)
            if spec.kind in {"real", "point"}:
                same = np.isclose(left, right, rtol=0.0, atol=SAME_M, equal_nan=True)
            elif spec.kind == "day":
                same = (left == right) | (np.isnat(left) & np.isnat(right))
            else:
                same = np.asarray(left == right, dtype=np.bool_)
            if not same.all():
                row = int(np.flatnonzero(~same.reshape(len(a), -1).all(axis=1))[0])
                out.append(f"{name}.{spec.name} of {a.id[row]}: {left[row]} != {right[row]}")
    return out


def _ledger_differences(one: Ledger, two: Ledger) -> list[str]:
    out: list[str] = []
    for line, other in zip(one.checks, two.checks, strict=True):
        out += [
            f"{line.check}.{f.name}: {getattr(line, f.name)} != {getattr(other, f.name)}"
            for f in fields(CheckLedger)
            if getattr(line, f.name) != getattr(other, f.name)
        ]
    names = ("pipes_read", "pipes_tested", "untestable", "without_rules")
    return out + [
        f"{name}: {getattr(one, name)} != {getattr(two, name)}"
        for name in names
        if getattr(one, name) != getattr(two, name)
    ]
