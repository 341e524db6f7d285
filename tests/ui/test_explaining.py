"""Why two things are, or are not, in conflict, asked and read in the window."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, checked
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.session import Session
from ui.dialogs.explanation import ExplanationDialog
from ui.main_window import MainWindow


def crossing() -> ProjectState:
    """Gas just above water, and a second gas line far away."""
    return network(
        pipe("W1", Utility.WATER, [(0, 0, -1.6), (60, 0, -1.6)], d=0.4, **EXACT),
        pipe("G1", Utility.GAS, [(30, -20, -1.5), (30, 20, -1.5)], d=0.2, **EXACT),
        pipe("G2", Utility.GAS, [(0, 50, -1.5), (60, 50, -1.5)], d=0.2, **EXACT),
    )


@pytest.fixture
def crossing_window(window: MainWindow) -> MainWindow:
    session = Session(crossing())
    window.desk.bench.adopt(session)
    session.accept_report(checked(session.state))
    return window


def shown(window: MainWindow, qtbot: QtBot) -> ExplanationDialog:
    """The page that opens."""

    def pages() -> list[ExplanationDialog]:
        return window.findChildren(ExplanationDialog)

    qtbot.waitUntil(lambda: bool(pages()), timeout=180_000)
    return pages()[0]


def test_a_finding_is_explained_check_by_check(crossing_window: MainWindow, qtbot: QtBot) -> None:
    bench = crossing_window.desk.bench
    assert bench.report is not None
    row = int(np.flatnonzero(bench.report.conflicts.check == "vertical_clearance")[0])
    bench.focus_on("conflicts", row)
    crossing_window.inspector.conflict.explain_button.click()
    page = shown(crossing_window, qtbot)
    text = page.page.toPlainText()
    assert {"W1", "G1"} <= set(page.windowTitle().split())
    assert "Vertical clearance: violated" in text
    assert "Standard deviation" in text
    page.copy_button.click()
    assert QApplication.clipboard().text() == text


def test_two_lines_that_are_not_in_conflict_are_explained_too(
    crossing_window: MainWindow, qtbot: QtBot
) -> None:
    crossing_window.desk.bench.select({"pipes": np.array([0, 2], dtype=np.int32)})
    assert crossing_window.action("explain").isEnabled()
    crossing_window.action("explain").trigger()
    text = shown(crossing_window, qtbot).page.toPlainText()
    assert "violated" not in text
    assert "not near enough" in text


@pytest.mark.parametrize(
    "rows", [{}, {"pipes": [0]}, {"pipes": [0, 1, 2]}], ids=["none", "one", "three"]
)
def test_it_is_offered_for_two_things_only(
    crossing_window: MainWindow, rows: dict[str, list[int]]
) -> None:
    bench = crossing_window.desk.bench
    bench.select({name: np.array(each, dtype=np.int32) for name, each in rows.items()})
    assert not crossing_window.action("explain").isEnabled()


def test_the_page_is_chinese_in_a_chinese_window(crossing_window: MainWindow, qtbot: QtBot) -> None:
    crossing_window.speak("zh")
    crossing_window.desk.bench.select({"pipes": np.array([0, 1], dtype=np.int32)})
    crossing_window.action("explain").trigger()
    text = shown(crossing_window, qtbot).page.toPlainText()
    assert "各项检查的结论" in text
    assert "Standard deviation" not in text
