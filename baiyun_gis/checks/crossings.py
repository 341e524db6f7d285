"""What a crossing explains: how near two lines come around it is a matter of the vertical rule."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.stretches import Stretches
from baiyun_gis.kernels.intervals import hold_within
from baiyun_gis.kernels.segments import owned
from baiyun_gis.model.columns import F64, Bool


def explained(
    stretches: Stretches, span: tuple[F64, F64], crosses: Bool, cross_m: F64, reach_m: F64
) -> Bool:
    """Which intervals a crossing of their stretch accounts for; all shape (intervals,).

    `span` is from and to along the run, `cross_m` where an interval with the flag `crosses` has
    its crossing. Straight lines that cross at the least angle are clear of each other `reach_m`
    from the crossing; an interval that goes on beyond that lies beside the other line for reasons
    of its own, also where no gap parts it from the crossing.
    """
    if not np.count_nonzero(crosses):
        return crosses
    of, there_are = owned(stretches.of, np.int64), len(stretches)
    low, high, reach, cross = (owned(c, np.float64) for c in (*span, reach_m, cross_m))
    return hold_within(of, there_are, low, high, reach, owned(crosses, np.bool_), cross)
