"""How measured places stand: found or not, the worst of each stretch, how grave it is."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned

_SLACK_M = 5e-10
"""Half a nanometre more than the tolerance keeps 1.0 − 0.001 on the right side in float64."""

_PER_ROUNDING = 1e7
_UNSURE = 1e12


@compiled
def stand(
    actual: F64, required: F64, unsure: Bool, chance: F64, tolerance_m: float, possible: float,
    violated: Bool, found: Bool, out: F64,
) -> None:  # fmt: skip
    """What is violated as measured, how likely each violation is (`out`, NaN where `unsure`), and
    what is `found`: at least `possible`; nominal violations always are."""
    for row in range(len(actual)):
        fails = actual[row] < required[row] - tolerance_m - _SLACK_M
        violated[row] = fails and not unsure[row]
        out[row] = chance[row]
        # What is violated as measured is never called clear, however wide the doubt.
        if violated[row] and not chance[row] >= possible:
            out[row] = possible
        if unsure[row]:
            out[row] = np.nan
        found[row] = out[row] >= possible


@compiled
def worst_of(
    actual: F64, required: F64, found: Bool, violated: Bool, unsure: Bool, of: I64, best: I64,
    least: F64, worst: I64, part: I64,
) -> tuple[int, int]:  # fmt: skip
    """The worst piece of each stretch `of` that is not clear, and the `part` of all pieces that
    says how far those go: what is violated there, and the worst ones; how many there are of both.

    What differs by rounding only is equal, and the first in order wins among equals; what is unsure
    is better than any that is not. `best` and `least` are room for a number a stretch.
    """
    best[:] = -1
    for row in range(len(of)):
        if not found[row] and not unsure[row]:
            continue
        rank = _UNSURE
        if not unsure[row]:
            rank = np.rint((actual[row] - required[row]) * _PER_ROUNDING) / _PER_ROUNDING
        group = of[row]
        if rank == rank and (best[group] < 0 or rank < least[group]):  # as NaN is not
            best[group], least[group] = row, rank
    there_are = 0
    for group in range(len(best)):
        if best[group] >= 0:
            worst[there_are] = best[group]
            there_are += 1
    parts = 0
    for row in range(len(of)):
        at = best[of[row]]
        if at >= 0 and (violated[row] or at == row):
            part[parts] = row
            parts += 1
    return there_are, parts


class AlongRuns(NamedTuple):
    """By pipe: where it begins along its run, whether it leads that way (1, −1), its length."""

    offset_m: F64
    sign: F64
    length_m: F64


class MeasuredPieces(NamedTuple):
    """Of each piece: its segment pair, what was measured, required, their deviation and the chance
    (m), the requirement, and the nearest points (n, 3) of both bodies."""

    rows: I64
    actual_m: F64
    required_m: F64
    sigma_m: F64
    probability: F64
    requirement: I32
    near_a: F64
    near_b: F64


class FoundRows(NamedTuple):
    """One row a finding. `numbers`: actual, required, deviation, probability, from and to along the
    first pipe (n, 6); `points`: the place, the nearest of both (n, 9); both `pipes` (n, 2);
    `beyond`: it goes on beyond the first."""

    numbers: F64
    points: F64
    pipes: I32
    requirement: I32
    beyond: Bool


@compiled
def _told(
    pieces: MeasuredPieces, worst: I64, ends: tuple[I32, I32, I32], out: FoundRows
) -> None:  # fmt: skip
    """All of the worst pieces but how far their stretches go."""
    left, right, pipe = ends
    for row in range(len(worst)):
        k = worst[row]
        pair = pieces.rows[k]
        out.pipes[row, 0], out.pipes[row, 1] = pipe[left[pair]], pipe[right[pair]]
        out.requirement[row] = pieces.requirement[k]
        out.numbers[row, 0], out.numbers[row, 1] = pieces.actual_m[k], pieces.required_m[k]
        out.numbers[row, 2], out.numbers[row, 3] = pieces.sigma_m[k], pieces.probability[k]
        for axis in range(3):
            a, b = pieces.near_a[k, axis], pieces.near_b[k, axis]
            out.points[row, axis], out.points[row, 3 + axis] = (a + b) / 2, a
            out.points[row, 6 + axis] = b


@compiled
def tell_rows(
    pieces: MeasuredPieces, stretches: tuple[I64, Bool, I64, I64], failing: tuple[F64, F64],
    ends: tuple[I32, I32, I32], along: AlongRuns, count: int, slack_m: float, out: FoundRows,
) -> None:  # fmt: skip
    """What is told of the worst pieces of `count` stretches.

    `stretches` are that of each piece, what is violated, the worst pieces and the part of all that
    says how far they go, `failing` is where those fail along the run. A finding spans what is
    violated of its stretch; where nothing is, its worst piece. `ends`: both segments of each pair,
    the pipe of each segment. What goes on by more than the slack behind its pipe is `beyond`.
    """
    (of, violated, worst, part), (low, high) = stretches, failing
    _told(pieces, worst, ends, out)
    span, at = np.empty((2, count)), np.empty(len(of), np.int64)
    span[0], span[1] = np.inf, -np.inf
    has_longer = np.zeros(count, np.bool_)
    for k in range(len(part)):
        at[part[k]] = k
        has_longer[of[part[k]]] |= violated[part[k]] and low[k] < high[k]
    for k in range(len(part)):
        row, group = part[k], of[part[k]]
        # A point is a round end; it tells nothing where pieces count along their length.
        if violated[row] and (low[k] < high[k] or (low[k] == high[k] and not has_longer[group])):
            span[0, group] = min(span[0, group], low[k])
            span[1, group] = max(span[1, group], high[k])
    for row in range(len(worst)):
        start, stop = span[0, of[worst[row]]], span[1, of[worst[row]]]
        if start > stop:
            start, stop = low[at[worst[row]]], high[at[worst[row]]]
        pipe = out.pipes[row, 0]
        one = (start - along.offset_m[pipe]) * along.sign[pipe]
        two = (stop - along.offset_m[pipe]) * along.sign[pipe]
        if math.isnan(one) or math.isnan(two):
            one = two = np.nan
        first, last = min(one, two), max(one, two)
        out.numbers[row, 4], out.numbers[row, 5] = first, last
        out.beyond[row] = first < -slack_m or last > along.length_m[pipe] + slack_m


class Grades(NamedTuple):
    """What verdicts and severities there are: the first go by probability from `from_p` on, the
    last is for NaN; severities are note, minor, major, critical."""

    from_p: F64
    verdict: I8
    severity: I8


@compiled
def _grade(
    actual: F64, required: F64, chance: F64, critical: Bool, from_p: F64, verdicts: I8,
    severities: I8, tolerance_m: float, numbers: F64, codes: I8, violated: Bool,
) -> None:  # fmt: skip
    for row in range(len(actual)):
        unsure = math.isnan(chance[row])
        measured = np.nan if unsure else actual[row]
        short = required[row] - measured
        numbers[0, row], numbers[1, row] = measured, short
        violated[row] = measured < required[row] - tolerance_m - _SLACK_M
        rank = 0
        while rank < len(from_p) and not chance[row] < from_p[rank]:  # NaN comes last
            rank += 1
        least = 0.5 * required[row]  # unknown stays so, and nothing is half of it
        if least < 0.0:
            least = 0.0
        known = 0.0 if math.isnan(short) else short
        grave = 2 if known >= least else 1
        codes[0, row] = severities[0 if unsure else 3 if critical[row] else grave]
        codes[1, row] = verdicts[rank]


def graded(
    actual_m: F64,
    required_m: F64,
    probability: F64,
    critical: Bool,
    grades: Grades,
    *,
    tolerance_m: float,
) -> tuple[F64, F64, I8, I8, Bool]:
    """Actual and shortfall (NaN where the probability is), severity, verdict, and what is
    violated as measured."""
    count = len(actual_m)
    numbers, codes = np.empty((2, count)), np.empty((2, count), dtype=np.int8)
    violated = np.empty(count, dtype=np.bool_)
    _grade(
        owned(actual_m, np.float64), owned(required_m, np.float64),
        owned(probability, np.float64), owned(critical, np.bool_), grades.from_p, grades.verdict,
        grades.severity, tolerance_m, numbers, codes, violated,
    )  # fmt: skip
    return numbers[0], numbers[1], codes[0], codes[1], violated
