"""From lines near buildings to findings and a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.verdicts import (
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
    pairs = building_pairs(ctx, question.outlines, question.required_m, deep=question.deep)
    if pairs is None:
        return None
    chance = probability(pairs.clearance.gap, pairs.required_m, pairs.sigma_m)
    told = told_of(ctx, pairs, chance, sets_inside=bool(inside))
    findings = ConflictTable.empty()
    if len(told.rows):
        findings = _findings(ctx, check, question, pairs, told, chance, requirements)
    subject = pairs.subject(ctx.snapshot)
    return _Answer(findings, subject, told.reason, told.is_found, told.is_unsure)


def _findings(
    ctx: CheckContext,
    check: str,
    question: BuildingQuestion,
    pairs: BuildingPairs,
    told: Told,
    chance: F64,
    requirements: Sequence[Requirement],
) -> ConflictTable:
    snapshot, rows = ctx.snapshot, told.rows
    pipe = snapshot.segments.pipe[pairs.i[rows]]
    gap = pairs.clearance.gap[rows]
    is_gas = snapshot.state.pipes.utility[pipe] == Utility.GAS
    known = snapshot.columns.width_known[pairs.i[rows]]
    replaced = question.outlines.is_replaced[pairs.building[rows]]
    extra = [(~known, "size_unknown"), (replaced, "foundation_is_footprint")]
    requirement, is_deep = question.requirement[ctx.classes.class_of[pipe]], pairs.is_deep[rows]
    if question.deep is not None:
        requirement = np.where(is_deep, np.int32(question.deep_requirement), requirement)
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
            required_m=pairs.required_m[rows],
            sigma_m=pairs.sigma_m[rows],
            probability=np.where(told.is_unsure[rows], np.nan, chance[rows]),
            requirement=requirement,
            requirements=requirements,
            grave=is_gas & (gap < -TOLERANCE_M),
        ),
        **side_columns(ctx, pairs, rows, (told.low, told.high), tuple(extra)),
    )
