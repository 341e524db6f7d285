"""Angle at which lines cross railways and roads.

So that it is a length like every other measure, an angle counts as how far the line gets from the
axis it crosses within 10 m: 10 m × sine of the angle. The sentence says degrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.structure_shapes import Edges, edges_of, paired
from baiyun_gis.checks.thing_findings import (
    Sighted,
    Things,
    nothing_seen,
    point_on,
    run_chainage,
    thing_result,
    things_of,
)
from baiyun_gis.kernels.plan import plan_crossing
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32
from baiyun_gis.rules.ruleset import SIDEWAYS_M

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


class CrossingAngleCheck:
    """A line that crosses a railway or road at a smaller angle than the rule set asks."""

    name = "crossing_angle"
    beside = "structures"
    title = msg("Angle of crossings")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding a crossing that is too slanting."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        things, edges, boxes = ctx.of_things("edges", self.name, lambda: _things(ctx, self.name))
        i, k = _near(ctx, edges, boxes)
        asked, subjects = things.rules.requirements, things.answered(ctx)
        if not len(i):
            return nothing_seen(ctx, self.name, asked, subjects=subjects)
        return thing_result(
            ctx, self.name, _sighted(ctx, things, edges, (i, k)), asked, subjects=subjects
        )


def _things(ctx: CheckContext, check: str) -> tuple[Things, Edges, F64]:
    """What is crossed, as edges with their boxes."""
    things = things_of(ctx, check)
    edges = edges_of(ctx.snapshot, things.wanted)
    return things, edges, edges.boxes()


def _near(ctx: CheckContext, edges: Edges, boxes: F64) -> tuple[I32, I32]:
    """Segments and edges that may cross."""
    snapshot, seg = ctx.snapshot, ctx.snapshot.segments
    looks = np.where(snapshot.may_ask[seg.pipe], 0.0, np.nan)
    i, k = candidate_polygon_pairs(seg, boxes, looks)
    asked = snapshot.asks_with(seg.pipe[i], "structures", edges.structure[k])
    return i[asked], k[asked]


def _sighted(ctx: CheckContext, things: Things, edges: Edges, near: tuple[I32, I32]) -> Sighted:
    snapshot, (i, k) = ctx.snapshot, near
    seg, columns = snapshot.segments, snapshot.columns
    meet = plan_crossing(*paired(seg, i, edges, k))
    hit = np.flatnonzero(meet.crosses & ~np.isnan(meet.angle_deg))
    i, structure, t = i[hit], edges.structure[k[hit]], meet.ta[hit]
    angle = np.radians(meet.angle_deg[hit])
    pipe = seg.pipe[i]
    required, requirement = things.numbers(ctx, pipe, structure)
    length = np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    turn = np.hypot(columns.sigma_xy0[i], columns.sigma_xy1[i]) / np.maximum(length, 1e-6)
    spot, at = point_on(snapshot, i, t), run_chainage(snapshot, i, t)
    return Sighted(
        i=i,
        structure=structure,
        actual_m=SIDEWAYS_M * np.sin(angle),
        required_m=required,
        sigma_m=SIDEWAYS_M * np.cos(angle) * turn,
        requirement=requirement,
        unsure=np.zeros(len(i), dtype=np.bool_),
        reason=things.reasons(ctx, pipe, structure),
        near_a=spot,
        near_b=spot,
        wide=(at, at),
        nominal=(at, at),
        remark=np.full(len(i), "", dtype=object),
    )


CHECK = CrossingAngleCheck()
