"""How far axes reach, and whether all their numbers are such as a city has: one look at each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
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
    offsets: I64, xy: F64, level: F64, wanted: Bool
) -> tuple[float, float, float, float, float, float, bool]:
    x_low = y_low = np.inf
    x_high = y_high = -np.inf
    square = highest = 0.0
    known = True
    for line in range(len(offsets) - 1):
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
    return Extent(*_extent(*columns, owned(wanted, np.bool_)))


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
def _pieces(offsets: I64, xy: F64, level: F64, least: float, first: I64) -> int:
    count = 0
    for line in range(len(offsets) - 1):
        for k in range(offsets[line], offsets[line + 1] - 1):
            dx, dy = xy[k + 1, 0] - xy[k, 0], xy[k + 1, 1] - xy[k, 1]
            dz = level[k + 1] - level[k]
            if math.isnan(dz):
                dz = 0.0
            if math.sqrt(dx * dx + dy * dy + dz * dz) > least:
                first[count] = k
                count += 1
    return count


def pieces_of(offsets: I64, xy: F64, level: F64, *, least_m: float) -> I64:
    """First vertices of all straight pieces longer than `least_m`, upright ones too.

    A vertex without coordinates begins and ends none; levels may be unknown (NaN).
    """
    first = np.empty(max(len(xy) - 1, 0), dtype=np.int64)
    axes = owned(offsets, np.int64), owned(xy, np.float64), owned(level, np.float64)
    return first[: _pieces(*axes, least_m, first)]


@compiled
def _ways(rows: I64, offsets: I64, xy: F64, wanted: Bool, way: F64) -> None:
    for at in range(len(rows)):
        first, last = offsets[rows[at]], offsets[rows[at] + 1] - 1
        way[2 * at, 0] = way[2 * at, 1] = way[2 * at + 1, 0] = way[2 * at + 1, 1] = np.nan
        if not wanted[at] or last <= first:
            continue
        for end, k, onward in ((0, first, first + 1), (1, last, last - 1)):
            dx, dy = xy[onward, 0] - xy[k, 0], xy[onward, 1] - xy[k, 1]
            size = math.hypot(dx, dy)
            if size > 0.0:
                way[2 * at + end, 0], way[2 * at + end, 1] = dx / size, dy / size


def ways_out(rows: I64, offsets: I64, xy: F64, *, wanted: Bool) -> F64:
    """Unit directions (2 n, 2) in which axes leave their starts and ends, for some lines.

    NaN where a line has no length there or is not `wanted` (n,).
    """
    way = np.empty((2 * len(rows), 2))
    axes = owned(rows, np.int64), owned(offsets, np.int64), owned(xy, np.float64)
    _ways(*axes, owned(wanted, np.bool_), way)
    return way
