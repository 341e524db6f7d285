"""Pairs as a list: which are asked about, in what order, what a closer look says of them."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import GRID, every_sort, moved

from baiyun_gis.kernels.first_look import AT, CELL_BIT, MEASURE, NEAR, OVER, TURNED
from baiyun_gis.kernels.listing import (
    Closer,
    Scope,
    asked_about,
    listed,
    looked_closer,
    rows_in_company,
)
from baiyun_gis.kernels.pairing import worse_of_both
from baiyun_gis.kernels.plan import near_in_plan
from baiyun_gis.kernels.segments import PairRows, table_of

NONE = np.zeros(0, dtype=np.bool_)


def pairs_of(rng: np.random.Generator, pipe: np.ndarray, count: int) -> np.ndarray:
    i, j = np.sort(rng.integers(0, len(pipe), (2, count)), axis=0)
    return np.unique((i << 32 | j)[pipe[i] != pipe[j]])


@pytest.mark.parametrize("has_theirs", [False, True])
@pytest.mark.parametrize("has_owned", [False, True])
def test_pairs_asked_about_have_one_asked_line_and_the_other_among_theirs(
    has_theirs: bool, has_owned: bool
) -> None:
    rng = np.random.default_rng(5)
    pipe = np.sort(rng.integers(0, 30, 90)).astype(np.int32)
    asked, theirs, owned = rng.random((3, 30)) < 0.5
    run = rng.integers(0, 9, 30).astype(np.int32)
    pairs = pairs_of(rng, pipe, 500)
    p, q = pipe[pairs >> 32], pipe[pairs & 0xFFFFFFFF]
    wanted = (asked[p] & theirs[q]) | (asked[q] & theirs[p]) if has_theirs else asked[p] | asked[q]
    if has_owned:
        wanted &= owned[np.where(run[p] <= run[q], p, q)]
    scope = Scope(asked, theirs if has_theirs else NONE, owned if has_owned else NONE, run)
    kept, of_kept = asked_about(pairs, pairs + 1, pipe, scope)
    assert 0 < len(kept) < len(pairs)
    assert kept.tolist() == pairs[wanted].tolist()
    assert of_kept.tolist() == (pairs[wanted] + 1).tolist()


def test_a_list_is_in_order_with_the_smaller_run_first_and_pairs_of_pipes_numbered() -> None:
    rng = np.random.default_rng(6)
    pipe = np.sort(rng.integers(0, 20, 60)).astype(np.int32)
    pairs = pairs_of(rng, pipe, 300)
    shuffled = rng.permutation(pairs)
    i, j, turned = pairs >> 32, pairs & 0xFFFFFFFF, pairs % 3 == 0
    look = (shuffled % 7 << CELL_BIT) | np.where(shuffled % 3 == 0, TURNED, 0) | AT
    out = listed(shuffled, look, np.argsort(shuffled).astype(np.int32), pipe, 20)
    assert (out.i == np.where(turned, j, i)).all()
    assert (out.j == np.where(turned, i, j)).all()
    assert (out.cell == pairs % 7).all()
    assert (out.marks == np.where(turned, TURNED | AT, AT)).all()
    both = pipe[i] * 20 + pipe[j]
    _, first, number = np.unique(both, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    assert (out.pair == rank[number.reshape(-1)]).all()
    head = np.sort(first)
    assert (out.a == pipe[out.i[head]]).all()
    assert (out.b == pipe[out.j[head]]).all()


def test_rows_with_a_mark_keep_the_rows_of_their_pair() -> None:
    pair = np.array([0, 1, 0, 2, 1], dtype=np.int32)
    marks = np.array([0, NEAR, AT, AT, 0], dtype=np.uint16)
    assert rows_in_company(pair, marks, NEAR, 3).tolist() == [1, 4]
    assert rows_in_company(pair, marks, AT, 3).tolist() == [0, 2, 3]
    assert rows_in_company(pair, marks, OVER, 3).tolist() == []


def test_a_closer_look_says_what_measuring_in_plan_says() -> None:
    rng = np.random.default_rng(7)
    seg = moved(every_sort(rng, 4000), GRID)
    count = len(seg.x0)
    sigma = rng.uniform(0.0, 0.2, (2, count))
    known = rng.random(count) < 0.8
    i, j = rng.integers(0, count, (2, 3000)).astype(np.int32)
    cell = rng.integers(0, 3, 3000).astype(np.int32)
    limit = np.array([0.5, np.nan, 2.0])
    marks = np.where(rng.random(3000) < 0.7, MEASURE, 0).astype(np.uint16)
    before = marks.copy()
    closer = Closer(15.0, 2.0, 0.5, 0.001)
    rows = PairRows(table_of(seg), i, j)
    looked_closer(0, 3000, rows, cell, limit, (sigma[0], sigma[1]), known, closer, marks)
    gap = near_in_plan(seg, i, j, crossing_angle_deg=15.0)[0].gap
    doubt = 2.0 * worse_of_both(sigma[0], sigma[1], i, j)
    size = 0.5 * ((~known[i]).astype(float) + ~known[j])
    looks = before == MEASURE
    for mark, is_so in (
        (AT, gap < doubt + size),
        (NEAR, gap < limit[cell] + doubt + size),
        (OVER, gap < -0.001),
    ):
        assert (looks & is_so).any()
        assert ((marks & mark > 0) == (looks & is_so)).all()
