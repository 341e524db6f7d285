"""Room in height at crossings: never called room where the survey's error could use it up."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import every_sort

from baiyun_gis.kernels.plain_crossings import (
    CrossingHeights,
    Enough,
    crossing_heights,
    height_above,
)
from baiyun_gis.kernels.plan import plan_crossing
from baiyun_gis.kernels.segments import Segments, table_of
from baiyun_gis.kernels.vertical import vertical_clearance


def lines(chance: np.random.Generator, count: int) -> Segments:
    """Straight lines of any direction and slope."""
    x0, y0, x1, y1 = chance.uniform(-10, 10, (4, count))
    z0, z1 = chance.uniform(-3, 0, (2, count))
    flags, half = np.zeros(count, dtype=np.bool_), np.full(count, 0.1)
    pipe = np.arange(count, dtype=np.int32)
    return Segments(x0, y0, z0, x1, y1, z1, half, half, flags, flags, flags, pipe, np.zeros(count))


def heights_of(
    seg: Segments,
    i: np.ndarray,
    j: np.ndarray,
    flat: np.ndarray,
    up: np.ndarray,
    least_m: float = np.inf,
) -> CrossingHeights:
    enough = Enough(np.array([-1.0, least_m]), np.ones(len(i), dtype=np.int32), 2.0)
    return crossing_heights(seg, i, j, sigma_m=(flat, flat, up, up), enough=enough)


@pytest.mark.parametrize("seed", range(4))
def test_what_has_room_keeps_it_when_one_line_is_shifted(seed):
    chance = np.random.default_rng(seed)
    seg = lines(chance, 400)
    i, j = np.arange(200, dtype=np.int32), np.arange(200, 400, dtype=np.int32)
    flat, up = chance.uniform(0, 0.3, 200), chance.uniform(0, 0.1, 200)
    room = chance.uniform(0, 1, 200)
    # All of the deviation is the first line's.
    none = np.zeros(200)
    flats, ups = np.concatenate([flat, none]), np.concatenate([up, none])
    kept = room > heights_of(seg, i, j, flats, ups).doubt
    assert 0 < kept.sum() < 200
    u = np.stack([seg.x1 - seg.x0, seg.y1 - seg.y0, seg.z1 - seg.z0], axis=1)
    start = np.stack([seg.x0, seg.y0, seg.z0], axis=1)

    def height(row: int, shift: np.ndarray) -> float:
        a, b = u[i[row]], u[j[row]]
        away = start[j[row]] + [*shift, 0.0] - start[i[row]]
        s, t = np.linalg.solve(np.array([a[:2], -b[:2]]).T, away[:2])
        return float(a[2] * s - away[2] - b[2] * t)

    for row in np.flatnonzero(kept):
        for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            shift = flat[row] * np.array([np.cos(angle), np.sin(angle)])
            change = abs(height(row, shift) - height(row, np.zeros(2)))
            assert np.hypot(change, up[row]) <= room[row] + 1e-6


def test_parallel_lines_have_no_room():
    seg = lines(np.random.default_rng(1), 1)
    i = np.zeros(1, dtype=np.int32)
    one = np.ones(1)
    assert np.isinf(heights_of(seg, i, i, one, one).doubt).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_clearance_is_exact_where_it_could_matter_and_never_overstated(seed):
    seg = every_sort(np.random.default_rng(seed), 3000)
    i, j = np.arange(3000, dtype=np.int32), np.arange(3000, 6000, dtype=np.int32)
    exact = vertical_clearance(seg, i, j, crossing_angle_deg=0.0)
    meets = np.flatnonzero(~np.isnan(exact.clearance))
    meets = meets[plan_crossing(seg, i[meets], j[meets]).crosses]
    assert len(meets) > 300
    sigma = np.full(6000, 0.01)
    found = heights_of(seg, i[meets], j[meets], sigma, sigma, least_m=0.2)
    wanted = exact.clearance[meets]
    limit = 0.2 + 2.0 * found.doubt
    near = ~(wanted > limit)
    assert found.clearance[near] == pytest.approx(wanted[near], abs=1e-9)
    assert (found.clearance <= wanted + 1e-9).all()
    assert (found.clearance[~near] > limit[~near] - 1e-9).all()
    assert (found.a_above == exact.a_above[meets])[np.abs(wanted) > 1e-6].all()
    assert (~near).any()
    assert near.any()


def test_heights_are_read_at_stations():
    seg = lines(np.random.default_rng(2), 2)
    expected = seg.z0[0] * 0.75 + seg.z1[0] * 0.25 - seg.z1[1]
    assert height_above(table_of(seg), 0, 1, 0.25, 1.0) == pytest.approx(expected)
