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
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.round_walls import chance_along
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, Z0, PairRows, Segments, owned, pair_rows

_PARALLEL_M = 1e-6
# Columns of the errors of a pair: a start, a end, b start, b end each.
XY, Z, POINT = 0, 4, 8
# Columns of what is asked of a pair.
AT, GRADIENT, BEND, STRETCH, MORE, SHORT = 0, 2, 5, 8, 12, 13
TOWARDS, ASIDE, RADIUS, LIFT = 14, 17, 20, 21


class RoundWalls(NamedTuple):
    """Two round walls along each other: how one axis lies off the other, and how near it may.

    `towards` and `aside` (n, 3): what the way from a's axis to b's counts in either direction.
    They are too near within `radius_m` of each other; where `lift_m` is known, where b's is not
    that much above the wall of this radius. NaN: no round walls along each other.
    """

    towards: F64
    aside: F64
    radius_m: F64
    lift_m: F64


class TwoPlaces(NamedTuple):
    """Deviation where a distance is least; the same at the other end of the stretch.

    `other_more_m` is by how much the distance is larger there (infinite: there is no other
    place), `correlation` that of the two distances. `bend_m`, `other_bend_m`: by how much errors
    aside make the distance larger on average, round walls being nearest face to face. `chance`: of
    too little distance, where that takes more than the two places; else NaN.
    """

    sigma_m: F64
    other_more_m: F64
    other_sigma_m: F64
    correlation: F64
    bend_m: F64
    other_bend_m: F64
    chance: F64


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
def _weight(end: int, place: F64) -> float:
    """How far an end's error goes into a distance: ends 0, 1 are a's, 2 and 3 are b's."""
    station = place[0] if end < 2 else place[1]
    share = station if end % 2 == 1 else 1.0 - station
    return -share if end < 2 else share


@compiled
def _covariance(errors: F64, one: F64, two: F64, flat: float, up: float) -> float:
    """Covariance of the distances at two places (stations on a and b)."""
    total = 0.0
    for i in range(4):
        for j in range(4):
            if errors[POINT + i] != errors[POINT + j]:
                continue
            xy = errors[XY + i] * errors[XY + j]
            z = errors[Z + i] * errors[Z + j]
            total += _weight(i, one) * _weight(j, two) * (flat * xy + up * z)
    return total


@compiled
def _bend(errors: F64, place: F64, asked: F64) -> float:
    """Mean of half the square of the error along the bend's direction."""
    x, y, z = asked[BEND], asked[BEND + 1], asked[BEND + 2]
    return 0.5 * _covariance(errors, place, place, x * x + y * y, z * z)


@compiled
def _along_round_walls(
    table: F64, p: int, q: int, own: F64, stretch: F64, wants: F64, covariance: F64, h: F64
) -> float:  # fmt: skip
    """The chance of too little distance somewhere along a stretch of round walls."""
    ends, path = stretch.reshape(2, 2), np.empty(4)
    for i in range(4):
        for j in range(i + 1):
            first, second = ASIDE if i < 2 else TOWARDS, ASIDE if j < 2 else TOWARDS
            flat = wants[first] * wants[second] + wants[first + 1] * wants[second + 1]
            up = wants[first + 2] * wants[second + 2]
            covariance[i, j] = _covariance(own, ends[i % 2], ends[j % 2], flat, up)
            covariance[j, i] = covariance[i, j]
    is_bar = math.isnan(wants[LIFT])
    lift = 0.0 if is_bar else wants[LIFT]
    for end in range(2):
        _axis_offset(table, p, q, ends[end, 0], ends[end, 1], h)
        path[end], path[2 + end] = _along(wants, ASIDE, h), _along(wants, TOWARDS, h) - lift
    return chance_along(covariance, path, wants[RADIUS], is_bar)


@compiled
def _along(wants: F64, first: int, h: F64) -> float:
    return wants[first] * h[0] + wants[first + 1] * h[1] + wants[first + 2] * h[2]


@compiled
def _deviation(errors: F64, place: F64, asked: F64) -> float:
    x, y, z = asked[GRADIENT], asked[GRADIENT + 1], asked[GRADIENT + 2]
    bend = _bend(errors, place, asked)
    square = _covariance(errors, place, place, x * x + y * y, z * z)
    return math.sqrt(max(0.0, square + 2.0 * bend * bend))


@compiled
def _further(table: F64, p: int, q: int, stretch: F64, in_plan: bool, h: F64) -> float:
    """By how much the axes are further apart at the end of the stretch than at its start."""
    _axis_offset(table, p, q, stretch[0], stretch[1], h)
    first = math.hypot(h[0], h[1])
    first = first if in_plan else math.hypot(first, h[2])
    _axis_offset(table, p, q, stretch[2], stretch[3], h)
    last = math.hypot(h[0], h[1])
    last = last if in_plan else math.hypot(last, h[2])
    return last - first


