"""Boxes around pieces of axes, packed in a tree of groups of eight along a space-filling curve.

Long segments are cut into pieces no longer than the mean, so one long line among short ones
does not spoil the boxes of its neighbours, and the number of pieces is at most twice the number
of segments.
"""

from __future__ import annotations

import math
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I32, I64
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.ordering import stable_order
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, Segments, kept_of, table_of

FANOUT = 8
_CURVE_CELLS = 2.0**31


class BoxTree(NamedTuple):
    """Boxes (rows of x0, y0, x1, y1), their segments, and all levels of boxes around them.

    Level 0 holds the pieces' own boxes in curve order; `offset` says where in `box` each level
    starts, and box k of a level holds boxes 8k … 8k + 7 of the level below.
    """

    box: F64
    offset: I64
    owner: I32


@compiled
def _mean_extent(table: F64, live: I64) -> float:
    """Mean of the longer sides of the live segments' boxes."""
    total = 0.0
    for k in live:
        total += max(abs(table[k, X1] - table[k, X0]), abs(table[k, Y1] - table[k, Y0]))
    return total / max(1, len(live))


@compiled
def _pieces(table: F64, live: I64, longest: float) -> I64:
    """How many pieces each live segment is cut into."""
    out = np.empty(len(live), np.int64)
    for row in range(len(live)):
        k = live[row]
        extent = max(abs(table[k, X1] - table[k, X0]), abs(table[k, Y1] - table[k, Y0]))
        out[row] = max(1, math.ceil(extent / longest)) if longest > 0.0 else 1
    return out


@compiled
def _cut(table: F64, live: I64, pieces: I64, grown: F64, box: F64, owner: I32) -> None:
    """Boxes of all pieces, grown, and the segment of each."""
    at = 0
    for row in range(len(live)):
        k = live[row]
        dx, dy = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
        g = grown[k]
        for piece in range(pieces[row]):
            s, t = piece / pieces[row], (piece + 1) / pieces[row]
            xs, xt = table[k, X0] + s * dx, table[k, X0] + t * dx
            ys, yt = table[k, Y0] + s * dy, table[k, Y0] + t * dy
            box[at, 0], box[at, 1] = min(xs, xt) - g, min(ys, yt) - g
            box[at, 2], box[at, 3] = max(xs, xt) + g, max(ys, yt) + g
            owner[at] = k
            at += 1


@compiled
def _spread(value: np.uint64) -> np.uint64:
    """The bits of a 31-bit number, each moved to an even place."""
    v = np.uint64(value)
    v = (v | (v << np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    v = (v | (v << np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    v = (v | (v << np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    v = (v | (v << np.uint64(2))) & np.uint64(0x3333333333333333)
    return (v | (v << np.uint64(1))) & np.uint64(0x5555555555555555)


@compiled
def _curve_places(box: F64) -> NDArray[np.int64]:
    """Place of each box's centre on a Z-shaped curve over the whole extent."""
    x_low = y_low = np.inf
    x_high = y_high = -np.inf
    for row in range(len(box)):
        x, y = box[row, 0] + box[row, 2], box[row, 1] + box[row, 3]
        x_low, x_high = min(x_low, x), max(x_high, x)
        y_low, y_high = min(y_low, y), max(y_high, y)
    scale = (_CURVE_CELLS - 1.0) / max(x_high - x_low, y_high - y_low, 1e-300)
    out = np.empty(len(box), np.int64)
    for row in range(len(box)):
        x, y = box[row, 0] + box[row, 2], box[row, 1] + box[row, 3]
        column, line = np.uint64((x - x_low) * scale), np.uint64((y - y_low) * scale)
        out[row] = np.int64(_spread(column) | (_spread(line) << np.uint64(1)))
    return out


@compiled
def _stack(box: F64, order: I32, offset: I64) -> F64:
    """All levels of boxes: the pieces in curve order, then groups of eight, up to one."""
    out = np.empty((offset[-1], 4))
    for row in range(len(order)):
        for side in range(4):
            out[row, side] = box[order[row], side]
    for level in range(1, len(offset) - 1):
        below, here = offset[level - 1], offset[level]
        for k in range(offset[level + 1] - here):
            first = below + k * FANOUT
            last = min(first + FANOUT, here)
            out[here + k, 0], out[here + k, 1] = np.inf, np.inf
            out[here + k, 2], out[here + k, 3] = -np.inf, -np.inf
            for child in range(first, last):
                out[here + k, 0] = min(out[here + k, 0], out[child, 0])
                out[here + k, 1] = min(out[here + k, 1], out[child, 1])
                out[here + k, 2] = max(out[here + k, 2], out[child, 2])
                out[here + k, 3] = max(out[here + k, 3], out[child, 3])
    return out


def _levels(count: int) -> I64:
    """Where each level of boxes starts, and the end of the last."""
    starts = [0, count]
    while count > 1:
        count = -(-count // FANOUT)
        starts.append(starts[-1] + count)
    return np.array(starts, dtype=np.int64)


def box_tree(table: F64, live: I64, grown: F64) -> BoxTree:
    """A tree over the boxes of the `live` segments, each grown by `grown` (m, per segment)."""
    longest = _mean_extent(table, live)
    pieces = _pieces(table, live, longest)
    count = int(pieces.sum())
    box, owner = np.empty((count, 4)), np.empty(count, dtype=np.int32)
    _cut(table, live, pieces, grown, box, owner)
    order = stable_order(_curve_places(box))
    offset = _levels(count)
    return BoxTree(_stack(box, order, offset), offset, owner[order])


def bare_tree(seg: Segments) -> BoxTree:
    """A tree over the boxes of all segments' axes that are known in plan, made once and kept."""
    kept = kept_of(seg)
    if kept is None:
        return _bare_tree(seg)
    with _MAKING:
        if kept.tree is None:
            kept.tree = _bare_tree(seg)
        return kept.tree


_MAKING = Lock()


def _bare_tree(seg: Segments) -> BoxTree:
    live = np.flatnonzero(np.isfinite(seg.x0 + seg.y0 + seg.x1 + seg.y1))
    return box_tree(table_of(seg), live, np.zeros(len(seg.x0)))
