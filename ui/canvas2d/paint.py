"""The map as a picture: primitives painted with QPainter, in any thread, on any machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from layers import style
from layers.primitives import (
    LabelBatch,
    LegendItem,
    LineBatch,
    PointBatch,
    PolygonBatch,
    Primitive,
    RasterBatch,
)
from layers.request import Theme
from ui.canvas2d.draw_labels import draw_labels
from ui.canvas2d.draw_lines import draw_lines
from ui.canvas2d.draw_points import draw_points
from ui.canvas2d.draw_polygons import draw_polygons
from ui.canvas2d.draw_rasters import draw_raster
from ui.canvas2d.frame import Extent, Frame
from ui.canvas2d.furniture import draw_legend, draw_north_arrow, draw_scale_bar


@dataclass(frozen=True, slots=True)
class Furniture:
    """What goes onto a picture that leaves the program."""

    has_scale_bar: bool = True
    has_north_arrow: bool = True
    legend: tuple[LegendItem, ...] = ()


def paint_map(
    primitives: Sequence[Primitive],
    *,
    extent: Extent,
    size: tuple[int, int],
    theme: Theme = "light",
    background: QColor | None = None,
    device_pixel_ratio: float = 1.0,
    font: QFont | None = None,
    furniture: Furniture | None = None,
) -> QImage:
    """Primitives as a picture of `size` logical pixels.

    `extent` is in the primitives' own coordinates (origin taken off). Only a QGuiApplication is
    needed, on any platform plug-in. Labels come last, so that nothing covers them.
    """
    frame = Frame(extent, *size, device_pixel_ratio)
    image = QImage(
        round(size[0] * device_pixel_ratio),
        round(size[1] * device_pixel_ratio),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(device_pixel_ratio)
    paper = background or QColor(*style.named_color("ground", theme))
    image.fill(paper)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part in primitives:
            draw_primitive(painter, part, frame)
        labels = [part for part in primitives if isinstance(part, LabelBatch)]
        if labels:
            halo = QColor(paper.red(), paper.green(), paper.blue(), 225)
            draw_labels(painter, labels, frame, halo=halo, font=font or QFont())
        if furniture is not None:
            painter.setFont(font or QFont())
            _furnish(painter, frame, furniture, theme)
    return image


def draw_primitive(painter: QPainter, part: Primitive, frame: Frame) -> None:
    """One primitive; labels and bodies of the scene are not drawn here."""
    match part:
        case RasterBatch():
            draw_raster(painter, part, frame)
        case PolygonBatch():
            draw_polygons(painter, part, frame)
        case LineBatch():
            draw_lines(painter, part, frame)
        case PointBatch():
            draw_points(painter, part, frame)
        case _:
            return


def _furnish(painter: QPainter, frame: Frame, furniture: Furniture, theme: Theme) -> None:
    ink = QColor(*style.named_color("label", theme))
    paper = QColor(*style.named_color("halo", theme))
    if furniture.has_scale_bar:
        corner = QPointF(18, frame.height_px - 18)
        draw_scale_bar(painter, corner, frame.metres_per_px, ink=ink, paper=paper)
    if furniture.has_north_arrow:
        draw_north_arrow(painter, QPointF(frame.width_px - 28, 40), ink=ink, paper=paper)
    if furniture.legend:
        draw_legend(painter, QPointF(16, 16), furniture.legend, ink=ink, paper=paper)
