"""Real mouse, keys and drops on the real window, and waiting for what comes of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QEventLoop, QMimeData, QModelIndex, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QWidget

from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
Dialog = TypeVar("Dialog", bound=QDialog)


def pause(ms: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def wait_until(claim: Callable[[], object], *, seconds: float = 60.0, what: str = "") -> None:
    """Let the window live until a claim holds; fails when it does not in time."""
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain for {what or claim}"
        pause(20)


def settle(window: MainWindow) -> None:
    """Wait until no work runs and map and scene have drawn what there is."""
    jobs = window.desk.bench.jobs
    pause(150)
    for _ in range(2):
        wait_until(lambda: not jobs.running, what="the jobs to end")
        pause(120)


def show(window: MainWindow, *, width: int = 1600, height: int = 950) -> None:
    """Put the window on the screen with the keyboard's attention."""
    window.setGeometry(0, 0, width, height)
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    window.activateWindow()
    wait_until(window.isActiveWindow, seconds=10, what="the window to be active")


def drop(window: QWidget, paths: Sequence[Path]) -> None:
    """Drag files over the window and let them go, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, copy = QPointF(window.width() / 3, window.height() / 2), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place.toPoint(), copy, data, LEFT, PLAIN)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    let_go = QDropEvent(place, copy, data, LEFT, PLAIN)
    QApplication.sendEvent(window, let_go)
    assert let_go.isAccepted()


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Click a widget that can be seen and used."""
    assert widget.isVisible(), widget
    assert widget.isEnabled(), widget
    QTest.mouseClick(widget, LEFT, PLAIN, at if at is not None else widget.rect().center())


def click_index(view: Any, index: QModelIndex) -> None:
    """Click a row of a list, tree or table where it is seen."""
    assert index.isValid()
    view.scrollTo(index)
    place = view.visualRect(index)
    assert view.viewport().rect().contains(place.center())
    click(view.viewport(), place.center())


def press(window: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    """A key to whatever has the keyboard, so that shortcuts work as for people.

    A bare virtual screen has no window manager to give the keyboard back after a dialog.
    """
    window.activateWindow()
    wait_until(window.isActiveWindow, seconds=10, what="the window to be active")
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def when_asked(kind: type[Dialog], answer: Callable[[Dialog], None]) -> Callable[[], bool]:
    """Answer the next modal dialog of a kind; the function returned says whether it came."""
    timer, answered = QTimer(QApplication.instance()), []

    def look() -> None:
        asking = QApplication.activeModalWidget()
        if isinstance(asking, kind) and asking.isVisible():
            timer.stop()
            answered.append(asking)
            try:
                answer(asking)
            finally:
                QTimer.singleShot(5_000, asking, asking.reject)  # a test never hangs in a dialog

    timer.timeout.connect(look)
    timer.start(40)
    return lambda: bool(answered)


def type_path(dialog: QFileDialog, path: Path) -> None:
    """Type a path into a file dialog and press Enter.

    While the dialog is still reading folders it may change what is typed, so look and type again.
    """
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(field, QLineEdit)
    for _ in range(20):
        pause(100)
        if not dialog.isVisible():
            return
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, CTRL)
        QTest.keyClicks(field, str(path))
        if field.text() == str(path):
            QTest.keyClick(field, Qt.Key.Key_Return)


def words_on(widget: QWidget) -> str:
    """All that can be read on the labels of a widget now, one a line."""
    labels = widget.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def drawn_on_map(window: MainWindow, layer: str) -> set[int]:
    """Rows of a layer in the picture that the map shows."""
    parts = [part for part in window.map.view.primitives if part.layer == layer]
    return {int(row) for part in parts for row in getattr(part, "feature", ())}


def drawn_in_scene(window: MainWindow, layer: str) -> set[int]:
    """Rows of a layer among the bodies that the scene shows."""
    from vtkmodules.util.numpy_support import vtk_to_numpy

    from ui.scene3d.polydata import FEATURE

    rows: set[int] = set()
    for prop in window.scene.view.core._props.get(layer, ()):
        data = prop.GetMapper().GetInput()
        features = data.GetCellData().GetArray(FEATURE)
        if features is not None:
            rows.update(np.unique(vtk_to_numpy(features)).tolist())
    return rows
