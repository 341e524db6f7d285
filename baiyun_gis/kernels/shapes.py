"""Pipe bodies and plan strips as one kind of convex shape, and their support points.

A shape is a vector of 20 numbers. It is the convex hull of two ends; an end is a centre plus an
ellipsoid with half axes along the frame `ALONG`, `ACROSS`, `THIRD`, plus a vertical line of
`HALF_HEIGHT` up and down. That covers everything measured here without a case distinction:

- circular pipe, flat end: a disc across the axis; round end: a ball;
- upright rectangle, flat end: a line across, moved up and down; round end: a vertical cylinder;
- plan strip, flat end: a line across; round end: a disc; the end of a sloping circular pipe:
  the ellipse that a tilted disc projects to;
- polygon edge or point: all half sizes zero.

Where a segment with one flat and one round end is shorter than its half width, its round end
reaches past the flat one. In space such a body is taken apart (`body_pieces`); in plan it counts
as the hull of both, which is never too small.
"""

from __future__ import annotations

import math

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled, put_in_place
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
)

SIZE = 20
START, STOP, ALONG, ACROSS, THIRD = 0, 3, 6, 9, 12
ROUND0, ROUND1, HALF_WIDTH, HALF_THIRD, HALF_HEIGHT = 15, 16, 17, 18, 19

# Below this length (m) an axis has no direction in plan: the pipe stands upright.
UPRIGHT_M = 1e-6


@compiled
def point_shape(x: float, y: float, z: float, shape: F64) -> None:
    """Make `shape` a single point."""
    shape[:] = 0.0
    shape[START], shape[START + 1], shape[START + 2] = x, y, z
    shape[STOP], shape[STOP + 1], shape[STOP + 2] = x, y, z
    shape[ALONG], shape[ACROSS + 1], shape[THIRD + 2] = 1.0, 1.0, 1.0


@compiled
def _set_axis(table: F64, k: int, ox: float, oy: float, oz: float, shape: F64) -> float:
    """Ends relative to an origin and the horizontal frame; returns the plan length."""
    point_shape(table[k, X0] - ox, table[k, Y0] - oy, table[k, Z0] - oz, shape)
    shape[STOP] = table[k, X1] - ox
    shape[STOP + 1] = table[k, Y1] - oy
    shape[STOP + 2] = table[k, Z1] - oz
    dx = shape[STOP] - shape[START]
    dy = shape[STOP + 1] - shape[START + 1]
    plan = math.sqrt(dx * dx + dy * dy)
    if plan > UPRIGHT_M:
        shape[ALONG], shape[ALONG + 1] = dx / plan, dy / plan
        shape[ACROSS], shape[ACROSS + 1] = -dy / plan, dx / plan
    return plan


@compiled
def plan_shape(table: F64, k: int, ox: float, oy: float, shape: F64) -> None:
    """Make `shape` the plan projection of row k's body (z = 0 throughout).

    An upright rectangle has no width direction in plan; it counts as a disc of its half width.
    """
    plan = _set_axis(table, k, ox, oy, 0.0, shape)
    rise = shape[STOP + 2] - shape[START + 2]
    shape[START + 2] = 0.0
    shape[STOP + 2] = 0.0
    width = table[k, WIDTH]
    flat = 0.0
    if plan <= UPRIGHT_M:
        flat = width
    elif table[k, RECTANGLE] == 0.0 and not math.isnan(rise):
        flat = width * abs(rise) / math.sqrt(plan * plan + rise * rise)
    shape[ROUND0] = flat if table[k, FLAT0] > 0.0 else width
    shape[ROUND1] = flat if table[k, FLAT1] > 0.0 else width
    shape[HALF_WIDTH] = width


@compiled
def body_shape(table: F64, k: int, ox: float, oy: float, oz: float, shape: F64) -> None:
    """Make `shape` the body of row k in space.

    An upright rectangle counts as a vertical cylinder of its half width, and a circular
    segment without length as a ball.
    """
    plan = _set_axis(table, k, ox, oy, oz, shape)
    width = table[k, WIDTH]
    shape[HALF_WIDTH] = width
    if table[k, RECTANGLE] > 0.0:
        upright = plan <= UPRIGHT_M
        shape[ROUND0] = 0.0 if table[k, FLAT0] > 0.0 and not upright else width
        shape[ROUND1] = 0.0 if table[k, FLAT1] > 0.0 and not upright else width
        shape[HALF_HEIGHT] = table[k, HEIGHT]
        return
    rise = shape[STOP + 2] - shape[START + 2]
    length = math.sqrt(plan * plan + rise * rise)
    ux, uy = shape[ALONG], shape[ALONG + 1]
    if length > UPRIGHT_M:
        level = plan / length if plan > UPRIGHT_M else 0.0
        climb = math.copysign(math.sqrt(max(0.0, 1.0 - level * level)), rise)
        shape[THIRD], shape[THIRD + 1], shape[THIRD + 2] = -ux * climb, -uy * climb, level
        shape[ALONG], shape[ALONG + 1], shape[ALONG + 2] = ux * level, uy * level, climb
    shape[HALF_THIRD] = width
    shape[ROUND0] = 0.0 if table[k, FLAT0] > 0.0 and length > UPRIGHT_M else width
    shape[ROUND1] = 0.0 if table[k, FLAT1] > 0.0 and length > UPRIGHT_M else width


