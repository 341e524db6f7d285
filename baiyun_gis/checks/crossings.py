"""What a crossing explains: how near two lines come around it is a matter of the vertical rule."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.stretches import Stretches
from baiyun_gis.kernels.intervals import few_hold_one, holds_one
from baiyun_gis.kernels.segments import owned
from baiyun_gis.model.columns import F64, Bool

_FEW = 48


def explained(
    stretches: Stretches, span: tuple[F64, F64], crosses: Bool, cross_m: F64, reach_m: F64
) -> Bool:
    """Which intervals a crossing of their stretch accounts for; all shape (intervals,).

    `span` is from and to along the run, `cross_m` where an interval with the flag `crosses` has
    its crossing. Straight lines that cross at the least angle are clear of each other `reach_m`
    from the crossing; an interval that goes on beyond that lies beside the other line for reasons
    of its own, also where no gap parts it from the crossing.
    """
    if not crosses.any():
        return np.zeros(len(crosses), dtype=np.bool_)
    low, high = span
    if len(crosses) <= _FEW:
        ends = high - reach_m, low + reach_m
        return crosses | few_hold_one(stretches.of, *ends, crosses, owned(cross_m, np.float64))
    at = np.flatnonzero(crosses)
    at = at[np.lexsort((cross_m[at], stretches.of[at]))]
    first = np.searchsorted(stretches.of[at], np.arange(len(stretches) + 1))
    return crosses | holds_one(
        stretches.of, high - reach_m, low + reach_m, first, np.ascontiguousarray(cross_m[at])
    )
