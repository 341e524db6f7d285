"""Clearance, crossing and failing stretch of two pipes in plan."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.gaps import COLUMNS, GAP, STATION_A, pair_gaps
from baiyun_gis.kernels.segments import (
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    PairRows,
    Segments,
    owned,
    pair_rows,
)
from baiyun_gis.kernels.separation import separation
from baiyun_gis.kernels.shapes import (
    ACROSS,
    HALF_WIDTH,
    SIZE,
    START,
    STOP,
    UPRIGHT_M,
    plan_shape,
    point_shape,
)

# Axes that miss each other by no more than the program's one tolerance meet.
MEET_M = 0.001
_NEWTON_ROUNDS = 60
# Distances are right to 1e-8 m, so nearer than this to the limit their slope means nothing.
_ENTERED_M = 1e-6
# Far more than that, far less than any answer.
_SURE_M = 1e-5


class PlanClearance(NamedTuple):
    """Clearance in plan in metres, wall to wall, negative the overlap; nearest points; stations.

    `ta` and `tb` are where along the two axes (0 start, 1 end) the nearest points lie. NaN where
    a width is unknown.
    """

    gap: F64
    ax: F64
    ay: F64
    bx: F64
    by: F64
    ta: F64
    tb: F64


_IN_PLAN = (0, 1, 2, 4, 5, 7, 8)
"""Which columns of the answers in space these are."""
PLAN = len(_IN_PLAN)


class PlanCrossing(NamedTuple):
    """Do two axes meet in plan, at which stations, at what angle (0–90 degrees)."""

    crosses: Bool
    ta: F64
    tb: F64
    angle_deg: F64


class PlanStretch(NamedTuple):
    """From and to station (0–1) on the first segment's axis; NaN where there is no stretch."""

    from_t: F64
    to_t: F64


def plan_clearance(seg: Segments, i: I32, j: I32) -> PlanClearance:
    """Horizontal clearance of segments `i` and `j`, pair by pair, wall to wall.

    The plan projection of a body is a strip with flat or round ends; the flat end of a sloping
    circular pipe projects to an ellipse, an upright pipe to a disc. Overlap is the shortest
    shift that parts the strips, at most both half widths less the distance of the axes.
    """
    out = np.empty((len(i), COLUMNS))
    if len(i):
        run_in_chunks(pair_gaps, len(i), pair_rows(seg, i, j), True, out)
    return PlanClearance(*(out[:, column] for column in _IN_PLAN))


@compiled
def crossing_of_axes(
    table: F64, p: int, other: F64, q: int
) -> tuple[bool, float, float, float]:  # fmt: skip
    """Whether the axes of two rows of tables meet, at which stations, at what angle (degrees)."""
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = other[q, X1] - other[q, X0], other[q, Y1] - other[q, Y0]
    wx, wy = table[p, X0] - other[q, X0], table[p, Y0] - other[q, Y0]
    size = math.sqrt((ux * ux + uy * uy) * (vx * vx + vy * vy))
    if not size > UPRIGHT_M * UPRIGHT_M:
        return False, np.nan, np.nan, np.nan
    sine = abs(ux * vy - uy * vx) / size
    angle = math.degrees(math.atan2(sine, abs(ux * vx + uy * vy) / size))
    s, t = nearest_in_plan(ux, uy, vx, vy, wx, wy)
    if math.hypot(wx + s * ux - t * vx, wy + s * uy - t * vy) <= MEET_M:
        return True, s, t, angle
    return False, np.nan, np.nan, angle


@compiled
def _crossings(
    first: int, last: int, table: F64, left: I32, other: F64, right: I32, out: F64, crosses: Bool
) -> None:  # fmt: skip
    """Columns of stations and angle."""
    for row in range(first, last):
        p, q = left[row], right[row]
        crosses[row], out[0, row], out[1, row], out[2, row] = crossing_of_axes(table, p, other, q)


@compiled
def near_rows_in_plan(
    first: int, last: int, rows: PairRows, least_deg: float, meeting: F64, crosses: Bool, plan: F64
) -> None:  # fmt: skip
    """Columns of crossings and clearances; what crosses at the angle or more is not measured."""
    table, left, right = rows
    beside, count = np.empty(last - first, np.int64), 0
    for row in range(first, last):
        p, q = left[row], right[row]
        meets, s, t, angle = crossing_of_axes(table, p, table, q)
        crosses[row], meeting[0, row], meeting[1, row], meeting[2, row] = meets, s, t, angle
        if not (meets and angle >= least_deg):
            beside[count] = row
            count += 1
            continue
        x = table[p, X0] + (table[p, X1] - table[p, X0]) * s
        y = table[p, Y0] + (table[p, Y1] - table[p, Y0]) * s
        plan[0, row] = -min(table[p, WIDTH], table[q, WIDTH])
        plan[1, row] = plan[3, row] = x
        plan[2, row] = plan[4, row] = y
        plan[5, row], plan[6, row] = s, t
    if count > 0:
        beside, near = beside[:count], np.empty((count, COLUMNS))
        # Plain numbers: a constant would have the kernel compiled once more for itself.
        begin: Any = np.int64(0)
        planar: Any = np.bool_(True)
        part = PairRows(table, left[beside], right[beside])
        pair_gaps(begin, len(beside), part, planar, near)
        for k in range(count):
            for place in range(PLAN):
                plan[place, beside[k]] = near[k, _IN_PLAN[place]]


