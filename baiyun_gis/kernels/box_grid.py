"""Boxes in the cells of a grid, and the segments that come into them.

Segments are walked in their own order, row of cells by row of cells, so that the pairs come out
in order. Boxes much larger than a cell have a grid of larger cells of their own.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.lifts import ALIKE, Lifts, Tops, lift_of, most_lift, tops_of
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1

_LARGER = 2.0
"""A grid holds boxes up to this many cells wide or high."""
MANY = 1 << 15
"""From so many lines times boxes on a grid is worth its while."""
CROWD = 16
"""So few lines look at every box sooner than a grid of the boxes is made."""
_SHORT = 64
_ROUNDING = 2.0**-40
"""Cells are looked at a little further than reached, by this share of the extent."""


class BoxGrid(NamedTuple):
    """Rows of boxes by cell: those of bucket b are `item[start[b]:start[b + 1]]`.

    A cell's bucket is its column plus `across` times its row, modulo the number of buckets less
    one (`mask`); cells that share one are told apart by their boxes. `per_m`: cells in a metre;
    `slack` in metres.
    """

    start: I32
    item: I32
    mask: int
    across: int
    per_m: float
    slack: float
    tops: Tops


@compiled
def _index(value: Any, per_m: Any) -> Any:
    return np.int64(math.floor(value * per_m))


@compiled
def _counted_boxes(boxes: F64, rows: I32, per_m: float, across: int, mask: int, start: I32) -> None:
    """How many boxes there are in each bucket, one place further on."""
    for row in rows:
        for line in range(_index(boxes[row, 1], per_m), _index(boxes[row, 3], per_m) + 1):
            for column in range(_index(boxes[row, 0], per_m), _index(boxes[row, 2], per_m) + 1):
                start[((line * across + column) & mask) + 1] += 1


@compiled
def _filled_boxes(
    boxes: F64, rows: I32, per_m: float, across: int, mask: int, place: I32, item: I32
) -> None:
    for row in rows:
        for line in range(_index(boxes[row, 1], per_m), _index(boxes[row, 3], per_m) + 1):
            for column in range(_index(boxes[row, 0], per_m), _index(boxes[row, 2], per_m) + 1):
                bucket = (line * across + column) & mask
                item[place[bucket]] = row
                place[bucket] += 1


def _grid(boxes: F64, rows: I32, cell: float, lifts: Lifts) -> BoxGrid:
    """The grid of some boxes."""
    some = boxes[rows]
    extent = float(np.max(some[:, 2]) - np.min(some[:, 0]))
    across = min(int(extent / cell) + 2, 1 << 16)
    size = 1 << max(10, int(2 * len(rows)).bit_length())
    start = np.zeros(size + 1, dtype=np.int32)
    _counted_boxes(boxes, rows, 1 / cell, across, size - 1, start)
    np.cumsum(start, out=start, dtype=start.dtype)
    item = np.empty(int(start[-1]), dtype=np.int32)
    _filled_boxes(boxes, rows, 1 / cell, across, size - 1, start[:-1].copy(), item)
    slack = float(np.abs(some).max()) * _ROUNDING
    return BoxGrid(start, item, size - 1, across, 1 / cell, slack, tops_of(boxes, rows, lifts))


@compiled
def _clipped(start: Any, step: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """From and to which station a coordinate lies between two limits; empty where never."""
    if step == 0.0:
        return (0.0, 1.0) if low <= start <= high else (1.0, 0.0)
    one, two = (low - start) / step, (high - start) / step
    return min(one, two), max(one, two)


@compiled
def comes_into(x: Any, y: Any, dx: Any, dy: Any, by: Any, boxes: F64, row: Any) -> bool:
    """Does an axis from (x, y) by (dx, dy) come into a box grown by `by`."""
    west, east = boxes[row, 0] - by, boxes[row, 2] + by
    south, north = boxes[row, 1] - by, boxes[row, 3] + by
    if west <= x <= east and south <= y <= north:
        return True
    x_from, x_to = _clipped(x, dx, west, east)
    y_from, y_to = _clipped(y, dy, south, north)
    return max(x_from, y_from, 0.0) <= min(x_to, y_to, 1.0)


@compiled
def _columns(table: F64, k: Any, by: Any, line: Any, per_m: Any) -> tuple[Any, Any]:
    """First and last column of the cells of a row that an axis grown by `by` reaches."""
    x, y = table[k, X0], table[k, Y0]
    dx, dy = table[k, X1] - x, table[k, Y1] - y
    begin, end = 0.0, 1.0
    if dy != 0.0:
        one, two = (line / per_m - by - y) / dy, ((line + 1) / per_m + by - y) / dy
        begin, end = max(0.0, min(one, two)), min(1.0, max(one, two))
        if begin > end:  # by rounding only: the row was reached
            begin, end = 0.0, 1.0
    low, high = x + begin * dx, x + end * dx
    return _index(min(low, high) - by, per_m), _index(max(low, high) + by, per_m)


@compiled
def _added(found: I64, count: Any, first: Any, key: Any) -> int:
    """Put a key in order behind place `first`, once; how many there are then.

    Where there are many, at the end: `_in_order` sees to it.
    """
    if count - first >= _SHORT:
        found[count] = key
        return count + 1
    at = count
    while at > first and found[at - 1] > key:
        at -= 1
    if at > first and found[at - 1] == key:
        return count
    for place in range(count, at, -1):
        found[place] = found[place - 1]
    found[at] = key
    return count + 1


@compiled
def _in_order(found: I64, first: Any, count: Any) -> int:
    """The keys behind place `first` sorted, each once; how many there are then."""
    part = np.sort(found[first:count])
    at = first
    for key in part:
        if at == first or found[at - 1] != key:
            found[at] = key
            at += 1
    return at


@compiled
def _longer(found: I64) -> I64:
    more = np.empty(2 * len(found), np.int64)
    more[: len(found)] = found
    return more


@compiled
def _one_by_one(table: F64, k: Any, by: Any, boxes: F64, among: Bool, lifts: Lifts) -> I64:
    """The pairs of one segment by looking at each box."""
    found, count = np.empty(len(boxes), np.int64), 0
    x, y, x1, y1 = table[k, X0], table[k, Y0], table[k, X1], table[k, Y1]
    for row in range(len(boxes)):
        reach = by
        if len(lifts.foot) > 0:
            reach += lift_of(lifts.head[row] - lifts.foot[k], lifts.most)
        if among[row] and comes_into(x, y, x1 - x, y1 - y, reach, boxes, row):
            found[count] = (np.int64(k) << 32) | row
            count += 1
    return found[:count]


@compiled
def _box_pairs(
    start: int, stop: int, table: F64, grown: F64, boxes: F64, grid: BoxGrid, among: Bool,
    lifts: Lifts,
) -> I64:  # fmt: skip
    """Pairs, as segment·2³² + box in order, of the segments in a range."""
    found, count = np.empty(1024, np.int64), 0
    begin, item, mask, across, per_m, slack, tops = grid
    head, foot, most = lifts
    is_lifted = len(foot) > 0  # told apart here: it must cost nothing where there are none
    for k in range(start, stop):
        by = grown[k]
        if math.isnan(by):
            continue
        x, y, x1, y1 = table[k, X0], table[k, Y0], table[k, X1], table[k, Y1]
        first, wide = count, by + slack
        if is_lifted:
            wide += most_lift(table, k, by, foot[k], most, tops)
        below, above = min(y, y1) - wide, max(y, y1) + wide
        left, right = min(x, x1) - wide, max(x, x1) + wide
        low, high = _index(below, per_m), _index(above, per_m)
        whole_west, whole_east = _index(left, per_m), _index(right, per_m)
        if high - low > len(boxes):  # more rows than boxes: these are quicker looked at singly
            for key in _one_by_one(table, k, by, boxes, among, lifts):
                if count == len(found):
                    found = _longer(found)
                found[count] = key
                count += 1
            continue
        is_long = high - low > 1 and whole_east - whole_west > 1
        for line in range(low, high + 1):
            west, east = whole_west, whole_east
            if is_long:
                west, east = _columns(table, k, wide, line, per_m)
            if east - west > mask:
                west, east = 0, mask
            for column in range(west, east + 1):
                bucket = (line * across + column) & mask
                for place in range(begin[bucket], begin[bucket + 1]):
                    row = item[place]
                    if boxes[row, 0] > right or boxes[row, 2] < left:
                        continue
                    if boxes[row, 1] > above or boxes[row, 3] < below:
                        continue
                    reach = by + lift_of(head[row] - foot[k], most) if is_lifted else by
                    if not comes_into(x, y, x1 - x, y1 - y, reach, boxes, row):
                        continue
                    if count == len(found):
                        found = _longer(found)
                    key = (np.int64(k) << 32) | row
                    if count == first or found[count - 1] < key:
                        found[count] = key
                        count += 1
                    else:
                        count = _added(found, count, first, key)
        if count - first >= _SHORT:
            count = _in_order(found, first, count)
    return found[:count]


@compiled
def _mean_extent(table: F64, grown: F64, step: int) -> float:
    """Mean of the longer sides of the grown boxes of every `step`th segment that looks."""
    total, count = 0.0, 0
    for k in range(0, len(grown), step):
        if grown[k] >= 0.0:
            size = max(abs(table[k, X1] - table[k, X0]), abs(table[k, Y1] - table[k, Y0]))
            total += size + 2.0 * grown[k]
            count += 1
    return total / max(1, count)


def _classes(boxes: F64, cell: float) -> list[tuple[float, I32]]:
    """Boxes that have a place, by the size of cells that suits them."""
    size = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    left = np.flatnonzero(np.isfinite(boxes).all(axis=1)).astype(np.int32)
    out: list[tuple[float, I32]] = []
    while len(left):
        fits = size[left] <= cell * _LARGER
        if fits.any():
            out.append((cell, left[fits]))
            left = left[~fits]
        if len(left):
            cell = max(cell * _LARGER, float(size[left].min()) / _LARGER)
    return out


@compiled
def _few_pairs(table: F64, grown: F64, boxes: F64, lifts: Lifts, top: float) -> I64:
    """The same pairs by looking at each box for each segment."""
    found, count = np.empty(256, np.int64), 0
    head, foot, most = lifts
    is_lifted = len(foot) > 0
    for k in range(len(table)):
        by = grown[k]
        if math.isnan(by):
            continue
        x, y, x1, y1 = table[k, X0], table[k, Y0], table[k, X1], table[k, Y1]
        wide = by + lift_of(top - foot[k], most) if is_lifted else by
        below, above = min(y, y1) - wide, max(y, y1) + wide
        left, right = min(x, x1) - wide, max(x, x1) + wide
        for row in range(len(boxes)):
            if not (boxes[row, 0] <= right and boxes[row, 2] >= left):
                continue
            if not (boxes[row, 1] <= above and boxes[row, 3] >= below):
                continue
            reach = by + lift_of(head[row] - foot[k], most) if is_lifted else by
            if not comes_into(x, y, x1 - x, y1 - y, reach, boxes, row):
                continue
            if count == len(found):
                found = _longer(found)
            found[count] = (np.int64(k) << 32) | row
            count += 1
    return found[:count]


def pairs_with_boxes(table: F64, grown: F64, boxes: F64, lifts: Lifts = ALIKE) -> I64:
    """Pairs, as segment·2³² + box, of segments whose axis comes into a box grown by `grown`.

    In order, each once; NaN segments, growths and boxes are in none. With `lifts`, boxes are
    grown further to segments below them.
    """
    looking = len(grown) - int(np.count_nonzero(np.isnan(grown)))
    if looking < CROWD or len(boxes) * looking < MANY:
        return _few_pairs(
            table, grown, boxes, lifts, float(np.fmax.reduce(lifts.head, initial=-np.inf))
        )
    extent = _mean_extent(table, grown, max(1, len(table) // 4096))
    # Small boxes lie close together and large ones apart; either way a few are in a cell.
    sides = boxes[:: max(1, len(boxes) // 4096)]
    is_small = float(np.nanmean(np.append(sides[:, 2] - sides[:, 0], 0.0))) < extent / 4
    extent = extent if is_small else 2.0 * extent
    parts: list[I64] = []
    sizes = 0
    for cell, rows in _classes(boxes, max(extent, 1.0)):
        grid = _grid(boxes, rows, cell, lifts)
        among = np.zeros(len(boxes), dtype=np.bool_)
        among[rows] = True
        parts += run_in_chunks(_box_pairs, len(table), table, grown, boxes, grid, among, lifts)
        sizes += 1
    if len(parts) == 1:
        return parts[0]
    keys = np.concatenate([np.empty(0, np.int64), *parts])
    return keys if sizes < 2 else np.sort(keys)


@compiled
def _reached(first: int, last: int, table: F64, k: I32, grown: F64, boxes: F64, out: Bool) -> None:
    for row in range(first, last):
        x, y = table[k[row], X0], table[k[row], Y0]
        dx, dy = table[k[row], X1] - x, table[k[row], Y1] - y
        out[row] = comes_into(x, y, dx, dy, grown[row], boxes, row)


def reached_by_boxes(table: F64, k: I32, grown: F64, boxes: F64) -> Bool:
    """Whether `pairs_with_boxes` has segment `k` with a box, pair by pair; grown likewise."""
    out = np.empty(len(k), dtype=np.bool_)
    run_in_chunks(_reached, len(k), table, k, grown, boxes, out)
    return out & ~np.isnan(grown) & ~np.isnan(boxes).any(axis=1)
