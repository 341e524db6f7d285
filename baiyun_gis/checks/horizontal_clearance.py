"""Horizontal clearance (水平净距): plan projections, wall to wall, along the whole line.

Where two lines cross, the stretch around the crossing in which they are nearer than required
belongs to the vertical rule and is set aside here.
"""

from __future__ import annotations

from dataclasses import dataclass

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
from baiyun_gis.checks.pair_findings import Found, Measured, pair_findings
from baiyun_gis.checks.pairs import (
    UNKNOWN_HALF_M,
    along_run,
    breadths,
    interval,
    plan_of,
    quiet_by_code,
    tally_of,
    with_their_runs,
)
from baiyun_gis.checks.stretches import Stretches, is_shared, merged
from baiyun_gis.checks.verdicts import HALF_NANOMETRE_M, POSSIBLE_SIGMAS, TOLERANCE_M, is_violated
from baiyun_gis.checks.wavering import in_plan, wavering
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.first_look import NEAR
from baiyun_gis.kernels.measuring import (
    ACTUAL,
    FLAGS,
    NEAR_A,
    NEAR_B,
    NO_KIND,
    NO_SIZE,
    READINGS,
    SHORT,
    STATIONS,
    UNSURE,
    WAY,
    lies_above,
    read_in_plan,
)
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.kernels.segments import PairRows, owned, table_of
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool


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
        rows = ((reason == 0) & pairs.has(NEAR)).nonzero()[0]
        # Two runs that are near only where they cross are let off without measuring how far.
        crosses = pairs.is_crossing(rows)
        mixed = with_their_runs(ctx, rows, ~crosses)
        reason[rows[~mixed]] = CROSSING
        rows, crosses = rows[mixed], crosses[mixed]
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        if not len(rows):
            return self._result(ctx, asked, (reason, found, unsure), ConflictTable.empty())
        near = _near(ctx, rows, asked)
        excused, plan, stretches = _excused(ctx, near, crosses), near.plan, near.stretches
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
        findings: Found,
    ) -> CheckResult:
        """The findings with what came of all pairs: reason, found, unsure."""
        quiet = quiet_by_code(ctx.pairs, asked.why_not.values, (0, 0, CROSSING))
        ledger = tally_of(ctx.pairs, None, ends, quiet=quiet).counted(
            self.name,
            subjects=subjects_of(ctx, self.name),
            rules_without_subjects=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, findings, asked.requirements)


@dataclass(frozen=True, slots=True)
class _Near:
    """Pieces near enough to matter: how they lie in plan, what is asked of them, within what they
    matter (m), and where that is along the run of `a`, as pieces and merged. `is_mixed` marks
    those that are not alone of their two runs, which are numbered by `key`."""

    rows: I64
    plan: PlanClearance
    asked_m: F64
    limit_m: F64
    width_m: F64
    key: I32
    is_mixed: Bool
    span: tuple[F64, F64]
    stretches: Stretches


def _near(ctx: CheckContext, rows: I64, asked: Requirements) -> _Near:
    """How near pairs may be before it could matter, what is asked and doubt, and where they are."""
    plan, wide, asked_m = plan_of(ctx, rows)[0], breadths(ctx, rows), asked.limit_m[rows]
    doubt = POSSIBLE_SIGMAS * wide.sigma_m
    limit_m = asked_m + doubt + UNKNOWN_HALF_M * wide.unsized
    key = numbered(wide.runs)[0]
    mixed = is_shared(key)
    span = interval(ctx, rows, limit_m, plan.ta, wanted=mixed)
    stretches = merged(key, *span)
    return _Near(rows, plan, asked_m, limit_m, wide.width_m, key, mixed, span, stretches)


def _excused(ctx: CheckContext, near: _Near, crosses: Bool) -> Bool:
    """Pieces that a crossing accounts for: the vertical rule speaks there instead.

    What fails nominally must be one failing stretch with the crossing: survey doubt, which makes
    `stretches` longer, never lets a shortfall off. What is only possible goes by `stretches`.
    """
    if not crosses.any():
        return crosses
    plan, width, asked_m, stretches = near.plan, near.width_m, near.asked_m, near.stretches
    cross, _ = along_run(ctx.snapshot, ctx.pairs, near.rows, plan.ta, plan.ta, plan.ta)
    out = explained(stretches, near.span, crosses, cross, INFLUENCE * (width + near.limit_m))
    fails = is_violated(plan.gap, asked_m)
    part = (fails & near.is_mixed & stretches.any(crosses)[stretches.of]).nonzero()[0]
    if not len(part):
        return out
    within = asked_m[part] - TOLERANCE_M
    span = interval(ctx, near.rows[part], within, plan.ta[part])
    reach = INFLUENCE * (width[part] + asked_m[part])
    failing = merged(near.key[part], *span)
    out[part] = explained(failing, span, crosses[part], cross[part], reach)
    return out


def _failing(
    ctx: CheckContext, rows: I64, plan: PlanClearance, required_m: F64, part: I64
) -> tuple[F64, F64]:
    within = np.nan_to_num(required_m[part], nan=0.0) - TOLERANCE_M
    return interval(ctx, rows[part], within, plan.ta[part])


def _measured(ctx: CheckContext, rows: I64, plan: PlanClearance, asked: Requirements) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
    required = asked.required_m[rows]
    readings, flags = np.empty((len(rows), READINGS)), np.empty((FLAGS, len(rows)), dtype=np.bool_)
    run_in_chunks(
        read_in_plan,
        len(rows),
        PairRows(table_of(snapshot.segments), pairs.i[rows], pairs.j[rows]),
        plan,
        required,
        owned(snapshot.columns.width_known, np.bool_),
        owned(snapshot.origin, np.float64),
        (TOLERANCE_M, HALF_NANOMETRE_M),
        readings,
        flags,
    )
    place = in_plan(readings[:, STATIONS:WAY], readings[:, WAY:ACTUAL])
    sigma, chance = wavering(snapshot, pairs, rows, place, readings[:, SHORT])
    return Measured(
        rows=rows,
        actual_m=readings[:, ACTUAL],
        required_m=required,
        sigma_m=sigma,
        chance=chance,
        requirement=asked.requirement[rows],
        cannot_judge=flags[UNSURE],
        near_a=readings[:, NEAR_A:NEAR_B],
        near_b=readings[:, NEAR_B:STATIONS],
        flags=((flags[NO_KIND], "kind_unknown"), (flags[NO_SIZE], "size_unknown")),
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
    pairs, order = ctx.pairs, asked.order[rows]
    if not order.any():
        return np.zeros(len(rows), dtype=np.bool_)
    of = PairRows(table_of(ctx.snapshot.segments), pairs.i[rows], pairs.j[rows])
    least = owned(asked.unless_above_m[rows], np.float64)
    return lies_above(of, plan, owned(order, np.int8), least, TOLERANCE_M)


CHECK = HorizontalClearanceCheck()
