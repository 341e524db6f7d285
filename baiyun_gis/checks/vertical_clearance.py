"""Vertical clearance (垂直净距): facing surfaces where the plan projections overlap."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.asked_of_pairs import Requirements
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.overlap_findings import Sighting, overlap_result
from baiyun_gis.checks.overlap_stretches import axis_rise, clearance_stretch
from baiyun_gis.checks.overlaps import Lying
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.wavering import Place, over_stretch
from baiyun_gis.kernels.facing import Facing, facing_points
from baiyun_gis.kernels.vertical import A_ABOVE, CLEARANCE, wall_table
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
    surfaces = _Surfaces(ctx)
    return Sighting(
        room_m=ctx.overlaps.heights.clearance,
        unknown_m=UNKNOWN_HALF_M,
        measured=surfaces.measured,
        worst=surfaces.worst,
        failing=lambda lying, limit: clearance_stretch(ctx, lying, surfaces.facing(lying), limit),
    )


class _Surfaces:
    """The facing surfaces of the overlaps that were measured."""

    def __init__(self, ctx: CheckContext) -> None:
        self._ctx = ctx
        self._part = np.zeros(0, dtype=np.int64)
        self._walls = np.zeros((0, 6))
        """Of all that were measured, NaN at crossings; as in `wall_table`."""

    def measured(self, lying: Lying) -> F64:
        """Their distance."""
        heights = self._ctx.overlaps.heights
        along = (~lying.is_crossing).nonzero()[0]
        self._part = lying.part
        self._walls = np.full((len(lying.part), 6), np.nan)
        actual = heights.clearance[lying.part]
        if len(along):
            self._walls[along] = wall_table(
                self._ctx.snapshot.segments,
                lying.i[along],
                lying.j[along],
                crossing_angle_deg=self._ctx.rules.settings.crossing_angle_deg,
                overlap=True,
            )
            actual[along] = self._walls[along, CLEARANCE]
        return actual

    def facing(self, lying: Lying) -> Facing:
        """How they face each other; of some that were measured."""
        place, crosses = self._part.searchsorted(lying.part), lying.is_crossing
        at_crossing = self._ctx.overlaps.heights.a_above[lying.part]
        above = np.where(crosses, at_crossing, self._walls[place, A_ABOVE] > 0.0)
        return Facing(crosses, lying.at, above, place, self._walls)

    def worst(self, lying: Lying, required_m: F64) -> tuple[Place, F64, F64]:
        """Where they come nearest, and the facing points."""
        ctx, facing = self._ctx, self.facing(lying)
        rise, sign = axis_rise(ctx, lying), np.where(facing.above, 1.0, -1.0)
        more, at = sign * (rise.to_m - rise.from_m), beside(*lying.at)
        place = over_stretch(ctx, lying.part, rise, at=at, more_m=more, required_m=required_m)
        x, y = ctx.snapshot.origin.tolist()
        return place, *facing_points(ctx.snapshot.segments, lying.i, lying.j, facing, (x, y))


CHECK = VerticalClearanceCheck()
