"""What every map carries: scale bar, north arrow, legend."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from layers.primitives import LegendItem

_STEPS = (1.0, 2.0, 5.0)


def scale_length_m(metres_per_px: float, *, longest_px: float = 130.0) -> float:
    """The longest round length (1, 2 or 5 times a power of ten) that fits."""
    longest = metres_per_px * longest_px
    power = 1e-3
    best = power
    while power <= longest:
        best = max([step * power for step in _STEPS if step * power <= longest], default=best)
        power *= 10
    return best


def length_text(length_m: float) -> str:
    """`500 m`, `2 km`, `0.2 m`, `5 cm`."""
    if length_m >= 1000:
        return f"{length_m / 1000:g} km"
    return f"{length_m:g} m" if length_m >= 0.1 else f"{length_m * 100:g} cm"


def draw_scale_bar(
    painter: QPainter, corner: QPointF, metres_per_px: float, *, ink: QColor, paper: QColor
) -> None:
    """A scale bar whose lower left end lies at `corner`."""
    length_m = scale_length_m(metres_per_px)
    length_px = length_m / metres_per_px
    x, y = corner.x(), corner.y()
    shape = QPolygonF(
        [QPointF(x, y - 5), QPointF(x, y), QPointF(x + length_px, y), QPointF(x + length_px, y - 5)]
    )
    for color, width in ((paper, 4.5), (ink, 1.6)):
        painter.setPen(QPen(color, width))
        painter.drawPolyline(shape)
    font = QFont(painter.font())
    font.setPixelSize(11)
    painter.setFont(font)
    box = QRectF(x, y - 22, max(length_px, 40), 16)
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, length_text(length_m))


def draw_north_arrow(painter: QPainter, centre: QPointF, *, ink: QColor, paper: QColor) -> None:
    """A small arrow that points up, with an N."""
    x, y = centre.x(), centre.y()
    left = QPolygonF([QPointF(x, y - 13), QPointF(x - 7, y + 9), QPointF(x, y + 4)])
    right = QPolygonF([QPointF(x, y - 13), QPointF(x + 7, y + 9), QPointF(x, y + 4)])
    painter.setPen(QPen(ink, 1.0))
    painter.setBrush(ink)
    painter.drawPolygon(left)
    painter.setBrush(paper)
    painter.drawPolygon(right)
    plain = painter.font()
    font = QFont(plain)
    font.setPixelSize(11)
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(QRectF(x - 10, y - 28, 20, 14), Qt.AlignmentFlag.AlignCenter, "N")
    painter.setFont(plain)


def draw_legend(
    painter: QPainter,
    corner: QPointF,
    items: Sequence[LegendItem],
    *,
    ink: QColor,
    paper: QColor,
) -> None:
    """A legend box whose upper left corner lies at `corner`."""
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    texts = [
        item.label if item.count is None else f"{item.label}  {item.count:,}" for item in items
    ]
    width = max((metrics.horizontalAdvance(text) for text in texts), default=0.0) + 56
    height = 20.0 * len(items) + 16
    painter.setPen(QPen(QColor(ink.red(), ink.green(), ink.blue(), 50), 1))
    painter.setBrush(QColor(paper.red(), paper.green(), paper.blue(), 225))
    painter.drawRoundedRect(QRectF(corner.x(), corner.y(), width, height), 6, 6)
    for index, (item, text) in enumerate(zip(items, texts, strict=True)):
        y = corner.y() + 8 + 20 * index
        draw_swatch(painter, QRectF(corner.x() + 12, y + 3, 24, 14), item)
        painter.setPen(ink)
        box = QRectF(corner.x() + 46, y, width - 50, 20)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def draw_swatch(painter: QPainter, box: QRectF, item: LegendItem) -> None:
    """The sign of one legend line within `box`."""
    color = QColor(*item.color)
    middle = box.center()
    if item.symbol in {"line", "dashed"}:
        pen = QPen(color, 2.6)
        if item.symbol == "dashed":
            pen.setDashPattern([2.4, 1.6])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y()))
        return
    painter.setPen(QPen(color.darker(130), 1))
    painter.setBrush(color)
    if item.symbol == "point":
        painter.drawEllipse(middle, 5, 5)
    else:
        painter.drawRect(box.adjusted(3, 0, -3, 0))
