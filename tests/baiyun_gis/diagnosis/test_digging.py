"""Test holes: what they settle in theory, in a simulation, and after a new run of the checks."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from scipy.stats import norm

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.diagnosis.digging import REACH_M, HolePlan, exposed_by, places_for, plan_holes
from baiyun_gis.diagnosis.hole_records import as_text, expected_depth_m, records_of
from baiyun_gis.diagnosis.risk import Risk, Sides, risk_of
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.model.vocabulary import Burial, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.exposing import surveyed, with_holes

HOLES = 10


def checked(state: ProjectState) -> CheckReport:
    return run_checks(state, load_rule_set("gb50289-2016"), as_of=NO_DAY)


@pytest.fixture(scope="module")
def truth() -> ProjectState:
    return make_district(1_000, 4).state


@pytest.fixture(scope="module")
def state(truth: ProjectState) -> ProjectState:
    return surveyed(truth, seed=4)


@pytest.fixture(scope="module")
def report(state: ProjectState) -> CheckReport:
    return checked(state)


@pytest.fixture(scope="module")
def plan(state: ProjectState, report: CheckReport) -> HolePlan:
    return plan_holes(state, report, count=HOLES)


@pytest.mark.parametrize("u", [-1.5, 0.0, 0.7])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 1.0])
def test_expected_remaining_risk_is_that_of_a_simulation(u: float, part: float) -> None:
    none = np.zeros(0, np.int64)
    sides = Sides(none, none, np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.bool_))
    risk = Risk(np.array([0]), np.zeros((1, 2)), np.array([u]), np.ones(1), sides)
    shift = np.sqrt(part) * np.random.default_rng(1).standard_normal(200_000)
    left = np.sqrt(1.0 - part)
    p = norm.cdf((u - shift) / left) if left > 0 else (shift < u).astype(float)
    assert risk.remaining(np.array([part]))[0] == pytest.approx(np.mean(p * (1 - p)), abs=0.002)


def test_planned_holes_settle_at_least_twice_what_random_ones_do(
    truth: ProjectState, state: ProjectState, report: CheckReport, plan: HolePlan
) -> None:
    before = risk_of(state, report)
    places = places_for(state, before)

    def settled(at: np.ndarray) -> float:
        after = with_holes(state, truth, at, reach_m=REACH_M)
        return float(before.now.sum() - risk_of(after, checked(after)).now.sum())

    ours = settled(plan.at)
    draws = [Chance(4).chosen(f"draw {n}", np.arange(len(places)), HOLES) for n in range(3)]
    assert ours > 0
    assert ours >= 2 * np.mean([settled(places.at[draw]) for draw in draws])


def test_each_hole_settles_no_more_than_the_one_before(plan: HolePlan) -> None:
    assert len(plan.at) == HOLES
    assert (np.diff(plan.settled) <= 1e-9).all()
    assert (np.diff(plan.share) >= 0).all()
    assert plan.share[-1] <= 1.0


def test_the_plan_names_lines_findings_and_expected_depths(
    state: ProjectState, report: CheckReport, plan: HolePlan
) -> None:
    for hole in records_of(plan, state, report, "en"):
        assert hole["expose"]
        for line in hole["expose"]:
            if line["top_depth_from_m"] is not None:
                assert line["top_depth_from_m"] < line["top_depth_to_m"]
    assert len(as_text(plan, state, report, "zh").splitlines()) > HOLES


def test_no_usual_depth_stands_in_for_an_unknown_one(state: ProjectState) -> None:
    unknown = int(np.flatnonzero(~state.pipes.has_level)[0])
    at = state.pipes.xy[state.pipes.offsets[unknown]]
    assert np.isnan(expected_depth_m(state, unknown, at)).all()


def test_without_findings_there_is_nothing_to_dig(state: ProjectState) -> None:
    empty = ProjectState(meta=state.meta)
    plan = plan_holes(empty, checked(empty), count=3)
    assert len(plan.at) == 0
    assert plan.risk == 0.0


def test_same_project_gives_the_same_holes(
    state: ProjectState, report: CheckReport, plan: HolePlan
) -> None:
    assert np.array_equal(plan_holes(state, report, count=HOLES).at, plan.at)


def test_a_hole_that_lays_both_lines_open_settles_a_single_finding() -> None:
    """What it takes away of either line adds up, also where there is but one finding."""
    level = {"start_ground_m": 10.0, "end_ground_m": 10.0, "sigma_xy_m": 0.05, "sigma_z_m": 0.15}
    gas = pipe("G", Utility.GAS, [(50, -50, 8.35), (50, 50, 8.35)], d=0.2, **level)
    state = network(pipe("W", Utility.WATER, [(0, 0, 8.0), (100, 0, 8.0)], d=0.3, **level), gas)
    report = run_checks(
        state, load_rule_set("gb50289-2016"), as_of=NO_DAY, only=["vertical_clearance"]
    )
    assert len(report.conflicts) == 1
    assert report.conflicts.probability[0] == pytest.approx(0.5, abs=0.3)
    plan = plan_holes(state, report, count=1)
    assert plan.pipes[0].tolist() == [0, 1]
    assert plan.share[0] > 0.8


def test_a_hole_lays_open_what_lies_in_the_ground_that_day() -> None:
    spans = {
        "gone": {"valid_to": np.datetime64("2010-01-01")},
        "here": {},
        "later": {"valid_from": np.datetime64("2030-01-01")},
        "wires": {"burial": Burial.OVERHEAD},
    }
    pipes = network(
        *(
            pipe(name, Utility.POWER, [(0, 0.1 * k, -1), (20, 0.1 * k, -1)], **columns)
            for k, (name, columns) in enumerate(spans.items())
        )
    ).pipes
    at = np.array([[10.0, 0.0]])
    (rows,) = exposed_by(pipes, at, as_of=np.datetime64("2026-01-01"))
    assert pipes.id[rows].tolist() == ["here"]
    (ever,) = exposed_by(pipes, at, as_of=NO_DAY)
    assert pipes.id[ever].tolist() == ["gone", "here", "later"]
