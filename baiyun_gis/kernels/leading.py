"""Which measured pieces have to be known better than as measured, and which before others.

A finding tells of the worst piece of its stretch alone, and a pair of lines is found where one of
its pieces is. So what is not short as measured matters only where nothing of its stretch or of its
pair is, and of several such the nearest comes first: where that is found the others do not matter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.two_places import NO_LEAD

_UNSURE = 1e12
_NEXT_M = 1e-6
"""Pieces that are worst but for so much are known better as well: far more than rounding."""
_PER_ROUNDING = 1e7


class Limits(NamedTuple):
    """What a distance may be short by (m), and how much rounding that leaves open."""

    tolerance_m: float
    rounding_m: float


@compiled
def ranks_of(actual: F64, required: F64, unsure: Bool, limits: Limits, rank: F64) -> None:
    """How bad a piece is as measured: by how much it falls short, else beyond judging, else not."""
    for k in range(len(rank)):
        rank[k] = np.inf
        if unsure[k]:
            rank[k] = _UNSURE
        elif actual[k] < (required[k] - limits.tolerance_m - limits.rounding_m):
            rank[k] = actual[k] - required[k]


@compiled
def _place(slots: I64, stretch: I64, subject: I32, wanted: I64, k: int) -> int:
    """The slot of the stretch and subject of piece k: that of another of both, or a free one."""
    mask = len(slots) - 1
    at = (stretch[k] * 0x9E3779B1 + subject[k] * 0x85EBCA77) & mask
    while slots[at] >= 0:
        other = wanted[slots[at]]
        if stretch[other] == stretch[k] and subject[other] == subject[k]:
            break
        at = (at + 1) & mask
    return at


@compiled
def _leads(
    actual: F64, required: F64, rank: F64, stretch: I64, subject: I32, wanted: I64
) -> I64:  # fmt: skip
    """For each of the wanted that are not short as measured the nearest of its stretch and
    subject, the first of those that differ by rounding alone."""
    size = 4
    while size < 2 * len(wanted):
        size *= 2
    slots, lead = np.full(size, -1, np.int64), np.full(len(wanted), NO_LEAD, np.int64)
    for n in range(len(wanted)):
        k = wanted[n]
        if rank[k] != np.inf:
            continue
        at = _place(slots, stretch, subject, wanted, k)
        other = wanted[slots[at]]
        if slots[at] < 0 or np.rint((actual[k] - required[k]) * _PER_ROUNDING) < np.rint(
            (actual[other] - required[other]) * _PER_ROUNDING
        ):
            slots[at] = n
    for n in range(len(wanted)):
        k = wanted[n]
        if rank[k] == np.inf:
            first = slots[_place(slots, stretch, subject, wanted, k)]
            lead[n] = NO_LEAD if first == n else first
    return lead


@compiled
def turns_of(
    actual: F64, required: F64, unsure: Bool, stretch: I64, subject: I32, sizes: tuple[int, int],
    limits: Limits,
) -> tuple[I64, I64]:  # fmt: skip
    """What of measured pieces has to be known better: the worst of each stretch, and whether those
    that are not short as measured may be, where nothing of their subject or stretch is; in order.
    For each of these the place of the one that comes before it, `NO_LEAD` where none does.

    `actual` and `required` are in metres; `stretch` and `subject` number pieces from 0 on, `sizes`
    are how many of both there are. Pieces next to the worst are given as well.
    """
    stretches, subjects = sizes
    rank = np.empty(len(actual))
    ranks_of(actual, required, unsure, limits, rank)
    is_found, least = np.zeros(subjects, np.bool_), np.full(stretches, np.inf)
    for k in range(len(rank)):
        least[stretch[k]] = min(least[stretch[k]], rank[k])
        is_found[subject[k]] |= rank[k] < _UNSURE
    wanted, some = np.empty(len(rank), np.int64), 0
    for k in range(len(rank)):
        worst = least[stretch[k]]
        if rank[k] == np.inf:  # its chance says whether it is found, if nothing else does
            better = actual[k] - required[k] > worst + _NEXT_M
            wants = not (better and is_found[subject[k]])
        else:
            wants = rank[k] <= worst + _NEXT_M
        if wants:
            wanted[some] = k
            some += 1
    wanted = wanted[:some].copy()
    return wanted, _leads(actual, required, rank, stretch, subject, wanted)
