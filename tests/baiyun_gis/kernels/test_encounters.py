"""Lines in the boxes of others and points next to each other, as by looking at every pair."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from baiyun_gis.kernels.cells import cells_of_boxes
from baiyun_gis.kernels.encounters import encounters_of, neighbours_of
from baiyun_gis.kernels.segments import Segments


def _axes(ends: np.ndarray, pipe: np.ndarray) -> Segments:
    none, flags = np.zeros(len(ends)), np.zeros(len(ends), dtype=np.bool_)
    x0, y0, x1, y1 = ends.T.copy()
    return Segments(x0, y0, none, x1, y1, none, none, none, flags, flags, flags, pipe, none)


@pytest.mark.parametrize(("seed", "spread_m"), [(1, 50), (2, 400), (3, 4000)])
def test_lines_meet_the_boxes_of_others_and_their_own(seed, spread_m):
    chance = np.random.default_rng(seed)
    ends = chance.uniform(0, spread_m, (300, 4))
    ends[:100, 2:] = ends[:100, :2] + chance.uniform(-8, 8, (100, 2))
    ends[3, 0] = np.nan
    pipe = np.repeat(np.arange(150, dtype=np.int32), 2)
    corner = chance.uniform(0, spread_m, (200, 2))
    boxes = np.hstack([corner, corner + chance.uniform(0, 6, (200, 2))])
    boxes[5, 2] = np.nan
    reach = chance.uniform(0, 3, 300)
    reach[7] = np.nan
    owner = chance.integers(0, 40, 200).astype(np.int32)
    owners = chance.integers(-1, 40, (150, 2)).astype(np.int32)
    owners[:20, 1] = owners[:20, 0]
    met = encounters_of(_axes(ends, pipe), reach, boxes, owner=owner, owners=owners)

    foreign, own = [], np.zeros((150, 2), dtype=np.bool_)
    for i, (axis, by) in enumerate(zip(ends, reach, strict=True)):
        if not np.isfinite([*axis, by]).all():
            continue
        line = shapely.LineString([axis[:2], axis[2:]])
        for k, box in enumerate(boxes):
            low, high = box[:2] - by, box[2:] + by
            if not np.isfinite(box).all() or not line.intersects(shapely.box(*low, *high)):
                continue
            if owner[k] in owners[pipe[i]]:
                own[pipe[i], owners[pipe[i]].tolist().index(owner[k])] = True
            else:
                foreign.append((i, k))
    assert list(zip(met.i.tolist(), met.k.tolist(), strict=True)) == foreign
    assert (met.own == own).all()
    assert foreign
    assert own.any()


def test_nothing_meets_no_boxes():
    axes = _axes(np.zeros((2, 4)), np.zeros(2, dtype=np.int32))
    none = np.zeros(0, dtype=np.int32)
    owners = np.zeros((1, 2), dtype=np.int32)
    met = encounters_of(axes, np.zeros(2), np.zeros((0, 4)), owner=none, owners=owners)
    assert (len(met.i), len(met.k), met.own.any()) == (0, 0, False)


@pytest.mark.parametrize(("seed", "spread_m"), [(1, 5), (2, 40), (3, 4000)])
def test_points_of_one_kind_find_each_other(seed, spread_m):
    chance = np.random.default_rng(seed)
    xy = chance.uniform(0, spread_m, (400, 2))
    xy[:50] = xy[50:100] + chance.uniform(-0.7, 0.7, (50, 2))
    reach, kind = chance.uniform(0, 1, 400), chance.integers(0, 3, 400).astype(np.int32)
    one, two = neighbours_of(xy, reach, kind)
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    near = apart <= np.maximum(reach[:, None], reach[None])
    near &= (kind[:, None] == kind[None]) & np.triu(np.ones((400, 400), dtype=np.bool_), 1)
    assert np.column_stack([one, two]).tolist() == np.argwhere(near).tolist()
    assert len(one) > 5


def test_a_box_in_a_wrong_place_does_not_make_the_cells_as_large_as_a_city():
    x = np.arange(2000.0)
    boxes = np.column_stack([x, x, x + 1, x + 1])
    boxes[7] += -4e7
    cells = cells_of_boxes(boxes, (np.zeros(2), np.full(2, 2000.0)), least_m=16.0)
    assert 1 / cells.frame.per_m < 40
    assert np.unique(cells.item).tolist() == [k for k in range(2000) if k != 7]
