"""Pairs of segments as they were found, made into a list: in order, with their pairs of pipes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.first_look import (
    AT,
    CELL_BIT,
    CELLS,
    MEASURE,
    NEAR,
    OVER,
    TURNED,
    Marks,
)
from baiyun_gis.kernels.pairing import deviation_of_both
from baiyun_gis.kernels.plan import PLAN, near_rows_in_plan
from baiyun_gis.kernels.segments import PairRows

_LOW = 0xFFFFFFFF


class Scope(NamedTuple):
    """Which pairs are asked about, all by pipe: one is `asked`, and the other among `theirs`; and
    of those that the line of the smaller `run` is `owned`. Any but `asked` may be empty: all are.
    """

    asked: Bool
    theirs: Bool
    owned: Bool
    run: I32


class List(NamedTuple):
    """Pairs of segments `i`, `j`, the pipe of the smaller run (of one run the smaller row) first;
    their `cell` and `marks`, and which pair of pipes `a`, `b` they are of."""

    i: I32
    j: I32
    cell: I32
    marks: Marks
    pair: I32
    a: I32
    b: I32


@compiled
def _is_asked(scope: Scope, p: Any, q: Any) -> bool:
    if len(scope.theirs) > 0:
        one = scope.asked[p] and scope.theirs[q]
        if not (one or (scope.asked[q] and scope.theirs[p])):
            return False
    elif not (scope.asked[p] or scope.asked[q]):
        return False
    if len(scope.owned) == 0:
        return True
    return bool(scope.owned[p if scope.run[p] <= scope.run[q] else q])


@compiled
def asked_about(pairs: I64, look: I64, pipe: I32, scope: Scope) -> tuple[I64, I64]:
    """The pairs (i·2³² + j) that are asked about, and what a first look gave of them."""
    kept, of_kept, count = np.empty(len(pairs), np.int64), np.empty(len(pairs), np.int64), 0
    for row in range(len(pairs)):
        if _is_asked(scope, pipe[pairs[row] >> 32], pipe[pairs[row] & _LOW]):
            kept[count], of_kept[count] = pairs[row], look[row]
            count += 1
    return kept[:count].copy(), of_kept[:count].copy()


@compiled
def listed(pairs: I64, look: I64, order: I32, pipe: I32, pipes: int) -> List:
    """Pairs (i·2³² + j, i < j) in `order` with what a first look gave of them, as a list.

    Segments are in order of their pipes, so pairs of pipes are numbered as they come.
    """
    count = len(pairs)
    out = List(
        np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32),
        np.empty(count, np.uint16), np.empty(count, np.int32), np.empty(count, np.int32),
        np.empty(count, np.int32),
    )  # fmt: skip
    seen, number = np.full(pipes, -1, np.int32), np.empty(pipes, np.int32)
    there_are = 0
    for row in range(count):
        at = order[row]
        i, j = pairs[at] >> 32, pairs[at] & _LOW
        p, q = pipe[i], pipe[j]
        turned = (look[at] & TURNED) != 0
        out.i[row], out.j[row] = (j, i) if turned else (i, j)
        out.cell[row] = (look[at] >> CELL_BIT) & CELLS
        out.marks[row] = look[at] & ((1 << CELL_BIT) - 1)
        if seen[q] != p:
            seen[q], number[q] = p, there_are
            out.a[there_are], out.b[there_are] = (q, p) if turned else (p, q)
            there_are += 1
        out.pair[row] = number[q]
    return List(
        out.i, out.j, out.cell, out.marks, out.pair,
        out.a[:there_are].copy(), out.b[:there_are].copy(),
    )  # fmt: skip


@compiled
def rows_in_company(pair: I32, marks: Marks, mark: int, pairs: int) -> I64:
    """The rows whose pair (of so many) has a mark on any of its rows."""
    has, count = np.zeros(pairs, np.bool_), 0
    for row in range(len(pair)):
        if marks[row] & mark:
            has[pair[row]] = True
    for row in range(len(pair)):
        count += int(has[pair[row]])
    out, count = np.empty(count, np.int64), 0
    for row in range(len(pair)):
        if has[pair[row]]:
            out[count] = row
            count += 1
    return out


class Closer(NamedTuple):
    """What a closer look goes by: the crossing angle, how many deviations count, how much more a
    width may be that is not known (m), and how deep walls must overlap to do so (m)."""

    least_deg: float
    sigmas: float
    unsized_m: float
    tolerance_m: float


@compiled
def looked_closer(
    first: int, last: int, rows: PairRows, cell: I32, limit: F64, sigma: tuple[F64, F64],
    known: Bool, closer: Closer, marks: NDArray[np.uint16],
) -> None:  # fmt: skip
    """Make `AT`, `NEAR` and `OVER` exact where something is to be measured.

    `limit` is by cell what is asked (m), `sigma` the deviations in plan at both ends of segments,
    `known` whether their width is.
    """
    some, count = np.empty(last - first, np.int64), 0
    for row in range(first, last):
        if marks[row] & MEASURE:
            some[count] = row
            count += 1
    some = some[:count]
    part = PairRows(rows.table, rows.left[some], rows.right[some])
    meeting, crosses, plan = (
        np.empty((3, count)),
        np.empty(count, np.bool_),
        np.empty((PLAN, count)),
    )
    # A plain number: a constant would have the kernel compiled once more for itself.
    begin: Any = np.int64(0)
    near_rows_in_plan(begin, len(some), part, closer.least_deg, meeting, crosses, plan)
    for k in range(count):
        row, i, j = some[k], part.left[k], part.right[k]
        doubt = closer.sigmas * deviation_of_both(sigma[0], sigma[1], i, j)
        size = closer.unsized_m * (int(not known[i]) + int(not known[j]))
        gap, found = plan[0, k], 0
        if gap < doubt + size:
            found |= AT
        if gap < limit[cell[row]] + doubt + size:
            found |= NEAR
        # Walls drawn touching in plan overlap or not by rounding: by the tolerance they do not.
        if gap < -closer.tolerance_m:
            found |= OVER
        marks[row] |= np.uint16(found)
