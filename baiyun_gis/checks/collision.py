"""Collision: two bodies in one place. Needs no rule set: walls cannot pass through each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.pair_findings import Measured, pair_findings, remarks, section_remarks
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M, interval, size_doubt_m, tally_of
from baiyun_gis.checks.stretches import is_shared, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.bodies import BodyGap, body_gap
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.vocabulary import Utility

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


class CollisionCheck:
    """Gap below zero, as the least distance of the two bodies in space."""

    name = "collision"
    title = msg("Collision")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Penetrations, and places where a missing level or size leaves one open."""
        pairs, snapshot = ctx.pairs, ctx.snapshot
        # Set aside by widths alone: joined bodies touch at the joint and nowhere else.
        unsized = size_doubt_m(ctx)
        aside = pairs.joints.aside(unsized)
        doubt = POSSIBLE_SIGMAS * pairs.sigma_xy_m + unsized
        near = (aside == 0) & ((pairs.plan.gap < doubt) | pairs.crosses)
        rows = np.flatnonzero(near)
        rows = rows[_may_touch(ctx, rows)]
        measured = _measured(ctx, rows)
        key = pairs.run_key(snapshot)[rows]
        at = np.where(pairs.crosses[rows], pairs.cross_ta[rows], pairs.plan.ta[rows])
        low, high = interval(ctx, rows, doubt[rows], at, wanted=is_shared(key))
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            merged(key, low, high),
            (),
            failing=lambda part: interval(ctx, rows[part], np.zeros(len(part)), at[part]),
            grave=(Utility.GAS, Utility.POWER),
        )
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        found[rows], unsure[rows] = measured.is_found, measured.cannot_judge
        tally = tally_of(pairs, np.arange(len(pairs)), aside, found, unsure)
        return CheckResult(
            tally.counted(self.name, subjects=int(snapshot.selected.sum())), findings
        )


def _may_touch(ctx: CheckContext, rows: I64) -> Bool:
    """Pairs whose height ranges come within doubt of each other; unknown levels may always."""
    pairs, seg, columns = ctx.pairs, ctx.snapshot.segments, ctx.snapshot.columns
    i, j = pairs.i[rows], pairs.j[rows]
    # A flat end of a sloping circle reaches no further than its radius above its axis end, a
    # round one exactly that; walls between are bounded by the ends.
    half = seg.half_height[i] + seg.half_height[j]
    over = np.minimum(seg.z0[i], seg.z1[i]) - np.maximum(seg.z0[j], seg.z1[j])
    under = np.minimum(seg.z0[j], seg.z1[j]) - np.maximum(seg.z0[i], seg.z1[i])
    doubt = POSSIBLE_SIGMAS * np.hypot(
        np.maximum(columns.sigma_z0[i], columns.sigma_z1[i]),
        np.maximum(columns.sigma_z0[j], columns.sigma_z1[j]),
    )
    sized = columns.height_known[i] & columns.height_known[j]
    doubt = np.maximum(doubt, POSSIBLE_SIGMAS * pairs.sigma_xy_m[rows])
    apart = np.maximum(over, under) - half
    return ~(apart > doubt + np.where(sized, 0.0, 2 * UNKNOWN_HALF_M))


def _measured(ctx: CheckContext, rows: I64) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
    i, j = pairs.i[rows], pairs.j[rows]
    columns, pipe = snapshot.columns, snapshot.segments.pipe
    gap = body_gap(snapshot.segments, i, j)
    no_level = ~(columns.level_known[i] & columns.level_known[j])
    no_size = ~_sizes_known(ctx, rows)
    unsized = size_doubt_m(ctx)[rows]
    over = (pairs.plan.gap[rows] < unsized) | pairs.crosses[rows]
    # Unknown sizes were counted as 0: a gap wider than any credible pipe decides all the same.
    is_open = (gap.gap >= 0) & (gap.gap < np.maximum(unsized, UNKNOWN_HALF_M))
    unsure = (no_level & over) | (no_size & ~no_level & is_open)
    plan_a, plan_b = _in_plan(ctx, rows)
    origin = np.append(snapshot.origin, 0.0)
    near_a = np.column_stack([gap.ax, gap.ay, gap.az])
    near_b = np.column_stack([gap.bx, gap.by, gap.bz])
    near_a = np.where(np.isnan(near_a), plan_a, near_a) + origin
    near_b = np.where(np.isnan(near_b), plan_b, near_b) + origin
    return Measured(
        rows=rows,
        actual_m=np.where(unsure, np.nan, gap.gap),
        required_m=np.zeros(len(rows)),
        sigma_m=_sigma(ctx, rows, gap),
        requirement=np.full(len(rows), -1, dtype=np.int32),
        cannot_judge=unsure,
        near_a=near_a,
        near_b=near_b,
        at=(near_a + near_b) / 2,
        remark=remarks(
            len(rows),
            (no_level, "level_unknown"),
            (no_size, "size_unknown"),
            *section_remarks(snapshot, pipe[i], pipe[j]),
        ),
    )


def _sigma(ctx: CheckContext, rows: I64, gap: BodyGap) -> F64:
    """Deviation of the gap along the line between the nearest points."""
    pairs, columns = ctx.pairs, ctx.snapshot.columns
    i, j = pairs.i[rows], pairs.j[rows]
    ta, tb = pairs.plan.ta[rows], pairs.plan.tb[rows]
    level = np.hypot(
        columns.sigma_z0[i] + (columns.sigma_z1[i] - columns.sigma_z0[i]) * ta,
        columns.sigma_z0[j] + (columns.sigma_z1[j] - columns.sigma_z0[j]) * tb,
    )
    flat = np.hypot(gap.ax - gap.bx, gap.ay - gap.by)
    rise = np.abs(gap.az - gap.bz)
    whole = np.hypot(flat, rise)
    share = np.divide(rise, whole, out=np.ones_like(whole), where=whole > 1e-9)
    return np.sqrt((share * level) ** 2 + (1 - share**2) * pairs.sigma_xy_m[rows] ** 2)


def _sizes_known(ctx: CheckContext, rows: I64) -> Bool:
    columns = ctx.snapshot.columns
    known = columns.width_known & columns.height_known
    return known[ctx.pairs.i[rows]] & known[ctx.pairs.j[rows]]


def _in_plan(ctx: CheckContext, rows: I64) -> tuple[F64, F64]:
    """Nearest plan points with unknown level."""
    plan = ctx.pairs.plan
    none = np.full(len(rows), np.nan)
    return (
        np.column_stack([plan.ax[rows], plan.ay[rows], none]),
        np.column_stack([plan.bx[rows], plan.by[rows], none]),
    )


CHECK = CollisionCheck()
