"""How deep two overlapping convex shapes sit in each other.

The depth is the length of the shortest shift that parts them. It is the least, over all
directions, of the overlap of the two shapes' shadows on that direction. Where only flat faces
and straight edges take part that least lies on a face normal or across two edges, and all of
those are tried. Where a curved surface meets an edge it lies on the great circle across the
edge, which is scanned and refined; two curved surfaces are refined by compass searches from the
best of each circle. Each value looked at belongs to a shift that truly parts the shapes, so the
depth is never understated.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.shapes import (
    ACROSS,
    ALONG,
    HALF_HEIGHT,
    HALF_THIRD,
    ROUND0,
    ROUND1,
    START,
    STOP,
    support_height,
)

_SCAN = 32
_GOLDEN = 0.6180339887498949
_GOLDEN_ROUNDS = 20
_COMPASS_START, _COMPASS_END = 0.1, 1e-5
_PATIENCE = 100
"""Walks are through within some tens of rounds but for those that creep along a ridge."""
_SCAN_STEP = 2.0 * math.pi / _SCAN
_SCAN_COS = np.array([math.cos(k * _SCAN_STEP) for k in range(_SCAN)])
_SCAN_SIN = np.array([math.sin(k * _SCAN_STEP) for k in range(_SCAN)])
_AROUND_COS = np.array([math.cos(k % 6 * math.pi / 3) for k in range(8)])
_AROUND_SIN = np.array([math.sin(k % 6 * math.pi / 3) for k in range(8)])
"""Six ways, and two of them again: eight are reckoned at once."""
_DIRECTIONS = 33
"""Six edges of two boxes, across every two of them, and two across each."""


@put_in_place
def _numbers(s: F64) -> Any:
    """A shape as plain numbers: its array would be read anew after each value put down."""
    return (
        s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13],
        s[14], s[15], s[16], s[17], s[18], s[19],
    )  # fmt: skip


@compiled
def _overlaps_along(a: F64, b: F64, ways: F64, count: int, best: F64) -> None:
    """Overlaps of the shadows on `count` unit directions, rows x, y, z of `ways` (4, n), into its
    last; `best` (value, x, y, z) keeps the least.

    Several at once: the processor takes four or eight at a time where nothing hangs on another.
    """
    p, q = _numbers(a), _numbers(b)
    for k in range(count):
        x, y, z = ways[0, k], ways[1, k], ways[2, k]
        ways[3, k] = support_height(p, x, y, z) + support_height(q, -x, -y, -z)
    for k in range(count):
        if ways[3, k] < best[0]:
            best[0], best[1], best[2], best[3] = ways[3, k], ways[0, k], ways[1, k], ways[2, k]


@put_in_place
def _overlap_along(a: F64, b: F64, x: float, y: float, z: float, best: F64) -> float:
    """Overlap of the shadows on a unit direction; `best` keeps the least."""
    value = support_height(a, x, y, z) + support_height(b, -x, -y, -z)
    if value < best[0]:
        best[0], best[1], best[2], best[3] = value, x, y, z
    return value


@put_in_place
def _on_circle(a: F64, b: F64, f: F64, c: float, s: float, best: F64) -> float:
    """Overlap along cos·p + sin·q; `f` holds p and q, two unit vectors, as six numbers."""
    x, y, z = c * f[0] + s * f[3], c * f[1] + s * f[4], c * f[2] + s * f[5]
    return _overlap_along(a, b, x, y, z, best)


@compiled
def _refine(a: F64, b: F64, f: F64, low: float, high: float, best: F64) -> None:
    """Golden-section search of the least overlap between two angles of a great circle."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right, angle, is_left = np.inf, -np.inf, left, True
    for step in range(_GOLDEN_ROUNDS):
        value = _on_circle(a, b, f, math.cos(angle), math.sin(angle), best)
        at_left, at_right = (value, at_right) if is_left else (at_left, value)
        if step == 0:
            angle, is_left = right, False
            continue
        is_left = at_left < at_right
        if is_left:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
        angle = left if is_left else right


@compiled
def _least_between(oldest: float, before: float, after: float, latest: float) -> float:
    """Lower bound of the overlap between two scanned directions, from their outer neighbours.

    A support function never bends down more than a circle, so what the two outer values lead
    on to from either side is not passed.
    """
    bend = 2.0 * math.cos(2.0 * math.pi / _SCAN)
    from_before, from_after = bend * before - oldest, bend * after - latest
    fall, rise = before - from_before, from_after - after
    bound = min(max(before, from_after), max(from_before, after))
    if before > from_after and after > from_before:
        share = (before - from_after) / (fall - rise)
        bound = min(bound, before - share * fall)
    return bound


@compiled
def _search_circle(a: F64, b: F64, f: F64, ways: F64, best: F64) -> None:
    """Least overlap over the directions cos·p + sin·q; `f` holds p and q.

    Each step of the scan within which it could go below the best so far is refined.
    """
    for k in range(_SCAN):
        c, s = _SCAN_COS[k], _SCAN_SIN[k]
        ways[0, k], ways[1, k] = c * f[0] + s * f[3], c * f[1] + s * f[4]
        ways[2, k] = c * f[2] + s * f[5]
    _overlaps_along(a, b, ways, _SCAN, best)
    values = ways[3, :_SCAN]
    for k in range(_SCAN):
        after, latest = values[(k + 1) % _SCAN], values[(k + 2) % _SCAN]
        if _least_between(values[k - 1], values[k], after, latest) < best[0] - 1e-6:
            _refine(a, b, f, k * _SCAN_STEP, (k + 1) * _SCAN_STEP, best)


