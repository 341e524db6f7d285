"""Marks of pairs at a first look against what measuring every pair says."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import GRID, cells_of, every_sort, marks_of, moved

from baiyun_gis.kernels.first_look import (
    AT,
    CROSSES,
    LINKED,
    MEASURE,
    NEAR,
    OVER,
    ROOMY,
    STEEP,
    TOUCHES,
    Asked,
    Marks,
    looked_over,
    turn_of,
)
from baiyun_gis.kernels.pairing import Ends
from baiyun_gis.kernels.plain_crossings import Enough, crossing_heights
from baiyun_gis.kernels.plan import near_in_plan, plan_crossing
from baiyun_gis.kernels.segments import Segments, table_of
from baiyun_gis.kernels.sides import CLASS, FLAGS, NO_HEIGHT, LineTraits, Sides, sides_of
from baiyun_gis.kernels.strips import Grid
from baiyun_gis.model.columns import I32

PAIRS = 4000
SIGMAS, UNSIZED_M = 2.0, 0.5


def ends_of(rng: np.random.Generator, count: int) -> Ends:
    joint = np.arange(2 * count, dtype=np.int32)
    joint[rng.integers(0, 2 * count, count // 4)] = 0
    family = rng.integers(0, 3, count).astype(np.int32)
    flags = np.ones(count, dtype=np.bool_)
    pipe = np.arange(count, dtype=np.int32)
    return Ends(pipe, joint, family, np.arange(2 * count, dtype=np.int32), flags, flags)


def case(seed: int) -> tuple[Segments, I32, I32, Ends, Sides, Asked]:
    rng = np.random.default_rng(seed)
    seg, count = moved(every_sort(rng, PAIRS), GRID * (seed % 2)), 2 * PAIRS
    ends = ends_of(rng, count)
    flags = rng.random((3, count)) < 0.9
    sigma = rng.uniform(0.0, 0.1, (2, count))
    kind = rng.integers(0, 2, count).astype(np.int32)
    special = rng.random(count) < 0.1
    sides = sides_of(
        seg,
        ends,
        LineTraits(kind, np.zeros(count, dtype=np.int32), ~flags[2], special, flags[2], np.ones(2)),
        known=(flags[0], flags[1]),
        xy_m=(sigma[0], sigma[1]),
        z_m=(sigma[1], sigma[0]),
        sigmas=SIGMAS,
        unsized_m=UNSIZED_M,
        least_m=0.01,
    )
    limit = np.array([0.3, np.nan, 0.5, 1.0, 0.1, np.nan, 0.2, 0.4])
    i, j = np.arange(PAIRS, dtype=np.int32), np.arange(PAIRS, count, dtype=np.int32)
    rise = np.array([0.0, -np.inf, 0.2, 0.0, 0.0, 0.0, np.nan, 0.1])
    above = np.array([1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.0])
    asked = Asked(limit, limit[::-1].copy(), rise, above, 2, SIGMAS, UNSIZED_M)
    return seg, i, j, ends, sides, asked


def looked_at(seg: Segments, i: I32, j: I32, sides: Sides, asked: Asked) -> tuple[I32, Marks]:
    pairs, look = (i.astype(np.int64) << 32) | j, np.empty(len(i), dtype=np.int64)
    all_of_them = -1, Grid(0.0, 0.0, 1.0, 0.0, 1.0)
    looked_over(0, len(i), all_of_them, pairs, table_of(seg), sides, asked, turn_of(15.0), look)
    return cells_of(look), marks_of(look)


@pytest.mark.parametrize("seed", range(4))
def test_marks_say_what_measuring_every_pair_says(seed):
    seg, i, j, _, sides, asked = case(seed)
    cell, marks = looked_at(seg, i, j, sides, asked)
    plan, meeting = near_in_plan(seg, i, j, crossing_angle_deg=15.0)
    assert (((marks & CROSSES) > 0) == meeting.crosses).all()
    assert (((marks & STEEP) > 0) == (meeting.angle_deg >= 15.0)).all()
    flat = SIGMAS * np.hypot(sides.sigma[i, 0], sides.sigma[j, 0])
    code = sides.code[:, 3]
    size = UNSIZED_M * ((code[i] & 2 > 0).astype(float) + (code[j] & 2 > 0))
    plated = (code[i] & 1) | (code[j] & 1)
    assert (cell == 2 * (code[i] >> FLAGS) + (code[j] >> FLAGS) + 4 * plated).all()
    sure = (marks & MEASURE) == 0
    assert 100 < sure.sum() < PAIRS - 100
    with np.errstate(invalid="ignore"):
        at = (plan.gap < flat + size) | meeting.crosses
        near = plan.gap < asked.limit[cell] + flat + size
    over = (plan.gap < -0.001) | meeting.crosses
    for mark, wanted in ((AT, at), (NEAR, near), (OVER, over)):
        assert (((marks & mark) > 0) == wanted)[sure].all()


@pytest.mark.parametrize("seed", range(2))
def test_what_could_touch_is_marked(seed):
    seg, i, j, _, sides, asked = case(seed)
    _, marks = looked_at(seg, i, j, sides, asked)
    top, low = np.maximum(seg.z0, seg.z1), np.minimum(seg.z0, seg.z1)
    apart = np.maximum(low[i] - top[j], low[j] - top[i]) - seg.half_height[i] - seg.half_height[j]
    flat = SIGMAS * np.hypot(sides.sigma[i, 0], sides.sigma[j, 0])
    up = SIGMAS * np.hypot(sides.sigma[i, 1], sides.sigma[j, 1])
    more = 2 * UNSIZED_M * (((sides.code[i, 3] | sides.code[j, 3]) & 4) > 0)
    asks = (marks & (CROSSES | MEASURE)) > 0
    touches = (marks & TOUCHES) > 0
    assert (touches == ~(apart > np.maximum(up, flat) + more))[asks].all()


@pytest.mark.parametrize("seed", range(2))
def test_every_pair_a_joint_could_explain_is_linked(seed):
    seg, i, j, ends, sides, asked = case(seed)
    _, marks = looked_at(seg, i, j, sides, asked)
    shares = np.zeros(PAIRS, dtype=np.bool_)
    for of_a in (0, 1):
        for of_b in (0, 1):
            shares |= ends.joint[2 * i + of_a] == ends.joint[2 * j + of_b]
    linked = (marks & LINKED) > 0
    assert linked[shares].all()
    kin = ends.family[i] == ends.family[j]
    assert not linked[~shares & ~kin].any()
    # An end on the other's axis is a tee, whoever drew it.
    meeting = plan_crossing(seg, i, j)
    at_end = (meeting.ta <= 0) | (meeting.ta >= 1) | (meeting.tb <= 0) | (meeting.tb >= 1)
    tees = kin & meeting.crosses & at_end
    assert tees.sum() > 10
    assert linked[tees].all()


@pytest.mark.parametrize("seed", range(4))
def test_crossings_with_room_keep_every_height_that_is_asked(seed):
    seg, i, j, _, sides, asked = case(seed)
    cell, marks = looked_at(seg, i, j, sides, asked)
    flat, up = sides.sigma[:, 0], sides.sigma[:, 1]
    heights = crossing_heights(
        seg,
        i,
        j,
        sigma_m=(flat, flat, up, up),
        enough=Enough(np.full(len(asked.limit), 1e9), cell, SIGMAS),
    )
    more = np.where(((sides.code[i, CLASS] | sides.code[j, CLASS]) & NO_HEIGHT) > 0, UNSIZED_M, 0.0)
    doubt = SIGMAS * heights.doubt
    with np.errstate(invalid="ignore"):
        has_room = heights.clearance > asked.height[cell] + more + doubt
        has_room &= asked.above[cell] * heights.rise > asked.rise[cell] + doubt
    roomy = (marks & ROOMY) > 0
    assert roomy.sum() > 20
    assert has_room[roomy].all()
    crosses = (marks & CROSSES) > 0
    assert crosses[roomy].all()
    # Hardly any is left out for want of a closer look.
    assert (has_room & crosses & ~roomy).sum() < 0.2 * roomy.sum() + 20
