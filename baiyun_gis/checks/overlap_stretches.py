"""Where along an overlap a vertical requirement fails, and where the axes lie worst.

Stations are 0–1 on `a`'s segment. Beside a crossing one line lies on top of the other: there the
distance of the facing surfaces is convex along the axis, that of the axes straight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.overlaps import Lying
from baiyun_gis.checks.pairs import along_run
from baiyun_gis.checks.verdicts import TOLERANCE_M
from baiyun_gis.kernels.axis_rises import axis_rises
from baiyun_gis.kernels.facing import Facing, failing_stretches
from baiyun_gis.model.columns import F64

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


def clearance_stretch(
    ctx: CheckContext, lying: Lying, facing: Facing, required_m: F64
) -> tuple[F64, F64]:
    """Where the facing surfaces of overlaps are nearer than required, along `a`'s run.

    At a crossing it is the whole overlap.
    """
    return failing_stretches(
        ctx.snapshot.segments,
        lying.i,
        lying.j,
        facing,
        span=lying.span,
        limit_m=required_m - TOLERANCE_M,
        runs=ctx.along_runs,
    )


def overlap_stretch(ctx: CheckContext, lying: Lying) -> tuple[F64, F64]:
    """All of overlaps along `a`'s run."""
    from_t, to_t = lying.span
    return along_run(ctx.snapshot, ctx.pairs, lying.rows, from_t, to_t, lying.at[0])


def axis_rise(ctx: CheckContext, lying: Lying) -> AxisRise:
    """The axes of overlaps where both are there, as far as the strips overlap."""
    beside, seg = ~lying.is_crossing, ctx.snapshot.segments
    at, span = lying.at, lying.span
    return AxisRise(*axis_rises(seg, lying.i, lying.j, beside=beside, at=at, span=span))


def below_limit(from_t: F64, to_t: F64, from_m: F64, to_m: F64, limit_m: F64) -> tuple[F64, F64]:
    """The part of straight stretches below a limit; all of it where nothing is below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = from_t + (to_t - from_t) * (limit_m - from_m) / (to_m - from_m)
    low, high = from_m < limit_m, to_m < limit_m
    return np.where(high & ~low, turn, from_t), np.where(low & ~high, turn, to_t)
