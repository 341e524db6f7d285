"""The panels, each by what it shows and does."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_builders import report_on, small_street

from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.language import msg
from baiyun_gis.session import Session
from ui.commands import checks
from ui.main_window import MainWindow
from ui.models.layer_tree import KEY_ROLE
from ui.panels.scene import ScenePanel
from ui.workbench import Flight


def tree_index(window: MainWindow, layer: str, part: str = ""):
    model = window.layers_panel.model
    pending = [model.index(r, 0) for r in range(model.rowCount())]
    while pending:
        index = pending.pop()
        if index.data(KEY_ROLE) == (layer, part):
            return index
        pending += [model.index(r, 0, index) for r in range(model.rowCount(index))]
    raise AssertionError((layer, part))


def test_the_empty_window_says_what_to_do_next(window: MainWindow) -> None:
    assert window.map.empty.isVisible()
    assert "Drop survey files" in window.map.empty.title.text()
    assert window.conflicts.empty.title.text() == "No conflict run yet"


def test_the_layer_tree_lists_only_what_there_is(street_window: MainWindow) -> None:
    assert tree_index(street_window, "pipes", "gas").isValid()
    with pytest.raises(AssertionError):
        tree_index(street_window, "pipes", "heat")
    with pytest.raises(AssertionError):
        tree_index(street_window, "permits")


def test_unticking_a_utility_hides_it_and_half_ticks_its_layer(street_window: MainWindow) -> None:
    model = street_window.layers_panel.model
    model.setData(tree_index(street_window, "pipes", "gas"), Qt.CheckState.Unchecked,
                  Qt.ItemDataRole.CheckStateRole)  # fmt: skip
    assert street_window.desk.bench.stack.setting("pipes").hidden == {"gas"}
    half = tree_index(street_window, "pipes").data(Qt.ItemDataRole.CheckStateRole)
    assert half is Qt.CheckState.PartiallyChecked


def test_the_list_always_says_what_was_tested_and_what_could_not_be(
    street_window: MainWindow,
) -> None:
    text = street_window.conflicts._summary.text()
    assert "2 of 3 lines tested" in text
    assert "1 above ground" in text
    assert "1 could not be judged" in text


def test_keys_step_fly_and_decide(street_window: MainWindow, qtbot: QtBot) -> None:
    panel, flights = street_window.conflicts, []
    street_window.desk.bench.flown.connect(flights.append)
    qtbot.keyClick(panel.tree, Qt.Key.Key_J)
    assert street_window.desk.bench.selection.focus == ("conflicts", 0)
    qtbot.keyClick(panel.tree, Qt.Key.Key_J)
    assert street_window.desk.bench.selection.focus == ("conflicts", 1)
    qtbot.keyClick(panel.tree, Qt.Key.Key_K)
    assert street_window.desk.bench.selection.focus == ("conflicts", 0)
    assert isinstance(flights[-1], Flight)
    assert (flights[-1].x, flights[-1].y) == (50.0, 0.0)
    qtbot.keyClick(panel.tree, Qt.Key.Key_R)
    report = street_window.desk.bench.report
    assert report is not None
    assert report.conflicts.decision[0] == DecisionState.RESOLVED


def test_a_decision_can_be_undone(street_window: MainWindow) -> None:
    bench = street_window.desk.bench
    street_window.conflicts.step(1)
    checks.resolve(street_window.desk)
    assert len(bench.state.decisions) == 1
    street_window.action("undo").trigger()
    assert len(bench.state.decisions) == 0
    assert bench.report is not None
    assert bench.report.conflicts.decision[0] == DecisionState.OPEN


def test_an_edit_marks_the_report_as_stale(street_window: MainWindow) -> None:
    bench = street_window.desk.bench
    assert not street_window.conflicts._banner.isVisible()
    moved = bench.state.pipes.with_columns(outer_width_m=np.full(3, 0.5))
    bench.session.apply(msg("Import {names}", names="x"), bench.state.with_(pipes=moved))
    assert street_window.conflicts._banner.isVisible()


def test_the_inspector_gives_clause_numbers_and_reasons(street_window: MainWindow) -> None:
    street_window.conflicts.step(1)
    card = street_window.inspector.conflict
    assert card.isVisibleTo(street_window)
    assert "4.1.14" in card._clause_title.text()
    assert [label.text() for label in card._number_values] == ["0.4 m", "0.1 m", "0.3 m", "99%"]
    assert len(card._why.text()) > 20
    assert card.sketch.isVisibleTo(street_window)


def test_the_inspector_shows_a_feature_and_leads_to_its_conflicts(
    street_window: MainWindow,
) -> None:
    bench = street_window.desk.bench
    bench.focus_on("pipes", 0)
    card = street_window.inspector.feature
    assert card._title.text() == "w1"
    assert "2" in card._findings.text()
    card._findings.click()
    assert bench.selection.focus == ("conflicts", 0)


def test_choosing_a_row_of_the_table_selects_the_feature(street_window: MainWindow) -> None:
    street_window.table.refresh()
    street_window.table.view.selectRow(1)
    assert street_window.desk.bench.selection.focus == ("pipes", 1)


def test_the_date_filters_table_and_map_alike(street_window: MainWindow, qtbot: QtBot) -> None:
    bench = street_window.desk.bench
    bench.set_time(np.datetime64("2005-01-01"))
    assert street_window.table.model.total == 2

    def drawn() -> set[int]:
        parts = [p for p in street_window.map.view.primitives if p.layer == "pipes"]
        return {int(row) for part in parts for row in part.feature}  # type: ignore[union-attr]

    qtbot.waitUntil(lambda: drawn() == {0, 2}, timeout=10_000)


def test_a_click_on_the_map_selects_what_lies_there(
    street_window: MainWindow, qtbot: QtBot
) -> None:
    view = street_window.map.view
    bench = street_window.desk.bench
    origin = bench.origin
    view.centre_on(80 - origin[0], 0 - origin[1], width_m=20)
    with qtbot.waitSignal(view.drawn, timeout=10_000):
        view.refresh()
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.viewport().rect().center()
    )
    qtbot.waitUntil(lambda: bench.selection.focus == ("pipes", 0), timeout=3000)


def test_the_selection_is_copied_as_text(street_window: MainWindow) -> None:
    street_window.desk.bench.focus_on("pipes", 0)
    street_window.action("copy_text").trigger()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].startswith("ID\t")
    assert lines[1].startswith("w1\t")


def test_without_opengl_the_scene_says_so_and_nothing_breaks(
    street_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScenePanel, "has_graphics", property(lambda _: False))
    panel = ScenePanel(street_window.desk.bench)
    qtbot.addWidget(panel)
    panel.show()
    street_window.desk.bench.fly(50, 0, 8, radius_m=10)
    assert panel.view is None
    assert panel.empty.isVisible()
    assert "OpenGL" in panel.empty.text.text()


def test_dark_and_light_can_be_switched_while_it_runs(street_window: MainWindow) -> None:
    street_window.action("theme").trigger()
    assert street_window.desk.bench.theme == "dark"
    assert street_window.map.view.theme == "dark"
    street_window.action("theme").trigger()
    assert street_window.map.view.theme == "light"


def test_the_layout_comes_back_as_it_was_left(window: MainWindow) -> None:
    window.docks["layers"].close()
    window.action("view_map").trigger()
    settings = window.desk.bench.settings
    window.close()
    from ui.workbench import Workbench

    again = MainWindow(Workbench(settings), wear=lambda: None, speak=lambda _: None)
    again.show()
    try:
        assert not again.docks["layers"].isVisible()
        assert not again.scene.isVisible()
    finally:
        again.close()
        again.deleteLater()


def test_another_project_replaces_everything(street_window: MainWindow) -> None:
    street_window.conflicts.step(1)
    session = Session(small_street())
    street_window.desk.bench.adopt(session)
    assert street_window.desk.bench.selection.focus is None
    assert street_window.conflicts.model.rowCount() == 0
    session.accept_report(report_on(session.state))
    assert street_window.conflicts.model.rowCount() == 3
