"""Whole batches off by one offset: a source, a survey day, a line in a road that day.

A batch is judged by the springs that tie it to others, never by its own depths: a street may be
deep by design, but where its lines meet those of other batches the levels must meet too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.diagnosis.pipe_ends import PipeEnds
from baiyun_gis.diagnosis.springs import Springs, Tie
from baiyun_gis.diagnosis.units import Units, UnitSort

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST_ENDS = 8
LEAST_TIES = 4
LEAST_OFFSET_M = 0.08
LEAST_AGREEING = 0.6
"""Of the springs to other batches this share must come to rest by the one offset."""

LOG_PRIOR_BATCH = np.log(0.002)
LEAST_SCORE = 4.0
MOST_BATCHES = 64


class BatchFinding(NamedTuple):
    """One batch that is off: its number, by how much it is to move, and the gain."""

    batch: int
    shift_m: float
    gain: float


def batches_of(ends: PipeEnds) -> Units:
    """Batches as units: sources, days of a source, lines of a kind in a road on a day."""
    from scipy.sparse import csr_matrix

    pipes = ends.pipes
    judged = np.flatnonzero(ends.judged)
    pipe = judged // 2
    source, road = _codes(pipes.source), _codes(pipes.road)
    day = np.unique(pipes.recorded_at, return_inverse=True)[1].astype(np.int64)
    kind = pipes.utility.astype(np.int64)
    rows: list[I64] = []
    members: list[I64] = []
    leads: list[I64] = []
    count = 0
    for keys in ((source,), (source, day), (source, day, road), (source, day, road, kind)):
        number, lead, kept = _grouped(keys, pipe)
        if lead is None:
            continue
        rows.append(number + count)
        members.append(judged[kept])
        leads.append(judged[lead])
        count += len(lead)
    if not count:
        return Units(csr_matrix((0, len(ends))), np.zeros(0, np.int8), np.zeros(0, np.int64))
    entries = np.concatenate(rows), np.concatenate(members)
    matrix = csr_matrix((np.ones(len(entries[0])), entries), shape=(count, len(ends)))
    return Units(matrix, np.full(count, UnitSort.BATCH, np.int8), np.concatenate(leads))


def worst_batches(
    batches: Units, springs: Springs, level_m: F64, alike: Bool
) -> list[BatchFinding]:
    """Batches that are off, the surest first; each found after those before it were moved.

    Only springs `alike`, between pipes of one size at one joint, speak: where sizes change, a
    step may be by design.
    """
    from scipy.sparse import csr_matrix

    out: list[BatchFinding] = []
    level = level_m
    touch = csr_matrix(batches.matrix @ springs.by_end)
    tying = alike & (springs.tie == Tie.JOINT)
    while len(out) < MOST_BATCHES:
        found = _best_of(touch, springs, springs.residual_m(level), tying)
        if found is None:
            break
        out.append(found)
        row = batches.matrix[found.batch]
        level = level + found.shift_m * np.asarray(row.todense()).ravel()
    return out


def alike_ends(ends: PipeEnds, springs: Springs) -> Bool:
    """Springs of which all ends have one size and kind, shape (springs,)."""
    start, size = springs.matrix.indptr, ends.size * 64 + ends.utility
    of_entry = size[springs.matrix.indices]
    if not len(of_entry):
        return np.zeros(len(springs), np.bool_)
    least = np.minimum.reduceat(of_entry, start[:-1])
    return least == np.maximum.reduceat(of_entry, start[:-1])


def _best_of(
    touch: csr_matrix, springs: Springs, residual: F64, tying: Bool
) -> BatchFinding | None:
    indptr = touch.indptr
    spring = np.asarray(touch.indices, np.int64)
    coefficient = np.asarray(touch.data, np.float64)
    owner = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    keep = (np.abs(coefficient) > 0.4) & tying[spring]
    owner, spring, coefficient = owner[keep], spring[keep], coefficient[keep]
    if not len(owner):
        return None
    wanted = -residual[spring] / coefficient
    order = np.lexsort((wanted, owner))
    owner, spring, coefficient = owner[order], spring[order], coefficient[order]
    wanted = wanted[order]
    start = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    count = np.diff(np.append(start, len(owner)))
    middle = 0.5 * (wanted[start + (count - 1) // 2] + wanted[start + count // 2])
    shift = np.repeat(middle, count)
    moved = residual[spring] + coefficient * shift
    gain = springs.log_likelihood_of(moved, spring)
    gain = gain - springs.log_likelihood_of(residual[spring], spring)
    total = np.add.reduceat(gain, start)
    agreeing = np.add.reduceat((np.abs(moved) < 3 * springs.sigma_m[spring]).astype(float), start)
    fits = (count >= LEAST_TIES) & (np.abs(middle) >= LEAST_OFFSET_M)
    fits &= agreeing >= LEAST_AGREEING * count
    score = np.where(fits, total + LOG_PRIOR_BATCH, -np.inf)
    best = int(np.argmax(score))
    if score[best] <= LEAST_SCORE:
        return None
    return BatchFinding(int(owner[start[best]]), float(middle[best]), float(total[best]))


def _grouped(keys: tuple[I64, ...], pipe: I64) -> tuple[I64, I64 | None, I64]:
    """Group of the kept judged ends, one member of each group, and which ends are kept."""
    code = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        code = code * (int(key.max(initial=0)) + 1) + key
    _, inverse, count = np.unique(code[pipe], return_inverse=True, return_counts=True)
    large = (count >= LEAST_ENDS) & (count <= 0.5 * len(pipe))
    kept = np.flatnonzero(large[inverse])
    if not len(kept):
        return kept, None, kept
    _, lead, number = np.unique(inverse[kept], return_index=True, return_inverse=True)
    return number.astype(np.int64), kept[lead], kept


def _codes(values: object) -> I64:
    import pandas as pd

    return pd.factorize(np.asarray(values, dtype=object))[0].astype(np.int64)