def plan_crossing(seg: Segments, i: I32, j: I32) -> PlanCrossing:
    """Where the axes of segments `i` and `j` meet in plan, within one millimetre.

    Axes that run along each other meet at angle 0, at the middle of the common stretch. The
    angle is given for every pair; it is NaN where an axis stands upright.
    """
    table, left, right = pair_rows(seg, i, j)
    out, crosses = np.empty((3, len(left))), np.empty(len(left), dtype=np.bool_)
    run_in_chunks(_crossings, len(left), table, left, table, right, out, crosses)
    return PlanCrossing(crosses, *out)


def near_in_plan(
    seg: Segments, i: I32, j: I32, *, crossing_angle_deg: float
) -> tuple[PlanClearance, PlanCrossing]:
    """Plan clearance and crossing of pairs; at a crossing its point stands for both nearest points.

    How deep two strips overlap that cross at the angle or more is asked by no rule, so it is not
    measured: the gap there is minus the smaller half width, no more than a sign.
    """
    meeting, plan = np.empty((3, len(i))), np.empty((PLAN, len(i)))
    crosses = np.empty(len(i), dtype=np.bool_)
    given = pair_rows(seg, i, j), float(crossing_angle_deg)
    run_in_chunks(near_rows_in_plan, len(i), *given, meeting, crosses, plan)
    return PlanClearance(*plan), PlanCrossing(crosses, *meeting)


@put_in_place
def _section_gap(a: F64, t: float, b: F64, cut: F64, s: F64, out: F64) -> tuple[float, float]:
    """Distance of a's cross line at station t to shape b, and its slope over t."""
    ux, uy = a[STOP] - a[START], a[STOP + 1] - a[START + 1]
    point_shape(a[START] + t * ux, a[START + 1] + t * uy, 0.0, cut)
    cut[ACROSS], cut[ACROSS + 1] = a[ACROSS], a[ACROSS + 1]
    cut[HALF_WIDTH] = a[HALF_WIDTH]
    gap = separation(cut, b, s, out)
    if gap == 0.0:
        return 0.0, 0.0
    return gap, ((out[0] - out[3]) * ux + (out[1] - out[4]) * uy) / gap


@put_in_place
def _surely_within(a: F64, t: float, b: F64, required: float) -> bool:
    """Whether the line across a at station t has a point that is `required` or less (m) from b,
    negative: that deep inside; only points beside b's axis are looked at. False says nothing."""
    vx, vy = b[STOP] - b[START], b[STOP + 1] - b[START + 1]
    long = math.sqrt(vx * vx + vy * vy)
    if not (long > UPRIGHT_M and a[HALF_WIDTH] >= 0.0):
        return False
    vx, vy = vx / long, vy / long
    x = a[START] + t * (a[STOP] - a[START]) - b[START]
    y = a[START + 1] + t * (a[STOP + 1] - a[START + 1]) - b[START + 1]
    aside, turn = vx * y - vy * x, vx * a[ACROSS + 1] - vy * a[ACROSS]
    # The point of the line nearest to b's axis.
    off = 0.0 if turn == 0.0 else min(max(-aside / turn, -a[HALF_WIDTH]), a[HALF_WIDTH])
    foot = vx * x + vy * y + off * (vx * a[ACROSS] + vy * a[ACROSS + 1])
    beyond = max(abs(aside + off * turn) - b[HALF_WIDTH], -min(foot, long - foot))
    return foot >= 0.0 and foot <= long and beyond <= required


@put_in_place
def _entry(
    a: F64, b: F64, required: float, towards_end: bool, cut: F64, s: F64, out: F64
) -> float:  # fmt: skip
    """First station, coming from one end, whose cross line is nearer than required; NaN if none.

    The distance is convex along the axis, so Newton's steps from outside never pass it.
    """
    t = 0.0 if towards_end else 1.0
    if _surely_within(a, t, b, required):
        return t
    for _ in range(_NEWTON_ROUNDS):
        gap, slope = _section_gap(a, t, b, cut, s, out)
        excess = gap - required
        if excess <= _ENTERED_M:
            return t
        if slope == 0.0 or (slope < 0.0) != towards_end:
            return np.nan
        t -= excess / slope
        if t < 0.0 or t > 1.0:
            return np.nan
    return t


