"""The two places where a distance of two straight lines may fall short, and how they waver.

Each end of a line has an error of its own in plan (the same deviation each way) and in height;
between the ends errors are interpolated, so that a line errs least in its middle. Ends that are
one surveyed point err as one. To first order a measured distance changes by n · (error of b −
error of a) at the stations of its place, with n the measure's gradient.

The distance of two straight lines is, over the stretch where they lie beside each other, least at
one of its two ends. Lines that are not parallel are short at one of them; parallel ones at either.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.kernels.chances import chance_of_either
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.end_errors import (
    ERRORS,
    POINT,
    XY,
    Surveyed,
    Z,
    errors_of_pair,
    weight,
)
from baiyun_gis.kernels.round_walls import chance_along
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, Z0, PairRows

_PARALLEL_M = 1e-6

# Columns of a place, one row a pair: where a distance is least and how it grows.
AT, GRADIENT, BEND, STRETCH, MORE = 0, 2, 5, 8, 12
TOWARDS, ASIDE, RADIUS, LIFT, FLAT, PLACE = 13, 16, 19, 20, 21, 22
"""`AT`: stations on both axes where the distance is least. `GRADIENT` (3): how it grows as the
second is moved. `BEND` (3): it grows by half the square of a shift along this too. `STRETCH`:
stations of both ends of the stretch beside each other (i, j, i, j). `MORE`: by how much the
distance is larger at its end than at its start; where it is NaN both are taken from the axes.

Round walls along each other are looked at all along the stretch. `TOWARDS` and `ASIDE` (3): what
the way from a's axis to b's counts in either direction. They are too near within `RADIUS` of each
other; where `LIFT` is known, where b's is not that much above the wall of this radius. `RADIUS`
NaN: no round walls along each other. `FLAT`: the sum of the half widths of flat tops that lie over
each other, NaN elsewhere."""
SHORT, SIGMA, CORRELATION, CHANCE, _ANSWER, _LEFT = 0, 2, 4, 5, 6, 6
ANSWERS = _ANSWER + 1
"""Rows of the answer. `SHORT` (2): by how much a distance falls short where it is least and at the
other end of the stretch, −∞ where there is no other place; it leaves out by how much errors aside
make the distance larger on average, round walls being nearest face to face. `SIGMA` (2): the
deviations of both; their correlation; `CHANCE`: of too little distance at either, or somewhere
along round walls. NaN where anything is unknown. The last says which are looked at all along."""

NO_LEAD = -1
"""Instead of a row that comes before another: there is none."""
LEAST_M = 1e-3
"""Bodies and flat tops thinner than this are lines."""


@compiled
def _beside(table: F64, p: int, q: int, stretch: F64) -> None:
    """Stations (a, b, a, b) of both ends of the stretch of p beside q in plan; NaN if none.

    Upright lines are compared by height.
    """
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    square, size = ux * ux + uy * uy, vx * vx + vy * vy
    along = ux * vx + uy * vy
    stretch[:] = np.nan
    if square < 1e-12 or size < 1e-12 or abs(along) < 1e-9 * math.sqrt(square * size):
        return
    first = ((table[q, X0] - table[p, X0]) * ux + (table[q, Y0] - table[p, Y0]) * uy) / square
    last = ((table[q, X1] - table[p, X0]) * ux + (table[q, Y1] - table[p, Y0]) * uy) / square
    low, high = max(0.0, min(first, last)), min(1.0, max(first, last))
    if low > high:
        return
    for end in range(2):
        t = low if end == 0 else high
        stretch[2 * end] = t
        stretch[2 * end + 1] = min(1.0, max(0.0, (t - first) / (last - first)))


@compiled
def _axis_offset(table: F64, p: int, q: int, s: float, t: float, h: F64) -> None:
    """From p's axis at station s to q's at t."""
    for axis in range(3):
        h[axis] = table[q, axis] + t * (table[q, Z0 + 1 + axis] - table[q, axis])
        h[axis] -= table[p, axis] + s * (table[p, Z0 + 1 + axis] - table[p, axis])


@compiled
def covariance_of(errors: F64, one: F64, two: F64, flat: float, up: float) -> float:
    """Covariance of the distances at two places (stations on a and b)."""
    total = 0.0
    for i in range(4):
        for j in range(4):
            if errors[POINT + i] != errors[POINT + j]:
                continue
            xy = errors[XY + i] * errors[XY + j]
            z = errors[Z + i] * errors[Z + j]
            total += weight(errors, i, one) * weight(errors, j, two) * (flat * xy + up * z)
    return total


@compiled
def _bend(errors: F64, place: F64, asked: F64) -> float:
    """Mean of half the square of the error along the bend's direction."""
    x, y, z = asked[BEND], asked[BEND + 1], asked[BEND + 2]
    return 0.5 * covariance_of(errors, place, place, x * x + y * y, z * z)


