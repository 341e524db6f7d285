"""One line along the top of another: their plan projections overlap without crossing.

It needs no level: whichever lies above, the other cannot be reached. Where levels are known the
vertical rule is tested as well, by its own check.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.asked_of_pairs import (
    CROSSING,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.asked_of_pairs import Requirements as Asked
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.horizontal_clearance import near_points
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.overlaps import joined_of, runs_of
from baiyun_gis.checks.pair_findings import Found, Measured, pair_findings
from baiyun_gis.checks.pairs import (
    UNKNOWN_HALF_M,
    interval,
    quiet_by_code,
    run_pairs,
    sigma_xy_m,
    size_doubt_m,
    tally_of,
    with_their_runs,
)
from baiyun_gis.checks.stretches import Stretches, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, is_violated
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.abreast import abreast
from baiyun_gis.kernels.overlapping import InPlan, Over, over_in_plan
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I64, Bool
from baiyun_gis.rules.requirement import RuleState


class DirectlyAboveCheck:
    """A line that lies directly above or below another along its way."""

    name = "directly_above"
    of_two_runs = True
    title = msg("One line along the top of another")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches along which two lines lie over each other."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        ctx = ctx.paired
        asked = requirements_of(ctx, self.name, ctx.pairs)
        over = _over(ctx, asked)
        reason, count = over.reason, len(over.reason)
        found, unsure = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        findings: Found = ConflictTable.empty()
        # Of a city's crossings few are of runs that lie along each other too.
        kept = with_their_runs(ctx, over.rows, over.along).nonzero()[0]
        if len(kept):
            lying = _alongside(ctx, over.rows[kept], ~over.along[kept])
            reason[over.rows[kept[lying.excused]]] = CROSSING
            if len(lying.rows):
                measured = _measured(ctx, lying, asked)
                found[lying.rows], unsure[lying.rows] = measured.is_found, measured.cannot_judge
                findings = _findings(ctx, self.name, lying, measured, asked)
        return self._result(ctx, asked, (reason, found, unsure), findings)

    def _result(
        self, ctx: CheckContext, asked: Asked, ends: tuple[I8, Bool, Bool], findings: Found
    ) -> CheckResult:
        """The findings with what came of all pairs: reason, found, unsure."""
        quiet = quiet_by_code(ctx.pairs, asked.why_not.values, (0, CROSSING, CROSSING))
        ledger = tally_of(ctx.pairs, None, ends, quiet=quiet).counted(
            self.name,
            subjects=subjects_of(ctx, self.name),
            rules_without_subjects=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, findings, asked.requirements)


def _over(ctx: CheckContext, asked: Asked) -> Over:
    """Segment pairs that run in nearly one direction; upright pieces run along anything."""
    pairs, known = ctx.pairs, ctx.snapshot.columns.width_known
    in_plan = InPlan(pairs.i, pairs.j, pairs.marks, known, UNKNOWN_HALF_M)
    return over_in_plan(asked.by_cell(), joined_of(pairs), in_plan, crossing=CROSSING)


@dataclass(frozen=True, slots=True)
class _Alongside:
    """Segment pairs `rows` that lie along each other in `stretches`, and how near they come; which
    of all that were asked about a crossing accounts for (`excused`)."""

    rows: I64
    plan: PlanClearance
    stretches: Stretches
    excused: Bool


def _alongside(ctx: CheckContext, rows: I64, crosses: Bool) -> _Alongside:
    """Those of `rows` that lie along each other; `crosses` are steep to each other.

    A crossing accounts for the pieces of its stretch that lie beside a bend.
    """
    pairs, doubt = ctx.pairs, size_doubt_m(ctx, rows)
    plan = abreast(
        ctx.snapshot.segments,
        pairs.i[rows],
        pairs.j[rows],
        POSSIBLE_SIGMAS * sigma_xy_m(ctx, rows) + doubt,
        runs=runs_of(ctx),
        crossing_angle_deg=ctx.rules.settings.crossing_angle_deg,
    )
    stretches = merged(run_pairs(ctx, rows), plan.from_m, plan.to_m)
    span, reach = (plan.from_m, plan.to_m), INFLUENCE * (plan.width_m + doubt)
    excused = crosses | explained(stretches, span, pairs.is_crossing(rows), plan.at_m, reach)
    kept = (~excused).nonzero()[0]
    columns = plan.gap, plan.ax, plan.ay, plan.bx, plan.by, *plan.at
    near = PlanClearance(*(column[kept] for column in columns))
    return _Alongside(rows[kept], near, stretches.part(kept), excused)


def _findings(
    ctx: CheckContext, check: str, lying: _Alongside, measured: Measured, asked: Asked
) -> Found:
    def failing(part: I64) -> tuple[F64, F64]:
        return interval(ctx, lying.rows[part], np.zeros(len(part)), lying.plan.ta[part])

    requirements, weak = asked.requirements, _weak(asked)
    of = lying.stretches
    return pair_findings(ctx, check, measured, of, requirements, failing=failing, weak=weak)


def _measured(ctx: CheckContext, lying: _Alongside, asked: Asked) -> Measured:
    pairs, snapshot, rows, plan = ctx.pairs, ctx.snapshot, lying.rows, lying.plan
    i, j = pairs.i[rows], pairs.j[rows]
    columns = snapshot.columns
    gap, required = plan.gap, np.zeros(len(rows))
    no_size = ~(columns.width_known[i] & columns.width_known[j])
    no_kind = np.isnan(asked.required_m[rows])
    unsure = no_size & ~is_violated(gap, required)
    near_a, near_b = near_points(ctx, rows, plan)
    return Measured(
        rows=rows,
        actual_m=np.where(unsure, np.nan, gap),
        required_m=required,
        sigma_m=sigma_xy_m(ctx, rows),
        requirement=asked.requirement[rows],
        cannot_judge=unsure,
        near_a=near_a,
        near_b=near_b,
        flags=((no_kind, "kind_unknown"), (no_size, "size_unknown")),
    )


def _weak(asked: Asked) -> frozenset[int]:
    """Requirements that are unconfirmed, and none at all."""
    states = enumerate(rule.state for rule in asked.requirements)
    return frozenset({-1, *(row for row, state in states if state is RuleState.UNCONFIRMED)})


CHECK = DirectlyAboveCheck()
