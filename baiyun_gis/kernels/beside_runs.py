"""What lines near buildings come to, run by run: services, findings and where they lie."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.beside import CHANCE, REACH, REQUIRED, SIGMA, Beside
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.intervals import stretches_of
from baiyun_gis.kernels.outline_stretches import stretch_near
from baiyun_gis.kernels.outlines import Outlines, depth_inside
from baiyun_gis.kernels.polygons import AX, BX, GAP, STATION
from baiyun_gis.kernels.segments import PIPE, WIDTH, X0, X1, Y0, Y1, Z0, Z1, owned

SERVES, INSIDE = 1, 2
"""Why pieces are set aside: their run serves the building, or their pipe lies under it."""

_PER_ROUNDING = 1e7
_UNSURE = 1e12


class OnRuns(NamedTuple):
    """By pipe where it begins along its run and which way it leads (1, −1); by end of a pipe its
    joint and place (x, y); by joint how many ends it has."""

    offset: F64
    sign: F64
    joint: I32
    end_xy: F64
    degree: I32


class OfSegments(NamedTuple):
    """The kernels' table of segments; by segment: chainage of its start along the pipe, whether the
    pipe begins or ends with it, whether its width is known."""

    table: F64
    chain0: F64
    is_first: Bool
    is_last: Bool
    width_known: Bool


class Terms(NamedTuple):
    """Metres, and from which chance on something is told.

    A run with a free end within `end` of the outline, of which there no more than `service` lies
    within `zone` of it, is a service. `sets_inside` sets pipes aside that lie under the building.
    `origin` (x, y) was taken off the segments, not off ends.
    """

    zone: float
    end: float
    service: float
    tolerance: float
    slack: float
    unsized: float
    possible: float
    touching: float
    sets_inside: bool
    origin: tuple[float, float]


LOW, HIGH, ACTUAL, ASKED, DEVIATION, LIKELY = range(6)


class Told(NamedTuple):
    """What pieces came to: why each is set aside (0: not), which are found or beyond judging; the
    pieces that stand for findings.

    `numbers` (6, findings): from and to along the pipe, clearance, what is asked, deviation and
    chance, NaN where beyond judging. `points` (3, findings, 3): of the line, of the outline (no
    level), and between them.
    """

    reason: I8
    is_found: Bool
    is_unsure: Bool
    rows: I64
    numbers: F64
    points: F64


@compiled
def _along_run(
    pieces: Beside, of: OfSegments, runs: OnRuns, outlines: Outlines, row: int, wide: float,
    span: F64,
) -> bool:  # fmt: skip
    """From and to along the run of where a piece is within `wide` of its outline; where nothing but
    a round end of it is, the station of its clearance. Whether it is more than that."""
    k = pieces.i[row]
    stretch_near(outlines, pieces.building[row], of.table, k, max(wide, 0.0), span)
    lies_near = span[0] <= span[1]
    if not lies_near:
        dx, dy = of.table[k, X1] - of.table[k, X0], of.table[k, Y1] - of.table[k, Y0]
        span[0] = span[1] = pieces.numbers[row, STATION] * math.sqrt(dx * dx + dy * dy)
    pipe = int(of.table[k, PIPE])
    one = runs.offset[pipe] + runs.sign[pipe] * (of.chain0[k] + span[0])
    two = runs.offset[pipe] + runs.sign[pipe] * (of.chain0[k] + span[1])
    span[0], span[1] = min(one, two), max(one, two)
    return lies_near


@compiled
def _ends_at(
    pieces: Beside, of: OfSegments, runs: OnRuns, outlines: Outlines, row: int, terms: Terms
) -> bool:
    """Has the piece a free end of its pipe in or at the building?"""
    k, building = pieces.i[row], pieces.building[row]
    at = np.empty(2)
    for end in range(2):
        if not (of.is_last[k] if end else of.is_first[k]):
            continue
        tip = 2 * int(of.table[k, PIPE]) + end
        if runs.degree[runs.joint[tip]] != 1:
            continue
        x, y = runs.end_xy[tip, 0] - terms.origin[0], runs.end_xy[tip, 1] - terms.origin[1]
        if -depth_inside(outlines, building, x, y, at) <= terms.end:
            return True
    return False


@compiled
def _serves(
    mine: I64, pieces: Beside, of: OfSegments, runs: OnRuns, outlines: Outlines, terms: Terms
) -> bool:
    """Is a run, of which these are all the pieces near a building, a service of it?"""
    close, ends, count, any_end = np.empty(len(mine), np.int64), np.zeros(len(mine), np.bool_), 0, 0
    for row in mine:
        if pieces.numbers[row, GAP] < terms.zone:
            ends[count] = _ends_at(pieces, of, runs, outlines, row, terms)
            any_end += ends[count]
            close[count] = row
            count += 1
    if any_end == 0:
        return False
    low, high, span = np.empty(count), np.empty(count), np.empty(2)
    for k in range(count):
        _along_run(pieces, of, runs, outlines, close[k], terms.zone, span)
        low[k], high[k] = span[0], span[1]
    group, spans, keys = np.empty(count, np.int64), np.empty((2, count)), np.zeros(count, np.int64)
    stretches_of(keys, low, high, np.empty(0), terms.touching, group, spans)
    served = False
    for k in range(count):
        served |= bool(ends[k] and spans[1, group[k]] - spans[0, group[k]] <= terms.service)
    return served


@compiled
def _judge(
    mine: I64, pieces: Beside, of: OfSegments, terms: Terms, reason: I8, found: Bool, unsure: Bool
) -> int:
    """Which pieces of a run near a building are found or beyond judging; how many."""
    gap, required, count = pieces.numbers[:, GAP], pieces.numbers[:, REQUIRED], 0
    for row in mine:
        if terms.sets_inside and gap[row] < -terms.tolerance and reason[row] == 0:
            pipe = of.table[pieces.i[row], PIPE]
            for other in mine:
                if reason[other] == 0 and of.table[pieces.i[other], PIPE] == pipe:
                    reason[other] = INSIDE
    for row in mine:
        fails = gap[row] < required[row] - terms.tolerance - terms.slack
        doubted = not of.width_known[pieces.i[row]] and not fails
        doubted = doubted and gap[row] < required[row] + terms.unsized
        unsure[row] = reason[row] == 0 and doubted
        found[row] = (
            reason[row] == 0 and pieces.numbers[row, CHANCE] >= terms.possible and not doubted
        )
        count += int(found[row] or unsure[row])
    return count


@compiled
def _near(mine: I64, pieces: Beside, of: OfSegments, terms: Terms) -> I64:
    """Those of the pieces that are near enough to count."""
    near, count = np.empty(len(mine), np.int64), 0
    for row in mine:
        doubt = 0.0 if of.width_known[pieces.i[row]] else terms.unsized
        if pieces.numbers[row, GAP] < pieces.numbers[row, REACH] + doubt:
            near[count] = row
            count += 1
    return near[:count]


@compiled
def _stretches(
    near: I64, pieces: Beside, of: OfSegments, runs: OnRuns, outlines: Outlines, terms: Terms,
    spans: F64, group: I64,
) -> int:  # fmt: skip
    """Where each piece fails and where it counts at all (from, to, from, to along the run; from
    infinity where it does not fail) into `spans`, merged by the latter; how many stretches.

    A round end reaches half a width into the piece it is joined to and is one with what counts
    there; from where to where a stretch fails it says only where nothing else does.
    """
    ends_alone, around = np.zeros(len(near), np.bool_), np.zeros(len(near))
    for k in range(len(near)):
        row = int(near[k])
        short = float(pieces.numbers[row, REQUIRED]) - terms.tolerance
        fails = pieces.numbers[row, GAP] < short
        spans[k, 0], spans[k, 1] = np.inf, -np.inf
        if fails:
            ends_alone[k] = not _along_run(pieces, of, runs, outlines, row, short, spans[k, :2])
        if fails and len(near) == 1:  # nothing to merge it with, nor asked for
            spans[k, 2] = spans[k, 3] = np.nan
        else:
            reach = float(pieces.numbers[row, REACH])
            if not _along_run(pieces, of, runs, outlines, row, reach, spans[k, 2:]):
                half = of.table[pieces.i[row], WIDTH]
                around[k] = 0.0 if math.isnan(half) else half
    low, high = spans[:, 2] - around, spans[:, 3] + around
    keys, ends = np.zeros(len(near), np.int64), np.empty((2, len(near)))
    there_are = stretches_of(keys, low, high, np.empty(0), terms.touching, group, ends)
    for k in range(len(near)):
        for other in range(len(near)):
            if ends_alone[k] and group[other] == group[k] and spans[other, 0] < spans[other, 1]:
                spans[k, 0], spans[k, 1] = np.inf, -np.inf
    return there_are


@compiled
def _worst(
    near: I64, group: I64, pieces: Beside, found: Bool, unsure: Bool, best: I64
) -> None:  # fmt: skip
    """The worst piece of each stretch with something to tell; −1 for others. What differs by
    rounding only is equal, and the first in order wins among equals."""
    least = np.empty(len(best))
    best[:] = -1
    for k in range(len(near)):
        row, at = near[k], group[k]
        if found[row]:
            rank = np.rint(pieces.numbers[row, GAP] * _PER_ROUNDING) / _PER_ROUNDING
        elif unsure[row]:
            rank = _UNSURE
        else:
            continue
        if best[at] < 0 or rank < least[at]:
            best[at], least[at] = k, rank


@compiled
def _write(
    row: int, low: float, high: float, pieces: Beside, of: OfSegments, runs: OnRuns, terms: Terms,
    unsure: Bool, numbers: F64, points: F64,
) -> None:  # fmt: skip
    """A finding's numbers and points: of one piece, and from where to where along its run."""
    k, seen = pieces.i[row], pieces.numbers[row]
    pipe = int(of.table[k, PIPE])
    one = (low - runs.offset[pipe]) * runs.sign[pipe]
    two = (high - runs.offset[pipe]) * runs.sign[pipe]
    numbers[LOW], numbers[HIGH] = min(one, two), max(one, two)
    numbers[ACTUAL], numbers[ASKED], numbers[DEVIATION] = seen[GAP], seen[REQUIRED], seen[SIGMA]
    numbers[LIKELY] = np.nan if unsure[row] else seen[CHANCE]
    z = of.table[k, Z0] + (of.table[k, Z1] - of.table[k, Z0]) * seen[STATION]
    points[0, 2], points[1, 2], points[2, 2] = z, np.nan, z
    for axis in range(2):
        points[0, axis] = seen[AX + axis] + terms.origin[axis]
        points[1, axis] = seen[BX + axis] + terms.origin[axis]
        points[2, axis] = (points[0, axis] + points[1, axis]) / 2.0


