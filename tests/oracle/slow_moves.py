"""The smallest move by trying: one line moved centimetre by centimetre, everything measured anew.

The plain way: the move family as `docs/avoidance.md` defines it, the slow oracle of a whole run
for every amount. Shares no code with the remedies, the checks or the kernels. It understands one
pipe that moves among lines known without doubt.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import shapely
from oracle.slow_heights import vertical_clearance
from oracle.slow_lines import Line, Run, lines_of
from oracle.slow_pairs import CROSSING_DEG, TOLERANCE_M, Doubt, Near
from oracle.slow_rules import rank, required_m
from oracle.slow_run import Expected, Span, one_by_one, slow_run
from oracle.slow_singles import slow_singles

from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

NO_DAY = np.datetime64("NaT", "D")
NEAR_M = 7.0
SURELY_M = 0.002
BESIDE_M = 1.0
"""What is no further along the lines belongs to the same place."""
FAR_M = 10.0
"""A finding does not move further along a line by a move of the other."""
STEP_M = 0.01


@dataclass(frozen=True)
class Family:
    """A shape of move: whole between two stations, ramps of these lengths, upright or aside."""

    is_upright: bool
    from_m: float
    to_m: float
    before_m: float
    after_m: float


@dataclass(frozen=True)
class Place:
    """The conflict to be settled: two lines may be in conflict in several places."""

    check: str
    xy: tuple[float, float]


@dataclass(frozen=True)
class Answer:
    """Smallest amounts by size: of those that surely do, and of those that perhaps do."""

    sure_m: float
    perhaps_m: float


def moved(axis: np.ndarray, family: Family, amount: float) -> np.ndarray:
    """The vertices (n, 3) of an axis moved by `amount`, new ones where ramps begin and end."""
    chain = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(axis[:, :2], axis=0).T))])
    wanted = {
        family.from_m - family.before_m,
        family.from_m,
        family.to_m,
        family.to_m + family.after_m,
    }
    extra = [s for s in wanted if 0.001 < s < chain[-1] - 0.001 and np.abs(chain - s).min() > 0.001]
    stations = np.sort(np.concatenate([chain, extra]))
    points = np.column_stack([np.interp(stations, chain, axis[:, k]) for k in range(3)])
    shares = np.array([_share(family, s) for s in stations])
    if family.is_upright:
        points[:, 2] += amount * shares
        return points
    out = points.copy()
    for k in range(len(points)):
        out[k, :2] += amount * shares[k] * _left(points, k)
    return out


def _share(family: Family, station: float) -> float:
    if station < family.from_m:
        return max(0.0, 1.0 - (family.from_m - station) / family.before_m)
    if station > family.to_m:
        return max(0.0, 1.0 - (station - family.to_m) / family.after_m)
    return 1.0


def _left(points: np.ndarray, k: int) -> np.ndarray:
    """To the left at vertex k, reaching the offset lines of both pieces beside it."""
    ways = [points[j + 1, :2] - points[j, :2] for j in (k - 1, k) if 0 <= j < len(points) - 1]
    ways = [w / np.hypot(*w) for w in ways]
    middle = sum(ways) / len(ways)
    normal = np.array([-middle[1], middle[0]])
    return normal / (normal @ normal)


class Trying:
    """All that is needed to say whether an amount of a move settles a conflict."""

    def __init__(
        self, state: ProjectState, row: int, other: int, conflict: Place, *, least_fall: float
    ) -> None:
        """`other` is the row of the line the conflict is with."""
        self.state, self.row, self.other = state, row, other
        self.least_fall = least_fall
        own = slice(int(state.pipes.offsets[row]), int(state.pipes.offsets[row + 1]))
        self.axis = np.column_stack([state.pipes.xy[own], state.pipes.axis_level[own]])
        lines = lines_of(state, NO_DAY)
        self.others = sorted(
            (line for line in lines if line.row != row), key=lambda line: line.row != other
        )
        self.mine = mine = next(line for line in lines if line.row == row)
        self.before: dict[tuple, list] = {}
        for line in self.others:
            self.before |= slow_run([mine, line]).found
        self.before |= self._singles(mine)[0]
        self.place = self._place_of(conflict)
        self.lay_along = {line.row: self._lies_along(mine, line) for line in self.others}
        # What stood against the last amount mostly stands against the next: it is looked at first.
        self._stopped_by: dict[tuple[Family, bool], tuple[int, str]] = {}

    def settles(self, family: Family, amount: float) -> bool | None:
        """Does it, None where rounding decides."""
        axis = moved(self.axis, family, amount)
        if not self._may_lie_so(axis, family, amount):
            return False
        mine = dataclasses.replace(self.mine, points=axis)
        mine.run = Run(self.row, {self.row: 0.0}, {self.row: 1.0})
        found, doubtful = self._singles(mine)
        if self._fails(found):
            return False
        way = (family, amount > 0)
        stopped_by = self._stopped_by.get(way, (self.others[0].row, ""))
        order = sorted(self.others, key=lambda line: line.row != stopped_by[0])
        if any(self._plainly_fails(mine, line) for line in order):
            return False
        perhaps = doubtful
        for line in order:
            lies = self._lies_along(mine, line)
            if lies and (line.row == self.other or self.lay_along[line.row] is False):
                return False
            perhaps |= lies is not False
            first = stopped_by[1] if line.row == stopped_by[0] else ""
            for check, runs, rows in one_by_one([mine, line], first):
                if rows is None:
                    perhaps = True
                elif rows and self._fails({(check, *runs): rows}):
                    self._stopped_by[way] = line.row, check
                    return False
        return None if perhaps else True

    def _singles(self, mine: Line) -> tuple[dict, bool]:
        found, doubtful = slow_singles(self.state, [mine])
        return {(check, run, -1): rows for (check, run, _), rows in found.items()}, bool(doubtful)

    def _lies_along(self, mine: Line, line: Line) -> bool | None:
        """Do they lie along each other's top, None where rounding or a crossing decides."""
        try:
            pairs = [Near(i, j) for i in mine.pieces for j in line.pieces]
            over = [near for near in pairs if near.axis_distance < near.width + SURELY_M]
            along = [n for n in over if n.angle_deg < CROSSING_DEG and n.gap < SURELY_M]
            if not along:
                return False
            is_sure = min(near.gap for near in along) < -TOLERANCE_M - SURELY_M
            return True if is_sure and not any(near.crosses for near in over) else None
        except Doubt:
            return None

    def _plainly_fails(self, mine: Line, line: Line) -> bool:
        """Too near where they cross, or beside each other with no crossing to excuse it, while
        that was not so before (or is what is to be settled): the quick way to a no."""
        checks = ("vertical_clearance", "horizontal_clearance", "vertical_order")
        key = {check: (check, *sorted((mine.row, line.row))) for check in checks}
        old = {c: self.before.get(key[c], []) for c in checks}
        if line.row == self.other:
            old = {c: [w for w in rows if self._is_elsewhere(w)] for c, rows in old.items()}
        counts = {c: not rows for c, rows in old.items()}
        pairs = [Near(i, j) for i in mine.pieces for j in line.pieces]
        pairs = [near for near in pairs if near.axis_distance <= NEAR_M]
        try:
            crossing = [near for near in pairs if near.crosses]
            upright = required_m("vertical_clearance", mine.facts, line.facts)
            if upright is not None and counts["vertical_clearance"]:
                short = upright - SURELY_M
                if any(vertical_clearance(near) < short for near in crossing):
                    return True
            above = _who_is_above(mine, line)
            below = above and any(_rise(n, above) < -SURELY_M for n in crossing)
            if below and counts["vertical_order"]:
                return True
            aside = required_m("horizontal_clearance", mine.facts, line.facts)
            if aside is None or crossing or not counts["horizontal_clearance"]:
                return False
            return any(
                shapely.distance(near.i.bare, near.j.bare) < aside - SURELY_M for near in pairs
            )
        except Doubt:
            return False

    def _fails(self, found: dict[tuple, list]) -> bool:
        """Is a finding left of what is to be settled, or anything new or worse."""
        for key, rows in found.items():
            was = self.before.get(key, [])
            if self.other in key[1:]:
                was = [w for w in was if self._is_elsewhere(w)]
                if not all(self._is_elsewhere(f) and _is_piece(f, was) for f in rows):
                    return True
            fresh = [f for f in rows if not _is_piece(f, was)]
            gone = [w for w in was if not any(_is_piece(f, [w]) for f in rows)]
            if not _all_moved(fresh, gone):
                return True
            if min(f.actual for f in rows) < min(w.actual for w in was) - 0.001:
                return True
        return False

    def _place_of(self, conflict: Place) -> Span:
        """The stretch of the conflict along the first of its two lines; NaN: all of it."""
        first, second = sorted((self.row, self.other))
        rows = self.before.get((conflict.check, first, second), [])
        axis = next(line for line in (self.mine, *self.others) if line.row == first).points
        at = shapely.LineString(axis[:, :2]).project(shapely.Point(conflict.xy))
        spans = [row.span for row in rows if not np.isnan(row.span[0])]
        return min(spans, key=lambda span: _aside_m(span, at), default=(np.nan, np.nan))

    def _is_elsewhere(self, row: Expected) -> bool:
        """Is it a finding of the same two lines that has nothing to do with the conflict."""
        return row.span[1] < self.place[0] - BESIDE_M or row.span[0] > self.place[1] + BESIDE_M

    def _may_lie_so(self, axis: np.ndarray, family: Family, amount: float) -> bool:
        step = np.hypot(*np.diff(axis[:, :2], axis=0).T)
        slope = np.diff(axis[:, 2]) / step
        if not family.is_upright and abs(amount) > min(family.before_m, family.after_m) + 1e-9:
            return False
        was = np.diff(self.axis[:, 2]) / np.hypot(*np.diff(self.axis[:, :2], axis=0).T)
        if family.is_upright and (np.abs(slope) > max(0.5, np.abs(was).max()) + 1e-9).any():
            return False
        if not Utility(int(self.state.pipes.utility[self.row])).is_gravity:
            return True
        down = -1.0 if self.axis[-1, 2] <= self.axis[0, 2] else 1.0
        kept = min(float((down * was).min()), self.least_fall)
        return bool((down * slope).min() >= kept - 1e-9)


