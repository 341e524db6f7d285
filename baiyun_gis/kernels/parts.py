"""Pieces that run on alongside each other from where their lines meet, cut into parts that stand
behind all other segments."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.alongside import to_axis
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.linking import (
    AX,
    AY,
    BX,
    BY,
    INFLUENCE,
    SPARE,
    Contacts,
    with_room_for,
)
from baiyun_gis.kernels.segments import (
    FLAT0,
    FLAT1,
    HEIGHT,
    PIPE,
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    PairRows,
)

_LEAST_PART_M = 0.05
"""No part is shorter, but for pieces that are."""


class Parts(NamedTuple):
    """Parts of the pieces of pairs `rows`: those of the first of each, then those of the second.

    Part n is of segment `owner[n]`, from `from_m` along it on; `table` and `sigma` (parts, 4: the
    deviations of `cut_pieces`) are those of segments. Pair k has parts `first[k]` up to `last[k]`
    (pairs, 2). Behind each piece a part is left over, so that no part of another stands next to its
    last: neighbours in the table share a surveyed point.
    """

    rows: I64
    owner: I32
    table: F64
    sigma: F64
    from_m: F64
    first: I64
    last: I64


@compiled
def _is_near_enough(rows: PairRows, row: int, spot: F64, most: float) -> bool:
    """Do two pieces pass so near a contact that some check could set them aside there."""
    p, q = rows.left[row], rows.right[row]
    reach = INFLUENCE * (rows.table[p, WIDTH] + rows.table[q, WIDTH] + most) + spot[SPARE]
    if not to_axis(rows.table, p, spot[AX], spot[AY])[0] <= reach:
        return False
    return to_axis(rows.table, q, spot[BX], spot[BY])[0] <= reach


@compiled
def _kept(table: F64, k: int, cuts: F64, count: int) -> int:
    """Put the cuts (metres along segment k) in order that lie within it, but for those that follow
    too soon; how many.

    None is so near a flat end that the part beyond, which ends round, would reach past it.
    """
    half = table[k, WIDTH]
    length = math.hypot(table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0])
    low = (half if table[k, FLAT0] > 0.0 else 0.0) + _LEAST_PART_M
    high = length - (half if table[k, FLAT1] > 0.0 else 0.0) - _LEAST_PART_M
    inside = 0
    for n in range(count):
        at_m = cuts[n]
        if not (at_m > low and at_m < high):
            continue
        place, inside = inside, inside + 1
        while place > 0 and cuts[place - 1] > at_m:
            cuts[place] = cuts[place - 1]
            place -= 1
        cuts[place] = at_m
    kept, before = 0, -np.inf
    for n in range(inside):
        at_m = cuts[n]
        if at_m - before > _LEAST_PART_M:
            cuts[kept] = at_m
            kept += 1
        before = at_m
    return kept


@compiled
def _cuts(
    rows: PairRows, row: int, contacts: Contacts, head: int, stop: int, away: F64, left: F64,
    right: F64,
) -> tuple[int, int]:  # fmt: skip
    """Where the two pieces of a pair are cut, beyond its contacts from `head` to `stop`, and how
    often; those of the second are abeam of the first's, so that stretches along it go on."""
    table, p, q = rows.table, rows.left[row], rows.right[row]
    x, y, bx, by = table[p, X0], table[p, Y0], table[q, X0], table[q, Y0]
    ux, uy, vx, vy = table[p, X1] - x, table[p, Y1] - y, table[q, X1] - bx, table[q, Y1] - by
    one, two = math.hypot(ux, uy), math.hypot(vx, vy)
    ux, uy, vx, vy = ux / one, uy / one, vx / two, vy / two
    count = 0
    for at in range(head, stop):
        foot = (contacts.spot[at, AX] - x) * ux + (contacts.spot[at, AY] - y) * uy
        for step in away:
            left[count], left[count + 1] = foot - step, foot + step
            count += 2
    in_left, turn = _kept(table, p, left, count), ux * vx + uy * vy
    for n in range(in_left):
        at_x, at_y = x + ux * left[n], y + uy * left[n]
        right[n] = ((at_x - bx) * ux + (at_y - by) * uy) / turn
    return in_left, _kept(table, q, right, in_left)


@compiled
def _laid_down(
    table: F64, k: Any, deviations: tuple[F64, F64, F64, F64], cuts: F64, parts: Parts, at: int
) -> int:  # fmt: skip
    """Put down the parts of segment k from place `at` on, the last one twice; where they end."""
    length = math.hypot(table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0])
    for n in range(len(cuts) + 2):
        part = min(n, len(cuts))
        begin = 0.0 if part == 0 else cuts[part - 1]
        is_last = part == len(cuts)
        share = begin / length, 1.0 if is_last else cuts[part] / length
        row, sigma = parts.table[at], parts.sigma[at]
        row[:] = table[k]
        for axis in range(3):
            start, stop = table[k, X0 + axis], table[k, X1 + axis]
            for end in range(2):
                between = start + (stop - start) * share[end]
                row[X0 + 3 * end + axis] = stop if share[end] == 1.0 else between
        for pair in (0, 2):
            start, stop = deviations[pair][k], deviations[pair + 1][k]
            for end in range(2):
                sigma[pair + end] = start + (stop - start) * share[end]
        if part > 0:
            row[FLAT0] = 0.0
        if not is_last:
            row[FLAT1] = 0.0
        parts.owner[at], parts.from_m[at] = k, begin
        at += 1
    return at


