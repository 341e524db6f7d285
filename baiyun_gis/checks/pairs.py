"""Segment pairs near enough for any pair rule, and what sets some of them aside.

Found once per run with the largest distance any rule of the set asks, and used by every check of
pairs. `a` is always the pipe of the run with the smaller label, so that chainage along `a` means
the same for all pieces of one run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.checks.joints import JOINED as JOINED_END_TO_END
from baiyun_gis.checks.joints import (
    REASONS,
    Joints,
    ends_of,
    has_enclosure,
    is_special,
    joints_of,
    plain_ends,
    settled_of,
)
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.kernels.candidates import unjoined_pairs
from baiyun_gis.kernels.first_look import (
    AT,
    CROSSES,
    LINKED,
    MEASURE,
    NEAR,
    OVER,
    SETTLED,
    STEEP,
    Asked,
    LineTraits,
    Marks,
    looked_at,
    sides_of,
)
from baiyun_gis.kernels.ordering import in_company, numbered, with_any
from baiyun_gis.kernels.pairing import oriented, pipe_pairs, worse_of_both
from baiyun_gis.kernels.plan import PlanClearance, PlanCrossing, near_in_plan, plan_stretch
from baiyun_gis.kernels.tallying import first_codes
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import NotCovered

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.kernels.pairing import Ends

UNKNOWN_HALF_M = 0.5
"""A pipe of unknown size is looked for as if it were up to 1 m across; it is never given a size."""

PAIR_REASONS = (
    *REASONS,
    *(member.key for member in NotCovered if member > NotCovered.UNKNOWN_KIND),
    "no_rule",
    "crossing",
    "lies_above",
    "beside_crossing",
)
"""Names of all reasons a pair of lines is set aside for; 0 is nothing."""
NO_RULE, CROSSING, LIES_ABOVE, BESIDE_CROSSING = (
    PAIR_REASONS.index(name) for name in ("no_rule", "crossing", "lies_above", "beside_crossing")
)
_WITHOUT = np.array(
    [PAIR_REASONS.index(member.key) if member.key in PAIR_REASONS else 0 for member in NotCovered],
    dtype=np.int8,
)
_WITHOUT[NotCovered.NO_ROW] = NO_RULE

Column = TypeVar("Column", bound=NDArray[Any])

_WIDEST = "horizontal_clearance"
"""The check that looks furthest for other lines."""

TOUCH_M = 0.01
"""Every pair is looked at that comes this near, whatever the rules ask."""


@dataclass(frozen=True, slots=True)
class ByPair(Generic[Column]):
    """A column by segment pair that is looked up where it is asked for: a value a cell."""

    values: Column
    cell: I32

    def __getitem__(self, rows: I64) -> Column:
        return self.values[self.cell[rows]]  # pyright: ignore[reportReturnType]

    def every(self) -> Column:
        """The values of all segment pairs."""
        return self.values[self.cell]  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a check asks of each segment pair: all shape (pairs,).

    `required_m` is NaN and `requirement` −1 where the rule set has no number; `why_not` then
    says why (codes into `PAIR_REASONS`). `limit_m` is the number to search by: the strictest the
    known side can meet where the other side's kind is unknown. `order` is 1 where a must be
    above, −1 below. `unless_above_m`: not asked where the upper one lies above by this much.
    """

    required_m: ByPair[F64]
    limit_m: ByPair[F64]
    requirement: ByPair[I32]
    why_not: ByPair[I8]
    order: ByPair[I8]
    unless_above_m: ByPair[F64]
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class PipePairs:
    """Segment pairs `i`, `j` and the pipe pairs they belong to.

    `pair` indexes `a` and `b` (pipe rows). `marks` say how the two lie to each other (bits of
    `kernels.first_look`), all exact but for `TOUCHES`, which says what could touch of those with
    `AT`. Segment pairs that needed no measuring are left out; `settled_reason` gives by pipe pair
    why (code of `REASONS`, 0: none of its pieces is left out), and `joined` counts the pairs of
    plain lines that are joined end to end, which stand nowhere else. `cell` is the place of both
    classes in the matrices of `Requirements`.
    """

    i: I32
    j: I32
    pair: I32
    a: I32
    b: I32
    marks: Marks
    joints: Joints
    settled_reason: I8
    joined: int
    cell: I32

    def __len__(self) -> int:
        return len(self.i)

    def has(self, marks: int) -> Bool:
        """Segment pairs with any of these marks."""
        return (self.marks & marks) != 0

    def is_crossing(self, rows: I64) -> Bool:
        """Of some segment pairs those whose axes meet at the crossing angle or more."""
        both = np.uint16(CROSSES | STEEP)
        return (self.marks[rows] & both) == both


