"""Files: dropped, imported, saved, opened again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot
from window_builders import small_street

from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.session import Session
from ui.commands import files
from ui.dialogs.decision import DecisionDialog
from ui.dialogs.import_preview import ImportDialog
from ui.main_window import MainWindow


@pytest.fixture
def footprints(tmp_path: Path) -> Path:
    """A GeoJSON of two building footprints."""

    def square(x: float) -> dict:
        ring = [[x, 22.5], [x + 1e-4, 22.5], [x + 1e-4, 22.5001], [x, 22.5001], [x, 22.5]]
        return {
            "type": "Feature", "properties": {"building": "yes", "height": 9},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }  # fmt: skip

    path = tmp_path / "buildings.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [square(114.0), square(114.001)]}),
        encoding="utf-8",
    )
    return path


def dropped(window: MainWindow, path: Path) -> None:
    """Drop a file on the window as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), copy, data, left, plain)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, plain))


def test_a_dropped_file_is_previewed_then_imported_then_undone(
    window: MainWindow, qtbot: QtBot, footprints: Path
) -> None:
    dropped(window, footprints)
    (dialog,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(dialog.take_button.isEnabled, timeout=60_000)
    assert dialog.tabs.count() == 3
    assert window.desk.bench.state.is_empty
    dialog.accept()
    qtbot.waitUntil(lambda: len(window.desk.bench.state.buildings) == 2, timeout=60_000)
    assert not window.map.empty.isVisible()
    window.action("undo").trigger()
    assert window.desk.bench.state.is_empty


def test_a_geopackage_of_another_program_is_imported_not_opened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, footprints: Path
) -> None:
    import pyogrio

    path = tmp_path / "from_qgis.gpkg"
    meta, _, shapes, columns = pyogrio.raw.read(footprints)
    pyogrio.raw.write(
        path, shapes, columns, meta["fields"], layer="houses", crs=meta["crs"],
        geometry_type=meta["geometry_type"],
    )  # fmt: skip
    dropped(window, path)
    (dialog,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(dialog.take_button.isEnabled, timeout=60_000)
    dialog.reject()


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_what_only_people_know_is_asked_and_the_answers_are_heard(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    import numpy as np
    import pyogrio
    import shapely

    def layer(name: str, shape: shapely.Geometry, kind: str, *, append: bool) -> None:
        pyogrio.raw.write(
            path, shapely.to_wkb(np.array([shape])), [np.array([300])], ["diameter"], layer=name,
            crs=None, geometry_type=kind, append=append,
        )  # fmt: skip

    path = tmp_path / "office.gpkg"
    layer("lines2020", shapely.LineString([(436500, 2569000), (436600, 2569000)]), "LineString",
          append=False)  # fmt: skip
    layer("areas2020", shapely.box(436500, 2569010, 436510, 2569020), "Polygon", append=True)
    files.import_paths(window.desk, [path])
    (dialog,) = window.findChildren(ImportDialog)

    def answer(row: int, what: str, value: str) -> None:
        qtbot.waitUntil(dialog.take_button.isEnabled, timeout=60_000)
        dialog._sources.setCurrentRow(row)
        places = [q.what for q in dialog.imported.reports[row].asked]
        box = dialog._questions.findChildren(QComboBox)[places.index(what)]
        box.setCurrentIndex(box.findData(value))
        box.textActivated.emit(box.currentText())
        qtbot.waitUntil(dialog.take_button.isEnabled, timeout=60_000)

    qtbot.waitUntil(dialog.take_button.isEnabled, timeout=60_000)
    dialog.accept()
    assert "reference system" in dialog._headline.text()
    assert window.desk.bench.state.is_empty
    dialog._crs.setEditText("EPSG:4547")
    dialog.start()
    answer(0, "utility", "gas")
    answer(1, "into", "buildings")
    dialog.accept()
    qtbot.waitUntil(lambda: len(window.desk.bench.state.buildings) == 1, timeout=60_000)
    assert [Utility(int(u)) for u in window.desk.bench.state.pipes.utility] == [Utility.GAS]


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    files.import_paths(window.desk, [path])
    (dialog,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(lambda: "empty.csv" in dialog._headline.text(), timeout=60_000)
    assert not dialog.take_button.isEnabled()
    dialog.reject()


def test_a_project_is_saved_opened_again_and_remembered(
    street_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    bench, path = street_window.desk.bench, tmp_path / "street.gpkg"
    street_window.conflicts.step(1)
    from ui.commands import checks

    checks.resolve(street_window.desk)
    assert files.save_to(street_window.desk, path)
    assert not street_window.isWindowModified()
    bench.adopt(Session(small_street()))
    dropped(street_window, path)
    assert not street_window.findChildren(ImportDialog)
    qtbot.waitUntil(lambda: bench.session.path == path, timeout=30_000)
    assert bench.report is not None
    assert bench.report.conflicts.decision[0] != 0
    assert bench.recent[0] == path


def test_saving_where_it_cannot_be_is_told_and_nothing_is_lost(
    street_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(files, "show_error", lambda _, error: told.append(error))
    assert not files.save_to(street_window.desk, tmp_path / "no such folder" / "x.gpkg")
    assert len(told) == 1
    assert len(street_window.desk.bench.state.pipes) == 3


def test_nothing_is_excluded_without_a_reason(qtbot: QtBot) -> None:
    dialog = DecisionDialog("Exclude", author="Li", has_until=True)
    qtbot.addWidget(dialog)
    assert not dialog._ok.isEnabled()
    dialog._reason.setPlainText("surveyed again")
    assert dialog._ok.isEnabled()
    dialog._author.clear()
    assert not dialog._ok.isEnabled()
