"""Segment pairs near enough for any pair rule, and what sets some of them aside.

Found once per run with the largest distance any rule of the set asks, and used by every check of
pairs. `a` is always the pipe of the run with the smaller label, so that chainage along `a` means
the same for all pieces of one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from baiyun_gis.checks.asked_of_pairs import PAIR_REASONS, WIDEST, limits_of
from baiyun_gis.checks.joints import JOINED as JOINED_END_TO_END
from baiyun_gis.checks.joints import (
    NO_JOINTS,
    Joints,
    ends_of,
    joints_of,
    recorded_of,
    settled_of,
)
from baiyun_gis.checks.ledger import ledger_line
from baiyun_gis.checks.near_pairs import TOUCH_M as TOUCH_M
from baiyun_gis.checks.near_pairs import UNKNOWN_HALF_M, near_pairs
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.first_look import LINKED, SETTLED, Marks
from baiyun_gis.kernels.listing import Closer, looked_closer, rows_in_company
from baiyun_gis.kernels.ordering import Grouped
from baiyun_gis.kernels.pairing import worse_of_both
from baiyun_gis.kernels.plan import PlanClearance, PlanCrossing, near_in_plan
from baiyun_gis.kernels.quiet import told
from baiyun_gis.kernels.segments import PairRows, owned, table_of
from baiyun_gis.kernels.tallying import ends_of_pairs, first_codes
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.findings.conflicts import CheckLedger


class QuietPairs(NamedTuple):
    """How many quiet pairs there are of each cell and kind that has any; all shape (n,)."""

    cell: I64
    kind: I64
    pairs: I64


@dataclass(frozen=True, slots=True)
class PipePairs:
    """Segment pairs `i`, `j` and the pipe pairs they belong to.

    `pair` indexes `a` and `b` (pipe rows). `marks` say how the two lie to each other (bits of
    `kernels.first_look`), all exact but for `TOUCHES`, which says what could touch of those with
    `AT`. Segment pairs that needed no measuring are left out; `settled_reason` gives by pipe pair
    why (code of `REASONS`, 0: none of its pieces is left out). `cell` is the place of both
    classes in the matrices of `Requirements`.

    `joined` counts the pairs of plain lines that are joined end to end, and `quiet`, by cell and
    kind (`kernels.quiet`), those of lines that no check could find anything of, nor of another pair
    of the same two runs. Neither stand anywhere else.
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
    quiet: QuietPairs

    def __len__(self) -> int:
        return len(self.i)

    def has(self, marks: int) -> Bool:
        """Segment pairs with any of these marks."""
        return (self.marks & marks) != 0


def pairs_of(ctx: CheckContext) -> PipePairs:
    """All segment pairs of different pipes that any rule of the set could find something of."""
    snapshot = ctx.snapshot
    ctx.job.step(0.0, msg("Looking for pairs of lines that lie near each other"))
    ends, pipes = ends_of(ctx, snapshot), snapshot.state.pipes
    by_pipe = ctx.of_things("recorded", "pairs", lambda: recorded_of(pipes))
    near = near_pairs(ctx, ends, by_pipe.special)
    i, j, cell, marks, pair, a, b = near.pairs
    settled_reason = np.zeros(len(a), dtype=np.int8)
    some = (marks & SETTLED).nonzero()[0]
    if len(some):
        settled = np.zeros(len(i), dtype=np.int8)
        settled[some] = settled_of(snapshot, ends, by_pipe, (i[some], j[some]), pair[some])
        settled_reason = first_codes(pair, settled, len(a))
        rows = (settled == 0).nonzero()[0]
        if len(rows) < len(i):
            i, j, pair, cell, marks = i[rows], j[rows], pair[rows], cell[rows], marks[rows]
    ctx.job.step(0.1, msg("Measuring plan distances"))
    _measure(ctx, i, j, cell, marks)
    linked = rows_in_company(pair, marks, LINKED, len(a))
    joints = NO_JOINTS
    if len(linked):
        p, q = i[linked], j[linked]
        apart = _near_in_plan(ctx, p, q)[0], _sigma_xy_m(snapshot, p, q)
        joints = joints_of(snapshot, ends, linked, (p, q), pair[linked], apart)
    quiet = QuietPairs(*told(near.quiet))
    return PipePairs(i, j, pair, a, b, marks, joints, settled_reason, near.joined, cell, quiet)


def _measure(ctx: CheckContext, i: I32, j: I32, cell: I32, marks: Marks) -> None:
    """Make the marks exact where something is to be measured."""
    columns, angle = ctx.snapshot.columns, ctx.rules.settings.crossing_angle_deg
    run_in_chunks(
        looked_closer,
        len(i),
        PairRows(table_of(ctx.snapshot.segments), i, j),
        cell,
        limits_of(ctx, WIDEST)[1],
        (owned(columns.sigma_xy0, np.float64), owned(columns.sigma_xy1, np.float64)),
        owned(columns.width_known, np.bool_),
        Closer(float(angle), POSSIBLE_SIGMAS, UNKNOWN_HALF_M, TOLERANCE_M),
        marks,
    )


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


def by_runs(ctx: CheckContext) -> Grouped:
    """Segment pairs by the runs of both, as the kernels read it."""
    pairs, run, pipe = ctx.pairs, ctx.snapshot.topology.run, ctx.snapshot.segments.pipe
    return Grouped(*(owned(column, np.int32) for column in (run, pipe, pairs.i, pairs.j)))


def size_doubt_m(ctx: CheckContext, rows: I64) -> F64:
    """How much nearer the walls of segment pairs may be where a width is unknown."""
    return _size_doubt_m(ctx.snapshot, ctx.pairs.i[rows], ctx.pairs.j[rows])


def _size_doubt_m(snapshot: Snapshot, i: I32, j: I32) -> F64:
    known = snapshot.columns.width_known
    return UNKNOWN_HALF_M * ((~known[i]).astype(np.float64) + ~known[j])


def ledger_of(
    ctx: CheckContext,
    check: str,
    ends: tuple[I8, Bool, Bool],
    kinds: tuple[int, int, int],
    *,
    rows: I64 | None = None,
    why_not: I8 | None = None,
    subjects: int,
    unmet: tuple[str, ...] = (),
) -> CheckLedger:
    """The ledger of a check of pairs that looked at `rows` (None: all), with what needed no
    measuring.

    `ends` are reason (code of `PAIR_REASONS`), found and unsure. Quiet pairs of each kind end by
    its code in `kinds` (0: they are clear, −1: the check does not look at such), where `why_not`
    (code by cell) does not say that no number is asked.
    """
    pairs = ctx.pairs
    pair = pairs.pair if rows is None else pairs.pair[rows]
    told = ends_of_pairs(
        (pair, *ends),
        pairs.settled_reason,
        tuple(pairs.quiet),
        why_not,
        kinds,
        (JOINED_END_TO_END, pairs.joined),
        codes=len(PAIR_REASONS),
    )
    return ledger_line(check, told, PAIR_REASONS, _NO_MORE, subjects=subjects, unmet=unmet)


_NO_MORE: Mapping[str, int] = {}
