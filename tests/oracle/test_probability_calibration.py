"""Of what a run calls violated with probability p, about the share p is: a seeded simulation.

Measured distances are spread about the requirement; the true line is the measured one shifted by
normal errors of the recorded size, independent for every line, vertex and coordinate. The truth
is measured anew from the shifted coordinates, not from the run's own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from builders import network
from check_cases import checked, gb
from oracle.slow_rules import Facts, building_m, cover_m, required_m

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, PipeTable
from baiyun_gis.model.vocabulary import Burial, Provenance, Shape, Utility
from baiyun_gis.project import ProjectState

PAIRS = 3000
SIGMA_A, SIGMA_B = 0.06, 0.11
RADIUS = 0.15
TOLERANCE_M = 0.001
WATER = Facts("water", "direct", 300.0)
SEWAGE = Facts("sewage", "direct", 300.0)
BINS = [0.05, 0.15, 0.3, 0.45, 0.55, 0.7, 0.85, 0.95, 1.0]


@dataclass
class Trial:
    """What a run said of each pair (NaN: clear, not listed) and what was true."""

    called: np.ndarray
    is_true: np.ndarray


def lines(utility: Utility, ends: np.ndarray, sigma: float, **columns: Any) -> PipeTable:
    """Straight lines from ends of shape (n, 2, 3)."""
    count = len(ends)
    flat = ends.reshape(-1, 3)
    given = {
        "shape": Shape.CIRCLE,
        "outer_width_m": 2 * RADIUS,
        "outer_height_m": 2 * RADIUS,
        "nominal_mm": 300.0,
        "burial": Burial.DIRECT,
        "level_source": Provenance.SURVEYED,
        "sigma_xy_m": sigma,
        "sigma_z_m": sigma,
    } | columns
    return PipeTable.build(
        count,
        id=text_array(f"{utility.key}{k}" for k in range(count)),
        utility=np.full(count, utility),
        offsets=np.arange(count + 1) * 2,
        xy=flat[:, :2],
        axis_level=flat[:, 2],
        **given,
    )


def called(conflicts: ConflictTable, check: str) -> np.ndarray:
    """Probabilities by pair; the number of the pair is in the id of the water line."""
    out = np.full(PAIRS, np.nan)
    for row in np.flatnonzero(conflicts.check == check):
        name = next(n for n in (conflicts.a_id[row], conflicts.b_id[row]) if "water" in n)
        out[int(name.removeprefix("water"))] = conflicts.probability[row]
    return out


def places() -> np.ndarray:
    """A place of its own for every pair."""
    k = np.arange(PAIRS)
    return np.column_stack([(k % 60) * 100.0, (k // 60) * 100.0])


def beside(rng: np.random.Generator) -> Trial:
    """A slanted line whose end comes near another: the distance of an end from an axis."""
    need = required_m("horizontal_clearance", WATER, SEWAGE)
    assert need is not None
    gap = need + rng.uniform(-0.35, 0.35, PAIRS)
    a, b = np.zeros((PAIRS, 2, 3)), np.zeros((PAIRS, 2, 3))
    a[:, :, :2] = places()[:, None] + [[0, 0], [40, 0]]
    b[:, :, :2] = places()[:, None] + [[20, 2 * RADIUS], [35, 6]]
    b[:, :, 1] += gap[:, None]
    both = [lines(Utility.WATER, a, SIGMA_A), lines(Utility.SEWAGE, b, SIGMA_B)]
    report = checked(network(*both), "horizontal_clearance")
    a = a + rng.normal(0, SIGMA_A, a.shape)
    b = b + rng.normal(0, SIGMA_B, b.shape)
    strips = (
        shapely.buffer(shapely.linestrings(line[:, :, :2]), RADIUS, cap_style="flat")
        for line in (a, b)
    )
    true = shapely.distance(*strips)
    return Trial(called(report.conflicts, "horizontal_clearance"), true < need - TOLERANCE_M)


def crossing(rng: np.random.Generator) -> Trial:
    """Level lines that cross: the difference of two levels."""
    need = required_m("vertical_clearance", WATER, SEWAGE)
    assert need is not None
    gap = need + rng.uniform(-0.35, 0.35, PAIRS)
    a, b = np.zeros((PAIRS, 2, 3)), np.zeros((PAIRS, 2, 3))
    a[:, :, :2] = places()[:, None] + [[0, 0], [40, 0]]
    b[:, :, :2] = places()[:, None] + [[20, -20], [24, 20]]
    b[:, :, 2] = (-2 * RADIUS - gap)[:, None]
    both = [lines(Utility.WATER, a, SIGMA_A), lines(Utility.SEWAGE, b, SIGMA_B)]
    report = checked(network(*both), "vertical_clearance")
    rise_a = rng.normal(0, SIGMA_A, (PAIRS, 2)).mean(axis=1)  # both cross in their middle
    rise_b = rng.normal(0, SIGMA_B, (PAIRS, 2)).mean(axis=1)
    true = gap + rise_a - rise_b
    return Trial(called(report.conflicts, "vertical_clearance"), true < need - TOLERANCE_M)


def cover(rng: np.random.Generator) -> Trial:
    """Rising lines under level ground: the level at one end."""
    need = cover_m(WATER)
    assert need is not None
    measured = need + rng.uniform(-0.3, 0.3, PAIRS)
    a = np.zeros((PAIRS, 2, 3))
    a[:, :, :2] = places()[:, None] + [[0, 0], [40, 0]]
    a[:, 0, 2] = -measured - RADIUS
    a[:, 1, 2] = a[:, 0, 2] - 2.0
    ground = {"start_ground_m": 0.0, "end_ground_m": 0.0}
    report = checked(network(lines(Utility.WATER, a, SIGMA_B, **ground)), "cover")
    slope = 2.0 / 40.0
    true = -(a[:, 0, 2] + rng.normal(0, SIGMA_B, PAIRS)) - RADIUS * np.hypot(1, slope)
    return Trial(called(report.conflicts, "cover"), true < need - TOLERANCE_M)


def building(rng: np.random.Generator) -> Trial:
    """Lines that come near the corner of a building."""
    need = building_m(WATER)
    assert need is not None
    gap = need + rng.uniform(-0.35, 0.35, PAIRS)
    a = np.zeros((PAIRS, 2, 3))
    a[:, :, :2] = places()[:, None] + [[0, 0], [40, 0]]
    corner = places() + np.column_stack([np.full(PAIRS, 20.0), gap + RADIUS])
    outlines = shapely.polygons(corner[:, None] + np.array([[0, 0], [5, 5], [-5, 5]]))
    houses = BuildingTable.build(
        PAIRS,
        id=text_array(f"b{k}" for k in range(PAIRS)),
        geometry=np.asarray(outlines, dtype=object),
        sigma_xy_m=SIGMA_B,
    )
    state: ProjectState = network(lines(Utility.WATER, a, SIGMA_A), buildings=houses)
    report = checked(state, "building_clearance")
    true = gap + rng.normal(0, SIGMA_B, PAIRS) - rng.normal(0, SIGMA_A, PAIRS)
    return Trial(called(report.conflicts, "building_clearance"), true < need - TOLERANCE_M)


@pytest.mark.parametrize("simulation", [beside, crossing, cover, building])
def test_pairs_called_with_probability_p_are_violated_about_p_of_the_time(simulation: Any) -> None:
    assert gb().settings.tolerance_m == TOLERANCE_M
    trial = simulation(np.random.default_rng(20260301))
    listed = ~np.isnan(trial.called)
    which = np.digitize(trial.called, BINS)
    for k in range(1, len(BINS)):
        own = listed & (which == k)
        count, mean = int(own.sum()), float(trial.called[own].mean())
        share = float(trial.is_true[own].mean())
        doubt = np.sqrt(mean * (1 - mean) / count) + 1e-3
        assert count > 50
        assert abs(share - mean) < 3.5 * doubt, (BINS[k - 1], mean, share, count)
    clear = trial.is_true[~listed]
    assert len(clear) > 200
    assert clear.mean() < 0.05
    whole = trial.called[listed]
    assert abs(trial.is_true[listed].mean() - whole.mean()) < 3 * np.sqrt(0.25 / len(whole))
