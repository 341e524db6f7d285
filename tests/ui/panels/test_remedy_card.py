"""A way out in the window: found in a job, read, previewed, applied as an edit, undone."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, checked
from pytestqt.qtbot import QtBot

from baiyun_gis.model.vocabulary import Status, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.remedy import Proposal
from baiyun_gis.session import Session
from ui.main_window import MainWindow

GROUND = {"start_ground_m": 0.0, "end_ground_m": 0.0}


def crossing() -> ProjectState:
    return network(
        pipe("W1", Utility.WATER, [(0, 0, -1.6), (60, 0, -1.6)], d=0.4, **EXACT, **GROUND),
        pipe(
            "G1", Utility.GAS, [(30, -20, -1.5), (30, 20, -1.5)], d=0.2,
            status=Status.PLANNED, **EXACT, **GROUND,
        ),
    )  # fmt: skip


@pytest.fixture
def found_window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with a proposal for its only conflict on show."""
    session = Session(crossing())
    bench = window.desk.bench
    bench.adopt(session)
    session.accept_report(checked(session.state))
    assert session.report is not None
    row = int(np.flatnonzero(session.report.conflicts.check == "vertical_clearance")[0])
    bench.focus_on("conflicts", row)
    with qtbot.waitSignal(bench.remedy_changed, timeout=60_000):
        window.inspector.conflict.remedy.buttons["find"].click()
    return window


def test_the_proposal_stands_in_words_with_its_buttons(found_window: MainWindow) -> None:
    card = found_window.inspector.conflict.remedy
    assert isinstance(found_window.desk.bench.remedy, Proposal)
    assert "Raise the planned gas line G1" in card.text()
    assert card.buttons["apply"].isVisibleTo(card)
    assert not card.buttons["find"].isVisibleTo(card)


def test_the_map_shows_the_proposed_line(found_window: MainWindow) -> None:
    assert found_window.map.proposed.is_shown


def test_applied_it_is_an_edit_that_can_be_undone_and_the_check_runs_anew(
    found_window: MainWindow, qtbot: QtBot
) -> None:
    bench = found_window.desk.bench
    before = bench.state.pipes
    with qtbot.waitSignal(bench.report_changed, timeout=60_000):
        found_window.inspector.conflict.remedy.buttons["apply"].click()
    assert bench.report is not None
    assert len(bench.report.conflicts) == 0
    assert bench.remedy is None
    found_window.action("undo").trigger()
    assert bench.state.pipes is before


def test_dismissed_nothing_has_changed(found_window: MainWindow) -> None:
    bench = found_window.desk.bench
    state = bench.state
    found_window.inspector.conflict.remedy.buttons["dismiss"].click()
    assert bench.remedy is None
    assert bench.state is state
    assert not found_window.map.proposed.is_shown


def test_another_conflict_does_not_keep_the_proposal(found_window: MainWindow) -> None:
    found_window.desk.bench.focus_on("conflicts", 1)
    assert found_window.desk.bench.remedy is None