@compiled
def stretches_below(
    first: int, last: int, rows: PairRows, gap: F64, at: F64, required: F64, out: F64
) -> None:  # fmt: skip
    """Rows of (from, to), given the clearances and the stations `at` which they were found.

    Where no station is given but one is needed, the row is (NaN, infinity).
    """
    table, left, right = rows
    a, b, cut = np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE)
    s, points = np.zeros((4, 10)), np.zeros(6)
    for row in range(first, last):
        out[row, 0] = out[row, 1] = np.nan
        if not gap[row] < required[row]:
            continue
        p, q = left[row], right[row]
        plan_shape(table, p, table[p, X0], table[p, Y0], a)
        plan_shape(table, q, table[p, X0], table[p, Y0], b)
        limit = max(required[row], 0.0)
        start = _entry(a, b, limit, True, cut, s, points)
        stop = _entry(a, b, limit, False, cut, s, points)
        if math.isnan(at[row]) and (math.isnan(start) or math.isnan(stop)):
            out[row, 1] = np.inf
            continue
        # Only the rounded or elliptic end itself is too near: the stretch is that end.
        out[row, 0] = at[row] if math.isnan(start) else start
        out[row, 1] = max(out[row, 0], at[row] if math.isnan(stop) else stop)


def plan_stretch(seg: Segments, i: I32, j: I32, required: F64) -> PlanStretch:
    """Where along segment `i`'s axis its plan clearance to segment `j` is below `required` (m).

    A station fails where the line across the strip there, half width to either side, is nearer
    to the other strip than required. Where only the round cap beyond an end is too near, the
    stretch is that end's station alone. NaN where the clearance is not below `required`.
    """
    out = np.empty((len(i), 2))
    if len(i):
        limits = owned(np.broadcast_to(required, len(i)), np.float64)
        run_in_chunks(stretches_in_plan, len(i), pair_rows(seg, i, j), limits, out)
    return PlanStretch(out[:, 0], out[:, 1])


@put_in_place
def surely_overlaps(
    table: F64, p: int, q: int, meeting: tuple[bool, float, float, float], required: float
) -> bool:  # fmt: skip
    """Whether axes that meet so do within one of the two, asked for a distance of 0 or more."""
    meets, s, t, angle = meeting
    inner = (s > 1e-3 and s < 1.0 - 1e-3) and (t > 1e-3 and t < 1.0 - 1e-3)
    wide = table[p, WIDTH] > 2.0 * MEET_M and table[q, WIDTH] > 2.0 * MEET_M
    return meets and inner and wide and angle > 1.0 and required >= 0.0


@compiled
def fill_stretches(rows: PairRows, some: I64, limits: F64, out: F64) -> None:
    """The stretches of some pairs, with their clearance measured."""
    part = PairRows(rows.table, rows.left[some], rows.right[some])
    near, found = np.empty((len(some), COLUMNS)), np.empty((len(some), 2))
    # Plain numbers: a constant would have the kernel compiled once more for itself.
    begin: Any = np.int64(0)
    planar: Any = np.bool_(True)
    pair_gaps(begin, len(some), part, planar, near)
    gap, at = near[:, GAP].copy(), near[:, STATION_A].copy()
    stretches_below(0, len(some), part, gap, at, limits[some], found)
    for place in range(len(some)):
        out[some[place], 0], out[some[place], 1] = found[place, 0], found[place, 1]


@compiled
def stretches_in_plan(first: int, last: int, rows: PairRows, limits: F64, out: F64) -> None:
    """Rows of (from, to) of the pairs in a range; the clearance is measured only where no station
    amid the stretch, nor axes that meet within one of the two, say that it is below the limit."""
    table, left, right = rows
    a, b, cut = np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE)
    s, points = np.zeros((4, 10)), np.zeros(6)
    rest, count = np.empty(last - first, np.int64), 0
    for row in range(first, last):
        p, q, stop = left[row], right[row], np.nan
        plan_shape(table, p, table[p, X0], table[p, Y0], a)
        plan_shape(table, q, table[p, X0], table[p, Y0], b)
        limit = max(limits[row], 0.0)
        start = _entry(a, b, limit, True, cut, s, points)
        if not math.isnan(start):
            stop = _entry(a, b, limit, False, cut, s, points)
        if not math.isnan(stop):
            amid, sure = 0.5 * (start + stop), limits[row] - _SURE_M
            if (
                _surely_within(a, amid, b, sure - _SURE_M)
                or _section_gap(a, amid, b, cut, s, points)[0] < sure
                or surely_overlaps(table, p, q, crossing_of_axes(table, p, table, q), limits[row])
            ):
                out[row, 0], out[row, 1] = start, max(start, stop)
                continue
        rest[count] = row
        count += 1
    if count > 0:
        fill_stretches(rows, rest[:count], limits, out)
