"""One line along the top of another: their plan projections overlap without crossing.

It needs no level: whichever lies above, the other cannot be reached. Where levels are known the
vertical rule is tested as well, by its own check.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.asked_of_pairs import (
    CROSSING,
    reason_codes,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.asked_of_pairs import Requirements as Asked
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.horizontal_clearance import near_points
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
from baiyun_gis.checks.stretches import Stretches, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, is_violated
from baiyun_gis.findings.conflicts import ConflictTable, Severity
from baiyun_gis.kernels.first_look import AT, STEEP
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
        pairs = ctx.pairs
        asked = requirements_of(ctx, self.name, pairs)
        joined = pairs.joints.rows
        reason = reason_codes(pairs, asked, pairs.joints.aside(size_doubt_m(ctx, joined)))
        # Segment pairs that run in nearly one direction; upright pieces run along anything.
        along = ~pairs.has(STEEP)
        near = (reason == 0) & pairs.has(AT)
        reason[near & ~along] = CROSSING
        rows = np.flatnonzero(near)
        # Of a city's crossings few are of runs that lie along each other too.
        rows = rows[with_their_runs(ctx, rows, along[rows])]
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        if not len(rows):
            return self._result(ctx, asked, (reason, found, unsure), ConflictTable.empty())
        plan = plan_of(ctx, rows)[0]
        limit = POSSIBLE_SIGMAS * sigma_xy_m(ctx, rows) + size_doubt_m(ctx, rows)
        low, high = interval(ctx, rows, limit, plan.ta)
        stretches = merged(run_pairs(ctx, rows), low, high)
        excused = ~along[rows] | _at_crossing(ctx, rows, plan, stretches, (low, high))
        reason[rows[excused]] = CROSSING
        if excused.all():
            return self._result(ctx, asked, (reason, found, unsure), ConflictTable.empty())
        kept, plan = rows[~excused], PlanClearance(*(column[~excused] for column in plan))
        measured = _measured(ctx, kept, plan, asked)
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            stretches.part(~excused),
            asked.requirements,
            failing=lambda part: interval(ctx, kept[part], np.zeros(len(part)), plan.ta[part]),
        )
        found[kept], unsure[kept] = measured.is_found, measured.cannot_judge
        return self._result(ctx, asked, (reason, found, unsure), _graded(findings, asked))

    def _result(
        self, ctx: CheckContext, asked: Asked, ends: tuple[I8, Bool, Bool], findings: ConflictTable
    ) -> CheckResult:
        """The findings with what came of all pairs: reason, found, unsure."""
        quiet = quiet_by_code(ctx.pairs, asked.why_not.values, (0, CROSSING, CROSSING))
        ledger = tally_of(ctx.pairs, None, ends, quiet=quiet).counted(
            self.name,
            subjects=subjects_of(ctx, self.name),
            rules_without_subjects=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, findings, asked.requirements)


def _at_crossing(
    ctx: CheckContext, rows: I64, plan: PlanClearance, stretches: Stretches, span: tuple[F64, F64]
) -> Bool:
    """Pieces beside a bend that a crossing of the same stretch accounts for."""
    cross, _ = along_run(ctx.snapshot, ctx.pairs, rows, plan.ta, plan.ta, plan.ta)
    reach = INFLUENCE * (width_m(ctx, rows) + size_doubt_m(ctx, rows))
    return explained(stretches, span, ctx.pairs.is_crossing(rows), cross, reach)


def _measured(ctx: CheckContext, rows: I64, plan: PlanClearance, asked: Asked) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
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


def _graded(findings: ConflictTable, asked: Asked) -> ConflictTable:
    """Severity by how well the clause is attested: minor while it is unconfirmed."""
    if not len(findings):
        return findings
    weak = np.array(
        [*(r.state is RuleState.UNCONFIRMED for r in asked.requirements), True], dtype=np.bool_
    )[findings.requirement]
    severity = np.where(weak, np.minimum(findings.severity, Severity.MINOR), findings.severity)
    return findings.with_columns(severity=severity.astype(np.int8))


CHECK = DirectlyAboveCheck()
