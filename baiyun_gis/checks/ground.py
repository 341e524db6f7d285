"""Ground above pipes: from the surveyed levels at their ends, else from the terrain.

A pipe is cut at stations between which ground and axis are both straight, so that the least
cover between two stations lies at one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.kernels.cuts import Above, covers, cut_stations, in_areas, meeting_stations
from baiyun_gis.kernels.outlines import Outlines, outlines_of
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.kernels.segments import table_of
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, Geom
from baiyun_gis.model.levels import axis_offset_m
from baiyun_gis.model.vocabulary import StructureKind, Surface, Vocabulary

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

_KERB_STEP_M = 30.0

TERRAIN_STEP_M = 1.0
"""Between terrain samples; as fine as the terrain models in use."""


class GroundSource(Vocabulary):
    """Where the ground level above a pipe comes from."""

    UNKNOWN = (0, "ground_unknown", "地面高程未知")
    SURVEYED = (1, "ground_surveyed", "实测地面")
    TERRAIN = (2, "ground_terrain", "地形模型")
    DEPTH = (3, "depth_recorded", "记录埋深")


@dataclass(frozen=True, slots=True)
class CoverPieces:
    """Pieces of axis with the cover at both ends; all shape (pieces,).

    `segment` is the row in the snapshot's segments, `from_t`–`to_t` stations on it. Cover is NaN
    where ground or level is unknown.
    """

    segment: I32
    from_t: F64
    to_t: F64
    from_m: F64
    to_m: F64
    surface: I8
    source: I8

    def part(self, rows: I64) -> CoverPieces:
        """Some of the pieces, in that order."""
        return CoverPieces(
            self.segment[rows],
            self.from_t[rows],
            self.to_t[rows],
            self.from_m[rows],
            self.to_m[rows],
            self.surface[rows],
            self.source[rows],
        )


def cover_pieces(ctx: CheckContext) -> CoverPieces:
    """All selected segments cut where the ground's slope or the surface changes."""
    snapshot = ctx.snapshot
    ends = surveyed_ends(snapshot)
    source = _sources(ctx, ends)
    areas = _surface_areas(snapshot)
    segment, cuts = _stations(ctx, source, areas)
    first = np.flatnonzero(segment[1:] == segment[:-1])
    piece, from_t, to_t = segment[first], cuts[first], cuts[first + 1]
    keep = to_t - from_t > 1e-9
    piece, from_t, to_t, first = piece[keep], from_t[keep], to_t[keep], first[keep]
    cover = _cover_at(ctx, segment, cuts, source, ends)
    return CoverPieces(
        segment=piece,
        from_t=from_t,
        to_t=to_t,
        from_m=cover[first],
        to_m=cover[first + 1],
        surface=_surfaces(snapshot, areas, piece, (from_t + to_t) / 2),
        source=source[snapshot.segments.pipe[piece]],
    )


def surveyed_ends(snapshot: Snapshot) -> tuple[F64, F64]:
    """Surveyed ground at both ends of all pipes: their own levels, else their points'."""
    pipes, ground = snapshot.state.pipes, snapshot.state.nodes.ground_m
    out: list[F64] = []
    for own, node in (
        (pipes.start_ground_m, pipes.start_node),
        (pipes.end_ground_m, pipes.end_node),
    ):
        at_node = np.where(node >= 0, np.append(ground, np.nan)[node], np.nan)
        out.append(np.where(np.isnan(own), at_node, own))
    return out[0], out[1]


def _sources(ctx: CheckContext, ends: tuple[F64, F64]) -> I8:
    """The source of the ground for every pipe."""
    snapshot = ctx.snapshot
    pipes = snapshot.state.pipes
    start, end = ends
    surveyed = ~np.isnan(start + end)
    depth = ~np.isnan(pipes.start_depth_m + pipes.end_depth_m)
    by_terrain = ctx.terrain is not None
    out = np.full(len(pipes), GroundSource.TERRAIN if by_terrain else GroundSource.UNKNOWN)
    out[depth & (~pipes.has_level | (not by_terrain))] = GroundSource.DEPTH
    out[surveyed & pipes.has_level] = GroundSource.SURVEYED
    return out.astype(np.int8)


def _stations(ctx: CheckContext, source: I8, areas: _Areas) -> tuple[I32, F64]:
    """Segment and station of all cuts, sorted, both ends of every segment included."""
    snapshot = ctx.snapshot
    seg = snapshot.segments
    chosen = snapshot.selected[seg.pipe]
    steps = chosen.astype(np.int64)
    by_terrain = np.flatnonzero((source[seg.pipe] == GroundSource.TERRAIN) & chosen)
    if len(by_terrain):
        x, y = seg.x1[by_terrain] - seg.x0[by_terrain], seg.y1[by_terrain] - seg.y0[by_terrain]
        steps[by_terrain] = np.maximum(np.ceil(np.hypot(x, y) / TERRAIN_STEP_M), 1)
    return cut_stations(steps, *_edges(snapshot, areas.rings, chosen))


