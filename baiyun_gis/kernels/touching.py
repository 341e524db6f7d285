"""Which bodies could touch at all, by how high they reach: most lines near in plan do not."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import HEIGHT, Z0, Z1, PairRows, Segments, owned, pair_rows


@compiled
def _touching(
    first: int, last: int, pairs: PairRows, i: I32, j: I32, up: F64, flat: F64, more: F64, out: Bool
) -> None:  # fmt: skip
    """Pairs whose heights come within doubt of each other, unknown ones among them."""
    table, left, right = pairs
    for row in range(first, last):
        p, q = left[row], right[row]
        over = min(table[p, Z0], table[p, Z1]) - max(table[q, Z0], table[q, Z1])
        under = min(table[q, Z0], table[q, Z1]) - max(table[p, Z0], table[p, Z1])
        apart = max(over, under) - (table[p, HEIGHT] + table[q, HEIGHT])
        unknown = table[p, Z0] + table[p, Z1] + table[q, Z0] + table[q, Z1]
        one, two = up[i[row]], up[j[row]]
        doubt = max(math.sqrt(one * one + two * two), flat[row])
        # As written, what is NaN may always touch.
        sure = one + two + flat[row]
        out[row] = math.isnan(unknown) or math.isnan(sure) or not apart > doubt + more[row]


def may_touch(seg: Segments, i: I32, j: I32, *, doubts: tuple[F64, F64, F64]) -> Bool:
    """Pairs whose height ranges come within doubt of each other; unknown levels may always.

    `doubts` (m) are those of the height of every segment, of the distance in plan of every pair,
    and by how much more its heights may reach.
    """
    out = np.empty(len(i), dtype=np.bool_)
    columns = [owned(column, np.float64) for column in doubts]
    ends = owned(i, np.int32), owned(j, np.int32)
    run_in_chunks(_touching, len(i), pair_rows(seg, i, j), *ends, *columns, out)
    return out
