"""Straight pieces of pipe axes with their section, as plain arrays: what every kernel reads."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I32, Bool

# Columns of the table that the kernels read: one row a segment, so that all that is known of a
# segment lies in two cache lines.
X0, Y0, Z0, X1, Y1, Z1, WIDTH, HEIGHT, RECTANGLE, FLAT0, FLAT1, PIPE = range(12)


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


def take(seg: Segments, rows: NDArray[Any]) -> Segments:
    """The segments of an index or mask, in that order."""
    taken: list[Any] = [column[rows] for column in seg]
    return Segments(*taken)


def table_of(seg: Segments) -> F64:
    """All segments as rows of the kernels' table; flags are 0 and 1."""
    table = np.empty((len(seg.x0), PIPE + 1))
    for column, values in enumerate(seg[: PIPE + 1]):
        table[:, column] = values
    return table


class PairRows(NamedTuple):
    """A table of segments and the rows of it that make the pairs."""

    table: F64
    left: I32
    right: I32


def pair_rows(seg: Segments, i: I32, j: I32) -> PairRows:
    """The table and rows for pairs; of many segments in few pairs only those are copied."""
    if 2 * len(i) >= len(seg.x0):
        return PairRows(table_of(seg), owned(i, np.int32), owned(j, np.int32))
    table = table_of(take(seg, np.concatenate([i, j])))
    rows = np.arange(len(table), dtype=np.int32)
    return PairRows(table, rows[: len(i)].copy(), rows[len(i) :].copy())


def owned(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """The values in this type, contiguous and writable; copied only where they are not.

    Numba compiles once more for every other layout and for read-only arrays.
    """
    return np.require(values, dtype=dtype, requirements=["C", "W"])
