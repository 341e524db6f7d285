"""Ground above pipes: from the surveyed levels at their ends, else from the terrain.

A pipe is cut at stations between which ground and axis are both straight, so that the least
cover between two stations lies at one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.kernels import covers as kernel
from baiyun_gis.kernels.covers import Above, Doubtful, grounds_of
from baiyun_gis.kernels.cuts import INSIDE, OPEN, OUTSIDE, Cuts, cuts_of, is_large
from baiyun_gis.kernels.outlines import Outlines, outlines_of
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I8, I32, I64, Geom
from baiyun_gis.model.levels import axis_offset_m
from baiyun_gis.model.vocabulary import StructureKind, Surface, Vocabulary

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

TERRAIN_STEP_M = 1.0
"""Between terrain samples; as fine as the terrain models in use."""


class GroundSource(Vocabulary):
    """Where the ground level above a pipe comes from."""

    UNKNOWN = (kernel.UNKNOWN, "ground_unknown", "地面高程未知")
    SURVEYED = (kernel.SURVEYED, "ground_surveyed", "实测地面")
    TERRAIN = (kernel.TERRAIN, "ground_terrain", "地形模型")
    DEPTH = (kernel.DEPTH, "depth_recorded", "记录埋深")


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


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground above all pipes and the areas that tell surfaces apart; `surfaces` are those
    outside and inside of them."""

    above: Above
    areas: _Areas
    surfaces: tuple[Surface, Surface]


@dataclass(frozen=True, slots=True)
class GroundLine:
    """Segments cut where the ground's slope or the surface changes.

    `terrain_m` is the terrain's level at each cut, infinite where it is not asked, empty without
    one.
    """

    ground: Ground
    cuts: Cuts
    terrain_m: F64

    def pieces(self, seg: Segments, found: Doubtful) -> CoverPieces:
        """Some of the pieces with their cover."""
        cuts, at = self.cuts, found.at
        segment = cuts.segments(at)
        return CoverPieces(
            segment=segment,
            from_t=cuts.station[at],
            to_t=cuts.station[at + 1],
            from_m=found.from_m,
            to_m=found.to_m,
            surface=np.array(self.ground.surfaces, dtype=np.int8)[cuts.on[at]],
            source=self.ground.above.source[seg.pipe[segment]],
        )


def ground_of(ctx: CheckContext) -> Ground:
    """The ground above all lines."""
    snapshot = ctx.snapshot
    pipes, nodes = snapshot.state.pipes, snapshot.state.nodes
    above = grounds_of(
        (pipes.start_ground_m, pipes.end_ground_m),
        (pipes.start_node, pipes.end_node),
        nodes.ground_m,
        (pipes.start_depth_m, pipes.end_depth_m),
        (pipes.offsets, pipes.axis_level, snapshot.lengths_m),
        by_terrain=ctx.terrain is not None,
        offset_m=lambda: axis_offset_m(pipes),
    )
    areas = ctx.of_things("surfaces", "cover", lambda: _surface_areas(snapshot))
    outside = areas.outside if len(areas.shapes) else Surface.UNKNOWN
    return Ground(above, areas, (outside, areas.inside))


def ground_line(ctx: CheckContext, ground: Ground, steps: I32) -> GroundLine:
    """The ground along segments looked at in so many steps; 0 leaves one out."""
    cuts = cuts_of(ctx.snapshot.segments, steps, ground.areas.rings)
    _look_into_large(ctx.snapshot, ground.areas, cuts)
    return GroundLine(ground, cuts, _terrain_at(ctx, cuts, ground.above.source))


def surveyed_ends(snapshot: Snapshot, rows: I32) -> tuple[F64, F64]:
    """Surveyed ground at both ends of pipes `rows`: their own levels, else their points'."""
    pipes, ground = snapshot.state.pipes, snapshot.state.nodes.ground_m
    out: list[F64] = []
    for own, node in (
        (pipes.start_ground_m[rows], pipes.start_node[rows]),
        (pipes.end_ground_m[rows], pipes.end_node[rows]),
    ):
        at = np.flatnonzero(np.isnan(own) & (node >= 0))
        own[at] = ground[node[at]]
        out.append(own)
    return out[0], out[1]


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


def _look_into_large(snapshot: Snapshot, areas: _Areas, cuts: Cuts) -> None:
    """Settle, in place, which pieces lie in areas of many corners."""
    import shapely

    at = np.flatnonzero(cuts.on == OPEN)
    if not len(at):
        return
    segment = cuts.segments(at)
    middle = (cuts.station[at] + cuts.station[at + 1]) / 2
    large = areas.shapes[is_large(areas.rings)]
    x, y = _places(snapshot, segment, middle)
    point, area = shapely.STRtree(large).query(shapely.points(x, y))
    shapely.prepare(large)
    cuts.on[at] = OUTSIDE
    cuts.on[at[point[shapely.contains_xy(large[area], x[point], y[point])]]] = INSIDE


def _places(snapshot: Snapshot, segment: I32, station: F64) -> tuple[F64, F64]:
    """Plan position of stations on segments, in project coordinates."""
    seg, origin = snapshot.segments, snapshot.origin
    x = seg.x0[segment] + (seg.x1[segment] - seg.x0[segment]) * station + origin[0]
    return x, seg.y0[segment] + (seg.y1[segment] - seg.y0[segment]) * station + origin[1]


def _terrain_at(ctx: CheckContext, cuts: Cuts, source: I8) -> F64:
    """The terrain's level at all cuts of segments that go by it, infinite at the others."""
    if ctx.terrain is None:
        return np.zeros(0)
    snapshot = ctx.snapshot
    pipe, count = snapshot.segments.pipe, np.diff(cuts.start)
    by_terrain = source[pipe] == GroundSource.TERRAIN
    rows = np.flatnonzero(np.repeat(by_terrain, count))
    segment = np.repeat(np.arange(len(pipe), dtype=np.int32)[by_terrain], count[by_terrain])
    terrain = np.full(len(cuts.station), np.inf)
    places = beside(*_places(snapshot, segment, cuts.station[rows]))
    terrain[rows] = ctx.terrain.sample(places)
    return terrain
