"""The bare query finds what the exact distance says, and peers are compared pair by pair."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.benchmarks.clearance import WITHIN_M, compared, district_bodies, near_pairs
from baiyun_gis.benchmarks.peer_fcl import fcl_pairs
from baiyun_gis.benchmarks.peer_strtree import strtree_pairs
from baiyun_gis.benchmarks.peers import PeerAnswer
from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.nearness import within_distance
from baiyun_gis.kernels.segments import Segments


@pytest.fixture(scope="module")
def bodies() -> Segments:
    return district_bodies(1000, 3)


def answer(keys: np.ndarray, silent: np.ndarray | None = None) -> PeerAnswer:
    none = np.zeros(0, dtype=np.int64)
    i, j = keys >> 32, keys & 0xFFFFFFFF
    return PeerAnswer("peer", "1", 1.0, 0.0, i, j, silent=none if silent is None else silent)


def test_nearness_is_what_the_exact_gap_says_of_all_sections_and_ends() -> None:
    rng = np.random.default_rng(5)
    count = 400
    start = rng.uniform(0, 6, (3, count))
    stop = start + rng.normal(0, 2, (3, count))
    half = rng.uniform(0.05, 0.6, count)
    box = rng.random(count) < 0.3
    seg = Segments(
        *start, *stop, half, np.where(box, rng.uniform(0.05, 0.6, count), half), box,
        rng.random(count) < 0.5, rng.random(count) < 0.5,
        np.arange(count, dtype=np.int32), np.zeros(count),
    )  # fmt: skip
    i, j = (side.astype(np.int32) for side in np.triu_indices(count, 1))
    gap = body_gap(seg, i, j).gap
    for within in (0.0, 0.4, 1.0):
        clear_cut = np.abs(gap - within) > 1e-7
        near = within_distance(seg, i, j, within)
        assert 100 < near.sum() < len(near)
        assert (near == (gap <= within))[clear_cut].all()


def test_a_body_of_unknown_level_is_near_nothing(bodies: Segments) -> None:
    key = near_pairs(bodies, WITHIN_M)[:1]
    i, j = (key >> 32).astype(np.int32), (key & 0xFFFFFFFF).astype(np.int32)
    unknown = bodies.z0.copy()
    unknown[i] = np.nan
    assert not within_distance(bodies._replace(z0=unknown), i, j, WITHIN_M).any()


def test_a_pair_that_a_peer_misses_or_makes_up_is_a_disagreement(bodies: Segments) -> None:
    ours = near_pairs(bodies, WITHIN_M)
    made_up = (np.int64(0) << 32) + len(bodies.x0) - 1
    assert made_up not in ours
    same = compared(bodies, answer(ours))
    other = compared(bodies, answer(np.append(ours[1:], made_up)))
    excused = compared(bodies, answer(ours[1:], silent=ours[:1]))
    assert same["disagree"] == 0
    assert other["disagree"] == 2
    assert (excused["disagree"], excused["without_answer"]) == (0, 1)


def test_every_near_pair_is_near_in_plan_by_strtree(bodies: Segments) -> None:
    peer = strtree_pairs(bodies, WITHIN_M)
    assert peer is not None
    assert compared(bodies, peer)["missed"] == 0


def test_fcl_finds_the_same_pairs(bodies: Segments) -> None:
    pytest.importorskip("fcl", reason="python-fcl is not installed")
    peer = fcl_pairs(bodies, WITHIN_M)
    assert peer is not None
    assert compared(bodies, peer)["disagree"] == 0
