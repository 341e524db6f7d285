"""Slow answers in plan from shapely outlines of the strips, sharing no code with the kernels."""

from __future__ import annotations

import numpy as np
import shapely

from baiyun_gis.kernels.segments import Segments

# Points a quarter circle: the outline of a 0.7 m radius is then true to 3e-6 m.
_QUARTER = 256


def strip_outline(seg: Segments, k: int, *, quarter: int = _QUARTER) -> shapely.Geometry:
    """The plan projection of a segment's body as a fine polygon."""
    p, q = np.array([seg.x0[k], seg.y0[k]]), np.array([seg.x1[k], seg.y1[k]])
    w, plan = float(seg.half_width[k]), float(np.linalg.norm(q - p))
    if plan < 1e-6:
        return shapely.buffer(shapely.Point(p), w, quad_segs=quarter)
    body = shapely.buffer(shapely.LineString([p, q]), w, cap_style="flat")
    along = (q - p) / plan
    rise = float(seg.z1[k] - seg.z0[k])
    tilt = 0.0 if seg.is_rectangle[k] else abs(rise) / np.hypot(plan, rise)
    parts = [body]
    for end, flat in ((p, seg.flat0[k]), (q, seg.flat1[k])):
        depth = w * tilt if flat else w
        angle = np.linspace(0.0, 2.0 * np.pi, 4 * quarter, endpoint=False)
        across = np.array([-along[1], along[0]])
        ring = end + np.outer(depth * np.cos(angle), along) + np.outer(w * np.sin(angle), across)
        if depth > 0.0:
            parts.append(shapely.Polygon(ring))
    # The hull differs from the union only where a piece is shorter than its half width.
    return shapely.convex_hull(shapely.union_all(parts))


def least_shift(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Shortest shift in plan that parts two convex outlines: square to an edge of one of them."""
    pa, pb = _counterclockwise(a), -_counterclockwise(b)
    angles = np.concatenate([_normals(pa), _normals(pb)])
    return float((_reach(pa, angles) + _reach(pb, angles)).min())


def _counterclockwise(outline: shapely.Geometry) -> np.ndarray:
    """Corners of the hull of an outline, (n, 2); of a strip without width both its ends."""
    hull = shapely.convex_hull(outline)
    corners = shapely.get_coordinates(hull)
    ring = corners[:-1] if hull.geom_type == "Polygon" else corners
    x, y = ring.T
    area = float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())
    return ring if area > 0 else ring[::-1]


def _normals(corners: np.ndarray) -> np.ndarray:
    """Outward directions of the edges, from corner k to the next, 0 to 2 pi."""
    edge = np.roll(corners, -1, axis=0) - corners
    return np.arctan2(-edge[:, 0], edge[:, 1]) % (2 * np.pi)


def _reach(corners: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """How far corners reach in directions: that corner whose edges turn past the direction."""
    own = _normals(corners)
    first = int(np.argmin(own))
    at = (first + np.searchsorted(np.roll(own, -first), angles)) % len(corners)
    far = corners[at]
    return far[:, 0] * np.cos(angles) + far[:, 1] * np.sin(angles)
