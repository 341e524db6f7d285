"""How sure a measured distance of two lines is: its deviation and the chance that it falls short.

Errors belong to the surveyed points at the ends of straight pieces and are interpolated between
them. Ends of two lines that are one point (a shared node, or coincident ends) err as one, so what
they have in common cancels in a difference. Where two lines run beside each other either end of
the stretch may be the short one; the chance is that of one or the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.flat_tops import Sideways, sideways
from baiyun_gis.checks.verdicts import POSSIBLE, TOLERANCE_M
from baiyun_gis.kernels.chances import chances_of_either
from baiyun_gis.kernels.end_errors import Surveyed, end_errors_of
from baiyun_gis.kernels.rises import LEAST_M, rises
from baiyun_gis.kernels.segments import owned
from baiyun_gis.kernels.two_places import (
    AT,
    BEND,
    FLAT,
    GRADIENT,
    MORE,
    PLACE,
    STRETCH,
    two_places,
)
from baiyun_gis.model.columns import F64, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.overlap_stretches import AxisRise
    from baiyun_gis.checks.snapshot import Snapshot


Place = F64
"""Where distances are least and how they grow: the rows that `two_places` takes, (n, `PLACE`)."""


def over_stretch(
    ctx: CheckContext,
    part: I64,
    rise: AxisRise,
    *,
    at: F64,
    more_m: F64,
    required_m: F64 | None = None,
) -> Place:
    """The place of the heights of overlaps `part`; `rise` says from where to where they reach.

    `at` (n, 2) are the stations where they are least, `more_m` by how much more it is at the end,
    `required_m` what the walls must keep; without it the heights are of the axes.
    """
    overlaps, pairs, seg = ctx.overlaps, ctx.pairs, ctx.snapshot.segments
    rows, crosses = overlaps.rows[part], overlaps.is_crossing[part]
    above = np.where(crosses, overlaps.heights.a_above[part], rise.from_m + rise.to_m > 0)
    limit = None if required_m is None else required_m - TOLERANCE_M
    return rises(
        seg,
        pairs.i[rows],
        pairs.j[rows],
        is_crossing=crosses,
        above=above,
        at=at,
        span=(rise.from_t, rise.from_b, rise.to_t, rise.to_b),
        more_m=more_m,
        limit_m=limit,
    )


def wavering(
    ctx: CheckContext,
    rows: I64,
    place: Place,
    short_m: F64,
    *,
    weighed: tuple[Bool, I64] | None = None,
) -> tuple[F64, F64]:
    """Standard deviation and chance of a violation of segment pairs `rows`.

    `short_m` is required minus measured. NaN where it is. Where the chance does not count, or only
    if that of another row is small (`weighed`: what counts, and those others), it is not looked
    for all along round walls.
    """
    if not len(rows):
        return np.zeros(0), np.zeros(0)
    snapshot, pairs, surveyed = ctx.snapshot, ctx.pairs, ctx.surveyed
    i, j = pairs.i[rows], pairs.j[rows]
    counts, lead = (None, None) if weighed is None else weighed
    places = two_places(
        snapshot.segments,
        i,
        j,
        surveyed=surveyed,
        place=place,
        short_m=short_m,
        told=POSSIBLE,
        weighed=counts,
        lead=lead,
    )
    short, sigma, chance = places.short_m, places.sigma_m, places.chance
    is_flat = place[:, FLAT] > LEAST_M
    if is_flat.any():
        flat = (is_flat & (chance > 0.0) & (True if counts is None else counts)).nonzero()[0]
        if len(flat):
            none = np.full(len(flat), -np.inf), np.zeros(len(flat))
            alone = [
                chances_of_either((one[flat], none[0]), (of[flat], none[1]), none[1])
                for one, of in zip(short, sigma, strict=True)
            ]
            found = sideways(
                snapshot.segments,
                i[flat],
                j[flat],
                end_errors_of(surveyed, i[flat], j[flat]),
                places=_both_of(place[flat]),
                width_m=place[flat, FLAT],
            )
            chance[flat] = _over_and_short(found, alone, chance[flat])
    return sigma[0], chance


def _both_of(place: Place) -> tuple[F64, F64]:
    """Where distances are least, and the far end of their stretch; twice the same where there is
    no stretch."""
    at, stretch = place[:, AT:GRADIENT], place[:, STRETCH:MORE]
    with np.errstate(invalid="ignore"):
        is_far = np.abs(stretch[:, 2] - at[:, 0]) >= np.abs(stretch[:, 0] - at[:, 0])
    other = np.where(is_far[:, None], stretch[:, 2:], stretch[:, :2])
    return at, np.where(np.isnan(other), at, other)


def _over_and_short(found: Sideways, alone: list[F64], either: F64) -> F64:
    """The chance that flat tops lie over each other where they are too near in height.

    `alone` are the chances of being too near at either place, `either` that of one at least.
    """
    first, second = alone[0], np.nan_to_num(alone[1], nan=0.0)
    both = np.clip(first + second - either, 0.0, np.minimum(first, second))
    return (
        (first - both) * found.over(0)
        + (second - both) * found.over(1)
        + both * found.over_either()
    )


def surveyed_of(snapshot: Snapshot) -> Surveyed:
    """How the ends of segments err. The surveyed point of an end is its node, else the joint it
    belongs to."""
    columns, pipes = snapshot.columns, snapshot.state.pipes
    xy0, xy1, z0, z1 = columns.deviations()
    return Surveyed(
        pipe=owned(snapshot.segments.pipe, np.int32),
        xy0=xy0,
        xy1=xy1,
        z0=z0,
        z1=z1,
        is_first=owned(columns.is_first, np.bool_),
        is_last=owned(columns.is_last, np.bool_),
        joint=owned(snapshot.topology.joint, np.int32),
        start_node=owned(pipes.start_node, np.int32),
        end_node=owned(pipes.end_node, np.int32),
        nodes=len(snapshot.state.nodes),
        cut=snapshot.cut,
    )


def in_plan(at: F64, way: F64) -> Place:
    """The place of clearances in plan: stations (n, 2) and the direction (n, 3) that parts both."""
    out = np.full((len(at), PLACE), np.nan)
    out[:, AT:GRADIENT], out[:, GRADIENT:BEND], out[:, BEND:STRETCH] = at, way, 0.0
    return out
