"""What was diagnosed: suspect levels and a plan of test holes, and which of them is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from baiyun_gis.arrays import Bool
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.project import ProjectState
from layers.viewpoint import viewpoint_across

if TYPE_CHECKING:
    from baiyun_gis.diagnosis.digging import HolePlan
    from baiyun_gis.diagnosis.suspects import LevelDiagnosis
    from ui.workbench import Selection, Workbench

_NEAR_M, _FURTHEST_M = 14.0, 400.0
_HOLE_RADIUS_M = 10.0
_LEAST_SEEN_M = 6.0
_SAME_M = 0.0005


@dataclass(frozen=True, slots=True)
class DigPlan:
    """Test holes with the state and the report they were planned on."""

    holes: HolePlan
    state: ProjectState
    report: CheckReport


class Diagnosing(QObject):
    """Shared by the two lists, the map, the scene and the inspector."""

    levels_changed = Signal()
    plan_changed = Signal()
    chosen = Signal()
    """Another suspect or hole is looked at."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._selection: Selection | None = None
        self._stands = np.zeros(0, np.bool_)
        self._stood_for: ProjectState | None = None
        self.levels: LevelDiagnosis | None = None
        self.suspect = -1
        self.plan: DigPlan | None = None
        self.hole = -1

    def forget(self) -> None:
        """Another project is shown."""
        self.show_levels(None)
        self.show_plan(None)

    def show_levels(self, levels: LevelDiagnosis | None) -> None:
        self.levels, self.suspect, self._stood_for = levels, -1, None
        self.levels_changed.emit()

    def show_plan(self, plan: DigPlan | None) -> None:
        self.plan, self.hole = plan, -1
        self.plan_changed.emit()

    @property
    def is_suspect_shown(self) -> bool:
        """Nothing else has been selected since a suspect was chosen."""
        return self.suspect >= 0 and self._bench.selection is self._selection

    @property
    def is_hole_shown(self) -> bool:
        """Nothing else has been selected since a hole was chosen."""
        return self.hole >= 0 and self._bench.selection is self._selection

    @property
    def can_correct(self) -> bool:
        """What the chosen suspect is about is still recorded as it was."""
        return self.levels is not None and self.suspect >= 0 and bool(self.stands[self.suspect])

    @property
    def stands(self) -> Bool:
        """Suspects whose numbers are recorded as they were; looked up once a state."""
        if self.levels is None:
            return np.zeros(0, np.bool_)
        state = self._bench.state
        if self._stood_for is not state:
            from baiyun_gis.diagnosis.correction import standing

            self._stands, self._stood_for = standing(state, self.levels), state
        return self._stands

    @property
    def corrected(self) -> Bool:
        """Suspects that have changed since to what they probably were."""
        if self.levels is None or self.stands.all():
            return np.zeros(0 if self.levels is None else len(self.stands), np.bool_)
        pipes, found = self._bench.state.pipes, self.levels.suspects
        if len(pipes) != len(self.levels.ends.pipes):
            return np.zeros(len(found), np.bool_)
        pipe, is_end = found.end // 2, found.end % 2 == 1
        now = np.where(is_end, pipes.end_level_m[pipe], pipes.start_level_m[pipe])
        return ~self.stands & (np.abs(now - found.likely_m) < _SAME_M)

    @property
    def is_plan_stale(self) -> bool:
        """The project has moved on since the holes were planned."""
        return self.plan is not None and self.plan.state.revision != self._bench.state.revision

    # looking at one

    def look_at_suspect(self, row: int) -> None:
        """Select what suspect `row` is about and go there."""
        if self.levels is None or not 0 <= row < len(self.levels.suspects):
            return
        from baiyun_gis.diagnosis.units import UnitSort

        suspects = self.levels.suspects
        ends = self.levels.moves[row].indices
        pipes = np.unique(ends // 2).astype(np.int32)
        lead = int(suspects.end[row])
        node = self._node_of(lead)
        rows, focus = {"pipes": pipes}, ("pipes", lead // 2)
        if node >= 0 and suspects.sort[row] == UnitSort.POINT:
            rows["nodes"], focus = np.array([node], dtype=np.int32), ("nodes", node)
        self.suspect, self.hole = row, -1
        self._select(rows, focus)
        middle, radius_m = self._around(ends, lead)
        self._fly_across(lead // 2, middle, float(suspects.likely_m[row]), radius_m)

    def _fly_across(
        self, pipe: int, place: tuple[float, float], level_m: float, radius_m: float
    ) -> None:
        """Go where a line can be seen from its side, whatever way was looked before."""
        x, y = place
        pipes, at = self._bench.state.pipes, np.array(place)
        view = viewpoint_across(pipes, pipe, at, radius_m=max(radius_m, _LEAST_SEEN_M))
        self._bench.fly(x, y, level_m, radius_m=radius_m, viewpoint=view)

    def _select(self, rows: dict[str, np.ndarray], focus: tuple[str, int] | None) -> None:
        self._bench.select(rows, focus=focus)
        self._selection = self._bench.selection
        self.chosen.emit()

    def _node_of(self, end: int) -> int:
        pipes = self._bench.state.pipes
        if end // 2 >= len(pipes):
            return -1
        return int((pipes.end_node if end % 2 else pipes.start_node)[end // 2])

    def _around(self, ends: np.ndarray, lead: int) -> tuple[tuple[float, float], float]:
        """Middle and radius (metres) of what a correction would move."""
        assert self.levels is not None
        places = self.levels.ends.topology.end_xy
        low, high = places[ends].min(axis=0), places[ends].max(axis=0)
        half = float(np.hypot(*(high - low))) / 2
        if half < _NEAR_M / 2 or half > _FURTHEST_M:
            x, y = places[lead]
            return (float(x), float(y)), _NEAR_M if half < _NEAR_M else _FURTHEST_M
        x, y = (low + high) / 2
        return (float(x), float(y)), half * 1.4

    def look_at_hole(self, number: int) -> None:
        """Select the lines that hole `number` lays open and go there."""
        if self.plan is None or not 0 <= number < len(self.plan.holes.at):
            return
        pipes = self.plan.holes.pipes[number].astype(np.int32)
        pipes = pipes[pipes < len(self._bench.state.pipes)]
        self.suspect, self.hole = -1, number
        self._select({"pipes": pipes}, ("pipes", int(pipes[0])) if len(pipes) else None)
        x, y = self.plan.holes.at[number]
        lead = int(pipes[0]) if len(pipes) else -1
        self._fly_across(lead, (float(x), float(y)), float("nan"), _HOLE_RADIUS_M)
