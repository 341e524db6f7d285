"""How the lines of two segments are joined, pair by pair, and where they touch.

What touches is set aside around the place. Pieces that part at an angle are clear of each other
beyond it; of those that run on alongside each other the places are told as `Contacts`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64
from baiyun_gis.kernels.alongside import goes_on, is_along, run_on, to_axis
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.pairing import Ends
from baiyun_gis.kernels.segments import HEIGHT, WIDTH, X0, X1, Y0, Z0, PairRows

JOINED, TEE, UNJOINED, SAME_RUN, SHARED_VERTEX = range(1, 6)
"""Codes of how two lines are joined."""

INFLUENCE = 4.0
"""1 / sin 15°, rounded up: two pipes leaving a joint at 15° are clear of each other this many
widths and clearances away from it."""

LEAST_TOLERANCE_M = 0.01

REASON, AX, AY, BX, BY, SPARE = range(6)
"""Columns of a contact."""

_TO_STOP = X1 - X0
_AT_ONCE_M = 1e-6
"""A vertex of both counts for more than a joint or an end further off, for less than one there."""
_SPOTS = 16
"""So many contacts two segments can have: 4 of ends at joints, 8 of ends on axes, 4 vertices."""
_CALLED = 6
"""A contact with the row it is of in one more column."""


class Network(NamedTuple):
    """How lines are joined: `degree` by joint, `end_xy` (2 n, 2) by end, with the `origin` (2,) of
    the segments still in it; `sigma_z` by segment is the deviation of its start's level (m)."""

    ends: Ends
    degree: I32
    end_xy: F64
    origin: F64
    sigma_z: F64


class Nearness(NamedTuple):
    """What lies within `same_m` is one point; lines are alongside each other whose angle has a
    cosine squared over `along`, and go on from a place where they reach `onward_m` beyond it."""

    same_m: float
    along: float
    onward_m: float


class Near(NamedTuple):
    """Nearest points of pairs in plan, all shape (pairs,), or all empty: then their axes count."""

    ax: F64
    ay: F64
    bx: F64
    by: F64


class Contacts(NamedTuple):
    """Where lines meet that run on alongside each other from there, in order of `rows`.

    `spot` (n, 6) is a code of `linking`, x and y on either line, and how far apart two surveys may
    put the one point.
    """

    rows: I64
    spot: F64


class Links(NamedTuple):
    """Pairs that a joint may explain: code, distance from it (m) and sum of the half widths (m)."""

    rows: I64
    reason: I8
    distance_m: F64
    width_m: F64


@put_in_place
def _apart(rows: PairRows, row: int, near: Near, spot: F64) -> float:
    """How far a pair lies from where its lines meet, the larger of both sides."""
    if len(near.ax):
        of_a = math.hypot(near.ax[row] - spot[AX], near.ay[row] - spot[AY])
        of_b = math.hypot(near.bx[row] - spot[BX], near.by[row] - spot[BY])
    else:
        of_a = to_axis(rows.table, rows.left[row], spot[AX], spot[AY])[0]
        of_b = to_axis(rows.table, rows.right[row], spot[BX], spot[BY])[0]
    return of_a if of_a >= of_b or math.isnan(of_a) else of_b


@put_in_place
def _offer(row: int, code: int, apart: float, reason: I8, distance: F64) -> None:
    """Take a reason where it is nearer than what was known."""
    if apart < distance[row]:
        reason[row], distance[row] = code, apart


@put_in_place
def _at_ends(
    rows: PairRows, row: int, net: Network, near: Near, reason: I8, distance: F64, spots: F64
) -> int:  # fmt: skip
    """Ends that share a joint, then those of one run with only a short fitting between them; how
    many `spots`."""
    joint, cluster = net.ends.joint, net.ends.cluster
    a, b = net.ends.pipe[rows.left[row]], net.ends.pipe[rows.right[row]]
    count = 0
    for shares in (True, False):
        for of_a in range(2):
            for of_b in range(2):
                one, two = 2 * a + of_a, 2 * b + of_b
                if (joint[one] == joint[two]) != shares:
                    continue
                if cluster[joint[one]] != cluster[joint[two]]:
                    continue
                spot = spots[count]
                spot[REASON], spot[SPARE] = JOINED if shares else SAME_RUN, 0.0
                spot[AX] = net.end_xy[one, 0] - net.origin[0]
                spot[AY] = net.end_xy[one, 1] - net.origin[1]
                spot[BX] = net.end_xy[two, 0] - net.origin[0]
                spot[BY] = net.end_xy[two, 1] - net.origin[1]
                # A fitting has not the wide influence of a joint: these two do not touch, and a
                # true clash beside it is to be found.
                apart = _apart(rows, row, near, spot) * (1.0 if shares else INFLUENCE)
                _offer(row, JOINED if shares else SAME_RUN, apart, reason, distance)
                count += 1
    return count


