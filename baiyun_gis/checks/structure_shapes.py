"""Structures as straight edges without width, so that the kernels of lines measure to them.

A tree and a pole count at their centre; other areas by their outline; a point is an edge of no
length. Rows of structures that are not there on the day, or are not asked for, have no edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.kernels.segments import Segments, one_after_another, take
from baiyun_gis.model.columns import F64, I32, I64, Bool, Geom
from baiyun_gis.model.vocabulary import StructureKind

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot

BY_CENTRE = (StructureKind.TREE, StructureKind.POLE)
STEP_M = 25.0
"""Edges are no longer: the box of a long slanting one would hold half a city."""

_LINES, _AREAS = (1, 2, 5), (3, 6)


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges from (x0, y0) to (x1, y1), origin taken off, and the structure each belongs to."""

    x0: F64
    y0: F64
    x1: F64
    y1: F64
    structure: I64

    def __len__(self) -> int:
        return len(self.structure)

    def boxes(self) -> F64:
        """x0, y0, x1, y1 of the box around each edge, shape (n, 4)."""
        low = np.minimum(self.x0, self.x1), np.minimum(self.y0, self.y1)
        return np.column_stack([*low, np.maximum(self.x0, self.x1), np.maximum(self.y0, self.y1)])


def edges_of(snapshot: Snapshot, wanted: Bool) -> Edges:
    """The edges of the wanted structures that are there on the day."""
    import shapely

    rows = np.flatnonzero(wanted & snapshot.structures_alive)
    shapes = centred(snapshot, rows)
    kinds = shapely.get_type_id(shapes)
    area = np.isin(kinds, _AREAS)
    shapes[area] = shapely.boundary(shapes[area])
    parts, owner = shapely.get_parts(shapes, return_index=True)
    owner = rows[owner]
    point = (shapely.get_type_id(parts) == 0) & ~shapely.is_empty(parts)
    spots = shapely.get_coordinates(parts[point])
    lines = np.isin(shapely.get_type_id(parts), _LINES)
    xy, line = shapely.get_coordinates(parts[lines], return_index=True)
    first = np.flatnonzero(line[1:] == line[:-1])
    start = np.vstack([spots, xy[first]]) - snapshot.origin
    stop = np.vstack([spots, xy[first + 1]]) - snapshot.origin
    whose = np.concatenate([owner[point], owner[lines][line[first]]])
    good = np.isfinite(start).all(axis=1) & np.isfinite(stop).all(axis=1)
    start, stop, whose = _in_steps(start[good], stop[good], whose[good].astype(np.int64))
    return Edges(start[:, 0], start[:, 1], stop[:, 0], stop[:, 1], whose)


def centred(snapshot: Snapshot, rows: I64) -> Geom:
    """The shapes of structures, trees and poles as their centres."""
    import shapely

    structures = snapshot.state.structures
    shapes = np.asarray(structures.geometry, dtype=object)[rows]
    by_centre = np.isin(structures.kind[rows], BY_CENTRE)
    by_centre &= np.isin(shapely.get_type_id(shapes), _AREAS)
    shapes[by_centre] = shapely.centroid(shapes[by_centre])
    return shapes


def _in_steps(start: F64, stop: F64, whose: I64) -> tuple[F64, F64, I64]:
    """Long edges cut into short ones, so that their boxes hold little beside them."""
    count = np.ceil(np.hypot(*(stop - start).T) / STEP_M).astype(np.int64)
    count = np.maximum(count, 1)
    edge = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    step = ((stop - start) / count[:, None])[edge]
    first = start[edge] + step * place[:, None]
    # The last piece ends exactly where its edge does.
    is_last = place == count[edge] - 1
    return first, np.where(is_last[:, None], stop[edge], first + step), whose[edge]


def areas_of(snapshot: Snapshot, wanted: Bool) -> tuple[Geom, I64]:
    """The areas among the wanted structures that are there, and their rows; not the centred."""
    import shapely

    structures = snapshot.state.structures
    area = np.isin(shapely.get_type_id(structures.geometry), _AREAS)
    area &= wanted & snapshot.structures_alive & ~np.isin(structures.kind, BY_CENTRE)
    rows = np.flatnonzero(area)
    return np.asarray(structures.geometry, dtype=object)[rows], rows


def bare_axes(edges: Edges) -> Segments:
    """Edges as segments: bare axes of no width and no level, flat at both ends."""
    count = len(edges)
    none, unknown = np.zeros(count), np.full(count, np.nan)
    false, true = np.zeros(count, dtype=np.bool_), np.ones(count, dtype=np.bool_)
    return Segments(
        x0=edges.x0,
        y0=edges.y0,
        z0=unknown,
        x1=edges.x1,
        y1=edges.y1,
        z1=unknown,
        half_width=none,
        half_height=none,
        is_rectangle=false,
        flat0=true,
        flat1=true,
        pipe=np.full(count, -1, dtype=np.int32),
        chain0=none,
    )


def paired(seg: Segments, i: I32, edges: Edges, k: I64 | I32) -> tuple[Segments, I32, I32]:
    """Segments and edges as one table with the rows that make the pairs."""
    both = one_after_another(take(seg, i), take(bare_axes(edges), k))
    rows = np.arange(len(i), dtype=np.int32)
    return both, rows, rows + np.int32(len(i))
