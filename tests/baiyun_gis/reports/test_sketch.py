from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from builders import network, pipe
from storage_builders import report_of

from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, NodeTable
from baiyun_gis.model.vocabulary import Shape, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.plan_sketch import near_part
from baiyun_gis.reports.sketch import Sketches, sketches_of
from baiyun_gis.reports.svg import nice_scale, nice_step


def crossing(z: float = -1.45) -> ProjectState:
    return network(
        pipe("W1", Utility.WATER, [(0, 0, -1.0), (10, 0, -1.0)], d=0.3),
        pipe("G1", Utility.GAS, [(5, -5, z), (5, 5, z)], d=0.2),
    )


def drawn(state: ProjectState, **columns: object) -> Sketches:
    return sketches_of(report_of(state, **columns), state, 0, lang="en", key="1")


def test_a_body_is_drawn_to_scale() -> None:
    sketches = drawn(crossing())
    ellipse = re.search(r'<ellipse [^>]*rx="([\d.]+)" ry="([\d.]+)"', sketches.section)
    assert ellipse is not None
    width_mm = 300 / sketches.section_scale
    assert float(ellipse[1]) * 2 == pytest.approx(width_mm, abs=0.011)
    assert float(ellipse[2]) * 2 == pytest.approx(width_mm, abs=0.011)
    widths = [float(w) for w in re.findall(r'stroke-width="([\d.]+)"', sketches.plan)]
    assert any(w == pytest.approx(300 / sketches.plan_scale, abs=0.011) for w in widths)
    assert any(w == pytest.approx(200 / sketches.plan_scale, abs=0.011) for w in widths)


def test_the_gap_in_the_section_has_its_true_length() -> None:
    sketches = drawn(crossing())
    upright = [
        abs(float(a) - float(b))
        for a, b in re.findall(
            r'<line x1="[\d.]+" y1="([\d.]+)" x2="[\d.]+" y2="([\d.]+)" stroke="#b3121d"',
            sketches.section,
        )
    ]
    assert any(mm == pytest.approx(150 / sketches.section_scale, abs=0.02) for mm in upright)


def test_an_unknown_level_is_dashed_with_a_question_mark() -> None:
    sketches = drawn(crossing(np.nan))
    assert "G1 ?" in sketches.section
    assert "stroke-dasharray" in sketches.section
    assert "W1 ?" not in sketches.section


def test_a_rectangle_is_drawn_as_one() -> None:
    state = network(
        pipe(
            "D1",
            Utility.POWER,
            [(0, 0, -1.0), (10, 0, -1.0)],
            shape=Shape.RECTANGLE,
            outer_width_m=0.8,
            outer_height_m=0.4,
        ),
        pipe("W1", Utility.WATER, [(0, 1, -1.0), (10, 1, -1.0)], d=0.3),
    )
    sketches = drawn(
        state,
        near_a=np.array([[5, 0.4, -1.0], [np.nan] * 3]),
        near_b=np.array([[5, 0.85, -1.0], [np.nan] * 3]),
    )
    assert "<polygon" in sketches.section
    assert "<ellipse" in sketches.section


def test_buildings_and_chambers_are_drawn() -> None:
    wall = shapely.box(3, 0.5, 8, 6)
    state = crossing().with_(
        buildings=BuildingTable.build(
            1, id=text_array(["B1"]), geometry=np.array([wall], dtype=object), ground_m=0.5
        ),
        nodes=NodeTable.build(
            1,
            id=text_array(["M1"]),
            xy=np.array([[5.0, 1.0]]),
            chamber_width_m=1.0,
            chamber_length_m=1.4,
            bottom_m=-2.0,
            ground_m=0.5,
            chamber_shape=Shape.RECTANGLE,
        ),
    )
    for table, name in (("buildings", "B1"), ("nodes", "M1")):
        sketches = drawn(
            state,
            b_table=table,
            b_row=np.zeros(2, np.int32),
            b_id=text_array([name, name]),
            near_b=np.array([[5.0, 0.5, np.nan], [np.nan] * 3]),
        )
        assert "<polygon" in sketches.plan
        assert name in sketches.plan
        assert name in sketches.section


def test_a_feature_that_is_no_longer_there_is_not_drawn_as_another() -> None:
    state = crossing()
    report = report_of(state)
    renamed = state.with_(pipes=state.pipes.with_columns(id=text_array(["X", "G1"])))
    sketches = sketches_of(report, renamed, 0, lang="en", key="1")
    assert "G1" in sketches.plan
    assert "W1" not in sketches.plan
    assert ">X<" not in sketches.plan


def test_nothing_to_draw_gives_nothing() -> None:
    sketches = drawn(crossing(), at=np.full((2, 3), np.nan))
    assert sketches == Sketches("", "", 0, 0)


def test_the_north_of_the_plan_is_up() -> None:
    state = network(
        pipe("W1", Utility.WATER, [(0, 0, -1.0), (10, 0, -1.0)]),
        pipe("G1", Utility.GAS, [(0, 1, -1.0), (10, 1, -1.0)]),
    )
    sketches = drawn(
        state,
        at=np.array([[5, 0.5, -1], [np.nan] * 3]),
        near_a=np.array([[5, 0.15, -1.0], [np.nan] * 3]),
        near_b=np.array([[5, 0.85, -1.0], [np.nan] * 3]),
    )
    rows = re.findall(
        r'points="[-\d.]+,([\d.]+) [-\d.]+,[\d.]+" fill="none" stroke="(#\w+)"', sketches.plan
    )
    water = [float(y) for y, colour in rows if colour == "#00A3C7"]
    gas = [float(y) for y, colour in rows if colour == "#D6249F"]
    assert max(gas) < min(water), "paper runs downwards"


def test_scales_and_steps_are_the_usual_ones() -> None:
    assert nice_scale(0.6, room_mm=60) == 10
    assert nice_scale(3.1, room_mm=60) == 100
    assert nice_scale(1e9, room_mm=60) == 5000
    assert nice_step(7.0, parts=4) == 2.0


def test_only_the_near_part_of_a_long_axis_is_drawn() -> None:
    axis = np.column_stack([np.arange(-1000.0, 1001, 10), np.zeros(201)])
    assert len(near_part(axis, reach_m=25)) < 9
    assert len(near_part(np.array([[-500.0, 0], [500, 0]]), reach_m=5)) == 2
