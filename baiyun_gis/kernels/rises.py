"""How the height of one line over another grows as the other is shifted, pair by pair."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import (
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    PairRows,
)
from baiyun_gis.kernels.two_places import (
    ASIDE,
    AT,
    BEND,
    FLAT,
    GRADIENT,
    LEAST_M,
    LIFT,
    MORE,
    RADIUS,
    STRETCH,
    TOWARDS,
)

STEEPEST_TILT = 3.0
"""Beyond this the touching point of two round walls lies too far down their sides to go by."""


Span = tuple[F64, F64, F64, F64]


@compiled
def _at_least(value: float, least: float) -> float:
    """The larger of both; what is not a number stays so."""
    return max(value, least)


@compiled
def _at_most(value: float, most: float) -> float:
    return min(value, most)


@compiled
def _slope(table: F64, k: int) -> tuple[float, float, float]:
    """Rise a metre in plan, and the direction in plan."""
    x, y = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
    length = _at_least(math.hypot(x, y), 1e-9)
    return (table[k, Z1] - table[k, Z0]) / length, x / length, y / length


@compiled
def _sign(value: float) -> float:
    return 1.0 if value > 0.0 else (-1.0 if value < 0.0 else value)


@compiled
def _offset(table: F64, p: int, q: int, s: float, t: float) -> tuple[float, float]:
    """From p's axis at station s to q's at t, in plan."""
    x = table[q, X0] + (table[q, X1] - table[q, X0]) * t
    y = table[q, Y0] + (table[q, Y1] - table[q, Y0]) * t
    x = x - table[p, X0] - (table[p, X1] - table[p, X0]) * s
    y = y - table[p, Y0] - (table[p, Y1] - table[p, Y0]) * s
    return x, y


@compiled
def _down_the_sides(
    table: F64, p: int, q: int, ux: float, uy: float, s: float, t: float
) -> tuple[float, float]:  # fmt: skip
    """By how much round walls part a metre aside, and the root of how that grows."""
    x, y = _offset(table, p, q, s, t)
    aside = y * ux - x * uy
    box = table[p, WIDTH] if table[p, RECTANGLE] > 0.0 else 0.0
    box += table[q, WIDTH] if table[q, RECTANGLE] > 0.0 else 0.0
    reach = _at_least(table[p, WIDTH] + table[q, WIDTH] - box, 1e-9)
    off = _at_least(abs(aside) - box, 0.0)
    room = math.sqrt(_at_least(reach * reach - off * off, 1e-12))
    tilt = _at_most(off / room, STEEPEST_TILT)
    bend = 0.0
    if box == 0.0 or off > 0.0:
        grows = 1.0 + tilt * tilt
        bend = (grows * grows) ** 0.75 / reach
    return tilt * _sign(aside), math.sqrt(bend)


@compiled
def _squared_to(
    table: F64, p: int, q: int, u: tuple[float, float], v: tuple[float, float], place: F64
) -> tuple[float, float]:
    """The direction of the line that the ways between the ends of the stretch are square to, as p
    goes: at an angle what lies aside of one line does so less of the other."""
    of_p = of_q = 0.0
    for end in (STRETCH, STRETCH + 2):
        x, y = _offset(table, p, q, place[end], place[end + 1])
        of_p += abs(x * u[0] + y * u[1])
        of_q += abs(x * v[0] + y * v[1])
    if not of_q < of_p:
        return u
    turn = -1.0 if u[0] * v[0] + u[1] * v[1] < 0.0 else 1.0
    return turn * v[0], turn * v[1]


@compiled
def rises_of_pairs(
    first: int, last: int, rows: PairRows, crosses: Bool, above: Bool, at: F64, span: Span,
    more: F64, limit: F64, of_walls: bool, out: F64,
) -> None:  # fmt: skip
    """Where the height of segments i over j (`above`: i is the upper) is least and how it grows as
    j is shifted: rows of places, see `two_places`.

    At a crossing a shift in plan moves the crossing point along both slopes. Beside each other
    round walls touch the further down their sides the further the axes lie apart in plan: `at`
    (n, 2) are the stations, `limit` (m) what the walls must keep; where it is not `of_walls`
    heights are of axes and it is not read. `span` are the stations of both ends of the stretch
    (i, j, i, j), `more` by how much more it is at its end (m; at a crossing there is no other end).
    """
    table, left, right = rows
    for row in range(first, last):
        p, q, one = left[row], right[row], out[row]
        sign = 1.0 if above[row] else -1.0
        slope_p, ux, uy = _slope(table, p)
        slope_q, vx, vy = _slope(table, q)
        one[:] = 0.0
        one[AT], one[AT + 1] = at[row, 0], at[row, 1]
        one[STRETCH], one[STRETCH + 1] = span[0][row], span[1][row]
        one[STRETCH + 2], one[STRETCH + 3] = span[2][row], span[3][row]
        one[GRADIENT + 2] = -sign
        if crosses[row]:
            cross = ux * vy - uy * vx
            one[GRADIENT] = sign * ((slope_p * vy - slope_q * uy) / cross)
            one[GRADIENT + 1] = sign * ((slope_q * ux - slope_p * vx) / cross)
        else:
            along = sign * (slope_p + slope_q * _sign(ux * vx + uy * vy)) / 2
            ux, uy = _squared_to(table, p, q, (ux, uy), (vx, vy), one)
            tilt, bend = 0.0, 0.0
            if of_walls:
                tilt, bend = _down_the_sides(table, p, q, ux, uy, at[row, 0], at[row, 1])
            one[GRADIENT], one[GRADIENT + 1] = along * ux - tilt * uy, along * uy + tilt * ux
            one[BEND], one[BEND + 1] = -bend * uy, bend * ux
        one[MORE] = np.inf if crosses[row] or math.isnan(more[row]) else more[row]
        one[RADIUS] = one[FLAT] = np.nan
        if not of_walls:
            continue
        radius, taller = table[p, WIDTH] + table[q, WIDTH], 1.0
        is_box = table[p, RECTANGLE] > 0.0 or table[q, RECTANGLE] > 0.0
        if not (is_box or crosses[row]) and radius > LEAST_M:
            plumb = table[p, WIDTH] * math.hypot(1.0, slope_p)
            plumb += table[q, WIDTH] * math.hypot(1.0, slope_q)
            taller = plumb / radius
            one[RADIUS] = radius
        elif not crosses[row]:
            one[FLAT] = radius
        one[TOWARDS + 2] = -sign / taller
        one[ASIDE], one[ASIDE + 1] = -uy, ux
        one[LIFT] = limit[row] / taller
