"""Lines at chambers in one pass, against the kernels that look at one thing each."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.kernels import passages as table
from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.body_stretch import body_stretch
from baiyun_gis.kernels.passages import ENDLESS_M, Doubt, passages_of
from baiyun_gis.kernels.plan import plan_clearance, plan_stretch
from baiyun_gis.kernels.segments import Segments, one_after_another

COUNT = 400
CHANCE = np.random.default_rng(11)


def lines() -> Segments:
    start, turn = CHANCE.uniform(-3, 3, (COUNT, 2)), CHANCE.uniform(0, 2 * np.pi, COUNT)
    long = CHANCE.uniform(0.5, 8.0, COUNT)
    half, is_box = CHANCE.choice([0.05, 0.1, 0.3], COUNT), CHANCE.random(COUNT) < 0.3
    level = CHANCE.uniform(-5, 1, COUNT)
    level[::9] = np.nan
    return Segments(
        *start.T, level, start[:, 0] + long * np.cos(turn), start[:, 1] + long * np.sin(turn),
        level + CHANCE.uniform(-0.2, 0.2, COUNT), half, half * 1.5, is_box, is_box, ~is_box,
        np.arange(COUNT, dtype=np.int32), np.zeros(COUNT),
    )  # fmt: skip


def chambers() -> np.ndarray:
    rows = np.zeros((COUNT, table.CHAMBER_COLUMNS))
    is_round, angle = CHANCE.random(COUNT) < 0.5, CHANCE.uniform(0, np.pi, COUNT)
    rows[:, table.ACROSS] = CHANCE.uniform(0.6, 2.0, COUNT)
    rows[:, table.ALONG] = np.where(is_round, rows[:, table.ACROSS], CHANCE.uniform(0.6, 4, COUNT))
    rows[:, table.COS], rows[:, table.SIN] = np.cos(angle), np.sin(angle)
    rows[:, table.ROUND], rows[:, table.SIGMA] = is_round, 0.025
    rows[:, table.SHOULDER] = -CHANCE.choice([0.0, 0.0, 1.0], COUNT)
    rows[:, table.BOTTOM] = CHANCE.uniform(-4, -2, COUNT)
    rows[::4, table.BOTTOM] = np.nan
    rows[::7, [table.TOP, table.SHOULDER]] = np.nan
    return rows


def solids(rows: np.ndarray, low: np.ndarray, high: np.ndarray, half: np.ndarray) -> Segments:
    reach = np.where(rows[:, table.ROUND] == 1, 0.0, rows[:, table.ALONG] / 2)
    dx, dy = reach * rows[:, table.COS], reach * rows[:, table.SIN]
    x, y, flags = rows[:, table.X], rows[:, table.Y], np.ones(COUNT, dtype=np.bool_)
    level, none = (low + high) / 2, np.zeros(COUNT)
    return Segments(
        x - dx, y - dy, level, x + dx, y + dy, level, half, (high - low) / 2, flags, flags, flags,
        none.astype(np.int32), none,
    )  # fmt: skip


def body(rows: np.ndarray, if_unknown: np.ndarray) -> Segments:
    bottom, top = rows[:, table.BOTTOM], rows[:, table.SHOULDER]
    low = np.where(np.isnan(bottom), if_unknown, bottom)
    high = np.where(np.isnan(top), ENDLESS_M, top)
    return solids(rows, np.minimum(low, high), high, rows[:, table.ACROSS] / 2)


def neck(rows: np.ndarray, half_m: float) -> Segments:
    is_one = rows[:, table.SHOULDER] < rows[:, table.TOP]
    low = np.where(is_one, rows[:, table.SHOULDER], np.nan)
    half = np.minimum(half_m, np.fmin(rows[:, table.ACROSS], rows[:, table.ALONG]) / 2)
    x, y = rows[:, table.X], rows[:, table.Y]
    return solids(rows, low, rows[:, table.TOP], half)._replace(x0=x, y0=y, x1=x, y1=y)


@pytest.fixture(scope="module")
def case() -> tuple[Segments, np.ndarray, np.ndarray]:
    return lines(), chambers(), np.where(np.arange(COUNT) % 8 == 0, np.inf, -1.5)


def passed(case: tuple[Segments, np.ndarray, np.ndarray]):
    seg, rows, least = case
    sigma = np.full(COUNT, 0.05), np.full(COUNT, 0.02)
    doubt = Doubt(sigma[0], sigma[1], *sigma, neck_half=0.5, sigmas=2.0, tolerance=0.001)
    pair = np.arange(COUNT, dtype=np.int32)
    return passages_of(seg, pair, rows, pair, least_depth_m=least, doubt=doubt)


def both(case: tuple[Segments, np.ndarray, np.ndarray], other: Segments):
    own = np.arange(COUNT, dtype=np.int32)
    return one_after_another(case[0], other), own, own + np.int32(COUNT)


def test_gaps_are_those_to_body_or_neck_as_far_as_they_are_known(case):
    _, rows, least = case
    found = passed(case)
    sure = body_gap(*both(case, body(rows, least))).gap
    thin = body_gap(*both(case, neck(rows, 0.0))).gap
    gap = np.where(thin < sure, thin, sure)
    wide = body_gap(*both(case, neck(rows, 0.5))).gap < 0
    deep = body_gap(*both(case, body(rows, np.full(COUNT, -ENDLESS_M)))).gap < 0
    beside = gap >= 0
    gap = np.where(beside & (wide | deep), np.nan, gap)
    plan = plan_clearance(*both(case, body(rows, least))).gap
    surely = plan > 2.0 * np.hypot(0.05, 0.025) + 0.001
    assert (gap >= plan - 1e-6)[surely & ~np.isnan(gap)].all()
    assert not (wide & beside & surely).any()
    expected = np.where(surely | (np.isnan(gap) & (plan >= 0)), plan, gap)
    assert np.array_equal(found.gap, expected, equal_nan=True)
    assert np.array_equal(found.is_unsure, (plan < 0) & np.isnan(expected))
    assert np.array_equal(found.by_neck, beside & wide)
    assert 0 < found.is_unsure.sum() < COUNT
    assert found.by_neck.any()
    assert (expected < 0).sum() > 50


def test_stretches_are_those_in_body_and_neck_where_anything_may_come_of_them(case):
    _, rows, least = case
    found, none = passed(case), np.zeros(COUNT)
    spans = [body_stretch(*both(case, b), none) for b in (body(rows, least), neck(rows, 0.0))]
    low, high = np.fmin(spans[0][0], spans[1][0]), np.fmax(spans[0][1], spans[1][1])
    plan = plan_stretch(*both(case, body(rows, least)), none)
    low, high = np.where(np.isnan(low), plan[0], low), np.where(np.isnan(high), plan[1], high)
    near = ~(found.gap > 2.0 * found.sigma + 0.001)
    told = near & ~np.isnan(low)
    assert told.sum() > 50
    assert np.isnan(found.from_t[~near]).all()
    assert np.array_equal(found.from_t[told], low[told])
    assert np.array_equal(found.to_t[told], high[told])
    assert not np.isnan(found.from_t[near]).any()
