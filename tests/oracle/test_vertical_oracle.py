"""Vertical clearance against plumb lines through the plain solids."""

from __future__ import annotations

import os

import numpy as np
import pytest
import shapely
from kernel_builders import moved, random_pairs
from oracle.slow_bodies import Solid, holds, solids_of
from oracle.slow_plan import strip_outline

from baiyun_gis.kernels.plan import plan_clearance, plan_crossing
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.kernels.vertical import vertical_clearance
from baiyun_gis.model.columns import F64, I32

MILLIMETRE = 0.001
PAIRS = int(os.environ.get("BAIYUN_ORACLE_PAIRS", "2000"))
SEED = int(os.environ.get("BAIYUN_ORACLE_SEED", "0"))


@pytest.fixture(scope="module")
def case() -> tuple[Segments, I32, I32]:
    seg = random_pairs(np.random.default_rng(99 + SEED), PAIRS)
    i = np.arange(PAIRS, dtype=np.int32)
    return seg, i, i + np.int32(PAIRS)


def wall(solids: list[Solid], x: F64, y: F64, *, top: bool) -> F64:
    """Level of the upper or lower wall over points of the plan; NaN beside the body.

    Found by halving plumb pieces between a point of the body and one outside it.
    """
    reach = [float(s.reach(np.array([[0.0, 0.0, d]]))[0]) for s in solids for d in (1.0, -1.0)]
    low, high = -max(reach[1::2]) - 0.01, max(reach[0::2]) + 0.01
    levels = np.linspace(low, high, 160)
    points = np.stack(
        [
            np.repeat(x[:, None], 160, 1),
            np.repeat(y[:, None], 160, 1),
            np.broadcast_to(levels, (len(x), 160)),
        ],
        axis=-1,
    )
    held = holds(solids, points)
    found = held.any(axis=1)
    at = 159 - np.argmax(held[:, ::-1], axis=1) if top else np.argmax(held, axis=1)
    inside, outside = levels[at], levels[np.clip(at + (1 if top else -1), 0, 159)]
    for _ in range(30):
        middle = 0.5 * (inside + outside)
        here = holds(solids, np.stack([x, y, middle], axis=-1))
        inside, outside = np.where(here, middle, inside), np.where(here, outside, middle)
    return np.where(found, inside, np.nan)


def facing(seg: Segments, p: int, q: int, x: F64, y: F64, *, p_above: bool) -> F64:
    """Distance of the facing walls over points of the plan, p's below wall from q's above."""
    upper, lower = (p, q) if p_above else (q, p)
    under = wall(solids_of(seg, upper), x, y, top=False)
    return under - wall(solids_of(seg, lower), x, y, top=True)


def test_at_a_crossing_it_is_the_plumb_distance_of_the_walls_there(
    case: tuple[Segments, I32, I32],
) -> None:
    seg, i, j = case
    meeting = plan_crossing(seg, i, j)
    found = vertical_clearance(seg, i, j)
    inner = (np.minimum(meeting.ta, meeting.tb) > 0.0) & (np.maximum(meeting.ta, meeting.tb) < 1.0)
    rows = np.flatnonzero(meeting.crosses & (meeting.angle_deg >= 15.0) & inner)
    assert len(rows) > 200
    for k in rows:
        x, y = np.array([found.x[k]]), np.array([found.y[k]])
        wanted = facing(seg, i[k], j[k], x, y, p_above=bool(found.a_above[k]))[0]
        assert found.clearance[k] == pytest.approx(wanted, abs=MILLIMETRE)
        higher, lower = (found.za[k], found.zb[k])
        signed = higher - lower if found.a_above[k] else lower - higher
        assert found.clearance[k] == pytest.approx(signed, abs=1e-9)


def test_on_top_of_each_other_it_is_the_least_over_the_common_area(
    case: tuple[Segments, I32, I32],
) -> None:
    seg, i, j = case
    meeting = plan_crossing(seg, i, j)
    found = vertical_clearance(seg, i, j)
    crossing = meeting.crosses & (meeting.angle_deg >= 15.0)
    overlap = plan_clearance(seg, i, j).gap < -0.01
    rows = np.flatnonzero(~crossing & overlap)[:50]
    assert len(rows) == 50
    for k in rows:
        area = shapely.intersection(strip_outline(seg, i[k]), strip_outline(seg, j[k]))
        wanted = least_over(seg, i[k], j[k], area, p_above=bool(found.a_above[k]))
        spot = shapely.points(found.x[k], found.y[k])
        assert shapely.distance(spot, area) < 1e-5
        # On a round silhouette the wall is plumb: the sampled outline's 3 µm are 2 mm in height.
        at_edge = shapely.distance(spot, shapely.boundary(area)) < 1e-5
        assert found.clearance[k] <= wanted + 1e-6
        assert found.clearance[k] >= wanted - (5.0 if at_edge else 1.0) * MILLIMETRE


def least_over(seg: Segments, p: int, q: int, area: shapely.Geometry, *, p_above: bool) -> float:
    """Least facing distance over an area, by ever finer grids about the best point so far.

    Grid points beside the area are moved to its edge, where the least often lies.
    """
    area = shapely.buffer(area, -2e-6)
    box = shapely.minimum_rotated_rectangle(area)
    corner, along, _, across = shapely.get_coordinates(box)[:4]
    best = np.inf
    u_low, u_high, v_low, v_high = 0.0, 1.0, 0.0, 1.0
    for _ in range(10):
        u, v = np.meshgrid(np.linspace(u_low, u_high, 15), np.linspace(v_low, v_high, 15))
        points = corner + u.reshape(-1, 1) * (along - corner) + v.reshape(-1, 1) * (across - corner)
        links = shapely.shortest_line(area, shapely.points(points))
        points = shapely.get_coordinates(links)[::2]
        values = facing(seg, p, q, points[:, 0], points[:, 1], p_above=p_above)
        values = np.where(np.isnan(values), np.inf, values)
        at = int(np.argmin(values))
        best = min(best, float(values[at]))
        du, dv = (u_high - u_low) / 5.0, (v_high - v_low) / 5.0
        u_at, v_at = u.ravel()[at], v.ravel()[at]
        u_low, u_high = max(0.0, u_at - du), min(1.0, u_at + du)
        v_low, v_high = max(0.0, v_at - dv), min(1.0, v_at + dv)
    return best


def test_where_projections_do_not_overlap_there_is_none(
    case: tuple[Segments, I32, I32],
) -> None:
    seg, i, j = case
    apart = plan_clearance(seg, i, j).gap > MILLIMETRE
    assert apart.sum() > 100
    assert np.isnan(vertical_clearance(seg, i[apart], j[apart]).clearance).all()


def test_it_is_the_same_at_the_national_grid(case: tuple[Segments, I32, I32]) -> None:
    seg, i, j = case
    here = vertical_clearance(seg, i, j)
    there = vertical_clearance(moved(seg, np.array([412_345.0, 2_543_210.0, 12.0])), i, j)
    # Of axes at one height rounding says which is above.
    assert (there.a_above != here.a_above).sum() <= PAIRS // 5000
    np.testing.assert_allclose(there.clearance, here.clearance, atol=1e-5)
