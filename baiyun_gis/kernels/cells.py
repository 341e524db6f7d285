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


class Cells(NamedTuple):
    """`columns` times `lines` cells from the corner (`x`, `y`) on, `per_m` of them in a metre.

    Cell c, counted line by line, holds the rows `item[start[c]:start[c + 1]]`.
    """

    x: float
    y: float
    per_m: float
    columns: int
    lines: int
    start: I32
    item: I32


@compiled
def cell_range(low: Any, high: Any, first: Any, per_m: Any, count: Any) -> tuple[Any, Any]:
    """First and last of `count` cells from `first` on that hold something between two limits."""
    one, two = math.floor((low - first) * per_m), math.floor((high - first) * per_m)
    if two < 0.0 or one >= count:
        return np.int64(0), np.int64(-1)
    return np.int64(max(one, 0.0)), np.int64(min(two, count - 1.0))


@compiled
def cell_at(cells: Cells, x: Any, y: Any) -> Any:
    """The cell of a point; −1 outside the grid."""
    column = math.floor((x - cells.x) * cells.per_m)
    line = math.floor((y - cells.y) * cells.per_m)
    if 0.0 <= column < cells.columns and 0.0 <= line < cells.lines:
        return np.int64(line) * cells.columns + np.int64(column)
    return np.int64(-1)


@compiled
def columns_in_line(
    cells: Cells, line: Any, x: Any, y: Any, dx: Any, dy: Any, by: Any
) -> tuple[Any, Any]:
    """First and last cell of a line of cells that a straight line grown by `by` comes into."""
    begin, end = 0.0, 1.0
    if dy != 0.0:
        low = cells.y + line / cells.per_m
        one, two = (low - by - y) / dy, (low + 1.0 / cells.per_m + by - y) / dy
        begin, end = max(0.0, min(one, two)), min(1.0, max(one, two))
        if begin > end:  # by rounding only: the line of cells was reached
            begin, end = 0.0, 1.0
    low, high = x + begin * dx, x + end * dx
    return cell_range(min(low, high) - by, max(low, high) + by, cells.x, cells.per_m, cells.columns)


@compiled
def _put_boxes(
    boxes: F64, _: F64, cells: Cells, place: I32, item: I32, counting: int
) -> None:  # fmt: skip
    """Count the boxes of each cell, or put them down in their places."""
    for row in range(len(boxes)):
        west, south, east, north = boxes[row, 0], boxes[row, 1], boxes[row, 2], boxes[row, 3]
        if not math.isfinite(west + south + east + north):
            continue
        low, high = cell_range(south, north, cells.y, cells.per_m, cells.lines)
        left, right = cell_range(west, east, cells.x, cells.per_m, cells.columns)
        for line in range(low, high + 1):
            for cell in range(line * cells.columns + left, line * cells.columns + right + 1):
                if not counting:
                    item[place[cell]] = row
                place[cell] += 1


@compiled
def _put_lines(
    begin: F64, end: F64, cells: Cells, place: I32, item: I32, counting: int
) -> None:  # fmt: skip
    """The same of straight lines."""
    for row in range(len(begin)):
        x, y = begin[row, 0], begin[row, 1]
        dx, dy = end[row, 0] - x, end[row, 1] - y
        if not math.isfinite(x + y + dx + dy):
            continue
        south, north = min(y, y + dy) - SLACK_M, max(y, y + dy) + SLACK_M
        low, high = cell_range(south, north, cells.y, cells.per_m, cells.lines)
        for line in range(low, high + 1):
            left, right = columns_in_line(cells, line, x, y, dx, dy, SLACK_M)
            for cell in range(line * cells.columns + left, line * cells.columns + right + 1):
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


def cells_of_boxes(boxes: F64, *, least_m: float) -> Cells:
    """Boxes (n, 4), x0, y0, x1, y1 in order, in cells of at least a size, about one in each."""
    around = np.array([np.inf, np.inf, -np.inf, -np.inf])
    _box_around(boxes, around)
    bare = laid_out(around[:2], around[2:], most=len(boxes), least_m=least_m)
    return _filled(_put_boxes, bare, boxes, boxes)


def cells_of_lines(begin: F64, end: F64, bare: Cells) -> Cells:
    """Straight lines between points (n, 2) in the cells of a grid that holds nothing yet."""
    return _filled(_put_lines, bare, begin, end)


def laid_out(low: F64, high: F64, *, most: int, least_m: float) -> Cells:
    """An empty grid over a box, of cells of at least a size and about `most` of them at most."""
    wide, tall = (max(0.0, float(size)) for size in high - low)
    if not math.isfinite(wide + tall):
        wide = tall = 0.0
    most = max(most, 64)
    size = max(least_m, math.sqrt(wide * tall / most), wide / most, tall / most)
    columns, lines = int(wide / size) + 1, int(tall / size) + 1
    corner = [float(value) if math.isfinite(value) else 0.0 for value in low]
    start, none = np.zeros(columns * lines + 1, dtype=np.int32), np.zeros(0, dtype=np.int32)
    return Cells(corner[0], corner[1], 1.0 / size, columns, lines, start, none)


def _filled(put: Callable[..., None], bare: Cells, one: F64, two: F64) -> Cells:
    start = np.zeros(len(bare.start), dtype=np.int32)
    put(one, two, bare, start[1:], bare.item, 1)
    np.cumsum(start, out=start)
    item = np.zeros(int(start[-1]), dtype=np.int32)
    put(one, two, bare, start[:-1].copy(), item, 0)
    return bare._replace(start=start, item=item)
