"""Distances of pipe bodies that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_builders import Piece, moved, random_pairs, rows, segments

from baiyun_gis.kernels.bodies import BodyGap, body_gap
from baiyun_gis.kernels.segments import take


def gap(first: Piece, second: Piece) -> BodyGap:
    return body_gap(segments(first, second), rows(0), rows(1))


def test_gap_is_measured_wall_to_wall() -> None:
    found = gap(Piece((0, 0, 0), (10, 0, 0), 0.3), Piece((5, -5, -2), (5, 5, -2), 0.2))
    assert found.gap[0] == pytest.approx(1.5)
    assert (found.ax[0], found.ay[0], found.az[0]) == pytest.approx((5.0, 0.0, -0.3))
    assert (found.bx[0], found.by[0], found.bz[0]) == pytest.approx((5.0, 0.0, -1.8))


def test_free_ends_are_flat_and_bends_are_round() -> None:
    wall = Piece((2, -5, 0), (2, 5, 0), 0.5)
    flat = Piece((0, 0, 0), (1, 0, 0), 0.4)
    assert gap(flat, wall).gap[0] == pytest.approx(0.5)
    assert gap(flat._replace(flat1=False), wall).gap[0] == pytest.approx(0.1)


def test_a_sloping_flat_end_reaches_past_its_axis_end() -> None:
    # 45° down: the lower edge of the disc lies r/√2 further on.
    pipe = Piece((0, 0, 1), (1, 0, 0), 0.2)
    plate = Piece((3, -9, 0), (3, 9, 0), (0.5, 9.0))
    assert gap(pipe, plate).gap[0] == pytest.approx(1.5 - 0.2 / math.sqrt(2.0), abs=1e-7)


def test_rectangles_keep_their_corners() -> None:
    duct = Piece((0, 0, 0), (10, 0, 0), (0.5, 0.25))
    above = Piece((0, 1.5, 1.25), (10, 1.5, 1.25), (0.5, 0.25))
    assert gap(duct, above).gap[0] == pytest.approx(math.hypot(0.5, 0.75), abs=1e-7)


def test_penetration_of_crossing_circles_is_radii_less_axis_distance() -> None:
    found = gap(Piece((0, 0, 0), (10, 0, 0), 0.3), Piece((5, -5, 0.4), (5, 5, 0.4), 0.2))
    assert found.gap[0] == pytest.approx(-0.1)


def test_axes_that_meet_penetrate_by_both_radii() -> None:
    found = gap(Piece((0, 0, 0), (10, 0, 0), 0.3), Piece((5, -5, 0), (5, 5, 0), 0.2))
    assert found.gap[0] == pytest.approx(-0.5, abs=1e-6)


def test_a_pipe_end_in_a_trench_is_as_deep_as_it_reaches_in() -> None:
    trench = Piece((0, 0, 0), (20, 0, 0), (1.0, 1.0))
    pipe = Piece((10, -8, 0), (10, -0.95, 0), 0.1)
    found = gap(pipe, trench)
    assert found.gap[0] == pytest.approx(-0.05, abs=1e-6)
    assert abs(found.ay[0] - found.by[0]) == pytest.approx(0.05, abs=1e-6)


def test_axes_without_width_that_lie_in_one_line_touch() -> None:
    first = Piece((0, 0, 0), (2, 1, 2), 0.0)
    assert gap(first, Piece((1, 0.5, 1), (4, 2, 4), 0.0)).gap[0] == pytest.approx(0.0, abs=1e-9)


def test_touching_walls_have_no_gap() -> None:
    a = Piece((0, 0, 0), (10, 0, 0), (0.5, 0.5))
    assert gap(a, Piece((0, 1, 0), (10, 1, 0), (0.5, 0.5))).gap[0] == pytest.approx(0.0, abs=1e-7)
    assert gap(a, Piece((10, 0, 0), (20, 0, 0), (0.5, 0.5))).gap[0] == pytest.approx(0.0, abs=1e-7)


def test_a_pipe_against_itself_penetrates() -> None:
    for half in (0.2, (0.3, 0.2)):
        same = Piece((0, 0, 0), (5, 1, 0.3), half)
        assert gap(same, same).gap[0] < -0.3


def test_upright_pipes_and_points_are_measured() -> None:
    shaft = Piece((0, 0, -5), (0, 0, 0), 0.5)
    assert gap(shaft, Piece((2, -5, -2), (2, 5, -2), 0.3)).gap[0] == pytest.approx(1.2)
    box = Piece((0, 0, -5), (0, 0, 0), (0.5, 0.2))
    assert gap(box, Piece((2, -5, -2), (2, 5, -2), 0.3)).gap[0] == pytest.approx(1.2, abs=1e-7)
    spot = Piece((3, 0, 0), (3, 0, 0), 0.25)
    assert gap(spot, Piece((0, -5, 0), (0, 5, 0), 0.5)).gap[0] == pytest.approx(2.25)


def test_unknown_level_or_section_gives_no_number() -> None:
    known = Piece((0, 0, 0), (10, 0, 0), 0.3)
    unknown_level = Piece((0, 2, math.nan), (10, 2, 0), 0.3)
    unknown_size = Piece((0, 2, 0), (10, 2, 0), math.nan)
    unknown_height = Piece((0, 2, 0), (10, 2, 0), (0.3, math.nan))
    for other in (unknown_level, unknown_size, unknown_height):
        found = gap(known, other)
        assert all(math.isnan(column[0]) for column in found)


def test_no_pairs_give_no_rows() -> None:
    found = body_gap(segments(Piece((0, 0, 0), (1, 0, 0))), rows(), rows())
    assert all(len(column) == 0 for column in found)


def test_a_long_pipe_is_as_exact_as_a_short_one() -> None:
    long = Piece((-50_000, 0, 0), (50_000, 0, 0), (0.5, 0.5))
    assert gap(long, Piece((3, 2, 0), (3, 9, 0), 0.25)).gap[0] == pytest.approx(1.5, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_swapping_a_pair_swaps_its_points_and_keeps_the_gap(seed: int) -> None:
    seg = random_pairs(np.random.default_rng(seed), 20)
    i, j = np.arange(20, dtype=np.int32), np.arange(20, 40, dtype=np.int32)
    there, back = body_gap(seg, i, j), body_gap(seg, j, i)
    np.testing.assert_allclose(there.gap, back.gap, atol=2e-4)
    apart = there.gap > 0.0
    np.testing.assert_allclose(there.gap[apart], back.gap[apart], atol=1e-7)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shift=st.tuples(*(st.floats(-1e6, 1e6) for _ in range(3))),
)
def test_moving_both_bodies_keeps_the_gap(seed: int, shift: tuple[float, float, float]) -> None:
    seg = random_pairs(np.random.default_rng(seed), 20)
    i, j = np.arange(20, dtype=np.int32), np.arange(20, 40, dtype=np.int32)
    here, there = body_gap(seg, i, j), body_gap(moved(seg, np.array(shift)), i, j)
    apart = here.gap > 1e-6
    np.testing.assert_allclose(there.gap[apart], here.gap[apart], atol=1e-6)
    assert (there.gap[~apart] < 1e-5).all()


def test_few_pairs_of_many_segments_are_the_same_as_all() -> None:
    seg = random_pairs(np.random.default_rng(2), 3000)
    i, j = np.arange(3000, dtype=np.int32), np.arange(3000, 6000, dtype=np.int32)
    everything = body_gap(seg, i, j)
    some = body_gap(seg, i[7:12], j[7:12])
    np.testing.assert_array_equal(some.gap, everything.gap[7:12])
    alone = body_gap(take(seg, np.array([7, 3007])), rows(0), rows(1))
    assert alone.gap[0] == everything.gap[7]
