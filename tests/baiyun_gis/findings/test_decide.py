"""Decisions stay with their conflict, and open again when it gets worse."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.errors import UsageError
from baiyun_gis.findings.decide import apply_decisions, decide
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

DAY = np.datetime64
NO_DAY = np.datetime64("NaT", "D")


def side_by_side(gap_m: float, shift_m: float = 0.0) -> ProjectState:
    return network(
        pipe("w", Utility.WATER, [(shift_m, 0, -1), (shift_m + 100, 0, -1)], **EXACT),
        pipe(
            "g",
            Utility.GAS,
            [(shift_m, 0.3 + gap_m, -1), (shift_m + 100, 0.3 + gap_m, -1)],
            **EXACT,
        ),
    )


def decided(state: ProjectState, code=DecisionState.ACCEPTED, until=NO_DAY):
    report = checked(state, "horizontal_clearance")
    return decide(
        state,
        report,
        0,
        state_code=code,
        reason="sleeve agreed",
        author="Li",
        made_at="2026-01-01T00:00:00",
        until=until,
    )


def decision_after(state: ProjectState, decisions, **options) -> DecisionState:
    conflicts = checked(
        state.with_(decisions=decisions), "horizontal_clearance", **options
    ).conflicts
    assert len(conflicts) == 1
    return DecisionState(int(conflicts.decision[0]))


def test_an_accepted_conflict_stays_accepted_when_everything_moves():
    kept = decided(side_by_side(0.4)).decisions
    assert decision_after(side_by_side(0.4, shift_m=500), kept) is DecisionState.ACCEPTED


@pytest.mark.parametrize(
    ("worse_m", "expected"),
    [
        (0.009, DecisionState.ACCEPTED),
        (0.011, DecisionState.REOPENED),
        (-0.1, DecisionState.ACCEPTED),
    ],
)
def test_worse_by_more_than_ten_millimetres_is_open_again(worse_m, expected):
    kept = decided(side_by_side(0.4)).decisions
    assert decision_after(side_by_side(0.4 - worse_m), kept) is expected


def test_an_exclusion_ends_with_its_day():
    state = side_by_side(0.4)
    kept = decided(state, DecisionState.EXCLUDED, until=DAY("2026-06-30")).decisions
    assert decision_after(state, kept, as_of=DAY("2026-06-30")) is DecisionState.EXCLUDED
    assert decision_after(state, kept, as_of=DAY("2026-07-01")) is DecisionState.OPEN


def test_a_second_decision_replaces_the_first_and_open_takes_it_back():
    state = decided(decided(side_by_side(0.4)), DecisionState.ASSIGNED)
    assert list(state.decisions.state) == [DecisionState.ASSIGNED]
    assert len(decided(state, DecisionState.OPEN).decisions) == 0


def test_accepting_needs_a_reason():
    state = side_by_side(0.4)
    with pytest.raises(UsageError, match="why"):
        decide(
            state,
            checked(state, "horizontal_clearance"),
            0,
            state_code=DecisionState.ACCEPTED,
            reason=" ",
            author="Li",
            made_at="",
        )


def test_a_shown_report_takes_on_new_decisions():
    state = side_by_side(0.4)
    report = checked(state, "horizontal_clearance")
    after = apply_decisions(report, decided(state).decisions)
    assert after.conflicts.decision_reason[0] == "sleeve agreed"
    back = apply_decisions(after, state.decisions)
    assert back.conflicts.decision[0] == DecisionState.OPEN
