"""Stations on segments as chainage along the runs of their pipes."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.plan import stretches_in_plan
from baiyun_gis.kernels.segments import (
    X0,
    X1,
    Y0,
    Y1,
    PairRows,
    Segments,
    owned,
    table_of,
)


class Runs(NamedTuple):
    """By segment its pipe and where along that it begins (m); by pipe where that begins along its
    run (m), and whether it leads the run's way (1, −1)."""

    pipe: I32
    chain0: F64
    offset: F64
    sign: F64


@put_in_place
def along_run(
    table: F64, row: int, own: int, runs: Runs, span: tuple[float, float], at: float
) -> tuple[float, float]:
    """From and to along the run (m) of stations on segment `own`, `row` of the table; NaN stands
    for station `at`."""
    low, high = span
    length = math.hypot(table[row, X1] - table[row, X0], table[row, Y1] - table[row, Y0])
    pipe = runs.pipe[own]
    base, turn = runs.offset[pipe], runs.sign[pipe]
    one = at if math.isnan(low) else low
    two = at if math.isnan(high) else high
    one = base + turn * (runs.chain0[own] + one * length)
    two = base + turn * (runs.chain0[own] + two * length)
    if math.isnan(one) or math.isnan(two):
        return np.nan, np.nan
    return min(one, two), max(one, two)


@compiled
def _along_runs(
    first: int, last: int, table: F64, k: I32, runs: Runs, low: F64, high: F64, at: F64, out: F64
) -> None:  # fmt: skip
    for row in range(first, last):
        span = low[row], high[row]
        out[0, row], out[1, row] = along_run(table, k[row], k[row], runs, span, at[row])


@compiled
def near_on_runs(
    first: int, last: int, rows: PairRows, within: F64, wanted: Bool, runs: Runs, at: F64, out: F64
) -> None:  # fmt: skip
    """From and to along the runs of the first segments of pairs (m, (2, n)), where they lie as near
    as `within` to the second in plan; where they do not, or it is not `wanted`, the point at
    station `at`."""
    some, count = np.empty(last - first, np.int64), 0
    for row in range(first, last):
        out[0, row] = out[1, row] = np.nan
        if wanted[row]:
            some[count] = row
            count += 1
    if count > 0:
        some = some[:count]
        part, found = PairRows(rows.table, rows.left[some], rows.right[some]), np.empty((count, 2))
        begin: Any = np.int64(0)
        stretches_in_plan(begin, len(some), part, within[some], found)
        for k in range(count):
            out[0, some[k]], out[1, some[k]] = found[k, 0], found[k, 1]
    for row in range(first, last):
        own, span = rows.left[row], (out[0, row], out[1, row])
        out[0, row], out[1, row] = along_run(rows.table, own, own, runs, span, at[row])


def runs_of(seg: Segments, offset_m: F64, sign: F64) -> Runs:
    """Where segments lie along their runs, as the kernels read it."""
    numbers = (owned(column, np.float64) for column in (seg.chain0, offset_m, sign))
    return Runs(owned(seg.pipe, np.int32), *numbers)


def stations_along_runs(
    seg: Segments, k: I32, runs: tuple[F64, F64], span: tuple[F64, F64], at_t: F64
) -> tuple[F64, F64]:
    """From and to along the runs (m) of stations `span` on segments `k`; NaN stands for `at_t`.

    `runs` are by pipe where it begins along its run, and whether that leads its way (1, −1).
    """
    out = np.empty((2, len(k)))
    low, high, at = (owned(column, np.float64) for column in (*span, at_t))
    own = owned(k, np.int32)
    run_in_chunks(_along_runs, len(k), table_of(seg), own, runs_of(seg, *runs), low, high, at, out)
    return out[0], out[1]
