"""Runs in the window: kept up with every edit, with their causes and what is new in them."""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.compare import Change
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import msg
from baiyun_gis.live.edits import differences
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.session import Session
from baiyun_gis.synthetic.district import make_district
from ui.main_window import MainWindow
from ui.models import conflicts as columns

EDIT = msg("Edit")
LONG_MS = 180_000
"""Kernels may have to be compiled first."""


@pytest.fixture(scope="module")
def state() -> ProjectState:
    return make_district(1_000, 5).state


@pytest.fixture
def run_window(window: MainWindow, state: ProjectState, qtbot: QtBot) -> MainWindow:
    """The window on a district that was just checked."""
    bench = window.desk.bench
    bench.adopt(Session(state))
    with qtbot.waitSignal(bench.checking.ended, timeout=LONG_MS):
        window.action("run_check").trigger()
    return window


def lowered(state: ProjectState, row: int, by_m: float) -> ProjectState:
    """One line lower along its whole length."""
    level = state.pipes.axis_level.copy()
    level[state.pipes.offsets[row] : state.pipes.offsets[row + 1]] -= by_m
    return state.with_(pipes=state.pipes.with_columns(axis_level=level))


def in_conflict(window: MainWindow) -> int:
    """A line of a vertical conflict that is likely."""
    assert window.desk.bench.report is not None
    found = window.desk.bench.report.conflicts
    rows = np.flatnonzero((found.check == "vertical_clearance") & (found.verdict >= 3))
    return int(found.a_row[rows[0]])


def started(window: MainWindow) -> list[str]:
    """Titles of the jobs that people are shown, as they start."""
    titles: list[str] = []
    window.desk.bench.jobs.started.connect(lambda running: titles.append(running.title))
    return titles


def edited(window: MainWindow, qtbot: QtBot, by_m: float = 3.0) -> None:
    """A line in conflict is lowered, and what follows from it has arrived."""
    bench = window.desk.bench
    with qtbot.waitSignal(bench.report_changed, timeout=LONG_MS):
        bench.session.apply(EDIT, lowered(bench.state, in_conflict(window), by_m))
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)


def test_an_edit_is_checked_without_asking_and_gives_what_a_full_run_gives(
    run_window: MainWindow, qtbot: QtBot
) -> None:
    bench = run_window.desk.bench
    for by_m in (3.0, -1.5):
        edited(run_window, qtbot, by_m)
        report = bench.report
        assert report is not None
        assert not bench.is_report_stale
        whole = run_checks(bench.state, load_rule_set("gb50289-2016"), as_of=report.as_of)
        assert differences(report, whole) == []


