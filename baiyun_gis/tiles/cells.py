"""What lies near what, by square cells: made once for a city, asked once for each tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I32, I64

CELL_M = 50.0
_PIECE_M = 100.0
_MOST_CELLS = 4096
_FURTHEST_M = 1e9
_NONE = np.zeros(0, dtype=np.int64)
_NO_ITEM = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class CellTable:
    """Items by the cells their boxes touch, sorted by cell; `always` are too large to be listed."""

    key: I64
    item: I32
    always: I32

    def near(self, cells: I64) -> I64:
        """Items in any of the cells (sorted), each once, in order."""
        first = np.searchsorted(self.key, cells, side="left")
        last = np.searchsorted(self.key, cells, side="right")
        found = np.concatenate([self.item[ranges(first, last)], self.always])
        return np.unique(found).astype(np.int64)

    def beside(self, items: I64, by_m: float) -> I64:
        """Items that may lie within `by_m` of any of these, themselves included."""
        if not len(items):
            return items
        own = np.unique(self.key[np.isin(self.item, items)])
        reach = int(np.ceil(by_m / CELL_M))
        step = np.arange(-reach, reach + 1)
        around = (step[:, None] << 32) + step[None, :]
        cells = np.unique(own[:, None] + around.reshape(-1)[None, :])
        return np.union1d(self.near(cells), items)

    @staticmethod
    def joined(tables: Sequence[CellTable]) -> CellTable:
        """The items of several tables as one."""
        key = np.concatenate([_NONE, *(table.key for table in tables)])
        item = np.concatenate([_NO_ITEM, *(table.item for table in tables)])
        order = np.argsort(key, kind="stable")
        always = np.concatenate([_NO_ITEM, *(table.always for table in tables)])
        return CellTable(key[order], item[order], np.unique(always))


def cell_table(boxes: F64, items: I64 | I32) -> CellTable:
    """A table of boxes (n, 4) of `items`, metres in the project's own system; a box with NaN is
    nowhere."""
    key, row, wide = _keys(boxes)
    of_item = items.astype(np.int32)
    order = np.lexsort((of_item[row], key))
    key, item = key[order], of_item[row][order]
    fresh = np.ones(len(key), dtype=np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (item[1:] != item[:-1])
    return CellTable(key[fresh], item[fresh], np.unique(of_item[wide]))


def cells_around(boxes: F64, by_m: float) -> I64:
    """All cells that boxes touch when they are grown by `by_m`, sorted, each once."""
    key, _, wide = _keys(boxes + np.array([-by_m, -by_m, by_m, by_m]), most=None)
    assert not len(wide)
    return np.unique(key)


def axis_boxes(start: F64, stop: F64) -> tuple[F64, I64]:
    """Boxes of straight pieces from `start` to `stop` (n, 2), long ones part by part, and the
    piece of each."""
    step = stop - start
    with np.errstate(invalid="ignore"):
        parts = np.ceil(np.nan_to_num(np.hypot(*step.T)) / _PIECE_M)
    count = np.maximum(parts, 1).astype(np.int64)
    of = np.repeat(np.arange(len(start)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    ends = [start[of] + step[of] * t[:, None] for t in (place / count[of], (place + 1) / count[of])]
    return np.hstack([np.minimum(*ends), np.maximum(*ends)]), of


def _keys(boxes: F64, *, most: int | None = _MOST_CELLS) -> tuple[I64, I64, I64]:
    """Cell and row of every touch, and the rows that touch more than `most` cells."""
    with np.errstate(invalid="ignore"):
        known = np.flatnonzero((np.abs(boxes) < _FURTHEST_M).all(axis=1))  # NaN is nowhere
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


def ranges(first: I64, last: I64) -> I64:
    """All numbers from each first up to its last, one after another."""
    count = last - first
    place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(first, count) + place
