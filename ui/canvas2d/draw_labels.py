"""Label batches on a picture: those that would collide are left out, the important ones stay."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from layers.primitives import LabelBatch
from ui.canvas2d.arrays import color_of
from ui.canvas2d.frame import Frame

MOST_ON_A_PICTURE = 250
_ABOVE_LINE_PX = 4.5
_OUTLINE_PX = 1000
"""Outlines are taken large and scaled: Qt's small ones depend on what was drawn before."""


def draw_labels(
    painter: QPainter, batches: list[LabelBatch], frame: Frame, *, halo: QColor, font: QFont
) -> int:
    """Draw labels of all batches, highest priority first; how many found room."""
    taken: list[QRectF] = []
    texts = [(b, i) for b in batches for i in range(len(b.text))]
    texts.sort(key=lambda entry: -float(entry[0].priority[entry[1]]))
    places = {id(b): frame.to_px(b.xyz) for b in batches}
    picture = QRectF(0, 0, frame.width_px, frame.height_px)
    for batch, index in texts:
        if len(taken) >= MOST_ON_A_PICTURE:
            break
        x, y = places[id(batch)][index]
        if not picture.contains(QPointF(x, y)):
            continue
        path, box = _laid(batch, index, QPointF(x, y), font)
        if any(box.intersects(other) for other in taken):
            continue
        taken.append(box)
        painter.setPen(
            QPen(
                halo, 3.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            )
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.fillPath(path, color_of(batch.color[index]))
    return len(taken)


def _laid(
    batch: LabelBatch, index: int, place: QPointF, font: QFont
) -> tuple[QPainterPath, QRectF]:
    """The outline of one text at its place and angle, just above its line, and its box."""
    large = QFont(font)
    large.setPixelSize(_OUTLINE_PX)
    scale = max(int(batch.size_px[index]), 6) / _OUTLINE_PX
    text = str(batch.text[index])
    width = QFontMetricsF(large).horizontalAdvance(text)
    path = QPainterPath()
    path.addText(QPointF(-width / 2, -_ABOVE_LINE_PX / scale), large, text)
    turn = QTransform().translate(place.x(), place.y()).rotate(-float(batch.angle_deg[index]))
    placed = turn.scale(scale, scale).map(path)
    return placed, placed.boundingRect().adjusted(-3, -2, 3, 2)
