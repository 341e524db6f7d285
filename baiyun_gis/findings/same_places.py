"""Conflicts of two runs that are the same, told by what they are between and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from baiyun_gis.model.columns import F64, I64

NEAR_M = 5.0
"""The worst place of a conflict may move this far, and along its stretch, and be the same one."""


def same_places(
    old_keys: Sequence[Sequence[str]],
    old_at: F64,
    new_keys: Sequence[str],
    new_at: F64,
    *,
    old_reach_m: F64,
    new_reach_m: F64,
) -> I64:
    """The new conflict that each old one is, −1 where none, shape (old,).

    Two may be the same when one of the old one's keys is the new one's and their places lie
    within the reach of either (a stretch may have been long before and be short now); of those the
    nearest pair comes first. Unknown places (NaN) are as far as the reach.
    """
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(new_keys):
        rows_of[key].append(row)
    pairs = [
        (old, new)
        for old, keys in enumerate(old_keys)
        for key in dict.fromkeys(keys)
        for new in rows_of.get(key, ())
    ]
    out = np.full(len(old_keys), -1, dtype=np.int64)
    if not pairs:
        return out
    one, two = np.array(pairs).T
    away = np.hypot(*(old_at[one, :2] - new_at[two, :2]).T)
    reach_m = np.maximum(old_reach_m[one], new_reach_m[two])
    away = np.where(np.isnan(away), reach_m, away)
    near = away <= reach_m
    one, two, away = one[near], two[near], away[near]
    taken = np.zeros(len(new_keys), dtype=np.bool_)
    for at in np.lexsort((two, one, away)):
        if out[one[at]] < 0 and not taken[two[at]]:
            out[one[at]] = two[at]
            taken[two[at]] = True
    return out
