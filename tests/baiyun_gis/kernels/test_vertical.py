"""Vertical clearances that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_builders import Piece, moved, random_pairs, rows, segments

from baiyun_gis.kernels.vertical import VerticalClearance, vertical_clearance
from baiyun_gis.model.columns import F64

WATER = Piece((0, 0, -1), (100, 0, -1), 0.3)


def clearance(first: Piece, second: Piece, **how: float) -> VerticalClearance:
    return vertical_clearance(segments(first, second), rows(0), rows(1), **how)


def test_at_a_crossing_it_is_between_the_facing_walls() -> None:
    found = clearance(WATER, Piece((50, -9, -2), (50, 9, -2), 0.2))
    assert found.clearance[0] == pytest.approx(0.5)
    assert found.a_above[0]
    assert (found.x[0], found.y[0]) == pytest.approx((50.0, 0.0))
    assert (found.za[0], found.zb[0]) == pytest.approx((-1.3, -1.8))


def test_who_is_above_turns_with_the_pair() -> None:
    found = clearance(Piece((50, -9, -2), (50, 9, -2), 0.2), WATER)
    assert not found.a_above[0]
    assert found.clearance[0] == pytest.approx(0.5)
    assert (found.za[0], found.zb[0]) == pytest.approx((-1.8, -1.3))


def test_a_sloping_round_wall_is_radius_over_cosine_from_its_axis() -> None:
    slope = Piece((50, -10, -14), (50, 10, 6), 0.2)  # 45°, at level −4 over the water main
    found = clearance(WATER, slope)
    assert found.clearance[0] == pytest.approx(3.0 - 0.3 - 0.2 * math.sqrt(2.0))


def test_crossing_at_the_same_level_overlaps() -> None:
    found = clearance(WATER, Piece((50, -9, -1), (50, 9, -1), 0.2))
    assert found.clearance[0] == pytest.approx(-0.5)


def test_the_wall_ends_where_the_pipe_ends() -> None:
    # 45° down to its flat end on the water main's axis: half the wall is cut away below.
    stub = Piece((50, 10, 10), (50, 0, 0), 0.2, flat1=True)
    over = clearance(WATER, stub)
    assert over.clearance[0] == pytest.approx(1.0 - 0.3, abs=1e-9)
    assert over.zb[0] == pytest.approx(0.0, abs=1e-9)
    rounded = clearance(WATER, stub._replace(flat1=False))
    assert rounded.clearance[0] == pytest.approx(1.0 - 0.3 - 0.2)


def test_on_top_of_each_other_the_least_over_the_overlap_counts() -> None:
    # The duct sinks from 1 m over the main to 0.5 m at the end of their common stretch.
    duct = Piece((20, 0.1, 0.6), (60, 0.1, 0.1), (0.4, 0.3))
    found = clearance(WATER, duct)
    assert found.clearance[0] == pytest.approx(0.1 - 0.3 + 1.0 - 0.3, abs=1e-6)
    assert found.x[0] == pytest.approx(60.0, abs=1e-5)


def test_meeting_below_the_crossing_angle_counts_as_on_top() -> None:
    slant = Piece((0, -1, 1), (100, 1, 0), 0.2)
    crossing = clearance(WATER, slant, crossing_angle_deg=1.0)
    along = clearance(WATER, slant)
    assert crossing.clearance[0] == pytest.approx(1.0, abs=1e-3)
    assert along.clearance[0] < crossing.clearance[0] - 0.05


def test_beside_each_other_there_is_no_vertical_clearance() -> None:
    found = clearance(WATER, Piece((0, 2, -2), (100, 2, -2), 0.2))
    assert np.isnan(found.clearance[0])
    assert not found.a_above[0]


@pytest.mark.parametrize("shift", [np.zeros(3), np.array([412_345.0, 2_543_210.0, 12.0])])
@pytest.mark.parametrize(("seed", "k", "wanted"), [(99, 4272, -0.375373), (4, 4781, -0.455662)])
def test_bodies_let_down_to_within_rounding_of_each_other_touch(
    seed: int, k: int, wanted: float, shift: F64
) -> None:
    """Two of 10,000 each that a step left 1e-8 m apart, where the direction means nothing."""
    seg = moved(random_pairs(np.random.default_rng(seed), 10_000), shift)
    found = vertical_clearance(seg, rows(k), rows(10_000 + k))
    assert found.clearance[0] == pytest.approx(wanted, abs=1e-6)


def test_unknown_levels_give_no_number() -> None:
    found = clearance(WATER, Piece((50, -9, math.nan), (50, 9, -2), 0.2))
    assert np.isnan(found.clearance[0])


def test_an_upright_shaft_through_a_pipe_overlaps() -> None:
    found = clearance(WATER, Piece((50, 0, -5), (50, 0, 0), 0.5))
    assert found.clearance[0] < 0.0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_swapping_a_pair_swaps_who_is_above(seed: int) -> None:
    seg = random_pairs(np.random.default_rng(seed), 20)
    i, j = np.arange(20, dtype=np.int32), np.arange(20, 40, dtype=np.int32)
    there, back = vertical_clearance(seg, i, j), vertical_clearance(seg, j, i)
    known = ~np.isnan(there.clearance) & ~np.isnan(back.clearance)
    decided = known & (there.a_above != back.a_above)
    assert decided.sum() == known.sum()
    np.testing.assert_allclose(there.clearance[decided], back.clearance[decided], atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), lift=st.floats(0.0, 50.0))
def test_lifting_the_upper_pipe_adds_the_lift(seed: int, lift: float) -> None:
    seg = random_pairs(np.random.default_rng(seed), 20)
    upper = np.arange(40) < 20
    seg = seg._replace(z0=seg.z0 + 20.0 * upper, z1=seg.z1 + 20.0 * upper)
    higher = seg._replace(z0=seg.z0 + lift * upper, z1=seg.z1 + lift * upper)
    i, j = np.arange(20, dtype=np.int32), np.arange(20, 40, dtype=np.int32)
    before, after = vertical_clearance(seg, i, j), vertical_clearance(higher, i, j)
    np.testing.assert_allclose(after.clearance, before.clearance + lift, atol=1e-5)
