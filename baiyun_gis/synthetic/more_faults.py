"""Faults at trees, poles and ditches, of slopes, and of lines along the top of others.

They go into a finished district, where a line lies clear of everything else, so that each makes
one conflict of one kind. The district of the sample data is made without them: its base maps
hold no trees.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from baiyun_gis.model.columns import F64, I64, Geom, text_array
from baiyun_gis.model.tables import PipeTable, StructureTable
from baiyun_gis.model.vocabulary import Burial, Provenance, Shape, StructureKind, Utility
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.district import District
from baiyun_gis.synthetic.features import SOURCE
from baiyun_gis.synthetic.truth import Planted

CLEAR_M = 4.0
"""Nothing else lies this near the place of a fault."""

_LEAST_M = 9.0
_TREE_AT_M, _POLE_AT_M, _BED_ABOVE_M = 0.4, 0.2, 0.25
_CABLE_TOP_M, _CABLE_M = 1.1, 0.1
_OUTSIDE_M, _BY_KERB_M = 60.0, 0.2
Place = tuple[float, float, float]


def with_more_faults(district: District, *, each: int = 3) -> District:
    """The district with up to `each` faults of every further kind, and its truth with them.

    The same district gives the same faults.
    """
    state, chance = district.state, Chance(district.truth.seed)
    lines = _axes(state.pipes)
    free = chance.chosen("more faults", _free_rows(district, lines), len(state.pipes))
    used: set[int] = set()

    def take(utilities: tuple[Utility, ...], least_depth_m: float = 0.0) -> list[int]:
        rows = _fitting(state.pipes, free, utilities, least_depth_m)
        chosen = [int(row) for row in rows if int(row) not in used][:each]
        used.update(chosen)
        return chosen

    deep = take((Utility.SEWAGE, Utility.STORM), 2.2)
    slopes = take((Utility.SEWAGE, Utility.STORM))
    items: list[Planted] = []
    made: list[tuple[StructureKind, object, float]] = []
    for kind, check, aside in (
        (StructureKind.TREE, "structure_clearance", _TREE_AT_M),
        (StructureKind.POLE, "structure_clearance", _POLE_AT_M),
        (StructureKind.WATERCOURSE, "river_bed", 0.0),
    ):
        rows = take((Utility.WATER, Utility.GAS))
        items += [_beside(state.pipes, lines, r, (kind, check, aside), made) for r in rows]
    pipes, reversed_ = _reversed(state.pipes, slopes)
    pipes, over = _over(pipes, lines, deep)
    items += reversed_ + over
    items += _by_kerbs(state.pipes, made, each)
    named = _structures(made)
    truth = replace(
        district.truth,
        segments=len(pipes),
        items=(*district.truth.items, *_with_ids(items)),
        counts=district.truth.counts | {
            "pipes": len(pipes),
            "structures": len(state.structures) + len(named),
        },
    )  # fmt: skip
    structures = StructureTable.concat([state.structures, named])
    return replace(district, state=state.with_(pipes=pipes, structures=structures), truth=truth)


def _axes(pipes: PipeTable) -> Geom:
    return np.asarray(shapely.linestrings(pipes.xy, indices=pipes.vertex_pipe), dtype=object)


def _free_rows(district: District, lines: Geom) -> I64:
    """Level lines of two points with a middle clear of all else, and nothing planted at them."""
    state = district.state
    pipes = state.pipes
    planted = {name for item in district.truth.items for name in _names(item)}
    spoken = np.isin(pipes.id.astype(str), sorted(planted))
    there = np.isnat(pipes.valid_to) & (pipes.burial != Burial.TUNNEL) & (pipes.enclosure == "")
    length = shapely.length(lines)
    rows = np.flatnonzero(pipes.has_level & there & ~spoken & (length >= _LEAST_M))
    zone = shapely.buffer(_middle(lines[rows]), CLEAR_M)
    tree = shapely.STRtree(np.concatenate([lines, state.buildings.geometry]))
    place, _ = tree.query(zone, predicate="intersects")
    return rows[np.bincount(place, minlength=len(rows)) == 1]


def _names(item: Planted) -> tuple[str, ...]:
    return (item.a[1], item.b[1]) if item.b else (item.a[1],)


def _middle(lines: Geom) -> Geom:
    return np.asarray(shapely.line_interpolate_point(lines, 0.5, normalized=True), dtype=object)


def _fitting(
    pipes: PipeTable, rows: I64, utilities: tuple[Utility, ...], least_depth_m: float
) -> list[int]:
    first = pipes.offsets[:-1][rows]
    top = pipes.axis_level[first] + pipes.outer_height_m[rows] / 2
    deep = pipes.start_ground_m[rows] - top >= least_depth_m
    fits = np.isin(pipes.utility[rows], [int(u) for u in utilities]) & deep
    return rows[fits].tolist()


def _beside(
    pipes: PipeTable,
    lines: Geom,
    row: int,
    what: tuple[StructureKind, str, float],
    made: list[tuple[StructureKind, object, float]],
) -> Planted:
    """A tree or pole beside the middle of a line, or a ditch across it."""
    kind, check, aside = what
    spot, side = _spot(pipes, lines, row)
    place = spot[:2] + side * (pipes.outer_width_m[row] / 2 + aside)
    level = np.nan
    shape: object = shapely.Point(place)
    expected = {"actual_m": aside}
    if kind == StructureKind.WATERCOURSE:
        shape = shapely.Point(spot[:2]).buffer(1.0, cap_style="square")
        level = round(float(spot[2] + pipes.outer_height_m[row] / 2 + _BED_ABOVE_M), 3)
        expected = {"actual_m": _BED_ABOVE_M}
    made.append((kind, shape, level))
    at = (float(spot[0]), float(spot[1]), float(spot[2]))
    name = f"{kind.key}_fault"
    return Planted(
        name, check, ("pipes", str(pipes.id[row])), ("structures", str(len(made))), at, expected
    )


def _by_kerbs(
    pipes: PipeTable, made: list[tuple[StructureKind, object, float]], count: int
) -> list[Planted]:
    """Trees too near a kerb each, east of all lines."""
    x, y = float(np.nanmax(pipes.xy[:, 0])) + _OUTSIDE_M, float(np.nanmin(pipes.xy[:, 1]))
    out: list[Planted] = []
    for number in range(count):
        low = y + 20.0 * number
        kerb = shapely.LineString([(x, low), (x, low + 10.0)])
        made.append((StructureKind.KERB, kerb, np.nan))
        made.append((StructureKind.TREE, shapely.Point(x + _BY_KERB_M, low + 5.0), np.nan))
        sides = ("structures", str(len(made))), ("structures", str(len(made) - 1))
        at = (x, low + 5.0, np.nan)
        expected = {"actual_m": _BY_KERB_M}
        out.append(Planted("kerb_fault", "thing_clearance", *sides, at, expected))
    return out


def _spot(pipes: PipeTable, lines: Geom, row: int) -> tuple[F64, F64]:
    """The middle of a line's axis, and the unit direction to its side."""
    own = slice(int(pipes.offsets[row]), int(pipes.offsets[row + 1]))
    middle = shapely.get_coordinates(_middle(lines[[row]]))[0]
    way = pipes.xy[own][-1] - pipes.xy[own][0]
    way = way / np.hypot(*way)
    level = float(pipes.axis_level[own][[0, -1]].mean())
    return np.array([*middle, level]), np.array([-way[1], way[0]])


