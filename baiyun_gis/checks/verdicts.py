"""How sure a violation is: closed-form probability, verdict."""

from __future__ import annotations

import numpy as np

from baiyun_gis.kernels.chances import falling_short
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
    return falling_short(actual_m, required_m, sigma_m, tolerance_m=TOLERANCE_M)


def verdict_of(probability_: F64) -> I8:
    """Verdict codes by probability; *cannot judge* where it is NaN."""
    # NaN comes last in order.
    return VERDICTS[np.searchsorted(VERDICT_FROM, probability_, side="right")]
