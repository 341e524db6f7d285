"""The scene as a widget: draws primitives, follows the mouse, reports what is picked."""

from __future__ import annotations

from collections.abc import Sequence

from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderer  # isort: skip  before the interactor
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from vtkmodules.qt.QVTKRenderWindowInteractor import QVTKRenderWindowInteractor
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkInteractionStyle import vtkInteractorStyleUser
from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

from layers.primitives import Primitive
from ui.scene3d.controls import Orbit
from ui.scene3d.core import Point3, SceneCore
from ui.scene3d.toolbar import SceneToolbar

assert vtkOpenGLRenderer is not None
CLICK_PX = 4


class _Canvas(QVTKRenderWindowInteractor):  # type: ignore[misc]
    """VTK's widget with our own camera in place of its interactor styles."""

    clicked = Signal(QPoint)

    def __init__(self, parent: QWidget, core: SceneCore) -> None:
        super().__init__(parent)
        self._core = core
        self.orbit = Orbit(core)
        self._last: QPoint | None = None
        self._pressed: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        core.put_into(self.GetRenderWindow())
        self.SetInteractorStyle(vtkInteractorStyleUser())

    def draw(self) -> None:
        if self.isVisible():
            self.GetRenderWindow().Render()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._last = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is None:
            return
        here = event.position().toPoint()
        moved = here - self._last
        self._last = here
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.buttons() & Qt.MouseButton.LeftButton and not shifted:
            self.orbit.turn(moved.x(), moved.y())
        elif event.buttons() & Qt.MouseButton.RightButton:
            self.orbit.zoom(-moved.y() / 40)
        else:
            self.orbit.pan(moved.x(), moved.y(), height_px=self.height())
        self.draw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        here = event.position().toPoint()
        if (
            self._pressed is not None
            and event.button() == Qt.MouseButton.LeftButton
            and (here - self._pressed).manhattanLength() <= CLICK_PX
        ):
            self.clicked.emit(here)
        self._pressed = self._last = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.orbit.zoom(event.angleDelta().y() / 120)
        self.draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Left: (-12, 0),
            Qt.Key.Key_Right: (12, 0),
            Qt.Key.Key_Up: (0, 12),
            Qt.Key.Key_Down: (0, -12),
        }.get(Qt.Key(event.key()))
        if step is not None:
            self.orbit.turn(*step)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.orbit.zoom(1)
        elif event.key() == Qt.Key.Key_Minus:
            self.orbit.zoom(-1)
        elif event.key() == Qt.Key.Key_Home:
            self.orbit.frame_all()
        else:
            event.ignore()
            return
        self.draw()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def enterEvent(self, event: QEvent) -> None:
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        event.accept()


class SceneView(QWidget):
    """Pipes, chambers, buildings, terrain and conflicts in 3D.

    `picked` says layer and feature under a click; an empty layer is a click beside everything.
    """

    picked = Signal(str, int)

    def __init__(self, parent: QWidget | None = None, *, theme: str = "light") -> None:
        super().__init__(parent)
        self.core = SceneCore(theme=theme)
        self._canvas = _Canvas(self, self.core)
        self._toolbar = SceneToolbar(self)
        self._framed = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._toolbar)
        layout.addWidget(self._canvas, 1)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(15)
        self._wait.timeout.connect(self._canvas.draw)
        self._canvas.clicked.connect(self._pick)
        self._toolbar.looked.connect(self._look)
        self._toolbar.exaggerated.connect(self._exaggerate)
        self._toolbar.ground_shown.connect(self._show_ground)
        self._canvas.Initialize()

    def set_theme(self, theme: str) -> None:
        """Light or dark background."""
        self.core.set_theme(theme)
        self._toolbar.retheme()
        self._wait.start()

    def set_primitives(self, primitives: Sequence[Primitive]) -> None:
        """Draw these; the first time something comes, show all of it."""
        self.core.set_primitives(primitives)
        if not self._framed and self.core.bounds is not None:
            self._framed = True
            self._canvas.orbit.frame_all()
        self._show_ground(self._toolbar.ground_opacity)

    def replace_layer(self, layer: str, primitives: Sequence[Primitive]) -> None:
        """Draw one layer anew."""
        self.core.replace_layer(layer, primitives)
        self._wait.start()

    def set_highlight(self, primitives: Sequence[Primitive]) -> None:
        """Pick these out: they are drawn over everything."""
        self.core.set_highlight(primitives)
        self._wait.start()

    def show_all(self) -> None:
        self._canvas.orbit.frame_all()
        self._wait.start()

    def forget_camera(self) -> None:
        """The next primitives are a new project: frame them."""
        self._framed = False

    def fly_to(
        self,
        point: Point3,
        radius_m: float,
        *,
        azimuth: float | None = None,
        elevation: float | None = None,
    ) -> None:
        """Look at a place (project coordinates less the origin) from near enough to see it."""
        orbit = self._canvas.orbit
        orbit.fly_to(point, radius_m=radius_m, azimuth=azimuth, elevation=elevation)
        self._wait.start()

    def camera(self) -> tuple[Point3, float, float, float]:
        """Target, distance, azimuth, elevation."""
        orbit = self._canvas.orbit
        return orbit.target, orbit.distance, orbit.azimuth, orbit.elevation

    def picture(self) -> NDArray[np.uint8]:
        """What is seen now as an RGB array (h, w, 3), top row first."""
        window = self._canvas.GetRenderWindow()
        window.Render()
        grab = vtkWindowToImageFilter()
        grab.SetInput(window)
        grab.ReadFrontBufferOff()
        grab.Update()
        image = grab.GetOutput()
        width, height, _ = image.GetDimensions()
        pixels = vtk_to_numpy(image.GetPointData().GetScalars())
        return pixels.reshape(height, width, -1)[::-1, :, :3].copy()

    def release(self) -> None:
        """Let go of the graphics; call before the widget dies."""
        self._wait.stop()
        self.core.take_out_of(self._canvas.GetRenderWindow())
        self._canvas.Finalize()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.release()
        super().closeEvent(event)

    def _pick(self, at: QPoint) -> None:
        ratio = self._canvas.devicePixelRatioF()
        height = self._canvas.height()
        hit = self.core.pick(at.x() * ratio, (height - 1 - at.y()) * ratio)
        self.picked.emit(*(hit or ("", -1)))

    def _look(self, direction: str) -> None:
        orbit = self._canvas.orbit
        if direction == "all":
            orbit.frame_all()
        else:
            orbit.look(elevation={"above": 89.9, "slant": 35.0, "below": -30.0}[direction])
        self._wait.start()

    def _exaggerate(self, factor: float) -> None:
        self.core.set_exaggeration(factor)
        self._canvas.orbit.apply()
        self._wait.start()

    def _show_ground(self, opacity: float) -> None:
        self.core.set_layer_opacity("terrain", opacity)
        self._wait.start()
