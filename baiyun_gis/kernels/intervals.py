"""Intervals along lines, group by group: no group's numbers reach another's, not by rounding."""

from __future__ import annotations

import math

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
def hold_one(of: I64, count: int, low: F64, high: F64, flag: Bool, at: F64) -> Bool:
    """Which intervals `low`–`high` hold a place of their group, of 0 to `count`.

    The places are `at` where an interval has the flag; those intervals count as well.
    """
    first, some = np.zeros(count + 1, np.int64), 0
    for k in range(len(of)):
        if flag[k]:
            first[of[k] + 1] += 1
            some += 1
    out = flag.copy()
    if some == 0 or some == len(of):
        return out
    for group in range(count):
        first[group + 1] += first[group]
    places, filled = np.empty(some), first[:count].copy()
    for k in range(len(of)):
        if flag[k]:
            places[filled[of[k]]] = at[k]
            filled[of[k]] += 1
    for k in range(len(of)):
        for place in range(first[of[k]], first[of[k] + 1]):
            if low[k] <= places[place] and places[place] <= high[k]:
                out[k] = True
                break
    return out


@compiled
def least_of_each(of: I64, key: F64, count: int, first: I64) -> int:
    """The row with the smallest key of each group, the earlier one of equals, group after group in
    `first`; how many groups there are of 0 to `count`. No key may be NaN."""
    best = np.full(count, -1, np.int64)
    for row in range(len(of)):
        at = best[of[row]]
        if at < 0 or key[row] < key[at]:
            best[of[row]] = row
    there_are = 0
    for group in range(count):
        if best[group] >= 0:
            first[there_are] = best[group]
            there_are += 1
    return there_are


@compiled
def spans_of_each(of: I64, low: F64, high: F64, start: F64, stop: F64) -> None:
    """Smallest `low` and largest `high` of each group; NaN where no interval has both. A point
    counts only where its group has nothing longer."""
    start[:], stop[:] = np.inf, -np.inf
    has_longer = np.zeros(len(start), np.bool_)
    for row in range(len(of)):
        has_longer[of[row]] |= low[row] < high[row]
    for row in range(len(of)):
        if low[row] < high[row] or (low[row] == high[row] and not has_longer[of[row]]):
            start[of[row]] = min(start[of[row]], low[row])
            stop[of[row]] = max(stop[of[row]], high[row])
    for group in range(len(start)):
        if start[group] > stop[group]:
            start[group] = stop[group] = np.nan


@compiled
def _comes_first(key: I64, low: F64, high: F64, a: int, b: int) -> bool:
    """Is row a before b by key, then low, then high; NaN comes last."""
    if key[a] != key[b]:
        return key[a] < key[b]
    if low[a] != low[b] and not (math.isnan(low[a]) and math.isnan(low[b])):
        return low[a] < low[b] or math.isnan(low[b])
    return high[a] < high[b] or (math.isnan(high[b]) and not math.isnan(high[a]))


@compiled
def _merged_order(key: I64, low: F64, high: F64) -> I64:
    """Rows in order of key, low and high, equal ones in their own order."""
    order, spare = np.arange(len(key)), np.empty(len(key), np.int64)
    width = 1
    while width < len(order):
        for first in range(0, len(order), 2 * width):
            middle, last = min(first + width, len(order)), min(first + 2 * width, len(order))
            one, two = first, middle
            for at in range(first, last):
                later = two < last and (
                    one == middle or _comes_first(key, low, high, order[two], order[one])
                )
                if later:
                    spare[at] = order[two]
                    two += 1
                else:
                    spare[at] = order[one]
                    one += 1
        order, spare = spare, order
        width *= 2
    return order


@compiled
def stretches_of(
    key: I64, low: F64, high: F64, half: F64, touching: float, of: I64, ends: F64
) -> int:  # fmt: skip
    """Intervals joined where those of one key touch or overlap: the stretch `of` each, where each
    stretch starts and stops (`ends`, (2, n)), and how many there are.

    Points reach `half` to either side; none do where that is empty.
    """
    start, stop = low.copy(), high.copy()
    if len(half) > 0 and len(key) > 1:
        for row in range(len(key)):
            if low[row] == high[row]:
                start[row] -= half[row]
                stop[row] += half[row]
    order = _merged_order(key, start, stop)
    new = first_of_stretch(key[order], start[order], stop[order], touching)
    count = 0
    for at in range(len(order)):
        row = order[at]
        if new[at]:
            ends[0, count], ends[1, count] = start[row], stop[row]
            count += 1
        elif math.isnan(stop[row]) or stop[row] > ends[1, count - 1]:
            ends[1, count - 1] = stop[row]
        of[row] = count - 1
    return count


@compiled
def hold_within(
    of: I64, count: int, low: F64, high: F64, reach: F64, flag: Bool, at: F64
) -> Bool:  # fmt: skip
    """`hold_one` of intervals that lie as a whole within `reach` of the place."""
    first, last = np.empty(len(of)), np.empty(len(of))
    for k in range(len(of)):
        first[k], last[k] = high[k] - reach[k], low[k] + reach[k]
    return hold_one(of, count, first, last, flag, at)
