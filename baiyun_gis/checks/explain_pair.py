"""Why two things are, or are not, in conflict: the ordinary checks run on just these two.

Numbers, rules and reasons are those of a run, because they come out of one: the whole project is
the context, and only the pair is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.asked_of_pairs import requirements_of
from baiyun_gis.checks.building_pairs import Outlined, building_pairs
from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.engine import Findings, chosen_checks, findings_of
from baiyun_gis.checks.labels import labelled
from baiyun_gis.checks.pairs import plan_of
from baiyun_gis.checks.scoping import Asked, Sides
from baiyun_gis.checks.snapshot import Snapshot, snapshot_of
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import (
    CheckLedger,
    CheckReport,
    ConflictTable,
    Outcome,
    RuleSetStamp,
    SuspicionTable,
)
from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.vertical import vertical_clearance
from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.topology import Topology
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.ruleset import PAIR_CHECKS, RuleSet

TABLES = ("pipes", "nodes", "buildings", "structures")
NOT_NEAR = "not_near"


@dataclass(frozen=True, slots=True)
class Thing:
    """One feature of a project: its table and row there."""

    table: str
    row: int


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What one check says of the pair.

    `outcome` is violated, possible, clear, cannot_judge, not_near, not_run, or why it was set
    aside (a key of `findings.words.SET_ASIDE`). `rows` are its findings in the report.
    `actual_m` and `required_m` are of the worst place, NaN where there is none or not known.
    """

    check: str
    outcome: str
    ledger: CheckLedger
    rows: tuple[int, ...]
    actual_m: float
    required_m: float


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """What every check says of two things; `report` holds what was found of them."""

    a: Thing
    b: Thing
    answers: tuple[CheckAnswer, ...]
    report: CheckReport
    snapshot: Snapshot


def thing_named(state: ProjectState, name: str) -> Thing:
    """The feature of that id, also written `table:id`; raises `UsageError` for none or several."""
    table, _, rest = name.partition(":")
    tables, wanted = ((table,), rest) if table in TABLES and rest else (TABLES, name)
    found = [
        Thing(kind, int(row))
        for kind in tables
        for row in np.flatnonzero(_ids(state, kind) == wanted)
    ]
    if not found:
        raise UsageError("the project holds nothing called '{name}'", name=name)
    if len(found) > 1:
        raise UsageError(
            "'{name}' could be {count} things; write {examples}",
            name=name,
            count=len(found),
            examples=", ".join(sorted({f"{thing.table}:{wanted}" for thing in found})),
        )
    return found[0]


def _ids(state: ProjectState, table: str) -> np.ndarray:
    return getattr(state.table(table), "id")  # noqa: B009  every table has ids


def explain_pair(
    state: ProjectState, rules: RuleSet, a: Thing, b: Thing, *, as_of: np.datetime64
) -> PairExplanation:
    """What every check says of two features; one of them must be a pipe.

    Raises `UsageError` for one feature with itself, or two that are no pipes.
    """
    if a.table != "pipes":
        a, b = b, a
    if a.table != "pipes" or a == b:
        raise UsageError("one of the two must be a line, and the other something else")
    ctx, found = _asked(state, rules, [a], [b], as_of)
    alone = _asked(state, rules, [a], [], as_of, ctx.snapshot.topology)[1]
    around = _around(state, rules, (a, b), as_of, ctx.snapshot)
    conflicts = labelled(
        found.conflicts, found.requirements, ctx.snapshot.state, ctx.snapshot.topology
    )
    report = CheckReport(
        rules=RuleSetStamp(rules.id, rules.edition, rules.sha256),
        revision=state.revision,
        as_of=as_of,
        ledger=found.ledger,
        conflicts=conflicts,
        requirements=found.requirements,
        suspicions=SuspicionTable.empty(),
        state=state,
    )
    answers = [
        _answer(ctx, line, report, b, around)
        for line, single in zip(found.ledger.checks, alone.ledger.checks, strict=True)
        if not (line == single and line.pairs_examined)  # else it is about the line alone
    ]
    return PairExplanation(a, b, tuple(answers), report, ctx.snapshot)


def _asked(
    state: ProjectState,
    rules: RuleSet,
    ours: list[Thing],
    theirs: list[Thing],
    as_of: np.datetime64,
    topology: Topology | None = None,
) -> tuple[CheckContext, Findings]:
    one, two = _sides(state, ours), _sides(state, theirs)
    asked = Asked(one.pipes | two.pipes, one, two)
    snapshot = snapshot_of(state, as_of, asked, topology=topology)
    ctx = CheckContext(snapshot, rules)
    ctx.spares_none = True  # what is clear is told how clear it is
    return ctx, findings_of(ctx, chosen_checks(()))


