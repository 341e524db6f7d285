"""Stations on segments as chainage along the runs of their pipes."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, Segments, owned, table_of


@compiled
def _along_runs(
    first: int, last: int, table: F64, k: I32, pipe: I32, chain0: F64, offset: F64, sign: F64,
    low: F64, high: F64, at: F64, out: F64,
) -> None:  # fmt: skip
    for row in range(first, last):
        own = k[row]
        length = math.hypot(table[own, X1] - table[own, X0], table[own, Y1] - table[own, Y0])
        base, turn = offset[pipe[own]], sign[pipe[own]]
        one = at[row] if math.isnan(low[row]) else low[row]
        two = at[row] if math.isnan(high[row]) else high[row]
        one = base + turn * (chain0[own] + one * length)
        two = base + turn * (chain0[own] + two * length)
        if math.isnan(one) or math.isnan(two):
            out[0, row] = out[1, row] = np.nan
        else:
            out[0, row], out[1, row] = min(one, two), max(one, two)


def stations_along_runs(
    seg: Segments, k: I32, runs: tuple[F64, F64], span: tuple[F64, F64], at_t: F64
) -> tuple[F64, F64]:
    """From and to along the runs (m) of stations `span` on segments `k`; NaN stands for `at_t`.

    `runs` are by pipe where it begins along its run, and whether that leads its way (1, −1).
    """
    out = np.empty((2, len(k)))
    columns = [owned(column, np.float64) for column in (seg.chain0, *runs, *span, at_t)]
    pipe = owned(seg.pipe, np.int32)
    run_in_chunks(_along_runs, len(k), table_of(seg), owned(k, np.int32), pipe, *columns, out)
    return out[0], out[1]
