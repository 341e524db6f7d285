"""How surely two flat-topped bodies lie over each other at all, their places in plan in doubt.

What lies beside another has no vertical clearance to it, however high it lies. For round walls
the disc itself says so (`two_places`); flat ones keep their height up to the edge. Errors in plan
and in height have nothing to do with each other.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, Bool
from baiyun_gis.kernels.chances import below, both_below, chance_of
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.end_errors import ERRORS, Surveyed, errors_of_pair
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, PairRows
from baiyun_gis.kernels.two_places import (
    AT,
    CHANCE,
    FLAT,
    LEAST_M,
    SHORT,
    SIGMA,
    STRETCH,
    covariance_of,
)

_KNOWN_M = 1e-9
_FURTHEST = 30.0
_TIED = 1.0 - 1e-6


@compiled
def _far_end(place: F64, out: F64) -> None:
    """Where the distance is least, and the far end of its stretch; twice the same without one."""
    s, first, last = place[AT], place[STRETCH], place[STRETCH + 2]
    far = STRETCH + 2 if abs(last - s) >= abs(first - s) else STRETCH
    for side in range(2):
        at, other = place[AT + side], place[far + side]
        out[0, side], out[1, side] = at, at if math.isnan(other) else other


@compiled
def _aside(table: F64, p: int, q: int, s: float, t: float) -> float:
    """How far q's axis at t lies to the left of p's at s."""
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    size = math.hypot(ux, uy)
    x = table[q, X0] + t * (table[q, X1] - table[q, X0]) - table[p, X0] - s * ux
    y = table[q, Y0] + t * (table[q, Y1] - table[q, Y0]) - table[p, Y0] - s * uy
    return (ux * y - uy * x) / size if size > 0.0 else 0.0


@compiled
def _over(aside: float, sigma: float, width: float) -> float:
    """The chance that they lie over each other at a place; `width` is of both half widths."""
    if sigma > _KNOWN_M:
        return below((width - aside) / sigma) - below((-width - aside) / sigma)
    return 1.0 if abs(aside) < width else 0.0


@compiled
def _over_either(asides: F64, sigmas: F64, correlation: float, width: float) -> float:
    """The chance that they do at one of the two places at least."""
    one, two = _over(asides[0], sigmas[0], width), _over(asides[1], sigmas[1], width)
    if min(sigmas[0], sigmas[1]) <= _KNOWN_M:
        return 1.0 - (1.0 - one) * (1.0 - two)
    rho, beyond = min(_TIED, max(-_TIED, correlation)), 0.0
    for way in (1.0, -1.0):  # both beyond one edge; beyond both at once is next to nothing
        h = min(_FURTHEST, max(-_FURTHEST, (way * asides[0] - width) / sigmas[0]))
        k = min(_FURTHEST, max(-_FURTHEST, (way * asides[1] - width) / sigmas[1]))
        beyond += both_below(h, k, rho)
    return min(1.0, max(1.0 - beyond, one, two))


@compiled
def over_and_short(
    rows: PairRows, of: Surveyed, places: F64, weighed: Bool, out: F64
) -> None:  # fmt: skip
    """Make the chances of flat tops (`out`, as `both_places` fills it) those of lying over each
    other where they are too near in height; only what is `weighed`, all where that is empty."""
    own, at = np.empty(ERRORS), np.empty((2, 2))
    asides, sigmas = np.empty(2), np.empty(2)
    for row in range(len(places)):
        width, either = places[row, FLAT], out[CHANCE, row]
        if not (width > LEAST_M and either > 0.0) or (len(weighed) and not weighed[row]):
            continue
        p, q = rows.left[row], rows.right[row]
        errors_of_pair(of, p, q, own)
        _far_end(places[row], at)
        for end in range(2):
            asides[end] = _aside(rows.table, p, q, at[end, 0], at[end, 1])
            sigmas[end] = math.sqrt(max(0.0, covariance_of(own, at[end], at[end], 1.0, 0.0)))
        scale = sigmas[0] * sigmas[1]
        correlation = covariance_of(own, at[0], at[1], 1.0, 0.0) / scale if scale > 0.0 else 1.0
        first = chance_of(out[SHORT, row], out[SIGMA, row])
        second = chance_of(out[SHORT + 1, row], out[SIGMA + 1, row])
        second = 0.0 if math.isnan(second) else second
        both = min(max(first + second - either, 0.0), first, second)
        out[CHANCE, row] = (first - both) * _over(asides[0], sigmas[0], width)
        out[CHANCE, row] += (second - both) * _over(asides[1], sigmas[1], width)
        out[CHANCE, row] += both * _over_either(asides, sigmas, correlation, width)
