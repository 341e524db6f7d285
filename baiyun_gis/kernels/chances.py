"""Chances that normal distances are below their limits: of one, and of one or the other of two."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned

_HALF_ROOT = 0.7071067811865476
_PER_TURN = 0.5 / math.pi
_SLACK_M = 5e-10
"""Half a nanometre: what is short by less is rounding."""
_LEAST = 1e-12
_TIED = 1.0 - 1e-9
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_LOOSE = 0.7
_ANGLES, _ANGLE_WEIGHTS = np.polynomial.legendre.leggauss(4)


@compiled
def below(value: float) -> float:
    """P(normal ≤ value)."""
    return 0.5 * math.erfc(-_HALF_ROOT * value)


@compiled
def _owen(h: float, a: float) -> float:
    """Owen's T for h of any sign and 0 ≤ a ≤ 1: an integral of a smooth function (Owen 1956)."""
    half, square, total = 0.5 * a, -0.5 * h * h, 0.0
    for k in range(len(_NODES)):
        x = half * (1.0 + _NODES[k])
        rise = 1.0 + x * x
        total += _WEIGHTS[k] * math.exp(square * rise) / rise
    return _PER_TURN * half * total


@compiled
def owens_t(h: float, a: float) -> float:
    """P(X > h and 0 < Y < a·X) of independent standard normals, for any h and a (Owen 1956)."""
    side = -1.0 if a < 0.0 else 1.0
    h, a = abs(h), abs(a)
    if a <= 1.0:
        return side * _owen(h, a)
    far = a * h
    one, two = 0.5 * math.erfc(_HALF_ROOT * h), 0.5 * math.erfc(_HALF_ROOT * far)
    return side * (0.5 * (one + two) - one * two - _owen(far, 1.0 / a))


@compiled
def both_below(h: float, k: float, rho: float) -> float:
    """P(X < h, Y < k) of two standard normals of this correlation, which is not 1 or −1."""
    h = _LEAST if abs(h) < _LEAST else h
    k = _LEAST if abs(k) < _LEAST else k
    root = math.sqrt((1.0 - rho) * (1.0 + rho))
    apart = 0.0 if h * k > 0.0 else 0.5
    by_h, by_k = owens_t(h, (k / h - rho) / root), owens_t(k, (h / k - rho) / root)
    return 0.5 * (below(h) + below(k)) - by_h - by_k - apart


@compiled
def nearly_both_below(h: float, k: float, rho: float) -> float:
    """`both_below` right to 1e-6, and several times as quick unless both are closely tied: what
    they have in common grows smoothly with the angle that the correlation stands for (Sheppard)."""
    if abs(rho) > _LOOSE:
        return both_below(h, k, rho)
    half, total = 0.5 * math.asin(rho), 0.0
    for n in range(len(_ANGLES)):
        sine = math.sin(half * (1.0 + _ANGLES[n]))
        total += _ANGLE_WEIGHTS[n] * math.exp(
            (h * k * sine - 0.5 * (h * h + k * k)) / ((1.0 - sine) * (1.0 + sine))
        )
    return below(h) * below(k) + _PER_TURN * half * total


@compiled
def chance_of(short: float, sigma: float) -> float:
    """P(a distance `short` below its limit as measured is below it); yes or no without a
    deviation, NaN where it is unknown."""
    if sigma > 0.0:
        return below(short / sigma)
    if math.isnan(short):
        return np.nan
    return 1.0 if short > _SLACK_M else 0.0


@compiled
def chance_of_either(
    one: float, of_one: float, two: float, of_two: float, correlation: float
) -> float:  # fmt: skip
    """P(the first or the second of two distances is below its limit); each `one` below it as
    measured, −∞ where there is none, with its deviation. NaN where the first is unknown."""
    first, second = chance_of(one, of_one), chance_of(two, of_two)
    if math.isnan(first):
        return np.nan
    out = 1.0 - (1.0 - first) * (1.0 - (0.0 if math.isnan(second) else second))
    # Up to here either alone, or both without anything in common.
    if of_one > 0.0 and of_two > 0.0 and second > 1e-6 and first < 1.0 - 1e-9:
        h, k = -one / of_one, -two / of_two
        if correlation > _TIED:
            out = 1.0 - below(min(h, k))
        else:
            out = 1.0 - both_below(h, k, max(-_TIED, correlation))
    return min(1.0, max(0.0, out))


@compiled
def _either(
    first: int, last: int, one: F64, of_one: F64, two: F64, of_two: F64, correlation: F64, out: F64
) -> None:  # fmt: skip
    for row in range(first, last):
        out[row] = chance_of_either(
            one[row], of_one[row], two[row], of_two[row], correlation[row]
        )  # fmt: skip


def chances_of_either(short_m: tuple[F64, F64], sigma_m: tuple[F64, F64], correlation: F64) -> F64:
    """`chance_of_either` of many, all shape (n,)."""
    out = np.empty(len(correlation))
    (one, two), (of_one, of_two) = short_m, sigma_m
    columns = one, of_one, two, of_two, correlation
    run_in_chunks(_either, len(out), *(owned(column, np.float64) for column in columns), out)
    return out


@compiled
def chance_too_near(actual: float, required: float, sigma: float, tolerance_m: float) -> float:
    """P(a true distance < required − tolerance), as `falling_short`."""
    short = required - tolerance_m - actual
    if math.isnan(short) or math.isnan(sigma):
        return np.nan
    if sigma > 0.0:
        return below(short / sigma)
    return 1.0 if actual < required - tolerance_m - _SLACK_M else 0.0


@compiled
def _falling_short(
    first: int, last: int, actual: F64, required: F64, sigma: F64, tolerance_m: float, out: F64
) -> None:  # fmt: skip
    for row in range(first, last):
        out[row] = chance_too_near(actual[row], required[row], sigma[row], tolerance_m)


def falling_short(actual_m: F64, required_m: F64, sigma_m: F64, *, tolerance_m: float) -> F64:
    """P(true distance < required − tolerance), the true one normal around the measured; 0 or 1
    without a deviation, NaN where anything is unknown. All of one shape, whichever."""
    out = np.empty(actual_m.size)
    given = actual_m, required_m, sigma_m
    columns = (owned(column, np.float64).reshape(-1) for column in given)
    run_in_chunks(_falling_short, len(out), *columns, tolerance_m, out)
    return out.reshape(actual_m.shape)