def _edges(snapshot: Snapshot, rings: Outlines, chosen: Bool) -> tuple[I32, F64]:
    """Where segments cross the edge of an area that tells surfaces apart, in order of segments."""
    seg = snapshot.segments
    is_last = np.zeros(len(rings.xy), dtype=np.bool_)
    is_last[rings.ring_offsets[1:] - 1] = True
    kerb = np.flatnonzero(~is_last)
    start, stop = _in_steps(rings.xy[kerb], rings.xy[np.minimum(kerb + 1, len(rings.xy) - 1)])
    boxes = np.hstack([np.minimum(start, stop), np.maximum(start, stop)])
    row, edge = candidate_polygon_pairs(seg, boxes)
    row, edge = row[chosen[row]], edge[chosen[row]]
    station = meeting_stations(table_of(seg), row, start, stop, edge)
    meets = ~np.isnan(station)
    return row[meets], station[meets]


def _in_steps(start: F64, stop: F64) -> tuple[F64, F64]:
    """Lines cut into short ones, so that their boxes hold little beside them."""
    count = np.ceil(np.hypot(*(stop - start).T) / _KERB_STEP_M).astype(np.int64)
    count = np.maximum(count, 1)
    line = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    step = ((stop - start) / count[:, None])[line]
    first = start[line] + step * place[:, None]
    return first, first + step


_BESIDE_ROADS = (StructureKind.FOOTWAY, StructureKind.GREEN)


@dataclass(frozen=True, slots=True)
class _Areas:
    """Areas that tell surfaces apart, and the surface inside and outside them.

    `rings` are the same with the snapshot's origin taken off.
    """

    shapes: Geom
    rings: Outlines
    inside: Surface
    outside: Surface


def _surface_areas(snapshot: Snapshot) -> _Areas:
    """Where carriageways are recorded all else is none. Where only footways and green are, what
    lies outside them may be one."""
    import shapely

    structures = snapshot.state.structures
    is_area = np.isin(shapely.get_type_id(structures.geometry), (3, 6)) & snapshot.structures_alive
    chosen = is_area & (structures.kind == StructureKind.CARRIAGEWAY)
    inside, outside = Surface.CARRIAGEWAY, Surface.NON_CARRIAGEWAY
    if not chosen.any():
        chosen = is_area & np.isin(structures.kind, _BESIDE_ROADS)
        inside, outside = Surface.NON_CARRIAGEWAY, Surface.UNKNOWN
    shapes = structures.geometry[chosen]
    rings = outlines_of(shapes, (snapshot.origin[0], snapshot.origin[1]))
    return _Areas(shapes, rings, inside, outside)


def _surfaces(snapshot: Snapshot, areas: _Areas, segment: I32, station: F64) -> I8:
    """The surface above points; unknown where the project does not record it."""
    import shapely

    shapes = areas.shapes
    out = np.full(len(segment), areas.outside if len(shapes) else Surface.UNKNOWN, dtype=np.int8)
    if not len(shapes):
        return out
    seg = snapshot.segments
    boxes = shapely.bounds(shapes) - np.tile(snapshot.origin, 2)
    on_area, open_, is_large = in_areas(table_of(seg), segment, station, areas.rings, boxes)
    rows = np.flatnonzero(open_)
    if len(rows):
        large = shapes[is_large]
        x, y = _places(snapshot, segment[rows], station[rows])
        point, area = shapely.STRtree(large).query(shapely.points(x, y))
        shapely.prepare(large)
        on_area[rows[point[shapely.contains_xy(large[area], x[point], y[point])]]] = True
    out[on_area] = areas.inside
    return out


def _places(snapshot: Snapshot, segment: I32, station: F64) -> tuple[F64, F64]:
    """Plan position of stations on segments, in project coordinates."""
    seg, origin = snapshot.segments, snapshot.origin
    x = seg.x0[segment] + (seg.x1[segment] - seg.x0[segment]) * station + origin[0]
    return x, seg.y0[segment] + (seg.y1[segment] - seg.y0[segment]) * station + origin[1]


def _cover_at(
    ctx: CheckContext, segment: I32, station: F64, source: I8, ends: tuple[F64, F64]
) -> F64:
    """Cover at stations: ground above the body's top, or the recorded depth to the top."""
    snapshot = ctx.snapshot
    seg, pipes = snapshot.segments, snapshot.state.pipes
    terrain = np.zeros(0)
    if ctx.terrain is not None:
        terrain = np.full(len(segment), np.inf)
        rows = np.flatnonzero(source[seg.pipe[segment]] == GroundSource.TERRAIN)
        places = np.column_stack(_places(snapshot, segment[rows], station[rows]))
        terrain[rows] = ctx.terrain.sample(places)
    above = Above(
        *ends,
        pipes.start_depth_m,
        pipes.end_depth_m,
        axis_offset_m(pipes),
        source == GroundSource.DEPTH,
        snapshot.lengths_m,
    )
    plumb = _plumb_half(snapshot)
    return covers(table_of(seg), seg.chain0, plumb, above, segment, station, terrain)


def _plumb_half(snapshot: Snapshot) -> F64:
    """Half height measured plumb: a sloping circle stands radius ÷ cos slope above its axis."""
    seg = snapshot.segments
    plan = np.hypot(seg.x1 - seg.x0, seg.y1 - seg.y0)
    rise = np.nan_to_num(seg.z1 - seg.z0)
    stretch = np.divide(np.hypot(plan, rise), plan, out=np.ones_like(plan), where=plan > 1e-6)
    return seg.half_height * np.where(seg.is_rectangle, 1.0, stretch)
