"""The main job in the real window, by mouse and keys only: raw files in, a decision kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateEdit,
    QDialogButtonBox,
    QFileDialog,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QSlider,
    QStyle,
    QStyleOptionSlider,
)
from window_driver import (
    CTRL,
    click,
    click_index,
    drawn_in_scene,
    drawn_on_map,
    drop,
    press,
    settle,
    show,
    type_path,
    wait_until,
    when_asked,
    words_on,
)

from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.model.vocabulary import Verdict
from ui.app import open_window, settings_at
from ui.dialogs.decision import DecisionDialog
from ui.dialogs.import_preview import ImportDialog
from ui.main_window import MainWindow
from ui.models import conflicts as columns

pytestmark = [pytest.mark.window, pytest.mark.xdist_group("window")]
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
REASON = "Sleeve agreed with the water company, drawing 7"
CRS = "EPSG:4547"


@pytest.fixture
def settings_file(qapp: QApplication, tmp_path: Path) -> Iterator[Path]:
    """Where empty settings will be; file dialogs are Qt's own, so that one can type into them."""
    native = Qt.ApplicationAttribute.AA_DontUseNativeDialogs
    QCoreApplication.setAttribute(native, True)
    yield tmp_path / "settings.ini"
    QCoreApplication.setAttribute(native, False)


def opened(qapp: QApplication, settings_file: Path) -> MainWindow:
    """A window as the program opens it, on the screen."""
    window = open_window(qapp, settings_at(str(settings_file)), lang="en", theme="light")
    show(window)
    return window


def test_from_raw_files_to_a_decision_that_stays(
    qapp: QApplication, settings_file: Path, tmp_path: Path
) -> None:
    project = tmp_path / "district.gpkg"
    window = opened(qapp, settings_file)
    take_survey_by_drop(window)
    take_buildings_by_menu(window)
    set_day_by_keys(window, "2024-05-01")
    check(window)
    row = choose_first_conflict(window)
    accept(window, row)
    move_through_time(window)
    save_as(window, project)
    assert window.close()
    again = opened(qapp, settings_file)
    reopen(again, project)
    find_decision(again)
    assert again.close()
    for done in (window, again):
        done.deleteLater()


def take_survey_by_drop(window: MainWindow) -> None:
    """Drop the folder of survey tables, say which reference system, import."""
    assert window.desk.bench.state.is_empty
    assert window.map.empty.isVisible()
    assert not window.action("run_check").isEnabled()
    drop(window, [SAMPLE / "survey"])
    (dialog,) = window.findChildren(ImportDialog)
    wait_until(dialog.take_button.isEnabled, what="the preview")
    answer_system(dialog)
    click(dialog.take_button)
    wait_until(lambda: not window.findChildren(ImportDialog), what="the import")
    settle(window)
    state = window.desk.bench.state
    assert state.meta.crs == CRS
    assert len(state.pipes) > 3_900
    assert not window.map.empty.isVisible()
    assert drawn_on_map(window, "pipes")
    assert drawn_in_scene(window, "pipes")


def answer_system(dialog: ImportDialog) -> None:
    """Choose the source that asks for its system, and type the answer."""
    sources = dialog.findChild(QListWidget)
    assert isinstance(sources, QListWidget)
    assert dialog.imported is not None
    asking = [i for i, r in enumerate(dialog.imported.reports) if r.asked]
    assert asking, "points without a zone prefix leave the system open"
    item = sources.item(asking[0])
    sources.scrollToItem(item)
    click(sources.viewport(), sources.visualItemRect(item).center())
    box = dialog._questions.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    assert box.isVisible()
    box.setFocus()
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_A, CTRL)
    QTest.keyClicks(box.lineEdit(), CRS)
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    wait_until(dialog.take_button.isEnabled, what="the second reading")
    assert dialog.imported is not None
    assert dialog.imported.crs == CRS


