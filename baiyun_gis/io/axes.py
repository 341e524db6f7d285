"""Ragged axes, as `PipeTable` holds them, from point lists or shapely lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.model.columns import F64, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.model.columns import Geom


@dataclass(frozen=True, slots=True)
class Axes:
    """Vertices of many lines end to end: line `i` owns `offsets[i]:offsets[i + 1]`."""

    offsets: I64
    xy: F64
    z: F64
    """Level of each vertex, NaN where the source has none."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def first(self) -> I64:
        """Index of the first vertex of each line."""
        return self.offsets[:-1]

    @property
    def last(self) -> I64:
        """Index of the last vertex of each line."""
        return self.offsets[1:] - 1

    def is_point(self) -> Bool:
        """Lines whose vertices all lie at one place in plan (or that have fewer than two)."""
        if not len(self):
            return np.zeros(0, dtype=np.bool_)
        counts = np.diff(self.offsets)
        moved = np.zeros(len(self.xy), dtype=np.bool_)
        moved[1:] = np.any(self.xy[1:] != self.xy[:-1], axis=1)
        moved[self.offsets[:-1][counts > 0]] = False
        whole = np.concatenate([[0], np.cumsum(moved)])
        return (whole[self.offsets[1:]] - whole[self.offsets[:-1]]) == 0


def axes_from_points(lines: Sequence[Sequence[tuple[float, ...]]]) -> Axes:
    """Axes from lists of (x, y) or (x, y, z); repeated neighbours are dropped."""
    kept = [[p for k, p in enumerate(line) if k == 0 or p != line[k - 1]] for line in lines]
    counts = np.array([len(line) for line in kept], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    flat = [(p[0], p[1], p[2] if len(p) > 2 else np.nan) for line in kept for p in line]
    values = np.array(flat, dtype=np.float64).reshape(-1, 3)
    return Axes(offsets, values[:, :2].copy(), values[:, 2].copy())


def axes_from_lines(lines: Geom) -> Axes:
    """Axes of shapely LineStrings, z kept (NaN for 2D lines), repeated neighbours dropped."""
    import shapely

    tidy = shapely.remove_repeated_points(lines)
    values, owner = shapely.get_coordinates(tidy, include_z=True, return_index=True)
    counts = np.bincount(owner, minlength=len(lines))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Axes(offsets, values[:, :2].copy(), values[:, 2].copy())
