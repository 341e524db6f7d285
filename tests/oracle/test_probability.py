"""The closed-form probability against simulation that shares no code with it."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import checked, required_m, row_of

from baiyun_gis.checks.verdicts import probability, verdict_of
from baiyun_gis.model.vocabulary import Utility, Verdict

DRAWS = 200_000


@pytest.mark.parametrize("over_m", [-0.10, -0.03, 0.0, 0.04])
def test_horizontal_probability_agrees_with_moved_lines(over_m):
    sigma_a, sigma_b = 0.03, 0.05
    one = pipe("w", Utility.WATER, [(0, 0, -1), (50, 0, -1)], sigma_xy_m=sigma_a)
    two = pipe("g", Utility.GAS, [(0, 0, -1), (50, 0, -1)], sigma_xy_m=sigma_b)
    need = required_m("horizontal_clearance", one, two)
    y = 0.3 + need + over_m
    state = network(one, pipe("g", Utility.GAS, [(0, y, -1), (50, y, -1)], sigma_xy_m=sigma_b))
    row = row_of(checked(state, "horizontal_clearance"), "horizontal_clearance")
    draw = np.random.default_rng(11)
    # Either end of the two parallel lines may be the nearer one.
    ends = draw.normal(0, sigma_b, (DRAWS, 2)) - draw.normal(0, sigma_a, (DRAWS, 2))
    moved = y - 0.3 + ends.min(axis=1)
    assert row["probability"] == pytest.approx(np.mean(moved < need - 0.001), abs=0.004)


@pytest.mark.parametrize("over_m", [-0.08, 0.0, 0.05])
def test_vertical_probability_agrees_with_raised_lines(over_m):
    columns = {"sigma_xy_m": 0.0, "sigma_z_m": 0.04}
    one = pipe("w", Utility.WATER, [(0, 0, -1), (50, 0, -1)], **columns)
    two = pipe("g", Utility.GAS, [(25, -9, -2), (25, 9, -2)], **columns)
    need = required_m("vertical_clearance", one, two)
    z = -1 - 0.3 - need - over_m
    state = network(one, pipe("g", Utility.GAS, [(25, -9, z), (25, 9, z)], **columns))
    row = row_of(checked(state, "vertical_clearance"), "vertical_clearance")
    draw = np.random.default_rng(12)
    middle = draw.normal(0, 0.04, (DRAWS, 4)) @ [0.5, 0.5, -0.5, -0.5]
    gap = -1.15 - (z + 0.15) + middle
    assert row["probability"] == pytest.approx(np.mean(gap < need - 0.001), abs=0.004)


def test_verdicts_change_at_their_limits():
    chance = np.array([0.0499, 0.05, 0.4999, 0.5, 0.9499, 0.95, np.nan])
    assert [Verdict(int(v)) for v in verdict_of(chance)] == [
        Verdict.CLEAR,
        Verdict.POSSIBLE,
        Verdict.POSSIBLE,
        Verdict.LIKELY,
        Verdict.LIKELY,
        Verdict.CERTAIN,
        Verdict.CANNOT_JUDGE,
    ]


def test_without_doubt_the_answer_is_yes_or_no():
    actual = np.array([0.9985, 0.999, 1.0, np.nan])
    got = probability(actual, np.ones(4), np.zeros(4))
    assert list(got[:3]) == [1.0, 0.0, 0.0]
    assert np.isnan(got[3])
