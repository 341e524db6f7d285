"""A grid of square cells over a part of the plan, and what lies in each of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.compiled import compiled

SLACK_M = 1e-5
"""Things count for cells this far off too: far more than what coordinates are rounded by."""


class Frame(NamedTuple):
    """`columns` times `lines` cells from the corner (`x`, `y`) on, `per_m` of them in a metre."""

    x: float
    y: float
    per_m: float
    columns: int
    lines: int


class Cells(NamedTuple):
    """What lies in the cells of a frame, counted line by line.

    Cell c holds the rows `item[start[c]:start[c + 1]]`. Inner functions take the frame and the
    arrays one by one: Numba counts references to each array of a tuple at every call.
    """

    frame: Frame
    start: I32
    item: I32


@compiled
def columns_between(frame: Frame, low: Any, high: Any) -> tuple[Any, Any]:
    """First and last column of cells between two limits in x; none when the last is less."""
    return _range(low, high, frame.x, frame.per_m, frame.columns)


@compiled
def lines_between(frame: Frame, low: Any, high: Any) -> tuple[Any, Any]:
    """First and last line of cells between two limits in y; none when the last is less."""
    return _range(low, high, frame.y, frame.per_m, frame.lines)


@compiled
def _range(low: Any, high: Any, first: Any, per_m: Any, count: Any) -> tuple[Any, Any]:
    one, two = math.floor((low - first) * per_m), math.floor((high - first) * per_m)
    if two < 0.0 or one >= count:
        return np.int64(0), np.int64(-1)
    return np.int64(max(one, 0.0)), np.int64(min(two, count - 1.0))


@compiled
def cell_at(frame: Frame, x: Any, y: Any) -> Any:
    """The cell of a point; −1 outside the frame."""
    column = math.floor((x - frame.x) * frame.per_m)
    line = math.floor((y - frame.y) * frame.per_m)
    if 0.0 <= column < frame.columns and 0.0 <= line < frame.lines:
        return np.int64(line) * frame.columns + np.int64(column)
    return np.int64(-1)


@compiled
def columns_in_line(
    frame: Frame, line: Any, x: Any, y: Any, dx: Any, dy: Any, by: Any
) -> tuple[Any, Any]:
    """First and last cell of a line of cells that a straight line grown by `by` comes into."""
    begin, end = 0.0, 1.0
    if dy != 0.0:
        low = frame.y + line / frame.per_m
        one, two = (low - by - y) / dy, (low + 1.0 / frame.per_m + by - y) / dy
        begin, end = max(0.0, min(one, two)), min(1.0, max(one, two))
        if begin > end:  # by rounding only: the line of cells was reached
            begin, end = 0.0, 1.0
    low, high = x + begin * dx, x + end * dx
    return columns_between(frame, min(low, high) - by, max(low, high) + by)


@compiled
def _put_boxes(
    boxes: F64, _: F64, frame: Frame, place: I32, item: I32, counting: int
) -> None:  # fmt: skip
    """Count the boxes of each cell, or put them down in their places."""
    for row in range(len(boxes)):
        west, south, east, north = boxes[row, 0], boxes[row, 1], boxes[row, 2], boxes[row, 3]
        if not math.isfinite(west + south + east + north):
            continue
        low, high = lines_between(frame, south, north)
        left, right = columns_between(frame, west, east)
        for line in range(low, high + 1):
            for cell in range(line * frame.columns + left, line * frame.columns + right + 1):
                if not counting:
                    item[place[cell]] = row
                place[cell] += 1


@compiled
def _put_lines(
    begin: F64, end: F64, frame: Frame, place: I32, item: I32, counting: int
) -> None:  # fmt: skip
    """The same of straight lines."""
    for row in range(len(begin)):
        x, y = begin[row, 0], begin[row, 1]
        dx, dy = end[row, 0] - x, end[row, 1] - y
        if not math.isfinite(x + y + dx + dy):
            continue
        south, north = min(y, y + dy) - SLACK_M, max(y, y + dy) + SLACK_M
        low, high = lines_between(frame, south, north)
        for line in range(low, high + 1):
            left, right = columns_in_line(frame, line, x, y, dx, dy, SLACK_M)
            for cell in range(line * frame.columns + left, line * frame.columns + right + 1):
                if not counting:
                    item[place[cell]] = row
                place[cell] += 1


@compiled
def _box_around(boxes: F64, out: F64) -> None:
    """The box around all boxes that have a place."""
    for row in range(len(boxes)):
        if not math.isfinite(boxes[row, 0] + boxes[row, 1] + boxes[row, 2] + boxes[row, 3]):
            continue
        for axis in range(2):
            out[axis] = min(out[axis], boxes[row, axis])
            out[2 + axis] = max(out[2 + axis], boxes[row, 2 + axis])


def extent_of(one: tuple[F64, F64], two: tuple[F64, F64]) -> tuple[F64, F64]:
    """Least and largest x and y of what reaches from points (x, y) to others; NaN is nowhere."""
    pairs = list(zip(one, two, strict=True))
    low = [min(np.fmin.reduce(c, initial=np.inf) for c in pair) for pair in pairs]
    high = [max(np.fmax.reduce(c, initial=-np.inf) for c in pair) for pair in pairs]
    return np.array(low), np.array(high)


def cells_of_boxes(boxes: F64, within: tuple[F64, F64], *, least_m: float) -> Cells:
    """Boxes (n, 4), x0, y0, x1, y1 in order, in cells of at least a size over a part of the plan.

    A box far off all that is looked for, `within` its least and largest x and y, is in no cell:
    else one wrong place would make the cells as large as a city.
    """
    around = np.array([np.inf, np.inf, -np.inf, -np.inf])
    _box_around(boxes, around)
    low, high = np.maximum(around[:2], within[0]), np.minimum(around[2:], within[1])
    frame = laid_out(low, high, most=4 * len(boxes), least_m=least_m)
    return _filled(_put_boxes, frame, boxes, boxes)


def cells_of_lines(frame: Frame, begin: F64, end: F64) -> Cells:
    """Straight lines between points (n, 2) in the cells of a frame."""
    return _filled(_put_lines, frame, begin, end)


def laid_out(low: F64, high: F64, *, most: int, least_m: float) -> Frame:
    """Cells over a box, of at least a size, about `most` of them at most."""
    wide, tall = (max(0.0, float(size)) for size in high - low)
    if not math.isfinite(wide + tall):
        wide = tall = 0.0
    most = max(most, 64)
    size = max(least_m, math.sqrt(wide * tall / most), wide / most, tall / most)
    x, y = (float(value) if math.isfinite(value) else 0.0 for value in low)
    return Frame(x, y, 1.0 / size, int(wide / size) + 1, int(tall / size) + 1)


def _filled(put: Callable[..., None], frame: Frame, one: F64, two: F64) -> Cells:
    start = np.zeros(frame.columns * frame.lines + 1, dtype=np.int32)
    put(one, two, frame, start[1:], start[:0], 1)
    np.cumsum(start, out=start, dtype=start.dtype)
    item = np.zeros(int(start[-1]), dtype=np.int32)
    put(one, two, frame, start[:-1].copy(), item, 0)
    return Cells(frame, start, item)
