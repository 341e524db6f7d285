"""Boxes that reach further to lower segments, and how much further any near one does."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1

_TOPS_M = 64.0
_LARGE_M = 20 * _TOPS_M


class Lifts(NamedTuple):
    """Boxes that reach further to segments below them.

    By as much as a box's `head` lies above a segment's `foot`, by `most` metres at most; not
    further where either is NaN. Without feet all are alike.
    """

    head: F64
    foot: F64
    most: float


ALIKE = Lifts(np.empty(0), np.empty(0), 0.0)


class Tops(NamedTuple):
    """The highest head within `_TOPS_M` of each cell of a wide grid, and of all.

    A cell's place is its column plus `across` times its row, modulo the number of places less one
    (`mask`); cells that share one have the higher of both.
    """

    value: F64
    mask: int
    across: int
    highest: float


@compiled
def _index(value: Any) -> Any:
    return np.int64(math.floor(value / _TOPS_M))


@compiled
def lift_of(above: Any, most: Any) -> Any:
    """How much further a box reaches whose head is so much above a foot."""
    return min(above, most) if above > 0.0 else 0.0


@compiled
def most_lift(table: F64, k: Any, by: Any, foot: Any, most: Any, tops: Tops) -> Any:
    """How much further a segment is reached from any head near it, at most."""
    lift = lift_of(tops.highest - foot, most)
    if lift == 0.0:
        return 0.0
    dx, dy = 0.5 * (table[k, X1] - table[k, X0]), 0.5 * (table[k, Y1] - table[k, Y0])
    if by + lift + max(abs(dx), abs(dy)) > _TOPS_M - 1.0:
        return lift
    line, column = _index(table[k, Y0] + dy), _index(table[k, X0] + dx)
    return lift_of(tops.value[(line * tops.across + column) & tops.mask] - foot, most)


@compiled
def _raised(boxes: F64, rows: I32, head: F64, tops: Tops) -> None:
    """Enter the heads of boxes into the cells near them."""
    for row in rows:
        west = _index(boxes[row, 0] - _TOPS_M)
        east = _index(boxes[row, 2] + _TOPS_M)
        south = _index(boxes[row, 1] - _TOPS_M)
        for line in range(south, _index(boxes[row, 3] + _TOPS_M) + 1):
            for column in range(west, east + 1):
                place = (line * tops.across + column) & tops.mask
                if head[row] > tops.value[place]:
                    tops.value[place] = head[row]


def tops_of(boxes: F64, rows: I32, lifts: Lifts) -> Tops:
    """The highest heads of some boxes."""
    if not len(lifts.foot):
        return Tops(np.empty(0), 0, 0, 0.0)
    size = 1 << max(10, int(8 * len(rows)).bit_length())
    across = int(np.ptp(boxes[rows, 0]) / _TOPS_M) + 8
    known = rows[~np.isnan(lifts.head[rows])]
    highest = float(lifts.head[known].max(initial=-np.inf))
    tops = Tops(np.full(size, -np.inf), size - 1, min(across, 1 << 16), highest)
    sides = boxes[known, 2:] - boxes[known, :2]
    if np.max(sides, initial=0.0) > _LARGE_M:
        tops.value[:] = highest  # near everything: which are near tells little
    else:
        _raised(boxes, known, lifts.head, tops)
    return tops