@compiled
def _ends_on_axes(rows: PairRows, row: int, net: Network, sigma: F64) -> int:
    """Ends on the other line's axis (tees without a node) and free ends that nearly meet.

    Bit 4 × side + 2 × end, and one more where both are free ends.
    """
    table, ends, out = rows.table, net.ends, 0
    pair = rows.left[row], rows.right[row]
    if ends.family[ends.pipe[pair[0]]] != ends.family[ends.pipe[pair[1]]]:
        return out
    reach = max(2.0 * sigma[row], LEAST_TOLERANCE_M)
    for side in range(2):
        own, target = pair[side], pair[1 - side]
        for of_end in range(2):
            if not (ends.is_last[own] if of_end else ends.is_first[own]):
                continue
            end = 2 * ends.pipe[own] + of_end
            x, y = net.end_xy[end, 0] - net.origin[0], net.end_xy[end, 1] - net.origin[1]
            distance, station = to_axis(table, target, x, y)
            if not distance <= table[target, WIDTH] + reach or math.isnan(sigma[row]):
                continue
            low, high = table[target, Z0], table[target, Z0 + _TO_STOP]
            level = abs(table[own, Z0 + _TO_STOP * of_end] - (low + (high - low) * station))
            doubt = 2.0 * math.hypot(net.sigma_z[own], net.sigma_z[target])
            # A level that is not known may fit.
            height = table[own, HEIGHT] + table[target, HEIGHT] + doubt
            if not (math.isnan(level) or level <= height):
                continue
            is_end = (station <= 0.0 and ends.is_first[target]) or (
                station >= 1.0 and ends.is_last[target]
            )
            other = 2 * ends.pipe[target] + int(station >= 0.5)
            alone = net.degree[ends.joint[end]] == 1 and net.degree[ends.joint[other]] == 1
            out |= 1 << (4 * side + 2 * of_end + int(is_end and alone))
    return out


@compiled
def _of_whole_lines(
    rows: PairRows, row: int, net: Network, near: Near, sigma: F64, head: I32, on_axes: int,
    reason: I8, distance: F64, spots: F64, count: int,
) -> int:  # fmt: skip
    """Ends on axes count for all pieces of the two lines, from the first piece (`head`, by bit)
    that has one; how many `spots` there are then."""
    for bit in range(8):
        if head[bit] < 0:
            continue
        code, spot = UNJOINED if bit & 1 else TEE, spots[count]
        own = rows.right[head[bit]] if bit & 4 else rows.left[head[bit]]
        end = 2 * net.ends.pipe[own] + ((bit >> 1) & 1)
        spot[REASON] = code
        spot[AX] = spot[BX] = net.end_xy[end, 0] - net.origin[0]
        spot[AY] = spot[BY] = net.end_xy[end, 1] - net.origin[1]
        spot[SPARE] = max(2.0 * sigma[head[bit]], LEAST_TOLERANCE_M)
        _offer(row, code, _apart(rows, row, near, spot), reason, distance)
        if (on_axes >> bit) & 1:
            # The piece that ends there and the piece it ends on meet only there.
            _offer(row, code, 0.0, reason, distance)
        count += 1
    return count


@compiled
def _at_vertices(
    rows: PairRows, row: int, net: Network, nearness: Nearness, along: bool,
    reason: I8, distance: F64, spots: F64, count: int,
) -> int:  # fmt: skip
    """Lines of one family drawn through the same vertex are connected there; how many `spots`.

    Not by a vertex that nobody drew: where lines that leave a joint on top of each other were cut.
    """
    table, ends, joint = rows.table, net.ends, net.ends.joint
    p, q = rows.left[row], rows.right[row]
    a, b = ends.pipe[p], ends.pipe[q]
    if ends.family[a] != ends.family[b]:
        return count
    shares = joint[2 * a] == joint[2 * b] or joint[2 * a] == joint[2 * b + 1]
    shares = shares or joint[2 * a + 1] == joint[2 * b] or joint[2 * a + 1] == joint[2 * b + 1]
    for of_a in range(2):
        for of_b in range(2):
            at_a, at_b = _TO_STOP * of_a, _TO_STOP * of_b
            dx, dy = (
                table[p, X0 + at_a] - table[q, X0 + at_b],
                table[p, Y0 + at_a] - table[q, Y0 + at_b],
            )
            if not math.hypot(dx, dy) <= nearness.same_m:
                continue
            level = abs(table[p, Z0 + at_a] - table[q, Z0 + at_b])
            height = table[p, HEIGHT] + table[q, HEIGHT]
            if not (math.isnan(level) or level <= height + LEAST_TOLERANCE_M):
                continue
            if shares and along and goes_on(table, ends, p, of_a) and goes_on(table, ends, q, of_b):
                continue
            _offer(row, SHARED_VERTEX, _AT_ONCE_M, reason, distance)
            spot = spots[count]
            spot[REASON], spot[SPARE] = SHARED_VERTEX, 0.0
            spot[AX] = spot[BX] = table[p, X0 + at_a]
            spot[AY] = spot[BY] = table[p, Y0 + at_a]
            count += 1
    return count


