"""Streets, kerbs, green, water, parcels, trees: the ground that lines lie under."""

from __future__ import annotations

import numpy as np
import shapely

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import Bool
from baiyun_gis.model.tables import StructureTable
from baiyun_gis.model.vocabulary import RasterKind, StructureKind
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive
from layers import style
from layers.geometry import geometry_boxes, in_extent, local, rings_of
from layers.ground import ground_reference_m
from layers.outlines import OutlineStyle, polygon_batch
from layers.primitives import LegendItem, LineBatch, PointBatch, PolygonBatch, Primitive
from layers.raster import rasters_of
from layers.request import DrawRequest

POINTS_FROM_M_PER_PX = 0.8
_LINE_TYPES = (1, 2, 5)
_POINT_TYPES = (0, 4)


class StructuresLayer:
    id = "structures"
    theme_group = "base"

    @property
    def title(self) -> Message:
        return msg("Streets and ground")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return len(state.structures)

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        counts = np.bincount(state.structures.kind, minlength=len(StructureKind))
        return tuple(
            (kind.key, _TITLES[kind], int(counts[kind])) for kind in StructureKind if counts[kind]
        )

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        table = state.structures
        if not len(table):
            return ()
        keep = alive(table.valid_from, table.valid_to, request.as_of)
        hidden = [int(k) for k in StructureKind if k.key in request.hidden]
        keep &= ~np.isin(table.kind, hidden)
        ground = ground_reference_m(state)
        has_imagery = bool(rasters_of(state, RasterKind.IMAGERY))
        parts = (
            _areas(table, keep, request, ground_m=ground, has_imagery=has_imagery),
            _lines(table, keep, request, ground_m=ground),
            _points(table, keep, request, ground_m=ground),
        )
        return tuple(part for part in parts if part is not None)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        fill, stroke = style.structure_colors(request.theme)
        items: list[LegendItem] = []
        for key, title, count in self.sublayers(state):
            kind = StructureKind.from_key(key)
            color = fill[kind] if fill[kind, 3] else stroke[kind]
            symbol = "fill" if fill[kind, 3] else "line"
            shown = (int(color[0]), int(color[1]), int(color[2]), int(color[3]))
            items.append(LegendItem(title.text(request.lang), symbol, shown, count))
        return tuple(items)


_TITLES: dict[StructureKind, Message] = {
    StructureKind.UNKNOWN: msg("Other structures"),
    StructureKind.TREE: msg("Trees"),
    StructureKind.SHRUB: msg("Shrubs"),
    StructureKind.POLE: msg("Poles"),
    StructureKind.TOWER: msg("Towers"),
    StructureKind.KERB: msg("Kerbs"),
    StructureKind.TRAM_RAIL: msg("Tram rails"),
    StructureKind.RAILWAY: msg("Railways"),
    StructureKind.CARRIAGEWAY: msg("Carriageways"),
    StructureKind.FOOTWAY: msg("Footways"),
    StructureKind.GREEN: msg("Green space"),
    StructureKind.WATERCOURSE: msg("Watercourses"),
    StructureKind.ROAD_CENTRE: msg("Road centre lines"),
    StructureKind.PARCEL: msg("Parcels"),
    StructureKind.CULVERT: msg("Culverts"),
    StructureKind.CHANNEL: msg("Open channels"),
    StructureKind.PIPE_RACK: msg("Pipe racks"),
}


def _areas(
    table: StructureTable,
    keep: Bool,
    request: DrawRequest,
    *,
    ground_m: float,
    has_imagery: bool,
) -> PolygonBatch | None:
    fill, stroke = style.structure_colors(request.theme)
    if request.dimension == 3:
        keep = keep & (fill[table.kind, 3] > 0)
    # parcels last, so that their outlines stay above streets
    if not len(rings_of(table.geometry)):
        return None
    width = 1.0 if request.metres_per_px < 2 else 0.0
    fills = fill[table.kind]
    if request.dimension == 3 or has_imagery:
        # see-through, for what matters lies below
        fills[:, 3] = np.minimum(fills[:, 3], 96)
    look = OutlineStyle(fills, stroke[table.kind], width)
    flat = np.full(len(table), ground_m)
    return polygon_batch(
        "structures", table.geometry, keep, look, request, base_m=flat - 0.05, top_m=flat
    )


def _of_types(table: StructureTable, keep: Bool, types: tuple[int, ...]) -> np.ndarray:
    return np.flatnonzero(keep & np.isin(shapely.get_type_id(table.geometry), types))


def _lines(
    table: StructureTable, keep: Bool, request: DrawRequest, *, ground_m: float
) -> LineBatch | None:
    rows = _of_types(table, keep & in_extent(geometry_boxes(table.geometry), request), _LINE_TYPES)
    if not len(rows):
        return None
    parts, owner = shapely.get_parts(table.geometry[rows], return_index=True)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(line, minlength=len(parts)))])
    feature = rows[owner]
    _, stroke = style.structure_colors(request.theme)
    if request.dimension == 3:
        xy = np.column_stack([xy, np.full(len(xy), ground_m)])
    centre = table.kind[feature] == StructureKind.ROAD_CENTRE
    return LineBatch(
        "structures",
        local(xy, request),
        offsets.astype(np.int64),
        feature.astype(np.int32),
        stroke[table.kind[feature]],
        np.full(len(feature), 1.0, dtype=np.float32),
        centre & (request.metres_per_px < 1),
    )


def _points(
    table: StructureTable, keep: Bool, request: DrawRequest, *, ground_m: float
) -> PointBatch | None:
    if request.dimension == 2 and request.metres_per_px > POINTS_FROM_M_PER_PX:
        return None
    rows = _of_types(table, keep & in_extent(geometry_boxes(table.geometry), request), _POINT_TYPES)
    if not len(rows):
        return None
    xy, owner = shapely.get_coordinates(table.geometry[rows], return_index=True)
    feature = rows[owner]
    if request.dimension == 3:
        xy = np.column_stack([xy, np.full(len(xy), ground_m)])
    _, stroke = style.structure_colors(request.theme)
    tree = np.isin(table.kind[feature], [int(StructureKind.TREE), int(StructureKind.SHRUB)])
    size = np.where(tree, np.clip(1.5 / request.metres_per_px, 4, 26), 6.0)
    return PointBatch(
        "structures",
        local(xy, request),
        feature.astype(np.int32),
        stroke[table.kind[feature]],
        size.astype(np.float32),
        np.where(tree, "circle", "square").astype(object),
    )


LAYER = StructuresLayer()
