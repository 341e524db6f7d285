"""The program's own icons: one set of line drawings, coloured for the theme when asked for."""

from __future__ import annotations

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZES_PX = (16, 20, 24, 32, 48)


def names() -> tuple[str, ...]:
    """The icons there are."""
    folder = resources.files("ui") / "icons"
    return tuple(
        sorted(f.name.removesuffix(".svg") for f in folder.iterdir() if f.name.endswith(".svg"))
    )


@cache
def _drawing(name: str) -> str:
    return (resources.files("ui") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, color: str, *, size_px: int = 20, ratio: float = 1.0) -> QPixmap:
    """One icon in one colour; raises `FileNotFoundError` when there is no such icon."""
    svg = _drawing(name).replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    side = round(size_px * ratio)
    image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        renderer.render(painter, QRectF(0, 0, side, side))
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def icon(name: str, color: str, *, disabled: str = "", checked: str = "") -> QIcon:
    """An icon for buttons: its colour, and those it takes when disabled or checked."""
    made = QIcon()
    for size in SIZES_PX:
        made.addPixmap(pixmap(name, color, size_px=size))
        faint = disabled or QColor(color).lighter(160).name()
        made.addPixmap(pixmap(name, faint, size_px=size), QIcon.Mode.Disabled)
        if checked:
            made.addPixmap(pixmap(name, checked, size_px=size), QIcon.Mode.Normal, QIcon.State.On)
    return made


def logo() -> QIcon:
    """The program's own mark."""
    made = QIcon()
    for size in (*SIZES_PX, 64, 128, 256):
        made.addPixmap(pixmap("logo", "#FFFFFF", size_px=size))
    return made
