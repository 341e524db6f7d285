"""Lines under watercourses: how far the top of the body lies below the planned bed."""

from __future__ import annotations

from baiyun_gis.checks.beneath import beneath_result
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.language import msg


class RiverBedCheck:
    """Less below the bed of a river or channel than the rule set asks for its class."""

    name = "river_bed"
    beside = "structures"
    title = msg("Cover below river beds")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches of lines too shallow under a bed; the bed is the structure's level."""
        return beneath_result(
            ctx, self.name, level_missing="bed_level_unknown", may_pass_above=False
        )


CHECK = RiverBedCheck()
