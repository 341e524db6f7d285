"""Which decision speaks of which conflict.

The id decides where it can. Where several conflicts share a family the place does: numbers shift
when an earlier one goes. A decision made before ids had families is found by check, features and
place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.findings.identity import family_of_id
from baiyun_gis.findings.same_places import NEAR_M
from baiyun_gis.model.columns import I64


def decision_rows(conflicts: ConflictTable, decisions: DecisionTable) -> I64:
    """The row in `decisions` that speaks of each conflict, −1 where none does, shape (n,).

    The last decision with an id counts; each decision speaks of one conflict at most.
    """
    out = np.full(len(conflicts), -1, dtype=np.int64)
    live = {str(name): row for row, name in enumerate(decisions.conflict)}
    if not live or not len(conflicts):
        return out
    match = _Matching(conflicts, decisions, out)
    by_family: defaultdict[str, list[int]] = defaultdict(list)
    old: list[int] = []
    for name, row in live.items():
        family = family_of_id(name)
        by_family[family].append(row) if family else old.append(row)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(conflicts.id):
        if (family := family_of_id(name) or name) in by_family:
            places[family].append(row)
    for family, rows in places.items():
        match.settle(by_family[family], rows)
    match.settle_old(old)
    return out


class _Matching:
    """Fills `out` as decisions are given to conflicts."""

    def __init__(self, conflicts: ConflictTable, decisions: DecisionTable, out: I64) -> None:
        self._conflicts = conflicts
        self._decisions = decisions
        self._out = out

    def settle(self, decisions: Iterable[int], conflicts: list[int]) -> None:
        """Decisions and conflicts of one family: the nearest in reach first, then by the id."""
        decisions = list(decisions)
        if len(decisions) == len(conflicts) == 1:
            d, c = decisions[0], conflicts[0]
            named = self._decisions.conflict[d] == self._conflicts.id[c]
            if named and self._fits(d, c) and self._same_pair(d, c):
                self._out[c] = d
                return
        options = sorted(
            (self._away_m(d, c), d, c) for d in decisions for c in conflicts if self._fits(d, c)
        )
        taken: set[int] = set()
        for in_reach in (True, False):
            for away, d, c in options:
                named = self._decisions.conflict[d] == self._conflicts.id[c]
                allowed = away <= self._reach_m(c) if in_reach else named and self._same_pair(d, c)
                if allowed and d not in taken and self._out[c] < 0:
                    self._out[c] = d
                    taken.add(d)

    def settle_old(self, decisions: list[int]) -> None:
        """Decisions whose ids are of before there were families."""
        wanted: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for d in decisions:
            for side in {str(self._decisions.a_id[d]), str(self._decisions.b_id[d])} - {""}:
                wanted[str(self._decisions.check[d]), side].append(d)
        if not wanted:
            return
        table = self._conflicts
        options: set[tuple[bool, float, int, int]] = set()
        for c, (check, a, b) in enumerate(zip(table.check, table.a_id, table.b_id, strict=True)):
            for d in (*wanted.get((check, a), ()), *wanted.get((check, b), ())):
                same, away = self._same_pair(d, c), self._away_m(d, c)
                if same or away <= self._reach_m(c):
                    options.add((not same, away, d, c))
        taken: set[int] = set()
        for _, _, d, c in sorted(options):
            if d not in taken and self._out[c] < 0:
                self._out[c] = d
                taken.add(d)

    def _fits(self, d: int, c: int) -> bool:
        return self._decisions.check[d] in {"", self._conflicts.check[c]}

    def _same_pair(self, d: int, c: int) -> bool:
        mine = {self._decisions.a_id[d], self._decisions.b_id[d]}
        return mine == {self._conflicts.a_id[c], self._conflicts.b_id[c]} or mine == {""}

    def _away_m(self, d: int, c: int) -> float:
        """Plan distance in metres; infinite where a place is unknown."""
        x, y = self._conflicts.at[c, :2]
        away = float(np.hypot(x - self._decisions.x[d], y - self._decisions.y[d]))
        return away if away == away else np.inf

    def _reach_m(self, c: int) -> float:
        length = float(self._conflicts.stretch_to_m[c] - self._conflicts.stretch_from_m[c])
        return NEAR_M + (length if length == length else 0.0)
