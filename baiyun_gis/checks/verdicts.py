"""How sure a violation is: closed-form probability, verdict."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I8, Bool
from baiyun_gis.model.vocabulary import Verdict

TOLERANCE_M = 0.001
"""Equality is not a violation: a finding exists when actual < required − this."""

HALF_NANOMETRE_M = 5e-10
"""So much more than the tolerance keeps 1.0 − 0.001 on the right side in float64."""

CERTAIN, LIKELY, POSSIBLE = 0.95, 0.5, 0.05

POSSIBLE_SIGMAS = 1.959963984540054
"""Beyond the requirement by this many standard deviations the probability is below 0.05, though
it may fall short at either of two places."""


VERDICT_FROM = np.array([POSSIBLE, LIKELY, CERTAIN, np.inf])
"""The probability from which on each of `VERDICTS` but the first holds; NaN is beyond all."""

VERDICTS = np.array(
    [Verdict.CLEAR, Verdict.POSSIBLE, Verdict.LIKELY, Verdict.CERTAIN, Verdict.CANNOT_JUDGE],
    dtype=np.int8,
)


def is_violated(actual_m: F64, required_m: F64) -> Bool:
    """The nominal answer, ignoring uncertainty; False where anything is unknown."""
    return actual_m < required_m - TOLERANCE_M - HALF_NANOMETRE_M


def probability(actual_m: F64, required_m: F64, sigma_m: F64) -> F64:
    """P(true distance < required − tolerance), the true one normal around the measured.

    A deviation of 0 gives 0 or 1. NaN where anything is unknown.
    """
    from scipy.special import ndtr

    short = required_m - TOLERANCE_M - actual_m
    exact = np.where(is_violated(actual_m, required_m), 1.0, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = ndtr(short / sigma_m)
    out = np.where(sigma_m > 0, normal, exact)
    return np.where(np.isnan(actual_m) | np.isnan(required_m) | np.isnan(sigma_m), np.nan, out)


def chance_of_either(short_m: tuple[F64, F64], sigma_m: tuple[F64, F64], correlation: F64) -> F64:
    """P(the first or the second distance is below its limit), both normal and correlated.

    `short_m` is limit minus measured, −∞ where there is no such distance. A deviation of 0 gives
    yes or no. NaN where the first is unknown.
    """
    from scipy.special import ndtr

    (one, two), (of_one, of_two) = short_m, sigma_m
    first, second = chance_of(one, of_one), chance_of(two, of_two)
    # Up to here either alone, or both without anything in common.
    out = 1 - (1 - first) * (1 - np.where(np.isnan(second), 0.0, second))
    joint = (of_one > 0) & (of_two > 0) & (second > 1e-6) & (first < 1 - 1e-9)
    rows = np.flatnonzero(joint)
    if len(rows):
        h, k = -one[rows] / of_one[rows], -two[rows] / of_two[rows]
        rho = correlation[rows]
        tied = rho > 1 - 1e-9
        both = both_below(h, k, np.clip(rho, -1 + 1e-9, 1 - 1e-9))
        out[rows] = 1 - np.where(tied, ndtr(np.minimum(h, k)), both)
    return np.clip(out, 0.0, 1.0)


def chance_of(short_m: F64, sigma_m: F64) -> F64:
    """P(a distance `short_m` below its limit as measured is below it), normal; 0 or 1 where its
    deviation is 0, NaN where it is unknown."""
    from scipy.special import ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        normal: F64 = ndtr(short_m / sigma_m)
    wavers = sigma_m > 0
    if wavers.all():
        return normal
    exact = np.where(np.isnan(short_m), np.nan, np.where(short_m > 5e-10, 1.0, 0.0))
    return np.where(wavers, normal, exact)


def both_below(h: F64, k: F64, rho: F64) -> F64:
    """P(X < h, Y < k) of two standard normals, by Owen's T function (Owen 1956)."""
    from scipy.special import ndtr, owens_t

    h = np.where(np.abs(h) < 1e-12, 1e-12, h)
    k = np.where(np.abs(k) < 1e-12, 1e-12, k)
    root = np.sqrt((1 - rho) * (1 + rho))
    apart = np.where(h * k > 0, 0.0, 0.5)
    by_h = owens_t(h, (k / h - rho) / root)
    by_k = owens_t(k, (h / k - rho) / root)
    return (ndtr(h) + ndtr(k)) / 2 - by_h - by_k - apart


def verdict_of(probability_: F64) -> I8:
    """Verdict codes by probability; *cannot judge* where it is NaN."""
    # NaN comes last in order.
    return VERDICTS[np.searchsorted(VERDICT_FROM, probability_, side="right")]
