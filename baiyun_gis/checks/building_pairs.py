"""Pipes near buildings: one measurement shared by the distance and the occupation checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.deep_lines import foundation_level, level_beside
from baiyun_gis.checks.near_buildings import SERVICE_ZONE_M, pairs_within
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.kernels.beside import (
    NO_DEPTH,
    AskedLines,
    Beside,
    DepthRule,
    Doubt,
    Outlying,
    beside_buildings,
)
from baiyun_gis.kernels.outlines import Outlines, is_area, outlines_of
from baiyun_gis.model.columns import F64, I64, Bool, Geom
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.rules.ruleset import DEEPEST_TRENCH_M, DeepFoundation

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Outlined:
    """What distances to buildings are measured to, by building, None where there is nothing.

    `rings` and `boxes` (n, 4) are the same with the snapshot's origin taken off. `is_replaced`
    marks where a foundation had to be the footprint.
    """

    shapes: Geom
    is_replaced: Bool
    rings: Outlines
    boxes: F64


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
    ctx: CheckContext,
    outlines: Outlined,
    required_m: F64,
    *,
    deep: DeepFoundation | None = None,
    measured_to_m: float = SERVICE_ZONE_M,
) -> Beside | None:
    """Selected segments that can come within `required_m` (by class, NaN: nothing) of an outline;
    None where there are none.

    With `deep`, also those that do come within what their depth below the foundation asks; how
    far that is depends on nothing but the two, so that the count of pairs does not either.
    Clearances are exact up to what is asked and up to `measured_to_m`, lower bounds beyond.
    """
    snapshot, near = ctx.snapshot, ctx.near_buildings
    if not near.answer(required_m):
        near = pairs_within(ctx, required_m, deep)
    i, building = near.asked
    class_of = ctx.classes.class_of
    if len(i) <= _FEW and np.isnan(required_m[class_of[snapshot.segments.pipe[i]]]).all():
        return None
    columns, none = snapshot.columns, np.zeros(0)
    lines = AskedLines(
        class_of, required_m, columns.sigma_xy0, columns.sigma_xy1, columns.sigma_z0,
        columns.sigma_z1, columns.width_known, columns.height_known,
    )  # fmt: skip
    level = none if deep is None else foundation_level(ctx)
    beside_line = none if deep is None else level_beside(ctx, i, building)
    around = Outlying(outlines.boxes, _deviations(ctx), level, beside_line)
    rule = NO_DEPTH if deep is None else _depth_rule(deep)
    doubt = Doubt(POSSIBLE_SIGMAS, UNKNOWN_HALF_M, measured_to_m, TOLERANCE_M)
    found = beside_buildings(
        snapshot.segments, i, building, lines, around, outlines.rings, rule, doubt=doubt
    )
    return found if len(found.i) else None


_FEW = 1024
"""So few pairs are looked over for whether anything is asked of them at all."""


def _deviations(ctx: CheckContext) -> F64:
    """Deviation in plan of each building (m)."""

    def make() -> F64:
        recorded = ctx.snapshot.state.buildings.sigma_xy_m
        return np.where(np.isnan(recorded), VISIBLE_XY_M / 2, recorded)

    return ctx.of_things("deviations", "buildings", make)


def _depth_rule(deep: DeepFoundation) -> DepthRule:
    asked = deep.tangent, deep.working_space_m, deep.least_m, DEEPEST_TRENCH_M
    return DepthRule(*map(float, asked))


def subjects_of(snapshot: Snapshot, pairs: Beside) -> I64:
    """One number for each pair of pipe and building."""
    pipe = snapshot.segments.pipe[pairs.i].astype(np.int64)
    return pipe * len(snapshot.state.buildings) + pairs.building


def runs_at_buildings(snapshot: Snapshot, pairs: Beside) -> I64:
    """One number for each pair of run and building."""
    run = snapshot.topology.run[snapshot.segments.pipe[pairs.i]].astype(np.int64)
    return run * len(snapshot.state.buildings) + pairs.building
