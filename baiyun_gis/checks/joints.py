"""Where two pipes meet as parts of one network: nearness there is not a conflict.

For every segment pair: how far its nearest points lie from the place where its two pipes are
joined, and how they are joined. A check sets a pair aside when that distance is within the
joint's influence for what the check asks; the same two pipes elsewhere are still tested.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.contacts import Contacts, is_along, is_straight_on, with_all_said
from baiyun_gis.checks.same_trace import same_trace
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.pairing import Ends, clusters_of, settled_pairs
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.kernels.segments import Segments, owned
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, has_text
from baiyun_gis.model.topology import COINCIDENT_M, Topology
from baiyun_gis.model.vocabulary import Status

if TYPE_CHECKING:
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
JOINED, TEE, UNJOINED, SAME_RUN, SHARED_VERTEX, ENCLOSURE, NEVER, DUPLICATE, REPLACEMENT = range(
    1, 10
)

INFLUENCE = 4.0
"""1 / sin 15°, rounded up: two pipes leaving a joint at 15° are clear of each other this many
widths and clearances away from it."""

SHORT_M = 1.5
"""A pipe no longer than this is a fitting between its joints: a reducer, a valve, a link."""

LEAST_TOLERANCE_M = 0.01


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
    contacts: tuple[Contacts, ...] = ()

    def aside(self, required_m: F64 | float) -> I8:
        """The reason codes where the pair is set aside for a check asking `required_m`, else 0."""
        if not len(self.rows):
            return np.zeros(0, dtype=np.int8)
        asked = np.where(np.isnan(required_m), 0.0, required_m)
        near = self.distance_m <= INFLUENCE * (self.width_m + asked)
        return np.where(near, self.reason, 0).astype(np.int8)


def plain_lines(snapshot: Snapshot, special: Bool) -> Bool:
    """Lines that are asked about and not `special`: where they are one straight piece nothing but
    their joint can set two of them aside."""
    plain = snapshot.asked & ~special
    if snapshot.others is not None:
        plain &= snapshot.others.pipes
    if snapshot.owned is not None:
        plain &= snapshot.owned.pipes
    return plain


def is_special(pipes: PipeTable, encased: Bool) -> Bool:
    """Lines of which something recorded can settle how they stand to others near them."""
    return encased | (pipes.status == Status.PLANNED) | ~np.isnat(pipes.valid_to)


def has_enclosure(pipes: PipeTable) -> Bool:
    """Lines recorded to lie in a casing, duct bank, trench or tunnel."""
    return has_text(pipes.enclosure)


def settled_of(
    snapshot: Snapshot, ends: Ends, encased: Bool, segments: tuple[I32, I32], pair: I32
) -> I8:
    """Reasons that need no measuring, 0 elsewhere; of pairs of segments of pairs of pipes.

    Straight pieces that both end at their pipes' joint meet only there. Pipes that never lie
    there together, or share a casing (`encased` are all that lie in one), are set aside everywhere.
    """
    i, j = segments
    pair, first = numbered(pair)
    a, b = ends.pipe[i[first]], ends.pipe[j[first]]
    table = snapshot.state.pipes
    days = table.valid_from.astype(np.int64), table.valid_to.astype(np.int64)
    out = settled_pairs(ends, i, j, *days, joined=JOINED, never=NEVER)
    twice = same_trace(snapshot, ends, a, b)
    for flags, reason in ((twice.is_replacement, REPLACEMENT), (twice.is_duplicate, DUPLICATE)):
        if flags.any():
            out[flags[pair] & (out != NEVER)] = reason
    if encased.any():
        shares = np.flatnonzero(encased[a] | encased[b])
        inside = np.zeros(len(a), dtype=np.bool_)
        inside[shares] = _shares_enclosure(table, encased, a[shares], b[shares])
        out[inside[pair]] = ENCLOSURE
    return out


def ends_of(snapshot: Snapshot) -> Ends:
    """How pipes and segments are joined, as the kernels read it."""
    topology, columns = snapshot.topology, snapshot.columns
    return Ends(
        owned(snapshot.segments.pipe, np.int32),
        owned(topology.joint, np.int32),
        owned(topology.family, np.int32),
        fittings_of(snapshot),
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
    if not len(rows):
        return Joints(rows, np.zeros(0, dtype=np.int8), np.zeros(0), np.zeros(0))
    plan, sigma_xy_m = near
    found = _Nearest(snapshot, *segments, plan)
    _joined(found, snapshot)
    _fittings(found, snapshot, ends.cluster)
    _end_contacts(found, snapshot, numbered(pair)[0], sigma_xy_m)
    _shared_vertices(found, snapshot)
    contacts = with_all_said(snapshot.segments, *segments, found.contacts, rows)
    return replace(found.joints(rows), contacts=contacts)


def joints_of_parts(
    snapshot: Snapshot, segments: tuple[I32, I32], contacts: Sequence[Contacts]
) -> Joints:
    """The same of parts of pieces that were cut beyond the `contacts` of their lines.

    A part counts by its end nearest to the contact. `snapshot` has the parts for its segments; rows
    of pairs of parts count from 0, also in the contacts.
    """
    found = _Parts(snapshot, *segments)
    _joined(found, snapshot)
    _fittings(found, snapshot, fittings_of(snapshot))
    for one in contacts:
        if one.reason not in (JOINED, SAME_RUN):
            apart = found.from_points(one.rows, one.at_a, one.at_b) - one.spare_m
            holds = apart <= found.width[one.rows] + LEAST_TOLERANCE_M
            found.offer(one.rows, one.reason, np.where(holds, 0.0, apart))
    return found.joints(np.arange(len(segments[0])))


class _Reasons(ABC):
    """The best reason so far for every segment pair."""

    def __init__(self, snapshot: Snapshot, i: I32, j: I32) -> None:
        seg = snapshot.segments
        self.i, self.j = i, j
        self.a, self.b = seg.pipe[i], seg.pipe[j]
        self.width = seg.half_width[i] + seg.half_width[j]
        self.reason = np.zeros(len(i), dtype=np.int8)
        self.distance = np.full(len(i), np.inf)
        self.is_kin = snapshot.topology.family[self.a] == snapshot.topology.family[self.b]
        self.contacts: list[Contacts] = []

    def offer(self, rows: I64, reason: int, distance: F64) -> None:
        """Take `reason` for those rows where it is nearer than what was known."""
        better = distance < self.distance[rows]
        self.reason[rows[better]] = reason
        self.distance[rows[better]] = distance[better]

    def touch(
        self, rows: I64, reason: int, at_a: F64, at_b: F64, spare_m: F64 | None = None
    ) -> None:
        """Keep where the lines of those rows meet, and how far apart surveys may put that."""
        if len(rows):
            spare = np.zeros(len(rows)) if spare_m is None else spare_m
            self.contacts.append(Contacts(rows, reason, at_a, at_b, spare))

    def joints(self, rows: I64) -> Joints:
        """Those of the `rows`, as the pairs are called, that have a reason."""
        some = np.flatnonzero(self.reason)
        return Joints(rows[some], self.reason[some], self.distance[some], self.width[some])

    @abstractmethod
    def from_points(self, rows: I64, at_a: F64, at_b: F64) -> F64:
        """Distance of the pairs from the place of joining, the larger of both sides."""


class _Nearest(_Reasons):
    """Reasons of pieces, which lie where they come nearest to each other."""

    def __init__(self, snapshot: Snapshot, i: I32, j: I32, plan: PlanClearance) -> None:
        super().__init__(snapshot, i, j)
        self.near_a = np.column_stack([plan.ax, plan.ay])
        self.near_b = np.column_stack([plan.bx, plan.by])

    def from_points(self, rows: I64, at_a: F64, at_b: F64) -> F64:
        """Distance of the nearest points from the place of joining, the larger of both sides."""
        to_a = np.hypot(*(self.near_a[rows] - at_a).T)
        to_b = np.hypot(*(self.near_b[rows] - at_b).T)
        return np.maximum(to_a, to_b)


class _Parts(_Reasons):
    """Reasons of parts of pieces, which lie where they begin as seen from the place of joining."""

    def __init__(self, snapshot: Snapshot, i: I32, j: I32) -> None:
        super().__init__(snapshot, i, j)
        self.seg = snapshot.segments

    def from_points(self, rows: I64, at_a: F64, at_b: F64) -> F64:
        """Distance of the parts from the place of joining, the larger of both sides."""
        to_a, to_b = to_axis(self.seg, self.i[rows], at_a), to_axis(self.seg, self.j[rows], at_b)
        return np.maximum(to_a[0], to_b[0])


def _shares_enclosure(pipes: PipeTable, encased: Bool, a: I32, b: I32) -> Bool:
    """Pairs in one casing, duct bank, trench or tunnel, or a line and the tunnel it lies in."""
    enclosure, ids = pipes.enclosure, pipes.id
    same = (enclosure[a] == enclosure[b]).astype(np.bool_)
    inside = (enclosure[a] == ids[b]).astype(np.bool_) & encased[a]
    around = (enclosure[b] == ids[a]).astype(np.bool_) & encased[b]
    return (encased[a] & same) | inside | around


def _joined(found: _Reasons, snapshot: Snapshot) -> None:
    """Further pieces of pipes whose ends share a joint."""
    topology = snapshot.topology
    for of_a in (0, 1):
        for of_b in (0, 1):
            ends_a, ends_b = 2 * found.a + of_a, 2 * found.b + of_b
            rows = np.flatnonzero(topology.joint[ends_a] == topology.joint[ends_b])
            at_a, at_b = _local(snapshot, ends_a[rows]), _local(snapshot, ends_b[rows])
            found.offer(rows, JOINED, found.from_points(rows, at_a, at_b))
            found.touch(rows, JOINED, at_a, at_b)


def _fittings(found: _Reasons, snapshot: Snapshot, cluster: I32) -> None:
    """Neighbours of one run with only a short fitting between them."""
    topology = snapshot.topology
    for of_a in (0, 1):
        for of_b in (0, 1):
            ends_a, ends_b = 2 * found.a + of_a, 2 * found.b + of_b
            linked = cluster[topology.joint[ends_a]] == cluster[topology.joint[ends_b]]
            apart = topology.joint[ends_a] != topology.joint[ends_b]
            rows = np.flatnonzero(linked & apart)
            if len(rows):
                at_a, at_b = _local(snapshot, ends_a[rows]), _local(snapshot, ends_b[rows])
                # Not the wide influence of a joint: these two do not touch, and a true clash
                # beside the fitting is to be found.
                distance = INFLUENCE * found.from_points(rows, at_a, at_b)
                found.offer(rows, SAME_RUN, distance)
                found.touch(rows, SAME_RUN, at_a, at_b)


def fittings_of(snapshot: Snapshot) -> I32:
    """Joints linked by the fittings that are tested, as labels by joint."""
    length_m = np.where(snapshot.tested, snapshot.lengths_m, np.inf)
    return fitting_clusters(snapshot.topology, length_m)


def fitting_clusters(topology: Topology, length_m: F64) -> I32:
    """Joints linked by fittings, as labels by joint; lengths (m) by pipe."""
    short = np.flatnonzero(length_m <= SHORT_M)
    one, two = topology.joint[2 * short], topology.joint[2 * short + 1]
    return clusters_of(one, two, len(topology.joint_degree))


def _end_contacts(found: _Nearest, snapshot: Snapshot, pair: I64 | I32, sigma_xy_m: F64) -> None:
    """Ends on the other line's axis (tees without a node) and free ends that nearly meet."""
    topology, columns, seg = snapshot.topology, snapshot.columns, snapshot.segments
    degree = topology.joint_degree[topology.joint]
    is_kin = found.is_kin
    for side, other, pipe, ends in (
        (found.i, found.j, found.a, (columns.is_first, columns.is_last)),
        (found.j, found.i, found.b, (columns.is_first, columns.is_last)),
    ):
        for of_end in (0, 1):
            rows = np.flatnonzero(is_kin & ends[of_end][side])
            if not len(rows):
                continue
            end = 2 * pipe[rows] + of_end
            point = _local(snapshot, end)
            target, own = other[rows], side[rows]
            distance, station = to_axis(seg, target, point)
            reach = np.maximum(2 * sigma_xy_m[rows], LEAST_TOLERANCE_M)
            level = (seg.z1 if of_end else seg.z0)[own]
            near = (distance <= seg.half_width[target] + reach) & _levels_fit(
                snapshot, own, target, level, station
            )
            is_end = ((station <= 0) & columns.is_first[target]) | (
                (station >= 1) & columns.is_last[target]
            )
            target_end = 2 * seg.pipe[target] + (station >= 0.5)
            free = (degree[end] == 1) & (degree[target_end] == 1) & is_end
            for mask, reason in ((near & ~free, TEE), (near & free, UNJOINED)):
                spots = np.column_stack([point, reach])[mask]
                _offer_to_whole_pair(found, pair, rows[mask], spots, reason)


