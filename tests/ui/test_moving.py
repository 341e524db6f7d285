"""A line dragged on the map with the mouse: checked on the way, laid down as one step."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.language import msg
from baiyun_gis.live.edits import differences
from baiyun_gis.live.measured import with_long_lines
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.session import Session
from baiyun_gis.synthetic.district import make_district
from ui.main_window import MainWindow

LONG_MS = 180_000
"""Kernels may have to be compiled first."""


@pytest.fixture(scope="module")
def state() -> ProjectState:
    """A district with one line of ten pieces that is joined to nothing, in the last row."""
    return with_long_lines(make_district(1_000, 5).state, 1, np.random.default_rng(5))


@pytest.fixture
def map_window(window: MainWindow, state: ProjectState, qtbot: QtBot) -> MainWindow:
    """The window with the district checked, the map on the line and the tool in hand."""
    desk = window.desk
    desk.bench.adopt(Session(state))
    with qtbot.waitSignal(desk.bench.checking.ended, timeout=LONG_MS):
        window.action("run_check").trigger()
    at = axis(state).mean(axis=0)
    with qtbot.waitSignal(desk.map.view.drawn, timeout=LONG_MS):
        desk.bench.fly(float(at[0]), float(at[1]), float("nan"), radius_m=30)
    qtbot.waitUntil(lambda: not desk.bench.jobs.running, timeout=LONG_MS)
    window.action("move_line").trigger()
    return window


def axis(state: ProjectState, row: int = -1) -> np.ndarray:
    row = row % len(state.pipes)
    return state.pipes.xy[state.pipes.offsets[row] : state.pipes.offsets[row + 1]]


def pixel(window: MainWindow, xy: np.ndarray) -> QPoint:
    """Where a place of the project is on the map's viewport."""
    bench, view = window.desk.bench, window.desk.map.view
    local = xy - bench.origin[:2]
    return view.mapFromScene(view.box.mapViewToScene(QPointF(*local)))


def local(window: MainWindow, at: QPoint) -> QPointF:
    """The place under a pixel of the map's viewport, in the map's own coordinates."""
    view = window.desk.map.view
    return view.box.mapSceneToView(view.mapToScene(at))


def held(window: MainWindow, qtbot: QtBot, by: tuple[float, float]) -> QPoint:
    """Press on the line and drag it so far; the button is still down, and the place looked at."""
    bench, port = window.desk.bench, window.desk.map.view.viewport()
    line = axis(bench.state)
    start = (line[4] + line[5]) / 2
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=pixel(window, start))
    for share in (0.3, 0.6, 1.0):
        to = pixel(window, start + np.array(by) * share)
        QTest.mouseMove(port, to)
        qtbot.wait(30)
    qtbot.waitUntil(
        lambda: bench.moving.hand is not None and not bench.jobs.running, timeout=LONG_MS
    )
    return to


