"""Line batches on a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from layers.geometry import taken
from layers.primitives import LineBatch
from ui.canvas2d.arrays import color_of, draw_segments, path_of, style_codes, style_groups
from ui.canvas2d.frame import Frame

F64 = NDArray[np.float64]
MANY_VERTICES = 60_000
_PIXEL_KEYS_FROM = 100_000


def draw_lines(painter: QPainter, batch: LineBatch, frame: Frame) -> None:
    """Draw every line; thin and many as separate segments, else as joined paths."""
    if not len(batch.feature):
        return
    places = frame.to_px(batch.xyz)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(places) > MANY_VERTICES:
        _draw_many(painter, batch, places)
        return
    for first, rows in style_groups(batch.color, batch.width_px, batch.is_dashed):
        offsets, vertices = taken(batch.offsets, rows)
        painter.setPen(_pen(batch, first))
        painter.drawPath(path_of(places[vertices], offsets))


def _draw_many(painter: QPainter, batch: LineBatch, places: F64) -> None:
    """Segments without joins; of those of one look on the same pixels only one is drawn."""
    codes = style_codes(batch.color, batch.width_px, batch.is_dashed)
    inner = np.ones(len(places), dtype=np.bool_)
    inner[batch.offsets[1:] - 1] = False
    start = np.flatnonzero(inner[:-1])
    owner = np.repeat(np.arange(len(codes)), np.diff(batch.offsets))[start]
    ends = np.concatenate([places[start], places[start + 1]], axis=1)
    kept = distinct_segments(ends, codes[owner])
    ends, owner = ends[kept], owner[kept]
    for first, rows in style_groups(codes[owner]):
        pen = _pen(batch, int(owner[first]))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        draw_segments(painter, ends[rows])


def distinct_segments(ends: F64, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of the segments (n, 4) to draw: one of those with the same code and end pixels."""
    pixel = np.clip(np.round(ends), -4096, 12_287).astype(np.int64) + 4096
    key = codes
    for column in range(4):
        key = (key << 14) | pixel[:, column]
    if len(ends) < _PIXEL_KEYS_FROM or int(codes.max()) >= 128:
        return np.arange(len(ends))
    return np.unique(key, return_index=True)[1]


def _pen(batch: LineBatch, row: int) -> QPen:
    pen = QPen(color_of(batch.color[row]))
    width = float(batch.width_px[row])
    pen.setWidthF(width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if width > 3 else Qt.PenCapStyle.FlatCap)
    if batch.is_dashed[row]:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([max(7.0 / width, 1.0), max(4.0 / width, 0.6)])
    return pen
