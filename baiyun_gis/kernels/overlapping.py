"""Lines that lie over each other: which are to be measured, and which of those need a chance."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.first_look import AT, STEEP, Marks
from baiyun_gis.kernels.leading import Limits, turns_of
from baiyun_gis.kernels.segments import owned


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


class InPlan(NamedTuple):
    """Segment pairs `i`, `j` with their marks (bits of `first_look`); by segment whether its width
    is known; half of an unknown one may be `unknown_m` more."""

    i: I32
    j: I32
    marks: Marks
    width_known: Bool
    unknown_m: float


class Over(NamedTuple):
    """By segment pair why it is set aside (0: not), and those that could lie over each other with
    whether they run along each other; the others of these cross."""

    reason: I8
    rows: I64
    along: Bool


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
    that are asked, and which of those are more than crossings with room to spare."""

    reason: I8
    asked: I64
    matters: Bool


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
    examined: I64, by: ByCell, joined: Joined, room: Room, terms: Terms
) -> tuple[I8, I64, Bool]:
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
    return reason, asked[:count].copy(), matters[:count].copy()


def looked_over(examined: I64, by: ByCell, joined: Joined, room: Room, terms: Terms) -> Looked:
    """What a check makes of overlaps before it measures them.

    `examined` are the segment pairs of all overlaps and after them those that lie over each other
    where they are joined, ascending each.
    """
    return Looked(*_looked_over(examined, by, joined, room, terms))


@compiled
def _over_in_plan(
    by: ByCell, joined: Joined, pairs: InPlan, crossing: int
) -> tuple[I8, I64, Bool]:  # fmt: skip
    reason, count = np.empty(len(pairs.i), np.int8), 0
    rows, along = np.empty(len(pairs.i), np.int64), np.empty(len(pairs.i), np.bool_)
    for row in range(len(pairs.i)):
        reason[row] = by.why_not[by.cell[row]]
    for k in range(len(joined.rows)):
        row, unknown = joined.rows[k], 0.0
        for side in (pairs.i[row], pairs.j[row]):
            unknown += 0.0 if pairs.width_known[side] else 1.0
        limit = joined.width_m[k] + pairs.unknown_m * unknown
        if joined.distance_m[k] <= joined.influence * limit and joined.reason[k]:
            reason[row] = joined.reason[k]
    for row in range(len(pairs.i)):
        if reason[row] == 0 and pairs.marks[row] & AT:
            rows[count], along[count] = row, not pairs.marks[row] & STEEP
            if not along[count]:
                reason[row] = crossing
            count += 1
    return reason, rows[:count].copy(), along[:count].copy()


def over_in_plan(by: ByCell, joined: Joined, pairs: InPlan, *, crossing: int) -> Over:
    """Which segment pairs could lie over each other; `crossing` is the code of those that cross."""
    return Over(*_over_in_plan(by, joined, pairs, crossing))


class Weighed(NamedTuple):
    """Of measured pieces: what is required (m), whether no kind or no level says so, whether the
    answer is unknown, and which pieces need to be known better than as measured; see `InTurn`."""

    required_m: F64
    no_kind: Bool
    no_level: Bool
    is_unsure: Bool
    wanted: I64
    lead: I64


class Pieces(NamedTuple):
    """Overlaps `part` of all, as measured (m): their segment pairs and stretches."""

    part: I64
    rows: I64
    actual_m: F64
    stretch: I64


@compiled
def _weighed(
    pieces: Pieces, by: ByCell, known: KnownOfBoth, of: tuple[I32, int, int], terms: Terms
) -> tuple[F64, Bool, Bool, Bool, I64, I64]:  # fmt: skip
    pair, pairs, stretches = of
    count = len(pieces.part)
    required, subject = np.empty(count), np.empty(count, np.int32)
    no_kind, no_level = np.empty(count, np.bool_), np.empty(count, np.bool_)
    unsure = np.empty(count, np.bool_)
    for k in range(count):
        required[k] = by.required_m[by.cell[pieces.rows[k]]]
        actual, overlap = pieces.actual_m[k], pieces.part[k]
        no_kind[k], no_level[k] = math.isnan(required[k]), not known.levels[overlap]
        unsure[k] = no_kind[k] or no_level[k] or math.isnan(actual)
        unsure[k] = unsure[k] or _is_open(known, overlap, actual, required[k], terms)
        subject[k] = pair[pieces.rows[k]]
    limits = Limits(terms.tolerance_m, terms.rounding_m)
    wanted, lead = turns_of(
        pieces.actual_m, required, unsure, pieces.stretch, subject, (stretches, pairs), limits
    )
    return required, no_kind, no_level, unsure, wanted, lead


def weighed(
    pieces: Pieces, by: ByCell, known: KnownOfBoth, *,
    pair: I32, pairs: int, stretches: int, terms: Terms,
) -> Weighed:  # fmt: skip
    """How measured pieces stand, and which have to be known better; their subjects are pairs of
    lines, which `pair` numbers (0 to `pairs`) by segment pair."""
    of = owned(pair, np.int32), pairs, stretches
    return Weighed(*_weighed(pieces, by, known, of, terms))
