"""Which segments come near each other at all, and what they are to each other at a first look."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.first_look import NOTHING_ASKED, Asked, Turn, looked_over, turn_of
from baiyun_gis.kernels.ordering import stable_order
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, Segments, owned, table_of
from baiyun_gis.kernels.sides import CODES, FIRST_JOINT, LAST_JOINT, LINE, Sides
from baiyun_gis.kernels.strips import SLACK_M, Grid, Plans, Strips, strip_at, strips_of

ENTRY = np.dtype(
    [
        *((name, np.float64) for name in ("x0", "y0", "x1", "y1", "grown")),
        *((name, np.float32) for name in ("low", "high")),
        *((name, np.int32) for name in ("pipe", "start", "stop", "owner")),
    ]
)
"""What is asked of a segment again and again, in 64 bytes: one line of the processor's memory."""

_STEPS = 65535.0
"""Steps of x that are told apart within a strip: two digits of `_BASE`."""
_BASE = 256
_FEW = 16
_SOME = 4096


class PlainEnds(NamedTuple):
    """Joints (by segment) at both ends of lines that are one plain segment; −1 for all others."""

    start: I32
    stop: I32


class Found(NamedTuple):
    """Pairs of segments as i·2³² + j with i < j, in no order but each once, and what a first look
    gives of them (`first_look.looked_over`); and how many plain ones are joined."""

    pairs: I64
    look: I64
    joined: int


_NONE = np.empty(0, np.bool_), np.empty(0, np.bool_)


class Room(NamedTuple):
    """Where one strip after the other is laid out: its entries from west to east, of type `ENTRY`,
    the steps of x where each begins and ends, and what it takes to put them in order."""

    rows: NDArray[np.void]
    begin: I32
    until: I32
    key: I32
    order: I32
    spare: I32


@compiled
def _order(key: I32, order: I32, spare: I32, count: int) -> None:
    """Rows of the first `count` keys in order, digit by digit; few ones one by one."""
    if count <= _FEW:
        for row in range(count):
            place = row
            while place > 0 and key[order[place - 1]] > key[row]:
                order[place] = order[place - 1]
                place -= 1
            order[place] = row
        return
    at = np.empty(_BASE + 1, np.int64)
    for row in range(count):
        order[row] = row
    for shift in (0, 8):
        at[:] = 0
        for row in range(count):
            at[((key[row] >> shift) & (_BASE - 1)) + 1] += 1
        for digit in range(_BASE):
            at[digit + 1] += at[digit]
        for k in range(count):
            digit = (key[order[k]] >> shift) & (_BASE - 1)
            spare[at[digit]] = order[k]
            at[digit] += 1
        for k in range(count):
            order[k] = spare[k]


@compiled
def _laid_out(strips: Strips, strip: int, table: F64, sides: Sides, room: Room) -> int:
    """The entries of a strip from west to east; how many there are."""
    first, last = strips.start[strip], strips.start[strip + 1]
    west, east = np.inf, -np.inf
    for at in range(first, last):
        west, east = min(west, strips.west[at]), max(east, strips.east[at])
    scale = _STEPS / max(east - west, 1e-9)
    for at in range(first, last):
        room.key[at - first] = np.int32((strips.west[at] - west) * scale)
    _order(room.key, room.order, room.spare, last - first)
    for k in range(last - first):
        at = first + room.order[k]
        owner, entry = strips.owner[at], room.rows[k]
        room.begin[k] = room.key[room.order[k]]
        room.until[k] = np.int32((strips.east[at] - west) * scale)
        entry.x0, entry.y0 = table[owner, X0], table[owner, Y0]
        entry.x1, entry.y1 = table[owner, X1], table[owner, Y1]
        entry.grown = sides.grown[owner]
        entry.low, entry.high = strips.low[at], strips.high[at]
        entry.pipe, entry.owner = sides.code[owner, LINE], owner
        entry.start, entry.stop = sides.code[owner, FIRST_JOINT], sides.code[owner, LAST_JOINT]
    return last - first


@compiled
def _walked(
    count: int, strip: int, grid: Grid, room: Room, masks: tuple[Bool, Bool], found: I64, at: int
) -> tuple[int, int]:  # fmt: skip
    """Pairs of a strip's entries that could be near, written to `found` from `at` on; where they
    end (−1 where there is no more room), and how many joined ones were left out.

    Plain lines joined at one joint, where they end, are counted only, each two once: in the strip
    of their joint. Lines joined at both ends may be one line recorded twice, and ends well apart
    are one joint by their node only: both are looked at closer.
    """
    rows, begin, until = room.rows, room.begin, room.until
    mask_a, mask_b = masks
    joined = 0
    for a in range(count):
        own, end = rows[a], until[a]
        bottom, top, pipe, owner = own.low, own.high, own.pipe, own.owner
        for b in range(a + 1, count):
            if begin[b] > end:
                break
            other = rows[b]
            if (other.low > top) | (other.high < bottom) | (other.pipe == pipe):
                continue
            turn = other.owner < owner
            p, q = (other if turn else own), (own if turn else other)
            i, j = p.owner, q.owner
            if len(mask_a) > 0 and not ((mask_a[i] and mask_b[j]) or (mask_a[j] and mask_b[i])):
                continue
            # As it stands, not in a kernel of its own: twice as fast.
            one, two, three, four = p.start, p.stop, q.start, q.stop
            ends = int(one == three) + int(one == four) + int(two == three) + int(two == four)
            if (ends == 1) & (one >= 0) & (three >= 0):
                of_p, of_q = (two == three) | (two == four), (one == four) | (two == four)
                y = p.y1 if of_p else p.y0
                off_x = (p.x1 if of_p else p.x0) - (q.x1 if of_q else q.x0)
                off_y = y - (q.y1 if of_q else q.y0)
                within = 0.5 * min(p.grown, q.grown)
                if (abs(off_x) <= within) & (abs(off_y) <= within):
                    joined += int(strip_at(grid, y) == strip)
                    continue
            if at == len(found):
                return -1, 0
            found[at] = (np.int64(i) << 32) | np.int64(j)
            at += 1
    return at, joined


