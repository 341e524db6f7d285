"""Runs the checks on a snapshot and puts together the report with its ledger.

The engine names no check: it runs what `plugins.CHECKS` holds, in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from baiyun_gis.checks.check import Check, CheckContext, CheckResult
from baiyun_gis.checks.found_pairs import FoundPairs, table_of_pairs
from baiyun_gis.checks.labels import labelled
from baiyun_gis.checks.lanes import in_lanes
from baiyun_gis.checks.scoping import asked_of, suspicions_inside
from baiyun_gis.checks.snapshot import snapshot_of
from baiyun_gis.checks.timing import Clock, Timer
from baiyun_gis.errors import BaiyunError, Cancelled, UsageError
from baiyun_gis.findings.conflicts import (
    CheckLedger,
    CheckReport,
    ConflictTable,
    Ledger,
    Outcome,
    RuleSetStamp,
    SuspicionTable,
)
from baiyun_gis.findings.decide import with_decisions
from baiyun_gis.findings.scope import Scope
from baiyun_gis.jobs import Job, silent
from baiyun_gis.kernels.chunks import thread_count
from baiyun_gis.language import msg
from baiyun_gis.model.columns import I64
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import NotCovered, reasons_for_lines
from baiyun_gis.rules.ruleset import ORDER_CHECKS, PAIR_CHECKS, PRESENCE_CHECKS, RuleSet

if TYPE_CHECKING:
    from baiyun_gis.buildings.suspicions import BuildingReview

STOPPED = msg("Stopped by the user")
SUSPICIONS = "suspicions"
"""Names the search for suspected illegal buildings in timings and, where it fails, the ledger."""

KERNELS = "kernels"
"""Names the wait for what the checks need in timings."""

LABELS = "labels"
"""Names identities, groups and order in timings."""

_OF_PAIRS = ("collision", *PAIR_CHECKS, *ORDER_CHECKS, *PRESENCE_CHECKS, "duplicate_lines")
_WORTH_LANES = 50_000
"""From so many segments on checks run beside each other; before, starting threads costs more."""


def run_checks(
    state: ProjectState,
    rules: RuleSet,
    *,
    as_of: np.datetime64,
    only: Sequence[str] = (),
    where: str = "",
    scope: Scope | None = None,
    created: str = "",
    job: Job | None = None,
    clock: Clock | None = None,
    ready: Callable[[], object] | None = None,
) -> CheckReport:
    """Everything that is in conflict in `state` on the day `as_of` (NaT: whatever the day).

    `only` names the checks to run (all when empty); `scope` says which lines are asked about
    against which (all pairs when None), `where` narrows it. A check that fails or is cancelled
    says so in the ledger, which then does not close. `clock` gives the report its timings. The
    checks begin when `ready` has come back: what they need may still be fetched until then.
    Raises `UsageError` for an unknown check or a wrong `where`.
    """
    scope = narrowed(scope or Scope(), where)
    timer = Timer(clock)
    chosen = chosen_checks(only)
    snapshot = snapshot_of(state, as_of, asked_of(state, scope))
    timer.note("snapshot")
    if ready is not None:
        ready()
        timer.note(KERNELS)
    ctx = CheckContext(snapshot, rules, job=job)
    report = report_of(ctx, chosen, timer=timer)
    suspicions = suspicions_inside(report.suspicions, state, scope)
    return replace(report, suspicions=suspicions, scope=scope, created=created, state=state)


def narrowed(scope: Scope, where: str) -> Scope:
    """The scope with one more condition."""
    if not where:
        return scope
    return replace(scope, where=f"{scope.where} and {where}" if scope.where else where)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks of one run found: rows without id, group, decision or order."""

    ledger: Ledger
    conflicts: ConflictTable
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What each check of a run, or of a part of one, said; `ledger` counts it together."""

    ledger: Ledger
    results: tuple[CheckResult, ...]

    @property
    def requirements_before(self) -> list[int]:
        """How many requirements of other checks stand before those of each."""
        return list(accumulate((len(r.requirements) for r in self.results[:-1]), initial=0))

    def conflicts(self, requirements_before: Sequence[int]) -> ConflictTable:
        """The findings of all checks as one table, for requirements that stand in such a row."""
        return _joined(self.results, requirements_before)

    def findings(self) -> Findings:
        """The findings of all checks as one table, with the requirements of all."""
        requirements = tuple(r for result in self.results for r in result.requirements)
        return Findings(self.ledger, self.conflicts(self.requirements_before), requirements)


def findings_of(
    ctx: CheckContext, chosen: frozenset[str], *, timer: Timer | None = None
) -> Findings:
    """Runs the chosen checks on a context that is ready."""
    return answers_of(ctx, chosen, timer=timer).findings()


def answers_of(
    ctx: CheckContext,
    chosen: frozenset[str],
    *,
    timer: Timer | None = None,
    besides: Callable[[], None] | None = None,
    apart: Mapping[str, CheckContext] | None = None,
) -> Answers:
    """What the chosen checks say of a context that is ready, check by check.

    `besides` is other work on the context, done beside the last checks or after them. The checks
    named in `apart` are asked in a context of their own, of the same lines.
    """
    snapshot = ctx.snapshot
    results = _run_all(ctx, chosen, timer or Timer(None), besides, apart or {})
    ledger = Ledger(
        pipes_read=int(snapshot.answered_pipes.sum()),
        pipes_tested=int(snapshot.selected.sum()),
        untestable=snapshot.untestable,
        checks=tuple(result.ledger for result in results),
        without_rules=_without_rules(ctx) if not chosen.isdisjoint(PAIR_CHECKS) else {},
    )
    return Answers(ledger, tuple(results))


def report_of(
    ctx: CheckContext, chosen: frozenset[str], *, timer: Timer | None = None
) -> CheckReport:
    """The report of a context that is ready; its `state` is the snapshot's."""
    timer = timer or Timer(None)
    if not _is_worth_lanes(ctx):
        return reported(ctx, findings_of(ctx, chosen, timer=timer), timer=timer)
    looked: list[Suspected] = []
    unseen = ctx.job.unseen()
    answers = answers_of(
        ctx, chosen, timer=timer, besides=lambda: looked.append(_suspected(ctx, unseen))
    )
    return reported(ctx, answers.findings(), timer=timer, suspected=looked[0])


