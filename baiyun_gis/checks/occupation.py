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
        question = ctx.of_things("questions", self.name, lambda: _question(ctx))
        return building_result(ctx, self.name, (question,), ())


def _question(ctx: CheckContext) -> BuildingQuestion:
    count = ctx.classes.count
    nothing = np.full(count, -1, dtype=np.int32)
    return BuildingQuestion(np.zeros(count), nothing, ctx.footprints)


CHECK = OccupationCheck()
