"""How far axes lie aside of each other at two places, and how sure that is."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.end_errors import POINT, XY, weight
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, PairRows, Segments, owned, pair_rows

_ENDS = 4


@compiled
def _covariance(own: F64, one: F64, two: F64) -> float:
    """Covariance of the distances at two places (stations on a and b)."""
    total = 0.0
    for first in range(_ENDS):
        for second in range(_ENDS):
            if own[POINT + first] == own[POINT + second]:
                both = own[XY + first] * own[XY + second]
                total += weight(own, first, one) * weight(own, second, two) * both
    return total


@compiled
def _asides(
    first: int, last: int, rows: PairRows, errors: F64, places: F64, out: F64
) -> None:  # fmt: skip
    """Columns of distance aside at both places, deviation at both, correlation."""
    table, left, right = rows
    for row in range(first, last):
        p, q, own = left[row], right[row], errors[row]
        ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
        size = math.hypot(ux, uy)
        for place in range(2):
            s, t = places[place, row, 0], places[place, row, 1]
            x = table[q, X0] + t * (table[q, X1] - table[q, X0]) - table[p, X0] - s * ux
            y = table[q, Y0] + t * (table[q, Y1] - table[q, Y0]) - table[p, Y0] - s * uy
            out[place, row] = (ux * y - uy * x) / size if size > 0.0 else 0.0
            at = places[place, row]
            square = _covariance(own, at, at)
            out[2 + place, row] = 0.0 if square < 0.0 else math.sqrt(square)
        scale = out[2, row] * out[3, row]
        both = _covariance(own, places[0, row], places[1, row])
        out[4, row] = both / scale if scale > 0.0 else 1.0


def asides(seg: Segments, i: I32, j: I32, errors: F64, places: tuple[F64, F64]) -> F64:
    """How far the axes of `j` lie aside of those of `i` at stations (n, 2) on both of two places,
    the deviations of that, and the correlation of both; (5, n).

    `errors` (n, 16) as of `end_errors_of`; errors of a point that both share cancel.
    """
    out, stations = np.empty((5, len(i))), np.empty((2, len(i), 2))
    stations[0], stations[1] = places
    run_in_chunks(_asides, len(i), pair_rows(seg, i, j), owned(errors, np.float64), stations, out)
    return out
