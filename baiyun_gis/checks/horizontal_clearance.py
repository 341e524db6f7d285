"""Horizontal clearance (水平净距): plan projections, wall to wall, along the whole line.

Where two lines cross, the stretch around the crossing in which they are nearer than required
belongs to the vertical rule and is set aside here.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.asked_of_pairs import (
    CROSSING,
    LIES_ABOVE,
    Requirements,
    reason_codes,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.pair_findings import Measured, pair_findings
from baiyun_gis.checks.pairs import (
    along_run,
    interval,
    plan_of,
    quiet_by_code,
    run_pairs,
    sigma_xy_m,
    size_doubt_m,
    tally_of,
    width_m,
    with_their_runs,
)
from baiyun_gis.checks.stretches import Stretches, is_shared, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M, is_violated
from baiyun_gis.checks.wavering import in_plan, short_m, wavering
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.first_look import NEAR
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I64, Bool


class HorizontalClearanceCheck:
    """Nearer in plan than the rule set allows for the two kinds."""

    name = "horizontal_clearance"
    of_two_runs = True
    title = msg("Horizontal clearance")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches along which two lines lie too near each other."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        ctx = ctx.paired
        pairs = ctx.pairs
        asked = requirements_of(ctx, self.name, pairs)
        reason = reason_codes(pairs, asked, pairs.joints.aside(asked.limit_m[pairs.joints.rows]))
        rows = np.flatnonzero((reason == 0) & pairs.has(NEAR))
        # Two runs that are near only where they cross are let off without measuring how far.
        mixed = with_their_runs(ctx, rows, ~pairs.is_crossing(rows))
        reason[rows[~mixed]] = CROSSING
        rows = rows[mixed]
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        if not len(rows):
            return self._result(ctx, asked, (reason, found, unsure), ConflictTable.empty())
        plan, limit = plan_of(ctx, rows)[0], _limit_m(ctx, rows, asked)
        key = run_pairs(ctx, rows)
        wanted = is_shared(key)
        low, high = interval(ctx, rows, limit, plan.ta, wanted=wanted)
        stretches = merged(key, low, high)
        excused = _excused(ctx, rows, plan, asked, stretches, (low, high), wanted)
        above = _lies_above(ctx, rows, plan, asked)
        reason[rows[excused]] = CROSSING
        reason[rows[above & ~excused]] = LIES_ABOVE
        keep = ~(excused | above)
        if not keep.any():
            return self._result(ctx, asked, (reason, found, unsure), ConflictTable.empty())
        kept, plan = rows[keep], PlanClearance(*(column[keep] for column in plan))
        measured = _measured(ctx, kept, plan, asked)
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            stretches.part(keep),
            asked.requirements,
            failing=lambda part: _failing(ctx, kept, plan, measured.required_m, part),
        )
        found[kept], unsure[kept] = measured.is_found, measured.cannot_judge
        return self._result(ctx, asked, (reason, found, unsure), findings)

    def _result(
        self,
        ctx: CheckContext,
        asked: Requirements,
        ends: tuple[I8, Bool, Bool],
        findings: ConflictTable,
    ) -> CheckResult:
        """The findings with what came of all pairs: reason, found, unsure."""
        quiet = quiet_by_code(ctx.pairs, asked.why_not.values, (0, 0, CROSSING))
        ledger = tally_of(ctx.pairs, None, ends, quiet=quiet).counted(
            self.name,
            subjects=subjects_of(ctx, self.name),
            rules_without_subjects=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, findings, asked.requirements)


def _excused(
    ctx: CheckContext,
    rows: I64,
    plan: PlanClearance,
    asked: Requirements,
    stretches: Stretches,
    span: tuple[F64, F64],
    is_mixed: Bool,
) -> Bool:
    """Pieces that a crossing accounts for: the vertical rule speaks there instead.

    What fails nominally must be one failing stretch with the crossing: survey doubt, which makes
    `stretches` longer, never lets a shortfall off. What is only possible goes by `stretches`.
    `is_mixed` marks pieces of runs that are near beside their crossings as well.
    """
    pairs, crosses = ctx.pairs, ctx.pairs.is_crossing(rows)
    if not crosses.any():
        return crosses
    cross, _ = along_run(ctx.snapshot, pairs, rows, plan.ta, plan.ta, plan.ta)
    width, limit_m = width_m(ctx, rows), _limit_m(ctx, rows, asked)
    out = explained(stretches, span, crosses, cross, INFLUENCE * (width + limit_m))
    asked_m = asked.limit_m[rows]
    fails = is_violated(plan.gap, asked_m)
    part = np.flatnonzero(fails & is_mixed & stretches.any(crosses)[stretches.of])
    if not len(part):
        return out
    low, high = interval(ctx, rows[part], asked_m[part] - TOLERANCE_M, plan.ta[part])
    key = run_pairs(ctx, rows[part])
    reach = INFLUENCE * (width[part] + asked_m[part])
    out[part] = explained(merged(key, low, high), (low, high), crosses[part], cross[part], reach)
    return out


def _limit_m(ctx: CheckContext, rows: I64, asked: Requirements) -> F64:
    """How near pairs may be before it could matter: what is asked, and doubt."""
    doubt = POSSIBLE_SIGMAS * sigma_xy_m(ctx, rows)
    return asked.limit_m[rows] + doubt + size_doubt_m(ctx, rows)


def _failing(
    ctx: CheckContext, rows: I64, plan: PlanClearance, required_m: F64, part: I64
) -> tuple[F64, F64]:
    within = np.nan_to_num(required_m[part], nan=0.0) - TOLERANCE_M
    return interval(ctx, rows[part], within, plan.ta[part])


def _measured(ctx: CheckContext, rows: I64, plan: PlanClearance, asked: Requirements) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
    columns = snapshot.columns
    i, j = pairs.i[rows], pairs.j[rows]
    gap, required = plan.gap, asked.required_m[rows]
    no_kind = np.isnan(required)
    no_size = ~(columns.width_known[i] & columns.width_known[j])
    # With unknown sizes counted as 0 a shortfall is a shortfall whatever the size.
    unsure = no_kind | (no_size & ~is_violated(gap, required))
    near_a, near_b = near_points(ctx, rows, plan)
    short = short_m(required, gap)
    sigma, chance = wavering(snapshot, pairs, rows, in_plan(plan), short)
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
        flags=((no_kind, "kind_unknown"), (no_size, "size_unknown")),
    )


def near_points(ctx: CheckContext, rows: I64, plan: PlanClearance) -> tuple[F64, F64]:
    """Nearest plan points in project coordinates, with the axis level there (NaN unknown)."""
    origin, (za, zb) = ctx.snapshot.origin, _axis_levels(ctx, rows, plan)
    return (
        beside(plan.ax + origin[0], plan.ay + origin[1], za),
        beside(plan.bx + origin[0], plan.by + origin[1], zb),
    )


def _axis_levels(ctx: CheckContext, rows: I64, plan: PlanClearance) -> tuple[F64, F64]:
    """Levels of both axes where they come nearest in plan."""
    seg, i, j = ctx.snapshot.segments, ctx.pairs.i[rows], ctx.pairs.j[rows]
    za = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * plan.ta
    return za, seg.z0[j] + (seg.z1[j] - seg.z0[j]) * plan.tb


def _lies_above(ctx: CheckContext, rows: I64, plan: PlanClearance, asked: Requirements) -> Bool:
    """Pairs the clause lets off because one lies far enough above the other there."""
    pairs, seg = ctx.pairs, ctx.snapshot.segments
    i, j = pairs.i[rows], pairs.j[rows]
    za, zb = _axis_levels(ctx, rows, plan)
    a_over_b = za - zb - seg.half_height[i] - seg.half_height[j]
    b_over_a = zb - za - seg.half_height[i] - seg.half_height[j]
    order, least = asked.order[rows], asked.unless_above_m[rows]
    by = np.where(order > 0, a_over_b, b_over_a)
    with np.errstate(invalid="ignore"):
        return (order != 0) & (by >= least - TOLERANCE_M)


CHECK = HorizontalClearanceCheck()