def test_an_edit_made_while_a_run_is_under_way_is_checked_after_it(
    run_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = run_window.desk.bench
    run, is_done = bench.session.run_checks, Event()

    def run_and_say(**asked: Any) -> CheckReport:
        report = run(**asked)
        is_done.set()
        return report

    monkeypatch.setattr(bench.session, "run_checks", run_and_say)
    with qtbot.waitSignal(bench.checking.ended, timeout=LONG_MS) as ended:
        run_window.action("run_check").trigger()
        assert is_done.wait(LONG_MS / 1000)  # the window has not heard of it yet
        bench.session.apply(EDIT, lowered(bench.state, in_conflict(run_window), 3.0))
    assert ended.args is not None
    assert ended.args[0].revision != bench.state.revision
    qtbot.waitUntil(lambda: not bench.is_report_stale, timeout=LONG_MS)
    report = bench.report
    assert report is not None
    assert report.revision == bench.state.revision
    whole = run_checks(bench.state, load_rule_set("gb50289-2016"), as_of=report.as_of)
    assert differences(report, whole) == []


def test_the_list_marks_what_is_new_and_says_what_is_gone(
    run_window: MainWindow, qtbot: QtBot
) -> None:
    panel, bench = run_window.conflicts, run_window.desk.bench
    assert panel.tree.isColumnHidden(columns.CHANGE)
    assert panel._news_chip.isHidden()
    edited(run_window, qtbot)
    news = bench.checking.news
    assert news.change is not None
    assert news.count(Change.GONE) > 0
    assert news.count(Change.NEW) > 0
    assert not panel.tree.isColumnHidden(columns.CHANGE)
    assert f"{news.count(Change.GONE)} gone" in panel._summary.text()
    panel._news_chip.setChecked(True)
    listed = panel.model.visible_rows
    assert set(news.change[listed].tolist()) <= {int(Change.NEW), int(Change.WORSE)}
    assert len(listed) == news.count(Change.NEW) + news.count(Change.WORSE)


def test_undone_everything_is_the_same_as_in_the_run_asked_for(
    run_window: MainWindow, qtbot: QtBot
) -> None:
    bench = run_window.desk.bench
    edited(run_window, qtbot)
    with qtbot.waitSignal(bench.report_changed, timeout=LONG_MS):
        run_window.action("undo").trigger()
    news = bench.checking.news
    assert news.change is not None
    assert (news.change == Change.SAME).all()
    assert news.gone == 0


def test_the_finding_looked_at_stays_the_one_looked_at(
    run_window: MainWindow, qtbot: QtBot
) -> None:
    bench = run_window.desk.bench
    assert bench.report is not None
    wanted = len(bench.report.conflicts) - 1
    name = str(bench.report.conflicts.id[wanted])
    bench.focus_on("conflicts", wanted)
    edited(run_window, qtbot)
    focus = bench.selection.focus
    assert focus is not None
    assert str(bench.report.conflicts.id[focus[1]]) == name
    assert len(bench.report.conflicts) - 1 != wanted or focus[1] == wanted


def test_switched_off_the_list_says_that_it_is_of_an_earlier_state(
    run_window: MainWindow, qtbot: QtBot
) -> None:
    bench = run_window.desk.bench
    run_window.action("follow_edits").trigger()
    assert not run_window.action("follow_edits").isChecked()
    titles = started(run_window)
    bench.session.apply(EDIT, lowered(bench.state, in_conflict(run_window), 3.0))
    assert titles == []
    assert "has changed since this run" in run_window.conflicts._banner_text.text()
    with qtbot.waitSignal(bench.report_changed, timeout=LONG_MS):
        run_window.action("follow_edits").trigger()  # catches up
    assert not bench.is_report_stale


def test_before_any_run_an_edit_starts_none(window: MainWindow, state: ProjectState) -> None:
    bench = window.desk.bench
    bench.adopt(Session(state))
    titles = started(window)
    bench.session.apply(EDIT, lowered(state, 0, 1.0))
    assert titles == []
    assert bench.report is None


def test_cancelled_half_way_the_next_edit_looks_at_everything_again(
    run_window: MainWindow, qtbot: QtBot
) -> None:
    bench = run_window.desk.bench
    edited(run_window, qtbot)
    stopping = bench.jobs.started.connect(lambda running: running.cancel())
    bench.session.apply(EDIT, lowered(bench.state, 0, 0.2))
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)
    assert bench.is_report_stale
    bench.jobs.started.disconnect(stopping)
    with qtbot.waitSignal(bench.report_changed, timeout=LONG_MS):
        bench.session.apply(EDIT, lowered(bench.state, 1, 0.2))
    assert not bench.is_report_stale


def test_a_run_of_another_day_is_not_compared(run_window: MainWindow, qtbot: QtBot) -> None:
    bench = run_window.desk.bench
    bench.set_time(np.datetime64("2020-01-01"))
    with qtbot.waitSignal(bench.checking.ended, timeout=LONG_MS):
        run_window.action("run_check").trigger()
    assert bench.checking.news.change is None
    assert run_window.conflicts.tree.isColumnHidden(columns.CHANGE)


def test_a_finding_of_a_group_says_what_the_group_has_in_common(run_window: MainWindow) -> None:
    bench = run_window.desk.bench
    assert bench.report is not None
    groups = bench.checking.news.groups
    assert groups
    group = max(groups.values(), key=lambda each: len(each.rows))
    bench.focus_on("conflicts", int(group.rows[0]))
    text = run_window.inspector.conflict._cause.text()
    assert text.startswith(f"All {len(group.rows)} conflicts")
    alone = next(
        row for row, name in enumerate(bench.report.conflicts.group) if str(name) not in groups
    )
    bench.focus_on("conflicts", alone)
    assert not run_window.inspector.conflict._cause.isVisibleTo(run_window)
