"""A conflict run tile by tile: in this process, or wherever `over` has the work done.

The process that runs it keeps what `Whole` holds and the findings. Rows are read by whoever
looks at them: for a first look at all of the project, for each tile, for what the report tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from baiyun_gis.buildings.occupation import occupied_in
from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.engine import Answers, answers_of, chosen_checks, narrowed
from baiyun_gis.checks.scoping import asked_of, suspicions_inside
from baiyun_gis.checks.snapshot import UNTESTABLE, snapshot_of
from baiyun_gis.checks.timing import Clock, Timer
from baiyun_gis.errors import CheckError
from baiyun_gis.findings.conflicts import CheckReport, SuspicionTable
from baiyun_gis.findings.scope import Scope
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import msg
from baiyun_gis.live.cutout import CutOut
from baiyun_gis.live.reach import not_local
from baiyun_gis.model.columns import F64, I32
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import TABLES, ProjectState
from baiyun_gis.rules.classes import LineClass, PipeClasses
from baiyun_gis.rules.resolved import NotCovered
from baiyun_gis.rules.ruleset import RuleSet
from baiyun_gis.tiles.cutting import Cutter, Plan, cut_of, tile_of
from baiyun_gis.tiles.merging import merged_answers
from baiyun_gis.tiles.source import Source, bare, source_of
from baiyun_gis.tiles.survey import Looking, seen
from baiyun_gis.tiles.telling import Occupied, lowered, named, spoken_of, told
from baiyun_gis.tiles.tiling import Tiling, tiles_of_pipes
from baiyun_gis.tiles.whole import Whole, whole_of


@dataclass(frozen=True, slots=True)
class Question:
    """What every tile of a run is asked; `origin` (x, y) and `classes` are the whole's."""

    source: Source
    rules: RuleSet
    as_of: np.datetime64
    scope: Scope
    chosen: frozenset[str]
    origin: F64
    classes: tuple[LineClass, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A tile with its rows, for those who cannot read them themselves."""

    plan: Plan
    cut: CutOut


@dataclass(frozen=True, slots=True)
class TileAnswers:
    """What a tile says: of the checks, and of lines that buildings stand on."""

    answers: Answers
    occupied: Occupied


class Work(Protocol):
    """Something to be done for each of many items, with one thing that all share."""

    def __call__(self, shared: Any, item: Any, /) -> Any: ...


class Over(Protocol):
    """Has a piece of work done for all items and gives what comes of it in their order."""

    def __call__(self, work: Work, shared: Any, items: Iterable[Any], /) -> Iterator[Any]: ...


def one_by_one(work: Work, shared: Any, items: Iterable[Any]) -> Iterator[Any]:
    """Everything in this process, one after another."""
    for item in items:
        yield work(shared, item)


def checked_tile(question: Question, item: Plan | Loaded) -> TileAnswers:
    """What the checks say of what a tile owns, in rows of the whole project."""
    plan = item if isinstance(item, Plan) else item.plan
    cut = cut_of(question.source, plan) if isinstance(item, Plan) else item.cut
    tile = tile_of(plan, cut, as_of=question.as_of, scope=question.scope)
    snapshot = snapshot_of(
        tile.cut.state,
        question.as_of,
        tile.asked,
        topology=tile.topology,
        origin=question.origin,
        impossible=tile.impossible,
    )
    classes = PipeClasses(tile.class_of, len(question.classes), question.classes)
    ctx = CheckContext(snapshot, question.rules, classes=classes)
    found = answers_of(ctx, question.chosen)
    lifted = (replace(r, findings=tile.cut.lifted(r.table())) for r in found.results)
    on_lines, requirements = occupied_in(ctx)
    own = on_lines.take(plan.own_pipes[on_lines.other_row])
    return TileAnswers(
        replace(found, results=tuple(lifted)), Occupied(_lifted(tile.cut, own), requirements)
    )


def _lifted(cut: CutOut, occupied: SuspicionTable) -> SuspicionTable:
    """Lines on which buildings stand, in rows of the whole project."""
    return occupied.with_columns(
        building_row=cut.buildings[occupied.building_row],
        other_row=cut.slots[occupied.other_row],
    )


def run_in_tiles(
    state: ProjectState,
    rules: RuleSet,
    *,
    as_of: np.datetime64,
    tiling: Tiling,
    over: Over = one_by_one,
    only: Sequence[str] = (),
    where: str = "",
    scope: Scope | None = None,
    created: str = "",
    job: Job | None = None,
    clock: Clock | None = None,
) -> CheckReport:
    """What `run_checks` gives, worked out tile by tile; see there.

    Raises `CheckError` where a check cannot be divided: it looks at the whole project.
    """
    asked = narrowed(scope or Scope(), where)
    run = _Run(source_of(state), rules, as_of, asked, over, is_shared=False)
    report, _ = run.report(chosen_checks(only), tiling, job or silent(), Timer(clock))
    suspicions = suspicions_inside(report.suspicions, state, run.scope)
    return replace(report, suspicions=suspicions, scope=run.scope, created=created, state=state)


def run_on_file(
    path: Path | str,
    rules: RuleSet,
    *,
    as_of: np.datetime64,
    tiling: Tiling,
    over: Over = one_by_one,
    is_shared: bool = True,
    only: Sequence[str] = (),
    scope: Scope | None = None,
    created: str = "",
    job: Job | None = None,
    clock: Clock | None = None,
) -> CheckReport:
    """The same of a saved project, which no process reads as a whole.

    The report's `state` is the part of the project that it speaks of. Where those who do the work
    cannot read the file (`is_shared` False), this process reads and sends them their rows. Raises
    `ProjectError` where the file cannot be read or changes meanwhile.
    """
    from baiyun_gis.storage.parts import parts_of

    head, parts = parts_of(path)
    run = _Run(Source(head, parts), rules, as_of, scope or Scope(), over, is_shared)
    report, cut = run.report(chosen_checks(only), tiling, job or silent(), Timer(clock))
    report = lowered(report, cut)
    suspicions = suspicions_inside(report.suspicions, cut.state, run.scope)
    return replace(report, suspicions=suspicions, scope=run.scope, created=created)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over the tiles of a source."""

    source: Source
    rules: RuleSet
    as_of: np.datetime64
    scope: Scope
    over: Over
    is_shared: bool

    def report(
        self, chosen: frozenset[str], tiling: Tiling, job: Job, timer: Timer
    ) -> tuple[CheckReport, CutOut]:
        """The report in rows of the whole, and the part of the whole that it speaks of."""
        _require_local(chosen)
        asked_of(bare(self.source.head), self.scope)  # says what cannot be understood
        job.step(0.0, msg("Reading what the tiles have in common"))
        looking = Looking(self._sent(), self.rules, self.as_of)
        over = self.over if self.is_shared else one_by_one
        whole = whole_of(looking, lambda one, looks: over(seen, one, looks), chosen)
        tiles = self._tiles(whole, tiling)
        whole = whole.without_ends()
        timer.note("whole")
        parts = self._answers(whole, tiles, chosen, job)
        timer.note("tiles")
        merged = _in_order(merged_answers([part.answers for part in parts])).findings()
        occupied = _together([part.occupied for part in parts])
        del parts
        found = named(self.source, whole, merged)
        cut = spoken_of(self.source, whole, found)
        del whole, merged
        report = told(
            cut, found, occupied, rules=self.rules, as_of=self.as_of, timer=timer, job=job
        )
        timer.note("report")
        return report, cut

    def _sent(self) -> Source:
        """What those who read rows need of the source."""
        return replace(self.source, head=bare(self.source.head))

    def _tiles(self, whole: Whole, tiling: Tiling) -> I32:
        pieces = np.maximum(np.diff(whole.pipes.offsets) - 1, 0) * whole.tested
        return tiles_of_pipes(whole.topology, (pieces + 1).astype(np.int64), tiling)

    def _answers(
        self, whole: Whole, tiles: I32, chosen: frozenset[str], job: Job
    ) -> list[TileAnswers]:
        read = sent = self._sent()
        cutter = Cutter(whole, tiles, structures=read.parts.counts["structures"])
        if self.is_shared:
            items: Iterable[Plan | Loaded] = cutter.plans()
        else:
            items = (Loaded(plan, cut_of(read, plan)) for plan in cutter.plans())
            sent = source_of(read.head)  # nobody asks it for rows
        question = Question(
            sent, self.rules, self.as_of, self.scope, chosen, whole.origin, whole.classes
        )
        out: list[TileAnswers] = []
        for part in self.over(checked_tile, question, items):
            out.append(part)
            done = msg("{done} of {count} tiles checked", done=len(out), count=cutter.count)
            job.step(0.1 + 0.8 * len(out) / cutter.count, done)
        return out or [self._of_nothing(chosen)]

    def _of_nothing(self, chosen: frozenset[str]) -> TileAnswers:
        """What the checks say of a project that holds no lines."""
        parts = self.source.parts
        state = bare(self.source.head).with_(
            **{
                table.table_name: self.source.everything(table)
                for table in TABLES
                if table.table_name in parts.counts
            }
        )
        ctx = CheckContext(snapshot_of(state, self.as_of, asked_of(state, self.scope)), self.rules)
        return TileAnswers(answers_of(ctx, chosen), Occupied(SuspicionTable.empty(), ()))


def _together(parts: Sequence[Occupied]) -> Occupied:
    """All lines that buildings stand on; tiles without buildings name no requirements."""
    requirements = max((part.requirements for part in parts), key=len, default=())
    return Occupied(SuspicionTable.concat([part.found for part in parts]), requirements)


def _require_local(chosen: frozenset[str]) -> None:
    why = not_local((name, check) for name, check in CHECKS if name in chosen)
    if why is not None:
        raise CheckError("Tiles cannot be checked one by one: {why}", why=why)


def _in_order(answers: Answers) -> Answers:
    """Counts in the order one machine gives them."""
    ledger = answers.ledger
    untested = {name: ledger.untestable[name] for name in UNTESTABLE if name in ledger.untestable}
    told = (NotCovered.UNKNOWN_KIND, NotCovered.PRESSURE_OUTSIDE, NotCovered.NO_ROW)
    without = {
        why.key: ledger.without_rules[why.key] for why in told if why.key in ledger.without_rules
    }
    return replace(answers, ledger=replace(ledger, untestable=untested, without_rules=without))
