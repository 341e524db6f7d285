"""Vertical order: which of two lines must lie above where they cross or overlap."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.asked_of_pairs import Requirements
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.overlap_findings import Sighting, overlap_result
from baiyun_gis.language import msg


class VerticalOrderCheck:
    """The line that must be above lies below; measured axis to axis."""

    name = "vertical_order"
    of_two_runs = True
    title = msg("Vertical order")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding a crossing or overlap with the wrong line above."""
        return overlap_result(ctx, self.name, height_above)


def height_above(ctx: CheckContext, asked: Requirements) -> Sighting:
    """How far the axis that must be above lies above the other; negative: it lies below.

    Along an overlap the worst place counts; points are of the axes.
    """
    overlaps = ctx.overlaps
    above = np.where(asked.order[overlaps.rows] < 0, -1.0, 1.0)
    return Sighting(above * overlaps.heights.rise, -np.inf, of_axes=True)


CHECK = VerticalOrderCheck()
