"""Where the facing surfaces of two segments that lie over each other come too near, along one.

A sloping circular wall is √(r² − n²) ÷ cos slope from its axis, measured plumb, `n` beside it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool, beside
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import Segments, owned

_GOLDEN = 0.6180339887498949
_ACROSS_ROUNDS = 30
_ALONG_ROUNDS = 30

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
    if not low <= high:
        return np.inf
    for _ in range(_ACROSS_ROUNDS):
        span = (high - low) * _GOLDEN
        left, right = high - span, low + span
        if _at(a, b, sizes, turn, t, left, beside, sign) < _at(
            a, b, sizes, turn, t, right, beside, sign
        ):
            high = right
        else:
            low = left
    return _at(a, b, sizes, turn, t, (low + high) / 2, beside, sign)


@compiled
def _edges(bodies_a: F64, bodies_b: F64, above: Bool, span: F64, worst: F64, limit: F64) -> F64:
    """For each pair the stations between which the surfaces are nearer than `limit`."""
    out = np.empty((len(worst), 2))
    sizes, turn = np.empty(2), np.empty(2)
    for row in range(len(worst)):
        a, b = bodies_a[row], bodies_b[row]
        sizes[0] = max(np.hypot(a[_DX], a[_DY]), 1e-9)
        sizes[1] = max(np.hypot(b[_DX], b[_DY]), 1e-9)
        ux, uy = a[_DX] / sizes[0], a[_DY] / sizes[0]
        vx, vy = b[_DX] / sizes[1], b[_DY] / sizes[1]
        turn[0], turn[1] = ux * vx + uy * vy, ux * vy - uy * vx
        sign = 1.0 if above[row] else -1.0
        inside = min(max(worst[row], span[row, 0]), span[row, 1])
        for end in range(2):
            far, near = span[row, end], inside
            if not _least(a, b, sizes, turn, far, sign) < limit[row]:
                for _ in range(_ALONG_ROUNDS):
                    middle = (near + far) / 2
                    if _least(a, b, sizes, turn, middle, sign) < limit[row]:
                        near = middle
                    else:
                        far = middle
                out[row, end] = near
            else:
                out[row, end] = far
    return out


def failing_stations(
    seg: Segments,
    i: I32,
    j: I32,
    a_above: Bool,
    *,
    span: tuple[F64, F64],
    worst: F64,
    limit_m: F64,
) -> tuple[F64, F64]:
    """From and to which station on `i` the facing surfaces are nearer than `limit_m`.

    `span` holds the stations between which the two overlap in plan, `worst` one where they are
    nearest. Bodies count without their ends.
    """
    edges = _edges(
        _bodies(seg, i),
        _bodies(seg, j),
        owned(a_above, np.bool_),
        beside(*span),
        owned(worst, np.float64),
        owned(limit_m, np.float64),
    )
    return edges[:, 0].copy(), edges[:, 1].copy()


def _bodies(seg: Segments, k: I32) -> F64:
    return beside(
        seg.x0[k],
        seg.y0[k],
        seg.z0[k],
        seg.x1[k] - seg.x0[k],
        seg.y1[k] - seg.y0[k],
        seg.z1[k] - seg.z0[k],
        seg.half_width[k],
        seg.half_height[k],
        seg.is_rectangle[k].astype(np.float64),
    )
