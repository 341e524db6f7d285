"""Stations on segments as chainage along the runs of their pipes."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.plan import stretches_in_plan
from baiyun_gis.kernels.segments import (
    X0,
    X1,
    Y0,
    Y1,
    PairRows,
    Segments,
    owned,
    pair_rows,
    table_of,
)


class Runs(NamedTuple):
    """By segment its pipe and where it begins along that (m); by pipe where it begins along its
    run (m), and whether that leads its way (1, −1)."""

    pipe: I32
    chain0: F64
    offset: F64
    sign: F64


@compiled
def _along_run(
    table: F64, own: int, runs: Runs, low: float, high: float, at: float
) -> tuple[float, float]:  # fmt: skip
    length = math.hypot(table[own, X1] - table[own, X0], table[own, Y1] - table[own, Y0])
    base, turn = runs.offset[runs.pipe[own]], runs.sign[runs.pipe[own]]
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
        out[0, row], out[1, row] = _along_run(table, k[row], runs, low[row], high[row], at[row])


@compiled
def _near_along_runs(
    first: int, last: int, rows: PairRows, within: F64, wanted: Bool, runs: Runs, at: F64, out: F64
) -> None:  # fmt: skip
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
        stretches_in_plan(begin, count, part, within[some], found)
        for k in range(count):
            out[0, some[k]], out[1, some[k]] = found[k, 0], found[k, 1]
    for row in range(first, last):
        low, high = out[0, row], out[1, row]
        out[0, row], out[1, row] = _along_run(rows.table, rows.left[row], runs, low, high, at[row])


def _runs_of(seg: Segments, runs: tuple[F64, F64]) -> Runs:
    columns = (owned(column, np.float64) for column in (seg.chain0, *runs))
    return Runs(owned(seg.pipe, np.int32), *columns)


def stations_along_runs(
    seg: Segments, k: I32, runs: tuple[F64, F64], span: tuple[F64, F64], at_t: F64
) -> tuple[F64, F64]:
    """From and to along the runs (m) of stations `span` on segments `k`; NaN stands for `at_t`.

    `runs` are by pipe where it begins along its run, and whether that leads its way (1, −1).
    """
    out = np.empty((2, len(k)))
    columns = (owned(column, np.float64) for column in (*span, at_t))
    own = owned(k, np.int32)
    run_in_chunks(_along_runs, len(k), table_of(seg), own, _runs_of(seg, runs), *columns, out)
    return out[0], out[1]


def near_along_runs(
    seg: Segments,
    pairs: tuple[I32, I32],
    within_m: F64,
    runs: tuple[F64, F64],
    at_t: F64,
    *,
    wanted: Bool,
) -> tuple[F64, F64]:
    """From and to along the runs of the first segments of pairs (m), where they lie `within_m` of
    the second in plan; where they do not, or it is not `wanted`, the point at station `at_t`."""
    out = np.empty((2, len(wanted)))
    run_in_chunks(
        _near_along_runs,
        len(wanted),
        pair_rows(seg, *pairs),
        owned(within_m, np.float64),
        owned(wanted, np.bool_),
        _runs_of(seg, runs),
        owned(at_t, np.float64),
        out,
    )
    return out[0], out[1]
