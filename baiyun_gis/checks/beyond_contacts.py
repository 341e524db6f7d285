"""Pairs of pieces that run on alongside each other from where their lines meet, compared beyond.

What meets is set aside around the place. One measurement of two whole pieces, nearest there, would
never show that they lie in each other further on. So both are cut, at distances that grow with that
from the place, and their parts are compared. Only these two are: what lies beside them is not cut.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from baiyun_gis.checks.asked_of_pairs import WIDEST, limits_of
from baiyun_gis.checks.contacts import Contacts, Straight, straight
from baiyun_gis.checks.joints import INFLUENCE, Joints, joints_of_parts, to_axis
from baiyun_gis.checks.leaving import cuts_m
from baiyun_gis.checks.pairs import (
    TOUCH_M,
    UNKNOWN_HALF_M,
    PipePairs,
    sigma_xy_m,
    size_doubt_m,
    width_m,
)
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.kernels.first_look import AT, CROSSES, NEAR, OVER, TOUCHES, Marks
from baiyun_gis.kernels.parts import near_parts
from baiyun_gis.kernels.plan import near_in_plan
from baiyun_gis.kernels.segments import Segments, keeping, one_after_another, take
from baiyun_gis.model.columns import F64, I32, I64

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import SegmentColumns, Snapshot

_ASKING = (WIDEST, "vertical_clearance", "directly_above")
"""Checks that set pairs aside by what they ask of them."""

_LEAST_PART_M = 0.05
"""No part is shorter, but for pieces that are."""

_CONTACT_SIGMAS = 2.05
"""More deviations than lines can be apart that touch."""


def beyond_contacts(ctx: CheckContext) -> CheckContext | None:
    """The context for checks of pairs of lines where some are to be cut; None where none is.

    Its snapshot has the parts behind all other segments, and its pairs count in these.
    """
    contacts = _near_enough(ctx)
    if not contacts:
        return None
    rows, cuts = _cuts(ctx, contacts)
    if not len(rows):
        return None
    snapshot, pairs = ctx.snapshot, ctx.pairs
    parts = _parts_of(snapshot, pairs, rows, cuts)
    found = _compared(ctx, rows, parts, contacts)
    both = one_after_another(snapshot.segments, parts.segments)
    columns = _joined_columns(snapshot.columns, parts.columns)
    cut = replace(snapshot, segments=keeping(both), columns=columns)
    other = ctx.of_other(cut)
    other.__dict__["pairs"] = _in_place(pairs, rows, found, len(snapshot.segments.x0))
    return other


def _near_enough(ctx: CheckContext) -> list[Contacts]:
    """Contacts of pairs that pass so near them that some check could set them aside there."""
    pairs, seg = ctx.pairs, ctx.snapshot.segments
    if not pairs.joints.contacts:
        return []
    asked = (float(np.nanmax(limits_of(ctx, check)[1], initial=0.0)) for check in _ASKING)
    most_m = max(asked) + 2 * UNKNOWN_HALF_M
    near: list[I64] = []
    for one in pairs.joints.contacts:
        reach = INFLUENCE * (width_m(ctx, one.rows) + most_m) + one.spare_m
        passes = to_axis(seg, pairs.i[one.rows], one.at_a)[0] <= reach
        passes &= to_axis(seg, pairs.j[one.rows], one.at_b)[0] <= reach
        near.append(one.rows[passes])
    rows = np.concatenate(near)
    kept = (one.take(np.isin(one.rows, rows)) for one in pairs.joints.contacts)
    return [one for one in kept if len(one.rows)]


class _Cuts(NamedTuple):
    """Where pieces are cut, both shape (cuts,): the row of the piece and metres along it."""

    row: I64
    at_m: F64


def _cuts(ctx: CheckContext, contacts: list[Contacts]) -> tuple[I64, tuple[_Cuts, _Cuts]]:
    """The rows of `PipePairs` of which a piece is cut, and where on both sides, by row of these."""
    pairs, seg = ctx.pairs, ctx.snapshot.segments
    every = np.concatenate([one.rows for one in contacts])
    rows, of = np.unique(every, return_inverse=True)
    place, of = np.concatenate([one.at_a for one in contacts]), of.reshape(-1)
    i, j = pairs.i[rows], pairs.j[rows]
    a, b, away = straight(seg, i), straight(seg, j), cuts_m()
    at_m = a.take(of).foot_m(place)[:, None] + np.concatenate([-away[::-1], away])
    left = _kept(seg, i, a, _Cuts(np.repeat(of, at_m.shape[1]), at_m.ravel()))
    # Abeam of each other, so that stretches along `a` go on over a cut.
    of, at = left.row, a.start[left.row] + a.way[left.row] * left.at_m[:, None]
    turn = (a.way[of] * b.way[of]).sum(axis=1)
    on_b = ((at - b.start[of]) * a.way[of]).sum(axis=1) / turn
    right = _kept(seg, j, b, _Cuts(of, on_b))
    is_cut = np.zeros(len(rows), dtype=np.bool_)
    is_cut[left.row] = is_cut[right.row] = True
    number = np.cumsum(is_cut) - 1
    both = _Cuts(number[left.row], left.at_m), _Cuts(number[right.row], right.at_m)
    return rows[is_cut], both


def _kept(seg: Segments, k: I32, line: Straight, cuts: _Cuts) -> _Cuts:
    """The cuts that lie within segments `k`, in order, but for those that follow too soon.

    None is so near a flat end that the part beyond, which ends round, would reach past it.
    """
    half = seg.half_width[k]
    low = np.where(seg.flat0[k], half, 0.0) + _LEAST_PART_M
    high = line.length_m - np.where(seg.flat1[k], half, 0.0) - _LEAST_PART_M
    inside = (cuts.at_m > low[cuts.row]) & (cuts.at_m < high[cuts.row])
    row, at_m = cuts.row[inside], cuts.at_m[inside]
    order = np.lexsort((at_m, row))
    row, at_m = row[order], at_m[order]
    apart = np.ones(len(row), dtype=np.bool_)
    apart[1:] = (row[1:] != row[:-1]) | (at_m[1:] - at_m[:-1] > _LEAST_PART_M)
    return _Cuts(row[apart], at_m[apart])


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts as segments; those of row k of the cut pairs are `first[k]` up to `last[k]`, on both
    sides, (rows, 2)."""

    segments: Segments
    columns: SegmentColumns
    first: I64
    last: I64


