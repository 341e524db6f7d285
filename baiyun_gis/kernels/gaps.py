"""Signed distance of two shapes: closed form where it is exact, else the convex algorithms."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.axes import nearest_on_axes
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.penetration import overlap_depth
from baiyun_gis.kernels.segments import X0, Y0, Z0, PairRows
from baiyun_gis.kernels.separation import separation
from baiyun_gis.kernels.shapes import (
    ACROSS,
    HALF_HEIGHT,
    HALF_THIRD,
    HALF_WIDTH,
    ROUND0,
    ROUND1,
    SIZE,
    START,
    STOP,
    body_pieces,
    plan_shape,
    station,
)

# Columns of the kernels' answers: gap, point of a, point of b, stations on both axes.
GAP, POINT_A, POINT_B, STATION_A, STATION_B, COLUMNS = 0, 1, 4, 7, 8, 9


class Room(NamedTuple):
    """Where a gap is worked out: the pieces of both bodies (3, `SIZE`), simplex, best shift,
    answer."""

    a: F64
    b: F64
    s: F64
    best: F64
    answer: F64


@compiled
def room_for_gaps() -> Room:
    """Room for the gap of one pair after another."""
    return Room(
        np.zeros((3, SIZE)), np.zeros((3, SIZE)), np.zeros((4, 10)), np.zeros(4), np.zeros(7)
    )


@compiled
def _axis_point(shape: F64, t: float, axis: int) -> float:
    return shape[START + axis] + t * (shape[STOP + axis] - shape[START + axis])


@compiled
def _is_round_at(shape: F64, t: float, x: float, y: float, z: float) -> bool:
    """Does the wall lie a half width from the axis at a station, in the unit direction x, y, z."""
    rounding = shape[ROUND0] if t <= 0.0 else shape[ROUND1]
    if 0.0 < t < 1.0 or rounding == shape[HALF_WIDTH]:
        return True
    ux = shape[STOP] - shape[START]
    uy = shape[STOP + 1] - shape[START + 1]
    uz = shape[STOP + 2] - shape[START + 2]
    length = math.sqrt(ux * ux + uy * uy + uz * uz)
    return abs(ux * x + uy * y + uz * z) <= 1e-12 * length


@compiled
def _is_unknown(shape: F64) -> bool:
    """Is any number of a shape NaN."""
    total = 0.0
    for column in range(SIZE):
        total += shape[column]
    return math.isnan(total)


@compiled
def _has_round_ends(shape: F64) -> bool:
    return shape[ROUND0] == shape[HALF_WIDTH] and shape[ROUND1] == shape[HALF_WIDTH]


@compiled
def _closed_form(a: F64, b: F64, out: F64) -> bool:
    """Axis distance less the half widths, where both walls are round about their nearest points.

    False, with nothing decided, where a flat end takes part or the axes meet.
    """
    s, t = nearest_on_axes(a, b)
    x = _axis_point(b, t, 0) - _axis_point(a, s, 0)
    y = _axis_point(b, t, 1) - _axis_point(a, s, 1)
    z = _axis_point(b, t, 2) - _axis_point(a, s, 2)
    distance = math.sqrt(x * x + y * y + z * z)
    if distance <= 1e-9:
        return False
    x, y, z = x / distance, y / distance, z / distance
    if not (_is_round_at(a, s, x, y, z) and _is_round_at(b, t, x, y, z)):
        return False
    ra, rb = a[HALF_WIDTH], b[HALF_WIDTH]
    out[GAP] = distance - ra - rb
    out[POINT_A] = _axis_point(a, s, 0) + ra * x
    out[POINT_A + 1] = _axis_point(a, s, 1) + ra * y
    out[POINT_A + 2] = _axis_point(a, s, 2) + ra * z
    out[POINT_B] = _axis_point(b, t, 0) - rb * x
    out[POINT_B + 1] = _axis_point(b, t, 1) - rb * y
    out[POINT_B + 2] = _axis_point(b, t, 2) - rb * z
    return True


@compiled
def _axis_distance(a: F64, b: F64) -> float:
    s, t = nearest_on_axes(a, b)
    total = 0.0
    for axis in range(3):
        d = _axis_point(b, t, axis) - _axis_point(a, s, axis)
        total += d * d
    return math.sqrt(total)


@compiled
def _apart(a: F64, b: F64) -> float:
    """A lower bound of the gap: axis distance less what lies about the axes."""
    return _axis_distance(a, b) - (
        math.hypot(a[HALF_WIDTH], a[HALF_HEIGHT]) + math.hypot(b[HALF_WIDTH], b[HALF_HEIGHT])
    )


@compiled
def _overlap(a: F64, b: F64, planar: bool, enough: float, out: F64, best: F64) -> None:
    """Depth of two overlapping shapes about the common point that `out` holds."""
    overlap_depth(a, b, planar, enough, best)
    # Crossing strips could only be parted by pulling one out lengthwise; they overlap by no
    # more than their widths less the distance of the axes.
    limit = a[HALF_WIDTH] + b[HALF_WIDTH] - _axis_distance(a, b)
    if planar and limit < best[0]:
        best[0], best[1], best[2], best[3] = limit, a[ACROSS], a[ACROSS + 1], 0.0
    depth = max(0.0, best[0])
    out[GAP] = -depth
    for axis in range(3):
        middle = 0.5 * (out[POINT_A + axis] + out[POINT_B + axis])
        out[POINT_A + axis] = middle + 0.5 * depth * best[1 + axis]
        out[POINT_B + axis] = middle - 0.5 * depth * best[1 + axis]


@compiled
def shape_gap(
    a: F64, b: F64, planar: bool, least: float, s: F64, best: F64, out: F64
) -> None:  # fmt: skip
    """Signed distance of two shapes, and nearest points, into `out`; only that it is not less
    where it is not less than `least`.

    Where they overlap the points lie the depth apart, about a point of both, in the direction
    of the shortest shift that parts them.
    """
    circular = a[HALF_THIRD] == a[HALF_WIDTH] and b[HALF_THIRD] == b[HALF_WIDTH]
    circular = circular and a[HALF_HEIGHT] == 0.0 and b[HALF_HEIGHT] == 0.0
    settled = (planar or circular) and _closed_form(a, b, out)
    # Overlapping strips with a square end may part by a shorter shift past that end.
    if planar and settled and out[GAP] < 0.0:
        settled = _has_round_ends(a) and _has_round_ends(b)
    if not settled:
        out[GAP] = separation(a, b, s, out[POINT_A:STATION_A])
        if out[GAP] == 0.0:
            _overlap(a, b, planar, -least, out, best)


@compiled
def bodies_of(rows: PairRows, row: int, planar: bool, a: F64, b: F64) -> tuple[int, int]:
    """Make `a` and `b` (3, `SIZE`) the two shapes of a pair in plan, else the pieces of its bodies;
    how many. They are relative to the start of the first: full precision however far the project
    lies from its origin."""
    table, left, right = rows
    p, q = left[row], right[row]
    ox, oy = table[p, X0], table[p, Y0]
    if planar:
        plan_shape(table, p, ox, oy, a[0])
        plan_shape(table, q, ox, oy, b[0])
        return 1, 1
    oz = table[p, Z0]
    return body_pieces(table, p, ox, oy, oz, a), body_pieces(table, q, ox, oy, oz, b)


@compiled
def gap_of_pair(
    rows: PairRows, row: int, planar: bool, to_the_end: bool, room: Room, out: F64
) -> None:  # fmt: skip
    """`shape_gap` of the two of a pair into `out` (`COLUMNS`); NaN where a number is unknown.

    Where not gone `to_the_end` overlapping bodies are no deeper in each other than that says.
    """
    a, b, s, best, answer = room
    in_a, in_b = bodies_of(rows, row, planar, a, b)
    out[:] = np.nan
    if _is_unknown(a[0]) or _is_unknown(b[0]):
        return
    for pair in range(in_a * in_b):
        if pair > 0 and _apart(a[pair // in_b], b[pair % in_b]) >= out[GAP]:
            continue
        known = np.inf if pair == 0 else out[GAP]
        known = known if to_the_end else -np.inf
        shape_gap(a[pair // in_b], b[pair % in_b], planar, known, s, best, answer)
        if pair == 0 or answer[GAP] < out[GAP]:
            for column in range(7):
                out[column] = answer[column]
    out[STATION_A] = station(a[0], out[1], out[2], out[3])
    out[STATION_B] = station(b[0], out[4], out[5], out[6])
    table, left, _ = rows
    for axis in range(2):
        out[POINT_A + 3 * axis] += table[left[row], X0]
        out[POINT_A + 3 * axis + 1] += table[left[row], Y0]
        out[POINT_A + 3 * axis + 2] += 0.0 if planar else table[left[row], Z0]


@compiled
def pair_gaps(first: int, last: int, rows: PairRows, planar: bool, out: F64) -> None:
    """`shape_gap` of the pairs in a range; NaN rows where a number is unknown."""
    to_the_end: Any = np.bool_(True)
    room = room_for_gaps()
    for row in range(first, last):
        gap_of_pair(rows, row, planar, to_the_end, room, out[row])
