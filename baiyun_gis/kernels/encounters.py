"""Lines in boxes that are not theirs, and points next to each other."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.candidates import with_room
from baiyun_gis.kernels.cells import (
    SLACK_M,
    Cells,
    cells_of_boxes,
    columns_between,
    columns_in_line,
    lines_between,
)
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.ordering import sorted_distinct
from baiyun_gis.kernels.segments import (
    PIPE,
    X0,
    X1,
    Y0,
    Y1,
    Segments,
    extent_of_axes,
    owned,
    table_of,
)

_LEAST_CELL_M = 16.0


class Encounters(NamedTuple):
    """Segments `i` in boxes `k` that are not theirs, in order; pipes that come into their own.

    `own` (pipes, 2) says so of the pipe's first and second box.
    """

    i: I32
    k: I32
    own: Bool


class _Lines(NamedTuple):
    """Axes in plan and how far around them counts, by segment; NaN where nowhere."""

    x0: F64
    y0: F64
    x1: F64
    y1: F64
    pipe: I32
    reach: F64


@compiled
def _comes_into(x: Any, y: Any, dx: Any, dy: Any, by: Any, boxes: F64, row: Any) -> Any:
    """Does a straight line come into a box grown by `by`."""
    west, south = boxes[row, 0] - by, boxes[row, 1] - by
    east, north = boxes[row, 2] + by, boxes[row, 3] + by
    if max(x, x + dx) < west or min(x, x + dx) > east:
        return False
    if max(y, y + dy) < south or min(y, y + dy) > north:
        return False
    # Neither side lies between them; then only the line itself can.
    wx, wy = west + east - 2.0 * x, south + north - 2.0 * y
    reach = (east - west) * abs(dy) + (north - south) * abs(dx)
    return abs(dx * wy - dy * wx) <= reach


@compiled
def _encounters(
    first: int, last: int, lines: _Lines, boxes: F64, owner: I32, owners: I32, cells: Cells,
    own: Bool,
) -> I64:  # fmt: skip
    """Foreign boxes, as segment·2³² + box, of the segments in a range; each perhaps twice.

    `boxes` and `owner` are in order of the cells' items.
    """
    found, count = np.empty(1024, np.int64), 0
    x0, y0, x1, y1, pipe_of, reach = lines
    frame, start, item = cells
    for k in range(first, last):
        x, y, by = x0[k], y0[k], reach[k]
        dx, dy = x1[k] - x, y1[k] - y
        if not math.isfinite(x + y + dx + dy + by):
            continue
        pipe, wide = pipe_of[k], by + SLACK_M
        mine, other = owners[pipe, 0], owners[pipe, 1]
        x_low, x_high = min(x, x + dx) - wide, max(x, x + dx) + wide
        y_low, y_high = min(y, y + dy) - wide, max(y, y + dy) + wide
        low, high = lines_between(frame, y_low, y_high)
        west, east = columns_between(frame, x_low, x_high)
        is_long = high - low > 1 and east - west > 1
        for line in range(low, high + 1):
            left, right = west, east
            if is_long:
                left, right = columns_in_line(frame, line, x, y, dx, dy, wide)
            at = line * frame.columns
            for place in range(start[at + left], start[at + right + 1]):
                if boxes[place, 0] > x_high or boxes[place, 2] < x_low:
                    continue
                if boxes[place, 1] > y_high or boxes[place, 3] < y_low:
                    continue
                if not _comes_into(x, y, dx, dy, by, boxes, place):
                    continue
                whose = owner[place]
                if whose in (mine, other):
                    own[pipe, 0 if whose == mine else 1] = True
                    continue
                if count == len(found):
                    found = with_room(found)
                found[count] = (np.int64(k) << 32) | item[place]
                count += 1
    return found[:count]


@compiled
def _encounters_of_few(
    table: F64, reach: F64, boxes: F64, owner: I32, owners: I32, own: Bool
) -> I64:  # fmt: skip
    """The same of few segments and boxes, each with each; in order, none twice."""
    found, count = np.empty(64, np.int64), 0
    for k in range(len(table)):
        x, y, by = table[k, X0], table[k, Y0], reach[k]
        dx, dy = table[k, X1] - x, table[k, Y1] - y
        if not math.isfinite(x + y + dx + dy + by):
            continue
        pipe = np.int64(table[k, PIPE])
        for place in range(len(boxes)):
            if not _comes_into(x, y, dx, dy, by, boxes, place):
                continue
            whose = owner[place]
            if whose == owners[pipe, 0]:
                own[pipe, 0] = True
            elif whose == owners[pipe, 1]:
                own[pipe, 1] = True
            else:
                if count == len(found):
                    found = with_room(found)
                found[count] = (np.int64(k) << 32) | np.int64(place)
                count += 1
    return found[:count]


FEW = 20_000
"""So few pairs are looked at one by one."""


def encounters_of(
    seg: Segments, reach_m: F64, boxes: F64, *, owner: I32, owners: I32
) -> Encounters:
    """Where axes come within `reach_m` (by segment, NaN nowhere) of boxes (n, 4) of others.

    Box k belongs to `owner[k]`; those of the two `owners` (pipes, 2) of a pipe are its own, the
    first where both are one. Boxes and segments without a place meet nothing.
    """
    own = np.zeros((len(owners), 2), dtype=np.bool_)
    none = np.zeros(0, dtype=np.int32)
    if not len(boxes) or not len(seg.x0):
        return Encounters(none, none, own)
    around, reach = owned(boxes, np.float64), owned(reach_m, np.float64)
    whose, all_owners = owned(owner, np.int32), owned(owners, np.int32)
    if np.count_nonzero(reach == reach) * len(boxes) <= FEW:  # as NaN is not
        keys = _encounters_of_few(table_of(seg), reach, around, whose, all_owners, own)
        return Encounters((keys >> 32).astype(np.int32), keys.astype(np.int32), own)
    x0, y0, x1, y1 = (owned(c, np.float64) for c in (seg.x0, seg.y0, seg.x1, seg.y1))
    lines = _Lines(x0, y0, x1, y1, owned(seg.pipe, np.int32), reach)
    wide = float(np.max(lines.reach, initial=0.0, where=np.isfinite(lines.reach)))
    low, high = extent_of_axes(seg)
    within = low - wide - SLACK_M, high + wide + SLACK_M
    cells = cells_of_boxes(around, within, least_m=_LEAST_CELL_M)
    # In order of the cells, so that what is looked at together lies together.
    there, theirs = np.take(around, cells.item, axis=0), np.take(whose, cells.item)
    found = run_in_chunks(_encounters, len(seg.x0), lines, there, theirs, all_owners, cells, own)
    keys = sorted_distinct(np.concatenate([np.empty(0, np.int64), *found]))
    return Encounters((keys >> 32).astype(np.int32), keys.astype(np.int32), own)


@compiled
def _neighbours(
    first: int, last: int, xy: F64, reach: F64, kind: I32, furthest: float, cells: Cells
) -> I64:  # fmt: skip
    """Pairs, as first·2³² + second, of the points in a range with later ones of their kind."""
    found, count = np.empty(1024, np.int64), 0
    frame, start, item = cells
    for one in range(first, last):
        x, y = xy[one, 0], xy[one, 1]
        if not math.isfinite(x + y):
            continue
        low, high = lines_between(frame, y - furthest, y + furthest)
        left, right = columns_between(frame, x - furthest, x + furthest)
        for line in range(low, high + 1):
            at = line * frame.columns
            for place in range(start[at + left], start[at + right + 1]):
                two = item[place]
                if two <= one or kind[one] != kind[two]:
                    continue
                dx, dy = xy[two, 0] - x, xy[two, 1] - y
                within = max(reach[one], reach[two]) + SLACK_M
                if not dx * dx + dy * dy <= within * within:
                    continue
                if count == len(found):
                    found = with_room(found)
                found[count] = (np.int64(one) << 32) | two
                count += 1
    return found[:count]


@compiled
def _neighbours_of_few(xy: F64, reach: F64, kind: I32) -> I64:
    """The same of few points, each with each."""
    found, count = np.empty(64, np.int64), 0
    for one in range(len(xy)):
        for two in range(one + 1, len(xy)):
            dx, dy = xy[two, 0] - xy[one, 0], xy[two, 1] - xy[one, 1]
            within = max(reach[one], reach[two]) + SLACK_M
            if kind[one] != kind[two] or not dx * dx + dy * dy <= within * within:
                continue
            if count == len(found):
                found = with_room(found)
            found[count] = (np.int64(one) << 32) | np.int64(two)
            count += 1
    return found[:count]


def neighbours_of(xy: F64, reach_m: F64, kind: I32) -> tuple[I64, I64]:
    """Pairs of points (n, 2) of one kind no further apart than the larger of their reaches.

    Rounding never drops one: those that are a hair's breadth further are there too. In order, the
    earlier point first.
    """
    spots, reach = owned(xy, np.float64), owned(reach_m, np.float64)
    if len(spots) * len(spots) <= FEW:
        keys = _neighbours_of_few(spots, reach, owned(kind, np.int32))
        return keys >> 32, keys & 0xFFFFFFFF
    furthest = float(np.fmax.reduce(reach, initial=0.0)) + 2 * SLACK_M
    boxes = np.concatenate([spots, spots], axis=1)
    anywhere = np.full(2, -np.inf), np.full(2, np.inf)
    cells = cells_of_boxes(boxes, anywhere, least_m=max(_LEAST_CELL_M, furthest))
    kinds = owned(kind, np.int32)
    found = run_in_chunks(_neighbours, len(spots), spots, reach, kinds, furthest, cells)
    keys = np.sort(np.concatenate([np.empty(0, np.int64), *found]))
    return keys >> 32, keys & 0xFFFFFFFF
