"""Kernels compiled at first start in a process of their own, so that the window stays quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer

import baiyun_gis
from baiyun_gis.language import msg
from ui.workbench import Workbench

SAID_AFTER_MS = 4000
_WHERE = str(Path(baiyun_gis.__file__).parents[1])


class Warming(QObject):
    """Runs `kernels.warm` aside; says so when it takes long, and when it is done."""

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._was_said = False
        self._process = QProcess(self)
        settings = QProcessEnvironment.systemEnvironment()
        known = settings.value("PYTHONPATH", "")
        settings.insert("PYTHONPATH", os.pathsep.join(part for part in (_WHERE, known) if part))
        self._process.setProcessEnvironment(settings)
        self._process.finished.connect(self._done)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SAID_AFTER_MS)
        self._patience.timeout.connect(self._say)

    def start(self) -> None:
        """Begin; a second on a machine that has the kernels, half a minute on a new one."""
        self._process.start(sys.executable, ["-m", "baiyun_gis.kernels.warm"])
        self._patience.start()

    def stop(self) -> None:
        """End it with the window; the next start goes on."""
        self._patience.stop()
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.finished.disconnect(self._done)
            self._process.kill()
            self._process.waitForFinished(2000)

    def _say(self) -> None:
        self._was_said = True
        self._bench.tell(msg("First start: preparing the calculations, about half a minute"))

    def _done(self) -> None:
        self._patience.stop()
        if self._was_said:
            self._bench.tell(msg("The calculations are ready"), "good")
