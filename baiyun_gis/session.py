"""The one object that a front end holds: a document, its file, its report, its moment.

No toolkit, no clock: whoever calls says what time it is. Long steps take a `Job` and work on the
value they are given, so they may run on any thread; `apply`, `accept_report` and `save` belong to
the thread that owns the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.errors import ProjectError, UsageError
from baiyun_gis.events import Signal
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.project import Change, Document, ProjectMeta, ProjectState, differing_parts
from baiyun_gis.storage import lock
from baiyun_gis.storage.journal import Journal, remove, set_aside
from baiyun_gis.storage.project_file import (
    load_report,
    read_saved,
    save_project,
    saved_content,
)
from baiyun_gis.time.timeline import Timeline

if TYPE_CHECKING:
    from baiyun_gis.findings.scope import Scope
    from baiyun_gis.io.imported import ImportOptions
    from baiyun_gis.io.pipeline import ImportReport
    from baiyun_gis.live.recheck import LiveCheck

DEFAULT_RULES = "gb50289-2016"


class Session:
    """A project being worked on. Make one with `new` or `opened`, end it with `close`."""

    def __init__(self, state: ProjectState, *, is_read_only: bool = False) -> None:
        self.document = Document(state)
        self.timeline = Timeline()
        self.timeline.follow(state)
        self.rules = DEFAULT_RULES
        self.notes: tuple[Message, ...] = ()
        """What the user should know about how the project was opened."""
        self.is_read_only = is_read_only
        self.report_changed: Signal[CheckReport | None] = Signal()
        self.troubled: Signal[Message] = Signal()
        self._report: CheckReport | None = None
        self._journal: Journal | None = None
        self._content = ""
        self._has_recovered = False
        self._seen_revision = state.revision
        self.document.changed.connect(self._on_change)

    @classmethod
    def new(cls, meta: ProjectMeta) -> Session:
        """An empty project that has no file yet; it has a journal once it was saved."""
        return cls(ProjectState(meta=meta))

    @classmethod
    def opened(
        cls, path: Path, *, cache: Path | None = None, is_read_only: bool = False
    ) -> Session:
        """The project in a file, unsaved edits of a crashed session included.

        Holds the project's lock until `close`, unless `is_read_only`. Raises `ProjectLocked`
        when another process holds it, and what `open_project` raises.
        """
        path = path.resolve()
        is_new_lock = False if is_read_only else path.is_file() and lock.take(path)
        with ExitStack() as on_failure:
            if is_new_lock:
                on_failure.callback(lock.release, path)
            saved = read_saved(path, cache=cache)
            replay = saved.replayed()
            session = cls(replay.state, is_read_only=is_read_only)
            session._begin(path, saved.content, steps=replay.steps, is_foreign=replay.is_foreign)
            session._report = load_report(path)
            session._seen_revision = saved.state.revision
            session._follow_decisions(differing_parts(saved.state, replay.state))
            on_failure.pop_all()
        return session

    @property
    def state(self) -> ProjectState:
        """The project as it is now."""
        return self.document.state

    @property
    def path(self) -> Path | None:
        """The project's file; None before the first save."""
        return self.state.meta.path

    @property
    def report(self) -> CheckReport | None:
        """The last report, of this session or saved with the project."""
        return self._report

    @property
    def is_report_stale(self) -> bool:
        """Is the report of another revision than the project now has."""
        return self._report is not None and self._report.revision != self.state.revision

    @property
    def is_modified(self) -> bool:
        """Are there edits that the file does not have."""
        return self.document.is_modified or self._has_recovered

    def apply(self, label: Message, state: ProjectState) -> None:
        """Step the document to `state`; the step is in the journal when this returns."""
        self.document.apply(label, state)

    def read_sources(
        self, paths: Sequence[Path], options: ImportOptions, *, job: Job | None = None
    ) -> tuple[ProjectState, ImportReport]:
        """The project with the sources imported, for `apply`, and what became of every row."""
        from baiyun_gis.io.pipeline import import_into

        return import_into(self.state, tuple(paths), options, job or silent())

    def import_sources(
        self, paths: Sequence[Path], options: ImportOptions, *, job: Job | None = None
    ) -> ImportReport:
        """Import sources as one step that can be undone; raises `InputError`."""
        state, report = self.read_sources(paths, options, job=job)
        self.apply(msg("Import {names}", names=", ".join(path.name for path in paths)), state)
        return report

    def run_checks(
        self,
        *,
        only: Sequence[str] = (),
        where: str = "",
        scope: Scope | None = None,
        created: str = "",
        job: Job | None = None,
    ) -> CheckReport:
        """The conflicts of the project now, on the timeline's day; for `accept_report`."""
        from baiyun_gis.checks.engine import run_checks
        from baiyun_gis.rules.loader import load_rule_set

        return run_checks(
            self.state,
            load_rule_set(self.rules),
            as_of=self.timeline.now,
            only=only,
            where=where,
            scope=scope,
            created=created,
            job=job,
        )

    def live_check(self, *, scope: Scope | None = None, job: Job | None = None) -> LiveCheck:
        """A run over the project now that can follow edits; made on any thread."""
        from baiyun_gis.live.recheck import LiveCheck
        from baiyun_gis.rules.loader import load_rule_set

        return LiveCheck(
            self.state, load_rule_set(self.rules), as_of=self.timeline.now, scope=scope, job=job
        )

    def recheck(self, live: LiveCheck, *, created: str = "", job: Job | None = None) -> CheckReport:
        """The conflicts of the project now, by re-checking what changed since `live` was last
        asked; for `accept_report`. Belongs to the thread that has `live`."""
        live.update(self.state)
        return live.report(created=created, job=job)

    def accept_report(self, report: CheckReport | None) -> None:
        """Show `report` and save it with the project."""
        self._report = report
        self.report_changed.emit(report)

    def decide(
        self,
        row: int,
        decision: DecisionState,
        *,
        reason: str,
        author: str,
        made_at: str,
        until: np.datetime64 = NO_DAY,
    ) -> None:
        """Decide conflict `row` of the report; raises `UsageError` without a report or a reason."""
        from baiyun_gis.findings.decide import decide

        if self._report is None:
            raise UsageError("There is no conflict report yet; run the check first")
        conflict = self._report.conflicts.id[row]
        state = decide(
            self.state,
            self._report,
            row,
            state_code=decision,
            reason=reason,
            author=author,
            made_at=made_at,
            until=until,
        )
        self.apply(msg("Decide on {conflict}", conflict=conflict), state)

    def save(
        self,
        path: Path | None = None,
        *,
        saved_at: str = "",
        is_overwriting: bool = False,
        job: Job | None = None,
    ) -> None:
        """Save to `path`, or where the project lies; the journal starts anew.

        Raises `ProjectError` when another program has changed the file since it was opened and
        not `is_overwriting`, `UsageError` when there is no path or the session only reads.
        """
        target = (path or self.path or Path()).resolve()
        if path is None and self.path is None:
            raise UsageError("The project has no file yet; give it a name")
        if target == self.path:
            self._require_own(target, is_overwriting=is_overwriting)
        before = self.path
        is_new_lock = lock.take(target)
        with ExitStack() as on_failure:
            if is_new_lock:
                on_failure.callback(lock.release, target)
            save_project(self.state, target, report=self._report, job=job, saved_at=saved_at)
            on_failure.pop_all()
        if before is not None and before != target and not self.is_read_only:
            remove(before)
            lock.release(before)
        self.is_read_only = False
        self.document.mark_saved(target)
        self._begin(target, saved_content(target), steps=0, is_foreign=False)

    def close(self) -> None:
        """Let go of the file. Unsaved edits stay in the journal for the next opening."""
        if self.path is not None and not self.is_read_only:
            lock.release(self.path)
        self._journal = None

    def discard(self) -> None:
        """Let go of the file and of all unsaved edits."""
        if self.path is not None and not self.is_read_only:
            remove(self.path)
        self.close()

    def _begin(self, path: Path, content: str, *, steps: int, is_foreign: bool) -> None:
        self._content = content
        self._has_recovered = steps > 0
        if steps:
            note = msg("{count} unsaved edits of the last session were recovered", count=steps)
            self.notes = (*self.notes, note)
        if self.is_read_only:
            return
        if is_foreign:
            kept = set_aside(path)
            note = msg(
                "Unsaved edits of an earlier session no longer fit, because another program has"
                " changed the project since; they are kept in {file}",
                file=kept.name,
            )
            self.notes = (*self.notes, note)
        elif not steps:
            remove(path)
        self._journal = Journal(path, self.state, base=content, keep=steps > 0)

    def _require_own(self, path: Path, *, is_overwriting: bool) -> None:
        if self.is_read_only:
            raise UsageError("The project is open for reading only; save it under another name")
        if is_overwriting or not path.exists() or saved_content(path) == self._content:
            return
        raise ProjectError(
            "{path}: another program has changed the project since it was opened; save under"
            " another name, or save again and overwrite those changes",
            path=str(path),
        )

    def _on_change(self, change: Change) -> None:
        self._follow_decisions(change.parts)
        self.timeline.follow(self.state)
        if self._journal is None:
            return
        try:
            self._journal.record(self.state)
        except ProjectError as error:
            self.troubled.emit(error.message)

    def _follow_decisions(self, parts: frozenset[str]) -> None:
        """A step that only decides leaves a true report true: it gets the decisions."""
        from baiyun_gis.findings.decide import apply_decisions

        before, self._seen_revision = self._seen_revision, self.state.revision
        if (
            self._report is None
            or parts != frozenset({"decisions"})
            or self._report.revision != before
        ):
            return
        decided = apply_decisions(self._report, self.state.decisions)
        self.accept_report(replace(decided, revision=self.state.revision))
