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
from baiyun_gis.checks.horizontal_clearance import readings_in_plan
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.overlaps import abreast_of, joined_of
from baiyun_gis.checks.pair_findings import Found, Measured, pair_findings
from baiyun_gis.checks.pairs import (
    UNKNOWN_HALF_M,
    breadths,
    half_width_m,
    interval,
    quiet_by_code,
    tally_of,
)
from baiyun_gis.checks.stretches import Stretches, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.measuring import ACTUAL, NEAR_A, NEAR_B, NO_SIZE, STATIONS, UNSURE
from baiyun_gis.kernels.overlapping import Alongside, InPlan, over_in_plan
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.kernels.segments import owned
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
        reason, rows, crosses = _over(ctx, asked)
        found, unsure = np.zeros((2, len(reason)), dtype=np.bool_)
        findings: Found = ConflictTable.empty()
        if len(rows):
            lying, excused = _alongside(ctx, rows, crosses)
            reason[excused] = CROSSING
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


def _over(ctx: CheckContext, asked: Asked) -> Alongside:
    """Segment pairs that run in nearly one direction; upright pieces run along anything."""
    pairs, known = ctx.pairs, ctx.snapshot.columns.width_known
    in_plan = InPlan(pairs.marks, ctx.by_runs, owned(known, np.bool_), UNKNOWN_HALF_M)
    return over_in_plan(asked.by_cell(), joined_of(pairs), in_plan, crossing=CROSSING)


@dataclass(frozen=True, slots=True)
class _Lying:
    """Segment pairs `rows` that lie along each other in `stretches`, how near they come, and how
    sure that is (m)."""

    rows: I64
    plan: PlanClearance
    sigma_m: F64
    stretches: Stretches


def _alongside(ctx: CheckContext, rows: I64, crosses: Bool) -> tuple[_Lying, I64]:
    """Those of `rows` that lie along each other, and those that a crossing accounts for; `crosses`
    are steep to each other.

    A crossing accounts for the pieces of its stretch that lie beside a bend.
    """
    wide = breadths(ctx, rows)
    doubt = UNKNOWN_HALF_M * wide.unsized
    plan = abreast_of(ctx, rows, POSSIBLE_SIGMAS * wide.sigma_m + doubt)
    span, reach = plan.span_m, INFLUENCE * (plan.width_m + doubt)
    stretches = merged(wide.runs, *span, half_width_m(ctx, rows))
    meets = ctx.pairs.is_crossing(rows)
    excused = crosses | explained(stretches, span, meets, plan.at_m, reach)
    kept = (~excused).nonzero()[0]
    lying = _Lying(rows[kept], plan.plan(kept), wide.sigma_m[kept], stretches.part(kept))
    return lying, rows[excused]


def _findings(
    ctx: CheckContext, check: str, lying: _Lying, measured: Measured, asked: Asked
) -> Found:
    def failing(part: I64) -> tuple[F64, F64]:
        return interval(ctx, lying.rows[part], np.zeros(len(part)), lying.plan.ta[part])

    requirements = asked.requirements
    weak = ctx.of_classes("unconfirmed", check, lambda: _weak(asked))
    of = lying.stretches
    return pair_findings(ctx, check, measured, of, requirements, failing=failing, weak=weak)


def _measured(ctx: CheckContext, lying: _Lying, asked: Asked) -> Measured:
    rows, required = lying.rows, np.zeros(len(lying.rows))
    readings, flags = readings_in_plan(ctx, rows, lying.plan, required)
    no_kind = np.isnan(asked.required_m[rows])
    return Measured(
        rows=rows,
        actual_m=readings[:, ACTUAL],
        required_m=required,
        sigma_m=lying.sigma_m,
        requirement=asked.requirement[rows],
        cannot_judge=flags[UNSURE],
        near_a=readings[:, NEAR_A:NEAR_B],
        near_b=readings[:, NEAR_B:STATIONS],
        flags=((no_kind, "kind_unknown"), (flags[NO_SIZE], "size_unknown")),
    )


def _weak(asked: Asked) -> frozenset[int]:
    """Requirements that are unconfirmed, and none at all."""
    states = enumerate(rule.state for rule in asked.requirements)
    return frozenset({-1, *(row for row, state in states if state is RuleState.UNCONFIRMED)})


CHECK = DirectlyAboveCheck()
