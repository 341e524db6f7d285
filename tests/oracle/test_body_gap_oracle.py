"""Body gaps against bracketed distances of the plain solids that the bodies are made of."""

from __future__ import annotations

import os

import numpy as np
import pytest
from kernel_builders import moved, random_pairs
from oracle.slow_bodies import gap_bracket, solids_of

from baiyun_gis.kernels.bodies import BodyGap, body_gap
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32

MILLIMETRE = 0.001
PAIRS = int(os.environ.get("BAIYUN_ORACLE_PAIRS", "2000"))
SEED = int(os.environ.get("BAIYUN_ORACLE_SEED", "0"))


@pytest.fixture(scope="module")
def measured() -> tuple[Segments, I32, I32, BodyGap, F64]:
    seg = random_pairs(np.random.default_rng(20240501 + SEED), PAIRS)
    i = np.arange(PAIRS, dtype=np.int32)
    j = i + np.int32(PAIRS)
    brackets = np.array([gap_bracket(seg, p, q) for p, q in zip(i, j, strict=True)])
    return seg, i, j, body_gap(seg, i, j), brackets


def test_gaps_of_2000_pairs_agree_with_the_slow_answer_to_a_millimetre(
    measured: tuple[Segments, I32, I32, BodyGap, F64],
) -> None:
    _, _, _, found, (lower, upper) = *measured[:4], measured[4].T
    apart = lower > 0.0
    assert apart.sum() > PAIRS // 2
    assert (upper - lower)[apart].max() < MILLIMETRE
    assert (found.gap - lower)[apart].min() > -1e-6
    assert (upper - found.gap)[apart].min() > -1e-6
    # Bodies the slow way brings together are never measured apart.
    assert (found.gap - upper)[~apart].max() < 1e-4  # touching, or not proven to be apart
    assert (~apart).sum() > PAIRS // 10


def test_nearest_points_lie_on_the_bodies_and_span_the_gap(
    measured: tuple[Segments, I32, I32, BodyGap, F64],
) -> None:
    seg, i, j, found, _ = measured
    a = np.array([found.ax, found.ay, found.az]).T
    b = np.array([found.bx, found.by, found.bz]).T
    np.testing.assert_allclose(np.linalg.norm(a - b, axis=1), np.abs(found.gap), atol=1e-6)
    for k in np.flatnonzero(found.gap > 0.0)[:500]:
        for row, point in ((i[k], a[k]), (j[k], b[k])):
            far = min(np.linalg.norm(s.nearest(point) - point) for s in solids_of(seg, row))
            assert far < 1e-6


def is_cut_short(seg: Segments, k: int) -> bool:
    """Does the ball of its only round end reach past its flat end."""
    axis = (seg.x1[k] - seg.x0[k], seg.y1[k] - seg.y0[k], seg.z1[k] - seg.z0[k])
    return bool(seg.flat0[k] != seg.flat1[k] and np.linalg.norm(axis) < seg.half_width[k])


def test_penetration_is_a_shift_that_parts_the_bodies(
    measured: tuple[Segments, I32, I32, BodyGap, F64],
) -> None:
    seg, i, j, found, _ = measured
    inside = np.flatnonzero(found.gap < -1e-3)
    shift = np.array([found.bx - found.ax, found.by - found.ay, found.bz - found.az]).T
    parted = 0
    for k in inside[:300]:
        away = shift[k] / np.linalg.norm(shift[k])
        reach_a = [s.reach(-away[None])[0] for s in solids_of(seg, i[k])]
        reach_b = [s.reach(away[None])[0] for s in solids_of(seg, j[k])]
        # Of a sloping rectangle with a round end the deepest solid counts, not their hull. The ball
        # of a round end stops at the flat end of a short body, which these solids do not.
        boxes = seg.is_rectangle[i[k]] or seg.is_rectangle[j[k]]
        whole = not (boxes or is_cut_short(seg, i[k]) or is_cut_short(seg, j[k]))
        if whole:
            assert max(reach_a) + max(reach_b) == pytest.approx(-found.gap[k], abs=1e-6)
            parted += 1
        else:
            assert max(reach_a) + max(reach_b) >= -found.gap[k] - 1e-6
    assert parted > 50


def reaches(seg: Segments, k: int, away: F64) -> list[F64]:
    """How far each convex part of a body reaches: a circular body is one part."""
    each = [solid.reach(away) for solid in solids_of(seg, k)]
    return each if seg.is_rectangle[k] else [np.max(each, axis=0)]


def test_no_sampled_direction_parts_the_bodies_by_a_shorter_shift(
    measured: tuple[Segments, I32, I32, BodyGap, F64],
) -> None:
    seg, i, j, found, _ = measured
    rng = np.random.default_rng(3)
    away = rng.normal(size=(6000, 3))
    away /= np.linalg.norm(away, axis=1)[:, None]
    checked = 0
    for k in np.flatnonzero(found.gap < -1e-3):
        p, q = i[k], j[k]
        if not (seg.is_rectangle[p] or seg.is_rectangle[q]):
            continue
        shifts = [
            (one + other).min() for one in reaches(seg, p, away) for other in reaches(seg, q, -away)
        ]
        assert -found.gap[k] <= max(shifts) + MILLIMETRE
        checked += 1
    assert checked > 100


def test_gaps_are_the_same_at_the_national_grid() -> None:
    seg = random_pairs(np.random.default_rng(8), 500)
    i = np.arange(500, dtype=np.int32)
    j = i + np.int32(500)
    far = moved(seg, np.array([412_345.0, 2_543_210.0, 12.0]))
    np.testing.assert_allclose(body_gap(far, i, j).gap, body_gap(seg, i, j).gap, atol=1e-6)
