"""The tool that moves a line by hand, with what it conflicts with on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.vocabulary import Verdict
from layers import style
from layers.pick import pick
from ui.canvas2d.arrays import path_of
from ui.canvas2d.frame import Frame
from ui.canvas2d.tools import TOLERANCE_PX, PickTool, Tool, draw_tag
from ui.theme import tokens

if TYPE_CHECKING:
    from ui.canvas2d.view import MapView
    from ui.moving import Moving
    from ui.workbench import Workbench

_MOST_MARKS = 300


class MoveTool(Tool):
    """Drag a line to move it; drag beside lines to pan; Esc puts the line back."""

    name = "move_line"
    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._moving: Moving = bench.moving
        self._at: QPointF | None = None

    def click(self, view: MapView, place: QPointF, *, is_double: bool) -> None:
        PickTool().click(view, place, is_double=is_double)

    def takes_drag(self, view: MapView, start: QPointF) -> bool:
        return self._line_at(view, start) is not None

    def drag(self, view: MapView, start: QPointF, now: QPointF, *, is_finished: bool) -> None:
        if self._at is None and is_finished:
            return
        if self._at is None:
            row = self._line_at(view, start)
            if row is None:
                return
            self._bench.focus_on("pipes", row)
            self._moving.take_up(row)
        self._at = None if is_finished else now
        if not self._moving.is_on:
            view.viewport().update()
            return  # put back meanwhile
        self._moving.move(np.array([now.x() - start.x(), now.y() - start.y()]))
        if is_finished:
            self._moving.lay_down()

    def key(self, view: MapView, key: int) -> bool:
        if key != Qt.Key.Key_Escape or not self._moving.is_on:
            return False
        self._moving.put_back()
        return True

    def _line_at(self, view: MapView, place: QPointF) -> int | None:
        """The pipe under a place, the selected one before others."""
        reach = TOLERANCE_PX * view.metres_per_px
        hits = pick(view.primitives, place.x(), place.y(), tolerance_m=reach)
        rows = [hit.feature for hit in hits if hit.layer == "pipes"]
        chosen = self._bench.selection.rows.get("pipes")
        selected = [row for row in rows if chosen is not None and row in chosen]
        return next(iter(selected + rows), None)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        moving = self._moving
        if not moving.is_on:
            return
        axes, origin = moving.axes, self._bench.origin[:2]
        if axes is not None:
            path = path_of(frame.to_px(axes[0] - origin), axes[1])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens().panel), 6.0))
            painter.drawPath(path)
            color = QColor(*style.named_color("proposed", self._bench.theme))
            pen = QPen(color, 3.0)
            pen.setDashPattern([3.0, 2.0])
            painter.setPen(pen)
            painter.drawPath(path)
        if moving.found is not None:
            _mark(painter, frame, moving.found, origin)
        if self._at is not None:
            place = QPointF(*frame.to_px(np.array([[self._at.x(), self._at.y()]]))[0])
            draw_tag(painter, frame, place, self._text())

    def _text(self) -> str:
        """`1.24 m · conflicts 2 (before 3)`."""
        moving, hand = self._moving, self._moving.hand
        parts = [f"{float(np.hypot(*moving.by)):.2f} m"]
        if hand is None or moving.found is None:
            parts.append(QCoreApplication.translate("Moving", "looking around…"))
        elif not hand.is_tested:
            parts.append(QCoreApplication.translate("Moving", "cannot be checked"))
        else:
            now, before = _conflicts(moving.found), _conflicts(hand.before)
            text = QCoreApplication.translate("Moving", "conflicts {now} (before {before})")
            parts.append(text.format(now=now, before=before))
            unknown = int((moving.found.verdict == Verdict.CANNOT_JUDGE).sum())
            if unknown:
                text = QCoreApplication.translate("Moving", "cannot judge {count}")
                parts.append(text.format(count=unknown))
        return " · ".join(parts)


def _conflicts(found: ConflictTable) -> int:
    return int((found.verdict >= Verdict.POSSIBLE).sum())


def _mark(painter: QPainter, frame: Frame, found: ConflictTable, origin: np.ndarray) -> None:
    """Rings where the line conflicts, fainter where that is only possible or cannot be judged."""
    colors = tokens()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    likely = found.verdict >= Verdict.LIKELY
    for is_likely, color in ((False, colors.warning), (True, colors.danger)):
        places = found.at[likely == is_likely, :2][:_MOST_MARKS]
        places = places[np.isfinite(places).all(axis=1)] - origin
        for x, y in frame.to_px(places):
            for ink, width in ((QColor(colors.panel), 5.0), (QColor(color), 2.2)):
                painter.setPen(QPen(ink, width))
                painter.drawEllipse(QPointF(x, y), 10, 10)
