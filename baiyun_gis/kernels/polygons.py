"""Clearance of pipes to polygons in plan."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.axes import nearest_stations
from baiyun_gis.kernels.box_grid import pairs_with_boxes, reached_by_boxes
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.outlines import Outlines, deepest_on_line, depth_inside, length_inside
from baiyun_gis.kernels.reaches import doubted
from baiyun_gis.kernels.segments import (
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Segments,
    owned,
    table_of,
    table_of_rows,
)
from baiyun_gis.kernels.separation import separation
from baiyun_gis.kernels.shapes import (
    ACROSS,
    ALONG,
    HALF_WIDTH,
    ROUND0,
    ROUND1,
    SIZE,
    START,
    STOP,
    plan_shape,
    point_shape,
    station,
)
from baiyun_gis.kernels.strips import SLACK_M

_DEPTH_TOLERANCE_M, _ROUNDING_M = 1e-4, 1e-9
_CAP_RAYS = 16


CLEARANCE_COLUMNS = 7
GAP, AX, AY, BX, BY, STATION, INSIDE = range(CLEARANCE_COLUMNS)
"""Columns of clearances of strips to polygons.

The gap in metres, negative inside; nearest points of strip and outline; where along the axis (0 to
1) that of the strip lies; the length of axis inside. Where the two overlap, the points are the
deepest of the strip and the one of the outline nearest it. NaN where the width is unknown or the
polygon empty.
"""


@compiled
def _nearest_edge(
    outlines: Outlines, polygon: int, ox: float, oy: float, a: F64, edge: F64, s: F64, out: F64
) -> float:
    """Distance of a strip to an outline, 0 where they meet; nearest points into `out`."""
    xy, best = outlines.xy, np.inf
    answer = np.empty(6)
    low = np.empty(4)
    for axis in range(2):
        reach = a[HALF_WIDTH]
        low[axis] = min(a[START + axis], a[STOP + axis]) - reach
        low[2 + axis] = max(a[START + axis], a[STOP + axis]) + reach
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
            px, py = xy[k, 0] - ox, xy[k, 1] - oy
            qx, qy = xy[k + 1, 0] - ox, xy[k + 1, 1] - oy
            gx = max(0.0, low[0] - max(px, qx), min(px, qx) - low[2])
            gy = max(0.0, low[1] - max(py, qy), min(py, qy) - low[3])
            if gx * gx + gy * gy >= best * best:
                continue
            point_shape(px, py, 0.0, edge)
            edge[STOP], edge[STOP + 1] = qx, qy
            gap = separation(a, edge, s, answer)
            if gap < best:
                best = gap
                for axis in range(6):
                    out[axis] = answer[axis]
            if best == 0.0:
                return 0.0
    return best


@compiled
def _cap_depth(outlines: Outlines, polygon: int, ox: float, oy: float, a: F64, best: F64) -> None:
    """Raise `best` to the depth of the furthest points of the wall towards the polygon.

    From the middle of an end outside the polygon, the wall's furthest point inwards is looked
    at: the tip of a round end that reaches over the outline before the axis does.
    """
    at = np.empty(2)
    for end in range(2):
        reach = a[ROUND0 + end]
        x, y = a[STOP * end] + ox, a[STOP * end + 1] + oy
        depth = depth_inside(outlines, polygon, x, y, at)
        if reach == 0.0 or depth > 0.0 or depth == 0.0:
            continue
        ux, uy = (at[0] - x) / -depth, (at[1] - y) / -depth
        along = reach * (ux * a[ALONG] + uy * a[ALONG + 1])
        across = a[HALF_WIDTH] * (ux * a[ACROSS] + uy * a[ACROSS + 1])
        size = math.sqrt(along * along + across * across)
        if size <= 0.0:
            continue
        along, across = reach * along / size, a[HALF_WIDTH] * across / size
        tx = x + along * a[ALONG] + across * a[ACROSS]
        ty = y + along * a[ALONG + 1] + across * a[ACROSS + 1]
        inside = depth_inside(outlines, polygon, tx, ty, at)
        if inside > best[0]:
            best[0], best[1], best[2], best[3], best[4] = inside, tx, ty, at[0], at[1]


@compiled
def _depth_in_cap(
    outlines: Outlines, polygon: int, ox: float, oy: float, a: F64, best: F64
) -> None:  # fmt: skip
    """Raise `best` to the deepest point on lines from each round end's middle to its wall.

    No point is deeper than the middle by more than the way there.
    """
    line, at = np.empty(4), np.empty(2)
    for end in range(2):
        reach = a[ROUND0 + end]
        if reach == 0.0:
            continue
        line[0], line[1] = a[STOP * end] + ox, a[STOP * end + 1] + oy
        middle = depth_inside(outlines, polygon, line[0], line[1], at)
        if middle + max(reach, a[HALF_WIDTH]) + _ROUNDING_M < best[0]:
            continue
        for ray in range(_CAP_RAYS):
            angle = 2.0 * math.pi * ray / _CAP_RAYS
            along, across = reach * math.cos(angle), a[HALF_WIDTH] * math.sin(angle)
            line[2] = along * a[ALONG] + across * a[ACROSS]
            line[3] = along * a[ALONG + 1] + across * a[ACROSS + 1]
            deepest_on_line(outlines, polygon, line, _DEPTH_TOLERANCE_M, best)


@compiled
def _deepest(outlines: Outlines, polygon: int, ox: float, oy: float, a: F64, best: F64) -> None:
    """Deepest point inside on a strip's axis, its two sides and its ends."""
    best[0] = -np.inf
    line, width = np.empty(4), a[HALF_WIDTH]
    for side in range(-1, 2):
        line[0] = a[START] + side * width * a[ACROSS] + ox
        line[1] = a[START + 1] + side * width * a[ACROSS + 1] + oy
        line[2], line[3] = a[STOP] - a[START], a[STOP + 1] - a[START + 1]
        deepest_on_line(outlines, polygon, line, _DEPTH_TOLERANCE_M, best)
    line[2], line[3] = -2.0 * width * a[ACROSS], -2.0 * width * a[ACROSS + 1]
    for end in (START, STOP):
        line[0] = a[end] + width * a[ACROSS] + ox
        line[1] = a[end + 1] + width * a[ACROSS + 1] + oy
        deepest_on_line(outlines, polygon, line, _DEPTH_TOLERANCE_M, best)
    _cap_depth(outlines, polygon, ox, oy, a, best)
    _depth_in_cap(outlines, polygon, ox, oy, a, best)


