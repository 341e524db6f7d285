"""Vertical clearance (垂直净距): facing surfaces where the plan projections overlap."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.asked_of_pairs import Requirements
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.overlap_findings import Sighting, overlap_result
from baiyun_gis.checks.overlap_stretches import axis_rise, clearance_stretch
from baiyun_gis.checks.overlaps import Lying, facing_of
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.wavering import Place, over_stretch
from baiyun_gis.kernels.facing import facing_points
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64


class VerticalClearanceCheck:
    """Nearer in height than the rule set allows where one line lies over the other."""

    name = "vertical_clearance"
    of_two_runs = True
    title = msg("Vertical clearance")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding a crossing, or a stretch along which one lies on the other."""
        return overlap_result(ctx, self.name, clearance)


def clearance(ctx: CheckContext, _asked: Requirements) -> Sighting:
    """The distance of the facing surfaces."""
    overlaps = ctx.overlaps

    def worst(lying: Lying, required_m: F64) -> tuple[Place, F64, F64]:
        seg, facing, origin = ctx.snapshot.segments, facing_of(ctx, lying), ctx.snapshot.origin
        where = float(origin[0]), float(origin[1])
        return _place(ctx, lying, required_m), *facing_points(seg, lying.i, lying.j, facing, where)

    return Sighting(
        room_m=overlaps.heights.clearance,
        unknown_m=UNKNOWN_HALF_M,
        measured=lambda lying: overlaps.heights.clearance[lying.part],
        worst=worst,
        failing=lambda lying, limit: clearance_stretch(ctx, lying, limit),
    )


def _place(ctx: CheckContext, lying: Lying, required_m: F64) -> Place:
    """Where the surfaces of overlaps come nearest."""
    part, rise = lying.part, axis_rise(ctx, lying)
    sign = np.where(ctx.overlaps.heights.a_above[part], 1.0, -1.0)
    more = sign * (rise.to_m - rise.from_m)
    return over_stretch(ctx, part, rise, at=beside(*lying.at), more_m=more, required_m=required_m)


CHECK = VerticalClearanceCheck()
