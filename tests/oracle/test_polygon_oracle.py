"""Clearance of strips to polygons against shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from kernel_builders import PolygonClearance, clearance_to_polygons, moved, random_pairs
from oracle.slow_plan import strip_outline

from baiyun_gis.kernels.outlines import Outlines, outlines_of
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.kernels.segments import Segments, take
from baiyun_gis.model.columns import F64, I32

MILLIMETRE = 0.001
COUNT = 2000

Case = tuple[Segments, I32, np.ndarray, Outlines, PolygonClearance, np.ndarray]


def random_polygons(rng: np.random.Generator, count: int) -> np.ndarray:
    """Stars about the origin, most not convex, some with a hole, some of two parts."""
    out = []
    for _ in range(count):
        corners = int(rng.integers(3, 12))
        angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, corners))
        far = rng.uniform(0.5, 3.0, corners)
        ring = np.array([far * np.cos(angle), far * np.sin(angle)]).T + rng.uniform(-4, 4, 2)
        shape = shapely.make_valid(shapely.Polygon(ring))
        shape = shapely.union_all([p for p in shapely.get_parts(shape) if p.area > 0.0])
        if rng.random() < 0.3:
            hole = shapely.buffer(shapely.point_on_surface(shape), 0.4, quad_segs=3)
            shape = shapely.difference(shape, hole)
        if rng.random() < 0.2:
            shape = shapely.union(shape, shapely.box(4.0, 4.0, 4.5, 5.0))
        out.append(shape if shape.area > 0.0 else shapely.box(0.0, 0.0, 1.0, 1.0))
    return np.array(out, dtype=object)


@pytest.fixture(scope="module")
def case() -> Case:
    rng = np.random.default_rng(31)
    seg = random_pairs(rng, COUNT // 2, spread=6.0)
    rows = np.arange(COUNT, dtype=np.int32)
    polygons = random_polygons(rng, COUNT)
    outlines = outlines_of(polygons)
    found = clearance_to_polygons(seg, rows, outlines, rows)
    strips = np.array([strip_outline(seg, k) for k in rows], dtype=object)
    return seg, rows, polygons, outlines, found, strips


def test_clearance_outside_agrees_to_a_millimetre(case: Case) -> None:
    _, _, polygons, _, found, strips = case
    distance = shapely.distance(strips, polygons)
    apart = distance > 1e-5
    assert apart.sum() > COUNT // 4
    np.testing.assert_allclose(found.gap[apart], distance[apart], atol=1e-4)
    assert found.gap[~apart].max() < 1e-4
    on_strip = shapely.distance(shapely.points(found.ax, found.ay), strips)
    on_outline = shapely.distance(shapely.points(found.bx, found.by), shapely.boundary(polygons))
    assert on_strip.max() < 1e-4
    assert on_outline.max() < 1e-6
    # A corner that pricks a round end between the lines looked at counts as touching.
    assert (found.gap[~apart] == 0.0).sum() < 5
    span = np.hypot(found.ax - found.bx, found.ay - found.by)
    np.testing.assert_allclose(span, np.abs(found.gap), atol=1e-4)


def test_depth_inside_is_that_of_the_deepest_point_looked_at(case: Case) -> None:
    seg, rows, polygons, _, found, strips = case
    checked = 0
    for k in rows[found.gap < -MILLIMETRE][:400]:
        points = shapely.points(points_of_strip(seg, k))
        edge = shapely.boundary(polygons[k])
        depth = np.where(
            shapely.contains(polygons[k], points), shapely.distance(points, edge), 0.0
        ).max()
        assert -found.gap[k] >= depth - MILLIMETRE
        # Nowhere in the strip is it deeper than the widths between the lines looked at allow.
        assert -found.gap[k] <= depth_over(strips[k], polygons[k]) + MILLIMETRE
        checked += 1
    assert checked == 400


def points_of_strip(seg: Segments, k: int) -> F64:
    """Points along a strip's axis and both its sides."""
    start, stop = np.array([seg.x0[k], seg.y0[k]]), np.array([seg.x1[k], seg.y1[k]])
    length = np.linalg.norm(stop - start)
    if length < 1e-6:
        return start[None]
    across = np.array([-(stop - start)[1], (stop - start)[0]]) / length * seg.half_width[k]
    along = start + np.linspace(0.0, 1.0, 1500)[:, None] * (stop - start)
    return np.concatenate([along + side * across for side in (-1.0, 0.0, 1.0)])


def depth_over(strip: shapely.Geometry, polygon: shapely.Geometry) -> float:
    """Greatest depth inside over a strip: the radius of a circle about a point of it.

    Found by shrinking the polygon until the strip is clear of it.
    """
    low, high = 0.0, 4.0
    while high - low > 2e-4:
        middle = 0.5 * (low + high)
        if shapely.intersects(shapely.buffer(polygon, -middle, quad_segs=16), strip):
            low = middle
        else:
            high = middle
    return high


def test_length_inside_is_that_of_the_axis(case: Case) -> None:
    seg, rows, polygons, _, found, _ = case
    ends = np.stack([seg.x0, seg.y0, seg.x1, seg.y1], axis=1).reshape(-1, 2, 2)
    inside = shapely.length(shapely.intersection(shapely.linestrings(ends[rows]), polygons))
    np.testing.assert_allclose(found.inside_m, inside, atol=1e-9)


def test_clearance_is_the_same_at_the_national_grid(case: Case) -> None:
    seg, rows, _, outlines, found, _ = case
    shift = np.array([412_345.0, 2_543_210.0, 0.0])
    far = outlines._replace(xy=outlines.xy + shift[:2])
    there = clearance_to_polygons(moved(seg, shift), rows, far, rows)
    np.testing.assert_allclose(there.gap, found.gap, atol=1e-4)


def test_every_pair_within_reach_is_a_candidate(case: Case) -> None:
    seg, _, polygons, _, _, strips = case
    few = take(seg, np.arange(300))
    near = shapely.distance(strips[:300, None], polygons[None, :60]) <= 0.8
    pairs = candidate_polygon_pairs(few, shapely.bounds(polygons[:60]), 0.5, 0.3)
    held = np.zeros_like(near)
    held[pairs] = True
    assert held[near].all()
    assert held.sum() < 4 * near.sum()
    assert (np.diff(pairs[0].astype(np.int64) * 1000 + pairs[1]) > 0).all()
