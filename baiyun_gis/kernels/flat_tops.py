"""How surely two flat-topped bodies lie over each other at all, their places in plan in doubt.

What lies beside another has no vertical clearance to it, however high it lies. For round walls
the disc itself says so (`two_places`); flat ones keep their height up to the edge. Errors in plan
and in height have nothing to do with each other.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, Bool
from baiyun_gis.kernels.chances import below, chance_of_either
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.end_errors import ERRORS, Surveyed, errors_of_pair
from baiyun_gis.kernels.passing import FURTHEST
from baiyun_gis.kernels.round_walls import pieces_of
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, PairRows
from baiyun_gis.kernels.two_places import (
    AT,
    CHANCE,
    CORRELATION,
    FLAT,
    LEAST_M,
    MORE,
    SHORT,
    SIGMA,
    STRETCH,
    covariance_of,
)

_KNOWN_M = 1e-9
_SHORTEST = 1e-6
_SURELY = 0.9995
"""Places that lie over each other as surely as this do."""
_WIDEST, _MOST_NODES = 2.7, 256
"""Pieces are so many deviations wide."""
_LITTLE, _NOT_MUCH, _LEAST_WEIGHT = 0.06, 42, 3e-7

Heights = tuple[float, float, float, float, float]
"""By how much heights fall short at both places, the squares of their deviations, and what they
have in common."""


@compiled
def _both_ends(place: F64, out: F64) -> bool:
    """The stations of the two places `both_places` told of; whether there are two."""
    more = place[MORE]
    if math.isnan(more) or math.isinf(more) or place[STRETCH + 2] - place[STRETCH] < _SHORTEST:
        out[0, 0], out[0, 1] = place[AT], place[AT + 1]
        return False
    near, far = (0, 2) if more >= 0.0 else (2, 0)
    for side in range(2):
        out[0, side] = place[STRETCH + near + side]
        out[1, side] = place[STRETCH + far + side]
    return True


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
def _short_between(heights: Heights, t: float, u: float) -> float:
    """The chance that the height is too little between two shares of the way from place to place:
    it is least at one of them."""
    one, two, of_one, of_two, both = heights
    a, b, c, d = 1.0 - t, t, 1.0 - u, u
    first = math.sqrt(max(0.0, a * a * of_one + b * b * of_two + 2.0 * a * b * both))
    last = math.sqrt(max(0.0, c * c * of_one + d * d * of_two + 2.0 * c * d * both))
    scale = first * last
    tied = a * c * of_one + b * d * of_two + (a * d + b * c) * both
    correlation = min(1.0, max(-1.0, tied / scale)) if scale > 0.0 else 1.0
    return chance_of_either(a * one + b * two, first, c * one + d * two, last, correlation)


@compiled
def _share(edge: float, start: float, stop: float) -> float:
    """How far along it is that a straight way from start to stop comes to an edge."""
    return min(1.0, max(0.0, (edge - start) / (stop - start))) if stop != start else 0.0


@compiled
def _over_and_short(
    asides: F64, sigmas: F64, rho: float, width: float, heights: Heights, nodes: F64, weights: F64
) -> float:  # fmt: skip
    """The chance that they lie over each other somewhere and are too near in height there.

    Both change evenly from place to place. For errors aside at both the stretch over each other is
    known, and the height is worst at one of its ends.
    """
    everywhere, total, first = _short_between(heights, 0.0, 1.0), 0.0, 1
    nodes[0, 0], weights[0, 0] = 0.0, 1.0
    spread = sigmas[1] * math.sqrt((1.0 - rho) * (1.0 + rho)) if sigmas[0] > _KNOWN_M else sigmas[1]
    if sigmas[0] > _KNOWN_M:
        low = min(FURTHEST, max(-FURTHEST, (-width - asides[0]) / sigmas[0]))
        high = min(FURTHEST, max(-FURTHEST, (width - asides[0]) / sigmas[0]))
        first = pieces_of(-FURTHEST, low, _WIDEST, False, nodes[0], weights[0], 0)
        first = pieces_of(low, high, _WIDEST, False, nodes[0], weights[0], first)
        first = pieces_of(high, FURTHEST, _WIDEST, False, nodes[0], weights[0], first)
    for i in range(first):
        z, weight = nodes[0, i], weights[0, i]
        if weight < _LEAST_WEIGHT:
            continue
        x = asides[0] + sigmas[0] * z
        middle = asides[1] + (rho * sigmas[1] * z if sigmas[0] > _KNOWN_M else 0.0)
        # Where the other end leaves the width, in deviations.
        wide = max(spread, _KNOWN_M)
        low = min(FURTHEST, max(-FURTHEST, (-width - middle) / wide))
        high = min(FURTHEST, max(-FURTHEST, (width - middle) / wide))
        part, rough, count = 0.0, weight < _LITTLE and first <= _NOT_MUCH, 0
        if abs(x) < width:
            part += (below(high) - below(low)) * everywhere
        else:
            count = pieces_of(low, high, _WIDEST, rough, nodes[1], weights[1], 0)
        if x > -width:
            count = pieces_of(-FURTHEST, low, _WIDEST, rough, nodes[1], weights[1], count)
        if x < width:
            count = pieces_of(high, FURTHEST, _WIDEST, rough, nodes[1], weights[1], count)
        for j in range(count):
            if weight * weights[1, j] < _LEAST_WEIGHT:
                continue
            y = middle + wide * nodes[1, j]
            begin, end = 0.0, 1.0
            if abs(x) >= width:
                begin = _share(math.copysign(width, x), x, y)
            if abs(y) >= width:
                end = _share(math.copysign(width, y), x, y)
            part += weights[1, j] * _short_between(heights, begin, end)
        total += weight * part
    return min(1.0, max(0.0, total))


@compiled
def over_and_short(
    rows: PairRows, of: Surveyed, places: F64, weighed: Bool, out: F64
) -> None:  # fmt: skip
    """Make the chances of flat tops (`out`, as `both_places` fills it) those of lying over each
    other where they are too near in height; only what is `weighed`, all where that is empty."""
    own, at = np.empty(ERRORS), np.empty((2, 2))
    asides, sigmas = np.empty(2), np.empty(2)
    nodes, weights = np.empty((2, _MOST_NODES)), np.empty((2, _MOST_NODES))
    for row in range(len(places)):
        width, either = places[row, FLAT], out[CHANCE, row]
        if not (width > LEAST_M and either > 0.0) or (len(weighed) and not weighed[row]):
            continue
        p, q = rows.left[row], rows.right[row]
        errors_of_pair(of, p, q, own)
        there_are = 2 if _both_ends(places[row], at) else 1
        surely = True
        for end in range(there_are):
            asides[end] = _aside(rows.table, p, q, at[end, 0], at[end, 1])
            sigmas[end] = math.sqrt(max(0.0, covariance_of(own, at[end], at[end], 1.0, 0.0)))
            surely &= _over(asides[end], sigmas[end], width) > _SURELY
        if surely:
            continue
        if there_are == 1 or not math.isfinite(out[SHORT + 1, row]):
            out[CHANCE, row] = either * _over(asides[0], sigmas[0], width)
            continue
        scale = sigmas[0] * sigmas[1]
        rho = covariance_of(own, at[0], at[1], 1.0, 0.0) / scale if scale > 0.0 else 0.0
        one, two = out[SIGMA, row], out[SIGMA + 1, row]
        heights = (
            out[SHORT, row], out[SHORT + 1, row], one * one, two * two,
            out[CORRELATION, row] * one * two,
        )  # fmt: skip
        out[CHANCE, row] = _over_and_short(
            asides, sigmas, min(1.0, max(-1.0, rho)), width, heights, nodes, weights
        )  # fmt: skip
