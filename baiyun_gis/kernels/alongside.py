"""How a straight piece lies to a point, to the next of its line, and to another alongside it."""

from __future__ import annotations

import math

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.pairing import Ends
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1

_STRAIGHT = 1e-6
"""Lines that turn by less than this (tangent) go straight on but for rounding."""


@compiled
def to_axis(table: F64, k: int, x: float, y: float) -> tuple[float, float]:
    """Plan distance of a point from the axis of a segment, and the station of the foot (0–1)."""
    dx, dy = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    px, py = x - table[k, X0], y - table[k, Y0]
    # An upright piece is its foot.
    station = (px * dx + py * dy) / max(dx * dx + dy * dy, 1e-12)
    if station < 0.0:
        station = 0.0
    elif station > 1.0:
        station = 1.0
    return math.hypot(px - station * dx, py - station * dy), station


@compiled
def is_along(table: F64, p: int, q: int, along: float) -> bool:
    """Whether two segments lie alongside each other; upright ones do not."""
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    dot = ux * vx + uy * vy
    return dot * dot > along * (ux * ux + uy * uy) * (vx * vx + vy * vy)


@compiled
def _is_straight_on(table: F64, k: int, step: int, is_tip: bool) -> bool:
    """Whether the next segment of the same line (or the one before) goes on in one's direction;
    one at the tip has none."""
    if is_tip:
        return False
    other = min(max(k + step, 0), len(table) - 1)
    ux, uy = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    vx, vy = table[other, X1] - table[other, X0], table[other, Y1] - table[other, Y0]
    dot, cross = ux * vx + uy * vy, ux * vy - uy * vx
    return dot > 0.0 and abs(cross) <= _STRAIGHT * dot


@compiled
def goes_on(table: F64, ends: Ends, k: int, of_end: int) -> bool:
    """Whether a line goes straight on at one end of its segment."""
    is_tip = ends.is_last[k] if of_end else ends.is_first[k]
    return _is_straight_on(table, k, 1 if of_end else -1, is_tip)


@compiled
def run_on(
    table: F64, p: int, q: int, at_a: tuple[float, float], at_b: tuple[float, float], onward: float
) -> bool:
    """Whether two segments alongside each other both go on, one way, from where they meet."""
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    one, two = math.hypot(ux, uy), math.hypot(vx, vy)
    ux, uy, vx, vy = ux / one, uy / one, vx / two, vy / two
    of_a = (at_a[0] - table[p, X0]) * ux + (at_a[1] - table[p, Y0]) * uy
    of_b = (at_b[0] - table[q, X0]) * vx + (at_b[1] - table[q, Y0]) * vy
    on_a, on_b, back_a, back_b = (
        one - of_a > onward,
        two - of_b > onward,
        of_a > onward,
        of_b > onward,
    )
    if ux * vx + uy * vy > 0.0:
        return (on_a and on_b) or (back_a and back_b)
    return (on_a and back_b) or (back_a and on_b)
