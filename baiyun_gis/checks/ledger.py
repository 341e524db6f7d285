"""Counting what a check looked at, so that nothing is lost between examined and reported.

Every pair examined ends in exactly one place: set aside (by reason), violated, clear or cannot
be judged. A pair with several pieces counts by the gravest of them, and as set aside only when
all of them are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from baiyun_gis.findings.conflicts import CheckLedger, Outcome
from baiyun_gis.kernels.tallying import Ends, ends_of_subjects
from baiyun_gis.model.columns import I8, I32, I64, Bool, Str
from baiyun_gis.rules.remembered import remembered
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Tally:
    """How each examined piece ended; all shape (pieces,).

    `subject` is the pair (or line) of the piece, `reason` a non-empty key where it was set
    aside; with `names` it is a code into them, 0 where nothing set it aside. A piece that is
    neither set aside, found nor beyond judging is clear. `settled` gives for every subject, counted
    from 0, the code that speaks for it where it has no piece. Further subjects that are no rows
    here are counted by `besides`, the name for which they were set aside, or by code in `more`: 0
    are those that are clear.
    """

    subject: I64 | I32
    reason: Str | I8
    is_found: Bool
    cannot_judge: Bool
    names: tuple[str, ...] = ()
    settled: I8 | None = None
    besides: Mapping[str, int] = field(default_factory=dict[str, int])

    def counted(
        self,
        check: str,
        *,
        subjects: int,
        rules_without_subjects: tuple[str, ...] = (),
        outcome: Outcome = Outcome.RAN,
    ) -> CheckLedger:
        """The ledger of a check that ran."""
        if self._counts_nothing():
            return CheckLedger(
                check, outcome, subjects=subjects, rules_without_subjects=rules_without_subjects
            )
        names, code = self._coded()
        ends = ends_of_subjects(
            self.subject,
            code,
            self.is_found,
            self.cannot_judge,
            codes=len(names),
            settled=self.settled,
        )
        return ledger_line(
            check, ends, names, self.besides, subjects=subjects, unmet=rules_without_subjects,
            outcome=outcome,
        )  # fmt: skip

    def _counts_nothing(self) -> bool:
        return not len(self.subject) and self.settled is None and not any(self.besides.values())

    def _coded(self) -> tuple[tuple[str, ...], I8]:
        """Names, 0 being nothing, and the reasons as codes into them."""
        if self.names:
            return self.names, cast(I8, self.reason)
        words: list[str] = self.reason.tolist()
        names = tuple(sorted({*words, ""}))
        codes = {name: code for code, name in enumerate(names)}
        return names, np.fromiter(map(codes.__getitem__, words), np.int8, len(words))


def ledger_line(
    check: str,
    ends: Ends,
    names: Sequence[str],
    besides: Mapping[str, int],
    *,
    subjects: int,
    unmet: tuple[str, ...] = (),
    outcome: Outcome = Outcome.RAN,
) -> CheckLedger:
    """The ledger of a check by how its subjects ended; `names` are of the codes, `besides` counts
    further ones that were set aside."""
    aside = {names[code]: n for code, n in enumerate(ends.aside.tolist()) if n}
    more = 0
    for name, n in besides.items():
        if n:
            aside[name] = aside.get(name, 0) + n
            more += n
    return CheckLedger(
        check,
        outcome,
        subjects=subjects,
        pairs_examined=ends.examined + more,
        set_aside=dict(sorted(aside.items())) if len(aside) > 1 else aside,
        violated=ends.found,
        clear=ends.clear,
        cannot_judge=ends.unsure,
        rules_without_subjects=unmet,
    )


def unmet_rules(rules: RuleSet, check: str, used: Sequence[Requirement]) -> tuple[str, ...]:
    """Rules of the check that no line or pair of lines of this project falls under."""
    return remembered(rules, ("unmet", check), used, lambda: _unmet(rules, check, used))


def _unmet(rules: RuleSet, check: str, used: Sequence[Requirement]) -> tuple[str, ...]:
    met: set[str] = set()
    for requirement in used:
        # a rule made of two rows names both: "o.water+sewage"
        first, *others = requirement.rule_id.split("+")
        met.add(first)
        met.update(f"{first.rpartition('.')[0]}.{other}" for other in others)
    return tuple(row.id for row in rules.of_check(check) if row.id not in met)
