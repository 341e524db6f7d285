"""Straight pieces of pipe axes with their section, as plain arrays: what every kernel reads."""

from __future__ import annotations

from operator import is_
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled

# Columns of the table that the kernels read: one row a segment, so that all that is known of a
# segment lies in two cache lines.
X0, Y0, Z0, X1, Y1, Z1, WIDTH, HEIGHT, RECTANGLE, FLAT0, FLAT1, PIPE = range(12)
_TYPES = (*[np.float64] * RECTANGLE, *[np.bool_] * (PIPE - RECTANGLE), np.int32)


class Segments(NamedTuple):
    """Straight pieces of pipe axes and their outer sections; metres, a local origin taken off.

    A circle has its outer radius in both half sizes; an upright rectangle its half width across
    the axis in plan and its half height. An end is flat where the pipe ends freely and round
    where it bends or is joined. Unknown levels are NaN in `z0`, `z1`; an unknown section is NaN
    in the half sizes. `chain0` is the plan chainage of the start along the pipe.
    """

    x0: F64
    y0: F64
    z0: F64
    x1: F64
    y1: F64
    z1: F64
    half_width: F64
    half_height: F64
    is_rectangle: Bool
    flat0: Bool
    flat1: Bool
    pipe: I32
    chain0: F64
    kept: Kept | None = None
    """What was made of these very columns once and for all; see `keeping`."""

    def columns(self) -> tuple[NDArray[Any], ...]:
        """All columns in the order of the fields, without what is kept of them."""
        return self[:-1]


class Kept:
    """What kernels make of segments' columns, kept for the next question about them.

    It counts for these very arrays only: segments with another column in place of one of them
    are measured afresh.
    """

    __slots__ = ("columns", "extent", "table")

    def __init__(self, seg: Segments, table: F64 | None = None) -> None:
        self.columns = seg.columns()[: PIPE + 1]
        self.table = _table(seg) if table is None else table
        self.extent: tuple[F64, F64] | None = None

    def is_of(self, seg: Segments) -> bool:
        """Whether the segments still have the columns this was made of."""
        return all(map(is_, self.columns, seg))


def keeping(seg: Segments, table: F64 | None = None) -> Segments:
    """The same segments, ready for many questions; their columns must not be written to again.

    `table` is theirs where it is made already.
    """
    return seg._replace(kept=Kept(seg, table))


_WEDGE_M = 1e-4
"""Pieces whose walls part by less than this at a bend go on straight there."""


@compiled
def _goes_straight(table: F64, row: int) -> bool:
    """Whether the next piece goes on the same way: what is between flat ends is no loss."""
    way, on, along, square, other = 0.0, 0.0, 0.0, 0.0, 0.0
    for axis in range(3):
        way = table[row, X1 + axis] - table[row, X0 + axis]
        on = table[row + 1, X1 + axis] - table[row + 1, X0 + axis]
        if axis == 2 and (np.isnan(way) or np.isnan(on)):
            way = on = 0.0
        along += way * on
        square += way * way
        other += on * on
    apart = square * other - along * along  # of the sine, times both lengths squared
    width = max(table[row, WIDTH], table[row, HEIGHT])
    return along > 0.0 and width * width * max(apart, 0.0) <= _WEDGE_M**2 * square * other


@compiled
def flatten_near_ends(table: F64, first: int, last: int) -> bool:
    """Make joints within half a width of a flat end flat where the line goes straight on: round
    ones would reach out of the end. Rows `first` to `last` are a line's pieces, flat at its own
    ends alone or as this left them; whether anything differs from then."""
    differs = False
    was = table[first:last, FLAT0 : FLAT1 + 1].copy()
    for row in range(first, last - 1):
        table[row, FLAT1] = table[row + 1, FLAT0] = 0.0
    for end in range(2):
        if table[last - 1 if end else first, FLAT1 if end else FLAT0] == 0.0:
            continue
        gone = 0.0
        for k in range(last - first - 1):
            row = last - 1 - k if end else first + k
            for_x, for_y = table[row, X1] - table[row, X0], table[row, Y1] - table[row, Y0]
            rise = table[row, Z1] - table[row, Z0]
            rise = 0.0 if np.isnan(rise) else rise
            gone += (for_x * for_x + for_y * for_y + rise * rise) ** 0.5
            if not gone < max(table[row, WIDTH], table[row, HEIGHT]):
                break
            before = row - 1 if end else row
            if _goes_straight(table, before):
                table[before, FLAT1] = table[before + 1, FLAT0] = 1.0
    for row in range(first, last):
        differs |= was[row - first, 0] != table[row, FLAT0]
        differs |= was[row - first, 1] != table[row, FLAT1]
    return differs


def elsewhere(seg: Segments, rows: slice, xyz: F64, chainage_m: F64) -> Segments:
    """The segments with those of one line in a row elsewhere: its vertices (n + 1, 3), the origin
    taken off, and their chainage."""
    table = table_of(seg).copy()
    table[rows, X0:X1], table[rows, X1:WIDTH] = xyz[:-1], xyz[1:]
    if flatten_near_ends(table, rows.start, rows.stop):
        seg = seg._replace(flat0=table[:, FLAT0] > 0.0, flat1=table[:, FLAT1] > 0.0)
    chain0 = seg.chain0.copy()
    chain0[rows] = chainage_m[:-1]
    moved = seg._replace(
        x0=table[:, X0].copy(),
        y0=table[:, Y0].copy(),
        z0=table[:, Z0].copy(),
        x1=table[:, X1].copy(),
        y1=table[:, Y1].copy(),
        z1=table[:, Z1].copy(),
        chain0=chain0,
        kept=None,
    )
    return moved._replace(kept=Kept(moved, table))


