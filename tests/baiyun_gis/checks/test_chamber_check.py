"""Foreign lines through chambers."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, chambers, checked, found, ledger_of, row_of

from baiyun_gis.model.vocabulary import Shape, Utility, Verdict

S, G = Utility.SEWAGE, Utility.GAS


def sewer(**columns):
    return pipe("s", S, [(-40, 0, -2), (0, 0, -2.2)], end_node=0, **(EXACT | columns))


def test_a_pipe_and_its_own_chamber_are_not_in_conflict():
    report = checked(network(sewer(), nodes=chambers(["m"], [(0, 0)])), "chamber")
    assert len(report.conflicts) == 0
    assert ledger_of(report, "chamber").set_aside == {"own_chamber": 1}


def test_a_foreign_pipe_through_a_chamber_is_a_conflict():
    gas = pipe("g", G, [(-10, 0.2, -1), (10, 0.2, -1)], d=0.2, **EXACT)
    row = row_of(
        checked(network(sewer(), gas, nodes=chambers(["m"], [(0, 0)])), "chamber"), "chamber"
    )
    assert (row["a_id"], row["b_id"]) == ("g", "m")
    assert row["actual_m"] == pytest.approx(-0.5, abs=0.002)
    half = np.sqrt(0.6**2 - 0.1**2)  # the near wall of the pipe goes in first
    assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx(
        (10 - half, 10 + half), abs=0.01
    )


@pytest.mark.parametrize(("z", "is_hit"), [(-2.85, True), (-3.2, False)])
def test_a_pipe_below_the_bottom_passes(z, is_hit):
    gas = pipe("g", G, [(-10, 0, z), (10, 0, z)], d=0.2, **EXACT)
    nodes = chambers(["m"], [(0, 0)], bottom_m=-3.0).with_columns(sigma_xy_m=np.zeros(1))
    report = checked(network(sewer(), gas, nodes=nodes), "chamber")
    assert found(report, "chamber") == ([("g", "m")] if is_hit else [])


def test_without_a_bottom_what_lies_below_the_lines_that_end_there_cannot_be_judged():
    nodes = chambers(["m"], [(0, 0)], bottom_m=float("nan"))
    deep = pipe("g", G, [(-10, 0, -3), (10, 0, -3)], d=0.2, **EXACT)
    row = row_of(checked(network(sewer(), deep, nodes=nodes), "chamber"), "chamber")
    assert row["verdict"] is Verdict.CANNOT_JUDGE
    shallow = pipe("g", G, [(-10, 0, -1), (10, 0, -1)], d=0.2, **EXACT)
    row = row_of(checked(network(sewer(), shallow, nodes=nodes), "chamber"), "chamber")
    assert row["violated"]


def test_chambers_of_unknown_size_are_counted():
    nodes = chambers(["m"], [(0, 0)], width_m=float("nan"))
    line = ledger_of(checked(network(sewer(), nodes=nodes), "chamber"), "chamber")
    assert line.set_aside == {"no_chamber_size": 1}
    assert line.closes


def necked(**columns):
    """A chamber 2 m across, its body 3 to 1.2 m down, a neck from there up to the ground."""
    known = {"neck_m": np.array([1.2]), "sigma_xy_m": np.zeros(1)}
    return chambers(["m"], [(0, 0)], width_m=2.0).with_columns(**(known | columns))


def passing(nodes, y, z, d=0.2):
    gas = pipe("g", G, [(-10, y, z), (10, y, z)], d=d, **EXACT)
    return checked(network(sewer(), gas, nodes=nodes), "chamber")


@pytest.mark.parametrize(("y", "z", "is_hit"), [(0.7, -0.6, False), (0.7, -1.5, True)])
def test_a_pipe_beside_the_neck_is_not_in_the_chamber(y, z, is_hit):
    report = passing(necked(), y, z)
    assert found(report, "chamber") == ([("g", "m")] if is_hit else [])
    assert row_of(passing(necked(neck_m=np.array([np.nan])), y, z), "chamber")["violated"]


def test_a_pipe_through_the_middle_of_the_neck_is_in_it_however_narrow_it_is():
    row = row_of(passing(necked(), 0.05, -0.6), "chamber")
    assert row["violated"]
    # As deep in as it would have to move to pass beside the axis of the shaft.
    assert row["actual_m"] == pytest.approx(-0.05, abs=1e-6)


def test_near_the_middle_of_a_neck_of_unknown_width_cannot_be_judged():
    row = row_of(passing(necked(), 0.4, -0.6), "chamber")
    assert row["verdict"] is Verdict.CANNOT_JUDGE
    assert row["remark"] == "chamber_neck_unknown"


@pytest.mark.parametrize(("x", "is_hit"), [(0.05, True), (-1.95, False), (1.95, False)])
def test_the_neck_of_a_long_chamber_stands_about_its_centre(x, is_hit):
    long = {"chamber_length_m": np.array([4.0]), "chamber_shape": np.array([Shape.RECTANGLE])}
    gas = pipe("g", G, [(x, -10, -0.6), (x, 10, -0.6)], d=0.2, **EXACT)
    report = checked(network(sewer(), gas, nodes=necked(**long)), "chamber")
    assert found(report, "chamber") == ([("g", "m")] if is_hit else [])


def test_a_pipe_that_sinks_into_a_chamber_is_in_it_from_where_the_walls_meet():
    nodes = chambers(["m"], [(0, 0)], width_m=4.0, bottom_m=-3.0, ground_m=-1.0)
    gas = pipe("g", G, [(-10, 0, 0.0), (10, 0, -2.0)], d=0.2, **EXACT)
    row = row_of(checked(network(sewer(), gas, nodes=nodes), "chamber"), "chamber")
    # Its underside, 0.1 m square to the axis, meets the flat top at −1 m.
    assert row["stretch_from_m"] == pytest.approx(10 - 0.1 * np.hypot(1, 0.1) / 0.1, abs=0.02)
    assert row["stretch_to_m"] == pytest.approx(12, abs=0.02)
