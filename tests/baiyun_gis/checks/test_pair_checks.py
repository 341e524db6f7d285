"""Collision, horizontal and vertical clearance, vertical order: limits, stretches, crossings."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, checked, found, ledger_of, required_m, row_of

from baiyun_gis.model.vocabulary import Utility, Verdict

W, G, S, T = Utility.WATER, Utility.GAS, Utility.SEWAGE, Utility.TELECOM
LIMITS = pytest.mark.parametrize(
    ("over_m", "is_short"), [(-0.002, True), (-0.0005, False), (0.0, False), (0.002, False)]
)


def along(name: str, utility: Utility, y: float, z: float = -1.0, d: float = 0.3, **columns):
    return pipe(name, utility, [(0, y, z), (100, y, z)], d=d, **(EXACT | columns))


@LIMITS
def test_horizontal_clearance_is_wall_to_wall_and_equality_is_no_violation(over_m, is_short):
    one, two = along("w", W, 0.0), along("g", G, 0.0, z=-4.0)
    need = required_m("horizontal_clearance", one, two)
    state = network(one, along("g", G, 0.3 + need + over_m, z=-4.0))
    report = checked(state, "horizontal_clearance")
    assert found(report, "horizontal_clearance") == ([("w", "g")] if is_short else [])
    assert ledger_of(report, "horizontal_clearance").clear == (0 if is_short else 1)


@LIMITS
def test_vertical_clearance_is_between_facing_walls_at_the_crossing(over_m, is_short):
    one = along("w", W, 0.0)
    two = pipe("g", G, [(50, -20, -1), (50, 20, -1)], d=0.2, **EXACT)
    need = required_m("vertical_clearance", one, two)
    z = -1 - 0.15 - 0.1 - need - over_m
    state = network(one, pipe("g", G, [(50, -20, z), (50, 20, z)], d=0.2, **EXACT))
    report = checked(state, "vertical_clearance")
    assert found(report, "vertical_clearance") == ([("w", "g")] if is_short else [])
    if is_short:
        row = row_of(report, "vertical_clearance")
        assert row["actual_m"] == pytest.approx(need + over_m)
        assert row["at"][:2] == pytest.approx([50, 0])


@pytest.mark.parametrize("rounding_m", [-9e-4, -1e-9, 0.0, 1e-9])
def test_walls_that_touch_in_plan_do_not_lie_over_each_other(rounding_m):
    # Lower than the other, as a bundle of ducts is drawn: only the plan tells them apart.
    state = network(along("w", W, 0.0), along("g", G, 0.3 + rounding_m, z=-1.1))
    assert found(checked(state, "vertical_clearance"), "vertical_clearance") == []
    deeper = network(along("w", W, 0.0), along("g", G, 0.3 - 0.002, z=-1.1))
    assert found(checked(deeper, "vertical_clearance"), "vertical_clearance") == [("w", "g")]


@pytest.mark.parametrize(("gap_m", "is_hit"), [(-0.002, True), (0.0, False), (0.002, False)])
def test_bodies_collide_only_when_they_penetrate(gap_m, is_hit):
    z = -1 - 0.3 - gap_m
    state = network(along("w", W, 0.0), pipe("g", G, [(50, -20, z), (50, 20, z)], **EXACT))
    assert found(checked(state, "collision"), "collision") == ([("w", "g")] if is_hit else [])


def test_the_stretch_is_exact_along_the_line():
    one = pipe("w", W, [(0, 0, -1), (100, 0, -1)], **EXACT)
    two = along("g", G, 5.0)
    need = required_m("horizontal_clearance", one, two)
    # The gas main comes in at 45° and runs at half the distance from x = 40 on.
    near = 0.3 + need / 2
    bend = [(40 - 20, near + 20, -1), (40, near, -1), (70, near, -1)]
    row = row_of(
        checked(network(one, pipe("g", G, bend, **EXACT)), "horizontal_clearance"),
        "horizontal_clearance",
    )
    # Where the 45° piece's wall is `need` from the main's wall, and where the flat end lets go:
    # the corner of the flat end at x = 70 is need/2 above the wall.
    reach = np.sqrt(need**2 - (need / 2) ** 2)
    assert row["stretch_to_m"] == pytest.approx(70 + reach, abs=2e-3)
    assert row["stretch_from_m"] < 40
    assert row["actual_m"] == pytest.approx(need / 2)


def test_a_crossing_is_one_conflict_even_through_a_shared_vertex():
    one = pipe("w", W, [(0, 0, -1), (50, 0, -1), (100, 0, -1)], **EXACT)
    two = pipe("g", G, [(50, -20, -1.1), (50, 0, -1.1), (50, 20, -1.1)], **EXACT)
    report = checked(network(one, two))
    assert found(report, "collision") == [("w", "g")]
    assert found(report, "vertical_clearance") == [("w", "g")]
    of_crossing = np.isin(report.conflicts.check, ["collision", "vertical_clearance"])
    assert len(set(report.conflicts.group[of_crossing])) == 1


def test_where_lines_cross_the_horizontal_rule_is_set_aside():
    state = network(along("w", W, 0.0), pipe("g", G, [(50, -20, -3), (50, 20, -3)], **EXACT))
    line = ledger_of(checked(state, "horizontal_clearance"), "horizontal_clearance")
    assert line.set_aside == {"crossing": 1}


def test_a_stretch_too_near_away_from_the_crossing_still_counts():
    there_and_back = [(20, -20, -3), (20, 20, -3), (60, 20, -3), (60, 0.5, -3), (90, 0.5, -3)]
    state = network(along("w", W, 0.0), pipe("g", G, there_and_back, **EXACT))
    row = row_of(checked(state, "horizontal_clearance"), "horizontal_clearance")
    assert row["stretch_from_m"] > 50


def test_lines_at_less_than_fifteen_degrees_do_not_cross():
    slim = pipe("g", G, [(0, -5, -3), (100, 5, -3)], **EXACT)
    report = checked(
        network(along("w", W, 0.0), slim), "horizontal_clearance", "vertical_clearance"
    )
    assert found(report, "horizontal_clearance") == [("w", "g")]


def test_the_line_that_must_be_above_is_found_below():
    state = network(along("s", S, 0.0, z=-1), pipe("w", W, [(50, -9, -3), (50, 9, -3)], **EXACT))
    row = row_of(checked(state, "vertical_order"), "vertical_order")
    assert row["violated"]
    assert row["shortfall_m"] == pytest.approx(2.0)
    upright = network(along("s", S, 0.0, z=-3), pipe("w", W, [(50, -9, -1), (50, 9, -1)], **EXACT))
    assert found(checked(upright, "vertical_order"), "vertical_order") == []


def test_an_unknown_level_is_tested_in_plan_and_not_judged_in_height():
    nan = float("nan")
    state = network(along("w", W, 0.0, z=nan), pipe("g", G, [(50, -9, -1), (50, 9, -1)]))
    report = checked(state, "vertical_clearance", "horizontal_clearance")
    row = row_of(report, "vertical_clearance")
    assert row["verdict"] is Verdict.CANNOT_JUDGE
    assert not row["violated"]
    assert np.isnan(row["probability"])
    assert "level_unknown" in row["remark"]
    assert report.ledger.pipes_tested == 2
    assert ledger_of(report, "vertical_clearance").cannot_judge == 1


def test_an_unknown_size_does_not_hide_what_is_too_near_whatever_the_size():
    nan = float("nan")
    near = along("g", G, 0.2, d=nan)
    report = checked(network(along("w", W, 0.0), near), "horizontal_clearance")
    assert row_of(report, "horizontal_clearance")["violated"]
    need = required_m("horizontal_clearance", along("w", W, 0.0), near)
    beside = along("g", G, 0.15 + need + 0.2, d=nan)
    report = checked(network(along("w", W, 0.0), beside), "horizontal_clearance")
    assert row_of(report, "horizontal_clearance")["verdict"] is Verdict.CANNOT_JUDGE


def test_hidden_points_make_a_met_clearance_possible_and_a_missed_one_less_than_certain():
    one, two = along("w", W, 0.0), along("g", G, 0.0)
    need = required_m("horizontal_clearance", one, two)
    hidden = {"sigma_xy_m": 0.05}
    state = network(along("w", W, 0.0, **hidden), along("g", G, 0.3 + need + 0.05, **hidden))
    row = row_of(checked(state, "horizontal_clearance"), "horizontal_clearance")
    assert row["verdict"] is Verdict.POSSIBLE
    assert not row["violated"]
    state = network(along("w", W, 0.0, **hidden), along("g", G, 0.3 + need - 0.05, **hidden))
    row = row_of(checked(state, "horizontal_clearance"), "horizontal_clearance")
    assert row["verdict"] is Verdict.LIKELY
    assert row["violated"]


def test_lines_that_are_never_there_together_are_set_aside():
    day = np.datetime64
    old = along("w", W, 0.0, valid_to=day("2010-01-01"))
    later = along("g", G, 0.1, valid_from=day("2010-01-02"))
    report = checked(network(old, later), "collision")
    assert ledger_of(report, "collision").set_aside == {"never_together": 1}
    same_kind = along("w2", W, 0.1, valid_from=day("2010-01-01"))
    report = checked(network(old, same_kind), "collision")
    assert ledger_of(report, "collision").set_aside == {"never_together": 1}


def test_lines_of_two_kinds_whose_spans_touch_on_one_day_are_tested():
    day = np.datetime64
    old = along("w", W, 0.0, valid_to=day("2010-01-01"))
    new = along("g", G, 0.1, valid_from=day("2010-01-01"))
    assert found(checked(network(old, new), "collision"), "collision") == [("w", "g")]
    report = checked(network(old, new), "collision", as_of=day("2010-01-01"))
    assert report.ledger.untestable == {"not_there": 1}


def test_lines_in_one_casing_are_set_aside():
    state = network(along("t1", T, 0.0, enclosure="B1"), along("t2", T, 0.1, enclosure="B1"))
    assert ledger_of(checked(state, "collision"), "collision").set_aside == {"same_enclosure": 1}


def test_findings_along_one_run_are_one_conflict():
    pieces = [
        pipe(f"g{k}", G, [(20 * k, 0.5, -1), (20 * k + 20, 0.5, -1)], **EXACT) for k in range(5)
    ]
    report = checked(network(along("w", W, 0.0), *pieces), "horizontal_clearance")
    row = row_of(report, "horizontal_clearance")
    assert row["stretch_from_m"] == pytest.approx(0.0)
    assert row["stretch_to_m"] == pytest.approx(100.0)


def test_moving_everything_changes_nothing_but_the_place():
    def state(dx: float, dy: float):
        one = pipe("w", W, [(dx, dy, -1), (dx + 100, dy, -1)])
        two = pipe("g", G, [(dx + 10, dy + 0.7, -1.2), (dx + 90, dy + 1.9, -1.4)])
        return network(one, two)

    near = checked(state(0, 0)).conflicts
    far = checked(state(437_000.0, 2_569_000.0)).conflicts
    assert list(near.id) == list(far.id)
    assert np.allclose(near.actual_m, far.actual_m, atol=1e-6, equal_nan=True)
    assert np.allclose(near.stretch_from_m, far.stretch_from_m, atol=1e-5, equal_nan=True)
