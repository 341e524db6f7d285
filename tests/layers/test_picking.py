"""What is under the cursor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from window_builders import many_pipes, report_on, small_street

from layers.pick import pick, select_in_box
from layers.pipes import LAYER as PIPES
from layers.request import DrawRequest
from layers.stack import default_stack

ALL = DrawRequest(None, 1.0, np.datetime64("NaT", "D"))


def test_the_nearest_line_comes_first_and_far_ones_not_at_all() -> None:
    drawn = PIPES.draw(small_street(), None, ALL)
    hits = pick(drawn, 20.0, 0.7, tolerance_m=1.5)
    assert [hit.feature for hit in hits] == [0, 1]
    assert abs(hits[0].distance_m - 0.7) < 1e-5
    assert pick(drawn, 20.0, 15.0, tolerance_m=1.5) == ()


def test_points_come_before_lines_and_lines_before_areas() -> None:
    state = small_street()
    drawn = default_stack().draw(state, report_on(state), replace(ALL, metres_per_px=0.3))
    layers = [hit.layer for hit in pick(drawn, 50.0, 0.1, tolerance_m=1.0)]
    assert layers[0] == "conflicts"
    assert layers.index("pipes") < layers.index("structures")


def test_a_building_is_found_from_inside_only() -> None:
    drawn = default_stack().draw(small_street(), None, ALL)
    inside = pick(drawn, 20.0, 20.0, tolerance_m=0.5)
    assert [hit.layer for hit in inside] == ["buildings"]
    assert pick(drawn, 31.0, 20.0, tolerance_m=0.5) == ()


def test_line_distances_agree_with_shapely() -> None:
    import shapely

    state = many_pipes(400)
    drawn = PIPES.draw(state, None, ALL)
    lines = shapely.linestrings(state.pipes.xy.reshape(-1, 2, 2))
    for x, y in np.random.default_rng(5).random((20, 2)) * 1000:
        gaps = shapely.distance(lines, shapely.Point(x, y))
        expected = np.flatnonzero(gaps <= 15.0)
        hits = pick(drawn, x, y, tolerance_m=15.0)
        assert sorted(h.feature for h in hits) == expected.tolist()
        for hit in hits:
            assert abs(hit.distance_m - gaps[hit.feature]) < 1e-3


def test_a_box_selects_what_has_a_vertex_in_it() -> None:
    state = many_pipes(500)
    chosen = select_in_box(PIPES.draw(state, None, ALL), (200, 200, 400, 300))
    xy = state.pipes.xy
    inside = (xy[:, 0] >= 200) & (xy[:, 0] <= 400) & (xy[:, 1] >= 200) & (xy[:, 1] <= 300)
    expected = np.unique(np.repeat(np.arange(500), 2)[inside])
    assert chosen["pipes"].tolist() == expected.tolist()
