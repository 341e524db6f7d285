"""Foreign pipes through chambers (井): a pipe that does not end there passes through its body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.chamber_bodies import (
    ChamberPlans,
    Chambers,
    chamber_plans,
    chambers_at,
    ends_in,
)
from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.pair_findings import on_pipe, pipe_side, remarks
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.verdicts import (
    POSSIBLE,
    POSSIBLE_SIGMAS,
    probability,
)
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.body_stretch import body_stretch
from baiyun_gis.kernels.encounters import encounters_of
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.plan import plan_clearance, plan_stretch
from baiyun_gis.kernels.reaches import doubted
from baiyun_gis.kernels.segments import one_after_another, take
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, distinct_words, keys_from_codes
from baiyun_gis.model.vocabulary import NodeKind, Utility

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot


_REASONS = ("", "same_enclosure", "ends_in_chamber")
_ENCLOSED, _ENDS_INSIDE = range(1, len(_REASONS))


@dataclass(frozen=True, slots=True)
class _Passages:
    """Segments `i` at foreign chambers `k` (rows of `Chambers`), and how near their bodies are.

    `gap_m` is the least distance of the bodies in space, negative when one is in the other; NaN
    where it cannot be said, `by_neck` where for the unknown width of the neck. `plan_m` is the
    same in plan, `near` (n, 6) the nearest points of line and chamber, `from_t` and `to_t` where
    along the segment they are in one place.
    """

    i: I32
    k: I32
    plan_m: F64
    gap_m: F64
    sigma_m: F64
    by_neck: Bool
    near: F64
    from_t: F64
    to_t: F64


class ChamberCheck:
    """A chamber and a line that is not connected to it, in one place."""

    name = "chamber"
    of_one_run = True
    title = msg("Foreign line through a chamber")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding for each stretch of a line inside a chamber's body."""
        snapshot = ctx.snapshot
        plans = ctx.of_things("chambers", self.name, lambda: chamber_plans(snapshot))
        i, k, own = _near(snapshot, plans)
        besides = {"own_chamber": own, "no_chamber_size": plans.without_size}
        subjects = int(snapshot.answered_nodes[plans.node].sum()) + plans.without_size
        if not len(i):
            none = np.zeros(0, dtype=np.bool_)
            tally = Tally(i, none.view(np.int8), none, none, _REASONS, besides=besides)
            return CheckResult(tally.counted(self.name, subjects=subjects))
        # Only what is foreign is looked at: nearly all that comes near a chamber ends in it.
        number, first = numbered(k)
        node, k = plans.node[k[first]], number
        ends = ends_in(snapshot, node)
        chambers = chambers_at(snapshot, node, ends)
        reason = _reasons(snapshot, chambers, i, k, ends)
        foreign = np.flatnonzero(reason == 0)
        passages = _passages(snapshot, chambers, i[foreign], k[foreign])
        chance = probability(passages.gap_m, np.zeros(len(foreign)), passages.sigma_m)
        is_unsure = (passages.plan_m < 0) & np.isnan(passages.gap_m)
        is_found = np.where(np.isnan(chance), 0.0, chance) >= POSSIBLE
        found, unsure = np.zeros(len(i), dtype=np.bool_), np.zeros(len(i), dtype=np.bool_)
        found[foreign], unsure[foreign] = is_found, is_unsure
        subject = snapshot.segments.pipe[i] * np.int64(max(len(chambers), 1)) + k
        tally = Tally(subject, reason, found, unsure, _REASONS, besides=besides)
        ledger = tally.counted(self.name, subjects=subjects)
        rows = np.flatnonzero(is_found | is_unsure)
        return CheckResult(ledger, _findings(snapshot, chambers, passages, rows, chance))


