"""Where two straight pieces come nearest in plan, and how far they lie beside each other there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.gaps import COLUMNS, GAP, POINT_A, POINT_B, STATION_A, STATION_B, pair_gaps
from baiyun_gis.kernels.plan import (
    crossing_of_axes,
    fill_stretches,
    stretches_below,
    surely_overlaps,
)
from baiyun_gis.kernels.segments import WIDTH, X0, X1, Y0, Y1, PairRows, Segments, owned, pair_rows
from baiyun_gis.kernels.stations import Runs, along_run

GAP_M, AX, AY, BX, BY, TA, TB, FROM_T, TO_T, FROM_M, TO_M, AT_M, WIDE, ABREAST = range(14)
"""Rows of how pairs lie to each other in plan; see `Abreast`."""


@dataclass(frozen=True, slots=True)
class Abreast:
    """How pairs of segments lie to each other in plan, metres: `table` has a column a pair."""

    table: F64

    @property
    def nearest(self) -> F64:
        """The columns of `PlanClearance`, as `near_in_plan` gives them; shape (7, n)."""
        return self.table[:FROM_T]

    @property
    def stations(self) -> F64:
        """Shape (4, n): those of the nearest points on both segments, and from and to which on the
        first they are as near as asked (NaN nowhere)."""
        return self.table[TA:FROM_M]

    @property
    def width_m(self) -> F64:
        """Both half widths together."""
        return self.table[WIDE]

    def part(self, some: I64) -> Abreast:
        """Some of them."""
        return Abreast(self.table.take(some, axis=1))


class PairsOnRuns(NamedTuple):
    """A table of segments with the rows of it that make the pairs, and the first as segments."""

    rows: PairRows
    own: I32
    runs: Runs


@put_in_place
def _write(out: F64, row: int, one: int, values: tuple[float, float, float, float]) -> None:
    for k in range(4):
        out[one + k, row] = values[k]


@compiled
def _meet(
    first: int, rows: PairRows, least_deg: float, within: F64, out: F64, deep: Bool, beside: Bool
) -> I64:  # fmt: skip
    """Where axes meet; which of the pairs from `first` on are to be measured all the same.

    Axes that meet within one of them lie in each other whatever the depth (`deep`).
    """
    measured, count = np.empty(len(deep), np.int64), 0
    for k in range(len(deep)):
        row = first + k
        p, q = rows.left[row], rows.right[row]
        meeting = crossing_of_axes(rows.table, p, rows.table, q)
        meets, s, t, angle = meeting
        beside[k] = not (meets and angle >= least_deg)
        deep[k] = surely_overlaps(rows.table, p, q, meeting, within[row])
        if beside[k] or not (deep[k] or np.isnan(within[row])):
            measured[count] = row
            count += 1
        if not beside[k]:
            x = rows.table[p, X0] + (rows.table[p, X1] - rows.table[p, X0]) * s
            y = rows.table[p, Y0] + (rows.table[p, Y1] - rows.table[p, Y0]) * s
            out[GAP_M, row] = -min(rows.table[p, WIDTH], rows.table[q, WIDTH])
            _write(out, row, AX, (x, y, x, y))
            out[TA, row], out[TB, row] = s, t
    return measured[:count].copy()


@compiled
def _stretch(
    first: int, rows: PairRows, within: F64, gap: F64, at: F64, out: F64
) -> None:  # fmt: skip
    """From and to station within the distance, of the pairs from `first` on that are asked."""
    out[FROM_T, first : first + len(gap)] = out[TO_T, first : first + len(gap)] = np.nan
    asked = np.flatnonzero(~np.isnan(within[first : first + len(gap)]))
    part = PairRows(rows.table, rows.left[first + asked], rows.right[first + asked])
    limits, found = within[first + asked], np.empty((len(asked), 2))
    stretches_below(0, len(asked), part, gap[asked], at[asked], limits, found)
    unsaid = np.flatnonzero(np.isinf(found[:, 1]))
    if len(unsaid):
        fill_stretches(part, unsaid, limits, found)
    for k in range(len(asked)):
        row = first + asked[k]
        out[FROM_T, row], out[TO_T, row] = found[k, 0], found[k, 1]


@compiled
def lie_abreast(
    first: int, last: int, pairs: PairsOnRuns, least_deg: float, within: F64, out: F64
) -> None:  # fmt: skip
    """Fill the columns of `Abreast` of pairs `first` to `last`: axes that meet at `least_deg` or
    more do so at a point, others lie as near as asked (`within`, m) over a stretch."""
    rows, count = pairs.rows, last - first
    deep, beside = np.empty(count, np.bool_), np.empty(count, np.bool_)
    measured = _meet(first, rows, least_deg, within, out, deep, beside)
    near = np.empty((len(measured), COLUMNS))
    # Plain numbers: a constant would have the kernel compiled once more for itself.
    begin: Any = np.int64(0)
    planar: Any = np.bool_(True)
    part = PairRows(rows.table, rows.left[measured], rows.right[measured])
    pair_gaps(begin, len(measured), part, planar, near)
    gap, at = np.full(count, -np.inf), np.full(count, np.nan)
    for place in range(len(measured)):
        row, one = measured[place], near[place]
        at[row - first] = one[STATION_A]
        if not deep[row - first]:
            gap[row - first] = one[GAP]
        if beside[row - first]:
            out[GAP_M, row] = one[GAP]
            points = one[POINT_A], one[POINT_A + 1], one[POINT_B], one[POINT_B + 1]
            _write(out, row, AX, points)
            out[TA, row], out[TB, row] = one[STATION_A], one[STATION_B]
    _stretch(first, rows, within, gap, at, out)
    for row in range(first, last):
        own, station = pairs.own[row], out[TA, row]
        span = out[FROM_T, row], out[TO_T, row]
        ends = along_run(rows.table, rows.left[row], own, pairs.runs, span, station)
        out[FROM_M, row], out[TO_M, row] = ends
        spot = station, station
        place = along_run(rows.table, rows.left[row], own, pairs.runs, spot, station)
        out[AT_M, row] = place[0]
        out[WIDE, row] = rows.table[rows.left[row], WIDTH] + rows.table[rows.right[row], WIDTH]


def abreast(
    seg: Segments, i: I32, j: I32, within_m: F64, *, runs: Runs, crossing_angle_deg: float
) -> Abreast:
    """Where segments `i` and `j` come nearest, and where they are within some distance (m).

    That distance is by pair; where it is NaN no stretch is asked for.
    """
    out = np.empty((WIDE + 1, len(i)))
    pairs = PairsOnRuns(pair_rows(seg, i, j), owned(i, np.int32), runs)
    limits = owned(within_m, np.float64)
    run_in_chunks(lie_abreast, len(i), pairs, float(crossing_angle_deg), limits, out)
    return Abreast(out)
