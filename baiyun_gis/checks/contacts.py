"""Where two lines touch or are joined, and whether they run on alongside each other from there.

What touches is set aside around the contact. Pieces that part at 15° or more are clear of each
other beyond it; pieces that run on alongside may lie in each other for a long way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.checks.leaving import ALONGSIDE_DEG, FIRST_CUT_M
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32, I64, Bool

_STRAIGHT = 1e-6
"""Lines that turn by less than this (tangent) go straight on but for rounding."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts of one `reason` (code of `joints.REASONS`), one a row of segment pairs.

    `at_a`, `at_b` (n, 2) are the points of both lines that meet there, `spare_m` is how far apart
    two surveys may put the one point.
    """

    rows: I64
    reason: int
    at_a: F64
    at_b: F64
    spare_m: F64

    def take(self, some: I64 | Bool) -> Contacts:
        """Some of the contacts."""
        columns = self.at_a[some], self.at_b[some], self.spare_m[some]
        return Contacts(self.rows[some], self.reason, *columns)


@dataclass(frozen=True, slots=True)
class Straight:
    """Segments in plan: start and unit direction (n, 2), NaN for upright ones, and length (m)."""

    start: F64
    way: F64
    length_m: F64

    def foot_m(self, point: F64) -> F64:
        """How far along the endless lines the feet of points (n, 2) lie."""
        return ((point - self.start) * self.way).sum(axis=1)

    def take(self, rows: I64) -> Straight:
        """Some of them."""
        return Straight(self.start[rows], self.way[rows], self.length_m[rows])


def straight(seg: Segments, k: I32) -> Straight:
    """Some segments as straight lines in plan."""
    start = np.column_stack([seg.x0[k], seg.y0[k]])
    step = np.column_stack([seg.x1[k], seg.y1[k]]) - start
    length = np.hypot(step[:, 0], step[:, 1])
    known = np.where(length > 0, length, np.nan)
    return Straight(start, step / known[:, None], length)


def with_all_said(
    seg: Segments, i: I32, j: I32, found: list[Contacts], rows: I64
) -> tuple[Contacts, ...]:
    """All that was found of the pairs (`i`, `j`) of which some contact leaves them alongside.

    `rows` is what the pairs are called.
    """
    is_along = np.zeros(len(i), dtype=np.bool_)
    for one in found:
        is_along[one.rows[_alongside(seg, i[one.rows], j[one.rows], one)]] = True
    if not is_along.any():
        return ()
    kept = (one.take(is_along[one.rows]) for one in found)
    return tuple(replace(one, rows=rows[one.rows]) for one in kept if len(one.rows))


def _alongside(seg: Segments, i: I32, j: I32, contacts: Contacts) -> I64:
    """Which contacts of segments `i`, `j` the two run on from alongside each other."""
    some = np.flatnonzero(is_along(seg, i, j))
    if not len(some):
        return some
    a, b, at = straight(seg, i[some]), straight(seg, j[some]), contacts.take(some)
    onward_a, back_a = _both_ways(a, at.at_a)
    onward_b, back_b = _both_ways(b, at.at_b)
    one_way = (onward_a & onward_b) | (back_a & back_b)
    other_way = (onward_a & back_b) | (back_a & onward_b)
    return some[np.where((a.way * b.way).sum(axis=1) > 0, one_way, other_way)]


def is_along(seg: Segments, i: I32, j: I32) -> Bool:
    """Whether segments `i`, `j` lie at less than 15° to each other; upright ones do not."""
    ux, uy = seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i]
    vx, vy = seg.x1[j] - seg.x0[j], seg.y1[j] - seg.y0[j]
    least = math.cos(math.radians(ALONGSIDE_DEG)) ** 2
    return np.square(ux * vx + uy * vy) > least * (ux * ux + uy * uy) * (vx * vx + vy * vy)


def is_straight_on(seg: Segments, k: I32, is_tip: Bool, step: int) -> Bool:
    """Whether the next segment (`step` 1, or −1 the one before) of the same line goes on in the
    direction of segments `k`; `is_tip` marks those that have none."""
    other = np.clip(k + step, 0, max(len(seg.x0) - 1, 0))
    ux, uy = seg.x1[k] - seg.x0[k], seg.y1[k] - seg.y0[k]
    vx, vy = seg.x1[other] - seg.x0[other], seg.y1[other] - seg.y0[other]
    dot, cross = ux * vx + uy * vy, ux * vy - uy * vx
    return ~is_tip[k] & (dot > 0) & (np.abs(cross) <= _STRAIGHT * dot)


def _both_ways(line: Straight, point: F64) -> tuple[Bool, Bool]:
    """Whether segments go further from points than the first cut, onward and back."""
    foot = line.foot_m(point)
    return line.length_m - foot > FIRST_CUT_M, foot > FIRST_CUT_M
