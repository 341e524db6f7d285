"""Pairs of every sort at the national grid: gap, and where along the pipe it falls short.

Against bracketed distances of plain solids, and for convex bodies against FCL (a library for
collision detection, skipped where it is not installed). `BAIYUN_ORACLE_PAIRS=10000` for the whole
claim.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from kernel_builders import GRID, every_sort, moved
from oracle.slow_bodies import (
    Ball,
    Cylinder,
    ShearedBox,
    Solid,
    gap_bracket,
    is_nearer,
    section_of,
    solids_of,
)

from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.body_stretch import body_stretch
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64

MILLIMETRE, SAME_M = 0.001, 1e-6
FCL_UNITS = 1e3
PAIRS = int(os.environ.get("BAIYUN_ORACLE_PAIRS", "900"))
SEED = int(os.environ.get("BAIYUN_ORACLE_SEED", "0"))
Pairs = tuple[Segments, F64, F64]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    """Segments about the origin, what is required of each pair, gaps at the national grid."""
    rng = np.random.default_rng(38_434 + SEED)
    seg = every_sort(rng, PAIRS)
    required = np.where(rng.random(PAIRS) < 0.3, 0.0, rng.uniform(0.0, 1.0, PAIRS))
    i = np.arange(PAIRS, dtype=np.int32)
    # What the grid rounds off is no error of the kernels: both sides see the rounded ends.
    far = moved(seg, GRID)
    near = moved(far, -GRID)
    return near, required, body_gap(far, i, i + np.int32(PAIRS)).gap


def test_gaps_agree_with_the_slow_answer_to_a_millimetre(pairs: Pairs) -> None:
    seg, required, gap = pairs
    bounds = np.array([gap_bracket(seg, k, k + PAIRS) for k in range(PAIRS)])
    lower, upper = bounds.T
    apart = lower > 0
    assert (upper - lower)[apart].max() < MILLIMETRE
    assert (gap - lower)[apart].min() > -SAME_M
    assert (upper - gap)[apart].min() > -SAME_M
    assert (gap - upper)[~apart].max() < SAME_M
    fails = gap < required - MILLIMETRE
    assert not (fails & (lower > required)).any()
    assert not (~fails & (upper < required - 2 * MILLIMETRE)).any()
    assert min(fails.sum(), (~fails).sum()) > PAIRS // 10


def test_touching_bodies_have_no_gap(pairs: Pairs) -> None:
    touching = np.arange(PAIRS) % 9 == 5
    assert np.abs(pairs[2][touching]).max() < 2e-8  # the grid keeps 38,434,000 to 7e-9 m


def test_gaps_of_convex_bodies_agree_with_fcl(pairs: Pairs) -> None:
    fcl = pytest.importorskip("fcl", reason="python-fcl is not installed")
    seg, _, gap = pairs
    compared = 0
    worst = 0.0
    for k in range(PAIRS):
        parts = [(one, two) for one in solids_of(seg, k) for two in solids_of(seg, k + PAIRS)]
        far = min(_fcl_distance(fcl, one, two) for one, two in parts)
        if far <= 0:
            assert gap[k] < SAME_M, k
            continue
        compared += 1
        if abs(gap[k] - far) > SAME_M:
            # FCL ends up to 2e-6 m too far on long flat bodies; larger units show it.
            far = min(_fcl_distance(fcl, one, two, FCL_UNITS * 100) for one, two in parts)
        worst = max(worst, abs(gap[k] - far))
        assert gap[k] == pytest.approx(far, abs=SAME_M), k
    assert compared > PAIRS // 3
    print(f"{compared} of {PAIRS} pairs apart, at most {worst:.1e} m from FCL")


def _fcl_distance(fcl: Any, one: Solid, two: Solid, units: float = FCL_UNITS) -> float:
    """Distance of two convex solids, −1 where they overlap."""
    # FCL stops at 1e-6 of its own unit: in millimetres that is 1e-9 m.
    return float(fcl.distance(_fcl_body(fcl, one, units), _fcl_body(fcl, two, units))) / units


def _fcl_body(fcl: Any, solid: Solid, m: float) -> Any:
    match solid:
        case Ball():
            return fcl.CollisionObject(
                fcl.Sphere(m * solid.radius), fcl.Transform(m * solid.centre)
            )
        case Cylinder():
            middle = m * (solid.centre + solid.axis * solid.length / 2)
            bar = fcl.Cylinder(m * solid.radius, m * solid.length)
            return fcl.CollisionObject(bar, fcl.Transform(_turn_to(solid.axis), middle))
        case ShearedBox():
            # Corners: bit 2 start or end, bit 1 left or right, bit 0 bottom or top.
            faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4],
                     [1, 5, 7, 3]]  # fmt: skip
            flat = np.array([n for face in faces for n in (4, *face)], dtype=np.int32)
            return fcl.CollisionObject(fcl.Convex(m * solid.vertices(), 6, flat), fcl.Transform())
        case _:
            raise TypeError(solid)


def _turn_to(axis: F64) -> F64:
    """A rotation that takes z to a unit vector."""
    side = np.cross(axis, [1.0, 0, 0] if abs(axis[0]) < 0.9 else [0, 1.0, 0])
    side /= np.linalg.norm(side)
    return np.column_stack([side, np.cross(axis, side), axis])


def test_the_stretch_begins_and_ends_where_the_section_comes_too_near(pairs: Pairs) -> None:
    seg, required, gap = pairs
    i = np.arange(PAIRS, dtype=np.int32)
    low, high = body_stretch(moved(seg, GRID), i, i + np.int32(PAIRS), required)
    length = np.sqrt(sum((q - p) ** 2 for p, q in zip(seg[0:3], seg[3:6], strict=True)))
    held = wrong = 0
    for k in range(PAIRS):
        if length[k] < 1e-6:
            continue
        step = MILLIMETRE / length[k]
        if np.isnan(low[k]):
            # Only a round end, if anything: no section comes near enough.
            stations = np.linspace(0, 1, 7)
            wrong += any(_is_short(seg, k, t, required[k]) is True for t in stations)
            continue
        held += 1
        inside = min(low[k] + step, high[k]), max(high[k] - step, low[k])
        wrong += any(_is_short(seg, k, t, required[k] + SAME_M) is False for t in inside)
        outside = [t for t in (low[k] - step, high[k] + step) if 0 < t < 1]
        wrong += any(_is_short(seg, k, t, required[k] - 1e-9) is True for t in outside)
        assert gap[k] < required[k] + SAME_M
    assert wrong == 0
    assert held > PAIRS // 4


def _is_short(seg: Segments, k: int, t: float, required: float) -> bool | None:
    section = section_of(seg, k, t)
    answers = [is_nearer(section, other, required) for other in solids_of(seg, k + PAIRS)]
    return True if True in answers else None if None in answers else False
