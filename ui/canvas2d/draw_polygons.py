"""Polygon batches on a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from layers.geometry import taken
from layers.primitives import PolygonBatch
from ui.canvas2d.arrays import color_of, path_of, style_groups
from ui.canvas2d.frame import Frame

SMOOTH_BELOW_M_PER_PX = 2.5
TOGETHER = 256
"""Polygons filled at once: Qt takes far more than twice the time for twice the edges."""


def draw_polygons(painter: QPainter, batch: PolygonBatch, frame: Frame) -> None:
    """Fill and outline polygons; those that look alike in one go, so overlaps do not darken."""
    if not len(batch.feature):
        return
    is_smooth = frame.metres_per_px < SMOOTH_BELOW_M_PER_PX
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
    places = frame.to_px(batch.xy)
    groups = style_groups(batch.fill, batch.stroke, batch.stroke_px, batch.is_dashed)
    for first, rows in groups:
        has_fill = batch.fill[first, 3] > 0
        has_stroke = batch.stroke_px[first] > 0 and batch.stroke[first, 3] > 0
        for start in range(0, len(rows), TOGETHER):
            path = path_of(*_rings(places, batch, rows[start : start + TOGETHER]))
            path.setFillRule(Qt.FillRule.WindingFill)
            if has_fill:
                painter.fillPath(path, color_of(batch.fill[first]))
            if has_stroke:
                painter.strokePath(path, _pen(batch, first))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _rings(
    places: NDArray[np.float64], batch: PolygonBatch, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    _, rings = taken(batch.polygon_offsets, rows)
    offsets, vertices = taken(batch.ring_offsets, rings)
    return places[vertices], offsets


def _pen(batch: PolygonBatch, row: int) -> QPen:
    pen = QPen(color_of(batch.stroke[row]))
    pen.setWidthF(float(batch.stroke_px[row]))
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if batch.is_dashed[row]:
        pen.setDashPattern([5.0, 3.5])
    return pen