@compiled
def _passes_flat_end(table: F64, k: int, shape: F64) -> bool:
    """Would the hull of a body's ends be more than the body: a round end reaches past a flat one.

    So it is with one flat and one round end nearer each other than the half width.
    """
    if shape[ROUND0] == shape[ROUND1]:
        return False
    square = 0.0
    for axis in range(3):
        square += (shape[STOP + axis] - shape[START + axis]) ** 2
    return square < table[k, WIDTH] * table[k, WIDTH]


@compiled
def body_pieces(
    table: F64, k: int, ox: float, oy: float, oz: float, pieces: F64
) -> int:  # fmt: skip
    """Row k's body as up to three convex shapes; how many they are.

    A sloping rectangle with a round end is its flat-ended box and an upright cylinder at the
    end: the hull of the two would stand over the box by up to slope × half width. A body so short
    that its round end reaches past the flat one is its flat-ended part and that end.
    """
    body_shape(table, k, ox, oy, oz, pieces[0])
    is_box = table[k, RECTANGLE] > 0.0
    if is_box and pieces[0, START + 2] == pieces[0, STOP + 2]:
        is_box = False
    if not is_box and not _passes_flat_end(table, k, pieces[0]):
        return 1
    is_plumb = pieces[0, START] == pieces[0, STOP] and pieces[0, START + 1] == pieces[0, STOP + 1]
    if is_box and is_plumb:
        return 1
    count = 1
    for end in range(2):
        width = pieces[0, ROUND0 + end]
        if width > 0.0:
            for column in range(SIZE):
                pieces[count, column] = pieces[0, column]
            for axis in range(3):
                pieces[count, START + axis] = pieces[0, STOP * end + axis]
                pieces[count, STOP + axis] = pieces[0, STOP * end + axis]
            pieces[count, ROUND0] = pieces[count, ROUND1] = width
            count += 1
    pieces[0, ROUND0] = pieces[0, ROUND1] = 0.0
    return count


@compiled
def support_height(shape: F64, x: float, y: float, z: float) -> float:
    """How far a shape reaches in a direction (any length; the height is in its multiples)."""
    a = shape[ALONG] * x + shape[ALONG + 1] * y + shape[ALONG + 2] * z
    n = shape[HALF_WIDTH] * (shape[ACROSS] * x + shape[ACROSS + 1] * y + shape[ACROSS + 2] * z)
    c = shape[HALF_THIRD] * (shape[THIRD] * x + shape[THIRD + 1] * y + shape[THIRD + 2] * z)
    a0, a1, side = shape[ROUND0] * a, shape[ROUND1] * a, n * n + c * c
    first = shape[START] * x + shape[START + 1] * y + shape[START + 2] * z
    second = shape[STOP] * x + shape[STOP + 1] * y + shape[STOP + 2] * z
    first += math.sqrt(a0 * a0 + side)
    second += math.sqrt(a1 * a1 + side)
    return max(first, second) + shape[HALF_HEIGHT] * abs(z)


@put_in_place
def support_point(
    shape: F64, x: float, y: float, z: float
) -> tuple[float, float, float]:  # fmt: skip
    """The point of a shape furthest in a direction."""
    a = shape[ALONG] * x + shape[ALONG + 1] * y + shape[ALONG + 2] * z
    n = shape[HALF_WIDTH] * (shape[ACROSS] * x + shape[ACROSS + 1] * y + shape[ACROSS + 2] * z)
    c = shape[HALF_THIRD] * (shape[THIRD] * x + shape[THIRD + 1] * y + shape[THIRD + 2] * z)
    a0, a1, side = shape[ROUND0] * a, shape[ROUND1] * a, n * n + c * c
    first = shape[START] * x + shape[START + 1] * y + shape[START + 2] * z
    second = shape[STOP] * x + shape[STOP + 1] * y + shape[STOP + 2] * z
    norm0, norm1 = math.sqrt(a0 * a0 + side), math.sqrt(a1 * a1 + side)
    end, norm, a, rounding = START, norm0, a0, shape[ROUND0]
    if second + norm1 > first + norm0:
        end, norm, a, rounding = STOP, norm1, a1, shape[ROUND1]
    px, py, pz = shape[end], shape[end + 1], shape[end + 2]
    if norm > 0.0:
        a *= rounding / norm
        n *= shape[HALF_WIDTH] / norm
        c *= shape[HALF_THIRD] / norm
        px += a * shape[ALONG] + n * shape[ACROSS] + c * shape[THIRD]
        py += a * shape[ALONG + 1] + n * shape[ACROSS + 1] + c * shape[THIRD + 1]
        pz += a * shape[ALONG + 2] + n * shape[ACROSS + 2] + c * shape[THIRD + 2]
    if z != 0.0:
        pz += math.copysign(shape[HALF_HEIGHT], z)
    return px, py, pz


@compiled
def station(shape: F64, x: float, y: float, z: float) -> float:
    """Where on the axis (0 start, 1 end) a point projects to."""
    dx = shape[STOP] - shape[START]
    dy = shape[STOP + 1] - shape[START + 1]
    dz = shape[STOP + 2] - shape[START + 2]
    square = dx * dx + dy * dy + dz * dz
    if square == 0.0:
        return 0.0
    along = (x - shape[START]) * dx + (y - shape[START + 1]) * dy + (z - shape[START + 2]) * dz
    return min(1.0, max(0.0, along / square))
