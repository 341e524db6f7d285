"""The map: the last picture moves at once under the mouse and sharpens when drawing is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QShowEvent,
    QTransform,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from baiyun_gis.jobs import Job
from layers import style
from layers.primitives import Primitive
from layers.request import Theme
from ui.canvas2d.frame import Extent, Frame, fitted
from ui.canvas2d.furniture import draw_north_arrow, draw_scale_bar
from ui.canvas2d.overlays import Overlay
from ui.canvas2d.paint import paint_map
from ui.canvas2d.tools import PickTool, Tool
from ui.jobs import JobRunner

_MARGIN = 0.2
_WAIT_MS = 30

Draw = Callable[[Extent, float], tuple[Primitive, ...]]
"""What to draw in an extent (local coordinates) at so many metres a pixel; any thread."""
Source = Callable[[], Draw]
"""Freezes what there is to draw now; called in the window's thread."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A drawn map and what it was drawn from."""

    image: QImage
    extent: Extent
    primitives: tuple[Primitive, ...]
    serial: int


class PictureItem(pg.GraphicsObject):
    """The last picture, where it belongs on the map."""

    def __init__(self) -> None:
        super().__init__()
        self.picture: Picture | None = None

    def show_picture(self, picture: Picture | None) -> None:
        self.prepareGeometryChange()
        self.picture = picture
        self.update()

    def boundingRect(self) -> QRectF:
        if self.picture is None:
            return QRectF()
        x0, y0, x1, y1 = self.picture.extent
        return QRectF(x0, y0, x1 - x0, y1 - y0)

    def paint(self, painter: QPainter, *_: object) -> None:
        if self.picture is None:
            return
        box = self.boundingRect()
        painter.save()
        painter.setTransform(QTransform(1, 0, 0, -1, 0, box.top() + box.bottom()), True)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, self.picture.image)
        painter.restore()


class MapBox(pg.ViewBox):
    """Map coordinates, aspect locked; left button goes to the tool, the rest pans and zooms."""

    def __init__(self, view: MapView) -> None:
        super().__init__(lockAspect=True, enableMenu=False, defaultPadding=0.0)
        self._view = view
        self._start = self._now = self._pos = QPointF()
        self._held_by: Tool | None = None
        self.setLimits(minXRange=0.2, maxXRange=4e6)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        tool = self._view.tool
        if ev.isStart():
            is_left = ev.button() == Qt.MouseButton.LeftButton
            self._start = self.mapToView(ev.buttonDownPos())
            is_tools = is_left and tool.takes_drag(self._view, self._start)
            self._held_by = tool if is_tools else None
        # A map resized meanwhile changes neither where the drag began nor where the mouse rests.
        if ev.isStart() or ev.pos() != self._pos:
            self._pos, self._now = QPointF(ev.pos()), self.mapToView(ev.pos())
        if self._held_by is not None:
            ev.accept()
            # Another tool that was chosen with the button down begins with a drag of its own.
            if tool is self._held_by:
                tool.drag(self._view, self._start, self._now, is_finished=ev.isFinish())
            return
        if ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
            return
        super().mouseDragEvent(ev, axis)

    def mouseClickEvent(self, ev: Any) -> None:
        place = self.mapToView(ev.pos())
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self._view.tool.click(self._view, place, is_double=ev.double())
        elif ev.button() == Qt.MouseButton.RightButton:
            ev.accept()
            self._view.menu_wanted.emit(place, ev.screenPos())


