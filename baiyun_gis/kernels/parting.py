"""Where two bodies come nearest, which way parts them, and how round walls part aside."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I64
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import (
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    PairRows,
)
from baiyun_gis.kernels.two_places import (
    ASIDE,
    AT,
    BEND,
    GRADIENT,
    RADIUS,
    TOWARDS,
)

_ALONG = 0.05
"""Axes at less than this (sine) lie along each other: their nearest points hardly slide."""

Nine = tuple[F64, F64, F64, F64, F64, F64, F64, F64, F64]
Two = tuple[F64, F64]


@compiled
def _crossed(one: F64, other: F64, out: F64) -> None:
    out[0] = one[1] * other[2] - one[2] * other[1]
    out[1] = one[2] * other[0] - one[0] * other[2]
    out[2] = one[0] * other[1] - one[1] * other[0]


@compiled
def _size(one: F64) -> float:
    return math.sqrt(one[0] * one[0] + one[1] * one[1] + one[2] * one[2])


@compiled
def _axis(table: F64, k: int, out: F64) -> None:
    out[0], out[1] = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    out[2] = table[k, Z1] - table[k, Z0]


@compiled
def ways_apart(
    first: int, last: int, rows: PairRows, some: I64, gap: Nine, plan: Two, tolerance: float,
    out: F64,
) -> None:  # fmt: skip
    """How bodies part that are `gap` (as in `BodyGap`) from each other: rows of places of `some` of
    the pairs, see `two_places`.

    Stations in `plan` stand for those nobody knows. Round walls beside each other part by a shift
    square to the line between them; not so where the nearest points lie within both axes: they
    slide along. `tolerance` (m) is taken off the radii.
    """
    table, left, right = rows
    a, b, side, turn = np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3)
    for k in range(first, last):
        row, one = int(some[k]), out[k]
        p, q = left[row], right[row]
        one[:] = np.nan
        for end in range(2):
            station = gap[7 + end][row]
            one[AT + end] = plan[end][row] if math.isnan(station) else station
        way = one[GRADIENT : GRADIENT + 3]
        _axis(table, p, a)
        _axis(table, q, b)
        is_box = table[p, RECTANGLE] > 0.0 or table[q, RECTANGLE] > 0.0
        # Bodies that just touch have no direction of their own: that from axis to axis where they
        # are round, else up, height being the less certain.
        way[0], way[1], way[2] = 0.0, 0.0, 1.0
        if abs(gap[0][row]) > 1e-9:
            for axis in range(3):
                way[axis] = (gap[4 + axis][row] - gap[1 + axis][row]) / gap[0][row]
        elif not is_box:
            for axis in range(3):
                turn[axis] = table[q, axis] + one[AT + 1] * b[axis]
                turn[axis] -= table[p, axis] + one[AT] * a[axis]
            apart = _size(turn)
            if apart > 1e-9:
                for axis in range(3):
                    way[axis] = turn[axis] / apart
        in_a = one[AT] > 1e-6 and one[AT] < 1 - 1e-6
        in_b = one[AT + 1] > 1e-6 and one[AT + 1] < 1 - 1e-6
        _crossed(a, b, turn)
        length = _size(a) * _size(b)
        parallel = _size(turn) < _ALONG * (max(length, 1e-12))
        along = a if in_a else b
        _crossed(along, way, side)
        size = _size(side)
        # Where they just touch the axes lie both radii apart.
        axes = table[p, WIDTH] + table[q, WIDTH]
        slides = in_a and in_b and not parallel
        bends = not (slides or is_box) and size > 1e-9 and axes > 1e-3
        share, root = (1.0 / size if bends else 0.0), math.sqrt(axes if bends else 1.0)
        reach = _size(along)
        reach = max(reach, 1e-12)
        for axis in range(3):
            aside = side[axis] * share
            one[ASIDE + axis], one[BEND + axis] = aside, aside / root
            turn[axis] = along[axis] / reach
        _crossed(turn, one[ASIDE : ASIDE + 3], one[TOWARDS : TOWARDS + 3])
        one[RADIUS] = axes - tolerance if bends else np.nan
