"""Findings before and after an edit are paired by all but labels and rounding, each once."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.live.store import Store, Told, differing


def findings(*rows: tuple[str, int, float]) -> ConflictTable:
    check, a_row, actual_m = zip(*rows, strict=True) if rows else ((), (), ())
    return ConflictTable.build(
        len(rows),
        check=np.array(check, dtype=object),
        a_table="pipes",
        a_row=np.array(a_row, dtype=np.int32),
        actual_m=np.array(actual_m, dtype=float),
    )


def between(before: ConflictTable, after: ConflictTable):
    gone, came, same = differing(Told(before), Told(after))
    return gone.tolist(), came.tolist(), same


def test_what_is_equal_but_for_rounding_stays():
    before = findings(("cover", 1, 0.3), ("cover", 2, np.nan), ("cover", 3, 0.5))
    after = findings(("cover", 3, 0.51), ("cover", 1, 0.3 + 1e-9), ("cover", 2, np.nan))
    assert between(before, after) == ([2], [0], {1: 0, 2: 1})


def test_equal_findings_are_paired_one_to_one():
    before = findings(("cover", 1, 0.3), ("cover", 1, 0.3))
    assert between(before, findings(("cover", 1, 0.3))) == ([1], [], {0: 0})
    assert between(findings(("cover", 1, 0.3)), before) == ([], [1], {0: 0})


def test_nothing_before_or_after_is_all_new_or_gone():
    some = findings(("cover", 1, 0.3), ("cover", 2, 0.3))
    assert between(findings(), some) == ([], [0, 1], {})
    assert between(some, findings()) == ([0, 1], [], {})


def test_what_is_known_in_one_alone_differs():
    before, after = findings(("cover", 1, np.nan)), findings(("cover", 1, 0.3))
    assert between(before, after) == ([0], [0], {})


def test_what_was_put_in_later_is_found_each_at_a_place_of_its_own():
    store = Store(findings(("cover", 1, 0.3)), ("cover", "collision"))
    later = findings(("collision", 1, -0.1), ("cover", 1, 0.3))
    assert store.add(later) == [(1, 0), (1, 1)]
    twice = findings(("cover", 1, 0.3), ("cover", 1, 0.3))
    assert store.find(twice) == [(0, 0), (1, 1)]
    store.drop((0, 0))
    assert store.find(twice) is None
    assert store.find(findings(("collision", 1, -0.1))) == [(1, 0)]
