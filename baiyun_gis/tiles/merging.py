"""The answers of all tiles as those of one run: each was counted in one tile only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.engine import Answers
from baiyun_gis.errors import CheckError
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Ledger, Outcome

_GRAVEST_FIRST = (Outcome.FAILED, Outcome.CANCELLED, Outcome.RAN, Outcome.NOT_RUN, Outcome.DISABLED)


def merged_answers(parts: Sequence[Answers]) -> Answers:
    """One run's answers; a check that failed in one tile has failed.

    Raises `CheckError` where tiles speak of different requirements: they did not check the same.
    """
    checks = zip(*(part.results for part in parts), strict=True)
    results = tuple(_merged(list(check)) for check in checks)
    ledgers = [part.ledger for part in parts]
    ledger = Ledger(
        pipes_read=sum(one.pipes_read for one in ledgers),
        pipes_tested=sum(one.pipes_tested for one in ledgers),
        untestable=_summed([one.untestable for one in ledgers], sort=False),
        checks=tuple(result.ledger for result in results),
        without_rules=_summed([one.without_rules for one in ledgers], sort=False),
    )
    return Answers(ledger, results)


def _merged(parts: list[CheckResult]) -> CheckResult:
    """The result of one check; tiles where it had nothing to go by count nothing."""
    ledgers = [part.ledger for part in parts]
    outcome = next(o for o in _GRAVEST_FIRST if any(one.outcome is o for one in ledgers))
    first = next(part for part in parts if part.ledger.outcome is outcome)
    if outcome is not Outcome.RAN:
        return CheckResult(first.ledger)
    spoke = [part for part in parts if part.ledger.outcome is Outcome.RAN]
    if any(part.requirements != first.requirements for part in spoke):
        raise CheckError(
            "{check}: two tiles applied different rules; are all workers of one version?",
            check=first.ledger.check,
        )
    findings = ConflictTable.concat([part.table() for part in spoke])
    return CheckResult(_added([part.ledger for part in spoke]), findings, first.requirements)


def _added(parts: list[CheckLedger]) -> CheckLedger:
    first = parts[0]
    return CheckLedger(
        first.check,
        first.outcome,
        first.reason,
        subjects=sum(one.subjects for one in parts),
        pairs_examined=sum(one.pairs_examined for one in parts),
        set_aside=_summed([one.set_aside for one in parts], sort=True),
        violated=sum(one.violated for one in parts),
        clear=sum(one.clear for one in parts),
        cannot_judge=sum(one.cannot_judge for one in parts),
        rules_without_subjects=first.rules_without_subjects,
    )


def _summed(counts: Sequence[Mapping[str, int]], *, sort: bool) -> dict[str, int]:
    """Counts by name added up; names sorted, or in the order they come."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return {name: total[name] for name in (sorted(total) if sort else total)}
