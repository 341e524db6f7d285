"""`LiveCheck`: a conflict run that follows edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.altered import altered
from baiyun_gis.checks.check import Check, CheckContext
from baiyun_gis.checks.engine import (
    Answers,
    Findings,
    answers_of,
    chosen_checks,
    pointing_after,
    suspicions_of,
    unread_rows,
)
from baiyun_gis.checks.labels import labelled
from baiyun_gis.checks.scoping import asked_of, suspicions_inside
from baiyun_gis.checks.snapshot import Snapshot, snapshot_of
from baiyun_gis.findings.conflicts import (
    CheckReport,
    ConflictTable,
    Ledger,
    RuleSetStamp,
    SuspicionTable,
)
from baiyun_gis.findings.decide import with_decisions
from baiyun_gis.findings.scope import Scope
from baiyun_gis.io.raster import open_terrain
from baiyun_gis.io.terrain import Terrain
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.live.changes import Touched, touched_between
from baiyun_gis.live.cutout import CutOut
from baiyun_gis.live.kept import KeptParts, Part
from baiyun_gis.live.ledgers import moved_on
from baiyun_gis.live.neighbourhood import Neighbourhood
from baiyun_gis.live.reach import doubt_of, not_local, reach_of
from baiyun_gis.live.store import Places, Store, Told, differing, renumbered
from baiyun_gis.live.surroundings import Surroundings
from baiyun_gis.memory import uncollected
from baiyun_gis.model.columns import I32, I64, Bool
from baiyun_gis.model.topology import Topology, family_of
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import ProjectState, differing_parts
from baiyun_gis.rules.classes import PipeClasses, class_keys, pipe_classes
from baiyun_gis.rules.ruleset import RuleSet

MOST_TOUCHED = 2000
"""An edit of more features than this is checked as a whole."""

_NO_CHECKS: frozenset[str] = frozenset()
_LABELS = frozenset({"decisions", "permits", "revision"})
_OF_BUILDINGS = ("footprints", "foundations")


@dataclass(frozen=True, slots=True)
class Delta:
    """What an edit changed: findings that went and came, and the whole run's ledger after it.

    Rows of `gone` count in the state before, those of `came` in the state after; they carry no
    ids, groups or decisions (`LiveCheck.report` has them). `why_whole` says why everything had
    to be checked; then `gone` and `came` are all findings before and after.
    """

    gone: ConflictTable
    came: ConflictTable
    ledger: Ledger
    checked: int
    why_whole: Message | None = None


class LiveCheck:
    """The conflicts of a state and of every state it is edited into.

    `update` re-checks the neighbourhood of an edit; `report` gives what `run_checks` would give
    for the state now. Belongs to one thread at a time.
    """

    def __init__(
        self,
        state: ProjectState,
        rules: RuleSet,
        *,
        as_of: np.datetime64,
        only: Sequence[str] = (),
        scope: Scope | None = None,
        job: Job | None = None,
    ) -> None:
        """Runs everything once; raises what `run_checks` raises."""
        self._rules, self._as_of, self._scope = rules, as_of, scope or Scope()
        self._chosen = chosen_checks(only)
        self._checks = [(name, check) for name, check in CHECKS if name in self._chosen]
        self._of_one_run = frozenset(name for name, check in self._checks if _is_of_one_run(check))
        self._of_two_runs = frozenset(
            name for name, check in self._checks if getattr(check, "of_two_runs", False)
        )
        self._looks_beside = [(name, getattr(check, "beside", "")) for name, check in self._checks]
        ready = [getattr(check, "make_ready", None) for _, check in self._checks]
        self._make_ready: list[Callable[[CheckContext], None]] = [make for make in ready if make]
        self._job = job
        self._begin(state)

    @property
    def state(self) -> ProjectState:
        """The state that was checked last."""
        return self._state

    @property
    def ledger(self) -> Ledger:
        """The proof of the run, up to date."""
        return self._ledger

    def _begin(self, state: ProjectState) -> Findings:
        self._state = state
        self._terrain: tuple[Terrain | None] | None = None
        snapshot = snapshot_of(state, self._as_of, asked_of(state, self._scope))
        self._classes = pipe_classes(self._rules, snapshot.state.pipes)
        ctx = CheckContext(
            snapshot, self._rules, job=self._job, classes=self._classes, terrain=self._ground
        )
        answers = answers_of(ctx, self._chosen)
        self._made_of_classes = ctx.made_of_classes
        found = answers.findings()
        self._of_check = [result.requirements for result in answers.results]
        self._before_check = answers.requirements_before
        # The kinds of things there are do not change with an edit that is followed.
        self._without_subjects = frozenset(
            line.check for line in found.ledger.checks if not line.subjects
        )
        self._origin = snapshot.origin
        self._requirements = found.requirements
        self._ledger = found.ledger
        self._key_of_class = _keys_of(self._rules, snapshot, self._classes)
        self._class_sizes = np.bincount(self._classes.class_of, minlength=self._classes.count)
        self._reach = reach_of(self._rules, [check for _, check in self._checks], snapshot)
        self._kept = KeptParts()
        self._store = Store(found.conflicts, CHECKS.names())
        self._around = Surroundings(state, snapshot.topology, self._as_of, snapshot.impossible)
        return found

    def _ground(self) -> Terrain | None:
        if self._terrain is None:
            self._terrain = (open_terrain(self._state),)
        return self._terrain[0]

    def update(self, state: ProjectState, touched: Touched | None = None) -> Delta:
        """Follow an edit to `state`; `touched` spares the search for what it changed."""
        parts = differing_parts(self._state, state)
        if parts <= _LABELS:
            self._state = state
            return self._nothing()
        why = self._whole_for(parts)
        if why is None and touched is None:
            looked = touched_between(self._state, state)
            touched, why = (None, looked) if isinstance(looked, Message) else (looked, None)
        if touched is None or why is not None:
            return self._whole(state, why or msg("it is not known what changed"))
        if not len(touched):
            self._state = state
            return self._nothing()
        if len(touched) > MOST_TOUCHED:
            return self._whole(state, msg("{count} features changed", count=len(touched)))
        with uncollected():
            return self._locally(state, touched)

    def prepare(self, touched: Touched) -> None:
        """Look around what is about to be edited, so that the first edit is as quick as those
        that follow. It changes nothing."""
        if not 0 < len(touched) <= MOST_TOUCHED or not_local(self._checks) is not None:
            return
        state = self._state
        # Looked at afresh: what was kept may have less room than there is now.
        cut = self._around.follow(state, state, touched, self._reach, KeptParts())
        if isinstance(cut, Message):
            self._begin(state)  # what lies around was moved on halfway
            return
        now = self._opened(cut)
        if not isinstance(now, Message):
            idle = self._idle(cut, now.classes.class_of, now.snapshot.selected, now)
            part = self._findings(now, cut.after, idle, cut)
            if part is not None:
                self._kept.keep(cut.edited, replace(part, places=self._store.find(part.told.found)))
                # What a slide makes once, while it lasts, is made by sliding it nowhere.
                self._locally(state, touched)
                for make_ready in self._make_ready:
                    make_ready(now)

    def _whole_for(self, parts: frozenset[str]) -> Message | None:
        other = parts - _LABELS - {"pipes", "nodes", "buildings", "structures"}
        if other:
            return msg("{parts} changed", parts=", ".join(sorted(other)))
        return not_local(self._checks)

    def _nothing(self) -> Delta:
        return Delta(ConflictTable.empty(), ConflictTable.empty(), self._ledger, 0)

    def _whole(self, state: ProjectState, why: Message) -> Delta:
        before = renumbered(self._store.all(), self._around.row_of_slot)
        found = self._begin(state)
        return Delta(before, found.conflicts, self._ledger, len(state.pipes), why)

    def _locally(self, state: ProjectState, touched: Touched) -> Delta:
        cut = self._around.follow(self._state, state, touched, self._reach, self._kept)
        if isinstance(cut, Message):
            return self._whole(state, cut)
        both = self._compared(cut)
        if isinstance(both, Message):
            return self._whole(state, both)
        before, after = both
        if not self._same_classes(before.classes, after.classes):
            return self._whole(state, msg("a class of lines came or went"))
        if after.doubt_m > self._reach.doubt_m:
            return self._whole(state, msg("a line is known less well than any before"))
        ledger = moved_on(self._ledger, before.ledger, after.ledger, idle=after.idle)
        if ledger is None:
            return self._whole(state, msg("another set of rules or checks has subjects"))
        # Where findings are kept is known as long as nothing else was edited.
        moved = self._taken_over(before, after, before.places if cut.snapshot else None)
        if moved is None:
            return self._whole(state, msg("more hangs together than the neighbourhood shows"))
        lost, new, places = moved
        self._kept.forget(cut.changed, cut.gone, touched)
        if len(cut.edited):
            self._kept.keep(cut.edited, altered(after, places=places))
        self._state, self._ledger = state, ledger
        around = self._around
        if not around.has_own_slots:
            return Delta(lost, new, ledger, len(after.classes))
        old_rows, now = around.row_before, around.row_of_slot
        return Delta(renumbered(lost, old_rows), renumbered(new, now), ledger, len(after.classes))

    def _taken_over(
        self, before: Part, after: Part, known: Places | None
    ) -> tuple[ConflictTable, ConflictTable, Places | None] | None:
        """Put what came in place of what went; gives both, and where all findings of the part are
        kept now, if it is `known` where those before are. None where one is not there."""
        one, two = before.told, after.told
        gone, came, same = differing(one, two)
        lost = one.found.take(gone) if same else one.found
        new = two.found.take(came) if same else two.found
        places = self._store.find(lost) if known is None else [known[row] for row in gone.tolist()]
        if places is None:
            return None
        for place in places:
            self._store.drop(place)
        added = self._store.add(new)
        if known is None:
            return lost, new, None
        now = dict(zip(came.tolist(), added, strict=True))
        now |= {row: known[was] for row, was in same.items()}
        return lost, new, [now[row] for row in range(len(two.found))]

    def _opened(self, cut: Neighbourhood, *, before: bool = False) -> CheckContext | Message:
        """The neighbourhood ready for the ordinary checks, in the classes of the whole; only
        findings of the pipes that are `mine` are asked for."""
        if cut.snapshot is not None and cut.kept is not None and not before:
            return cut.kept.ctx.of_other(cut.snapshot, *_OF_BUILDINGS)
        part, mine = cut.before() if before else cut.after, cut.mine
        asked = asked_of(part.state, self._scope)
        if mine is not None and asked.sides is None:
            asked = replace(asked, pipes=asked.pipes & np.isin(part.slots, mine))
        snapshot = snapshot_of(
            part.state,
            self._as_of,
            asked,
            topology=self._around.network.topology(part.links, family_of(part.state.pipes)),
            origin=self._origin,
            impossible=self._around.impossible[part.slots],
        )
        keys = class_keys(self._rules, snapshot.state.pipes)
        at = np.searchsorted(self._key_of_class, keys)
        if (np.append(self._key_of_class, -1)[at] != keys).any():
            return msg("a class of lines came or went")
        classes = PipeClasses(at.astype(np.int32), self._classes.count, self._classes.classes)
        return CheckContext(
            snapshot,
            self._rules,
            classes=classes,
            terrain=self._ground,
            made_of_classes=self._made_of_classes,
        )

    def _compared(self, cut: Neighbourhood) -> tuple[Part, Part] | Message:
        """What the checks say of the part as it was, where that is not known, and as it is."""
        now = self._opened(cut)
        if isinstance(now, Message):
            return now
        before = cut.kept
        if before is None or before.idle != self._idle(cut, before.classes, before.selected, now):
            part = cut.before()
            was = self._opened(cut, before=True)
            if isinstance(was, Message):
                return was
            classes, selected = was.classes.class_of, was.snapshot.selected
            same = np.array_equal(part.slots, cut.after.slots)
            idle = self._idle(cut, classes, selected, now) if same else _NO_CHECKS
            before = self._findings(was, part, idle, cut)
        after = None if before is None else self._findings(now, cut.after, before.idle, cut)
        if before is None or after is None:
            return msg("another set of rules or checks has subjects")
        return before, after

    def _idle(
        self, cut: Neighbourhood, classes: I64 | I32, selected: Bool, now: CheckContext
    ) -> frozenset[str]:
        """Checks that look only at what is not near: they count lines, and those are the same."""
        if not _equal(classes, now.classes.class_of):
            return _NO_CHECKS
        if not _equal(selected, now.snapshot.selected):
            return _NO_CHECKS
        return frozenset(
            name
            for name, table in self._looks_beside
            if table in cut.bare or (table in cut.untouched and name in self._without_subjects)
        )

    def _findings(
        self, ctx: CheckContext, part: CutOut, idle: frozenset[str], cut: Neighbourhood
    ) -> Part | None:
        """The findings of the ordinary checks; None where others have subjects than in the
        whole."""
        answers = self._answers(ctx, part, idle, cut)
        for known, result in zip(self._of_check, answers.results, strict=True):
            own = known if result.ledger.check in idle else result.requirements
            if own is not known and own != known:
                return None
        return Part(
            part,
            answers.ledger,
            Told(part.lifted(answers.conflicts(self._before_check))),
            ctx.classes.class_of,
            ctx.snapshot.selected,
            doubt_of(ctx.snapshot),
            idle,
            cut.bare,
            cut.mine,
            cut.own,
            cut.alone,
            cut.room,
            ctx,
        )

    def _answers(
        self, ctx: CheckContext, part: CutOut, idle: frozenset[str], cut: Neighbourhood
    ) -> Answers:
        """What the checks but the `idle` ones say; those of single runs are asked only about the
        pipes that are `own`, and those of two runs only about pairs with one of them where the
        edited line is `alone`."""
        own = self._of_one_run | self._of_two_runs if cut.alone else self._of_one_run
        own = own - idle
        mine = cut.own
        if mine is None or ctx.snapshot.sides is not None or not own:
            return answers_of(ctx, self._chosen - idle)
        # While a line is slid these are what they were.
        asks = ctx.of_things("asks of own", "", lambda: _asks_of(ctx.snapshot, part, mine))
        of_own = ctx.of_other(altered(ctx.snapshot, **asks), *_OF_BUILDINGS)
        answers = answers_of(ctx, self._chosen - idle, apart=dict.fromkeys(own, of_own))
        for name in _OF_BUILDINGS:
            if name in of_own.__dict__:
                ctx.__dict__[name] = of_own.__dict__[name]
        return answers

    def _same_classes(self, before: I64 | I32, after: I64 | I32) -> bool:
        """Move the counts of classes on; is there still a line of every class."""
        if before is after:
            return True
        count = self._classes.count
        sizes = self._class_sizes - np.bincount(before, minlength=count)
        self._class_sizes = sizes + np.bincount(after, minlength=count)
        return bool((self._class_sizes > 0).all())

    @property
    def topology(self) -> Topology:
        """What is joined to what in the state now, by the day's lines."""
        return self._around.topology(self._state)

    def is_tested(self, rows: I64) -> Bool:
        """Which of the pipes edited last (rows, sorted) have a body that day to be checked."""
        slots = self._around.slots_of(rows)
        part = self._kept.open(slots)
        if part is None:
            return np.zeros(len(rows), dtype=np.bool_)
        return part.snapshot.tested[np.searchsorted(part.cut.slots, slots)]

    def findings_of(self, rows: I64) -> ConflictTable:
        """Findings that name any of the pipes (rows, sorted), in rows of the state; without ids,
        groups and decisions."""
        slots = self._around.slots_of(rows)
        part = self._kept.open(slots)
        found = self._store.all() if part is None else part.told.found
        of_them = np.zeros(len(found), dtype=np.bool_)
        for table, side in ((found.a_table, found.a_row), (found.b_table, found.b_row)):
            of_them |= (table == "pipes").astype(np.bool_) & np.isin(side, slots)
        return renumbered(found.take(of_them), self._around.row_of_slot)

    def report(
        self, *, created: str = "", with_suspicions: bool = True, job: Job | None = None
    ) -> CheckReport:
        """What `run_checks` gives for the state now. Suspicions are looked for anew."""
        state = self._state
        rows = renumbered(self._store.all(), self._around.row_of_slot)
        conflicts = labelled(rows, self._requirements, state, self._around.topology(state))
        ledger, requirements = self._ledger, self._requirements
        ledger = replace(ledger, checks=(*ledger.checks, *unread_rows(self._rules)))
        suspicions = SuspicionTable.empty()
        if with_suspicions:
            whole = snapshot_of(state, self._as_of, topology=self._around.topology(state))
            classes = pipe_classes(self._rules, whole.state.pipes)
            ctx = CheckContext(whole, self._rules, classes=classes)
            looked, more, trouble = suspicions_of(ctx, job)
            ledger = replace(ledger, checks=(*ledger.checks, *trouble))
            looked = suspicions_inside(looked, state, self._scope)
            suspicions = pointing_after(looked, len(requirements))
            requirements = requirements + more
        return CheckReport(
            rules=RuleSetStamp(self._rules.id, self._rules.edition, self._rules.sha256),
            revision=state.revision,
            as_of=self._as_of,
            ledger=ledger,
            conflicts=with_decisions(conflicts, state.decisions, as_of=self._as_of),
            requirements=requirements,
            suspicions=suspicions,
            created=created,
            scope=self._scope,
            state=state,
        )


def _asks_of(snapshot: Snapshot, part: CutOut, slots: I64) -> dict[str, Bool]:
    """What is asked about of a part where only some of its pipes are."""
    among = np.isin(part.slots, slots)
    asks = ("selected", "asked", "may_ask")
    return {name: getattr(snapshot, name) & among for name in asks}


def _equal(one: I64 | I32 | Bool, two: I64 | I32 | Bool) -> bool:
    return one is two or np.array_equal(one, two)


def _is_of_one_run(check: Check) -> bool:
    return bool(getattr(check, "beside", "")) or bool(getattr(check, "of_one_run", False))


def _keys_of(rules: RuleSet, snapshot: Snapshot, classes: PipeClasses) -> I64:
    """The keys of the classes, sorted: classes are numbered in that order."""
    keys = np.zeros(classes.count, dtype=np.int64)
    keys[classes.class_of] = class_keys(rules, snapshot.state.pipes)
    return keys
