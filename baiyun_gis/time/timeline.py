"""The moment that map, scene, tables and checks all show."""

from __future__ import annotations

import numpy as np

from baiyun_gis.events import Signal
from baiyun_gis.model.columns import Day
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import change_days

NOT_SET = np.datetime64("NaT", "D")


class Timeline:
    """A day within the project's time, or NaT for all of it at once; says when it moves."""

    def __init__(self, now: np.datetime64 = NOT_SET) -> None:
        self._now = now.astype("datetime64[D]")
        self._days: Day = np.zeros(0, dtype="datetime64[D]")
        self.moved: Signal[np.datetime64] = Signal()

    @property
    def now(self) -> np.datetime64:
        """The day shown; NaT shows everything whatever its life span."""
        return self._now

    @property
    def bounds(self) -> tuple[np.datetime64, np.datetime64]:
        """First and last day on which something happens; NaT, NaT while nothing is dated."""
        return (self._days[0], self._days[-1]) if len(self._days) else (NOT_SET, NOT_SET)

    @property
    def steps(self) -> Day:
        """The days on which something changes, ascending."""
        return self._days

    def follow(self, state: ProjectState) -> None:
        """Take bounds and steps from `state`; `now` stays where it is."""
        self._days = change_days(state)

    def move_to(self, day: np.datetime64) -> None:
        """Show `day` (NaT: everything)."""
        day = day.astype("datetime64[D]")
        same = day == self._now or (np.isnat(day) and np.isnat(self._now))
        self._now = day
        if not same:
            self.moved.emit(day)

    def step(self, count: int) -> None:
        """Go `count` changes forward, or back when negative; stays within the bounds."""
        if not len(self._days):
            return
        if np.isnat(self._now):
            self.move_to(self._days[0] if count > 0 else self._days[-1])
            return
        side = "right" if count > 0 else "left"
        at = int(np.searchsorted(self._days, self._now, side=side))
        at += count - 1 if count > 0 else count
        self.move_to(self._days[min(max(at, 0), len(self._days) - 1)])
