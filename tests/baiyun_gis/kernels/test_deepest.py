"""What is told of bodies in each other stretch by stretch, against the exact depth of each."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import Piece, random_pairs, segments

from baiyun_gis.kernels.bodies import BodyGap, body_gap
from baiyun_gis.kernels.deepest import deepest_gaps
from baiyun_gis.kernels.gaps import COLUMNS
from baiyun_gis.kernels.segments import Segments, pair_rows
from baiyun_gis.model.columns import F64, I32, I64

PAIRS = 4000
SURE_M = 0.05
Told = tuple[BodyGap, BodyGap, I64]


def gaps_of_deepest(seg: Segments, i: I32, j: I32, of: I64) -> BodyGap:
    out = np.empty((len(i), COLUMNS))
    deepest_gaps(0, len(i), pair_rows(seg, i, j), of, SURE_M, out)
    return BodyGap(*np.ascontiguousarray(out.T))


@pytest.fixture(
    scope="module",
    params=[(seed, *like) for seed in (71, 72, 73, 74) for like in ((1, 12), (3, 12), (3, 3))],
    ids=str,
)
def told(request: pytest.FixtureRequest) -> Told:
    """Told and exact gaps of bodies; sets of other seeds, sizes and pieces a stretch."""
    seed, times, pieces = request.param
    chance = np.random.default_rng(seed)
    seg = random_pairs(chance, PAIRS)
    seg = seg._replace(half_width=seg.half_width * times, half_height=seg.half_height * times)
    i = np.arange(PAIRS, dtype=np.int32)
    j = i + np.int32(PAIRS)
    of = chance.integers(0, PAIRS // pieces, PAIRS)
    return gaps_of_deepest(seg, i, j, of), body_gap(seg, i, j), of


def test_the_deepest_of_each_stretch_is_exact_to_the_last_bit(told: Told) -> None:
    found, exact, of = told
    deep = 0
    for stretch in np.unique(of):
        rows = np.flatnonzero(of == stretch)
        if not (exact.gap[rows] < 0.0).any():
            continue
        worst = rows[np.nanargmin(exact.gap[rows])]
        assert np.nanargmin(found.gap[rows]) == np.flatnonzero(rows == worst)[0]
        assert [column[worst] for column in found] == [column[worst] for column in exact]
        deep += 1
    assert deep > 100


def test_what_is_not_in_each_other_is_as_far_apart_as_it_is(told: Told) -> None:
    found, exact, _ = told
    apart = exact.gap >= 0.0
    assert apart.sum() > 300
    for one, other in zip(found, exact, strict=True):
        np.testing.assert_array_equal(one[apart], other[apart])


def test_what_is_in_each_other_is_told_to_be_so_and_by_no_less(told: Told) -> None:
    found, exact, _ = told
    inside = exact.gap < 0.0
    assert (found.gap[inside] <= exact.gap[inside]).all()
    np.testing.assert_array_equal(found.gap < -SURE_M, exact.gap < -SURE_M)


def test_what_is_not_the_deepest_is_not_gone_into() -> None:
    seg, i, j = _bank_in_bank(300)
    of = np.zeros(len(i), dtype=np.int64)
    found, exact = gaps_of_deepest(seg, i, j, of), body_gap(seg, i, j)
    assert found.gap.min() == exact.gap.min()
    assert np.argmin(found.gap) == np.argmin(exact.gap)
    slanting = found.gap != exact.gap
    assert slanting.sum() > 10
    assert (found.gap[slanting] < exact.gap[slanting]).all()


def test_each_stretch_is_its_own_whatever_the_others_are(told: Told) -> None:
    found, exact, of = told
    alone = np.flatnonzero(np.bincount(of)[of] == 1)
    for one, other in zip(found, exact, strict=True):
        np.testing.assert_array_equal(one[alone], other[alone])


def _bank_in_bank(count: int) -> tuple[Segments, I32, I32]:
    """Short boxes, each in another at its own slant, ever less deep."""
    chance = np.random.default_rng(5)
    shift: F64 = np.linspace(0.2, 0.5, count)
    first, second = [], []
    for k in range(count):
        turn, rise = chance.uniform(-0.5, 0.5), chance.uniform(-0.4, 0.4)
        first.append(Piece((9.0 * k, 0, 0), (9.0 * k + 2, 0, 0), (0.3, 0.2), False, False))
        start = (9.0 * k - 1.0, shift[k] - turn, -rise + 0.05)
        stop = (9.0 * k + 3.0, shift[k] + turn, rise + 0.05)
        second.append(Piece(start, stop, (0.3, 0.3), False, False))
    i = np.arange(count, dtype=np.int32)
    return segments(*first, *second), i, i + np.int32(count)
