"""The conflict run of the window: made when asked for, then kept up with every edit.

A run that was asked for looks at everything. After that only the neighbourhood of an edit is
checked again, in a job of its own; marks of what is new count from the run asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Signal

from baiyun_gis.checks.news import RunNews, news_of
from baiyun_gis.findings.conflicts import CheckReport, Outcome
from baiyun_gis.jobs import Job

if TYPE_CHECKING:
    from baiyun_gis.live.recheck import LiveCheck
    from ui.workbench import Workbench

_CHECKED = frozenset({"meta", "pipes", "nodes", "buildings", "permits", "structures", "rasters"})
"""Parts of a project that a run looks at."""
_NOTHING = RunNews({})


class Checking(QObject):
    """Runs, re-checks and what is new in them; one at a time."""

    ended = Signal(object)
    """The `CheckReport` of a run that people asked for."""
    freed = Signal()
    """Nothing follows edits at the moment: `lend` may be asked."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._live: LiveCheck | None = None
        self._live_for = ("", "")
        self._last: CheckReport | None = None
        self._lent_for, self._lent_by = ("", ""), None
        self._is_followed = False
        self._news, self._of = _NOTHING, np.zeros(0, dtype=object)
        self._is_busy = False
        bench.state_changed.connect(self._follow)

    @property
    def follows(self) -> bool:
        """Are conflicts checked again after every edit; remembered between runs."""
        return self._bench.settings.value("follows_edits", "yes") != "no"

    def switch_following(self) -> None:
        """Check again after every edit from now on, or no longer."""
        self._bench.settings.setValue("follows_edits", "no" if self.follows else "yes")
        self._follow(_CHECKED)

    @property
    def news(self) -> RunNews:
        """Of the report shown; empty while it is not known."""
        shown = self._bench.report
        return self._news if shown is not None and shown.conflicts.id is self._of else _NOTHING

    @property
    def is_following(self) -> bool:
        """Will the next edit be checked without being asked."""
        return self.follows and self._is_followed

    @property
    def is_busy(self) -> bool:
        """Is an edit being checked, or what follows edits lent."""
        return self._is_busy

    def lend(self) -> LiveCheck | None:
        """What follows edits, None where that is to be made: for somebody who tries some out, until
        `take_back`. Edits made meanwhile are checked after that. Not while `is_busy`."""
        self._lent_for, self._lent_by = self._wanted, self._bench.session
        live = self._live if self._live_for == self._lent_for else None
        self._is_busy, self._live = True, None
        return live

    def take_back(self, live: LiveCheck | None) -> None:
        """What was lent, wherever it was moved on to; None where it is no good any more."""
        self._is_busy = False
        is_ours = self._lent_by is self._bench.session
        self._live, self._live_for = live if is_ours else None, self._lent_for
        self._follow(_CHECKED)
        self._tell_free()

    def _tell_free(self) -> None:
        if not self._is_busy:
            self.freed.emit()

    @property
    def _wanted(self) -> tuple[str, str]:
        """The rule set and the day that edits are checked by."""
        return self._bench.session.rules, str(self._bench.as_of)

    def begin(self) -> None:
        """Another project is shown, perhaps with a report of an earlier day."""
        self._live = None
        self._last = self._bench.report
        self._is_followed = self._last is not None and not self._bench.is_report_stale
        if self._last is not None and self._is_followed:
            self._look_for_causes(self._last)

    def take(self, report: CheckReport) -> None:
        """Show a run on the project now that was made on the way to something else."""
        self._last, self._is_followed = report, True
        self._bench.session.accept_report(report)
        self._look_for_causes(report)

    def _look_for_causes(self, report: CheckReport) -> None:
        state = self._bench.state

        def show(news: RunNews) -> None:
            if self._bench.report is report:
                self._news, self._of = news, report.conflicts.id
                self._bench.report_changed.emit()

        self._bench.jobs.start(
            "", lambda _: news_of(report, state, last=None), done=show, is_quiet=True
        )

    def run(self) -> None:
        """Run all checks on the project as of the day shown, in a thread."""
        bench = self._bench
        session, created, last = bench.session, bench.now_text(), self._last

        def work(job: Job) -> tuple[CheckReport, RunNews]:
            report = session.run_checks(created=created, job=job)
            assert report.state is not None
            return report, news_of(report, report.state, last=last)

        def show(found: tuple[CheckReport, RunNews]) -> None:
            if bench.session is not session:
                return
            if _was_stopped(found[0]):
                self._tell_stopped()
                return
            self._last, self._is_followed = found[0], True
            self._accept(*found)
            self.ended.emit(found[0])
            self._follow(_CHECKED)  # edits may have come meanwhile

        title = QCoreApplication.translate("Checks", "Conflict run")
        bench.jobs.start(title, work, done=show)

    def _follow(self, parts: frozenset[str]) -> None:
        """Check again around what was edited, after a run and unless people do not want it."""
        bench, last = self._bench, self._last
        is_wanted = bool(parts & _CHECKED) and self.follows and bench.is_report_stale
        if not self._is_followed or not is_wanted or self._is_busy:
            return
        session, created = bench.session, bench.now_text()
        wanted = self._wanted
        live = self._live if self._live_for == wanted else None
        self._live = None  # it is the thread's while that works

        def work(job: Job) -> tuple[LiveCheck, CheckReport, RunNews]:
            following = live or session.live_check(job=job)
            report = session.recheck(following, created=created, job=job)
            return following, report, news_of(report, following.state, last=last)

        def show(found: tuple[LiveCheck, CheckReport, RunNews]) -> None:
            self._is_busy = False
            if bench.session is session and not _was_stopped(found[1]):
                self._live, self._live_for = found[0], wanted
                if found[1].revision == bench.state.revision:
                    self._accept(*found[1:])
                self._follow(_CHECKED)  # edits may have come meanwhile
            self._tell_free()

        def leave(_: object = None) -> None:
            """A re-check broken off half-way knows neither the old state nor the new one."""
            self._is_busy, self._live = False, None
            self._tell_free()

        def fail(error: object) -> None:
            leave()
            bench.tell_error(error)

        self._is_busy = True
        title = QCoreApplication.translate("Checks", "Checking the edit")
        bench.jobs.start(title, work, done=show, failed=fail, stopped=leave)

    def _accept(self, report: CheckReport, news: RunNews) -> None:
        """Show a report; the finding looked at stays the one looked at."""
        bench = self._bench
        focus, before = bench.selection.focus, bench.report
        wanted = ""
        if before is not None and focus is not None and focus[0] == "conflicts":
            wanted = str(before.conflicts.id[focus[1]])
        self._news, self._of = news, report.conflicts.id
        bench.session.accept_report(report)
        if not wanted:
            return
        rows = np.flatnonzero(report.conflicts.id == wanted)
        if len(rows):
            bench.focus_on("conflicts", int(rows[0]))
        else:
            bench.select({})

    def _tell_stopped(self) -> None:
        """Half a run says nothing of the ground; what a whole one found stays in sight."""
        text = QCoreApplication.translate("Checks", "The run was stopped. Nothing of it is shown.")
        self._bench.tell(text, "warning")


def _was_stopped(report: CheckReport) -> bool:
    return any(line.outcome is Outcome.CANCELLED for line in report.ledger.checks)