@compiled
def with_room(found: I64) -> I64:
    """The same numbers at the head of an array twice as long."""
    more = np.empty(2 * len(found), np.int64)
    for row in range(len(found)):
        more[row] = found[row]
    return more


@compiled
def _near_pairs(
    first: int, last: int, strips: Strips, table: F64, sides: Sides, asked: Asked, turn: Turn,
    masks: tuple[Bool, Bool],
) -> tuple[I64, I64, int]:  # fmt: skip
    """`Found` of the strips that begin with one of a range of entries."""
    most, size = 0, 0
    for strip in range(len(strips.start) - 2):
        if first <= strips.start[strip] < last:
            entries = strips.start[strip + 1] - strips.start[strip]
            most, size = max(most, entries), size + entries
    begin, until, key = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32)
    order, spare = np.empty(most, np.int32), np.empty(most, np.int32)
    room = Room(np.empty(most, ENTRY), begin, until, key, order, spare)
    found = np.empty(64 + size + size // 4, np.int64)
    look = np.empty(len(found), np.int64)
    at, joined = 0, 0
    for strip in range(len(strips.start) - 2):
        if not first <= strips.start[strip] < last:
            continue
        count = _laid_out(strips, strip, table, sides, room)
        end, more = _walked(count, strip, strips.grid, room, masks, found, at)
        while end < 0:
            found, look = with_room(found), with_room(look)
            end, more = _walked(count, strip, strips.grid, room, masks, found, at)
        # While what is known of these segments is still at hand.
        at = looked_over(at, end, (strip, strips.grid), found, table, sides, asked, turn, look)
        joined += more
    return found[:at], look[:at], joined


def near_pairs(
    seg: Segments, sides: Sides, asked: Asked, *, steep_deg: float, masks: tuple[Bool, Bool] = _NONE
) -> Found:
    """Pairs of segments of different pipes that come within both their reaches in plan.

    Every pair whose strips come that near is there; a pair is there only when its axes come
    within both half widths (unknown ones count as none) plus both reaches. Plain lines joined at
    one joint, where they end, are counted only: of what lies near a line most is joined to it end
    to end, and needs no looking at. With masks, only pairs of which one is in the first and the
    other in the second.
    """
    x0, y0, x1, y1 = (owned(column, np.float64) for column in (seg.x0, seg.y0, seg.x1, seg.y1))
    strips = strips_of(Plans(x0, y0, x1, y1, sides.grown))
    given = strips, table_of(seg), sides, asked, turn_of(steep_deg), masks
    parts = run_in_chunks(_near_pairs, len(strips.owner), *given)
    if len(parts) == 1:
        return Found(*parts[0])
    nothing = np.empty(0, np.int64)
    pairs, look = (np.concatenate([nothing, *(part[k] for part in parts)]) for k in (0, 1))
    return Found(pairs, look, sum(part[2] for part in parts))


def grown_by(seg: Segments, reach_m: F64 | float) -> F64:
    """Half width plus reach of each segment (m); NaN for those unknown in plan.

    An unknown width counts as none.
    """
    known = np.where(np.isnan(seg.half_width), 0.0, seg.half_width) + reach_m + 0.5 * SLACK_M
    return np.where(np.isfinite(seg.x0 + seg.y0 + seg.x1 + seg.y1), known, np.nan)


def in_order(pairs: I64, segments: int) -> I32:
    """The order of pairs by i, then j, of so many segments."""
    if len(pairs) <= _SOME:
        return pairs.argsort().astype(np.int32)
    return stable_order((pairs >> 32) * segments + (pairs & 0xFFFFFFFF))


def candidate_pairs(
    seg: Segments, reach_m: F64, *, mask_a: Bool | None = None, mask_b: Bool | None = None
) -> tuple[I32, I32]:
    """`near_pairs` of segments that look `reach_m` far, in order of i, then j.

    Segments unknown in plan pair with nothing. With masks, only pairs of which one is in `mask_a`
    and the other in `mask_b` (all are, where a mask is not given).
    """
    masks = _NONE
    if mask_a is not None or mask_b is not None:
        everyone = np.ones(len(seg.x0), dtype=np.bool_)
        in_a = everyone if mask_a is None else owned(mask_a, np.bool_)
        masks = in_a, everyone if mask_b is None else owned(mask_b, np.bool_)
    i, j, _ = unjoined_pairs(seg, reach_m, masks=masks)
    return i, j


def unjoined_pairs(
    seg: Segments, reach_m: F64, ends: PlainEnds | None = None, *, masks: tuple[Bool, Bool] = _NONE
) -> tuple[I32, I32, int]:
    """`near_pairs` in order of i, then j, and how many plain lines are joined at one joint."""
    count = len(seg.x0)
    code = np.full((count, CODES), -1, dtype=np.int32)
    code[:, LINE] = seg.pipe
    if ends is not None:
        code[:, FIRST_JOINT], code[:, LAST_JOINT] = ends
    sides = Sides(np.empty((0, 2)), code, grown_by(seg, reach_m))
    found = near_pairs(seg, sides, NOTHING_ASKED, steep_deg=0.0, masks=masks)
    pairs = found.pairs[in_order(found.pairs, count)]
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32), found.joined
