"""Foreign pipes through chambers (井): a pipe that does not end there passes through its body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.chamber_bodies import Chambers, chambers_of
from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.pair_findings import on_pipe, pipe_side, remarks
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.verdicts import (
    POSSIBLE,
    POSSIBLE_SIGMAS,
    probability,
)
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.outlines import outlines_of
from baiyun_gis.kernels.polygons import (
    PolygonClearance,
    candidate_polygon_pairs,
    segment_polygon_clearance,
)
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32, I64, Bool, Str, keys_from_codes
from baiyun_gis.model.vocabulary import NodeKind, Utility

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class _Passages:
    """Segments `i` at chambers `k` (rows of `Chambers`), and how near their bodies are.

    `gap_m` is the larger of plan gap and height gap, negative when the body passes through;
    NaN where it cannot be said.
    """

    i: I32
    k: I32
    plan: PolygonClearance
    gap_m: F64
    sigma_m: F64
    reason: Str


class ChamberCheck:
    """A chamber and a line that is not connected to it, in one place."""

    name = "chamber"
    title = msg("Foreign line through a chamber")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding for each stretch of a line inside a chamber's body."""
        snapshot = ctx.snapshot
        chambers = chambers_of(snapshot)
        passages = _passages(snapshot, chambers)
        live = (passages.reason == "").astype(np.bool_)
        chance = probability(passages.gap_m, np.zeros(len(passages.i)), passages.sigma_m)
        in_plan = passages.plan.gap < 0
        unsure = live & in_plan & np.isnan(passages.gap_m)
        found = live & (np.nan_to_num(chance, nan=0.0) >= POSSIBLE)
        pipe = snapshot.segments.pipe[passages.i].astype(np.int64)
        subject = pipe * max(len(chambers), 1) + passages.k
        unsized = chambers.without_size
        tally = Tally(
            np.concatenate([subject, -1 - np.arange(unsized)]),
            np.concatenate([passages.reason, np.full(unsized, "no_chamber_size", dtype=object)]),
            np.concatenate([found, np.zeros(unsized, dtype=np.bool_)]),
            np.concatenate([unsure, np.zeros(unsized, dtype=np.bool_)]),
        )
        sized = int(snapshot.answered_nodes[chambers.node].sum())
        ledger = tally.counted(self.name, subjects=sized + unsized)
        rows = np.flatnonzero(found | unsure)
        return CheckResult(ledger, _findings(snapshot, chambers, passages, rows, chance))


def _passages(snapshot: Snapshot, chambers: Chambers) -> _Passages:
    seg, columns = snapshot.segments, snapshot.columns
    origin = (float(snapshot.origin[0]), float(snapshot.origin[1]))
    boxes = chambers.boxes() - np.array([*origin, *origin])
    doubt = POSSIBLE_SIGMAS * np.maximum(columns.sigma_xy0, columns.sigma_xy1)
    i, k = candidate_polygon_pairs(seg, boxes, doubt, POSSIBLE_SIGMAS * chambers.sigma_m)
    wanted = snapshot.asks_with(seg.pipe[i], "nodes", chambers.node[k])
    i, k = i[wanted], k[wanted]
    reason = _reasons(snapshot, chambers, i, k)
    # Only what is foreign is measured: nearly all that comes near a chamber ends in it.
    foreign = np.flatnonzero(reason == "")
    shown, at = np.unique(k[foreign], return_inverse=True)
    rings = outlines_of(chambers.outlines(shown), origin)
    measured = segment_polygon_clearance(seg, i[foreign], *rings, at.astype(np.int32))
    plan = PolygonClearance(*(np.full(len(i), np.nan) for _ in PolygonClearance._fields))
    for column, values in zip(plan, measured, strict=True):
        column[foreign] = values
    gap, sigma = _body_gap(snapshot, chambers, i, k, plan)
    return _Passages(i, k, plan, gap, sigma, reason)


def _body_gap(
    snapshot: Snapshot, chambers: Chambers, i: I32, k: I32, plan: PolygonClearance
) -> tuple[F64, F64]:
    """Distance of the bodies as the larger of plan and height distance, with its deviation."""
    seg, columns = snapshot.segments, snapshot.columns
    level = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * plan.t
    low, high = level - seg.half_height[i], level + seg.half_height[i]
    over = np.where(np.isnan(chambers.top_m[k]), -np.inf, low - chambers.top_m[k])
    under = chambers.bottom_m[k] - high
    # Without a recorded bottom the chamber reaches at least as deep as the lines that end in it.
    reaches = chambers.least_depth_m[k] - high
    open_below = np.isnan(under)
    under = np.where(open_below & (reaches <= 0), reaches, under)
    height = np.where(over > 0, over, np.maximum(over, under))
    gap = np.maximum(plan.gap, height)
    # A line clear of the outline in plan is clear whatever the levels.
    gap = np.where(np.isnan(gap) & (plan.gap >= 0), plan.gap, gap)
    sigma_z = np.maximum(columns.sigma_z0[i], columns.sigma_z1[i])
    sigma_xy = np.hypot(np.maximum(columns.sigma_xy0[i], columns.sigma_xy1[i]), chambers.sigma_m[k])
    in_plan = np.nan_to_num(height, nan=-np.inf) <= plan.gap
    return gap, np.where(in_plan, sigma_xy, np.hypot(sigma_z, chambers.sigma_m[k]))


