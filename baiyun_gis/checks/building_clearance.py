"""Distance of lines to buildings: wall to foundation outline or outer wall, as the clause says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from baiyun_gis.checks.building_findings import BuildingQuestion, building_result
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.deep_lines import deep_requirement
from baiyun_gis.language import msg
from baiyun_gis.rules.remembered import remembered


class BuildingClearanceCheck:
    """Nearer to a building than the rule set allows; what lies under it is an occupation."""

    name = "building_clearance"
    beside = "buildings"
    title = msg("Clearance to buildings")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches of lines too near a building."""
        from baiyun_gis.rules.resolver import resolve_buildings

        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        rules = resolve_buildings(ctx.rules, ctx.classes)
        to_foundation = rules.measured_to == "foundation"
        parts: list[BuildingQuestion] = []
        for foundation in (True, False):
            asks = (to_foundation == foundation).astype(np.bool_)
            parts.append(
                BuildingQuestion(
                    required_m=np.where(asks, rules.required_m, np.nan),
                    requirement=rules.requirement,
                    outlines=ctx.foundations if foundation else ctx.footprints,
                )
            )
        deep = ctx.rules.settings.deep_foundation
        requirements = rules.requirements
        if deep is not None:
            parts[0] = replace(parts[0], deep=deep, deep_requirement=len(requirements))
            listed = requirements
            requirements = remembered(
                ctx.rules,
                "with the depth of foundations",
                listed,
                lambda: (*listed, deep_requirement(ctx, deep)),
            )
        return building_result(ctx, self.name, parts, requirements, inside="reported_as_occupation")


CHECK = BuildingClearanceCheck()
