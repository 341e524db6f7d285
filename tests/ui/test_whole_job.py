"""The main job in the real window: raw files in, check, decide, another date, save, open again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.project import ProjectMeta
from baiyun_gis.session import Session
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.raw_files import write_raw_files
from ui.commands import files
from ui.dialogs.decision import DecisionDialog
from ui.dialogs.import_preview import ImportDialog
from ui.main_window import MainWindow

LONG_MS = 120_000


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A folder of raw survey files as a crew hands them over, one entry a sort."""
    folder = tmp_path_factory.mktemp("raw")
    write_raw_files(make_district(1000, 5), folder)
    return sorted(path for path in folder.iterdir() if path.is_dir())


def click(qtbot: QtBot, button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def tool_button(window: MainWindow, name: str):
    """The toolbar's button of an action."""
    return window._toolbar.widgetForAction(window.action(name))


def accept_with_keys(qtbot: QtBot, reason: str) -> None:
    """Type a reason into the decision dialog when it comes up, and press its button."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, DecisionDialog)
        qtbot.keyClicks(dialog._reason, reason)
        box = dialog.findChild(QDialogButtonBox)
        click(qtbot, box.button(QDialogButtonBox.StandardButton.Ok))

    QTimer.singleShot(300, answer)


@pytest.mark.window
@pytest.mark.slow
def test_raw_files_to_a_decision_that_is_still_there_after_opening_again(
    window: MainWindow,
    qtbot: QtBot,
    raw: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, path = window.desk.bench, tmp_path / "district.gpkg"
    bench.settings.setValue("author", "Li Hua")

    # bring the files in
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(p) for p in raw], ""))
    click(qtbot, window.map.empty.button)
    (dialog,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(dialog.take_button.isEnabled, timeout=LONG_MS)
    click(qtbot, dialog.take_button)
    qtbot.waitUntil(lambda: len(bench.state.pipes) >= 1000, timeout=LONG_MS)

    # check
    click(qtbot, tool_button(window, "run_check"))
    qtbot.waitUntil(lambda: bench.report is not None, timeout=LONG_MS)
    tree = window.conflicts.tree
    qtbot.waitUntil(lambda: window.conflicts.model.rowCount() > 3)

    # click a conflict: the map goes there
    index = window.conflicts.model.index(2, 0)
    place = tree.visualRect(index).center() + QPoint(4, 0)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    focus = bench.selection.focus
    assert focus is not None
    assert focus[0] == "conflicts"
    assert bench.report is not None
    at = bench.report.conflicts.at[focus[1], :2] - bench.origin[:2]
    x0, y0, x1, y1 = window.map.view.extent
    np.testing.assert_allclose([(x0 + x1) / 2, (y0 + y1) / 2], at, atol=0.5)

    # accept it with a reason
    accept_with_keys(qtbot, "agreed with the owner")
    qtbot.keyClick(tree, Qt.Key.Key_A)
    row = focus[1]
    name = bench.report.conflicts.id[row]
    assert bench.report.conflicts.decision[row] == DecisionState.ACCEPTED

    # another date
    everything = window.table.model.total
    click(qtbot, window.timeline._back)
    qtbot.waitUntil(lambda: not np.isnat(bench.as_of))
    bench.set_time(bench.session.timeline.bounds[0])
    assert window.table.model.total < everything
    click(qtbot, window.timeline._all)
    assert window.table.model.total == everything

    # save, leave, open again
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    click(qtbot, tool_button(window, "save"))
    assert path.is_file()
    assert not window.isWindowModified()
    bench.adopt(Session.new(ProjectMeta()))
    files.open_path(window.desk, path)
    qtbot.waitUntil(lambda: bench.session.path == path, timeout=LONG_MS)
    assert bench.report is not None
    again = int(np.flatnonzero(bench.report.conflicts.id == name)[0])
    assert bench.report.conflicts.decision[again] == DecisionState.ACCEPTED
    assert bench.report.conflicts.decision_reason[again] == "agreed with the owner"
    assert bench.report.conflicts.decision_author[again] == "Li Hua"


@pytest.mark.window
def test_the_scene_draws_and_flies_on_a_real_screen(
    street_window: MainWindow, qtbot: QtBot
) -> None:
    scene = street_window.scene
    qtbot.waitUntil(lambda: scene.view is not None and scene.view.core.bounds is not None,
                    timeout=30_000)  # fmt: skip
    before = scene.view.camera()
    street_window.conflicts.step(1)
    assert scene.view.camera() != before
    assert scene.view.picture().std() > 1