def _parts_of(snapshot: Snapshot, pairs: PipePairs, rows: I64, cuts: tuple[_Cuts, _Cuts]) -> _Parts:
    """The pieces of `rows` as their parts. Behind each piece a part is left over, so that no part
    of another stands next to its last: neighbours in the table share a surveyed point."""
    k = np.concatenate([pairs.i[rows], pairs.j[rows]])
    row = np.concatenate([cuts[0].row, cuts[1].row + len(rows)])
    at_m = np.concatenate([cuts[0].at_m, cuts[1].at_m])
    counts = np.bincount(row, minlength=len(k)) + 1
    first = np.cumsum(counts + 1) - (counts + 1)
    last = first + counts
    owner = np.repeat(np.arange(len(k)), counts + 1)
    length = straight(snapshot.segments, k).length_m
    from_m, to_m = np.zeros(len(owner)), length[owner]
    # The cut after part n of a piece: where it ends, and where the next one begins.
    place = first[row] + np.arange(len(row)) - np.searchsorted(row, row)
    to_m[place], from_m[place + 1] = at_m, at_m
    from_m[last], to_m[last] = from_m[last - 1], to_m[last - 1]
    is_first, is_last = from_m == 0.0, to_m == length[owner]
    span = from_m / length[owner], np.where(is_last, 1.0, to_m / length[owner])
    segments = _part_segments(take(snapshot.segments, k[owner]), span, from_m)
    columns = _part_columns(snapshot.columns, k[owner], span)
    ends = is_first, is_last
    segments = segments._replace(flat0=segments.flat0 & ends[0], flat1=segments.flat1 & ends[1])
    columns = replace(
        columns, is_first=columns.is_first & ends[0], is_last=columns.is_last & ends[1]
    )
    split = len(rows)
    return _Parts(
        segments,
        columns,
        np.column_stack([first[:split], first[split:]]),
        np.column_stack([last[:split], last[split:]]),
    )


def _part_segments(whole: Segments, span: tuple[F64, F64], from_m: F64) -> Segments:
    """Segments from one station to another; their ends are still those of the whole."""
    ends: dict[str, F64] = {}
    for axis in "xyz":
        start, stop = getattr(whole, f"{axis}0"), getattr(whole, f"{axis}1")
        for number, t in enumerate(span):
            between = start + (stop - start) * t
            ends[f"{axis}{number}"] = np.where(t == 1.0, stop, between)
    return whole._replace(chain0=whole.chain0 + from_m, kept=None, **ends)


