"""What pairs of segments are to each other at a first look, in one pass: most are nothing.

Two lines that cross, or that lie further apart than anything asks, need no measuring. What is
marked here is exact where it says so, else it errs on the side of a closer look.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.pairing import Ends
from baiyun_gis.kernels.plan import MEET_M
from baiyun_gis.kernels.segments import (
    HEIGHT,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    PairRows,
    Segments,
    pair_rows,
)
from baiyun_gis.kernels.shapes import UPRIGHT_M

Marks = NDArray[np.uint8]

CROSSES, STEEP, AT, NEAR, OVER, TOUCHES, LINKED, MEASURE = (1 << bit for bit in range(8))
"""The axes meet; they lie at the crossing angle or more; the walls come within doubt of each
other in plan, or the axes meet; they come within what the rules ask and doubt; they overlap or
the axes meet; heights come within doubt; a joint could explain it; to be measured in plan."""

_CLOSE_M = 1e-6
_CONTACT_M = 0.01
_ROUNDING = 1e-9


class Doubts(NamedTuple):
    """By segment: largest deviations in plan and height, by how much the half width may be more,
    whether the height is known; and how many deviations still count."""

    xy: F64
    z: F64
    unsized: F64
    height_known: Bool
    sigmas: float
    taller: float


class Asked(NamedTuple):
    """What is asked of classes of lines (m, NaN nothing), by cell: class × count + class.

    Cells of pairs with a plate between them follow after those without.
    """

    limit: F64
    of: I32
    count: int
    plated: Bool


@compiled
def _is_steep(sine: float, cosine: float, turn: tuple[float, float, float]) -> bool:
    """Is an angle as large as the one with sine, cosine and degrees `turn`."""
    over = sine * turn[1] - cosine * turn[0]
    if abs(over) > _ROUNDING:
        return over > 0.0
    return math.degrees(math.atan2(sine, cosine)) >= turn[2]


@compiled
def _met(
    table: F64, p: int, q: int, turn: tuple[float, float, float]
) -> tuple[bool, bool, float]:  # fmt: skip
    """Whether two axes meet, whether they are steep to each other, and their distance in plan.

    The answers of `plan_crossing`.
    """
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    wx, wy = table[p, X0] - table[q, X0], table[p, Y0] - table[q, Y0]
    size = math.sqrt((ux * ux + uy * uy) * (vx * vx + vy * vy))
    s, t = nearest_in_plan(ux, uy, vx, vy, wx, wy)
    x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
    square = x * x + y * y
    meets = square < 0.5 * MEET_M * MEET_M
    if not meets and square < 2.0 * MEET_M * MEET_M:
        meets = math.hypot(x, y) <= MEET_M
    if not size > UPRIGHT_M * UPRIGHT_M:
        return False, False, math.sqrt(square)
    sine, cosine = abs(ux * vy - uy * vx) / size, abs(ux * vx + uy * vy) / size
    return meets, _is_steep(sine, cosine, turn), math.sqrt(square)


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
def _is_linked(table: F64, p: int, q: int, ends: Ends, reach: float) -> bool:
    """Could a joint explain that two segments are near: ends of one cluster, or in contact."""
    a, b = ends.pipe[p], ends.pipe[q]
    one, two = ends.cluster[ends.joint[2 * a]], ends.cluster[ends.joint[2 * a + 1]]
    three, four = ends.cluster[ends.joint[2 * b]], ends.cluster[ends.joint[2 * b + 1]]
    if (one == three) | (one == four) | (two == three) | (two == four):
        return True
    return ends.family[a] == ends.family[b] and _in_contact(table, p, q, reach)


@compiled
def _may_touch(table: F64, p: int, q: int, doubts: Doubts, flat: float) -> bool:
    """Do the heights come within doubt of each other; unknown ones may always."""
    over = min(table[p, Z0], table[p, Z1]) - max(table[q, Z0], table[q, Z1])
    under = min(table[q, Z0], table[q, Z1]) - max(table[p, Z0], table[p, Z1])
    apart = max(over, under) - (table[p, HEIGHT] + table[q, HEIGHT])
    unknown = table[p, Z0] + table[p, Z1] + table[q, Z0] + table[q, Z1]
    one, two = doubts.sigmas * doubts.z[p], doubts.sigmas * doubts.z[q]
    doubt = max(math.sqrt(one * one + two * two), flat)
    more = 0.0 if doubts.height_known[p] and doubts.height_known[q] else doubts.taller
    # As written, what is NaN may always touch.
    return math.isnan(unknown) or math.isnan(one + two + flat) or not apart > doubt + more


@compiled
def _looked_at(
    first: int, last: int, rows: PairRows, ends: Ends, doubts: Doubts, asked: Asked,
    turn: tuple[float, float, float], cell: I32, marks: Marks,
) -> None:  # fmt: skip
    table, left, right = rows
    for row in range(first, last):
        p, q = left[row], right[row]
        meets, steep, apart = _met(table, p, q, turn)
        sigma = math.sqrt(doubts.xy[p] * doubts.xy[p] + doubts.xy[q] * doubts.xy[q])
        size = doubts.unsized[p] + doubts.unsized[q]
        at = asked.of[p] * asked.count + asked.of[q]
        if asked.plated[p] or asked.plated[q]:
            at += asked.count * asked.count
        flat = doubts.sigmas * sigma
        limit = asked.limit[at] + flat + size
        out = (CROSSES | AT | OVER) if meets else 0
        if steep:
            out |= STEEP
        if meets and steep:
            out |= NEAR if -min(table[p, WIDTH], table[q, WIDTH]) < limit else 0
        else:
            apart -= table[p, WIDTH] + table[q, WIDTH] + _CLOSE_M
            if meets or apart < 0.0 or apart < flat + size or apart < limit:
                out |= MEASURE
        if out & (CROSSES | MEASURE):
            if _may_touch(table, p, q, doubts, flat):
                out |= TOUCHES
        reach = 2.0 * sigma if 2.0 * sigma > _CONTACT_M else _CONTACT_M
        if _is_linked(table, p, q, ends, reach + _CLOSE_M):
            out |= LINKED
        cell[row], marks[row] = at, out


def looked_at(
    seg: Segments, i: I32, j: I32, ends: Ends, doubts: Doubts, asked: Asked, *, steep_deg: float
) -> tuple[I32, Marks]:
    """The cell of both classes and the marks of segment pairs.

    `CROSSES`, `STEEP` and, where nothing is to be measured, `AT`, `NEAR` and `OVER` are exact;
    where something is, `AT`, `NEAR` and `OVER` are only those of axes that meet. `LINKED` and
    `MEASURE` may be set where nothing comes of it; `TOUCHES` is there where one of `CROSSES` and
    `MEASURE` is.
    """
    cell, marks = np.empty(len(i), dtype=np.int32), np.empty(len(i), dtype=np.uint8)
    angle = math.radians(steep_deg)
    turn = math.sin(angle), math.cos(angle), float(steep_deg)
    run_in_chunks(
        _looked_at, len(i), pair_rows(seg, i, j), ends, doubts, asked, turn, cell, marks
    )  # fmt: skip
    return cell, marks
