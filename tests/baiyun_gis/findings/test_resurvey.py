"""Decisions through a second survey: carried, opened again when worse, or gone with a reason."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.decide import apply_decisions, decide
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.feature_match import matched_pipes, same_features
from baiyun_gis.findings.resurvey import Carried, Ending, carried
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Material, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.carried_score import accepted_all, score_of
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.resurvey import Fate, resurveyed
from baiyun_gis.synthetic.shifts import crowded

DAY = np.datetime64("2025-01-01")


def surveyed(*, prefix: str, dx: float = 0.0, gas_y: float = 0.6, d: float = 0.3) -> ProjectState:
    """A water and a gas line side by side, with one more gas line far away."""
    water = [(dx, 0.0, -1.0), (dx + 50, 0.0, -1.0)]
    return network(
        pipe(f"{prefix}far", Utility.GAS, [(0, 400, -1), (50, 400, -1)], **EXACT),
        pipe(f"{prefix}w", Utility.WATER, water, d=d, **EXACT),
        pipe(f"{prefix}g", Utility.GAS, [(50, gas_y, -1), (0, gas_y, -1)], **EXACT),
    )


def carried_over(new: ProjectState) -> tuple[Carried, DecisionState | None]:
    old = surveyed(prefix="o")
    before = checked(old, "horizontal_clearance")
    old = decide(
        old, before, 0, state_code=DecisionState.ACCEPTED, reason="sleeve", author="Li", made_at="x"
    )
    after = checked(new, "horizontal_clearance")
    moved = carried(old, before, new, after)
    shown = apply_decisions(after, moved.decisions).conflicts.decision
    return moved, DecisionState(int(shown[0])) if len(shown) else None


def test_a_decision_is_carried_though_every_id_and_drawing_direction_changed():
    moved, state = carried_over(surveyed(prefix="n", dx=0.05))
    assert state is DecisionState.ACCEPTED
    assert list(moved.decisions.reason) == ["sleeve"]
    assert {moved.decisions.a_id[0], moved.decisions.b_id[0]} == {"nw", "ng"}


def test_a_worse_conflict_is_carried_and_open_again():
    moved, state = carried_over(surveyed(prefix="n", gas_y=0.5))
    assert state is DecisionState.REOPENED
    assert list(moved.worse) == [True]


@pytest.mark.parametrize(("gas_y", "is_within"), [(0.55, True), (0.2, False)])
def test_worse_within_the_errors_of_both_surveys_opens_again_and_is_told_apart(gas_y, is_within):
    def unsure(prefix: str, y: float) -> ProjectState:
        lines = surveyed(prefix=prefix, gas_y=y).pipes
        return network(lines.with_columns(sigma_xy_m=np.full(len(lines), 0.05)))

    old = unsure("o", 0.6)
    before = checked(old, "horizontal_clearance")
    old = old.with_(decisions=accepted_all(before))
    after = checked(new := unsure("n", gas_y), "horizontal_clearance")
    moved = carried(old, before, new, after)
    assert list(moved.worse) == [True]
    assert list(moved.within_errors) == [is_within]
    assert int(apply_decisions(after, moved.decisions).conflicts.decision[0]) == (
        DecisionState.REOPENED
    )


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (network(surveyed(prefix="n").pipes.take(np.array([0, 1]))), Ending.DELETED),
        (surveyed(prefix="n", gas_y=2.4), Ending.MOVED),
        (surveyed(prefix="n", gas_y=1.85, d=0.1), Ending.RESIZED),
    ],
    ids=["deleted", "moved", "resized"],
)
def test_a_decision_that_goes_nowhere_has_a_reason(new: ProjectState, why: Ending):
    moved, _ = carried_over(new)
    assert list(moved.new_row) == [-1]
    assert list(moved.ending) == [why]
    assert len(moved.decisions) == 0


def test_decisions_made_in_the_new_project_win_over_carried_ones():
    new = surveyed(prefix="n")
    report = checked(new, "horizontal_clearance")
    new = decide(
        new, report, 0, state_code=DecisionState.ASSIGNED, reason="", author="Wu", made_at="y"
    )
    moved, state = carried_over(new)
    assert state is DecisionState.ASSIGNED
    assert list(moved.decisions.author) == ["Wu"]


def row(*pipes: PipeTable) -> PipeTable:
    return PipeTable.concat(pipes)


def test_of_two_pipes_in_one_place_level_and_material_tell_which_is_which():
    def two(names: str, noise: float, *, turned: bool) -> PipeTable:
        iron = pipe(names[0], Utility.WATER, [(0, noise, -1), (40, noise, -1)], material=1)
        pe = pipe(names[1], Utility.WATER, [(0, 0.1, -1), (40, 0.1, -1)], material=Material.PE)
        return row(pe, iron) if turned else row(iron, pe)

    match = matched_pipes(two("ab", 0.0, turned=False), two("xy", 0.04, turned=True))
    assert dict(zip(match.old, match.new, strict=True)) == {0: 1, 1: 0}


def test_a_pipe_cut_in_two_is_both_of_its_parts():
    old = row(pipe("a", Utility.GAS, [(0, 0, -1), (40, 0, -1)]))
    new = row(
        pipe("x", Utility.GAS, [(0, 0.03, -1), (19, 0.03, -1)]),
        pipe("y", Utility.GAS, [(19, 0.03, -1), (40, 0.03, -1)]),
    )
    assert sorted(matched_pipes(old, new).new) == [0, 1]
    assert sorted(matched_pipes(new, old).old) == [0, 1]


def test_pipes_of_other_kinds_or_too_far_away_are_other_pipes():
    old = row(pipe("a", Utility.GAS, [(0, 0, -1), (40, 0, -1)]))
    other = row(pipe("x", Utility.WATER, [(0, 0, -1), (40, 0, -1)]))
    far = row(pipe("x", Utility.GAS, [(0, 4, -1), (40, 4, -1)]))
    assert len(matched_pipes(old, other).old) == 0
    assert len(matched_pipes(old, far).old) == 0
    assert len(matched_pipes(old, PipeTable.empty()).old) == 0


def test_features_that_kept_their_ids_are_matched_by_them():
    one, two = surveyed(prefix="o"), surveyed(prefix="o", gas_y=30.0)
    pipes = same_features(one, two)["pipes"]
    assert list(pipes.new) == [0, 1, 2]
    assert pipes.away_m[2] == pytest.approx(29.4)


@pytest.mark.parametrize("seed", [3, 8])
def test_a_second_survey_of_a_district_keeps_its_decisions(seed: int):
    rules = load_rule_set("gb50289-2016")
    old = crowded(make_district(3_000, seed).state, seed)
    before = run_checks(old, rules, as_of=DAY)
    old = old.with_(decisions=accepted_all(before))
    truth = resurveyed(old, seed)
    assert set(truth.fate) == {int(fate) for fate in Fate}
    assert not set(truth.state.pipes.id) & set(old.pipes.id)
    after = run_checks(truth.state, rules, as_of=DAY)
    moved = carried(old, before, truth.state, after)
    score = score_of(truth, before, after, moved)
    assert score.standing > 200
    assert score.right >= 0.98 * score.standing
    assert score.wrong <= 0.002 * score.decisions
    assert score.worse > 20
    assert score.reopened == score.worse
    assert (moved.ending[moved.new_row < 0] != Ending.NONE).all()
    assert moved.speechless == 0
