"""Every piece of every line against every other: distances in plan, crossings, joints, intervals.

The plain way: shapely outlines, samples closed in on, no index but a bounding box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from oracle.slow_lines import Line, Piece
from oracle.slow_plan import least_shift

REACH_M = 6.0
MEET_M, TOLERANCE_M, POSSIBLE_SIGMAS = 0.001, 0.001, 1.9599640
CROSSING_DEG = 15.0
UNKNOWN_HALF_M = 0.5
INFLUENCE = 4.0  # 1 / sin 15°: how far a joint or crossing explains nearness, in widths and limits
TOUCHING_M = 0.01

Span = tuple[float, float]


class Doubt(Exception):
    """A case so near a limit that rounding decides it; nothing is compared there."""


@dataclass(eq=False)
class Near:
    """Two pieces of different lines; `i` belongs to the run of the smaller label."""

    i: Piece
    j: Piece

    @property
    def runs(self) -> tuple[int, int]:
        return self.i.line.run.label, self.j.line.run.label

    @property
    def width(self) -> float:
        return self.i.w + self.j.w

    @property
    def unknown_widths(self) -> int:
        return int(np.isnan(self.i.line.width)) + int(np.isnan(self.j.line.width))

    @cached_property
    def axis_distance(self) -> float:
        return float(shapely.distance(self.i.axis, self.j.axis))

    @cached_property
    def axis_stations(self) -> Span:
        """Stations of the nearest points of the axes."""
        ends = shapely.get_coordinates(shapely.shortest_line(self.i.axis, self.j.axis))
        return tuple(
            float(shapely.line_locate_point(piece.axis, shapely.Point(end), normalized=True))
            for piece, end in zip((self.i, self.j), ends, strict=True)
        )  # type: ignore[return-value]

    @cached_property
    def gap(self) -> float:
        """Plan clearance, wall to wall; the overlap is the shortest shift that parts the strips."""
        apart = float(shapely.distance(self.i.strip, self.j.strip))
        if apart > 1e-9:
            return apart
        by_axes = self.width - self.axis_distance if self.axis_distance < self.width else 0.0
        return -min(least_shift(self.i.strip, self.j.strip), by_axes) if by_axes else self._touch

    @property
    def _touch(self) -> float:
        """Overlap of strips whose axes are further apart than both half widths: at an end only."""
        return -least_shift(self.i.strip, self.j.strip) if self.width > 0 else 0.0

    @cached_property
    def near_points(self) -> np.ndarray:
        """Nearest points of the two strips, on the axes where they overlap; shape (2, 2)."""
        one, two = (self.i.strip, self.j.strip) if self.gap > 0 else (self.i.axis, self.j.axis)
        return shapely.get_coordinates(shapely.shortest_line(one, two))

    @cached_property
    def angle_deg(self) -> float:
        u, v = (piece.q[:2] - piece.p[:2] for piece in (self.i, self.j))
        angle = np.degrees(np.arctan2(abs(u[0] * v[1] - u[1] * v[0]), abs(u @ v)))
        return float(angle)

    @cached_property
    def crosses(self) -> bool:
        """The axes meet at the crossing angle or more."""
        if abs(self.axis_distance - MEET_M) < 5e-4:
            raise Doubt
        if self.axis_distance > MEET_M:
            return False
        if abs(self.angle_deg - CROSSING_DEG) < 0.01:
            raise Doubt
        return self.angle_deg >= CROSSING_DEG

    @property
    def sigma_xy(self) -> float:
        return float(np.hypot(self.i.line.sigma_xy, self.j.line.sigma_xy))

    @property
    def sigma_z(self) -> float:
        return float(np.hypot(self.i.line.sigma_z, self.j.line.sigma_z))

    def is_aside(self, asked_m: float) -> bool:
        """Is all nearness explained by the joint of the two lines?"""
        places = [
            self.i.line.end(of_i)[:2]
            for of_i in (0, 1)
            for other, of_j in self.i.line.joint_at[of_i]
            if other is self.j.line and self._are_tips(of_i, of_j) is False
        ]
        if not places:
            return False
        far = min(max(np.hypot(*(p - place)) for p in self.near_points) for place in places)
        limit = INFLUENCE * (self.width + asked_m)
        if abs(far - limit) < 0.05 * limit:
            raise Doubt
        return bool(far <= limit)

    def _are_tips(self, of_i: int, of_j: int) -> bool:
        tip_i = self.i.is_last if of_i else self.i.is_first
        tip_j = self.j.is_last if of_j else self.j.is_first
        return tip_i and tip_j

    @property
    def is_settled(self) -> bool:
        """Straight pieces that both end at the joint; one casing; never there together."""
        a, b = self.i.line, self.j.line
        meets = any(
            other is b and self._are_tips(of_i, of_j)
            for of_i in (0, 1)
            for other, of_j in a.joint_at[of_i]
        )
        is_sound = not (a.span[1] < a.span[0] or b.span[1] < b.span[0])
        apart = is_sound and bool(a.span[1] < b.span[0] or b.span[1] < a.span[0])
        if is_sound and a.family == b.family:  # one replaced the other that day
            apart = bool(apart or a.span[1] == b.span[0] or b.span[1] == a.span[0])
        return meets or apart or (a.enclosure != "" and a.enclosure == b.enclosure)

    def interval(self, within_m: float) -> Span:
        """Where along `i`'s run its cross lines lie within `within_m` of `j`'s strip."""
        return self.on_run(*self.stations(within_m))

    def stations(self, within_m: float) -> Span:
        """The same as stations on `i`."""
        if self.width + within_m <= 0 and self.crosses:  # two lines of unknown width
            return self.axis_stations[0], self.axis_stations[0]

        def excess(t: np.ndarray) -> np.ndarray:
            return shapely.distance(self.i.cross_line(t), self.j.strip) - max(within_m, 0.0) - 1e-8

        best, least = _lowest(excess)
        if least > 0:  # only the rounded or elliptic end itself is so near
            spot = float(np.clip(np.round(self.axis_stations[0]), 0, 1))
            return spot, spot
        return edge_of(excess, 0.0, best), edge_of(excess, 1.0, best)

    def on_run(self, t0: float, t1: float) -> Span:
        one, two = self.i.along_run(t0), self.i.along_run(t1)
        return min(one, two), max(one, two)


def near_pairs(lines: list[Line]) -> dict[tuple[int, int], list[Near]]:
    """All pairs of pieces of different lines within reach, by their two runs."""
    out: dict[tuple[int, int], list[Near]] = {}
    for a in lines:
        for b in lines:
            if a is b or (a.run.label, a.row) > (b.run.label, b.row):
                continue
            for i in a.pieces:
                for j in b.pieces:
                    near = Near(i, j)
                    if near.axis_distance <= REACH_M and not near.is_settled:
                        out.setdefault(near.runs, []).append(near)
    return out


def is_contact(a: Line, b: Line) -> bool:
    """One line ends on the other of its family, or they share a vertex: tees without a node."""
    if a.family != b.family or a is b:
        return False
    path_a, path_b = (shapely.LineString(line.points[:, :2]) for line in (a, b))
    doubt = max(2 * np.hypot(a.sigma_xy, b.sigma_xy), 0.01) + 0.01
    for line, path, other in ((a, path_b, b), (b, path_a, a)):
        half = np.nan_to_num(other.width) / 2
        for which in (0, 1):
            joined = any(known is other for known, _ in line.joint_at[which])
            end = shapely.Point(line.end(which)[:2])
            if not joined and shapely.distance(end, path) <= half + doubt:
                return True
    return False


def leaves_alongside(a: Line, b: Line) -> bool:
    """The two leave a common joint in nearly one direction: they are cut there, at any place."""
    for of_a in (0, 1):
        for other, of_b in a.joint_at[of_a]:
            if other is not b:
                continue
            u, v = (_way_out(line, end) for line, end in ((a, of_a), (b, of_b)))
            if u @ v > np.cos(np.radians(CROSSING_DEG + 0.1)):
                return True
    return False


def _way_out(line: Line, end: int) -> np.ndarray:
    near, far = (line.points[-1], line.points[-2]) if end else (line.points[0], line.points[1])
    way = (far - near)[:2]
    return way / np.hypot(*way)


def merged(spans: list[Span]) -> list[list[int]]:
    """Indices of spans that touch or overlap, stretch by stretch."""
    out: list[list[int]] = []
    reach = -np.inf
    for index in sorted(range(len(spans)), key=lambda k: spans[k]):
        low, high = spans[index]
        if out and abs(low - reach - TOUCHING_M) < 2e-4:
            raise Doubt
        if not out or low > reach + TOUCHING_M:
            out.append([])
            reach = -np.inf
        out[-1].append(index)
        reach = max(reach, high)
    return out


def _lowest(value: Callable[[np.ndarray], np.ndarray]) -> tuple[float, float]:
    """The lowest point of a convex function over 0–1."""
    low, high = 0.0, 1.0
    for _ in range(9):
        t = np.linspace(low, high, 9)
        at = value(t)
        k = int(np.argmin(at))
        if at[k] <= 0:
            return float(t[k]), float(at[k])
        low, high = float(t[max(k - 1, 0)]), float(t[min(k + 1, 8)])
    return float(t[k]), float(at[k])


def edge_of(value: Callable[[np.ndarray], np.ndarray], outside: float, inside: float) -> float:
    """Where a convex function falls to 0 between a station outside and one inside."""
    for _ in range(8):
        t = np.linspace(outside, inside, 6)
        k = int(np.argmax(value(t) <= 0))
        if k == 0:
            return float(t[0])
        outside, inside = float(t[k - 1]), float(t[k])
    return inside