def _part_columns(columns: SegmentColumns, k: I32, span: tuple[F64, F64]) -> SegmentColumns:
    """The same of what belongs to them; deviations go over from one end to the other."""
    whole = {one.name: getattr(columns, one.name)[k] for one in fields(columns)}
    for name in ("sigma_xy", "sigma_z"):
        start, stop = whole[f"{name}0"], whole[f"{name}1"]
        for number, t in enumerate(span):
            whole[f"{name}{number}"] = start + (stop - start) * t
    return replace(columns, **whole)


def _joined_columns(one: SegmentColumns, other: SegmentColumns) -> SegmentColumns:
    names = [column.name for column in fields(one)]
    both = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    return replace(one, **both)


@dataclass(frozen=True, slots=True)
class _Found:
    """Pairs of parts by row of the cut pairs, in order; `joints` counts in these."""

    row: I32
    i: I32
    j: I32
    marks: Marks
    joints: Joints


def _compared(ctx: CheckContext, rows: I64, parts: _Parts, contacts: list[Contacts]) -> _Found:
    """The parts near enough for any rule, how they lie to each other, and what explains it."""
    pairs, seg = ctx.pairs, parts.segments
    limit_m = limits_of(ctx, WIDEST)[1][pairs.cell[rows]]
    sigma_m, unsized_m = sigma_xy_m(ctx, rows), size_doubt_m(ctx, rows)
    wide_m = np.fmax(limit_m, 0.0) + unsized_m + _CONTACT_SIGMAS * sigma_m + TOUCH_M
    ends = np.column_stack([seg.x0, seg.y0, seg.x1, seg.y1])
    row, i, j = near_parts(ends, parts.first, parts.last, width_m(ctx, rows) + wide_m)
    angle = ctx.rules.settings.crossing_angle_deg
    plan, crossing = near_in_plan(seg, i, j, crossing_angle_deg=angle)
    doubt_m = POSSIBLE_SIGMAS * sigma_m + unsized_m
    marks = pairs.marks[rows[row]] & ~np.uint16(CROSSES | AT | NEAR | OVER) | np.uint16(TOUCHES)
    for bits, is_so in (
        (CROSSES | AT | OVER, crossing.crosses),
        (AT, plan.gap < doubt_m[row]),
        (NEAR, plan.gap < (limit_m + doubt_m)[row]),
        (OVER, plan.gap < -TOLERANCE_M),
    ):
        marks[is_so] |= np.uint16(bits)
    state = replace(ctx.snapshot, segments=seg, columns=parts.columns)
    of_parts = [_by_part(one, rows, row) for one in contacts]
    return _Found(row, i, j, marks, joints_of_parts(state, (i, j), of_parts))


def _by_part(contacts: Contacts, rows: I64, row: I32) -> Contacts:
    """The contacts of cut rows, one for each pair of their parts; `row` is that of the parts."""
    at = np.minimum(np.searchsorted(rows, contacts.rows), len(rows) - 1)
    some = np.flatnonzero(rows[at] == contacts.rows)
    start, stop = (np.searchsorted(row, at[some], side=side) for side in ("left", "right"))
    count = stop - start
    place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    out = contacts.take(np.repeat(some, count))
    return replace(out, rows=np.repeat(start, count) + place)


def _in_place(pairs: PipePairs, rows: I64, found: _Found, behind: int) -> PipePairs:
    """The pairs with those of parts in place of what was cut, which stand `behind` all segments."""
    counts = np.ones(len(pairs), dtype=np.int64)
    of_row = np.bincount(found.row, minlength=len(rows))
    counts[rows] = np.maximum(of_row, 1)  # a pair too far apart for any rule stays as it is
    first = np.cumsum(counts) - counts
    number = np.arange(len(found.row)) - (np.cumsum(of_row) - of_row)[found.row]
    at = first[rows[found.row]] + number
    i, j, marks = (np.repeat(column, counts) for column in (pairs.i, pairs.j, pairs.marks))
    i[at], j[at], marks[at] = found.i + behind, found.j + behind, found.marks
    joints = pairs.joints
    kept = np.flatnonzero(~np.isin(joints.rows, rows[of_row > 0]))
    where = np.concatenate([first[joints.rows[kept]], at[found.joints.rows]])
    order = np.argsort(where)
    both = [
        np.concatenate([getattr(joints, name)[kept], getattr(found.joints, name)])[order]
        for name in ("reason", "distance_m", "width_m")
    ]
    return replace(
        pairs,
        i=i,
        j=j,
        marks=marks,
        pair=np.repeat(pairs.pair, counts),
        cell=np.repeat(pairs.cell, counts),
        joints=Joints(where[order], both[0], both[1], both[2]),
    )
