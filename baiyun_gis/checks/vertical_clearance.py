"""Vertical clearance (垂直净距): facing surfaces where the plan projections overlap."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.overlap_findings import Sighting, overlap_result
from baiyun_gis.checks.overlap_stretches import axis_rise, clearance_stretch
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M, Requirements
from baiyun_gis.checks.verdicts import is_violated
from baiyun_gis.checks.wavering import over_stretch
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64


class VerticalClearanceCheck:
    """Nearer in height than the rule set allows where one line lies over the other."""

    name = "vertical_clearance"
    title = msg("Vertical clearance")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding a crossing, or a stretch along which one lies on the other."""
        return overlap_result(ctx, self.name, clearance)


def clearance(ctx: CheckContext, asked: Requirements) -> Sighting:
    """The distance of the facing surfaces."""
    overlaps = ctx.overlaps
    actual = overlaps.vertical.clearance
    required = asked.required_m[overlaps.rows]
    in_reach = actual < required + UNKNOWN_HALF_M
    near_a, near_b = _facing(ctx)
    rise = axis_rise(ctx, np.arange(len(overlaps.rows)))
    sign = np.where(overlaps.vertical.a_above, 1.0, -1.0)
    at = np.column_stack([overlaps.at_t, overlaps.at_b])
    place = over_stretch(ctx, rise, at=at, more_m=sign * (rise.to_m - rise.from_m))
    return Sighting(
        actual_m=actual,
        is_open=~overlaps.heights_known & in_reach & ~is_violated(actual, required),
        near_a=near_a,
        near_b=near_b,
        place=place,
        failing=lambda part, limit: clearance_stretch(ctx, part, limit),
    )


def _facing(ctx: CheckContext) -> tuple[F64, F64]:
    """The facing points of both surfaces, one above the other; levels NaN where unknown."""
    pairs, overlaps, seg = ctx.pairs, ctx.overlaps, ctx.snapshot.segments
    i, station, vertical = pairs.i[overlaps.rows], overlaps.at_t, overlaps.vertical
    x = seg.x0[i] + (seg.x1[i] - seg.x0[i]) * station
    y = seg.y0[i] + (seg.y1[i] - seg.y0[i]) * station
    x = np.where(np.isnan(vertical.x), x, vertical.x)
    y = np.where(np.isnan(vertical.y), y, vertical.y)
    place = np.column_stack([x, y]) + ctx.snapshot.origin
    return np.column_stack([place, vertical.za]), np.column_stack([place, vertical.zb])


CHECK = VerticalClearanceCheck()
