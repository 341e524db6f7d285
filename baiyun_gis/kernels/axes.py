"""Nearest points of two straight axes, in closed form."""

from __future__ import annotations

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.shapes import START, STOP


@compiled
def _clamp(value: float) -> float:
    return min(1.0, max(0.0, value))


@compiled
def nearest_stations(
    ux: float, uy: float, uz: float, vx: float, vy: float, vz: float,
    wx: float, wy: float, wz: float,
) -> tuple[float, float]:  # fmt: skip
    """Stations (0–1) of the nearest points of p + s·u and q + t·v, with w = p − q."""
    a = ux * ux + uy * uy + uz * uz
    e = vx * vx + vy * vy + vz * vz
    c = ux * wx + uy * wy + uz * wz
    f = vx * wx + vy * wy + vz * wz
    if a == 0.0:
        return 0.0, (_clamp(f / e) if e > 0.0 else 0.0)
    if e == 0.0:
        return _clamp(-c / a), 0.0
    b = ux * vx + uy * vy + uz * vz
    # |u × v|², taken from the cross product: a·e − b² cancels for nearly parallel axes.
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    cross = nx * nx + ny * ny + nz * nz
    s = 0.0
    if cross > 1e-18 * a * e:
        s = _clamp((b * f - c * e) / cross)
    else:
        # Parallel: the middle of the stretch where they lie side by side.
        s = 0.5 * (_clamp(-c / a) + _clamp((b - c) / a))
    t = (b * s + f) / e
    if t < 0.0:
        return _clamp(-c / a), 0.0
    if t > 1.0:
        return _clamp((b - c) / a), 1.0
    return s, t


@compiled
def nearest_in_plan(
    ux: float, uy: float, vx: float, vy: float, wx: float, wy: float
) -> tuple[float, float]:  # fmt: skip
    """`nearest_stations` in plan: the same numbers, with nothing reckoned for the heights."""
    a, e = ux * ux + uy * uy, vx * vx + vy * vy
    c, f = ux * wx + uy * wy, vx * wx + vy * wy
    if a == 0.0:
        return 0.0, (_clamp(f / e) if e > 0.0 else 0.0)
    if e == 0.0:
        return _clamp(-c / a), 0.0
    b = ux * vx + uy * vy
    nz = ux * vy - uy * vx
    cross = nz * nz
    s = 0.0
    if cross > 1e-18 * a * e:
        s = _clamp((b * f - c * e) / cross)
    else:
        s = 0.5 * (_clamp(-c / a) + _clamp((b - c) / a))
    # Without branches: whether the foot lies on the axis cannot be guessed.
    foot = (b * s + f) / e
    t = _clamp(foot)
    at_end = _clamp((t * b - c) / a)
    return (s if (foot >= 0.0) & (foot <= 1.0) else at_end), t


@put_in_place
def nearest_on_axes(a: F64, b: F64) -> tuple[float, float]:
    """Stations of the nearest points of the axes of two shapes."""
    return nearest_stations(
        a[STOP] - a[START], a[STOP + 1] - a[START + 1], a[STOP + 2] - a[START + 2],
        b[STOP] - b[START], b[STOP + 1] - b[START + 1], b[STOP + 2] - b[START + 2],
        a[START] - b[START], a[START + 1] - b[START + 1], a[START + 2] - b[START + 2],
    )  # fmt: skip
