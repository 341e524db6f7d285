"""What lines near a building come to, by their runs."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from kernel_builders import clearance_to_polygons

from baiyun_gis.kernels.beside import Beside
from baiyun_gis.kernels.beside_runs import (
    INSIDE,
    SERVES,
    OfSegments,
    OnRuns,
    Terms,
    Told,
    answers_of_runs,
)
from baiyun_gis.kernels.outlines import outlines_of
from baiyun_gis.kernels.segments import Segments, table_of

HOUSE = outlines_of(np.array([shapely.box(0, 0, 20, 10)], dtype=object))
ORIGIN = np.array([437_000.0, 2_569_000.0])


def told(
    line: list[tuple[float, float]],
    *,
    required_m: float,
    pipes: list[int] | None = None,
    sets_inside: bool = False,
    knows_width: bool = True,
    chance: float = 1.0,
) -> Told:
    """What a run of 0.2 m along some points comes to at a house of 20 m × 10 m, every piece of it
    a pipe of its own unless said; its ends are free."""
    xy = np.array(line)
    count = len(xy) - 1
    pipe = np.arange(count, dtype=np.int32) if pipes is None else np.array(pipes, dtype=np.int32)
    none, no = np.zeros(count), np.zeros(count, dtype=np.bool_)
    half = np.full(count, 0.1)
    (x0, y0), (x1, y1) = np.ascontiguousarray(xy[:-1].T), np.ascontiguousarray(xy[1:].T)
    seg = Segments(x0, y0, none, x1, y1, none, half, half, no, no, no, pipe, none)
    rows, first = np.arange(count, dtype=np.int32), np.zeros(count, dtype=np.int32)
    gap = clearance_to_polygons(seg, rows, HOUSE, first)
    asked = np.tile([required_m, required_m + 0.1, 0.05, 0.0, chance], (count, 1))
    numbers = np.hstack([np.column_stack(gap), asked])
    pieces = Beside(rows, first, numbers)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*(xy[1:] - xy[:-1]).T))[:-1]])
    joint = np.stack([np.arange(count), np.arange(1, count + 1)], axis=1).astype(np.int32)
    degree = np.bincount(joint.reshape(-1)).astype(np.int32)
    tips = np.stack([xy[:-1], xy[1:]], axis=1).reshape(-1, 2) + ORIGIN
    runs = OnRuns(length, none + 1, joint.reshape(-1), tips, degree)
    yes = ~no
    of = OfSegments(table_of(seg), none, yes, yes, yes if knows_width else no)
    terms = Terms(2.5, 1.5, 8.0, 1e-3, 5e-10, 0.5, 0.05, 0.01, sets_inside, tuple(ORIGIN))
    return answers_of_runs(first, 1, pieces, of, runs, HOUSE, terms)


def spans(seen: Told, line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """From and to along the run; findings tell it along their pipes."""
    ways = np.diff(np.array(line), axis=0)
    before = np.concatenate([[0.0], np.cumsum(np.hypot(*ways.T))])[seen.rows]
    return list(zip(*(seen.numbers[:2] + before).tolist(), strict=True))


def test_a_line_straight_to_the_wall_is_a_service_and_one_along_it_is_none():
    assert told([(10, -30), (10, -15), (10, -0.5)], required_m=3.0).reason.tolist() == [SERVES] * 2
    assert told([(10, -30), (10, -15), (10, -1.8)], required_m=3.0).reason.tolist() == [0, 0]
    along = told([(-30, -1), (5, -1), (19, -1)], required_m=3.0)
    assert along.reason.tolist() == [0, 0]
    assert len(along.rows) == 1


def test_pieces_too_near_are_one_stretch_told_by_the_worst_of_them():
    line = [(-30.0, -2.0), (5.0, -1.5), (12.0, -1.0), (40.0, -1.0)]
    seen = told(line, required_m=3.001)
    assert seen.is_found.tolist() == [True, True, True]
    assert seen.rows.tolist() == [1]
    # From 3 m before the corner of the house to 3 m after it: slanting walls, 0.1 m half width.
    (low, high), = spans(seen, line)  # fmt: skip
    first = np.hypot(35, 0.5)
    last = first + np.hypot(7, 0.5) + 8 + np.sqrt(3**2 - 0.9**2)
    assert high == pytest.approx(last, abs=1e-9)
    start = np.linspace(0, first, 2_000_001)
    way = np.array([35, 0.5]) / first
    side = 0.1 * np.array([-way[1], way[0]])
    upper = np.array([-30, -2]) + start[:, None] * way + side
    near = np.hypot(np.maximum(-upper[:, 0], 0), upper[:, 1]) <= 3
    assert low == pytest.approx(start[near.argmax()], abs=4e-5)


def test_stretches_apart_are_told_apart_in_order_along_the_run():
    line = [(-30.0, 5.0), (-30.0, -20.0), (-2.0, -2.0), (10.0, -40.0), (22.0, -2.0), (50.0, -2.0)]
    seen = told(line, required_m=3.0)
    assert len(seen.rows) == 2
    one, two = spans(seen, line)
    assert one[0] < one[1] < two[0] < two[1]


def test_a_pipe_under_the_house_is_set_aside_as_a_whole_where_that_is_another_matter():
    line = [(-20.0, -2.0), (-5.0, -2.0), (5.0, 5.0), (30.0, 5.0)]
    seen = told(line, required_m=3.0, pipes=[0, 0, 1], sets_inside=True)
    assert seen.reason.tolist() == [INSIDE] * 3
    seen = told(line, required_m=3.0, pipes=[0, 1, 1], sets_inside=True)
    assert seen.reason.tolist() == [0, INSIDE, INSIDE]
    assert told(line, required_m=3.0).reason.tolist() == [0] * 3


def test_what_may_be_too_near_by_its_unknown_width_is_beyond_judging():
    seen = told([(-30, -3.4), (50, -3.4)], required_m=3.0, knows_width=False, chance=0.0)
    assert (seen.is_unsure.tolist(), seen.is_found.tolist()) == ([True], [False])
    assert seen.rows.tolist() == [0]
    far = told([(-30, -3.7), (50, -3.7)], required_m=3.0, knows_width=False, chance=0.0)
    assert not far.is_unsure.any()
    assert len(far.rows) == 0


def test_what_is_only_possibly_too_near_lies_in_the_middle_of_where_it_may_be():
    line = [(-30.0, -3.15), (50.0, -3.15)]
    assert spans(told(line, required_m=3.0, chance=0.3), line)[0] == pytest.approx((40.0, 40.0))


def test_findings_tell_where_they_are_and_how_sure():
    seen = told([(-30, -1.1), (50, -1.1)], required_m=3.0, chance=0.9)
    assert seen.numbers[2:, 0] == pytest.approx([1.0, 3.0, 0.05, 0.9])
    near, there, middle = seen.points[:, 0] - [*ORIGIN, 0.0]
    assert near[1] == pytest.approx(-1.0)
    assert there[1] == pytest.approx(0.0)
    assert middle[:2] == pytest.approx((near[:2] + there[:2]) / 2)
    assert np.isnan(there[2])
    assert near[2] == middle[2] == 0.0
    unsure = told([(-30, -3.4), (50, -3.4)], required_m=3.0, knows_width=False, chance=0.0)
    assert np.isnan(unsure.numbers[5, 0])
