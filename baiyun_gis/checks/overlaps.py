"""Where pipes lie over each other in plan: at crossings and along stretches.

A crossing is where the axes meet at the rule set's angle or more; the vertical distance is taken
at that point. Elsewhere one line lies on top of the other and the least distance over the
overlap counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.asked_of_pairs import required_by_cell_m
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M, plan_of
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.first_look import OVER
from baiyun_gis.kernels.plain_crossings import CrossingHeights, Enough, crossing_heights
from baiyun_gis.kernels.plan import plan_stretch
from baiyun_gis.kernels.vertical import VerticalClearance, vertical_clearance
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


_SPARE_M = UNKNOWN_HALF_M + 0.01
"""Beyond what is asked by more than this nobody looks, whatever the size."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Segment pairs that overlap in plan away from joints; `rows` indexes `PipePairs`.

    `heights` are measured with unknown ones counted as 0, and where there is far more room than any
    rule asks only so far as to know that; beside crossings its `rise` and `doubt`
    (the largest deviation that a height can have) are of no use, and `beside` says of the rows
    `beside_at` where the clearance is. `stretches` are the
    stations on `a` from which to which they overlap, `stations` those on both where they are
    measured.
    """

    rows: I64
    is_crossing: Bool
    heights: CrossingHeights
    beside_at: I64
    beside: VerticalClearance
    levels_known: Bool
    heights_known: Bool
    stretches: OncePerOverlap
    stations: OncePerOverlap


Find = Callable[["CheckContext", I64], tuple[F64, F64]]
"""Two numbers of rows of `PipePairs`."""


class OncePerOverlap:
    """Two numbers of overlaps, found for each the first time it is asked for, on any thread."""

    def __init__(self, count: int, find: Find) -> None:
        self._known = np.zeros(count, dtype=np.bool_)
        self._both = np.empty((2, count))
        self._find = find
        self._finding = RLock()

    def of(self, ctx: CheckContext, part: I64) -> tuple[F64, F64]:
        """Those of overlaps `part`."""
        with self._finding:
            new = part[~self._known[part]]
            if len(new):
                self._both[0][new], self._both[1][new] = self._find(ctx, ctx.overlaps.rows[new])
                self._known[new] = True
        return self._both[0][part], self._both[1][part]


def _reach_of(ctx: CheckContext, rows: I64) -> tuple[F64, F64]:
    """From and to station along `a` where two overlap; NaN where they do not."""
    i, j = ctx.pairs.i[rows], ctx.pairs.j[rows]
    return plan_stretch(ctx.snapshot.segments, i, j, np.zeros(len(rows)))


def _stations_of(ctx: CheckContext, rows: I64) -> tuple[F64, F64]:
    plan = plan_of(ctx, rows)[0]
    return plan.ta, plan.tb


def overlaps_of(ctx: CheckContext) -> Overlaps:
    """All segment pairs whose plan projections overlap or whose axes meet, but for joints."""
    pairs, seg, columns = ctx.pairs, ctx.snapshot.segments, ctx.snapshot.columns
    ctx.job.step(0.0, msg("Measuring vertical distances"))
    over = pairs.has(OVER)
    over[pairs.joints.rows[pairs.joints.aside(0.0) != 0]] = False
    rows = np.flatnonzero(over)
    i, j = pairs.i[rows], pairs.j[rows]
    is_crossing = pairs.is_crossing(rows)
    heights = crossing_heights(
        seg,
        i,
        j,
        sigma_xy_m=np.maximum(columns.sigma_xy0, columns.sigma_xy1),
        sigma_z_m=np.maximum(columns.sigma_z0, columns.sigma_z1),
        enough=Enough(_enough_m(ctx), pairs.cell[rows], POSSIBLE_SIGMAS),
    )
    beside_at = np.flatnonzero(~is_crossing)
    beside = _vertical(ctx, rows[beside_at])
    heights.clearance[beside_at] = beside.clearance
    heights.a_above[beside_at] = beside.a_above
    return Overlaps(
        rows=rows,
        is_crossing=is_crossing,
        heights=heights,
        beside_at=beside_at,
        beside=beside,
        levels_known=columns.level_known[i] & columns.level_known[j],
        heights_known=columns.height_known[i] & columns.height_known[j],
        stretches=OncePerOverlap(len(rows), _reach_of),
        stations=OncePerOverlap(len(rows), _stations_of),
    )


def _enough_m(ctx: CheckContext) -> F64:
    """Further apart than this nobody asks how far two lines are, by `PipePairs.cell`."""
    required = required_by_cell_m(ctx, "vertical_clearance")
    return ctx.of_things(
        "enough", "vertical_clearance", lambda: np.nan_to_num(required, nan=0.0) + _SPARE_M
    )


def _vertical(ctx: CheckContext, rows: I64) -> VerticalClearance:
    angle = ctx.rules.settings.crossing_angle_deg
    i, j = ctx.pairs.i[rows], ctx.pairs.j[rows]
    return vertical_clearance(ctx.snapshot.segments, i, j, crossing_angle_deg=angle)


def vertical_of(ctx: CheckContext, part: I64) -> VerticalClearance:
    """The vertical clearance of overlaps `part`, and where it is."""
    overlaps = ctx.overlaps
    crossing = overlaps.is_crossing[part]
    at_crossing = _vertical(ctx, overlaps.rows[part[crossing]])
    place = np.searchsorted(overlaps.beside_at, part[~crossing])

    def whole(one: F64, other: F64) -> F64:
        column = np.empty(len(part))
        column[crossing], column[~crossing] = one, other[place]
        return column

    one, other = at_crossing, overlaps.beside
    x, y = whole(one.x, other.x), whole(one.y, other.y)
    za, zb = whole(one.za, other.za), whole(one.zb, other.zb)
    clearance = whole(one.clearance, other.clearance)
    return VerticalClearance(clearance, overlaps.heights.a_above[part], x, y, za, zb)


def stations_of(ctx: CheckContext, part: I64) -> tuple[F64, F64]:
    """The stations on both segments where overlaps `part` are measured."""
    return ctx.overlaps.stations.of(ctx, part)
