"""Where along a straight line an outline is near its strip."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.outlines import Outlines
from baiyun_gis.kernels.segments import WIDTH, X0, X1, Y0, Y1


@compiled
def _widen(span: F64, low: float, high: float, length: float) -> None:
    """Widen a span to a stretch, as far as that lies on a line of some length."""
    low, high = max(low, 0.0), min(high, length)
    if low <= high:
        span[0], span[1] = min(span[0], low), max(span[1], high)


@compiled
def _side(p: tuple[float, float], q: tuple[float, float], half: float, piece: F64) -> None:
    """Widen a piece to the part of a straight side from p to q (along, across) in the strip."""
    (pu, pv), (qu, qv) = p, q
    if pv > qv:
        pu, pv, qu, qv = qu, qv, pu, pv
    if pv > half or qv < -half:
        return
    slope = (qu - pu) / (qv - pv) if qv > pv else 0.0
    one = pu + (-half - pv) * slope if pv < -half else pu
    two = qu + (half - qv) * slope if qv > half else qu
    piece[0], piece[1] = min(piece[0], one, two), max(piece[1], one, two)


@compiled
def _edge(
    p: tuple[float, float], q: tuple[float, float], wide: float, half: float, piece: F64
) -> None:  # fmt: skip
    """Make a piece what of an edge, and so far to either side of it, lies in the strip."""
    piece[0], piece[1] = np.inf, -np.inf
    way_u, way_v = q[0] - p[0], q[1] - p[1]
    size = math.sqrt(way_u * way_u + way_v * way_v)
    if wide == 0.0 or size == 0.0:
        _side(p, q, half, piece)
        return
    du, dv = -way_v * wide / size, way_u * wide / size
    a, b = (p[0] + du, p[1] + dv), (q[0] + du, q[1] + dv)
    c, d = (q[0] - du, q[1] - dv), (p[0] - du, p[1] - dv)
    _side(a, b, half, piece)
    _side(b, c, half, piece)
    _side(c, d, half, piece)
    _side(d, a, half, piece)


@compiled
def stretch_near(
    outlines: Outlines, polygon: int, table: F64, row: int, wide: float, span: F64
) -> None:  # fmt: skip
    """From and to (m along its axis) of where lines across a segment's strip come within `wide` of
    a polygon; from infinity to minus infinity where none does. An axis without length has none.

    What is within is the polygon, its edges moved so far to either side, and discs around its
    corners: the furthest of each in the strip. The polygon itself adds only corners of the strip
    to its edges.
    """
    span[0], span[1] = np.inf, -np.inf
    xy, offsets = outlines.xy, outlines.ring_offsets
    x, y, half = table[row, X0], table[row, Y0], table[row, WIDTH]
    ux, uy = table[row, X1] - x, table[row, Y1] - y
    length = math.sqrt(ux * ux + uy * uy)
    if not length > 0.0 or not wide >= 0.0 or math.isnan(half):
        return
    ux, uy = ux / length, uy / length
    inside, piece = np.zeros((2, 2), np.bool_), np.empty(2)
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        qu = qv = 0.0
        for k in range(offsets[ring], offsets[ring + 1]):
            wx, wy = xy[k, 0] - x, xy[k, 1] - y
            pu, pv, qu, qv = qu, qv, wx * ux + wy * uy, wy * ux - wx * uy
            if k == offsets[ring]:
                continue
            for side in range(2):
                at = half if side else -half
                if (pv > at) != (qv > at):
                    cross = pu + (at - pv) * (qu - pu) / (qv - pv)
                    inside[side, 0] ^= cross > 0.0
                    inside[side, 1] ^= cross > length
            if max(pv, qv) + wide < -half or min(pv, qv) - wide > half:
                continue
            if max(pu, qu) + wide < 0.0 or min(pu, qu) - wide > length:
                continue
            _edge((pu, pv), (qu, qv), wide, half, piece)
            _widen(span, piece[0], piece[1], length)
            across = max(abs(qv) - half, 0.0)
            if across <= wide:
                reach = math.sqrt(wide * wide - across * across)
                _widen(span, qu - reach, qu + reach, length)
    if inside[0, 0] or inside[1, 0]:
        _widen(span, 0.0, 0.0, length)
    if inside[0, 1] or inside[1, 1]:
        _widen(span, length, length, length)
