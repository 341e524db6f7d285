"""Candidate pairs against every pair."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_builders import Piece, rows, segments

from baiyun_gis.kernels.candidates import PlainEnds, candidate_pairs, unjoined_pairs
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64


def scattered(rng: np.random.Generator, count: int, *, side: float, length: float) -> Segments:
    """Short pipes of two or three segments each, anyhow in a square."""
    start = rng.uniform(0.0, side, (count, 2))
    step = rng.normal(0.0, length, (count, 2))
    return segments(
        *(Piece((*p, 0.0), (*(p + d), 0.0), 0.1) for p, d in zip(start, step, strict=True)),
        pipes=[k // 2 for k in range(count)],
    )


def every_pair(seg: Segments, reach: F64) -> list[tuple[int, int]]:
    """All pairs of different pipes whose axes come near enough, by trying each."""
    ends = np.stack([seg.x0, seg.y0, seg.x1, seg.y1], axis=1).reshape(-1, 2, 2)
    lines = shapely.linestrings(ends)
    grown = np.nan_to_num(seg.half_width) + reach
    i, j = np.triu_indices(len(lines), 1)
    near = shapely.distance(lines[i], lines[j]) <= grown[i] + grown[j]
    keep = near & (seg.pipe[i] != seg.pipe[j])
    return list(zip(i[keep].tolist(), j[keep].tolist(), strict=True))


def found_pairs(seg: Segments, reach: F64, **masks: np.ndarray) -> list[tuple[int, int]]:
    i, j = candidate_pairs(seg, reach, **masks)
    return list(zip(i.tolist(), j.tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 120),
    side=st.sampled_from([0.0, 0.01, 5.0, 100.0, 1e6]),
    length=st.sampled_from([0.0, 0.5, 20.0]),
)
def test_candidates_are_those_that_trying_every_pair_finds(
    seed: int, count: int, side: float, length: float
) -> None:
    rng = np.random.default_rng(seed)
    seg = scattered(rng, count, side=side, length=length)
    reach = rng.uniform(0.0, 2.0, count)
    assert found_pairs(seg, reach) == every_pair(seg, reach)


def test_one_line_of_ten_kilometres_and_one_wide_reach_change_nothing() -> None:
    rng = np.random.default_rng(6)
    seg = scattered(rng, 800, side=4000.0, length=1.0)
    seg.x0[3], seg.y0[3], seg.x1[3], seg.y1[3] = -1000.0, 0.0, 7000.0, 6000.0
    reach = np.full(800, 0.5)
    reach[11] = 700.0
    wanted = every_pair(seg, reach)
    assert sum(3 in pair for pair in wanted) > 0
    assert sum(11 in pair for pair in wanted) > 20
    assert found_pairs(seg, reach) == wanted


def test_a_long_diagonal_does_not_pair_with_all_in_its_box() -> None:
    rng = np.random.default_rng(6)
    seg = scattered(rng, 2000, side=10_000.0, length=1.0)
    seg.x0[0], seg.y0[0], seg.x1[0], seg.y1[0] = 0.0, 0.0, 10_000.0, 10_000.0
    i, _ = candidate_pairs(seg, np.full(2000, 0.5))
    assert (i == 0).sum() < 20


def test_dense_spot_beside_wide_country() -> None:
    rng = np.random.default_rng(9)
    dense = scattered(rng, 300, side=0.5, length=0.001)
    wide = scattered(rng, 300, side=1e5, length=30.0)
    both = Segments(*(np.concatenate(pair) for pair in zip(dense[:-1], wide[:-1], strict=True)))
    both.pipe[:] = np.arange(600)
    reach = np.full(600, 0.05)
    assert found_pairs(both, reach) == every_pair(both, reach)


def test_pairs_come_sorted_once_and_the_same_every_time() -> None:
    rng = np.random.default_rng(10)
    seg = scattered(rng, 3000, side=200.0, length=10.0)
    reach = np.full(3000, 0.5)
    i, j = candidate_pairs(seg, reach)
    keys = i.astype(np.int64) * 3000 + j
    assert (np.diff(keys) > 0).all()
    assert (i < j).all()
    assert i.dtype == j.dtype == np.int32
    again = candidate_pairs(seg, reach)
    np.testing.assert_array_equal(again, (i, j))


def test_segments_unknown_in_plan_pair_with_nothing() -> None:
    here = Piece((0, 0, 0), (10, 0, 0), 0.1)
    nowhere = Piece((math.nan, 0, 0), (10, 0, 0), 0.1)
    i, j = candidate_pairs(segments(here, nowhere, here), np.full(3, 1.0))
    assert (i.tolist(), j.tolist()) == ([0], [2])


def test_unknown_width_counts_as_none() -> None:
    wide = Piece((0, 1.0, 0), (10, 1.0, 0), math.nan)
    seg = segments(Piece((0, 0, 0), (10, 0, 0), 0.1), wide)
    assert found_pairs(seg, np.array([0.5, 0.4])) == [(0, 1)]
    assert found_pairs(seg, np.array([0.5, 0.39])) == []


def test_segments_of_one_pipe_are_not_paired() -> None:
    here = Piece((0, 0, 0), (10, 0, 0), 0.1)
    seg = segments(here, here, here, pipes=[0, 0, 1])
    assert found_pairs(seg, np.zeros(3)) == [(0, 2), (1, 2)]


def test_pairs_exactly_at_their_reach_are_kept() -> None:
    seg = segments(Piece((0, 0, 0), (10, 0, 0), 0.1), Piece((0, 0.7, 0), (10, 0.7, 0), 0.1))
    assert found_pairs(seg, np.array([0.2, 0.3])) == [(0, 1)]


@pytest.mark.parametrize("which", ["a", "b", "both"])
def test_masks_keep_pairs_with_one_in_each(which: str) -> None:
    rng = np.random.default_rng(12)
    seg = scattered(rng, 400, side=40.0, length=3.0)
    reach = np.full(400, 0.5)
    in_a, in_b = rng.random(400) < 0.2, rng.random(400) < 0.5
    masks = {"mask_a": in_a} if which != "b" else {}
    masks |= {"mask_b": in_b} if which != "a" else {}
    a = masks.get("mask_a", np.ones(400, bool))
    b = masks.get("mask_b", np.ones(400, bool))
    wanted = [(i, j) for i, j in found_pairs(seg, reach) if (a[i] and b[j]) or (a[j] and b[i])]
    assert found_pairs(seg, reach, **masks) == wanted


def test_nothing_at_all_gives_nothing() -> None:
    assert found_pairs(segments(), np.empty(0)) == []
    assert found_pairs(segments(Piece((0, 0, 0), (1, 0, 0))), np.ones(1)) == []


def test_read_only_columns_are_read() -> None:
    seg = segments(Piece((0, 0, 0), (10, 0, 0), 0.1), Piece((0, 0.7, 0), (10, 0.7, 0), 0.1))
    for column in seg[:-1]:
        column.flags.writeable = False
    reach = np.array([0.2, 0.3])
    reach.flags.writeable = False
    assert found_pairs(seg, reach) == [(0, 1)]


def test_polygon_candidates_skip_what_is_missing() -> None:
    seg = segments(Piece((0, 0, 0), (10, 0, 0), 0.1), Piece((math.nan, 0, 0), (10, 0, 0), 0.1))
    boxes = np.array([[4.0, 1.0, 6.0, 2.0], [math.nan] * 4, [50.0, 50.0, 60.0, 60.0]])
    k, p = candidate_polygon_pairs(seg, boxes, 0.9)
    assert (k.tolist(), p.tolist()) == ([0], [0])
    assert len(candidate_polygon_pairs(seg, boxes, 0.8)[0]) == 0
    assert len(candidate_polygon_pairs(seg, boxes, 0.8, np.array([0.1, 0.0, 0.0]))[0]) == 1
    assert len(candidate_polygon_pairs(seg, np.empty((0, 4)), 1.0)[0]) == 0


def test_more_pieces_than_one_thread_takes_are_all_found() -> None:
    rng = np.random.default_rng(14)
    seg = scattered(rng, 60_000, side=4000.0, length=8.0)
    i, j = candidate_pairs(seg, np.full(60_000, 0.25))
    ends = np.stack([seg.x0, seg.y0, seg.x1, seg.y1], axis=1).reshape(-1, 2, 2)
    lines = shapely.linestrings(ends)
    a, b = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=0.7)
    keep = (a < b) & (seg.pipe[a] != seg.pipe[b])
    order = np.lexsort((b[keep], a[keep]))
    np.testing.assert_array_equal((i, j), (a[keep][order], b[keep][order]))


def test_rows_of_pairs_may_come_in_any_width() -> None:
    seg = segments(Piece((0, 0, 0), (10, 0, 0), 0.1), Piece((0, 0.7, 0), (10, 0.7, 0), 0.1))
    assert rows(0).dtype == np.int32
    assert found_pairs(seg, np.array([1, 1], dtype=np.int64)) == [(0, 1)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("step", [0.5, 3.0, 40.0])
def test_plain_lines_joined_end_to_end_are_counted_once_and_left_out(
    seed: int, step: float
) -> None:
    rng = np.random.default_rng(seed)
    places = np.round(rng.uniform(0.0, 30.0 * step, (150, 2)) / step) * step
    one, two = rng.integers(0, len(places), (2, 400))
    drawn = rng.normal(0.0, 0.02 * step * (seed % 2), (2, 400, 2))
    start, stop = places[one] + drawn[0], places[two] + drawn[1]
    seg = segments(
        *(
            Piece((*p, 0.0), (*q, 0.0), 0.1)
            for p, q in zip(start, stop, strict=True)
        )
    )  # fmt: skip
    plain = rng.random(400) < 0.8
    ends = PlainEnds(
        np.where(plain, one, -1).astype(np.int32), np.where(plain, two, -1).astype(np.int32)
    )
    reach = rng.uniform(0.05, 1.0, 400)
    every = found_pairs(seg, reach)
    i, j, count = unjoined_pairs(seg, reach, ends)
    kept = set(zip(i.tolist(), j.tolist(), strict=True))
    left_out = [pair for pair in every if pair not in kept]
    assert len(left_out) == count > 0
    assert kept <= set(every)
    grown = 0.1 + reach
    for p, q in left_out:
        assert plain[p]
        assert plain[q]
        same = [(a, b) for a in (one[p], two[p]) for b in (one[q], two[q]) if a == b]
        assert len(same) == 1
    for p, q in kept:
        same = [(a, b) for a in (0, 1) for b in (0, 1) if (one, two)[a][p] == (one, two)[b][q]]
        if plain[p] and plain[q] and len(same) == 1:
            a, b = same[0]
            off = np.abs((start, stop)[a][p] - (start, stop)[b][q]).max()
            assert off > 0.5 * min(grown[p], grown[q]) - 1e-6
