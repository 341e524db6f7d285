"""How sure a measured distance of two lines is: its deviation and the chance that it falls short.

Errors belong to the surveyed points at the ends of straight pieces and are interpolated between
them. Ends of two lines that are one point (a shared node, or coincident ends) err as one, so what
they have in common cancels in a difference. Where two lines run beside each other either end of
the stretch may be the short one; the chance is that of one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.flat_tops import Sideways, sideways
from baiyun_gis.checks.verdicts import TOLERANCE_M, chance_of, chance_of_either
from baiyun_gis.kernels.end_errors import Surveyed, end_errors_of
from baiyun_gis.kernels.rises import LEAST_M, rises
from baiyun_gis.kernels.two_places import RoundWalls, two_places
from baiyun_gis.model.columns import F64, I32, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.overlap_stretches import AxisRise
    from baiyun_gis.checks.pairs import PipePairs
    from baiyun_gis.checks.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Place:
    """Where a distance is least and how it grows: stations (n, 2) on `a` and `b`, and the
    gradient (n, 3) for a shift of `b`. `flat_m` is the sum of the half widths of flat tops that
    lie over each other, NaN elsewhere. All else as in `two_places`."""

    at: F64
    gradient: F64
    bend: F64 | None = None
    stretch: F64 | None = None
    more_m: F64 | None = None
    walls: RoundWalls | None = None
    flat_m: F64 | None = None


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
    grows = rises(
        seg,
        pairs.i[rows],
        pairs.j[rows],
        is_crossing=crosses,
        above=above,
        at=at,
        more_m=more_m,
        limit_m=limit,
    )
    stretch = np.empty((len(part), 4))
    for column, values in enumerate((rise.from_t, rise.from_b, rise.to_t, rise.to_b)):
        stretch[:, column] = values
    walls, flat = (None, None) if limit is None else (grows.walls, grows.flat_m)
    return Place(at, grows.gradient, grows.bend, stretch, grows.more_m, walls, flat)


def wavering(
    snapshot: Snapshot,
    pairs: PipePairs,
    rows: I64,
    place: Place,
    short_m: F64,
    *,
    weighed: Bool | None = None,
) -> tuple[F64, F64]:
    """Standard deviation and chance of a violation of segment pairs `rows`.

    `short_m` is required minus measured. NaN where it is. Where the chance does not count
    (`weighed`) it is not looked for all along round walls.
    """
    if not len(rows):
        return np.zeros(0), np.zeros(0)
    walls = place.walls
    if walls is not None and weighed is not None:
        walls = walls._replace(radius_m=np.where(weighed, walls.radius_m, np.nan))
    i, j = pairs.i[rows], pairs.j[rows]
    errors = end_errors(snapshot, i, j)
    places = two_places(
        snapshot.segments,
        i,
        j,
        errors=errors,
        at=place.at,
        gradient=place.gradient,
        short_m=short_m,
        bend=place.bend,
        stretch=place.stretch,
        more_m=place.more_m,
        walls=walls,
    )
    short = short_m - places.bend_m, short_m - places.other_bend_m - places.other_more_m
    sigma = places.sigma_m, places.other_sigma_m
    chance = chance_of_either(short, sigma, places.correlation)
    if place.flat_m is not None:
        counts = True if weighed is None else weighed
        flat = np.flatnonzero((place.flat_m > LEAST_M) & (chance > 0.0) & counts)
        if len(flat):
            alone = [chance_of(one[flat], of[flat]) for one, of in zip(short, sigma, strict=True)]
            found = sideways(
                snapshot.segments,
                i[flat],
                j[flat],
                errors[flat],
                places=_places_of(place, flat),
                width_m=place.flat_m[flat],
            )
            chance[flat] = _over_and_short(found, alone, chance[flat])
    return places.sigma_m, np.where(np.isnan(places.chance), chance, places.chance)


def _places_of(place: Place, rows: I64) -> tuple[F64, F64]:
    """Where some distances are least, and the far end of their stretch; twice the same where
    there is no stretch."""
    assert place.stretch is not None
    at, stretch = place.at[rows], place.stretch[rows]
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


def end_errors(snapshot: Snapshot, i: I32, j: I32) -> F64:
    """The errors of the ends of segment pairs, shape (n, 12), as `two_places` wants them.

    The surveyed point of an end is its node, else the joint it belongs to.
    """
    columns, pipes = snapshot.columns, snapshot.state.pipes
    surveyed = Surveyed(
        pipe=snapshot.segments.pipe,
        xy0=columns.sigma_xy0,
        xy1=columns.sigma_xy1,
        z0=columns.sigma_z0,
        z1=columns.sigma_z1,
        is_first=columns.is_first,
        is_last=columns.is_last,
        joint=snapshot.topology.joint,
        start_node=pipes.start_node,
        end_node=pipes.end_node,
        nodes=len(snapshot.state.nodes),
    )
    return end_errors_of(surveyed, i, j)


def short_m(required_m: F64, actual_m: F64) -> F64:
    """How much below the limit a distance is; what is met by the tolerance is met."""
    return required_m - TOLERANCE_M - actual_m
