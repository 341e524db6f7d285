"""Dashed lines in 3D: what is not known to lie there is drawn broken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DASH_M = 1.6
GAP_M = 1.0


def dashed(
    xyz: NDArray[np.float32], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Short pieces along polylines: vertices (2 k, 3), offsets (k + 1,), line of each piece (k,).

    Each straight segment starts with a dash anew; one too short for a gap stays whole.
    """
    line = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    first = np.flatnonzero(line[1:] == line[:-1])
    start, stop = xyz[first], xyz[first + 1]
    length = np.linalg.norm(stop - start, axis=1)
    count = np.maximum(np.ceil((length - DASH_M) / (DASH_M + GAP_M)), 0).astype(np.int64) + 1
    segment = np.repeat(np.arange(len(first)), count)
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    number = np.arange(len(segment)) - np.repeat(begin, count)
    pitch = length / np.maximum(count * (DASH_M + GAP_M) - GAP_M, 1e-9)
    from_m = number * (DASH_M + GAP_M) * pitch[segment]
    to_m = from_m + DASH_M * pitch[segment]
    share = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)[segment]
    along = (stop - start)[segment]
    pieces = np.stack(
        [
            start[segment] + along * (from_m * share)[:, None],
            start[segment] + along * np.minimum(to_m * share, 1.0)[:, None],
        ],
        axis=1,
    )
    cut = np.arange(len(segment) + 1) * 2
    return pieces.reshape(-1, 3).astype(np.float32), cut, line[first][segment]
