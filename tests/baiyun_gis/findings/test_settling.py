"""What would settle a finding."""

from __future__ import annotations

import numpy as np
from builders import network, pipe
from check_cases import checked

from baiyun_gis.findings.sentences import why
from baiyun_gis.findings.settling import doubts_of, settling_of
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.model.vocabulary import Utility

NODES = NodeTable.build(
    2,
    id=text_array(["J1", "J2"]),
    xy=np.array([[0.0, 0.0], [40.0, 0.0]]),
    sigma_xy_m=0.01,
    sigma_z_m=np.array([0.15, 0.02]),
)


def crossing(at: float, sigma_z: float, z: float = -0.55):
    """A water line between two points and a gas line close over it."""
    known = {"sigma_xy_m": 0.01, "sigma_z_m": sigma_z}
    return network(
        pipe("w", Utility.WATER, [(0, 0, -1), (40, 0, -1)], start_node=0, end_node=1),
        pipe("g", Utility.GAS, [(at, -9, z), (at, 9, z)], **known),
        nodes=NODES,
    )


def row_of(report) -> int:
    return int(np.flatnonzero(report.conflicts.check == "vertical_clearance")[0])


def test_the_point_with_most_doubt_is_named():
    state = crossing(10, 0.02)
    report = checked(state, "vertical_clearance")
    row = row_of(report)
    said = why(report, state, row, "en")
    assert "the level of water supply line w at point J1, 9" in said.lower() or (
        "the level of" in said and "w at point J1" in said
    )
    sigma = float(report.conflicts.sigma_m[row])
    rest = np.sqrt(sigma**2 - (0.75 * 0.15) ** 2)
    assert f"would be {rest:.3f} m" in said
    assert "点 J1" in why(report, state, row, "zh")


def test_a_line_without_points_is_named_by_chainage():
    state = crossing(30, 0.2)
    report = checked(state, "vertical_clearance")
    (said,) = settling_of(report.conflicts, state, row_of(report))
    assert "chainage 0.00 m" in said.text("en") or "chainage 18.00 m" in said.text("en")


def test_doubts_add_up_to_the_variance():
    state = crossing(10, 0.05)
    report = checked(state, "vertical_clearance")
    row = row_of(report)
    total = sum(doubt.variance for doubt in doubts_of(report.conflicts, state, row))
    assert np.isclose(total, float(report.conflicts.sigma_m[row]) ** 2, rtol=1e-3)


def test_what_is_certain_needs_no_survey():
    state = crossing(10, 0.0, -0.6)
    exact = state.with_(nodes=NODES.with_columns(sigma_z_m=np.zeros(2)))
    report = checked(exact, "vertical_clearance")
    assert settling_of(report.conflicts, exact, row_of(report)) == []
