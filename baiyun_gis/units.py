"""Lengths at the edge: everything inside is metres; files say millimetres, feet, centimetres."""

from __future__ import annotations

METRES: dict[str, float] = {
    "m": 1.0,
    "dm": 0.1,
    "cm": 0.01,
    "mm": 0.001,
    "km": 1000.0,
    "in": 0.0254,
    "ft": 0.3048,
    "us-ft": 1200 / 3937,
}
"""Metres in one unit. The international foot; the US survey foot under its own name."""


def metres_in(unit: str, *, default: str = "m") -> float:
    """Metres in one `unit`; an empty or unknown unit counts as `default`."""
    return METRES.get(unit, METRES[default])
