"""Planted mistakes are what they say, and the same every time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.level_mistakes import (
    LEAST_ERROR_M,
    MISTAKES,
    with_mistakes,
    with_survey_noise,
)


@pytest.fixture(scope="module")
def clean() -> ProjectState:
    return with_survey_noise(make_district(2_000, 3).state, seed=3, sigma_m=0.02)


def test_the_same_seed_plants_the_same_mistakes(clean: ProjectState) -> None:
    one, mistakes = with_mistakes(clean, seed=5)
    two, again = with_mistakes(clean, seed=5)
    assert mistakes == again
    assert np.array_equal(one.pipes.start_level_m, two.pipes.start_level_m, equal_nan=True)
    assert mistakes != with_mistakes(clean, seed=6)[1]


def test_every_kind_is_planted_equally_often(clean: ProjectState) -> None:
    counts = Counter(mistake.kind for mistake in with_mistakes(clean, seed=5)[1])
    assert set(counts) == set(MISTAKES)
    assert len(set(counts.values())) == 1


def test_recorded_levels_are_the_wrong_ones_and_the_others_stay(clean: ProjectState) -> None:
    state, mistakes = with_mistakes(clean, seed=5)
    level = np.stack([state.pipes.start_level_m, state.pipes.end_level_m], axis=1).ravel()
    before = np.stack([clean.pipes.start_level_m, clean.pipes.end_level_m], axis=1).ravel()
    wrong = {end for mistake in mistakes for end in mistake.ends}
    for mistake in mistakes:
        assert np.allclose(level[list(mistake.ends)], mistake.recorded_m)
        off = np.abs(np.subtract(mistake.recorded_m, mistake.true_m))
        assert off.max() >= LEAST_ERROR_M
    good = np.array([end not in wrong for end in range(len(level))])
    assert np.array_equal(level[good], before[good], equal_nan=True)
