"""Progress and cancel for anything long, without a toolkit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from baiyun_gis.errors import Cancelled
from baiyun_gis.language import Message, msg


@dataclass(slots=True)
class Job:
    """What a long piece of work reports to and asks whether to go on.

    `on_progress` gets the share done (0 to 1) and what is being done; it may be called from
    any thread.
    """

    on_progress: Callable[[float, Message], None] | None = None
    _cancelled: Event = field(default_factory=Event)

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def step(self, share: float, doing: Message) -> None:
        """Report progress; raises `Cancelled` when the user asked to stop."""
        if self._cancelled.is_set():
            raise Cancelled("Stopped by the user while doing: {doing}", doing=doing)
        if self.on_progress is not None:
            self.on_progress(share, doing)

    def part(self, start: float, stop: float) -> Job:
        """A job whose 0–1 is this job's `start`–`stop`; it is cancelled with this one."""

        def inner(share: float, doing: Message) -> None:
            self.step(start + (stop - start) * share, doing)

        return Job(inner, self._cancelled)

    def unseen(self) -> Job:
        """A job that is cancelled with this one and tells nobody how far it is."""
        return Job(None, self._cancelled)


def silent() -> Job:
    """A job nobody watches."""
    return Job()


STARTING = msg("Starting")
