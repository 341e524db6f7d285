"""Vertical clearance of two pipes where they lie over each other."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.axes import nearest_on_axes
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.gaps import COLUMNS, GAP, pair_gaps
from baiyun_gis.kernels.plan import MEET_M, crossing_of_axes
from baiyun_gis.kernels.segments import (
    FLAT0,
    FLAT1,
    HEIGHT,
    RECTANGLE,
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
from baiyun_gis.kernels.separation import separation
from baiyun_gis.kernels.shapes import SIZE, START, STOP, body_pieces, plan_shape, support_height

CROSSING_ANGLE_DEG = 15.0
# Columns of the walls of a pair.
CLEARANCE, A_ABOVE, X, Y, ZA, ZB = range(6)
_ROUNDS = 100
_SETTLED_M = 1e-8
# Distances are right to 1e-8 m: of nearer shapes the direction between them means nothing.
_TOUCHING_M = 1e-7


class VerticalClearance(NamedTuple):
    """Vertical distance of facing surfaces in metres (negative: overlap), who is above, where.

    `za` and `zb` are the levels of the two facing surfaces at `x`, `y`: a's bottom and b's top
    where a is above. NaN where the projections do not overlap or a level or section is unknown.
    """

    clearance: F64
    a_above: Bool
    x: F64
    y: F64
    za: F64
    zb: F64


@compiled
def _reach_of_box(table: F64, k: int, t: float, up: float) -> float:
    """Height of a rectangle's wall over or under its axis, round ends included."""
    plan = math.hypot(table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0])
    climb = up * (table[k, Z1] - table[k, Z0])
    reach = 0.0
    if table[k, FLAT0] == 0.0 and t * plan <= table[k, WIDTH]:
        reach = max(reach, -t * climb)
    if table[k, FLAT1] == 0.0 and (1.0 - t) * plan <= table[k, WIDTH]:
        reach = max(reach, (1.0 - t) * climb)
    return table[k, HEIGHT] + reach


@compiled
def _reach_of_wall(table: F64, k: int, t: float, up: float) -> float:
    """Height of the wall over (`up` 1) or under (−1) the axis at a station, measured plumb."""
    if table[k, RECTANGLE] > 0.0:
        return _reach_of_box(table, k, t, up)
    dz = table[k, Z1] - table[k, Z0]
    plan = math.hypot(table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0])
    square = plan * plan + dz * dz
    length = math.sqrt(square)
    radius = table[k, WIDTH]
    climb = up * dz
    height = radius * length / plan if plan > 0.0 else np.inf
    beyond = t + height * climb / square
    if 0.0 <= beyond <= 1.0 or climb == 0.0:
        return height
    end = 1.0 if climb > 0.0 else 0.0
    if (table[k, FLAT1] if climb > 0.0 else table[k, FLAT0]) > 0.0:
        return (end - t) * square / climb
    drop = (t - end) * climb
    return -drop + math.sqrt(
        max(0.0, drop * drop - (t - end) * (t - end) * square + radius * radius)
    )


@compiled
def at_crossing(table: F64, p: int, q: int, s: float, t: float, out: F64) -> None:
    """Row of the clearance at the point where two axes meet in plan; NaN where unknown."""
    for column in range(6):
        out[column] = np.nan
    out[1] = 0.0
    levels = table[p, Z0] + table[p, Z1] + table[q, Z0] + table[q, Z1]
    if math.isnan(levels + (table[p, HEIGHT] + table[q, HEIGHT])):
        return
    za = table[p, Z0] + s * (table[p, Z1] - table[p, Z0])
    zb = table[q, Z0] + t * (table[q, Z1] - table[q, Z0])
    up = -1.0 if za >= zb else 1.0
    out[1] = 1.0 if za >= zb else 0.0
    out[2] = table[p, X0] + s * (table[p, X1] - table[p, X0])
    out[3] = table[p, Y0] + s * (table[p, Y1] - table[p, Y0])
    out[4] = za + up * _reach_of_wall(table, p, s, up)
    out[5] = zb - up * _reach_of_wall(table, q, t, -up)
    out[0] = up * (out[5] - out[4])


@compiled
def _is_above(table: F64, p: int, q: int, a: F64, b: F64) -> bool:
    """Is p's centre above q's at the nearest points of the axes in plan (`a`, `b` plan shapes)."""
    s, t = nearest_on_axes(a, b)
    za = table[p, Z0] + s * (table[p, Z1] - table[p, Z0])
    zb = table[q, Z0] + t * (table[q, Z1] - table[q, Z0])
    return za >= zb


@compiled
def _lower_until_touching(upper: F64, lower: F64, s: F64, at: F64) -> float:
    """How far `upper` can sink before it touches `lower` (negative: it must rise).

    `upper` is raised clear and let down by distance over slope of the separating direction,
    again and again. The set of heights at which it is clear is convex, so no step goes too far.
    """
    top = support_height(lower, 0.0, 0.0, 1.0)
    bottom = -support_height(upper, 0.0, 0.0, -1.0)
    raised = top - bottom + 1.0
    upper[START + 2] += raised
    upper[STOP + 2] += raised
    slope = 1.0
    for _ in range(_ROUNDS):
        gap = separation(upper, lower, s, at)
        if gap <= _TOUCHING_M:
            # The last direction holds; a new one would be rounding.
            raised -= gap / slope
            break
        slope = (at[2] - at[5]) / gap
        if slope <= 1e-6:
            return np.nan
        step = gap / slope
        raised -= step
        upper[START + 2] -= step
        upper[STOP + 2] -= step
        if step <= _SETTLED_M:
            break
    return -raised


