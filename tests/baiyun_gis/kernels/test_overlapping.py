"""What lies over what: who is asked, who matters, and whose chance has to be known."""

from __future__ import annotations

import numpy as np

from baiyun_gis.kernels.first_look import AT, CROSSES, NEAR, OVER, STEEP
from baiyun_gis.kernels.measuring import FLAGS
from baiyun_gis.kernels.ordering import Grouped
from baiyun_gis.kernels.overlapping import (
    Alongside,
    ByCell,
    InPlan,
    Joined,
    KnownOfBoth,
    KnownOfEach,
    Pieces,
    Room,
    Terms,
    looked_over,
    lying_over,
    near_enough,
    over_in_plan,
    traits_of,
    weigh,
)
from baiyun_gis.kernels.segments import PairRows

TERMS = Terms(tolerance_m=0.001, rounding_m=5e-10, margin_m=1e-6, sigmas=2.0)


def all_known(count: int) -> KnownOfBoth:
    return KnownOfBoth(np.ones(count, dtype=np.bool_), np.ones(count, dtype=np.bool_), 0.5)


def asking(required_m: float, pairs: int) -> ByCell:
    number = np.array([required_m])
    return ByCell(number, number, np.zeros(1, dtype=np.int8), np.zeros(pairs, dtype=np.int32))


def joined(rows: list[int], distance_m: list[float]) -> Joined:
    count = len(rows)
    code, width = np.full(count, 3, dtype=np.int8), np.full(count, 0.1)
    return Joined(np.array(rows, dtype=np.int64), code, np.array(distance_m), width, 4.0)


def of_runs(first: list[int], second: list[int]) -> Grouped:
    """Pairs of segments, each a line of its own, of these runs."""
    count = len(first)
    run = np.array(first + second, dtype=np.int32)
    line = np.arange(2 * count, dtype=np.int32)
    return Grouped(run, line, line[:count].copy(), line[count:].copy())


def each_alone(count: int) -> Grouped:
    return of_runs(list(range(count)), list(range(count, 2 * count)))


def test_only_a_crossing_with_room_beyond_all_doubt_does_not_matter():
    room = Room(
        np.array([1.0, 0.5, 1.0]),
        np.array([0.2, 0.2, 0.2]),
        np.array([True, True, False]),
        all_known(3),
    )
    given = np.arange(3), asking(0.2, 3), joined([], []), room
    assert looked_over(*given, each_alone(3), TERMS).live.tolist() == [1, 2]
    # What is of the same two runs as one that matters is looked at with it.
    assert looked_over(*given, of_runs([0, 0, 0], [1, 2, 1]), TERMS).live.tolist() == [0, 1, 2]
    assert looked_over(*given, of_runs([0, 0, 3], [1, 2, 1]), TERMS).live.tolist() == [1, 2]


def test_an_unknown_size_that_leaves_the_answer_open_matters():
    known = KnownOfBoth(np.ones(2, dtype=np.bool_), np.zeros(2, dtype=np.bool_), 0.5)
    room = Room(np.array([0.6, 0.8]), np.full(2, 1e-3), np.ones(2, dtype=np.bool_), known)
    found = looked_over(np.arange(2), asking(0.2, 2), joined([], []), room, each_alone(2), TERMS)
    assert found.live.tolist() == [0]


def test_a_joint_sets_aside_within_its_influence_and_what_is_joined_is_told_after_the_overlaps():
    room = Room(np.zeros(2), np.zeros(2), np.zeros(2, dtype=np.bool_), all_known(2))
    # Overlaps are rows 1 and 4, row 2 is joined where it lies; 4 × (0.1 + 0.2) is its influence.
    examined = np.array([1, 4, 2])
    by_joints = joined([1, 2, 4], [1.19, 0.0, 1.21])
    found = looked_over(examined, asking(0.2, 5), by_joints, room, each_alone(5), TERMS)
    assert found.reason.tolist() == [3, 0, 3]
    assert found.live.tolist() == [1]


CROSS = CROSSES | STEEP


