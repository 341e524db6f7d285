"""Numbered marks of planned test holes over the map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from ui.canvas2d.frame import Frame
from ui.theme import tokens

F64 = NDArray[np.float64]
_RADIUS_PX, _CHOSEN_PX = 10.5, 13.5


class HoleMarks:
    """Discs with the order to dig; local coordinates."""

    def __init__(self) -> None:
        self._at: F64 = np.zeros((0, 2))
        self._chosen = -1
        self._color = QColor()

    def show_holes(self, at: F64, *, chosen: int, color: QColor) -> None:
        """Show holes at these places (n, 2), one of them chosen or none (−1)."""
        self._at, self._chosen, self._color = at, chosen, color

    def __len__(self) -> int:
        return len(self._at)

    def hole_at(self, place: QPointF, metres_per_px: float) -> int:
        """The hole whose mark lies at a place in local coordinates; −1 for none."""
        away = np.hypot(self._at[:, 0] - place.x(), self._at[:, 1] - place.y())
        if not len(away) or away.min() > _RADIUS_PX * metres_per_px:
            return -1
        return int(np.argmin(away))

    def paint(self, painter: QPainter, frame: Frame) -> None:
        places = frame.to_px(self._at)
        order = [n for n in range(len(places) - 1, -1, -1) if n != self._chosen]
        if 0 <= self._chosen < len(places):
            order.append(self._chosen)
        font = QFont(painter.font())
        font.setBold(True)
        for number in order:
            is_chosen = number == self._chosen
            radius = _CHOSEN_PX if is_chosen else _RADIUS_PX
            centre = QPointF(*places[number])
            painter.setPen(QPen(QColor(tokens().panel), 2.5))
            painter.setBrush(self._color)
            painter.drawEllipse(centre, radius, radius)
            font.setPixelSize(13 if is_chosen else 11)
            painter.setFont(font)
            painter.setPen(QColor(tokens().panel))
            box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number + 1))
            if is_chosen:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._color, 2.0))
                painter.drawEllipse(centre, radius + 4, radius + 4)
