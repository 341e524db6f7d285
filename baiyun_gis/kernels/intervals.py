"""Intervals along lines, group by group: no group's numbers reach another's, not by rounding."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.kernels.compiled import compiled


@compiled
def first_of_stretch(key: I64, low: F64, high: F64, touching: float) -> Bool:
    """Which intervals begin a new stretch; sorted by key, then low. Within `touching` is one."""
    new = np.ones(len(key), np.bool_)
    if not len(key):
        return new
    reach = high[0]
    for k in range(1, len(key)):
        new[k] = key[k] != key[k - 1] or low[k] > reach + touching
        reach = high[k] if new[k] else max(reach, high[k])
    return new


@compiled
def holds_one(of: I64, low: F64, high: F64, first: I64, at: F64) -> Bool:
    """Which intervals `low`–`high` hold a place of their group.

    The places of group g are `at[first[g]:first[g + 1]]`, ascending.
    """
    out = np.zeros(len(of), np.bool_)
    for k in range(len(of)):
        start, stop = first[of[k]], first[of[k] + 1]
        place = start + np.searchsorted(at[start:stop], low[k])
        out[k] = place < stop and at[place] <= high[k]
    return out
