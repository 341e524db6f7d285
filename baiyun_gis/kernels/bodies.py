"""Least distance of two pipe bodies in space."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.gaps import COLUMNS, pair_gaps
from baiyun_gis.kernels.segments import Segments, pair_rows


class BodyGap(NamedTuple):
    """Gap of body pairs in metres (negative: penetration) and the nearest points of both.

    `ta` and `tb` are where along the two axes (0 start, 1 end) the nearest points lie. NaN where a
    level or a section of either is unknown.
    """

    gap: F64
    ax: F64
    ay: F64
    az: F64
    bx: F64
    by: F64
    bz: F64
    ta: F64
    tb: F64


def body_gap(seg: Segments, i: I32, j: I32) -> BodyGap:
    """Wall-to-wall distance in space of segments `i` and `j`, pair by pair, exact to 1e-6 m.

    Circular bodies that overlap along their walls or round ends are as deep in each other as
    their radii exceed the distance of the axes. Every other overlap is the length of the
    shortest shift that parts the two; see `penetration`. Nearest points of overlapping bodies
    lie that depth apart, a's beyond b's.
    """
    out = np.empty((len(i), COLUMNS))
    if len(i):
        run_in_chunks(pair_gaps, len(i), pair_rows(seg, i, j), False, out)
    return BodyGap(*np.ascontiguousarray(out.T))
