"""Axes that meet others, and which may do so at too small an angle."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from kernel_builders import random_pairs

from baiyun_gis.kernels import slants
from baiyun_gis.kernels.plan import plan_crossing
from baiyun_gis.kernels.segments import Segments, one_after_another, take
from baiyun_gis.kernels.slants import Slant, met_with


def boxes_of(seg: Segments) -> np.ndarray:
    low = np.minimum(seg.x0, seg.x1), np.minimum(seg.y0, seg.y1)
    return np.column_stack([*low, np.maximum(seg.x0, seg.x1), np.maximum(seg.y0, seg.y1)])


def lines_and_others(seed: int) -> tuple[Segments, Segments]:
    seg = random_pairs(np.random.default_rng(seed), 40)
    rows = np.arange(len(seg.x0))
    return take(seg, rows[::2]), take(seg, rows[1::2])


def never_doubtful(seg: Segments) -> Slant:
    none = np.zeros(len(seg.x0))
    return Slant(none, none, 2.0, 10.0, -1.0)


@pytest.mark.parametrize("seed", range(6))
def test_axes_meet_where_straight_lines_do(seed: int) -> None:
    lines, others = lines_and_others(seed)
    met = met_with(lines, others, boxes_of(others), never_doubtful(lines), looks=None)
    one, two = (
        shapely.linestrings([[[x, y], [z, w]] for x, y, z, w in zip(*ends, strict=True)])
        for ends in (
            (lines.x0, lines.y0, lines.x1, lines.y1),
            (others.x0, others.y0, others.x1, others.y1),
        )
    )
    apart = shapely.distance(np.asarray(one)[:, None], np.asarray(two)[None, :])
    upright = np.asarray(shapely.length(one))[:, None] * np.asarray(shapely.length(two)) < 1e-9
    there = np.zeros(apart.shape, dtype=bool)
    there[met.i, met.k] = True
    sure = (np.abs(apart - 1e-3) > 1e-4) & ((apart == 0) | (apart > 1e-3))
    assert (there == ((apart == 0) & ~upright))[sure].all()
    assert there.any()
    assert np.isnan(met.t).all()
    assert not met.is_doubtful.any()


@pytest.mark.parametrize("seed", range(6))
def test_few_and_many_meet_alike(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, others = lines_and_others(seed)
    looks = np.random.default_rng(seed).random(int(lines.pipe.max()) + 1) < 0.7
    sigma = np.full(len(lines.x0), 0.3)
    asked = others, boxes_of(others), Slant(sigma, sigma, 2.0, 10.0, 7.0)
    few = met_with(lines, *asked, looks=looks)
    monkeypatch.setattr(slants, "_FEW", -1)
    many = met_with(lines, *asked, looks=looks)
    for one, two in zip(few, many, strict=True):
        np.testing.assert_array_equal(one, two)
    assert looks[lines.pipe[few.i]].all()


def test_station_and_angle_are_told_where_it_may_be_too_slanting() -> None:
    lines, others = lines_and_others(1)
    slant = never_doubtful(lines)._replace(enough_m=9.9)
    met = met_with(lines, others, boxes_of(others), slant, looks=None)
    both = one_after_another(lines, others)
    exact = plan_crossing(both, met.i, (met.k + len(lines.x0)).astype(np.int32))
    assert met.is_doubtful.any()
    doubtful = met.is_doubtful
    np.testing.assert_array_equal(met.t[doubtful], exact.ta[doubtful])
    np.testing.assert_array_equal(met.angle_deg[doubtful], exact.angle_deg[doubtful])
    assert (10.0 * np.sin(np.radians(exact.angle_deg[~doubtful])) > 9.9).all()
