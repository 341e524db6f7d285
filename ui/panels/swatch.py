"""Coloured dots and bars as icons."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap

_SIDE_PX = 24


def dot_icon(rgba: tuple[int, int, int, int]) -> QIcon:
    """A round dot; hollow when the button is not checked."""
    made = QIcon()
    for state, is_filled in ((QIcon.State.On, True), (QIcon.State.Off, False)):
        image = QImage(_SIDE_PX, _SIDE_PX, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            color = QColor(*rgba)
            pen = painter.pen()
            pen.setColor(color)
            pen.setWidthF(3.0)
            painter.setPen(pen)
            painter.setBrush(color if is_filled else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(4, 4, _SIDE_PX - 8, _SIDE_PX - 8))
        made.addPixmap(QPixmap.fromImage(image), QIcon.Mode.Normal, state)
    return made
