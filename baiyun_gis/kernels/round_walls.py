"""The chance that round walls beside each other come too near somewhere along a stretch.

Along the stretch the distance is, in small errors, affine plus half a square: errors towards each
other count as they are, errors aside by their square. Given the errors aside (Gauss–Hermite) the
distance must hold at both ends and where the error aside is nought; the error at the first end is
integrated (Gauss–Legendre), that at the other in closed form.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled

_ASIDE, _BARE_WEIGHT = np.polynomial.hermite_e.hermegauss(10)
_ASIDE_WEIGHT = _BARE_WEIGHT / math.sqrt(2.0 * math.pi)
_NODES, _NODE_WEIGHT = np.polynomial.legendre.leggauss(20)
_FURTHEST = 5.0
_NOTHING = 1e-12


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
    return 0.5 * math.erfc((value - mean) / (sigma * 1.4142135623730951))


@compiled
def _holds(root: F64, z0: float, z1: float, limits: F64) -> float:
    """P(the distance holds all along | errors aside z0, z1); `limits`: at both ends."""
    b0, b1 = root[0, 0] * z0, root[1, 0] * z0 + root[1, 1] * z1
    f0, f1 = limits[0] - 0.5 * b0 * b0, limits[1] - 0.5 * b1 * b1
    m0 = root[2, 0] * z0 + root[2, 1] * z1
    m1 = root[3, 0] * z0 + root[3, 1] * z1
    t, between = 1.0, f1
    if b0 * b1 < 0.0:
        t = b0 / (b0 - b1)
        between = limits[0] + t * (limits[1] - limits[0])
    if root[2, 2] == 0.0:
        if m0 < f0:
            return 0.0
        least = max(f1, (between - (1.0 - t) * m0) / t) if t > 1e-9 else f1
        return _above(least, m1, root[3, 3])
    low = max(-_FURTHEST, (f0 - m0) / root[2, 2])
    if low >= _FURTHEST:
        return 0.0
    half, total = 0.5 * (_FURTHEST - low), 0.0
    for k in range(len(_NODES)):
        z2 = low + half * (1.0 + _NODES[k])
        n0 = m0 + root[2, 2] * z2
        least = max(f1, (between - (1.0 - t) * n0) / t) if t > 1e-9 else f1
        if t <= 1e-9 and n0 < between:
            continue
        share = _above(least, m1 + root[3, 2] * z2, root[3, 3])
        total += _NODE_WEIGHT[k] * math.exp(-0.5 * z2 * z2) * share
    return total * half / 2.5066282746310002


@compiled
def chance_along(root: F64, limits: F64) -> float:
    """P(too near somewhere); `root` of the covariance of the errors aside and towards at both ends.

    `limits`: required minus measured at both ends.
    """
    holds = 0.0
    for i in range(len(_ASIDE)):
        for j in range(len(_ASIDE)):
            weight = _ASIDE_WEIGHT[i] * _ASIDE_WEIGHT[j]
            if weight > 1e-9:
                holds += weight * _holds(root, _ASIDE[i], _ASIDE[j], limits)
    return min(1.0, max(0.0, 1.0 - holds))
