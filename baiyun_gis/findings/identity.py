"""The identity of a conflict: check, rule, what the two sides belong to, and which one of those.

An id is `<family>-<number>`: the family is a hash of check, rule and the names of the two sides,
the number counts its conflicts along the first line from 1. It survives re-runs and moves,
because no coordinate is in it. A side that is a pipe is named by the first pipe of its run: the
worst place of a merged stretch may pass from one pipe of the run to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.naming import Sides, digests_of, words_of, written
from baiyun_gis.model.columns import F64, I64, Str, distinct_words, text_array
from baiyun_gis.rules.requirement import Requirement

_DIGITS = 12
_GUIDS = UUID("6d1f5c1e-54f5-5d6b-8f3e-6b1c2a0b9d47")
"""Name space of `guid_of`; changing it changes every GUID in every issue file written before."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What names the sides of conflicts and orders those of one family, all shape (n,).

    A side is called `table:id`; `a_id` and `b_id` are those of the feature, or of the first pipe
    of its run, empty where there is none. `along_m` is where the stretch starts, in chainage
    along `a`'s run.
    """

    a_id: Str
    b_id: Str
    along_m: F64


@dataclass(frozen=True, slots=True)
class Naming:
    """How conflicts are called, shape (n,) each: digests of family and unit, the number within
    the family from 1, and `rank`, the place of the id among all ids in the order of text."""

    family: I64
    unit: I64
    ordinal: I64
    rank: I64

    def ids(self) -> Str:
        """The ids themselves."""
        return text_array(written(self.family, digits=_DIGITS, ordinal=self.ordinal))


def naming_of(
    conflicts: ConflictTable,
    requirements: Sequence[Requirement],
    *,
    anchors: Anchors | None = None,
) -> Naming:
    """Digests, numbers and order of the names of all conflicts.

    Without `anchors` each side is named by its own feature.
    """
    anchors = anchors or _own_anchors(conflicts)
    family, unit = _digests(conflicts, requirements, anchors)
    ordinal = _ordinals(family, anchors.along_m, conflicts.at)
    return Naming(family, unit, ordinal, _ranks(family, ordinal))


def identities(
    conflicts: ConflictTable,
    requirements: Sequence[Requirement],
    *,
    anchors: Anchors | None = None,
) -> Str:
    """A short stable id for every conflict, unique within the table, shape (n,).

    Without `anchors` each side is named by its own feature.
    """
    return naming_of(conflicts, requirements, anchors=anchors).ids()


def _digests(
    conflicts: ConflictTable, requirements: Sequence[Requirement], anchors: Anchors
) -> tuple[I64, I64]:
    """Digests of family, in the bits an id shows, and unit of every conflict."""
    count, words = len(conflicts), [*(r.rule_id for r in requirements), ""]
    # −1, no rule, is the last, empty one.
    rule = np.where(conflicts.requirement < 0, len(requirements), conflicts.requirement)
    few = []
    for column in (conflicts.check, conflicts.a_table, conflicts.b_table):
        texts, place = distinct_words(column)
        few.append((place + len(words)).astype(np.int32))
        words += texts
    check, a_table, b_table = few
    own = np.arange(len(words), len(words) + count, dtype=np.int32)
    words += anchors.a_id.tolist()
    words += anchors.b_id.tolist()
    lone = (conflicts.b_table == "") & (anchors.b_id == "")
    family, unit = digests_of(
        words_of(words),
        (check, rule.astype(np.int32)),
        (Sides(a_table, own), Sides(b_table, (own + count).astype(np.int32))),
        lone=np.asarray(lone, dtype=np.bool_),
    )
    return family & -(1 << (64 - 4 * _DIGITS)), unit


def units_named(conflicts: ConflictTable, anchors: Anchors) -> I64:
    """Digests of the names of the conflicts' units, shape (n,): what is between the same two
    sides is one unit, as is what one check finds at one side alone."""
    bare = conflicts.with_columns(requirement=np.full(len(conflicts), -1, dtype=np.int32))
    return _digests(bare, (), anchors)[1]


def family_of_id(name: str) -> str:
    """The part of an id that all conflicts of one check, rule and pair share; empty in ids of
    before there were families."""
    return name[:_DIGITS] if name[_DIGITS : _DIGITS + 1] == "-" else ""


def guid_of(conflict_id: str) -> str:
    """The GUID of a conflict in issue files (BCF): the same for the same id, RFC 4122 version 5."""
    return str(uuid5(_GUIDS, conflict_id))


def _own_anchors(conflicts: ConflictTable) -> Anchors:
    return Anchors(conflicts.a_id, conflicts.b_id, conflicts.stretch_from_m)


def _ordinals(family: I64, along_m: F64, at: F64) -> I64:
    """The place of each row among those of its family, from 1, in order along the first line."""
    ordinal = np.ones(len(family), dtype=np.int64)
    rows = _with_others(family)
    start = np.nan_to_num(along_m[rows], nan=-1.0)
    x, y = np.nan_to_num(at[rows, 0]), np.nan_to_num(at[rows, 1])
    order = rows[np.lexsort((y, x, start, family[rows]))]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = family[order][1:] != family[order][:-1]
    heads = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    ordinal[order] = np.arange(len(order)) - heads + 1
    return ordinal


def _with_others(family: I64) -> I64:
    """Rows, ascending, whose family has more rows than one."""
    if len(family) < 2:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(family, kind="stable")
    same = family[order][1:] == family[order][:-1]
    return np.sort(order[np.append(same, False) | np.append(False, same)])


def _ranks(family: I64, ordinal: I64) -> I64:
    """The place of every id in the order of text: `-10` comes before `-2`."""
    digits = np.floor(np.log10(np.maximum(ordinal, 1))).astype(np.int64)
    most = int(digits.max(initial=0))
    flush_left = ordinal * 10 ** (most - digits)
    rank = np.empty(len(family), dtype=np.int64)
    order = np.lexsort((digits, flush_left, family.view(np.uint64)))
    rank[order] = np.arange(len(family))
    return rank
