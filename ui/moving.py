"""A line in hand on the map: it follows the mouse, and its checks follow it.

The hand never waits for the checks: each step looks at where the line is by then. Nothing is
changed in the project until the line is laid down, which is one step that can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Signal

from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64

if TYPE_CHECKING:
    from baiyun_gis.live.recheck import LiveCheck
    from baiyun_gis.project import ProjectState
    from baiyun_gis.remedies.by_hand import LineInHand
    from ui.workbench import Workbench

_NOT_MOVED = np.zeros(2)


class Moving(QObject):
    """The line that is being moved, where it is now, and what it conflicts with there."""

    changed = Signal()

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._forget()
        bench.checking.freed.connect(self._begin)
        bench.state_changed.connect(self._leave_if_changed)

    def _forget(self) -> None:
        self._row: int | None = None
        self._state: ProjectState | None = None
        self._hand: LineInHand | None = None
        self._is_waiting = self._is_working = self._is_ending = False
        self.by: F64 = _NOT_MOVED
        self.found: ConflictTable | None = None
        """What the line conflicts with where it was last looked at; None: not looked at yet."""
        self._looked_at: F64 = _NOT_MOVED

    @property
    def is_on(self) -> bool:
        """Whether a line is in hand."""
        return self._row is not None and not self._is_ending

    @property
    def hand(self) -> LineInHand | None:
        """What is known of the line; None while it is looked around."""
        return self._hand if self.is_on else None

    @property
    def axes(self) -> tuple[F64, I64] | None:
        """Where the line would lie: vertices (n, 2) in project coordinates, and offsets of its
        pipes; None while that is not known."""
        if self._hand is None or self._state is None or not self.is_on:
            return None
        pipes, grip = self._state.pipes, self._hand.grip
        offsets, vertices = pipes.vertices_of(grip.rows)
        moves = np.isin(vertices, grip.vertices)
        return pipes.xy[vertices] + moves[:, None] * self.by, offsets

    def take_up(self, row: int) -> None:
        """Take a pipe (row) in hand, with what moves along."""
        if self._row is not None:
            text = QCoreApplication.translate(
                "Moving", "The line before is still being laid down; take this one up in a moment."
            )
            self._bench.tell(text, "warning")
            return
        self._row, self._state, self._is_waiting = row, self._bench.state, True
        self.changed.emit()
        self._begin()

    def move(self, by: F64) -> None:
        """The line is so far (east, north; metres) from where it was taken up."""
        if self.is_on:
            self.by = by
            self.changed.emit()
            self._work()

    def lay_down(self) -> None:
        """Make the move: one step that can be undone."""
        if self.is_on:
            self._end()

    def put_back(self) -> None:
        """Leave the line where it was."""
        if self.is_on:
            self.by = _NOT_MOVED
            self._end()

    def _leave_if_changed(self, _: object) -> None:
        """A line of a project that is another by now is not moved, and people are told."""
        if self._row is None or self._state is None or self._bench.state is self._state:
            return
        if self.by.any():
            text = QCoreApplication.translate(
                "Moving", "The project was changed meanwhile; the line was left where it is."
            )
            self._bench.tell(text, "warning")
        self.by = _NOT_MOVED
        if not self._is_ending:
            self._end()

    def _begin(self) -> None:
        """Look around the line, as soon as nobody else follows edits."""
        bench = self._bench
        if not self._is_waiting or bench.checking.is_busy:
            return
        live, session = bench.checking.lend(), bench.session
        self._is_waiting, self._is_working = False, True
        row, state = self._row, self._state
        assert row is not None
        assert state is not None

        def work(job: Job) -> tuple[LiveCheck, LineInHand | UsageError]:
            from baiyun_gis.remedies.by_hand import LineInHand

            following = live or session.live_check(job=job)
            try:
                return following, LineInHand(following, state, row)
            except UsageError as held:
                return following, held

        def show(found: tuple[LiveCheck, LineInHand | UsageError]) -> None:
            following, hand = found
            if isinstance(hand, UsageError):
                bench.tell_error(hand)
                self._drop(following)
                return
            self._hand, self._is_working = hand, False
            self.found = hand.before
            self.changed.emit()
            self._work()

        title = QCoreApplication.translate("Moving", "Looking around the line")
        bench.jobs.start(title, work, done=show, failed=self._fail, stopped=self._drop)

    def _work(self) -> None:
        """Look at where the line is by now, unless that is under way."""
        hand, by = self._hand, self.by
        if self._is_working or hand is None:
            return
        if self._is_ending:
            self._finish(hand.live)
            return
        if np.array_equal(by, self._looked_at):
            return
        self._is_working = True

        def show(found: ConflictTable) -> None:
            self.found, self._looked_at, self._is_working = found, by, False
            self.changed.emit()
            self._work()

        self._bench.jobs.start(
            "", lambda _: hand.at(by), done=show, failed=self._fail, is_quiet=True
        )

    def _end(self) -> None:
        self._is_ending = True
        if self._is_waiting and not self.by.any():
            self._forget()
        self.changed.emit()
        self._work()

    def _finish(self, live: LiveCheck) -> None:
        """Make the move, unless the project was changed meanwhile, and let the checks follow."""
        bench, hand, by, row = self._bench, self._hand, self.by, self._row
        is_same = bench.state is self._state
        self._forget()  # before the state changes: that is no reason to leave it
        self.changed.emit()
        if is_same and hand is not None and row is not None and by.any():
            label = msg(
                "Move {line} by {length} m by hand",
                line=str(bench.state.pipes.id[row]),
                length=f"{float(np.hypot(*by)):.2f}",
            )
            bench.session.apply(label, hand.grip.laid_down(bench.state, by))
        bench.checking.take_back(live)

    def _fail(self, error: object) -> None:
        self._bench.tell_error(error)
        self._drop()

    def _drop(self, live: LiveCheck | None = None) -> None:
        """No line is in hand any more, and nothing was done with it."""
        self._forget()
        self.changed.emit()
        self._bench.checking.take_back(live)
