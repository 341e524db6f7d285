"""Parts of segments, some of which are parts of a longer straight piece themselves."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.end_errors import CutUp, part_of
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1

_LEAST_M = 1e-9


@compiled
def _length(table: F64, row: int) -> float:
    """Of an axis in plan."""
    return math.hypot(table[row, X1] - table[row, X0], table[row, Y1] - table[row, Y0])


@compiled
def cut_further(
    known: CutUp, table: F64, owner: I32, parts: F64, from_m: F64,
    deviations: tuple[F64, F64, F64, F64],
) -> tuple[I32, I32, I32, F64, F64]:  # fmt: skip
    """Columns of `CutUp` once `parts` (rows of the table) stand behind all segments: each is of
    segment `owner`, from `from_m` along it on. `deviations` of segments as in `cut_pieces`."""
    before, count = len(known.row), len(owner)
    whole = np.empty((3, before + count), np.int32)
    share, sigma = np.empty((before + count, 2)), np.empty((before + count, 4))
    whole[0, :before], whole[1, :before], whole[2, :before] = known.row, known.lead, known.stop
    share[:before], sigma[:before] = known.share, known.sigma
    for k in range(count):
        at, own, of = before + k, owner[k], part_of(known, owner[k])
        start, stop = 0.0, 1.0
        whole[0, at], whole[1, at], whole[2, at] = len(table) + k, own, own + 1
        for column in range(4):
            sigma[at, column] = deviations[column][own]
        if of >= 0:
            whole[1, at], whole[2, at] = known.lead[of], known.stop[of]
            start, stop = known.share[of, 0], known.share[of, 1]
            sigma[at] = known.sigma[of]
        length = max(_length(table, own), _LEAST_M)
        for end in range(2):
            along = from_m[k] + (_length(parts, k) if end else 0.0)
            share[at, end] = start + min(1.0, max(0.0, along / length)) * (stop - start)
    return whole[0], whole[1], whole[2], share, sigma
