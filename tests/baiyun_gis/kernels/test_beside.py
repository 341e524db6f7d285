"""Lines near buildings: who is near enough for what is asked."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from scipy.special import ndtr

from baiyun_gis.kernels.beside import (
    CHANCE,
    DEEP,
    REACH,
    REQUIRED,
    SIGMA,
    AskedLines,
    Beside,
    DepthRule,
    Doubt,
    Outlying,
    beside_buildings,
)
from baiyun_gis.kernels.outlines import outlines_of
from baiyun_gis.kernels.polygons import STATION
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


HOUSE = outlines_of(np.array([shapely.box(0, 0, 10, 10)], dtype=object))
RULE = DepthRule(tangent=0.5, space=1.0, least=3.0, deepest=8.0)


def near(
    seg: Segments,
    asked_m: float,
    *,
    sigma_m: float = 0.0,
    knows_width: bool = True,
    foundation_m: float | None = None,
    beside_m: float | None = None,
) -> Beside:
    """A line at a house that may lie 0.25 m elsewhere."""
    sure = NONE + sigma_m
    width = YES & knows_width
    lines = AskedLines(FIRST, np.array([asked_m]), sure, NONE, NONE + 0.1, NONE, width, YES)
    level = np.zeros(0) if foundation_m is None else np.array([foundation_m])
    by_line = level if beside_m is None else np.array([beside_m])
    around = Outlying(BOX, np.array([0.125]), level, by_line)
    doubt = Doubt(sigmas=2.0, unsized=0.5, zone=2.5, tolerance=0.001)
    return beside_buildings(seg, FIRST, FIRST, lines, around, HOUSE, RULE, doubt=doubt)


def test_a_line_is_near_enough_within_what_is_asked_and_in_doubt():
    assert len(near(line(13.3), 3.0).i) == 1  # 3.3 − 0.1 half width − 0.25 of the building
    assert len(near(line(13.4), 3.0).i) == 0
    assert len(near(line(13.4), 3.0, sigma_m=0.1).i) == 1
    assert len(near(line(13.8), 3.0, knows_width=False).i) == 1
    assert len(near(line(13.9), 3.0, knows_width=False).i) == 0


def test_a_line_is_looked_at_as_far_off_as_services_are_told_by():
    assert len(near(line(12.8), 0.0).i) == 1
    assert len(near(line(12.9), 0.0).i) == 0


def test_what_is_near_is_measured_and_asked():
    found = near(line(11.0), 2.0, sigma_m=0.1)
    assert found.gap == pytest.approx([0.9])
    assert found.numbers[:, REQUIRED].tolist() == [2.0]
    t = found.numbers[0, STATION]
    sigma = np.hypot(0.1 * (1 - t), 0.125)  # of the line 0.1 m at its start, 0 at its end
    assert found.numbers[:, SIGMA] == pytest.approx([sigma])
    assert found.numbers[:, REACH] == pytest.approx([2.0 + 2 * sigma])
    assert found.numbers[:, DEEP].tolist() == [0.0]
    short = 2.0 - 0.001 - 0.9
    assert found.numbers[:, CHANCE] == pytest.approx([ndtr(short / sigma)])


def test_nothing_is_near_what_nothing_is_asked_of():
    assert len(near(line(5.0), np.nan).i) == 0


def test_depth_below_a_foundation_asks_for_more():
    def found(y: float, foundation_m: float) -> Beside:
        return near(line(y, z=-5.9), 2.0, foundation_m=foundation_m)  # its underside at −6.0

    deeper = found(14.3, -4.0)  # 2 m deeper: 2 ÷ 0.5 + 1
    assert deeper.numbers[:, REQUIRED].tolist() == [5.0]
    assert deeper.numbers[:, DEEP].tolist() == [1.0]
    t = deeper.numbers[0, STATION]
    assert deeper.numbers[:, SIGMA] == pytest.approx([np.hypot(0.125, 0.1 * (1 - t) / 0.5)])
    assert len(found(15.5, -4.0).i) == 0
    assert len(found(14.3, np.nan).i) == len(found(14.3, -7.0).i) == 0
    assert found(11.0, -4.0).numbers[:, REQUIRED].tolist() == [5.0]  # near enough without, too
    assert found(11.0, -6.5).numbers[:, REQUIRED].tolist() == [2.0]  # not deeper
    assert len(found(26.9, 10.0).i) == 1  # no deeper than any trench: 8 ÷ 0.5 + 1
    assert len(found(27.4, 10.0).i) == 0


def test_the_ground_by_the_line_tells_what_the_building_does_not():
    seg = line(11.0, z=-5.9)
    told = near(seg, 2.0, foundation_m=np.nan, beside_m=-4.0)
    assert told.numbers[0, [REQUIRED, DEEP]].tolist() == [5.0, 1.0]
    unknown = near(seg, 2.0, foundation_m=np.nan)
    assert unknown.numbers[0, [REQUIRED, DEEP]].tolist() == [2.0, 0.0]
