"""Vertical clearance (垂直净距): facing surfaces where the plan projections overlap."""

from __future__ import annotations

from baiyun_gis.checks.asked_of_pairs import Requirements
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.overlap_findings import Sighting, overlap_result
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.language import msg


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
    return Sighting(ctx.overlaps.heights.clearance, UNKNOWN_HALF_M, of_axes=False)


CHECK = VerticalClearanceCheck()
