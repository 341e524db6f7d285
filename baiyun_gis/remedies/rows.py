"""Findings as rows that can be compared between two runs on nearly the same project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import I32
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.remedies.chains import Chain, nearest_on
from baiyun_gis.rules.requirement import Requirement

Side = tuple[str, int]
"""A table and a row in it; for pipes the label of their run."""

Name = tuple[str, str]
"""Kind and id, as a person reads them."""

WORSE_M = 0.001
"""A shortfall that grew by no more than this is the same."""

_BESIDE_M = 1.0
_LONGER_M = 2.0
"""A move aside makes a line so much longer at most, and shifts chainages beyond it."""
_FAR_M = 10.0


@dataclass(frozen=True, slots=True)
class Row:
    """One finding; `at` is x, y in project coordinates."""

    check: str
    a: Side
    b: Side
    a_name: Name
    b_name: Name
    verdict: Verdict
    violated: bool
    probability: float
    shortfall_m: float
    actual_m: float
    required_m: float
    at: tuple[float, float]
    rule: Requirement | None
    stretch: tuple[float, float] = (float("nan"), float("nan"))
    """Chainage along `a`."""

    @property
    def key(self) -> tuple[str, Side, Side]:
        return self.check, min(self.a, self.b), max(self.a, self.b)

    @property
    def is_found(self) -> bool:
        return self.verdict >= Verdict.POSSIBLE


def rows_of(table: ConflictTable, requirements: Sequence[Requirement], run: I32) -> list[Row]:
    """All rows of a table; `run` gives the run of each pipe."""
    return [_row(table, requirements, run, k) for k in range(len(table))]


def _row(table: ConflictTable, requirements: Sequence[Requirement], run: I32, k: int) -> Row:
    index = int(table.requirement[k])
    return Row(
        check=str(table.check[k]),
        a=_side(str(table.a_table[k]), int(table.a_row[k]), run),
        b=_side(str(table.b_table[k]), int(table.b_row[k]), run),
        a_name=(str(table.a_kind[k]), str(table.a_id[k])),
        b_name=(str(table.b_kind[k]), str(table.b_id[k])),
        verdict=Verdict(int(table.verdict[k])),
        violated=bool(table.violated[k]),
        probability=float(table.probability[k]),
        shortfall_m=float(table.shortfall_m[k]),
        actual_m=float(table.actual_m[k]),
        required_m=float(table.required_m[k]),
        at=(float(table.at[k, 0]), float(table.at[k, 1])),
        rule=requirements[index] if index >= 0 else None,
        stretch=(float(table.stretch_from_m[k]), float(table.stretch_to_m[k])),
    )


def _side(table: str, row: int, run: I32) -> Side:
    return (table, int(run[row])) if table == "pipes" else (table, row)


@dataclass(frozen=True, slots=True)
class Target:
    """The conflict to be settled: all findings of its two sides at its place on the chain."""

    check: str
    sides: frozenset[Side]
    chain: Chain
    near: tuple[float, float]

    def holds(self, row: Row) -> bool:
        """Is it a finding of the same two sides at the same place."""
        if frozenset((row.a, row.b)) != self.sides:
            return False
        distance, station = nearest_on(self.chain, np.array([row.at]))
        low, high = self.near[0] - _BESIDE_M, self.near[1] + _BESIDE_M
        return bool(distance[0] <= _FAR_M and low <= station[0] <= high)


class Grade(IntEnum):
    """How far a move settles a conflict; each needs that nothing else is new or worse.

    CLEARS: nothing of it is left, not even possible. MEETS: every requirement between the two at
    the place is met as measured and more likely than not. OWN: so is the conflict's own
    requirement, while others between the two are no worse than before.
    """

    NO = 0
    OWN = 1
    MEETS = 2
    CLEARS = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a move leads to: `left` are findings of the target, `worse` those of others."""

    grade: Grade
    left: tuple[Row, ...]
    worse: tuple[Row, ...]


def judged(rows: Iterable[Row], before: Iterable[Row], target: Target) -> Judgement:
    """The findings after a move against those before it."""
    now_in, now_out = _parted(rows, target)
    was_in, was_out = _parted(before, target)
    worse = tuple(_worse(now_out, was_out))
    found = tuple(r for r in now_in if r.is_found)
    grade = Grade.NO if worse else _grade(now_in, was_in, target)
    return Judgement(grade, found, worse)


def _grade(now: Sequence[Row], before: Sequence[Row], target: Target) -> Grade:
    found = [r for r in now if r.is_found]
    if _worse([r for r in now if not r.is_found], before):
        return Grade.NO
    if not found:
        return Grade.CLEARS
    failing = [r for r in found if r.violated or r.verdict >= Verdict.LIKELY]
    if not failing:
        return Grade.MEETS
    is_own = any(r.check == target.check for r in failing)
    return Grade.NO if is_own or _worse(failing, before) else Grade.OWN


def _parted(rows: Iterable[Row], target: Target) -> tuple[list[Row], list[Row]]:
    inside: list[Row] = []
    outside: list[Row] = []
    for row in rows:
        (inside if target.holds(row) else outside).append(row)
    return inside, outside


def _worse(now: Sequence[Row], before: Sequence[Row]) -> list[Row]:
    """Rows that are new, or graver than the gravest of the same sides and check before."""
    was: dict[object, list[Row]] = {}
    for row in before:
        was.setdefault(row.key, []).append(row)
    remain = _remaining(now, was)
    return [
        row
        for row, is_old in zip(now, remain, strict=True)
        if not is_old or _is_graver(row, was[row.key])
    ]


def _remaining(now: Sequence[Row], was: Mapping[object, Sequence[Row]]) -> list[bool]:
    """Which rows were there before: pieces of a stretch that was, and rows that a vanished one
    not far away became. Each vanished one becomes one row only: a second is new."""
    pieces = [[k for k in was.get(row.key, ()) if _is_rest(row, [k])] for row in now]
    left = {key: list(rows) for key, rows in was.items()}
    for row, known in zip(now, pieces, strict=True):
        left[row.key] = [k for k in left.get(row.key, []) if k not in known]
    out: list[bool] = []
    for row, known in zip(now, pieces, strict=True):
        moved = [] if known else [k for k in left[row.key] if not _is_far(row, k)]
        if moved:
            left[row.key].remove(moved[0])
        out.append(bool(known or moved))
    return out


def _is_far(row: Row, known: Row) -> bool:
    """Do the stretches lie too far apart for one to be what the other became."""
    if row.a_name != known.a_name:
        return False  # other chainage: cannot be told
    return row.stretch[0] - known.stretch[1] > _FAR_M or known.stretch[0] - row.stretch[1] > _FAR_M


def _is_rest(row: Row, known: Sequence[Row]) -> bool:
    """Is it a piece of a stretch that was there, as where a move mends the middle of it."""
    start, stop = row.stretch
    return any(
        k.a_name == row.a_name
        and k.stretch[0] - _LONGER_M <= start
        and stop <= k.stretch[1] + _LONGER_M
        for k in known
    )


def _is_graver(row: Row, known: Sequence[Row]) -> bool:
    if row.verdict > max(r.verdict for r in known):
        return True
    lengths = [r.shortfall_m for r in known if not np.isnan(r.shortfall_m)]
    if np.isnan(row.shortfall_m):
        return False
    return not lengths or row.shortfall_m > max(lengths) + WORSE_M