def pairs_of(ctx: CheckContext) -> PipePairs:
    """All segment pairs of different pipes that any rule of the set could speak of."""
    snapshot = ctx.snapshot
    ctx.job.step(0.0, msg("Looking for pairs of lines that lie near each other"))
    seg = snapshot.segments
    ends, encased = ends_of(snapshot), has_enclosure(snapshot.state.pipes)
    special = is_special(snapshot.state.pipes, encased)
    i, j, joined = unjoined_pairs(seg, reach_m(ctx), plain_ends(snapshot, special))
    if not snapshot.asks_all:
        wanted = snapshot.asks_pair(seg.pipe[i], seg.pipe[j])
        i, j = i[wanted], j[wanted]
    turned = oriented(seg.pipe, snapshot.topology.run, i, j)
    a, b, pair = pipe_pairs(seg.pipe, i, j, turned, len(snapshot.tested))
    i, j = turned
    cell, marks = _looked_at(ctx, ends, special, i, j)
    some = np.flatnonzero(marks & SETTLED)
    settled = np.zeros(len(i), dtype=np.int8)
    settled[some] = settled_of(snapshot, ends, encased, (i[some], j[some]), pair[some])
    settled_reason = first_codes(pair, settled, len(a))
    ctx.job.step(0.1, msg("Measuring plan distances"))
    if settled.any():
        rows = np.flatnonzero(settled == 0)
        i, j, pair, cell, marks = i[rows], j[rows], pair[rows], cell[rows], marks[rows]
    _measure(ctx, i, j, cell, marks)
    linked = np.flatnonzero(with_any(pair, (marks & LINKED) != 0, len(a))[pair])
    p, q = i[linked], j[linked]
    near = _near_in_plan(ctx, p, q)[0], _sigma_xy_m(snapshot, p, q)
    joints = joints_of(snapshot, ends, linked, (p, q), pair[linked], near)
    return PipePairs(i, j, pair, a, b, marks, joints, settled_reason, joined, cell)


def _looked_at(ctx: CheckContext, ends: Ends, special: Bool, i: I32, j: I32) -> tuple[I32, Marks]:
    """The cell and the marks of segment pairs at a first look."""
    snapshot, classes, columns = ctx.snapshot, ctx.classes, ctx.snapshot.columns
    sides = sides_of(
        ends,
        LineTraits(classes.class_of, snapshot.state.pipes.has_plate, special),
        known=(columns.width_known, columns.height_known),
        xy_m=(columns.sigma_xy0, columns.sigma_xy1),
        z_m=(columns.sigma_z0, columns.sigma_z1),
    )
    limit = _limits(ctx, _WIDEST)[1]
    asked = Asked(limit, classes.count, POSSIBLE_SIGMAS, UNKNOWN_HALF_M)
    steep_deg = ctx.rules.settings.crossing_angle_deg
    return looked_at(snapshot.segments, i, j, sides, asked, steep_deg=steep_deg)


def _measure(ctx: CheckContext, i: I32, j: I32, cell: I32, marks: Marks) -> None:
    """Make the marks exact where something is to be measured."""
    snapshot = ctx.snapshot
    rows = np.flatnonzero(marks & MEASURE)
    p, q = i[rows], j[rows]
    gap = _near_in_plan(ctx, p, q)[0].gap
    doubt = POSSIBLE_SIGMAS * _sigma_xy_m(snapshot, p, q)
    size = _size_doubt_m(snapshot, p, q)
    # Walls drawn touching in plan overlap or not by rounding: by the tolerance they do not.
    for mark, is_so in (
        (AT, gap < doubt + size),
        (NEAR, gap < _limits(ctx, _WIDEST)[1][cell[rows]] + doubt + size),
        (OVER, gap < -TOLERANCE_M),
    ):
        marks[rows[is_so]] |= mark