@compiled
def _over_overlap(table: F64, p: int, q: int, a: F64, b: F64, s: F64, out: F64) -> None:
    """Row of the least clearance over the common plan area of two bodies."""
    ox, oy, oz = table[p, X0], table[p, Y0], table[p, Z0]
    plan_shape(table, p, ox, oy, a[0])
    plan_shape(table, q, ox, oy, b[0])
    above = _is_above(table, p, q, a[0], b[0])
    in_a = body_pieces(table, p, ox, oy, oz, a)
    in_b = body_pieces(table, q, ox, oy, oz, b)
    at, spare = np.zeros(6), np.zeros(SIZE)
    for pair in range(in_a * in_b):
        upper, lower = a[pair // in_b], b[pair % in_b]
        if not above:
            upper, lower = lower, upper
        for column in range(SIZE):
            spare[column] = upper[column]
        clearance = _lower_until_touching(spare, lower, s, at)
        if math.isnan(clearance) or clearance >= out[0]:
            continue
        out[0], out[1] = clearance, 1.0 if above else 0.0
        out[2], out[3] = ox + at[3], oy + at[4]
        first, second = oz + at[5] + clearance, oz + at[5]
        out[4] = first if above else second
        out[5] = second if above else first


@compiled
def _overlaps(rows: PairRows, some: I64) -> Bool:
    """Which of some pairs overlap in plan."""
    part = PairRows(rows.table, rows.left[some], rows.right[some])
    near = np.empty((len(some), COLUMNS))
    # Plain numbers: a constant would have the kernel compiled once more for itself.
    begin: Any = np.int64(0)
    planar: Any = np.bool_(True)
    pair_gaps(begin, len(some), part, planar, near)
    return near[:, GAP] < 0.0


@compiled
def clearances_of_walls(
    first: int, last: int, rows: PairRows, least_deg: float, overlap: bool, out: F64
) -> None:  # fmt: skip
    """Rows of (clearance, a above, x, y, za, zb); they are known to `overlap`, or to be looked at
    whether they do."""
    table, left, right = rows
    beside, doubted = np.empty(last - first, np.int64), np.empty(last - first, np.int64)
    count, doubts = 0, 0
    for row in range(first, last):
        p, q = left[row], right[row]
        meets, at, foot, angle = crossing_of_axes(table, p, table, q)
        if meets and angle >= least_deg:
            at_crossing(table, p, q, at, foot, out[row])
            continue
        for column in range(6):
            out[row, column] = np.nan
        out[row, A_ABOVE] = 0.0
        levels = table[p, Z0] + table[p, Z1] + table[q, Z0] + table[q, Z1]
        if math.isnan(levels + (table[p, HEIGHT] + table[q, HEIGHT])):
            continue
        if overlap and min(table[p, WIDTH], table[q, WIDTH]) > 2.0 * MEET_M:
            beside[count] = row
            count += 1
        else:
            doubted[doubts] = row
            doubts += 1
    if doubts:
        lies_over = _overlaps(rows, doubted[:doubts])
        for k in range(doubts):
            if lies_over[k]:
                beside[count] = doubted[k]
                count += 1
    a, b, s = np.zeros((3, SIZE)), np.zeros((3, SIZE)), np.zeros((4, 10))
    one, two = left[beside[:count]], right[beside[:count]]
    for k in range(count):
        _over_overlap(table, one[k], two[k], a, b, s, out[beside[k]])


def wall_table(
    seg: Segments, i: I32, j: I32, *, crossing_angle_deg: float, overlap: bool = False
) -> F64:
    """What `vertical_clearance` gives, a row a pair: clearance, a above (1, 0), x, y, za, zb.

    Pairs may be known to `overlap` in plan, be it that their axes meet.
    """
    out = np.empty((len(i), 6))
    angle = float(crossing_angle_deg)
    run_in_chunks(clearances_of_walls, len(i), pair_rows(seg, i, j), angle, overlap, out)
    return out


def vertical_clearance(
    seg: Segments, i: I32, j: I32, *, crossing_angle_deg: float = CROSSING_ANGLE_DEG
) -> VerticalClearance:
    """Vertical clearance of segments `i` and `j`, pair by pair.

    Where the axes meet in plan at `crossing_angle_deg` or more it is taken plumb at the crossing
    point, between the facing walls there (a sloping circular wall is radius ÷ cos slope from
    its axis, less where an end cuts it). Elsewhere it is the exact least vertical distance of the
    facing surfaces over the area that both projections cover. The body with the higher centre
    there is above. Where the projections only touch there is no clearance.
    """
    out = wall_table(seg, i, j, crossing_angle_deg=crossing_angle_deg)
    return VerticalClearance(out[:, 0], out[:, 1] > 0.0, *(out[:, k] for k in range(2, 6)))