@compiled
def _square_frame(x: float, y: float, z: float, f: F64) -> bool:
    """Two unit vectors square to a direction, as six numbers; False where it has no length."""
    length = math.sqrt(x * x + y * y + z * z)
    if length < 1e-9:
        return False
    x, y, z = x / length, y / length, z / length
    if abs(z) < 0.9:
        side = math.sqrt(x * x + y * y)
        f[0], f[1], f[2] = -y / side, x / side, 0.0
    else:
        side = math.sqrt(x * x + z * z)
        f[0], f[1], f[2] = z / side, 0.0, -x / side
    f[3] = y * f[2] - z * f[1]
    f[4] = z * f[0] - x * f[2]
    f[5] = x * f[1] - y * f[0]
    return True


@compiled
def _edges_of(shape: F64, edges: F64, count: int) -> int:
    """Directions of a shape's straight edges: its axis, and those of a rectangle's section."""
    circular = shape[HALF_THIRD] > 0.0 or shape[HALF_HEIGHT] == 0.0
    for axis in range(3):
        edges[count, axis] = shape[STOP + axis] - shape[START + axis]
        if circular:
            edges[count, axis] = shape[ALONG + axis]
        else:
            edges[count + 1, axis] = shape[ACROSS + axis]
            edges[count + 2, axis] = 1.0 if axis == 2 else 0.0
    return count + 1 if circular else count + 3


@compiled
def _is_curved(shape: F64) -> bool:
    return shape[HALF_THIRD] > 0.0 or shape[ROUND0] > 0.0 or shape[ROUND1] > 0.0


@compiled
def _compass(a: F64, b: F64, f: F64, best: F64, known: float) -> None:
    """Walk from the best direction in ever smaller steps while the overlap falls.

    A walk that creeps along and is still behind what is `known` is given up.
    """
    step, rounds = _COMPASS_START, 0
    ways = np.empty((4, len(_AROUND_COS)))
    while step > _COMPASS_END and (rounds < _PATIENCE or best[0] <= known):
        rounds += 1
        x, y, z = best[1], best[2], best[3]
        _square_frame(x, y, z, f)
        start = best[0]
        for k in range(len(_AROUND_COS)):
            u, v = step * _AROUND_COS[k], step * _AROUND_SIN[k]
            tx, ty, tz = x + u * f[0] + v * f[3], y + u * f[1] + v * f[4], z + u * f[2] + v * f[5]
            length = math.sqrt(tx * tx + ty * ty + tz * tz)
            ways[0, k], ways[1, k], ways[2, k] = tx / length, ty / length, tz / length
        _overlaps_along(a, b, ways, len(_AROUND_COS), best)
        if best[0] >= start - 1e-7:
            step *= 0.4


@compiled
def _with_normals(edges: F64, count: int, f: F64) -> int:
    """Append the directions across every two edges and two across each; how many there are."""
    total = count
    for i in range(count):
        for j in range(i):
            edges[total, 0] = edges[i, 1] * edges[j, 2] - edges[i, 2] * edges[j, 1]
            edges[total, 1] = edges[i, 2] * edges[j, 0] - edges[i, 0] * edges[j, 2]
            edges[total, 2] = edges[i, 0] * edges[j, 1] - edges[i, 1] * edges[j, 0]
            total += 1
        if _square_frame(edges[i, 0], edges[i, 1], edges[i, 2], f):
            for k in range(6):
                edges[total + k // 3, k % 3] = f[k]
            total += 2
    return total


@compiled
def _both_ways(directions: F64, count: int, ways: F64) -> int:
    """Put down unit vectors against and along directions that have a length; how many."""
    kept = 0
    for k in range(count):
        x, y, z = directions[k, 0], directions[k, 1], directions[k, 2]
        length = math.sqrt(x * x + y * y + z * z)
        if length > 1e-9:
            x, y, z = x / length, y / length, z / length
            ways[0, kept], ways[1, kept], ways[2, kept] = -x, -y, -z
            ways[0, kept + 1], ways[1, kept + 1], ways[2, kept + 1] = x, y, z
            kept += 2
    return kept


@compiled
def overlap_depth(a: F64, b: F64, planar: bool, enough: float, best: F64) -> None:
    """Least overlap of two shapes over all directions; `best` = (depth, x, y, z).

    `planar` keeps to directions in plan. A depth of no more than `enough` is not looked for.
    """
    best[0] = np.inf
    edges, ways = np.zeros((_DIRECTIONS, 3)), np.empty((4, 2 * _DIRECTIONS))
    frame, own = np.zeros(6), np.zeros(4)
    if planar:
        circles, count = 1, 4
        for axis in range(2):
            edges[0, axis], edges[1, axis] = a[ALONG + axis], a[ACROSS + axis]
            edges[2, axis], edges[3, axis] = b[ALONG + axis], b[ACROSS + axis]
    else:
        circles = _edges_of(b, edges, _edges_of(a, edges, 0))
        count = _with_normals(edges, circles, frame)
    _overlaps_along(a, b, ways, _both_ways(edges, count, ways), best)
    if best[0] <= enough or not (_is_curved(a) or _is_curved(b)):
        return
    for i in range(circles):
        x, y, z = edges[i, 0], edges[i, 1], edges[i, 2]
        if planar:
            x, y, z = 0.0, 0.0, 1.0
        if not _square_frame(x, y, z, frame):
            continue
        if planar:
            _search_circle(a, b, frame, ways, best)
            continue
        # Two curved surfaces may have a hollow beside each circle: each is walked down.
        own[0] = np.inf
        _search_circle(a, b, frame, ways, own)
        _compass(a, b, frame, own, best[0])
        if own[0] < best[0]:
            best[:] = own
    if not planar:
        _compass(a, b, frame, best, np.inf)