def let_go(window: MainWindow, at: QPoint) -> None:
    QTest.mouseRelease(window.desk.map.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_line_is_checked_on_the_way_and_laid_down_as_one_step(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    bench = map_window.desk.bench
    at = held(map_window, qtbot, (3.0, 2.0))
    assert bench.state is state  # nothing is changed while it is in hand
    by = bench.moving.by
    np.testing.assert_allclose(by, [3.0, 2.0], atol=3 * map_window.desk.map.view.metres_per_px)
    found, axes = bench.moving.found, bench.moving.axes
    assert found is not None
    assert axes is not None
    np.testing.assert_allclose(axes[0], axis(state) + by, atol=1e-9)
    with qtbot.waitSignal(bench.report_changed, timeout=LONG_MS):
        let_go(map_window, at)
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)
    np.testing.assert_allclose(axis(bench.state), axis(state) + by, atol=1e-6)
    assert str(state.pipes.id[-1]) in bench.session.document.undo_label.text("en")
    report = bench.report
    assert report is not None
    row = len(state.pipes) - 1
    named = (report.conflicts.a_row == row) | (report.conflicts.b_row == row)
    assert int(named.sum()) >= len(found)
    full = run_checks(bench.state, load_rule_set(bench.session.rules), as_of=bench.as_of)
    assert not differences(report, full)
    bench.session.document.undo()
    assert np.array_equal(axis(bench.state), axis(state))


def test_a_line_is_laid_down_where_it_was_though_the_map_is_resized_under_the_hand(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    bench, view = map_window.desk.bench, map_window.desk.map.view
    at = held(map_window, qtbot, (3.0, 2.0))
    by = bench.moving.by
    west, south, east, north = view.extent
    view.box.setRange(xRange=(west, east + 20.0), yRange=(south, north + 20.0), padding=0.0)
    let_go(map_window, at)
    qtbot.waitUntil(lambda: bench.state is not state, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)
    np.testing.assert_allclose(axis(bench.state), axis(state) + by, atol=1e-6)


def test_a_tool_chosen_with_the_button_down_waits_for_its_own_drag(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    bench, view = map_window.desk.bench, map_window.desk.map.view
    boxed: list[object] = []
    view.boxed.connect(boxed.append)
    at = held(map_window, qtbot, (3.0, 2.0))
    map_window.action("box").trigger()
    QTest.mouseMove(view.viewport(), at + QPoint(30, 30))
    qtbot.wait(30)
    let_go(map_window, at + QPoint(30, 30))
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)
    assert not boxed
    assert bench.state is state


def test_escape_puts_the_line_back(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    bench, view = map_window.desk.bench, map_window.desk.map.view
    at = held(map_window, qtbot, (2.0, -1.0))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not bench.moving.is_on
    let_go(map_window, at)
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)
    assert bench.state is state
    assert not bench.checking.is_busy  # what follows edits was given back


def test_a_line_let_go_at_once_is_laid_down_when_it_was_looked_around(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    bench, port = map_window.desk.bench, map_window.desk.map.view.viewport()
    line = axis(state)
    start = (line[4] + line[5]) / 2
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=pixel(map_window, start))
    to = pixel(map_window, start + np.array([0.0, 4.0]))
    QTest.mouseMove(port, pixel(map_window, start + np.array([0.0, 2.0])))
    QTest.mouseMove(port, to)
    let_go(map_window, to)
    qtbot.waitUntil(lambda: bench.state is not state, timeout=LONG_MS)
    moved = (axis(bench.state) - axis(state))[0]
    np.testing.assert_allclose(moved, [0, 4], atol=3 * map_window.desk.map.view.metres_per_px)
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)
    assert not bench.is_report_stale


def test_a_line_that_hangs_on_its_joints_says_so_and_stays(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    bench = map_window.desk.bench
    said: list[str] = []
    bench.noted.connect(lambda notice: said.append(notice.text))
    bench.moving.take_up(0)
    bench.moving.move(np.array([1.0, 0.0]))
    bench.moving.lay_down()
    qtbot.waitUntil(lambda: bool(said), timeout=LONG_MS)
    assert str(state.pipes.id[0]) in said[0]
    assert bench.state is state
    assert not bench.checking.is_busy


def test_a_drag_beside_all_lines_pans(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot
) -> None:
    view = map_window.desk.map.view
    places = [QPoint(x, y) for x in range(80, view.width() - 20, 9) for y in range(90, 400, 9)]
    corner = next(p for p in places if not view.tool.takes_drag(view, local(map_window, p)))
    before = view.extent
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    for step in (20, 40, 60):
        QTest.mouseMove(view.viewport(), corner - QPoint(step, 0))
        qtbot.wait(30)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=corner - QPoint(60, 0))
    assert view.extent != before
    assert not map_window.desk.bench.moving.is_on


@pytest.mark.parametrize("how", ["edited", "other project"])
def test_a_line_is_left_and_people_are_told_when_the_project_changes_meanwhile(
    map_window: MainWindow, state: ProjectState, qtbot: QtBot, how: str
) -> None:
    bench = map_window.desk.bench
    said: list[str] = []
    bench.noted.connect(lambda notice: said.append(notice.text))
    at = held(map_window, qtbot, (3.0, 2.0))
    other = state.with_(pipes=state.pipes.with_columns(lineage=state.pipes.lineage.copy()))
    if how == "edited":
        bench.session.apply(msg("Edit"), other)
    else:
        bench.adopt(Session(other))
    assert not bench.moving.is_on
    assert any("meanwhile" in text for text in said)
    let_go(map_window, at)
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=LONG_MS)
    assert np.array_equal(axis(bench.state), axis(state))
    assert not bench.checking.is_busy
