"""Where along an overlap a vertical requirement fails, and where the axes lie worst.

Stations are 0–1 on `a`'s segment. Beside a crossing one line lies on top of the other: there the
distance of the facing surfaces is convex along the axis, that of the axes straight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.pairs import along_run
from baiyun_gis.checks.verdicts import TOLERANCE_M
from baiyun_gis.kernels.plan import plan_stretch
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext

_GOLDEN = 0.6180339887498949
_ACROSS_ROUNDS = 30
_ALONG_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class AxisRise:
    """How far `a`'s axis lies above `b`'s at both ends of an overlap, and where that is.

    At a crossing both ends are the crossing. `from_b`, `to_b` are stations on `b`'s segment.
    """

    from_t: F64
    to_t: F64
    from_b: F64
    to_b: F64
    from_m: F64
    to_m: F64


def clearance_stretch(ctx: CheckContext, part: I64, required_m: F64) -> tuple[F64, F64]:
    """Where the facing surfaces of overlaps `part` are nearer than required, along `a`'s run.

    At a crossing it is the whole overlap.
    """
    overlaps, pairs = ctx.overlaps, ctx.pairs
    seg, rows = ctx.snapshot.segments, overlaps.rows[part]
    i, j = pairs.i[rows], pairs.j[rows]
    from_t, to_t = plan_stretch(seg, i, j, np.zeros(len(rows)))
    beside = np.flatnonzero(~overlaps.is_crossing[part] & ~np.isnan(from_t))
    if len(beside):
        some = part[beside]
        surfaces = _Facing(seg, i[beside], j[beside], overlaps.vertical.a_above[some])
        worst = _station(seg, i[beside], overlaps.vertical.x[some], overlaps.vertical.y[some])
        span = from_t[beside], to_t[beside]
        from_t[beside], to_t[beside] = _failing(
            surfaces, span, worst, required_m[beside] - TOLERANCE_M
        )
    return along_run(ctx.snapshot, pairs, rows, from_t, to_t, overlaps.at_t[part])


def axis_rise(ctx: CheckContext, part: I64) -> AxisRise:
    """The axes of overlaps `part` where both are there, as far as the strips overlap."""
    overlaps, pairs = ctx.overlaps, ctx.pairs
    seg, rows = ctx.snapshot.segments, overlaps.rows[part]
    i, j, beside = pairs.i[rows], pairs.j[rows], ~overlaps.is_crossing[part]
    ends = np.repeat(overlaps.at_t[part][None], 2, axis=0)
    feet = np.repeat(overlaps.at_b[part][None], 2, axis=0)
    some = np.flatnonzero(beside)
    from_t, to_t = plan_stretch(seg, i[some], j[some], np.zeros(len(some)))
    start, stop = _foot(seg, i[some], j[some], from_t), _foot(seg, i[some], j[some], to_t)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (stop - start) / (to_t - from_t)
        one, two = from_t + (0.0 - start) / slope, from_t + (1.0 - start) / slope
    from_t = np.fmax(from_t, np.fmin(one, two))
    to_t = np.fmin(to_t, np.fmax(one, two))
    # Where the axes are nowhere beside each other (an end over an edge) the nearest points stay.
    is_beside = (from_t <= to_t) & (np.abs(stop - start) > 1e-9)
    kept = some[is_beside]
    ends[:, kept] = from_t[is_beside], to_t[is_beside]
    feet[:, kept] = np.clip([_foot(seg, i[kept], j[kept], t) for t in ends[:, kept]], 0.0, 1.0)
    rise = [
        seg.z0[i] + (seg.z1[i] - seg.z0[i]) * t - seg.z0[j] - (seg.z1[j] - seg.z0[j]) * foot
        for t, foot in zip(ends, feet, strict=True)
    ]
    return AxisRise(ends[0], ends[1], feet[0], feet[1], rise[0], rise[1])


def below_limit(from_t: F64, to_t: F64, from_m: F64, to_m: F64, limit_m: F64) -> tuple[F64, F64]:
    """The part of straight stretches below a limit; all of it where nothing is below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = from_t + (to_t - from_t) * (limit_m - from_m) / (to_m - from_m)
    low, high = from_m < limit_m, to_m < limit_m
    return np.where(high & ~low, turn, from_t), np.where(low & ~high, turn, to_t)


def _station(seg: Segments, i: I32, x: F64, y: F64) -> F64:
    dx, dy = seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i]
    along = (x - seg.x0[i]) * dx + (y - seg.y0[i]) * dy
    return along / np.maximum(dx * dx + dy * dy, 1e-12)


def _foot(seg: Segments, i: I32, j: I32, t: F64) -> F64:
    """Station on `j`'s endless axis beside a station of `i`'s."""
    x = seg.x0[i] + (seg.x1[i] - seg.x0[i]) * t
    return _station(seg, j, x, seg.y0[i] + (seg.y1[i] - seg.y0[i]) * t)