def _offer_to_whole_pair(
    found: _Nearest, pair: I64 | I32, rows: I64, spots: F64, reason: int
) -> None:
    """A contact found on one segment pair counts for all pieces of the same two pipes.

    `spots` (n, 3) are x, y and how far apart two surveys may put that point.
    """
    if not len(rows):
        return
    at = np.full((int(pair.max()) + 1, 3), np.nan)
    at[pair[rows][::-1]] = spots[::-1]
    known = np.flatnonzero(~np.isnan(at[pair, 0]))
    place, spare = at[pair[known], :2], at[pair[known], 2]
    found.offer(known, reason, found.from_points(known, place, place))
    found.touch(known, reason, place, place, spare)
    # The piece that ends there and the piece it ends on meet only there.
    found.offer(rows, reason, np.zeros(len(rows)))


def _shared_vertices(found: _Reasons, snapshot: Snapshot) -> None:
    """Lines of one family drawn through the same vertex are connected there."""
    seg = snapshot.segments
    x, y, z = (seg.x0, seg.x1), (seg.y0, seg.y1), (seg.z0, seg.z1)
    kin = np.flatnonzero(found.is_kin)
    i, j = found.i[kin], found.j[kin]
    for of_a in (0, 1):
        for of_b in (0, 1):
            dx, dy = x[of_a][i] - x[of_b][j], y[of_a][i] - y[of_b][j]
            same = np.hypot(dx, dy) <= COINCIDENT_M
            level = np.abs(z[of_a][i] - z[of_b][j])
            height = seg.half_height[i] + seg.half_height[j]
            same &= np.isnan(level) | (level <= height + LEAST_TOLERANCE_M)
            rows = kin[same]
            rows = rows[~_is_cut(found, snapshot, rows, of_a, of_b)]
            found.offer(rows, SHARED_VERTEX, np.full(len(rows), 1e-6))
            place = np.column_stack([x[of_a][found.i[rows]], y[of_a][found.i[rows]]])
            found.touch(rows, SHARED_VERTEX, place, place)


