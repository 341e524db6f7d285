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

from baiyun_gis.checks.joints import REASONS, Joints, ends_of, joints_of, settled_of
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.candidates import candidate_pairs
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.pairing import oriented, pipe_pairs, worse_of_both
from baiyun_gis.kernels.plan import PlanClearance, near_in_plan, plan_stretch
from baiyun_gis.kernels.tallying import first_codes
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import NotCovered

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

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

TOUCH_M = 0.01
"""Every pair is looked at that comes this near, whatever the rules ask."""


@dataclass(frozen=True, slots=True)
class ByPair(Generic[Column]):
    """A column by segment pair that is looked up where it is asked for: a value a cell."""

    values: Column
    cell: I32

    def __getitem__(self, rows: I64) -> Column:
        return self.values[self.cell[rows]]  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a check asks of each segment pair: all shape (pairs,).

    `required_m` is NaN and `requirement` −1 where the rule set has no number; `why_not` then
    says why (codes of `NotCovered`). `limit_m` is the number to search by: the strictest the
    known side can meet where the other side's kind is unknown. `order` is 1 where a must be
    above, −1 below. `unless_above_m`: not asked where the upper one lies above by this much.
    """

    required_m: F64
    limit_m: F64
    requirement: ByPair[I32]
    why_not: ByPair[I8]
    order: ByPair[I8]
    unless_above_m: ByPair[F64]
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class PipePairs:
    """Segment pairs `i`, `j` and the pipe pairs they belong to.

    `pair` indexes `a` and `b` (pipe rows). `gap` and the nearest points are of the plan
    projections; `ta`, `tb` are stations (0–1) of the nearest points on the axes. `sigma_xy_m` is
    the largest deviation of the distance anywhere along the two. Segment pairs that needed no
    measuring are left out; `settled_reason` gives by pipe pair why (code of `REASONS`, 0: none of
    its pieces is left out). `run_pair` numbers the pairs of runs. `cell` is the place of both
    classes in a matrix of the rule set, `size_doubt_m` how much nearer the walls may be where a
    width is unknown.
    """

    i: I32
    j: I32
    pair: I32
    a: I32
    b: I32
    plan: PlanClearance
    crosses: Bool
    cross_ta: F64
    cross_tb: F64
    angle_deg: F64
    joints: Joints
    sigma_xy_m: F64
    run_pair: I32
    settled_reason: I8
    cell: I32
    size_doubt_m: F64

    def __len__(self) -> int:
        return len(self.i)


def pairs_of(ctx: CheckContext) -> PipePairs:
    """All segment pairs of different pipes that any rule of the set could speak of."""
    snapshot = ctx.snapshot
    ctx.job.step(0.0, msg("Looking for pairs of lines that lie near each other"))
    seg, columns = snapshot.segments, snapshot.columns
    i, j = candidate_pairs(seg, reach_m(ctx))
    wanted = snapshot.asks_pair(seg.pipe[i], seg.pipe[j])
    if not wanted.all():
        i, j = i[wanted], j[wanted]
    turned = oriented(seg.pipe, snapshot.topology.run, i, j)
    a, b, pair = pipe_pairs(seg.pipe, i, j, turned, len(snapshot.tested))
    i, j = turned
    ends = ends_of(snapshot)
    settled = settled_of(snapshot, ends, i, j, pair, (a, b))
    ctx.job.step(0.1, msg("Measuring plan distances"))
    # What is joined end to end is nine tenths of all that is near; it needs no measuring.
    rows = np.flatnonzero(settled == 0)
    p, q = i[rows], j[rows]
    angle = ctx.rules.settings.crossing_angle_deg
    plan, crossing = near_in_plan(seg, p, q, crossing_angle_deg=angle)
    sigma = worse_of_both(columns.sigma_xy0, columns.sigma_xy1, p, q)
    joints = joints_of(snapshot, ends, p, q, pair[rows], (plan, sigma))
    return PipePairs(
        i=p,
        j=q,
        pair=pair[rows],
        a=a,
        b=b,
        plan=plan,
        crosses=crossing.crosses,
        cross_ta=crossing.ta,
        cross_tb=crossing.tb,
        angle_deg=crossing.angle_deg,
        joints=joints,
        sigma_xy_m=sigma,
        run_pair=_run_pairs(snapshot, p, q),
        settled_reason=first_codes(pair, settled, len(a)),
        cell=_cells(ctx, p, q),
        size_doubt_m=_size_doubt(columns.width_known, p, q),
    )


def _run_pairs(snapshot: Snapshot, i: I32, j: I32) -> I32:
    run, pipe = snapshot.topology.run, snapshot.segments.pipe
    return numbered(run[pipe[i]].astype(np.int64) * max(len(run), 1) + run[pipe[j]])[0]


def reach_m(ctx: CheckContext) -> F64:
    """How far each segment looks: half the largest requirement of its class and its own doubt."""
    snapshot, classes = ctx.snapshot, ctx.classes
    matrix = ctx.asked_of("horizontal_clearance")
    largest = np.nanmax(np.nan_to_num(matrix.required_m, nan=0.0), axis=1, initial=0.0)
    if any(line.utility is Utility.UNKNOWN for line in classes.classes):
        # An unknown kind may ask of each line the most that anything asks of it.
        largest = np.maximum(largest, matrix.strictest_m)
    columns, pipe = snapshot.columns, snapshot.segments.pipe
    doubt = POSSIBLE_SIGMAS * np.maximum(columns.sigma_xy0, columns.sigma_xy1)
    size = np.where(columns.width_known, 0.0, UNKNOWN_HALF_M)
    return largest[classes.class_of[pipe]] / 2 + doubt + size + TOUCH_M


def requirements_of(ctx: CheckContext, check: str, pairs: PipePairs) -> Requirements:
    """What one check asks of every segment pair; a recorded plate takes the number for plates."""
    matrix, cell = ctx.asked_of(check), pairs.cell
    least = np.minimum(matrix.strictest_m[:, None], matrix.strictest_m)
    is_unknown = matrix.why_not == NotCovered.UNKNOWN_KIND
    open_limit = np.where(least > 0, least, np.nan)
    required = matrix.required_m.ravel()[cell]
    plate = ctx.snapshot.state.pipes.has_plate
    if plate.any() and not np.isnan(matrix.with_plate_m).all():
        with_plate = matrix.with_plate_m.ravel()[cell]
        pipe = ctx.snapshot.segments.pipe
        is_plated = plate[pipe[pairs.i]] | plate[pipe[pairs.j]]
        has_plate = is_plated & ~np.isnan(with_plate)
        required = np.where(has_plate, with_plate, required)
    limit = required
    if is_unknown.any():
        limit = np.where(is_unknown.ravel()[cell], open_limit.ravel()[cell], required)
    return Requirements(
        required_m=required,
        limit_m=limit,
        requirement=ByPair(matrix.requirement.ravel(), cell),
        why_not=ByPair(matrix.why_not.ravel(), cell),
        order=ByPair(matrix.order.ravel(), cell),
        unless_above_m=ByPair(matrix.unless_above_m.ravel(), cell),
        requirements=matrix.requirements,
    )


def _cells(ctx: CheckContext, i: I32, j: I32) -> I32:
    """Place of the classes of segment pairs in a matrix of classes, row by row."""
    class_of = ctx.classes.class_of[ctx.snapshot.segments.pipe].astype(np.int32)
    return class_of[i] * np.int32(ctx.classes.count) + class_of[j]


def _size_doubt(known: Bool, i: I32, j: I32) -> F64:
    """How much nearer the walls of segment pairs may be where a width is unknown (m)."""
    if known.all():
        return np.zeros(len(i))
    missing = np.where(known, 0.0, UNKNOWN_HALF_M)
    return missing[i] + missing[j]


def size_doubt_m(ctx: CheckContext) -> F64:
    """How much nearer the walls of each segment pair may be where a width is unknown."""
    return ctx.pairs.size_doubt_m


def tally_of(pairs: PipePairs, rows: I64, reason: I8, is_found: Bool, unsure: Bool) -> Tally:
    """The tally of a check that looked at `rows`, with the pairs that needed no measuring.

    `reason` holds codes into `PAIR_REASONS`.
    """
    pair = pairs.pair if len(rows) == len(pairs) else pairs.pair[rows]
    return Tally(pair, reason, is_found, unsure, PAIR_REASONS, pairs.settled_reason)


def reason_codes(joint_reason: I8, asked: Requirements, rows: I64) -> I8:
    """Why segment pairs are set aside: their joint, or that the rule set has no number for them.

    Codes into `PAIR_REASONS`, 0 where nothing does. `rows` are the segment pairs that
    `joint_reason` speaks of.
    """
    whole = len(rows) == len(asked.limit_m)
    limit = asked.limit_m if whole else asked.limit_m[rows]
    why = np.zeros(len(rows), dtype=np.int8)
    silent = np.flatnonzero(np.isnan(limit) | _says_why_not(asked)[rows])
    told = _WITHOUT[asked.why_not[rows[silent]]]
    why[silent] = np.where((told == 0) & np.isnan(limit[silent]), NO_RULE, told)
    return np.where(joint_reason == 0, why, joint_reason)


def _says_why_not(asked: Requirements) -> ByPair[Bool]:
    """Pairs for which the rule set says why it asks nothing."""
    return ByPair(_WITHOUT[asked.why_not.values] != 0, asked.why_not.cell)


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
