"""Pairs of pieces that run on alongside each other from where their lines meet, compared beyond.

What meets is set aside around the place. One measurement of two whole pieces, nearest there, would
never show that they lie in each other further on. So both are cut, at distances that grow with that
from the place, and their parts are compared. Only these two are: what lies beside them is not cut.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.asked_of_pairs import WIDEST, limits_of
from baiyun_gis.checks.joints import Joints, joints_of_parts
from baiyun_gis.checks.leaving import cuts_m
from baiyun_gis.checks.pairs import (
    TOUCH_M,
    UNKNOWN_HALF_M,
    sigma_xy_m,
    size_doubt_m,
    width_m,
)
from baiyun_gis.checks.snapshot import SegmentColumns
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.kernels.first_look import AT, CROSSES, NEAR, OVER, TOUCHES
from baiyun_gis.kernels.linking import Links
from baiyun_gis.kernels.parts import Listed, Parts, cut_pieces, near_parts, spliced
from baiyun_gis.kernels.plan import near_in_plan
from baiyun_gis.kernels.segments import (
    FLAT0,
    FLAT1,
    HEIGHT,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    PairRows,
    Segments,
    keeping,
    one_after_another,
    owned,
    table_of,
)
from baiyun_gis.model.columns import I32

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

_ASKING = (WIDEST, "vertical_clearance", "directly_above")
"""Checks that set pairs aside by what they ask of them."""

_COLUMNS = tuple(one.name for one in fields(SegmentColumns))

_CONTACT_SIGMAS = 2.05
"""More deviations than lines can be apart that touch."""


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
    cut = replace(
        snapshot,
        segments=_with_parts(snapshot.segments, parts),
        columns=_with_theirs(snapshot.columns, parts),
    )
    of, found, links = _compared(ctx, cut, parts)
    joints = pairs.joints
    known = Links(joints.rows, joints.reason, joints.distance_m, joints.width_m)
    every = Listed(pairs.i, pairs.j, pairs.marks, pairs.pair, pairs.cell)
    listed, both = spliced(every, known, parts.rows, of, found, links)
    other = ctx.of_other(cut)
    other.__dict__["pairs"] = replace(pairs, **listed._asdict(), joints=Joints(*both))
    return other


def _parts_of(ctx: CheckContext) -> Parts:
    """The pieces that pass near their contacts, as their parts."""
    pairs, columns = ctx.pairs, ctx.snapshot.columns
    of_ends = (
        owned(columns.sigma_xy0, np.float64),
        owned(columns.sigma_xy1, np.float64),
        owned(columns.sigma_z0, np.float64),
        owned(columns.sigma_z1, np.float64),
    )
    return cut_pieces(
        PairRows(table_of(ctx.snapshot.segments), pairs.i, pairs.j),
        pairs.joints.contacts,
        of_ends,
        cuts_m(),
        ctx.of_things("most asked beyond contacts", WIDEST, lambda: _most_asked_m(ctx)),
    )


def _most_asked_m(ctx: CheckContext) -> float:
    """The most that pairs can be set aside for."""
    asked = (float(np.nanmax(limits_of(ctx, check)[1], initial=0.0)) for check in _ASKING)
    return max(asked) + 2 * UNKNOWN_HALF_M


def _with_parts(seg: Segments, parts: Parts) -> Segments:
    """The segments with the parts behind them."""
    table, of = parts.table, parts.owner
    behind = Segments(
        x0=table[:, X0],
        y0=table[:, Y0],
        z0=table[:, Z0],
        x1=table[:, X1],
        y1=table[:, Y1],
        z1=table[:, Z1],
        half_width=table[:, WIDTH],
        half_height=table[:, HEIGHT],
        is_rectangle=seg.is_rectangle[of],
        flat0=table[:, FLAT0] > 0.0,
        flat1=table[:, FLAT1] > 0.0,
        pipe=seg.pipe[of],
        chain0=seg.chain0[of] + parts.from_m,
    )
    return keeping(one_after_another(seg, behind), np.concatenate((table_of(seg), table)))


def _with_theirs(columns: SegmentColumns, parts: Parts) -> SegmentColumns:
    """The same of what belongs to segments; deviations go over from one end to the other."""
    of, sigma = parts.owner, parts.sigma
    is_last = np.zeros(len(of), dtype=np.bool_)
    # The last part of a piece stands twice.
    tips = np.concatenate((parts.last - 1, parts.last))
    is_last[tips] = columns.is_last[of[tips]]
    behind = SegmentColumns(
        sigma_xy0=sigma[:, 0],
        sigma_xy1=sigma[:, 1],
        sigma_z0=sigma[:, 2],
        sigma_z1=sigma[:, 3],
        is_first=columns.is_first[of] & (parts.from_m == 0.0),
        is_last=is_last,
        width_known=columns.width_known[of],
        height_known=columns.height_known[of],
        level_known=columns.level_known[of],
    )
    return SegmentColumns(
        *(np.concatenate((getattr(columns, one), getattr(behind, one))) for one in _COLUMNS)
    )


def _compared(ctx: CheckContext, cut: Snapshot, parts: Parts) -> tuple[I32, Listed, Links]:
    """The parts near enough for any rule, by place among the cut pairs: which they are of, how they
    lie to each other, and what explains it."""
    pairs, rows = ctx.pairs, parts.rows
    limit_m = limits_of(ctx, WIDEST)[1][pairs.cell[rows]]
    sigma_m, unsized_m = sigma_xy_m(ctx, rows), size_doubt_m(ctx, rows)
    wide_m = np.fmax(limit_m, 0.0) + unsized_m + _CONTACT_SIGMAS * sigma_m + TOUCH_M
    of, i, j = near_parts(parts, width_m(ctx, rows) + wide_m)
    behind = np.int32(len(ctx.snapshot.segments.x0))
    i, j = i + behind, j + behind
    angle = ctx.rules.settings.crossing_angle_deg
    plan, crossing = near_in_plan(cut.segments, i, j, crossing_angle_deg=angle)
    doubt_m = POSSIBLE_SIGMAS * sigma_m + unsized_m
    marks = pairs.marks[rows[of]] & ~np.uint16(CROSSES | AT | NEAR | OVER) | np.uint16(TOUCHES)
    for bits, is_so in (
        (CROSSES | AT | OVER, crossing.crosses),
        (AT, plan.gap < doubt_m[of]),
        (NEAR, plan.gap < (limit_m + doubt_m)[of]),
        (OVER, plan.gap < -TOLERANCE_M),
    ):
        marks[is_so] |= np.uint16(bits)
    links = joints_of_parts(cut, (i, j), (of, rows), pairs.joints.contacts)
    return of, Listed(i, j, marks, pairs.pair[rows[of]], pairs.cell[rows[of]]), links
