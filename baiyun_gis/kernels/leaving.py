"""Which line ends leave a joint in nearly one direction with another end of that joint."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


@compiled
def _alongside(first: I64, members: I32, dx: F64, dy: F64, cosine: float, out: Bool) -> None:
    """Mark ends whose unit directions differ by less than the angle within one joint."""
    for label in range(len(first) - 1):
        for one in range(first[label], first[label + 1]):
            for two in range(one + 1, first[label + 1]):
                p, q = members[one], members[two]
                if p // 2 != q // 2 and dx[p] * dx[q] + dy[p] * dy[q] > cosine:
                    out[p] = True
                    out[q] = True


@compiled
def _by_joint(joint: I32, first: I64, members: I32) -> None:
    """Put the ends of each joint side by side; `first` (labels + 1,) is where each begins."""
    filled = np.zeros(len(first) - 1, np.int64)
    for end in range(len(joint)):
        label = joint[end]
        members[first[label] + filled[label]] = end
        filled[label] += 1


def ends_alongside(joint: I32, way: F64, *, within_deg: float) -> Bool:
    """Ends that share their joint with an end of another line leaving within an angle.

    `joint` labels the ends (2 n,), `way` (2 n, 2) is the unit direction in which the line leaves;
    NaN directions are alongside nothing.
    """
    first = np.concatenate([[0], np.cumsum(np.bincount(joint))]).astype(np.int64)
    members = np.empty(len(joint), dtype=np.int32)
    labels = owned(joint, np.int32)
    _by_joint(labels, first, members)
    out = np.zeros(len(joint), dtype=np.bool_)
    dx, dy = owned(way[:, 0], np.float64), owned(way[:, 1], np.float64)
    _alongside(first, members, dx, dy, math.cos(math.radians(within_deg)), out)
    return out