def _near_in_plan(ctx: CheckContext, i: I32, j: I32) -> tuple[PlanClearance, PlanCrossing]:
    angle = ctx.rules.settings.crossing_angle_deg
    return near_in_plan(ctx.snapshot.segments, i, j, crossing_angle_deg=angle)


def _sigma_xy_m(snapshot: Snapshot, i: I32, j: I32) -> F64:
    columns = snapshot.columns
    return worse_of_both(columns.sigma_xy0, columns.sigma_xy1, i, j)


def plan_of(ctx: CheckContext, rows: I64) -> tuple[PlanClearance, PlanCrossing]:
    """The plan projections of segment pairs: how near they come, and where the axes meet.

    At a crossing its point stands for both nearest points.
    """
    return _near_in_plan(ctx, ctx.pairs.i[rows], ctx.pairs.j[rows])


def sigma_xy_m(ctx: CheckContext, rows: I64) -> F64:
    """The largest deviation of the distance of segment pairs anywhere along the two."""
    return _sigma_xy_m(ctx.snapshot, ctx.pairs.i[rows], ctx.pairs.j[rows])


def width_m(ctx: CheckContext, rows: I64) -> F64:
    """Both half widths of segment pairs together."""
    half = ctx.snapshot.segments.half_width
    return half[ctx.pairs.i[rows]] + half[ctx.pairs.j[rows]]


def run_pairs(ctx: CheckContext, rows: I64) -> I32:
    """Which of some segment pairs are of the same two runs: the pairs of runs, numbered."""
    run, pipe = ctx.snapshot.topology.run, ctx.snapshot.segments.pipe
    a, b = pipe[ctx.pairs.i[rows]], pipe[ctx.pairs.j[rows]]
    return numbered(run[a].astype(np.int64) * max(len(run), 1) + run[b])[0]


def with_their_runs(ctx: CheckContext, rows: I64, flag: Bool) -> Bool:
    """Of some segment pairs those whose two runs have the flag on any of them."""
    run = ctx.snapshot.topology.run[ctx.snapshot.segments.pipe]
    return in_company(run, ctx.pairs.i, ctx.pairs.j, rows, flag)


def reach_m(ctx: CheckContext) -> F64:
    """How far each segment looks: half the largest requirement of its class and its own doubt."""
    snapshot, classes = ctx.snapshot, ctx.classes
    matrix = ctx.asked_of(_WIDEST)
    largest = np.nanmax(np.nan_to_num(matrix.required_m, nan=0.0), axis=1, initial=0.0)
    if any(line.utility is Utility.UNKNOWN for line in classes.classes):
        # An unknown kind may ask of each line the most that anything asks of it.
        largest = np.maximum(largest, matrix.strictest_m)
    columns, pipe = snapshot.columns, snapshot.segments.pipe
    doubt = POSSIBLE_SIGMAS * np.maximum(columns.sigma_xy0, columns.sigma_xy1)
    size = np.where(columns.width_known, 0.0, UNKNOWN_HALF_M)
    return largest[classes.class_of[pipe]] / 2 + doubt + size + TOUCH_M


def _limits(ctx: CheckContext, check: str) -> tuple[F64, F64]:
    """What a check requires and searches by, by cell: without a plate, then with one recorded."""
    matrix = ctx.asked_of(check)
    least = np.minimum(matrix.strictest_m[:, None], matrix.strictest_m)
    is_unknown = matrix.why_not == NotCovered.UNKNOWN_KIND
    open_limit = np.where(least > 0, least, np.nan)
    plate = matrix.with_plate_m
    required = np.stack([matrix.required_m, np.where(np.isnan(plate), matrix.required_m, plate)])
    return required.ravel(), np.where(is_unknown, open_limit, required).ravel()


def required_by_cell_m(ctx: CheckContext, check: str) -> F64:
    """What a check requires of classes of lines, by `PipePairs.cell`; NaN nothing."""
    return _limits(ctx, check)[0]


