"""Pipes near buildings: one measurement shared by the distance and the occupation checks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.deep_lines import foundation_level
from baiyun_gis.checks.near_buildings import pairs_within
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.remarks import on_pipe, pipe_side, remarks
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.beside import (
    NO_DEPTH,
    AskedLines,
    Beside,
    DepthRule,
    Outlying,
    beside_buildings,
)
from baiyun_gis.kernels.ordering import numbered, with_any
from baiyun_gis.kernels.outlines import Outlines, is_area, outlines_of
from baiyun_gis.kernels.polygons import PolygonClearance, segment_polygon_clearance
from baiyun_gis.model.columns import F64, I32, I64, Bool, Geom, Str
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.rules.ruleset import DEEPEST_TRENCH_M, DeepFoundation

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

SERVICE_ZONE_M = 2.5
"""Pairs are measured at least as far as services are looked for: see `building_stretches`."""


@dataclass(frozen=True, slots=True)
class BuildingPairs:
    """Segments `i` and building rows near each other; `clearance` is to `outlines`.

    `reach_m` is how near counts as too near for the question asked; `sigma_m` is of the distance.
    """

    i: I32
    building: I32
    clearance: PolygonClearance
    outlines: Outlined
    reach_m: F64
    sigma_m: F64

    def __len__(self) -> int:
        return len(self.i)

    def subject(self, snapshot: Snapshot) -> I64:
        """One number for each pair of pipe and building."""
        count = max(len(snapshot.state.buildings), 1)
        return snapshot.segments.pipe[self.i].astype(np.int64) * count + self.building

    def run_key(self, snapshot: Snapshot) -> I64:
        """One number for each pair of run and building."""
        count = max(len(snapshot.state.buildings), 1)
        pipe = snapshot.segments.pipe[self.i]
        return snapshot.topology.run[pipe].astype(np.int64) * count + self.building


@dataclass(frozen=True, slots=True)
class Outlined:
    """What distances to buildings are measured to, by building, None where there is nothing.

    `rings` and `boxes` (n, 4) are the same with the snapshot's origin taken off. `is_replaced`
    marks where a foundation had to be the footprint. `zones` keeps some of the shapes grown, by row
    and by how much.
    """

    shapes: Geom
    is_replaced: Bool
    rings: Outlines
    boxes: F64
    zones: dict[tuple[int, float], object] = field(default_factory=dict[tuple[int, float], object])


def footprints(snapshot: Snapshot) -> Outlined:
    """The footprints of all buildings; those not there on the day, or with no area, have none."""
    shapes = snapshot.state.buildings.geometry.copy()
    return _outlined(snapshot, shapes, np.ones(len(shapes), dtype=np.bool_), replaced=False)


def foundations(snapshot: Snapshot, footprints: Outlined) -> Outlined:
    """The foundations of all buildings, the footprint where none is recorded."""
    import shapely

    recorded = snapshot.state.buildings.foundation
    has_one = is_area(recorded)
    if not has_one.any():
        is_there = shapely.get_type_id(footprints.shapes) >= 0
        return replace(footprints, is_replaced=np.asarray(is_there, dtype=np.bool_))
    shapes = np.where(has_one, recorded, snapshot.state.buildings.geometry)
    return _outlined(snapshot, shapes, has_one, replaced=True)


def _outlined(snapshot: Snapshot, shapes: Geom, own: Bool, *, replaced: bool) -> Outlined:
    import shapely

    usable = is_area(shapes) & snapshot.buildings_alive
    shapes[~usable] = None
    origin = (float(snapshot.origin[0]), float(snapshot.origin[1]))
    boxes = (shapely.bounds(shapes) - np.tile(snapshot.origin, 2)).reshape(-1, 4)
    return Outlined(shapes, usable & ~own & replaced, outlines_of(shapes, origin), boxes)


def building_pairs(
    ctx: CheckContext, outlines: Outlined, required_m: F64, *, deep: DeepFoundation | None = None
) -> BuildingPairs:
    """Selected segments that can come within `required_m` (by class, NaN: nothing) of an outline.

    With `deep`, also those that do come within what their depth below the foundation asks; how
    far that is depends on nothing but the two, so that the count of pairs does not either.
    """
    near = _near_enough(ctx, outlines, required_m, deep)
    if near is None or not len(near.i):
        return _nothing_near(outlines)
    columns, seg = ctx.snapshot.columns, ctx.snapshot.segments
    i, building, asked, by_depth, reach = near
    # No question asks for more than this; further off it does not matter how far.
    enough = np.maximum(reach, SERVICE_ZONE_M) + UNKNOWN_HALF_M
    clearance = segment_polygon_clearance(seg, i, *outlines.rings, building, beyond_m=enough)
    sigma0, sigma1 = columns.sigma_xy0[i], columns.sigma_xy1[i]
    sigma = np.hypot(sigma0 + (sigma1 - sigma0) * clearance.t, _deviations(ctx)[building])
    pairs = BuildingPairs(i, building, clearance, outlines, asked + POSSIBLE_SIGMAS * sigma, sigma)
    if deep is None:
        return pairs
    return part_of(pairs, np.flatnonzero(np.isnan(by_depth) | (clearance.gap < reach)))


def _deviations(ctx: CheckContext) -> F64:
    """Deviation in plan of each building (m)."""

    def make() -> F64:
        recorded = ctx.snapshot.state.buildings.sigma_xy_m
        return np.where(np.isnan(recorded), VISIBLE_XY_M / 2, recorded)

    return ctx.of_things("deviations", "buildings", make)


def _near_enough(
    ctx: CheckContext, outlines: Outlined, required_m: F64, deep: DeepFoundation | None
) -> Beside | None:
    """Segments and buildings with boxes within what is asked of the segment, or by its depth; None
    where nothing is asked of what is near."""
    snapshot, columns = ctx.snapshot, ctx.snapshot.columns
    class_of, known = ctx.classes.class_of, ctx.near_buildings
    if not known.answer(required_m):
        known = pairs_within(ctx, required_m, deep)
    i, building = known.asked
    few = len(i) <= _FEW
    if few and np.isnan(required_m[class_of[snapshot.segments.pipe[i]]]).all():
        return None
    sigma = columns.sigma_xy0, columns.sigma_xy1
    level = np.zeros(0) if deep is None else foundation_level(ctx)
    doubt = ctx.of_things("doubt", "buildings", lambda: _deviations(ctx) * POSSIBLE_SIGMAS)
    return beside_buildings(
        snapshot.segments,
        i,
        building,
        AskedLines(class_of, required_m, *sigma, columns.width_known),
        Outlying(outlines.boxes, doubt, level),
        NO_DEPTH if deep is None else _depth_rule(deep),
        sigmas=POSSIBLE_SIGMAS,
        unsized_m=UNKNOWN_HALF_M,
    )


_FEW = 1024
"""So few pairs are looked over for whether anything is asked of them at all."""


def _depth_rule(deep: DeepFoundation) -> DepthRule:
    return DepthRule(deep.tangent, deep.working_space_m, deep.least_m, DEEPEST_TRENCH_M)


def _nothing_near(outlines: Outlined) -> BuildingPairs:
    rows, none = np.zeros(0, dtype=np.int32), np.zeros(0)
    clearance = PolygonClearance(*(none for _ in PolygonClearance._fields))
    return BuildingPairs(rows, rows, clearance, outlines, none, none)


def sharing(key: I64, flag: Bool) -> Bool:
    """Rows with a key that has the flag on any of its rows."""
    number, first = numbered(key)
    return with_any(number, flag, len(first))[number]


def part_of(pairs: BuildingPairs, rows: I64) -> BuildingPairs:
    """Some of the pairs, in that order."""
    return BuildingPairs(
        i=pairs.i[rows],
        building=pairs.building[rows],
        clearance=PolygonClearance(*(column[rows] for column in pairs.clearance)),
        outlines=pairs.outlines,
        reach_m=pairs.reach_m[rows],
        sigma_m=pairs.sigma_m[rows],
    )


def side_columns(
    ctx: CheckContext,
    pairs: BuildingPairs,
    rows: I64,
    span: tuple[F64, F64],
    extra: tuple[tuple[Bool, str], ...],
) -> dict[str, Any]:
    """The columns of findings that say which line, which building, where."""
    snapshot = ctx.snapshot
    seg, origin = snapshot.segments, snapshot.origin
    i, at = pairs.i[rows], pairs.clearance
    pipe, building = seg.pipe[i], pairs.building[rows]
    z = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * at.t[rows]
    near_a = beside(at.ax[rows] + origin[0], at.ay[rows] + origin[1], z)
    none = np.full(len(i), np.nan)
    near_b = beside(at.bx[rows] + origin[0], at.by[rows] + origin[1], none)
    start, stop = on_pipe(snapshot, pipe, *span)
    ids: Str = snapshot.state.buildings.id
    return {
        **pipe_side(snapshot, "a", pipe),
        "b_table": "buildings",
        "b_row": building,
        "b_id": ids[building],
        "b_kind": "building",
        "near_a": near_a,
        "near_b": near_b,
        "at": np.column_stack([(near_a[:, :2] + near_b[:, :2]) / 2, z]),
        "stretch_from_m": start,
        "stretch_to_m": stop,
        "remark": remarks(len(rows), *extra),
    }
