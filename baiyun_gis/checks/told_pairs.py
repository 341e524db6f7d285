"""What the kernels of checks of two lines read, and what they told, as findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.found_pairs import FoundPairs
from baiyun_gis.checks.near_pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.stretches import TOUCHING_M
from baiyun_gis.checks.verdicts import HALF_NANOMETRE_M, POSSIBLE, POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.end_errors import Surveyed
from baiyun_gis.kernels.measuring import FLAGS, NO_KIND, NO_SIZE
from baiyun_gis.kernels.overlapping import Terms
from baiyun_gis.kernels.pair_columns import AskedOf, Judging, Laid, Paired, Told
from baiyun_gis.kernels.segments import owned, table_of
from baiyun_gis.kernels.standings import FoundRows
from baiyun_gis.model.columns import I32, Bool, is_one_of
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.requirement import Requirement

if TYPE_CHECKING:
    from baiyun_gis.checks.asked_of_pairs import Requirements
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

_BEYOND_M = 0.01
"""A stretch that goes on so far beyond its pipe is said to."""

_MARGIN_M = 1e-6
"""Far more than rounding, far less than any answer: what is not looked at closer is clear."""

TERMS = Terms(TOLERANCE_M, HALF_NANOMETRE_M, _MARGIN_M, POSSIBLE_SIGMAS)

Found = FoundPairs | ConflictTable
"""What a check of pairs found; a table where that is nothing."""

RemarkRows = Sequence[tuple[int, str]]
"""Rows of flags with the remarks they stand for."""

REMARKS_IN_PLAN: RemarkRows = (NO_KIND, "kind_unknown"), (NO_SIZE, "size_unknown")


def laid_of(ctx: CheckContext) -> Laid:
    """All segments and lines of a context."""
    snapshot, columns = ctx.snapshot, ctx.snapshot.columns
    return Laid(
        table_of(snapshot.segments),
        owned(columns.level_known, np.bool_),
        owned(columns.width_known, np.bool_),
        owned(columns.height_known, np.bool_),
        ctx.along_runs,
        owned(snapshot.topology.run, np.int32),
        owned(snapshot.lengths_m, np.float64),
        ctx.surveyed,
        owned(snapshot.origin, np.float64),
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


def paired_of(ctx: CheckContext) -> Paired:
    """All segment pairs of a context."""
    pairs = ctx.pairs
    i, j, pair = (owned(column, np.int32) for column in (pairs.i, pairs.j, pairs.pair))
    return Paired(i, j, pair, owned(pairs.marks, np.uint16), len(pairs.a))


def judging_of(ctx: CheckContext) -> Judging:
    """What distances are held against."""
    angle = float(ctx.rules.settings.crossing_angle_deg)
    return Judging(angle, TERMS, POSSIBLE, UNKNOWN_HALF_M, TOUCHING_M, _BEYOND_M)


def asked_of(asked: Requirements) -> AskedOf:
    """What a check asks, as the kernels read it."""
    of = asked.asked
    return AskedOf(
        asked.by_cell(),
        owned(of.requirement, np.int32),
        owned(of.order, np.int8),
        owned(of.unless_above_m, np.float64),
    )


def room_for(pieces: int, ends: int) -> Told:
    """Room for what is told of so many pieces, and for how so many pairs end."""
    rows = FoundRows(
        np.empty((pieces, 6)),
        np.empty((pieces, 9)),
        np.empty((pieces, 2), np.int32),
        np.empty(pieces, np.int32),
        np.empty(pieces, np.bool_),
    )
    return Told(rows, np.empty((FLAGS, pieces), np.bool_), np.zeros((2, ends), np.bool_))


def findings_of(
    ctx: CheckContext,
    check: str,
    told: Told,
    count: int,
    requirements: Sequence[Requirement] = (),
    *,
    flags: RemarkRows,
    grave: Sequence[Utility] = (),
    weak: frozenset[int] = frozenset(),
) -> Found:
    """The first `count` rows of what was told, as findings.

    `grave` are the kinds whose findings are critical whatever the clause, those on `weak`
    requirements minor at most.
    """
    if not count:
        return ConflictTable.empty()
    numbers, points, pipes, requirement, beyond = told.rows
    # Copied, so that the room for all pieces need not stay.
    rows = FoundRows(
        numbers[:count].copy(),
        points[:count].copy(),
        pipes[:count].copy(),
        requirement[:count].copy(),
        beyond[:count].copy(),
    )
    remarks = tuple((told.flags[row, :count].copy(), key) for row, key in flags)
    critical = _is_kind(ctx.snapshot, rows.pipes, grave)
    return FoundPairs(check, ctx.snapshot, rows, requirements, remarks, critical, weak)


def _is_kind(snapshot: Snapshot, pipes: I32, kinds: Sequence[Utility]) -> Bool:
    """Findings with a line of these kinds on either side (`pipes`, both in a row)."""
    if not kinds:
        return np.zeros(len(pipes), dtype=np.bool_)
    utility, members = snapshot.state.pipes.utility, tuple(kinds)
    return is_one_of(utility[pipes[:, 0]], members) | is_one_of(utility[pipes[:, 1]], members)
