"""Where pipes lie over each other in plan: at crossings and along stretches.

A crossing is where the axes meet at the rule set's angle or more; the vertical distance is taken
at that point. Elsewhere one line lies on top of the other and the least distance over the
overlap counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.asked_of_pairs import required_by_cell_m
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.abreast import Abreast, abreast
from baiyun_gis.kernels.overlapping import Joined, KnownOfEach, lying_over, traits_of
from baiyun_gis.kernels.plain_crossings import CrossingHeights, Enough, crossing_heights
from baiyun_gis.kernels.segments import PairRows, table_of
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.pairs import PipePairs


_SPARE_M = UNKNOWN_HALF_M + 0.01
"""Beyond what is asked by more than this nobody looks, whatever the size."""


class Lain:
    """How overlaps lie to each other, kept as far as it was looked at last: checks of heights ask
    about much the same."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: tuple[I64, Abreast] | None = None

    def of(self, part: I64, look: Callable[[], Abreast]) -> Abreast:
        """How overlaps `part`, ascending, lie; `look` says so where it is not known of all."""
        if self._known is not None:
            known, plan = self._known
            at = known.searchsorted(part)
            if at[-1] < len(known) and (known[at] == part).all():
                return plan.part(at)
        plan = look()
        self._known = part, plan
        return plan


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
    heights: CrossingHeights
    is_crossing: Bool
    levels_known: Bool
    heights_known: Bool
    lain: Lain = field(default_factory=Lain)


def lain_of(ctx: CheckContext, part: I64) -> F64:
    """How overlaps `part` lie to each other in plan: columns of `Abreast`."""
    overlaps = ctx.overlaps
    rows = overlaps.rows[part]
    return overlaps.lain.of(part, lambda: abreast_of(ctx, rows, np.zeros(len(part)))).table


def abreast_of(ctx: CheckContext, rows: I64, within_m: F64) -> Abreast:
    """How segment pairs lie to each other in plan; as `kernels.abreast.abreast`."""
    pairs, seg, angle = ctx.pairs, ctx.snapshot.segments, ctx.rules.settings.crossing_angle_deg
    i, j = pairs.i[rows], pairs.j[rows]
    return abreast(seg, i, j, within_m, runs=ctx.along_runs, crossing_angle_deg=angle)


def joined_of(pairs: PipePairs) -> Joined:
    """What joints explain, as the kernels read it."""
    joints = pairs.joints
    return Joined(joints.rows, joints.reason, joints.distance_m, joints.width_m, INFLUENCE)


def overlaps_of(ctx: CheckContext) -> Overlaps:
    """All segment pairs whose plan projections overlap or whose axes meet, but for joints."""
    pairs, seg, columns = ctx.pairs, ctx.snapshot.segments, ctx.snapshot.columns
    ctx.job.step(0.0, msg("Measuring vertical distances"))
    examined, count = lying_over(pairs.marks, joined_of(pairs))
    rows = examined[:count]
    sigma = columns.sigma_xy0, columns.sigma_xy1, columns.sigma_z0, columns.sigma_z1
    enough = Enough(_enough_m(ctx), pairs.cell[rows], POSSIBLE_SIGMAS)
    heights = crossing_heights(seg, pairs.i[rows], pairs.j[rows], sigma_m=sigma, enough=enough)
    known, of = KnownOfEach(columns.level_known, columns.height_known), table_of(seg)
    traits = traits_of(pairs.marks, PairRows(of, pairs.i, pairs.j), rows, known)
    return Overlaps(rows, examined, heights, *traits)


def _enough_m(ctx: CheckContext) -> F64:
    """Further apart than this nobody asks how far two lines are, by `PipePairs.cell`."""
    required = required_by_cell_m(ctx, "vertical_clearance")
    return ctx.of_classes(
        "enough", "vertical_clearance", lambda: np.nan_to_num(required, nan=0.0) + _SPARE_M
    )
