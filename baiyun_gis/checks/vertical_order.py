"""Vertical order: which of two lines must lie above where they cross or overlap."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.asked_of_pairs import Requirements
from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.overlap_findings import Sighting, overlap_result
from baiyun_gis.checks.overlap_stretches import (
    AxisRise,
    axis_rise,
    below_limit,
    overlap_stretch,
)
from baiyun_gis.checks.overlaps import Lying
from baiyun_gis.checks.pairs import along_run
from baiyun_gis.checks.stretches import ROUNDING_M
from baiyun_gis.checks.verdicts import TOLERANCE_M
from baiyun_gis.checks.wavering import Place, over_stretch
from baiyun_gis.kernels.axis_rises import axis_points
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool


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

    last: list[tuple[Lying, tuple[AxisRise, F64, F64]]] = []

    def sign_of(rows: I64) -> F64:
        return np.where(asked.order[rows] < 0, -1.0, 1.0)

    room = sign_of(overlaps.rows) * overlaps.heights.rise

    def ends(lying: Lying) -> tuple[AxisRise, F64, F64]:
        if not last or last[0][0] is not lying:  # asked of the same overlaps more than once
            rise, sign = axis_rise(ctx, lying), sign_of(lying.rows)
            last[:] = [(lying, (rise, sign * rise.from_m, sign * rise.to_m))]
        return last[0][1]

    def measured(lying: Lying) -> F64:
        _, from_m, to_m = ends(lying)
        along = np.where(to_m < from_m - ROUNDING_M, to_m, from_m)
        return np.where(lying.is_crossing, room[lying.part], along)

    def worst(lying: Lying, _required_m: F64) -> tuple[Place, F64, F64]:
        rise, from_m, to_m = ends(lying)
        at = _worst_at(rise, to_m < from_m - ROUNDING_M)
        place = over_stretch(ctx, lying.part, rise, at=beside(*at), more_m=to_m - from_m)
        x, y = ctx.snapshot.origin.tolist()
        return place, *axis_points(ctx.snapshot.segments, lying.i, lying.j, at, (x, y))

    def failing(lying: Lying, required_m: F64) -> tuple[F64, F64]:
        rise, from_m, to_m = ends(lying)
        low, high = below_limit(rise.from_t, rise.to_t, from_m, to_m, required_m - TOLERANCE_M)
        span = along_run(ctx.snapshot, ctx.pairs, lying.rows, low, high, low)
        crosses = lying.is_crossing.nonzero()[0]
        if len(crosses):
            whole = overlap_stretch(ctx, lying.only(crosses))
            span[0][crosses], span[1][crosses] = whole
        return span

    return Sighting(room, -np.inf, measured, worst, failing)


def _worst_at(rise: AxisRise, at_end: Bool) -> F64:
    """Stations on both lines (2, n) where the order is worst: at the end or at the start."""
    at = np.empty((2, len(at_end)))
    at[0] = np.where(at_end, rise.to_t, rise.from_t)
    at[1] = np.where(at_end, rise.to_b, rise.from_b)
    return at


CHECK = VerticalOrderCheck()
