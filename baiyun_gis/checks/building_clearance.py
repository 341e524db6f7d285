"""Distance of lines to buildings: wall to foundation outline or outer wall, as the clause says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.building_findings import BuildingQuestion, building_result
from baiyun_gis.checks.check import CheckContext, CheckResult, without_rules
from baiyun_gis.checks.deep_lines import deep_requirement
from baiyun_gis.language import msg
from baiyun_gis.rules.remembered import remembered

if TYPE_CHECKING:
    from baiyun_gis.rules.resolver import SingleRequirements
    from baiyun_gis.rules.ruleset import DeepFoundation


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
        deep = ctx.rules.settings.deep_foundation
        listed = requirements = rules.requirements
        if deep is not None:
            requirements = remembered(
                ctx.rules,
                "with the depth of foundations",
                listed,
                lambda: (*listed, deep_requirement(ctx, deep)),
            )
        parts = ctx.of_things("questions", self.name, lambda: _questions(ctx, rules, deep))
        return building_result(ctx, self.name, parts, requirements, inside="reported_as_occupation")


def _questions(
    ctx: CheckContext, rules: SingleRequirements, deep: DeepFoundation | None
) -> tuple[BuildingQuestion, BuildingQuestion]:
    """What is asked of the distance to foundations, and what to outer walls."""
    to_foundation = rules.measured_to == "foundation"
    foundation, wall = (
        BuildingQuestion(
            required_m=np.where(to_foundation == is_foundation, rules.required_m, np.nan),
            requirement=rules.requirement,
            outlines=ctx.foundations if is_foundation else ctx.footprints,
        )
        for is_foundation in (True, False)
    )
    if deep is not None:
        foundation = replace(foundation, deep=deep, deep_requirement=len(rules.requirements))
    return foundation, wall


CHECK = BuildingClearanceCheck()
