"""What lies near what, by square cells: made once for a city, asked once for each tile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32, I64

CELL_M = 50.0
_PIECE_M = 100.0
_MOST_CELLS = 4096
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class CellTable:
    """Items by the cells their boxes touch; `always` are too large to be listed by cell."""

    key: I64
    item: I64
    always: I64

    def near(self, cells: I64) -> I64:
        """Items in any of the cells (sorted), each once, in order."""
        first = np.searchsorted(self.key, cells, side="left")
        last = np.searchsorted(self.key, cells, side="right")
        return np.unique(np.concatenate([self.item[_ranges(first, last)], self.always]))


def cell_table(boxes: F64, items: I64) -> CellTable:
    """A table of boxes (n, 4) of `items`; a box with NaN is nowhere."""
    key, row, wide = _keys(boxes)
    order = np.argsort(key, kind="stable")
    return CellTable(key[order], items[row[order]], np.unique(items[wide]))


def cells_around(boxes: F64, by_m: float) -> I64:
    """All cells that boxes touch when they are grown by `by_m`, sorted, each once."""
    key, _, wide = _keys(boxes + np.array([-by_m, -by_m, by_m, by_m]), most=None)
    assert not len(wide)
    return np.unique(key)


def piece_boxes(seg: Segments, rows: I64) -> tuple[F64, I32]:
    """Boxes of segments with their widths, long ones piece by piece, and the pipe of each."""
    x, y = seg.x0[rows], seg.y0[rows]
    dx, dy = seg.x1[rows] - x, seg.y1[rows] - y
    count = np.maximum(np.ceil(np.hypot(dx, dy) / _PIECE_M), 1).astype(np.int64)
    of = np.repeat(np.arange(len(rows)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    ends = [
        np.column_stack([x[of] + dx[of] * t, y[of] + dy[of] * t])
        for t in (place / count[of], (place + 1) / count[of])
    ]
    half = seg.half_width[rows][of][:, None]
    boxes = np.hstack([np.minimum(*ends) - half, np.maximum(*ends) + half])
    return boxes, seg.pipe[rows][of]


def _keys(boxes: F64, *, most: int | None = _MOST_CELLS) -> tuple[I64, I64, I64]:
    """Cell and row of every touch, and the rows that touch more than `most` cells."""
    known = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    if not len(known):
        return _NONE, _NONE, _NONE
    low = np.floor(boxes[known, :2] / CELL_M).astype(np.int64)
    size = np.floor(boxes[known, 2:] / CELL_M).astype(np.int64) - low + 1
    count = size[:, 0] * size[:, 1]
    is_wide = np.zeros(len(known), dtype=np.bool_) if most is None else count > most
    wide = known[is_wide]
    known, low, size, count = (values[~is_wide] for values in (known, low, size, count))
    of = np.repeat(np.arange(len(known)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    x = low[of, 0] + place % size[of, 0]
    y = low[of, 1] + place // size[of, 0]
    return (y << 32) + x, known[of], wide


def _ranges(first: I64, last: I64) -> I64:
    """All numbers from each first up to its last, one after another."""
    count = last - first
    place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(first, count) + place
