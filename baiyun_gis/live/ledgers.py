"""The ledger of a whole run moved on by what changed in a part of it."""

from __future__ import annotations

from operator import attrgetter

from baiyun_gis.altered import altered
from baiyun_gis.findings.conflicts import CheckLedger, Ledger


def moved_on(
    whole: Ledger, before: Ledger, after: Ledger, *, idle: frozenset[str] = frozenset()
) -> Ledger | None:
    """`whole` − `before` + `after`, but for checks that were `idle` in the part; None where that
    does not say it all: an outcome, or which rules have subjects, differs in the part."""
    checks: list[CheckLedger] = []
    for line, one, two in zip(whole.checks, before.checks, after.checks, strict=False):
        if line.check in idle:
            checks.append(line)
            continue
        if not (line.outcome is one.outcome is two.outcome):
            return None
        if one.rules_without_subjects != two.rules_without_subjects:
            return None
        checks.append(line if _counts_same(one, two) else _line(line, one, two))
    return altered(
        whole,
        pipes_read=whole.pipes_read - before.pipes_read + after.pipes_read,
        pipes_tested=whole.pipes_tested - before.pipes_tested + after.pipes_tested,
        untestable=_counts(whole.untestable, before.untestable, after.untestable),
        checks=(*checks, *whole.checks[len(checks) :]),
        without_rules=_counts(whole.without_rules, before.without_rules, after.without_rules),
    )


_counted = attrgetter(
    "pairs_examined", "violated", "clear", "cannot_judge", "subjects", "set_aside"
)


def _counts_same(one: CheckLedger, two: CheckLedger) -> bool:
    return one is two or _counted(one) == _counted(two)


def _line(whole: CheckLedger, before: CheckLedger, after: CheckLedger) -> CheckLedger:
    return CheckLedger(
        whole.check,
        whole.outcome,
        whole.reason,
        subjects=whole.subjects - before.subjects + after.subjects,
        pairs_examined=whole.pairs_examined - before.pairs_examined + after.pairs_examined,
        set_aside=_counts(whole.set_aside, before.set_aside, after.set_aside),
        violated=whole.violated - before.violated + after.violated,
        clear=whole.clear - before.clear + after.clear,
        cannot_judge=whole.cannot_judge - before.cannot_judge + after.cannot_judge,
        rules_without_subjects=whole.rules_without_subjects,
    )


def _counts(whole: dict[str, int], before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """`whole` − `before` + `after` by name, in order of the names; what there is none of is left
    out."""
    if before == after:
        return whole
    out = dict(whole)
    for name, count in before.items():
        out[name] = out.get(name, 0) - count
    for name, count in after.items():
        out[name] = out.get(name, 0) + count
    if len(out) == len(whole) and all(out.values()):
        return out
    return {name: count for name, count in sorted(out.items()) if count}
