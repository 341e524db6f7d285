"""Dimension lines: two ticks, the line between, and the number where there is room for it."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64
from baiyun_gis.reports.svg import Canvas, stroke

_COLOUR = "#b3121d"
_ROOM_MM = 11.0
"""A shorter dimension has its number beside it."""


def draw_dimension(canvas: Canvas, start: F64, end: F64, words: str) -> None:
    """The distance between two points (metres from the centre) with its number."""
    a, b = np.array(canvas.place(*start.tolist())), np.array(canvas.place(*end.tolist()))
    length = float(np.hypot(*(b - a)))
    along = (b - a) / length if length > 1e-6 else np.array([1.0, 0.0])
    across = np.array([-along[1], along[0]])
    for point in (a, b):
        tick = across * 1.4
        canvas.paper_line(_pair(point - tick), _pair(point + tick), style=stroke(_COLOUR, 0.3))
    if length >= 0.2:
        canvas.paper_line(_pair(a), _pair(b), style=stroke(_COLOUR, 0.35))
    if length < _ROOM_MM:
        for point, way in ((a, -1), (b, 1)):
            canvas.paper_line(
                _pair(point), _pair(point + along * way * 3.2), style=stroke(_COLOUR, 0.3)
            )
    middle = (a + b) / 2
    beside = across if across[1] < 0 else -across
    place = middle + beside * (1.6 if length >= _ROOM_MM else 3.0)
    anchor = "middle"
    if abs(along[1]) > 0.6:  # a steep line: the number stands to its right
        place, anchor = middle + np.array([2.2, 0.9]), "start"
    canvas.paper_text(*_pair(place), words, size_mm=3.0, anchor=anchor, colour=_COLOUR)


def _pair(point: F64) -> tuple[float, float]:
    return float(point[0]), float(point[1])
