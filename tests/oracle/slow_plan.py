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
    """Shortest shift in plan that parts two convex outlines, over ever closer directions."""
    pa, pb = (shapely.get_coordinates(shapely.convex_hull(g)) for g in (a, b))

    def shift(angle: np.ndarray) -> np.ndarray:
        way = np.array([np.cos(angle), np.sin(angle)])
        return (pa @ way).max(axis=0) - (pb @ way).min(axis=0)

    around = np.linspace(0.0, 2.0 * np.pi, 720, endpoint=False)
    best = around[np.argsort(shift(around))[:8]]
    close = (best[:, None] + np.linspace(-0.009, 0.009, 181)).ravel()
    return float(shift(close).min())
