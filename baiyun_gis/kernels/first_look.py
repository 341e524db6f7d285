"""What pairs of segments are to each other at a first look, in one pass: most are nothing.

Two lines that cross, or that lie further apart than anything asks, need no measuring. What is
marked here is exact where it says so, else it errs on the side of a closer look.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I64
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.plain_crossings import height_above
from baiyun_gis.kernels.plan import MEET_M
from baiyun_gis.kernels.segments import (
    HEIGHT,
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
)
from baiyun_gis.kernels.shapes import UPRIGHT_M
from baiyun_gis.kernels.sides import (
    CLASS,
    FAMILY,
    FLAGS,
    IN_PIECES,
    NO_HEIGHT,
    NO_WIDTH,
    PLATED,
    RUN,
    SPECIAL,
    Sides,
)
from baiyun_gis.kernels.strips import Grid, strip_at

Marks = NDArray[np.uint16]

CROSSES, STEEP, AT, NEAR, OVER, TOUCHES, LINKED, MEASURE, SETTLED, ROOMY, PIECES, TURNED = (
    1 << bit for bit in range(12)
)
"""The axes meet; they lie at the crossing angle or more; the walls come within doubt of each
other in plan, or the axes meet; they come within what the rules ask and doubt; they overlap or
the axes meet; heights come within doubt; a joint could explain it; to be measured in plan;
something recorded of the two lines could settle it; heights keep what is asked of them with room
beyond doubt; one of the lines has more straight pieces; the second segment's line comes first."""

CELL_BIT, RUNS_BIT = 12, 40
"""In what is written of a pair its cell and a number for its two runs follow after the marks."""
CELLS, RUNS = (1 << (RUNS_BIT - CELL_BIT)) - 1, (1 << 23) - 1

_CLOSE_M = 1e-6
_CONTACT_M = 0.01
_ROUNDING = 1e-9
_SURE_M = 2e-6
"""Far more than rounding, far less than any answer."""
_SPARE_M = 0.01
"""A height that is not known is of no matter where there is room for it and this much more."""


class Asked(NamedTuple):
    """What is asked of classes of lines (m, NaN nothing), by cell: class × classes + class.

    Cells of pairs with a plate between them follow after those without. A width or height that is
    not known may be more by `unsized_m` for each line; `sigmas` deviations still count. `height`
    is asked between the walls of what crosses; `rise` of one axis over the other, times `above`
    (NaN: it is not known, −∞: nothing is asked).
    """

    limit: F64
    height: F64
    rise: F64
    above: F64
    classes: int
    sigmas: float
    unsized_m: float


_NONE = np.empty(0)
NOTHING_ASKED = Asked(_NONE, _NONE, _NONE, _NONE, 0, 0.0, 0.0)

Turn = tuple[float, float, float]
"""Sine and cosine of an angle, and the angle in degrees."""


def turn_of(angle_deg: float) -> Turn:
    """An angle as kernels read it."""
    angle = math.radians(angle_deg)
    return math.sin(angle), math.cos(angle), float(angle_deg)


@compiled
def _is_steep(sine: float, cosine: float, turn: Turn) -> bool:
    """Is an angle as large as the one with sine, cosine and degrees `turn`."""
    over = sine * turn[1] - cosine * turn[0]
    if abs(over) > _ROUNDING:
        return over > 0.0
    return math.degrees(math.atan2(sine, cosine)) >= turn[2]


class Axes(NamedTuple):
    """Two axes in plan: how far they lead, the stations of their nearest points, and how far these
    lie from each other."""

    ux: float
    uy: float
    vx: float
    vy: float
    s: float
    t: float
    x: float
    y: float


