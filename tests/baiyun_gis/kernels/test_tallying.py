"""Every subject ends once, by the gravest of its pieces; those without pieces by their code."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.kernels.tallying import Ends, ends_of_pairs, ends_of_subjects, first_codes


def slowly(subject, code, found, unsure, settled):
    """Counts by looking at the pieces of each subject in turn."""
    counts, aside = {"examined": 0, "found": 0, "unsure": 0, "clear": 0}, [0] * 4
    for key in sorted(set(subject.tolist()) | set(np.flatnonzero(settled).tolist())):
        rows = np.flatnonzero(subject == key)
        counts["examined"] += 1
        if found[rows].any():
            counts["found"] += 1
        elif unsure[rows].any():
            counts["unsure"] += 1
        elif (code[rows] == 0).any():
            counts["clear"] += 1
        else:
            aside[code[rows[0]] if len(rows) else settled[key]] += 1
    return counts, aside


@pytest.mark.parametrize("seed", range(8))
def test_subjects_are_counted_as_by_hand(seed):
    chance = np.random.default_rng(seed)
    subject = chance.integers(0, 60, 90).astype(np.int32)
    code = chance.integers(0, 4, 90).astype(np.int8)
    found, unsure = chance.random((2, 90)) < 0.1
    settled = (chance.integers(0, 4, 60) * (chance.random(60) < 0.4)).astype(np.int8)
    ends = ends_of_subjects(subject, code, found, unsure, codes=4, settled=settled)
    counts, aside = slowly(subject, code, found, unsure, settled)
    assert ends._asdict() | {"aside": ends.aside.tolist()} == counts | {"aside": aside}


def test_subjects_of_any_number_are_counted_without_settled_ones():
    subject = np.array([10**12, -5, 10**12], dtype=np.int64)
    none = np.zeros(3, dtype=np.bool_)
    code = np.array([2, 0, 1], dtype=np.int8)
    ends = ends_of_subjects(subject, code, none, none, codes=3, settled=None)
    assert (ends.examined, ends.clear, ends.aside.tolist()) == (2, 1, [0, 0, 1])


def test_pieces_with_a_code_below_nothing_do_not_count():
    subject = np.array([0, 1, 1, 2], dtype=np.int32)
    code = np.array([-1, -1, 1, 0], dtype=np.int8)
    none, settled = np.zeros(4, dtype=np.bool_), np.zeros(3, dtype=np.int8)
    ends = ends_of_subjects(subject, code, none, none, codes=2, settled=settled)
    assert (ends.examined, ends.clear, ends.aside.tolist()) == (2, 1, [0, 1])


def test_the_first_code_above_nothing_counts():
    subject = np.array([0, 2, 2, 2], dtype=np.int32)
    code = np.array([1, 0, 3, 1], dtype=np.int8)
    assert first_codes(subject, code, 4).tolist() == [1, 0, 3, 0]


def quiet_ones(why_not: list[int] | None, joined: int) -> Ends:
    """Ends of a found pair, a settled one, and of quiet ones of three kinds."""
    cell, kind, count = np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2]), np.array([5, 7, 11, 13])
    codes, yes = np.zeros(1, dtype=np.int8), np.ones(1, dtype=np.bool_)
    pieces = np.zeros(1, dtype=np.int32), codes, yes, ~yes
    asks = None if why_not is None else np.array(why_not, dtype=np.int8)
    settled = np.array([0, 1], dtype=np.int8)
    return ends_of_pairs(
        pieces, settled, (cell, kind, count), asks, (2, -1, 0), (1, joined), codes=4
    )  # fmt: skip


def test_quiet_pairs_end_by_their_kind_unless_nothing_is_asked_of_their_cell():
    ends = quiet_ones(None, 0)
    assert (ends.examined, ends.found, ends.unsure, ends.clear) == (27, 1, 0, 13)
    assert ends.aside.tolist() == [0, 1, 12, 0]
    ends = quiet_ones([0, 3, 3], 0)
    assert (ends.examined, ends.found, ends.clear) == (27, 1, 0)
    assert ends.aside.tolist() == [0, 1, 5, 20]


def test_joined_pairs_count_by_their_own_code():
    ends = quiet_ones(None, 4)
    assert (ends.examined, ends.aside.tolist()) == (31, [0, 5, 12, 0])
