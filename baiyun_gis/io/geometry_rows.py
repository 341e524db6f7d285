"""Rows of a layer sorted by what their geometry is, in single parts, bad ones told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from baiyun_gis.io.imported import Quarantined
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import I64, Bool, Geom

if TYPE_CHECKING:
    from collections.abc import Sequence

_POINT, _LINE, _RING, _POLYGON, _MULTI_POLYGON = 0, 1, 2, 3, 6
_COLLECTION = 7


@dataclass(frozen=True, slots=True)
class Parts:
    """Single geometries of one kind with the source row of each."""

    geometry: Geom
    row: I64

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: I64 | Bool) -> Parts:
        return Parts(self.geometry[rows], self.row[rows])

    def suffixes(self) -> list[str]:
        """ "" for the only part of its row, else "-1", "-2" …, in order."""
        counts = np.bincount(self.row, minlength=1) if len(self) else np.zeros(1, dtype=np.int64)
        several = counts[self.row] > 1
        first = np.zeros(len(counts), dtype=np.int64)
        seen = np.concatenate([[0], np.cumsum(counts)])
        order = np.argsort(self.row, kind="stable")
        place = np.empty(len(self), dtype=np.int64)
        place[order] = np.arange(len(self)) - seen[self.row[order]] + first[self.row[order]]
        return [f"-{p + 1}" if s else "" for p, s in zip(place, several, strict=True)]


@dataclass(frozen=True, slots=True)
class SortedRows:
    """A layer's rows by kind: lines and points in single parts, areas a whole each."""

    lines: Parts
    points: Parts
    areas: Parts
    quarantined: tuple[Quarantined, ...]
    notes: tuple[Message, ...]


def sorted_rows(geometry: Geom, *, first_row: int = 1) -> SortedRows:
    """The rows of a layer by kind of geometry.

    Multi-lines and multi-points become parts; a multi-polygon stays one area; collections are
    split into their kinds. Invalid polygons are repaired. Rows without geometry, with infinite
    coordinates, lines without length and areas without area are quarantined, numbered from
    `first_row`.
    """
    import shapely

    bad: list[Quarantined] = []
    notes: list[Message] = []
    kinds = shapely.get_type_id(geometry)
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    finite = ~empty & np.isfinite(shapely.bounds(geometry)).all(axis=1)
    _refuse(bad, np.flatnonzero(empty), msg("the row has no geometry that can be used"), first_row)
    _refuse(bad, np.flatnonzero(~empty & ~finite), msg("its coordinates are not finite"), first_row)
    usable = np.flatnonzero(finite)
    areas = usable[np.isin(kinds[usable], (_POLYGON, _MULTI_POLYGON))]
    others = usable[~np.isin(kinds[usable], (_POLYGON, _MULTI_POLYGON))]
    pieces, owner = _pieces(geometry[others], others)
    piece_kind = shapely.get_type_id(pieces)
    is_line = np.isin(piece_kind, (_LINE, _RING))
    is_area = piece_kind == _POLYGON
    lines = _tidy_lines(Parts(pieces[is_line], owner[is_line]), bad, first_row)
    points = Parts(pieces[piece_kind == _POINT], owner[piece_kind == _POINT])
    whole = Parts(
        np.concatenate([geometry[areas], pieces[is_area]]),
        np.concatenate([areas, owner[is_area]]),
    )
    tidy_areas = _tidy_areas(whole, bad, notes, first_row)
    split = len(others) and len(pieces) - len(others)
    if split:
        notes.append(msg("Rows of several parts were split into {count} more", count=int(split)))
    return SortedRows(lines, points, tidy_areas, tuple(bad), tuple(notes))


def _pieces(geometry: Geom, rows: I64) -> tuple[Geom, I64]:
    """Single geometries of all rows, nested collections opened, with their rows."""
    import shapely

    pieces, index = shapely.get_parts(geometry, return_index=True)
    owner = rows[index]
    while len(pieces) and np.any(shapely.get_type_id(pieces) > _POLYGON):
        pieces, index = shapely.get_parts(pieces, return_index=True)
        owner = owner[index]
    filled = ~shapely.is_empty(pieces)
    return pieces[filled], owner[filled]


def _tidy_lines(parts: Parts, bad: list[Quarantined], first_row: int) -> Parts:
    import shapely

    if not len(parts):
        return parts
    lines = parts.geometry.copy()
    rings = shapely.get_type_id(lines) == _RING
    if rings.any():
        lines[rings] = [shapely.LineString(shapely.get_coordinates(r)) for r in lines[rings]]
    has_length = shapely.length(lines) > 0
    lost = np.setdiff1d(parts.row[~has_length], parts.row[has_length])
    _refuse(bad, lost, msg("the line has no length"), first_row)
    return Parts(lines[has_length], parts.row[has_length])


def _tidy_areas(
    parts: Parts, bad: list[Quarantined], notes: list[Message], first_row: int
) -> Parts:
    """Areas in 2D, repaired where their rings cross, those without area told apart."""
    import shapely

    if not len(parts):
        return parts
    shapes = shapely.force_2d(parts.geometry)
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    for index in wrong:  # few; each may become several polygons
        shapes[index] = _areas_only(shapely.make_valid(shapes[index]))
    repaired = wrong[shapely.area(shapes[wrong]) > 0]
    if len(repaired):
        rows = ", ".join(str(int(r) + first_row) for r in parts.row[repaired][:10])
        notes.append(
            msg(
                "{count} polygons cross themselves and were repaired (rows {rows})",
                count=len(repaired),
                rows=rows,
            )
        )
    has_area = shapely.area(shapes) > 0
    lost = np.setdiff1d(parts.row[~has_area], parts.row[has_area])
    _refuse(bad, lost, msg("the polygon has no area"), first_row)
    return Parts(shapes[has_area], parts.row[has_area])


def _areas_only(shape: Any) -> Any:
    """The polygons of a repaired shape; lines and points that fell off are dropped."""
    import shapely

    pieces = shapely.get_parts(shape)
    while np.any(shapely.get_type_id(pieces) > _POLYGON):
        pieces = shapely.get_parts(pieces)
    polygons = pieces[shapely.get_type_id(pieces) == _POLYGON]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def _refuse(
    bad: list[Quarantined], rows: Sequence[int] | I64, reason: Message, first_row: int
) -> None:
    bad.extend(Quarantined(int(row) + first_row, "geometry", "", reason) for row in rows)
