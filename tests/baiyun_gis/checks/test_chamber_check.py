"""Foreign lines through chambers."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, chambers, checked, found, ledger_of, row_of

from baiyun_gis.model.vocabulary import Utility, Verdict

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
    half = np.sqrt(0.6**2 - 0.2**2)
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
