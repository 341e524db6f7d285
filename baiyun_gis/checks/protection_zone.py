"""Buildings inside the protection zone of a gas line; what stands on the line is an occupation."""

from __future__ import annotations

from baiyun_gis.checks.building_findings import BuildingQuestion, building_result
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.language import msg


class ProtectionZoneCheck:
    """A building nearer to a line than the width of its protection zone, from the wall."""

    name = "protection_zone"
    beside = "buildings"
    title = msg("Building in a protection zone")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches of lines with a building in their zone."""
        from baiyun_gis.rules.resolver import resolve_protection

        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        rules = resolve_protection(ctx.rules, ctx.classes)
        question = BuildingQuestion(
            required_m=rules.required_m,
            requirement=rules.requirement,
            outlines=ctx.footprints,
        )
        return building_result(
            ctx, self.name, (question,), rules.requirements, inside="reported_as_occupation"
        )


CHECK = ProtectionZoneCheck()
