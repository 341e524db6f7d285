"""Lines near buildings: who is near enough for what is asked."""

from __future__ import annotations

import numpy as np

from baiyun_gis.kernels.beside import AskedLines, DepthRule, Outlying, beside_buildings
from baiyun_gis.kernels.segments import Segments

NONE, YES = np.zeros(1), np.ones(1, dtype=np.bool_)
FIRST = np.zeros(1, dtype=np.int32)
BOX = np.array([[0.0, 0.0, 10.0, 10.0]])


def line(y: float, z: float = -1.0) -> Segments:
    """A line of 0.2 m along the x axis."""
    at, half, level = np.array([y]), np.array([0.1]), np.array([z])
    return Segments(
        NONE, at, level, NONE + 10, at, level, half, half, ~YES, YES, YES, FIRST, NONE
    )  # fmt: skip


def near(seg: Segments, asked_m: float, *, sigma_m: float = 0.0, knows_width: bool = True):
    lines = AskedLines(FIRST, np.array([asked_m]), NONE + sigma_m, NONE, YES & knows_width)
    around = Outlying(BOX, np.array([0.25]), np.zeros(0))
    return beside_buildings(seg, FIRST, FIRST, lines, around, sigmas=2.0, unsized_m=0.5)


def test_a_line_is_near_enough_within_what_is_asked_and_in_doubt():
    assert len(near(line(12.3), 2.0).i) == 1  # 2.3 − 0.1 half width − 0.25 of the building
    assert len(near(line(12.4), 2.0).i) == 0
    assert len(near(line(12.4), 2.0, sigma_m=0.1).i) == 1
    assert len(near(line(12.8), 2.0, knows_width=False).i) == 1
    assert len(near(line(12.9), 2.0, knows_width=False).i) == 0


def test_reaches_hold_all_that_is_in_doubt():
    found = near(line(11.0), 2.0, sigma_m=0.1)
    assert found.asked.tolist() == [2.0]
    assert np.isnan(found.by_depth).all()
    assert np.allclose(found.reach, 2.0 + 0.2 + 0.25)


def test_nothing_is_near_what_nothing_is_asked_of():
    assert len(near(line(5.0), np.nan).i) == 0


def test_depth_below_a_foundation_asks_for_more():
    rule = DepthRule(tangent=0.5, space=1.0, least=3.0, deepest=8.0)
    lines = AskedLines(FIRST, np.array([2.0]), NONE, NONE, YES)

    def found(y: float, foundation_m: float):
        around = Outlying(BOX, NONE, np.array([foundation_m]))
        seg = line(y, z=-5.9)  # its underside at −6.0
        return beside_buildings(seg, FIRST, FIRST, lines, around, rule, sigmas=2.0, unsized_m=0.5)

    deeper = found(14.5, -4.0)  # 2 m deeper: 2 ÷ 0.5 + 1
    assert deeper.by_depth.tolist() == [5.0] == deeper.reach.tolist()
    assert len(found(15.2, -4.0).i) == 0
    assert len(found(14.5, np.nan).i) == len(found(14.5, -7.0).i) == 0
    assert np.isnan(found(11.0, -4.0).by_depth).all()  # near enough without
    assert len(found(26.9, 10.0).i) == 1  # no deeper than any trench: 8 ÷ 0.5 + 1
    assert len(found(27.2, 10.0).i) == 0
