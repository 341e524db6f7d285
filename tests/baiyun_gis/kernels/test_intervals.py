"""Intervals are joined and searched group by group, exactly."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.arrays import F64, I64
from baiyun_gis.checks.stretches import TOUCHING_M, merged
from baiyun_gis.kernels.intervals import first_of_stretch, hold_one


def test_an_interval_within_reach_of_all_before_it_goes_on() -> None:
    key = np.array([1, 1, 1, 2], dtype=np.int64)
    low, high = np.array([0.0, 1.0, 5.01, 5.0]), np.array([5.0, 2.0, 6.0, 6.0])
    assert first_of_stretch(key, low, high, 0.02).tolist() == [True, False, False, True]
    assert first_of_stretch(key, low, high, 0.005).tolist() == [True, False, True, True]


def test_places_of_other_groups_do_not_count() -> None:
    of = np.array([0, 1, 1, 0, 1], dtype=np.int64)
    low, high = np.array([0.0, 0.0, 2.0, 9.0, 9.0]), np.array([1.0, 1.0, 3.0, 9.0, 9.0])
    flag, at = np.array([False, False, False, True, True]), np.array([0.5, 2.0, 2.0, 0.5, 2.0])
    assert hold_one(of, 2, low, high, flag, at).tolist() == [True, False, True, True, True]


def test_without_a_place_only_the_flag_counts() -> None:
    of, none = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.bool_)
    low, high, at = np.zeros(2), np.ones(2), np.full(2, 0.5)
    assert not hold_one(of, 1, low, high, none, at).any()
    assert hold_one(of, 1, low, high, ~none, at).all()


def test_what_lies_far_off_changes_no_bit_of_a_stretch() -> None:
    low, high = np.array([0.1, 0.7]), np.array([0.7, 1.3])
    alone = merged(np.zeros(2, dtype=np.int64), low, high)
    beside = merged(
        np.array([0, 0, 9], dtype=np.int64),
        np.append(low, 1e7 + 0.3),
        np.append(high, 1e7 + 0.9),
    )
    assert beside.to_m[0] == alone.to_m[0] == 1.3
    assert beside.from_m[0] == alone.from_m[0] == 0.1


def merged_in_columns(key: I64, low: F64, high: F64) -> tuple[I64, F64, F64]:
    """The same by sorting whole columns; what is nowhere comes last of its key and ends none."""
    order = np.lexsort((high, low, key))
    start, stop = low[order], high[order]
    new = first_of_stretch(key[order], start, stop, TOUCHING_M)
    of, heads = np.empty(len(key), dtype=np.int64), np.flatnonzero(new)
    of[order] = np.cumsum(new) - 1
    return of, start[heads], np.maximum.reduceat(stop, heads)


@pytest.mark.parametrize("count", [1, 2, 7, 45, 400])
@pytest.mark.parametrize("seed", range(4))
def test_intervals_merge_whatever_their_number_and_order(seed: int, count: int) -> None:
    chance = np.random.default_rng(seed)
    key, low = chance.integers(0, 4, count), np.round(chance.uniform(0, count, count), 1)
    high = low + np.round(chance.exponential(1.0, count), 1)
    unknown = chance.random(count) < 0.15
    low[unknown] = high[unknown] = np.nan
    got, wanted = merged(key, low, high), merged_in_columns(key, low, high)
    for told, by_hand in zip((got.of, got.from_m, got.to_m), wanted, strict=True):
        np.testing.assert_array_equal(told, by_hand)
