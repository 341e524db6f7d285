"""Work that must end before anything else may happen, with its progress: no frozen window."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QVBoxLayout, QWidget

from baiyun_gis.jobs import Job
from ui.jobs import JobRunner

SHOWN_AFTER_S = 0.3
_LOOK_EVERY_MS = 40


class BusyDialog(QDialog):
    """Waits for one piece of work; it closes itself and cannot be closed by hand."""

    def __init__(self, title: str, work: Future[None], share: list[float], parent: QWidget) -> None:
        super().__init__(parent)
        self._work, self._share = work, share
        self.setWindowTitle("Baiyun GIS")
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setMinimumWidth(360)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 20)
        layout.setSpacing(12)
        layout.addWidget(QLabel(title, self))
        layout.addWidget(self._bar)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def reject(self) -> None:
        """Escape does nothing: the work goes on."""

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self._work.done())

    def _look(self) -> None:
        self._bar.setValue(round(self._share[0] * 1000))
        if self._work.done():
            self._timer.stop()
            self.accept()


def finished(
    jobs: JobRunner, title: str, work: Callable[[Job], None], *, parent: QWidget
) -> BaseException | None:
    """Run `work` in a thread and wait, with a dialog when it takes long; what it raised, if so."""
    share = [0.0]
    job = Job(lambda done, _: share.__setitem__(0, done))
    running = jobs.submit(lambda: work(job))
    try:
        return running.exception(timeout=SHOWN_AFTER_S)
    except TimeoutError:
        BusyDialog(title, running, share, parent).exec()
        return running.exception()