def kept_of(seg: Segments) -> Kept | None:
    """What was made of the segments' columns before, if anything."""
    return seg.kept if seg.kept is not None and seg.kept.is_of(seg) else None


def take(seg: Segments, rows: NDArray[Any]) -> Segments:
    """The segments of an index or mask, in that order."""
    return Segments(*(column[rows] for column in seg.columns()), kept=None)


def one_after_another(first: Segments, second: Segments) -> Segments:
    """All segments of both, those of the second after those of the first."""
    pairs = zip(first.columns(), second.columns(), strict=True)
    return Segments(*(np.concatenate(both) for both in pairs), kept=None)


def table_of(seg: Segments) -> F64:
    """All segments as rows of the kernels' table; flags are 0 and 1. Not to be written to."""
    kept = kept_of(seg)
    return _table(seg) if kept is None else kept.table


def table_of_rows(seg: Segments, rows: NDArray[Any]) -> F64:
    """Some segments as rows of the kernels' table, in that order."""
    kept = kept_of(seg)
    return _table(take(seg, rows)) if kept is None else kept.table[rows]


@compiled
def _fill(
    table: F64, x0: F64, y0: F64, z0: F64, x1: F64, y1: F64, z1: F64, width: F64, height: F64,
    rectangle: Bool, flat0: Bool, flat1: Bool, pipe: I32,
) -> None:  # fmt: skip
    for k in range(len(pipe)):
        table[k, X0], table[k, Y0], table[k, Z0] = x0[k], y0[k], z0[k]
        table[k, X1], table[k, Y1], table[k, Z1] = x1[k], y1[k], z1[k]
        table[k, WIDTH], table[k, HEIGHT] = width[k], height[k]
        table[k, RECTANGLE] = 1.0 if rectangle[k] else 0.0
        table[k, FLAT0] = 1.0 if flat0[k] else 0.0
        table[k, FLAT1] = 1.0 if flat1[k] else 0.0
        table[k, PIPE] = pipe[k]


def _table(seg: Segments) -> F64:
    table = np.empty((len(seg.x0), PIPE + 1))
    columns = zip(seg.columns()[: PIPE + 1], _TYPES, strict=True)
    _fill(table, *(owned(column, kind) for column, kind in columns))
    return table


@compiled
def _extent(
    first: int, last: int, x0: F64, y0: F64, x1: F64, y1: F64
) -> tuple[float, float, float, float]:
    west = south = np.inf
    east = north = -np.inf
    for k in range(first, last):
        # What is not a number is neither less nor more.
        west, east = min(west, x0[k], x1[k]), max(east, x0[k], x1[k])
        south, north = min(south, y0[k], y1[k]), max(north, y0[k], y1[k])
    return west, south, east, north


def extent_of_axes(seg: Segments) -> tuple[F64, F64]:
    """Least and largest x and y of all axes (m), infinite where there are none; NaN is nowhere."""
    kept = kept_of(seg)
    if kept is not None and kept.extent is not None:
        return kept.extent
    columns = (owned(column, np.float64) for column in (seg.x0, seg.y0, seg.x1, seg.y1))
    parts = np.array(run_in_chunks(_extent, len(seg.x0), *columns)).reshape(-1, 4)
    low, high = parts[:, :2].min(axis=0, initial=np.inf), parts[:, 2:].max(axis=0, initial=-np.inf)
    if kept is not None:
        kept.extent = low, high
    return low, high


class PairRows(NamedTuple):
    """A table of segments and the rows of it that make the pairs."""

    table: F64
    left: I32
    right: I32


def pair_rows(seg: Segments, i: I32, j: I32) -> PairRows:
    """The table and rows for pairs; of many segments in few pairs only those are copied."""
    kept = kept_of(seg)
    if kept is not None or 2 * len(i) >= len(seg.x0):
        table = _table(seg) if kept is None else kept.table
        return PairRows(table, owned(i, np.int32), owned(j, np.int32))
    table = table_of(take(seg, np.concatenate([i, j])))
    rows = np.arange(len(table), dtype=np.int32)
    return PairRows(table, rows[: len(i)].copy(), rows[len(i) :].copy())


_WORTH_LENDING = 1 << 16
_NATIVE: dict[type[np.generic], np.dtype[Any]] = {
    kind: np.dtype(kind)
    for kind in (np.float64, np.int64, np.int32, np.int8, np.uint8, np.uint16, np.bool_)
}


class _Lent:
    """An array's memory offered as writable, so that kernels take it as it is."""

    __slots__ = ("__array_interface__", "of")

    def __init__(self, values: NDArray[Any]) -> None:
        place = values.__array_interface__
        self.__array_interface__ = place | {"data": (place["data"][0], False)}
        self.of = values


def owned(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """The values in this type, contiguous and writable; copied only where they are not.

    Numba compiles once more for every other layout and for read-only arrays. Kernels write to
    nothing they are given by this: columns of a table are large, and lent to them.
    """
    flags, wanted = values.flags, _NATIVE[dtype]
    if values.dtype is wanted and flags.carray:
        return values
    if flags.c_contiguous and (values.dtype is wanted or values.dtype == wanted):
        if flags.writeable:
            return values
        if values.nbytes >= _WORTH_LENDING and flags.aligned:
            return np.asarray(_Lent(values))
    return np.array(values, dtype=dtype, order="C")