def _reversed(pipes: PipeTable, rows: list[int]) -> tuple[PipeTable, list[Planted]]:
    """Gravity lines whose ends were swapped when their levels were written down."""
    first, last = pipes.offsets[rows], pipes.offsets[1:][rows] - 1
    axis = pipes.axis_level.copy()
    fall = axis[first] - axis[last]
    axis[first], axis[last] = axis[last], axis[first]
    start, end = pipes.start_level_m.copy(), pipes.end_level_m.copy()
    start[rows], end[rows] = end[rows].copy(), start[rows].copy()
    items: list[Planted] = []
    for row, drop, vertex in zip(rows, fall.tolist(), first.tolist(), strict=True):
        x, y = pipes.xy[vertex]
        at = (float(x), float(y), float(axis[vertex]))
        expected = {"actual_m": round(-drop, 3)}
        if drop > 0:
            items.append(
                Planted(
                    "reversed_slope", "gravity_slope", ("pipes", str(pipes.id[row])), None, at,
                    expected,
                )
            )  # fmt: skip
    table = pipes.with_columns(start_level_m=start, end_level_m=end)
    return replace(table, axis_level=axis), items


def _over(pipes: PipeTable, lines: Geom, rows: list[int]) -> tuple[PipeTable, list[Planted]]:
    """A telecom line laid along the top of each of some deep sewers."""
    made: list[PipeTable] = []
    items: list[Planted] = []
    for number, row in enumerate(rows, start=1):
        spot, side = _spot(pipes, lines, row)
        way = np.array([side[1], -side[0]])
        half = min(3.0, float(shapely.length(lines[row])) / 3)
        xy = np.stack([spot[:2] - half * way, spot[:2] + half * way])
        ground = float(pipes.start_ground_m[row] + pipes.end_ground_m[row]) / 2
        level = ground - _CABLE_TOP_M - _CABLE_M / 2
        name = f"DXS{number:05d}"
        made.append(_cable(name, xy, level, ground))
        at: Place = (float(spot[0]), float(spot[1]), level)
        items.append(
            Planted(
                "along_the_top", "directly_above", ("pipes", name), ("pipes", str(pipes.id[row])),
                at, {}, ("horizontal_clearance",),
            )
        )  # fmt: skip
    return PipeTable.concat([pipes, *made]) if made else pipes, items


