"""Decisions on conflicts: made by a named person, kept with the project, applied to every run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.decisions import DecisionState, DecisionTable
from baiyun_gis.findings.standing_decisions import decision_rows
from baiyun_gis.model.columns import NO_DAY, Bool, text_array
from baiyun_gis.project import ProjectState

WORSE_M = 0.010
"""A conflict that has become worse than what was accepted by more than this is open again."""


def decide(
    state: ProjectState,
    report: CheckReport,
    row: int,
    *,
    state_code: DecisionState,
    reason: str,
    author: str,
    made_at: str,
    until: np.datetime64 = NO_DAY,
) -> ProjectState:
    """The project with a decision on conflict `row` of `report`; an older one is replaced.

    Raises `UsageError` when an exclusion or acceptance comes without a reason.
    """
    if state_code in {DecisionState.ACCEPTED, DecisionState.EXCLUDED} and not reason.strip():
        raise UsageError("Say why: a conflict is only accepted or excluded with a reason.")
    conflicts = report.conflicts
    made = DecisionTable.build(
        1,
        conflict=text_array([conflicts.id[row]]),
        state=state_code,
        reason=text_array([reason]),
        author=text_array([author]),
        made_at=text_array([made_at]),
        until=until,
        accepted_shortfall_m=float(conflicts.shortfall_m[row]),
        check=text_array([conflicts.check[row]]),
        a_id=text_array([conflicts.a_id[row]]),
        b_id=text_array([conflicts.b_id[row]]),
        x=float(conflicts.at[row, 0]),
        y=float(conflicts.at[row, 1]),
    )
    keep = (state.decisions.conflict != conflicts.id[row]).astype(np.bool_)
    spoke = decision_rows(conflicts, state.decisions)[row]
    if spoke >= 0:
        keep &= state.decisions.conflict != state.decisions.conflict[spoke]
    others = state.decisions.take(keep)
    parts = [made] if state_code is not DecisionState.OPEN else []
    return state.with_(decisions=DecisionTable.concat([others, *parts]))


def apply_decisions(report: CheckReport, decisions: DecisionTable) -> CheckReport:
    """The report with the decisions' state on every conflict they are about."""
    return replace(
        report, conflicts=with_decisions(report.conflicts, decisions, as_of=report.as_of)
    )


def with_decisions(
    conflicts: ConflictTable, decisions: DecisionTable, *, as_of: np.datetime64
) -> ConflictTable:
    """The conflicts with their decisions; the last decision on a conflict counts.

    A decision whose time is over (`until` before `as_of`) leaves the conflict open; one whose
    conflict has become worse by more than 10 mm marks it as reopened.
    """
    count = len(conflicts)
    index = decision_rows(conflicts, decisions)
    has = index >= 0
    at = np.where(has, index, 0) if len(decisions) else np.zeros(0, dtype=np.int64)
    if not has.any():
        return conflicts.with_columns(
            decision=np.zeros(count, dtype=np.int8),
            decision_reason=np.full(count, "", dtype=object),
            decision_author=np.full(count, "", dtype=object),
            decision_until=np.full(count, NO_DAY),
        )
    state = np.where(has, decisions.state[at], DecisionState.OPEN)
    state = np.where(has & _is_over(decisions, as_of)[at], DecisionState.OPEN, state)
    settled = np.isin(
        state, [DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED]
    )
    worse = _is_worse(conflicts, decisions, at)
    state = np.where(settled & worse, DecisionState.REOPENED, state)
    return conflicts.with_columns(
        decision=state.astype(np.int8),
        decision_reason=np.where(has, decisions.reason[at], ""),
        decision_author=np.where(has, decisions.author[at], ""),
        decision_until=np.where(has, decisions.until[at], NO_DAY),
    )


def _is_over(decisions: DecisionTable, as_of: np.datetime64) -> Bool:
    return ~np.isnat(decisions.until) & ~np.isnat(as_of) & (decisions.until < as_of)


def _is_worse(conflicts: ConflictTable, decisions: DecisionTable, at: np.ndarray) -> Bool:
    """Shortfall grown beyond the accepted one; one that could not be judged then is worse now."""
    accepted = decisions.accepted_shortfall_m[at]
    with np.errstate(invalid="ignore"):
        grown = conflicts.shortfall_m > accepted + WORSE_M
    newly_judged = np.isnan(accepted) & ~np.isnan(conflicts.shortfall_m)
    return grown | newly_judged
