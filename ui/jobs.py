"""The only place where threads meet Qt: work runs in a pool, its signals arrive in the window.

Signals are connected before the work starts, so no result is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from baiyun_gis.errors import BaiyunError, Cancelled
from baiyun_gis.jobs import STARTING, Job
from baiyun_gis.language import Message, msg

log = logging.getLogger(__name__)
Work = Callable[[Job], Any]
_SAID_EVERY_S = 0.05


class RunningJob(QObject):
    """One piece of work under way; it lives in the window's thread and signals there only."""

    progressed = Signal(float, object)
    """Share done (0 to 1) and a `Message` saying what is being done."""
    done = Signal(object)
    failed = Signal(object)
    """A `BaiyunError`, or any other exception as it was raised."""
    stopped = Signal()
    ended = Signal()

    def __init__(self, title: str, job: Job, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.job = job

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self.job.cancel()


class JobRunner(QObject):
    """Starts work off the window's thread and tells who is running.

    Workers touch nothing of Qt but this object's one relay signal: a signal of an object that the
    window may delete meanwhile would bring the program down.
    """

    started = Signal(object)
    """A `RunningJob` that people should see, with progress and a cancel button."""
    failed = Signal(object)
    """The exception of a job that nobody else handles."""
    _said = Signal(int, str, object)

    def __init__(self, parent: QObject | None = None, *, threads: int = 3) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._running: dict[int, RunningJob] = {}
        self._count = 0
        self._said.connect(self._hear, Qt.ConnectionType.QueuedConnection)

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
        self._count += 1
        number = self._count
        job = Job(self._teller(number))
        running = RunningJob(title, job, self)
        running.done.connect(done)
        running.failed.connect(failed or self.failed.emit)
        if stopped is not None:
            running.stopped.connect(stopped)
        self._running[number] = running
        if not is_quiet:
            self.started.emit(running)
        self._pool.submit(self._run, number, job, work, title)
        return running

    def submit(self, work: Callable[[], None]) -> Future[None]:
        """Run `work` in the pool for somebody who waits for it."""
        return self._pool.submit(work)

    def _teller(self, number: int) -> Callable[[float, Message], None]:
        """What a worker reports its progress to: passed on a few times a second at most."""
        last = [-1.0]

        def tell(share: float, doing: Message) -> None:
            now = monotonic()
            if now - last[0] >= _SAID_EVERY_S:
                last[0] = now
                self._said.emit(number, "progressed", (share, doing))

        return tell

    @property
    def running(self) -> tuple[RunningJob, ...]:
        return tuple(self._running.values())

    def stop_all(self) -> None:
        """Cancel everything and wait for the threads to end."""
        for running in self._running.values():
            running.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, number: int, job: Job, work: Work, title: str) -> None:
        """In a worker's thread: do the work and say how it ended."""
        try:
            job.step(0.0, STARTING)
            result = work(job)
        except Cancelled:
            self._said.emit(number, "stopped", None)
        except Exception as error:  # one of the three places: the job runner
            if not isinstance(error, BaiyunError):
                log.exception("the job %r failed", title)
            self._said.emit(number, "failed", error)
        else:
            self._said.emit(number, "done", result)

    @Slot(int, str, object)
    def _hear(self, number: int, what: str, value: Any) -> None:
        """In the window's thread: pass on what a worker said."""
        running = self._running.get(number)
        if running is None:
            return
        if what == "progressed":
            running.progressed.emit(*value)
            return
        del self._running[number]
        if what == "done":
            running.done.emit(value)
        elif what == "failed":
            running.failed.emit(value)
        else:
            running.stopped.emit()
        running.ended.emit()
        running.deleteLater()


def sentence_for(error: object, lang: str) -> str:
    """What to tell people about an exception, in one sentence."""
    if isinstance(error, BaiyunError):
        return error.text("zh" if lang == "zh" else "en")
    kind = type(error).__name__
    return msg("Something unexpected went wrong ({kind}: {detail})", kind=kind, detail=error).text(
        "zh" if lang == "zh" else "en"
    )
