"""Light things over the picture: what is selected, the conflict in focus."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from ui.canvas2d.arrays import path_of
from ui.canvas2d.frame import Frame
from ui.canvas2d.tools import draw_tag
from ui.theme import tokens

F64 = NDArray[np.float64]
MOST_HIGHLIGHTED = 5_000


class Overlay(Protocol):
    def paint(self, painter: QPainter, frame: Frame) -> None: ...


class Highlight:
    """Outlines of the selected features, local coordinates."""

    def __init__(self) -> None:
        self._lines: tuple[F64, NDArray[np.int64]] | None = None
        self._points: F64 = np.zeros((0, 2))

    def show_shapes(
        self, *, lines: tuple[F64, NDArray[np.int64]] | None, points: F64 | None = None
    ) -> None:
        """Show these lines (vertices and offsets) and points, or nothing."""
        self._lines = lines
        self._points = np.zeros((0, 2)) if points is None else points[:MOST_HIGHLIGHTED]

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """x0, y0, x1, y1 of what is highlighted; None for nothing."""
        shown = [self._points] if self._lines is None else [self._points, self._lines[0]]
        every = np.concatenate(shown)
        if not len(every):
            return None
        (x0, y0), (x1, y1) = every.min(axis=0), every.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        colors = tokens()
        path = QPainterPath()
        if self._lines is not None:
            path.addPath(path_of(frame.to_px(self._lines[0]), self._lines[1]))
        for x, y in frame.to_px(self._points):
            path.addEllipse(QPointF(x, y), 8, 8)
        accent = QColor(colors.accent)
        glow = QColor(accent)
        glow.setAlpha(90)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (
            (glow, 9.0),
            (QColor(colors.panel), 4.6),
            (QColor(colors.accent), 2.4),
        ):
            painter.setPen(
                QPen(
                    color,
                    width,
                    Qt.PenStyle.SolidLine,
                    Qt.PenCapStyle.RoundCap,
                    Qt.PenJoinStyle.RoundJoin,
                )
            )
            painter.drawPath(path)


class FocusedConflict:
    """The conflict in focus: its nearest points, the gap between them and its number."""

    def __init__(self) -> None:
        self._at: F64 | None = None
        self._ends: F64 | None = None
        self._text = ""

    def show_conflict(self, at: F64 | None, ends: F64 | None = None, text: str = "") -> None:
        """Show a conflict at a place; `ends` are its nearest points, shape (2, 2)."""
        self._at, self._ends, self._text = at, ends, text

    def paint(self, painter: QPainter, frame: Frame) -> None:
        if self._at is None:
            return
        colors = tokens()
        centre = QPointF(*frame.to_px(self._at[None, :2])[0])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        halo = QColor(colors.panel)
        for color, width in ((halo, 5.0), (QColor(colors.danger), 2.2)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(centre, 17, 17)
        if self._ends is not None and not np.isnan(self._ends).any():
            a, b = (QPointF(*p) for p in frame.to_px(self._ends))
            for color, width in ((halo, 5.0), (QColor(colors.text), 2.0)):
                painter.setPen(QPen(color, width))
                painter.drawLine(a, b)
            painter.setBrush(QColor(colors.panel))
            for end in (a, b):
                painter.drawEllipse(end, 3.2, 3.2)
        if self._text:
            draw_tag(painter, frame, centre + QPointF(10, -4), self._text)


class ProposedLine:
    """Where a way out would lay a line, dashed; local coordinates."""

    def __init__(self) -> None:
        self._points: F64 | None = None
        self._color = QColor()

    def show_line(self, points: F64 | None, color: QColor) -> None:
        """Show a line through these points (n, 2), or none."""
        self._points, self._color = points, color

    @property
    def is_shown(self) -> bool:
        return self._points is not None

    def paint(self, painter: QPainter, frame: Frame) -> None:
        if self._points is None:
            return
        offsets = np.array([0, len(self._points)], dtype=np.int64)
        path = path_of(frame.to_px(self._points), offsets)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens().panel), 6.0))
        painter.drawPath(path)
        pen = QPen(self._color, 3.0)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        painter.drawPath(path)