def test_what_lies_over_comes_first_and_then_what_is_joined_where_it_lies():
    marks = np.array([OVER, 0, OVER | CROSS, OVER, 0, OVER | CROSSES], dtype=np.uint16)
    # 4 × 0.1 is the influence of the joints.
    examined, count = lying_over(marks, joined([1, 2, 3, 4], [0.39, 0.0, 0.41, 0.5]))
    assert examined.tolist() == [0, 3, 5, 1, 2]
    assert count == 3
    line = np.arange(12, dtype=np.int32)
    known = KnownOfEach(level=line != 3, height=line != 11)
    rows = PairRows(np.zeros((12, 12)), line[:6].copy(), line[6:].copy())
    crosses, levels, heights = traits_of(marks, rows, examined, known)
    assert crosses.tolist() == [False, False, False, False, True]
    assert levels.tolist() == [True, False, True, True, True]
    assert heights.tolist() == [True, True, False, True, True]


def told(found: Alongside) -> tuple[list[int], list[int], list[bool]]:
    return found.reason.tolist(), found.rows.tolist(), found.crosses.tolist()


def test_runs_that_are_near_only_where_they_cross_are_not_measured():
    marks = np.array([NEAR | CROSS, NEAR, NEAR | CROSS, NEAR | CROSSES, 0], dtype=np.uint16)
    runs = of_runs([0, 0, 0, 1, 0], [2, 2, 3, 2, 2])
    found = near_enough(asking(0.2, 5), joined([], []), marks, runs, crossing=9)
    assert told(found) == ([0, 0, 9, 0, 0], [0, 1, 3], [True, False, False])


def test_a_joint_explains_what_is_near_within_its_influence():
    marks = np.full(3, NEAR, dtype=np.uint16)
    by_joints = joined([0, 1], [1.19, 1.21])
    found = near_enough(asking(0.2, 3), by_joints, marks, each_alone(3), crossing=9)
    assert told(found) == ([3, 0, 0], [1, 2], [False, False])
    unasked = asking(np.nan, 3)  # then the widths alone count: 4 × 0.1
    by_joints = joined([0, 1], [0.39, 0.41])
    found = near_enough(unasked, by_joints, marks, each_alone(3), crossing=9)
    assert found.reason.tolist() == [3, 0, 0]


def test_what_crosses_lies_over_nothing_but_with_what_lies_along_it():
    marks = np.array([AT | STEEP, AT, AT | STEEP, 0], dtype=np.uint16)
    known = np.array([True] * 7 + [False])
    in_plan = InPlan(marks, of_runs([0, 0, 0, 0], [1, 1, 2, 1]), known, 0.5)
    found = over_in_plan(asking(0.0, 4), joined([], []), in_plan, crossing=9)
    assert told(found) == ([9, 0, 9, 0], [0, 1], [True, False])
    # A joint reaches further where a width is not known: 4 × (0.1 + 0.5).
    by_joints = joined([1, 3], [0.41, 2.3])
    found = over_in_plan(asking(0.0, 4), by_joints, in_plan, crossing=9)
    assert found.reason.tolist() == [9, 0, 9, 3]


def wanted(actual_m: list[float], stretch: list[int], pair: list[int]) -> list[int]:
    count = len(actual_m)
    rows = np.arange(count)
    pieces = Pieces(rows, rows, np.array(actual_m), np.array(stretch))
    of = np.array(pair, dtype=np.int32), max(pair) + 1, max(stretch) + 1
    numbers, flags = np.empty((3, count)), np.empty((FLAGS, count), dtype=np.bool_)
    by = asking(0.2, count)
    found, _ = weigh(pieces, by, all_known(count), of, TERMS, numbers, flags)
    return found.tolist()


def test_of_violated_pieces_the_worst_of_each_stretch_is_looked_at_closer():
    assert wanted([0.1, 0.05, 0.15], [0, 0, 1], [0, 0, 0]) == [1, 2]


def test_a_piece_in_doubt_is_left_alone_only_where_its_lines_are_found_already():
    assert wanted([0.1, 0.3], [0, 0], [0, 0]) == [0]
    assert wanted([0.1, 0.3], [0, 0], [0, 1]) == [0, 1]
    assert wanted([0.1, 0.3], [0, 1], [0, 0]) == [0, 1]


def test_met_by_the_tolerance_is_no_violation():
    assert wanted([0.199, 0.3], [0, 0], [0, 0]) == [0, 1]
    assert wanted([0.198, 0.3], [0, 0], [0, 0]) == [0]


def test_where_nothing_is_worse_a_piece_beyond_judging_speaks_for_its_stretch():
    assert wanted([np.nan, np.nan], [0, 0], [0, 0]) == [0, 1]
    assert wanted([np.nan, 0.1], [0, 0], [0, 0]) == [1]
