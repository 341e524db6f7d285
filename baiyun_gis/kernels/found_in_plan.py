"""Lines beside each other, or along the top of each other: from segment pairs to what is told of
them, in one go."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I8, I64, Bool
from baiyun_gis.kernels.abreast import (
    ABREAST,
    AT_M,
    FROM_M,
    GAP_M,
    TA,
    TO_M,
    WIDE,
    PairsOnRuns,
    lie_abreast,
)
from baiyun_gis.kernels.chances import chance_too_near
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.first_look import CROSSES, STEEP
from baiyun_gis.kernels.intervals import hold_within, stretches_of
from baiyun_gis.kernels.linking import INFLUENCE
from baiyun_gis.kernels.measuring import (
    ACTUAL,
    FLAGS,
    NEAR_A,
    NEAR_B,
    NO_KIND,
    READINGS,
    SHORT,
    STATIONS,
    UNSURE,
    WAY,
    lies_above,
    read_in_plan,
)
from baiyun_gis.kernels.pair_columns import AskedOf, Judging, Laid, Paired, Told
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.kernels.segments import PairRows
from baiyun_gis.kernels.stations import near_on_runs
from baiyun_gis.kernels.telling import Measured, judge, only_rows, pairs_at, tell
from baiyun_gis.kernels.two_places import (
    ANSWERS,
    AT,
    BEND,
    CHANCE,
    GRADIENT,
    PLACE,
    SIGMA,
    both_places,
)
from baiyun_gis.kernels.widths import breadths, half_widths, shared_of


@compiled
def _abreast(part: PairRows, within: F64, laid: Laid, by: Judging) -> F64:
    """Columns of `Abreast`."""
    begin: Any = np.int64(0)
    out = np.empty((ABREAST, len(within)))
    lie_abreast(
        begin, len(within), PairsOnRuns(part, part.left, laid.runs), by.crossing_deg, within, out
    )  # fmt: skip
    return out


@compiled
def _stretches(
    keys: I64, lain: F64, part: PairRows, by: Judging, stretch: I64
) -> int:  # fmt: skip
    ends = np.empty((2, len(keys)))
    half = half_widths(part)
    return stretches_of(keys, lain[FROM_M], lain[TO_M], half, by.touching_m, stretch, ends)


@compiled
def _near_on_runs(rows: PairRows, within: F64, at: F64, laid: Laid) -> F64:
    """From and to along the run where pairs lie so near each other in plan, (2, n)."""
    begin: Any = np.int64(0)
    out, wanted = np.empty((2, len(within))), np.ones(len(within), np.bool_)
    near_on_runs(begin, len(within), rows, within, wanted, laid.runs, at, out)
    return out


@compiled
def _excused(
    part: PairRows, keys: I64, lain: F64, numbers: tuple[F64, F64], stretch: I64, stretches: int,
    flags: tuple[Bool, Bool], laid: Laid, by: Judging,
) -> Bool:  # fmt: skip
    """Pieces that a crossing accounts for: the vertical rule speaks there instead.

    What fails nominally must be one failing stretch with the crossing: survey doubt, which makes
    stretches longer, never lets a shortfall off. What is only possible goes by stretches.
    `numbers` are what is asked and within what it matters, `flags` what crosses and what is not
    alone of its two runs.
    """
    (asked, limit), (crosses, mixed) = numbers, flags
    reach = INFLUENCE * (lain[WIDE] + limit)
    out = hold_within(
        stretch, stretches, lain[FROM_M], lain[TO_M], reach, crosses, lain[AT_M]
    )  # fmt: skip
    has_crossing, count = np.zeros(stretches, np.bool_), 0
    for k in range(len(keys)):
        has_crossing[stretch[k]] |= crosses[k]
    some = np.empty(len(keys), np.int64)
    for k in range(len(keys)):
        short = asked[k] - by.terms.tolerance_m - by.terms.rounding_m
        if lain[GAP_M, k] < short and mixed[k] and has_crossing[stretch[k]]:
            some[count] = k
            count += 1
    if count == 0:
        return out
    some = some[:count].copy()
    few, nominal = only_rows(part, some), asked[some]
    span = _near_on_runs(few, nominal - by.terms.tolerance_m, lain[TA][some], laid)
    reach = INFLUENCE * (lain[WIDE][some] + nominal)
    failing, ends = np.empty(count, np.int64), np.empty((2, count))
    half = half_widths(few)
    there_are = stretches_of(keys[some], span[0], span[1], half, by.touching_m, failing, ends)
    held = hold_within(
        failing, there_are, span[0], span[1], reach, crosses[some], lain[AT_M][some]
    )  # fmt: skip
    for k in range(count):
        out[some[k]] = held[k]
    return out


@compiled
def _plan(lain: F64, some: I64) -> PlanClearance:
    near = np.empty((7, len(some)))
    for row in range(7):
        for k in range(len(some)):
            near[row, k] = lain[row, some[k]]
    return PlanClearance(near[0], near[1], near[2], near[3], near[4], near[5], near[6])


@compiled
def _waver(
    part: PairRows, readings: F64, laid: Laid, by: Judging, sigma: F64, chance: F64
) -> None:  # fmt: skip
    """How sure distances in plan are: they grow straight away from each other."""
    begin: Any = np.int64(0)
    count = len(readings)
    place, out = np.full((count, PLACE), np.nan), np.empty((ANSWERS, count))
    short = np.empty(count)
    for k in range(count):
        for column in range(2):
            place[k, AT + column] = readings[k, STATIONS + column]
        for axis in range(3):
            place[k, GRADIENT + axis] = readings[k, WAY + axis]
            place[k, BEND + axis] = 0.0
        short[k] = readings[k, SHORT]
    every = np.empty(0, np.bool_), np.empty(0, np.int64)
    both_places(begin, count, part, laid.surveyed, place, short, every, by.possible, out)
    sigma[:], chance[:] = out[SIGMA], out[CHANCE]


@compiled
def _told(
    rows: I64, lie: PlanClearance, stretch: I64, stretches: int, required: F64,
    anywhere: bool, sigma: F64, asked: AskedOf, of: tuple[Laid, Paired], by: Judging, told: Told,
) -> int:  # fmt: skip
    """Tell of what is left; where it may fail `anywhere` along a piece, by this `sigma`."""
    begin: Any = np.int64(0)
    laid, pairs = of
    count, part = len(rows), pairs_at(laid, pairs, rows)
    readings, flags = np.empty((count, READINGS)), np.empty((FLAGS, count), np.bool_)
    tolerance, known = (by.terms.tolerance_m, by.terms.rounding_m), laid.width_known
    read_in_plan(
        begin, count, part, lie, required, known, laid.origin, tolerance, readings, flags
    )  # fmt: skip
    actual, chance, spread = readings[:, ACTUAL].copy(), np.empty(count), np.empty(count)
    requirement = np.empty(count, np.int32)
    for k in range(count):
        cell = asked.by.cell[rows[k]]
        requirement[k] = asked.requirement[cell]
        if anywhere:
            spread[k] = sigma[k]
            chance[k] = chance_too_near(actual[k], required[k], sigma[k], tolerance[0])
            flags[NO_KIND, k] = math.isnan(asked.by.required_m[cell])
    if not anywhere:
        _waver(part, readings, laid, by, spread, chance)
    near_a, near_b = readings[:, NEAR_A:NEAR_B].copy(), readings[:, NEAR_B:STATIONS].copy()
    pieces = Measured(
        rows, stretch, actual, required, spread, chance, requirement, near_a, near_b, flags
    )
    found = np.empty(count, np.bool_)
    judged = judge(pieces, stretches, by, found)
    for k in range(count):
        told.ends[0, rows[k]], told.ends[1, rows[k]] = found[k], flags[UNSURE, k]
    some, within = judged.part, np.empty(len(judged.part))
    for k in range(len(some)):
        limit = required[some[k]]
        limit = 0.0 if math.isnan(limit) else limit
        within[k] = 0.0 if anywhere else limit - tolerance[0]
    failing = _near_on_runs(only_rows(part, some), within, lie.ta[some], laid)
    return tell(pieces, judged, failing, of, stretches, by, told)


@compiled
def found_beside(
    rows: I64, crosses: Bool, asked: AskedOf, of: tuple[Laid, Paired], by: Judging,
    codes: tuple[int, int], reason: I8, told: Told,
) -> int:  # fmt: skip
    """Tell of segment pairs `rows` that are nearer in plan than asked, may be, or cannot be judged.

    How many rows are told. By segment pair, `reason` gets one of the codes where a crossing
    explains it or where one of the two lies far enough above; `told.ends` say what came of it.
    """
    laid, pairs = of
    count, part, wide = len(rows), pairs_at(laid, pairs, rows), breadths(laid, pairs, rows)
    asked_m, limit, within = np.empty(count), np.empty(count), np.empty(count)
    order, least, mixed = np.empty(count, np.int8), np.empty(count), shared_of(wide.runs)
    for k in range(count):
        cell = asked.by.cell[rows[k]]
        asked_m[k], order[k] = asked.by.limit_m[cell], asked.order[cell]
        least[k] = asked.unless_above_m[cell]
        limit[k] = asked_m[k] + by.terms.sigmas * wide.sigma_m[k] + by.unknown_m * wide.unsized[k]
        within[k] = limit[k] if mixed[k] else np.nan
    lain, stretch = _abreast(part, within, laid, by), np.empty(count, np.int64)
    stretches = _stretches(wide.runs, lain, part, by, stretch)
    excused = _excused(
        part, wide.runs, lain, (asked_m, limit), stretch, stretches, (crosses, mixed), laid, by
    )  # fmt: skip
    above = lies_above(part, lain[TA : TA + 2], order, least, by.terms.tolerance_m)
    kept, some = np.empty(count, np.int64), 0
    for k in range(count):
        if excused[k] or above[k]:
            reason[rows[k]] = codes[0] if excused[k] else codes[1]
        else:
            kept[some] = k
            some += 1
    kept = kept[:some].copy()
    required, every = np.empty(some), np.empty(0)
    for k in range(some):
        required[k] = asked.by.required_m[asked.by.cell[rows[kept[k]]]]
    lie = _plan(lain, kept)
    return _told(
        rows[kept], lie, stretch[kept], stretches, required, False, every, asked, of, by, told
    )  # fmt: skip


@compiled
def found_along(
    rows: I64, crosses: Bool, asked: AskedOf, of: tuple[Laid, Paired], by: Judging, crossing: int,
    reason: I8, told: Told,
) -> int:  # fmt: skip
    """Tell of segment pairs `rows` that lie over each other along their way, may do, or cannot be
    judged; `crosses` are steep to each other.

    How many rows are told. By segment pair, `reason` gets the code where a crossing accounts for
    it: for the pieces of its stretch that lie beside a bend. `told.ends` say what came of it.
    """
    laid, pairs = of
    count, part, wide = len(rows), pairs_at(laid, pairs, rows), breadths(laid, pairs, rows)
    within, reach, meets = np.empty(count), np.empty(count), np.empty(count, np.bool_)
    for k in range(count):
        within[k] = by.terms.sigmas * wide.sigma_m[k] + by.unknown_m * wide.unsized[k]
        mark = pairs.marks[rows[k]]
        meets[k] = mark & CROSSES != 0 and mark & STEEP != 0
    lain, stretch = _abreast(part, within, laid, by), np.empty(count, np.int64)
    stretches = _stretches(wide.runs, lain, part, by, stretch)
    for k in range(count):
        reach[k] = INFLUENCE * (lain[WIDE, k] + by.unknown_m * wide.unsized[k])
    held = hold_within(
        stretch, stretches, lain[FROM_M], lain[TO_M], reach, meets, lain[AT_M]
    )  # fmt: skip
    kept, some = np.empty(count, np.int64), 0
    for k in range(count):
        if crosses[k] or held[k]:
            reason[rows[k]] = crossing
        else:
            kept[some] = k
            some += 1
    kept = kept[:some].copy()
    lie, sigma = _plan(lain, kept), wide.sigma_m[kept]
    return _told(
        rows[kept], lie, stretch[kept], stretches, np.zeros(some), True, sigma, asked, of, by, told
    )  # fmt: skip
