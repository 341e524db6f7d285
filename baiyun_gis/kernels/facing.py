"""Where the facing surfaces of two segments that lie over each other come too near, along one.

A sloping circular wall is √(r² − n²) ÷ cos slope from its axis, measured plumb, `n` beside it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import (
    HEIGHT,
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    PairRows,
)
from baiyun_gis.kernels.stations import Runs, along_run
from baiyun_gis.kernels.vertical import ZA, X, Y, at_crossing

_ACROSS_ROUNDS = 25
_ALONG_ROUNDS = 60
_MET_M = 1e-10
"""Surfaces so near the limit are at it."""
_LEAST_STEP = 1e-9
_CORNER_M = 1e-9

_X0, _Y0, _Z0, _DX, _DY, _DZ, _HALF, _HEIGHT, _BOX = range(9)


@compiled
def _wall(body: F64, size: Any, beside: Any) -> Any:
    """Half the height of a body, plumb, beside its axis."""
    if body[_BOX] > 0.5:
        return body[_HEIGHT]
    room = max(body[_HALF] * body[_HALF] - beside * beside, 0.0)
    rise = body[_DZ] / size
    return np.sqrt(room) * np.sqrt(1.0 + rise * rise)


@compiled
def _at(a: F64, b: F64, sizes: F64, turn: F64, t: Any, n: Any, beside: Any, sign: Any) -> Any:
    """Distance of the facing surfaces at station `t` of `a`, `n` to the left of its axis."""
    x, y = a[_X0] + a[_DX] * t - b[_X0], a[_Y0] + a[_DY] * t - b[_Y0]
    foot = (x * b[_DX] + y * b[_DY]) / max(b[_DX] ** 2 + b[_DY] ** 2, 1e-12)
    foot += n * turn[1] / sizes[1]
    za, zb = a[_Z0] + a[_DZ] * t, b[_Z0] + b[_DZ] * foot
    walls = _wall(a, sizes[0], n) + _wall(b, sizes[1], beside + n * turn[0])
    return sign * (za - zb) - walls


@compiled
def _falls_off(body: F64, size: float, beside: float) -> float:
    """How fast the wall sinks beside the axis; infinite at the edge of a round one."""
    if body[_BOX] > 0.5:
        return 0.0
    room = max(body[_HALF] * body[_HALF] - beside * beside, 0.0)
    rise = body[_DZ] / size
    return beside * np.sqrt((1.0 + rise * rise) / room) if beside != 0.0 else 0.0


@compiled
def _grows(
    a: F64, b: F64, sizes: F64, turn: F64, n: float, beside: float, sign: float
) -> float:  # fmt: skip
    """How fast the distance grows to the left, `n` to the left of a's axis."""
    level = -sign * b[_DZ] * turn[1] / sizes[1]
    of_b = 0.0
    if abs(turn[0]) >= 1e-9:
        of_b = turn[0] * _falls_off(b, sizes[1], beside + n * turn[0])
    return level + _falls_off(a, sizes[0], n) + of_b


@compiled
def _least(a: F64, b: F64, sizes: F64, turn: F64, t: Any, sign: Any) -> Any:
    """The least over the line across `a` at station `t`; infinite where nothing overlaps."""
    vx, vy = b[_DX] / sizes[1], b[_DY] / sizes[1]
    x, y = a[_X0] + a[_DX] * t - b[_X0], a[_Y0] + a[_DY] * t - b[_Y0]
    beside = -x * vy + y * vx
    low, high = -a[_HALF], a[_HALF]
    if abs(turn[0]) < 1e-9:
        if abs(beside) > b[_HALF]:
            return np.inf
    else:
        one, two = (-b[_HALF] - beside) / turn[0], (b[_HALF] - beside) / turn[0]
        low, high = max(low, min(one, two)), min(high, max(one, two))
    if high < low <= high + _CORNER_M:  # a corner, but for rounding
        low = high = 0.5 * (low + high)
    if not low <= high:
        return np.inf
    # The distance across is convex: it is least where it begins to grow.
    if _grows(a, b, sizes, turn, low, beside, sign) >= 0.0:
        high = low
    elif _grows(a, b, sizes, turn, high, beside, sign) <= 0.0:
        low = high
    for _ in range(_ACROSS_ROUNDS if low < high else 0):
        middle = 0.5 * (low + high)
        if _grows(a, b, sizes, turn, middle, beside, sign) < 0.0:
            low = middle
        else:
            high = middle
    return _at(a, b, sizes, turn, t, 0.5 * (low + high), beside, sign)


@compiled
def _body(table: F64, k: int, out: F64) -> None:
    """Start, way, half sizes and kind of section of a row of the table."""
    for axis in range(3):
        out[_X0 + axis] = table[k, X0 + axis]
        out[_DX + axis] = table[k, X1 + axis] - table[k, X0 + axis]
    out[_HALF], out[_HEIGHT], out[_BOX] = table[k, WIDTH], table[k, HEIGHT], table[k, RECTANGLE]


