"""Whether a line that is slid stays within what was looked at around it."""

from __future__ import annotations

import math
from typing import NamedTuple

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled


class Bounds(NamedTuple):
    """Metres: how far each vertex may be from where it was, how near another end is met, the least
    and the greatest length of a piece, the least size of the whole line across its box; how low its
    underside may be, half its height, and the furthest level of its axis."""

    room: float
    meets: float
    least_piece: float
    longest_piece: float
    least_size: float
    lowest: float
    half: float
    furthest: float


@compiled
def fits(xy: F64, level: F64, was: F64, tips: F64, bounds: Bounds) -> bool:
    """Whether a line of vertices `xy` (n, 2) and levels (NaN unknown) keeps within all bounds.

    `was` are its vertices when it was taken up, `tips` (m, 2) the ends of other lines.
    """
    count = len(xy)
    if count != len(was) or count < 2:
        return False
    low_x, low_y, high_x, high_y = math.inf, math.inf, -math.inf, -math.inf
    for k in range(count):
        x, y = xy[k, 0], xy[k, 1]
        if not (abs(x - was[k, 0]) <= bounds.room and abs(y - was[k, 1]) <= bounds.room):
            return False
        low_x, high_x = min(low_x, x), max(high_x, x)
        low_y, high_y = min(low_y, y), max(high_y, y)
        if k > 0:
            length = math.hypot(x - xy[k - 1, 0], y - xy[k - 1, 1])
            if not (bounds.least_piece < length < bounds.longest_piece):
                return False
        z = level[k]
        if not math.isnan(z) and not (
            abs(z) < bounds.furthest and z - bounds.half >= bounds.lowest
        ):
            return False
    if not math.hypot(high_x - low_x, high_y - low_y) > bounds.least_size:
        return False
    last, near = count - 1, bounds.meets
    if not (abs(xy[0, 0] - xy[last, 0]) > near or abs(xy[0, 1] - xy[last, 1]) > near):
        return False
    for row in range(len(tips)):
        for end in (0, last):
            if abs(tips[row, 0] - xy[end, 0]) <= near and abs(tips[row, 1] - xy[end, 1]) <= near:
                return False
    return True
