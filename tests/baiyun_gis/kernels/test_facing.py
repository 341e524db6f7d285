"""From where to where surfaces that lie over each other are too near, against points on them."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import Piece, segments

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.abreast import abreast
from baiyun_gis.kernels.facing import Facing, failing_on_runs
from baiyun_gis.kernels.segments import Segments, pair_rows
from baiyun_gis.kernels.stations import runs_of
from baiyun_gis.kernels.vertical import A_ABOVE, CLEARANCE, wall_table

LONG_M, STEP_M, PAIRS = 20.0, 0.02, 60
ALONG: F64 = np.arange(0.0, LONG_M + STEP_M / 2, STEP_M)


def gaps_along(seg: Segments, p: int, q: int, *, above: bool) -> F64:
    """The least distance of both surfaces across `p`, by chainage; infinite beside `q`."""
    half, tall = (column[[p, q]] for column in (seg.half_width, seg.half_height))
    x, n = np.meshgrid(ALONG, np.linspace(-half[0], half[0], 801), indexing="ij")
    dx, dy = float(seg.x1[q] - seg.x0[q]), float(seg.y1[q] - seg.y0[q])
    long = np.hypot(dx, dy)
    foot = ((x - seg.x0[q]) * dx + (n - seg.y0[q]) * dy) / long**2
    aside = (dx * (n - seg.y0[q]) - dy * (x - seg.x0[q])) / long
    rises = seg.z1[[p, q]] - seg.z0[[p, q]]
    walls = np.zeros_like(x)
    for side, (off, size) in enumerate(((n, LONG_M), (aside, long))):
        round_one = np.sqrt(np.maximum(half[side] ** 2 - off**2, 0.0))
        tilt = np.hypot(1.0, rises[side] / size)
        walls += tall[side] if seg.is_rectangle[[p, q][side]] else round_one * tilt
    rise = seg.z0[p] + rises[0] * x / LONG_M - seg.z0[q] - rises[1] * foot
    return np.where(np.abs(aside) <= half[1], (rise if above else -rise) - walls, np.inf).min(1)


def crossing_slightly(chance: np.random.Generator, *, boxes: bool) -> Segments:
    """Sloping lines along x, and after them one over each at 1 to 12 degrees."""
    first, second = list[Piece](), list[Piece]()
    for _ in range(PAIRS):
        angle, middle = np.radians(chance.uniform(1.0, 12.0)), chance.uniform(6.0, 14.0)
        x, y = 15.0 * np.cos(angle), 15.0 * np.sin(angle)
        a, b, up = *chance.normal(0.0, 0.4, 2), chance.choice([-1.0, 1.0]) * 1.5
        sizes = chance.uniform(0.2, 0.6, 4)
        half = [(float(w), float(h)) if boxes else float(w) for w, h in sizes.reshape(2, 2)]
        first.append(Piece((0.0, 0.0, -a), (LONG_M, 0.0, a), half[0]))
        second.append(Piece((middle - x, -y, up - b), (middle + x, y, up + b), half[1]))
    return segments(*first, *second)


@pytest.mark.parametrize("boxes", [True, False])
@pytest.mark.parametrize("seed", [3, 4])
def test_a_stretch_is_where_points_of_the_surfaces_are_too_near(seed: int, boxes: bool) -> None:
    chance = np.random.default_rng(seed)
    seg = crossing_slightly(chance, boxes=boxes)
    i = np.arange(PAIRS, dtype=np.int32)
    j, none = i + np.int32(PAIRS), np.zeros(2 * PAIRS)
    runs = runs_of(seg, none, none + 1.0)
    lain = abreast(seg, i, j, np.zeros(PAIRS), runs=runs, crossing_angle_deg=15.0)
    walls = wall_table(seg, i, j, crossing_angle_deg=15.0)
    limit = walls[:, CLEARANCE] + chance.uniform(0.03, 0.2, PAIRS)
    stations, place = lain.stations, np.arange(PAIRS)
    above, no = walls[:, A_ABOVE] > 0.0, np.zeros(PAIRS, dtype=np.bool_)
    facing = Facing(no, stations[:2].copy(), above, place, walls)
    low, high = out = np.empty((2, PAIRS))
    rows = pair_rows(seg, i, j)
    failing_on_runs(0, PAIRS, rows, i, runs, facing, stations[2:].copy(), limit, out)
    longer = 0
    for k in range(PAIRS):
        gap = gaps_along(seg, k, PAIRS + k, above=bool(above[k]))
        near = ALONG[gap < limit[k] - 1e-6]
        if not len(near):
            continue
        longer += near[-1] - near[0] > 0.5
        assert low[k] <= near[0] + 1e-6
        assert high[k] >= near[-1] - 1e-6
        assert (low[k], high[k]) == pytest.approx((near[0], near[-1]), abs=0.08)
    assert longer > PAIRS / 2
