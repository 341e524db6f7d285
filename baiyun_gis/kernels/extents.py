"""How far axes reach, and whether all their numbers are such as a city has: one look at each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


class Extent(NamedTuple):
    """Least and largest coordinates (m), the longest step from vertex to vertex of one line, the
    largest level either way, and whether every coordinate is a number."""

    x_low: float
    y_low: float
    x_high: float
    y_high: float
    longest_m: float
    highest_m: float
    is_known: bool


@compiled
def _extent(
    first: int, last: int, offsets: I64, xy: F64, level: F64, wanted: Bool
) -> tuple[float, float, float, float, float, float, bool]:
    x_low = y_low = np.inf
    x_high = y_high = -np.inf
    square = highest = 0.0
    known = True
    for line in range(first, last):
        if len(wanted) and not wanted[line]:
            continue
        for k in range(offsets[line], offsets[line + 1]):
            x, y = xy[k, 0], xy[k, 1]
            if not math.isfinite(x + y):
                known = False
                continue
            x_low, x_high = min(x_low, x), max(x_high, x)
            y_low, y_high = min(y_low, y), max(y_high, y)
            if abs(level[k]) > highest:
                highest = abs(level[k])
            if k > offsets[line]:
                dx, dy = x - xy[k - 1, 0], y - xy[k - 1, 1]
                step = dx * dx + dy * dy
                if step > square:
                    square = step
    return x_low, y_low, x_high, y_high, math.sqrt(square), highest, known


_ALL = np.zeros(0, dtype=np.bool_)


def extent_of(offsets: I64, xy: F64, level: F64, *, wanted: Bool = _ALL) -> Extent:
    """The extent of axes, of all or of the `wanted` (lines,); levels may be unknown (NaN)."""
    columns = owned(offsets, np.int64), owned(xy, np.float64), owned(level, np.float64)
    parts = run_in_chunks(_extent, len(offsets) - 1, *columns, owned(wanted, np.bool_))
    if len(parts) == 1:
        return Extent(*parts[0])
    x_low, y_low, x_high, y_high, longest, highest, known = zip(*(parts or [_NOWHERE]), strict=True)
    low, high = (min(x_low), min(y_low)), (max(x_high), max(y_high))
    return Extent(*low, *high, max(longest), max(highest), all(known))


_NOWHERE = Extent(math.inf, math.inf, -math.inf, -math.inf, 0.0, 0.0, is_known=True)


@compiled
def _any_beyond(values: F64, low: float, high: float) -> bool:
    found = False
    for row in range(len(values)):
        found |= values[row] < low or values[row] > high
    return found


def any_beyond(values: F64, low: float, high: float) -> bool:
    """Whether a value lies beyond two limits; NaN does not."""
    return _any_beyond(owned(values, np.float64), low, high)


@compiled
def _tips(offsets: I64, xy: F64, tips: F64) -> None:
    for line in range(len(offsets) - 1):
        first, last = offsets[line], offsets[line + 1] - 1
        if last < first:
            tips[2 * line, 0] = tips[2 * line, 1] = np.nan
            tips[2 * line + 1, 0] = tips[2 * line + 1, 1] = np.nan
            continue
        tips[2 * line, 0], tips[2 * line, 1] = xy[first, 0], xy[first, 1]
        tips[2 * line + 1, 0], tips[2 * line + 1, 1] = xy[last, 0], xy[last, 1]


def tips_of(offsets: I64, xy: F64) -> F64:
    """First and last vertices of all axes, shape (2 lines, 2); NaN for one without vertices.

    Not to be written to: where no axis has a bend the vertices themselves are the answer.
    """
    count = len(offsets) - 1
    if len(xy) == 2 * count and (np.diff(offsets) == 2).all():
        tips = xy.view()
    else:
        tips = np.empty((2 * count, 2))
        _tips(owned(offsets, np.int64), owned(xy, np.float64), tips)
    tips.flags.writeable = False
    return tips


@compiled
def _placed_tips(
    first: int, last: int, offsets: I64, xy: F64, start_node: I32, end_node: I32, there: Bool,
    tips: F64, node: I32,
) -> None:  # fmt: skip
    for line in range(first, last):
        one, two = 2 * line, 2 * line + 1
        node[one], node[two] = start_node[line], end_node[line]
        begin, end = offsets[line], offsets[line + 1] - 1
        if end < begin or not there[line]:
            tips[one, 0] = tips[one, 1] = tips[two, 0] = tips[two, 1] = np.nan
        else:
            tips[one, 0], tips[one, 1] = xy[begin, 0], xy[begin, 1]
            tips[two, 0], tips[two, 1] = xy[end, 0], xy[end, 1]
        if not there[line]:
            node[one] = node[two] = -1


def placed_tips_of(
    offsets: I64, xy: F64, nodes: tuple[I32, I32], *, there: Bool
) -> tuple[F64, I32]:
    """First and last vertices (2 lines, 2) and their nodes (2 lines,), NaN and −1 for lines that
    are not `there` (lines,). `nodes` are those at the starts and at the ends."""
    count = len(offsets) - 1
    tips, node = np.empty((2 * count, 2)), np.empty(2 * count, dtype=np.int32)
    axes = owned(offsets, np.int64), owned(xy, np.float64)
    at = owned(nodes[0], np.int32), owned(nodes[1], np.int32)
    run_in_chunks(_placed_tips, count, *axes, *at, owned(there, np.bool_), tips, node)
    tips.flags.writeable = False
    return tips, node