def take_buildings_by_menu(window: MainWindow) -> None:
    """Ctrl+I, a typed path, Import."""
    path = SAMPLE / "buildings" / "buildings.shp"
    came = when_asked(QFileDialog, lambda dialog: type_path(dialog, path))
    press(window, Qt.Key.Key_I, CTRL)
    assert came()
    (dialog,) = [d for d in window.findChildren(ImportDialog) if d.isVisible()]
    wait_until(dialog.take_button.isEnabled, what="the preview")
    click(dialog.take_button)
    wait_until(lambda: not window.findChildren(ImportDialog), what="the import")
    assert len(window.desk.bench.state.buildings) > 200


def set_day_by_keys(window: MainWindow, day: str) -> None:
    """Type a day into the time line."""
    field = window.timeline.findChild(QDateEdit)
    assert isinstance(field, QDateEdit)
    click(field, QPoint(field.fontMetrics().horizontalAdvance("20"), field.height() // 2))
    QTest.keyClick(field, Qt.Key.Key_Home)
    field.setSelectedSection(QDateEdit.Section.YearSection)
    QTest.keyClicks(field, day.replace("-", ""))
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(window)
    assert str(window.desk.bench.as_of) == day


def check(window: MainWindow) -> None:
    """F5, and the list fills."""
    press(window, Qt.Key.Key_F5)
    wait_until(lambda: window.desk.bench.report is not None, what="the run")
    settle(window)
    report = window.desk.bench.report
    assert report is not None
    assert report.ledger.closes
    assert str(report.as_of) == str(window.desk.bench.as_of)
    assert len(report.conflicts) > 10
    listed = window.conflicts.model.visible_rows
    assert sorted(listed.tolist()) == list(range(len(report.conflicts)))


def choose_first_conflict(window: MainWindow) -> int:
    """Click the topmost finding with a number: map and scene go there, all of it is told."""
    bench, tree, model = window.desk.bench, window.conflicts.tree, window.conflicts.model
    report = bench.report
    assert report is not None
    measured = (report.conflicts.requirement >= 0) & ~np.isnan(report.conflicts.actual_m)
    tops = [model.index(at, columns.KINDS) for at in range(model.rowCount())]
    index = next(top for top in tops if measured[model.row_of(top)] and not model.rowCount(top))
    click_index(tree, index)
    settle(window)
    row = model.row_of(index)
    assert bench.selection.focus == ("conflicts", row)
    assert report.conflicts.verdict[row] == Verdict.CERTAIN
    place = report.conflicts.at[row] - bench.origin
    x0, y0, x1, y1 = window.map.view.extent
    assert np.allclose([(x0 + x1) / 2, (y0 + y1) / 2], place[:2], atol=0.01)
    assert x1 - x0 < 60.0
    target, distance, _, _ = window.scene.view.camera()
    assert np.allclose(target, place, atol=0.01)
    assert distance < 120.0
    told = words_on(window.inspector)
    rule = report.requirements[int(report.conflicts.requirement[row])]
    assert rule.clause in told
    assert f"{report.conflicts.required_m[row]:g} m" in told
    assert f"{report.conflicts.actual_m[row]:.3g} m" in told
    return row


def accept(window: MainWindow, row: int) -> None:
    """The key A, a reason, and the finding is settled everywhere."""

    def give_reason(dialog: DecisionDialog) -> None:
        ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
        assert not ok.isEnabled()
        field = dialog.findChild(QPlainTextEdit)
        QTest.keyClicks(field, REASON)
        click(ok)

    came = when_asked(DecisionDialog, give_reason)
    QTest.keyClick(window.conflicts.tree, Qt.Key.Key_A)
    assert came()
    settle(window)
    report = window.desk.bench.report
    assert report is not None
    assert report.conflicts.decision[row] == DecisionState.ACCEPTED
    assert not window.desk.bench.is_report_stale
    assert REASON in words_on(window.inspector)
    model = window.conflicts.model
    index = model.index_of(row)
    assert model.data(index.siblingAtColumn(columns.STATE)) == "Accepted"
    assert window.isWindowModified()


def move_through_time(window: MainWindow) -> None:
    """Show everything, then drag time back: map, scene, table and list show one set."""
    press(window, Qt.Key.Key_0, CTRL)
    for share in (0.9, 0.5):
        click_slider(window, share)
        assert_one_day(window)
    set_day_by_keys(window, "1990-01-01")
    few = assert_one_day(window)
    click(window.timeline._all)
    settle(window)
    assert assert_one_day(window) > few


def click_slider(window: MainWindow, share: float) -> None:
    """Press on the slider's handle, pull it to a share of its way, let go."""
    slider = window.timeline.findChild(QSlider)
    assert isinstance(slider, QSlider)
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    handle = slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    )
    goal = QPoint(round(slider.width() * share), handle.center().y())
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=handle.center())
    QTest.mouseMove(slider, goal)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=goal)
    settle(window)


