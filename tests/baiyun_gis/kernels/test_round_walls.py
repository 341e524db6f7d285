"""Chances along round walls, against draws of the ends of the path."""

from __future__ import annotations

import os

import numpy as np
import pytest

from baiyun_gis.kernels.round_walls import chance_along

DRAWS = 200_000
CASES = int(os.environ.get("BAIYUN_ORACLE_WALLS", "24"))
TOLD = 0.05


def drawn(covariance: np.ndarray, path: np.ndarray, radius: float, free_below: bool) -> float:
    """The share of drawn paths that meet the disc, or what lies below it."""
    value, vector = np.linalg.eigh(covariance)
    root = vector * np.sqrt(np.maximum(value, 0.0))
    normal = np.random.default_rng(1).standard_normal((DRAWS, 4))
    x0, x1, y0, y1 = (path + normal @ root.T).T
    dx, dy = x1 - x0, y1 - y0
    t = np.clip(-(x0 * dx + y0 * dy) / np.maximum(dx * dx + dy * dy, 1e-18), 0.0, 1.0)
    meets = np.hypot(x0 + t * dx, y0 + t * dy) < radius
    if not free_below:
        # Straight down from the path lies the disc, unless the path is beside it.
        for x in np.linspace(-radius, radius, 81):
            with np.errstate(divide="ignore", invalid="ignore"):
                at = (x - x0) / dx
            top = np.sqrt(max(radius * radius - x * x, 0.0))
            meets |= (at >= 0) & (at <= 1) & (y0 + at * dy < top)
        for x, y in ((x0, y0), (x1, y1)):
            inside = np.maximum(radius * radius - x * x, 0.0)
            meets |= (np.abs(x) < radius) & (y < np.sqrt(inside))
    return float(meets.mean())


def case(chance: np.random.Generator, sort: str) -> tuple[np.ndarray, np.ndarray, float, bool]:
    """Covariance of the errors aside and towards at both ends, path, radius, free below."""
    sigma = np.repeat(chance.uniform(0.01, 0.15, 2), 2) * chance.uniform(0.6, 1.6, 4)
    tied = np.eye(4)
    tied[0, 1] = tied[1, 0] = chance.uniform(-0.2, 0.95)
    tied[2, 3] = tied[3, 2] = chance.uniform(-0.2, 0.95)
    if sort == "known end":
        sigma[2 + int(chance.integers(2))] = 1e-9
    covariance = tied * np.outer(sigma, sigma)
    if sort == "slanted":
        turn = chance.uniform(-0.5, 0.5)
        both = np.kron(
            np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]), np.eye(2)
        )
        covariance = both @ covariance @ both.T
    radius = float(chance.uniform(0.2, 0.8))
    path = np.concatenate(
        [chance.normal(0, 0.15, 2), radius + chance.normal(0.03, 0.08) + chance.normal(0, 0.02, 2)]
    )
    if sort == "crossing":
        path[:2] = chance.normal(0, 0.6, 2)
    if sort == "unlike":
        sigma = np.array([*np.repeat(chance.choice([0.02, 0.1]), 2), 0.0, 0.0])
        sigma[2:] = chance.choice([[0.02, 0.2], [0.1, 0.2], [0.1, 0.02]])
        covariance = np.diag(sigma**2)
    if sort == "upright":
        path[:2] = chance.normal(0, 1e-9, 2)
    return covariance, path, radius, bool(sort != "lifted")


SORTS = ("bars", "lifted", "slanted", "upright", "known end", "crossing", "unlike")


@pytest.mark.parametrize("sort", SORTS)
def test_chances_are_within_a_hundredth_of_draws(sort: str) -> None:
    chance = np.random.default_rng(SORTS.index(sort))
    wrong = []
    for number in range(CASES):
        covariance, path, radius, free_below = case(chance, sort)
        said = chance_along(covariance.copy(), path.copy(), radius, free_below, 0.0)
        off = said - drawn(covariance, path, radius, free_below)
        if abs(off) > 0.01:
            wrong.append((number, round(said, 4), round(off, 4)))
    assert not wrong


def test_a_path_upright_but_for_rounding_has_no_tangent() -> None:
    first = np.array(
        [
            [0.002984824671585809, 0.0026844526664782323, 6.481398020418956e-05],
            [0.0026844526664782323, 0.012954039017869328, -0.00016731864019854014],
            [6.481398020418956e-05, -0.00016731864019854014, 0.003544921663486582],
        ]
    )
    covariance = np.zeros((4, 4))
    covariance[:3, :3] = first
    covariance[3] = covariance[:, 3] = (
        -0.00016731864019854014, -0.0004015855851868371, 0.0012385506131111677, 0.009483693923412077
    )  # fmt: skip
    path = np.array(
        [5.939460104298355e-10, -5.939840494462167e-10, -0.5363764731469693, -0.5363764730112961]
    )
    radius = 0.5196501529930753
    said = chance_along(covariance.copy(), path.copy(), radius, True, 0.0)
    assert said == pytest.approx(drawn(covariance, path, radius, True), abs=0.005)


def test_what_is_surely_too_unlikely_to_be_told_stays_so() -> None:
    chance = np.random.default_rng(9)
    spared = 0
    for number in range(400):
        covariance, path, radius, free_below = case(chance, SORTS[number % len(SORTS)])
        path[2:] += 0.1
        exact = chance_along(covariance.copy(), path.copy(), radius, free_below, 0.0)
        quick = chance_along(covariance.copy(), path.copy(), radius, free_below, TOLD)
        if quick != exact:
            spared += 1
            assert exact - 0.01 <= quick < TOLD
    assert spared > 40
