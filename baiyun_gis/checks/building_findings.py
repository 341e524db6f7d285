"""From lines near buildings to findings and a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.building_pairs import Outlined, building_pairs, subjects_of
from baiyun_gis.checks.building_stretches import told_of
from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.remarks import pipe_side, remarks
from baiyun_gis.checks.verdicts import (
    TOLERANCE_M,
)
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome
from baiyun_gis.kernels.beside import DEEP, Beside
from baiyun_gis.kernels.beside_runs import Told
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import DeepFoundation

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.near_buildings import NearBuildings


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
    subjects = ctx.of_asked("subjects", check, lambda: _asked_of(ctx, questions))
    answers = list[_Answer]()
    if subjects or ctx.snapshot.sides is not None:
        answers = _answers(ctx, check, questions, requirements, inside)
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


def _answers(
    ctx: CheckContext,
    check: str,
    questions: Sequence[BuildingQuestion],
    requirements: Sequence[Requirement],
    inside: str,
) -> list[_Answer]:
    """What the questions come to of which anything is near enough."""
    near = ctx.near_buildings
    if not len(near.asked[0]) and ctx.of_things(
        "near", check, lambda: _answered_by(near, questions)
    ):
        return []
    told = (_answer(ctx, check, question, requirements, inside) for question in questions)
    return [answer for answer in told if answer is not None]


def _answered_by(near: NearBuildings, questions: Sequence[BuildingQuestion]) -> bool:
    """Whether nothing that any of the questions asks for lies further off than was searched."""
    return all(near.answer(question.required_m) for question in questions)


def _asks_any(questions: Sequence[BuildingQuestion]) -> Bool:
    """Classes of which any of the questions asks something."""
    return np.any([~np.isnan(question.required_m) for question in questions], axis=0)


def _asked_of(ctx: CheckContext, questions: Sequence[BuildingQuestion]) -> int:
    """How many selected pipes are of a class that is asked, where there are buildings."""
    if not len(ctx.snapshot.state.buildings):
        return 0
    asks = _asks_any(questions)
    return int(np.count_nonzero(asks[ctx.classes.class_of] & ctx.snapshot.selected))


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
    told = told_of(ctx, pairs, question.outlines.rings, sets_inside=bool(inside))
    findings = ConflictTable.empty()
    if len(told.rows):
        findings = _findings(ctx, check, question, pairs, told, requirements)
    subject = subjects_of(ctx.snapshot, pairs)
    return _Answer(findings, subject, told.reason, told.is_found, told.is_unsure)


def _findings(
    ctx: CheckContext,
    check: str,
    question: BuildingQuestion,
    pairs: Beside,
    told: Told,
    requirements: Sequence[Requirement],
) -> ConflictTable:
    snapshot, rows = ctx.snapshot, told.rows
    i, building = pairs.i[rows], pairs.building[rows]
    pipe, buildings = snapshot.segments.pipe[i], snapshot.state.buildings
    extra = [
        (~snapshot.columns.width_known[i], "size_unknown"),
        (question.outlines.is_replaced[building], "foundation_is_footprint"),
    ]
    requirement = question.requirement[ctx.classes.class_of[pipe]]
    if question.deep is not None:
        is_deep = pairs.numbers[rows, DEEP] > 0.0
        requirement = np.where(is_deep, np.int32(question.deep_requirement), requirement)
        extra += [
            (is_deep, "friction_assumed"),
            (is_deep, "trench_assumed"),
            (np.isnan(buildings.foundation_depth_m[building]), "foundation_depth_unknown"),
        ]
    start, stop, gap, required, sigma, chance = told.numbers
    near_a, near_b, middle = told.points
    is_gas = snapshot.state.pipes.utility[pipe] == Utility.GAS
    return ConflictTable.build(
        len(rows),
        check=check,
        **judged(
            actual_m=gap,
            required_m=required,
            sigma_m=sigma,
            probability=chance,
            requirement=requirement,
            requirements=requirements,
            grave=is_gas & (gap < -TOLERANCE_M),
        ),
        **pipe_side(snapshot, "a", pipe),
        b_table="buildings",
        b_row=building,
        b_id=buildings.id[building],
        b_kind="building",
        near_a=near_a,
        near_b=near_b,
        at=middle,
        stretch_from_m=start,
        stretch_to_m=stop,
        remark=remarks(len(rows), *extra),
    )
