"""The smallest move by trying: one line moved centimetre by centimetre, everything measured anew.

The plain way: the move family as `docs/avoidance.md` defines it, the slow oracle of a whole run
for every amount. Shares no code with the remedies, the checks or the kernels. It understands one
planned pipe among lines known without doubt.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from oracle.slow_lines import Line, lines_of
from oracle.slow_run import SlowReport, slow_run
from oracle.slow_singles import slow_singles

from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

NO_DAY = np.datetime64("NaT", "D")
NEAR_M = 7.0
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
    ways = [
        points[j + 1, :2] - points[j, :2] for j in (k - 1, k) if 0 <= j < len(points) - 1
    ]
    ways = [w / np.hypot(*w) for w in ways]
    middle = sum(ways) / len(ways)
    normal = np.array([-middle[1], middle[0]])
    return normal / (normal @ normal)


def with_axis(state: ProjectState, row: int, axis: np.ndarray) -> ProjectState:
    """The project with another axis for one pipe."""
    pipes = state.pipes
    parts = [
        np.column_stack([pipes.xy[a:b], pipes.axis_level[a:b]])
        for a, b in zip(pipes.offsets[:-1], pipes.offsets[1:], strict=True)
    ]
    parts[row] = axis
    whole = np.concatenate(parts)
    offsets = np.concatenate([[0], np.cumsum([len(p) for p in parts])])
    changed = dataclasses.replace(pipes, offsets=offsets, xy=whole[:, :2], axis_level=whole[:, 2])
    return state.with_(pipes=changed)


class Trying:
    """All that is needed to say whether an amount of a move settles a conflict."""

    def __init__(self, state: ProjectState, row: int, other: int, *, least_fall: float) -> None:
        """`other` is the row of the line the conflict is with, −1 for the ground."""
        self.state, self.row, self.other = state, row, other
        self.least_fall = least_fall
        own = slice(int(state.pipes.offsets[row]), int(state.pipes.offsets[row + 1]))
        self.axis = np.column_stack([state.pipes.xy[own], state.pipes.axis_level[own]])
        self.before = self._found(state, None)

    def settles(self, family: Family, amount: float) -> bool | None:
        """Does it, None where rounding decides."""
        axis = moved(self.axis, family, amount)
        if not self._may_lie_so(axis, family, amount):
            return False
        state = with_axis(self.state, self.row, axis)
        if self.other >= 0:
            first = self._judged(self._found(state, [self.row, self.other]), {self.other})
            if first is False:
                return False
        return self._judged(self._found(state, None), None)

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

    def _found(self, state: ProjectState, rows: list[int] | None) -> SlowReport:
        lines = lines_of(state, NO_DAY)
        mine = next(line for line in lines if line.row == self.row)
        chosen = [line for line in lines if self._counts(line, mine, rows)]
        report = slow_run(chosen)
        if rows is None:
            singles, doubtful = slow_singles(state, [mine])
            for (check, run, name), found in singles.items():
                report.found[check, run, _key(name)] = found
            report.doubtful |= {(check, run, _key(name)) for check, run, name in doubtful}
        return report

    def _counts(self, line: Line, mine: Line, rows: list[int] | None) -> bool:
        if rows is not None:
            return line.row in rows
        low, high = mine.points[:, :2].min(axis=0), mine.points[:, :2].max(axis=0)
        return bool(
            (line.points[:, :2].max(axis=0) >= low - NEAR_M).all()
            and (line.points[:, :2].min(axis=0) <= high + NEAR_M).all()
        )

    def _judged(self, now: SlowReport, only: set[int] | None) -> bool | None:
        """False: a finding is left, new or worse; None: perhaps."""
        perhaps = any(self.row in key[1:] for key in now.doubtful)
        for key, found in now.found.items():
            if self.row not in key[1:]:
                continue
            other = key[2] if key[1] == self.row else key[1]
            if other == self.other or (self.other < 0 and other == _key("")):
                return False
            if only is None and self._is_worse(key, found):
                return False
        return None if perhaps else True

    def _is_worse(self, key: tuple, found: list) -> bool:
        was = self.before.found.get(key, [])
        if len(found) > len(was):
            return True
        return min(f.actual for f in found) < min(w.actual for w in was) - 0.001


def _key(name: str) -> int:
    """A number for a name that is no pipe row."""
    return -1 - sum(ord(c) * 131**k for k, c in enumerate(name))


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
