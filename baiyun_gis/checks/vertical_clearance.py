"""Vertical clearance (垂直净距): facing surfaces where the plan projections overlap."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.asked_of_pairs import Requirements
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.overlap_findings import Sighting, overlap_result
from baiyun_gis.checks.overlap_stretches import axis_rise, clearance_stretch
from baiyun_gis.checks.overlaps import stations_of, vertical_of
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.verdicts import is_violated
from baiyun_gis.checks.wavering import Place, over_stretch
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64


class VerticalClearanceCheck:
    """Nearer in height than the rule set allows where one line lies over the other."""

    name = "vertical_clearance"
    of_two_runs = True
    title = msg("Vertical clearance")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding a crossing, or a stretch along which one lies on the other."""
        return overlap_result(ctx, self.name, clearance)


def clearance(ctx: CheckContext, asked: Requirements) -> Sighting:
    """The distance of the facing surfaces."""
    overlaps = ctx.overlaps
    actual, is_open = overlaps.heights.clearance, ~overlaps.heights_known
    some = np.flatnonzero(is_open)
    required = asked.required_m[overlaps.rows[some]]
    in_reach = actual[some] < required + UNKNOWN_HALF_M
    is_open[some] = in_reach & ~is_violated(actual[some], required)
    return Sighting(
        actual_m=actual,
        is_open=is_open,
        near=lambda part: _facing(ctx, part),
        place=lambda part: _place(ctx, part, asked.required_m[overlaps.rows[part]]),
        failing=lambda part, limit: clearance_stretch(ctx, part, limit),
    )


def _place(ctx: CheckContext, part: I64, required_m: F64) -> Place:
    """Where the surfaces of overlaps `part` come nearest."""
    overlaps, rise = ctx.overlaps, axis_rise(ctx, part)
    sign = np.where(overlaps.heights.a_above[part], 1.0, -1.0)
    at = beside(*stations_of(ctx, part))
    more = sign * (rise.to_m - rise.from_m)
    return over_stretch(ctx, part, rise, at=at, more_m=more, required_m=required_m)


def _facing(ctx: CheckContext, part: I64) -> tuple[F64, F64]:
    """The facing points of both surfaces, one above the other; levels NaN where unknown."""
    seg, vertical = ctx.snapshot.segments, vertical_of(ctx, part)
    i, station = ctx.pairs.i[ctx.overlaps.rows[part]], stations_of(ctx, part)[0]
    x = seg.x0[i] + (seg.x1[i] - seg.x0[i]) * station
    y = seg.y0[i] + (seg.y1[i] - seg.y0[i]) * station
    x = np.where(np.isnan(vertical.x), x, vertical.x)
    y = np.where(np.isnan(vertical.y), y, vertical.y)
    origin = ctx.snapshot.origin
    x, y = x + origin[0], y + origin[1]
    return beside(x, y, vertical.za), beside(x, y, vertical.zb)


CHECK = VerticalClearanceCheck()
