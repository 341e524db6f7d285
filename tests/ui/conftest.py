"""A window of its own for each test, with settings in the test's folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_builders import report_on, small_street

from baiyun_gis.session import Session
from ui import i18n
from ui.app import open_window, settings_at
from ui.main_window import MainWindow


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The main window in English, shown, on an empty project."""
    made = open_window(qapp, settings_at(str(tmp_path / "settings.ini")), lang="en", theme="light")
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    yield made
    forget_edits(made)
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    i18n.speak(qapp, "en")


@pytest.fixture
def street_window(window: MainWindow) -> MainWindow:
    """The window on the small street with its report."""
    session = Session(small_street())
    window.desk.bench.adopt(session)
    session.accept_report(report_on(session.state))
    return window


def forget_edits(window: MainWindow) -> None:
    """Take the edits as saved, so that closing asks nothing."""
    window.desk.bench.session.document.mark_saved()
