"""Distance of lines below the base of culverts and the underside of rails and open channels."""

from __future__ import annotations

from baiyun_gis.checks.beneath import beneath_result
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.language import msg


class StructureVerticalClearanceCheck:
    """Nearer below a culvert, rail or channel than the rule set allows."""

    name = "structure_vertical_clearance"
    beside = "structures"
    title = msg("Clearance below culverts, rails and channels")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding where a line passes under a structure too near its recorded level."""
        return beneath_result(
            ctx, self.name, level_missing="structure_level_unknown", may_pass_above=True
        )


CHECK = StructureVerticalClearanceCheck()
