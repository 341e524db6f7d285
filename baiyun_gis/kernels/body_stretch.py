"""Where along its axis one body is too near another in space."""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64, I32, I64
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.plan import PlanStretch
from baiyun_gis.kernels.segments import X0, Y0, Z0, PairRows, Segments, owned, pair_rows
from baiyun_gis.kernels.separation import separation
from baiyun_gis.kernels.shapes import (
    HALF_THIRD,
    ROUND0,
    ROUND1,
    SIZE,
    START,
    STOP,
    body_pieces,
)
from baiyun_gis.kernels.stations import Runs, along_run

_NEWTON_ROUNDS = 60
# Distances are right to 1e-8 m, so nearer than this to the limit their slope means nothing.
_ENTERED_M = 1e-7
_ROUNDING = 1e-8


@compiled
def _section(a: F64, t: float, cut: F64) -> None:
    """Make `cut` the cross section of body `a` at a station: a disc or an upright rectangle."""
    for column in range(SIZE):
        cut[column] = a[column]
    for axis in range(3):
        at = a[START + axis] + t * (a[STOP + axis] - a[START + axis])
        cut[START + axis] = cut[STOP + axis] = at
    has_plan = a[START] != a[STOP] or a[START + 1] != a[STOP + 1]
    # An upright rectangle is a plumb cylinder: its section is a level disc as high as it is.
    if has_plan or (a[HALF_THIRD] > 0.0 and a[START + 2] != a[STOP + 2]):
        cut[ROUND0] = cut[ROUND1] = 0.0


@compiled
def _entry(
    a: F64, b: F64, required: float, towards_end: bool, cut: F64, s: F64, at: F64
) -> float:  # fmt: skip
    """First station, coming from one end, whose section is nearer than required; NaN if none.

    The distance is convex along the axis, so Newton's steps from outside never pass it.
    """
    t = 0.0 if towards_end else 1.0
    for _ in range(_NEWTON_ROUNDS):
        _section(a, t, cut)
        gap = separation(cut, b, s, at)
        excess = gap - required
        if excess <= _ENTERED_M:
            return t
        slope = 0.0
        for axis in range(3):
            slope += (at[axis] - at[3 + axis]) * (a[STOP + axis] - a[START + axis])
        if slope == 0.0 or (slope < 0.0) != towards_end:
            return np.nan
        t -= excess * gap / slope
        if not -_ROUNDING <= t <= 1.0 + _ROUNDING:
            return np.nan
        t = min(1.0, max(0.0, t))
    return t


@compiled
def stretches_of_body(first: int, last: int, rows: PairRows, required: F64, out: F64) -> None:
    """Rows of (from, to); NaN where no section is nearer than required."""
    table, left, right = rows
    a, b, cut = np.zeros((3, SIZE)), np.zeros((3, SIZE)), np.zeros(SIZE)
    s, at = np.zeros((4, 10)), np.zeros(6)
    for row in range(first, last):
        p, q = left[row], right[row]
        out[row, 0] = out[row, 1] = np.nan
        limit = max(required[row], 0.0)
        ox, oy, oz = table[p, X0], table[p, Y0], table[p, Z0]
        body_pieces(table, p, ox, oy, oz, a)
        in_b = body_pieces(table, q, ox, oy, oz, b)
        total = limit
        for column in range(SIZE):
            total += a[0, column] + b[0, column]
        if math.isnan(total):
            continue
        for piece in range(in_b):
            start = _entry(a[0], b[piece], limit, True, cut, s, at)
            if math.isnan(start):
                continue
            stop = _entry(a[0], b[piece], limit, False, cut, s, at)
            stop = start if math.isnan(stop) else max(start, stop)
            if not out[row, 0] <= start:
                out[row, 0] = start
            if not out[row, 1] >= stop:
                out[row, 1] = stop


def body_stretch(seg: Segments, i: I32, j: I32, required: F64) -> PlanStretch:
    """Where along segment `i`'s axis its cross section is nearer than `required` (m) to body `j`.

    In space, for any mixture of sections and slopes, as stations 0–1 right to 1e-6 m. A limit
    below 0 counts as 0: the stretch over which the two are in one place. NaN where no section is
    so near (only a round end beyond the axis may be) and where a level or section is unknown.
    """
    out = np.empty((len(i), 2))
    if not len(i):
        return PlanStretch(out[:, 0], out[:, 1])
    limits = owned(np.broadcast_to(required, len(i)), np.float64)
    run_in_chunks(stretches_of_body, len(i), pair_rows(seg, i, j), limits, out)
    return PlanStretch(out[:, 0], out[:, 1])


@compiled
def _outermost(extents: F64, of: I64, stretches: int) -> I64:
    """Of each stretch the piece that begins first and the one that ends last, (stretches, 2)."""
    out = np.full((stretches, 2), -1)
    for k in range(len(of)):
        first, last = out[of[k]]
        if first < 0 or extents[k, 0] < extents[first, 0]:
            out[of[k], 0] = k
        if last < 0 or extents[k, 1] > extents[last, 1]:
            out[of[k], 1] = k
    return out


@compiled
def outer_ends(
    first: int, last: int, rows: PairRows, of: I64, runs: Runs, at: F64, out: F64
) -> None:  # fmt: skip
    """From and to along the run (m, (2, n)) where pieces are in one place with the other body, for
    so many pieces of each stretch `of` as say from where to where that is; NaN for the others.

    `at` is the station of those of which no section is.
    """
    count, begin = last - first, of[first:last].min()
    stretch, table = of[first:last] - begin, rows.table
    size = stretch.max() + 1
    part = PairRows(table, rows.left[first:last].copy(), rows.right[first:last].copy())
    extents, found, limit = np.empty((count, 2)), np.empty((count, 2)), np.zeros(count)
    for k in range(count):
        own = part.left[k]
        extents[k, 0], extents[k, 1] = along_run(table, own, own, runs, (0.0, 1.0), 0.0)
    outermost = _outermost(extents, stretch, size)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    for rest in (False, True):
        for k in range(count):
            one, own = stretch[k], part.left[k]
            if (k in outermost[one]) == rest:
                continue
            out[0, first + k] = out[1, first + k] = np.nan
            if extents[k, 0] >= low[one] and extents[k, 1] <= high[one]:
                continue
            stretches_of_body(k, k + 1, part, limit, found)
            span = found[k, 0], found[k, 1]
            start, stop = along_run(table, own, own, runs, span, at[first + k])
            out[0, first + k], out[1, first + k] = start, stop
            if start < stop:  # a point is a round end alone
                low[one], high[one] = min(low[one], start), max(high[one], stop)
