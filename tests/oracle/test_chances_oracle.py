"""Chances of one and of two normal distances against another way of working them out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from baiyun_gis.kernels.chances import (
    both_below,
    chances_of_either,
    falling_short,
    nearly_both_below,
    owens_t,
)

MANY = 4000


def correlations(draw, count):
    """Some of them all but 1 or −1."""
    rho = draw.uniform(-1, 1, count)
    close = draw.random(count) < 0.2
    rho[close] = np.sign(rho[close]) * (1 - 10.0 ** draw.uniform(-9, -3, int(close.sum())))
    return rho


def chances_of_both(h, k, rho):
    return np.array([both_below(*row) for row in zip(h, k, rho, strict=True)])


def test_owens_t_is_that_of_a_library():
    draw = np.random.default_rng(1)
    h, a = draw.normal(0, 3, MANY), draw.normal(0, 3, MANY) * 10 ** draw.uniform(-4, 4, MANY)
    got = [owens_t(float(x), float(y)) for x, y in zip(h, a, strict=True)]
    assert got == pytest.approx(special.owens_t(h, a), abs=1e-14)


def test_both_of_two_normals_are_below_as_often_as_their_joint_distribution_says():
    draw = np.random.default_rng(2)
    h, k, rho = draw.normal(0, 1.5, 60), draw.normal(0, 1.5, 60), draw.uniform(-0.99, 0.99, 60)
    got = chances_of_both(h, k, rho)
    for row in range(60):
        both = stats.multivariate_normal([0, 0], [[1, rho[row]], [rho[row], 1]])
        assert got[row] == pytest.approx(both.cdf([h[row], k[row]]), abs=2e-6)


def test_all_but_tied_normals_are_as_owen_s_formula_says():
    draw = np.random.default_rng(3)
    h, k, rho = draw.normal(0, 3, MANY), draw.normal(0, 3, MANY), correlations(draw, MANY)
    root = np.sqrt((1 - rho) * (1 + rho))
    by = special.owens_t(h, (k / h - rho) / root) + special.owens_t(k, (h / k - rho) / root)
    half = (special.ndtr(h) + special.ndtr(k)) / 2
    want = half - by - np.where(h * k > 0, 0.0, 0.5)
    assert chances_of_both(h, k, rho) == pytest.approx(want, abs=1e-13)


def test_one_or_the_other_distance_is_short_as_often_as_drawn():
    draw = np.random.default_rng(4)
    for _ in range(20):
        short, sigma = draw.normal(0, 0.05, 2), draw.uniform(0.0, 0.08, 2)
        rho = float(correlations(draw, 1)[0])
        errors = draw.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 200_000)
        got = chances_of_either(
            (short[:1], short[1:]), (sigma[:1], sigma[1:]), np.array([rho])
        )  # fmt: skip
        assert got[0] == pytest.approx(np.mean((errors * sigma < short).any(axis=1)), abs=0.005)


@pytest.mark.parametrize(
    ("short", "sigma", "rho", "want"),
    [
        ((0.1, -np.inf), (0.0, 0.0), 0.0, 1.0),
        ((-0.1, -np.inf), (0.0, 0.0), 0.0, 0.0),
        ((0.0, -np.inf), (0.05, 0.0), 0.0, 0.5),
        ((0.0, 0.0), (0.05, 0.05), 1.0, 0.5),
        ((0.0, 0.0), (0.05, 0.05), -1.0, 1.0),
        ((0.0, 0.0), (0.05, 0.05), 0.0, 0.75),
        ((np.nan, 0.1), (0.05, 0.05), 0.0, np.nan),
        ((0.0, np.nan), (0.05, 0.05), 0.0, 0.5),
    ],
)
def test_where_there_is_one_distance_no_doubt_or_no_level(short, sigma, rho, want):
    columns = [np.array([value]) for value in (*short, *sigma)]
    got = chances_of_either((columns[0], columns[1]), (columns[2], columns[3]), np.array([rho]))
    assert got[0] == pytest.approx(want, abs=1e-5, nan_ok=True)


def test_a_distance_falls_short_as_the_normal_around_it_says():
    draw = np.random.default_rng(5)
    actual, required = draw.normal(1, 0.2, (50, 3)), draw.normal(1, 0.2, (50, 3))
    sigma = draw.uniform(0.01, 0.2, (50, 3))
    actual[0, 0], required[0, 1], sigma[0, 2] = np.nan, np.nan, np.nan
    got = falling_short(actual, required, sigma, tolerance_m=0.001)
    assert got.shape == (50, 3)
    want = stats.norm.cdf(required - 0.001, actual, sigma)
    assert got == pytest.approx(want, abs=1e-14, nan_ok=True)
    assert np.isnan(got[0]).all()


def test_both_are_nearly_as_often_below_by_the_quick_way():
    draw = np.random.default_rng(6)
    h, k, rho = draw.normal(0, 2, MANY), draw.normal(0, 2, MANY), draw.uniform(-0.9, 0.9, MANY)
    got = [nearly_both_below(*map(float, row)) for row in zip(h, k, rho, strict=True)]
    assert got == pytest.approx(chances_of_both(h, k, rho), abs=1e-6)
