"""Where outlines are near lines, judged by shapes grown and cut apart elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from shapely import affinity

from baiyun_gis.kernels.outline_stretches import stretch_near
from baiyun_gis.kernels.outlines import outlines_of
from baiyun_gis.kernels.segments import Segments, table_of

ORIGIN = np.array([38_434_000.0, 2_560_000.0])
FINE = 4096
"""Corners of a quarter circle: arcs right to 2e-8 of their radius."""


def lines(ends: np.ndarray, half: np.ndarray) -> Segments:
    """Straight lines at level 0; `ends` (n, 2, 2)."""
    count = len(ends)
    none, no = np.zeros(count), np.zeros(count, dtype=np.bool_)
    (x0, y0), (x1, y1) = (np.ascontiguousarray(ends[:, k].T) for k in range(2))
    pipe = np.arange(count, dtype=np.int32)
    return Segments(x0, y0, none, x1, y1, none, half, half, no, no, no, pipe, none)


def seen(
    ends: np.ndarray,
    half: Sequence[float],
    shapes: Sequence[shapely.Geometry],
    within: Sequence[float],
) -> np.ndarray:
    """From and to of each line near its own shape, the origin taken off."""
    table = table_of(lines(ends - ORIGIN, np.asarray(half, dtype=float)))
    outlines = outlines_of(np.asarray(shapes, dtype=object), tuple(ORIGIN))
    out = np.empty((len(ends), 2))
    for row in range(len(out)):
        stretch_near(outlines, row, table, row, float(within[row]), out[row])
    return out


def oracle(
    ends: np.ndarray, half: float, shape: shapely.Geometry, within: float
) -> tuple[float, float]:
    """The same by growing the shape, cutting the strip with it and dropping feet on the axis."""
    line = shapely.LineString(ends)
    strip = line.buffer(half, cap_style="flat") if half > 0 else line
    zone = shapely.buffer(shape, within, quad_segs=FINE) if within > 0 else shape
    at = shapely.line_locate_point(
        line, shapely.points(shapely.get_coordinates(shapely.intersection(zone, strip)))
    )
    return float(np.min(at, initial=np.inf)), float(np.max(at, initial=-np.inf))


def across(ends: np.ndarray, half: float, at: float) -> shapely.Geometry:
    """The line across a strip at a station."""
    way = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    middle, side = ends[0] + at * way, half * np.array([-way[1], way[0]])
    return shapely.LineString([middle - side, middle + side])


def star(chance: np.random.Generator) -> shapely.Polygon:
    """A concave outline, sometimes with a hole."""
    count = chance.integers(4, 12)
    turn = np.sort(chance.uniform(0, 2 * np.pi, count))
    ray = np.column_stack([np.cos(turn), np.sin(turn)])
    outer = ray * chance.uniform(4, 15, count)[:, None]
    holes = [ray[::-1] * chance.uniform(0.5, 3.5)] if chance.random() < 0.4 else []
    return shapely.Polygon(outer, holes)


def shape_of(chance: np.random.Generator) -> shapely.Geometry:
    """A star, several of them, or a house with collinear corners in its walls."""
    kind = chance.integers(0, 4)
    if kind == 0:
        house = shapely.segmentize(shapely.box(-8, -5, 8, 5), 2.0)
        return affinity.rotate(house, chance.choice([0.0, 90.0, chance.uniform(0, 360)]))
    if kind == 1:
        return shapely.union(star(chance), affinity.translate(star(chance), 25.0, 10.0))
    return star(chance)


@pytest.mark.parametrize("seed", range(5))
def test_stretches_are_those_of_shapes_grown_and_cut_apart(seed: int):
    chance, wanted, given = np.random.default_rng(seed), [], []
    while len(wanted) < 120:
        shape = shape_of(chance)
        if not shapely.is_valid(shape):
            continue
        start, step = chance.uniform(-15, 15, 2), chance.normal(0, 15, 2)
        if chance.random() < 0.2:
            step[chance.integers(0, 2)] = 0.0
        half = chance.choice([0.0, chance.uniform(0.05, 2.5)])
        within = chance.choice([0.0, chance.uniform(0.01, 8.0)])
        at = affinity.translate(shape, *ORIGIN)
        ends = np.array([start, start + step]) + ORIGIN
        wanted.append(oracle(ends, half, at, within))
        given.append((ends, half, at, within))
    ends, half, shapes, within = zip(*given, strict=True)
    found, wanted = seen(np.array(ends), half, shapes, within), np.array(wanted)
    near = np.isfinite(wanted[:, 0])
    assert 30 < near.sum() < 115
    np.testing.assert_array_equal(np.isfinite(found[:, 0]), near)
    # A strip's side that grazes an arc multiplies the error of the oracle's arcs.
    assert np.abs(found[near] - wanted[near]).max() < 2e-4
    assert np.quantile(np.abs(found[near] - wanted[near]), 0.9) < 1e-6
    for row in near.nonzero()[0]:
        for end, outwards in ((0, -1.0), (1, 1.0)):
            off = [
                shapely.distance(across(ends[row], half[row], found[row, end] + step), shapes[row])
                for step in (0.0, outwards * 1e-3)
            ]
            assert off[0] < within[row] + 1e-6
            is_end = found[row, end] in (0.0, shapely.LineString(ends[row]).length)
            assert off[1] > within[row] - 1e-7 or is_end


HOUSE = affinity.translate(shapely.box(0, 0, 10, 6), *ORIGIN)


@pytest.mark.parametrize(
    ("start", "stop", "half", "within", "expected"),
    [
        ((-5.0, 3.0), (15.0, 3.0), 0.0, 0.0, (5.0, 15.0)),
        ((-5.0, 6.5), (15.0, 6.5), 0.5, 0.0, (5.0, 15.0)),  # the wall touches all along
        ((-5.0, 6.0), (15.0, 6.0), 0.0, 0.0, (5.0, 15.0)),  # the axis on an edge
        ((-5.0, 11.0), (15.0, 11.0), 1.0, 5.0, (2.0, 18.0)),  # 4 m off: 3, 4, 5
        ((2.0, 2.0), (4.0, 2.0), 0.2, 0.0, (0.0, 2.0)),  # all of it inside
        ((4.0, 3.0), (40.0, 3.0), 9.0, 0.0, (0.0, 6.0)),  # the house inside the strip
        ((-5.0, 5.0), (15.0, 5.0), 2.0, 1.0, (4.0, 16.0)),
    ],
)
def test_stretches_at_a_house(
    start: tuple[float, float],
    stop: tuple[float, float],
    half: float,
    within: float,
    expected: tuple[float, float],
):
    ends = np.array([[start, stop]]) + ORIGIN
    assert seen(ends, [half], [HOUSE], [within])[0] == pytest.approx(expected, abs=1e-8)


def test_a_line_in_a_courtyard_is_near_no_wall_of_it():
    yard = shapely.box(0, 0, 40, 40) - shapely.box(5, 5, 35, 35)
    ends = np.array([[[10.0, 20.0], [30.0, 20.0]]]) + ORIGIN
    shape = [affinity.translate(yard, *ORIGIN)]
    assert np.isinf(seen(ends, [0.3], shape, [4.0])).all()
    assert seen(ends, [0.3], shape, [6.0])[0] == pytest.approx((0.0, 20.0))


def test_a_line_without_length_or_width_known_is_near_nowhere():
    ends = np.array([[[2.0, 2.0], [2.0, 2.0]], [[2.0, 2.0], [4.0, 2.0]]]) + ORIGIN
    assert np.isinf(seen(ends, [0.1, np.nan], [HOUSE, HOUSE], [1.0, 1.0])).all()
