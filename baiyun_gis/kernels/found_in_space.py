"""Bodies in one place: from segment pairs that may touch to what is told of them, in one go.

Few things are done to many pairs in a city, and to a handful while a line is moved: there what is
done between the steps would take several times as long as the steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.kernels.bodies import BodyGap
from baiyun_gis.kernels.body_stretch import outer_ends
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.deepest import deepest_gaps
from baiyun_gis.kernels.first_look import CROSSES
from baiyun_gis.kernels.gaps import COLUMNS
from baiyun_gis.kernels.intervals import stretches_of
from baiyun_gis.kernels.leading import Limits, turns_of
from baiyun_gis.kernels.measuring import (
    ACTUAL,
    FLAGS,
    NEAR_A,
    NEAR_B,
    READINGS,
    SHORT,
    STATIONS,
    UNSURE,
    Known,
    read_in_space,
)
from baiyun_gis.kernels.pair_columns import Judging, Laid, Paired, Told
from baiyun_gis.kernels.parting import ways_apart
from baiyun_gis.kernels.plan import PLAN, PlanClearance, near_rows_in_plan
from baiyun_gis.kernels.segments import PairRows
from baiyun_gis.kernels.stations import near_on_runs
from baiyun_gis.kernels.telling import Measured, among, judge, only_rows, pairs_at, tell
from baiyun_gis.kernels.two_places import ANSWERS, CHANCE, PLACE, SIGMA, both_places
from baiyun_gis.kernels.widths import breadths, half_widths, shared_of


@compiled
def _in_stretches(
    part: PairRows, rows: I64, at: F64, of: tuple[Laid, Paired], by: Judging, unsized: F64,
    stretch: I64,
) -> int:  # fmt: skip
    """The stretches of pairs near enough in plan for doubt to matter; `unsized` is by how much
    nearer walls may be for unknown widths. `at` are stations of where the others are nearest."""
    laid, pairs = of
    count, wide = len(rows), breadths(laid, pairs, rows)
    within, span = np.empty(count), np.empty((2, count))
    for k in range(count):
        unsized[k] = by.unknown_m * wide.unsized[k]
        within[k] = by.terms.sigmas * wide.sigma_m[k] + unsized[k]
    begin: Any = np.int64(0)
    near_on_runs(begin, count, part, within, shared_of(wide.runs), laid.runs, at, span)
    ends, half = np.empty((2, count)), half_widths(part)
    return stretches_of(wide.runs, span[0], span[1], half, by.touching_m, stretch, ends)


@compiled
def _waver(
    part: PairRows, some: I64, lead: I64, gap: BodyGap, lie: PlanClearance, readings: F64,
    unsure: Bool, laid: Laid, by: Judging,
) -> F64:  # fmt: skip
    """Rows of answers of `both_places` for some of the pairs."""
    begin: Any = np.int64(0)
    place, out = np.empty((len(some), PLACE)), np.empty((ANSWERS, len(some)))
    nine = gap.gap, gap.ax, gap.ay, gap.az, gap.bx, gap.by, gap.bz, gap.ta, gap.tb
    ways_apart(
        begin, len(some), part, some, nine, (lie.ta, lie.tb), by.terms.tolerance_m, place
    )  # fmt: skip
    short, weighed = np.empty(len(some)), np.empty(len(some), np.bool_)
    for k in range(len(some)):
        short[k], weighed[k] = readings[some[k], SHORT], not unsure[some[k]]
    few = only_rows(part, some)
    both_places(
        begin, len(some), few, laid.surveyed, place, short, (weighed, lead), by.possible, out
    )  # fmt: skip
    return out


@compiled
def found_in_space(rows: I64, pairs: Paired, laid: Laid, by: Judging, told: Told) -> int:
    """Tell of segment pairs `rows` whose bodies lie in each other, may do, or cannot be judged.

    How many rows are told; `told.ends` says of each pair what came of it. There is at least one.
    """
    begin: Any = np.int64(0)
    count, part = len(rows), pairs_at(laid, pairs, rows)
    meeting, plan, meets = np.empty((3, count)), np.empty((PLAN, count)), np.empty(count, np.bool_)
    near_rows_in_plan(begin, count, part, by.crossing_deg, meeting, meets, plan)
    lie = PlanClearance(plan[0], plan[1], plan[2], plan[3], plan[4], plan[5], plan[6])
    at, crosses = np.empty(count), np.empty(count, np.bool_)
    for k in range(count):
        at[k] = meeting[0, k] if meets[k] else lie.ta[k]
        crosses[k] = pairs.marks[rows[k]] & CROSSES != 0
    stretch, unsized = np.empty(count, np.int64), np.empty(count)
    stretches = _in_stretches(part, rows, at, (laid, pairs), by, unsized, stretch)
    apart, columns = np.empty((count, COLUMNS)), np.empty((COLUMNS, count))
    deepest_gaps(begin, count, part, stretch, by.terms.tolerance_m, apart)
    columns[:] = apart.T
    gap = BodyGap(
        columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6],
        columns[7], columns[8],
    )  # fmt: skip
    readings, flags = np.empty((count, READINGS)), np.empty((FLAGS, count), np.bool_)
    known = Known(laid.level_known, laid.width_known, laid.height_known)
    read_in_space(
        begin, count, part, gap, lie, crosses, unsized, by.unknown_m, known, laid.origin,
        by.terms.tolerance_m, readings, flags,
    )  # fmt: skip
    zero, sizes = np.zeros(count), (stretches, pairs.lines)
    limits = Limits(by.terms.tolerance_m, by.terms.rounding_m)
    some, lead = turns_of(
        gap.gap, zero, flags[UNSURE], stretch, pairs.pair[rows], sizes, limits
    )  # fmt: skip
    doubt = _waver(part, some, lead, gap, lie, readings, flags[UNSURE], laid, by)
    pieces = Measured(
        rows,
        stretch,
        readings[:, ACTUAL].copy(),
        zero,
        among(doubt[SIGMA], some, count),
        among(doubt[CHANCE], some, count),
        np.full(count, -1, np.int32),
        readings[:, NEAR_A:NEAR_B].copy(),
        readings[:, NEAR_B:STATIONS].copy(),
        flags,
    )
    found = np.empty(count, np.bool_)
    judged = judge(pieces, stretches, by, found)
    for k in range(count):
        told.ends[0, rows[k]], told.ends[1, rows[k]] = found[k], flags[UNSURE, k]
    part_of = only_rows(part, judged.part)
    failing = np.empty((2, len(judged.part)))
    if len(judged.part):
        outer_ends(
            begin, len(judged.part), part_of, stretch[judged.part], laid.runs, at[judged.part],
            failing,
        )  # fmt: skip
    return tell(pieces, judged, failing, (laid, pairs), stretches, by, told)
