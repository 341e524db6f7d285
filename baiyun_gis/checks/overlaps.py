"""Where pipes lie over each other in plan: at crossings and along stretches.

A crossing is where the axes meet at the rule set's angle or more; the vertical distance is taken
at that point. Elsewhere one line lies on top of the other and the least distance over the
overlap counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.verdicts import TOLERANCE_M
from baiyun_gis.kernels.plain_crossings import crossing_doubts
from baiyun_gis.kernels.plan import PlanCrossing
from baiyun_gis.kernels.vertical import VerticalClearance, vertical_clearance
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Segment pairs that overlap in plan away from joints; `rows` indexes `PipePairs`.

    `at_t`, `at_b` are the stations on both segments where they are measured. `vertical` is
    measured with unknown heights counted as 0. `doubt_m` is the largest deviation that the height
    of a crossing can have.
    """

    rows: I64
    at_t: F64
    at_b: F64
    is_crossing: Bool
    vertical: VerticalClearance
    levels_known: Bool
    heights_known: Bool
    doubt_m: F64


def overlaps_of(ctx: CheckContext) -> Overlaps:
    """All segment pairs whose plan projections overlap or whose axes meet, but for joints."""
    pairs, snapshot = ctx.pairs, ctx.snapshot
    ctx.job.step(0.0, msg("Measuring vertical distances"))
    angle = ctx.rules.settings.crossing_angle_deg
    is_crossing = pairs.crosses & (pairs.angle_deg >= angle)
    # Walls drawn touching in plan overlap or not by rounding: by the tolerance they do not.
    over = (pairs.plan.gap < -TOLERANCE_M) | pairs.crosses
    rows = np.flatnonzero(over & (pairs.joints.aside(0.0) == 0))
    crossing = is_crossing[rows]
    i, j = pairs.i[rows], pairs.j[rows]
    seg, columns = snapshot.segments, snapshot.columns
    at_a = np.where(crossing, pairs.cross_ta[rows], pairs.plan.ta[rows])
    at_b = np.where(crossing, pairs.cross_tb[rows], pairs.plan.tb[rows])
    meeting = PlanCrossing(
        pairs.crosses[rows], pairs.cross_ta[rows], pairs.cross_tb[rows], pairs.angle_deg[rows]
    )
    doubts = crossing_doubts(
        seg,
        i,
        j,
        sigma_xy_m=np.maximum(columns.sigma_xy0, columns.sigma_xy1),
        sigma_z_m=np.maximum(columns.sigma_z0, columns.sigma_z1),
    )
    return Overlaps(
        rows=rows,
        at_t=at_a,
        at_b=at_b,
        is_crossing=crossing,
        vertical=vertical_clearance(seg, i, j, crossing_angle_deg=angle, meeting=meeting),
        levels_known=columns.level_known[i] & columns.level_known[j],
        heights_known=columns.height_known[i] & columns.height_known[j],
        doubt_m=doubts,
    )
