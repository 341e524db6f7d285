"""Lines beneath structures: where their axes pass under a line or an area, and how deep below."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.remarks import remarks
from baiyun_gis.checks.structure_shapes import areas_of, edges_of, paired
from baiyun_gis.checks.thing_findings import (
    Sighted,
    Things,
    nothing_seen,
    ordered,
    point_on,
    run_chainage,
    thing_result,
    things_of,
)
from baiyun_gis.checks.verdicts import TOLERANCE_M, is_violated
from baiyun_gis.kernels.plan import plan_crossing
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.model.columns import F64, I32, I64
from baiyun_gis.model.vocabulary import StructureKind

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot


class Passages(NamedTuple):
    """Segments `i` under structures from one station to another; equal where they cross a line."""

    i: I32
    structure: I64
    from_t: F64
    to_t: F64


def beneath_result(
    ctx: CheckContext, check: str, *, level_missing: str, may_pass_above: bool
) -> CheckResult:
    """The result of a check of how far lines lie below the recorded level of structures.

    `level_missing` is the remark where a structure has no level. `may_pass_above`: a line over
    the top of a structure (level and height) is none of the check's business.
    """
    if (silent := without_rules(ctx, check)) is not None:
        return silent
    things = things_of(ctx, check)
    found = _passages(ctx, things)
    subjects, asked = things.answered(ctx), things.rules.requirements
    if not len(found.i):
        return nothing_seen(ctx, check, asked, subjects=subjects)
    seen = _sighted(ctx, things, found, level_missing, may_pass_above=may_pass_above)
    return thing_result(ctx, check, seen, asked, subjects=subjects)


def _passages(ctx: CheckContext, things: Things) -> Passages:
    none = Passages(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    if not things.wanted.any():
        return none
    snapshot = ctx.snapshot
    seg = snapshot.segments
    looks = np.where(snapshot.may_ask[seg.pipe], 0.0, np.nan)
    areas, rows = areas_of(snapshot, things.wanted)
    is_area = np.zeros(len(things.wanted), dtype=np.bool_)
    is_area[rows] = True
    parts = [none]
    if len(rows):
        parts.append(_under_areas(snapshot, areas, rows, looks))
    edges = edges_of(snapshot, things.wanted & ~is_area)
    if len(edges):
        i, k = candidate_polygon_pairs(seg, edges.boxes(), looks)
        meet = plan_crossing(*paired(seg, i, edges, k))
        hit = np.flatnonzero(meet.crosses)
        at = meet.ta[hit]
        parts.append(Passages(i[hit], edges.structure[k[hit]], at, at))
    i, structure, one, two = (np.concatenate(column) for column in zip(*parts, strict=True))
    asked = snapshot.asks_with(seg.pipe[i], "structures", structure)
    return Passages(i[asked], structure[asked], one[asked], two[asked])


def _under_areas(snapshot: Snapshot, areas: np.ndarray, rows: I64, looks: F64) -> Passages:
    """Every piece of axis that lies inside an area."""
    import shapely

    seg = snapshot.segments
    boxes = shapely.bounds(areas) - np.tile(snapshot.origin, 2)
    i, area = candidate_polygon_pairs(seg, boxes, looks)
    start = np.column_stack([seg.x0[i], seg.y0[i]]) + snapshot.origin
    stop = np.column_stack([seg.x1[i], seg.y1[i]]) + snapshot.origin
    lines = np.asarray(shapely.linestrings(np.stack([start, stop], axis=1)), dtype=object)
    broken = ~shapely.is_valid(areas)  # an outline drawn across itself cannot be cut with
    areas[broken] = shapely.make_valid(areas[broken], method="structure", keep_collapsed=False)
    shapely.prepare(areas)
    inside, owner = shapely.get_parts(shapely.intersection(lines, areas[area]), return_index=True)
    pieces = (shapely.get_type_id(inside) == 1) & ~shapely.is_empty(inside)
    xy, piece = shapely.get_coordinates(inside[pieces], return_index=True)
    owner = owner[pieces]
    at = shapely.line_locate_point(lines[owner[piece]], shapely.points(xy), normalized=True)
    from_t, to_t = np.full(len(owner), np.inf), np.full(len(owner), -np.inf)
    np.minimum.at(from_t, piece, at)
    np.maximum.at(to_t, piece, at)
    return Passages(i[owner], rows[area[owner]], from_t, to_t)


def _plumb_half(snapshot: Snapshot, i: I32) -> F64:
    """Half height measured plumb: a sloping circle stands radius ÷ cos slope above its axis."""
    seg = snapshot.segments
    plan = np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    rise = np.nan_to_num(seg.z1[i] - seg.z0[i])
    slant = np.divide(np.hypot(plan, rise), plan, out=np.ones_like(plan), where=plan > 1e-6)
    return seg.half_height[i] * np.where(seg.is_rectangle[i], 1.0, slant)


def _sighted(
    ctx: CheckContext,
    things: Things,
    found: Passages,
    level_missing: str,
    *,
    may_pass_above: bool,
) -> Sighted:
    snapshot = ctx.snapshot
    seg, columns, structures = snapshot.segments, snapshot.columns, snapshot.state.structures
    i, structure, from_t, to_t = found
    pipe = seg.pipe[i]
    required, requirement = things.numbers(ctx, pipe, structure)
    reason = things.reasons(ctx, pipe, structure)
    base, half = structures.level_m[structure], _plumb_half(snapshot, i)
    rise = seg.z1[i] - seg.z0[i]
    one, two = (base - (seg.z0[i] + rise * t) - half for t in (from_t, to_t))
    actual = np.minimum(one, two)
    at = np.where(two < one, to_t, from_t)
    no_level, no_base = ~columns.level_known[i], np.isnan(base)
    no_size = ~columns.height_known[i] & ~is_violated(actual, required)
    above = np.full(len(i), np.nan)
    no_top = np.zeros(len(i), dtype=np.bool_)
    if may_pass_above:
        is_culvert = structures.kind[structure] == StructureKind.CULVERT
        top = base + structures.height_m[structure]
        above = np.where(is_culvert, -np.maximum(one, two) - 2 * half - (top - base), np.nan)
        over = is_culvert & (actual + half < 0)  # the axis above the base
        no_top = over & np.isnan(top)
        reason[over & (above >= -TOLERANCE_M) & (reason == "")] = "passes_above"
    unsure = no_level | no_base | no_size | no_top
    wide = ordered(run_chainage(snapshot, i, from_t), run_chainage(snapshot, i, to_t))
    spot = point_on(snapshot, i, at)
    near_b = np.column_stack([spot[:, :2], base])
    near_a = np.column_stack([spot[:, :2], spot[:, 2] + half])
    sigma = columns.sigma_z0[i] + (columns.sigma_z1[i] - columns.sigma_z0[i]) * at
    return Sighted(
        i=i,
        structure=structure,
        actual_m=actual,
        required_m=required,
        sigma_m=sigma,
        requirement=requirement,
        unsure=unsure,
        reason=reason,
        near_a=near_a,
        near_b=near_b,
        wide=wide,
        nominal=_failing(ctx, found, (one, two), required),
        remark=remarks(
            len(i),
            (no_level, "level_unknown"),
            (no_base, level_missing),
            (~columns.height_known[i], "size_unknown"),
            (no_top, "structure_height_unknown"),
        ),
    )


def _failing(
    ctx: CheckContext, found: Passages, ends: tuple[F64, F64], required: F64
) -> tuple[F64, F64]:
    """The part of each passage nearer than required; the distance is straight along it."""
    i, _, from_t, to_t = found
    limit = required - TOLERANCE_M
    one, two = ends
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = from_t + (to_t - from_t) * (limit - one) / (two - one)
    low = np.where((one >= limit) & (two < limit), turn, from_t)
    high = np.where((two >= limit) & (one < limit), turn, to_t)
    return ordered(run_chainage(ctx.snapshot, i, low), run_chainage(ctx.snapshot, i, high))
