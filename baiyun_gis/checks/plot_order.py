"""Order of planned lines inside a plot, from the building outward (4.1.4)."""

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

BESIDE_M = 10.0
"""Lines further from a building are not taken to lie along it."""
_AREAS = (3, 6)


class PlotOrderCheck:
    """A planned line on the wrong side of another, seen from the building of the plot."""

    name = "plot_order"
    of_two_runs = True
    title = msg("Order inside a plot")
    reach_m = ABREAST_M
    things_reach_m = BESIDE_M

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding for two lines that lie abreast in the wrong order."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        snapshot = ctx.snapshot
        structures = snapshot.state.structures
        if not (structures.kind == StructureKind.PARCEL).any():
            reason = msg("not checked: no plots are recorded, so what lies inside one is unknown")
            return not_run(self.name, reason)
        if not len(snapshot.state.buildings):
            return not_run(self.name, msg("not checked: the project holds no buildings"))

        def edges() -> Edges:
            rows = _in_plots(ctx)
            shapes = np.asarray(snapshot.state.buildings.geometry, dtype=object)[rows]
            return straight_edges(shapes, rows, snapshot.origin, inward=1)

        return order_result(ctx, self.name, edges, within_m=BESIDE_M)


def _in_plots(ctx: CheckContext) -> I64:
    """Buildings of the day whose middle lies in a plot of the day."""
    import shapely

    snapshot = ctx.snapshot
    structures, buildings = snapshot.state.structures, snapshot.state.buildings
    plots = np.asarray(structures.geometry, dtype=object)[
        (structures.kind == StructureKind.PARCEL)
        & snapshot.structures_alive
        & np.isin(shapely.get_type_id(structures.geometry), _AREAS)
    ]
    shapes = np.asarray(buildings.geometry, dtype=object)
    rows = np.flatnonzero(snapshot.buildings_alive & np.isin(shapely.get_type_id(shapes), _AREAS))
    middles = shapely.centroid(shapes[rows])
    k, _ = shapely.STRtree(plots).query(middles, predicate="intersects")
    return rows[np.unique(k)]


CHECK = PlotOrderCheck()
