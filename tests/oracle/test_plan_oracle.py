"""Plan clearance, crossing and failing stretch against shapely."""

from __future__ import annotations

import os

import numpy as np
import pytest
import shapely
from kernel_builders import moved, random_pairs
from oracle.slow_plan import least_shift, strip_outline

from baiyun_gis.kernels.plan import plan_clearance, plan_crossing, plan_stretch
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import I32

MILLIMETRE = 0.001
PAIRS = int(os.environ.get("BAIYUN_ORACLE_PAIRS", "2000"))
SEED = int(os.environ.get("BAIYUN_ORACLE_SEED", "0"))
NATIONAL_GRID = np.array([412_345.0, 2_543_210.0, 12.0])

Case = tuple[Segments, I32, I32, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def case() -> Case:
    seg = random_pairs(np.random.default_rng(77 + SEED), PAIRS)
    i = np.arange(PAIRS, dtype=np.int32)
    strips = np.array([strip_outline(seg, k) for k in range(2 * PAIRS)], dtype=object)
    return seg, i, i + np.int32(PAIRS), strips[:PAIRS], strips[PAIRS:]


def test_plan_clearance_of_2000_pairs_agrees_to_a_millimetre(case: Case) -> None:
    seg, i, j, a, b = case
    found = plan_clearance(seg, i, j)
    distance = shapely.distance(a, b)
    apart = distance > 1e-5
    assert apart.sum() > PAIRS // 4
    np.testing.assert_allclose(found.gap[apart], distance[apart], atol=1e-4)
    assert found.gap[~apart].max() < 1e-4


def test_plan_clearance_is_the_same_at_the_national_grid(case: Case) -> None:
    seg, i, j, _, _ = case
    here = plan_clearance(seg, i, j)
    there = plan_clearance(moved(seg, NATIONAL_GRID), i, j)
    np.testing.assert_allclose(there.gap, here.gap, atol=1e-6)


def test_plan_overlap_is_the_shortest_shift_or_the_widths_less_the_axis_distance(
    case: Case,
) -> None:
    seg, i, j, a, b = case
    found = plan_clearance(seg, i, j).gap
    ends = np.stack([seg.x0, seg.y0, seg.x1, seg.y1], axis=1).reshape(-1, 2, 2)
    axes = shapely.distance(shapely.linestrings(ends[i]), shapely.linestrings(ends[j]))
    widths = seg.half_width[i] + seg.half_width[j] - axes
    inside = np.flatnonzero(found < -MILLIMETRE)[:150]
    assert len(inside) == 150
    for k in inside:
        wanted = min(least_shift(a[k], b[k]), widths[k])
        assert -found[k] == pytest.approx(wanted, abs=MILLIMETRE)


def test_nearest_points_in_plan_lie_on_the_strips(case: Case) -> None:
    seg, i, j, a, b = case
    found = plan_clearance(seg, i, j)
    apart = found.gap > 0.0
    on_a = shapely.distance(shapely.points(found.ax, found.ay), a)
    on_b = shapely.distance(shapely.points(found.bx, found.by), b)
    assert on_a[apart].max() < 1e-4
    assert on_b[apart].max() < 1e-4
    assert ((found.ta >= 0.0) & (found.ta <= 1.0) & (found.tb >= 0.0) & (found.tb <= 1.0)).all()


def test_crossings_are_where_shapely_finds_the_axes_meet(case: Case) -> None:
    seg, i, j, _, _ = case
    ends = np.stack([seg.x0, seg.y0, seg.x1, seg.y1], axis=1).reshape(-1, 2, 2)
    lines = shapely.linestrings(ends)
    upright = shapely.length(lines) < 1e-6
    found = plan_crossing(seg, i, j)
    judged = ~(upright[i] | upright[j])
    apart = shapely.distance(lines[i], lines[j])
    np.testing.assert_array_equal(found.crosses[judged], apart[judged] <= MILLIMETRE)
    assert not found.crosses[~judged].any()
    met = np.flatnonzero(found.crosses & (found.angle_deg > 1.0) & (apart == 0.0))
    points = shapely.get_coordinates(shapely.intersection(lines[i[met]], lines[j[met]]))
    along = ends[i[met], 0] + found.ta[met, None] * (ends[i[met], 1] - ends[i[met], 0])
    np.testing.assert_allclose(along, points, atol=1e-6)
    turn = ends[:, 1] - ends[:, 0]
    bearing = np.degrees(np.arctan2(turn[:, 1], turn[:, 0]))
    angle = np.abs(bearing[i[met]] - bearing[j[met]]) % 180.0
    np.testing.assert_allclose(found.angle_deg[met], np.minimum(angle, 180.0 - angle), atol=1e-6)


def test_stretch_holds_exactly_the_stations_that_fail(case: Case) -> None:
    seg, i, j, _, b = case
    rng = np.random.default_rng(4)
    required = rng.uniform(0.05, 1.5, PAIRS)
    gap = plan_clearance(seg, i, j).gap
    found = plan_stretch(seg, i, j, required)
    np.testing.assert_array_equal(np.isnan(found.from_t), ~(gap < required))
    stations = np.linspace(0.0, 1.0, 501)
    checked = 0
    for k in np.flatnonzero(gap < required)[:300]:
        start, stop = np.array([seg.x0[k], seg.y0[k]]), np.array([seg.x1[k], seg.y1[k]])
        length = np.linalg.norm(stop - start)
        if length < 1e-6:
            continue
        side = np.array([-(stop - start)[1], (stop - start)[0]]) / length * seg.half_width[k]
        centre = start + stations[:, None] * (stop - start)
        cuts = shapely.linestrings(np.stack([centre - side, centre + side], axis=1))
        near = shapely.distance(cuts, b[k])
        fails, holds = near < required[k] - 2e-5, near > required[k] + 2e-5
        within = (stations >= found.from_t[k]) & (stations <= found.to_t[k])
        assert within[fails].all()
        assert not within[holds & (found.from_t[k] < found.to_t[k])].any()
        checked += 1
    assert checked > 250