Suspected = tuple[SuspicionTable, tuple[Requirement, ...], tuple[CheckLedger, ...]]
"""Suspicions, the requirements they point to, a ledger line where the search came to nothing."""


def _suspected(ctx: CheckContext, job: Job) -> Suspected:
    return suspicions_of(ctx, job)


def reported(
    ctx: CheckContext,
    found: Findings,
    *,
    timer: Timer,
    suspected: Suspected | None = None,
) -> CheckReport:
    """The report of findings: suspicions looked for, conflicts named, grouped and decided on.

    `suspected` are the suspicions where they are looked for already.
    """
    snapshot, rules, state = ctx.snapshot, ctx.rules, ctx.snapshot.state
    conflicts = labelled(found.conflicts, found.requirements, state, snapshot.topology)
    timer.note(LABELS)
    looked = suspected or _suspected(ctx, ctx.job)
    timer.note(SUSPICIONS)
    return report_with(
        replace(found, conflicts=conflicts),
        looked,
        rules=rules,
        state=state,
        as_of=snapshot.as_of,
        timer=timer,
    )


def report_with(
    found: Findings,
    suspected: Suspected,
    *,
    rules: RuleSet,
    state: ProjectState,
    as_of: np.datetime64,
    timer: Timer,
) -> CheckReport:
    """The report of findings that have their names and groups; decisions are those of `state`."""
    suspicions, more, trouble = suspected
    return CheckReport(
        rules=RuleSetStamp(rules.id, rules.edition, rules.sha256),
        revision=state.revision,
        as_of=as_of,
        ledger=replace(found.ledger, checks=(*found.ledger.checks, *unread_rows(rules), *trouble)),
        conflicts=with_decisions(found.conflicts, state.decisions, as_of=as_of),
        requirements=found.requirements + more,
        suspicions=pointing_after(suspicions, len(found.requirements)),
        timings_s=timer.seconds,
        state=state,
    )


def unread_rows(rules: RuleSet) -> list[CheckLedger]:
    """A line for rows of the rule set that no installed check reads: they are not met, only
    not checked."""
    reason = msg("not checked: no check of this name is installed to read its rows")
    names = CHECKS.names()
    return [
        CheckLedger(name, Outcome.NOT_RUN, reason) for name in rules.checks if name not in names
    ]


def _without_rules(ctx: CheckContext) -> dict[str, int]:
    """Selected pipes no row of the set says how near other lines may come, by reason."""
    return ctx.of_asked("without rules", "", lambda: _lines_without_rules(ctx))


def _lines_without_rules(ctx: CheckContext) -> dict[str, int]:
    classes = ctx.of_classes("without rules", "", lambda: _classes_without_rules(ctx))
    counts = {why: int(ctx.selected_of_class[some].sum()) for why, some in classes.items()}
    return {why: count for why, count in counts.items() if count}


def _classes_without_rules(ctx: CheckContext) -> dict[str, I64]:
    """Classes of lines that no row says how near others may come to, by reason."""
    reason = reasons_for_lines(ctx.classes.classes)
    speaks = [ctx.asked_of(check).strictest_m > 0 for check in PAIR_CHECKS]
    unruled = ~np.any(speaks, axis=0) & (reason == NotCovered.COVERED)
    reason = np.where(unruled, NotCovered.NO_ROW, reason)
    told = (NotCovered.UNKNOWN_KIND, NotCovered.PRESSURE_OUTSIDE, NotCovered.NO_ROW)
    classes = {why.key: np.flatnonzero(reason == why) for why in told}
    return {why: some for why, some in classes.items() if len(some)}


