"""How long the parts of a run took, by a clock that is given."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since any fixed moment; given from outside, the engine has no clock of its own."""


class Timer:
    """Seconds from note to note; nothing without a clock."""

    def __init__(self, clock: Clock | None) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._last = clock() if clock else 0.0

    def note(self, what: str) -> None:
        """The seconds since the last note were spent on this."""
        if self._clock is not None:
            now = self._clock()
            self.seconds[what] = round(now - self._last, 3)
            self._last = now

    def skip(self) -> None:
        """What was spent since the last note is not counted."""
        if self._clock is not None:
            self._last = self._clock()

    def apart(self) -> Timer:
        """A timer that starts now and notes in the same list: for what runs beside others."""
        other = Timer(self._clock)
        other.seconds = self.seconds
        return other