@compiled
def _edge(
    a: F64, b: F64, sizes: F64, turn: F64, ends: tuple[float, float], limit: float, sign: float
) -> float:  # fmt: skip
    """The last station from the first towards the last at which surfaces are nearer than `limit`.

    Their distance is convex along the way: by the rule of false position, where the value of an end
    that stays twice is halved (Illinois); by halves while nothing overlaps at either end.
    """
    near, far = ends
    at_far = _least(a, b, sizes, turn, far, sign) - limit
    if at_far < 0.0:
        return far
    at_near, moved = _least(a, b, sizes, turn, near, sign) - limit, 0
    for _ in range(_ALONG_ROUNDS):
        if abs(far - near) <= _LEAST_STEP:
            break
        middle, straight = 0.5 * (near + far), at_near < 0.0 and np.isfinite(at_far)
        if straight:
            middle = near + (far - near) * at_near / (at_near - at_far)
        here = _least(a, b, sizes, turn, middle, sign) - limit
        if abs(here) <= _MET_M:
            return middle
        if here < 0.0:
            at_far = 0.5 * at_far if straight and moved == 1 else at_far
            near, at_near, moved = middle, here, 1
        else:
            at_near = 0.5 * at_near if straight and moved == -1 else at_near
            far, at_far, moved = middle, here, -1
    return near


@compiled
def _edges(
    a: F64, b: F64, above: bool, span: tuple[float, float], worst: float, limit: float
) -> tuple[float, float]:
    """The stations between which the surfaces of two bodies are nearer than `limit`."""
    sizes, turn = np.empty(2), np.empty(2)
    sizes[0] = max(np.hypot(a[_DX], a[_DY]), 1e-9)
    sizes[1] = max(np.hypot(b[_DX], b[_DY]), 1e-9)
    ux, uy = a[_DX] / sizes[0], a[_DY] / sizes[0]
    vx, vy = b[_DX] / sizes[1], b[_DY] / sizes[1]
    turn[0], turn[1] = ux * vx + uy * vy, ux * vy - uy * vx
    sign = 1.0 if above else -1.0
    inside = min(max(worst, span[0]), span[1])
    ends = np.empty(2)
    for end in range(2):
        far = span[0] if end == 0 else span[1]
        ends[end] = _edge(a, b, sizes, turn, (inside, far), limit, sign)
    return ends[0], ends[1]


class Facing(NamedTuple):
    """Pairs of segments that lie over each other: whether they cross, the stations on both where
    they are measured (2, n), whether the first is above; of those that do not cross the row in
    `walls`, as `vertical.wall_table` has them."""

    crosses: Bool
    at: F64
    above: Bool
    place: I64
    walls: F64


@compiled
def failing_on_runs(
    first: int, last: int, rows: PairRows, own: I32, runs: Runs, facing: Facing, span: F64,
    limit: F64, out: F64,
) -> None:  # fmt: skip
    """Where the facing surfaces are nearer than `limit` (m), as chainage along the run of segments
    `own`, the first of the pairs: from and to, (2, n).

    `span` (2, n) holds the stations on these between which the two overlap in plan; at a crossing
    it is all of that. Bodies count without their ends.
    """
    table, left, right = rows
    a, b = np.empty(_BOX + 1), np.empty(_BOX + 1)
    for row in range(first, last):
        p, ends = left[row], (span[0, row], span[1, row])
        if not facing.crosses[row] and not np.isnan(ends[0]):
            _body(table, p, a)
            _body(table, right[row], b)
            wall = facing.walls[facing.place[row]]
            along = (wall[X] - a[_X0]) * a[_DX] + (wall[Y] - a[_Y0]) * a[_DY]
            worst = along / max(a[_DX] * a[_DX] + a[_DY] * a[_DY], 1e-12)
            ends = _edges(a, b, facing.above[row], ends, worst, limit[row])
        at = facing.at[0, row]
        out[0, row], out[1, row] = along_run(table, p, own[row], runs, ends, at)


@compiled
def points_facing(
    first: int, last: int, rows: PairRows, facing: Facing, origin: tuple[float, float], out: F64
) -> None:  # fmt: skip
    """The facing points of both surfaces, one above the other (2, n, 3); unknown levels NaN."""
    table, left, right = rows
    wall = np.empty(6)
    for row in range(first, last):
        p, s = left[row], facing.at[0, row]
        if facing.crosses[row]:
            at_crossing(table, p, right[row], s, facing.at[1, row], wall)
        else:
            wall[:] = facing.walls[facing.place[row]]
        x, y = wall[X], wall[Y]
        if np.isnan(x):
            x = table[p, X0] + (table[p, X1] - table[p, X0]) * s
        if np.isnan(y):
            y = table[p, Y0] + (table[p, Y1] - table[p, Y0]) * s
        for side in range(2):
            out[side, row, 0], out[side, row, 1] = x + origin[0], y + origin[1]
            out[side, row, 2] = wall[ZA + side]
