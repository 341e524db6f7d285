"""The identity of a conflict: check, rule, the features, and which one along the first.

It survives re-runs and moves, because no coordinate is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import I64, Str
from baiyun_gis.rules.requirement import Requirement

_DIGITS = 12


def identities(conflicts: ConflictTable, requirements: Sequence[Requirement]) -> Str:
    """A short stable id for every conflict, unique within the table, shape (n,)."""
    rules = [r.rule_id for r in requirements]
    keys = np.empty(len(conflicts), dtype=object)
    for row, (check, requirement, *sides) in enumerate(
        zip(
            conflicts.check,
            conflicts.requirement,
            conflicts.a_table,
            conflicts.a_id,
            conflicts.b_table,
            conflicts.b_id,
            strict=True,
        )
    ):
        rule = rules[requirement] if requirement >= 0 else ""
        one, two = sorted((f"{sides[0]}:{sides[1]}", f"{sides[2]}:{sides[3]}"))
        keys[row] = f"{check}|{rule}|{one}|{two}"
    ordinals = _ordinals(keys, conflicts)
    out = np.empty(len(conflicts), dtype=object)
    for row, (key, ordinal) in enumerate(zip(keys, ordinals, strict=True)):
        out[row] = sha1(f"{key}|{ordinal}".encode(), usedforsecurity=False).hexdigest()[:_DIGITS]
    return out


def _ordinals(keys: Str, conflicts: ConflictTable) -> I64:
    """The place of each row among those of its key, in order of chainage along the first."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    _, group = np.unique(keys.astype(str), return_inverse=True)
    start = np.nan_to_num(conflicts.stretch_from_m, nan=-1.0)
    x, y = np.nan_to_num(conflicts.at[:, 0]), np.nan_to_num(conflicts.at[:, 1])
    order = np.lexsort((y, x, start, conflicts.a_row, group))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = group[order][1:] != group[order][:-1]
    heads = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    ordinal = np.empty(len(order), dtype=np.int64)
    ordinal[order] = np.arange(len(order)) - heads
    return ordinal
