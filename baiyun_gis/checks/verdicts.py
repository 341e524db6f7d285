"""How sure a violation is: closed-form probability, verdict, severity."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import Severity
from baiyun_gis.model.columns import F64, I8, Bool
from baiyun_gis.model.vocabulary import Verdict

TOLERANCE_M = 0.001
"""Equality is not a violation: a finding exists when actual < required − this."""

CERTAIN, LIKELY, POSSIBLE = 0.95, 0.5, 0.05

POSSIBLE_SIGMAS = 1.6448536269514722
"""Beyond the requirement by this many standard deviations the probability is below 0.05."""


def is_violated(actual_m: F64, required_m: F64) -> Bool:
    """The nominal answer, ignoring uncertainty; False where anything is unknown."""
    with np.errstate(invalid="ignore"):
        # Half a nanometre more than the tolerance keeps 1.0 − 0.001 on the right side in float64.
        return actual_m < required_m - TOLERANCE_M - 5e-10


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


def verdict_of(probability_: F64) -> I8:
    """Verdict codes by probability; *cannot judge* where it is NaN."""
    out = np.full(len(probability_), Verdict.CLEAR, dtype=np.int8)
    with np.errstate(invalid="ignore"):
        out[probability_ >= POSSIBLE] = Verdict.POSSIBLE
        out[probability_ >= LIKELY] = Verdict.LIKELY
        out[probability_ >= CERTAIN] = Verdict.CERTAIN
    out[np.isnan(probability_)] = Verdict.CANNOT_JUDGE
    return out


def combined(*sigmas: F64) -> F64:
    """Standard deviation of a sum of independent parts."""
    total = np.zeros_like(sigmas[0])
    for sigma in sigmas:
        total = total + np.square(sigma)
    return np.sqrt(total)


def severity_of(*, mandatory: Bool, grave: Bool, shortfall_m: F64, required_m: F64) -> I8:
    """Critical: a mandatory clause or a grave kind; major: short by half or more; else minor."""
    half = np.nan_to_num(shortfall_m, nan=0.0) >= 0.5 * np.maximum(required_m, 0.0)
    out = np.where(half, Severity.MAJOR, Severity.MINOR)
    return np.where(mandatory | grave, Severity.CRITICAL, out).astype(np.int8)
