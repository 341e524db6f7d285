"""What a report says at its head: what was tested, what could not be, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, Outcome
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.words import WITHOUT_RULES
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.words import check_word, reason_word
from baiyun_gis.rules.labels import label
from baiyun_gis.rules.requirement import RuleState

UNKNOWN = msg("unknown")

_OUTCOMES = {
    Outcome.NOT_RUN: msg("not run"),
    Outcome.DISABLED: msg("switched off"),
    Outcome.CANCELLED: msg("stopped"),
    Outcome.FAILED: msg("failed"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of the summary."""

    title: Message
    value: Message


def headline(report: CheckReport) -> Message:
    """The result in one sentence. The word *clear* only where the ledger proves it."""
    ledger, count = report.ledger, len(report.conflicts)
    if ledger.tested_nothing:
        return msg("Nothing was tested: this run says nothing about the ground")
    if not ledger.closes:
        return msg("The ledger does not close: the run is not complete; {count} found", count=count)
    if report.is_clear and not report.scope.is_whole:
        return msg(
            "No conflicts in the scope of this run ({scope}); pairs outside were not tested",
            scope=report.scope.sentence(),
        )
    if report.is_clear:
        if any(check.outcome is not Outcome.RAN for check in ledger.checks):
            return msg("No conflicts in the checks that ran; some checks did not run")
        return msg("No conflicts: everything that was tested is clear")
    if not count:
        return msg("None found, but not everything could be judged; see the ledger.")
    return msg(
        "{count} conflicts found, {open} of them likely or certain and not yet settled",
        count=count,
        open=report.open_violations,
    )


def tested_sentence(report: CheckReport) -> Message:
    """What was tested, in one sentence."""
    ledger = report.ledger
    return msg(
        "{tested} of {read} lines were tested; {untestable} could not be",
        tested=ledger.pipes_tested,
        read=ledger.pipes_read,
        untestable=sum(ledger.untestable.values()),
    )


def not_tested(report: CheckReport) -> tuple[Line, ...]:
    """What could not be tested, and why: lines by reason, checks that did not run."""
    lines = [
        Line(msg("Lines not tested"), msg("{count}: {reason}", count=n, reason=reason_word(key)))
        for key, n in sorted(report.ledger.untestable.items())
    ]
    lines += [
        Line(
            msg("Lines without a rule"),
            msg("{count}: {reason}", count=n, reason=WITHOUT_RULES.get(key, label(key))),
        )
        for key, n in sorted(report.ledger.without_rules.items())
    ]
    for check in report.ledger.checks:
        if check.outcome is not Outcome.RAN:
            value = _OUTCOMES[check.outcome]
            if check.reason:
                value = msg("{outcome}: {why}", outcome=value, why=check.reason)
            lines.append(Line(check_word(check.check), value))
        elif check.cannot_judge:
            lines.append(
                Line(
                    check_word(check.check),
                    msg("{count} could not be judged", count=check.cannot_judge),
                )
            )
    return tuple(lines)


def verdict_counts(report: CheckReport) -> dict[Verdict, int]:
    """How many conflicts there are of each certainty, the surest first."""
    found = report.conflicts.verdict
    return {v: int((found == v).sum()) for v in sorted(Verdict, reverse=True) if v != Verdict.CLEAR}


def unconfirmed_count(report: CheckReport) -> int:
    """How many conflicts rest on a number that is not attested by two sources."""
    weak = np.array(
        [r.state in {RuleState.UNCONFIRMED, RuleState.SINGLE_SOURCE} for r in report.requirements],
        dtype=np.bool_,
    )
    used = report.conflicts.requirement
    return int(weak[used[used >= 0]].sum()) if len(weak) else 0


def summary_lines(report: CheckReport, state: ProjectState) -> tuple[Line, ...]:
    """The summary as facts, for a workbook or a page."""
    meta = state.meta
    settled = np.isin(
        report.conflicts.decision,
        [DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED],
    )
    day = UNKNOWN if np.isnat(report.as_of) else label(str(report.as_of))
    lines = [
        Line(msg("Result"), headline(report)),
        Line(msg("Tested"), tested_sentence(report)),
        Line(msg("Project"), label(meta.title or (meta.path.name if meta.path else ""))),
        Line(msg("Reference system"), label(meta.crs) if meta.crs else UNKNOWN),
        Line(msg("Vertical datum"), label(meta.vertical_datum) if meta.vertical_datum else UNKNOWN),
        Line(msg("Rule set"), label(f"{report.rules.id} {report.rules.edition}".strip())),
        Line(msg("As of"), msg("all dates at once") if np.isnat(report.as_of) else day),
        Line(msg("Scope"), report.scope.sentence()),
        Line(msg("Made"), label(report.created) if report.created else UNKNOWN),
        Line(
            msg("Ledger"),
            msg("closes: everything read is accounted for")
            if report.ledger.closes
            else msg("does not close"),
        ),
        Line(msg("Settled by decision"), msg("{count}", count=int(settled.sum()))),
        Line(
            msg("Resting on numbers not confirmed"),
            msg("{count}", count=unconfirmed_count(report)),
        ),
        Line(msg("Suspicions"), msg("{count}", count=len(report.suspicions))),
        *not_tested(report),
    ]
    if meta.is_synthetic:
        lines.append(Line(msg("Note"), msg("The data are synthetic: no real place is shown")))
    return tuple(lines)
