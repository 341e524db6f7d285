"""Clearances to polygons that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from kernel_builders import Piece, PolygonClearance, clearance_to_polygons, rows, segments

from baiyun_gis.kernels.outlines import outlines_of

HOUSE = shapely.box(0.0, 0.0, 10.0, 8.0)
COURTYARD = shapely.difference(HOUSE, shapely.box(3.0, 2.0, 7.0, 6.0))


def clearance(pipe: Piece, polygon: shapely.Geometry) -> PolygonClearance:
    outlines = outlines_of(np.array([polygon], dtype=object))
    return clearance_to_polygons(segments(pipe), rows(0), outlines, rows(0))


def test_clearance_is_from_wall_to_outline() -> None:
    found = clearance(Piece((-5, -2, 0), (20, -2, 0), 0.5), HOUSE)
    assert found.gap[0] == pytest.approx(1.5)
    assert found.ay[0] == pytest.approx(-1.5)
    assert found.by[0] == pytest.approx(0.0)
    assert found.inside_m[0] == 0.0


def test_a_pipe_under_a_house_is_as_deep_as_its_deepest_point() -> None:
    found = clearance(Piece((5, -5, 0), (5, 3, 0), 0.5), HOUSE)
    assert found.gap[0] == pytest.approx(-3.0, abs=2e-4)
    assert found.inside_m[0] == pytest.approx(3.0)
    assert found.t[0] == pytest.approx(1.0)


def test_a_wall_that_reaches_in_overlaps_by_that() -> None:
    found = clearance(Piece((-5, -0.2, 0), (20, -0.2, 0), 0.5), HOUSE)
    assert found.gap[0] == pytest.approx(-0.3, abs=2e-4)
    assert found.inside_m[0] == 0.0


def test_a_round_end_that_reaches_in_overlaps_by_its_tip() -> None:
    flat = Piece((5, -5, 0), (5, -0.3, 0), 0.5)
    assert clearance(flat, HOUSE).gap[0] == pytest.approx(0.3)
    found = clearance(flat._replace(flat1=False), HOUSE)
    assert found.gap[0] == pytest.approx(-0.2, abs=2e-4)


def test_a_courtyard_is_outside_the_house() -> None:
    inside = Piece((4, 4, 0), (6, 4, 0), 0.25)
    found = clearance(inside, COURTYARD)
    assert found.gap[0] == pytest.approx(1.0)
    assert clearance(inside, HOUSE).gap[0] < -3.0
    across = clearance(Piece((-5, 4, 0), (15, 4, 0), 0.25), COURTYARD)
    assert across.inside_m[0] == pytest.approx(6.0)


def test_a_house_that_lies_within_the_strip_is_overlapped() -> None:
    shed = shapely.box(4.9, 4.9, 5.1, 5.1)
    found = clearance(Piece((0, 5, 0), (10, 5, 0), 2.0), shed)
    assert found.gap[0] == pytest.approx(-0.1, abs=2e-4)


def test_parts_of_one_building_count_together() -> None:
    two = shapely.union(HOUSE, shapely.box(20.0, 0.0, 30.0, 8.0))
    assert clearance(Piece((15, -5, 0), (15, 20, 0), 0.5), two).gap[0] == pytest.approx(4.5)
    over = clearance(Piece((-5, 4, 0), (40, 4, 0), 0.5), two)
    assert over.inside_m[0] == pytest.approx(20.0)


def test_unknown_width_or_a_missing_outline_gives_no_number() -> None:
    assert math.isnan(clearance(Piece((0, -2, 0), (9, -2, 0), math.nan), HOUSE).gap[0])
    assert math.isnan(clearance(Piece((0, -2, 0), (9, -2, 0), 0.1), shapely.Polygon()).gap[0])


def test_touching_the_outline_is_no_clearance_and_no_depth() -> None:
    found = clearance(Piece((-5, -0.5, 0), (20, -0.5, 0), 0.5), HOUSE)
    assert found.gap[0] == pytest.approx(0.0, abs=1e-6)


def test_outlines_of_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="polygons"):
        outlines_of(np.array([shapely.LineString([(0, 0), (1, 1)])], dtype=object))


def test_missing_and_split_polygons_keep_their_rows() -> None:
    two = shapely.union(HOUSE, shapely.box(20.0, 0.0, 30.0, 8.0))
    found = outlines_of(np.array([None, two, COURTYARD], dtype=object), (1.0, 0.0))
    assert found.polygon_rings.tolist() == [0, 0, 2, 4]
    assert found.ring_offsets[-1] == len(found.xy) == 20
    assert found.xy[:, 0].min() == pytest.approx(-1.0)
