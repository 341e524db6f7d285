"""Suspected illegal buildings and occupied lines (疑似违法建筑、占压), with what was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.buildings.against_permits import (
    Against,
    Answer,
    beyond_outline,
    no_permit,
    permit_expired,
    temporary_overdue,
    too_high,
    too_many_storeys,
)
from baiyun_gis.buildings.occupation import occupied_in
from baiyun_gis.buildings.permits import match_permits, usable_outline
from baiyun_gis.findings.conflicts import CheckLedger, Outcome, SuspicionTable
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import Bool
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext

NO_DAY_NEEDED: dict[str, Callable[[Against], Answer]] = {
    "no_permit": no_permit,
    "beyond_outline": beyond_outline,
    "too_high": too_high,
    "too_many_storeys": too_many_storeys,
    "permit_expired": permit_expired,
}
KINDS = (*NO_DAY_NEEDED, "temporary_overdue", "occupation")
LOOKING = msg("Comparing buildings with permits")


@dataclass(frozen=True, slots=True)
class BuildingReview:
    """Suspicions, the requirements they point to, and for each kind what was looked at.

    A kind that was not run says why; it says nothing about the buildings.
    """

    suspicions: SuspicionTable
    requirements: tuple[Requirement, ...]
    ledger: tuple[CheckLedger, ...]


def find_suspicions(
    state: ProjectState, rules: RuleSet, *, as_of: np.datetime64, job: Job | None = None
) -> tuple[SuspicionTable, tuple[Requirement, ...]]:
    """Suspicions on the day `as_of` with the requirements they point to; see `review_buildings`."""
    review = review_buildings(state, rules, as_of=as_of, job=job)
    return review.suspicions, review.requirements


def suspicions_of(ctx: CheckContext, *, job: Job | None = None) -> BuildingReview:
    """The review of what a run looks at."""
    job = job or silent()
    job.step(0.0, LOOKING)
    snapshot = ctx.snapshot
    occupied = occupied_in(ctx, job=job.part(0.0, 0.5))
    return review_with(
        snapshot.state, occupied, snapshot.buildings_alive, as_of=snapshot.as_of, job=job
    )


def review_with(
    state: ProjectState,
    occupied: tuple[SuspicionTable, tuple[Requirement, ...]],
    asked: Bool,
    *,
    as_of: np.datetime64,
    job: Job | None = None,
) -> BuildingReview:
    """The review of the `asked` buildings of a state; which lines they occupy is known already."""
    job = job or silent()
    job.step(0.5, LOOKING)
    answers, ledger = _against_permits(state, asked, as_of)
    on_lines, requirements = occupied
    found = SuspicionTable.concat([*(answer.found for answer in answers), on_lines])
    ledger.append(_occupation_ledger(state, asked, on_lines))
    return BuildingReview(_numbered(found), requirements, tuple(ledger))


def review_buildings(
    state: ProjectState, rules: RuleSet, *, as_of: np.datetime64, job: Job | None = None
) -> BuildingReview:
    """Every building of the day against its permit, and every line against the buildings.

    Rows point into the tables of `state`. With `as_of` NaT all buildings are looked at, and what
    needs a day is not run. Raises `Cancelled` when the job is stopped.
    """
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import snapshot_of

    return suspicions_of(CheckContext(snapshot_of(state, as_of), rules), job=job)


def _against_permits(
    state: ProjectState, asked: Bool, as_of: np.datetime64
) -> tuple[list[Answer], list[CheckLedger]]:
    reason = _nothing_to_compare(state, asked)
    if reason is not None:
        names = (*NO_DAY_NEEDED, "temporary_overdue")
        return [], [CheckLedger(name, Outcome.NOT_RUN, reason) for name in names]
    matches = match_permits(state.buildings, state.permits, asked=asked, as_of=as_of)
    case = Against(state, matches, asked, as_of)
    answers = [compare(case) for compare in NO_DAY_NEEDED.values()]
    ledger = [_counted(answer) for answer in answers]
    if np.isnat(as_of):
        no_day = msg("no day was given (--as-of), so what is overdue is not known")
        return answers, [*ledger, CheckLedger("temporary_overdue", Outcome.NOT_RUN, no_day)]
    overdue = temporary_overdue(case)
    return [*answers, overdue], [*ledger, _counted(overdue)]


def _nothing_to_compare(state: ProjectState, asked: Bool) -> Message | None:
    if not asked.any():
        return msg("the project holds no buildings on that day")
    if not len(state.permits):
        return msg("the project holds no permits, so nothing is known about any")
    return None


def _counted(answer: Answer) -> CheckLedger:
    violated = len(answer.found)
    return CheckLedger(
        answer.kind,
        Outcome.RAN,
        subjects=answer.subjects,
        pairs_examined=answer.subjects,
        violated=violated,
        cannot_judge=answer.cannot_judge,
        clear=answer.subjects - violated - answer.cannot_judge,
    )


def _occupation_ledger(state: ProjectState, asked: Bool, occupied: SuspicionTable) -> CheckLedger:
    if not len(state.pipes):
        return CheckLedger("occupation", Outcome.NOT_RUN, msg("the project holds no pipes"))
    if not asked.any():
        reason = msg("the project holds no buildings on that day")
        return CheckLedger("occupation", Outcome.NOT_RUN, reason)
    count = int(asked.sum())
    shapeless = int((asked & ~usable_outline(state.buildings.geometry)).sum())
    on_lines = len(np.unique(occupied.building_row))
    return CheckLedger(
        "occupation",
        Outcome.RAN,
        subjects=count,
        pairs_examined=count,
        violated=on_lines,
        cannot_judge=shapeless,
        clear=count - shapeless - on_lines,
    )


def _numbered(found: SuspicionTable) -> SuspicionTable:
    """Sorted by kind, certainty and building, with names that stay the same from run to run."""
    rank = {kind: place for place, kind in enumerate(KINDS)}
    kinds = np.array([rank[kind] for kind in found.kind], dtype=np.int64)
    order = np.lexsort((found.other_row, found.building_row, -found.verdict, kinds))
    found = found.take(order)
    names = [
        ":".join(part for part in (kind, str(building) or f"#{row + 1}", str(other)) if part)
        for kind, building, row, other in zip(
            found.kind, found.building_id, found.building_row, found.other_id, strict=True
        )
    ]
    return found.with_columns(id=np.array(names, dtype=object))
