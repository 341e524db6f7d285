"""How far the axes of lines that lie over each other are apart in height, end by end."""

from __future__ import annotations

import math

from baiyun_gis.arrays import F64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.plain_crossings import height_above
from baiyun_gis.kernels.segments import (
    X0,
    X1,
    Y0,
    Y1,
    PairRows,
)

FROM_T, TO_T, FROM_B, TO_B, FROM_M, TO_M = range(6)


@compiled
def _foot(table: F64, p: int, q: int, t: float) -> float:
    """Station on q's endless axis beside a station of p's."""
    x = table[p, X0] + (table[p, X1] - table[p, X0]) * t
    y = table[p, Y0] + (table[p, Y1] - table[p, Y0]) * t
    dx, dy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    along = (x - table[q, X0]) * dx + (y - table[q, Y0]) * dy
    return along / max(dx * dx + dy * dy, 1e-12)


@compiled
def _within(value: float) -> float:
    return 0.0 if value < 0.0 else (min(value, 1.0))


@compiled
def rises_of_axes(
    first: int, last: int, rows: PairRows, beside: Bool, at: F64, span: F64, out: F64
) -> None:  # fmt: skip
    """From and to station on i, the same on j, and how far i's axis lies above there (m): rows of
    `out` as named, (6, n).

    Where they lie `beside` each other `span` (2, n) says from where to where on i they overlap;
    elsewhere both ends are the stations `at` (2, n) on i and j.
    """
    table, left, right = rows
    for row in range(first, last):
        p, q = left[row], right[row]
        low = high = at[0, row]
        foot = far = at[1, row]
        if beside[row]:
            from_t, to_t = span[0, row], span[1, row]
            start, stop = _foot(table, p, q, from_t), _foot(table, p, q, to_t)
            slope = (stop - start) / (to_t - from_t)
            one, two = from_t + (0.0 - start) / slope, from_t + (1.0 - start) / slope
            # The smaller and the larger of what there is; NaN where there is neither.
            least = two if math.isnan(one) or two < one else one
            most = two if math.isnan(one) or two > one else one
            from_t = least if math.isnan(from_t) or least > from_t else from_t
            to_t = most if math.isnan(to_t) or most < to_t else to_t
            # Where the axes are nowhere beside each other (an end over an edge) the nearest
            # points stay.
            if from_t <= to_t and abs(stop - start) > 1e-9:
                low, high = from_t, to_t
                foot, far = _within(_foot(table, p, q, low)), _within(_foot(table, p, q, high))
        out[FROM_T, row], out[TO_T, row] = low, high
        out[FROM_B, row], out[TO_B, row] = foot, far
        out[FROM_M, row] = height_above(table, p, q, low, foot)
        out[TO_M, row] = height_above(table, p, q, high, far)


@compiled
def points_of_axes(
    first: int, last: int, rows: PairRows, at: F64, origin: tuple[float, float], out: F64
) -> None:  # fmt: skip
    """The points of both axes at stations `at` (2, n), moved by `origin`: (2, n, 3)."""
    table, left, right = rows
    for row in range(first, last):
        for side in range(2):
            k, t = (left[row] if side == 0 else right[row]), at[side, row]
            for axis in range(3):
                start, stop = table[k, X0 + axis], table[k, X1 + axis]
                out[side, row, axis] = start + (stop - start) * t
            out[side, row, 0] += origin[0]
            out[side, row, 1] += origin[1]
            out[side, row, 2] += 0.0  # no level is -0.0
