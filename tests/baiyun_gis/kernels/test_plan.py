"""Plan clearance, crossings and stretches that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_builders import Piece, random_pairs, rows, segments

from baiyun_gis.kernels.plan import _surely_within, plan_clearance, plan_crossing, plan_stretch
from baiyun_gis.kernels.segments import Segments, table_of
from baiyun_gis.kernels.shapes import (
    ACROSS,
    HALF_WIDTH,
    SIZE,
    START,
    STOP,
    UPRIGHT_M,
    plan_shape,
)

WATER = Piece((0, 0, 0), (100, 0, 0), 0.3)


def pair(first: Piece, second: Piece) -> Segments:
    return segments(first, second)


def clearance(first: Piece, second: Piece) -> float:
    return float(plan_clearance(pair(first, second), rows(0), rows(1)).gap[0])


def test_clearance_is_wall_to_wall_whatever_the_levels() -> None:
    gas = Piece((0, 2, -9), (100, 2, -9), 0.2)
    assert clearance(WATER, gas) == pytest.approx(1.5)
    unknown = Piece((0, 2, math.nan), (100, 2, math.nan), 0.2)
    assert clearance(WATER, unknown) == pytest.approx(1.5)


def test_unknown_width_gives_no_clearance() -> None:
    assert math.isnan(clearance(WATER, Piece((0, 2, 0), (9, 2, 0), math.nan)))


def test_an_upright_pipe_is_a_disc_in_plan() -> None:
    assert clearance(WATER, Piece((50, 2, -5), (50, 2, 0), 0.5)) == pytest.approx(1.2)


def test_the_flat_end_of_a_sloping_pipe_projects_to_an_ellipse() -> None:
    pipe = Piece((0, 0, 0), (3, 0, 4), 0.5)
    wall = Piece((5, -5, 0), (5, 5, 0), (0.5, 0.5))
    assert clearance(pipe, wall) == pytest.approx(1.5 - 0.5 * 0.8, abs=1e-7)


def test_crossing_strips_overlap_by_their_half_widths() -> None:
    assert clearance(WATER, Piece((50, -40, 0), (50, 40, 0), 0.2)) == pytest.approx(-0.5)


def test_an_end_that_just_reaches_in_overlaps_by_that() -> None:
    stub = Piece((50, 0.25, 0), (50, 9, 0), 0.2)
    assert clearance(WATER, stub) == pytest.approx(-0.05, abs=1e-6)


def test_axes_cross_at_a_point_and_an_angle() -> None:
    found = plan_crossing(pair(WATER, Piece((20, -10, 0), (40, 10, 5), 0.2)), rows(0), rows(1))
    assert found.crosses[0]
    assert (found.ta[0], found.tb[0]) == pytest.approx((0.3, 0.5))
    assert found.angle_deg[0] == pytest.approx(45.0)


@pytest.mark.parametrize(("short_by", "meets"), [(0.0, True), (0.0009, True), (0.0011, False)])
def test_an_end_on_the_other_axis_meets_it_within_a_millimetre(
    short_by: float, meets: bool
) -> None:
    stub = Piece((50, short_by, 0), (50, 10, 0), 0.2)
    found = plan_crossing(pair(WATER, stub), rows(0), rows(1))
    assert bool(found.crosses[0]) is meets
    assert found.angle_deg[0] == pytest.approx(90.0)
    assert math.isnan(found.ta[0]) is not meets


def test_parallel_axes_do_not_cross() -> None:
    found = plan_crossing(pair(WATER, Piece((100, 1, 0), (0, 1, 0), 0.2)), rows(0), rows(1))
    assert not found.crosses[0]
    assert found.angle_deg[0] == pytest.approx(0.0)


def test_an_upright_pipe_crosses_nothing() -> None:
    found = plan_crossing(pair(WATER, Piece((50, 0, -5), (50, 0, 0), 0.5)), rows(0), rows(1))
    assert not found.crosses[0]
    assert math.isnan(found.angle_deg[0])


def test_stretch_along_a_shorter_neighbour_has_round_or_square_limits() -> None:
    # Wall to wall 1.0 beside 20 … 40 m; the corner is 1.25 away at 0.75 m before it.
    neighbour = Piece((20, 1.5, 0), (40, 1.5, 0), 0.2)
    found = plan_stretch(pair(WATER, neighbour), rows(0), rows(1), np.array([1.25]))
    assert (found.from_t[0], found.to_t[0]) == pytest.approx((0.1925, 0.4075), abs=1e-7)


def test_stretch_before_a_wall_is_what_lies_within_the_requirement() -> None:
    stub = Piece((50, 0.5, 0), (50, 10.5, 0), 0.4)
    found = plan_stretch(pair(stub, WATER), rows(0), rows(1), np.array([1.2]))
    assert (found.from_t[0], found.to_t[0]) == pytest.approx((0.0, 0.1), abs=1e-7)


@pytest.mark.parametrize(("required", "fails"), [(0.999, False), (1.0, False), (1.001, True)])
def test_there_is_no_stretch_unless_the_clearance_is_below(required: float, fails: bool) -> None:
    gas = Piece((0, 1.5, 0), (100, 1.5, 0), (0.2, 0.2))
    found = plan_stretch(pair(WATER, gas), rows(0), rows(1), np.array([required]))
    assert math.isnan(found.from_t[0]) is not fails
    if fails:
        assert (found.from_t[0], found.to_t[0]) == pytest.approx((0.0, 1.0))


def test_a_cap_that_alone_is_too_near_gives_its_end() -> None:
    bend = Piece((50, 1.0, 0), (50, 10, 0), 0.5, flat0=False)
    found = plan_stretch(pair(bend, WATER), rows(0), rows(1), np.array([0.3]))
    assert (found.from_t[0], found.to_t[0]) == pytest.approx((0.0, 0.0))


def test_one_requirement_serves_all_pairs() -> None:
    seg = segments(WATER, Piece((0, 1, 0), (100, 1, 0), 0.2), Piece((0, 9, 0), (100, 9, 0), 0.2))
    found = plan_stretch(seg, rows(0, 0), rows(1, 2), np.float64(1.0))
    assert list(np.isnan(found.from_t)) == [False, True]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_plan_answers_do_not_depend_on_the_order_of_a_pair(seed: int) -> None:
    seg = random_pairs(np.random.default_rng(seed), 20)
    i, j = np.arange(20, dtype=np.int32), np.arange(20, 40, dtype=np.int32)
    there, back = plan_clearance(seg, i, j), plan_clearance(seg, j, i)
    np.testing.assert_allclose(there.gap, back.gap, atol=1e-6)
    crossing, turned = plan_crossing(seg, i, j), plan_crossing(seg, j, i)
    np.testing.assert_array_equal(crossing.crosses, turned.crosses)
    np.testing.assert_allclose(crossing.angle_deg, turned.angle_deg, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_bodies_are_never_nearer_than_their_plans(seed: int) -> None:
    from baiyun_gis.kernels.bodies import body_gap

    seg = random_pairs(np.random.default_rng(seed), 20)
    i, j = np.arange(20, dtype=np.int32), np.arange(20, 40, dtype=np.int32)
    in_plan, in_space = plan_clearance(seg, i, j).gap, body_gap(seg, i, j).gap
    apart = in_plan > 0.0
    assert (in_space[apart] >= in_plan[apart] - 1e-7).all()


@pytest.mark.parametrize("seed", range(4))
def test_where_a_line_across_surely_lies_near_it_does(seed: int) -> None:
    seg = random_pairs(np.random.default_rng(seed), 60, spread=3.0)
    a, b, sure = np.zeros(SIZE), np.zeros(SIZE), 0
    for first in range(60):
        second = 60 + first
        for one, shape in ((first, a), (second, b)):
            plan_shape(table_of(seg), one, 0.0, 0.0, shape)
        start, stop = b[START : START + 2], b[STOP : STOP + 2]
        if not np.hypot(*(stop - start)) > UPRIGHT_M:
            continue
        half = b[HALF_WIDTH] * b[ACROSS : ACROSS + 2]
        box = shapely.Polygon([start + half, stop + half, stop - half, start - half])
        for t in (0.0, 0.3, 1.0):
            place = a[START : START + 2] + t * (a[STOP : STOP + 2] - a[START : START + 2])
            across = a[HALF_WIDTH] * a[ACROSS : ACROSS + 2]
            line = shapely.LineString([place - across, place + across])
            for within in (-0.05, 0.0, 0.4):
                if not _surely_within(a, t, b, within):
                    continue
                sure += 1
                assert shapely.distance(line, box) <= max(within, 0.0) + 1e-9
                inner = shapely.buffer(box, min(within, 0.0), join_style="mitre")
                assert shapely.distance(line, inner) <= max(within, 0.0) + 1e-9
    assert sure > 50