@compiled
def _axis_clear_of(outlines: Outlines, polygon: int, ox: float, oy: float, a: F64) -> float:
    """Least distance of an axis to the edges of a polygon: the wall is at most so far less."""
    xy, best = outlines.xy, np.inf
    ux, uy = a[STOP] - a[START], a[STOP + 1] - a[START + 1]
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
            px, py = xy[k, 0] - ox, xy[k, 1] - oy
            vx, vy = xy[k + 1, 0] - xy[k, 0], xy[k + 1, 1] - xy[k, 1]
            wx, wy = a[START] - px, a[START + 1] - py
            s, t = nearest_stations(ux, uy, 0.0, vx, vy, 0.0, wx, wy, 0.0)
            x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
            best = min(best, x * x + y * y)
    return math.sqrt(best)


@compiled
def polygon_gaps(
    first: int, last: int, table: F64, outlines: Outlines, polygons: I32, beyond: F64, out: F64
) -> None:  # fmt: skip
    """Plan clearance of rows of segments to polygons, row by row, into the columns of `out`.

    Coordinates have the segments' origin. Outside, the gap is the least distance from wall to
    outline. Where the strip reaches into the polygon it is minus the depth: how far from the
    outline the deepest point on the strip's axis, sides or ends lies (to 0.1 mm); 0 where they only
    touch. What is surely clear of the polygon by more than `beyond` (m) is not measured: its gap is
    a lower bound above that, its points are NaN.
    """
    a, edge, s = np.zeros(SIZE), np.zeros(SIZE), np.zeros((4, 10))
    best, answer = np.zeros(5), np.zeros(6)
    for row in range(first, last):
        polygon = polygons[row]
        rings = outlines.polygon_rings
        ox, oy = table[row, X0], table[row, Y0]
        plan_shape(table, row, ox, oy, a)
        for column in range(CLEARANCE_COLUMNS):
            out[row, column] = np.nan
        if math.isnan(a.sum()) or rings[polygon] == rings[polygon + 1]:
            continue
        least = _axis_clear_of(outlines, polygon, ox, oy, a)
        least -= a[HALF_WIDTH] + max(a[ROUND0], a[ROUND1])
        if least > beyond[row] and depth_inside(outlines, polygon, ox, oy, best) <= 0.0:
            out[row, GAP] = least
            out[row, STATION] = out[row, INSIDE] = 0.0
            continue
        gap = _nearest_edge(outlines, polygon, ox, oy, a, edge, s, answer)
        dx, dy = a[STOP] - a[START], a[STOP + 1] - a[START + 1]
        if gap > 0.0 and depth_inside(outlines, polygon, ox, oy, best) <= 0.0:
            best[0], best[1], best[2] = -gap, answer[0] + ox, answer[1] + oy
            best[3], best[4] = answer[3] + ox, answer[4] + oy
            out[row, INSIDE] = 0.0
        else:
            _deepest(outlines, polygon, ox, oy, a, best)
            if best[0] <= 0.0:
                # They only touch, or a corner pricks a round end: a common point will do.
                best[0], best[1], best[2] = 0.0, answer[0] + ox, answer[1] + oy
                best[3], best[4] = answer[3] + ox, answer[4] + oy
            out[row, INSIDE] = length_inside(outlines, polygon, ox, oy, dx, dy)
        out[row, GAP] = -best[0]
        for column in range(AX, STATION):
            out[row, column] = best[column]
        out[row, STATION] = station(a, best[1] - ox, best[2] - oy, 0.0)