@compiled
def _tell(
    near: I64, pieces: Beside, of: OfSegments, runs: OnRuns, outlines: Outlines, terms: Terms,
    found: Bool, unsure: Bool, rows: I64, numbers: F64, points: F64,
) -> int:  # fmt: skip
    """A finding for each stretch of a run that is too near, or may be: from where to where it
    fails, or the middle of where it may; how many."""
    count = len(near)
    spans, group = np.empty((count, 4)), np.empty(count, np.int64)
    there_are = _stretches(near, pieces, of, runs, outlines, terms, spans, group)
    best, told = np.empty(there_are, np.int64), 0
    _worst(near, group, pieces, found, unsure, best)
    for at in range(there_are):
        if best[at] < 0:
            continue
        low, high = np.inf, -np.inf
        for k in range(count):
            if group[k] == at:
                low, high = min(low, spans[k, 0]), max(high, spans[k, 1])
        if low > high:
            low = high = 0.5 * (spans[best[at], 2] + spans[best[at], 3])
        rows[told] = row = int(near[best[at]])
        told_of = numbers[:, told], points[:, told]
        _write(row, low, high, pieces, of, runs, terms, unsure, told_of[0], told_of[1])
        told += 1
    return told


@compiled
def _answers_of_runs(
    first: int, last: int, order: I64, heads: I64, pieces: Beside, of: OfSegments, runs: OnRuns,
    outlines: Outlines, terms: Terms, reason: I8, found: Bool, unsure: Bool,
) -> tuple[I64, F64, F64]:  # fmt: skip
    """The pieces that stand for findings, and their numbers and points, of a range of runs at
    buildings."""
    most, count = heads[last] - heads[first], 0
    rows, numbers = np.empty(most, np.int64), np.empty((LIKELY + 1, most))
    points = np.empty((3, most, 3))
    for group in range(first, last):
        mine = order[heads[group] : heads[group + 1]]
        serves = _serves(mine, pieces, of, runs, outlines, terms)
        for row in mine:
            reason[row] = SERVES if serves else 0
        if _judge(mine, pieces, of, terms, reason, found, unsure) > 0:
            count += _tell(
                _near(mine, pieces, of, terms), pieces, of, runs, outlines, terms, found, unsure,
                rows[count:], numbers[:, count:], points[:, count:],
            )  # fmt: skip
    return rows[:count], numbers[:, :count], points[:, :count]