_NODES = 16
"""Steps in which a stretch is looked at for where walls are nearest."""


@compiled
def _amiss(path: F64, radius: float, apart_m: float) -> float:
    """By how much walls over each other are further apart along a path than they are: at an angle
    they do not lie as far aside of one axis as of the other."""
    least = np.inf
    for node in range(_NODES + 1):
        share = node / _NODES
        aside = path[0] + share * (path[1] - path[0])
        room = radius * radius - aside * aside
        if room > 0.0:
            least = min(least, path[2] + share * (path[3] - path[2]) - math.sqrt(room))
    return least - apart_m if least != np.inf else 0.0


@compiled
def _along_round_walls(
    table: F64, p: int, q: int, own: F64, stretch: F64, wants: F64, short: float, told: float,
    covariance: F64, h: F64,
) -> float:  # fmt: skip
    """The chance of too little distance somewhere along a stretch of round walls, by `short` too
    little where it is least."""
    ends, path = stretch.reshape(2, 2), np.empty(4)
    for i in range(4):
        for j in range(i + 1):
            first, second = ASIDE if i < 2 else TOWARDS, ASIDE if j < 2 else TOWARDS
            flat = wants[first] * wants[second] + wants[first + 1] * wants[second + 1]
            up = wants[first + 2] * wants[second + 2]
            covariance[i, j] = covariance_of(own, ends[i % 2], ends[j % 2], flat, up)
            covariance[j, i] = covariance[i, j]
    is_bar = math.isnan(wants[LIFT])
    lift = 0.0 if is_bar else wants[LIFT]
    for end in range(2):
        _axis_offset(table, p, q, ends[end, 0], ends[end, 1], h)
        path[end], path[2 + end] = _along(wants, ASIDE, h), _along(wants, TOWARDS, h) - lift
    if not is_bar:
        path[2:] -= _amiss(path, wants[RADIUS], -short * abs(wants[TOWARDS + 2]))
    return chance_along(covariance, path, wants[RADIUS], is_bar, told)


@compiled
def _along(wants: F64, first: int, h: F64) -> float:
    return wants[first] * h[0] + wants[first + 1] * h[1] + wants[first + 2] * h[2]


@compiled
def _deviation(errors: F64, place: F64, asked: F64) -> float:
    x, y, z = asked[GRADIENT], asked[GRADIENT + 1], asked[GRADIENT + 2]
    bend = _bend(errors, place, asked)
    square = covariance_of(errors, place, place, x * x + y * y, z * z)
    return math.sqrt(max(0.0, square + 2.0 * bend * bend))


@compiled
def _apart(table: F64, p: int, q: int, s: float, t: float, in_plan: bool, h: F64) -> float:
    """How far p's axis at station s is from q's at t."""
    _axis_offset(table, p, q, s, t, h)
    flat = math.hypot(h[0], h[1])
    return flat if in_plan else math.hypot(flat, h[2])


@compiled
def _taken_from_axes(
    table: F64, p: int, q: int, wants: F64, stretch: F64, ends: F64, h: F64
) -> float:  # fmt: skip
    """`_ends_of` where the stretch is that of both axes, which may pass each other within it."""
    _beside(table, p, q, stretch)
    if math.isnan(stretch[0]) or stretch[2] - stretch[0] < 1e-6:
        return np.inf
    in_plan = wants[GRADIENT + 2] == 0
    least = _apart(table, p, q, ends[0, 0], ends[0, 1], in_plan, h)
    first = _apart(table, p, q, stretch[0], stretch[1], in_plan, h)
    last = _apart(table, p, q, stretch[2], stretch[3], in_plan, h)
    # Parallel lines come as near everywhere: not their middle but either end is worst.
    if max(first, last) - least <= _PARALLEL_M:
        near = 0 if first <= last else 2
        ends[0, 0], ends[0, 1] = stretch[near], stretch[near + 1]
    elif not math.isnan(wants[RADIUS]) and min(first, last) < least - _PARALLEL_M:
        # Bars in each other are told of where they are to part, not where they lie deepest.
        near, least = 0 if first <= last else 2, min(first, last)
        ends[0, 0], ends[0, 1] = stretch[near], stretch[near + 1]
    starts_near = ends[0, 0] - stretch[0] <= stretch[2] - ends[0, 0]
    far, more = (2, last - least) if starts_near else (0, first - least)
    if abs(ends[0, 0] - stretch[far]) <= 1e-6:
        return np.inf
    ends[1, 0], ends[1, 1] = stretch[far], stretch[far + 1]
    return max(0.0, more)


