"""The chance that round walls beside each other come too near somewhere along a stretch.

Seen along the stretch, one axis lies off the other by so much aside and so much towards it; both
change evenly from one end of the stretch to the other and err normally at each end. The walls are
too near where that straight path enters a disc of both radii: about nought for bodies that meet,
about the height required, with all that is below, for one that lies over the other.

Given the errors aside at both ends (Gauss–Hermite) and the one towards at the first end
(Gauss–Legendre) the path holds where it ends above the tangent to the disc: in closed form.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled

_ASIDE, _BARE_WEIGHT = np.polynomial.hermite_e.hermegauss(12)
_ASIDE_WEIGHT = _BARE_WEIGHT / math.sqrt(2.0 * math.pi)
# Where errors towards mostly follow those aside the chance turns sharply with the latter.
_FINE_ASIDE, _FINE_BARE_WEIGHT = np.polynomial.hermite_e.hermegauss(32)
_FINE_ASIDE_WEIGHT = _FINE_BARE_WEIGHT / math.sqrt(2.0 * math.pi)
_FOLLOWS = 0.5
# Where heights at an end hardly err the chance is a step in what lies aside there.
_STEPS_ASIDE = np.linspace(-5.0, 5.0, 401)[:-1] + 0.0125
_STEPS_WEIGHT = np.exp(-0.5 * _STEPS_ASIDE**2) / np.exp(-0.5 * _STEPS_ASIDE**2).sum()
_STIFF = 0.5
_NODES, _NODE_WEIGHT = np.polynomial.legendre.leggauss(16)
_FURTHEST = 5.0
_WHOLE_WEIGHT = _NODE_WEIGHT * np.exp(-0.5 * (_FURTHEST * _NODES) ** 2)
_SURELY = 6.5
"""The error function differs from 1 by less than float64 can tell beyond."""
_NOTHING = 1e-12
_LEAST_WEIGHT = 1e-9


@compiled
def factored(covariance: F64) -> None:
    """Replace a covariance (4, 4) by its lower triangular root; what has no variance stays 0."""
    for j in range(4):
        for i in range(j, 4):
            total = covariance[i, j]
            for k in range(j):
                total -= covariance[i, k] * covariance[j, k]
            if i == j:
                covariance[j, j] = math.sqrt(total) if total > _NOTHING else 0.0
            else:
                covariance[i, j] = total / covariance[j, j] if covariance[j, j] > 0.0 else 0.0


@compiled
def _above(value: float, mean: float, sigma: float) -> float:
    """P(normal ≥ value)."""
    if sigma == 0.0:
        return 1.0 if mean >= value else 0.0
    away = (value - mean) / (sigma * 1.4142135623730951)
    if away > _SURELY:
        return 0.0
    return 1.0 if away < -_SURELY else 0.5 * math.erfc(away)


@compiled
def _least_end(
    start: float, height: float, stop: float, radius: float, at_stop: float
) -> float:  # fmt: skip
    """Least height at `stop` of a path from (`start`, `height`) that passes over the disc.

    `start` ≤ `stop`, the disc about nought, its top at `stop` `at_stop` high; the path begins on
    no point under the disc's top.
    """
    square, beyond = radius * radius, start * start + height * height
    if beyond <= square:
        return at_stop
    # The point where the tangent to the right touches.
    root = math.sqrt(beyond - square)
    share = radius / beyond
    x = share * (radius * start + root * height)
    y = share * (radius * height - root * start)
    if y < 0.0:  # from beside and below: the path must pass the edge
        x, y = -radius, 0.0
    if start < x < stop:
        return height + (y - height) / (x - start) * (stop - start)
    return at_stop


@compiled
def _passes_over(
    aside: tuple[float, float], towards: tuple[float, float], root: F64, radius: float
) -> float:
    """P(the path stays over the disc | where its ends lie aside); `towards`: means there."""
    start, stop = aside
    m0, m1 = towards
    low = -_FURTHEST
    if abs(start) < radius:
        first = math.sqrt(radius * radius - start * start)
        if root[2, 2] == 0.0 and m0 < first:
            return 0.0
        if root[2, 2] > 0.0:
            low = max(low, (first - m0) / root[2, 2])
    if stop < start:
        start, stop = -start, -stop
    at_stop = math.sqrt(radius * radius - stop * stop) if abs(stop) < radius else -np.inf
    if root[2, 2] == 0.0:
        return _above(_least_end(start, m0, stop, radius, at_stop), m1, root[3, 3])
    if low >= _FURTHEST:
        return 0.0
    half, total = 0.5 * (_FURTHEST - low), 0.0
    is_whole = low == -_FURTHEST
    for k in range(len(_NODES)):
        z = low + half * (1.0 + _NODES[k])
        least = _least_end(start, m0 + root[2, 2] * z, stop, radius, at_stop)
        share = _above(least, m1 + root[3, 2] * z, root[3, 3])
        if share > 0.0:
            weight = _WHOLE_WEIGHT[k] if is_whole else _NODE_WEIGHT[k] * math.exp(-0.5 * z * z)
            total += weight * share
    return total * half / 2.5066282746310002


@compiled
def _follows(root: F64) -> bool:
    """Do errors towards mostly go with those aside."""
    for k in (2, 3):
        tied = root[k, 0] * root[k, 0] + root[k, 1] * root[k, 1]
        own = root[k, 2] * root[k, 2] + root[k, 3] * root[k, 3]
        if tied > _FOLLOWS * _FOLLOWS * (tied + own):
            return True
    return False


@compiled
def _nodes_aside(root: F64, end: int) -> tuple[F64, F64]:
    """Where the errors aside at an end (0, 1) are looked at, in deviations, and their weights."""
    spread = math.hypot(root[1, 0], root[1, 1]) if end == 1 else root[0, 0]
    if root[2 + end, 2 + end] < _STIFF * spread:
        return _STEPS_ASIDE, _STEPS_WEIGHT
    if _follows(root):
        return _FINE_ASIDE, _FINE_ASIDE_WEIGHT
    return _ASIDE, _ASIDE_WEIGHT


@compiled
def chance_along(
    root: F64,
    aside: tuple[float, float],
    towards: tuple[float, float],
    radius: float,
    free_below: bool,
) -> float:  # fmt: skip
    """P(too near somewhere); `root` of the covariance of the errors aside and towards at both ends.

    `aside` and `towards` are as measured at both ends, `radius` is of the disc. `free_below`: a
    path that stays under the disc holds as well.
    """
    first, first_weight = _nodes_aside(root, 0)
    last, last_weight = _nodes_aside(root, 1)
    holds = 0.0
    for i in range(len(first)):
        z0 = first[i]
        for j in range(len(last)):
            weight, z1 = first_weight[i] * last_weight[j], last[j]
            if weight < _LEAST_WEIGHT:
                continue
            a0 = aside[0] + root[0, 0] * z0
            a1 = aside[1] + root[1, 0] * z0 + root[1, 1] * z1
            if min(a0, a1) >= radius or max(a0, a1) <= -radius:
                holds += weight
                continue
            m0 = towards[0] + root[2, 0] * z0 + root[2, 1] * z1
            m1 = towards[1] + root[3, 0] * z0 + root[3, 1] * z1
            holds += weight * _passes_over((a0, a1), (m0, m1), root, radius)
            if free_below:
                holds += weight * _passes_over((a0, a1), (-m0, -m1), root, radius)
    return min(1.0, max(0.0, 1.0 - holds))