@compiled
def _parts_of(
    rows: PairRows, cut: I64, cuts: F64, deviations: tuple[F64, F64, F64, F64]
) -> Parts:  # fmt: skip
    """The parts of pairs `cut`; rows of `cuts` are how many there are, then where, first and second
    piece by turns."""
    pairs, size, at = len(cut), 0, 0
    for _ in range(2 * pairs):
        size += int(cuts[at, 0]) + 2
        at += int(cuts[at, 0]) + 1
    out = Parts(
        cut, np.empty(size, np.int32), np.empty((size, rows.table.shape[1])), np.empty((size, 4)),
        np.empty(size), np.empty((pairs, 2), np.int64), np.empty((pairs, 2), np.int64),
    )  # fmt: skip
    place = 0
    for side in range(2):
        at = 0
        for pair in range(pairs):
            for other in range(2):
                count = int(cuts[at, 0])
                if other == side:
                    k = rows.right[cut[pair]] if side else rows.left[cut[pair]]
                    out.first[pair, side] = place
                    here = cuts[at + 1 : at + 1 + count, 0]
                    place = _laid_down(rows.table, k, deviations, here, out, place)
                    out.last[pair, side] = place - 1
                at += count + 1
    return out


@compiled
def cut_pieces(
    rows: PairRows, contacts: Contacts, deviations: tuple[F64, F64, F64, F64], away: F64,
    most: float,
) -> Parts:  # fmt: skip
    """The pieces of pairs as their parts, cut at distances `away` (m) from contacts.

    Only pairs that pass near one of theirs, where a check that asks up to `most` (m) could set them
    aside. `deviations` are at both ends of segments in plan, then in height.
    """
    cut, pairs = np.empty(len(contacts.rows), np.int64), 0
    cuts, count = np.empty((256, 1)), 0
    head = 0
    while head < len(contacts.rows):
        row, stop, is_near = contacts.rows[head], head, False
        while stop < len(contacts.rows) and contacts.rows[stop] == row:
            is_near = is_near or _is_near_enough(rows, row, contacts.spot[stop], most)
            stop += 1
        if is_near:
            room = 2 * len(away) * (stop - head)
            both = np.empty(room), np.empty(room)
            counts = _cuts(rows, row, contacts, head, stop, away, both[0], both[1])
            if counts[0] + counts[1] > 0:
                cut[pairs] = row
                pairs += 1
                cuts = with_room_for(cuts, count + counts[0] + counts[1] + 2)
                for side in range(2):
                    cuts[count, 0] = counts[side]
                    for n in range(counts[side]):
                        cuts[count + 1 + n, 0] = both[side][n]
                    count += counts[side] + 1
        head = stop
    return _parts_of(rows, cut[:pairs].copy(), cuts, deviations)


class Extended(NamedTuple):
    """All segments with parts behind them: their table, the columns of `Segments` (numbers, then
    the chainage, then deviations at both ends in plan and in height; flags) and pipes."""

    table: F64
    numbers: F64
    flags: Bool
    pipe: I32


CHAIN0 = HEIGHT + 1
_SIGMA = CHAIN0 + 1
_NUMBERS = _SIGMA + 4
IS_FIRST, IS_LAST = 3, 4
"""Rows of numbers (up to `HEIGHT` those of the table) and of flags: behind the three of the table
whether a segment is the first and last of its pipe, then what is known of it."""


@compiled
def extended(
    table: F64, chain0: F64, deviations: tuple[F64, F64, F64, F64], flags: tuple[Bool, ...],
    parts: Parts,
) -> Extended:  # fmt: skip
    """The segments of a table with the parts behind them; `deviations` as in `cut_pieces`, `flags`
    those behind the three of the table."""
    count, more, rest = len(table), len(parts.owner), len(flags)
    size, first, last, owner = count + more, parts.first, parts.last, parts.owner
    whole, numbers = np.empty((size, table.shape[1])), np.empty((_NUMBERS, size))
    told, pipe = np.empty((IS_FIRST + rest, size), np.bool_), np.empty(size, np.int32)
    whole[:count], whole[count:] = table, parts.table
    for row in range(size):
        for column in range(CHAIN0):
            numbers[column, row] = whole[row, column]
        for column in range(IS_FIRST):
            told[column, row] = whole[row, RECTANGLE + column] > 0.0
        pipe[row] = np.int32(whole[row, PIPE])
    numbers[CHAIN0, :count] = chain0
    for n in range(more):
        numbers[CHAIN0, count + n] = chain0[owner[n]] + parts.from_m[n]
    for column in range(4):
        numbers[_SIGMA + column, :count] = deviations[column]
        numbers[_SIGMA + column, count:] = parts.sigma[:, column]
    for column in range(rest):
        flag = flags[column]
        told[IS_FIRST + column, :count] = flag
        for n in range(more):
            told[IS_FIRST + column, count + n] = flag[owner[n]]
    for pair in range(len(last)):
        for side in range(2):
            # The last part of a piece stands twice.
            for n in range(first[pair, side], last[pair, side] + 1):
                told[IS_FIRST, count + n] &= parts.from_m[n] == 0.0
                told[IS_LAST, count + n] &= n + 1 >= last[pair, side]
    return Extended(whole, numbers, told, pipe)