@compiled
def _ends_of(
    table: F64, p: int, q: int, wants: F64, stretch: F64, ends: F64, h: F64
) -> float:  # fmt: skip
    """Stations of both places into `ends` (2, 2), the stretch into `stretch`; by how much the
    distance is more at the other place, infinite where there is none."""
    more = wants[MORE]
    ends[0, 0], ends[0, 1] = wants[AT], wants[AT + 1]
    if math.isnan(more):
        return _taken_from_axes(table, p, q, wants, stretch, ends, h)
    for column in range(4):
        stretch[column] = wants[STRETCH + column]
    if math.isinf(more) or stretch[2] - stretch[0] < 1e-6:
        return np.inf
    near, far = (0, 2) if more >= 0.0 else (2, 0)
    ends[0, 0], ends[0, 1] = stretch[near], stretch[near + 1]
    if abs(ends[0, 0] - stretch[far]) <= 1e-6:
        return np.inf
    ends[1, 0], ends[1, 1] = stretch[far], stretch[far + 1]
    return abs(more)


@compiled
def _of_two(
    own: F64, ends: F64, wants: F64, short: float, more: tuple[float, float], row: int, out: F64
) -> float:  # fmt: skip
    """Answers of one row: `more` is by how much the distance is larger at either
    place, infinite where the second is none. The most errors aside make it larger on average."""
    one, two = ends[0], ends[1]
    sigma, bend = _deviation(own, one, wants), _bend(own, one, wants)
    out[SHORT, row], out[SHORT + 1, row] = short - more[0] - bend, -np.inf
    out[SIGMA, row], out[SIGMA + 1, row] = sigma, 0.0
    out[CORRELATION, row], most = 0.0, bend
    if more[1] != np.inf:
        sigma_there, bend_there = _deviation(own, two, wants), _bend(own, two, wants)
        out[SHORT + 1, row] = short - bend_there - more[1]
        out[SIGMA + 1, row], most = sigma_there, max(bend, bend_there)
        scale = sigma * sigma_there
        if scale > 0.0:
            x, y, z = wants[GRADIENT], wants[GRADIENT + 1], wants[GRADIENT + 2]
            both = covariance_of(own, one, two, x * x + y * y, z * z) / scale
            out[CORRELATION, row] = min(1.0, max(-1.0, both))
    out[CHANCE, row] = chance_of_either(
        out[SHORT, row],
        out[SIGMA, row],
        out[SHORT + 1, row],
        out[SIGMA + 1, row],
        out[CORRELATION, row],
    )
    return most


@compiled
def _at_the_ends(
    rows: PairRows, row: int, own: F64, wants: F64, short: float, scratch: tuple[F64, F64, F64],
    out: F64,
) -> None:  # fmt: skip
    """Where axes are nearest within the stretch, but hardly so, both its ends may be worse than the
    middle, in which lines err least: then those are the two places."""
    stretch, ends, h = scratch
    table, p, q = rows.table, rows.left[row], rows.right[row]
    s, t = ends[0, 0], ends[0, 1]
    if abs(s - stretch[0]) <= 1e-6 or abs(s - stretch[2]) <= 1e-6:
        return
    in_plan = wants[GRADIENT + 2] == 0
    least = _apart(table, p, q, s, t, in_plan, h)
    first = _apart(table, p, q, stretch[0], stretch[1], in_plan, h) - least
    last = _apart(table, p, q, stretch[2], stretch[3], in_plan, h) - least
    if min(first, last) > 6.0 * (out[SIGMA, row] + out[SIGMA + 1, row]):
        return
    near, far = (0, 2) if first <= last else (2, 0)
    other, told = np.empty((2, 2)), np.empty((_ANSWER, 1))
    other[0, 0], other[0, 1] = stretch[near], stretch[near + 1]
    other[1, 0], other[1, 1] = stretch[far], stretch[far + 1]
    more = max(0.0, min(first, last)), max(0.0, first, last)
    _of_two(own, other, wants, short, more, 0, told)
    if told[CHANCE, 0] > out[CHANCE, row]:
        out[:_ANSWER, row] = told[:, 0]
        ends[:] = other


