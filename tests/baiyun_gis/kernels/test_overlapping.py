"""What lies over what: who is asked, who matters, and whose chance has to be known."""

from __future__ import annotations

import numpy as np

from baiyun_gis.kernels.overlapping import (
    ByCell,
    Joined,
    KnownOfBoth,
    Pieces,
    Room,
    Terms,
    looked_over,
    weighed,
)

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


def test_only_a_crossing_with_room_beyond_all_doubt_does_not_matter():
    room = Room(
        np.array([1.0, 0.5, 1.0]),
        np.array([0.2, 0.2, 0.2]),
        np.array([True, True, False]),
        all_known(3),
    )
    found = looked_over(np.arange(3), asking(0.2, 3), joined([], []), room, TERMS)
    assert found.asked.tolist() == [0, 1, 2]
    assert found.matters.tolist() == [False, True, True]


def test_an_unknown_size_that_leaves_the_answer_open_matters():
    known = KnownOfBoth(np.ones(2, dtype=np.bool_), np.zeros(2, dtype=np.bool_), 0.5)
    room = Room(np.array([0.6, 0.8]), np.full(2, 1e-3), np.ones(2, dtype=np.bool_), known)
    found = looked_over(np.arange(2), asking(0.2, 2), joined([], []), room, TERMS)
    assert found.matters.tolist() == [True, False]


def test_a_joint_sets_aside_within_its_influence_and_what_is_joined_is_told_after_the_overlaps():
    room = Room(np.zeros(2), np.zeros(2), np.zeros(2, dtype=np.bool_), all_known(2))
    # Overlaps are rows 1 and 4, row 2 is joined where it lies; 4 × (0.1 + 0.2) is its influence.
    examined = np.array([1, 4, 2])
    by_joints = joined([1, 2, 4], [1.19, 0.0, 1.21])
    found = looked_over(examined, asking(0.2, 5), by_joints, room, TERMS)
    assert found.reason.tolist() == [3, 0, 3]
    assert found.asked.tolist() == [1]


def wanted(actual_m: list[float], stretch: list[int], pair: list[int]) -> list[int]:
    count = len(actual_m)
    rows = np.arange(count)
    pieces = Pieces(rows, rows, np.array(actual_m), np.array(stretch))
    found = weighed(
        pieces,
        asking(0.2, count),
        all_known(count),
        pair=np.array(pair, dtype=np.int32),
        pairs=max(pair) + 1,
        stretches=max(stretch) + 1,
        terms=TERMS,
    )
    return found.wanted.tolist()


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
