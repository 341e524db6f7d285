"""Every subject ends once, by the gravest of its pieces; those without pieces by their code."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.kernels.tallying import counts_by_code, ends_of_subjects, first_codes


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


def test_what_is_counted_ends_by_its_kind_unless_nothing_is_asked_of_its_cell():
    cell, kind, count = np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2]), np.array([5, 7, 11, 13])
    why_not = np.array([0, 3, 3], dtype=np.int8)
    asked = counts_by_code((cell, kind, count), why_not, (2, -1, 0), codes=4)
    assert asked.tolist() == [0, 0, 5, 7 + 13]
    assert counts_by_code((cell, kind, count), None, (2, -1, 0), codes=4).tolist() == [13, 0, 12, 0]
