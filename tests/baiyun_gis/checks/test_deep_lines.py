"""Lines deeper than the foundation beside them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import EXACT, buildings, checked, found, ledger_of, row_of

from baiyun_gis.model.vocabulary import Utility

FRICTION_DEG, SPACE_M = 30.0, 0.3


def beside(y_m: float, axis_m: float, **house):
    """A sewer of 0.4 m along a house whose foundation reaches 1.5 m below its ground at 0."""
    sewer = pipe("s", Utility.SEWAGE, [(0, 0, axis_m), (100, 0, axis_m)], d=0.4, **EXACT)
    given = {"ground_m": 0.0, "foundation_depth_m": 1.5} | house
    houses = buildings(b=shapely.box(40, y_m, 60, y_m + 20)).with_columns(
        **{name: np.array([value]) for name, value in given.items()}
    )
    return checked(network(sewer, buildings=houses), "building_clearance")


@pytest.mark.parametrize(("over_m", "is_short"), [(-0.002, True), (0.0, False), (0.002, False)])
def test_depth_below_the_foundation_asks_for_more_than_the_table(over_m, is_short):
    deeper = 4.0 + 0.2 - 1.5
    clear = deeper / math.tan(math.radians(FRICTION_DEG)) + SPACE_M
    assert clear > 2.5
    report = beside(0.2 + clear + over_m, -4.0)
    assert found(report, "building_clearance") == ([("s", "b")] if is_short else [])
    if is_short:
        row = row_of(report, "building_clearance")
        assert row["required_m"] == pytest.approx(clear)
        assert report.requirements[row["requirement"]].clause == "4.1.11"
        assert "friction_assumed" in row["remark"]
    assert ledger_of(report, "building_clearance").closes


def test_a_line_above_the_foundations_underside_is_judged_by_the_table():
    row = row_of(beside(2.0, -1.2), "building_clearance")
    assert row["required_m"] == pytest.approx(2.5)


def test_an_unknown_foundation_depth_leaves_the_table_and_says_so():
    assert found(beside(3.5, -6.0, foundation_depth_m=math.nan), "building_clearance") == []
    row = row_of(beside(2.0, -6.0, foundation_depth_m=math.nan), "building_clearance")
    assert row["required_m"] == pytest.approx(2.5)
    assert "foundation_depth_unknown" in row["remark"]
