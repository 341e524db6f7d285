"""Lines beside and under buildings."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import EXACT, buildings, checked, found, gb, ledger_of, row_of

from baiyun_gis.findings.conflicts import Severity
from baiyun_gis.model.vocabulary import PressureClass, Utility
from baiyun_gis.rules.resolver import pipe_classes, resolve_buildings

LOW = {"pressure_class": PressureClass.LOW} | EXACT


def gas(y: float, name: str = "g", **columns):
    return pipe(name, Utility.GAS, [(0, y, -1), (100, y, -1)], **(LOW | columns))


def need_m() -> float:
    return float(resolve_buildings(gb(), pipe_classes(gb(), gas(0))).required_m[0])


@pytest.mark.parametrize(("over_m", "is_short"), [(-0.002, True), (0.0, False), (0.002, False)])
def test_clearance_is_from_wall_to_outline(over_m, is_short):
    state = network(
        gas(0), buildings=buildings(b=shapely.box(40, 0.15 + need_m() + over_m, 60, 20))
    )
    report = checked(state, "building_clearance")
    assert found(report, "building_clearance") == ([("g", "b")] if is_short else [])


def test_the_foundation_counts_where_it_is_recorded():
    foundation = np.empty(1, dtype=object)
    foundation[0] = shapely.box(39, 0.15 + need_m() - 0.1, 61, 21)
    houses = buildings(b=shapely.box(40, 3, 60, 20)).with_columns(foundation=foundation)
    row = row_of(
        checked(network(gas(0), buildings=houses), "building_clearance"), "building_clearance"
    )
    assert row["actual_m"] == pytest.approx(need_m() - 0.1)
    assert "foundation_is_footprint" not in row["remark"]


def test_a_gas_main_under_a_building_is_an_occupation_and_reported_once():
    state = network(gas(0), buildings=buildings(b=shapely.box(40, -5, 60, 5)))
    report = checked(state)
    row = row_of(report, "occupation")
    assert row["severity"] is Severity.CRITICAL
    assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx((40, 60), abs=0.01)
    assert found(report, "building_clearance") == []
    assert ledger_of(report, "building_clearance").set_aside == {"reported_as_occupation": 1}


def test_a_service_that_ends_in_its_building_is_set_aside():
    main = gas(0, "main")
    service = pipe("s", Utility.GAS, [(50, 0, -1), (50, 12, -1)], d=0.06, **LOW)
    state = network(main, service, buildings=buildings(b=shapely.box(40, 10, 60, 30)))
    report = checked(state, "occupation", "building_clearance")
    assert len(report.conflicts) == 0
    assert ledger_of(report, "occupation").set_aside == {"serves_building": 1}


def test_a_main_that_ends_beside_a_facade_it_runs_along_is_no_service():
    state = network(gas(0), buildings=buildings(b=shapely.box(60, 0.5, 110, 20)))
    assert found(checked(state, "building_clearance"), "building_clearance") == [("g", "b")]


def test_a_building_that_is_gone_that_day_is_not_met():
    day = np.datetime64
    houses = buildings(b=shapely.box(40, -5, 60, 5)).with_columns(
        valid_to=np.array([day("2010-01-01", "D")])
    )
    report = checked(network(gas(0), buildings=houses), "occupation", as_of=day("2020-01-01"))
    assert len(report.conflicts) == 0
