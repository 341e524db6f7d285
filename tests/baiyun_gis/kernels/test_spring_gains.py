"""Gains of springs against plain scipy."""

from __future__ import annotations

import numpy as np
from scipy import stats

from baiyun_gis.kernels.spring_gains import best_free_shifts, gains, log_densities

SIGMA = np.array([0.1, 0.5])
FAR = np.array([0.01, 0.2])
WEIGHT = np.array([0.8, 0.5])
TWO_SIDED = np.array([False, False])


def slow_density(residual: float, spring: int) -> float:
    core = stats.t.pdf(residual / SIGMA[spring], df=3) / SIGMA[spring]
    return float(WEIGHT[spring] * np.log((1 - FAR[spring]) * core + FAR[spring] / 20.0))


def test_density_is_a_students_t_with_a_share_that_lies_anywhere() -> None:
    residual = np.array([0.3, -2.0])
    found = log_densities(residual, SIGMA, FAR, WEIGHT, TWO_SIDED, 20.0)
    assert np.allclose(found, [slow_density(0.3, 0), slow_density(-2.0, 1)], rtol=1e-9)


def test_gain_sums_over_all_springs_of_the_unit() -> None:
    residual = np.array([1.0, 0.4])
    now = log_densities(residual, SIGMA, FAR, WEIGHT, TWO_SIDED, 20.0)
    start, spring = np.array([0, 2]), np.array([0, 1])
    coefficient = np.array([1.0, -0.5])
    found = gains(
        np.array([0]), np.array([-1.0]), start, spring, coefficient, residual, now,
        SIGMA, FAR, WEIGHT, TWO_SIDED, 20.0,
    )  # fmt: skip
    slow = slow_density(0.0, 0) + slow_density(0.9, 1)
    slow -= slow_density(1.0, 0) + slow_density(0.4, 1)
    assert np.isclose(found[0], slow, rtol=1e-9)


def test_one_sided_springs_hold_against_negative_residuals_only() -> None:
    one_sided = np.array([True, True])
    found = log_densities(np.array([5.0, -5.0]), SIGMA, FAR, WEIGHT, one_sided, 20.0)
    assert np.isclose(found[0], slow_density(0.0, 0))
    assert np.isclose(found[1], slow_density(-5.0, 1))


def test_the_best_free_shift_brings_the_strongest_springs_to_rest() -> None:
    residual = np.array([1.0, 1.0])
    now = log_densities(residual, SIGMA, FAR, WEIGHT, TWO_SIDED, 20.0)
    found = best_free_shifts(
        np.array([0, 2]), np.array([0, 1]), np.array([1.0, 1.0]), residual, now,
        SIGMA, FAR, WEIGHT, TWO_SIDED, 20.0,
    )  # fmt: skip
    assert np.allclose(found, [-1.0])
