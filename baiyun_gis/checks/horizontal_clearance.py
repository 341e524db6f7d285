"""Horizontal clearance (水平净距): plan projections, wall to wall, along the whole line.

Where two lines cross, the stretch around the crossing in which they are nearer than required
belongs to the vertical rule and is set aside here.
"""

from __future__ import annotations

from baiyun_gis.checks.asked_of_pairs import (
    CROSSING,
    LIES_ABOVE,
    Requirements,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.overlaps import joined_of
from baiyun_gis.checks.pairs import ledger_of
from baiyun_gis.checks.told_pairs import (
    REMARKS_IN_PLAN,
    Found,
    asked_of,
    findings_of,
    judging_of,
    room_for,
)
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.found_in_plan import found_beside
from baiyun_gis.kernels.overlapping import near_enough
from baiyun_gis.language import msg
from baiyun_gis.model.columns import I8, Bool


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
        # Two runs that are near only where they cross are let off without measuring how far.
        reason, rows, crosses = near_enough(
            asked.by_cell(), joined_of(pairs), pairs.marks, ctx.by_runs, crossing=CROSSING
        )
        told = room_for(len(rows), len(pairs))
        findings: Found = ConflictTable.empty()
        if len(rows):
            of, codes = (ctx.laid, ctx.pair_columns), (CROSSING, LIES_ABOVE)
            by, what = judging_of(ctx), asked_of(asked)
            count = found_beside(rows, crosses, what, of, by, codes, reason, told)
            findings = findings_of(
                ctx, self.name, told, count, asked.requirements, flags=REMARKS_IN_PLAN
            )
        return self._result(ctx, asked, (reason, told.ends[0], told.ends[1]), findings)

    def _result(
        self,
        ctx: CheckContext,
        asked: Requirements,
        ends: tuple[I8, Bool, Bool],
        findings: Found,
    ) -> CheckResult:
        """The findings with what came of all pairs: reason, found, unsure."""
        ledger = ledger_of(
            ctx,
            self.name,
            ends,
            (0, 0, CROSSING),
            why_not=asked.why_not.values,
            subjects=subjects_of(ctx, self.name),
            unmet=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, findings, asked.requirements)


CHECK = HorizontalClearanceCheck()
