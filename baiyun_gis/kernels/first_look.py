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
    owned,
    pair_rows,
)
from baiyun_gis.kernels.shapes import UPRIGHT_M

Marks = NDArray[np.uint16]

CROSSES, STEEP, AT, NEAR, OVER, TOUCHES, LINKED, MEASURE, SETTLED = (1 << bit for bit in range(9))
"""The axes meet; they lie at the crossing angle or more; the walls come within doubt of each
other in plan, or the axes meet; they come within what the rules ask and doubt; they overlap or
the axes meet; heights come within doubt; a joint could explain it; to be measured in plan;
something recorded of the two lines could settle it."""

PLATED, NO_WIDTH, NO_HEIGHT, SPECIAL = 1, 2, 4, 8
"""Flags of a line: a plate parts it from others; its width or height is not known; what is
recorded of it (an end, a casing, that it is planned) can settle how it stands to others."""
FLAGS = 4
"""How many there are."""

_CLOSE_M = 1e-6
_CONTACT_M = 0.01
_ROUNDING = 1e-9


class Sides(NamedTuple):
    """By segment: largest deviations in plan and height (n, 2); and as whole numbers (n, 4) the
    clusters of joints at both ends of its line, its family, and class × 16 with flags.

    Side by side, as they are asked for at random.
    """

    sigma: F64
    code: I32


class LineTraits(NamedTuple):
    """By line: its class, whether a plate parts it from others, and whether it is special."""

    of_class: I32
    plated: Bool
    special: Bool


class Asked(NamedTuple):
    """What is asked of classes of lines (m, NaN nothing), by cell: class × classes + class.

    Cells of pairs with a plate between them follow after those without. A width or height that is
    not known may be more by `unsized_m` for each line; `sigmas` deviations still count.
    """

    limit: F64
    classes: int
    sigmas: float
    unsized_m: float


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
def _may_touch(
    table: F64, p: int, q: int, up: tuple[float, float], flat: float, more: float
) -> bool:
    """Do the heights come within doubt of each other; unknown ones may always."""
    over = min(table[p, Z0], table[p, Z1]) - max(table[q, Z0], table[q, Z1])
    under = min(table[q, Z0], table[q, Z1]) - max(table[p, Z0], table[p, Z1])
    apart = max(over, under) - (table[p, HEIGHT] + table[q, HEIGHT])
    unknown = table[p, Z0] + table[p, Z1] + table[q, Z0] + table[q, Z1]
    doubt = max(math.sqrt(up[0] * up[0] + up[1] * up[1]), flat)
    # As written, what is NaN may always touch.
    return math.isnan(unknown) or math.isnan(up[0] + up[1] + flat) or not apart > doubt + more


@compiled
def _looked_at(
    first: int, last: int, rows: PairRows, sides: Sides, asked: Asked,
    turn: tuple[float, float, float], cell: I32, marks: Marks,
) -> None:  # fmt: skip
    table, left, right = rows
    sigma, code = sides
    sigmas, unsized = asked.sigmas, asked.unsized_m
    for row in range(first, last):
        p, q = left[row], right[row]
        meets, steep, apart = _met(table, p, q, turn)
        deviation = math.sqrt(sigma[p, 0] * sigma[p, 0] + sigma[q, 0] * sigma[q, 0])
        either, both = code[p, 3] | code[q, 3], code[p, 3] & code[q, 3]
        size = unsized * (int(either & NO_WIDTH > 0) + int(both & NO_WIDTH > 0))
        at = (code[p, 3] >> FLAGS) * asked.classes + (code[q, 3] >> FLAGS)
        if either & PLATED:
            at += asked.classes * asked.classes
        flat = sigmas * deviation
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
            up = sigmas * sigma[p, 1], sigmas * sigma[q, 1]
            more = 2.0 * unsized if either & NO_HEIGHT else 0.0
            out |= TOUCHES if _may_touch(table, p, q, up, flat, more) else 0
        is_near = (
            (code[p, 0] == code[q, 0]) | (code[p, 0] == code[q, 1])
            | (code[p, 1] == code[q, 0]) | (code[p, 1] == code[q, 1])
        )  # fmt: skip
        if not is_near and code[p, 2] == code[q, 2]:
            reach = max(_CONTACT_M, 2.0 * deviation)
            is_near = _in_contact(table, p, q, reach + _CLOSE_M)
        out |= LINKED | SETTLED if is_near else 0
        out |= SETTLED if either & SPECIAL else 0
        cell[row], marks[row] = at, out


@compiled
def _gathered(
    ends: Ends, lines: LineTraits, known: tuple[Bool, Bool], xy: tuple[F64, F64],
    z: tuple[F64, F64], out: Sides,
) -> None:  # fmt: skip
    for k in range(len(ends.pipe)):
        pipe = ends.pipe[k]
        out.code[k, 0] = ends.cluster[ends.joint[2 * pipe]]
        out.code[k, 1] = ends.cluster[ends.joint[2 * pipe + 1]]
        out.code[k, 2] = ends.family[pipe]
        flags = (PLATED if lines.plated[pipe] else 0) | (SPECIAL if lines.special[pipe] else 0)
        flags |= (0 if known[0][k] else NO_WIDTH) | (0 if known[1][k] else NO_HEIGHT)
        out.code[k, 3] = (lines.of_class[pipe] << FLAGS) | flags
        # What is unknown at one end is unknown.
        one, two = xy[0][k], xy[1][k]
        out.sigma[k, 0] = one if one >= two or math.isnan(one) else two
        one, two = z[0][k], z[1][k]
        out.sigma[k, 1] = one if one >= two or math.isnan(one) else two


def sides_of(
    ends: Ends,
    lines: LineTraits,
    *,
    known: tuple[Bool, Bool],
    xy_m: tuple[F64, F64],
    z_m: tuple[F64, F64],
) -> Sides:
    """What is asked of segments again and again.

    `known` says of segments whether width and height are; `xy_m` and `z_m` are the deviations at
    both their ends.
    """
    count = len(ends.pipe)
    out = Sides(np.empty((count, 2)), np.empty((count, 4), dtype=np.int32))
    of = owned(lines.of_class, np.int32)
    by_line = LineTraits(of, owned(lines.plated, np.bool_), owned(lines.special, np.bool_))
    flags = owned(known[0], np.bool_), owned(known[1], np.bool_)
    xy = owned(xy_m[0], np.float64), owned(xy_m[1], np.float64)
    z = owned(z_m[0], np.float64), owned(z_m[1], np.float64)
    _gathered(ends, by_line, flags, xy, z, out)
    return out


def looked_at(
    seg: Segments, i: I32, j: I32, sides: Sides, asked: Asked, *, steep_deg: float
) -> tuple[I32, Marks]:
    """The cell of both classes and the marks of segment pairs.

    `CROSSES`, `STEEP` and, where nothing is to be measured, `AT`, `NEAR` and `OVER` are exact;
    where something is, `AT`, `NEAR` and `OVER` are only those of axes that meet. `LINKED`,
    `MEASURE` and `SETTLED` may be set where nothing comes of it; `TOUCHES` is there where one of
    `CROSSES` and `MEASURE` is.
    """
    cell, marks = np.empty(len(i), dtype=np.int32), np.empty(len(i), dtype=np.uint16)
    angle = math.radians(steep_deg)
    turn = math.sin(angle), math.cos(angle), float(steep_deg)
    run_in_chunks(_looked_at, len(i), pair_rows(seg, i, j), sides, asked, turn, cell, marks)
    return cell, marks
