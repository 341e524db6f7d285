"""Stations on segments as chainage along runs."""

from __future__ import annotations

import numpy as np
from kernel_builders import Piece, segments

from baiyun_gis.kernels.plan import plan_stretch
from baiyun_gis.kernels.segments import pair_rows
from baiyun_gis.kernels.stations import near_on_runs, runs_of, stations_along_runs


def test_stations_are_counted_along_the_run_whichever_way_the_line_leads() -> None:
    seg = segments(Piece((0, 0, 0), (3, 4, 0), 0.1), Piece((0, 0, 0), (10, 0, 0), 0.1))
    k = np.array([0, 1, 1], dtype=np.int32)
    offset, sign = np.array([100.0, 50.0]), np.array([1.0, -1.0])
    low, high = np.array([0.2, 0.1, np.nan]), np.array([0.6, 0.4, np.nan])
    start, stop = stations_along_runs(seg, k, (offset, sign), (low, high), np.full(3, 0.5))
    np.testing.assert_allclose(start, [101.0, 46.0, 45.0])
    np.testing.assert_allclose(stop, [103.0, 49.0, 45.0])


def test_what_is_not_known_stays_so() -> None:
    seg = segments(Piece((0, 0, 0), (3, 4, 0), 0.1))
    none = np.array([np.nan])
    start, stop = stations_along_runs(
        seg, np.zeros(1, dtype=np.int32), (np.zeros(1), np.ones(1)), (none, none), none
    )
    assert np.isnan([start[0], stop[0]]).all()


def test_where_lines_lie_near_is_told_along_the_run() -> None:
    seg = segments(
        Piece((0, 0, 0), (10, 0, 0), 0.1),
        Piece((5, 0.5, 0), (20, 0.5, 0), 0.1),
        Piece((0, 9, 0), (10, 9, 0), 0.1),
    )
    pairs = np.array([0, 0, 0], dtype=np.int32), np.array([1, 2, 1], dtype=np.int32)
    runs = runs_of(seg, np.full(3, 100.0), np.full(3, -1.0))
    at = np.array([0.5, 0.2, 0.3])
    wanted, within = np.array([True, True, False]), np.full(3, 0.4)
    start, stop = span = np.empty((2, 3))
    near_on_runs(0, 3, pair_rows(seg, *pairs), within, wanted, runs, at, span)
    stretch = plan_stretch(seg, *pairs, within)
    np.testing.assert_array_equal(start, [90.0, 98.0, 97.0])
    np.testing.assert_allclose(stop, [100.0 - 10 * stretch.from_t[0], 98.0, 97.0])
    assert 4.0 < 10 * stretch.from_t[0] < 5.0
