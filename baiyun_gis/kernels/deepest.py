"""Bodies that lie in each other: how deep the deepest of each stretch are.

How deep two bodies are in each other takes twenty times as long to find out as that they are, and
of a stretch only the deepest place is told. What the directions of faces and edges alone say is
never less than the depth: where another of the stretch is deeper than that, it is not looked for.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.gaps import GAP, Room, bodies_of, gap_of_pair, room_for_gaps
from baiyun_gis.kernels.segments import PairRows
from baiyun_gis.kernels.separation import separation
from baiyun_gis.kernels.shapes import (
    ALONG,
    HALF_HEIGHT,
    HALF_THIRD,
    HALF_WIDTH,
    ROUND0,
    START,
    STOP,
)

_MARGIN_M = 1e-6
"""Far more than rounding: what is nearer to the limit than this is looked at closer."""


@compiled
def _shrink(shape: F64, by_m: float) -> bool:
    """Take a layer off the shape of a body all around; False where nothing sure is left."""
    along, square = 0.0, 0.0
    for axis in range(3):
        d = shape[STOP + axis] - shape[START + axis]
        along += d * shape[ALONG + axis]
        square += d * d
    # A sloping box is as much less high, plumb, as makes the layer square to its top.
    steep = math.sqrt(square) / along if along > 0.0 else np.inf
    thick = HALF_THIRD if shape[HALF_THIRD] > 0.0 else HALF_HEIGHT
    off = by_m if shape[HALF_THIRD] > 0.0 else by_m * steep
    if not (along > 2.0 * by_m and shape[HALF_WIDTH] > by_m and shape[thick] > off):
        return False
    shape[HALF_WIDTH] -= by_m
    shape[thick] -= off
    share = by_m / along
    for axis in range(3):
        start, stop = shape[START + axis], shape[STOP + axis]
        d = (stop - start) * share
        if shape[ROUND0] == 0.0:
            shape[START + axis] = start + d
        if shape[ROUND0 + 1] == 0.0:
            shape[STOP + axis] = stop - d
    for end in range(2):
        shape[ROUND0 + end] = max(0.0, shape[ROUND0 + end] - by_m)
    return True


@compiled
def _is_surely_deeper(rows: PairRows, row: int, depth_m: float, planar: bool, room: Room) -> bool:
    """Whether two bodies are in each other by more than this even without a layer of one."""
    a, b, s, _, answer = room
    in_a, in_b = bodies_of(rows, row, planar, a, b)
    for one in range(in_a):
        if not _shrink(a[one], depth_m):
            continue
        for other in range(in_b):
            if separation(a[one], b[other], s, answer) == 0.0:
                return True
    return False


@compiled
def _to_the_end(rows: PairRows, row: int, room: Room, out: F64) -> float:
    planar: Any = np.bool_(False)
    whole: Any = np.bool_(True)
    gap_of_pair(rows, row, planar, whole, room, out)
    return out[GAP]


@compiled
def _deepest(rows: PairRows, head: int, of: I64, least: F64, is_open: Bool, out: F64) -> None:
    """Measure what is open from row `head` on, those that may be the deepest first; `least` is the
    least gap of each stretch that is known to the end."""
    room, first = room_for_gaps(), np.full(len(least), -1)
    for k in range(len(of)):
        if is_open[k] and (first[of[k]] < 0 or out[head + k, GAP] < out[head + first[of[k]], GAP]):
            first[of[k]] = k
    for leads in range(2):
        for k in range(len(of)):
            if not is_open[k] or (leads == 0 and first[of[k]] != k):
                continue
            if out[head + k, GAP] < least[of[k]] + _MARGIN_M:
                gap = _to_the_end(rows, head + k, room, out[head + k])
                least[of[k]] = min(least[of[k]], gap)
                is_open[k] = False


@compiled
def deepest_gaps(first: int, last: int, rows: PairRows, of: I64, sure_m: float, out: F64) -> None:
    """Rows as `gaps.pair_gaps` gives them of pairs of stretches `of`, exact for what is not in each
    other and for the deepest of each stretch.

    What is not as deep as that is told to be in each other by more than `sure_m` where it is, and
    by no less than it is.
    """
    in_space: Any = np.bool_(False)
    count = last - first
    begin = of[first:last].min()
    stretch = of[first:last] - begin
    size = stretch.max() + 1
    pieces, least = np.zeros(size, np.int64), np.full(size, np.inf)
    for k in range(count):
        pieces[stretch[k]] += 1
    is_open, room = np.zeros(count, np.bool_), room_for_gaps()
    for k in range(count):
        whole: Any = np.bool_(pieces[stretch[k]] == 1)
        gap_of_pair(rows, first + k, in_space, whole, room, out[first + k])
        if whole:
            continue
        gap = out[first + k, GAP]
        if gap < 0.0:
            is_open[k] = _is_surely_deeper(rows, first + k, sure_m + _MARGIN_M, in_space, room)
            if not is_open[k]:
                gap = _to_the_end(rows, first + k, room, out[first + k])
        # What is open is less deep than told, perhaps: it keeps nothing else from a closer look.
        if not is_open[k] and gap < least[stretch[k]]:
            least[stretch[k]] = gap
    _deepest(rows, first, stretch, least, is_open, out)
