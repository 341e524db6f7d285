"""Points in areas against shapely, cuts against sorting."""

from __future__ import annotations

import numpy as np
import shapely

from baiyun_gis.kernels.cuts import cut_stations, in_areas
from baiyun_gis.kernels.outlines import outlines_of


def _axes(chance: np.random.Generator, count: int) -> np.ndarray:
    """Rows of the kernels' table of which only the plan axes count."""
    table = np.zeros((count, 12))
    table[:, [0, 1, 3, 4]] = chance.uniform(-5, 105, (count, 4))
    return table


def test_stations_lie_in_areas_as_shapely_says():
    chance = np.random.default_rng(4)
    at = shapely.points(chance.uniform(0, 100, (60, 2)))
    areas = np.asarray(shapely.buffer(at, chance.uniform(1, 12, 60), quad_segs=2), dtype=object)
    areas[:10] = shapely.difference(areas[:10], shapely.buffer(at[:10], 0.7))
    areas[10] = shapely.buffer(at[10], 20.0, quad_segs=200)
    areas[11] = None
    table, rows = _axes(chance, 500), np.repeat(np.arange(500, dtype=np.int32), 4)
    stations = np.tile(np.array([0.0, 0.25, 0.6, 1.0]), 500)
    outlines, boxes = outlines_of(areas), shapely.bounds(areas)
    inside, open_, is_large = in_areas(table, rows, stations, outlines, boxes)
    x = table[rows, 0] + (table[rows, 3] - table[rows, 0]) * stations
    y = table[rows, 1] + (table[rows, 4] - table[rows, 1]) * stations
    hits = shapely.contains_xy(areas[:, None], x, y)
    assert np.flatnonzero(is_large).tolist() == [10]
    assert (inside == hits[~is_large].any(axis=0)).all()
    assert open_[hits[10] & ~inside].all()


def test_cuts_come_in_order_with_both_ends():
    steps = np.array([1, 0, 3])
    at, station = np.array([0, 0, 1, 2], dtype=np.int32), np.array([0.7, 0.2, 0.5, 0.4])
    segment, cuts = cut_stations(steps, at, station)
    assert segment.tolist() == [0, 0, 0, 0, 2, 2, 2, 2, 2]
    assert cuts.tolist() == [0.0, 0.2, 0.7, 1.0, 0.0, 1 / 3, 0.4, 2 / 3, 1.0]


def test_nothing_lies_in_no_areas():
    chance = np.random.default_rng(5)
    none = np.zeros(0, dtype=object)
    inside, open_, _ = in_areas(
        _axes(chance, 3), np.arange(3, dtype=np.int32), np.zeros(3), outlines_of(none),
        np.zeros((0, 4)),
    )  # fmt: skip
    assert not inside.any()
    assert not open_.any()
