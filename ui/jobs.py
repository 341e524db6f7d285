"""The only place where threads meet Qt: work runs in a pool, its signals arrive in the window.

Signals are connected before the work starts, so no result is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from baiyun_gis.errors import BaiyunError, Cancelled
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg

log = logging.getLogger(__name__)
Work = Callable[[Job], Any]


class RunningJob(QObject):
    """One piece of work under way; its signals arrive in the window's thread."""

    progressed = Signal(float, object)
    """Share done (0 to 1) and a `Message` saying what is being done."""
    done = Signal(object)
    failed = Signal(object)
    """A `BaiyunError`, or any other exception as it was raised."""
    stopped = Signal()
    ended = Signal()

    def __init__(self, title: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.job = Job(self._report)

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self.job.cancel()

    def _report(self, share: float, doing: Message) -> None:
        self.progressed.emit(share, doing)


class _Runner(QRunnable):
    def __init__(self, running: RunningJob, work: Work) -> None:
        super().__init__()
        self._running = running
        self._work = work

    @Slot()
    def run(self) -> None:
        running = self._running
        try:
            result = self._work(running.job)
        except Cancelled:
            running.stopped.emit()
        except Exception as error:  # one of the three places: the job runner
            if not isinstance(error, BaiyunError):
                log.exception("the job %r failed", running.title)
            running.failed.emit(error)
        else:
            running.done.emit(result)
        running.ended.emit()


class JobRunner(QObject):
    """Starts work off the window's thread and tells who is running."""

    started = Signal(object)
    """A `RunningJob` that people should see, with progress and a cancel button."""
    failed = Signal(object)
    """The exception of a job that nobody else handles."""

    def __init__(self, parent: QObject | None = None, *, threads: int = 3) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._running: set[RunningJob] = set()

    def start(
        self,
        title: str,
        work: Work,
        *,
        done: Callable[[Any], None],
        failed: Callable[[Any], None] | None = None,
        stopped: Callable[[], None] | None = None,
        is_quiet: bool = False,
    ) -> RunningJob:
        """Run `work(job)` in the pool; `done(result)` is called in the window's thread.

        A quiet job, such as drawing a picture, is not shown among the running ones.
        """
        running = RunningJob(title, self)
        queued = Qt.ConnectionType.QueuedConnection
        running.done.connect(done, queued)
        running.failed.connect(failed or self.failed.emit, queued)
        if stopped is not None:
            running.stopped.connect(stopped, queued)
        running.ended.connect(lambda: self._ended(running), queued)
        self._running.add(running)
        if not is_quiet:
            self.started.emit(running)
        self._pool.start(_Runner(running, work))
        return running

    @property
    def running(self) -> tuple[RunningJob, ...]:
        return tuple(self._running)

    def stop_all(self) -> None:
        """Cancel everything and wait for the threads to end."""
        for running in self._running:
            running.cancel()
        self._pool.waitForDone(10_000)

    def _ended(self, running: RunningJob) -> None:
        self._running.discard(running)
        running.deleteLater()


def sentence_for(error: object, lang: str) -> str:
    """What to tell people about an exception, in one sentence."""
    if isinstance(error, BaiyunError):
        return error.text("zh" if lang == "zh" else "en")
    kind = type(error).__name__
    return msg("Something unexpected went wrong ({kind}: {detail})", kind=kind, detail=error).text(
        "zh" if lang == "zh" else "en"
    )
