"""Lines that lie over each other: which are to be measured, and which of those need a chance."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.first_look import AT, CROSSES, NEAR, OVER, STEEP, Marks
from baiyun_gis.kernels.leading import Limits, turns_of
from baiyun_gis.kernels.measuring import NO_KIND, NO_LEVEL, NO_SIZE, UNSURE
from baiyun_gis.kernels.ordering import Grouped, in_company
from baiyun_gis.kernels.segments import PairRows, owned


class ByCell(NamedTuple):
    """What a check asks of segment pairs: number, number to search by, why nothing; and the `cell`
    of each pair."""

    required_m: F64
    limit_m: F64
    why_not: I8
    cell: I32


class Joined(NamedTuple):
    """Segment pairs `rows` that a joint explains: why, how far from it, both half widths (m);
    within so many widths and numbers (`influence`) of it."""

    rows: I64
    reason: I8
    distance_m: F64
    width_m: F64
    influence: float


@compiled
def lying_over(marks: Marks, joined: Joined) -> tuple[I64, int]:
    """Segment pairs whose plan projections overlap, and after them those that are joined where
    they lie; how many the first are."""
    aside, count, lie = np.zeros(len(marks), np.bool_), 0, 0
    for k in range(len(joined.rows)):
        if joined.distance_m[k] <= joined.influence * joined.width_m[k] and joined.reason[k] != 0:
            aside[joined.rows[k]] = True
            lie += 1
    for row in range(len(marks)):
        count += int(marks[row] & OVER != 0 and not aside[row])
    out, overlaps = np.empty(count + lie, np.int64), count
    count = 0
    for row in range(len(marks)):
        if marks[row] & OVER and not aside[row]:
            out[count] = row
            count += 1
    for k in range(len(joined.rows)):
        if aside[joined.rows[k]]:
            out[count] = joined.rows[k]
            count += 1
    return out, overlaps


class KnownOfEach(NamedTuple):
    """What is known of segments."""

    level: Bool
    height: Bool


@compiled
def _traits(marks: Marks, rows: PairRows, some: I64, known: KnownOfEach, out: Bool) -> None:
    for k in range(len(some)):
        row = some[k]
        i, j = rows.left[row], rows.right[row]
        out[0, k] = marks[row] & CROSSES != 0 and marks[row] & STEEP != 0
        out[1, k] = known.level[i] and known.level[j]
        out[2, k] = known.height[i] and known.height[j]


def traits_of(marks: Marks, rows: PairRows, some: I64, known: KnownOfEach) -> Bool:
    """Of some segment pairs whether they cross, and whether levels and heights of both are known;
    shape (3, n)."""
    out = np.empty((3, len(some)), dtype=np.bool_)
    level, height = owned(known.level, np.bool_), owned(known.height, np.bool_)
    _traits(marks, rows, some, KnownOfEach(level, height), out)
    return out


class InPlan(NamedTuple):
    """Segment pairs with their marks (bits of `first_look`) and the `runs` of both; by segment
    whether its width is known; half of an unknown one may be `unknown_m` more."""

    marks: Marks
    runs: Grouped
    width_known: Bool
    unknown_m: float


class Alongside(NamedTuple):
    """By segment pair why it is set aside (0: not); `rows` to be measured, and which of these
    cross: two runs with nothing but crossings are not among them."""

    reason: I8
    rows: I64
    crosses: Bool


class KnownOfBoth(NamedTuple):
    """What is known of both lines of an overlap. Where a size is not, surfaces may be nearer by
    `unknown_m`."""

    levels: Bool
    sizes: Bool
    unknown_m: float


class Room(NamedTuple):
    """How far apart lines are where they cross, by overlap, and how much that may be out."""

    actual_m: F64
    doubt_m: F64
    is_crossing: Bool
    known: KnownOfBoth


class Terms(NamedTuple):
    """What is met by `tolerance_m` is met, and by a rounding beyond; with a `margin_m` beyond
    `sigmas` deviations a crossing has room to spare."""

    tolerance_m: float
    rounding_m: float
    margin_m: float
    sigmas: float


class Looked(NamedTuple):
    """Why overlaps are set aside (0: not), and after them what is joined where it lies; overlaps
    that are asked of two runs with more than crossings with room to spare."""

    reason: I8
    live: I64


@compiled
def _by_joints(by: ByCell, joined: Joined, examined: I64, overlaps: int, reason: I8) -> None:
    """What joints set aside; overlaps come first and in order, as do those after them."""
    first, second = examined[:overlaps], examined[overlaps:]
    for k in range(len(joined.rows)):
        row = joined.rows[k]
        limit = by.limit_m[by.cell[row]]
        asked = 0.0 if math.isnan(limit) else limit
        if not joined.distance_m[k] <= joined.influence * (joined.width_m[k] + asked):
            continue
        place = np.searchsorted(first, row)
        if place == len(first) or first[place] != row:
            place = np.searchsorted(second, row) + len(first)
        if place < len(examined) and examined[place] == row:
            reason[place] = joined.reason[k]


@put_in_place
def _is_open(
    known: KnownOfBoth, overlap: int, actual: float, required: float, terms: Terms
) -> bool:
    """Whether an unknown size leaves the answer open."""
    if known.sizes[overlap]:
        return False
    short = actual < required - terms.tolerance_m - terms.rounding_m
    return actual < required + known.unknown_m and not short


@compiled
def _looked_over(
    examined: I64, by: ByCell, joined: Joined, room: Room, runs: Grouped, terms: Terms
) -> tuple[I8, I64]:
    overlaps, known = len(room.actual_m), room.known
    reason, count = np.zeros(len(examined), np.int8), 0
    asked, matters = np.empty(overlaps, np.int64), np.empty(overlaps, np.bool_)
    for k in range(overlaps):
        reason[k] = by.why_not[by.cell[examined[k]]]
    _by_joints(by, joined, examined, overlaps, reason)
    for k in range(overlaps):
        if reason[k]:
            continue
        required, actual = float(by.required_m[by.cell[examined[k]]]), room.actual_m[k]
        spare = (actual - required - terms.margin_m) / terms.sigmas
        plain = room.is_crossing[k] and known.levels[k] and spare > room.doubt_m[k]
        plain = plain and not _is_open(known, k, actual, required, terms)
        asked[count], matters[count] = k, not plain
        count += 1
    asked = asked[:count]
    return reason, asked[in_company(runs, examined[asked], matters[:count])]


def looked_over(
    examined: I64, by: ByCell, joined: Joined, room: Room, runs: Grouped, terms: Terms
) -> Looked:
    """What a check makes of overlaps before it measures them.

    `examined` are the segment pairs of all overlaps and after them those that lie over each other
    where they are joined, ascending each.
    """
    return Looked(*_looked_over(examined, by, joined, room, runs, terms))


@compiled
def _over_in_plan(
    by: ByCell, joined: Joined, pairs: InPlan, crossing: int
) -> tuple[I8, I64, Bool]:  # fmt: skip
    count, left, right = 0, pairs.runs.i, pairs.runs.j
    reason, rows = np.empty(len(left), np.int8), np.empty(len(left), np.int64)
    along = np.empty(len(left), np.bool_)
    for row in range(len(left)):
        reason[row] = by.why_not[by.cell[row]]
    for k in range(len(joined.rows)):
        row, unknown = joined.rows[k], 0.0
        for side in (left[row], right[row]):
            unknown += 0.0 if pairs.width_known[side] else 1.0
        limit = joined.width_m[k] + pairs.unknown_m * unknown
        if joined.distance_m[k] <= joined.influence * limit and joined.reason[k]:
            reason[row] = joined.reason[k]
    for row in range(len(left)):
        if reason[row] == 0 and pairs.marks[row] & AT:
            rows[count], along[count] = row, not pairs.marks[row] & STEEP
            if not along[count]:
                reason[row] = crossing
            count += 1
    rows, along = rows[:count], along[:count]
    # Of a city's crossings few are of runs that lie along each other too.
    kept = in_company(pairs.runs, rows, along)
    return reason, rows[kept], ~along[kept]


def over_in_plan(by: ByCell, joined: Joined, pairs: InPlan, *, crossing: int) -> Alongside:
    """Which segment pairs could lie over each other; `crossing` is the code of those that cross."""
    return Alongside(*_over_in_plan(by, joined, pairs, crossing))


@compiled
def _near_enough(
    by: ByCell, joined: Joined, marks: Marks, runs: Grouped, crossing: int
) -> tuple[I8, I64, Bool]:  # fmt: skip
    reason, rows, count = np.empty(len(marks), np.int8), np.empty(len(marks), np.int64), 0
    for row in range(len(marks)):
        reason[row] = by.why_not[by.cell[row]]
    for k in range(len(joined.rows)):
        row = joined.rows[k]
        limit = by.limit_m[by.cell[row]]
        within = joined.width_m[k] + (0.0 if math.isnan(limit) else limit)
        if joined.distance_m[k] <= joined.influence * within and joined.reason[k]:
            reason[row] = joined.reason[k]
    crosses = np.empty(len(marks), np.bool_)
    for row in range(len(marks)):
        if reason[row] == 0 and marks[row] & NEAR:
            rows[count] = row
            crosses[count] = marks[row] & CROSSES != 0 and marks[row] & STEEP != 0
            count += 1
    rows, crosses = rows[:count], crosses[:count]
    kept = in_company(runs, rows, ~crosses)
    for k in range(count):
        if not kept[k]:
            reason[rows[k]] = crossing
    return reason, rows[kept], crosses[kept]


def near_enough(
    by: ByCell, joined: Joined, marks: Marks, runs: Grouped, *, crossing: int
) -> Alongside:
    """Which segment pairs may be nearer in plan than they are asked to be; `crossing` is the code
    of those of two runs that do nothing but cross."""
    return Alongside(*_near_enough(by, joined, marks, runs, crossing))


class Pieces(NamedTuple):
    """Overlaps `part` of all, as measured (m): their segment pairs and stretches."""

    part: I64
    rows: I64
    actual_m: F64
    stretch: I64


@compiled
def weigh(
    pieces: Pieces, by: ByCell, known: KnownOfBoth, of: tuple[I32, int, int], terms: Terms,
    numbers: F64, flags: Bool,
) -> tuple[I64, I64]:  # fmt: skip
    """How measured pieces stand: fills in what is required (m), what was measured, NaN where the
    answer is unknown, and how much that falls short (`numbers`, (3, n)); and `flags` that say why
    (`FLAGS` of `measuring`, n).

    Which pieces need to be known better than as measured, and which comes before each: `turns_of`.
    Their subjects are pairs of lines: `of` numbers them by segment pair, and says how many of them
    and of stretches there are.
    """
    pair, pairs, stretches = of
    count, required, unsure = len(pieces.part), numbers[0], flags[UNSURE]
    subject = np.empty(count, np.int32)
    for k in range(count):
        required[k] = by.required_m[by.cell[pieces.rows[k]]]
        actual, overlap = pieces.actual_m[k], pieces.part[k]
        no_kind, no_level = math.isnan(required[k]), not known.levels[overlap]
        unsure[k] = no_kind or no_level or math.isnan(actual)
        unsure[k] = unsure[k] or _is_open(known, overlap, actual, required[k], terms)
        flags[NO_KIND, k], flags[NO_LEVEL, k] = no_kind, no_level
        flags[NO_SIZE, k] = not known.sizes[overlap]
        numbers[1, k] = np.nan if unsure[k] else actual
        numbers[2, k] = required[k] - terms.tolerance_m - actual
        subject[k] = pair[pieces.rows[k]]
    limits = Limits(terms.tolerance_m, terms.rounding_m)
    return turns_of(
        pieces.actual_m, required, unsure, pieces.stretch, subject, (stretches, pairs), limits
    )
