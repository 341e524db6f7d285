"""Pairs of pieces that run on alongside each other from where their lines meet, compared beyond.

What meets is set aside around the place. One measurement of two whole pieces, nearest there, would
never show that they lie in each other further on. So both are cut, at distances that grow with that
from the place, and their parts are compared. Only these two are: what lies beside them is not cut.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.altered import altered
from baiyun_gis.checks.asked_of_pairs import WIDEST, limits_of
from baiyun_gis.checks.cut_up import cut_up_further
from baiyun_gis.checks.joints import Joints, ends_of, network_of
from baiyun_gis.checks.leaving import cuts_m
from baiyun_gis.checks.pairs import TOUCH_M, UNKNOWN_HALF_M
from baiyun_gis.checks.snapshot import SegmentColumns
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.kernels.linking import Links
from baiyun_gis.kernels.listing import Closer
from baiyun_gis.kernels.part_pairs import (
    Asking,
    Found,
    Listed,
    in_place_of_pieces,
    marks_of_parts,
    near_parts,
)
from baiyun_gis.kernels.parts import Parts, cut_pieces, extended
from baiyun_gis.kernels.segments import PairRows, Segments, keeping, owned, table_of

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

_ASKING = (WIDEST, "vertical_clearance", "directly_above")
"""Checks that set pairs aside by what they ask of them."""

_FLAGS = tuple(one.name for one in fields(SegmentColumns))[4:]
"""Behind the deviations."""


def beyond_contacts(ctx: CheckContext) -> CheckContext | None:
    """The context for checks of pairs of lines where some are to be cut; None where none is.

    Its snapshot has the parts behind all other segments, and its pairs count in these.
    """
    snapshot, pairs = ctx.snapshot, ctx.pairs
    if not len(pairs.joints.contacts.rows):
        return None
    parts = _parts_of(ctx)
    if not len(parts.rows):
        return None
    cut = _with_parts(snapshot, parts)
    listed, both = _compared(ctx, cut, parts)
    other = ctx.of_other(cut)
    other.__dict__["pairs"] = replace(pairs, **listed._asdict(), joints=Joints(*both))
    return other


def _parts_of(ctx: CheckContext) -> Parts:
    """The pieces that pass near their contacts, as their parts."""
    pairs = ctx.pairs
    return cut_pieces(
        PairRows(table_of(ctx.snapshot.segments), pairs.i, pairs.j),
        pairs.joints.contacts,
        ctx.snapshot.columns.deviations(),
        cuts_m(),
        ctx.of_classes("most asked beyond contacts", WIDEST, lambda: _most_asked_m(ctx)),
    )


def _most_asked_m(ctx: CheckContext) -> float:
    """The most that pairs can be set aside for."""
    asked = (float(np.nanmax(limits_of(ctx, check)[1], initial=0.0)) for check in _ASKING)
    return max(asked) + 2 * UNKNOWN_HALF_M


def _with_parts(snapshot: Snapshot, parts: Parts) -> Snapshot:
    """The snapshot with the parts behind all segments; deviations go over from one end of a piece
    to the other."""
    seg, columns = snapshot.segments, snapshot.columns
    given = columns.deviations(), tuple(owned(getattr(columns, one), np.bool_) for one in _FLAGS)
    table, numbers, flags, pipe = extended(
        table_of(seg), owned(seg.chain0, np.float64), *given, parts
    )
    x0, y0, z0, x1, y1, z1, width, height, chain0, *sigma = numbers
    rectangle, flat0, flat1, *known = flags
    body = x0, y0, z0, x1, y1, z1, width, height, rectangle, flat0, flat1, pipe, chain0
    return altered(
        snapshot,
        segments=keeping(Segments(*body), table),
        columns=SegmentColumns(*sigma, *known),
        cut=cut_up_further(snapshot, parts, given[0]),
    )


def _compared(ctx: CheckContext, cut: Snapshot, parts: Parts) -> tuple[Listed, Links]:
    """All pairs, with those of parts near enough for any rule in place of what was cut, and what
    joints explain of them."""
    pairs, columns, joints = ctx.pairs, ctx.snapshot.columns, ctx.pairs.joints
    angle = ctx.rules.settings.crossing_angle_deg
    asking = Asking(
        limits_of(ctx, WIDEST)[1],
        pairs.cell,
        owned(columns.sigma_xy0, np.float64),
        owned(columns.sigma_xy1, np.float64),
        owned(columns.width_known, np.bool_),
        Closer(float(angle), POSSIBLE_SIGMAS, UNKNOWN_HALF_M, TOLERANCE_M),
        TOUCH_M,
    )
    rows, table = (
        PairRows(table_of(ctx.snapshot.segments), pairs.i, pairs.j),
        table_of(cut.segments),
    )
    of, i, j = near_parts(parts, rows, asking)
    marks = marks_of_parts(PairRows(table, i, j), rows, parts.rows[of], asking, pairs.marks)
    return in_place_of_pieces(
        Listed(pairs.i, pairs.j, pairs.marks, pairs.pair, pairs.cell),
        Links(joints.rows, joints.reason, joints.distance_m, joints.width_m),
        parts.rows,
        Found(of, i, j, marks),
        table,
        network_of(cut, ends_of(ctx, cut)),
        joints.contacts,
    )
