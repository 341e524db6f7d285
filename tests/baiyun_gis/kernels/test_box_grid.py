"""Lines near boxes: every pair, each once, in order, whatever the sizes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.box_grid import pairs_with_boxes, reached_by_boxes
from baiyun_gis.kernels.lifts import Lifts
from baiyun_gis.kernels.segments import PIPE, X0, X1, Y0, Y1


def lines(chance: np.random.Generator, count: int, extent_m: float) -> F64:
    table = np.zeros((count, PIPE + 1))
    start = chance.uniform(-extent_m, extent_m, (count, 2))
    way = chance.uniform(0, 2 * np.pi, count)
    length = 10 ** chance.uniform(-1, 3, count)
    table[:, X0], table[:, Y0] = start.T
    table[:, X1] = start[:, 0] + length * np.cos(way)
    table[:, Y1] = start[:, 1] + length * np.sin(way)
    return table


def boxes_in(chance: np.random.Generator, count: int, extent_m: float) -> F64:
    low = chance.uniform(-extent_m, extent_m, (count, 2))
    return np.hstack([low, low + 10 ** chance.uniform(-1, 2.5, (count, 2))])


def expected(table: F64, grown: F64, boxes: F64) -> list[tuple[int, int]]:
    axes = np.asarray(shapely.linestrings(table[:, [X0, Y0, X1, Y1]].reshape(-1, 2, 2)))
    out: list[tuple[int, int]] = []
    for k, axis in enumerate(axes):
        if np.isnan(grown[k]):
            continue
        by = np.array([-1, -1, 1, 1]) * grown[k]
        wide = shapely.box(*(boxes + by).T)
        out += [(k, int(row)) for row in np.flatnonzero(shapely.intersects(wide, axis))]
    return out


def given(keys: np.ndarray) -> list[tuple[int, int]]:
    return list(zip((keys >> 32).tolist(), (keys & 0xFFFFFFFF).tolist(), strict=True))


@pytest.mark.parametrize(("seed", "count"), [(1, 40), (2, 400), (3, 400)])
def test_pairs_are_those_of_every_line_with_every_box(seed: int, count: int):
    chance = np.random.default_rng(seed)
    extent_m = 2.0 * count
    table, boxes = lines(chance, count, extent_m), boxes_in(chance, count, extent_m)
    grown = chance.choice([0.0, 0.7, 12.0, np.nan], count)
    if seed == 3:  # one far off does not make the cells of the others large
        boxes[7] += 1e7
    pairs = given(pairs_with_boxes(table, grown, boxes))
    assert pairs == expected(table, grown, boxes)
    assert len(pairs) > count / 4


def test_a_line_through_hundreds_of_boxes_has_each_once():
    chance = np.random.default_rng(5)
    table, boxes = lines(chance, 100, 300.0), boxes_in(chance, 900, 300.0)
    table[3, [X0, Y0, X1, Y1]] = -400.0, -390.0, 400.0, 380.0
    grown = np.full(100, 20.0)
    pairs = given(pairs_with_boxes(table, grown, boxes))
    assert pairs == expected(table, grown, boxes)
    assert sum(k == 3 for k, _ in pairs) > 100


def test_boxes_that_are_nowhere_pair_with_nothing():
    chance = np.random.default_rng(4)
    table = lines(chance, 300, 100.0)
    assert len(pairs_with_boxes(table, np.ones(300), np.full((200, 4), np.nan))) == 0
    assert len(pairs_with_boxes(table, np.ones(300), np.zeros((0, 4)))) == 0
    assert len(pairs_with_boxes(table, np.full(300, np.nan), boxes_in(chance, 200, 100.0))) == 0


@pytest.mark.parametrize(("count", "largest_m"), [(60, 0.0), (3000, 0.0), (3000, 1e7)])
def test_boxes_above_a_line_reach_further_by_what_they_are_above_it(count: int, largest_m: float):
    chance = np.random.default_rng(7)
    extent_m = 3.0 * count**0.5 * 10
    table, boxes = lines(chance, count, extent_m), boxes_in(chance, count, extent_m)
    boxes[:3, 2:] += largest_m
    grown = chance.uniform(0, 3, count)
    head, foot = chance.uniform(-10, 10, count), chance.uniform(-5, 20, count)
    head[::7], foot[::11], grown[::13] = np.nan, np.nan, np.nan
    lifts = Lifts(head, foot, 12.0)
    axes = np.asarray(shapely.linestrings(table[:, [X0, Y0, X1, Y1]].reshape(-1, 2, 2)))
    lift = np.clip(np.nan_to_num(head[None] - foot[:, None], nan=0.0), 0.0, 12.0)
    wanted = 0
    found = set(given(pairs_with_boxes(table, grown, boxes, lifts)))
    for k in np.flatnonzero(~np.isnan(grown)):
        by = np.array([-1, -1, 1, 1]) * (grown[k] + lift[k])[:, None]
        rows = np.flatnonzero(shapely.intersects(shapely.box(*(boxes + by).T), axes[k]))
        wanted += len(rows)
        assert {(int(k), int(row)) for row in rows} <= found
    assert len(found) == wanted


def test_a_pair_is_judged_alone_as_among_all():
    chance = np.random.default_rng(8)
    table, boxes = lines(chance, 400, 500.0), boxes_in(chance, 400, 500.0)
    grown = chance.uniform(0, 40, 400)
    grown[::9], boxes[::17] = np.nan, np.nan
    found = set(given(pairs_with_boxes(table, grown, boxes)))
    k, row = (of.reshape(-1).astype(np.int32) for of in np.indices((400, 400)))
    alone = reached_by_boxes(table, k, grown[k], boxes[row])
    assert set(zip(k[alone].tolist(), row[alone].tolist(), strict=True)) == found
