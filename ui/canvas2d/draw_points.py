"""Point batches on a picture: each look is drawn once and stamped."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from layers.primitives import PointBatch
from ui.canvas2d.arrays import color_of, style_groups
from ui.canvas2d.frame import Frame

_HALO = QColor(255, 255, 255, 235)


def draw_points(painter: QPainter, batch: PointBatch, frame: Frame) -> None:
    """Stamp a symbol at every point, in the batch's order."""
    if not len(batch.feature):
        return
    places = frame.to_px(batch.xyz)
    names, codes = np.unique(batch.symbol.astype(str), return_inverse=True)
    stamp_of = np.zeros(len(places), dtype=np.int64)
    stamps: list[QImage] = []
    for first, rows in style_groups(batch.color, batch.size_px, codes.reshape(-1)):
        stamp_of[rows] = len(stamps)
        symbol = str(names[codes.reshape(-1)[first]])
        size = float(batch.size_px[first])
        stamps.append(stamp(symbol, color_of(batch.color[first]), size, ratio=frame.ratio))
    for which, (x, y) in zip(stamp_of.tolist(), places.tolist(), strict=True):
        image = stamps[which]
        half = image.width() / frame.ratio / 2
        painter.drawImage(QPointF(x - half, y - half), image)


def stamp(symbol: str, color: QColor, size_px: float, *, ratio: float) -> QImage:
    """One symbol as a small picture, with a white rim where it must stand out."""
    side = int(np.ceil(size_px + 6))
    image = QImage(
        round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(side / 2, side / 2)
        draw_symbol(painter, symbol, color, size_px)
    return image


def draw_symbol(painter: QPainter, symbol: str, color: QColor, size_px: float) -> None:
    """One symbol around the painter's origin."""
    half = size_px / 2
    box = QRectF(-half, -half, size_px, size_px)
    if symbol == "marker":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 46))
        painter.drawEllipse(box.adjusted(-2.2, -1.6, 2.2, 2.8))
        painter.setBrush(_HALO)
        painter.drawEllipse(box.adjusted(-2, -2, 2, 2))
        painter.setBrush(color)
        painter.drawEllipse(box)
        return
    if symbol in {"ring", "cross"}:
        painter.setPen(QPen(color, max(1.4, size_px / 6)))
        painter.setBrush(QColor(255, 255, 255, 190) if symbol == "ring" else Qt.BrushStyle.NoBrush)
        inner = box.adjusted(1, 1, -1, -1)
        if symbol == "ring":
            painter.drawEllipse(inner)
        else:
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        return
    painter.setPen(QPen(_HALO, 1.0))
    painter.setBrush(color)
    painter.drawPath(_outline(symbol, box))


def _outline(symbol: str, box: QRectF) -> QPainterPath:
    path = QPainterPath()
    if symbol == "square":
        path.addRect(box.adjusted(0.7, 0.7, -0.7, -0.7))
    elif symbol == "diamond":
        middle = box.center()
        corners = [
            QPointF(middle.x(), box.top()),
            QPointF(box.right(), middle.y()),
            QPointF(middle.x(), box.bottom()),
            QPointF(box.left(), middle.y()),
        ]
        path.addPolygon(QPolygonF([*corners, corners[0]]))
    elif symbol == "triangle":
        corners = [
            QPointF(box.center().x(), box.top()),
            QPointF(box.right(), box.bottom() - 1),
            QPointF(box.left(), box.bottom() - 1),
        ]
        path.addPolygon(QPolygonF([*corners, corners[0]]))
    else:
        path.addEllipse(box)
    return path
