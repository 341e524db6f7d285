"""Are two pipe bodies nearer than a distance: a yes or no, mostly without the exact gap."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, Bool
from baiyun_gis.kernels.axes import nearest_stations
from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import (
    FLAT0,
    FLAT1,
    HEIGHT,
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    PairRows,
    Segments,
    pair_rows,
)

_NO, _YES, _OPEN = 0, 1, 2


@compiled
def _half(table: F64, p: int) -> float:
    """How far a body reaches from its axis beside it."""
    if table[p, RECTANGLE] > 0.0:
        return math.hypot(table[p, WIDTH], table[p, HEIGHT])
    return table[p, WIDTH]


@compiled
def _is_round_at(table: F64, p: int, t: float) -> bool:
    """Does a circular wall go all round the axis at a station."""
    if table[p, RECTANGLE] > 0.0:
        return False
    return (t > 0.0 or table[p, FLAT0] == 0.0) and (t < 1.0 or table[p, FLAT1] == 0.0)


@compiled
def _answers(first: int, last: int, rows: PairRows, within: float, out: I8) -> None:
    """What the axes alone say of the pairs in a range.

    Bodies lie within their half sizes of their axes, and the axes lie in the bodies.
    """
    table, left, right = rows
    for row in range(first, last):
        p, q = left[row], right[row]
        ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
        vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
        uz, vz = table[p, Z1] - table[p, Z0], table[q, Z1] - table[q, Z0]
        wx, wy = table[p, X0] - table[q, X0], table[p, Y0] - table[q, Y0]
        wz = table[p, Z0] - table[q, Z0]
        s, t = nearest_stations(ux, uy, uz, vx, vy, vz, wx, wy, wz)
        x, y, z = wx + s * ux - t * vx, wy + s * uy - t * vy, wz + s * uz - t * vz
        apart = math.sqrt(x * x + y * y + z * z)
        room = apart - _half(table, p) - _half(table, q)
        if room > within:
            out[row] = _NO
        elif apart <= within or (
            room <= within and _is_round_at(table, p, s) and _is_round_at(table, q, t)
        ):
            out[row] = _YES
        else:
            out[row] = _OPEN


def within_distance(seg: Segments, i: I32, j: I32, within_m: float) -> Bool:
    """Which pairs of bodies are no further apart than `within_m`; False where one is unknown.

    The exact gap is worked out only where a flat end or a corner decides.
    """
    out = np.empty(len(i), dtype=np.int8)
    run_in_chunks(_answers, len(i), pair_rows(seg, i, j), float(within_m), out)
    near = out == _YES
    unsure = np.flatnonzero(out == _OPEN)
    near[unsure] = body_gap(seg, i[unsure], j[unsure]).gap <= within_m
    return near
