"""One line along the top of another: their plan projections overlap without crossing.

It needs no level: whichever lies above, the other cannot be reached. Where levels are known the
vertical rule is tested as well, by its own check.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.asked_of_pairs import (
    CROSSING,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.asked_of_pairs import Requirements as Asked
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.overlaps import joined_of
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M, ledger_of
from baiyun_gis.checks.told_pairs import (
    REMARKS_IN_PLAN,
    Found,
    asked_of,
    findings_of,
    judging_of,
    room_for,
)
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.found_in_plan import found_along
from baiyun_gis.kernels.overlapping import Alongside, InPlan, over_in_plan
from baiyun_gis.kernels.segments import owned
from baiyun_gis.language import msg
from baiyun_gis.model.columns import I8, Bool
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
        told = room_for(len(rows), len(reason))
        findings: Found = ConflictTable.empty()
        if len(rows):
            of, by, what = (ctx.laid, ctx.pair_columns), judging_of(ctx), asked_of(asked)
            count = found_along(rows, crosses, what, of, by, CROSSING, reason, told)
            weak = ctx.of_classes("unconfirmed", self.name, lambda: _weak(asked))
            rules = asked.requirements
            findings = findings_of(
                ctx, self.name, told, count, rules, flags=REMARKS_IN_PLAN, weak=weak
            )
        return self._result(ctx, asked, (reason, told.ends[0], told.ends[1]), findings)

    def _result(
        self, ctx: CheckContext, asked: Asked, ends: tuple[I8, Bool, Bool], findings: Found
    ) -> CheckResult:
        """The findings with what came of all pairs: reason, found, unsure."""
        ledger = ledger_of(
            ctx,
            self.name,
            ends,
            (0, CROSSING, CROSSING),
            why_not=asked.why_not.values,
            subjects=subjects_of(ctx, self.name),
            unmet=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, findings, asked.requirements)


def _over(ctx: CheckContext, asked: Asked) -> Alongside:
    """Segment pairs that run in nearly one direction; upright pieces run along anything."""
    pairs, known = ctx.pairs, ctx.snapshot.columns.width_known
    in_plan = InPlan(pairs.marks, ctx.by_runs, owned(known, np.bool_), UNKNOWN_HALF_M)
    return over_in_plan(asked.by_cell(), joined_of(pairs), in_plan, crossing=CROSSING)


def _weak(asked: Asked) -> frozenset[int]:
    """Requirements that are unconfirmed, and none at all."""
    states = enumerate(rule.state for rule in asked.requirements)
    return frozenset({-1, *(row for row, state in states if state is RuleState.UNCONFIRMED)})


CHECK = DirectlyAboveCheck()