@compiled
def _by_number(number: I32, count: int) -> tuple[I64, I64]:
    """Rows in order of numbers from 0 to `count`, and where each number's begin."""
    heads, order = np.zeros(count + 2, np.int64), np.empty(len(number), np.int64)
    for row in range(len(number)):
        heads[number[row] + 2] += 1
    for at in range(2, count + 2):
        heads[at] += heads[at - 1]
    for row in range(len(number)):
        order[heads[number[row] + 1]] = row
        heads[number[row] + 1] += 1
    return order, heads[: count + 1]


def answers_of_runs(
    number: I32, count: int, pieces: Beside, of: OfSegments, runs: OnRuns, outlines: Outlines,
    terms: Terms,
) -> Told:  # fmt: skip
    """What pieces come to by the `count` pairs of run and building they are of, numbered from 0.

    Findings come in order of these, then along each run.
    """
    order, heads = _by_number(owned(number, np.int32), count)
    size = len(number)
    reason, flags = np.empty(size, np.int8), np.empty((2, size), np.bool_)
    found = run_in_chunks(
        _answers_of_runs, count, order, heads, pieces, of, runs, outlines, terms, reason,
        flags[0], flags[1],
    )  # fmt: skip
    if not found:
        none = np.empty(0, np.int64), np.empty((LIKELY + 1, 0)), np.empty((3, 0, 3))
        return Told(reason, flags[0], flags[1], *none)
    if len(found) > 1:
        rows, numbers, points = zip(*found, strict=True)
        joined = np.concatenate(numbers, axis=1), np.concatenate(points, axis=1)
        return Told(reason, flags[0], flags[1], np.concatenate(rows), *joined)
    return Told(reason, flags[0], flags[1], *found[0])
