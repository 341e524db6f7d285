"""Planning permits: dashed outlines; in the scene a see-through body up to the height limit."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive
from layers import style
from layers.ground import ground_reference_m
from layers.outlines import OutlineStyle, polygon_batch
from layers.primitives import LegendItem, Primitive
from layers.request import DrawRequest


class PermitsLayer:
    id = "permits"
    theme_group = "buildings"

    @property
    def title(self) -> Message:
        return msg("Permits")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return len(state.permits)

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        return ()

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        permits = state.permits
        count = len(permits)
        if not count or (request.dimension == 2 and request.metres_per_px > 1.2):
            return ()
        keep = alive(permits.valid_from, permits.valid_to, request.as_of)
        ground = ground_reference_m(state)
        base = np.full(count, ground)
        top = base + np.where(np.isnan(permits.max_height_m), 0.1, permits.max_height_m)
        stroke = style.repeated(style.named_color("permit_stroke", request.theme), count)
        if request.dimension == 3:
            stroke[:, 3] = 80
        look = OutlineStyle(
            style.repeated(style.named_color("permit_fill", request.theme), count),
            stroke,
            1.3,
            is_dashed=True,
        )
        batch = polygon_batch(
            self.id, permits.geometry, keep, look, request, base_m=base, top_m=top
        )
        return () if batch is None else (batch,)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        if not len(state.permits):
            return ()
        color = style.named_color("permit_stroke", request.theme)
        return (LegendItem(self.title.text(request.lang), "dashed", color, len(state.permits)),)


LAYER = PermitsLayer()
