"""One line along the top of another: their plan projections overlap without crossing.

It needs no level: whichever lies above, the other cannot be reached. Where levels are known the
vertical rule is tested as well, by its own check.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.horizontal_clearance import near_points
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.pair_findings import Measured, pair_findings, remarks, section_remarks
from baiyun_gis.checks.pairs import (
    CROSSING,
    along_run,
    interval,
    reason_codes,
    requirements_of,
    size_doubt_m,
    subjects_of,
    tally_of,
)
from baiyun_gis.checks.pairs import Requirements as Asked
from baiyun_gis.checks.stretches import Stretches, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, is_violated
from baiyun_gis.findings.conflicts import ConflictTable, Severity
from baiyun_gis.kernels.ordering import with_any
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.rules.requirement import RuleState


class DirectlyAboveCheck:
    """A line that lies directly above or below another along its way."""

    name = "directly_above"
    title = msg("One line along the top of another")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches along which two lines lie over each other."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        pairs = ctx.pairs
        asked = requirements_of(ctx, self.name, pairs)
        aside = pairs.joints.aside(size_doubt_m(ctx))
        every = np.arange(len(pairs))
        reason = reason_codes(aside, asked, every)
        limit = POSSIBLE_SIGMAS * pairs.sigma_xy_m + size_doubt_m(ctx)
        near = (reason == 0) & ((pairs.plan.gap < limit) | pairs.crosses)
        reason[near & ~_is_along(ctx)] = CROSSING
        rows = _with_their_crossings(ctx, near)
        along = _is_along(ctx)[rows]
        low, high = interval(ctx, rows, limit[rows], pairs.plan.ta[rows])
        stretches = merged(pairs.run_pair[rows], low, high)
        excused = ~along | _at_crossing(ctx, rows, stretches, (low, high))
        reason[rows[excused]] = CROSSING
        kept = rows[~excused]
        measured = _measured(ctx, kept, asked)
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            stretches.part(~excused),
            asked.requirements,
            failing=lambda part: interval(
                ctx, kept[part], np.zeros(len(part)), pairs.plan.ta[kept[part]]
            ),
        )
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        found[kept], unsure[kept] = measured.is_found, measured.cannot_judge
        ledger = tally_of(pairs, every, reason, found, unsure).counted(
            self.name,
            subjects=subjects_of(ctx, self.name),
            rules_without_subjects=unmet_rules(ctx.rules, self.name, asked.requirements),
        )
        return CheckResult(ledger, _graded(findings, asked), asked.requirements)


def _is_along(ctx: CheckContext) -> Bool:
    """Segment pairs that run in nearly one direction; upright pieces run along anything."""
    return ~(ctx.pairs.angle_deg >= ctx.rules.settings.crossing_angle_deg)


def _with_their_crossings(ctx: CheckContext, near: Bool) -> I64:
    """Near pairs along each other, and of their runs those that cross too: few of a city's."""
    group = ctx.pairs.run_pair
    along = near & _is_along(ctx)
    return np.flatnonzero(near & with_any(group, along, int(group.max(initial=-1)) + 1)[group])


def _at_crossing(ctx: CheckContext, rows: I64, stretches: Stretches, span: tuple[F64, F64]) -> Bool:
    """Pieces beside a bend that a crossing of the same stretch accounts for."""
    pairs = ctx.pairs
    angle = ctx.rules.settings.crossing_angle_deg
    crosses = pairs.crosses[rows] & (pairs.angle_deg[rows] >= angle)
    at = pairs.cross_ta[rows]
    cross, _ = along_run(ctx.snapshot, pairs, rows, at, at, at)
    reach = INFLUENCE * (pairs.joints.width_m[rows] + size_doubt_m(ctx)[rows])
    return explained(stretches, span, crosses, cross, reach)


def _measured(ctx: CheckContext, rows: I64, asked: Asked) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
    i, j = pairs.i[rows], pairs.j[rows]
    columns, pipe = snapshot.columns, snapshot.segments.pipe
    gap, required = pairs.plan.gap[rows], np.zeros(len(rows))
    no_size = ~(columns.width_known[i] & columns.width_known[j])
    no_kind = np.isnan(asked.required_m[rows])
    unsure = no_size & ~is_violated(gap, required)
    near_a, near_b = near_points(ctx, rows)
    return Measured(
        rows=rows,
        actual_m=np.where(unsure, np.nan, gap),
        required_m=required,
        sigma_m=pairs.sigma_xy_m[rows],
        requirement=asked.requirement[rows],
        cannot_judge=unsure,
        near_a=near_a,
        near_b=near_b,
        at=(near_a + near_b) / 2,
        remark=remarks(
            len(rows),
            (no_kind, "kind_unknown"),
            (no_size, "size_unknown"),
            *section_remarks(snapshot, pipe[i], pipe[j]),
        ),
    )


def _graded(findings: ConflictTable, asked: Asked) -> ConflictTable:
    """Severity by how well the clause is attested: minor while it is unconfirmed."""
    weak = np.array(
        [*(r.state is RuleState.UNCONFIRMED for r in asked.requirements), True], dtype=np.bool_
    )[findings.requirement]
    severity = np.where(weak, np.minimum(findings.severity, Severity.MINOR), findings.severity)
    return findings.with_columns(severity=severity.astype(np.int8)) if len(findings) else findings


CHECK = DirectlyAboveCheck()
