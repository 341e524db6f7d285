"""Joints are not conflicts; true clashes beside them are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, chambers, checked, found, ledger_of, row_of

from baiyun_gis.model.vocabulary import Status, Utility

W, G, S = Utility.WATER, Utility.GAS, Utility.SEWAGE
CLASHES = ("collision", "horizontal_clearance", "vertical_clearance", "vertical_order")


def hits(report) -> list[tuple[str, str]]:
    return [pair for check in CLASHES for pair in found(report, check)]


@pytest.mark.parametrize("turn_deg", [15, 40, 90, 135, 180])
def test_pipes_joined_at_a_node_are_not_in_conflict_there(turn_deg):
    angle = math.radians(turn_deg)
    far = (40 * math.cos(angle), 40 * math.sin(angle), -1)
    nodes = chambers(["n"], [(0, 0)], utility=G)
    one = pipe("g1", G, [(40, 0, -1), (0, 0, -1)], end_node=0, **EXACT)
    two = pipe("g2", G, [(0, 0, -1), far], start_node=0, **EXACT)
    report = checked(network(one, two, nodes=nodes))
    assert hits(report) == []
    assert ledger_of(report, "collision").set_aside == {"joined_at_node": 1}


@pytest.mark.parametrize("turn_deg", [1, 3, 5])
def test_pipes_that_leave_a_joint_in_each_other_clash_beyond_it(turn_deg):
    angle = math.radians(turn_deg)
    far = (40 * math.cos(angle), 40 * math.sin(angle), -1)
    one = pipe("g1", G, [(0, 0, -1), (40, 0, -1)], **EXACT)
    report = checked(network(one, pipe("g2", G, [(0, 0, -1), far], **EXACT)))
    assert found(report, "collision") == [("g1", "g2")]
    row = row_of(report, "collision")
    leaves_at = 0.3 / math.sin(angle)  # where the walls part, to a half width
    assert 0.9 <= row["stretch_from_m"] <= 1.2 * 1.26
    assert row["stretch_to_m"] == pytest.approx(min(leaves_at, 40), abs=0.3)


def test_one_line_recorded_twice_is_one_finding_about_the_data():
    bend = [(0, 0, -1), (20, 5, -1.1), (40, 0, -1.2)]
    state = network(pipe("g1", G, bend, **EXACT), pipe("g2", G, bend[::-1], **EXACT))
    report = checked(state)
    assert hits(report) == []
    assert found(report, "duplicate_lines") == [("g1", "g2")]
    assert ledger_of(report, "collision").set_aside == {"duplicate_line": 1}
    assert all(line.closes for line in report.ledger.checks)


def test_two_lines_of_one_trace_at_two_levels_are_no_duplicate():
    nodes = chambers(["n", "m"], [(0, 0), (40, 0)], utility=G)
    ends = {"start_node": 0, "end_node": 1} | EXACT
    one = pipe("g1", G, [(0, 0, -1), (40, 0, -1)], **ends)
    two = pipe("g2", G, [(0, 0, -1.4), (40, 0, -1.4)], **ends)
    report = checked(network(one, two, nodes=nodes))
    assert found(report, "duplicate_lines") == []
    assert found(report, "vertical_clearance") == [("g1", "g2")]


def test_a_planned_line_on_the_trace_of_the_old_one_replaces_it():
    old = [pipe(f"o{k}", W, [(20 * k, 0, -1), (20 * k + 20, 0, -1)], **EXACT) for k in range(3)]
    new = pipe("n", W, [(0, 0.05, -1), (60, 0.05, -1)], status=Status.PLANNED, **EXACT)
    report = checked(network(*old, new))
    assert hits(report) == []
    assert ledger_of(report, "collision").set_aside["planned_replacement"] == 3


def test_a_planned_line_across_or_of_another_kind_replaces_nothing():
    old = pipe("o", W, [(0, 0, -1), (60, 0, -1)], **EXACT)
    across = pipe("n", W, [(30, -20, -1), (30, 20, -1)], status=Status.PLANNED, **EXACT)
    assert found(checked(network(old, across)), "collision") == [("o", "n")]
    gas = pipe("n", G, [(0, 0.05, -1), (60, 0.05, -1)], status=Status.PLANNED, **EXACT)
    assert found(checked(network(old, gas), "collision"), "collision") == [("o", "n")]


def test_ends_that_coincide_are_joined_without_a_node():
    one = pipe("g1", G, [(0, 0, -1), (40, 0, -1)], **EXACT)
    two = pipe("g2", G, [(40.0005, 0, -1), (60, 20, -1)], **EXACT)
    assert hits(checked(network(one, two))) == []


def test_a_curve_of_short_pieces_leaves_its_joint_without_a_hit():
    turn = np.linspace(0, np.pi / 2, 30)
    curve = [(2 * math.sin(t), 2 - 2 * math.cos(t), -1.0) for t in turn]
    one = pipe("g1", G, [(-40, 0, -1), (0, 0, -1)], **EXACT)
    assert hits(checked(network(one, pipe("g2", G, curve, **EXACT)))) == []


def test_the_same_two_pipes_still_clash_away_from_their_joint():
    loop = [(0, 0, -1), (0, 20, -1), (30, 20, -1), (30, -20, -1)]
    state = network(pipe("g1", G, [(0, 0, -1), (60, 0, -1)], **EXACT), pipe("g2", G, loop, **EXACT))
    assert found(checked(state, "collision"), "collision") == [("g1", "g2")]


def test_pipes_of_one_chamber_that_are_not_joined_still_clash():
    nodes = chambers(["n1", "n2"], [(0, 0), (0.4, 0.3)], utility=W)
    one = pipe("w1", W, [(-20, -0.5, -1), (0, 0, -1)], end_node=0, **EXACT)
    two = pipe("w2", W, [(-20, 0.8, -1), (0.4, -0.4, -1)], **EXACT)
    report = checked(network(one, two, nodes=nodes), "collision")
    assert found(report, "collision") == [("w1", "w2")]


def test_a_service_that_ends_on_the_main_is_a_tee():
    main = pipe("g", G, [(0, 0, -1), (100, 0, -1)], **EXACT)
    service = pipe("gs", G, [(50, 0.1, -1), (50, 12, -1)], d=0.06, **EXACT)
    report = checked(network(main, service))
    assert hits(report) == []
    assert ledger_of(report, "collision").set_aside == {"tee": 1}


def test_a_line_of_another_kind_that_ends_on_a_main_clashes():
    main = pipe("w", W, [(0, 0, -1), (100, 0, -1)], **EXACT)
    service = pipe("gs", G, [(50, 0, -1), (50, 12, -1)], d=0.06, **EXACT)
    assert found(checked(network(main, service), "collision"), "collision") == [("w", "gs")]


def test_neighbours_of_a_short_fitting_are_set_aside():
    parts = [
        pipe("g1", G, [(-40, 0, -1), (0, 0, -1)], **EXACT),
        pipe("valve", G, [(0, 0, -1), (0.25, 0, -1)], **EXACT),
        pipe("g2", G, [(0.25, 0, -1), (40, 0, -1)], **EXACT),
    ]
    report = checked(network(*parts))
    assert hits(report) == []
    assert ledger_of(report, "horizontal_clearance").set_aside["same_run"] == 1


def test_gravity_kinds_join_each_other():
    nodes = chambers(["n"], [(0, 0)])
    one = pipe("s", Utility.SEWAGE, [(-40, 0, -1), (0, 0, -1)], end_node=0)
    two = pipe("c", Utility.COMBINED, [(0, 0, -1), (40, 0, -1.2)], start_node=0)
    assert hits(checked(network(one, two, nodes=nodes))) == []


def test_unjoined_ends_are_a_data_finding_and_no_clash():
    one = pipe("g1", G, [(0, 0, -1), (40, 0, -1)], sigma_xy_m=0.05, sigma_z_m=0.05)
    two = pipe("g2", G, [(40.06, 0, -1), (80, 0, -1)], sigma_xy_m=0.05, sigma_z_m=0.05)
    report = checked(network(one, two))
    assert hits(report) == []
    assert found(report, "unjoined_ends") == [("g1", "g2")]
    assert ledger_of(report, "collision").set_aside == {"unjoined_ends": 1}


def test_ends_further_apart_than_surveys_differ_are_left_alone():
    one = pipe("g1", G, [(0, 0, -1), (40, 0, -1)], **EXACT)
    two = pipe("g2", G, [(40.5, 0, -1), (80, 0, -1)], sigma_xy_m=0.05)
    assert found(checked(network(one, two)), "unjoined_ends") == []


def test_opposite_services_of_one_main_are_not_unjoined_ends():
    main = pipe("w", W, [(0, 0, -1), (100, 0, -1)])
    left = pipe("l", W, [(50, 0, -1), (50, 12, -1)], d=0.05)
    right = pipe("r", W, [(50.04, 0, -1), (50, -12, -1)], d=0.05)
    assert found(checked(network(main, left, right)), "unjoined_ends") == []


@pytest.mark.parametrize("accuracy", [0.0, 0.05], ids=["exact", "surveyed"])
@pytest.mark.parametrize("gap_m", [0.005, 0.1, 0.24])
def test_lines_that_only_touch_at_their_ends_clash_where_they_lie_in_each_other(gap_m, accuracy):
    doubt = {"sigma_xy_m": accuracy, "sigma_z_m": 0.0}
    one = pipe("s1", S, [(0, 0, -3), (60, 0, -3.2)], d=0.5, **doubt)
    two = pipe("s2", S, [(gap_m, 0, -3), (60, 1.5, -3.2)], d=0.5, **doubt)
    report = checked(network(one, two))
    assert found(report, "collision") == [("s1", "s2")]
    row = row_of(report, "collision")
    beyond = 4 * 0.5 + 2 * accuracy * math.sqrt(2)
    assert beyond <= row["stretch_from_m"] <= 1.26 * beyond + gap_m
    assert row["stretch_to_m"] == pytest.approx(20.0, abs=0.5)


@pytest.mark.parametrize(("turn_deg", "clashes"), [(2, 1), (14, 0), (16, 0), (90, 0)])
def test_a_branch_is_compared_beyond_its_tee_where_it_runs_alongside(turn_deg, clashes):
    angle = math.radians(turn_deg)
    end = (20 + 40 * math.cos(angle), 40 * math.sin(angle), -3)
    main = pipe("s1", S, [(0, 0, -3), (60, 0, -3)], d=0.5, **EXACT)
    branch = pipe("s2", S, [(20, 0, -3), end], d=0.5, **EXACT)
    report = checked(network(main, branch))
    assert len(found(report, "collision")) == clashes
    assert ledger_of(report, "collision").closes


def test_lines_of_one_vertex_clash_on_both_sides_of_it():
    one = pipe("s1", S, [(-30, 0, -3), (0, 0, -3), (30, 0, -3)], d=0.5, **EXACT)
    two = pipe("s2", S, [(-30, -1, -3), (0, 0, -3), (30, 1, -3)], d=0.5, **EXACT)
    report = checked(network(one, two))
    rows = np.flatnonzero(report.conflicts.check == "collision")
    start = np.sort(report.conflicts.stretch_from_m[rows])
    assert len(rows) == 2
    assert start[0] == pytest.approx(15, abs=0.5)
    assert 32 <= start[1] <= 32.7


def test_a_line_that_turns_alongside_behind_its_joint_clashes_beyond_it():
    one = pipe("s1", S, [(0, 0, -3), (40, 0, -3)], d=0.5, **EXACT)
    two = pipe("s2", S, [(0, 0, -3), (0.2, 0.1, -3), (40, 0.1, -3)], d=0.5, **EXACT)
    report = checked(network(one, two))
    assert found(report, "collision") == [("s1", "s2")]
    assert row_of(report, "collision")["stretch_from_m"] >= 1.99


def test_ends_that_overlap_in_line_within_survey_accuracy_are_no_clash():
    accuracy = {"sigma_xy_m": 0.2, "sigma_z_m": 0.05}
    one = pipe("s1", S, [(0, 0, -3), (40, 0, -3.1)], d=0.06, **accuracy)
    two = pipe("s2", S, [(39.58, 0, -3.1), (80, 0, -3.2)], d=0.06, **accuracy)
    report = checked(network(one, two))
    assert hits(report) == []
    assert found(report, "unjoined_ends") == [("s1", "s2")]


@pytest.mark.parametrize("start_x", [0.0, 0.005, 10.0])
def test_a_line_that_lies_along_the_top_of_another_of_its_kind_is_one_clash(start_x):
    one = pipe("s1", S, [(0, 0, -3), (60, 0, -3)], d=0.5, **EXACT)
    two = pipe("s2", S, [(start_x, 0, -3), (40, 0, -3)], d=0.5, **EXACT)
    report = checked(network(one, two))
    assert found(report, "collision") == [("s1", "s2")]
    row = row_of(report, "collision")
    assert start_x + 1.9 <= row["stretch_from_m"] <= start_x + 2.4
    assert 37.4 <= row["stretch_to_m"] <= 38.1
