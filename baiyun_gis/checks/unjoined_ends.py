"""Unjoined ends: two free ends of one kind that nearly meet but share no node.

A finding about the data, not a clash: the measured distance is within what two surveys of one
point can differ by. The probability is that of a distance at least as large between two
measurements of the same point (both coordinates normal).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.joints import to_axis
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.remarks import pipe_side
from baiyun_gis.checks.verdicts import POSSIBLE, verdict_of
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome, Severity
from baiyun_gis.kernels.encounters import encounters_of, neighbours_of
from baiyun_gis.kernels.reaches import doubted
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

FURTHEST_M = 1.0
"""However poor the survey, ends further apart than this are not taken for one point."""

_SIGMAS_OF_TWO = float(np.sqrt(-2 * np.log(POSSIBLE)) * np.sqrt(2))
"""Deviations of one point that two surveys of it are rarely further apart than."""


class UnjoinedEndsCheck:
    """Ends that should probably be one node."""

    name = "unjoined_ends"
    title = msg("Unjoined ends")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Pairs of free ends within survey accuracy of each other."""
        snapshot = ctx.snapshot
        free = ctx.of_asked("free ends", self.name, lambda: _free_ends(snapshot))
        one, two = _near_pairs(snapshot, free)
        is_all = snapshot.owned is None
        subjects = len(free) if is_all else int(snapshot.answered_pipes[free >> 1].sum())
        if not len(one):
            return CheckResult(CheckLedger(self.name, Outcome.RAN, subjects=subjects))
        distance, sigma = _apart(snapshot, one, two)
        far = np.full(len(one), np.inf)  # without any doubt about either, they are two points
        chance = np.exp(-0.5 * np.square(np.divide(distance, sigma, where=sigma > 0, out=far)))
        meets = _levels_meet(snapshot, one, two)
        found = (chance >= POSSIBLE) & meets
        reason = np.where(meets, "", "levels_differ").astype(object)
        near = np.flatnonzero(found)
        is_tee = _on_a_line(snapshot, np.concatenate([one[near], two[near]]))
        tee = near[is_tee[: len(near)] | is_tee[len(near) :]]
        reason[tee], found[tee] = "tee", False
        ledger = Tally(
            np.arange(len(one)), reason, found, np.zeros(len(one), dtype=np.bool_)
        ).counted(self.name, subjects=subjects)
        rows = np.flatnonzero(found)
        one, two = one[rows], two[rows]
        distance, sigma, chance = distance[rows], sigma[rows], chance[rows]
        return CheckResult(ledger, _findings(snapshot, one, two, distance, sigma, chance))


def _free_ends(snapshot: Snapshot) -> I64:
    topology = snapshot.topology
    free = (topology.joint_degree == 1).take(topology.joint).nonzero()[0]
    return free[snapshot.tested[free >> 1]]


