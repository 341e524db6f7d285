"""How wide segment pairs are and which runs they are of, as all checks of two lines ask."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.measuring import Breadths, PieceTraits, breadths_of
from baiyun_gis.kernels.ordering import numbers_of
from baiyun_gis.kernels.pair_columns import Laid, Paired
from baiyun_gis.kernels.segments import WIDTH, PairRows


@compiled
def breadths(laid: Laid, pairs: Paired, rows: I64) -> Breadths:
    """How wide segment pairs are, how sure their distance is, and a number for their two runs."""
    known, pipe = laid.width_known, laid.runs.pipe
    lines = PieceTraits(laid.surveyed.xy0, laid.surveyed.xy1, known, pipe, laid.run)
    return breadths_of(PairRows(laid.table, pairs.i, pairs.j), rows, lines)


@compiled
def half_widths(rows: PairRows) -> F64:
    """Half the widths of the first segments of pairs."""
    out = np.empty(len(rows.left))
    for k in range(len(out)):
        out[k] = rows.table[rows.left[k], WIDTH]
    return out


@compiled
def shared_of(keys: I64) -> Bool:
    """Which keys occur more than once."""
    number, there_are = numbers_of(keys)
    times, out = np.zeros(there_are, np.int64), np.empty(len(keys), np.bool_)
    for k in range(len(keys)):
        times[number[k]] += 1
    for k in range(len(keys)):
        out[k] = times[number[k]] > 1
    return out
