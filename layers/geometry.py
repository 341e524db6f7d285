"""Ragged arrays of shapes: boxes for culling, rings from polygons, parts by index.

What is derived from a table's columns is remembered by the identity of one array for as long as
that array lives, so that drawing a frame derives nothing twice.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from baiyun_gis.model.columns import F64, I64, Bool, Geom
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState
from layers.request import DrawRequest

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values kept by the identity of the array they were derived from."""

    def __init__(self) -> None:
        self._kept: dict[int, T] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, array: NDArray[Any], derive: Callable[[], T]) -> T:
        """The value for `array`, derived on first asking and dropped with the array."""
        key = id(array)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        value = derive()
        with self._lock:
            self._kept[key] = value
        weakref.finalize(array, self._kept.pop, key, None)
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Polygons of many features: outlines counter-clockwise, holes clockwise, closed rings."""

    xy: F64
    ring_offsets: I64
    polygon_offsets: I64
    feature: I64
    boxes: F64
    """x0, y0, x1, y1 of each polygon."""

    def __len__(self) -> int:
        return len(self.feature)

    def take(self, index: I64) -> Rings:
        """The polygons of an index, in that order."""
        polygon_offsets, rings = taken(self.polygon_offsets, index)
        ring_offsets, vertices = taken(self.ring_offsets, rings)
        return Rings(
            self.xy[vertices], ring_offsets, polygon_offsets, self.feature[index], self.boxes[index]
        )


_pipe_boxes: Remembered[F64] = Remembered()
_rings: Remembered[Rings] = Remembered()
_geometry_boxes: Remembered[F64] = Remembered()


def taken(offsets: I64, index: I64) -> tuple[I64, I64]:
    """New offsets and the element index for the chosen items of a ragged array."""
    counts = np.diff(offsets)[index]
    new = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    first = np.repeat(offsets[:-1][index] - new[:-1], counts)
    return new, np.arange(int(new[-1]), dtype=np.int64) + first


def pipe_boxes(pipes: PipeTable) -> F64:
    """x0, y0, x1, y1 of each pipe's axis, shape (n, 4); NaN for a pipe without vertices."""
    return _pipe_boxes.of(pipes.xy, lambda: ragged_boxes(pipes.xy, pipes.offsets))


def ragged_boxes(xy: F64, offsets: I64) -> F64:
    """x0, y0, x1, y1 of each item of a ragged point array, shape (n, 4)."""
    boxes = np.full((len(offsets) - 1, 4), np.nan)
    filled = np.flatnonzero(np.diff(offsets) > 0)
    if len(filled):
        starts = offsets[:-1][filled]
        for column, (axis, ufunc) in enumerate(
            ((0, np.minimum), (1, np.minimum), (0, np.maximum), (1, np.maximum))
        ):
            boxes[filled, column] = ufunc.reduceat(xy[:, axis], starts)
    return boxes


def rings_of(geometry: Geom) -> Rings:
    """The polygons of a geometry column (other shapes give none), remembered with the column."""
    return _rings.of(geometry, lambda: _rings_from(geometry))


def geometry_boxes(geometry: Geom) -> F64:
    """x0, y0, x1, y1 of each geometry, shape (n, 4); NaN where there is none."""
    return _geometry_boxes.of(geometry, lambda: shapely.bounds(geometry).reshape(-1, 4))


def _rings_from(geometry: Geom) -> Rings:
    parts, feature = shapely.get_parts(geometry, return_index=True)
    polygons = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    parts, feature = parts[polygons], feature[polygons].astype(np.int64)
    rings, ring_polygon = shapely.get_rings(parts, return_index=True)
    xy, vertex_ring = shapely.get_coordinates(rings, return_index=True)
    ring_offsets = _offsets(vertex_ring, len(rings))
    polygon_offsets = _offsets(ring_polygon, len(parts))
    is_outline = np.zeros(len(rings), dtype=np.bool_)
    is_outline[polygon_offsets[:-1]] = True
    xy = _oriented(xy, ring_offsets, is_outline)
    return Rings(xy, ring_offsets, polygon_offsets, feature, shapely.bounds(parts).reshape(-1, 4))


def _offsets(owner: NDArray[Any], count: int) -> I64:
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))]).astype(np.int64)


def _oriented(xy: F64, offsets: I64, is_outline: Bool) -> F64:
    """Outlines turned counter-clockwise and holes clockwise."""
    if not len(xy):
        return xy.reshape(0, 2)
    first = np.repeat(offsets[:-1], np.diff(offsets))
    near = xy - xy[first]
    after = np.roll(near, -1, axis=0)
    cross = near[:, 0] * after[:, 1] - near[:, 1] * after[:, 0]
    cross[offsets[1:] - 1] = 0.0
    area = np.add.reduceat(cross, offsets[:-1])
    turn = np.repeat((area > 0) != is_outline, np.diff(offsets))
    index = np.arange(len(xy))
    last = np.repeat(offsets[1:] - 1, np.diff(offsets))
    return xy[np.where(turn, first + last - index, index)]


def in_extent(boxes: F64, request: DrawRequest, *, grow_m: float = 0.0) -> Bool:
    """Which boxes meet the wanted extent; all that are known when everything is wanted."""
    if request.extent is None:
        return ~np.isnan(boxes[:, 0])
    x0, y0, x1, y1 = request.extent
    return (
        (boxes[:, 2] >= x0 - grow_m)
        & (boxes[:, 0] <= x1 + grow_m)
        & (boxes[:, 3] >= y0 - grow_m)
        & (boxes[:, 1] <= y1 + grow_m)
    )


def points_in_extent(xy: F64, request: DrawRequest, *, grow_m: float = 0.0) -> Bool:
    """Which points lie in the wanted extent; unknown places never do."""
    return in_extent(np.concatenate([xy[:, :2], xy[:, :2]], axis=1), request, grow_m=grow_m)


def local(xyz: F64, request: DrawRequest) -> NDArray[np.float32]:
    """Coordinates with the request's origin taken off, float32, as wide as they came."""
    return (xyz - np.asarray(request.origin)[: xyz.shape[1]]).astype(np.float32)


def full_extent(state: ProjectState) -> tuple[float, float, float, float] | None:
    """x0, y0, x1, y1 of everything drawn in project coordinates; None for an empty project."""
    boxes = [
        pipe_boxes(state.pipes),
        np.concatenate([state.nodes.xy, state.nodes.xy], axis=1),
        *(geometry_boxes(t.geometry) for t in (state.buildings, state.permits, state.structures)),
    ]
    every = np.concatenate(boxes)
    every = every[~np.isnan(every).any(axis=1)]
    if len(every):
        x0, y0 = every[:, :2].min(axis=0)
        x1, y1 = every[:, 2:].max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)
    return raster_extent(state)


def raster_extent(state: ProjectState) -> tuple[float, float, float, float] | None:
    """x0, y0, x1, y1 of the project's rasters; None where there are none."""
    from baiyun_gis.io.raster_files import extent_of

    if not state.rasters:
        return None
    boxes = np.array([extent_of(r, state.meta.crs, state.meta.path) for r in state.rasters])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