@compiled
def _met(a: Axes, square: float, turn: Turn) -> tuple[bool, bool]:
    """Whether two axes meet, and whether they are steep to each other.

    The answers of `plan_crossing`.
    """
    size = math.sqrt((a.ux * a.ux + a.uy * a.uy) * (a.vx * a.vx + a.vy * a.vy))
    if not size > UPRIGHT_M * UPRIGHT_M:
        return False, False
    meets = square < 0.5 * MEET_M * MEET_M
    if not meets and square < 2.0 * MEET_M * MEET_M:
        meets = math.hypot(a.x, a.y) <= MEET_M
    sine, cosine = abs(a.ux * a.vy - a.uy * a.vx) / size, abs(a.ux * a.vx + a.uy * a.vy) / size
    return meets, _is_steep(sine, cosine, turn)


@compiled
def _to_axis(table: F64, k: int, x: float, y: float) -> float:
    """Square of the distance of a point from an axis."""
    dx, dy = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    px, py = x - table[k, X0], y - table[k, Y0]
    station = min(1.0, max(0.0, (px * dx + py * dy) / max(dx * dx + dy * dy, 1e-12)))
    px, py = px - station * dx, py - station * dy
    return px * px + py * py


@compiled
def _in_contact(table: F64, p: int, q: int, reach: float) -> bool:
    """Could an end of one of two lines lie on the other."""
    to_q, to_p = table[q, WIDTH] + reach, table[p, WIDTH] + reach
    to_q, to_p = to_q * to_q, to_p * to_p
    return (
        _to_axis(table, q, table[p, X0], table[p, Y0]) <= to_q
        or _to_axis(table, q, table[p, X1], table[p, Y1]) <= to_q
        or _to_axis(table, p, table[q, X0], table[q, Y0]) <= to_p
        or _to_axis(table, p, table[q, X1], table[q, Y1]) <= to_p
    )


@compiled
def _apart_in_height(table: F64, p: int, q: int) -> float:
    """How far the heights of two lines lie apart, wherever along them."""
    over = min(table[p, Z0], table[p, Z1]) - max(table[q, Z0], table[q, Z1])
    under = min(table[q, Z0], table[q, Z1]) - max(table[p, Z0], table[p, Z1])
    return max(over, under) - (table[p, HEIGHT] + table[q, HEIGHT])


@compiled
def _may_touch(
    table: F64, p: int, q: int, up: tuple[float, float], flat: float, more: float
) -> bool:
    """Do the heights come within doubt of each other; unknown ones may always."""
    apart = _apart_in_height(table, p, q)
    unknown = table[p, Z0] + table[p, Z1] + table[q, Z0] + table[q, Z1]
    doubt = max(math.sqrt(up[0] * up[0] + up[1] * up[1]), flat)
    # As written, what is NaN may always touch.
    return math.isnan(unknown) or math.isnan(up[0] + up[1] + flat) or not apart > doubt + more


@compiled
def _crosses_plainly(a: Axes, square: float, turn: Turn) -> bool:
    """Do two axes surely meet, and surely at the crossing angle or more."""
    one, two = a.ux * a.ux + a.uy * a.uy, a.vx * a.vx + a.vy * a.vy
    if not (one * two > 2.0 * UPRIGHT_M**4 and square < 0.5 * MEET_M * MEET_M):
        return False
    sine, cosine = abs(a.ux * a.vy - a.uy * a.vx), abs(a.ux * a.vx + a.uy * a.vy)
    # The mean of the squares is no less than the product of the lengths.
    return sine * turn[1] - cosine * turn[0] > _ROUNDING * (one + two)


@compiled
def _most_reach(table: F64, k: int, x: float, y: float) -> float:
    """No wall reaches further over its axis, or under it, than this; `x`, `y` is its axis."""
    # A metre in plan the axis rises by this, or less.
    steep = abs(table[k, Z1] - table[k, Z0]) / max(abs(x), abs(y), 1e-9)
    if table[k, RECTANGLE] > 0.0:
        return table[k, HEIGHT] + table[k, WIDTH] * steep
    return table[k, WIDTH] * (1.0 + steep)