class MapView(pg.GraphicsView):
    """A map in local coordinates (project coordinates minus `origin`)."""

    extent_changed = Signal()
    cursor_moved = Signal(float, float)
    """Local x and y under the mouse."""
    picked = Signal(object)
    """`Hit`s under a click, best first."""
    boxed = Signal(object)
    """Rows by layer inside a box."""
    measured = Signal(object)
    menu_wanted = Signal(object, object)
    drawn = Signal()

    def __init__(self, jobs: JobRunner, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._source = jobs, source
        self._serial = 0
        self._is_drawing = self._is_stale = False
        self.theme: Theme = "light"
        self.tool: Tool = PickTool()
        self.overlays: list[Overlay] = []
        self.takes_click: Callable[[QPointF], bool] = lambda _: False
        """Does a mark over the picture take a click at a local place, before what is drawn."""
        self.box = MapBox(self)
        self.setCentralItem(self.box)
        self.item = PictureItem()
        self.box.addItem(self.item, ignoreBounds=True)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._start_drawing)
        self.box.sigRangeChanged.connect(self._moved)
        self.set_theme("light")

    # where the map is

    @property
    def extent(self) -> Extent:
        """What is seen, in local coordinates."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        return (x0, y0, x1, y1)

    @property
    def frame(self) -> Frame:
        return Frame(self.extent, max(self.width(), 1), max(self.height(), 1))

    @property
    def metres_per_px(self) -> float:
        return self.frame.metres_per_px

    def show_extent(self, extent: Extent, *, margin: float = 0.04) -> None:
        """Move so that the whole extent is seen."""
        width, height = max(self.width(), 50), max(self.height(), 50)
        x0, y0, x1, y1 = fitted(extent, width, height, margin=margin)
        self.box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0)

    def centre_on(self, x: float, y: float, *, width_m: float) -> None:
        """Move so that a place is in the middle and `width_m` are seen across."""
        half = width_m / 2
        half_y = half * max(self.height(), 1) / max(self.width(), 1)
        self.box.setRange(xRange=(x - half, x + half), yRange=(y - half_y, y + half_y), padding=0)

    def zoom(self, factor: float) -> None:
        """Come nearer (factor above 1) or go back, around the middle."""
        self.box.scaleBy((1 / factor, 1 / factor))

    # drawing

    @property
    def primitives(self) -> tuple[Primitive, ...]:
        """What the picture shown was drawn from."""
        return self.item.picture.primitives if self.item.picture else ()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.setBackground(QColor(*style.named_color("ground", theme)))
        self.refresh()

    def refresh(self) -> None:
        """Draw again, soon."""
        self._timer.start()

    def clear(self) -> None:
        """Forget the picture, as when the origin changes."""
        self._serial += 1
        self.item.show_picture(None)
        self.refresh()

    def _moved(self, *_: object) -> None:
        self.extent_changed.emit()
        self._timer.start()

    def _start_drawing(self) -> None:
        if self._is_drawing:
            self._is_stale = True
            return
        if not self.isVisible() or self.width() < 8:
            return
        self._is_drawing, self._is_stale = True, False
        self._serial += 1
        serial, frame, theme = self._serial, self.frame, self.theme
        ratio = self.devicePixelRatioF()
        font, draw = self.font(), self._source()

        def work(_: Job) -> Picture:
            wide, size = grown(frame)
            primitives = draw(wide, frame.metres_per_px)
            image = paint_map(
                primitives,
                extent=wide,
                size=size,
                theme=theme,
                device_pixel_ratio=ratio,
                font=font,
            )
            return Picture(image, wide, primitives, serial)

        self._jobs.start(
            "", work, done=self._show, failed=self._not_drawn, stopped=self._ended, is_quiet=True
        )

    def _show(self, picture: Picture) -> None:
        if picture.serial == self._serial:
            self.item.show_picture(picture)
            self.viewport().update()
        self._ended()
        self.drawn.emit()

    def _not_drawn(self, error: object) -> None:
        self._ended()
        self._jobs.failed.emit(error)

    def _ended(self) -> None:
        self._is_drawing = False
        if self._is_stale:
            self._timer.start()

    # what lies over the picture

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.frame
        for overlay in self.overlays:
            overlay.paint(painter, frame)
        self.tool.paint(painter, frame)
        if self.item.picture is not None and self.item.picture.primitives:
            self._paint_furniture(painter, frame)
        painter.restore()

    def _paint_furniture(self, painter: QPainter, frame: Frame) -> None:
        ink = QColor(*style.named_color("label", self.theme))
        paper = QColor(*style.named_color("halo", self.theme))
        corner = QPointF(16, frame.height_px - 14)
        draw_scale_bar(painter, corner, frame.metres_per_px, ink=ink, paper=paper)
        draw_north_arrow(painter, QPointF(frame.width_px - 24, 40), ink=ink, paper=paper)

    def set_tool(self, tool: Tool) -> None:
        """Change what the left button does."""
        self.tool = tool
        self.viewport().setCursor(tool.cursor)
        self.viewport().update()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        super().mouseMoveEvent(ev)
        place = self.box.mapSceneToView(self.mapToScene(ev.position().toPoint()))
        self.cursor_moved.emit(place.x(), place.y())
        self.tool.hover(self, place)

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if ev.key() in steps:
            x0, y0, x1, y1 = self.extent
            dx, dy = steps[Qt.Key(ev.key())]
            self.box.translateBy(x=dx * (x1 - x0) * 0.15, y=dy * (y1 - y0) * 0.15)
        elif ev.key() in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom(1.5)
        elif ev.key() == Qt.Key.Key_Minus:
            self.zoom(1 / 1.5)
        elif not self.tool.key(self, ev.key()):
            super().keyPressEvent(ev)

    def showEvent(self, ev: QShowEvent) -> None:
        super().showEvent(ev)
        self.refresh()


def grown(frame: Frame) -> tuple[Extent, tuple[int, int]]:
    """The frame's extent with a margin on every side, and the size of its picture."""
    x0, y0, x1, y1 = frame.extent
    margin_x, margin_y = round(frame.width_px * _MARGIN), round(frame.height_px * _MARGIN)
    per_x, per_y = (x1 - x0) / frame.width_px, (y1 - y0) / frame.height_px
    wide = (
        x0 - margin_x * per_x,
        y0 - margin_y * per_y,
        x1 + margin_x * per_x,
        y1 + margin_y * per_y,
    )
    return wide, (frame.width_px + 2 * margin_x, frame.height_px + 2 * margin_y)


def local_extent(extent: Extent, origin: np.ndarray) -> Extent:
    """An extent in project coordinates with the origin taken off."""
    return (
        extent[0] - origin[0],
        extent[1] - origin[1],
        extent[2] - origin[0],
        extent[3] - origin[1],
    )
