"""Numbering and ordering of whole numbers, against NumPy's sorting."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.kernels.ordering import (
    Grouped,
    few_numbered,
    in_company,
    numbered,
    sorted_distinct,
    stable_order,
)
from baiyun_gis.model.columns import distinct_words


@pytest.mark.parametrize("most", [1, 3, 5_000, 2**40, 2**62])
def test_order_is_that_of_a_stable_sort(most: int):
    keys = np.random.default_rng(1).integers(-most, most, 3000)
    assert (stable_order(keys) == np.argsort(keys, kind="stable")).all()


def test_numbers_and_first_rows_are_those_of_unique():
    keys = np.random.default_rng(2).integers(0, 10**12, 2000) % 701
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    number, heads = numbered(keys)
    assert (number == inverse).all()
    assert (heads == first).all()


def test_nothing_has_no_numbers():
    none = np.zeros(0, dtype=np.int64)
    number, heads = numbered(none)
    assert len(number) == len(heads) == len(sorted_distinct(none)) == 0


@pytest.mark.parametrize("share", [0.0, 0.02, 0.6, 1.0])
def test_pairs_are_kept_in_the_company_of_their_groups(share: float):
    chance = np.random.default_rng(4)
    group = chance.integers(0, 40, 500).astype(np.int32)
    i, j = chance.integers(0, 500, (2, 3000)).astype(np.int32)
    rows = np.sort(chance.choice(3000, 1500, replace=False))
    flag = chance.random(1500) < share
    couples = list(zip(group[i[rows]].tolist(), group[j[rows]].tolist(), strict=True))
    wanted = {couple for couple, has in zip(couples, flag, strict=True) if has}
    owner = chance.permutation(500).astype(np.int32)
    whose = np.argsort(owner).astype(np.int32)
    kept = in_company(Grouped(group, owner, whose[i], whose[j]), rows, flag)
    assert kept.tolist() == [couple in wanted for couple in couples]


def test_few_keys_are_numbered_as_they_come_and_many_not_at_all():
    code, first = few_numbered(np.array([7, 3, 7, 9])) or (None, None)
    assert code is not None
    assert first is not None
    assert (code.tolist(), first.tolist()) == ([0, 1, 0, 2], [0, 1, 3])
    assert few_numbered(np.arange(100_000) * 16) is None


def test_equal_words_are_one_word_whether_one_object_or_many():
    words = np.array(["".join(["a", "b"]), "ab", "", "ab"], dtype=object)
    assert distinct_words(words)[0] == ["ab", ""]
    many = np.array([f"w{k % 5000}" for k in range(20_000)], dtype=object)
    names, code = distinct_words(many)
    assert (np.array(names, dtype=object)[code] == many).all()
    assert len(names) == 5000