def chosen_checks(only: Sequence[str]) -> frozenset[str]:
    """The checks to run, all of them when none is named; raises `UsageError`."""
    names = CHECKS.names()
    for name in only:
        if name not in names:
            raise UsageError(
                "there is no check '{name}'; there are: {names}",
                name=name,
                names=", ".join(names),
            )
    return frozenset(only or names)


def _run_all(
    ctx: CheckContext,
    chosen: frozenset[str],
    timer: Timer,
    besides: Callable[[], None] | None,
    apart: Mapping[str, CheckContext],
) -> list[CheckResult]:
    """The results of all checks in order; those not asked for are marked as disabled."""
    every = list(CHECKS)
    asked = [
        (name, (apart.get(name, ctx), name, check, number / len(every)))
        for number, (name, check) in enumerate(every)
        if name in chosen
    ]
    if _is_worth_lanes(ctx):
        found = in_lanes(
            {name: partial(_timed, *of, timer.apart()) for name, of in asked},
            sharing=_OF_PAIRS,
            shared_no_more=partial(ctx.give_up, "overlaps", "beyond", "pairs"),
            besides=besides,
        )
        timer.skip()
    else:
        found = {name: _timed(*of, timer) for name, of in asked}
        if besides:
            besides()
    return [found.get(name) or _disabled(name) for name, _ in every]


@cache
def _disabled(name: str) -> CheckResult:
    return CheckResult(CheckLedger(name, Outcome.DISABLED, msg("not asked for in this run")))


def _is_worth_lanes(ctx: CheckContext) -> bool:
    return thread_count() > 1 and len(ctx.snapshot.segments.x0) >= _WORTH_LANES


def _timed(ctx: CheckContext, name: str, check: Check, share: float, timer: Timer) -> CheckResult:
    timer.skip()
    result = _run_one(ctx, name, check, share)
    timer.note(name)
    return result


def _run_one(ctx: CheckContext, name: str, check: Check, share: float) -> CheckResult:
    try:
        ctx.job.step(share, msg("Checking: {check}", check=check.title))
        return check.run(ctx)
    except Cancelled:
        return CheckResult(CheckLedger(name, Outcome.CANCELLED, STOPPED))
    except BaiyunError as error:
        return CheckResult(CheckLedger(name, Outcome.FAILED, error.message))


def suspicions_of(ctx: CheckContext, job: Job | None) -> Suspected:
    """Suspected illegal buildings; a ledger line only where the search did not come through."""
    from baiyun_gis.buildings.suspicions import suspicions_of as find_in

    return suspicions_by(lambda part: find_in(ctx, job=part), job)


def suspicions_by(find: Callable[[Job], BuildingReview], job: Job | None) -> Suspected:
    """What a search for suspected illegal buildings gives, or the ledger line that it failed."""
    job = job or silent()
    try:
        job.step(0.95, msg("Looking for suspected illegal buildings"))
        review = find(job.part(0.95, 1.0))
    except Cancelled:
        return SuspicionTable.empty(), (), (CheckLedger(SUSPICIONS, Outcome.CANCELLED, STOPPED),)
    except BaiyunError as error:
        trouble = CheckLedger(SUSPICIONS, Outcome.FAILED, error.message)
        return SuspicionTable.empty(), (), (trouble,)
    return review.suspicions, review.requirements, ()


def _joined(results: Sequence[CheckResult], requirements_before: Sequence[int]) -> ConflictTable:
    """All findings as one table, in order of the checks."""
    some = [
        (result.findings, before)
        for result, before in zip(results, requirements_before, strict=True)
        if len(result.findings)
    ]
    tables: list[ConflictTable] = []
    for _, parts in groupby(some, key=_pairs_of):
        between_lines: list[tuple[FoundPairs, int]] = []
        for found, before in parts:
            if isinstance(found, FoundPairs):
                between_lines.append((found, before))
            else:
                tables.append(pointing_after(found, before))
        if between_lines:
            tables.append(table_of_pairs(between_lines))
    return ConflictTable.concat(tables)


def _pairs_of(some: tuple[ConflictTable | FoundPairs, int]) -> int | None:
    """What pairs of lines were found of: checks that follow each other make one table of those."""
    found, _ = some
    return id(found.snapshot.state) if isinstance(found, FoundPairs) else None


Pointing = TypeVar("Pointing", ConflictTable, SuspicionTable)


def pointing_after(rows: Pointing, shift: int) -> Pointing:
    """Conflicts or suspicions for requirements that stand behind so many others."""
    index = rows.requirement
    if not (shift and (index >= 0).any()):
        return rows
    return rows.with_columns(requirement=np.where(index >= 0, index + shift, -1))
