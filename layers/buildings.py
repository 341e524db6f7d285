"""Buildings: footprints on the map, extruded bodies in the scene."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, Bool
from baiyun_gis.model.tables import BuildingTable
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive
from layers import style
from layers.ground import ground_or_reference
from layers.outlines import OutlineStyle, polygon_batch
from layers.primitives import LegendItem, Primitive
from layers.request import DrawRequest

STROKES_FROM_M_PER_PX = 3.0
STOREY_DRAWN_M = 3.0
UNKNOWN_DRAWN_M = 3.0
"""Height drawn where neither height nor storeys are recorded; such bodies are see-through."""


class BuildingsLayer:
    id = "buildings"
    theme_group = "buildings"

    @property
    def title(self) -> Message:
        return msg("Buildings")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return len(state.buildings)

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        return ()

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        buildings = state.buildings
        if not len(buildings):
            return ()
        keep = alive(buildings.valid_from, buildings.valid_to, request.as_of)
        base, top, known = drawn_heights(state)
        fill = style.repeated(style.named_color("building_fill", request.theme), len(buildings))
        if request.dimension == 3:
            fill[:, 3] = np.where(known, 235, 110)
        stroke = style.named_color("building_stroke", request.theme)
        width = 1.0 if request.metres_per_px < STROKES_FROM_M_PER_PX else 0.0
        look = OutlineStyle(fill, style.repeated(stroke, len(buildings)), width)
        batch = polygon_batch(
            self.id, buildings.geometry, keep, look, request, base_m=base, top_m=top
        )
        return () if batch is None else (batch,)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        if not len(state.buildings):
            return ()
        color = style.named_color("building_fill", request.theme)
        return (LegendItem(self.title.text(request.lang), "fill", color, len(state.buildings)),)


def drawn_heights(state: ProjectState) -> tuple[F64, F64, Bool]:
    """Underside, roof and whether the height is recorded, for drawing; each of shape (n,)."""
    buildings: BuildingTable = state.buildings
    known = ~np.isnan(buildings.height_m) | ~np.isnan(buildings.storeys)
    height = np.where(
        np.isnan(buildings.height_m), buildings.storeys * STOREY_DRAWN_M, buildings.height_m
    )
    height = np.where(known, height, UNKNOWN_DRAWN_M)
    ground = ground_or_reference(buildings.ground_m, state)
    underside = ground + np.nan_to_num(buildings.min_height_m)
    return underside, np.maximum(ground + height, underside), known


LAYER = BuildingsLayer()
