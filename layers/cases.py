"""Suspected illegal buildings and occupied lines: outlines of the buildings in question."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, SuspicionTable
from baiyun_gis.findings.standing import suspicions_standing
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import Bool
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive
from layers import style
from layers.buildings import drawn_heights
from layers.geometry import local, points_in_extent
from layers.outlines import OutlineStyle, polygon_batch
from layers.primitives import LegendItem, PointBatch, Primitive
from layers.request import DrawRequest

MARKERS_FROM_M_PER_PX = 1.0


class SuspicionsLayer:
    id = "suspicions"
    theme_group = "results"

    @property
    def title(self) -> Message:
        return msg("Suspected illegal buildings")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return 0 if report is None else len(report.suspicions)

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        return ()

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        if report is None or not len(report.suspicions):
            return ()
        if request.dimension == 2 and request.metres_per_px > MARKERS_FROM_M_PER_PX:
            return _markers(state, report.suspicions, request)
        keep = suspected(state, report.suspicions)
        keep &= alive(state.buildings.valid_from, state.buildings.valid_to, request.as_of)
        count = len(state.buildings)
        look = OutlineStyle(
            style.repeated(style.named_color("suspicion_fill", request.theme), count),
            style.repeated(style.named_color("suspicion_stroke", request.theme), count),
            2.0,
        )
        base, top, _ = drawn_heights(state)
        batch = polygon_batch(
            self.id, state.buildings.geometry, keep, look, request, base_m=base, top_m=top + 0.05
        )
        return () if batch is None else (batch,)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        found = self.count(state, report)
        color = style.named_color("suspicion_stroke", request.theme)
        return (LegendItem(self.title.text(request.lang), "fill", color, found),) if found else ()


def suspected(state: ProjectState, suspicions: SuspicionTable) -> Bool:
    """Buildings of which something is suspected, one flag a row of the buildings.

    Rows of a report made on another revision are matched by id.
    """
    keep = np.zeros(len(state.buildings), dtype=np.bool_)
    rows = suspicions.building_row
    fits = (rows >= 0) & (rows < len(state.buildings))
    rows, ids = rows[fits], suspicions.building_id[fits]
    keep[rows[state.buildings.id[rows] == ids]] = True
    return keep


def _markers(
    state: ProjectState, suspicions: SuspicionTable, request: DrawRequest
) -> tuple[Primitive, ...]:
    keep = points_in_extent(suspicions.at, request)
    rows = np.flatnonzero(keep & suspicions_standing(state, suspicions, request.as_of))
    if not len(rows):
        return ()
    color = style.repeated(style.named_color("suspicion_stroke", request.theme), len(rows))
    return (
        PointBatch(
            "suspicions",
            local(suspicions.at[rows], request),
            suspicions.building_row[rows].astype(np.int32),
            color,
            np.full(len(rows), 5.0, dtype=np.float32),
            np.full(len(rows), "square", dtype=object),
        ),
    )


LAYER = SuspicionsLayer()
