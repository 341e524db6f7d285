"""A handful of rows looked at one by one gives what the ways for many give."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.kernels import encounters, ordering
from baiyun_gis.kernels.encounters import encounters_of, neighbours_of
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.segments import Segments


def segments(chance: np.random.Generator, count: int) -> Segments:
    start, step = chance.uniform(-40, 40, (count, 2)), chance.normal(0, 12, (count, 2))
    level, half = np.zeros(count), np.full(count, 0.1)
    flags = np.zeros(count, dtype=np.bool_)
    pipe = np.arange(count, dtype=np.int32) // 3
    stop = start + step
    return Segments(
        start[:, 0].copy(), start[:, 1].copy(), level, stop[:, 0].copy(), stop[:, 1].copy(), level,
        half, half, flags, flags, flags, pipe, level,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_keys_are_numbered_in_their_order_however_few(seed: int, monkeypatch: pytest.MonkeyPatch):
    keys = np.random.default_rng(seed).integers(-5, 9, 40)
    number, first = numbered(keys)
    _, expected_first, expected = np.unique(keys, return_index=True, return_inverse=True)
    assert number.tolist() == expected.reshape(-1).tolist()
    assert first.tolist() == expected_first.tolist()
    monkeypatch.setattr(ordering, "HANDFUL", -1)
    assert [column.tolist() for column in numbered(keys)] == [number.tolist(), first.tolist()]


@pytest.mark.parametrize("seed", range(4))
def test_lines_in_boxes_are_found_alike_however_few(seed: int, monkeypatch: pytest.MonkeyPatch):
    chance = np.random.default_rng(seed)
    seg, low = segments(chance, 30), chance.uniform(-50, 50, (20, 2))
    boxes = np.hstack([low, low + chance.uniform(0, 15, (20, 2))])
    boxes[3] = np.nan
    reach = chance.uniform(0, 2, 30)
    reach[4] = np.nan
    owner = chance.integers(0, 8, 20).astype(np.int32)
    owners = chance.integers(-1, 8, (10, 2)).astype(np.int32)
    few = encounters_of(seg, reach, boxes, owner=owner, owners=owners)
    monkeypatch.setattr(encounters, "FEW", -1)
    many = encounters_of(seg, reach, boxes, owner=owner, owners=owners)
    assert len(few.i)
    assert [column.tolist() for column in few] == [column.tolist() for column in many]


@pytest.mark.parametrize("seed", range(4))
def test_points_beside_each_other_are_found_alike_however_few(
    seed: int, monkeypatch: pytest.MonkeyPatch
):
    chance = np.random.default_rng(seed)
    xy, reach = chance.uniform(-20, 20, (60, 2)), chance.uniform(0, 4, 60)
    xy[7] = np.nan
    kind = chance.integers(0, 3, 60).astype(np.int32)
    few = neighbours_of(xy, reach, kind)
    monkeypatch.setattr(encounters, "FEW", -1)
    many = neighbours_of(xy, reach, kind)
    assert len(few[0])
    assert [column.tolist() for column in few] == [column.tolist() for column in many]
