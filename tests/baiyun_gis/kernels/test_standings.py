"""How measured places stand, against the same told row by row."""

from __future__ import annotations

import math

import numpy as np
import pytest

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.kernels.standings import (
    AlongRuns,
    FoundRows,
    Grades,
    MeasuredPieces,
    graded,
    stand,
    tell_rows,
    worst_of,
)

GRADES = Grades(
    np.array([0.05, 0.5, 0.95, np.inf]),
    np.array([10, 11, 12, 13, 14], dtype=np.int8),
    np.array([0, 1, 2, 3], dtype=np.int8),
)


def some(chance: np.random.Generator, count: int, *, unknown: float) -> F64:
    values = chance.normal(0.3, 0.4, count).round(2)
    values[chance.random(count) < unknown] = np.nan
    return values


def stands(actual: float, required: float, unsure: bool, chance: float):
    violated = not unsure and actual < required - 0.001 - 5e-10
    if unsure:
        return violated, math.nan, False
    likely = max(0.05, 0.0 if math.isnan(chance) else chance) if violated else chance
    return violated, likely, likely >= 0.05


@pytest.mark.parametrize("seed", range(6))
def test_what_is_violated_is_found_whatever_its_chance(seed: int):
    chance = np.random.default_rng(seed)
    actual, required = some(chance, 60, unknown=0.1), some(chance, 60, unknown=0.1)
    unsure, odds = chance.random(60) < 0.2, np.abs(some(chance, 60, unknown=0.2)) / 4
    (violated, found), likely = np.empty((2, 60), dtype=np.bool_), np.empty(60)
    stand(actual, required, unsure, odds, 0.001, 0.05, violated, found, likely)
    got = violated, likely, found
    rows = zip(actual, required, unsure, odds, strict=True)
    expected = zip(*[stands(*row) for row in rows], strict=True)
    for column, values in zip(got, expected, strict=True):
        np.testing.assert_array_equal(column, np.array(values))


def worst_by_hand(
    measured: tuple[F64, F64], ends: tuple[Bool, Bool, Bool], of: I64, count: int
) -> tuple[list[int], list[int]]:
    (actual, required), (found, violated, unsure) = measured, ends
    worst: list[int] = []
    for group in range(count):
        there = [k for k in range(len(of)) if of[k] == group and (found[k] or unsure[k])]
        ranks = {k: 1e12 if unsure[k] else round(actual[k] - required[k], 7) for k in there}
        known = {k: rank for k, rank in ranks.items() if not math.isnan(rank)}
        if known:
            worst.append(min(known, key=lambda k: (known[k], k)))
    told = {of[k] for k in worst}
    part = [k for k in range(len(of)) if of[k] in told and (violated[k] or k in worst)]
    return worst, part


def worst_and_failing(
    measured: tuple[F64, F64], ends: tuple[Bool, Bool, Bool], of: I64, count: int
) -> tuple[list[int], list[int]]:
    worst, best, least = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count)
    part = np.empty(len(of), dtype=np.int64)
    there_are, parts = worst_of(*measured, *ends, of, best, least, worst, part)
    return worst[:there_are].tolist(), part[:parts].tolist()


@pytest.mark.parametrize("seed", range(8))
def test_the_worst_of_a_stretch_is_what_falls_shortest_and_unsure_comes_after(seed: int):
    chance = np.random.default_rng(seed)
    measured = some(chance, 50, unknown=0.1), np.full(50, 0.3)
    of = chance.integers(0, 12, 50)
    found, violated, unsure = chance.random((3, 50)) < [[0.4], [0.3], [0.1]]
    ends = found, violated, unsure
    told = worst_and_failing(measured, ends, of, 12)
    assert told == worst_by_hand(measured, ends, of, 12)


def test_rounding_does_not_choose_between_equal_places():
    measured = np.array([0.3 + 1e-12, 0.1 + 0.2 - 1e-12]), np.zeros(2)
    yes, no = np.ones(2, dtype=np.bool_), np.zeros(2, dtype=np.bool_)
    worst, _ = worst_and_failing(measured, (yes, yes, no), np.zeros(2, dtype=np.int64), 1)
    assert worst == [0]