def requirements_of(ctx: CheckContext, check: str, pairs: PipePairs) -> Requirements:
    """What one check asks of every segment pair; a recorded plate takes the number for plates."""
    matrix, cell = ctx.asked_of(check), pairs.cell
    required, limit = _limits(ctx, check)
    told = np.tile(_WITHOUT[matrix.why_not.ravel()], 2)
    silent = (told == 0) & np.isnan(limit)
    return Requirements(
        required_m=ByPair(required, cell),
        limit_m=ByPair(limit, cell),
        requirement=ByPair(np.tile(matrix.requirement.ravel(), 2), cell),
        why_not=ByPair(np.where(silent, NO_RULE, told).astype(np.int8), cell),
        order=ByPair(np.tile(matrix.order.ravel(), 2), cell),
        unless_above_m=ByPair(np.tile(matrix.unless_above_m.ravel(), 2), cell),
        requirements=matrix.requirements,
    )


def size_doubt_m(ctx: CheckContext, rows: I64) -> F64:
    """How much nearer the walls of segment pairs may be where a width is unknown."""
    return _size_doubt_m(ctx.snapshot, ctx.pairs.i[rows], ctx.pairs.j[rows])


def _size_doubt_m(snapshot: Snapshot, i: I32, j: I32) -> F64:
    known = snapshot.columns.width_known
    return UNKNOWN_HALF_M * ((~known[i]).astype(np.float64) + ~known[j])


def tally_of(pairs: PipePairs, rows: I64 | None, reason: I8, is_found: Bool, unsure: Bool) -> Tally:
    """The tally of a check that looked at `rows` (None: all), with what needed no measuring.

    `reason` holds codes into `PAIR_REASONS`.
    """
    pair = pairs.pair if rows is None else pairs.pair[rows]
    joined = {PAIR_REASONS[JOINED_END_TO_END]: pairs.joined}
    return Tally(pair, reason, is_found, unsure, PAIR_REASONS, pairs.settled_reason, joined)


def reason_codes(pairs: PipePairs, asked: Requirements, joint_reason: I8) -> I8:
    """Why segment pairs are set aside: their joint, or that the rule set has no number for them.

    Codes into `PAIR_REASONS`, 0 where nothing does. `joint_reason` is that of `pairs.joints`.
    """
    out = asked.why_not.every()
    rows = pairs.joints.rows
    out[rows] = np.where(joint_reason == 0, out[rows], joint_reason)
    return out


def subjects_of(ctx: CheckContext, check: str) -> int:
    """How many selected pipes the check has a number for, with some line there is."""
    speaks: Bool = np.any(ctx.asked_of(check).covered, axis=1)
    return int((speaks[ctx.classes.class_of] & ctx.snapshot.selected).sum())


def interval(
    ctx: CheckContext, rows: I64, within_m: F64, at_t: F64, *, wanted: Bool | None = None
) -> tuple[F64, F64]:
    """Where along the run of `a` the two lie within `within_m` of each other in plan.

    Where they do not, or it is not `wanted`, it is the point at station `at_t`.
    """
    pairs, snapshot = ctx.pairs, ctx.snapshot
    low, high = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    asked = np.arange(len(rows)) if wanted is None else np.flatnonzero(wanted)
    some = rows[asked]
    stretch = plan_stretch(snapshot.segments, pairs.i[some], pairs.j[some], within_m[asked])
    low[asked], high[asked] = stretch
    return along_run(snapshot, pairs, rows, low, high, at_t)


def along_run(
    snapshot: Snapshot, pairs: PipePairs, rows: I64, from_t: F64, to_t: F64, at_t: F64
) -> tuple[F64, F64]:
    """Stations on `a`'s segments as chainage along its run; NaN stands for the point `at_t`."""
    seg, topology = snapshot.segments, snapshot.topology
    i = pairs.i[rows]
    pipe = seg.pipe[i]
    length = np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    offset, sign = topology.run_offset_m[pipe], topology.run_sign[pipe]
    one = offset + sign * (seg.chain0[i] + np.where(np.isnan(from_t), at_t, from_t) * length)
    two = offset + sign * (seg.chain0[i] + np.where(np.isnan(to_t), at_t, to_t) * length)
    return np.minimum(one, two), np.maximum(one, two)
