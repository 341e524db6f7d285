"""What is running, in the status bar: its name, how far, and a button to stop it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from baiyun_gis.language import Message
from ui.jobs import JobRunner, RunningJob
from ui.panels.parts import labelled
from ui.theme import themed_icon
from ui.workbench import Workbench


class JobsBar(QWidget):
    """The job started last; others wait behind it."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._jobs: list[RunningJob] = []
        self._title = labelled("", "muted")
        self._title.setMaximumWidth(360)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(140)
        self._stop = QToolButton()
        self._stop.setIconSize(QSize(12, 12))
        self._stop.clicked.connect(self._cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(6, 0, 6, 0)
        line.addWidget(self._title)
        line.addWidget(self._progress, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._stop)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        runner: JobRunner = bench.jobs
        runner.started.connect(self._started)
        bench.look_changed.connect(self.restyle)
        self.restyle()
        self.retranslate()
        self.hide()

    def _started(self, running: RunningJob) -> None:
        self._jobs.append(running)
        running.progressed.connect(lambda share, doing: self._show(running, share, doing))
        running.ended.connect(lambda: self._ended(running))
        self._title.setText(running.title)
        self._progress.setValue(0)
        self.show()

    def _show(self, running: RunningJob, share: float, doing: Message) -> None:
        if self._jobs and self._jobs[-1] is running:
            self._title.setText(f"{running.title}: {doing.text(self._bench.lang)}")
            self._title.setToolTip(self._title.text())
            self._progress.setValue(round(share * 1000))

    def _ended(self, running: RunningJob) -> None:
        if running in self._jobs:
            self._jobs.remove(running)
        if self._jobs:
            self._title.setText(self._jobs[-1].title)
        else:
            self.hide()

    def _cancel(self) -> None:
        if self._jobs:
            self._jobs[-1].cancel()

    def restyle(self) -> None:
        self._stop.setIcon(themed_icon("close"))

    def retranslate(self) -> None:
        self._stop.setToolTip(self.tr("Stop"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
