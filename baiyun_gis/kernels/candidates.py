"""Which segments come near each other at all."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import Segments, owned, table_of
from baiyun_gis.kernels.strips import STEP_BITS, PlainEnds, Strips, strip_at, strips_of

SLACK_M = 1e-6
"""Added to every reach, so that rounding never drops a pair that lies exactly at it."""


@compiled
def _come_near(p: Any, q: Any) -> bool:
    """Are two axes within both their reaches in plan."""
    ux, uy, vx, vy = p.x1 - p.x0, p.y1 - p.y0, q.x1 - q.x0, q.y1 - q.y0
    wx, wy = p.x0 - q.x0, p.y0 - q.y0
    s, t = nearest_in_plan(ux, uy, vx, vy, wx, wy)
    x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
    limit = p.grown + q.grown
    return x * x + y * y <= limit * limit


@compiled
def with_room(found: I64) -> I64:
    """The same numbers at the head of an array twice as long."""
    more = np.empty(2 * len(found), np.int64)
    for row in range(len(found)):
        more[row] = found[row]
    return more


@compiled
def _near_pairs(
    first: int, last: int, strips: Strips, masks: tuple[Bool, Bool], found: I64, count: int
) -> tuple[int, int, int]:  # fmt: skip
    """Pairs, as i·2³² + j, of a range of entries with those that begin before they end.

    Plain lines joined at one joint, where they end, are counted only, each two once: in the strip
    of their joint. Lines joined at both ends may be one line recorded twice, and ends well apart
    are one joint by their node only: both are looked at closer. Gives the entry it came to when
    there was no more room, how many pairs are written, and how many joined ones were left out.
    """
    key, until, rows, grid = strips
    mask_a, mask_b = masks
    joined = 0
    for a in range(first, last):
        own, end, strip = rows[a], until[a], key[a] >> STEP_BITS
        bottom, top, pipe, owner = own.low, own.high, own.pipe, own.owner
        start, before, b = count, joined, a
        while b + 1 < len(key) and key[b + 1] <= end:
            b += 1
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
            if count == len(found):
                return a, start, before
            found[count] = (np.int64(i) << 32) | np.int64(j)
            count += int(_come_near(p, q))
    return last, count, joined


def _pairs_of_range(
    first: int, last: int, strips: Strips, masks: tuple[Bool, Bool]
) -> tuple[I64, int]:
    """`_near_pairs` of a range of entries, with as much room as they need."""
    found, count, joined = np.empty(1024 + 2 * (last - first), np.int64), 0, 0
    while first < last:
        first, count, more = _near_pairs(first, last, strips, masks, found, count)
        joined += more
        if first < last:
            found = with_room(found)
    return found[:count], joined


def grown_by(seg: Segments, reach_m: F64 | float) -> F64:
    """Half width plus reach of each segment (m); NaN for those unknown in plan.

    An unknown width counts as none.
    """
    known = np.where(np.isnan(seg.half_width), 0.0, seg.half_width) + reach_m + 0.5 * SLACK_M
    return np.where(np.isfinite(seg.x0 + seg.y0 + seg.x1 + seg.y1), known, np.nan)


def sorted_pairs(parts: list[I64]) -> tuple[I32, I32]:
    """Pairs packed as i·2³² + j, each once, in order."""
    keys = np.sort(np.concatenate([*parts, np.empty(0, np.int64)]))
    if len(keys):
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    return (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)


def candidate_pairs(
    seg: Segments, reach_m: F64, *, mask_a: Bool | None = None, mask_b: Bool | None = None
) -> tuple[I32, I32]:
    """Pairs i < j of different pipes that can be within `reach_m[i] + reach_m[j]` in plan.

    Every pair whose strips come that near is there; a pair is there only when its axes come
    within both half widths (unknown ones count as none) plus both reaches. With masks, only
    pairs of which one is in `mask_a` and the other in `mask_b` (all are, where a mask is not
    given). Sorted by i, then j, each pair once. Segments unknown in plan pair with nothing.
    """
    none = np.empty(0, np.bool_)
    masks = none, none
    if mask_a is not None or mask_b is not None:
        everyone = np.ones(len(seg.x0), dtype=np.bool_)
        in_a = everyone if mask_a is None else owned(mask_a, np.bool_)
        masks = in_a, everyone if mask_b is None else owned(mask_b, np.bool_)
    nowhere = np.empty(0, np.int32)
    i, j, _ = _found(seg, reach_m, masks, PlainEnds(nowhere, nowhere))
    return i, j


def unjoined_pairs(seg: Segments, reach_m: F64, ends: PlainEnds) -> tuple[I32, I32, int]:
    """`candidate_pairs` less plain lines joined at one joint, where they end; how many these are.

    Of what lies near a line most is joined to it end to end, and needs no looking at.
    """
    none = np.empty(0, np.bool_)
    return _found(seg, reach_m, (none, none), ends)


def _found(
    seg: Segments, reach_m: F64, masks: tuple[Bool, Bool], ends: PlainEnds
) -> tuple[I32, I32, int]:
    grown = grown_by(seg, reach_m)
    is_live = np.isfinite(grown)
    if len(masks[0]):
        is_live &= masks[0] | masks[1]
    live = np.flatnonzero(is_live)
    if len(live) < 2:
        return np.empty(0, np.int32), np.empty(0, np.int32), 0
    strips = strips_of(table_of(seg), live, grown, ends)
    found = run_in_chunks(_pairs_of_range, len(strips.key), strips, masks)
    return *sorted_pairs([pairs for pairs, _ in found]), sum(joined for _, joined in found)