def _sides(state: ProjectState, things: list[Thing]) -> Sides:
    masks = {table: np.zeros(len(state.table(table)), dtype=np.bool_) for table in TABLES}
    for thing in things:
        masks[thing.table][thing.row] = True
    return Sides(**masks)


def _around(
    state: ProjectState,
    rules: RuleSet,
    pair: tuple[Thing, Thing],
    as_of: np.datetime64,
    snapshot: Snapshot,
) -> ConflictTable:
    """What is found between the whole runs of the two: a crossing of theirs next to the pair
    speaks for it too."""
    run = snapshot.topology.run
    sides = [
        [Thing("pipes", int(row)) for row in np.flatnonzero(run == run[thing.row])]
        if thing.table == "pipes"
        else [thing]
        for thing in pair
    ]
    return _asked(state, rules, sides[0], sides[1], as_of, snapshot.topology)[1].conflicts


def _answer(
    ctx: CheckContext, line: CheckLedger, report: CheckReport, b: Thing, around: ConflictTable
) -> CheckAnswer:
    found = report.conflicts
    rows = np.flatnonzero(found.check == line.check)
    measured, required = _measured(ctx, line.check, b)
    if len(rows):
        at = int(rows[0])
        measured, required = float(found.actual_m[at]), float(found.required_m[at])
    outcome = _outcome(line, found, rows)
    if outcome == "violated" and not (around.check == line.check).any():
        outcome, rows = "crossing", rows[:0]
    return CheckAnswer(line.check, outcome, line, tuple(rows.tolist()), measured, required)


def _outcome(line: CheckLedger, found: ConflictTable, rows: I64) -> str:
    if line.outcome is not Outcome.RAN:
        return "not_run"
    if line.violated:
        return "violated" if found.violated[rows].any() else "possible"
    if line.cannot_judge:
        return "cannot_judge"
    if line.set_aside and not line.clear:
        return next(iter(line.set_aside))
    return "clear" if line.clear else NOT_NEAR


def _measured(ctx: CheckContext, check: str, b: Thing) -> tuple[float, float]:
    """The smallest number a check compares, and what it asks there, from what it looks at."""
    ctx, nothing = ctx.paired, (float("nan"), float("nan"))
    if b.table == "buildings":
        return _to_building(ctx, check)
    if b.table != "pipes" or not len(ctx.pairs):
        return nothing
    if check == "collision":
        gap = body_gap(ctx.snapshot.segments, ctx.pairs.i, ctx.pairs.j).gap
        return _least(gap), 0.0
    if check not in PAIR_CHECKS:
        return nothing
    asked = requirements_of(ctx, check, ctx.pairs).required_m
    if check == "horizontal_clearance":
        every = np.arange(len(ctx.pairs))
        return _least(plan_of(ctx, every)[0].gap), _least(-asked.every()) * -1
    rows = ctx.overlaps.rows
    i, j, angle = ctx.pairs.i[rows], ctx.pairs.j[rows], ctx.rules.settings.crossing_angle_deg
    clear = vertical_clearance(ctx.snapshot.segments, i, j, crossing_angle_deg=angle).clearance
    return _least(clear), _least(-asked[rows]) * -1


def _to_building(ctx: CheckContext, check: str) -> tuple[float, float]:
    from baiyun_gis.rules.resolver import resolve_buildings

    number = np.zeros(ctx.classes.count)
    foundation = False
    of_selected = ctx.classes.class_of[ctx.snapshot.selected]
    if check == "building_clearance":
        rules = resolve_buildings(ctx.rules, ctx.classes)
        number = rules.required_m
        foundation = bool((rules.measured_to[of_selected] == "foundation").all())
    elif check != "occupation":
        return float("nan"), float("nan")
    outlines, asked = ctx.foundations if foundation else ctx.footprints, _least(number[of_selected])
    gap = _gap_within(ctx, outlines, number)
    if gap > asked:  # a piece that is nearer may lie further from the building's box
        gap = _gap_within(ctx, outlines, np.where(np.isnan(number), np.nan, gap))
    return gap, asked


def _gap_within(ctx: CheckContext, outlines: Outlined, reach_m: F64) -> float:
    """The least gap of pieces within reach (m, by class) of the box of a building; NaN for none."""
    near = building_pairs(ctx, outlines, reach_m, measured_to_m=np.inf)
    return float("nan") if near is None else _least(near.gap)


def _least(values: F64) -> float:
    known = values[~np.isnan(values)]
    return float(known.min()) if len(known) else float("nan")