@compiled
def _grown(table: F64, reach_m: F64, out: F64) -> None:
    """What `candidates.grown_by` gives, of one reach for all or of one for each."""
    step = 1 if len(reach_m) > 1 else 0
    for k in range(len(out)):
        half = table[k, WIDTH]
        known = (0.0 if math.isnan(half) else half) + reach_m[k * step] + 0.5 * SLACK_M
        place = table[k, X0] + table[k, Y0] + table[k, X1] + table[k, Y1]
        out[k] = known if math.isfinite(place) else np.nan


def grown_rows(table: F64, reach_m: F64 | float) -> F64:
    """Half width plus reach of each segment of a table (m); NaN for those unknown in plan."""
    out = np.empty(len(table))
    _grown(table, owned(np.atleast_1d(np.asarray(reach_m, dtype=np.float64)), np.float64), out)
    return out


def candidate_polygon_pairs(
    seg: Segments, boxes: F64, reach_seg: F64 | float = 0.0, reach_poly: F64 | float = 0.0
) -> tuple[I32, I32]:
    """Segment and box rows that can be within `reach_seg + reach_poly` (m) in plan.

    `boxes` (n, 4) holds the polygons' x0, y0, x1, y1. A long segment is looked at piece by
    piece. Sorted by segment, then polygon, each pair once; NaN boxes and segments pair with
    nothing.
    """
    if not len(seg.x0) or not len(boxes):
        return np.empty(0, np.int32), np.empty(0, np.int32)
    table, wide = table_of(seg), owned(boxes, np.float64)
    if np.any(reach_poly):
        around = np.asarray(reach_poly, dtype=np.float64).reshape(-1, 1)
        wide = wide + np.array([-1.0, -1.0, 1.0, 1.0]) * around
    if np.ndim(reach_seg) or reach_seg:
        grown = grown_rows(table, reach_seg)
    else:
        grown = doubted(seg, (seg.half_width, seg.half_width), sigmas=0.0)
    keys = pairs_with_boxes(table, grown, wide)
    return (keys >> 32).astype(np.int32), keys.astype(np.int32)


def are_near_polygons(
    seg: Segments, i: I32, boxes: F64, polygon: I32, reach_seg: F64, reach_poly: F64
) -> Bool:
    """Whether `candidate_polygon_pairs` has the pairs of a segment and a box; reaches by pair."""
    wide = boxes[polygon] + np.array([-1.0, -1.0, 1.0, 1.0]) * reach_poly[:, None]
    table = table_of_rows(seg, i)
    rows = np.arange(len(i), dtype=np.int32)
    return reached_by_boxes(table, rows, grown_rows(table, reach_seg), wide)
