"""Which line ends leave a joint in nearly one direction with another end of that joint."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned

_SLACK = 1e-6
"""Off the square of a cosine: far more than what rounding does to it."""

LEAST_STEP_M = 1e-6
"""Vertices that lie as near in plan give a line no direction."""


@compiled
def _step(end: Any, rows: I64, offsets: I64, xy: F64) -> tuple[float, float]:
    """The first step of an axis from its start or end on that leads anywhere; NaN: none does."""
    row = rows[end // 2]
    first, last = offsets[row], offsets[row + 1] - 1
    turn = 1 if end % 2 == 0 else -1
    k = first if turn == 1 else last
    while first <= k + turn <= last:
        x, y = xy[k + turn, 0] - xy[k, 0], xy[k + turn, 1] - xy[k, 1]
        if not math.hypot(x, y) <= LEAST_STEP_M:
            return float(x), float(y)
        k += turn
    return np.nan, np.nan


@compiled
def _is_alongside(one: tuple[float, float], two: tuple[float, float], cosine: float) -> bool:
    """Whether the angle between two steps is less than one of this cosine."""
    (ax, ay), (bx, by) = one, two
    dot, squares = ax * bx + ay * by, (ax * ax + ay * ay) * (bx * bx + by * by)
    if not (dot > 0.0 and dot * dot > (cosine * cosine - _SLACK) * squares):
        return False
    first, second = math.hypot(ax, ay), math.hypot(bx, by)
    return (ax / first) * (bx / second) + (ay / first) * (by / second) > cosine


@compiled
def _alongside(
    joint: I32, labels: int, wanted: Bool, rows: I64, offsets: I64, xy: F64, cosine: float,
    out: Bool,
) -> None:  # fmt: skip
    """Mark ends whose directions differ by less than the angle within one joint."""
    head, onward = np.full(labels, -1, np.int32), np.empty(len(joint), np.int32)
    for end in range(len(joint)):
        if not wanted[end // 2]:
            continue
        other = head[joint[end]]
        onward[end], head[joint[end]] = other, end
        if other < 0:
            continue
        step = _step(end, rows, offsets, xy)
        while other >= 0:
            away = _step(other, rows, offsets, xy)
            if other // 2 != end // 2 and _is_alongside(away, step, cosine):
                out[other] = out[end] = True
            other = onward[other]


def ends_alongside(
    joint: I32 | I64, rows: I64, offsets: I64, xy: F64, *, wanted: Bool, within_deg: float
) -> Bool:
    """Ends that share their joint with an end of another line leaving within an angle.

    Lines are some `rows` of axes, all or those `wanted` (n,); `joint` labels their ends (2 n,). A
    line without length at an end is alongside nothing there.
    """
    out = np.zeros(len(joint), dtype=np.bool_)
    labels = int(joint.max(initial=-1)) + 1
    axes = owned(rows, np.int64), owned(offsets, np.int64), owned(xy, np.float64)
    cosine = math.cos(math.radians(within_deg))
    _alongside(owned(joint, np.int32), labels, owned(wanted, np.bool_), *axes, cosine, out)
    return out
