"""Lines that lie over each other: from overlaps to what is told of them, in one go.

The distance of facing surfaces, or of axes where it is asked which must lie above.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I64, Bool
from baiyun_gis.kernels.abreast import AT_M, FROM_M, FROM_T, TA, TB, TO_M, TO_T, WIDE
from baiyun_gis.kernels.axis_rises import FROM_B as RISE_FROM_B
from baiyun_gis.kernels.axis_rises import FROM_M as RISE_FROM_M
from baiyun_gis.kernels.axis_rises import FROM_T as RISE_FROM_T
from baiyun_gis.kernels.axis_rises import TO_B as RISE_TO_B
from baiyun_gis.kernels.axis_rises import TO_M as RISE_TO_M
from baiyun_gis.kernels.axis_rises import TO_T as RISE_TO_T
from baiyun_gis.kernels.axis_rises import points_of_axes, rises_of_axes
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.facing import Facing, failing_on_runs, points_facing
from baiyun_gis.kernels.flat_tops import over_and_short
from baiyun_gis.kernels.intervals import hold_within, stretches_of
from baiyun_gis.kernels.linking import INFLUENCE
from baiyun_gis.kernels.measuring import FLAGS, UNSURE
from baiyun_gis.kernels.ordering import Grouped, keys_of_groups
from baiyun_gis.kernels.overlapping import KnownOfBoth, Pieces, weigh
from baiyun_gis.kernels.pair_columns import OVERLAP, AskedOf, Judging, Laid, Paired, Told
from baiyun_gis.kernels.plain_crossings import CrossingHeights
from baiyun_gis.kernels.rises import rises_of_pairs
from baiyun_gis.kernels.segments import PairRows
from baiyun_gis.kernels.stations import along_run
from baiyun_gis.kernels.telling import Measured, among, judge, only_rows, pairs_at, tell
from baiyun_gis.kernels.two_places import ANSWERS, CHANCE, PLACE, SIGMA, both_places
from baiyun_gis.kernels.vertical import A_ABOVE, CLEARANCE, clearances_of_walls
from baiyun_gis.kernels.widths import half_widths

_ROUNDING_M = 1e-7
"""What differs by less is equal: which place is worst does not hang on rounding."""
_WALL = 6
_RISE = 6


class Over(NamedTuple):
    """Overlaps of segment pairs `rows`: whether they cross, what is known of both lines, and the
    heights measured at crossings."""

    rows: I64
    crosses: Bool
    known: KnownOfBoth
    heights: CrossingHeights


class _Lying(NamedTuple):
    """Overlaps `part` of all that no crossing speaks for: their segment pairs and stretches, the
    stations on both where they are measured (2, n), and from and to which on the first the walls
    lie over each other (2, n)."""

    part: I64
    rows: I64
    pairs: PairRows
    crosses: Bool
    stretch: I64
    at: F64
    span: F64


class _Heights(NamedTuple):
    """Of overlaps what was measured (m): `of_axes`, how the axes lie to each other (rows of
    `axis_rises`) and which is to be above (1 or −1), else the walls where they do not cross (as in
    `wall_table`)."""

    of_axes: bool
    actual: F64
    walls: F64
    rise: F64
    sign: F64


@compiled
def _only(lying: _Lying, some: I64) -> _Lying:
    rows = lying.pairs
    return _Lying(
        lying.part[some],
        lying.rows[some],
        only_rows(rows, some),
        lying.crosses[some],
        lying.stretch[some],
        _columns(lying.at, some),
        _columns(lying.span, some),
    )


@compiled
def _columns(table: F64, some: I64) -> F64:
    out = np.empty((len(table), len(some)))
    for row in range(len(table)):
        for k in range(len(some)):
            out[row, k] = table[row, some[k]]
    return out


@compiled
def _lying(
    live: I64, lain: F64, over: Over, of: tuple[Laid, Paired], by: Judging, beside: int, reason: I8
) -> tuple[_Lying, int]:  # fmt: skip
    """The overlaps to be measured, and how many stretches there are; the others lie `beside` a
    crossing of their stretch, which speaks for them."""
    laid, pairs = of
    rows, crosses, count = over.rows[live], over.crosses[live], len(live)
    every, stretch = pairs_at(laid, pairs, rows), np.empty(count, np.int64)
    runs = Grouped(laid.run, laid.runs.pipe, pairs.i, pairs.j)
    keys, ends, low, high = (
        keys_of_groups(runs, rows),
        np.empty((2, count)),
        lain[FROM_M],
        lain[TO_M],
    )
    half = half_widths(every)
    stretches = stretches_of(keys, low, high, half, by.touching_m, stretch, ends)
    reach = INFLUENCE * lain[WIDE]
    held = hold_within(stretch, stretches, low, high, reach, crosses, lain[AT_M])
    kept, some = np.empty(count, np.int64), 0
    for k in range(count):
        if held[k] and not crosses[k]:
            reason[live[k]] = beside
        else:
            kept[some] = k
            some += 1
    stations = np.empty((4, count))
    stations[0], stations[1], stations[2], stations[3] = (
        lain[TA],
        lain[TB],
        lain[FROM_T],
        lain[TO_T],
    )
    whole = _Lying(live, rows, every, crosses, stretch, stations[:2], stations[2:])
    return _only(whole, kept[:some]), stretches


@compiled
def _sign(asked: AskedOf, row: int) -> float:
    """−1 where the first of a segment pair must lie below."""
    return -1.0 if asked.order[asked.by.cell[row]] < 0 else 1.0


@compiled
def _of_walls(lying: _Lying, over: Over, by: Judging) -> _Heights:
    """The distance of the facing surfaces."""
    begin: Any = np.int64(0)
    known: Any = np.bool_(True)
    count = len(lying.part)
    walls, actual = np.full((count, _WALL), np.nan), over.heights.clearance[lying.part]
    along = np.flatnonzero(~lying.crosses)
    if len(along):
        rows, out = lying.pairs, np.empty((len(along), _WALL))
        part = only_rows(rows, along)
        clearances_of_walls(begin, len(along), part, by.crossing_deg, known, out)
        for k in range(len(along)):
            walls[along[k]] = out[k]
            actual[along[k]] = out[k, CLEARANCE]
    return _Heights(False, actual, walls, np.empty((_RISE, 0)), np.ones(count))


@compiled
def _of_axes(lying: _Lying, over: Over, asked: AskedOf) -> _Heights:
    """How far the axis that must be above lies above the other; along an overlap where it is worst,
    negative where it lies below."""
    begin: Any = np.int64(0)
    count, rise = len(lying.part), np.empty((_RISE, len(lying.part)))
    rises_of_axes(begin, count, lying.pairs, ~lying.crosses, lying.at, lying.span, rise)
    actual, sign = np.empty(count), np.empty(count)
    for k in range(count):
        sign[k] = _sign(asked, lying.rows[k])
        first, last = sign[k] * rise[RISE_FROM_M, k], sign[k] * rise[RISE_TO_M, k]
        actual[k] = last if last < first - _ROUNDING_M else first
        if lying.crosses[k]:
            actual[k] = sign[k] * over.heights.rise[lying.part[k]]
    return _Heights(True, actual, np.empty((0, _WALL)), rise, sign)


@compiled
def _facing(lying: _Lying, place: I64, walls: F64, over: Over) -> Facing:
    """How surfaces face each other; `place` is the row of `walls` of each."""
    above = np.empty(len(place), np.bool_)
    for k in range(len(place)):
        if lying.crosses[k]:
            above[k] = over.heights.a_above[lying.part[k]]
        else:
            above[k] = walls[place[k], A_ABOVE] > 0.0
    return Facing(lying.crosses, lying.at, above, place, walls)


@compiled
def _places(
    lying: _Lying, some: I64, heights: _Heights, over: Over, required: F64, by: Judging,
    origin: F64, near: F64, out: F64,
) -> None:  # fmt: skip
    """Where some overlaps (`lying`) are worst and how their height grows there, as `both_places`
    reads it, with the points of both lines there (`near`, (2, n, 3))."""
    begin: Any = np.int64(0)
    count, of_axes = len(some), heights.of_axes
    rise, upper, more = heights.rise, np.empty(count, np.bool_), np.empty(count)
    at, limit, place = np.empty((count, 2)), np.empty(0), (origin[0], origin[1])
    if of_axes:
        rise, worst = _columns(rise, some), np.empty((2, count))
        for k in range(count):
            sign = heights.sign[some[k]]
            more[k] = sign * rise[RISE_TO_M, k] - sign * rise[RISE_FROM_M, k]
            is_end = sign * rise[RISE_TO_M, k] < sign * rise[RISE_FROM_M, k] - _ROUNDING_M
            worst[0, k] = rise[RISE_TO_T, k] if is_end else rise[RISE_FROM_T, k]
            worst[1, k] = rise[RISE_TO_B, k] if is_end else rise[RISE_FROM_B, k]
            at[k, 0], at[k, 1] = worst[0, k], worst[1, k]
        points_of_axes(begin, count, lying.pairs, worst, place, near)
    else:
        rise, limit = np.empty((_RISE, count)), np.empty(count)
        rises_of_axes(begin, count, lying.pairs, ~lying.crosses, lying.at, lying.span, rise)
        facing = _facing(lying, some, heights.walls, over)
        for k in range(count):
            sign = 1.0 if facing.above[k] else -1.0
            more[k] = sign * (rise[RISE_TO_M, k] - rise[RISE_FROM_M, k])
            at[k, 0], at[k, 1] = lying.at[0, k], lying.at[1, k]
            limit[k] = required[some[k]] - by.terms.tolerance_m
        points_facing(begin, count, lying.pairs, facing, place, near)
    for k in range(count):
        upper[k] = rise[RISE_FROM_M, k] + rise[RISE_TO_M, k] > 0.0
        if lying.crosses[k]:
            upper[k] = over.heights.a_above[lying.part[k]]
    span = rise[RISE_FROM_T], rise[RISE_FROM_B], rise[RISE_TO_T], rise[RISE_TO_B]
    walls: Any = np.bool_(not of_axes)
    rises_of_pairs(
        begin, count, lying.pairs, lying.crosses, upper, at, span, more, limit, walls, out
    )  # fmt: skip


@compiled
def _failing(
    lying: _Lying, part: I64, heights: _Heights, over: Over, required: F64, by: Judging, laid: Laid
) -> F64:  # fmt: skip
    """From where to where along the run some pieces fail, (2, n); at crossings all of them."""
    begin: Any = np.int64(0)
    out, some, limit = np.empty((2, len(part))), _only(lying, part), np.empty(len(part))
    for k in range(len(part)):
        limit[k] = required[part[k]] - by.terms.tolerance_m
    left, table = some.pairs.left, some.pairs.table
    if not heights.of_axes:
        facing = _facing(some, part, heights.walls, over)
        failing_on_runs(
            begin, len(part), some.pairs, left, laid.runs, facing, some.span, limit, out
        )  # fmt: skip
        return out
    for k in range(len(part)):
        row, at = part[k], some.at[0, k]
        span = some.span[0, k], some.span[1, k]
        if not some.crosses[k]:
            first, last = heights.rise[RISE_FROM_T, row], heights.rise[RISE_TO_T, row]
            one = heights.sign[row] * heights.rise[RISE_FROM_M, row]
            two = heights.sign[row] * heights.rise[RISE_TO_M, row]
            turn = first + (last - first) * (limit[k] - one) / (two - one)
            low, high = one < limit[k], two < limit[k]
            span = turn if high and not low else first, turn if low and not high else last
            at = span[0]
        ends = along_run(table, left[k], left[k], laid.runs, span, at)
        out[0, k], out[1, k] = ends
    return out


@compiled
def found_in_height(
    live: I64, lain: F64, over: Over, asked: AskedOf, of: tuple[Laid, Paired], by: Judging,
    of_axes: bool, beside: int, reason: I8, told: Told,
) -> int:  # fmt: skip
    """Tell of the `live` overlaps that are nearer than asked, may be, or cannot be judged.

    `lain` has a column of `Abreast` for each of them. How many rows are told. By overlap, `reason`
    gets the code `beside` where a crossing speaks for it; `told.ends` say what came of it.
    """
    begin: Any = np.int64(0)
    laid, pairs = of
    lying, stretches = _lying(live, lain, over, of, by, beside, reason)
    count = len(lying.part)
    heights = _of_axes(lying, over, asked) if of_axes else _of_walls(lying, over, by)
    numbers, flags = np.empty((3, count)), np.empty((FLAGS, count), np.bool_)
    wanted, lead = weigh(
        Pieces(lying.part, lying.rows, heights.actual, lying.stretch), asked.by, over.known,
        (pairs.pair, pairs.lines, stretches), by.terms, numbers, flags,
    )  # fmt: skip
    required, short, weighed = numbers[0], np.empty(len(wanted)), np.empty(len(wanted), np.bool_)
    for k in range(len(wanted)):
        short[k], weighed[k] = numbers[2, wanted[k]], not flags[UNSURE, wanted[k]]
    some, near = _only(lying, wanted), np.empty((2, len(wanted), 3))
    place, out = np.empty((len(wanted), PLACE)), np.empty((ANSWERS, len(wanted)))
    _places(some, wanted, heights, over, required, by, laid.origin, near, place)
    both_places(
        begin, len(wanted), some.pairs, laid.surveyed, place, short, (weighed, lead), by.possible,
        out,
    )  # fmt: skip
    over_and_short(some.pairs, laid.surveyed, place, weighed, out)
    points, requirement = np.full((2, count, 3), np.nan), np.empty(count, np.int32)
    for k in range(len(wanted)):
        points[0, wanted[k]], points[1, wanted[k]] = near[0, k], near[1, k]
    for k in range(count):
        requirement[k] = asked.requirement[asked.by.cell[lying.rows[k]]]
    pieces = Measured(
        lying.rows,
        lying.stretch,
        numbers[1],
        required,
        among(out[SIGMA], wanted, count),
        among(out[CHANCE], wanted, count),
        requirement,
        points[0],
        points[1],
        flags,
    )
    found = np.empty(count, np.bool_)
    judged = judge(pieces, stretches, by, found)
    for k in range(count):
        told.ends[0, lying.part[k]] = found[k]
        told.ends[1, lying.part[k]] = flags[UNSURE, k]
    failing = _failing(lying, judged.part, heights, over, required, by, laid)
    rows = tell(pieces, judged, failing, of, stretches, by, told)
    for row in range(rows):
        told.flags[OVERLAP, row] = not lying.crosses[judged.worst[row]]
    return rows
