"""Suspect levels and test holes in the window: found, looked at, corrected, handed on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from window_driver import click, click_index, when_asked

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.diagnosis.digging import plan_holes
from baiyun_gis.diagnosis.of_conflicts import suspect_of_conflict
from baiyun_gis.diagnosis.suspects import LevelDiagnosis, suspect_levels
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.project import ProjectMeta, ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.session import Session
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.level_mistakes import with_mistakes, with_survey_noise
from ui.diagnosing import DigPlan
from ui.dialogs.hole_count import HoleCountDialog
from ui.main_window import MainWindow
from ui.models import suspect_levels as columns
from ui.workbench import Flight


@pytest.fixture(scope="module")
def state() -> ProjectState:
    clean = with_survey_noise(make_district(1_000, 5).state, seed=5, sigma_m=0.02)
    return with_mistakes(clean, seed=5, share=0.02)[0]


@pytest.fixture(scope="module")
def report(state: ProjectState) -> CheckReport:
    return run_checks(state, load_rule_set("gb50289-2016"), as_of=NO_DAY)


@pytest.fixture(scope="module")
def levels(state: ProjectState, report: CheckReport) -> LevelDiagnosis:
    return suspect_levels(state, as_of=NO_DAY, report=report)


@pytest.fixture(scope="module")
def plan(state: ProjectState, report: CheckReport) -> DigPlan:
    return DigPlan(plan_holes(state, report, count=4), state, report)


@pytest.fixture
def checked_window(window: MainWindow, state: ProjectState, report: CheckReport) -> MainWindow:
    session = Session(state)
    window.desk.bench.adopt(session)
    session.accept_report(report)
    return window


@pytest.fixture
def levels_window(checked_window: MainWindow, levels: LevelDiagnosis) -> MainWindow:
    """The window with suspects on show and the list in front."""
    checked_window.desk.bench.diagnosing.show_levels(levels)
    checked_window.docks["levels"].raise_()
    QApplication.processEvents()
    return checked_window


@pytest.fixture
def holes_window(checked_window: MainWindow, plan: DigPlan) -> MainWindow:
    checked_window.desk.bench.diagnosing.show_plan(plan)
    checked_window.docks["digging"].raise_()
    QApplication.processEvents()
    return checked_window


def look_at_first(window: MainWindow) -> int:
    click_index(window.levels.tree, window.levels.model.index(0, columns.WHERE))
    return window.desk.bench.diagnosing.suspect


def test_the_empty_lists_say_what_they_are_for(window: MainWindow) -> None:
    assert window.levels.empty.title.text() == "Levels not looked at yet"
    assert window.digging.empty.title.text() == "No test holes planned yet"
    assert not window.action("suspect_levels").isEnabled()
    assert not window.action("plan_holes").isEnabled()


def test_f6_looks_for_suspect_levels_in_a_job_that_runs_the_check_it_needs(
    window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    bench = window.desk.bench
    bench.adopt(Session(state))
    titles: list[str] = []
    bench.jobs.started.connect(lambda running: titles.append(running.title))
    with qtbot.waitSignal(bench.diagnosing.levels_changed, timeout=60_000):
        qtbot.keyClick(window, Qt.Key.Key_F6)
    assert titles == ["Suspect levels"]
    assert bench.report is not None
    assert not bench.is_report_stale
    model = window.levels.model
    found = bench.diagnosing.levels
    assert found is not None
    assert model.rowCount() == int(found.suspects.case.max()) + 1 > 0
    assert "→" in model.index(0, columns.LEVELS).data()


def test_cancelled_it_shows_nothing(checked_window: MainWindow, qtbot: QtBot) -> None:
    jobs = checked_window.desk.bench.jobs
    jobs.started.connect(lambda running: running.cancel())
    qtbot.keyClick(checked_window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not jobs.running, timeout=20_000)
    assert checked_window.desk.bench.diagnosing.levels is None


def test_other_explanations_stand_below_their_case(levels_window: MainWindow) -> None:
    model, found = levels_window.levels.model, levels_window.desk.bench.diagnosing.levels
    assert found is not None
    tops = [model.index(at, 0) for at in range(model.rowCount())]
    branch = next(top for top in tops if model.rowCount(top))
    below = model.row_of(model.index(0, 0, branch))
    assert found.suspects.case[below] == found.suspects.case[model.row_of(branch)]
    assert found.suspects.rank[below] > 0
    assert model.index_of(below) == model.index(0, 0, branch)


def test_choosing_one_selects_its_lines_flies_there_and_shows_the_evidence(
    levels_window: MainWindow, levels: LevelDiagnosis
) -> None:
    bench, flights = levels_window.desk.bench, []
    bench.flown.connect(flights.append)
    row = look_at_first(levels_window)
    pipes = set(bench.selection.rows["pipes"].tolist())
    assert pipes == set((levels.moves[row].indices // 2).tolist())
    assert isinstance(flights[-1], Flight)
    away = np.hypot(*(levels.suspects.at[row] - [flights[-1].x, flights[-1].y]))
    assert away <= flights[-1].radius_m
    card = levels_window.inspector.suspect
    assert card.isVisibleTo(levels_window)
    assert "Suspected:" in card.text()
    assert "•" in card.text()


def test_something_else_selected_takes_the_evidence_away(levels_window: MainWindow) -> None:
    look_at_first(levels_window)
    levels_window.desk.bench.focus_on("pipes", 0)
    assert not levels_window.inspector.suspect.isVisibleTo(levels_window)
    assert levels_window.inspector.feature.isVisibleTo(levels_window)


def test_a_correction_is_an_edit_and_undo_takes_it_back(
    levels_window: MainWindow, levels: LevelDiagnosis, qtbot: QtBot
) -> None:
    bench, model = levels_window.desk.bench, levels_window.levels.model
    row = look_at_first(levels_window)
    before = bench.state
    qtbot.mouseClick(levels_window.inspector.suspect.apply, Qt.MouseButton.LeftButton)
    end = int(levels.suspects.end[row])
    column = "end_level_m" if end % 2 else "start_level_m"
    now = float(getattr(bench.state.pipes, column)[end // 2])
    assert now == pytest.approx(float(levels.suspects.likely_m[row]), abs=1e-6)
    assert bench.is_report_stale
    assert model.index(0, columns.CERTAINTY).data() == "Corrected"
    assert "changed" in levels_window.levels.caution.text()
    assert not levels_window.inspector.suspect.apply.isEnabled()
    qtbot.keyClick(levels_window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.state is before
    assert model.index(0, columns.CERTAINTY).data() != "Corrected"
    assert levels_window.inspector.suspect.apply.isEnabled()


def test_several_cases_can_be_corrected_before_looking_again(levels_window: MainWindow) -> None:
    bench, model = levels_window.desk.bench, levels_window.levels.model
    for at in range(2):
        click_index(levels_window.levels.tree, model.index(at, columns.WHERE))
        levels_window.action("correct_level").trigger()
    assert [model.index(at, columns.CERTAINTY).data() for at in range(2)] == ["Corrected"] * 2
    assert bench.state.revision != bench.session.report.revision  # type: ignore[union-attr]


def test_a_conflict_says_which_level_it_may_come_from(
    levels_window: MainWindow, levels: LevelDiagnosis, report: CheckReport
) -> None:
    bench = levels_window.desk.bench
    suspects = [suspect_of_conflict(levels, report, n) for n in range(len(report.conflicts))]
    conflict = next(n for n, suspect in enumerate(suspects) if suspect >= 0)
    bench.focus_on("conflicts", conflict)
    link = levels_window.inspector.conflict.suspect
    assert link.isVisibleTo(levels_window)
    assert "Suspect level" in link.label.text()
    link.label.linkActivated.emit("#suspect")
    assert bench.diagnosing.suspect == suspects[conflict]
    assert (
        levels_window.levels.model.row_of(levels_window.levels.tree.currentIndex())
        == (suspects[conflict])
    )
    innocent = next(n for n, suspect in enumerate(suspects) if suspect < 0)
    bench.focus_on("conflicts", innocent)
    assert not link.isVisibleTo(levels_window)


def test_f7_asks_how_many_holes_and_plans_them(checked_window: MainWindow, qtbot: QtBot) -> None:
    bench, asked = checked_window.desk.bench, []

    def answer(dialog: HoleCountDialog) -> None:
        asked.append(dialog.count)
        qtbot.keyClicks(dialog._count, "3")
        dialog.accept()

    came = when_asked(HoleCountDialog, answer)
    with qtbot.waitSignal(bench.diagnosing.plan_changed, timeout=60_000):
        qtbot.keyClick(checked_window, Qt.Key.Key_F7)
    assert came()
    assert asked == [10]
    assert checked_window.digging.model.rowCount() == 3
    assert len(checked_window.map.holes) == 3


def test_choosing_a_hole_flies_there_and_says_what_to_lay_open(
    holes_window: MainWindow, plan: DigPlan
) -> None:
    bench, flights = holes_window.desk.bench, []
    bench.flown.connect(flights.append)
    click_index(holes_window.digging.view, holes_window.digging.model.index(1, 1))
    assert (flights[-1].x, flights[-1].y) == tuple(plan.holes.at[1])
    assert set(bench.selection.rows["pipes"].tolist()) == set(plan.holes.pipes[1].tolist())
    text = holes_window.inspector.hole.text()
    assert "Test hole 2" in text
    for pipe in plan.holes.pipes[1]:
        assert str(plan.state.pipes.id[pipe]) in text


def test_a_finding_that_a_hole_settles_can_be_followed(
    holes_window: MainWindow, plan: DigPlan
) -> None:
    number = next(n for n, rows in enumerate(plan.holes.findings) if len(rows))
    holes_window.desk.bench.diagnosing.look_at_hole(number)
    finding = int(plan.holes.findings[number][0])
    holes_window.inspector.hole.found.linkActivated.emit(str(finding))
    assert holes_window.desk.bench.selection.focus == ("conflicts", finding)


def test_the_number_on_the_map_can_be_clicked(holes_window: MainWindow, plan: DigPlan) -> None:
    bench, view = holes_window.desk.bench, holes_window.map.view
    x, y = plan.holes.at[2]
    bench.fly(float(x), float(y), float("nan"), radius_m=5.0)
    QApplication.processEvents()
    spot = view.frame.to_px((plan.holes.at[2] - bench.origin[:2])[None, :])[0]
    click(view.viewport(), QPoint(round(spot[0]), round(spot[1])))
    assert bench.diagnosing.hole == 2
    assert holes_window.digging.view.currentIndex().row() == 2


def test_an_edit_makes_the_plan_stale_and_clearing_takes_it_off(
    holes_window: MainWindow, levels: LevelDiagnosis, qtbot: QtBot
) -> None:
    bench = holes_window.desk.bench
    bench.diagnosing.show_levels(levels)
    bench.diagnosing.look_at_suspect(0)
    holes_window.action("correct_level").trigger()
    assert "changed" in holes_window.digging.caution.text()
    qtbot.mouseClick(holes_window.digging.clear, Qt.MouseButton.LeftButton)
    assert len(holes_window.map.holes) == 0
    assert not holes_window.action("export_holes").isEnabled()


@pytest.mark.parametrize("ending", ["geojson", "json", "txt"])
def test_both_lists_are_exported(
    holes_window: MainWindow,
    levels: LevelDiagnosis,
    plan: DigPlan,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    bench = holes_window.desk.bench
    bench.diagnosing.show_levels(levels)
    for action in ("export_levels", "export_holes"):
        path = tmp_path / f"{action}.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, to=path: (str(to), ""))
        with qtbot.waitSignal(bench.noted, timeout=20_000):
            holes_window.action(action).trigger()
        assert path.stat().st_size > 100
    if ending == "geojson":
        written = json.loads((tmp_path / "export_holes.geojson").read_text(encoding="utf-8"))
        assert len(written["features"]) == len(plan.holes.at)


def test_another_project_forgets_what_was_diagnosed(levels_window: MainWindow) -> None:
    look_at_first(levels_window)
    bench = levels_window.desk.bench
    bench.adopt(Session.new(ProjectMeta()))
    assert bench.diagnosing.levels is None
    assert levels_window.levels.model.rowCount() == 0
    assert not levels_window.inspector.suspect.isVisibleTo(levels_window)


def test_both_lists_speak_chinese(levels_window: MainWindow, plan: DigPlan) -> None:
    look_at_first(levels_window)
    levels_window.desk.bench.diagnosing.show_plan(plan)
    levels_window.speak("zh")
    QApplication.processEvents()
    side = Qt.Orientation.Horizontal
    heads = [levels_window.levels.model.headerData(n, side) for n in range(5)]
    heads += [levels_window.digging.model.headerData(n, side) for n in range(6)]
    for text in (*heads, levels_window.inspector.suspect.text()):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text), text
