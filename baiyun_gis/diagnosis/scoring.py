"""How much better a network hangs together when one thing is moved.

The score of a change is the gain in log likelihood of all springs it touches plus the log of its
prior; 0 is as good as "nothing is wrong here". A wrong point pulls at its neighbours too: moving
the right one eases all springs, moving a neighbour eases some and strains others. So the best
change of a place is taken first, its springs belong to it, and what is left is looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.diagnosis.batches import LOG_PRIOR_BATCH, alike_ends, worst_batches
from baiyun_gis.diagnosis.causes import (
    Cause,
    Hypotheses,
    digit_causes,
    direction_causes,
    free_causes,
    joined,
    section_causes,
)
from baiyun_gis.diagnosis.pipe_ends import PipeEnds
from baiyun_gis.diagnosis.springs import Springs, Touch
from baiyun_gis.diagnosis.units import Units, UnitSort, units_at

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ROUNDS = 4
ARITHMETIC_SIGMA_M = 0.006
LEAST_STRAIN = 7.0
"""Nothing is asked of ends whose springs could not gain this much: no cause is that likely."""

GAIN_THAT_CLAIMS = 1.0
"""A spring belongs to the change that gains this much by it."""

ALTERNATIVES = 4


class Candidates(NamedTuple):
    """Scored changes of all cases: `case` numbers the places, `rank` counts from 0 within.

    `moves` (changes × ends) says by how much each change moves every level.
    """

    case: I64
    rank: I64
    lead: I64
    sort: I64
    shift_m: F64
    cause: I64
    score: F64
    gain: F64
    depth_follows: Bool
    posterior: F64
    moves: csr_matrix

    def take(self, rows: I64) -> Candidates:
        """The changes `rows`, in that order."""
        return Candidates(
            self.case[rows], self.rank[rows], self.lead[rows], self.sort[rows],
            self.shift_m[rows], self.cause[rows], self.score[rows], self.gain[rows],
            self.depth_follows[rows], self.posterior[rows], self.moves[rows],
        )  # fmt: skip


class _Scored(NamedTuple):
    units: Units
    touch: Touch
    found: Hypotheses
    score: F64
    gain: F64
    ends: int


def candidates_of(
    ends: PipeEnds, springs: Springs, *, least_score: float = 0.0, batches: Units | None = None
) -> Candidates:
    """All places where something is probably wrong, with their best explanations.

    `batches` are tried first, as a whole: what one offset explains is no fault of its points.
    """
    level = np.nan_to_num(ends.z_m)
    parts: list[Candidates] = []
    cases = 0
    if batches is not None and len(batches):
        parts = batch_candidates(batches, springs, level, alike_ends(ends, springs))
        cases = len(parts)
        for part in parts:
            level = level + np.asarray(part.moves.sum(axis=0)).ravel()
    open_ends = ends.judged
    reach = _reach(springs)
    for _ in range(ROUNDS):
        scored = _scored(ends, springs, level, reach, open_ends)
        if scored is None:
            break
        winners, part = _cases(scored, springs, level, cases, least_score=least_score)
        if not len(winners):
            break
        parts.append(part)
        cases += len(winners)
        move = _moves(scored, winners, len(ends))
        level = level + move
        # Only what hangs on something that moved can have a new explanation.
        near = np.asarray(abs(springs.matrix) @ (move != 0)) > 0
        open_ends = ends.judged & (np.asarray(reach @ near.astype(float)) > 0)
    return _concatenated(parts, len(ends))


def _reach(springs: Springs) -> csr_matrix:
    """Which springs hang on which ends by more than a quarter (ends × springs), as ones."""
    reach = abs(springs.by_end)
    reach.data = np.where(reach.data > 0.25, 1.0, 0.0)
    return reach


def _scored(
    ends: PipeEnds, springs: Springs, level: F64, reach: csr_matrix, open_ends: Bool
) -> _Scored | None:
    residual = springs.residual_m(level)
    now = springs.log_likelihood(residual)
    strain = springs.log_likelihood(np.zeros_like(residual)) - now
    flagged = (np.asarray(reach @ strain) > LEAST_STRAIN) & open_ends
    if not flagged.any():
        return None
    units = units_at(ends, flagged)
    touch = _touch(units, springs)
    near = springs.free_shifts(touch, residual, now)
    free = np.flatnonzero((near != 0) & (units.sort != UnitSort.DIRECTION))
    found = joined([
        *free_causes(ends, units, free, near[free]),
        *digit_causes(ends, units, near),
        *section_causes(ends, units),
        *direction_causes(ends, units),
    ])  # fmt: skip
    gain = springs.gain(found.unit, found.shift_m, touch, residual, now)
    gain = gain + _arithmetic(ends, units, found)
    return _Scored(units, touch, found, gain + found.log_prior, gain, len(ends))


def _touch(units: Units, springs: Springs) -> Touch:
    from scipy.sparse import csr_matrix

    product = csr_matrix(units.matrix @ springs.by_end)
    product.sum_duplicates()
    product.data[np.abs(product.data) < 1e-9] = 0.0
    product.eliminate_zeros()
    data = np.asarray(product.data, np.float64)
    return Touch(product.indptr.astype(np.int64), product.indices.astype(np.int64), data)


def _arithmetic(ends: PipeEnds, units: Units, found: Hypotheses) -> F64:
    """Gain by level = ground − depth at the end that stands for the unit."""
    unexplained = ends.unexplained_m
    known = unexplained[np.isfinite(unexplained)]
    if not len(known):
        return np.zeros(len(found.unit))
    far = np.clip(np.mean(np.abs(known) > 5 * ARITHMETIC_SIGMA_M), 0.003, 0.5)
    before = unexplained[units.lead[found.unit]]
    after = before + np.where(found.depth_follows, 0.0, found.shift_m)

    def log_density(value: F64) -> F64:
        core = np.exp(-0.5 * np.square(value / ARITHMETIC_SIGMA_M)) / (2.5066 * ARITHMETIC_SIGMA_M)
        return np.log((1 - far) * core + far / 20.0)

    return np.nan_to_num(log_density(after) - log_density(before))


def _cases(
    scored: _Scored, springs: Springs, level: F64, first_case: int, *, least_score: float
) -> tuple[I64, Candidates]:
    """The changes that win their springs, and the other explanations of the same strain."""
    units, touch, found, score = scored.units, scored.touch, scored.found, scored.score
    best = _best_rows(found.unit, score, len(units))
    worth = np.flatnonzero(best >= 0)
    worth = worth[score[best[worth]] > least_score]
    if not len(worth):
        return worth, _concatenated([], scored.ends)
    residual = springs.residual_m(level)
    unit, spring, eased = _eased(worth, best, scored, springs, residual)
    rank = np.empty(len(units), np.int64)
    rank[worth] = np.argsort(np.argsort(-score[best[worth]], kind="stable"))
    owner_rank = np.full(len(springs), len(units), np.int64)
    np.minimum.at(owner_rank, spring[eased], rank[unit[eased]])
    beaten = np.zeros(len(units), np.bool_)
    beaten[unit[eased & (owner_rank[spring] < rank[unit])]] = True
    claims = np.zeros(len(units), np.bool_)
    claims[unit[eased]] = True
    winners = worth[~beaten[worth] & claims[worth]]
    case_of = np.full(len(units), -1, np.int64)
    case_of[winners] = np.arange(len(winners))
    unit_of_rank = np.full(len(units) + 1, -1, np.int64)
    unit_of_rank[rank[worth]] = worth
    holder = unit_of_rank[owner_rank]
    case_of_spring = np.where(holder >= 0, case_of[holder], -1)
    joins = case_of_spring[touch.spring]
    owner = np.repeat(np.arange(len(units)), np.diff(touch.start))
    weight = np.where(joins >= 0, np.abs(touch.coefficient * residual[touch.spring]), -1.0)
    order = np.lexsort((weight, owner))
    last = np.concatenate([owner[order][1:] != owner[order][:-1], [True]])
    strongest = order[last]
    join = np.where(weight[strongest] >= 0, joins[strongest], -1)
    other = case_of[owner[strongest]] < 0
    case_of[owner[strongest][other]] = join[other]
    return best[winners], _ranked(scored, case_of, first_case)


def _eased(
    worth: I64, best: I64, scored: _Scored, springs: Springs, residual: F64
) -> tuple[I64, I64, Bool]:
    """Entries (unit, spring) of the best changes, and whether the spring gains by it."""
    touch, found = scored.touch, scored.found
    count = (touch.start[1:] - touch.start[:-1])[worth]
    unit = np.repeat(worth, count)
    entry = np.repeat(touch.start[worth] - (np.cumsum(count) - count), count)
    entry = entry + np.arange(len(entry))
    spring = touch.spring[entry]
    moved = residual[spring] + touch.coefficient[entry] * found.shift_m[best[unit]]
    gain = springs.log_likelihood_of(moved, spring)
    gain = gain - springs.log_likelihood_of(residual[spring], spring)
    return unit, spring, np.abs(gain) > GAIN_THAT_CLAIMS


def _best_rows(unit: I64, score: F64, count: int) -> I64:
    """Row of the best hypothesis of every unit, −1 where there is none."""
    order = np.lexsort((-score, unit))
    out = np.full(count, -1, np.int64)
    if len(order):
        first = np.concatenate([[True], unit[order][1:] != unit[order][:-1]])
        out[unit[order][first]] = order[first]
    return out


def _ranked(scored: _Scored, case_of: I64, first_case: int) -> Candidates:
    """The best explanations of every case: the best of each unit and cause, in order."""
    units, found, score, gain = scored.units, scored.found, scored.score, scored.gain
    rows = np.flatnonzero(case_of[found.unit] >= 0)
    rows = rows[score[rows] > score[rows].min(initial=0.0) - 1.0]
    key = found.unit[rows] * 16 + found.cause[rows]
    rows = rows[_firsts(key, score[rows])]
    case = case_of[found.unit[rows]]
    rows = rows[np.lexsort((found.cause[rows], units.sort[found.unit[rows]], -score[rows], case))]
    case = case_of[found.unit[rows]]
    start = np.searchsorted(case, case)
    rank = np.arange(len(rows)) - start
    top = score[rows][start]
    weight = np.exp(np.minimum(score[rows] - top, 0.0))
    whole = np.bincount(case, weights=weight)[case] + np.exp(-np.maximum(top, -50.0))
    keep = rank < ALTERNATIVES
    rows, posterior = rows[keep], (weight / whole)[keep]
    unit = found.unit[rows]
    return Candidates(
        case[keep] + first_case, rank[keep], units.lead[unit], units.sort[unit].astype(np.int64),
        found.shift_m[rows], found.cause[rows].astype(np.int64), score[rows], gain[rows],
        found.depth_follows[rows], posterior, _scaled(units.matrix[unit], found.shift_m[rows]),
    )  # fmt: skip


def _scaled(matrix: csr_matrix, factor: F64) -> csr_matrix:
    """The matrix with each row times its factor."""
    out = matrix.tocsr().copy()
    out.data = out.data * np.repeat(factor, np.diff(out.indptr))
    return out


def _firsts(key: I64, score: F64) -> I64:
    order = np.lexsort((-score, key))
    if not len(order):
        return order
    return order[np.concatenate([[True], key[order][1:] != key[order][:-1]])]


def _moves(scored: _Scored, winners: I64, count: int) -> F64:
    """How far the winning changes move every end."""
    found, units = scored.found, scored.units
    shift = np.zeros(len(units))
    shift[found.unit[winners]] = found.shift_m[winners]
    out = np.asarray(units.matrix.T @ shift)
    return out if len(out) == count else np.zeros(count)


def batch_candidates(
    batches: Units, springs: Springs, level_m: F64, alike: Bool
) -> list[Candidates]:
    """One case for every batch that is off as a whole."""
    out: list[Candidates] = []
    found = worst_batches(batches, springs, level_m, alike)
    for case, (batch, shift, gain) in enumerate(found):
        score = gain + LOG_PRIOR_BATCH
        row = np.array([batch])
        out.append(
            Candidates(
                np.array([case]), np.zeros(1, np.int64), batches.lead[row],
                batches.sort[row].astype(np.int64), np.array([shift]),
                np.array([int(Cause.DATUM)]), np.array([score]), np.array([gain]),
                np.ones(1, np.bool_), np.array([1.0 / (1.0 + np.exp(-min(score, 50.0)))]),
                _scaled(batches.matrix[row], np.array([shift])),
            )
        )  # fmt: skip
    return out


def _concatenated(parts: list[Candidates], count: int) -> Candidates:
    from scipy.sparse import csr_matrix, vstack

    if not parts:
        real, whole = np.zeros(0), np.zeros(0, np.int64)
        none = np.zeros(0, np.bool_)
        moves = csr_matrix((0, count))
        return Candidates(whole, whole, whole, whole, real, whole, real, real, none, real, moves)
    return Candidates(
        np.concatenate([part.case for part in parts]),
        np.concatenate([part.rank for part in parts]),
        np.concatenate([part.lead for part in parts]),
        np.concatenate([part.sort for part in parts]),
        np.concatenate([part.shift_m for part in parts]),
        np.concatenate([part.cause for part in parts]),
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.gain for part in parts]),
        np.concatenate([part.depth_follows for part in parts]),
        np.concatenate([part.posterior for part in parts]),
        csr_matrix(vstack([part.moves for part in parts])),
    )
