"""Crossings with so much room in height that no error of the survey could use it up."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, Z0, Z1, PairRows, Segments, owned, pair_rows

_FLAT_SINE = 1e-12


@compiled
def _slope(table: F64, k: int, out: F64) -> float:
    """Rise a metre in plan; the direction in plan into `out`."""
    x, y = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    length = max(math.hypot(x, y), 1e-9)
    out[0], out[1] = x / length, y / length
    return (table[k, Z1] - table[k, Z0]) / length


@compiled
def _rooms(
    first: int, last: int, pairs: PairRows, i: I32, j: I32, flat: F64, up: F64, room: F64, out: Bool
) -> None:  # fmt: skip
    """Whether room above what is asked exceeds all doubt; deviations are of segments `i`, `j`."""
    u, v = np.empty(2), np.empty(2)
    for row in range(first, last):
        p, q = i[row], j[row]
        sigma_xy, sigma_z = math.hypot(flat[p], flat[q]), math.hypot(up[p], up[q])
        one = _slope(pairs.table, pairs.left[row], u)
        two = _slope(pairs.table, pairs.right[row], v)
        sine = u[0] * v[1] - u[1] * v[0]
        if abs(sine) < _FLAT_SINE:
            out[row] = False
            continue
        # A shift in plan moves the crossing along both slopes.
        x, y = (one * v[1] - two * u[1]) / sine, (two * u[0] - one * v[0]) / sine
        doubt = math.hypot(math.hypot(x, y) * sigma_xy, sigma_z)
        out[row] = room[row] > doubt


def has_room(
    seg: Segments, i: I32, j: I32, *, sigma_xy_m: F64, sigma_z_m: F64, room_sigmas_m: F64
) -> Bool:
    """Crossings whose height differs by more than all doubt from where it would fail.

    Deviations are those of all segments, each erring as its worse end; `room_sigmas_m` is of the
    pairs, the distance to failing for each sigma that counts. False where it is NaN.
    """
    out = np.empty(len(i), dtype=np.bool_)
    columns = [owned(c, np.float64) for c in (sigma_xy_m, sigma_z_m, room_sigmas_m)]
    ends = owned(i, np.int32), owned(j, np.int32)
    run_in_chunks(_rooms, len(i), pair_rows(seg, i, j), *ends, *columns, out)
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
