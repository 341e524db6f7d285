"""Gravity lines that rise, lines along the top of others, buildings in protection zones."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import EXACT, buildings, checked, found, ledger_of, row_of
from scipy.stats import norm

from baiyun_gis.findings.conflicts import Severity
from baiyun_gis.model.vocabulary import PressureClass, Utility, Verdict

S, W, G = Utility.SEWAGE, Utility.WATER, Utility.GAS


def sewer(name: str, x0: float, x1: float, z0: float, z1: float, **columns):
    return pipe(name, S, [(x0, 0, z0), (x1, 0, z1)], **(EXACT | columns))


@pytest.mark.parametrize(("flow", "is_wrong"), [(1, True), (2, False)])
def test_a_sewer_that_rises_along_its_recorded_flow_is_found(flow, is_wrong):
    report = checked(network(sewer("s", 0, 40, -2.0, -1.8, flow=flow)), "gravity_slope")
    assert found(report, "gravity_slope") == ([("s", "")] if is_wrong else [])
    if is_wrong:
        row = row_of(report, "gravity_slope")
        assert row["actual_m"] == pytest.approx(-0.2)
        assert row["severity"] is Severity.MAJOR


def test_without_a_recorded_flow_both_neighbours_say_where_the_water_goes():
    run = [
        sewer("a", 0, 40, -2.0, -2.1),
        sewer("b", 40, 80, -2.3, -2.1),
        sewer("c", 80, 120, -2.2, -2.3),
    ]
    row = row_of(checked(network(*run), "gravity_slope"), "gravity_slope")
    assert (row["a_id"], "flow_by_neighbours" in row["remark"]) == ("b", True)
    turned = [run[0], sewer("b", 80, 40, -2.1, -2.3), run[2]]
    assert found(checked(network(*turned), "gravity_slope"), "gravity_slope") == [("b", "")]
    alone = checked(network(run[1]), "gravity_slope")
    assert ledger_of(alone, "gravity_slope").set_aside == {"direction_unknown": 1}


def test_the_probability_comes_from_both_end_levels():
    line = sewer("s", 0, 40, -2.0, -1.97, flow=1, sigma_z_m=0.05)
    row = row_of(checked(network(line), "gravity_slope"), "gravity_slope")
    sigma = 0.05 * np.sqrt(2)
    assert row["sigma_m"] == pytest.approx(sigma)
    assert row["probability"] == pytest.approx(norm.cdf((0.03 - 0.001) / sigma))


def test_a_slope_met_within_survey_accuracy_is_counted_and_not_called_clear():
    line = sewer("s", 0, 40, -1.97, -2.0, flow=1, sigma_z_m=0.05)
    report = checked(network(line), "gravity_slope")
    ledger = ledger_of(report, "gravity_slope")
    assert ledger.set_aside == {"within_accuracy": 1}
    assert ledger.closes


def test_unknown_levels_of_one_run_are_one_thing_to_survey():
    nan = float("nan")
    run = [sewer(f"s{k}", 40 * k, 40 * k + 40, nan, nan, flow=1) for k in range(3)]
    report = checked(network(*run), "gravity_slope")
    row = row_of(report, "gravity_slope")
    assert row["verdict"] is Verdict.CANNOT_JUDGE
    assert ledger_of(report, "gravity_slope").cannot_judge == 3


@pytest.mark.parametrize(("apart", "is_over"), [(0.298, True), (0.3, False), (0.302, False)])
def test_a_line_along_the_top_of_another_is_found_without_any_level(apart, is_over):
    nan = float("nan")
    below = pipe("w", W, [(0, 0, nan), (100, 0, nan)], **EXACT)
    above = pipe("g", G, [(20, apart, nan), (80, apart, nan)], **EXACT)
    report = checked(network(below, above), "directly_above")
    assert found(report, "directly_above") == ([("w", "g")] if is_over else [])
    if is_over:
        row = row_of(report, "directly_above")
        assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx((20, 80), abs=0.01)
        assert row["severity"] is Severity.MINOR  # the clause is unconfirmed
        assert report.requirements[row["requirement"]].clause == "4.1.6"


def test_a_crossing_is_not_one_line_along_the_top_of_another():
    one = pipe("w", W, [(0, 0, -1), (100, 0, -1)], **EXACT)
    two = pipe("g", G, [(50, -40, -2), (50, 40, -2)], **EXACT)
    report = checked(network(one, two), "directly_above")
    assert found(report, "directly_above") == []
    assert ledger_of(report, "directly_above").set_aside == {"crossing": 1}


def test_a_building_in_the_zone_of_a_gas_main_is_found_and_one_on_it_is_an_occupation():
    gas = pipe("g", G, [(0, 0, -1), (100, 0, -1)], pressure_class=PressureClass.SUBHIGH_A, **EXACT)
    beside = buildings(b=shapely.box(40, 0.15 + 1.4, 60, 20))
    report = checked(network(gas, buildings=beside), "protection_zone", "occupation")
    row = row_of(report, "protection_zone")
    assert (row["required_m"], row["actual_m"]) == pytest.approx((1.5, 1.4))
    over = buildings(b=shapely.box(40, -5, 60, 20))
    report = checked(network(gas, buildings=over), "protection_zone", "occupation")
    assert found(report, "protection_zone") == []
    assert found(report, "occupation") == [("g", "b")]
