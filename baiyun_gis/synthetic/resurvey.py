"""A made-up second survey of a project: noise, real changes, every id renamed; with its truth.

The same project and seed give the same second survey.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.model.columns import F64, I8, I64, Bool, Geom, Str, text_array
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.topology import topology_of
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.shifts import shifted

NOISE_M = 0.05
CHANGED_SHARE = 0.03


class Fate(IntEnum):
    """What became of a pipe between the surveys."""

    SAME = 0
    MOVED = 1
    DELETED = 2
    RELEVELLED = 3
    RESIZED = 4
    SPLIT = 5
    MERGED = 6


_SHARES = {
    Fate.MOVED: 0.20,
    Fate.DELETED: 0.17,
    Fate.RELEVELLED: 0.20,
    Fate.RESIZED: 0.13,
    Fate.SPLIT: 0.10,
    Fate.MERGED: 0.08,
}
_ADDED_SHARE = 0.12
_REVERSED_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Resurvey:
    """The second survey and what it is of.

    `fate` is of every old pipe. `old_of`, `new_of` are pairs of old and new pipe rows that are
    the same ground (two pairs for a split pipe and for merged ones). `node_of` and
    `building_of` give the new row of every old one.
    """

    state: ProjectState
    fate: I8
    old_of: I64
    new_of: I64
    node_of: I64
    building_of: I64


def resurveyed(
    state: ProjectState,
    seed: int,
    *,
    noise_m: float = NOISE_M,
    changed_share: float = CHANGED_SHARE,
) -> Resurvey:
    """A second survey of `state`; decisions are not in it."""
    chance = Chance(seed)
    fate = _fates(state, chance, changed_share)
    pipes, nodes = _noisy(state, chance, noise_m, fate)
    pipes = _changed(pipes, fate, chance)
    pipes, old_row = _cut_and_joined(pipes, fate)
    added = chance.chosen("added", np.arange(len(state.pipes)), _part(state, changed_share))
    pipes, old_row = _with_added(pipes, old_row, state.pipes.take(added), chance)
    pipes = _some_reversed(pipes, chance)
    order = chance.chosen("pipe order", np.arange(len(pipes)), len(pipes))
    pipes, old_row = pipes.take(order), [old_row[row] for row in order]
    node_order = chance.chosen("node order", np.arange(len(nodes)), len(nodes))
    node_of = np.empty(len(nodes), dtype=np.int64)
    node_of[node_order] = np.arange(len(nodes))
    after = state.with_(
        pipes=_renamed(_with_nodes(pipes, node_of), "RL"),
        nodes=_renamed(nodes.take(node_order), "RP"),
        buildings=_renamed(_noisy_buildings(state, chance, noise_m), "RB"),
        decisions=DecisionTable.empty(),
    )
    old_of = np.array([old for row in old_row for old in row], dtype=np.int64)
    new_of = np.repeat(np.arange(len(old_row)), [len(row) for row in old_row])
    buildings = np.arange(len(state.buildings))
    return Resurvey(after, fate, old_of, new_of, node_of, buildings)


def _part(state: ProjectState, changed_share: float) -> int:
    return round(len(state.pipes) * changed_share * _ADDED_SHARE)


def _fates(state: ProjectState, chance: Chance, changed_share: float) -> I8:
    """What is to become of each pipe; merged ones come in twos that follow each other."""
    pipes = state.pipes
    count = len(pipes)
    fate = np.zeros(count, dtype=np.int8)
    order = chance.chosen("fates", np.arange(count), count)
    at = 0
    for each, share in _SHARES.items():
        if each is Fate.MERGED:
            continue
        size = round(count * changed_share * share)
        fate[order[at : at + size]] = each
        at += size
    pairs = _mergeable(pipes, fate)
    wanted = round(count * changed_share * _SHARES[Fate.MERGED] / 2)
    for row in chance.chosen("merged", np.arange(len(pairs)), len(pairs)):
        if wanted and (fate[pairs[row]] == Fate.SAME).all():
            fate[pairs[row]] = Fate.MERGED
            wanted -= 1
    return fate


def _mergeable(pipes: PipeTable, fate: I8) -> I64:
    """Pairs (k, k + 1) of one run of which the second starts where the first ends."""
    run = topology_of(pipes).run
    first = np.arange(len(pipes) - 1)
    joined = (run[first] == run[first + 1]) & (pipes.end_node[first] == pipes.start_node[first + 1])
    alike = pipes.outer_width_m[first] == pipes.outer_width_m[first + 1]
    rows = first[joined & alike & (fate[first] == 0) & (fate[first + 1] == 0)]
    return np.column_stack([rows, rows + 1])


def _noisy(
    state: ProjectState, chance: Chance, noise_m: float, fate: I8
) -> tuple[PipeTable, NodeTable]:
    """Points measured anew: what shares a point keeps sharing it. Points of moved pipes move."""
    pipes, nodes = state.pipes, state.nodes
    shift = chance.noise("nodes", (len(nodes), 3), noise_m)
    moved = np.flatnonzero(fate == Fate.MOVED)
    ends = np.concatenate([pipes.start_node[moved], pipes.end_node[moved]])
    far = chance.between("moved", (len(nodes), 2), 0.4, 1.5)
    far *= np.where(chance.uniform("moved way", (len(nodes), 2)) < 0.5, -1.0, 1.0)
    rows = np.unique(ends[ends >= 0])
    shift[rows, :2] += far[rows]
    own = chance.noise("vertices", (len(pipes.xy), 3), noise_m)
    joint = topology_of(pipes).joint
    loose = chance.noise("joints", (int(joint.max()) + 1, 3), noise_m)[joint]
    rise = np.empty((len(pipes), 2))
    for end, (node, vertex) in enumerate(
        ((pipes.start_node, pipes.offsets[:-1]), (pipes.end_node, pipes.offsets[1:] - 1))
    ):
        known = node >= 0
        own[vertex] = loose[end::2]
        own[vertex[known]] = shift[node[known]]
        rise[:, end] = own[vertex, 2]
    pipes = pipes.with_columns(
        xy=pipes.xy + own[:, :2],
        axis_level=pipes.axis_level + own[:, 2],
        start_level_m=pipes.start_level_m + rise[:, 0],
        end_level_m=pipes.end_level_m + rise[:, 1],
        start_depth_m=pipes.start_depth_m - rise[:, 0],
        end_depth_m=pipes.end_depth_m - rise[:, 1],
    )
    return pipes, nodes.with_columns(xy=nodes.xy + shift[:, :2])


def _changed(pipes: PipeTable, fate: I8, chance: Chance) -> PipeTable:
    """Pipes laid anew at other levels, and in other sizes."""
    rows = np.flatnonzero(fate == Fate.RELEVELLED)
    rise = chance.between("rise", len(rows), 0.15, 0.7)
    rise *= np.where(chance.uniform("rise way", len(rows)) < 0.5, -1.0, 1.0)
    pipes = shifted(pipes, rows, rise_m=rise)
    factor = np.where(fate == Fate.RESIZED, 1.5, 1.0)
    names = ("outer_width_m", "outer_height_m", "inner_width_m", "inner_height_m", "nominal_mm")
    return pipes.with_columns(**{name: getattr(pipes, name) * factor for name in names})


def _cut_and_joined(pipes: PipeTable, fate: I8) -> tuple[PipeTable, list[tuple[int, ...]]]:
    """Pipes without deleted ones, split ones in two and merged ones as one; the old rows of
    each."""
    whole = np.flatnonzero((fate != Fate.DELETED) & (fate != Fate.SPLIT) & (fate != Fate.MERGED))
    split = np.flatnonzero(fate == Fate.SPLIT)
    merged = np.flatnonzero(fate == Fate.MERGED)
    firsts = _firsts_of_pairs(merged, pipes)
    parts = [pipes.take(whole)]
    rows: list[tuple[int, ...]] = [(int(row),) for row in whole]
    for row in split:
        parts += _halves(pipes.take(np.array([row])))
        rows += [(int(row),)] * 2
    for row in firsts:
        parts.append(_united(pipes.take(np.array([row])), pipes.take(np.array([row + 1]))))
        rows.append((int(row), int(row) + 1))
    return PipeTable.concat(parts), rows


def _firsts_of_pairs(merged: I64, pipes: PipeTable) -> list[int]:
    """First rows of merged twos."""
    out: list[int] = []
    left = set(merged.tolist())
    for row in merged.tolist():
        if row in left and row + 1 in left and pipes.end_node[row] == pipes.start_node[row + 1]:
            left -= {row, row + 1}
            out.append(row)
    return out


def _halves(pipe: PipeTable) -> list[PipeTable]:
    """A pipe of two points cut in the middle."""
    middle = (pipe.xy[0] + pipe.xy[-1]) / 2
    level = (pipe.axis_level[0] + pipe.axis_level[-1]) / 2
    cut: dict[str, Any] = {
        name: (getattr(pipe, f"start_{name}") + getattr(pipe, f"end_{name}")) / 2
        for name in ("level_m", "depth_m", "ground_m")
    }
    two = np.array([0, 2])
    return [
        pipe.with_columns(
            offsets=two,
            xy=np.array([pipe.xy[0], middle]),
            axis_level=np.array([pipe.axis_level[0], level]),
            end_node=np.array([-1]),
            **{f"end_{name}": value for name, value in cut.items()},
        ),
        pipe.with_columns(
            offsets=two,
            xy=np.array([middle, pipe.xy[-1]]),
            axis_level=np.array([level, pipe.axis_level[-1]]),
            start_node=np.array([-1]),
            **{f"start_{name}": value for name, value in cut.items()},
        ),
    ]


def _united(one: PipeTable, two: PipeTable) -> PipeTable:
    """Two pipes that follow each other as one, bent where they met."""
    xy = np.concatenate([one.xy, two.xy[1:]])
    ends = ("end_node", "end_level_m", "end_depth_m", "end_ground_m")
    return one.with_columns(
        offsets=np.array([0, len(xy)]),
        xy=xy,
        axis_level=np.concatenate([one.axis_level, two.axis_level[1:]]),
        **{name: getattr(two, name) for name in ends},
    )


def _with_added(
    pipes: PipeTable, rows: list[tuple[int, ...]], models: PipeTable, chance: Chance
) -> tuple[PipeTable, list[tuple[int, ...]]]:
    """New lines beside old ones, joined to nothing."""
    aside = chance.between("aside", (len(models), 2), 2.0, 6.0)
    loose = np.full(len(models), -1)
    new = models.with_columns(
        xy=models.xy + aside[models.vertex_pipe], start_node=loose, end_node=loose
    )
    return PipeTable.concat([pipes, new]), [*rows, *([()] * len(new))]


def _some_reversed(pipes: PipeTable, chance: Chance) -> PipeTable:
    """A tenth of the pipes drawn from the other end."""
    turned = chance.uniform("reversed", len(pipes)) < _REVERSED_SHARE
    owner = pipes.vertex_pipe
    at = np.arange(len(owner))
    mirrored = pipes.offsets[owner] + pipes.offsets[owner + 1] - 1 - at
    order = np.where(turned[owner], mirrored, at)
    swapped: dict[str, Any] = {}
    for name in ("node", "level_m", "depth_m", "ground_m"):
        start, end = getattr(pipes, f"start_{name}"), getattr(pipes, f"end_{name}")
        swapped[f"start_{name}"] = np.where(turned, end, start)
        swapped[f"end_{name}"] = np.where(turned, start, end)
    flow = np.where(turned & (pipes.flow > 0), 3 - pipes.flow, pipes.flow)
    axes = {"xy": pipes.xy[order], "axis_level": pipes.axis_level[order]}
    return pipes.with_columns(flow=flow, **axes, **swapped)


def _with_nodes(pipes: PipeTable, node_of: I64) -> PipeTable:
    def new(rows: Any) -> Any:
        return np.where(rows >= 0, node_of[np.maximum(rows, 0)], -1)

    return pipes.with_columns(start_node=new(pipes.start_node), end_node=new(pipes.end_node))


def _noisy_buildings(state: ProjectState, chance: Chance, noise_m: float) -> Any:
    """Every footprint a little aside, as a whole."""
    buildings = state.buildings
    shift = chance.noise("buildings", (len(buildings), 2), noise_m)
    return buildings.with_columns(
        geometry=_translated(buildings.geometry, shift),
        foundation=_translated(buildings.foundation, shift),
    )


def _translated(shapes: Geom, shift: F64) -> Geom:
    import shapely

    there: Bool = ~np.asarray(shapely.is_missing(shapes))
    out = shapes.copy()
    if there.any():
        xy, owner = shapely.get_coordinates(shapes[there], return_index=True)
        out[there] = shapely.set_coordinates(shapes[there].copy(), xy + shift[there][owner])
    return out


def _renamed(table: Any, prefix: str) -> Any:
    names: Str = text_array(f"{prefix}{row:08d}" for row in range(len(table)))
    return table.with_columns(id=names)
