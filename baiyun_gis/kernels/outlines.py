"""Polygons with holes as plain arrays, and where a point or a line lies in one."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool, Geom
from baiyun_gis.kernels.compiled import compiled

_ROUNDING_M = 1e-9
_POLYGON, _MULTIPOLYGON = 3, 6  # as shapely numbers them


class Outlines(NamedTuple):
    """Polygons as vertices and offsets.

    `xy` (n, 2) holds the closed rings one after another; ring r is rows
    `ring_offsets[r]` to `ring_offsets[r + 1]`, polygon p is rings `polygon_rings[p]` to
    `polygon_rings[p + 1]`: outer rings and holes of all its parts, in any order.
    """

    xy: F64
    ring_offsets: I64
    polygon_rings: I64


def outlines_of(polygons: Geom, origin: tuple[float, float] = (0.0, 0.0)) -> Outlines:
    """The rings of shapely polygons and multipolygons, `origin` taken off; missing ones are empty.

    Raises `ValueError` for geometries that are not areas.
    """
    import shapely

    whole = np.asarray(polygons, dtype=object)
    kinds = shapely.get_type_id(whole)
    if not ((kinds == -1) | (kinds == _POLYGON) | (kinds == _MULTIPOLYGON)).all():
        raise ValueError("outlines_of: polygons and multipolygons only")
    xy = shapely.get_coordinates(whole)
    polygon_rings, sizes = _rings_of(whole, kinds)
    ring_offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=ring_offsets[1:])
    xy -= np.asarray(origin, dtype=np.float64)
    return Outlines(xy, ring_offsets, polygon_rings)


def is_area(geometry: Geom) -> Bool:
    """Which geometries are polygons or several of them, shape (n,)."""
    import shapely

    kinds = shapely.get_type_id(geometry)
    return (kinds == _POLYGON) | (kinds == _MULTIPOLYGON)


def _rings_of(whole: Geom, kinds: I32) -> tuple[I64, I64]:
    """Offsets of the rings of each polygon, and how many vertices each ring has.

    Most polygons are one ring: only the others are taken apart.
    """
    import shapely

    corners = shapely.get_num_coordinates(whole)
    is_ring = (kinds == _POLYGON) & (shapely.get_num_interior_rings(whole) == 0)
    counts = (is_ring & (corners > 0)).astype(np.int64)
    others = np.flatnonzero((kinds >= 0) & ~is_ring)
    parts, whole_of = shapely.get_parts(whole[others], return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    counts[others] = np.bincount(whole_of[part_of], minlength=len(others))
    offsets = np.zeros(len(whole) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    owner = np.repeat(np.arange(len(whole)), counts)
    sizes = corners[owner].astype(np.int64)
    sizes[~is_ring[owner]] = shapely.get_num_coordinates(rings)
    return offsets, sizes


@compiled
def depth_inside(outlines: Outlines, polygon: int, x: float, y: float, at: F64) -> float:
    """Distance of a point to the outline, positive inside, negative outside.

    `at` (2,) gets the nearest point of the outline. Inside is by the even-odd rule.
    """
    xy, inside, best = outlines.xy, False, np.inf
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
            px, py, qx, qy = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            dx, dy = qx - px, qy - py
            if (py > y) != (qy > y) and x < px + (y - py) * dx / dy:
                inside = not inside
            square = dx * dx + dy * dy
            t = ((x - px) * dx + (y - py) * dy) / square if square > 0.0 else 0.0
            t = min(1.0, max(0.0, t))
            ex, ey = px + t * dx - x, py + t * dy - y
            d = ex * ex + ey * ey
            if d < best:
                best = d
                at[0], at[1] = px + t * dx, py + t * dy
    return math.sqrt(best) if inside else -math.sqrt(best)


@compiled
def _sort_few(values: F64, count: int) -> None:
    """Put the first `count` values in order, by insertion."""
    for last in range(1, count):
        value, at = values[last], last
        while at > 0 and values[at - 1] > value:
            values[at] = values[at - 1]
            at -= 1
        values[at] = value


@compiled
def length_inside(
    outlines: Outlines, polygon: int, x: float, y: float, dx: float, dy: float
) -> float:
    """Length (m) of the line piece from (x, y) by (dx, dy) that lies inside a polygon."""
    xy = outlines.xy
    first = outlines.ring_offsets[outlines.polygon_rings[polygon]]
    last = outlines.ring_offsets[outlines.polygon_rings[polygon + 1]]
    cuts, count = np.empty(last - first + 2), 2
    cuts[0], cuts[1] = 0.0, 1.0
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
            ex, ey = xy[k + 1, 0] - xy[k, 0], xy[k + 1, 1] - xy[k, 1]
            wx, wy = xy[k, 0] - x, xy[k, 1] - y
            cross = dx * ey - dy * ex
            if cross == 0.0:
                continue
            t, u = (wx * ey - wy * ex) / cross, (wx * dy - wy * dx) / cross
            if 0.0 < t < 1.0 and 0.0 <= u <= 1.0:
                cuts[count] = t
                count += 1
    _sort_few(cuts, count)
    total, at = 0.0, np.empty(2)
    for k in range(count - 1):
        middle = 0.5 * (cuts[k] + cuts[k + 1])
        if depth_inside(outlines, polygon, x + middle * dx, y + middle * dy, at) > 0.0:
            total += cuts[k + 1] - cuts[k]
    return total * math.sqrt(dx * dx + dy * dy)


@compiled
def _edge_distance(xy: F64, k: int, x: float, y: float) -> float:
    """Distance of a point to the edge that starts at vertex k."""
    px, py = xy[k, 0], xy[k, 1]
    dx, dy = xy[k + 1, 0] - px, xy[k + 1, 1] - py
    square = dx * dx + dy * dy
    t = ((x - px) * dx + (y - py) * dy) / square if square > 0.0 else 0.0
    t = min(1.0, max(0.0, t))
    ex, ey = px + t * dx - x, py + t * dy - y
    return math.sqrt(ex * ex + ey * ey)


@compiled
def _depth_between(outlines: Outlines, polygon: int, line: F64, low: float, high: float) -> float:
    """What the depth of no point between two stations of a line exceeds."""
    xy, least = outlines.xy, np.inf
    x0, y0 = line[0] + low * line[2], line[1] + low * line[3]
    x1, y1 = line[0] + high * line[2], line[1] + high * line[3]
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
            # Distance to an edge is convex along a line.
            most = max(_edge_distance(xy, k, x0, y0), _edge_distance(xy, k, x1, y1))
            least = min(least, most)
    return least


@compiled
def deepest_on_line(
    outlines: Outlines, polygon: int, line: F64, tolerance_m: float, best: F64
) -> None:  # fmt: skip
    """Raise `best` to the deepest point inside on a line piece (x, y, dx, dy), to a tolerance.

    `best` is (depth, x, y, outline x, outline y). Depth changes by no more than the way gone, and
    no edge is further from between two points than from the further of them: halves that cannot
    hold a deeper point are dropped.
    """
    length = math.sqrt(line[2] * line[2] + line[3] * line[3])
    stack, at = np.empty((64, 4)), np.empty(2)
    stack[0, 0], stack[0, 1] = 0.0, 1.0
    for k in range(2):
        stack[0, 2 + k] = _depth_at(outlines, polygon, line, float(k), at, best)
    depth = 1
    while depth > 0:
        depth -= 1
        low, high, at_low, at_high = stack[depth]
        bound = 0.5 * (at_low + at_high + (high - low) * length)
        if bound <= max(best[0], 0.0) + tolerance_m or depth + 2 > len(stack):
            continue
        # Beside a wall depth is the same all along; rounding is not to keep the search going.
        if _depth_between(outlines, polygon, line, low, high) <= best[0] + _ROUNDING_M:
            continue
        middle = 0.5 * (low + high)
        value = _depth_at(outlines, polygon, line, middle, at, best)
        stack[depth, 0], stack[depth, 1] = low, middle
        stack[depth, 2], stack[depth, 3] = at_low, value
        stack[depth + 1, 0], stack[depth + 1, 1] = middle, high
        stack[depth + 1, 2], stack[depth + 1, 3] = value, at_high
        depth += 2


@compiled
def _depth_at(
    outlines: Outlines, polygon: int, line: F64, t: float, at: F64, best: F64
) -> float:  # fmt: skip
    x, y = line[0] + t * line[2], line[1] + t * line[3]
    depth = depth_inside(outlines, polygon, x, y, at)
    if depth > best[0]:
        best[0], best[1], best[2], best[3], best[4] = depth, x, y, at[0], at[1]
    return depth
