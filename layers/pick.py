"""What is under the cursor or inside a box, found in the primitives that are on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I32, I64
from layers.primitives import F32, LineBatch, PointBatch, PolygonBatch, Primitive

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Hit:
    """A feature found: its layer, its row in the layer's table, how far off (metres)."""

    layer: str
    feature: int
    distance_m: float


def pick(
    primitives: Iterable[Primitive], x: float, y: float, *, tolerance_m: float
) -> tuple[Hit, ...]:
    """Features within `tolerance_m` of a place in the primitives' local coordinates.

    Points come before lines and lines before areas, each nearest first, upper layers first.
    """
    hits: list[tuple[int, int, float, Hit]] = []
    for order, part in enumerate(primitives):
        match part:
            case PointBatch():
                rank, near = 0, _point_distances(part, x, y)
                reach = np.maximum(tolerance_m, 0.0)
            case LineBatch():
                rank, near = 1, line_distances(part, x, y, tolerance_m=tolerance_m)
                reach = tolerance_m
            case PolygonBatch():
                rank, near = 2, _polygon_distances(part, x, y)
                reach = 0.0
            case _:
                continue
        for index in np.flatnonzero(near <= reach):
            hit = Hit(part.layer, int(part.feature[index]), float(near[index]))
            hits.append((rank, -order, hit.distance_m, hit))
    hits.sort(key=lambda entry: entry[:3])
    return tuple(dict.fromkeys(_nearest_each(hit for *_, hit in hits)))


def select_in_box(primitives: Iterable[Primitive], box: Box) -> dict[str, I32]:
    """Rows of each layer with any vertex inside the box x0, y0, x1, y1 (local coordinates)."""
    found: dict[str, list[I32]] = {}
    for part in primitives:
        match part:
            case PointBatch():
                rows = part.feature[_inside(part.xyz, box)]
            case LineBatch():
                rows = part.feature[_touched(_inside(part.xyz, box), part.offsets)]
            case PolygonBatch():
                vertices = part.ring_offsets[part.polygon_offsets]
                rows = part.feature[_touched(_inside(part.xy, box), vertices)]
            case _:
                continue
        found.setdefault(part.layer, []).append(rows)
    return {
        layer: merged
        for layer, rows in found.items()
        if len(merged := np.unique(np.concatenate(rows)).astype(np.int32))
    }


def line_distances(part: LineBatch, x: float, y: float, *, tolerance_m: float) -> F64:
    """Least distance of each line from a place, shape (lines,); infinite beyond the tolerance."""
    distance = np.full(len(part.feature), np.inf)
    first = np.ones(len(part.xyz), dtype=np.bool_)
    first[part.offsets[1:] - 1] = False
    start = np.flatnonzero(first[:-1]) if len(first) else np.zeros(0, dtype=np.int64)
    if not len(start):
        return distance
    owner = np.repeat(np.arange(len(part.feature)), np.diff(part.offsets))[start]
    a = part.xyz[start, :2].astype(np.float64) - (x, y)
    b = part.xyz[start + 1, :2].astype(np.float64) - (x, y)
    step = b - a
    square = np.einsum("ij,ij->i", step, step)
    share = np.divide(
        -np.einsum("ij,ij->i", a, step), square, out=np.zeros(len(a)), where=square > 0
    )
    nearest = a + np.clip(share, 0.0, 1.0)[:, None] * step
    gap = np.hypot(nearest[:, 0], nearest[:, 1])
    close = gap <= tolerance_m
    np.minimum.at(distance, owner[close], gap[close])
    return distance


def _point_distances(part: PointBatch, x: float, y: float) -> F64:
    return np.hypot(part.xyz[:, 0].astype(np.float64) - x, part.xyz[:, 1].astype(np.float64) - y)


def _polygon_distances(part: PolygonBatch, x: float, y: float) -> F64:
    """0 for polygons that hold the place, infinite for the others (even–odd over all rings)."""
    last = np.zeros(len(part.xy), dtype=np.bool_)
    last[part.ring_offsets[1:] - 1] = True
    start = np.flatnonzero(~last)
    vertices = part.ring_offsets[part.polygon_offsets]
    owner = np.repeat(np.arange(len(part.feature)), np.diff(vertices))[start]
    a, b = part.xy[start].astype(np.float64), part.xy[start + 1].astype(np.float64)
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    a, b, owner = a[spans], b[spans], owner[spans]
    cut = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    crossings = np.bincount(owner[cut > x], minlength=len(part.feature))
    return np.where(crossings % 2 == 1, 0.0, np.inf)


def _inside(xyz: F32, box: Box) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    x0, y0, x1, y1 = box
    return (xyz[:, 0] >= x0) & (xyz[:, 0] <= x1) & (xyz[:, 1] >= y0) & (xyz[:, 1] <= y1)


def _touched(
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]], offsets: I64
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    counted = np.concatenate([[0], np.cumsum(inside)])
    return counted[offsets[1:]] > counted[offsets[:-1]]


def _nearest_each(hits: Iterable[Hit]) -> Iterable[Hit]:
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        if (hit.layer, hit.feature) not in seen:
            seen.add((hit.layer, hit.feature))
            yield hit
