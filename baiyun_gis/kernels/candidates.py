"""Which segments come near each other at all."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.axes import nearest_stations
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import PIPE, X0, X1, Y0, Y1, Segments, owned, table_of
from baiyun_gis.kernels.strips import Strips, strips_of

# Added to every reach, so that rounding never drops a pair that lies exactly at it.
_SLACK_M = 1e-6


@compiled
def _come_near(table: F64, p: int, q: int, limit: Any) -> bool:
    """Are two axes within `limit` (m) in plan."""
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    wx, wy = table[p, X0] - table[q, X0], table[p, Y0] - table[q, Y0]
    s, t = nearest_stations(ux, uy, 0.0, vx, vy, 0.0, wx, wy, 0.0)
    x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
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
    first: int, last: int, strips: Strips, table: F64, grown: F64, mask_a: Bool, mask_b: Bool
) -> I64:  # fmt: skip
    """Pairs, as i·2³² + j, of the entries in a range with those that begin before they end."""
    key, low, high, owner = strips.key, strips.low, strips.high, strips.owner
    found, count = np.empty(1024, np.int64), 0
    for a in range(first, last):
        p, until, bottom, top = owner[a], strips.last[a], low[a], high[a]
        b = a
        while b + 1 < len(key) and key[b + 1] <= until:
            b += 1
            if low[b] > top or high[b] < bottom:
                continue
            q = owner[b]
            if table[p, PIPE] == table[q, PIPE]:
                continue
            if not ((mask_a[p] and mask_b[q]) or (mask_a[q] and mask_b[p])):
                continue
            if not _come_near(table, p, q, grown[p] + grown[q]):
                continue
            if count == len(found):
                found = with_room(found)
            found[count] = (np.int64(min(p, q)) << 32) | np.int64(max(p, q))
            count += 1
    return found[:count]


def grown_by(seg: Segments, reach_m: F64 | float) -> F64:
    """Half width plus reach of each segment (m); NaN for those unknown in plan.

    An unknown width counts as none.
    """
    known = np.where(np.isnan(seg.half_width), 0.0, seg.half_width) + reach_m + 0.5 * _SLACK_M
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
    everyone = np.ones(len(seg.x0), dtype=np.bool_)
    in_a = everyone if mask_a is None else owned(mask_a, np.bool_)
    in_b = everyone if mask_b is None else owned(mask_b, np.bool_)
    grown = grown_by(seg, reach_m)
    live = np.flatnonzero(np.isfinite(grown) & (in_a | in_b))
    if len(live) < 2:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    table = table_of(seg)
    strips = strips_of(table, live, grown)
    found = run_in_chunks(_near_pairs, len(strips.key), strips, table, grown, in_a, in_b)
    return sorted_pairs(found)
