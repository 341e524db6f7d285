"""A conflict run tile by tile: in this process, or wherever `over` has the tiles checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.deep_lines import reach_of_depth
from baiyun_gis.checks.engine import (
    Answers,
    Clock,
    Timer,
    answers_of,
    chosen_checks,
    narrowed,
    reported,
)
from baiyun_gis.checks.scoping import asked_of
from baiyun_gis.checks.snapshot import UNTESTABLE, snapshot_of
from baiyun_gis.errors import CheckError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.scope import Scope
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import msg
from baiyun_gis.live.reach import _SPARE_M as SPARE_M
from baiyun_gis.live.reach import Reach, not_local, reach_of
from baiyun_gis.model.columns import F64
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.classes import LineClass, PipeClasses
from baiyun_gis.rules.resolved import NotCovered
from baiyun_gis.rules.ruleset import RuleSet
from baiyun_gis.tiles.cutting import Cutter, Tile
from baiyun_gis.tiles.merging import merged_answers
from baiyun_gis.tiles.tiling import Tiling, tiles_of_pipes


@dataclass(frozen=True, slots=True)
class Question:
    """What every tile of a run is asked; `origin` (x, y) and `classes` are the whole's."""

    rules: RuleSet
    as_of: np.datetime64
    chosen: frozenset[str]
    origin: F64
    classes: tuple[LineClass, ...]


Over = Callable[[Question, Iterable[Tile]], Iterator[Answers]]
"""Has all tiles checked and gives their answers in the tiles' order."""


def checked_tile(question: Question, tile: Tile) -> Answers:
    """What the checks say of what a tile owns, in rows of the whole project."""
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
    lifted = (replace(r, findings=tile.cut.lifted(r.findings)) for r in found.results)
    return replace(found, results=tuple(lifted))


def one_by_one(question: Question, tiles: Iterable[Tile]) -> Iterator[Answers]:
    """All tiles in this process, one after another."""
    for tile in tiles:
        yield checked_tile(question, tile)


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
    job = job or silent()
    scope = narrowed(scope or Scope(), where)
    timer = Timer(clock)
    chosen = chosen_checks(only)
    _require_local(chosen)
    job.step(0.0, msg("Reading what the tiles have in common"))
    asked = asked_of(state, scope)
    snapshot = snapshot_of(state, as_of, asked)
    ctx = CheckContext(snapshot, rules, job=job)
    timer.note("snapshot")
    tile_of = tiles_of_pipes(snapshot, tiling)
    reach = _reach(ctx, chosen)
    cutter = Cutter(state, snapshot, asked, ctx.classes.class_of, reach)
    timer.note("tiling")
    question = Question(rules, as_of, chosen, snapshot.origin, ctx.classes.classes)
    answers: list[Answers] = []
    count = int(tile_of.max(initial=0)) + 1
    for number, part in enumerate(over(question, cutter.tiles(tile_of))):
        answers.append(part)
        done = msg("{done} of {count} tiles checked", done=number + 1, count=count)
        job.step(0.1 + 0.8 * (number + 1) / count, done)
    if not answers:  # nothing to divide
        answers.append(answers_of(ctx, chosen))
    timer.note("tiles")
    whole = _in_order(merged_answers(answers))
    report = reported(ctx, whole.findings(), timer=timer)
    return replace(report, scope=scope, created=created, state=state)


def _reach(ctx: CheckContext, chosen: frozenset[str]) -> Reach:
    """How far lines look, those deeper than a foundation included."""
    reach = reach_of(ctx.rules, [check for name, check in CHECKS if name in chosen], ctx.snapshot)
    deep = reach_of_depth(ctx, ctx.rules.settings.deep_foundation)
    return replace(reach, things_m=max(reach.things_m, float(deep.max(initial=0.0)) + SPARE_M))


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
