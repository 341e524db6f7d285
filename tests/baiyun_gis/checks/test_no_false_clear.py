"""Thirty ways in which data or a call can be wrong; none ends in a clean bill or a traceback.

Each fault is put into two projects that hold a true conflict: two lines too near side by side,
and two that meet at a crossing. A fault may hide the conflict; it may not make the project clear.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, gb

import baiyun_gis as bg
from baiyun_gis.__main__ import main
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.errors import BaiyunError
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.jobs import Job
from baiyun_gis.model.vocabulary import Burial, PressureClass, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.storage.project_file import save_project

NAN, INF = float("nan"), float("inf")
X, Y = 437_000.0, 2_569_000.0
DAY = np.datetime64
KNOWN: dict[str, Any] = EXACT | {"start_ground_m": 2.0, "end_ground_m": 2.0}

Fault = Callable[[ProjectState], ProjectState]


def beside() -> ProjectState:
    """A water and a gas line, 0.1 m from wall to wall, otherwise in order."""
    return network(
        pipe("w", Utility.WATER, [(X, Y, 0.0), (X + 90, Y, 0.0)], **KNOWN),
        pipe("g", Utility.GAS, [(X + 5, Y + 0.4, 0.0), (X + 80, Y + 0.4, 0.0)], **KNOWN),
    )


def crossing() -> ProjectState:
    """A water line and a gas line that meet at a crossing."""
    return network(
        pipe("w", Utility.WATER, [(X, Y, 0.0), (X + 90, Y, 0.0)], **KNOWN),
        pipe("g", Utility.GAS, [(X + 40, Y - 20, 0.2), (X + 40, Y + 20, 0.2)], **KNOWN),
    )


def apart() -> ProjectState:
    """Two lines in order, far from each other."""
    return network(
        pipe("w", Utility.WATER, [(X, Y, 0.0), (X + 90, Y, 0.0)], **KNOWN),
        pipe("g", Utility.GAS, [(X, Y + 30, 0.0), (X + 90, Y + 30, 0.0)], **KNOWN),
    )


def with_pipes(**columns: Any) -> Fault:
    return lambda state: state.with_(pipes=state.pipes.with_columns(**columns))


def both(value: Any) -> np.ndarray:
    return np.array([value, value])


def with_axes(change: Callable[[np.ndarray], np.ndarray], *, first_only: bool = False) -> Fault:
    def faulty(state: ProjectState) -> ProjectState:
        xy = state.pipes.xy.copy()
        rows = slice(0, 2) if first_only else slice(None)
        xy[rows] = change(xy[rows])
        return state.with_(pipes=dataclasses.replace(state.pipes, xy=xy))

    return faulty


def with_levels(first: float, last: float) -> Fault:
    def faulty(state: ProjectState) -> ProjectState:
        level = np.array([first, last] * len(state.pipes))
        return state.with_(pipes=dataclasses.replace(state.pipes, axis_level=level))

    return faulty


def with_levels_of_first(value: float) -> Fault:
    def faulty(state: ProjectState) -> ProjectState:
        level = state.pipes.axis_level.copy()
        level[:2] = value
        return state.with_(pipes=dataclasses.replace(state.pipes, axis_level=level))

    return faulty


def unsized(value: float) -> Fault:
    return with_pipes(outer_width_m=both(value), outer_height_m=both(value), nominal_mm=both(NAN))


FAULTS: dict[str, Fault] = {
    "no plan coordinates": with_axes(lambda xy: xy * NAN),
    "one end without coordinates": with_axes(lambda xy: xy * [[1, 1], [NAN, 1]], first_only=True),
    "no level": with_levels(NAN, NAN),
    "stand-in levels": with_levels(-9999.0, -9999.0),
    "nothing at all": lambda _: ProjectState(),
    "millimetres for metres": with_axes(lambda xy: xy * 1000),
    "axes swapped in one file": with_axes(lambda xy: xy[:, ::-1], first_only=True),
    "degrees in one file": with_axes(lambda xy: np.array([[113.2, 23.1], [113.3, 23.1]]),
                                     first_only=True),
    "one file in another zone": with_axes(lambda xy: xy + np.array([[250e3, 0]]), first_only=True),
    "zone number in one file": with_axes(lambda xy: xy + np.array([[38e6, 0]]), first_only=True),
    "levels in millimetres": with_levels(1000.0, 1200.0),
    "no level in one file": with_levels_of_first(NAN),
    "one id twice": with_pipes(id=np.array(["w", "w"], dtype=object)),
    "no diameter": unsized(NAN),
    "negative diameter": unsized(-0.3),
    "diameter in millimetres": unsized(300.0),
    "infinite diameter": unsized(INF),
    "no length": with_axes(lambda xy: np.repeat(xy[::2], 2, axis=0)),
    "infinite coordinates": with_axes(lambda xy: xy * [[INF, 1]], first_only=True),
    "infinite levels": with_levels(INF, -INF),
    "ended before it began": with_pipes(
        valid_from=both(DAY("2020-01-01")), valid_to=both(DAY("2010-01-01"))
    ),
    "unknown kinds": with_pipes(utility=both(Utility.UNKNOWN)),
    "one unknown kind": with_pipes(utility=np.array([Utility.WATER, Utility.UNKNOWN])),
    "kinds without a rule": with_pipes(utility=both(Utility.INDUSTRIAL)),
    "all overhead": with_pipes(burial=both(Burial.OVERHEAD)),
    "no pressure": with_pipes(pressure_class=both(PressureClass.UNKNOWN)),
    "pressure beyond the tables": with_pipes(pressure_class=both(PressureClass.HIGH_A)),
    "huge deviation": with_pipes(sigma_xy_m=both(1e6), sigma_z_m=both(1e6)),
    "negative deviation": with_pipes(sigma_xy_m=both(-5.0), sigma_z_m=both(-5.0)),
    "infinite deviation": with_pipes(sigma_xy_m=both(INF), sigma_z_m=both(INF)),
}  # fmt: skip

TESTED_NOTHING = {
    "no plan coordinates", "nothing at all", "millimetres for metres", "axes swapped in one file",
    "degrees in one file", "no length", "all overhead", "one file in another zone",
    "zone number in one file",
}  # fmt: skip

HARMLESS = {
    "one id twice", "no pressure", "ended before it began", "negative deviation",
    "infinite deviation",
}  # fmt: skip
"""Faults that leave nothing open where lines are far apart."""

PROJECTS = pytest.mark.parametrize("project", [beside, crossing])
EACH_FAULT = pytest.mark.parametrize("name", FAULTS)


@PROJECTS
def test_without_a_fault_the_conflict_is_found(project: Callable[[], ProjectState]) -> None:
    report = bg.check(project())
    assert report.conflicts.violated.any()


def test_without_fault_and_conflict_the_project_is_clear() -> None:
    assert bg.check(apart()).is_clear


@EACH_FAULT
@PROJECTS
def test_a_fault_never_makes_a_project_clear(
    name: str, project: Callable[[], ProjectState]
) -> None:
    report = bg.check(FAULTS[name](project()))
    ledger = report.ledger
    assert not report.is_clear
    assert ledger.closes
    assert ledger.pipes_read == ledger.pipes_tested + sum(ledger.untestable.values())
    assert ledger.tested_nothing == (name in TESTED_NOTHING)


@pytest.mark.parametrize("name", sorted(set(FAULTS) - HARMLESS))
def test_a_fault_does_not_leave_lines_that_are_apart_clear(name: str) -> None:
    assert not bg.check(FAULTS[name](apart())).is_clear


@EACH_FAULT
@PROJECTS
def test_the_command_line_answers_with_its_exit_code(
    name: str, project: Callable[[], ProjectState], tmp_path: Path, capsys: Any
) -> None:
    path = tmp_path / "faulty.gpkg"
    save_project(FAULTS[name](project()), path)
    code = main(["--lang", "zh", "check", str(path), "--as-of", "all"])
    said = capsys.readouterr()
    assert code == (2 if name in TESTED_NOTHING else code)
    assert code in {1, 2}
    assert "无冲突" not in said.out + said.err
    assert "Traceback" not in said.err


def test_a_rule_set_without_rows_clears_nothing() -> None:
    report = bg.check(apart(), rules=dataclasses.replace(gb(), rows=()))
    assert not report.is_clear
    assert report.ledger.without_rules == {"no_rule_for_these_kinds": 2}


def test_a_day_before_everything_tests_nothing(tmp_path: Path, capsys: Any) -> None:
    state = with_pipes(valid_from=both(DAY("2000-01-01")))(beside())
    report = bg.check(state, as_of="1900-01-01")
    assert report.ledger.tested_nothing
    assert not report.is_clear
    save_project(state, tmp_path / "p.gpkg")
    assert main(["--lang", "zh", "check", str(tmp_path / "p.gpkg"), "--as-of", "1900-01-01"]) == 2
    assert "无冲突" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "call", [{"only": ["nope"]}, {"rules": "nope"}, {"as_of": "soon"}, {"where": "kind=gas"}]
)
def test_a_wrong_call_is_refused_in_words(call: dict[str, Any]) -> None:
    with pytest.raises(BaiyunError):
        bg.check(beside(), **call)


def test_a_lone_line_is_clear_only_where_its_cover_is_known() -> None:
    alone = network(pipe("w", Utility.WATER, [(X, Y, 0.0), (X + 90, Y, 0.0)], **KNOWN))
    assert bg.check(alone).is_clear
    unknown = with_pipes(start_ground_m=np.array([NAN]))(alone)
    assert not bg.check(unknown).is_clear


def test_a_line_without_coordinates_does_not_hide_the_conflicts_of_the_lines_after_it() -> None:
    lost = pipe("x", Utility.HEAT, [(X, Y + 500, 0.0), (NAN, Y + 500, 0.0)], **KNOWN)
    state = beside()
    whole = network(lost, *(state.pipes.take(np.array([k])) for k in (0, 1)))
    with_lost, without = bg.check(whole).conflicts, bg.check(state).conflicts
    assert list(with_lost.check) == list(without.check)
    np.testing.assert_allclose(with_lost.stretch_from_m, without.stretch_from_m)
    np.testing.assert_allclose(with_lost.stretch_to_m, without.stretch_to_m)


@pytest.mark.parametrize("check", ["building_clearance", "occupation", "chamber"])
def test_a_check_without_a_subject_clears_nothing(check: str, tmp_path: Path, capsys: Any) -> None:
    report = bg.check(apart(), only=[check])
    assert report.ledger.tested_nothing
    assert not report.is_clear
    save_project(apart(), tmp_path / "p.gpkg")
    assert main(["check", str(tmp_path / "p.gpkg"), "--as-of", "all", "--only", check]) == 2
    said = capsys.readouterr()
    assert "clear" not in (said.out + said.err).lower().replace("clearance", "")


def test_a_selection_of_nothing_clears_nothing(tmp_path: Path, capsys: Any) -> None:
    save_project(beside(), tmp_path / "p.gpkg")
    call = ["check", str(tmp_path / "p.gpkg"), "--as-of", "all", "--where", "utility=heat"]
    assert main(["--lang", "zh", *call]) == 2
    assert "无冲突" not in capsys.readouterr().out


def test_a_cancelled_run_clears_nothing() -> None:
    job = Job()
    job.cancel()
    report = run_checks(apart(), gb(), as_of=DAY("NaT", "D"), job=job)
    assert not report.is_clear
    assert not report.ledger.closes


def test_an_empty_layer_is_refused_or_tests_nothing(tmp_path: Path, capsys: Any) -> None:
    save_project(ProjectState(), tmp_path / "empty.gpkg")
    assert main(["--lang", "zh", "check", str(tmp_path / "empty.gpkg"), "--as-of", "all"]) == 2
    said = capsys.readouterr()
    assert "无冲突" not in said.out + said.err


def test_conflicts_that_are_all_accepted_are_not_called_clear() -> None:
    report = bg.check(beside())
    conflicts = report.conflicts.with_columns(
        decision=np.full(len(report.conflicts), DecisionState.ACCEPTED, dtype=np.int8)
    )
    settled = dataclasses.replace(report, conflicts=conflicts)
    assert settled.open_violations == 0
    assert not settled.is_clear


def test_lines_far_apart_in_one_province_are_tested() -> None:
    """Places every 40 km: a long project is none of two reference systems."""
    lines = [
        pipe(f"w{k}", Utility.WATER, [(X + 4e4 * k, Y, 0.0), (X + 4e4 * k + 90, Y, 0.0)], **KNOWN)
        for k in range(10)
    ]
    assert bg.check(network(*lines)).is_clear
