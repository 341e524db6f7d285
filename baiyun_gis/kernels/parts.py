"""Parts that straight pieces were cut into, and which of them come near each other."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I32, I64
from baiyun_gis.kernels.axes import nearest_in_plan
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned

_SLIVER = 1e-3
"""Parts cut abeam of each other overlap by less than this share, by rounding."""


@compiled
def _speaks(
    ux: float, uy: float, px: float, py: float, qx: float, qy: float, cut: tuple[bool, ...]
) -> bool:  # fmt: skip
    """Does a part lie beside another along that one, or before or behind it with no cut between.

    `u` is the other, `p` and `q` the way from its start to the part's ends; `cut` says of the
    other's start and stop, and of the part's ends, where they are cuts. Across a cut the next part
    is nearer and speaks for both: the round ends of these would meet where nothing does.
    """
    one, two, whole = px * ux + py * uy, qx * ux + qy * uy, ux * ux + uy * uy
    low, high = min(one, two), max(one, two)
    of_low, of_high = (cut[2], cut[3]) if one < two else (cut[3], cut[2])
    if high < 0.0:
        return not (cut[0] or of_high)
    if low > whole:
        return not (cut[1] or of_low)
    sliver = _SLIVER * min(high - low, whole)
    if low <= 0.0 and high < whole and cut[0] and of_high:
        return high > sliver
    if low > 0.0 and high >= whole and cut[1] and of_low:
        return whole - low > sliver
    return True


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
                of_p = p > first[pair, 0], p + 1 < last[pair, 0]
                of_q = q > first[pair, 1], q + 1 < last[pair, 1]
                if not _speaks(ux, uy, -wx, -wy, vx - wx, vy - wy, (*of_p, *of_q)):
                    continue
                if count < len(found):
                    found[count, 0], found[count, 1], found[count, 2] = pair, p, q
                count += 1
    return count


def near_parts(ends: F64, first: I64, last: I64, reach_m: F64) -> tuple[I32, I32, I32]:
    """Pairs, and parts of their two pieces whose axes come within `reach_m` of each other in plan,
    abeam of each other or beyond an end that is no cut.

    `ends` (parts, 4) are x, y, x, y; pair k has parts `first[k, 0]` up to `last[k, 0]` on one side
    and those of the other column on the other. In order of pairs, then parts.
    """
    by_part = owned(ends, np.float64), owned(first, np.int64), owned(last, np.int64)
    reach = owned(reach_m, np.float64)
    room = np.empty((0, 3), dtype=np.int32)
    found = np.empty((_near_parts(*by_part, reach, room), 3), dtype=np.int32)
    _near_parts(*by_part, reach, found)
    return found[:, 0].copy(), found[:, 1].copy(), found[:, 2].copy()