def _cable(name: str, xy: F64, level: float, ground: float) -> PipeTable:
    return PipeTable.build(
        1,
        id=text_array([name]),
        utility=Utility.TELECOM,
        shape=Shape.CIRCLE,
        outer_width_m=_CABLE_M,
        outer_height_m=_CABLE_M,
        nominal_mm=1000 * _CABLE_M,
        section_source=Provenance.SURVEYED,
        level_source=Provenance.SURVEYED,
        burial=Burial.DIRECT,
        start_node=-1,
        end_node=-1,
        start_ground_m=ground,
        end_ground_m=ground,
        sigma_xy_m=0.02,
        sigma_z_m=0.02,
        source=SOURCE,
        offsets=np.array([0, 2]),
        xy=xy,
        axis_level=np.full(2, level),
    )


def _structures(made: list[tuple[StructureKind, object, float]]) -> StructureTable:
    geometry = np.empty(len(made), dtype=object)
    geometry[:] = [shape for _, shape, _ in made]
    return StructureTable.build(
        len(made),
        id=text_array([_id_of(number) for number in range(1, len(made) + 1)]),
        geometry=geometry,
        kind=np.array([int(kind) for kind, _, _ in made], dtype=np.int8),
        level_m=np.array([level for _, _, level in made], dtype=float),
        source=SOURCE,
    )


def _id_of(number: int) -> str:
    return f"GZX{number:05d}"


def _with_ids(items: list[Planted]) -> list[Planted]:
    """The items with the names of the structures they count."""
    return [
        replace(
            item,
            a=_named(item.a) if item.a[0] == "structures" else item.a,
            b=_named(item.b) if item.b and item.b[0] == "structures" else item.b,
        )
        for item in items
    ]


def _named(side: tuple[str, str]) -> tuple[str, str]:
    return side[0], _id_of(int(side[1]))
