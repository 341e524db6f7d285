"""Segments in strips across the plan, each strip in order of x: what lies near lies near in memory.

A segment is entered once in every strip that it, grown by its reach, passes through, with the part
of it there. Two grown segments that overlap do so in some strip; a walk from the one that begins
further west over those that begin before it ends meets the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F32, F64, I32, I64
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.ordering import stable_order
from baiyun_gis.kernels.segments import PIPE, X0, X1, Y0, Y1

_HEIGHT = 1.5
"""Height of a strip, in mean sizes of a segment's box."""
_STRIPS_AT_MOST = 2.0**22
STEP_BITS = 20
_STEPS = 2.0**STEP_BITS
"""Steps of x that are told apart within a strip."""
_ROUNDING = 2.0**-22
"""Heights are kept as 32-bit floats relative to the extent, widened by four times their step."""


class Grid(NamedTuple):
    """Where strips and steps of x begin, and how high and long they are (m)."""

    x: float
    y: float
    height: float
    step: float
    slack: float


class Entries(NamedTuple):
    """Strip and x of where each entry begins (`key`) and ends (`last`), its heights (m above the
    lowest), and its segment."""

    key: I64
    last: I64
    low: F32
    high: F32
    owner: I32


class PlainEnds(NamedTuple):
    """Joints (by segment) at both ends of lines that are one plain segment; −1 for all others.

    Of no length where nothing is known of joints.
    """

    start: I32
    stop: I32


ENTRY = np.dtype(
    [
        *((name, np.float64) for name in ("x0", "y0", "x1", "y1", "grown")),
        *((name, np.float32) for name in ("low", "high")),
        *((name, np.int32) for name in ("pipe", "start", "stop", "owner")),
    ]
)
"""What is asked of a segment again and again, in 64 bytes: one line of the processor's memory."""


class Strips(NamedTuple):
    """Entries in order: where they begin and end, the segments themselves (of type `ENTRY`), and
    the strips they are of."""

    key: I64
    last: I64
    rows: NDArray[np.void]
    grid: Grid


@compiled
def _bounds(table: F64, live: I64, grown: F64) -> tuple[float, float, float, float, float]:
    """The extent of the live segments, and how high a box is on average, both ways round."""
    x_low = y_low = np.inf
    x_high = y_high = -np.inf
    total = 0.0
    for k in live:
        g = grown[k]
        x_low = min(x_low, min(table[k, X0], table[k, X1]) - g)
        x_high = max(x_high, max(table[k, X0], table[k, X1]) + g)
        y_low = min(y_low, min(table[k, Y0], table[k, Y1]) - g)
        y_high = max(y_high, max(table[k, Y0], table[k, Y1]) + g)
        wide, tall = abs(table[k, X1] - table[k, X0]), abs(table[k, Y1] - table[k, Y0])
        total += max(wide, tall) + 2.0 * g
    return x_low, y_low, x_high, y_high, total / max(1, len(live))


@compiled
def _counted(table: F64, live: I64, grown: F64, grid: Grid) -> int:
    """How many entries there are."""
    count = 0
    for k in live:
        low = min(table[k, Y0], table[k, Y1]) - grown[k] - grid.y
        high = max(table[k, Y0], table[k, Y1]) + grown[k] - grid.y
        count += int(high / grid.height) - int(low / grid.height) + 1
    return count


@compiled
def _entered(
    table: F64, live: I64, grown: F64, grid: Grid, key: I64, last: I64, low: F32, high: F32,
    owner: I32,
) -> None:  # fmt: skip
    """Fill in the entries, segment by segment."""
    at = 0
    steps = np.int64(_STEPS)
    for k in live:
        g = grown[k]
        xs, ys = table[k, X0] - grid.x, table[k, Y0] - grid.y
        xt, yt = table[k, X1] - grid.x, table[k, Y1] - grid.y
        if ys > yt:
            xs, ys, xt, yt = xt, yt, xs, ys
        first, final = int((ys - g) / grid.height), int((yt + g) / grid.height)
        for strip in range(first, final + 1):
            # The part of the axis whose surroundings reach into the strip.
            y_from = max(ys, strip * grid.height - g - grid.slack)
            y_to = min(yt, (strip + 1) * grid.height + g + grid.slack)
            x_from, x_to = xs, xt
            if yt > ys:
                x_from = xs + (xt - xs) * min(1.0, max(0.0, (y_from - ys) / (yt - ys)))
                x_to = xs + (xt - xs) * min(1.0, max(0.0, (y_to - ys) / (yt - ys)))
            west = (min(x_from, x_to) - g - grid.slack) / grid.step
            east = (max(x_from, x_to) + g + grid.slack) / grid.step
            key[at] = strip * steps + min(steps - 1, np.int64(max(0.0, west)))
            last[at] = strip * steps + min(steps - 1, np.int64(max(0.0, east)))
            low[at] = y_from - g - grid.slack
            high[at] = y_to + g + grid.slack
            owner[at] = k
            at += 1


@compiled
def strip_at(grid: Grid, y: float) -> int:
    """The strip that a y lies in."""
    return int((y - grid.y) / grid.height)


@compiled
def _in_order(
    order: I32, given: Entries, table: F64, grown: F64, ends: PlainEnds, out: Strips
) -> None:  # fmt: skip
    for at in range(len(order)):
        row = order[at]
        k, entry = given.owner[row], out.rows[at]
        out.key[at], out.last[at] = given.key[row], given.last[row]
        entry.x0, entry.y0 = table[k, X0], table[k, Y0]
        entry.x1, entry.y1 = table[k, X1], table[k, Y1]
        entry.grown = grown[k]
        entry.low, entry.high = given.low[row], given.high[row]
        entry.pipe, entry.owner = np.int32(table[k, PIPE]), k
        entry.start = entry.stop = np.int32(-1)
        if len(ends.start) > 0:
            entry.start, entry.stop = ends.start[k], ends.stop[k]


def _empty(count: int) -> Entries:
    return Entries(
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.float32),
        np.empty(count, np.float32),
        np.empty(count, np.int32),
    )


def strips_of(table: F64, live: I64, grown: F64, ends: PlainEnds) -> Strips:
    """The `live` rows of a table of segments in strips, each grown by `grown` (m, per row)."""
    x, y, x_to, y_to, mean = _bounds(table, live, grown)
    wide, tall = max(x_to - x, 1e-9), max(y_to - y, 1e-9)
    height = max(mean * _HEIGHT, tall / _STRIPS_AT_MOST, 1e-9)
    slack = max(wide, tall) * _ROUNDING
    grid = Grid(x, y, height, wide / (_STEPS - 1.0), slack)
    given = _empty(_counted(table, live, grown, grid))
    _entered(table, live, grown, grid, *given)
    count = len(given.key)
    key, last = np.empty((2, count), dtype=np.int64)
    out = Strips(key, last, np.empty(count, dtype=ENTRY), grid)
    _in_order(stable_order(given.key), given, table, grown, ends, out)
    return out
