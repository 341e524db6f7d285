"""Small pieces of SVG, drawn in millimetres of paper; y grows upwards until it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np

from baiyun_gis.model.columns import F64

SCALES = (10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)
INK, FAINT, PAPER = "#1d2733", "#8793a1", "#ffffff"


def nice_scale(span_m: float, *, room_mm: float) -> int:
    """The largest usual scale (1:n, n smallest) at which `span_m` metres fit into `room_mm`."""
    for scale in SCALES:
        if span_m * 1000 / scale <= room_mm:
            return scale
    return SCALES[-1]


def nice_step(span_m: float, *, parts: int = 4) -> float:
    """A round length, 1, 2 or 5 times a power of ten, of which about `parts` fill `span_m`."""
    rough = max(span_m, 1e-6) / parts
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(f * power for f in (1, 2, 5, 10) if f * power >= rough))


@dataclass(slots=True)
class Canvas:
    """A drawing `width_mm` × `height_mm` at 1:`scale` around a centre in metres.

    Every coordinate that comes in is metres (right, up) from the centre; sizes are millimetres
    of paper unless the name says otherwise.
    """

    width_mm: float
    height_mm: float
    scale: int
    parts: list[str] = field(default_factory=list[str])

    @property
    def per_metre(self) -> float:
        """Millimetres of paper in a metre."""
        return 1000 / self.scale

    @property
    def half_span_m(self) -> tuple[float, float]:
        """How far the drawing reaches right and up from its centre."""
        return self.width_mm / 2 / self.per_metre, self.height_mm / 2 / self.per_metre

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Paper coordinates of a point."""
        return (
            self.width_mm / 2 + x * self.per_metre,
            self.height_mm / 2 - y * self.per_metre,
        )

    def line(self, points: F64, *, style: str) -> None:
        """A polyline of points (n, 2)."""
        self.parts.append(f'<polyline points="{self._listed(points)}" fill="none" {style}/>')

    def area(self, points: F64, *, style: str) -> None:
        """A closed outline of points (n, 2)."""
        self.parts.append(f'<polygon points="{self._listed(points)}" {style}/>')

    def ellipse(
        self, x: float, y: float, *, half_width: float, half_height: float, style: str
    ) -> None:
        """An ellipse with half axes in metres."""
        px, py = self.place(x, y)
        rx, ry = half_width * self.per_metre, half_height * self.per_metre
        self.parts.append(
            f'<ellipse cx="{px:.2f}" cy="{py:.2f}" rx="{rx:.2f}" ry="{ry:.2f}" {style}/>'
        )

    def dot(self, x: float, y: float, *, size_mm: float, style: str) -> None:
        """A filled point of fixed size on paper."""
        px, py = self.place(x, y)
        self.parts.append(f'<circle cx="{px:.2f}" cy="{py:.2f}" r="{size_mm / 2:.2f}" {style}/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size_mm: float = 2.6,
        anchor: str = "middle",
        colour: str = INK,
        shift_mm: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Words at a point, with a pale edge so that they read on anything."""
        px, py = self.place(x, y)
        self.paper_text(
            px + shift_mm[0], py - shift_mm[1], words, size_mm=size_mm, anchor=anchor, colour=colour
        )

    def paper_text(
        self,
        px: float,
        py: float,
        words: str,
        *,
        size_mm: float = 2.6,
        anchor: str = "middle",
        colour: str = INK,
    ) -> None:
        """Words at a place on the paper, millimetres from its upper left corner."""
        margin = 1.0 + 0.55 * size_mm * len(words)
        low, high = {"middle": (margin / 2, margin / 2), "start": (1, margin), "end": (margin, 1)}[
            anchor
        ]
        px = min(max(px, low), max(self.width_mm - high, low))
        py = min(max(py, size_mm + 0.5), self.height_mm - 1.0)
        self.parts.append(
            f'<text x="{px:.2f}" y="{py:.2f}" font-size="{size_mm:g}" text-anchor="{anchor}"'
            f' fill="{colour}" class="halo">{escape(words)}</text>'
        )

    def paper_line(
        self, start: tuple[float, float], end: tuple[float, float], *, style: str
    ) -> None:
        """A straight line between places on the paper."""
        self.parts.append(
            f'<line x1="{start[0]:.2f}" y1="{start[1]:.2f}" x2="{end[0]:.2f}" y2="{end[1]:.2f}"'
            f" {style}/>"
        )

    def svg(self, title: str, *, key: str) -> str:
        """The drawing, clipped to its frame; `key` makes its names unique on a page."""
        clip = f"clip-{key}"
        frame = f'<rect width="{self.width_mm:g}" height="{self.height_mm:g}"'
        return (
            f'<svg viewBox="0 0 {self.width_mm:g} {self.height_mm:g}" width="{self.width_mm:g}mm"'
            f' height="{self.height_mm:g}mm" role="img" aria-label="{escape(title)}">'
            f'<clipPath id="{clip}">{frame}/></clipPath>{frame} fill="{PAPER}"/>'
            f'<g clip-path="url(#{clip})">{"".join(self.parts)}</g>'
            f'{frame} fill="none" stroke="#c9d1da" stroke-width="0.25"/></svg>'
        )

    def _listed(self, points: F64) -> str:
        x = self.width_mm / 2 + points[:, 0] * self.per_metre
        y = self.height_mm / 2 - points[:, 1] * self.per_metre
        # Far beyond the frame nothing is seen, but large numbers upset some viewers.
        x, y = np.clip(x, -1e4, 1e4), np.clip(y, -1e4, 1e4)
        return " ".join(f"{a:.2f},{b:.2f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def stroke(
    colour: str, width_mm: float, *, dash: str = "", opacity: float = 1.0, cap: str = "butt"
) -> str:
    """Attributes of a line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    clear = f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'stroke="{colour}" stroke-width="{width_mm:.2f}" stroke-linecap="{cap}"'
        f' stroke-linejoin="round"{dashes}{clear}'
    )


def fill(colour: str, *, opacity: float = 1.0, edge: str = "", dash: str = "") -> str:
    """Attributes of an area."""
    clear = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    border = f" {stroke(edge, 0.3, dash=dash)}" if edge else ""
    return f'fill="{colour}"{clear}{border}'
