"""What the left button does on the map: identify, select in a box, measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from layers.pick import pick, select_in_box
from ui.canvas2d.frame import Frame
from ui.theme import tokens

if TYPE_CHECKING:
    from ui.canvas2d.view import MapView

TOLERANCE_PX = 6.0


class Tool:
    """A tool that does nothing; the others differ from it where they act."""

    name = ""
    takes_drags = False
    cursor = Qt.CursorShape.ArrowCursor

    def click(self, view: MapView, place: QPointF, *, is_double: bool) -> None:
        """A left click at a place (local coordinates)."""

    def takes_drag(self, view: MapView, start: QPointF) -> bool:
        """Whether a drag that begins at a place is the tool's; else it pans."""
        return self.takes_drags

    def drag(self, view: MapView, start: QPointF, now: QPointF, *, is_finished: bool) -> None:
        """The left button is held and moved."""

    def hover(self, view: MapView, place: QPointF) -> None:
        """The mouse moves without a button."""

    def key(self, view: MapView, key: int) -> bool:
        """A key was pressed; whether it meant something."""
        return False

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the tool's own marks over the map."""


class PickTool(Tool):
    """Click to see what is there; drag to pan."""

    name = "identify"

    def click(self, view: MapView, place: QPointF, *, is_double: bool) -> None:
        if view.takes_click(place):
            return
        reach = TOLERANCE_PX * view.metres_per_px
        view.picked.emit(pick(view.primitives, place.x(), place.y(), tolerance_m=reach))


class BoxTool(Tool):
    """Drag a box to select what is in it."""

    name = "box"
    takes_drags = True
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self) -> None:
        self._corners: tuple[QPointF, QPointF] | None = None

    def click(self, view: MapView, place: QPointF, *, is_double: bool) -> None:
        PickTool().click(view, place, is_double=is_double)

    def drag(self, view: MapView, start: QPointF, now: QPointF, *, is_finished: bool) -> None:
        self._corners = None if is_finished else (start, now)
        if is_finished:
            xs, ys = sorted((start.x(), now.x())), sorted((start.y(), now.y()))
            view.boxed.emit(select_in_box(view.primitives, (xs[0], ys[0], xs[1], ys[1])))
        view.viewport().update()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        if self._corners is None:
            return
        a, b = frame.to_px(np.array([[p.x(), p.y()] for p in self._corners]))
        color = QColor(tokens().accent)
        painter.setPen(QPen(color, 1.4, Qt.PenStyle.DashLine))
        color.setAlpha(36)
        painter.setBrush(color)
        painter.drawRect(QRectF(QPointF(*a), QPointF(*b)).normalized())


@dataclass(frozen=True, slots=True)
class Measurement:
    """Points of a measured line, local metres, shape (n, 2)."""

    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))

    @property
    def length_m(self) -> float:
        step = np.diff(self.points, axis=0)
        return float(np.hypot(step[:, 0], step[:, 1]).sum()) if len(step) else 0.0

    @property
    def area_m2(self) -> float:
        """Area of the polygon the points enclose."""
        if len(self.points) < 3:
            return 0.0
        x, y = self.points[:, 0], self.points[:, 1]
        return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


class MeasureTool(Tool):
    """Click points to measure length and area; double click or Enter ends, Esc clears."""

    name = "measure"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._hover: tuple[float, float] | None = None
        self._is_done = False

    @property
    def measurement(self) -> Measurement:
        points = self._points + ([self._hover] if self._hover and not self._is_done else [])
        return Measurement(np.array(points, dtype=float).reshape(-1, 2))

    def click(self, view: MapView, place: QPointF, *, is_double: bool) -> None:
        if self._is_done:
            self._points, self._is_done = [], False
        if is_double:
            self._finish(view)
        else:
            self._points.append((place.x(), place.y()))
        view.measured.emit(self.measurement)
        view.viewport().update()

    def hover(self, view: MapView, place: QPointF) -> None:
        if self._points and not self._is_done:
            self._hover = (place.x(), place.y())
            view.measured.emit(self.measurement)
            view.viewport().update()

    def key(self, view: MapView, key: int) -> bool:
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._points:
            self._finish(view)
        elif key == Qt.Key.Key_Escape and self._points:
            self._points, self._hover, self._is_done = [], None, False
        else:
            return False
        view.measured.emit(self.measurement)
        view.viewport().update()
        return True

    def paint(self, painter: QPainter, frame: Frame) -> None:
        measured = self.measurement
        if not len(measured.points):
            return
        colors = tokens()
        places = [QPointF(*p) for p in frame.to_px(measured.points)]
        soft = QColor(colors.accent)
        soft.setAlpha(34)
        painter.setBrush(soft)
        painter.setPen(Qt.PenStyle.NoPen)
        if len(places) > 2:
            painter.drawPolygon(QPolygonF(places))
        for color, width in ((QColor(colors.panel), 4.5), (QColor(colors.accent), 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawPolyline(QPolygonF(places))
        painter.setBrush(QColor(colors.panel))
        for place in places:
            painter.drawEllipse(place, 3.5, 3.5)
        if len(places) > 1:
            draw_tag(painter, frame, places[-1], measured_text(measured))

    def _finish(self, view: MapView) -> None:
        self._hover, self._is_done = None, True


def measured_text(measured: Measurement) -> str:
    """`12.34 m`, and the area once three points enclose one."""
    length = measured.length_m
    text = f"{length:,.2f} m" if length < 10_000 else f"{length / 1000:,.3f} km"
    if len(measured.points) > 2:
        text += f"   {measured.area_m2:,.1f} m²"
    return text


def draw_tag(painter: QPainter, frame: Frame, place: QPointF, text: str) -> None:
    """A small label beside a place (pixels), within the map."""
    colors = tokens()
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    width = QFontMetricsF(font).horizontalAdvance(text) + 16
    left = max(min(place.x() + 10, frame.width_px - width - 6), 4)
    box = QRectF(left, max(place.y() - 30, 4), width, 22)
    painter.setPen(QPen(QColor(colors.strong_border), 1))
    painter.setBrush(QColor(colors.panel))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor(colors.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