def _aside_m(span: Span, at: float) -> float:
    return max(span[0] - at, at - span[1], 0.0)


def _all_moved(fresh: list[Expected], gone: list[Expected]) -> bool:
    """Can each finding in a new place be one that is gone from not far away."""
    if not fresh:
        return True
    near = [
        w
        for w in gone
        if not max(fresh[0].span[0] - w.span[1], w.span[0] - fresh[0].span[1]) > FAR_M
    ]
    return any(_all_moved(fresh[1:], [v for v in gone if v is not w]) for w in near)


def _is_piece(row: Expected, was: list[Expected]) -> bool:
    """Does it lie within a stretch that was there, give or take what a move makes a line longer."""
    return any(w.span[0] - 2 <= row.span[0] and row.span[1] <= w.span[1] + 2 for w in was)


def _rise(near: Near, sign: int) -> float:
    """How far the axis that must be above lies above the other where they cross."""
    one, two = near.axis_stations
    return sign * float(near.i.at(one)[2] - near.j.at(two)[2])


def _who_is_above(mine: Line, line: Line) -> int:
    """1 where `mine` must lie above, −1 below, 0 where it does not matter."""
    one, two = rank(mine.facts), rank(line.facts)
    if one is None or two is None:
        return 0
    return 1 if one[1] < two[0] else -1 if two[1] < one[0] else 0


def smallest(trying: Trying, families: list[Family], *, most_m: float) -> Answer:
    """The least size of move that does, over all families and both ways, by whole centimetres."""
    perhaps = np.inf
    for k in range(1, round(most_m / STEP_M) + 1):
        for family in families:
            for sign in (-1.0, 1.0):
                answer = trying.settles(family, sign * k * STEP_M)
                if answer:
                    return Answer(k * STEP_M, min(perhaps, k * STEP_M))
                if answer is None:
                    perhaps = min(perhaps, k * STEP_M)
    return Answer(np.inf, perhaps)
