"""From lines near buildings to findings and a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.building_pairs import (
    BuildingPairs,
    Outlined,
    building_pairs,
    side_columns,
)
from baiyun_gis.checks.building_stretches import told_of
from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.deep_lines import deeper_of, index_where
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.verdicts import (
    POSSIBLE_SIGMAS,
    TOLERANCE_M,
    probability,
)
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome
from baiyun_gis.kernels.beside_runs import Told
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import DeepFoundation

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


@dataclass(frozen=True, slots=True)
class BuildingQuestion:
    """What is asked of each class of pipes (`required_m` NaN: nothing) and of which outlines.

    `deep` asks more of lines deeper than the foundation, cited as requirement `deep_requirement`.
    """

    required_m: F64
    requirement: I32
    outlines: Outlined
    deep: DeepFoundation | None = None
    deep_requirement: int = -1


@dataclass(frozen=True, slots=True)
class _Answer:
    """Findings of one question with what its pieces came to."""

    findings: ConflictTable
    subject: I64
    reason: I8
    is_found: Bool
    cannot_judge: Bool


def building_result(
    ctx: CheckContext,
    check: str,
    questions: Sequence[BuildingQuestion],
    requirements: tuple[Requirement, ...],
    *,
    inside: str = "",
) -> CheckResult:
    """Findings and ledger of a check of lines against buildings.

    `inside` names the reason for setting aside lines that lie under the building; when empty
    these are what is looked for.
    """
    told = (_answer(ctx, check, question, requirements, inside) for question in questions)
    answers = [answer for answer in told if answer is not None]
    asks = ctx.of_things("asks", check, lambda: _asks_any(questions))
    has_buildings = len(ctx.snapshot.state.buildings) > 0
    subjects = _asked_of(ctx, asks) if has_buildings else 0
    unmet = unmet_rules(ctx.rules, check, requirements)
    if not answers:
        ledger = CheckLedger(check, Outcome.RAN, subjects=subjects, rules_without_subjects=unmet)
        return CheckResult(ledger, requirements=requirements)
    tally = Tally(
        np.concatenate([a.subject for a in answers]),
        np.concatenate([a.reason for a in answers]),
        np.concatenate([a.is_found for a in answers]),
        np.concatenate([a.cannot_judge for a in answers]),
        ("", "serves_building", inside),
    )
    ledger = tally.counted(check, subjects=subjects, rules_without_subjects=unmet)
    findings = ConflictTable.concat([a.findings for a in answers])
    return CheckResult(ledger, findings, requirements)


def _asks_any(questions: Sequence[BuildingQuestion]) -> Bool:
    """Classes of which any of the questions asks something."""
    return np.any([~np.isnan(question.required_m) for question in questions], axis=0)


def _asked_of(ctx: CheckContext, asks: Bool) -> int:
    """How many selected pipes are of a class that is asked."""
    selected = ctx.snapshot.selected
    if asks.all():
        return int(np.count_nonzero(selected))
    return int(np.count_nonzero(asks[ctx.classes.class_of] & selected))


def _answer(
    ctx: CheckContext,
    check: str,
    question: BuildingQuestion,
    requirements: Sequence[Requirement],
    inside: str,
) -> _Answer | None:
    """What one question comes to; None where nothing is near enough to ask."""
    near = ctx.near_buildings
    if not len(near.asked[0]) and near.answer(question.required_m):
        return None
    if np.isnan(question.required_m).all():
        return None
    pairs, required, index = _asked(ctx, question)
    if not len(pairs):
        return None
    chance = probability(pairs.clearance.gap, required, pairs.sigma_m)
    told = told_of(ctx, pairs, required, chance, sets_inside=bool(inside))
    subject = pairs.subject(ctx.snapshot)
    if not len(told.rows):
        empty = ConflictTable.empty()
        return _Answer(empty, subject, told.reason, told.is_found, told.is_unsure)
    findings = _findings(ctx, check, question, pairs, told, chance, requirements, (required, index))
    return _Answer(findings, subject, told.reason, told.is_found, told.is_unsure)


def _asked(ctx: CheckContext, question: BuildingQuestion) -> tuple[BuildingPairs, F64, I32]:
    """Pairs near enough with what is asked of each and by which requirement."""
    by_class, deep, snapshot = question.required_m, question.deep, ctx.snapshot
    pairs = building_pairs(ctx, question.outlines, by_class, deep=deep)
    class_of = ctx.classes.class_of[snapshot.segments.pipe[pairs.i]]
    required, index = by_class[class_of], question.requirement[class_of]
    if deep is None or not len(pairs):
        return pairs, required, index
    deeper = deeper_of(ctx, deep, pairs)
    required, index = index_where(deeper.required_m, required, index, question.deep_requirement)
    of_depth = index == question.deep_requirement
    sigma = np.where(of_depth, np.hypot(pairs.sigma_m, deeper.sigma_m), pairs.sigma_m)
    reach_m = required + POSSIBLE_SIGMAS * sigma
    return replace(pairs, sigma_m=sigma, reach_m=reach_m), required, index


def _findings(
    ctx: CheckContext,
    check: str,
    question: BuildingQuestion,
    pairs: BuildingPairs,
    told: Told,
    chance: F64,
    requirements: Sequence[Requirement],
    asked: tuple[F64, I32],
) -> ConflictTable:
    snapshot, rows = ctx.snapshot, told.rows
    pipe = snapshot.segments.pipe[pairs.i[rows]]
    gap = pairs.clearance.gap[rows]
    is_gas = snapshot.state.pipes.utility[pipe] == Utility.GAS
    known = snapshot.columns.width_known[pairs.i[rows]]
    replaced = question.outlines.is_replaced[pairs.building[rows]]
    extra = [(~known, "size_unknown"), (replaced, "foundation_is_footprint")]
    if question.deep is not None:
        is_deep = asked[1][rows] == question.deep_requirement
        depth = snapshot.state.buildings.foundation_depth_m[pairs.building[rows]]
        extra += [
            (is_deep, "friction_assumed"),
            (is_deep, "trench_assumed"),
            (np.isnan(depth), "foundation_depth_unknown"),
        ]
    return ConflictTable.build(
        len(rows),
        check=check,
        **judged(
            actual_m=gap,
            required_m=asked[0][rows],
            sigma_m=pairs.sigma_m[rows],
            probability=np.where(told.is_unsure[rows], np.nan, chance[rows]),
            requirement=asked[1][rows],
            requirements=requirements,
            grave=is_gas & (gap < -TOLERANCE_M),
        ),
        **side_columns(ctx, pairs, rows, (told.low, told.high), tuple(extra)),
    )
