"""A conflict report as text for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from baiyun_gis.findings.conflicts import CheckLedger, CheckReport, Outcome
from baiyun_gis.findings.headlines import check_title
from baiyun_gis.findings.sentences import why
from baiyun_gis.findings.words import SET_ASIDE, UNTESTABLE, WITHOUT_RULES
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.labels import label, word

_SHOWN = 10


def summary(report: CheckReport, state: ProjectState, *, lang: Lang, hidden: CheckReport) -> str:
    """Ledger, counts and the gravest conflicts; the last line is the answer.

    `hidden` is the report before less sure findings were left out.
    """
    lines = [
        *_ledger(report),
        *_counts(report),
        *_gravest(report, state, lang),
        *_suspicions(report),
        answer(report, hidden=hidden),
    ]
    return "\n".join(line.text(lang) for line in lines) + "\n"


def answer(report: CheckReport, *, hidden: CheckReport) -> Message:
    """The whole run in one sentence; the word *clear* only where the run has earned it."""
    ledger = report.ledger
    if ledger.pipes_read == 0:
        return msg("The project holds no pipes, so nothing was tested; import some first.")
    if ledger.tested_nothing:
        return msg("Nothing was tested; the ledger above says why.")
    if not ledger.closes:
        return msg("The run is not complete, the ledger does not close; see above.")
    found, everything = len(report.conflicts), len(hidden.conflicts)
    if found:
        groups = len(set(report.conflicts.group))
        violated = int(report.conflicts.violated.sum())
        return msg(
            "{conflicts} in {groups}: {violated} nominal violations, {unsure} that cannot be"
            " judged.",
            conflicts=msg("1 conflict") if found == 1 else msg("{count} conflicts", count=found),
            unsure=int((report.conflicts.verdict == Verdict.CANNOT_JUDGE).sum()),
            groups=msg("1 group") if groups == 1 else msg("{count} groups", count=groups),
            violated=violated,
        )
    if everything:
        return msg(
            "None as sure as asked for; {count} less sure findings are left out.", count=everything
        )
    if hidden.is_clear and not hidden.scope.is_whole:
        return msg(
            "Clear within its scope ({scope}): {pairs} pairs examined, the ledger closes; pairs"
            " outside were not tested.",
            scope=hidden.scope.sentence(),
            pairs=_examined(report),
        )
    if hidden.is_clear:
        return msg("Clear: {pairs} pairs examined, the ledger closes.", pairs=_examined(report))
    return msg("None found, but not everything could be judged; see the ledger.")


def _examined(report: CheckReport) -> int:
    return sum(check.pairs_examined for check in report.ledger.checks)


def _ledger(report: CheckReport) -> list[Message]:
    ledger = report.ledger
    out = [] if report.scope.is_whole else [msg("Scope: {scope}", scope=report.scope.sentence())]
    out.append(
        msg(
            "Pipes: {read} read, {tested} tested{reasons}",
            read=ledger.pipes_read,
            tested=ledger.pipes_tested,
            reasons=_bracketed(ledger.untestable, UNTESTABLE),
        )
    )
    if ledger.without_rules:
        out.append(
            msg(
                "Lines the rule set has no distances for, tested for collisions only: {count}"
                "{reasons}",
                count=sum(ledger.without_rules.values()),
                reasons=_bracketed(ledger.without_rules, WITHOUT_RULES),
            )
        )
    # Where nothing was tested, rows of zeros would only look like an answer.
    told = [c for c in ledger.checks if not ledger.tested_nothing or c.outcome is not Outcome.RAN]
    return out + [_check_line(check) for check in told]


def _check_line(check: CheckLedger) -> Message:
    name = check_title(check.check)
    if check.outcome is not Outcome.RAN:
        reason = check.reason or label("")
        return msg(
            "  {check}: {outcome}; {reason}", check=name, outcome=word(check.outcome), reason=reason
        )
    return msg(
        "  {check}: {examined} examined = {aside} set aside{reasons} + {found} found + {clear}"
        " met + {unsure} cannot judge",
        check=name,
        examined=check.pairs_examined,
        aside=sum(check.set_aside.values()),
        reasons=_bracketed(check.set_aside, SET_ASIDE),
        found=check.violated,
        clear=check.clear,
        unsure=check.cannot_judge,
    )


def _bracketed(counts: dict[str, int], words: dict[str, Message]) -> Message:
    if not counts:
        return label("")
    parts = [
        msg("{reason} {count}", reason=words.get(key, label(key)), count=count)
        for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return msg(" ({parts})", parts=_listed(parts))


def _listed(parts: Iterable[Message]) -> Message:
    whole: Message | None = None
    for part in parts:
        whole = part if whole is None else msg("{first}, {rest}", first=whole, rest=part)
    return whole or label("")


def _counts(report: CheckReport) -> list[Message]:
    conflicts = report.conflicts
    counts = Counter(zip(conflicts.check, map(int, conflicts.verdict), strict=True))
    out: list[Message] = []
    for check in dict.fromkeys(conflicts.check):
        verdicts = [
            msg("{reason} {count}", reason=word(v), count=counts[check, int(v)])
            for v in sorted(Verdict, reverse=True)
            if counts[check, int(v)]
        ]
        out.append(
            msg("{check}: {verdicts}", check=check_title(str(check)), verdicts=_listed(verdicts))
        )
    return out


def _gravest(report: CheckReport, state: ProjectState, lang: Lang) -> list[Message]:
    rows = np.flatnonzero(report.conflicts.verdict >= Verdict.POSSIBLE)[:_SHOWN]
    return [
        msg(
            "{number}. [{id}] {why}",
            number=number + 1,
            id=report.conflicts.id[row],
            why=why(report, state, int(row), lang),
        )
        for number, row in enumerate(rows)
    ]


def _suspicions(report: CheckReport) -> list[Message]:
    if not len(report.suspicions):
        return []
    count = len(report.suspicions)
    return [msg("Suspected illegal buildings and occupied lines: {count}", count=count)]
