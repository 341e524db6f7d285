"""Least distance of two convex shapes: Gilbert, Johnson and Keerthi's algorithm in float64.

The simplex is four rows of ten numbers: the point of the difference a − b (columns 0–2), the
points of a (3–5) and b (6–8) that made it, and its weight in the nearest point (9). The
algorithm stops when its upper and lower bounds are within `TOLERANCE_M`, so the distance is
that exact whatever the shapes.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.axes import nearest_on_axes
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.shapes import START, STOP, support_point

TOLERANCE_M = 1e-8
_ROUNDS = 200


@put_in_place
def _on_line(s: F64, i: int, j: int) -> tuple[float, float]:
    """Weight of row j in the point of the line piece i–j nearest the origin; its square."""
    ux, uy, uz = s[j, 0] - s[i, 0], s[j, 1] - s[i, 1], s[j, 2] - s[i, 2]
    square = ux * ux + uy * uy + uz * uz
    t = 0.0
    if square > 0.0:
        t = min(1.0, max(0.0, -(s[i, 0] * ux + s[i, 1] * uy + s[i, 2] * uz) / square))
    x, y, z = s[i, 0] + t * ux, s[i, 1] + t * uy, s[i, 2] + t * uz
    return t, x * x + y * y + z * z


@put_in_place
def _on_triangle(s: F64, i: int, j: int, k: int) -> tuple[float, float, float, float]:
    """Weights of the point of triangle i, j, k nearest the origin, and its squared distance."""
    ux, uy, uz = s[j, 0] - s[i, 0], s[j, 1] - s[i, 1], s[j, 2] - s[i, 2]
    vx, vy, vz = s[k, 0] - s[i, 0], s[k, 1] - s[i, 1], s[k, 2] - s[i, 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    square = nx * nx + ny * ny + nz * nz
    if square > 0.0:
        px, py, pz = -s[i, 0], -s[i, 1], -s[i, 2]
        tj = (py * vz - pz * vy) * nx + (pz * vx - px * vz) * ny + (px * vy - py * vx) * nz
        tk = (uy * pz - uz * py) * nx + (uz * px - ux * pz) * ny + (ux * py - uy * px) * nz
        tj, tk = tj / square, tk / square
        if tj >= 0.0 and tk >= 0.0 and tj + tk <= 1.0:
            high = px * nx + py * ny + pz * nz
            return 1.0 - tj - tk, tj, tk, high * high / square
    # Outside, or no triangle at all: the nearest of the edges.
    t, best = _on_line(s, i, j)
    wi, wj, wk = 1.0 - t, t, 0.0
    t, d = _on_line(s, i, k)
    if d < best:
        best, wi, wj, wk = d, 1.0 - t, 0.0, t
    t, d = _on_line(s, j, k)
    if d < best:
        best, wi, wj, wk = d, 0.0, 1.0 - t, t
    return wi, wj, wk, best


@compiled
def _share_over(s: F64, i: int, j: int, k: int, other: int) -> float:
    """Height of the origin over face i, j, k as a share of row `other`'s; 0 if that is flat."""
    ux, uy, uz = s[j, 0] - s[i, 0], s[j, 1] - s[i, 1], s[j, 2] - s[i, 2]
    vx, vy, vz = s[k, 0] - s[i, 0], s[k, 1] - s[i, 1], s[k, 2] - s[i, 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    wx, wy, wz = s[other, 0] - s[i, 0], s[other, 1] - s[i, 1], s[other, 2] - s[i, 2]
    apex = wx * nx + wy * ny + wz * nz
    size = (nx * nx + ny * ny + nz * nz) * (wx * wx + wy * wy + wz * wz)
    if apex * apex <= 1e-26 * size:
        return 0.0
    return -(s[i, 0] * nx + s[i, 1] * ny + s[i, 2] * nz) / apex


@compiled
def _reduce_tetrahedron(s: F64) -> bool:
    """Weights of the nearest point of all four rows; True where the origin is inside."""
    inside, best = True, np.inf
    for other in range(4):
        i, j, k = (other + 1) % 4, (other + 2) % 4, (other + 3) % 4
        share = _share_over(s, i, j, k, other)
        if share <= 0.0:
            wi, wj, wk, d = _on_triangle(s, i, j, k)
            inside = False
            if d < best:
                best = d
                s[other, 9], s[i, 9], s[j, 9], s[k, 9] = 0.0, wi, wj, wk
        elif inside:
            s[other, 9] = share
    return inside


@put_in_place
def _reduce(s: F64, count: int) -> tuple[int, bool]:
    """Keep the rows that carry the nearest point; how many they are, and is the origin inside."""
    inside = False
    if count == 1:
        s[0, 9] = 1.0
    elif count == 2:
        t, _ = _on_line(s, 0, 1)
        s[0, 9], s[1, 9] = 1.0 - t, t
    elif count == 3:
        s[0, 9], s[1, 9], s[2, 9], _ = _on_triangle(s, 0, 1, 2)
    else:
        inside = _reduce_tetrahedron(s)
    kept = 0
    for row in range(count):
        if s[row, 9] > 0.0:
            if kept != row:
                for column in range(10):
                    s[kept, column] = s[row, column]
            kept += 1
    return kept, inside


@put_in_place
def _add_point(a: F64, b: F64, x: float, y: float, z: float, s: F64, row: int) -> None:
    """Set a row to the point of a − b furthest against a direction."""
    px, py, pz = support_point(a, -x, -y, -z)
    qx, qy, qz = support_point(b, x, y, z)
    s[row, 0], s[row, 1], s[row, 2] = px - qx, py - qy, pz - qz
    s[row, 3], s[row, 4], s[row, 5] = px, py, pz
    s[row, 6], s[row, 7], s[row, 8] = qx, qy, qz
    s[row, 9] = 1.0


@put_in_place
def _nearest(s: F64, count: int, first: int) -> tuple[float, float, float]:
    """The weighted point of the rows: of the difference (0), of a (3) or of b (6)."""
    x, y, z, total = 0.0, 0.0, 0.0, 0.0
    for row in range(count):
        weight = s[row, 9]
        total += weight
        x += weight * s[row, first]
        y += weight * s[row, first + 1]
        z += weight * s[row, first + 2]
    return x / total, y / total, z / total


@put_in_place
def _first_direction(a: F64, b: F64) -> tuple[float, float, float]:
    """From b to a between the nearest points of the axes."""
    s, t = nearest_on_axes(a, b)
    x = a[START] + s * (a[STOP] - a[START]) - b[START] - t * (b[STOP] - b[START])
    y = a[START + 1] + s * (a[STOP + 1] - a[START + 1])
    y -= b[START + 1] + t * (b[STOP + 1] - b[START + 1])
    z = a[START + 2] + s * (a[STOP + 2] - a[START + 2])
    z -= b[START + 2] + t * (b[STOP + 2] - b[START + 2])
    return (x, y, z) if x * x + y * y + z * z > 0.0 else (1.0, 0.0, 0.0)


@compiled
def separation(a: F64, b: F64, s: F64, out: F64) -> float:
    """Distance of two shapes in metres, 0 where they touch or overlap.

    `out` gets the nearest point of a (0–2) and of b (3–5); where they overlap, a point of both.
    """
    x, y, z = _first_direction(a, b)
    count, inside, square = 0, False, np.inf
    for _ in range(_ROUNDS):
        _add_point(a, b, x, y, z, s, count)
        reach = x * s[count, 0] + y * s[count, 1] + z * s[count, 2]
        if count > 0 and square - reach <= TOLERANCE_M * math.sqrt(square):
            break
        count, inside = _reduce(s, count + 1)
        x, y, z = _nearest(s, count, 0)
        less = 0.0 if inside else x * x + y * y + z * z
        stalled = less >= square
        square = min(less, square)
        if stalled or square <= TOLERANCE_M * TOLERANCE_M:
            break
    out[0], out[1], out[2] = _nearest(s, count, 3)
    out[3], out[4], out[5] = _nearest(s, count, 6)
    return math.sqrt(square) if square > TOLERANCE_M * TOLERANCE_M else 0.0
