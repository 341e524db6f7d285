"""Crossings with so much room in height that no error of the survey could use it up."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, Z0, Z1, PairRows, Segments, owned, pair_rows

_FLAT_SINE = 1e-12


@compiled
def _slope(table: F64, k: int, out: F64) -> float:
    """Rise a metre in plan; the direction in plan into `out`."""
    x, y = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    length = max(math.sqrt(x * x + y * y), 1e-9)
    out[0], out[1] = x / length, y / length
    return (table[k, Z1] - table[k, Z0]) / length


@compiled
def _doubts(
    first: int, last: int, pairs: PairRows, i: I32, j: I32, flat: F64, up: F64, out: F64
) -> None:  # fmt: skip
    """Deviation of the height of one line over the other where they cross; infinite without end."""
    u, v = np.empty(2), np.empty(2)
    for row in range(first, last):
        p, q = i[row], j[row]
        one = _slope(pairs.table, pairs.left[row], u)
        two = _slope(pairs.table, pairs.right[row], v)
        sine = u[0] * v[1] - u[1] * v[0]
        if abs(sine) < _FLAT_SINE:
            out[row] = np.inf
            continue
        # A shift in plan moves the crossing along both slopes.
        x, y = (one * v[1] - two * u[1]) / sine, (two * u[0] - one * v[0]) / sine
        in_plan = (x * x + y * y) * (flat[p] * flat[p] + flat[q] * flat[q])
        out[row] = math.sqrt(in_plan + up[p] * up[p] + up[q] * up[q])


def crossing_doubts(seg: Segments, i: I32, j: I32, *, sigma_xy_m: F64, sigma_z_m: F64) -> F64:
    """Deviation of the height of `i` over `j` at their crossing, as large as it can be (m).

    Deviations are those of all segments, each erring as its worse end. Infinite where they lie
    along each other; NaN where something is unknown.
    """
    out = np.empty(len(i))
    columns = [owned(c, np.float64) for c in (sigma_xy_m, sigma_z_m)]
    ends = owned(i, np.int32), owned(j, np.int32)
    run_in_chunks(_doubts, len(i), pair_rows(seg, i, j), *ends, *columns, out)
    return out


@compiled
def _heights(first: int, last: int, pairs: PairRows, at: F64, foot: F64, out: F64) -> None:
    table = pairs.table
    for row in range(first, last):
        p, q = pairs.left[row], pairs.right[row]
        above = table[p, Z0] + (table[p, Z1] - table[p, Z0]) * at[row]
        out[row] = above - table[q, Z0] - (table[q, Z1] - table[q, Z0]) * foot[row]


def axis_heights(seg: Segments, i: I32, j: I32, at: F64, foot: F64) -> F64:
    """How far `i`'s axis at station `at` lies above `j`'s at `foot`; NaN where a level is."""
    out = np.empty(len(i))
    columns = [owned(c, np.float64) for c in (at, foot)]
    run_in_chunks(_heights, len(i), pair_rows(seg, i, j), *columns, out)
    return out