@compiled
def _heights(
    table: F64, p: int, q: int, a: Axes, flat: float, up: float
) -> tuple[float, float, float]:  # fmt: skip
    """Where two lines cross: how far one axis lies over the other, how far the walls are apart at
    least, and the square of the deviation of both.

    `flat` and `up` are the squares of both their deviations, added up.
    """
    rise_p, rise_q = table[p, Z1] - table[p, Z0], table[q, Z1] - table[q, Z0]
    rise = height_above(table, p, q, a.s, a.t)
    # A shift in plan moves the crossing along both slopes.
    x, y = rise_p * a.vy - rise_q * a.uy, rise_q * a.ux - rise_p * a.vx
    sine = a.ux * a.vy - a.uy * a.vx
    room = abs(rise) - _most_reach(table, p, a.ux, a.uy) - _most_reach(table, q, a.vx, a.vy)
    return rise, room, up + flat * (x * x + y * y) / (sine * sine)


@compiled
def _axes_of(table: F64, p: int, q: int) -> Axes:
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    wx, wy = table[p, X0] - table[q, X0], table[p, Y0] - table[q, Y0]
    s, t = nearest_in_plan(ux, uy, vx, vy, wx, wy)
    x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
    return Axes(ux, uy, vx, vy, s, t, x, y)


@compiled
def _plan_marks(
    a: Axes, turn: Turn, half: tuple[Any, Any], limit: Any, within: float
) -> int:  # fmt: skip
    """The marks of a pair in plan; `half` are the half widths, `limit` is what is asked with doubt,
    `within` the doubt."""
    square = a.x * a.x + a.y * a.y
    meets = steep = _crosses_plainly(a, square, turn)
    if not meets:
        meets, steep = _met(a, square, turn)
    out = (CROSSES | AT | OVER) if meets else 0
    if steep:
        out |= STEEP
    if meets and steep:
        return out | (NEAR if -min(half[0], half[1]) < limit else 0)
    apart = math.sqrt(square) - (half[0] + half[1] + _CLOSE_M)
    if meets or apart < 0.0 or apart < within or apart < limit:
        out |= MEASURE
    return out


@compiled
def _is_beyond(room: Any, square: float) -> bool:
    """Is there more room than a deviation, given squared."""
    return room > 0.0 and room * room > square


@compiled
def _is_of(strip: int, grid: Grid, top: float, a: Axes, grown: tuple[Any, Any]) -> bool:
    """Are two axes within both their reaches in plan, and is this the strip to say so.

    Of all strips in which both are it is the one of the point between the nearest points that
    lies within the reach of either; `top` is where the first axis begins.
    """
    limit = grown[0] + grown[1]
    if a.x * a.x + a.y * a.y > limit * limit:
        return False
    return strip_at(grid, top + a.s * a.uy - a.y * (grown[0] / limit)) == strip


@compiled
def _height_marks(
    table: F64, p: int, q: int, a: Axes, out: int, square: float, up: tuple[Any, Any],
    heights: tuple[Any, Any, Any], numbers: tuple[float, float, Any],
) -> int:  # fmt: skip
    """`TOUCHES` and `ROOMY` of a pair with the marks `out`.

    `square` is that of both deviations in plan, `up` are those in height; `heights` are what is
    asked between the walls and of the rise of one axis over the other, and which of them; `numbers`
    how many deviations count, how much an unknown height may be, and the flags of either line.
    """
    sigmas, unsized, either = numbers
    more = 2.0 * unsized if either & NO_HEIGHT else 0.0
    one, two, flat = sigmas * up[0], sigmas * up[1], sigmas * math.sqrt(square)
    # What lies further apart than all doubt together needs no closer look.
    if not _apart_in_height(table, p, q) > one + two + flat + more + _SURE_M:
        out |= TOUCHES if _may_touch(table, p, q, (one, two), flat, more) else 0
    if not out & CROSSES:
        return out
    rise, room, doubt = _heights(table, p, q, a, square, up[0] * up[0] + up[1] * up[1])
    doubt *= sigmas * sigmas
    least = heights[0] + _SURE_M + (unsized + _SPARE_M if either & NO_HEIGHT else 0.0)
    spare = heights[2] * rise - heights[1] - _SURE_M
    # Each by itself: what is not known is no room.
    if _is_beyond(spare, doubt) and _is_beyond(room - least, doubt):
        out |= ROOMY
    return out


