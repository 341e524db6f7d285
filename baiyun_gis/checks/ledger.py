"""Counting what a check looked at, so that nothing is lost between examined and reported.

Every pair examined ends in exactly one place: set aside (by reason), violated, clear or cannot
be judged. A pair with several pieces counts by the gravest of them, and as set aside only when
all of them are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckLedger, Outcome
from baiyun_gis.model.columns import I64, Bool, Str
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Tally:
    """How each examined piece ended; all shape (pieces,).

    `subject` is the pair (or line) of the piece, `reason` a non-empty key where it was set
    aside. A piece that is neither set aside, found nor beyond judging is clear.
    """

    subject: I64
    reason: Str
    is_found: Bool
    cannot_judge: Bool

    def counted(
        self,
        check: str,
        *,
        subjects: int,
        rules_without_subjects: tuple[str, ...] = (),
        outcome: Outcome = Outcome.RAN,
    ) -> CheckLedger:
        """The ledger of a check that ran."""
        if not len(self.subject):
            return CheckLedger(
                check, outcome, subjects=subjects, rules_without_subjects=rules_without_subjects
            )
        _, pair = np.unique(self.subject, return_inverse=True)
        count = int(pair.max()) + 1
        is_aside = self.reason != ""
        found = _has(pair, self.is_found, count)
        unsure = _has(pair, self.cannot_judge, count) & ~found
        plain = ~(is_aside.astype(np.bool_) | self.is_found | self.cannot_judge)
        clear = _has(pair, plain, count) & ~found & ~unsure
        left = ~(found | unsure | clear)
        return CheckLedger(
            check,
            outcome,
            subjects=subjects,
            pairs_examined=count,
            set_aside=_reasons(pair, self.reason, left),
            violated=int(found.sum()),
            clear=int(clear.sum()),
            cannot_judge=int(unsure.sum()),
            rules_without_subjects=rules_without_subjects,
        )


def _has(pair: I64, flag: Bool, count: int) -> Bool:
    return np.bincount(pair, weights=flag, minlength=count) > 0


def _reasons(pair: I64, reason: Str, left: Bool) -> dict[str, int]:
    """Set-aside pairs by reason; a pair with several reasons counts by the first of its pieces."""
    rows = np.flatnonzero(left[pair])
    _, first = np.unique(pair[rows], return_index=True)
    names, counts = np.unique(reason[rows[first]].astype(str), return_counts=True)
    return {str(name): int(n) for name, n in zip(names, counts, strict=True)}


def unmet_rules(rules: RuleSet, check: str, used: Sequence[Requirement]) -> tuple[str, ...]:
    """Rules of the check that no line or pair of lines of this project falls under."""
    met: set[str] = set()
    for requirement in used:
        # a rule made of two rows names both: "o.water+sewage"
        first, *others = requirement.rule_id.split("+")
        met.add(first)
        met.update(f"{first.rpartition('.')[0]}.{other}" for other in others)
    return tuple(row.id for row in rules.of_check(check) if row.id not in met)
