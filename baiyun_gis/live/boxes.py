"""Finding features by their boxes, while a few of them move."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I64, Geom
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable, StructureTable

_CELL_M = 50.0
_MOST_CELLS = 64
_MOST_MOVED = 4000
_MOST_AT_ONCE = 1 << 18


class BoxIndex:
    """Boxes (n, 4) as west, south, east, north in cells; NaN boxes are nowhere.

    Moved boxes are looked through one by one until there are thousands; then the cells are made
    anew.
    """

    def __init__(self, boxes: F64) -> None:
        self.boxes = boxes
        self._build()

    def _build(self) -> None:
        known = np.flatnonzero(np.isfinite(self.boxes).all(axis=1))
        low, high = _cells(self.boxes[known, :2]), _cells(self.boxes[known, 2:])
        size = high - low + 1
        count = size[:, 0] * size[:, 1]
        is_wide = count > _MOST_CELLS
        self._always: set[int] = set(known[is_wide].tolist())
        known, low, size, count = (v[~is_wide] for v in (known, low, size, count))
        owner = np.repeat(np.arange(len(known)), count)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        x = low[owner, 0] + place % size[owner, 0]
        y = low[owner, 1] + place // size[owner, 0]
        key = _key(x, y)
        order = np.argsort(key, kind="stable")
        self._key, self._item = key[order], known[owner[order]]
        self._wide = len(self._always)

    def grow(self, count: int) -> None:
        """Room for items up to `count`; new ones are nowhere."""
        more = np.full((count - len(self.boxes), 4), np.nan)
        self.boxes = np.concatenate([self.boxes, more])

    def move(self, items: I64, boxes: F64) -> None:
        """Put items elsewhere; a NaN box takes one out."""
        self.boxes[items] = boxes
        self._always.update(items.tolist())
        if len(self._always) - self._wide > _MOST_MOVED:
            self._build()

    def near(self, boxes: F64) -> I64:
        """Items whose boxes touch any of the boxes (m, 4), sorted."""
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        if not len(boxes):
            return np.zeros(0, dtype=np.int64)
        low, high = _cells(boxes[:, :2]), _cells(boxes[:, 2:])
        rows = np.arange(int(low[:, 1].min()), int(high[:, 1].max()) + 1)
        # Cells of one row of the grid follow each other, so each row of each box is one search.
        at, of = np.nonzero((rows >= low[:, 1:2]) & (rows <= high[:, 1:2]))
        first = np.searchsorted(self._key, _key(low[at, 0], rows[of]), side="left")
        last = np.searchsorted(self._key, _key(high[at, 0], rows[of]), side="right")
        always = np.fromiter(self._always, np.int64, len(self._always))
        item = np.unique(np.concatenate([self._item[_ranges(first, last)], always]))
        box = self.boxes[item]
        hit = np.zeros(len(item), dtype=np.bool_)
        some = max(1, _MOST_AT_ONCE // max(len(item), 1))
        west, south, east, north = (box[:, k, None] for k in range(4))
        for first in range(0, len(boxes), some):
            part = boxes[first : first + some]
            meets = (west <= part[:, 2]) & (east >= part[:, 0])
            meets &= (south <= part[:, 3]) & (north >= part[:, 1])
            hit |= meets.any(axis=1)
        return item[hit]


def _ranges(first: I64, last: I64) -> I64:
    """All numbers from each first up to its last, one after another."""
    count = last - first
    place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(first, count) + place


def _cells(xy: F64) -> I64:
    return np.floor(np.clip(xy, -1e9, 1e9) / _CELL_M).astype(np.int64)


def _key(x: I64, y: I64) -> I64:
    return (y << 32) + x


def grown(boxes: F64, by_m: float) -> F64:
    """Boxes with `by_m` more on every side."""
    return boxes + np.array([-by_m, -by_m, by_m, by_m])


def pipe_boxes(pipes: PipeTable) -> F64:
    """Boxes of what is placed of each axis, shape (n, 4); NaN where nothing is."""
    out = np.full((len(pipes), 4), np.nan)
    has = np.flatnonzero(np.diff(pipes.offsets) > 0)
    if len(has):
        starts = pipes.offsets[:-1][has]
        finite = np.where(np.isfinite(pipes.xy), pipes.xy, np.nan)
        out[has, :2] = np.fmin.reduceat(finite, starts, axis=0)
        out[has, 2:] = np.fmax.reduceat(finite, starts, axis=0)
    return out


def piece_boxes(pipes: PipeTable) -> F64:
    """Boxes of the straight pieces of all axes; less empty than those of whole pipes."""
    owner = pipes.vertex_pipe
    if len(owner) < 2:
        return pipe_boxes(pipes)
    first = np.flatnonzero(owner[1:] == owner[:-1])
    one, two = pipes.xy[first], pipes.xy[first + 1]
    return np.hstack([np.fmin(one, two), np.fmax(one, two)])


def shape_boxes(*columns: Geom) -> F64:
    """Boxes that hold the shapes of all columns, row by row; NaN where there is none."""
    import shapely

    out = np.full((len(columns[0]), 4), np.nan)
    for column in columns:
        box = shapely.bounds(column).reshape(-1, 4)
        out[:, :2] = np.fmin(out[:, :2], box[:, :2])
        out[:, 2:] = np.fmax(out[:, 2:], box[:, 2:])
    return out


def node_boxes(nodes: NodeTable) -> F64:
    """Boxes of points, with their chambers."""
    size = np.hypot(np.nan_to_num(nodes.chamber_width_m), np.nan_to_num(nodes.chamber_length_m))
    reach = np.clip(size, 0.0, 100.0)[:, None]
    return np.hstack([nodes.xy - reach, nodes.xy + reach])


def building_boxes(buildings: BuildingTable) -> F64:
    """Boxes of buildings, with their foundations."""
    return shape_boxes(buildings.geometry, buildings.foundation)


def structure_boxes(structures: StructureTable) -> F64:
    """Boxes of structures."""
    return shape_boxes(structures.geometry)
