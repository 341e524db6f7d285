"""Horizontal clearance (水平净距): plan projections, wall to wall, along the whole line.

Where two lines cross, the stretch around the crossing in which they are nearer than required
belongs to the vertical rule and is set aside here.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.pair_findings import Measured, pair_findings, remarks, section_remarks
from baiyun_gis.checks.pairs import (
    CROSSING,
    LIES_ABOVE,
    PipePairs,
    Requirements,
    along_run,
    interval,
    reason_codes,
    requirements_of,
    size_doubt_m,
    subjects_of,
    tally_of,
)
from baiyun_gis.checks.stretches import Stretches, is_shared, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M, is_violated
from baiyun_gis.checks.wavering import in_plan, short_m, wavering
from baiyun_gis.kernels.ordering import with_any
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool


class HorizontalClearanceCheck:
    """Nearer in plan than the rule set allows for the two kinds."""

    name = "horizontal_clearance"
    title = msg("Horizontal clearance")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches along which two lines lie too near each other."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        pairs = ctx.pairs
        asked = requirements_of(ctx, self.name, pairs)
        aside = pairs.joints.aside(asked.limit_m)
        every = np.arange(len(pairs))
        reason = reason_codes(aside, asked, every)
        limit = asked.limit_m + POSSIBLE_SIGMAS * pairs.sigma_xy_m + size_doubt_m(ctx)
        rows = np.flatnonzero((reason == 0) & (pairs.plan.gap < limit))
        is_crossing = pairs.crosses & (pairs.angle_deg >= ctx.rules.settings.crossing_angle_deg)
        # Two runs that are near only where they cross are let off without measuring how far.
        mixed = _beside(pairs, rows, is_crossing[rows])
        reason[rows[~mixed]] = CROSSING
        rows = rows[mixed]
        key = pairs.run_pair[rows]
        wanted = is_shared(key)
        low, high = interval(ctx, rows, limit[rows], pairs.plan.ta[rows], wanted=wanted)
        stretches = merged(key, low, high)
        excused = _excused(ctx, rows, asked, stretches, (low, high), limit[rows], wanted)
        above = _lies_above(ctx, rows, asked)
        reason[rows[excused]] = CROSSING
        reason[rows[above & ~excused]] = LIES_ABOVE
        keep = ~(excused | above)
        kept = rows[keep]
        measured = _measured(ctx, kept, asked)
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            stretches.part(keep),
            asked.requirements,
            failing=lambda part: _failing(ctx, kept[part], measured.required_m[part]),
        )
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        found[kept], unsure[kept] = measured.is_found, measured.cannot_judge
        ledger = tally_of(pairs, every, reason, found, unsure).counted(
            self.name,
            subjects=subjects_of(ctx, self.name),
            rules_without_subjects=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, findings, asked.requirements)


def _excused(
    ctx: CheckContext,
    rows: I64,
    asked: Requirements,
    stretches: Stretches,
    span: tuple[F64, F64],
    limit_m: F64,
    is_mixed: Bool,
) -> Bool:
    """Pieces that a crossing accounts for: the vertical rule speaks there instead.

    What fails nominally must be one failing stretch with the crossing: survey doubt, which makes
    `stretches` longer, never lets a shortfall off. What is only possible goes by `stretches`.
    `is_mixed` marks pieces of runs that are near beside their crossings as well.
    """
    pairs = ctx.pairs
    angle = ctx.rules.settings.crossing_angle_deg
    crosses = pairs.crosses[rows] & (pairs.angle_deg[rows] >= angle)
    at = pairs.cross_ta[rows]
    cross, _ = along_run(ctx.snapshot, pairs, rows, at, at, at)
    width = pairs.joints.width_m[rows]
    out = explained(stretches, span, crosses, cross, INFLUENCE * (width + limit_m))
    asked_m = asked.limit_m[rows]
    fails = is_violated(pairs.plan.gap[rows], asked_m)
    part = np.flatnonzero(fails & is_mixed & stretches.any(crosses)[stretches.of])
    low, high = interval(ctx, rows[part], asked_m[part] - TOLERANCE_M, pairs.plan.ta[rows[part]])
    key = pairs.run_pair[rows[part]]
    reach = INFLUENCE * (width[part] + asked_m[part])
    out[part] = explained(merged(key, low, high), (low, high), crosses[part], cross[part], reach)
    return out


def _beside(pairs: PipePairs, rows: I64, crosses: Bool) -> Bool:
    """Rows of runs that are near elsewhere than where they cross, too."""
    group = pairs.run_pair[rows]
    return with_any(group, ~crosses, int(pairs.run_pair.max(initial=-1)) + 1)[group]


def _failing(ctx: CheckContext, rows: I64, required_m: F64) -> tuple[F64, F64]:
    within = np.nan_to_num(required_m, nan=0.0) - TOLERANCE_M
    return interval(ctx, rows, within, ctx.pairs.plan.ta[rows])


def _measured(ctx: CheckContext, rows: I64, asked: Requirements) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
    seg, columns = snapshot.segments, snapshot.columns
    i, j = pairs.i[rows], pairs.j[rows]
    gap, required = pairs.plan.gap[rows], asked.required_m[rows]
    no_kind = np.isnan(required)
    no_size = ~(columns.width_known[i] & columns.width_known[j])
    # With unknown sizes counted as 0 a shortfall is a shortfall whatever the size.
    unsure = no_kind | (no_size & ~is_violated(gap, required))
    near_a, near_b = near_points(ctx, rows)
    short = short_m(required, gap)
    sigma, chance = wavering(snapshot, pairs, rows, in_plan(pairs, rows), short)
    return Measured(
        rows=rows,
        actual_m=np.where(unsure, np.nan, gap),
        required_m=required,
        sigma_m=sigma,
        chance=chance,
        requirement=asked.requirement[rows],
        cannot_judge=unsure,
        near_a=near_a,
        near_b=near_b,
        at=(near_a + near_b) / 2,
        remark=remarks(
            len(rows),
            (no_kind, "kind_unknown"),
            (no_size, "size_unknown"),
            *section_remarks(snapshot, seg.pipe[i], seg.pipe[j]),
        ),
    )


def near_points(ctx: CheckContext, rows: I64) -> tuple[F64, F64]:
    """Nearest plan points in project coordinates, with the axis level there (NaN unknown)."""
    pairs, seg, origin = ctx.pairs, ctx.snapshot.segments, ctx.snapshot.origin
    plan, i, j = pairs.plan, pairs.i[rows], pairs.j[rows]
    za = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * plan.ta[rows]
    zb = seg.z0[j] + (seg.z1[j] - seg.z0[j]) * plan.tb[rows]
    return (
        np.column_stack([plan.ax[rows] + origin[0], plan.ay[rows] + origin[1], za]),
        np.column_stack([plan.bx[rows] + origin[0], plan.by[rows] + origin[1], zb]),
    )


def _lies_above(ctx: CheckContext, rows: I64, asked: Requirements) -> Bool:
    """Pairs the clause lets off because one lies far enough above the other there."""
    pairs, seg = ctx.pairs, ctx.snapshot.segments
    i, j = pairs.i[rows], pairs.j[rows]
    plan = pairs.plan
    za = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * plan.ta[rows]
    zb = seg.z0[j] + (seg.z1[j] - seg.z0[j]) * plan.tb[rows]
    a_over_b = za - zb - seg.half_height[i] - seg.half_height[j]
    b_over_a = zb - za - seg.half_height[i] - seg.half_height[j]
    by = np.where(asked.order[rows] > 0, a_over_b, b_over_a)
    least = asked.unless_above_m[rows]
    with np.errstate(invalid="ignore"):
        return (asked.order[rows] != 0) & (by >= least - TOLERANCE_M)


CHECK = HorizontalClearanceCheck()
