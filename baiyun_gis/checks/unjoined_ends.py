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
from baiyun_gis.checks.pair_findings import pipe_side
from baiyun_gis.checks.verdicts import POSSIBLE, verdict_of
from baiyun_gis.findings.conflicts import ConflictTable, Severity
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

FURTHEST_M = 1.0
"""However poor the survey, ends further apart than this are not taken for one point."""

_SIGMAS = float(np.sqrt(-2 * np.log(POSSIBLE)))


class UnjoinedEndsCheck:
    """Ends that should probably be one node."""

    name = "unjoined_ends"
    title = msg("Unjoined ends")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Pairs of free ends within survey accuracy of each other."""
        snapshot = ctx.snapshot
        free = _free_ends(snapshot)
        one, two = _near_pairs(snapshot, free)
        distance, sigma = _apart(snapshot, one, two)
        far = np.full(len(one), np.inf)  # without any doubt about either, they are two points
        chance = np.exp(-0.5 * np.square(np.divide(distance, sigma, where=sigma > 0, out=far)))
        meets = _levels_meet(snapshot, one, two)
        found = (chance >= POSSIBLE) & meets
        reason = np.where(meets, "", "levels_differ").astype(object)
        near = np.flatnonzero(found)
        tee = near[_on_a_line(snapshot, one[near]) | _on_a_line(snapshot, two[near])]
        reason[tee], found[tee] = "tee", False
        ledger = Tally(
            np.arange(len(one)), reason, found, np.zeros(len(one), dtype=np.bool_)
        ).counted(self.name, subjects=int(snapshot.answered_pipes[free // 2].sum()))
        rows = np.flatnonzero(found)
        one, two = one[rows], two[rows]
        distance, sigma, chance = distance[rows], sigma[rows], chance[rows]
        return CheckResult(ledger, _findings(snapshot, one, two, distance, sigma, chance))


def _free_ends(snapshot: Snapshot) -> I64:
    topology = snapshot.topology
    tested = np.repeat(snapshot.tested, 2)
    return np.flatnonzero(tested & (topology.joint_degree[topology.joint] == 1))


def _near_pairs(snapshot: Snapshot, free: I64) -> tuple[I64, I64]:
    """Pairs of free ends of different pipes of one family, near in plan, smaller end first."""
    from scipy.spatial import KDTree

    none = np.zeros(0, dtype=np.int64)
    if len(free) < 2:
        return none, none
    sigma = _end_sigma(snapshot.uncertainty.sigma_xy_m, snapshot)
    reach = min(FURTHEST_M, float(_SIGMAS * np.sqrt(2) * sigma[free].max()))
    topology = snapshot.topology
    tree = KDTree(topology.end_xy[free] - snapshot.origin)
    near = np.asarray(tree.query_pairs(reach, output_type="ndarray"), dtype=np.int64)
    one, two = np.sort(free[near], axis=1).T
    kin = topology.family[one // 2] == topology.family[two // 2]
    asked = snapshot.asks_pair(one // 2, two // 2)
    # Each pair by its own accuracy, so that one poor point far off does not make more of them.
    own = np.minimum(FURTHEST_M, _SIGMAS * np.sqrt(2) * np.maximum(sigma[one], sigma[two]))
    is_near = np.hypot(*(topology.end_xy[one] - topology.end_xy[two]).T) <= own
    keep = kin & asked & is_near & (one // 2 != two // 2)
    one, two = one[keep], two[keep]
    order = np.lexsort((two, one))
    return one[order], two[order]


def _end_sigma(per_vertex: F64, snapshot: Snapshot) -> F64:
    """A value of the vertices at the ends of all pipes, shape (2 n,)."""
    offsets = snapshot.state.pipes.offsets
    out = np.full(2 * len(snapshot.state.pipes), np.nan)
    has = offsets[1:] > offsets[:-1]
    out[0::2][has] = per_vertex[offsets[:-1][has]]
    out[1::2][has] = per_vertex[offsets[1:][has] - 1]
    return out


def _apart(snapshot: Snapshot, one: I64, two: I64) -> tuple[F64, F64]:
    """Plan distance of end pairs and its standard deviation along each axis."""
    xy = snapshot.topology.end_xy
    sigma = _end_sigma(snapshot.uncertainty.sigma_xy_m, snapshot)
    return np.hypot(*(xy[one] - xy[two]).T), np.hypot(sigma[one], sigma[two])


def _levels_meet(snapshot: Snapshot, one: I64, two: I64) -> Bool:
    """Whether the ends also meet in height, as far as levels are known."""
    level = _end_sigma(snapshot.state.pipes.axis_level, snapshot)
    sigma = _end_sigma(snapshot.uncertainty.sigma_z_m, snapshot)
    height = np.nan_to_num(snapshot.state.pipes.outer_height_m, nan=0.0) / 2
    apart = np.abs(level[one] - level[two])
    reach = height[one // 2] + height[two // 2] + 2 * np.hypot(sigma[one], sigma[two])
    return np.isnan(apart) | (apart <= reach)


def _on_a_line(snapshot: Snapshot, end: I64) -> Bool:
    """Ends that lie on the axis of another line of their family, away from its ends: tees."""
    out = np.zeros(len(end), dtype=np.bool_)
    if not len(end):
        return out
    seg, family = snapshot.segments, snapshot.topology.family
    place = _local(snapshot, end)
    reach = 2 * _end_sigma(snapshot.uncertainty.sigma_xy_m, snapshot)[end]
    line, at = candidate_polygon_pairs(seg, np.hstack([place, place]), 0.0, reach)
    pipe, own = seg.pipe[line], end[at] // 2
    distance, _ = to_axis(seg, line, place[at])
    tolerance = reach[at] + seg.half_width[line]
    to_ends = np.minimum(
        np.hypot(*(place[at] - _local(snapshot, 2 * pipe)).T),
        np.hypot(*(place[at] - _local(snapshot, 2 * pipe + 1)).T),
    )
    through = (pipe != own) & (family[pipe] == family[own])
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
    level = _end_sigma(snapshot.state.pipes.axis_level, snapshot)
    near_a = np.column_stack([xy[one], level[one]])
    near_b = np.column_stack([xy[two], level[two]])
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
