"""Intervals along runs, merged: one stretch is one thing to decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.kernels.intervals import (
    least_of_each,
    spans_of_each,
    stretches_of,
)
from baiyun_gis.kernels.segments import owned
from baiyun_gis.model.columns import F64, I32, I64, Bool

TOUCHING_M = 0.01
"""Intervals this near along a run are one: bends leave gaps of rounding between pieces."""

_NO_POINTS = np.zeros(0)

_DIGITS = 7
"""So many decimals of a metre count: which place is worst does not hang on rounding."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """Merged intervals; `of` gives the stretch of every interval that went in.

    `from_m` and `to_m` are chainage along the run, shape (count,).
    """

    of: I64
    from_m: F64
    to_m: F64

    def __len__(self) -> int:
        return len(self.from_m)

    def part(self, kept: Bool | I64) -> Stretches:
        """The same stretches with only some of their intervals; `of` may leave some out."""
        return Stretches(self.of[kept], self.from_m, self.to_m)

    def least(self, value: F64) -> I64:
        """For each stretch that has any, the interval with the smallest value; NaN is infinite.

        The first in order wins among equals, so that the answer does not depend on threads;
        what differs by rounding only is equal, so that it does not depend on neighbours either.
        """
        known = value.copy()
        known[np.isnan(value)] = np.inf
        key = np.round(known, _DIGITS)
        first = np.empty(len(self), dtype=np.int64)
        return first[: least_of_each(owned(self.of, np.int64), key, len(self), first)]

    def span(self, low: F64, high: F64) -> tuple[F64, F64]:
        """Smallest `low` and largest `high` of each stretch; NaN where all are NaN."""
        start, stop = np.empty((2, len(self)))
        ends = owned(low, np.float64), owned(high, np.float64)
        spans_of_each(owned(self.of, np.int64), *ends, start, stop)
        return start, stop


def merged(key: I64 | I32, low: F64, high: F64, half_m: F64 | None = None) -> Stretches:
    """Intervals `low`–`high` of the same key joined where they touch or overlap.

    A point is where only the round end of a piece counts; it reaches `half_m`, half its width,
    into the piece it is joined to, and is one with what counts there; its stretch grows by that.
    """
    count = len(key)
    if count == 0:
        return Stretches(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    of, ends = np.empty(count, dtype=np.int64), np.empty((2, count))
    columns = owned(key, np.int64), owned(low, np.float64), owned(high, np.float64)
    half = _NO_POINTS if half_m is None else owned(half_m, np.float64)
    there_are = stretches_of(*columns, half, TOUCHING_M, of, ends)
    return Stretches(of, ends[0, :there_are], ends[1, :there_are])
