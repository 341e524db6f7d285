"""Standard deviations and what they rest on."""

from __future__ import annotations

import numpy as np
import pytest
from builders import pipe

from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.uncertainty import SigmaBasis, uncertainty_of
from baiyun_gis.model.vocabulary import Status, Utility


@pytest.mark.parametrize(
    ("columns", "xy", "z", "basis"),
    [
        ({}, 0.05, 0.075, SigmaBasis.DEFAULT),
        ({"sigma_xy_m": 0.02, "sigma_z_m": 0.01}, 0.02, 0.01, SigmaBasis.RECORDED),
        ({"survey_method": "visible"}, 0.025, 0.015, SigmaBasis.METHOD),
        ({"survey_method": "明显点"}, 0.025, 0.015, SigmaBasis.METHOD),
        ({"survey_method": "隐蔽点"}, 0.05, 0.075, SigmaBasis.METHOD),
        ({"quality_level": "QL-A"}, 0.025, 0.0125, SigmaBasis.QUALITY),
        ({"quality_level": "B1P"}, 0.075, 0.075, SigmaBasis.QUALITY),
        ({"status": Status.PLANNED}, 0.0, 0.0, SigmaBasis.DESIGN),
    ],
)
def test_a_deviation_is_half_the_limit_of_its_source(columns, xy, z, basis):
    got = uncertainty_of(
        pipe("w", Utility.WATER, [(0, 0, -1), (9, 0, -1)], **columns), NodeTable.empty()
    )
    assert got.sigma_xy_m == pytest.approx([xy, xy])
    assert got.sigma_z_m == pytest.approx([z, z])
    assert got.basis[0] == basis


def test_hidden_points_are_known_worse_the_deeper_they_lie():
    deep = pipe(
        "w", Utility.WATER, [(0, 0, -3), (9, 0, -0.5)], start_ground_m=0.0, end_ground_m=0.0
    )
    got = uncertainty_of(deep, NodeTable.empty())
    assert got.sigma_xy_m == pytest.approx([0.15, 0.05])
    assert got.sigma_z_m == pytest.approx([0.225, 0.075])


def test_recorded_points_speak_for_the_ends_of_a_pipe():
    nodes = NodeTable.build(2, sigma_xy_m=np.array([0.01, 0.03]), sigma_z_m=0.02)
    line = pipe("w", Utility.WATER, [(0, 0, 0), (5, 0, 0), (10, 0, 0)], start_node=0, end_node=1)
    got = uncertainty_of(line, nodes)
    assert got.sigma_xy_m == pytest.approx([0.01, 0.02, 0.03])
    assert got.basis[0] == SigmaBasis.NODE


def test_no_pipes_have_no_deviations():
    assert len(uncertainty_of(PipeTable.empty(), NodeTable.empty()).sigma_xy_m) == 0
