"""Where two pipes meet as parts of one network: nearness there is not a conflict.

For every segment pair: how far its nearest points lie from the place where its two pipes are
joined, and how they are joined. A check sets a pair aside when that distance is within the
joint's influence for what the check asks; the same two pipes elsewhere are still tested.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.leaving import ALONGSIDE_DEG, FIRST_CUT_M
from baiyun_gis.checks.same_trace import same_trace
from baiyun_gis.kernels.linking import INFLUENCE as INFLUENCE
from baiyun_gis.kernels.linking import (
    JOINED,
    SHARED_VERTEX,
    Contacts,
    Near,
    Nearness,
    Network,
    links_of,
)
from baiyun_gis.kernels.linking import TEE as TEE
from baiyun_gis.kernels.linking import UNJOINED as UNJOINED
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.pairing import Ends, Settling, clusters_of, settled_pairs
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.kernels.segments import PairRows, Segments, owned, table_of
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, has_text
from baiyun_gis.model.topology import COINCIDENT_M, Topology
from baiyun_gis.model.vocabulary import Status

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.model.tables import PipeTable

REASONS = (
    "",
    "joined_at_node",
    "tee",
    "unjoined_ends",
    "same_run",
    "shared_vertex",
    "same_enclosure",
    "never_together",
    "duplicate_line",
    "planned_replacement",
)
"""Names of the codes in `Joints.reason`; 0 is nothing."""
ENCLOSURE, NEVER, DUPLICATE, REPLACEMENT = range(SHARED_VERTEX + 1, len(REASONS))

SHORT_M = 1.5
"""A pipe no longer than this is a fitting between its joints: a reducer, a valve, a link."""

_NEARNESS = Nearness(COINCIDENT_M, math.cos(math.radians(ALONGSIDE_DEG)) ** 2, FIRST_CUT_M)
_NO_CONTACTS = Contacts(np.zeros(0, dtype=np.int64), np.zeros((0, 6)))


@dataclass(frozen=True, slots=True)
class Joints:
    """The segment pairs `rows` that a joint may explain: reason (code of `REASONS`), distance.

    `width_m` is the sum of the half widths; all shape (rows,). `contacts` are the places where
    lines meet, of those rows that run on alongside each other from one of them.
    """

    rows: I64
    reason: I8
    distance_m: F64
    width_m: F64
    contacts: Contacts = _NO_CONTACTS

    def aside(self, required_m: F64 | float) -> I8:
        """The reason codes where the pair is set aside for a check asking `required_m`, else 0."""
        if not len(self.rows):
            return np.zeros(0, dtype=np.int8)
        asked = np.where(np.isnan(required_m), 0.0, required_m)
        near = self.distance_m <= INFLUENCE * (self.width_m + asked)
        return np.where(near, self.reason, 0).astype(np.int8)


NO_JOINTS = Joints(
    np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int8), np.zeros(0), np.zeros(0)
)


def plain_lines(snapshot: Snapshot, special: Bool) -> Bool:
    """Lines that are asked about and not `special`: where they are one straight piece nothing but
    their joint can set two of them aside."""
    plain = snapshot.asked & ~special
    if snapshot.others is not None:
        plain &= snapshot.others.pipes
    if snapshot.owned is not None:
        plain &= snapshot.owned.pipes
    return plain


@dataclass(frozen=True, slots=True)
class RecordedOfLines:
    """What is recorded of lines that can settle how they stand to others near them.

    `encased` lie in a casing, duct bank, trench or tunnel; `special` are these and all of which
    something else is recorded.
    """

    encased: Bool
    special: Bool
    settling: Settling


def recorded_of(pipes: PipeTable) -> RecordedOfLines:
    """The same of all lines."""
    encased, planned = has_text(pipes.enclosure), pipes.status == Status.PLANNED
    days = pipes.valid_from.view(np.int64), pipes.valid_to.view(np.int64)
    special = encased | planned | ~np.isnat(pipes.valid_to)
    return RecordedOfLines(encased, special, Settling(*days, pipes.utility, planned))


def settled_of(
    snapshot: Snapshot,
    ends: Ends,
    by_pipe: RecordedOfLines,
    segments: tuple[I32, I32],
    pair: I32,
) -> I8:
    """Reasons that need no measuring, 0 elsewhere; of pairs of segments of pairs of pipes.

    Straight pieces that both end at their pipes' joint meet only there. Pipes that never lie
    there together, or share a casing, are set aside everywhere.
    """
    i, j = segments
    table, encased = snapshot.state.pipes, by_pipe.encased
    out, alike = settled_pairs(ends, i, j, by_pipe.settling, joined=JOINED, never=NEVER)
    if not (alike.any() or encased.any()):
        return out
    pair, first = numbered(pair)
    a, b = ends.pipe[i[first]], ends.pipe[j[first]]
    twice = same_trace(snapshot, a, b, alike[first])
    for flags, reason in ((twice.is_replacement, REPLACEMENT), (twice.is_duplicate, DUPLICATE)):
        if flags.any():
            out[flags[pair] & (out != NEVER)] = reason
    shares = np.flatnonzero(encased[a] | encased[b])
    if len(shares):
        inside = np.zeros(len(a), dtype=np.bool_)
        inside[shares] = _shares_enclosure(table, encased, a[shares], b[shares])
        out[inside[pair]] = ENCLOSURE
    return out


def ends_of(ctx: CheckContext, snapshot: Snapshot) -> Ends:
    """How pipes and segments are joined, as the kernels read it: those of the context's snapshot,
    or of one with the same pipes in other pieces."""
    # A line slid about stays longer than a fitting.
    fittings = ctx.of_asked("fittings", "", lambda: fittings_of(ctx.snapshot))
    topology, columns = snapshot.topology, snapshot.columns
    return Ends(
        owned(snapshot.segments.pipe, np.int32),
        owned(topology.joint, np.int32),
        owned(topology.family, np.int32),
        fittings,
        owned(columns.is_first, np.bool_),
        owned(columns.is_last, np.bool_),
    )


def joints_of(
    snapshot: Snapshot,
    ends: Ends,
    rows: I64,
    segments: tuple[I32, I32],
    pair: I32,
    near: tuple[PlanClearance, F64],
) -> Joints:
    """How the pipes of segment pairs are joined, from where their pieces come nearest.

    `rows` is what the pairs are called, `pair` their pair of pipes; `near` is their plan clearance
    and the deviation of its distance (m).
    """
    plan, sigma_xy_m = near
    number, first = numbered(pair)
    links, contacts = links_of(
        PairRows(table_of(snapshot.segments), *segments),
        owned(rows, np.int64),
        number,
        len(first),
        network_of(snapshot, ends),
        _NEARNESS,
        Near(plan.ax, plan.ay, plan.bx, plan.by),
        sigma_xy_m,
    )
    return Joints(*links, contacts)


def network_of(snapshot: Snapshot, ends: Ends) -> Network:
    """How lines are joined, with where their ends lie."""
    topology = snapshot.topology
    return Network(
        ends,
        owned(topology.joint_degree, np.int32),
        owned(topology.end_xy, np.float64),
        owned(snapshot.origin, np.float64),
        owned(snapshot.columns.sigma_z0, np.float64),
    )


def _shares_enclosure(pipes: PipeTable, encased: Bool, a: I32, b: I32) -> Bool:
    """Pairs in one casing, duct bank, trench or tunnel, or a line and the tunnel it lies in."""
    enclosure, ids = pipes.enclosure, pipes.id
    same = (enclosure[a] == enclosure[b]).astype(np.bool_)
    inside = (enclosure[a] == ids[b]).astype(np.bool_) & encased[a]
    around = (enclosure[b] == ids[a]).astype(np.bool_) & encased[b]
    return (encased[a] & same) | inside | around


def fittings_of(snapshot: Snapshot) -> I32:
    """Joints linked by the fittings that are tested, as labels by joint."""
    length_m = np.where(snapshot.tested, snapshot.lengths_m, np.inf)
    return fitting_clusters(snapshot.topology, length_m)


def fitting_clusters(topology: Topology, length_m: F64) -> I32:
    """Joints linked by fittings, as labels by joint; lengths (m) by pipe."""
    short = np.flatnonzero(length_m <= SHORT_M)
    one, two = topology.joint[2 * short], topology.joint[2 * short + 1]
    return clusters_of(one, two, len(topology.joint_degree))


def to_axis(seg: Segments, target: I32, point: F64) -> tuple[F64, F64]:
    """Plan distance of points from the axes of segments, and the station of the foot (0–1)."""
    dx, dy = seg.x1[target] - seg.x0[target], seg.y1[target] - seg.y0[target]
    px, py = point[:, 0] - seg.x0[target], point[:, 1] - seg.y0[target]
    square = np.maximum(dx * dx + dy * dy, 1e-12)  # an upright piece is its foot
    station = np.clip((px * dx + py * dy) / square, 0.0, 1.0)
    return np.hypot(px - station * dx, py - station * dy), station
