"""The identity of a conflict: check, rule, what the two sides belong to, and which one of those.

An id is `<family>-<number>`: the family is a hash of check, rule and the names of the two sides,
the number counts its conflicts along the first line from 1. It survives re-runs and moves,
because no coordinate is in it. A side that is a pipe is named by the first pipe of its run: the
worst place of a merged stretch may pass from one pipe of the run to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from uuid import UUID, uuid5

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import F64, I64, Str, text_array
from baiyun_gis.rules.requirement import Requirement

_DIGITS = 12
_GUIDS = UUID("6d1f5c1e-54f5-5d6b-8f3e-6b1c2a0b9d47")
"""Name space of `guid_of`; changing it changes every GUID in every issue file written before."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What names the sides of conflicts and orders those of one family, all shape (n,).

    `a` and `b` are `table:id` of the feature, or of the first pipe of its run; `along_m` is
    where the stretch starts, in chainage along `a`'s run.
    """

    a: Str
    b: Str
    along_m: F64


def identities(
    conflicts: ConflictTable,
    requirements: Sequence[Requirement],
    *,
    anchors: Anchors | None = None,
) -> Str:
    """A short stable id for every conflict, unique within the table, shape (n,).

    Without `anchors` each side is named by its own feature.
    """
    anchors = anchors or _own_anchors(conflicts)
    rules = [*(r.rule_id for r in requirements), ""]  # −1, no rule, is the last
    parts = zip(conflicts.check, conflicts.requirement.tolist(), anchors.a, anchors.b, strict=True)
    keys = [
        f"{check}|{rules[rule]}|{a}|{b}" if a <= b else f"{check}|{rules[rule]}|{b}|{a}"
        for check, rule, a, b in parts
    ]
    families: dict[str, int] = {}
    family = np.fromiter((families.setdefault(k, len(families)) for k in keys), np.int64, len(keys))
    names = [sha1(k.encode(), usedforsecurity=False).hexdigest()[:_DIGITS] for k in families]
    ordinals = _ordinals(family, anchors.along_m, conflicts.at)
    return text_array(
        f"{names[f]}-{n}" for f, n in zip(family.tolist(), ordinals.tolist(), strict=True)
    )


def family_of_id(name: str) -> str:
    """The part of an id that all conflicts of one check, rule and pair share; empty in ids of
    before there were families."""
    return name[:_DIGITS] if name[_DIGITS : _DIGITS + 1] == "-" else ""


def guid_of(conflict_id: str) -> str:
    """The GUID of a conflict in issue files (BCF): the same for the same id, RFC 4122 version 5."""
    return str(uuid5(_GUIDS, conflict_id))


def _own_anchors(conflicts: ConflictTable) -> Anchors:
    return Anchors(
        conflicts.a_table + ":" + conflicts.a_id,
        conflicts.b_table + ":" + conflicts.b_id,
        conflicts.stretch_from_m,
    )


def _ordinals(family: I64, along_m: F64, at: F64) -> I64:
    """The place of each row among those of its family, from 1, in order along the first line."""
    start = np.nan_to_num(along_m, nan=-1.0)
    x, y = np.nan_to_num(at[:, 0]), np.nan_to_num(at[:, 1])
    order = np.lexsort((y, x, start, family))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = family[order][1:] != family[order][:-1]
    heads = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    ordinal = np.empty(len(order), dtype=np.int64)
    ordinal[order] = np.arange(len(order)) - heads + 1
    return ordinal
