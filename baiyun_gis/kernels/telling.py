"""From measured pieces to what is told: one row a stretch that is not clear, with its worst place.

The last step of all checks of two lines. A kernel that measures says of its pieces what was found
of them (`judge`), measures of those that say so how far each stretch goes, and tells (`tell`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.measuring import UNSURE
from baiyun_gis.kernels.pair_columns import Judging, Laid, Paired, Told
from baiyun_gis.kernels.segments import PairRows
from baiyun_gis.kernels.standings import AlongRuns, MeasuredPieces, stand, tell_rows, worst_of


class Measured(NamedTuple):
    """Pieces of segment pairs `rows`, in `stretch`es that count from 0.

    What was measured is NaN where it cannot be judged, the deviation and the chance of a violation
    where nobody asked. Nearest points (n, 3) have the origin in them; `flags` as in `measuring`.
    """

    rows: I64
    stretch: I64
    actual: F64
    required: F64
    sigma: F64
    chance: F64
    requirement: I32
    near_a: F64
    near_b: F64
    flags: Bool


class Judged(NamedTuple):
    """What is violated as measured and how likely it is; the worst pieces of stretches that are not
    clear, and the `part` of all pieces that says how far those go."""

    violated: Bool
    probability: F64
    worst: I64
    part: I64


@compiled
def pairs_at(laid: Laid, pairs: Paired, rows: I64) -> PairRows:
    """Some segment pairs with the table they are rows of."""
    return PairRows(laid.table, pairs.i[rows], pairs.j[rows])


@compiled
def only_rows(rows: PairRows, some: I64) -> PairRows:
    """Some of the pairs."""
    return PairRows(rows.table, rows.left[some], rows.right[some])


@compiled
def among(values: F64, some: I64, count: int) -> F64:
    """The values in these of `count` rows; the others are NaN."""
    out = np.full(count, np.nan)
    for k in range(len(some)):
        out[some[k]] = values[k]
    return out


@compiled
def judge(pieces: Measured, stretches: int, by: Judging, found: Bool) -> Judged:
    """How pieces stand; fills in which are `found`."""
    count, unsure = len(pieces.rows), pieces.flags[UNSURE]
    violated, probability = np.empty(count, np.bool_), np.empty(count)
    stand(
        pieces.actual, pieces.required, unsure, pieces.chance, by.terms.tolerance_m, by.possible,
        violated, found, probability,
    )  # fmt: skip
    best, least = np.empty(stretches, np.int64), np.empty(stretches)
    worst, part = np.empty(stretches, np.int64), np.empty(count, np.int64)
    there_are, parts = worst_of(
        pieces.actual, pieces.required, found, violated, unsure, pieces.stretch, best, least,
        worst, part,
    )  # fmt: skip
    return Judged(violated, probability, worst[:there_are].copy(), part[:parts].copy())


@compiled
def tell(
    pieces: Measured, judged: Judged, failing: F64, of: tuple[Laid, Paired], stretches: int,
    by: Judging, told: Told,
) -> int:  # fmt: skip
    """Tell of the worst pieces; `failing` (2, n) is from where to where along the run the pieces of
    `judged.part` fail. How many rows."""
    laid, pairs = of
    tell_rows(
        MeasuredPieces(
            pieces.rows, pieces.actual, pieces.required, pieces.sigma, judged.probability,
            pieces.requirement, pieces.near_a, pieces.near_b,
        ),
        (pieces.stretch, judged.violated, judged.worst, judged.part),
        (failing[0], failing[1]),
        (pairs.i, pairs.j, laid.runs.pipe),
        AlongRuns(laid.runs.offset, laid.runs.sign, laid.length_m),
        stretches,
        by.beyond_m,
        told.rows,
    )  # fmt: skip
    for row in range(len(judged.worst)):
        for flag in range(len(pieces.flags)):
            told.flags[flag, row] = pieces.flags[flag, judged.worst[row]]
    return len(judged.worst)
