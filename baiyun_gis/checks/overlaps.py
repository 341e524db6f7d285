"""Where pipes lie over each other in plan: at crossings and along stretches.

A crossing is where the axes meet at the rule set's angle or more; the vertical distance is taken
at that point. Elsewhere one line lies on top of the other and the least distance over the
overlap counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.asked_of_pairs import required_by_cell_m
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.abreast import Abreast, abreast
from baiyun_gis.kernels.first_look import OVER
from baiyun_gis.kernels.overlapping import Joined
from baiyun_gis.kernels.plain_crossings import CrossingHeights, Enough, crossing_heights
from baiyun_gis.kernels.stations import Runs
from baiyun_gis.kernels.stations import runs_of as by_segment
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.pairs import PipePairs


_SPARE_M = UNKNOWN_HALF_M + 0.01
"""Beyond what is asked by more than this nobody looks, whatever the size."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Segment pairs that overlap in plan away from joints; `rows` indexes `PipePairs`, ascending.

    `examined` are these and after them all that are joined where they lie.
    `heights` are measured with unknown ones counted as 0, and where there is far more room than any
    rule asks only so far as to know that; `doubt` is the largest deviation that a height can have.
    Beside crossings they are of no use.
    """

    rows: I64
    examined: I64
    is_crossing: Bool
    heights: CrossingHeights
    levels_known: Bool
    heights_known: Bool


@dataclass(frozen=True, slots=True)
class Lying:
    """Overlaps `part` of a context: their segment pairs `rows` of segments `i`, `j`, the stations
    `at` (2, n) on both where they are measured, and `span` (2, n) from and to station on `i` where
    the walls lie over each other in plan."""

    part: I64
    rows: I64
    i: I32
    j: I32
    is_crossing: Bool
    at: F64
    span: F64

    def only(self, some: I64) -> Lying:
        """Some of them."""
        of = self.part[some], self.rows[some], self.i[some], self.j[some], self.is_crossing[some]
        return Lying(*of, self.at.take(some, axis=1), self.span.take(some, axis=1))


def lying_of(ctx: CheckContext, part: I64) -> tuple[Lying, Abreast]:
    """Where overlaps `part` lie over each other."""
    overlaps, pairs = ctx.overlaps, ctx.pairs
    rows = overlaps.rows[part]
    plan = abreast_of(ctx, rows, np.zeros(len(part)))
    of = part, rows, pairs.i[rows], pairs.j[rows], overlaps.is_crossing[part]
    return Lying(*of, plan.at, plan.span), plan


def abreast_of(ctx: CheckContext, rows: I64, within_m: F64) -> Abreast:
    """How segment pairs lie to each other in plan; as `kernels.abreast.abreast`."""
    pairs, seg, angle = ctx.pairs, ctx.snapshot.segments, ctx.rules.settings.crossing_angle_deg
    i, j = pairs.i[rows], pairs.j[rows]
    return abreast(seg, i, j, within_m, runs=runs_of(ctx), crossing_angle_deg=angle)


def joined_of(pairs: PipePairs) -> Joined:
    """What joints explain, as the kernels read it."""
    joints = pairs.joints
    return Joined(joints.rows, joints.reason, joints.distance_m, joints.width_m, INFLUENCE)


def runs_of(ctx: CheckContext) -> Runs:
    """Where segments lie along their runs."""
    topology = ctx.snapshot.topology
    return by_segment(ctx.snapshot.segments, topology.run_offset_m, topology.run_sign)


def overlaps_of(ctx: CheckContext) -> Overlaps:
    """All segment pairs whose plan projections overlap or whose axes meet, but for joints."""
    pairs, seg, columns = ctx.pairs, ctx.snapshot.segments, ctx.snapshot.columns
    ctx.job.step(0.0, msg("Measuring vertical distances"))
    over, joints = pairs.has(OVER), pairs.joints
    joined = joints.rows[joints.aside(0.0) != 0] if len(joints.rows) else joints.rows
    over[joined] = False
    rows = over.nonzero()[0]
    i, j = pairs.i[rows], pairs.j[rows]
    is_crossing = pairs.is_crossing(rows)
    heights = crossing_heights(
        seg,
        i,
        j,
        sigma_xy_m=np.maximum(columns.sigma_xy0, columns.sigma_xy1),
        sigma_z_m=np.maximum(columns.sigma_z0, columns.sigma_z1),
        enough=Enough(_enough_m(ctx), pairs.cell[rows], POSSIBLE_SIGMAS),
    )
    return Overlaps(
        rows=rows,
        examined=np.concatenate((rows, joined)) if len(joined) else rows,
        is_crossing=is_crossing,
        heights=heights,
        levels_known=columns.level_known[i] & columns.level_known[j],
        heights_known=columns.height_known[i] & columns.height_known[j],
    )


def _enough_m(ctx: CheckContext) -> F64:
    """Further apart than this nobody asks how far two lines are, by `PipePairs.cell`."""
    required = required_by_cell_m(ctx, "vertical_clearance")
    return ctx.of_things(
        "enough", "vertical_clearance", lambda: np.nan_to_num(required, nan=0.0) + _SPARE_M
    )