def _near(snapshot: Snapshot, plans: ChamberPlans) -> tuple[I32, I32, int]:
    """Segments and chambers of others that can be in one place, each pair once; how many pairs
    there are of a line and a chamber it ends in."""
    seg, columns, pipes = snapshot.segments, snapshot.columns, snapshot.state.pipes
    reach = doubted(seg, (columns.sigma_xy0, columns.sigma_xy1), sigmas=POSSIBLE_SIGMAS)
    owners = np.column_stack([pipes.start_node, pipes.end_node])
    node = plans.node.astype(np.int32)
    met = encounters_of(seg, reach, plans.boxes, owner=node, owners=owners)
    own = 0
    for end in range(2):
        pipe = np.flatnonzero(met.own[:, end]).astype(np.int32)
        own += int(snapshot.asks_with(pipe, "nodes", owners[pipe, end]).sum())
    wanted = snapshot.asks_with(seg.pipe[met.i], "nodes", plans.node[met.k])
    return met.i[wanted], met.k[wanted], own


def _passages(snapshot: Snapshot, chambers: Chambers, i: I32, k: I32) -> _Passages:
    values = np.zeros((0, 12))
    if len(i):
        values = _measured(snapshot, chambers, i, k.astype(np.int64))
    plan, gap, sigma, by_neck, low, high = values[:, :6].T
    return _Passages(i, k, plan, gap, sigma, by_neck == 1.0, values[:, 6:], low, high)


def _measured(snapshot: Snapshot, chambers: Chambers, i: I32, k: I64) -> F64:
    """Rows of plan gap, gap, deviation, doubt about the neck, stretch, nearest points."""
    lines, origin, zero = take(snapshot.segments, i), snapshot.origin, np.zeros(len(i))
    own = np.arange(len(i), dtype=np.int32)
    other = own + np.int32(len(i))
    whole, neck = (
        one_after_another(lines, bodies)
        for bodies in (chambers.bodies(k, origin), chambers.necks(k, origin, zero))
    )
    sure, in_neck = body_gap(whole, own, other), body_gap(neck, own, other)
    is_neck = in_neck.gap < sure.gap
    near = np.where(is_neck[:, None], np.stack(in_neck, axis=1), np.stack(sure, axis=1))
    gap, plan = near[:, 0], plan_clearance(whole, own, other)
    unlevelled = np.isnan(gap)
    near[unlevelled, 7] = plan.ta[unlevelled]
    for column, values in ((1, plan.ax), (2, plan.ay), (4, plan.bx), (5, plan.by)):
        near[unlevelled, column] = values[unlevelled]
    by_neck, is_unsure = np.zeros((2, len(i)), dtype=np.bool_)
    beside = np.flatnonzero(gap >= 0)
    by_neck[beside], is_unsure[beside] = _could_meet(snapshot, chambers, i[beside], k[beside])
    gap = np.where(is_unsure, np.nan, gap)
    # A line clear of the outline in plan is clear whatever the levels.
    gap = np.where(np.isnan(gap) & (plan.gap >= 0), plan.gap, gap)
    spans = [body_stretch(both, own, other, zero) for both in (whole, neck)]
    unsaid = plan_stretch(whole, own, other, zero)
    low = np.fmin(spans[0].from_t, spans[1].from_t)
    high = np.fmax(spans[0].to_t, spans[1].to_t)
    low, high = (
        np.where(np.isnan(t), np.where(np.isnan(one), near[:, 7], one), t)
        for t, one in ((low, unsaid.from_t), (high, unsaid.to_t))
    )
    sigma = _sigma(snapshot, chambers, i, k, near)
    doubt = by_neck.astype(np.float64)
    return np.column_stack([plan.gap, gap, sigma, doubt, low, high, near[:, 1:7]])


def _could_meet(snapshot: Snapshot, chambers: Chambers, i: I32, k: I64) -> tuple[Bool, Bool]:
    """Which lines clear of a chamber a neck up to a metre across could reach; which that or an
    unknown bottom could."""
    if not len(i):
        return np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.bool_)
    lines, origin = take(snapshot.segments, i), snapshot.origin
    own = np.arange(len(i), dtype=np.int32)
    other = own + np.int32(len(i))
    necks = chambers.necks(k, origin, np.full(len(i), UNKNOWN_HALF_M))
    by_neck = body_gap(one_after_another(lines, necks), own, other).gap < 0
    deep = body_gap(one_after_another(lines, chambers.widest(k, origin)), own, other).gap < 0
    return by_neck, by_neck | deep


