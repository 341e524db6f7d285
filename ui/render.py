"""Pictures of the map and the scene with no window: for the command line, reports and the demo."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPainter

from baiyun_gis.errors import RenderError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang
from baiyun_gis.project import ProjectState
from layers import style
from layers.geometry import full_extent
from layers.ground import ground_reference_m
from layers.primitives import Primitive
from layers.request import ColourScheme, DrawRequest, Theme
from layers.stack import LayerStack, default_stack
from ui.canvas2d.frame import Extent, Frame, fitted
from ui.canvas2d.furniture import draw_legend
from ui.canvas2d.paint import Furniture, paint_map
from ui.fonts import FAMILIES, chinese_font_file

GROUND_OPACITY = 0.22
LEGEND_ROOM_PX = 290
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the scene is seen from: compass direction looked along and height, in degrees.

    `target` is in project coordinates; without it the whole extent is in view.
    """

    azimuth_deg: float = 25.0
    elevation_deg: float = 38.0
    distance_m: float | None = None
    target: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class PictureWish:
    """What a picture should show and how large it is."""

    size: tuple[int, int] = (1600, 1000)
    as_of: np.datetime64 = NO_DAY
    extent: Extent | None = None
    lang: Lang = "zh"
    theme: Theme = "light"
    scheme: ColourScheme = "cjj61"
    has_legend: bool = True
    exaggeration: float = 1.0
    camera: Camera = field(default_factory=Camera)


def render_map(
    state: ProjectState, report: CheckReport | None, path: Path, wish: PictureWish | None = None
) -> None:
    """Write the map as a PNG. Raises `RenderError` when there is nothing or no place to write."""
    wish = wish or PictureWish()
    graphics()
    extent = _framed(_extent(state, wish), wish)
    request, stack = _request(state, extent, wish, dimension=2), default_stack()
    font = _font()
    legend = stack.legend(state, report, request) if wish.has_legend else ()
    image = paint_map(
        stack.draw(state, report, request),
        extent=_local(extent, request),
        size=wish.size,
        theme=wish.theme,
        font=font,
        furniture=Furniture(legend=legend),
    )
    _save(image, path)


def render_scene(
    state: ProjectState, report: CheckReport | None, path: Path, wish: PictureWish | None = None
) -> None:
    """Write the 3D scene as a PNG. Raises `RenderError` when there is nothing to show."""
    from ui.scene3d.core import SceneCore

    wish = wish or PictureWish()
    graphics()
    extent = _extent(state, wish)
    request = _request(state, extent, wish, dimension=3)
    stack = scene_stack(default_stack())
    core = SceneCore(theme=wish.theme)
    core.set_exaggeration(wish.exaggeration)
    core.set_primitives(stack.draw(state, report, request))
    core.set_layer_opacity("terrain", GROUND_OPACITY)
    _aim(core, extent, request, wish.camera)
    width, height = wish.size
    pixels = core.picture(width_px=width, height_px=height)
    image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    if wish.has_legend:
        _draw_legend(image, stack, state, report, request)
    _save(image, path)


def scene_stack(stack: LayerStack) -> LayerStack:
    """The stack as the scene draws it: imagery stays on the map."""
    return stack.with_visible("imagery", visible=False)


def graphics() -> QGuiApplication:
    """The application, made off screen when there is neither one yet nor a screen.

    It is a full one, so that a window may be opened in the same process later.
    """
    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    has_screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if sys.platform.startswith("linux") and not has_screen:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    _kept.append(QApplication(["baiyun-gis"]))
    return _kept[0]


_kept: list[QGuiApplication] = []
"""The application made here; Qt wants it to live as long as the process."""


def _font() -> QFont:
    """A font with Chinese; the off-screen platform knows only what it is given."""
    installed = set(QFontDatabase.families())
    if not installed & set(FAMILIES):
        file = chinese_font_file()
        if file is not None:
            QFontDatabase.addApplicationFont(str(file))
            installed = set(QFontDatabase.families())
    font = QFont()
    font.setFamilies([family for family in FAMILIES if family in installed] or [font.family()])
    return font


def _extent(state: ProjectState, wish: PictureWish) -> Extent:
    extent = wish.extent or full_extent(state)
    if extent is None:
        raise RenderError("The project is empty: there is nothing to draw. Import data first.")
    return extent


def _framed(extent: Extent, wish: PictureWish) -> Extent:
    """The extent grown to the picture's proportions, clear of the legend if one is drawn.

    An extent that was wished for stays in the middle.
    """
    width, height = wish.size
    if wish.extent is not None or not wish.has_legend or width < 3 * LEGEND_ROOM_PX:
        return fitted(extent, width, height)
    x0, y0, x1, y1 = fitted(extent, width - LEGEND_ROOM_PX, height)
    return (x0 - LEGEND_ROOM_PX * (x1 - x0) / (width - LEGEND_ROOM_PX), y0, x1, y1)


def _request(
    state: ProjectState, extent: Extent, wish: PictureWish, *, dimension: int
) -> DrawRequest:
    middle = ((extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2)
    return DrawRequest(
        extent=extent,
        metres_per_px=(extent[2] - extent[0]) / wish.size[0],
        as_of=wish.as_of,
        dimension=3 if dimension == 3 else 2,
        origin=(*middle, ground_reference_m(state)),
        theme=wish.theme,
        scheme=wish.scheme,
        lang=wish.lang,
    )


def _local(extent: Extent, request: DrawRequest) -> Extent:
    x, y, _ = request.origin
    return (extent[0] - x, extent[1] - y, extent[2] - x, extent[3] - y)


def _aim(core: object, extent: Extent, request: DrawRequest, camera: Camera) -> None:
    from ui.scene3d.core import SceneCore

    assert isinstance(core, SceneCore)
    size = max(extent[2] - extent[0], extent[3] - extent[1], 4.0)
    target = (0.0, 0.0, 0.0)
    if camera.target is not None:
        x, y, z = (a - b for a, b in zip(camera.target, request.origin, strict=True))
        target = (x, y, z)
    core.look_at(
        target,
        distance=camera.distance_m or size * 1.15,
        azimuth=camera.azimuth_deg,
        elevation=camera.elevation_deg,
    )


def _draw_legend(
    image: QImage,
    stack: LayerStack,
    state: ProjectState,
    report: CheckReport | None,
    request: DrawRequest,
) -> None:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor

    items = stack.legend(state, report, request)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_font())
    ink = QColor(*style.named_color("label", request.theme))
    paper = QColor(*style.named_color("halo", request.theme))
    draw_legend(painter, QPointF(16, 16), items, ink=ink, paper=paper)
    painter.end()


def _save(image: QImage, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(path)):
        raise RenderError(
            "{path}: the picture could not be written. Check the folder and the file ending.",
            path=path,
        )


def primitives_of(
    state: ProjectState, report: CheckReport | None, wish: PictureWish
) -> Sequence[Primitive]:
    """What the scene of a wish is made of, for measuring."""
    request = _request(state, _extent(state, wish), wish, dimension=3)
    return scene_stack(default_stack()).draw(state, report, request)


__all__ = ["Camera", "Frame", "PictureWish", "graphics", "render_map", "render_scene"]
