"""Ground levels from terrain rasters, read where they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from baiyun_gis.crs.transforms import transform
from baiyun_gis.errors import CrsError
from baiyun_gis.io.raster_files import crs_text, opened, path_of
from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.vocabulary import RasterKind

if TYPE_CHECKING:
    from baiyun_gis.project import ProjectState, RasterSource

_FAR_CELLS = 2000
"""Cells from the raster's edge beyond which a rough transformation is good enough."""
_TILE = 1024
"""Cells along a side of one read; 4 MB at a time however large the raster is."""


@dataclass(frozen=True, slots=True)
class Terrain:
    """Levels of the ground at points, from one or several terrain rasters.

    Where several cover a point, the first that has a level there answers.
    """

    sources: tuple[RasterSource, ...]
    crs: str
    """CRS of the points asked for; empty means the rasters' own."""
    project: Path | None = None

    def sample(self, xy: F64) -> F64:
        """Levels in metres at points of shape (n, 2): bilinear, NaN outside and on no data.

        Raises `InputError` for a raster that is gone, `FormatError` for a damaged one and
        `CrsError` when nothing of known accuracy leads from the points' CRS to the raster's.
        """
        points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        levels = np.full(len(points), np.nan)
        for source in self.sources:
            open_rows = np.flatnonzero(np.isnan(levels))
            if not len(open_rows):
                break
            levels[open_rows] = self._sample_one(source, points[open_rows])
        return levels

    def _sample_one(self, source: RasterSource, xy: F64) -> F64:
        with opened(path_of(source, self.project)) as dataset:
            own = crs_text(dataset.crs) or source.crs
            try:
                place = transform(xy, self.crs, own) if own and self.crs else xy
            except CrsError:
                if _lies_elsewhere(dataset, xy, (self.crs, own)):
                    return np.full(len(xy), np.nan)
                raise
            column, row = _cells(dataset, place)
            return _bilinear(dataset, column, row)


def open_terrain(state: ProjectState) -> Terrain | None:
    """The terrain of a project; None when it has no terrain raster."""
    sources = tuple(r for r in state.rasters if r.kind is RasterKind.TERRAIN)
    return Terrain(sources, state.meta.crs, state.meta.path) if sources else None


def _lies_elsewhere(dataset: Any, xy: F64, systems: tuple[str, str]) -> bool:
    """Whether a raster is kilometres away from all points, as a rough transformation shows.

    A terrain of another place needs no exact transformation to say that it has no level here.
    """
    import pyproj

    turn = pyproj.Transformer.from_crs(*systems, always_xy=True)
    x, y = (np.asarray(v, dtype=np.float64) for v in turn.transform(xy[:, 0], xy[:, 1]))
    column, row = _cells(dataset, np.column_stack([x, y]))
    far_c, far_r = dataset.width + _FAR_CELLS, dataset.height + _FAR_CELLS
    near = (column > -_FAR_CELLS) & (column < far_c) & (row > -_FAR_CELLS) & (row < far_r)
    return not bool(near.any())


def _cells(dataset: Any, xy: F64) -> tuple[F64, F64]:
    """Column and row of points, counted from the centre of the first cell."""
    back = ~dataset.transform
    with np.errstate(invalid="ignore"):
        column = back.a * xy[:, 0] + back.b * xy[:, 1] + back.c - 0.5
        row = back.d * xy[:, 0] + back.e * xy[:, 1] + back.f - 0.5
    return column, row


def _bilinear(dataset: Any, column: F64, row: F64) -> F64:
    """Band 1 at fractional cells, tile by tile; the outermost half cell repeats its neighbour."""
    levels = np.full(len(column), np.nan)
    width, height = dataset.width, dataset.height
    inside = (column >= -0.5) & (column <= width - 0.5) & (row >= -0.5) & (row <= height - 0.5)
    index = np.flatnonzero(inside)
    if not len(index):
        return levels
    c = np.clip(column[index], 0, width - 1)
    r = np.clip(row[index], 0, height - 1)
    tile = (r // _TILE).astype(np.int64) * (width // _TILE + 1) + (c // _TILE).astype(np.int64)
    order = np.argsort(tile, kind="stable")
    starts = np.flatnonzero(np.diff(tile[order], prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
        rows = order[start:stop]
        levels[index[rows]] = _in_tile(dataset, c[rows], r[rows])
    return levels


def _in_tile(dataset: Any, column: F64, row: F64) -> F64:
    from rasterio.windows import Window

    c0, r0 = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    c1 = np.minimum(c0 + 1, dataset.width - 1)
    r1 = np.minimum(r0 + 1, dataset.height - 1)
    left, top = int(c0.min()), int(r0.min())
    window = Window(left, top, int(c1.max()) - left + 1, int(r1.max()) - top + 1)  # pyright: ignore[reportCallIssue]
    cells = _levels(dataset, window)

    def at(r: I64, c: I64) -> F64:
        return cells[r - top, c - left]

    share_c, share_r = column - c0, row - r0
    level = np.zeros(len(column))
    for values, weight in (
        (at(r0, c0), (1 - share_r) * (1 - share_c)),
        (at(r0, c1), (1 - share_r) * share_c),
        (at(r1, c0), share_r * (1 - share_c)),
        (at(r1, c1), share_r * share_c),
    ):
        level += np.where(weight > 0, values * weight, 0.0)
    return level


def _levels(dataset: Any, window: Any) -> F64:
    """A window of band 1 in metres, NaN where there are no data."""
    cells = dataset.read(1, window=window).astype(np.float64)
    has_data = dataset.read_masks(1, window=window) > 0
    cells = np.where(has_data & np.isfinite(cells), cells, np.nan)
    metre = metres_per_unit(dataset)
    scale, offset = dataset.scales[0] or 1.0, dataset.offsets[0] or 0.0
    return (cells * scale + offset) * metre


def metres_per_unit(dataset: Any) -> float:
    """Metres in the unit of band 1's levels; metres where the file names none."""
    unit = (dataset.units[0] or "").strip().lower()
    if "survey foot" in unit or unit in {"us-ft", "ftus", "us_survey_foot"}:
        return 1200 / 3937
    return 0.3048 if unit in {"ft", "foot", "feet", "foots"} else 1.0
