"""Distance of lines in plan to trees, poles, pylons, kerbs and rails.

Measured from the wall to the centre of a tree or pole, to the outline of a foundation, to the
line of a kerb or rail. Where a line crosses a kerb or rail it is the vertical rule that speaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.remarks import remarks
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.structure_shapes import Edges, areas_of, edges_of, paired
from baiyun_gis.checks.thing_findings import (
    Sighted,
    Things,
    nothing_seen,
    ordered,
    run_chainage,
    thing_result,
    things_of,
)
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M, is_violated
from baiyun_gis.kernels.plan import plan_clearance, plan_crossing, plan_stretch
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.model.vocabulary import StructureKind

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext

_SIGMA_M = VISIBLE_XY_M / 2
"""Structures have no recorded deviation; they are visible points."""


class StructureClearanceCheck:
    """Nearer to a tree, pole, pylon, kerb or rail than the rule set allows."""

    name = "structure_clearance"
    beside = "structures"
    title = msg("Clearance to trees, poles, kerbs and rails")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches of lines too near a structure."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        things = things_of(ctx, self.name)
        edges = edges_of(ctx.snapshot, things.wanted)
        i, k, inside = _candidates(ctx, things, edges)
        subjects, asked = things.answered(ctx), things.rules.requirements
        if not len(i):
            return nothing_seen(ctx, self.name, asked, subjects=subjects)
        seen = _sighted(ctx, things, edges, (i, k, inside))
        return thing_result(ctx, self.name, seen, asked, subjects=subjects)


def _candidates(ctx: CheckContext, things: Things, edges: Edges) -> tuple[I32, I64, Bool]:
    """Segments and edges that may be too near, and whether the segment starts inside the area."""
    none = np.zeros(0, dtype=np.int64)
    if not len(edges):
        return none.astype(np.int32), none, none.astype(np.bool_)
    snapshot = ctx.snapshot
    seg, columns = snapshot.segments, snapshot.columns
    sigma = np.maximum(columns.sigma_xy0, columns.sigma_xy1)
    unsized = np.where(columns.width_known, 0.0, UNKNOWN_HALF_M)
    reach = things.largest_m(ctx)[seg.pipe] + POSSIBLE_SIGMAS * sigma + unsized
    reach[~snapshot.may_ask[seg.pipe]] = np.nan
    i, k = candidate_polygon_pairs(seg, edges.boxes(), reach, POSSIBLE_SIGMAS * _SIGMA_M)
    held, row = _held(ctx, things, reach)
    key = i.astype(np.int64) * len(things.wanted) + edges.structure[k]
    holds = held * len(things.wanted) + row
    # A piece inside an area far from its outline is paired with one edge of it, so that it counts.
    missing = ~np.isin(holds, key)
    order = np.argsort(edges.structure, kind="stable")
    at = order[np.searchsorted(edges.structure[order], row[missing])]
    i = np.concatenate([i, held[missing].astype(np.int32)])
    k = np.concatenate([k.astype(np.int64), at])
    key = np.concatenate([key, holds[missing]])
    asked = np.flatnonzero(snapshot.asks_with(seg.pipe[i], "structures", edges.structure[k]))
    return i[asked], k[asked], np.isin(key[asked], holds)


def _held(ctx: CheckContext, things: Things, reach: F64) -> tuple[I64, I64]:
    """Segments that start inside an area, and the rows of the structures."""
    import shapely

    snapshot, seg = ctx.snapshot, ctx.snapshot.segments
    areas, rows = areas_of(snapshot, things.wanted)
    if not len(rows):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    boxes = shapely.bounds(areas) - np.tile(snapshot.origin, 2)
    i, area = candidate_polygon_pairs(seg, boxes, np.where(np.isnan(reach), np.nan, 0.0))
    shapely.prepare(areas)
    x, y = seg.x0[i] + snapshot.origin[0], seg.y0[i] + snapshot.origin[1]
    holds = shapely.contains_xy(areas[area], x, y)
    return i[holds].astype(np.int64), rows[area[holds]]


def _sighted(
    ctx: CheckContext, things: Things, edges: Edges, found: tuple[I32, I64, Bool]
) -> Sighted:
    i, k, inside = found
    snapshot = ctx.snapshot
    seg, columns = snapshot.segments, snapshot.columns
    structure, pipe = edges.structure[k], seg.pipe[i]
    required, requirement = things.numbers(ctx, pipe, structure)
    reason = things.reasons(ctx, pipe, structure)
    both, one, two = paired(seg, i, edges, k)
    plan = plan_clearance(both, one, two)
    gap = np.where(inside & (plan.gap > 0), -plan.gap, plan.gap)
    sigma = np.hypot(
        columns.sigma_xy0[i] + (columns.sigma_xy1[i] - columns.sigma_xy0[i]) * plan.ta, _SIGMA_M
    )
    no_size = ~columns.width_known[i]
    unsized = np.where(no_size, UNKNOWN_HALF_M, 0.0)
    limit = np.nan_to_num(required) + POSSIBLE_SIGMAS * sigma + unsized
    wide = _along(ctx, i, (both, one, two), limit, plan.ta)
    nominal = _along(ctx, i, (both, one, two), np.nan_to_num(required) - TOLERANCE_M, plan.ta)
    near = (reason == "") & (gap < limit)
    by_crossing = _crossing(ctx, i, structure, (both, one, two), near, wide, limit)
    fails = near & is_violated(gap, required)
    by_crossing &= ~fails | _crossing(
        ctx, i, structure, (both, one, two), fails, nominal, np.nan_to_num(required)
    )
    reason[by_crossing & near] = "crossing"
    is_tower = snapshot.state.structures.kind[structure] == StructureKind.TOWER
    is_point = (edges.x0[k] == edges.x1[k]) & (edges.y0[k] == edges.y1[k])
    origin = np.append(snapshot.origin, 0.0)
    z = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * plan.ta
    none = np.full(len(i), np.nan)
    return Sighted(
        i=i,
        structure=structure,
        actual_m=gap,
        required_m=required,
        sigma_m=sigma,
        requirement=requirement,
        unsure=no_size & ~is_violated(gap, required) & (gap < required + UNKNOWN_HALF_M),
        reason=reason,
        near_a=np.column_stack([plan.ax, plan.ay, z]) + origin,
        near_b=np.column_stack([plan.bx, plan.by, none]) + origin,
        wide=wide,
        nominal=nominal,
        remark=remarks(
            len(i), (no_size, "size_unknown"), (is_tower & is_point, "foundation_unknown")
        ),
    )


_Paired = tuple[Segments, I32, I32]


def _along(ctx: CheckContext, i: I32, pair: _Paired, within_m: F64, at: F64) -> tuple[F64, F64]:
    """Where along their runs pieces lie within a distance of the edge; a point where nowhere."""
    start, stop = plan_stretch(*pair, within_m)
    start, stop = np.where(np.isnan(start), at, start), np.where(np.isnan(stop), at, stop)
    snapshot = ctx.snapshot
    return ordered(run_chainage(snapshot, i, start), run_chainage(snapshot, i, stop))


def _crossing(
    ctx: CheckContext,
    i: I32,
    structure: I64,
    pair: _Paired,
    rows: Bool,
    span: tuple[F64, F64],
    limit_m: F64,
) -> Bool:
    """Pieces that are near only because the line crosses the structure's line there."""
    out = np.zeros(len(i), dtype=np.bool_)
    part = np.flatnonzero(rows)
    if not len(part):
        return out
    snapshot = ctx.snapshot
    both, one, two = pair
    meet = plan_crossing(both, one[part], two[part])
    crosses = meet.crosses & (meet.angle_deg >= ctx.rules.settings.crossing_angle_deg)
    run = snapshot.topology.run[snapshot.segments.pipe[i[part]]].astype(np.int64)
    low, high = span[0][part], span[1][part]
    half_m = snapshot.segments.half_width[i[part]]
    stretches = merged(run * (int(structure.max()) + 1) + structure[part], low, high, half_m)
    at = run_chainage(snapshot, i[part], np.nan_to_num(meet.ta))
    reach = INFLUENCE * (snapshot.segments.half_width[i[part]] + limit_m[part])
    out[part] = explained(stretches, (low, high), crosses, at, reach)
    return out


CHECK = StructureClearanceCheck()