def pieces_of(chance: np.random.Generator, count: int) -> MeasuredPieces:
    return MeasuredPieces(
        np.arange(count),
        *chance.normal(size=(4, count)),
        chance.integers(-1, 9, count).astype(np.int32),
        *chance.normal(size=(2, count, 3)),
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_finding_spans_what_is_violated_of_its_stretch(seed: int):
    chance = np.random.default_rng(seed)
    of, violated = chance.integers(0, 6, 30), chance.random(30) < 0.4
    low = chance.uniform(0, 40, 30)
    high = low + chance.uniform(0, 5, 30)
    low[chance.random(30) < 0.2] = np.nan
    worst = np.array([np.flatnonzero(of == group)[0] for group in np.unique(of)])
    part = np.flatnonzero(violated | np.isin(np.arange(30), worst))
    pipe = np.zeros(30, dtype=np.int32)
    pipe[worst] = np.arange(len(worst)) % 3
    along = AlongRuns(np.array([0.0, 30.0, 10.0]), np.array([1.0, -1.0, 1.0]), np.full(3, 20.0))
    pieces = pieces_of(chance, 30)
    stretches, ends = (of, violated, worst, part), (np.arange(30), np.arange(30)[::-1].copy(), pipe)
    count = len(worst)
    found = FoundRows(
        np.empty((count, 6)),
        np.empty((count, 9)),
        np.empty((count, 2), dtype=np.int32),
        np.empty(count, dtype=np.int32),
        np.empty(count, dtype=np.bool_),
    )
    tell_rows(pieces, stretches, (low[part], high[part]), ends, along, 6, 0.01, found)
    told = np.column_stack([*pieces[1:5]])[worst]
    np.testing.assert_array_equal(found.numbers[:, :4], told)
    middle = (pieces.near_a + pieces.near_b)[worst] / 2
    points = np.hstack([middle, pieces.near_a[worst], pieces.near_b[worst]])
    np.testing.assert_array_equal(found.points, points)
    np.testing.assert_array_equal(found.requirement, pieces.requirement[worst])
    np.testing.assert_array_equal(found.pipes, np.column_stack([pipe, pipe[::-1]])[worst])
    start, stop, beyond = found.numbers[:, 4], found.numbers[:, 5], found.beyond
    pipe = pipe[worst]
    for at, row in enumerate(worst):
        rows = np.flatnonzero((of == of[row]) & violated & ~np.isnan(low + high))
        ends = np.array([low[rows].min(), high[rows].max()] if len(rows) else [low[row], high[row]])
        ends = np.sort((ends - along.offset_m[pipe[at]]) * along.sign[pipe[at]])
        ends = np.full(2, np.nan) if np.isnan(ends).any() else ends
        np.testing.assert_array_equal([start[at], stop[at]], ends)
        assert beyond[at] == (ends[0] < -0.01 or ends[1] > 20.01)


def test_verdict_goes_by_chance_and_severity_by_shortfall_and_clause():
    actual = np.array([0.2, 0.6, 0.6, 0.2, 0.995])
    required, critical = np.ones(5), np.array([False, False, True, True, False])
    odds = np.array([0.97, 0.6, 0.05, np.nan, 0.01])
    measured, short, severity, verdict, violated = graded(
        actual, required, odds, critical, GRADES, tolerance_m=0.001
    )
    np.testing.assert_array_equal(measured, [0.2, 0.6, 0.6, np.nan, 0.995])
    np.testing.assert_array_equal(short, required - measured)
    assert severity.tolist() == [2, 1, 3, 0, 1]
    assert verdict.tolist() == [13, 12, 11, 14, 10]
    assert violated.tolist() == [True, True, True, False, True]


def test_what_is_not_known_to_be_asked_is_not_short_by_half():
    none, no = np.array([np.nan]), np.zeros(1, dtype=np.bool_)
    _, _, severity, _, violated = graded(
        np.zeros(1), none, np.array([0.3]), no, GRADES, tolerance_m=0.001
    )
    assert (severity.tolist(), violated.tolist()) == ([1], [False])
