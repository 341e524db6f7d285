"""Parts of pieces that run on alongside each other from where their lines meet: which come near
each other, how they lie there, and how that stands among all pairs."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.first_look import AT, CROSSES, NEAR, OVER, TOUCHES, Marks
from baiyun_gis.kernels.linking import Contacts, Links, Network, links_of_parts
from baiyun_gis.kernels.listing import Closer
from baiyun_gis.kernels.pairing import deviation_of_both
from baiyun_gis.kernels.parts import Parts
from baiyun_gis.kernels.plan import PLAN, near_rows_in_plan
from baiyun_gis.kernels.segments import WIDTH, X0, X1, Y0, Y1, PairRows

_SLIVER = 1e-3
"""Parts cut abeam of each other overlap by less than this share, by rounding."""

_SURE_M = 1e-6
"""Far more than rounding."""

_CONTACT_SIGMAS = 2.05
"""More deviations than lines can be apart that touch."""

_EXACT = CROSSES | AT | NEAR | OVER


class Asking(NamedTuple):
    """What is asked of pairs: the `limit` (m) of each `cell`; by segment the deviations in plan at
    both ends and whether its width is known; closer than `touch_m` lines touch."""

    limit: F64
    cell: I32
    sigma0: F64
    sigma1: F64
    width_known: Bool
    closer: Closer
    touch_m: float


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


@compiled
def _boxes_around(table: F64) -> F64:
    """West, south, east and north of axes."""
    out = np.empty((len(table), 4))
    for k in range(len(table)):
        out[k, 0], out[k, 1] = min(table[k, X0], table[k, X1]), min(table[k, Y0], table[k, Y1])
        out[k, 2], out[k, 3] = max(table[k, X0], table[k, X1]), max(table[k, Y0], table[k, Y1])
    return out


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


@put_in_place
def _in_doubt(rows: PairRows, row: int, asking: Asking) -> tuple[float, float]:
    """The deviation of the distance of a pair, and by how much unknown widths may lessen it."""
    i, j = rows.left[row], rows.right[row]
    unknown = int(not asking.width_known[i]) + int(not asking.width_known[j])
    sigma = deviation_of_both(asking.sigma0, asking.sigma1, i, j)
    return sigma, asking.closer.unsized_m * unknown


@compiled
def near_parts(parts: Parts, rows: PairRows, asking: Asking) -> tuple[I32, I32, I32]:
    """Pairs, and parts of their two pieces whose axes come near enough in plan for what is asked or
    to touch, abeam of each other or beyond an end that is no cut.

    In order of pairs, then parts; these are numbered behind all segments. `rows` are the pairs.
    """
    found, count, behind = np.empty((64, 3), np.int32), 0, len(rows.table)
    first, last, table, boxes = parts.first, parts.last, parts.table, _boxes_around(parts.table)
    for pair in range(len(parts.rows)):
        row = parts.rows[pair]
        sigma, unsized = _in_doubt(rows, row, asking)
        asked = asking.limit[asking.cell[row]]
        asked = 0.0 if math.isnan(asked) else max(asked, 0.0)
        wide = asked + unsized + _CONTACT_SIGMAS * sigma + asking.touch_m
        width = rows.table[rows.left[row], WIDTH] + rows.table[rows.right[row], WIDTH]
        reach = width + wide
        limit, sure = float(reach * reach), reach + _SURE_M
        for p in range(first[pair, 0], last[pair, 0]):
            of_p = p > first[pair, 0], p + 1 < last[pair, 0]
            west, south = boxes[p, 0] - sure, boxes[p, 1] - sure
            east, north = boxes[p, 2] + sure, boxes[p, 3] + sure
            for q in range(first[pair, 1], last[pair, 1]):
                if west > boxes[q, 2] or east < boxes[q, 0]:
                    continue
                if south > boxes[q, 3] or north < boxes[q, 1]:
                    continue
                of_q = q > first[pair, 1], q + 1 < last[pair, 1]
                if not _is_near(table, p, q, limit, (*of_p, *of_q)):
                    continue
                if count == len(found):
                    more = np.empty((2 * count, 3), np.int32)
                    more[:count] = found
                    found = more
                found[count, 0] = pair
                found[count, 1], found[count, 2] = behind + p, behind + q
                count += 1
    return found[:count, 0].copy(), found[:count, 1].copy(), found[:count, 2].copy()


@compiled
def _marked(
    begin: int, end: int, parts: PairRows, rows: PairRows, of: I64, asking: Asking, marks: Marks
) -> None:  # fmt: skip
    """The exact marks of pairs of parts, each `of` a row of pieces whose doubt counts."""
    count = end - begin
    part = PairRows(parts.table, parts.left[begin:end].copy(), parts.right[begin:end].copy())
    meeting, crosses = np.empty((3, count)), np.empty(count, np.bool_)
    plan = np.empty((PLAN, count))
    # A plain number: a constant would have the kernel compiled once more for itself.
    start: Any = np.int64(0)
    near_rows_in_plan(start, len(part.left), part, asking.closer.least_deg, meeting, crosses, plan)
    for k in range(count):
        row = of[begin + k]
        sigma, unsized = _in_doubt(rows, row, asking)
        doubt = asking.closer.sigmas * sigma + unsized
        gap, found = plan[0, k], CROSSES | AT | OVER if crosses[k] else 0
        if gap < doubt:
            found |= AT
        if gap < asking.limit[asking.cell[row]] + doubt:
            found |= NEAR
        if gap < -asking.closer.tolerance_m:
            found |= OVER
        marks[begin + k] |= np.uint16(found)


def marks_of_parts(
    parts: PairRows, rows: PairRows, of: I64, asking: Asking, marks: Marks
) -> Marks:  # fmt: skip
    """How pairs of parts lie to each other, each `of` one of the `rows` of pieces, that have
    `marks`."""
    out = marks[of] & ~np.uint16(_EXACT) | np.uint16(TOUCHES)
    run_in_chunks(_marked, len(of), parts, rows, of, asking, out)
    return out


class Listed(NamedTuple):
    """Segment pairs with their marks, their pair of lines and their cell; all shape (pairs,)."""

    i: I32
    j: I32
    marks: Marks
    pair: I32
    cell: I32


class Found(NamedTuple):
    """Pairs of parts with their marks, `of` which of the pairs that were cut, in order."""

    of: I32
    i: I32
    j: I32
    marks: Marks


@compiled
def _put(links: Links, one: int, row: int, out: Links, at: int) -> None:
    """Put one of the links down for another row."""
    out.rows[at], out.reason[at] = row, links.reason[one]
    out.distance_m[at], out.width_m[at] = links.distance_m[one], links.width_m[one]


@compiled
def spliced(
    pairs: Listed, links: Links, rows: I64, found: Found, of_found: Links
) -> tuple[Listed, Links]:  # fmt: skip
    """The pairs with those of parts (`found`, each of one of the `rows`) in place of what was cut;
    a pair none of whose parts is found stays as it is."""
    of = found.of
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


@compiled
def in_place_of_pieces(
    pairs: Listed, links: Links, rows: I64, found: Found, table: F64, net: Network,
    contacts: Contacts,
) -> tuple[Listed, Links]:  # fmt: skip
    """`spliced`, with what joints explain of the parts: rows of a table behind all segments, of
    lines that meet at `contacts`."""
    parts = PairRows(table, found.i, found.j)
    return spliced(pairs, links, rows, found, links_of_parts(parts, found.of, rows, net, contacts))