@compiled
def _falls_away(table: F64, p: int, q: int, stretch: F64, wants: F64, h: F64) -> float:
    """By how much further round walls over each other are apart at one end of the stretch than at
    the other for lying aside there (m)."""
    low, high = np.inf, 0.0
    for end in (0, 2):
        _axis_offset(table, p, q, stretch[end], stretch[end + 1], h)
        aside = min(abs(_along(wants, ASIDE, h)), wants[RADIUS])
        fall = wants[RADIUS] - math.sqrt(wants[RADIUS] ** 2 - aside * aside)
        low, high = min(low, fall), max(high, fall)
    return high - low


@compiled
def _at_both(
    rows: PairRows, row: int, own: F64, wants: F64, short: float, scratch: tuple[F64, F64, F64],
    out: F64,
) -> bool:  # fmt: skip
    """Answers of one row; whether round walls may be too near between the places."""
    stretch, ends, h = scratch
    table, p, q = rows.table, rows.left[row], rows.right[row]
    other = _ends_of(table, p, q, wants, stretch, ends, h)
    most = _of_two(own, ends, wants, short, (0.0, other), row, out)
    if other == np.inf:
        return False
    if math.isnan(wants[MORE]):
        _at_the_ends(rows, row, own, wants, short, scratch, out)
    if math.isnan(wants[RADIUS]):
        return False
    # Where either end may be worst so may all between: there the errors aside cross 0.
    doubt = out[SIGMA, row] + out[SIGMA + 1, row]
    spread = most > 0.01 * doubt
    if not (spread or math.isnan(wants[LIFT])):
        spread = _falls_away(table, p, q, stretch, wants, h) > 0.05 * doubt
    return spread and abs(short) < 6.0 * out[SIGMA, row] + most


@compiled
def _is_found(row: int, asked: F64, told: float, out: F64) -> bool:
    """Whether what was told of a row is at least possible; flat tops may lie aside yet."""
    return not asked[row, FLAT] > LEAST_M and out[CHANCE, row] >= told


@compiled
def both_places(
    first: int, last: int, rows: PairRows, of: Surveyed, asked: F64, short: F64,
    counts: tuple[Bool, I64], told: float, out: F64,
) -> None:  # fmt: skip
    """How distances waver at their two places, and the chance that they fall short: rows of `out`.

    `asked` (n, `PLACE`) says where each distance is least, `short` (m) is required minus measured,
    `of` how the ends err. `counts`: only `weighed` round walls are looked at all along the stretch
    (all where that is empty), and closely only where the chance may be as large as what is `told`;
    nor are those whose lead, another row or `NO_LEAD`, is that likely too near.
    """
    weighed, lead = counts
    own, ends, stretch, h = np.empty(ERRORS), np.zeros((2, 2)), np.zeros(4), np.zeros(3)
    covariance = np.zeros((4, 4))
    for row in range(first, last):
        errors_of_pair(of, rows.left[row], rows.right[row], own)
        between = _at_both(rows, row, own, asked[row], short[row], (stretch, ends, h), out)
        out[_LEFT, row] = between and (len(weighed) == 0 or weighed[row])
    for leads in (True, False):
        for row in range(first, last):
            before = lead[row] if len(lead) else NO_LEAD
            if out[_LEFT, row] == 0.0 or leads != (before == NO_LEAD):
                continue
            if before >= first and before < last and _is_found(before, asked, told, out):
                continue
            p, q = rows.left[row], rows.right[row]
            errors_of_pair(of, p, q, own)
            _ends_of(rows.table, p, q, asked[row], stretch, ends, h)
            out[CHANCE, row] = _along_round_walls(
                rows.table, p, q, own, stretch, asked[row], short[row], told, covariance, h
            )
