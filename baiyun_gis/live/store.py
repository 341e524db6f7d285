"""The findings of a whole project while a few of them come and go."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import F64, I64, Bool, Str, specs_of

SAME_M = 1e-6
"""Numbers of one finding may differ by this between a cut-out and the whole: rounding."""

_TABLES = ("", "pipes", "nodes", "buildings", "structures", "permits")
_CODES = {name: number for number, name in enumerate(_TABLES)}
Places = list[tuple[int, int]]
"""Where findings are kept: table and row."""

_FREE = {"id", "group", "decision", "decision_reason", "decision_author", "decision_until"}
_NUMBERS = [
    s.name for s in specs_of(ConflictTable) if s.kind in {"real", "point"} and s.name not in _FREE
]
_WORDS = [
    s.name
    for s in specs_of(ConflictTable)
    if s.kind not in {"real", "point", "index"} and s.name not in _FREE
] + ["requirement"]


class Store:
    """Findings with pipes by slot; labels and decisions are left to whoever asks for all."""

    def __init__(self, found: ConflictTable, checks: tuple[str, ...]) -> None:
        self._checks = {name: number for number, name in enumerate(checks)}
        self._tables = [found]
        self._alive: list[Bool] = [np.ones(len(found), dtype=np.bool_)]
        key = self.keys(found)
        self._order = np.argsort(key, kind="stable")
        self._sorted = key[self._order]
        self._later: dict[int, list[tuple[int, int]]] = {}

    def keys(self, found: ConflictTable) -> I64:
        """One number for check and both features of each finding."""
        check = np.fromiter((self._checks[str(c)] for c in found.check), np.int64, len(found))
        kind = check * 64 + _code(found.a_table) * 8 + _code(found.b_table)
        one, two = found.a_row.astype(np.int64) + 1, found.b_row.astype(np.int64) + 1
        return (kind << 50) ^ (one << 25) ^ two  # equal for equal features; told apart by hand

    def find(self, found: ConflictTable) -> Places | None:
        """Where findings equal to these are kept, each at a place of its own; None where one is
        not."""
        if not len(found):
            return []
        keys = self.keys(found)
        first = np.searchsorted(self._sorted, keys, side="left").tolist()
        last = np.searchsorted(self._sorted, keys, side="right").tolist()
        there_are: list[tuple[int, int, int]] = []
        for row, key in enumerate(keys.tolist()):
            there = [(0, int(at)) for at in self._order[first[row] : last[row]]]
            there += self._later.get(key, [])
            there_are += [(table, at, row) for table, at in there if self._alive[table][at]]
        there_are.sort()
        known = [
            self._tables[table].take(np.array([at for _, at, _ in some]))
            for table, some in groupby(there_are, key=itemgetter(0))
        ]
        places = [(table, at) for table, at, _ in there_are]
        of = [row for _, _, row in there_are]
        return _matched(found, ConflictTable.concat(known), places, of)

    def drop(self, place: tuple[int, int]) -> None:
        """Take a finding out."""
        self._alive[place[0]][place[1]] = False

    def add(self, found: ConflictTable) -> Places:
        """Put findings in; gives where."""
        if not len(found):
            return []
        number = len(self._tables)
        self._tables.append(found)
        self._alive.append(np.ones(len(found), dtype=np.bool_))
        for at, key in enumerate(self.keys(found).tolist()):
            self._later.setdefault(key, []).append((number, at))
        return [(number, at) for at in range(len(found))]

    def all(self) -> ConflictTable:
        """Every finding there is now."""
        parts = [
            table if alive.all() else table.take(alive)
            for table, alive in zip(self._tables, self._alive, strict=True)
            if alive.any()
        ]
        return ConflictTable.concat(parts)


def _matched(
    found: ConflictTable, known: ConflictTable, places: list[tuple[int, int]], of: list[int]
) -> list[tuple[int, int]] | None:
    """For each finding its equal among those known, `of` says which may be whose."""
    ours, theirs = (_words(found), _numbers(found)), (_words(known), _numbers(known))
    out: dict[int, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for number, (row, place) in enumerate(zip(of, places, strict=True)):
        if row in out or place in taken or ours[0][row] != theirs[0][number]:
            continue
        if _close(ours[1][row], theirs[1][number]):
            out[row] = place
            taken.add(place)
    return [out[row] for row in range(len(found))] if len(out) == len(found) else None


def differing(before: ConflictTable, after: ConflictTable) -> tuple[I64, I64, dict[int, int]]:
    """Rows of two tables that have no equal in the other, labels and rounding left aside; and the
    row before of each row after that has one."""
    if not len(before) or not len(after):
        return np.arange(len(before)), np.arange(len(after)), {}
    left, right = _words(before), _words(after)
    ours, theirs = _numbers(before), _numbers(after)
    free = dict.fromkeys(range(len(after)))
    lost: list[int] = []
    same: dict[int, int] = {}
    for row, words in enumerate(left):
        for other in free:
            if words == right[other] and _close(ours[row], theirs[other]):
                del free[other]
                same[other] = row
                break
        else:
            lost.append(row)
    return np.array(lost, dtype=np.int64), np.array(list(free), dtype=np.int64), same


def _words(found: ConflictTable) -> list[tuple[object, ...]]:
    columns = [getattr(found, name).tolist() for name in (*_WORDS, "a_row", "b_row")]
    return list(zip(*columns, strict=True))


def _numbers(found: ConflictTable) -> F64:
    return np.column_stack([getattr(found, name) for name in _NUMBERS])


def _close(one: F64, two: F64) -> bool:
    with np.errstate(invalid="ignore"):
        apart = np.abs(one - two)
    far = ~(apart <= SAME_M)  # what is unknown in either is so far
    if not far.any():
        return True
    one, two = one[far], two[far]
    return bool(((one == two) | (np.isnan(one) & np.isnan(two))).all())


def _code(table: Str) -> I64:
    return np.fromiter((_CODES.get(name, 7) for name in table.tolist()), np.int64, len(table))


def renumbered(found: ConflictTable, row_of_slot: I64) -> ConflictTable:
    """Findings with pipe slots as rows."""
    if not len(found):
        return found
    changed: dict[str, I64] = {}
    for side in ("a", "b"):
        table, row = getattr(found, f"{side}_table"), getattr(found, f"{side}_row")
        hit = np.fromiter((name == "pipes" for name in table.tolist()), np.bool_, len(table))
        hit &= row >= 0
        changed[f"{side}_row"] = np.where(hit, row_of_slot[np.where(hit, row, 0)], row)
    return found.with_columns(**changed)