def _reasons(snapshot: Snapshot, chambers: Chambers, i: I32, k: I32) -> Str:
    """Why a line may pass: it ends there, or shares its tunnel or casing with what ends there."""
    topology, pipes = snapshot.topology, snapshot.state.pipes
    pipe, node = snapshot.segments.pipe[i], chambers.node[k]
    reason = np.full(len(i), "", dtype=object)
    own = (pipes.start_node[pipe] == node) | (pipes.end_node[pipe] == node)
    reason[own] = "own_chamber"
    reason[~own & _shares_enclosure(snapshot, pipe, node)] = "same_enclosure"
    kin = np.flatnonzero((reason == "") & (topology.family[pipe] == chambers.family[k]))
    for end in (2 * pipe[kin], 2 * pipe[kin] + 1):
        inside = chambers.holds(topology.end_xy[end], k[kin])
        reason[kin[inside]] = "ends_in_chamber"
    return reason


def _shares_enclosure(snapshot: Snapshot, pipe: I32, node: I64) -> Bool:
    """Lines in the casing or tunnel of a line that ends at the node, or that tunnel itself."""
    pipes = snapshot.state.pipes
    names, code = np.unique(pipes.enclosure.astype(str), return_inverse=True)
    if len(names) < 2:
        return np.zeros(len(pipe), dtype=np.bool_)
    own_name = np.searchsorted(names, pipes.id.astype(str))
    own_name = np.minimum(own_name, len(names) - 1)
    is_tunnel = names[own_name] == pipes.id.astype(str)
    inside = np.flatnonzero(code > 0) if names[0] == "" else np.arange(len(code))
    there = np.concatenate([pipes.start_node[inside], pipes.end_node[inside]]).astype(np.int64)
    keys = there * len(names) + np.concatenate([code[inside], code[inside]])
    shares = np.isin(node * len(names) + code[pipe], keys)
    holds = is_tunnel[pipe] & np.isin(node * len(names) + own_name[pipe], keys)
    return shares | holds


def _findings(
    snapshot: Snapshot, chambers: Chambers, passages: _Passages, rows: I64, chance: F64
) -> ConflictTable:
    if not len(rows):
        return ConflictTable.empty()
    seg, topology = snapshot.segments, snapshot.topology
    i = passages.i[rows]
    pipe = seg.pipe[i]
    length = np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    share = np.divide(passages.plan.inside_m[rows], length, where=length > 0, out=np.zeros(len(i)))
    along = seg.chain0[i] + passages.plan.t[rows] * length
    half = share * length / 2
    offset, sign = topology.run_offset_m[pipe], topology.run_sign[pipe]
    centre = offset + sign * along
    key = topology.run[pipe].astype(np.int64) * max(len(chambers), 1) + passages.k[rows]
    stretches = merged(key, centre - half, centre + half)
    gap = passages.gap_m[rows]
    worst = stretches.least(np.where(np.isnan(gap), 1e12, gap))
    of = stretches.of[worst]
    span = (stretches.from_m[of], stretches.to_m[of])
    return _table(snapshot, chambers, passages, rows[worst], chance, span)


def _table(
    snapshot: Snapshot,
    chambers: Chambers,
    passages: _Passages,
    rows: I64,
    chance: F64,
    span: tuple[F64, F64],
) -> ConflictTable:
    seg, origin = snapshot.segments, snapshot.origin
    i, k = passages.i[rows], passages.k[rows]
    pipe, node = seg.pipe[i], chambers.node[k]
    plan, gap = passages.plan, passages.gap_m[rows]
    z = seg.z0[i] + (seg.z1[i] - seg.z0[i]) * plan.t[rows]
    near_a = np.column_stack([plan.ax[rows] + origin[0], plan.ay[rows] + origin[1], z])
    near_b = np.column_stack([plan.bx[rows] + origin[0], plan.by[rows] + origin[1], z])
    start, stop = on_pipe(snapshot, pipe, *span)
    unsure = np.isnan(chance[rows])
    nodes = snapshot.state.nodes
    return ConflictTable.build(
        len(rows),
        check="chamber",
        **judged(
            actual_m=gap,
            required_m=np.zeros(len(rows)),
            sigma_m=passages.sigma_m[rows],
            probability=chance[rows],
            requirement=np.full(len(rows), -1, dtype=np.int32),
            requirements=(),
            grave=snapshot.state.pipes.utility[pipe] == Utility.GAS,
        ),
        near_a=near_a,
        near_b=near_b,
        at=near_a,
        stretch_from_m=start,
        stretch_to_m=stop,
        b_table="nodes",
        b_row=node,
        b_id=nodes.id[node],
        b_kind=keys_from_codes(NodeKind, nodes.kind[node]),
        remark=remarks(
            len(rows),
            (unsure & np.isnan(z), "level_unknown"),
            (unsure & ~np.isnan(z), "chamber_bottom_unknown"),
        ),
        **pipe_side(snapshot, "a", pipe),
    )


CHECK = ChamberCheck()