def _near_pairs(snapshot: Snapshot, free: I64) -> tuple[I64, I64]:
    """Pairs of free ends of different pipes of one family, near in plan, smaller end first."""
    if len(free) < 2:
        return free[:0], free[:0]
    topology = snapshot.topology
    sigma = _at_ends(snapshot.uncertainty.sigma_xy_m, snapshot, free)
    # Each pair by its own accuracy, so that one poor point far off does not make more of them.
    reach = np.minimum(FURTHEST_M, _SIGMAS_OF_TWO * sigma)
    place = topology.end_xy[free] - snapshot.origin
    first, second = neighbours_of(place, reach, topology.family[free >> 1])
    one, two = free[first], free[second]
    if not len(one):
        return one, two
    asked = snapshot.asks_pair((one // 2).astype(np.int32), (two // 2).astype(np.int32))
    own = np.maximum(reach[first], reach[second])
    is_near = np.hypot(*(topology.end_xy[one] - topology.end_xy[two]).T) <= own
    keep = asked & is_near & (one // 2 != two // 2)
    return one[keep], two[keep]


def _at_ends(per_vertex: F64, snapshot: Snapshot, ends: I64) -> F64:
    """A value of the vertices at ends of pipes that have some."""
    return per_vertex[snapshot.state.pipes.offsets[(ends + 1) >> 1] - (ends & 1)]


def _apart(snapshot: Snapshot, one: I64, two: I64) -> tuple[F64, F64]:
    """Plan distance of end pairs and its standard deviation along each axis."""
    xy = snapshot.topology.end_xy
    sigmas = (_at_ends(snapshot.uncertainty.sigma_xy_m, snapshot, ends) for ends in (one, two))
    return np.hypot(*(xy[one] - xy[two]).T), np.hypot(*sigmas)


def _levels_meet(snapshot: Snapshot, one: I64, two: I64) -> Bool:
    """Whether the ends also meet in height, as far as levels are known."""
    pipes = snapshot.state.pipes
    level, other = (_at_ends(pipes.axis_level, snapshot, ends) for ends in (one, two))
    sigmas = (_at_ends(snapshot.uncertainty.sigma_z_m, snapshot, ends) for ends in (one, two))
    half, other_half = (
        np.nan_to_num(pipes.outer_height_m[ends // 2], nan=0.0) / 2 for ends in (one, two)
    )
    apart = np.abs(level - other)
    reach = half + other_half + 2 * np.hypot(*sigmas)
    return np.isnan(apart) | (apart <= reach)


def _on_a_line(snapshot: Snapshot, end: I64) -> Bool:
    """Ends that lie on the axis of another line of their family, away from its ends: tees."""
    out = np.zeros(len(end), dtype=np.bool_)
    if not len(end):
        return out
    seg, family = snapshot.segments, snapshot.topology.family
    place = _local(snapshot, end)
    reach = 2 * _at_ends(snapshot.uncertainty.sigma_xy_m, snapshot, end)
    boxes = np.concatenate([place - reach[:, None], place + reach[:, None]], axis=1)
    own = (end // 2).astype(np.int32)
    every = np.arange(len(snapshot.state.pipes), dtype=np.int32)
    owners = np.column_stack([every, every])
    half = doubted(seg, (seg.half_width, seg.half_width), sigmas=0.0)
    met = encounters_of(seg, half, boxes, owner=own, owners=owners)
    line, at = met.i, met.k
    pipe = seg.pipe[line]
    distance, _ = to_axis(seg, line, place[at])
    tolerance = reach[at] + seg.half_width[line]
    to_ends = np.minimum(
        np.hypot(*(place[at] - _local(snapshot, 2 * pipe)).T),
        np.hypot(*(place[at] - _local(snapshot, 2 * pipe + 1)).T),
    )
    through = family[pipe] == family[own[at]]
    out[at[through & (distance <= tolerance) & (to_ends > tolerance)]] = True
    return out


def _local(snapshot: Snapshot, end: I32 | I64) -> F64:
    """Plan position of ends with the snapshot's origin taken off."""
    return snapshot.topology.end_xy[end] - snapshot.origin


def _findings(
    snapshot: Snapshot, one: I64, two: I64, distance: F64, sigma: F64, chance: F64
) -> ConflictTable:
    if not len(one):
        return ConflictTable.empty()
    xy = snapshot.topology.end_xy
    axis_level = snapshot.state.pipes.axis_level
    near_a = np.column_stack([xy[one], _at_ends(axis_level, snapshot, one)])
    near_b = np.column_stack([xy[two], _at_ends(axis_level, snapshot, two)])
    at = np.where(one % 2 == 0, 0.0, snapshot.lengths_m[one // 2])
    return ConflictTable.build(
        len(one),
        check="unjoined_ends",
        severity=Severity.NOTE,
        verdict=verdict_of(chance),
        probability=chance,
        violated=distance <= 2 * sigma,
        actual_m=distance,
        sigma_m=sigma,
        near_a=near_a,
        near_b=near_b,
        at=(near_a + near_b) / 2,
        stretch_from_m=at,
        stretch_to_m=at,
        **pipe_side(snapshot, "a", one // 2),
        **pipe_side(snapshot, "b", two // 2),
    )


CHECK = UnjoinedEndsCheck()