class _Facing:
    """Distance of the facing surfaces over points beside `i`'s axis; bodies without ends.

    A sloping circular wall is √(r² − n²) ÷ cos slope from its axis, measured plumb, `n` beside it.
    """

    def __init__(self, seg: Segments, i: I32, j: I32, a_above: Bool) -> None:
        self.seg, self.i, self.j = seg, i, j
        self.sign = np.where(a_above, 1.0, -1.0)
        self.size_i, self.size_j = _size(seg, i), _size(seg, j)
        ux, uy = (seg.x1[i] - seg.x0[i]) / self.size_i, (seg.y1[i] - seg.y0[i]) / self.size_i
        vx, vy = (seg.x1[j] - seg.x0[j]) / self.size_j, (seg.y1[j] - seg.y0[j]) / self.size_j
        self.cosine, self.sine = ux * vx + uy * vy, ux * vy - uy * vx
        self.beside_x, self.beside_y = -vy, vx

    def least(self, t: F64) -> F64:
        """The least over the line across `i` at stations `t`; infinite where nothing overlaps."""
        low, high, beside = self._common(t)
        is_there = low <= high
        low, high = np.where(is_there, low, 0.0), np.where(is_there, high, 0.0)
        for _ in range(_ACROSS_ROUNDS):
            span = (high - low) * _GOLDEN
            left, right = high - span, low + span
            goes_left = self._at(t, left, beside) < self._at(t, right, beside)
            low, high = np.where(goes_left, low, left), np.where(goes_left, right, high)
        return np.where(is_there, self._at(t, (low + high) / 2, beside), np.inf)

    def _common(self, t: F64) -> tuple[F64, F64, F64]:
        """From and to across `i` where `j` is, and how far beside `j`'s axis `i`'s axis lies."""
        seg, half_i, half_j = self.seg, self.seg.half_width[self.i], self.seg.half_width[self.j]
        x = seg.x0[self.i] + (seg.x1[self.i] - seg.x0[self.i]) * t - seg.x0[self.j]
        y = seg.y0[self.i] + (seg.y1[self.i] - seg.y0[self.i]) * t - seg.y0[self.j]
        beside = x * self.beside_x + y * self.beside_y
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = (-half_j - beside) / self.cosine, (half_j - beside) / self.cosine
        square = np.abs(self.cosine) < 1e-9
        none = square & (np.abs(beside) > half_j)
        low = np.where(square, -half_i, np.maximum(np.fmin(one, two), -half_i))
        high = np.where(square, half_i, np.minimum(np.fmax(one, two), half_i))
        return np.where(none, np.inf, low), high, beside

    def _at(self, t: F64, n: F64, beside: F64) -> F64:
        """Distance `n` to the left of `i`'s axis."""
        seg, i, j = self.seg, self.i, self.j
        foot = _foot(seg, i, j, t) + n * self.sine / self.size_j
        za = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * t
        zb = seg.z0[j] + (seg.z1[j] - seg.z0[j]) * foot
        wall_i = _plumb_half(seg, i, self.size_i, n)
        wall_j = _plumb_half(seg, j, self.size_j, beside + n * self.cosine)
        return self.sign * (za - zb) - wall_i - wall_j


def _size(seg: Segments, k: I32) -> F64:
    return np.maximum(np.hypot(seg.x1[k] - seg.x0[k], seg.y1[k] - seg.y0[k]), 1e-9)


def _plumb_half(seg: Segments, k: I32, size: F64, beside: F64) -> F64:
    room = np.maximum(np.square(seg.half_width[k]) - np.square(beside), 0.0)
    rise = (seg.z1[k] - seg.z0[k]) / size
    return np.where(seg.is_rectangle[k], seg.half_height[k], np.sqrt(room) * np.hypot(1.0, rise))


def _failing(surfaces: _Facing, span: tuple[F64, F64], worst: F64, limit_m: F64) -> tuple[F64, F64]:
    """The stretch around the worst station in which the least distance is below the limit."""
    inside = np.clip(worst, *span)

    def edge(outside: F64) -> F64:
        return _bisected(lambda t: surfaces.least(t) < limit_m, inside, outside)

    return edge(span[0]), edge(span[1])


def _bisected(fails: Callable[[F64], Bool], inside: F64, outside: F64) -> F64:
    """Between a failing and another station, the last that fails; `outside` where that fails."""
    whole = fails(outside)
    near, far = inside, outside
    for _ in range(_ALONG_ROUNDS):
        middle = (near + far) / 2
        yes = fails(middle)
        near, far = np.where(yes, middle, near), np.where(yes, far, middle)
    return np.where(whole, outside, near)