def assert_one_day(window: MainWindow) -> int:
    """All views show what exists on the day shown; returns how many lines that is."""
    bench = window.desk.bench
    state, report, day = bench.state, bench.report, bench.as_of
    pipes = state.pipes
    begun = np.isnat(pipes.valid_from) | (pipes.valid_from <= day) | np.isnat(day)
    ended = ~np.isnat(pipes.valid_to) & (pipes.valid_to <= day)
    there = set(np.flatnonzero(begun & ~ended).tolist())
    assert drawn_on_map(window, "pipes") == there
    assert drawn_in_scene(window, "pipes") == there
    model = window.table.model
    while model.rowCount() < model.total:
        model.fetchMore(model.index(-1, -1))
    assert {model.row_at(model.index(i, 0)) for i in range(model.rowCount())} == there
    assert report is not None
    listed = set(window.conflicts.model.visible_rows.tolist())
    c = report.conflicts
    for table, rows in ((c.a_table, c.a_row), (c.b_table, c.b_row)):
        assert {int(rows[i]) for i in listed if table[i] == "pipes"} <= there
    assert drawn_in_scene(window, "conflicts") == listed
    assert drawn_on_map(window, "conflicts") == listed
    return len(there)


def save_as(window: MainWindow, project: Path) -> None:
    """Ctrl+S asks for a file, as there is none yet."""
    came = when_asked(QFileDialog, lambda dialog: type_path(dialog, project))
    press(window, Qt.Key.Key_S, CTRL)
    assert came()
    wait_until(project.is_file, what="the project file")
    assert not window.isWindowModified()
    assert project.stem in window.windowTitle()


def reopen(window: MainWindow, project: Path) -> None:
    """Ctrl+O and the path."""
    assert window.desk.bench.state.is_empty
    came = when_asked(QFileDialog, lambda dialog: type_path(dialog, project))
    press(window, Qt.Key.Key_O, CTRL)
    assert came()
    wait_until(lambda: not window.desk.bench.state.is_empty, what="the project")
    settle(window)
    assert QApplication.activeModalWidget() is None or not isinstance(
        QApplication.activeModalWidget(), QMessageBox
    )


def find_decision(window: MainWindow) -> None:
    """The accepted finding is still accepted, its reason is in the inspector."""
    report = window.desk.bench.report
    assert report is not None
    assert not window.desk.bench.is_report_stale
    (row,) = np.flatnonzero(report.conflicts.decision == DecisionState.ACCEPTED).tolist()
    model = window.conflicts.model
    index = model.index_of(row)
    if index.parent().isValid():
        window.conflicts.tree.expand(index.parent())
    click_index(window.conflicts.tree, index.siblingAtColumn(columns.KINDS))
    settle(window)
    assert REASON in words_on(window.inspector)
    assert model.data(index.siblingAtColumn(columns.STATE)) == "Accepted"
