"""Parts that straight pieces were cut into, and which of them come near each other."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I32, I64
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


@compiled
def _near_parts(ends: F64, first: I64, last: I64, reach: F64, found: I32) -> int:
    """Write rows of (pair, part, part) as far as there is room; how many there are."""
    count = 0
    for pair in range(len(reach)):
        limit = reach[pair] * reach[pair]
        for p in range(first[pair, 0], last[pair, 0]):
            ux, uy = ends[p, 2] - ends[p, 0], ends[p, 3] - ends[p, 1]
            for q in range(first[pair, 1], last[pair, 1]):
                vx, vy = ends[q, 2] - ends[q, 0], ends[q, 3] - ends[q, 1]
                wx, wy = ends[p, 0] - ends[q, 0], ends[p, 1] - ends[q, 1]
                s, t = nearest_in_plan(ux, uy, vx, vy, wx, wy)
                x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
                if x * x + y * y > limit:
                    continue
                if count < len(found):
                    found[count, 0], found[count, 1], found[count, 2] = pair, p, q
                count += 1
    return count


def near_parts(ends: F64, first: I64, last: I64, reach_m: F64) -> tuple[I32, I32, I32]:
    """Pairs, and parts of their two pieces whose axes come within `reach_m` of each other in plan.

    `ends` (parts, 4) are x, y, x, y; pair k has parts `first[k, 0]` up to `last[k, 0]` on one side
    and those of the other column on the other. In order of pairs, then parts.
    """
    by_part = owned(ends, np.float64), owned(first, np.int64), owned(last, np.int64)
    reach = owned(reach_m, np.float64)
    room = np.empty((0, 3), dtype=np.int32)
    found = np.empty((_near_parts(*by_part, reach, room), 3), dtype=np.int32)
    _near_parts(*by_part, reach, found)
    return found[:, 0].copy(), found[:, 1].copy(), found[:, 2].copy()
