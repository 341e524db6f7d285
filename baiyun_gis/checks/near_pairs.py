"""The search for pairs of lines: one pass finds them and says which could matter to any check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.asked_of_pairs import WIDEST, limits_of, why_not_by_cell
from baiyun_gis.checks.joints import plain_lines
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.candidates import Found, in_order
from baiyun_gis.kernels.candidates import near_pairs as pairs_near_each_other
from baiyun_gis.kernels.first_look import Asked
from baiyun_gis.kernels.listing import List, Scope, asked_about, listed
from baiyun_gis.kernels.quiet import KINDS, sifted
from baiyun_gis.kernels.segments import owned
from baiyun_gis.kernels.sides import LineTraits, Sides, sides_of
from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.remembered import remembered

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.kernels.pairing import Ends

UNKNOWN_HALF_M = 0.5
"""A pipe of unknown size is looked for as if it were up to 1 m across; it is never given a size."""

_EVERY = np.zeros(0, dtype=np.bool_)

TOUCH_M = 0.01
"""Every pair is looked at that comes this near, whatever the rules ask."""


@dataclass(frozen=True, slots=True)
class NearPairs:
    """Pairs of segments in order of the smaller one, with their marks and pairs of pipes.

    `joined` counts pairs of plain lines that are joined end to end, which stand nowhere else;
    `quiet` (cells, kinds of `kernels.quiet`) those of lines that nothing can come of.
    """

    pairs: List
    joined: int
    quiet: I64


def near_pairs(ctx: CheckContext, ends: Ends, special: Bool) -> NearPairs:
    """All segment pairs of different pipes that any rule of the set could speak of."""
    snapshot = ctx.snapshot
    scope = None if snapshot.asks_all else _scope(snapshot)
    found = found_near(ctx, _sides(ctx, ends, special), scope)
    pairs, look = found.pairs, found.look
    if scope is not None:
        pairs, look = asked_about(pairs, look, ends.pipe, scope)
    quiet = np.zeros((2 * ctx.classes.count**2, KINDS), dtype=np.int64)
    if not ctx.spares_none:
        pairs, look, quiet = sifted(pairs, look, len(quiet))
    order = in_order(pairs, len(ends.pipe))
    return NearPairs(
        listed(pairs, look, order, ends.pipe, len(snapshot.tested)), found.joined, quiet
    )


def _scope(snapshot: Snapshot) -> Scope:
    """Which pairs of pipes are asked about; as `Snapshot.asks_pair` says."""
    theirs = _EVERY if snapshot.others is None else owned(snapshot.others.pipes, np.bool_)
    ours = _EVERY if snapshot.owned is None else owned(snapshot.owned.pipes, np.bool_)
    run = owned(snapshot.topology.run, np.int32)
    return Scope(owned(snapshot.asked, np.bool_), theirs, ours, run)


def found_near(ctx: CheckContext, sides: Sides, scope: Scope | None) -> Found:
    """Segments that come near each other, and what they are to each other at a first look; lines
    that are not in the scope are not looked at among themselves."""
    seg, steep_deg = ctx.snapshot.segments, ctx.rules.settings.crossing_angle_deg
    if scope is None:
        return pairs_near_each_other(seg, sides, _asked(ctx), steep_deg=steep_deg)
    theirs = scope.theirs[seg.pipe] if len(scope.theirs) else np.ones(len(seg.pipe), np.bool_)
    masks = scope.asked[seg.pipe], theirs
    return pairs_near_each_other(seg, sides, _asked(ctx), steep_deg=steep_deg, masks=masks)


def _sides(ctx: CheckContext, ends: Ends, special: Bool) -> Sides:
    snapshot, columns = ctx.snapshot, ctx.snapshot.columns
    traits = LineTraits(
        of_class=ctx.classes.class_of,
        run=snapshot.topology.run,
        plated=snapshot.state.pipes.has_plate,
        special=special,
        plain=plain_lines(snapshot, special),
        reach=_reach_m(ctx),
    )
    return sides_of(
        snapshot.segments,
        ends,
        traits,
        known=(columns.width_known, columns.height_known),
        xy_m=(columns.sigma_xy0, columns.sigma_xy1),
        z_m=(columns.sigma_z0, columns.sigma_z1),
        sigmas=POSSIBLE_SIGMAS,
        unsized_m=UNKNOWN_HALF_M,
        least_m=TOUCH_M,
    )


def _reach_m(ctx: CheckContext) -> F64:
    """How far each class looks: half the largest that is asked of it."""
    return ctx.of_classes("reach", WIDEST, lambda: _reach_of_classes_m(ctx))


def _reach_of_classes_m(ctx: CheckContext) -> F64:
    matrix, classes = ctx.asked_of(WIDEST), ctx.classes
    largest = np.nanmax(np.nan_to_num(matrix.required_m, nan=0.0), axis=1, initial=0.0)
    if any(line.utility is Utility.UNKNOWN for line in classes.classes):
        # An unknown kind may ask of each line the most that anything asks of it.
        largest = np.maximum(largest, matrix.strictest_m)
    return largest / 2


def _asked(ctx: CheckContext) -> Asked:
    """What all checks ask of classes of lines, as the search reads it."""
    return remembered(
        ctx.rules, ("asked of near pairs",), ctx.classes.classes, lambda: _asked_of(ctx)
    )


def _asked_of(ctx: CheckContext) -> Asked:
    order = ctx.asked_of("vertical_order").order.ravel()
    return Asked(
        limit=limits_of(ctx, WIDEST)[1],
        height=_asked_m(ctx, "vertical_clearance"),
        rise=_asked_m(ctx, "vertical_order"),
        above=np.tile(np.where(order < 0, -1.0, 1.0), 2),
        classes=ctx.classes.count,
        sigmas=POSSIBLE_SIGMAS,
        unsized_m=UNKNOWN_HALF_M,
    )


def _asked_m(ctx: CheckContext, check: str) -> F64:
    """What a check of what crosses requires, by cell; −∞ where it asks nothing, NaN where it is
    not known what."""
    return np.where(why_not_by_cell(ctx, check) == 0, limits_of(ctx, check)[0], -np.inf)
