"""Lines cut at the edges of areas, piece by piece against shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from baiyun_gis.kernels.cuts import INSIDE, NO_PIECE, OPEN, OUTSIDE, Cuts, cuts_of, is_large
from baiyun_gis.kernels.outlines import outlines_of
from baiyun_gis.kernels.segments import Segments


def _axes(ends: np.ndarray) -> Segments:
    """Segments of which only the plan axes count; rows of x0, y0, x1, y1."""
    none, flags = np.zeros(len(ends)), np.zeros(len(ends), dtype=np.bool_)
    pipe = np.arange(len(ends), dtype=np.int32)
    x0, y0, x1, y1 = ends.T.copy()
    return Segments(x0, y0, none, x1, y1, none, none, none, flags, flags, flags, pipe, none)


def _areas(chance: np.random.Generator, *, spread_m: float, size_m: float) -> np.ndarray:
    """Round spots, some with a hole or in two parts, one of many corners, one missing."""
    at = shapely.points(chance.uniform(0, spread_m, (60, 2)))
    radius = chance.uniform(size_m / 10, size_m, 60)
    areas = np.asarray(shapely.buffer(at, radius, quad_segs=2), dtype=object)
    areas[:10] = shapely.difference(areas[:10], shapely.buffer(at[:10], radius[:10] / 3))
    areas[10] = shapely.buffer(at[10], 2 * size_m, quad_segs=200)
    areas[11] = None
    areas[12] = shapely.MultiPolygon([shapely.box(1, 1, 4, 9), shapely.box(6, 2, 9, 70)])
    areas[13] = shapely.box(spread_m * 0.3, -5, spread_m * 0.4, spread_m + 5)
    return areas


def _pieces(cuts: Cuts, segment: int) -> tuple[np.ndarray, np.ndarray]:
    part = slice(cuts.start[segment], cuts.start[segment + 1])
    return cuts.station[part], cuts.on[part]


def _between(start: np.ndarray, stop: np.ndarray, t: np.ndarray) -> np.ndarray:
    return start + (stop - start) * np.asarray(t)[:, None]


@pytest.mark.parametrize(("seed", "spread_m", "size_m"), [(4, 100, 12), (5, 3000, 400), (6, 9, 3)])
def test_pieces_lie_in_areas_as_shapely_says(seed, spread_m, size_m):
    chance = np.random.default_rng(seed)
    areas = _areas(chance, spread_m=spread_m, size_m=size_m)
    ends = chance.uniform(-0.05 * spread_m, 1.05 * spread_m, (300, 4))
    ends[:40, 3] = ends[:40, 1]  # due east
    ends[40:80, 2] = ends[40:80, 0]  # due north
    ends[80:160, 2:] = ends[80:160, :2] + chance.uniform(-1, 1, (80, 2))
    outlines = outlines_of(areas)
    steps = np.ones(300, dtype=np.int32)
    cuts = cuts_of(_axes(ends), steps, outlines)
    small = areas[~is_large(outlines) & (areas != None)]  # noqa: E711 rows of objects
    large = areas[is_large(outlines)][0]
    assert is_large(outlines).sum() == 1
    for row in range(300):
        station, on = _pieces(cuts, row)
        middle = _between(ends[row, :2], ends[row, 2:], (station[1:] + station[:-1]) / 2)
        is_piece = on[:-1] != NO_PIECE
        hits = shapely.contains_xy(small[:, None], *middle.T).any(axis=0)
        in_large = shapely.contains_xy(large, *middle.T)
        assert on[-1] == NO_PIECE
        assert (np.diff(station)[~is_piece] <= 1e-9).all()
        assert (on[:-1][is_piece & hits] == INSIDE).all()
        assert np.isin(on[:-1][is_piece & ~hits & in_large], (INSIDE, OPEN)).all()
        assert np.isin(on[:-1][is_piece & ~hits & ~in_large], (OUTSIDE, OPEN)).all()


def test_lines_are_cut_wherever_they_cross_an_edge():
    chance = np.random.default_rng(7)
    areas = _areas(chance, spread_m=200, size_m=30)
    ends = chance.uniform(-10, 210, (200, 4))
    cuts = cuts_of(_axes(ends), np.ones(200, dtype=np.int32), outlines_of(areas))
    edges = shapely.boundary(areas[areas != None])  # noqa: E711 rows of objects
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    total = 0
    for row, line in enumerate(lines):
        station, _ = _pieces(cuts, row)
        points = shapely.get_coordinates(shapely.intersection(edges, line))
        at = np.sort(shapely.line_locate_point(line, shapely.points(points), normalized=True))
        total += len(at)
        assert station[1:-1] == pytest.approx(at, abs=1e-9)
    assert total > 1000


def test_cuts_come_in_order_with_both_ends():
    ends = np.array([[0, 0, 10, 0], [0, 0, 10, 0], [0, 5, 10, 5]], dtype=float)
    kerbs = shapely.polygons(
        [[(2, -1), (7, -1), (7, 2), (2, 2)], [(4, 4), (99, 4), (99, 6), (4, 6)]]
    )
    steps = np.array([1, 0, 3], dtype=np.int32)
    cuts = cuts_of(_axes(ends), steps, outlines_of(np.asarray(kerbs, dtype=object)))
    assert cuts.start.tolist() == [0, 4, 4, 9]
    assert cuts.station.tolist() == [0.0, 0.2, 0.7, 1.0, 0.0, 1 / 3, 0.4, 2 / 3, 1.0]
    assert cuts.on.tolist() == [0, 1, 0, -1, 0, 0, 1, 1, -1]
    assert cuts.segments(np.array([0, 3, 4, 8])).tolist() == [0, 0, 2, 2]


def test_a_line_over_a_thousand_kerbs_is_cut_at_all_of_them():
    x = np.arange(1000.0) * 3 + 1
    strips = np.asarray(shapely.box(x, -1, x + 1, 1), dtype=object)
    cuts = cuts_of(_axes(np.array([[0.0, 0, 3000, 0]])), np.ones(1, np.int32), outlines_of(strips))
    assert len(cuts.station) == 2002
    assert np.bincount(cuts.on[:-1]).tolist() == [1001, 1000]


def test_nothing_lies_in_no_areas():
    ends = np.random.default_rng(5).uniform(0, 100, (3, 4))
    ends[1, 2] = np.nan
    none = outlines_of(np.zeros(0, dtype=object))
    cuts = cuts_of(_axes(ends), np.ones(3, dtype=np.int32), none)
    assert cuts.station.tolist() == [0.0, 1.0] * 3
    assert cuts.on.tolist() == [OUTSIDE, NO_PIECE] * 3
