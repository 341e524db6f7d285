"""Horizontal clearance (水平净距): plan projections, wall to wall, along the whole line.

Where two lines cross, the stretch around the crossing in which they are nearer than required
belongs to the vertical rule and is set aside here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.asked_of_pairs import (
    CROSSING,
    LIES_ABOVE,
    Requirements,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
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
from baiyun_gis.checks.stretches import Stretches, is_shared, merged
from baiyun_gis.checks.verdicts import HALF_NANOMETRE_M, POSSIBLE_SIGMAS, TOLERANCE_M, is_violated
from baiyun_gis.checks.wavering import in_plan, wavering
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.abreast import Abreast
from baiyun_gis.kernels.chunks import run_in_chunks
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
from baiyun_gis.kernels.overlapping import near_enough
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
        # Two runs that are near only where they cross are let off without measuring how far.
        reason, rows, crosses = near_enough(
            asked.by_cell(), joined_of(pairs), pairs.marks, ctx.by_runs, crossing=CROSSING
        )
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        if not len(rows):
            return self._result(ctx, asked, (reason, found, unsure), ConflictTable.empty())
        near = _near(ctx, rows, asked)
        excused, above = _excused(ctx, near, crosses), _lies_above(ctx, near, asked)
        reason[rows[excused]] = CROSSING
        reason[rows[above & ~excused]] = LIES_ABOVE
        keep = (~(excused | above)).nonzero()[0]
        if not len(keep):
            return self._result(ctx, asked, (reason, found, unsure), ConflictTable.empty())
        kept, plan = rows[keep], near.plan.plan(keep)
        measured = _measured(ctx, kept, plan, asked)
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            near.stretches.part(keep),
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
    """Pieces near enough to matter: how they lie in plan, what is asked of them and within what
    they matter (m), and the stretches of that. `is_mixed` marks those that are not alone of their
    two runs, which are numbered by `key`."""

    rows: I64
    plan: Abreast
    asked_m: F64
    limit_m: F64
    key: I32
    is_mixed: Bool
    stretches: Stretches


def _near(ctx: CheckContext, rows: I64, asked: Requirements) -> _Near:
    """How near pairs may be before it could matter, what is asked and doubt, and where they are."""
    wide, asked_m = breadths(ctx, rows), asked.limit_m[rows]
    doubt = POSSIBLE_SIGMAS * wide.sigma_m
    limit_m = asked_m + doubt + UNKNOWN_HALF_M * wide.unsized
    key = numbered(wide.runs)[0]
    mixed = is_shared(key)
    plan = abreast_of(ctx, rows, np.where(mixed, limit_m, np.nan))
    stretches = merged(key, *plan.span_m, half_width_m(ctx, rows))
    return _Near(rows, plan, asked_m, limit_m, key, mixed, stretches)


def _excused(ctx: CheckContext, near: _Near, crosses: Bool) -> Bool:
    """Pieces that a crossing accounts for: the vertical rule speaks there instead.

    What fails nominally must be one failing stretch with the crossing: survey doubt, which makes
    `stretches` longer, never lets a shortfall off. What is only possible goes by `stretches`.
    """
    if not crosses.any():
        return crosses
    plan, asked_m, stretches = near.plan, near.asked_m, near.stretches
    cross, reach = plan.at_m, INFLUENCE * (plan.width_m + near.limit_m)
    out = explained(stretches, plan.span_m, crosses, cross, reach)
    fails = is_violated(plan.nearest[0], asked_m)
    part = (fails & near.is_mixed & stretches.any(crosses)[stretches.of]).nonzero()[0]
    if not len(part):
        return out
    within = asked_m[part] - TOLERANCE_M
    span = interval(ctx, near.rows[part], within, plan.stations[0, part])
    reach = INFLUENCE * (plan.width_m[part] + asked_m[part])
    failing = merged(near.key[part], *span, half_width_m(ctx, near.rows[part]))
    out[part] = explained(failing, span, crosses[part], cross[part], reach)
    return out


def _failing(
    ctx: CheckContext, rows: I64, plan: PlanClearance, required_m: F64, part: I64
) -> tuple[F64, F64]:
    within = np.nan_to_num(required_m[part], nan=0.0) - TOLERANCE_M
    return interval(ctx, rows[part], within, plan.ta[part])


def readings_in_plan(
    ctx: CheckContext, rows: I64, plan: PlanClearance, required_m: F64
) -> tuple[F64, Bool]:
    """What is read off clearances in plan of segment pairs, and flags of what is not known.

    As `kernels.measuring.read_in_plan`; shapes (n, `READINGS`) and (`FLAGS`, n).
    """
    pairs, snapshot = ctx.pairs, ctx.snapshot
    readings, flags = np.empty((len(rows), READINGS)), np.empty((FLAGS, len(rows)), dtype=np.bool_)
    run_in_chunks(
        read_in_plan,
        len(rows),
        PairRows(table_of(snapshot.segments), pairs.i[rows], pairs.j[rows]),
        plan,
        required_m,
        owned(snapshot.columns.width_known, np.bool_),
        owned(snapshot.origin, np.float64),
        (TOLERANCE_M, HALF_NANOMETRE_M),
        readings,
        flags,
    )
    return readings, flags


def _measured(ctx: CheckContext, rows: I64, plan: PlanClearance, asked: Requirements) -> Measured:
    required = asked.required_m[rows]
    readings, flags = readings_in_plan(ctx, rows, plan, required)
    place = in_plan(readings[:, STATIONS:WAY], readings[:, WAY:ACTUAL])
    sigma, chance = wavering(ctx, rows, place, readings[:, SHORT])
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


def _lies_above(ctx: CheckContext, near: _Near, asked: Requirements) -> Bool:
    """Pairs the clause lets off because one lies far enough above the other there."""
    pairs, rows = ctx.pairs, near.rows
    order = asked.order[rows]
    if not order.any():
        return np.zeros(len(rows), dtype=np.bool_)
    of = PairRows(table_of(ctx.snapshot.segments), pairs.i[rows], pairs.j[rows])
    least = owned(asked.unless_above_m[rows], np.float64)
    return lies_above(of, near.plan.stations, owned(order, np.int8), least, TOLERANCE_M)


CHECK = HorizontalClearanceCheck()
