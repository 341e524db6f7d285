"""Whole numbers put in order and numbered: what sorting by comparison is too slow for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned

_BITS = 11
_MASK = (1 << _BITS) - 1


@compiled
def _radix_order(keys: I64, order: I32) -> I32:
    """Rows in order of their keys, equal ones in their own order."""
    count = len(keys)
    low = high = keys[0]
    for row in range(count):
        low, high = min(low, keys[row]), max(high, keys[row])
    spread = np.uint64(high) - np.uint64(low)
    moved, at = np.empty(count, np.int32), np.empty(_MASK + 2, np.int64)
    shift = 0
    while shift < 64 and (spread >> np.uint64(shift)) > 0:
        at[:] = 0
        for row in range(count):
            digit = ((np.uint64(keys[row]) - np.uint64(low)) >> np.uint64(shift)) & np.uint64(_MASK)
            at[np.int64(digit) + 1] += 1
        for digit in range(_MASK):
            at[digit + 1] += at[digit]
        for k in range(count):
            row = order[k]
            place = ((np.uint64(keys[row]) - np.uint64(low)) >> np.uint64(shift)) & np.uint64(_MASK)
            moved[at[np.int64(place)]] = row
            at[np.int64(place)] += 1
        order, moved = moved, order
        shift += _BITS
    return order


@compiled
def _numbers(keys: I64, order: I32, number: I32) -> int:
    """How many keys are different; `number` gets the place of each row's key among them."""
    last = -1
    for k in range(len(order)):
        row = order[k]
        if k == 0 or keys[row] != keys[order[k - 1]]:
            last += 1
        number[row] = last
    return last + 1


@compiled
def _heads(number: I32, order: I32, first: I32) -> None:
    """The first row of every number; `order` is stable."""
    for k in range(len(order) - 1, -1, -1):
        first[number[order[k]]] = order[k]


def stable_order(keys: I64) -> I32:
    """Rows in order of their whole-number keys, equal ones in their own order."""
    whole = owned(keys, np.int64)
    rows = np.arange(len(whole), dtype=np.int32)
    if not len(whole):
        return rows
    low, bits = int(whole.min()), len(whole).bit_length()
    if int(whole.max()) - low >= 1 << (63 - bits):
        return _radix_order(whole, rows)
    # Key and row in one number: processors sort plain numbers many at a time.
    both = ((whole - low) << bits) | rows
    both.sort()
    return (both & ((1 << bits) - 1)).astype(np.int32)


@compiled
def _few_in_order(keys: I64, order: I32, number: I32, first: I32) -> int:
    """`numbered` of few keys: how many are different."""
    for row in range(len(keys)):
        at = row
        while at > 0 and keys[order[at - 1]] > keys[row]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = row
    count = 0
    for at in range(len(keys)):
        row = order[at]
        if at == 0 or keys[row] != keys[order[at - 1]]:
            first[count] = row
            count += 1
        number[row] = count - 1
    return count


HANDFUL = 128
"""So few keys are sorted by putting one after the other where it belongs."""


def numbered(keys: I64 | I32) -> tuple[I32, I32]:
    """Each row's key as its place among the different keys, and the first row of each."""
    whole = owned(keys, np.int64)
    if len(whole) <= HANDFUL:
        number, head, rows = np.empty((3, len(whole)), dtype=np.int32)
        return number, head[: _few_in_order(whole, rows, number, head)]
    order = stable_order(whole)
    number = np.empty(len(whole), dtype=np.int32)
    first = np.empty(_numbers(whole, order, number), dtype=np.int32)
    _heads(number, order, first)
    return number, first


@compiled
def numbers_of(keys: I64) -> tuple[I32, int]:
    """`numbered` for kernels: each row's key as its place among the different keys, and how many
    there are."""
    number, order = np.empty(len(keys), np.int32), np.arange(len(keys)).astype(np.int32)
    if len(keys) <= HANDFUL:
        return number, _few_in_order(keys, order, number, np.empty(len(keys), np.int32))
    return number, _numbers(keys, _radix_order(keys, order), number)


class Grouped(NamedTuple):
    """Pairs `i`, `j` of things, each of an owner that is in a group; groups count from 0."""

    group: I32
    owner: I32
    i: I32
    j: I32


@compiled
def in_company(pairs: Grouped, rows: I64, flag: Bool) -> Bool:
    """Of some `rows` of pairs those whose two groups have the flag on any of them.

    Quick where few have the flag.
    """
    group, owner, i, j = pairs
    out, some = flag.copy(), 0
    for k in range(len(flag)):
        some += flag[k]
    if some == 0 or some == len(flag):
        return out
    size = 4
    while size < 4 * some:
        size *= 2
    slots, mask = np.full(size, -1, np.int64), size - 1
    for writes in (True, False):
        for k in range(len(rows)):
            if flag[k] != writes:
                continue
            a, b = owner[i[rows[k]]], owner[j[rows[k]]]
            key = (np.int64(group[a]) << 32) | np.int64(group[b])
            at = ((key >> 32) * 0x9E3779B1 + (key & 0xFFFFFFFF) * 0x85EBCA77) & mask
            while slots[at] >= 0 and slots[at] != key:
                at = (at + 1) & mask
            out[k] = writes or slots[at] == key
            if writes:
                slots[at] = key
    return out


@compiled
def keys_of_groups(pairs: Grouped, rows: I64) -> I64:
    """A number for the two groups of each of some `rows` of pairs."""
    group, owner, i, j = pairs
    out = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        a, b = group[owner[i[rows[k]]]], group[owner[j[rows[k]]]]
        out[k] = np.int64(a) * max(len(group), 1) + b
    return out


def sorted_distinct(keys: I64) -> I64:
    """The different keys in order."""
    whole = np.sort(keys)
    return whole[np.concatenate(([True], whole[1:] != whole[:-1]))] if len(whole) else whole


@compiled
def _few(keys: I64, slots: I64, number: I32, first: I32, code: I32) -> int:
    """Number keys by first occurrence through a table of slots; −1 when they are too many."""
    mask, count = len(slots) - 1, 0
    number[:] = -1
    for row in range(len(keys)):
        key = keys[row]
        at = ((key >> 4) ^ (key >> 20)) & mask
        while number[at] >= 0 and slots[at] != key:
            at = (at + 1) & mask
        if number[at] < 0:
            if count == len(first):
                return -1
            slots[at], number[at], first[count] = key, count, row
            count += 1
        code[row] = number[at]
    return count


_FEW = 4096


def few_in_order(keys: I64) -> tuple[I64, I32]:
    """The different keys in order, and each row's place among them; quick where they are few."""
    numbers = few_numbered(keys) if len(keys) > _FEW else None
    if numbers is None:
        different, place = np.unique(keys, return_inverse=True)
        return different, place.astype(np.int32).reshape(-1)
    code, first = numbers
    different, place = np.unique(keys[first], return_inverse=True)
    return different, place.astype(np.int32)[code]


def few_numbered(keys: I64) -> tuple[I32, I32] | None:
    """Each key's place among the different ones in order of first rows, and those rows.

    None when there are more than some thousands.
    """
    slots, number = np.empty(4 * _FEW, dtype=np.int64), np.empty(4 * _FEW, dtype=np.int32)
    first, code = np.empty(_FEW, dtype=np.int32), np.empty(len(keys), dtype=np.int32)
    count = _few(owned(keys, np.int64), slots, number, first, code)
    return None if count < 0 else (code, first[:count].copy())
