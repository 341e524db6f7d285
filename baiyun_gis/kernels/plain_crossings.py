"""Crossings with so much room in height that no error of the survey could use it up."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.segments import (
    HEIGHT,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    PairRows,
    Segments,
    owned,
    pair_rows,
)
from baiyun_gis.kernels.vertical import at_crossing

_FLAT_SINE = 1e-12


@compiled
def slope_of(table: F64, k: int) -> tuple[float, float, float]:
    """Rise a metre in plan, and the direction in plan."""
    x, y = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    length = max(math.sqrt(x * x + y * y), 1e-9)
    return (table[k, Z1] - table[k, Z0]) / length, x / length, y / length


@compiled
def crossing_doubt(
    one: tuple[float, float, float], two: tuple[float, float, float], flat: float, up: float
) -> float:  # fmt: skip
    """Deviation of the height of one line over the other where they cross; infinite without end.

    `flat` and `up` are the squares of both their deviations, added up.
    """
    sine = one[1] * two[2] - one[2] * two[1]
    if abs(sine) < _FLAT_SINE:
        return np.inf
    # A shift in plan moves the crossing along both slopes.
    x = (one[0] * two[2] - two[0] * one[2]) / sine
    y = (two[0] * one[1] - one[0] * two[1]) / sine
    return math.sqrt((x * x + y * y) * flat + up)


@compiled
def height_above(table: F64, p: int, q: int, at: float, foot: float) -> float:
    """How far p's axis at station `at` lies above q's at `foot`."""
    above = table[p, Z0] + (table[p, Z1] - table[p, Z0]) * at
    return above - table[q, Z0] - (table[q, Z1] - table[q, Z0]) * foot


class Enough(NamedTuple):
    """How far apart surfaces may be for anybody to ask how far: by kind (m), with the kind of each
    pair, and how many deviations beside that."""

    least: F64
    of: I32
    sigmas: float


class CrossingHeights(NamedTuple):
    """At crossings: the distance of the facing surfaces, whether `i` lies above, how far its axis
    lies above `j`'s, and how much that may be out; NaN where unknown (m).

    Where there is far more room than enough the distance is a lower bound.
    """

    clearance: F64
    a_above: Bool
    rise: F64
    doubt: F64


@compiled
def _most_reach(table: F64, k: int, slope: float) -> float:
    """No wall reaches further over its axis, or under it, than this."""
    wide = table[k, WIDTH]
    return max(wide, table[k, HEIGHT]) * (1.0 + abs(slope)) + wide * abs(slope)


Sigmas = tuple[F64, F64, F64, F64]
"""Deviations in plan at both ends of segments, then in height (m)."""


@put_in_place
def _square_of_worse(one: Any, two: Any) -> Any:
    """The square of the larger deviation; NaN where either is."""
    worse = one if one > two or math.isnan(one) else two
    return worse * worse


@compiled
def _crossing_heights(
    first: int, last: int, pairs: PairRows, i: I32, j: I32, sigma: Sigmas,
    enough: Enough, out: CrossingHeights,
) -> None:  # fmt: skip
    xy0, xy1, z0, z1 = sigma
    table, left, right = pairs
    walls = np.empty(6)
    for row in range(first, last):
        p, q, a, b = left[row], right[row], i[row], j[row]
        wx, wy = table[p, X0] - table[q, X0], table[p, Y0] - table[q, Y0]
        ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
        vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
        s, t = nearest_in_plan(ux, uy, vx, vy, wx, wy)
        one, two = slope_of(table, p), slope_of(table, q)
        flat = _square_of_worse(xy0[a], xy1[a]) + _square_of_worse(xy0[b], xy1[b])
        up = _square_of_worse(z0[a], z1[a]) + _square_of_worse(z0[b], z1[b])
        doubt, rise = crossing_doubt(one, two, flat, up), height_above(table, p, q, s, t)
        out.rise[row], out.doubt[row] = rise, doubt
        room = abs(rise) - _most_reach(table, p, one[0]) - _most_reach(table, q, two[0])
        if room > enough.least[enough.of[row]] + enough.sigmas * doubt:
            out.clearance[row], out.a_above[row] = room, rise > 0.0
            continue
        at_crossing(table, p, q, s, t, walls)
        out.clearance[row], out.a_above[row] = walls[0], walls[1] > 0.0


def crossing_heights(
    seg: Segments, i: I32, j: I32, *, sigma_m: Sigmas, enough: Enough
) -> CrossingHeights:
    """The heights of pairs whose axes meet in plan, taken plumb where they meet.

    Deviations are those of all segments, each erring as its worse end. Beyond `enough` a distance
    is not measured.
    """
    clearance, rise, doubt = np.empty((3, len(i)))
    out = CrossingHeights(clearance, np.empty(len(i), dtype=np.bool_), rise, doubt)
    xy0, xy1, z0, z1 = (owned(column, np.float64) for column in sigma_m)
    sigma = xy0, xy1, z0, z1
    ends = owned(i, np.int32), owned(j, np.int32)
    run_in_chunks(_crossing_heights, len(i), pair_rows(seg, i, j), *ends, sigma, enough, out)
    return out
