"""Ragged shapes of the layers."""

from __future__ import annotations

import gc

import numpy as np
import shapely
from window_builders import many_pipes, small_street

from layers.geometry import Remembered, full_extent, pipe_boxes, rings_of, taken


def test_boxes_hold_exactly_the_vertices_of_each_pipe() -> None:
    pipes = many_pipes(200).pipes
    lines = shapely.linestrings(pipes.xy.reshape(-1, 2, 2))
    np.testing.assert_array_equal(pipe_boxes(pipes), shapely.bounds(lines))


def test_outlines_run_left_about_and_holes_right_about() -> None:
    shell, hole = [(0, 0), (0, 9), (9, 9), (9, 0)], [(2, 2), (4, 2), (4, 4), (2, 4)]
    shapes = np.array([shapely.Polygon(shell, [hole]), None, shapely.Point(1, 1)], object)
    rings = rings_of(shapes)
    areas = [
        shapely.LinearRing(rings.xy[a:b])
        for a, b in zip(rings.ring_offsets[:-1], rings.ring_offsets[1:], strict=True)
    ]
    assert [ring.is_ccw for ring in areas] == [True, False]
    assert rings.feature.tolist() == [0]


def test_parts_of_one_feature_keep_its_row() -> None:
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])
    rings = rings_of(np.array([shapely.box(9, 9, 10, 10), two], object))
    assert rings.feature.tolist() == [0, 1, 1]


def test_taking_ragged_items_takes_their_elements() -> None:
    offsets, elements = taken(np.array([0, 2, 2, 5]), np.array([2, 0]))
    assert offsets.tolist() == [0, 3, 5]
    assert elements.tolist() == [2, 3, 4, 0, 1]


def test_what_is_remembered_goes_with_its_array() -> None:
    kept: Remembered[int] = Remembered()
    array = np.zeros(3)
    assert kept.of(array, lambda: 7) == 7
    assert kept.of(array, lambda: 8) == 7
    del array
    gc.collect()
    assert len(kept) == 0


def test_the_extent_holds_pipes_nodes_and_shapes() -> None:
    assert full_extent(small_street()) == (-5.0, -30.0, 105.0, 30.0)