@compiled
def _two_places(
    first: int, last: int, rows: PairRows, errors: F64, asked: F64, out: F64
) -> None:  # fmt: skip
    """Rows of `TwoPlaces`; `asked` holds stations, gradient, bend, stretch and rise over it."""
    table, left, right = rows
    one, two, stretch, h = np.zeros(2), np.zeros(2), np.zeros(4), np.zeros(3)
    covariance = np.zeros((4, 4))
    for row in range(first, last):
        own, wants, more = errors[row], asked[row], asked[row, MORE]
        one[0], one[1] = wants[AT], wants[AT + 1]
        out[row, 1], out[row, 2], out[row, 3], out[row, 5] = np.inf, 0.0, 0.0, 0.0
        out[row, 6] = np.nan
        is_given = not math.isnan(more)
        if is_given:
            for column in range(4):
                stretch[column] = wants[STRETCH + column]
        else:
            _beside(table, left[row], right[row], stretch)
            if not math.isnan(stretch[0]):
                more = _further(table, left[row], right[row], stretch, wants[GRADIENT + 2] == 0, h)
        if not (math.isnan(more) or math.isinf(more) or stretch[2] - stretch[0] < 1e-6):
            near, far = (0, 2) if more >= 0.0 else (2, 0)
            # Parallel lines come as near everywhere: not their middle but either end is worst.
            if is_given or abs(more) <= _PARALLEL_M:
                one[0], one[1] = stretch[near], stretch[near + 1]
            if abs(one[0] - stretch[far]) > 1e-6:
                two[0], two[1] = stretch[far], stretch[far + 1]
                out[row, 1] = abs(more)
        out[row, 0], out[row, 4] = _deviation(own, one, wants), _bend(own, one, wants)
        if out[row, 1] == np.inf:
            continue
        out[row, 2], out[row, 5] = _deviation(own, two, wants), _bend(own, two, wants)
        bend = max(out[row, 4], out[row, 5])
        if (
            not math.isnan(wants[RADIUS])
            and bend > 0.01 * (out[row, 0] + out[row, 2])
            and abs(wants[SHORT]) < 6.0 * out[row, 0] + bend
        ):
            # Where either end may be worst so may all between: there the errors aside cross 0.
            out[row, 6] = _along_round_walls(
                table, left[row], right[row], own, stretch, wants, covariance, h
            )
        scale = out[row, 0] * out[row, 2]
        if scale > 0.0:
            x, y, z = wants[GRADIENT], wants[GRADIENT + 1], wants[GRADIENT + 2]
            both = _covariance(own, one, two, x * x + y * y, z * z) / scale
            out[row, 3] = min(1.0, max(-1.0, both))


def two_places(
    seg: Segments,
    i: I32,
    j: I32,
    *,
    errors: F64,
    at: F64,
    gradient: F64,
    short_m: F64,
    bend: F64 | None = None,
    stretch: F64 | None = None,
    more_m: F64 | None = None,
    walls: RoundWalls | None = None,
) -> TwoPlaces:
    """How a distance of segments `i` and `j` wavers at its two places.

    `errors` (n, 12): standard deviations in plan (m) at the ends of i and of j, the same in
    height, and the numbers of the surveyed points there; ends of one number err as one. `at`
    (n, 2): stations on both axes where the distance is least; `gradient` (n, 3): how it grows as
    j is moved; `bend` (n, 3): it grows by half the square of a shift along this too. `short_m` is
    required minus measured. `stretch` (n, 4) gives the stations of both ends of the stretch beside
    each other (i, j, i, j) and `more_m` by how much the distance is larger at its end than at its
    start; both are taken from the axes where not given. `walls` that are round along each other are
    looked at all along the stretch.
    """
    asked = np.full((len(i), LIFT + 1), np.nan)
    asked[:, AT:GRADIENT], asked[:, GRADIENT:BEND] = at, gradient
    asked[:, SHORT] = short_m
    asked[:, BEND:STRETCH] = 0.0 if bend is None else bend
    if stretch is not None and more_m is not None:
        asked[:, STRETCH:MORE], asked[:, MORE] = stretch, more_m
    if walls is not None:
        asked[:, TOWARDS:ASIDE], asked[:, ASIDE:RADIUS] = walls.towards, walls.aside
        asked[:, RADIUS], asked[:, LIFT] = walls.radius_m, walls.lift_m
    out = np.empty((len(i), 7))
    run_in_chunks(_two_places, len(i), pair_rows(seg, i, j), owned(errors, np.float64), asked, out)
    return TwoPlaces(*(out[:, k] for k in range(7)))
