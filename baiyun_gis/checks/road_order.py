"""Order of planned lines across a road, from the red line to the centre line (4.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult, not_run, without_rules
from baiyun_gis.checks.line_order import ABREAST_M, Edges, order_result, straight_edges
from baiyun_gis.language import msg
from baiyun_gis.model.columns import I64
from baiyun_gis.model.vocabulary import StructureKind

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

HALF_ROAD_M = 20.0
"""Lines further from the centre line are not taken to lie in the road: red lines are not
recorded."""


class RoadOrderCheck:
    """A planned line on the wrong side of another, seen from the road's centre line."""

    name = "road_order"
    of_two_runs = True
    title = msg("Order across a road")
    reach_m = ABREAST_M
    things_reach_m = HALF_ROAD_M

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding for two lines that lie abreast in the wrong order."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        snapshot, structures = ctx.snapshot, ctx.snapshot.state.structures
        rows = ctx.of_things("centre lines", self.name, lambda: _centre_lines(snapshot))
        if not len(rows):
            reason = msg("not checked: no centre lines of roads are recorded")
            return not_run(self.name, reason)

        def edges() -> Edges:
            shapes = np.asarray(structures.geometry, dtype=object)[rows]
            return straight_edges(shapes, rows, snapshot.origin, inward=-1)

        return order_result(ctx, self.name, edges, within_m=HALF_ROAD_M)


def _centre_lines(snapshot: Snapshot) -> I64:
    """Structures of the day that are centre lines of roads."""
    is_centre = snapshot.state.structures.kind == StructureKind.ROAD_CENTRE
    return (is_centre & snapshot.structures_alive).nonzero()[0]


CHECK = RoadOrderCheck()
