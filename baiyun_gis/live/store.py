"""The findings of a whole project while a few of them come and go."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from operator import attrgetter, itemgetter

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
_WORDS = [
    s.name
    for s in specs_of(ConflictTable)
    if s.kind not in {"real", "point", "index"} and s.name not in _FREE
] + ["requirement"]
_REALS = [s.name for s in specs_of(ConflictTable) if s.kind == "real"]
_POINTS = [s.name for s in specs_of(ConflictTable) if s.kind == "point"]
_reals_of, _points_of = attrgetter(*_REALS), attrgetter(*_POINTS)
_words_of = attrgetter(*_WORDS, "a_row", "b_row")


class Told:
    """Findings as they are compared: everything but labels, decisions and rounding."""

    def __init__(self, found: ConflictTable) -> None:
        self.found = found

    @cached_property
    def words(self) -> list[tuple[object, ...]]:
        """All of each finding that is not a number."""
        return list(zip(*[column.tolist() for column in _words_of(self.found)], strict=True))

    @cached_property
    def numbers(self) -> F64:
        """All numbers of each finding, shape (findings, numbers)."""
        out = np.empty((len(self.found), len(_REALS) + 3 * len(_POINTS)))
        for at, column in enumerate(_reals_of(self.found)):
            out[:, at] = column
        for at, points in enumerate(_points_of(self.found)):
            first = len(_REALS) + 3 * at
            out[:, first : first + 3] = points
        return out


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
        self._listed = 1

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
        later = self._by_key()
        for row, key in enumerate(keys.tolist()):
            there = [(0, int(at)) for at in self._order[first[row] : last[row]]]
            there += later.get(key, [])
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
        return [(number, at) for at in range(len(found))]

    def _by_key(self) -> dict[int, list[tuple[int, int]]]:
        """Where findings that were put in are, by their keys; looked up only after other edits."""
        for number in range(self._listed, len(self._tables)):
            for at, key in enumerate(self.keys(self._tables[number]).tolist()):
                self._later.setdefault(key, []).append((number, at))
        self._listed = len(self._tables)
        return self._later

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
    ours, theirs = Told(found), Told(known)
    first: dict[tuple[int, int], int] = {}  # one may be listed for several findings
    listed = zip(of, [first.setdefault(place, at) for at, place in enumerate(places)], strict=True)
    pairs = [(row, at) for row, at in listed if ours.words[row] == theirs.words[at]]
    out = _paired(ours, theirs, pairs)
    return [places[out[row]] for row in range(len(found))] if len(out) == len(found) else None


def differing(before: Told, after: Told) -> tuple[I64, I64, dict[int, int]]:
    """Rows of two tables that have no equal in the other, labels and rounding left aside; and the
    row before of each row after that has one."""
    rows: dict[tuple[object, ...], list[int]] = {}
    for row, words in enumerate(after.words):
        rows.setdefault(words, []).append(row)
    pairs = [(row, at) for row, words in enumerate(before.words) for at in rows.get(words, ())]
    same = _paired(before, after, pairs)
    found = set(same.values())
    lost = [row for row in range(len(before.found)) if row not in same]
    new = [row for row in range(len(after.found)) if row not in found]
    was = {at: row for row, at in same.items()}
    return np.array(lost, dtype=np.int64), np.array(new, dtype=np.int64), was


def _paired(one: Told, two: Told, pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Which row of the second is the equal of a row of the first, each at most once; `pairs` may
    be, those before others come first."""
    if not pairs:
        return {}
    rows = np.array(pairs)
    close = _close(one.numbers[rows[:, 0]], two.numbers[rows[:, 1]])
    out: dict[int, int] = {}
    taken: set[int] = set()
    for (row, at), is_close in zip(pairs, close.tolist(), strict=True):
        if is_close and row not in out and at not in taken:
            out[row] = at
            taken.add(at)
    return out


def _close(one: F64, two: F64) -> Bool:
    """Which rows of numbers differ by rounding alone; what is unknown is so in both."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(one - two)
    unknown = (one != one) & (two != two)
    return ((apart <= SAME_M) | (one == two) | unknown).all(axis=1)


def _code(table: Str) -> I64:
    return np.fromiter((_CODES.get(name, 7) for name in table.tolist()), np.int64, len(table))


def renumbered(found: ConflictTable, row_of_slot: I64) -> ConflictTable:
    """Findings with pipe slots as rows."""
    if not len(found):
        return found
    changed: dict[str, I64] = {}
    for side in ("a", "b"):
        table, row = getattr(found, f"{side}_table"), getattr(found, f"{side}_row")
        hit = (table == "pipes").astype(np.bool_) & (row >= 0)
        changed[f"{side}_row"] = np.where(hit, row_of_slot[np.where(hit, row, 0)], row)
    return found.with_columns(**changed)
