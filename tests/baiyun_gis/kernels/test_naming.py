"""Digests of names beside those of the standard library."""

from __future__ import annotations

from hashlib import sha1

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baiyun_gis.arrays import I32
from baiyun_gis.kernels.naming import Sides, digests_of, digests_of_texts, words_of, written

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=150)


def plain(text: str, digits: int) -> str:
    return sha1(text.encode(), usedforsecurity=False).hexdigest()[:digits]


@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_digests_are_those_of_the_standard_library(texts: list[str]):
    assert written(digests_of_texts(texts), digits=16) == [plain(text, 16) for text in texts]


@pytest.mark.parametrize("length", [0, 1, 54, 55, 56, 63, 64, 65, 118, 119, 120, 128, 1000])
def test_digests_of_texts_that_just_fill_a_block(length: int):
    assert written(digests_of_texts(["管" + "x" * length]), digits=12) == [
        plain("管" + "x" * length, 12)
    ]


Row = tuple[str, str, str, str, str, str]


def name_of(row: Row) -> tuple[str, str]:
    """Names of family and unit, put together the plain way."""
    check, rule, a_table, a_id, b_table, b_id = row
    a, b = sorted((f"{a_table}:{a_id}", f"{b_table}:{b_id}"))
    if (b_table, b_id) == ("", ""):
        return f"{check}|{rule}|{a}|{b}", f"{a_table}:{a_id}|{check}"
    return f"{check}|{rule}|{a}|{b}", f"{a}|{b}"


@given(st.lists(st.tuples(*[st.sampled_from(["", "w", "给水", "pipes", "W-1", "W-10"])] * 6)))
def test_conflicts_are_named_by_check_rule_and_both_sides_in_order_of_text(rows: list[Row]):
    words = words_of([word for row in rows for word in row])
    check, rule, a_table, a_id, b_table, b_id = (
        np.arange(6 * len(rows), dtype=np.int32).reshape(len(rows), 6).T.copy()
    )
    family, unit = digests_of(
        words,
        (check, rule),
        (Sides(a_table, a_id), Sides(b_table, b_id)),
        lone=np.array([row[4:] == ("", "") for row in rows], dtype=np.bool_),
    )
    assert written(family, digits=12) == [plain(name_of(row)[0], 12) for row in rows]
    assert written(unit, digits=10) == [plain(name_of(row)[1], 10) for row in rows]


def test_numbers_stand_behind_the_digits():
    digest = digests_of_texts(["a"] * 4)
    numbers: I32 = np.array([0, 9, 10, 12345], dtype=np.int32)
    told = written(digest, digits=4, ordinal=numbers.astype(np.int64))
    assert told == [f"{plain('a', 4)}-{n}" for n in (0, 9, 10, 12345)]
