"""Slow answers about pipe bodies, sharing no code with the kernels.

A body is taken apart into plain solids: flat-ended cylinder, ball, sheared box, upright
cylinder. Each solid can do two things: give the point of it nearest to a given point, and give
how far it reaches in a direction (from its vertices or its formula). The distance of two solids
is found by accelerated alternating projection, and is bracketed: the two points found are an
upper bound, the empty slab across them is a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64


class Solid(Protocol):
    """A convex solid."""

    def nearest(self, p: F64) -> F64:
        """The point of the solid nearest to p."""
        ...

    def reach(self, d: F64) -> F64:
        """How far the solid reaches in each of the unit directions d (n, 3)."""
        ...

    def holds(self, p: F64) -> np.ndarray:
        """Which of the points p (n, 3) lie in the solid."""
        ...


@dataclass
class Ball:
    centre: F64
    radius: float

    def nearest(self, p: F64) -> F64:
        away = p - self.centre
        length = np.linalg.norm(away)
        return p if length <= self.radius else self.centre + away * (self.radius / length)

    def reach(self, d: F64) -> F64:
        return d @ self.centre + self.radius

    def holds(self, p: F64) -> np.ndarray:
        return np.linalg.norm(p - self.centre, axis=-1) <= self.radius


@dataclass
class Cylinder:
    """Round bar with flat ends, from `centre` along the unit vector `axis`."""

    centre: F64
    axis: F64
    length: float
    radius: float

    def nearest(self, p: F64) -> F64:
        along = (p - self.centre) @ self.axis
        side = p - self.centre - along * self.axis
        size = np.linalg.norm(side)
        if size > self.radius:
            side = side * (self.radius / size)
        return self.centre + np.clip(along, 0.0, self.length) * self.axis + side

    def reach(self, d: F64) -> F64:
        along = d @ self.axis
        return (
            d @ self.centre
            + np.maximum(0.0, along * self.length)
            + self.radius * np.sqrt(np.maximum(0.0, 1.0 - along**2))
        )

    def holds(self, p: F64) -> np.ndarray:
        along = (p - self.centre) @ self.axis
        side = np.linalg.norm(p - self.centre - along[..., None] * self.axis, axis=-1)
        return (along >= 0.0) & (along <= self.length) & (side <= self.radius)


@dataclass
class ShearedBox:
    """Upright rectangle swept along a sloping axis: level width, plumb height."""

    start: F64
    run: F64  # unit, level
    length: float  # in plan
    slope: float
    half_width: float
    half_height: float

    def _local(self, p: F64) -> tuple[F64, F64, F64]:
        w = p - self.start
        across = np.array([-self.run[1], self.run[0], 0.0])
        return w @ self.run, w @ across, w[..., 2]

    def nearest(self, p: F64) -> F64:
        s, n, z = self._local(p)
        s, z = self._nearest_in_profile(float(s), float(z))
        n = np.clip(n, -self.half_width, self.half_width)
        across = np.array([-self.run[1], self.run[0], 0.0])
        return self.start + s * self.run + n * across + np.array([0.0, 0.0, z])

    def _nearest_in_profile(self, s: float, z: float) -> tuple[float, float]:
        h, end = self.half_height, self.length
        if 0.0 <= s <= end and abs(z - self.slope * s) <= h:
            return s, z
        corners = [(0.0, -h), (end, self.slope * end - h), (end, self.slope * end + h), (0.0, h)]
        best, found = np.inf, (s, z)
        for (ax, az), (bx, bz) in zip(corners, corners[1:] + corners[:1], strict=True):
            dx, dz = bx - ax, bz - az
            square = dx * dx + dz * dz
            t = min(1.0, max(0.0, ((s - ax) * dx + (z - az) * dz) / square)) if square else 0.0
            x, y = ax + t * dx, az + t * dz
            far = (x - s) ** 2 + (y - z) ** 2
            if far < best:
                best, found = far, (x, y)
        return found

    def vertices(self) -> F64:
        across = np.array([-self.run[1], self.run[0], 0.0])
        up = np.array([0.0, 0.0, 1.0])
        out = [
            self.start + s * self.run + s * self.slope * up + n * across + h * up
            for s in (0.0, self.length)
            for n in (-self.half_width, self.half_width)
            for h in (-self.half_height, self.half_height)
        ]
        return np.array(out)

    def reach(self, d: F64) -> F64:
        return (self.vertices() @ d.T).max(axis=0)

    def holds(self, p: F64) -> np.ndarray:
        s, n, z = self._local(p)
        within = (s >= 0.0) & (s <= self.length) & (np.abs(n) <= self.half_width)
        return within & (np.abs(z - self.slope * s) <= self.half_height)


def solids_of(seg: Segments, k: int) -> list[Solid]:
    """The body of a segment as plain solids, as the semantics define it."""
    p = np.array([seg.x0[k], seg.y0[k], seg.z0[k]])
    q = np.array([seg.x1[k], seg.y1[k], seg.z1[k]])
    w, h = float(seg.half_width[k]), float(seg.half_height[k])
    round_ends = [e for e, flat in ((p, seg.flat0[k]), (q, seg.flat1[k])) if not flat]
    up = np.array([0.0, 0.0, 1.0])
    if not seg.is_rectangle[k]:
        length = float(np.linalg.norm(q - p))
        if length < 1e-6:
            return [Ball(p, w)]
        return [Cylinder(p, (q - p) / length, length, w), *(Ball(e, w) for e in round_ends)]
    plan = float(np.hypot(q[0] - p[0], q[1] - p[1]))
    if plan < 1e-6:
        low, high = min(p[2], q[2]) - h, max(p[2], q[2]) + h
        return [Cylinder(np.array([p[0], p[1], low]), up, high - low, w)]
    run = np.array([(q[0] - p[0]) / plan, (q[1] - p[1]) / plan, 0.0])
    box = ShearedBox(p, run, plan, (q[2] - p[2]) / plan, w, h)
    return [box, *(Cylinder(e - h * up, up, 2.0 * h, w) for e in round_ends)]


def bracket(a: Solid, b: Solid, *, rounds: int = 4000, wanted: float = 2e-4) -> tuple[float, float]:
    """Lower and upper bound of the distance of two solids; (0, 0) where a common point is found."""
    x = a.nearest(b.nearest(np.zeros(3)))
    y, momentum, lower, before = x, 1.0, 0.0, np.inf
    upper = np.inf
    for step in range(rounds):
        other = b.nearest(y)
        new = a.nearest(other)
        gap = float(np.linalg.norm(new - b.nearest(new)))
        upper = min(upper, gap)
        if gap > before:
            y, momentum = x, 1.0
        else:
            faster = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum * momentum))
            y, momentum = new + (momentum - 1.0) / faster * (new - x), faster
        x, before = new, gap
        if upper < 1e-7:
            return 0.0, 0.0
        if step % 10 == 0:
            across = (b.nearest(x) - x) / max(gap, 1e-12)
            slab = -float(b.reach(-across[None])[0]) - float(a.reach(across[None])[0])
            lower = max(lower, slab)
            if upper - lower < wanted:
                break
    return lower, upper


def section_of(seg: Segments, k: int, t: float) -> Solid:
    """The cross section of a body at a station: a disc, or an upright rectangle."""
    p = np.array([seg.x0[k], seg.y0[k], seg.z0[k]])
    way = np.array([seg.x1[k], seg.y1[k], seg.z1[k]]) - p
    w, h, at = float(seg.half_width[k]), float(seg.half_height[k]), p + t * way
    length, plan = float(np.linalg.norm(way)), float(np.hypot(way[0], way[1]))
    if not seg.is_rectangle[k]:
        return Cylinder(at, way / length, 0.0, w)
    if plan < 1e-6:
        return Cylinder(at - [0.0, 0.0, h], np.array([0.0, 0.0, 1.0]), 2.0 * h, w)
    return ShearedBox(at, np.array([way[0] / plan, way[1] / plan, 0.0]), 0.0, 0.0, w, h)


def is_nearer(a: Solid, b: Solid, limit: float, *, rounds: int = 6000) -> bool | None:
    """Is the distance of two solids below a limit; None where rounding decides."""
    x = a.nearest(b.nearest(np.zeros(3)))
    y, momentum, before = x, 1.0, np.inf
    for step in range(rounds):
        new = a.nearest(b.nearest(y))
        gap = float(np.linalg.norm(new - b.nearest(new)))
        if gap <= limit or gap < 1e-9:
            return True
        if gap > before:
            y, momentum = x, 1.0
        else:
            faster = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum * momentum))
            y, momentum = new + (momentum - 1.0) / faster * (new - x), faster
        x, before = new, gap
        if step % 5 == 0:
            across = (b.nearest(x) - x) / gap
            slab = -float(b.reach(-across[None])[0]) - float(a.reach(across[None])[0])
            if slab > limit:
                return False
    return None


def gap_bracket(seg: Segments, i: int, j: int) -> tuple[float, float]:
    """Lower and upper bound of the distance of two bodies."""
    bounds = [bracket(a, b) for a in solids_of(seg, i) for b in solids_of(seg, j)]
    return min(low for low, _ in bounds), min(high for _, high in bounds)


def holds(solids: list[Solid], points: F64) -> np.ndarray:
    """Which points lie in any of the solids."""
    return np.any([solid.holds(points) for solid in solids], axis=0)
