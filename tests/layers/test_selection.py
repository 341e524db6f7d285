"""What is picked out in the scene, and from where a conflict is looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from builders import network, pipe
from window_builders import report_on, small_street

from baiyun_gis.model.vocabulary import Utility
from layers.primitives import LabelBatch, LineBatch, TubeBatch
from layers.request import DrawRequest
from layers.selection import conflict_bodies, parties_of, selection_bodies
from layers.viewpoint import bearing_deg, facing_north, viewpoint_across, viewpoint_of

ASK = DrawRequest(None, 1.0, np.datetime64("NaT", "D"), dimension=3, origin=(10.0, 0.0, 0.0))


def test_selected_lines_are_bodies_of_their_own_size_less_the_origin() -> None:
    state = small_street()
    (body,) = selection_bodies(state, {"pipes": np.array([2])}, ASK)
    assert isinstance(body, TubeBatch)
    assert body.feature.tolist() == [2]
    assert body.half_width_m.tolist() == pytest.approx([0.4])
    assert body.xyz[0].tolist() == pytest.approx([40.0, -30.0, 6.0])


def test_a_selected_building_is_outlined_at_its_feet_and_roof() -> None:
    feet, roof = selection_bodies(small_street(), {"suspicions": np.array([0])}, ASK)
    assert isinstance(feet, LineBatch)
    assert isinstance(roof, LineBatch)
    assert set(feet.xyz[:, 2].tolist()) == {10.0}
    assert set(roof.xyz[:, 2].tolist()) == {22.0}


def test_rows_that_are_gone_are_left_out() -> None:
    state = small_street()
    for table in ("pipes", "nodes", "buildings", "structures"):
        assert selection_bodies(state, {table: np.array([99])}, ASK) == ()


def test_a_conflict_shows_both_lines_the_gap_and_its_length() -> None:
    state = small_street()
    drawn = conflict_bodies(state, report_on(state), 0, ASK)
    tubes = [part for part in drawn if isinstance(part, TubeBatch)]
    assert sorted(np.concatenate([part.feature for part in tubes]).tolist()) == [0, 2]
    (label,) = [part for part in drawn if isinstance(part, LabelBatch)]
    assert label.text.tolist() == ["0.10 m"]
    gap = [part for part in drawn if isinstance(part, LineBatch)][-1]
    assert gap.xyz.tolist() == pytest.approx(np.array([[40, 0, 7.8], [40, 0, 6.5]]))


def test_a_conflict_without_a_place_shows_its_line_only() -> None:
    state = small_street()
    (only,) = conflict_bodies(state, report_on(state), 3, ASK)
    assert isinstance(only, TubeBatch)
    assert only.feature.tolist() == [2]


def test_parties_of_one_table_are_told_together() -> None:
    conflicts = report_on(small_street()).conflicts
    assert {t: r.tolist() for t, r in parties_of(conflicts, 0).items()} == {"pipes": [0, 2]}
    assert {t: r.tolist() for t, r in parties_of(conflicts, 3).items()} == {"pipes": [2]}


def test_lines_over_each_other_are_seen_low_and_from_beside_both() -> None:
    state = small_street()
    view = viewpoint_of(state, report_on(state), 0)  # water to the east, sewer to the north
    assert view is not None
    assert abs(view.azimuth_deg) == pytest.approx(45.0)
    assert 15.0 < view.elevation_deg < 25.0


def test_lines_beside_each_other_are_looked_along_from_above() -> None:
    state = small_street()
    view = viewpoint_of(state, report_on(state), 1)
    assert view is not None
    assert abs(view.azimuth_deg) == pytest.approx(90.0)
    assert view.elevation_deg > 25.0


def test_more_room_where_the_gap_or_the_line_is_large() -> None:
    state = small_street()
    report = report_on(state)
    near_b = report.conflicts.near_b.copy()
    near_b[1, 1] = 12.0
    wide = replace(report, conflicts=report.conflicts.with_columns(near_b=near_b))
    near, far = viewpoint_of(state, report, 1), viewpoint_of(state, wide, 1)
    assert near is not None
    assert far is not None
    assert far.radius_m > 2 * near.radius_m > 2 * 1.85


def test_a_line_is_looked_at_from_its_side() -> None:
    state = network(pipe("W", Utility.WATER, [(0, 0, 9), (100, 0, 9)], d=0.3))
    view = viewpoint_across(state.pipes, 0, np.array([50.0, 0.0]), radius_m=8.0)
    assert view is not None
    assert abs(view.azimuth_deg) < 1e-9  # the line runs east: looked at northward
    assert view.radius_m == 8.0
    assert viewpoint_across(state.pipes, 7, np.array([50.0, 0.0]), radius_m=8.0) is None


def test_there_is_no_viewpoint_without_a_line() -> None:
    state = small_street()
    report = report_on(state, a_table=np.array(["nodes"] * 4, dtype=object))
    assert viewpoint_of(state, report, 3) is None


def test_the_bearing_is_that_of_the_nearest_piece() -> None:
    bent = network(pipe("b", Utility.WATER, [(0, 0, 8), (10, 0, 8), (10, 10, 8)])).pipes
    assert bearing_deg(bent, 0, np.array([4.0, 1.0])) == pytest.approx(90.0)
    assert bearing_deg(bent, 0, np.array([11.0, 8.0])) == pytest.approx(0.0)


@pytest.mark.parametrize(("given", "seen"), [(0, 0), (89, 89), (91, -89), (180, 0), (-100, 80)])
def test_one_faces_north_rather_than_south(given: float, seen: float) -> None:
    assert facing_north(given) == pytest.approx(seen)
