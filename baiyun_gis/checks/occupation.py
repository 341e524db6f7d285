"""Occupation (占压): a line with a building on top of it."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.building_findings import BuildingQuestion, building_result
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.language import msg


class OccupationCheck:
    """The plan projections of line and footprint overlap; needs no number from a rule set."""

    name = "occupation"
    beside = "buildings"
    title = msg("Building on a line")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches of lines that lie under a building; service connections are set aside."""
        count = ctx.classes.count
        question = BuildingQuestion(
            required_m=np.zeros(count),
            requirement=np.full(count, -1, dtype=np.int32),
            outlines=ctx.footprints,
        )
        return building_result(ctx, self.name, (question,), ())


CHECK = OccupationCheck()
