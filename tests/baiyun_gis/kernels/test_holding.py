"""What surely holds what: never another answer than the exact one, and most often one at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from baiyun_gis.kernels.holding import DOES_NOT, HOLDS, UNSURE, surely_holds
from baiyun_gis.kernels.outlines import outlines_of

FAR = np.array([434_000.0, 2_562_000.0])


def answers(holders: Any, bodies: Any) -> np.ndarray:
    rows = np.arange(len(holders), dtype=np.int64)
    return surely_holds(outlines_of(holders), rows, outlines_of(bodies), rows)


def shapes(chance: np.random.Generator, count: int) -> np.ndarray:
    """Rectangles, L and stars about one place, shifted; some share corners."""
    out: list[Any] = []
    for _ in range(count):
        wide, high = chance.integers(4, 12, 2) * 1.0
        sort = chance.integers(3)
        if sort == 0:
            corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]])
        elif sort == 1:
            corners = np.array(
                [
                    [0, 0],
                    [wide, 0],
                    [wide, high / 2],
                    [wide / 2, high / 2],
                    [wide / 2, high],
                    [0, high],
                ]
            )
        else:
            way = np.linspace(0, 2 * np.pi, 9)[:-1]
            far = chance.uniform(1, 8, 8)[:, None]
            corners = far * np.column_stack([np.cos(way), np.sin(way)])
        corners = corners + chance.integers(-3, 4, 2)
        out.append(shapely.Polygon(corners + FAR))
    return np.array(out, dtype=object)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sure_answers_are_those_of_exact_geometry(seed: int):
    chance = np.random.default_rng(seed)
    holders, bodies = shapes(chance, 2000), shapes(chance, 2000)
    small = chance.random(2000) < 0.5
    bodies[small] = shapely.transform(bodies[small], lambda xy: FAR + 1 + (xy - FAR) * 0.2)
    found = answers(holders, bodies)
    exact = shapely.covers(holders, bodies)
    assert exact[found == HOLDS].all()
    assert not exact[found == DOES_NOT].any()
    assert (found == HOLDS).sum() > 200
    assert (found == UNSURE).sum() < 300


def test_outlines_grown_by_a_little_hold_what_they_came_from():
    bodies = shapes(np.random.default_rng(4), 200)
    holders = shapely.buffer(bodies, 0.01, join_style="mitre")
    assert (answers(holders, bodies) == HOLDS).all()
    assert (answers(bodies, holders) == DOES_NOT).all()


def test_what_only_touches_or_has_holes_is_left_to_exact_geometry():
    square = shapely.box(0, 0, 10, 10)
    ring = shapely.Polygon(square.exterior, [shapely.box(4, 4, 6, 6).exterior.coords])
    holders = np.array([square, ring, None, square], dtype=object)
    bodies = np.array(
        [shapely.box(0, 2, 5, 5), shapely.box(1, 1, 2, 2), square, None], dtype=object
    )
    assert (answers(holders, bodies) == UNSURE).all()


def test_a_body_across_a_notch_is_not_held_though_all_its_corners_are():
    notched = shapely.Polygon(
        [(0, 0), (10, 0), (10, 10), (6, 10), (6, 4), (4, 4), (4, 10), (0, 10)]
    )
    across = np.array([shapely.box(1, 6, 9, 8)], dtype=object)
    assert answers(np.array([notched], dtype=object), across)[0] != HOLDS