@compiled
def looked_over(
    first: int, last: int, of: tuple[int, Grid], pairs: I64, table: F64, sides: Sides,
    asked: Asked, turn: Turn, look: I64,
) -> int:  # fmt: skip
    """What pairs of segments are to each other: marks, cell and a number for the two runs.

    Pairs that are not near each other, or not to be told of in this strip (one below 0: all are),
    are left out, and the others moved up; gives where they end. `pairs` are i·2³² + j; the line of
    the smaller run comes first, `TURNED` where it is j's. `CROSSES`, `STEEP` and, where nothing is
    to be measured, `AT`, `NEAR` and `OVER` are exact; where something is, `AT`, `NEAR` and `OVER`
    are only those of axes that meet. `LINKED`, `MEASURE` and `SETTLED` may be set where nothing
    comes of it; `TOUCHES` is there where one of `CROSSES` and `MEASURE` is, and `ROOMY` only where
    `CROSSES` is.
    """
    sigma, code, grown = sides.sigma, sides.code, sides.grown
    sigmas, unsized, end = asked.sigmas, asked.unsized_m, first
    for row in range(first, last):
        pair = pairs[row]
        i, j = pair >> 32, pair & 0xFFFFFFFF
        turned = code[i, RUN] > code[j, RUN]
        p, q = (j, i) if turned else (i, j)
        a = _axes_of(table, p, q)
        if of[0] >= 0 and not _is_of(of[0], of[1], table[p, Y0], a, (grown[p], grown[q])):
            continue
        pairs[end], end = pair, end + 1
        if asked.classes == 0:
            continue
        either, both = code[p, CLASS] | code[q, CLASS], code[p, CLASS] & code[q, CLASS]
        at = (code[p, CLASS] >> FLAGS) * asked.classes + (code[q, CLASS] >> FLAGS)
        if either & PLATED:
            at += asked.classes * asked.classes
        square = sigma[p, 0] * sigma[p, 0] + sigma[q, 0] * sigma[q, 0]
        deviation = math.sqrt(square)
        doubt = sigmas * deviation
        size = unsized * (int(either & NO_WIDTH > 0) + int(both & NO_WIDTH > 0))
        limit, half = asked.limit[at] + doubt + size, (table[p, WIDTH], table[q, WIDTH])
        out = _plan_marks(a, turn, half, limit, doubt + size)
        if out & (CROSSES | MEASURE):
            heights = asked.height[at], asked.rise[at], asked.above[at]
            up, numbers = (sigma[p, 1], sigma[q, 1]), (sigmas, unsized, either)
            out = _height_marks(table, p, q, a, out, square, up, heights, numbers)
        is_near = (
            (code[p, 0] == code[q, 0]) | (code[p, 0] == code[q, 1])
            | (code[p, 1] == code[q, 0]) | (code[p, 1] == code[q, 1])
        )  # fmt: skip
        if not is_near and code[p, FAMILY] == code[q, FAMILY]:
            is_near = _in_contact(table, p, q, max(_CONTACT_M, 2.0 * deviation) + _CLOSE_M)
        out |= (LINKED | SETTLED if is_near else 0) | (TURNED if turned else 0)
        out |= (SETTLED if either & SPECIAL else 0) | (PIECES if either & IN_PIECES else 0)
        runs = (np.int64(code[p, RUN]) * 0x9E3779B1 + np.int64(code[q, RUN]) * 0x85EBCA77) & RUNS
        look[end - 1] = (runs << RUNS_BIT) | (np.int64(at) << CELL_BIT) | np.int64(out)
    return end
