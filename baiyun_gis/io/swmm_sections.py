"""SWMM cross-sections: which are buried conduits, how wide and high they are.

Shapes and their dimensions follow the SWMM 5 user's manual, [XSECTIONS]; the widths of the
standard masonry shapes are the ratios of full width to full height that SWMM itself uses.
"""

from __future__ import annotations

from dataclasses import dataclass

from baiyun_gis.model.vocabulary import Shape

CLOSED_BY_HEIGHT: dict[str, tuple[Shape, float]] = {
    "EGG": (Shape.EGG, 2 / 3),
    "HORSESHOE": (Shape.ARCH, 1.0),
    "GOTHIC": (Shape.ARCH, 0.84),
    "CATENARY": (Shape.ARCH, 0.9),
    "SEMIELLIPTICAL": (Shape.ARCH, 1.0),
    "BASKETHANDLE": (Shape.ARCH, 0.944),
    "SEMICIRCULAR": (Shape.ARCH, 1.64),
}
"""Shapes given by their height alone, with width over height."""

CLOSED_BY_BOTH: dict[str, Shape] = {
    "RECT_CLOSED": Shape.RECTANGLE,
    "RECT_TRIANGULAR": Shape.OTHER,
    "RECT_ROUND": Shape.OTHER,
    "MODBASKETHANDLE": Shape.ARCH,
    "HORIZ_ELLIPSE": Shape.OTHER,
    "VERT_ELLIPSE": Shape.OTHER,
    "ARCH": Shape.ARCH,
}
"""Shapes given by height and width; a width of 0 means a standard size by number."""

ROUND = frozenset({"CIRCULAR", "FORCE_MAIN", "FILLED_CIRCULAR"})
OPEN = frozenset(
    {"RECT_OPEN", "TRAPEZOIDAL", "TRIANGULAR", "PARABOLIC", "POWER", "IRREGULAR", "STREET"}
)


@dataclass(frozen=True, slots=True)
class CrossSection:
    """One conduit's inner section in the file's unit; NaN where the file does not say."""

    kind: str = ""
    shape: Shape = Shape.UNKNOWN
    height: float = float("nan")
    width: float = float("nan")
    barrels: int = 1

    @property
    def is_open(self) -> bool:
        """A channel or a street, not a buried conduit."""
        return self.kind in OPEN


def cross_section(kind: str, geom1: float, geom2: float, barrels: float) -> CrossSection:
    """The section of an [XSECTIONS] row; several barrels side by side count as one wide one."""
    kind = kind.upper()
    count = int(barrels) if barrels == barrels and barrels >= 1 else 1
    height = geom1 if geom1 > 0 else float("nan")
    width = geom2 if geom2 > 0 else float("nan")
    if kind in ROUND:
        shape, width = Shape.CIRCLE, height
    elif kind in CLOSED_BY_HEIGHT:
        shape, ratio = CLOSED_BY_HEIGHT[kind]
        width = height * ratio
    elif kind in CLOSED_BY_BOTH:
        shape = CLOSED_BY_BOTH[kind]
        height = height if width == width else float("nan")
    elif kind in OPEN:
        shape, height, width = Shape.OTHER, float("nan"), float("nan")
    elif kind == "CUSTOM":
        shape, width = Shape.OTHER, float("nan")
    else:
        shape, height, width = Shape.UNKNOWN, float("nan"), float("nan")
    if count > 1:
        shape, width = Shape.OTHER, width * count
    return CrossSection(kind, shape, height, width, count)