def _is_cut(found: _Reasons, snapshot: Snapshot, rows: I64, of_a: int, of_b: int) -> Bool:
    """Vertices that nobody drew: where lines that leave a joint on top of each other were cut."""
    seg, columns = snapshot.segments, snapshot.columns
    joint = snapshot.topology.joint
    out = np.zeros(len(rows), dtype=np.bool_)
    for one in (0, 1):
        for two in (0, 1):
            out |= joint[2 * found.a[rows] + one] == joint[2 * found.b[rows] + two]
    for k, of in ((found.i[rows], of_a), (found.j[rows], of_b)):
        out &= is_straight_on(seg, k, columns.is_last if of else columns.is_first, 1 if of else -1)
    return out & is_along(seg, found.i[rows], found.j[rows])


def _levels_fit(snapshot: Snapshot, own: I32, target: I32, level: F64, station: F64) -> Bool:
    """Whether an end meets the other axis in height too, within survey accuracy."""
    seg, columns = snapshot.segments, snapshot.columns
    at = seg.z0[target] + (seg.z1[target] - seg.z0[target]) * station
    doubt = 2 * np.hypot(columns.sigma_z0[own], columns.sigma_z0[target])
    apart = np.abs(level - at)
    return np.isnan(apart) | (apart <= seg.half_height[own] + seg.half_height[target] + doubt)


def to_axis(seg: Segments, target: I32, point: F64) -> tuple[F64, F64]:
    """Plan distance of points from the axes of segments, and the station of the foot (0–1)."""
    dx, dy = seg.x1[target] - seg.x0[target], seg.y1[target] - seg.y0[target]
    px, py = point[:, 0] - seg.x0[target], point[:, 1] - seg.y0[target]
    square = np.maximum(dx * dx + dy * dy, 1e-12)  # an upright piece is its foot
    station = np.clip((px * dx + py * dy) / square, 0.0, 1.0)
    return np.hypot(px - station * dx, py - station * dy), station


def _local(snapshot: Snapshot, end: I32) -> F64:
    return snapshot.topology.end_xy[end] - snapshot.origin