@compiled
def with_room_for(values: F64, count: int) -> F64:
    """Rows with room for so many: these, or twice as many with the same ones at the head."""
    if count <= len(values):
        return values
    more = np.empty((max(2 * len(values), count), values.shape[1]))
    more[: len(values)] = values
    return more


@compiled
def _those(rows: PairRows, called: I64, reason: I8, distance: F64) -> Links:
    """The pairs that have a reason."""
    count = 0
    for row in range(len(reason)):
        count += int(reason[row] != 0)
    out = Links(
        np.empty(count, np.int64), np.empty(count, np.int8), np.empty(count), np.empty(count)
    )
    at = 0
    for row in range(len(reason)):
        if reason[row] != 0:
            out.rows[at], out.reason[at], out.distance_m[at] = (
                called[row],
                reason[row],
                distance[row],
            )
            out.width_m[at] = rows.table[rows.left[row], WIDTH] + rows.table[rows.right[row], WIDTH]
            at += 1
    return out


@compiled
def _heads(
    rows: PairRows, line_pair: I32, lines: int, net: Network, sigma: F64, on_axes: I32
) -> I32:
    """The first pair of every two lines for each bit of `_ends_on_axes`, −1 where there is none."""
    head = np.full((lines, 8), -1, np.int32)
    for row in range(len(rows.left)):
        on_axes[row] = _ends_on_axes(rows, row, net, sigma)
        for bit in range(8):
            if (on_axes[row] >> bit) & 1 and head[line_pair[row], bit] < 0:
                head[line_pair[row], bit] = row
    return head


@compiled
def links_of(
    rows: PairRows, called: I64, line_pair: I32, lines: int, net: Network, nearness: Nearness,
    near: Near, sigma: F64,
) -> tuple[Links, Contacts]:  # fmt: skip
    """How the lines of segment pairs are joined, and where those touch that run on alongside.

    `called` is what the pairs are called, `line_pair` the number (of `lines`) of their two lines,
    `sigma` (m) the deviation of their distance. Of several reasons the nearest counts.
    """
    count = len(rows.left)
    reason, distance, on_axes = (
        np.zeros(count, np.int8),
        np.full(count, np.inf),
        np.empty(count, np.int32),
    )
    head = _heads(rows, line_pair, lines, net, sigma, on_axes)
    spots, kept, there_are = np.empty((_SPOTS, 6)), np.empty((_SPOTS, _CALLED + 1)), 0
    for row in range(count):
        p, q = rows.left[row], rows.right[row]
        along = is_along(rows.table, p, q, nearness.along)
        found = _at_ends(rows, row, net, near, reason, distance, spots)
        found = _of_whole_lines(
            rows, row, net, near, sigma, head[line_pair[row]], on_axes[row], reason, distance,
            spots, found,
        )  # fmt: skip
        found = _at_vertices(rows, row, net, nearness, along, reason, distance, spots, found)
        runs_on = False
        for at in range(found if along else 0):
            at_a, at_b = (spots[at, AX], spots[at, AY]), (spots[at, BX], spots[at, BY])
            runs_on = runs_on or run_on(rows.table, p, q, at_a, at_b, nearness.onward_m)
        if runs_on:
            kept = with_room_for(kept, there_are + found)
            for at in range(found):
                kept[there_are, :_CALLED], kept[there_are, _CALLED] = spots[at], called[row]
                there_are += 1
    contacts = Contacts(
        kept[:there_are, _CALLED].astype(np.int64), kept[:there_are, :_CALLED].copy()
    )
    return _those(rows, called, reason, distance), contacts


@compiled
def links_of_parts(
    rows: PairRows, of: I32, called: I64, net: Network, contacts: Contacts
) -> Links:  # fmt: skip
    """The same of pairs of parts of pieces that were cut beyond the contacts of their lines.

    A part counts by its end nearest to the contact. `of` is the pair of pieces that each pair is
    of, in order, `called` what these are called. Pairs of parts are called by their rows.
    """
    count, head = len(of), 0
    reason, distance = np.zeros(count, np.int8), np.full(count, np.inf)
    none = np.empty(0)
    near, spots = Near(none, none, none, none), np.empty((_SPOTS, 6))
    for row in range(count):
        _at_ends(rows, row, net, near, reason, distance, spots)
        width = rows.table[rows.left[row], WIDTH] + rows.table[rows.right[row], WIDTH]
        while head < len(contacts.rows) and contacts.rows[head] < called[of[row]]:
            head += 1
        at = head
        while at < len(contacts.rows) and contacts.rows[at] == called[of[row]]:
            spot = contacts.spot[at]
            code = int(spot[REASON])
            if code != JOINED and code != SAME_RUN:
                apart = _apart(rows, row, near, spot) - spot[SPARE]
                if apart <= width + LEAST_TOLERANCE_M:
                    apart = 0.0
                _offer(row, code, apart, reason, distance)
            at += 1
    return _those(rows, np.arange(count), reason, distance)