def _sigma(snapshot: Snapshot, chambers: Chambers, i: I32, k: I64, near: F64) -> F64:
    """Deviation of the gap along the line between the nearest points."""
    columns, t = snapshot.columns, near[:, 7]
    plan = np.hypot((1 - t) * columns.sigma_xy0[i], t * columns.sigma_xy1[i])
    level = np.hypot((1 - t) * columns.sigma_z0[i], t * columns.sigma_z1[i])
    apart = near[:, 4:7] - near[:, 1:4]
    size = np.linalg.norm(apart, axis=1)
    up = np.divide(np.abs(apart[:, 2]), size, out=np.zeros_like(size), where=size > 1e-9)
    return np.sqrt((up * level) ** 2 + (1 - up**2) * plan**2 + chambers.sigma_m[k] ** 2)


def _reasons(snapshot: Snapshot, chambers: Chambers, i: I32, k: I32, ends: I32) -> I8:
    """Why a line that does not end there may pass: it shares the tunnel or casing of one that
    does, or an end of its own lies in the chamber.

    Codes into `_REASONS`.
    """
    topology = snapshot.topology
    pipe, node = snapshot.segments.pipe[i], chambers.node[k]
    reason = np.where(_shares_enclosure(snapshot, pipe, node, ends), _ENCLOSED, 0).astype(np.int8)
    kin = np.flatnonzero((reason == 0) & (topology.family[pipe] == chambers.family[k]))
    for end in (2 * pipe[kin], 2 * pipe[kin] + 1):
        inside = chambers.holds(topology.end_xy[end], k[kin])
        reason[kin[inside]] = _ENDS_INSIDE
    return reason


def _shares_enclosure(snapshot: Snapshot, pipe: I32, node: I64, ends: I32) -> Bool:
    """Lines in the casing or tunnel of a line that ends at the node, or that tunnel itself.

    `ends` are those of lines at the nodes.
    """
    pipes = snapshot.state.pipes
    inside = ends // 2
    there = np.where(ends % 2 == 1, pipes.end_node[inside], pipes.start_node[inside])
    texts = pipes.enclosure[inside], pipes.enclosure[pipe], pipes.id[pipe]
    words, code = distinct_words(np.concatenate(texts))
    has = np.array([word != "" for word in words], dtype=np.bool_)[code]
    of_ends, own, name = np.split(code.astype(np.int64), [len(ends), len(ends) + len(pipe)])
    keys = (there.astype(np.int64) * len(words) + of_ends)[has[: len(ends)]]
    # A tunnel is one by its name: what is named as the casing of a line that ends there.
    shares = np.isin(node * len(words) + own, keys)
    return shares | np.isin(node * len(words) + name, keys)


def _findings(
    snapshot: Snapshot, chambers: Chambers, passages: _Passages, rows: I64, chance: F64
) -> ConflictTable:
    if not len(rows):
        return ConflictTable.empty()
    seg, topology = snapshot.segments, snapshot.topology
    i = passages.i[rows]
    pipe = seg.pipe[i]
    length = np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    offset, sign = topology.run_offset_m[pipe], topology.run_sign[pipe]
    one = offset + sign * (seg.chain0[i] + passages.from_t[rows] * length)
    two = offset + sign * (seg.chain0[i] + passages.to_t[rows] * length)
    key = topology.run[pipe].astype(np.int64) * max(len(chambers), 1) + passages.k[rows]
    stretches = merged(key, np.minimum(one, two), np.maximum(one, two))
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
    gap, shift = passages.gap_m[rows], np.append(origin, 0.0)
    near_a, near_b = passages.near[rows, :3] + shift, passages.near[rows, 3:] + shift
    start, stop = on_pipe(snapshot, pipe, *span)
    unsure = np.isnan(chance[rows])
    is_level, by_neck = snapshot.columns.level_known[i], passages.by_neck[rows]
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
            (unsure & ~is_level, "level_unknown"),
            (unsure & is_level & by_neck, "chamber_neck_unknown"),
            (unsure & is_level & ~by_neck, "chamber_bottom_unknown"),
        ),
        **pipe_side(snapshot, "a", pipe),
    )


CHECK = ChamberCheck()
