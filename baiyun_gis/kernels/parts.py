"""Pieces that run on alongside each other from where their lines meet, cut into parts; which of
these come near each other, and how that stands among all pairs."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I32, I64
from baiyun_gis.kernels.alongside import to_axis
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.linking import (
    AX,
    AY,
    BX,
    BY,
    INFLUENCE,
    SPARE,
    Contacts,
    Links,
    with_room_for,
)
from baiyun_gis.kernels.segments import FLAT0, FLAT1, WIDTH, X0, X1, Y0, Y1, PairRows

_SLIVER = 1e-3
"""Parts cut abeam of each other overlap by less than this share, by rounding."""

_SURE_M = 1e-6
"""Far more than rounding."""

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


@compiled
def _speaks(
    ux: float, uy: float, px: float, py: float, qx: float, qy: float, cut: tuple[bool, ...]
) -> bool:  # fmt: skip
    """Does a part lie beside another along that one, or before or behind it with no cut between.

    `u` is the other, `p` and `q` the way from its start to the part's ends; `cut` says of the
    other's start and stop, and of the part's ends, where they are cuts. Across a cut the next part
    is nearer and speaks for both: the round ends of these would meet where nothing does.
    """
    one, two, whole = px * ux + py * uy, qx * ux + qy * uy, ux * ux + uy * uy
    low, high = min(one, two), max(one, two)
    of_low, of_high = (cut[2], cut[3]) if one < two else (cut[3], cut[2])
    if high < 0.0:
        return not (cut[0] or of_high)
    if low > whole:
        return not (cut[1] or of_low)
    sliver = _SLIVER * min(high - low, whole)
    if low <= 0.0 and high < whole and cut[0] and of_high:
        return high > sliver
    if low > 0.0 and high >= whole and cut[1] and of_low:
        return whole - low > sliver
    return True


@put_in_place
def _are_apart(table: F64, p: int, q: int, reach: float) -> bool:
    """Do the boxes around two axes in plan lie further apart than this."""
    for start, stop in ((X0, X1), (Y0, Y1)):
        low, high = min(table[p, start], table[p, stop]), max(table[p, start], table[p, stop])
        if low - reach > max(table[q, start], table[q, stop]):
            return True
        if high + reach < min(table[q, start], table[q, stop]):
            return True
    return False


@put_in_place
def _is_near(table: F64, p: int, q: int, limit: float, cut: tuple[bool, ...]) -> bool:
    """Do the axes of two parts come within a distance (given squared), abeam of each other or
    beyond an end that is no cut; `cut` says of the ends of p and q which are."""
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    wx, wy = table[p, X0] - table[q, X0], table[p, Y0] - table[q, Y0]
    s, t = nearest_in_plan(ux, uy, vx, vy, wx, wy)
    x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
    if x * x + y * y > limit:
        return False
    return _speaks(ux, uy, -wx, -wy, vx - wx, vy - wy, cut)


@compiled
def near_parts(parts: Parts, reach: F64) -> tuple[I32, I32, I32]:
    """Pairs, and parts of their two pieces whose axes come within `reach` (m, by pair) of each
    other in plan, abeam of each other or beyond an end that is no cut.

    In order of pairs, then parts.
    """
    found, count = np.empty((64, 3), np.int32), 0
    first, last = parts.first, parts.last
    for pair in range(len(reach)):
        limit, sure = reach[pair] * reach[pair], reach[pair] + _SURE_M
        for p in range(first[pair, 0], last[pair, 0]):
            of_p = p > first[pair, 0], p + 1 < last[pair, 0]
            for q in range(first[pair, 1], last[pair, 1]):
                if _are_apart(parts.table, p, q, sure):
                    continue
                of_q = q > first[pair, 1], q + 1 < last[pair, 1]
                if not _is_near(parts.table, p, q, limit, (*of_p, *of_q)):
                    continue
                if count == len(found):
                    more = np.empty((2 * count, 3), np.int32)
                    more[:count] = found
                    found = more
                found[count, 0], found[count, 1], found[count, 2] = pair, p, q
                count += 1
    return found[:count, 0].copy(), found[:count, 1].copy(), found[:count, 2].copy()


class Listed(NamedTuple):
    """Segment pairs with their marks, their pair of lines and their cell; all shape (pairs,)."""

    i: I32
    j: I32
    marks: NDArray[np.uint16]
    pair: I32
    cell: I32


@compiled
def _put(links: Links, one: int, row: int, out: Links, at: int) -> None:
    """Put one of the links down for another row."""
    out.rows[at], out.reason[at] = row, links.reason[one]
    out.distance_m[at], out.width_m[at] = links.distance_m[one], links.width_m[one]


@compiled
def spliced(
    pairs: Listed, links: Links, rows: I64, of: I32, found: Listed, of_found: Links
) -> tuple[Listed, Links]:  # fmt: skip
    """The pairs with those of parts (`found`, each `of` one of the `rows`, in order) in place of
    what was cut; a pair none of whose parts is found stays as it is."""
    counts = np.ones(len(pairs.i), np.int64)
    taken = np.zeros(len(rows), np.int64)
    for k in range(len(of)):
        taken[of[k]] += 1
    for k in range(len(rows)):
        counts[rows[k]] = max(taken[k], 1)
    size = int(counts.sum())
    out = Listed(
        np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.uint16),
        np.empty(size, np.int32), np.empty(size, np.int32),
    )  # fmt: skip
    most = len(links.rows) + len(of_found.rows)
    joints = Links(
        np.empty(most, np.int64), np.empty(most, np.int8), np.empty(most), np.empty(most)
    )
    at = joint = joints_are = part = link = cut = 0
    for row in range(len(pairs.i)):
        is_cut = cut < len(rows) and rows[cut] == row
        of_parts = is_cut and taken[cut] > 0
        cut += int(is_cut)
        while joint < len(links.rows) and links.rows[joint] == row:
            if not of_parts:
                _put(links, joint, at, joints, joints_are)
                joints_are += 1
            joint += 1
        for _ in range(counts[row]):
            out.pair[at], out.cell[at] = pairs.pair[row], pairs.cell[row]
            if of_parts:
                out.i[at], out.j[at], out.marks[at] = (
                    found.i[part],
                    found.j[part],
                    found.marks[part],
                )
                if link < len(of_found.rows) and of_found.rows[link] == part:
                    _put(of_found, link, at, joints, joints_are)
                    joints_are, link = joints_are + 1, link + 1
                part += 1
            else:
                out.i[at], out.j[at], out.marks[at] = pairs.i[row], pairs.j[row], pairs.marks[row]
            at += 1
    return out, Links(
        joints.rows[:joints_are].copy(), joints.reason[:joints_are].copy(),
        joints.distance_m[:joints_are].copy(), joints.width_m[:joints_are].copy(),
    )  # fmt: skip
