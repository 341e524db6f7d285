"""Raster batches on a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from layers.primitives import RasterBatch
from ui.canvas2d.frame import Frame


def draw_raster(painter: QPainter, batch: RasterBatch, frame: Frame) -> None:
    """Lay the pixels over their extent."""
    height, width = batch.rgba.shape[:2]
    if not height or not width:
        return
    pixels = np.ascontiguousarray(batch.rgba)
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    x0, y0, x1, y1 = batch.extent
    corners = frame.to_px(np.array([[x0, y1], [x1, y0]]))
    target = QRectF(corners[0, 0], corners[0, 1], *(corners[1] - corners[0]))
    painter.save()
    painter.setOpacity(batch.opacity)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image)
    painter.restore()
