"""Where along an overlap a vertical requirement fails, and where the axes lie worst.

Stations are 0–1 on `a`'s segment. Beside a crossing one line lies on top of the other: there the
distance of the facing surfaces is convex along the axis, that of the axes straight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.overlaps import stations_of, vertical_of
from baiyun_gis.checks.pairs import along_run
from baiyun_gis.checks.verdicts import TOLERANCE_M
from baiyun_gis.kernels.axis_rises import axis_rises
from baiyun_gis.kernels.facing import failing_stations
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32, I64

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


@dataclass(frozen=True, slots=True)
class AxisRise:
    """How far `a`'s axis lies above `b`'s at both ends of an overlap, and where that is.

    At a crossing both ends are the crossing. `from_b`, `to_b` are stations on `b`'s segment.
    """

    from_t: F64
    to_t: F64
    from_b: F64
    to_b: F64
    from_m: F64
    to_m: F64

    def part(self, rows: I64) -> AxisRise:
        """The same of some overlaps."""
        columns = (self.from_t, self.to_t, self.from_b, self.to_b, self.from_m, self.to_m)
        return AxisRise(*(column[rows] for column in columns))


def clearance_stretch(ctx: CheckContext, part: I64, required_m: F64) -> tuple[F64, F64]:
    """Where the facing surfaces of overlaps `part` are nearer than required, along `a`'s run.

    At a crossing it is the whole overlap.
    """
    overlaps, pairs = ctx.overlaps, ctx.pairs
    seg, rows = ctx.snapshot.segments, overlaps.rows[part]
    i, j = pairs.i[rows], pairs.j[rows]
    from_t, to_t = overlaps.stretches.of(ctx, part)
    beside = np.flatnonzero(~overlaps.is_crossing[part] & ~np.isnan(from_t))
    if len(beside):
        vertical = vertical_of(ctx, part[beside])
        worst = _station(seg, i[beside], vertical.x, vertical.y)
        from_t[beside], to_t[beside] = failing_stations(
            seg,
            i[beside],
            j[beside],
            vertical.a_above,
            span=(from_t[beside], to_t[beside]),
            worst=worst,
            limit_m=required_m[beside] - TOLERANCE_M,
        )
    return along_run(ctx.snapshot, pairs, rows, from_t, to_t, stations_of(ctx, part)[0])


def axis_rise(ctx: CheckContext, part: I64) -> AxisRise:
    """The axes of overlaps `part` where both are there, as far as the strips overlap."""
    overlaps, pairs = ctx.overlaps, ctx.pairs
    rows, beside = overlaps.rows[part], ~overlaps.is_crossing[part]
    span = np.full((2, len(part)), np.nan)
    span[:, beside] = overlaps.stretches.of(ctx, part[beside])
    return AxisRise(
        *axis_rises(
            ctx.snapshot.segments,
            pairs.i[rows],
            pairs.j[rows],
            beside=beside,
            at=stations_of(ctx, part),
            span=(span[0], span[1]),
        )
    )


def below_limit(from_t: F64, to_t: F64, from_m: F64, to_m: F64, limit_m: F64) -> tuple[F64, F64]:
    """The part of straight stretches below a limit; all of it where nothing is below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = from_t + (to_t - from_t) * (limit_m - from_m) / (to_m - from_m)
    low, high = from_m < limit_m, to_m < limit_m
    return np.where(high & ~low, turn, from_t), np.where(low & ~high, turn, to_t)


def _station(seg: Segments, i: I32, x: F64, y: F64) -> F64:
    dx, dy = seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i]
    along = (x - seg.x0[i]) * dx + (y - seg.y0[i]) * dy
    return along / np.maximum(dx * dx + dy * dy, 1e-12)
