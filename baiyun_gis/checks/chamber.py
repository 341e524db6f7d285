"""Foreign pipes through chambers (井): a pipe that does not end there passes through its body."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.chamber_bodies import (
    ChamberPlans,
    Chambers,
    chamber_plans,
    chambers_at,
    lowest_ends,
)
from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.remarks import on_pipe, pipe_side, remarks
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.verdicts import (
    POSSIBLE,
    POSSIBLE_SIGMAS,
    TOLERANCE_M,
    probability,
)
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.chambers import Kin, ends_inside
from baiyun_gis.kernels.encounters import encounters_of
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.passages import Doubt, Passages, passages_of
from baiyun_gis.kernels.reaches import doubted
from baiyun_gis.kernels.segments import owned
from baiyun_gis.kernels.stations import stations_along_runs
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, distinct_words, keys_from_codes
from baiyun_gis.model.vocabulary import NodeKind, Utility

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot


_REASONS = ("", "same_enclosure", "ends_in_chamber")
_ENCLOSED, _ENDS_INSIDE = range(1, len(_REASONS))


class ChamberCheck:
    """A chamber and a line that is not connected to it, in one place."""

    name = "chamber"
    of_one_run = True
    title = msg("Foreign line through a chamber")

    def make_ready(self, ctx: CheckContext) -> None:
        """The bodies of all chambers, where they are few: whatever comes near one later."""
        plans = self._plans(ctx)
        if 0 < len(plans) <= _FEW:
            _all_chambers(ctx, self.name, plans)

    def _plans(self, ctx: CheckContext) -> ChamberPlans:
        return ctx.of_things("chambers", self.name, lambda: chamber_plans(ctx.snapshot))

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding for each stretch of a line inside a chamber's body."""
        snapshot = ctx.snapshot
        plans = self._plans(ctx)
        i, k, own = _near(snapshot, plans)
        besides = {"own_chamber": own, "no_chamber_size": plans.without_size}
        subjects = plans.subjects
        if not len(i):
            none = np.zeros(0, dtype=np.bool_)
            tally = Tally(i, none.view(np.int8), none, none, _REASONS, besides=besides)
            return CheckResult(tally.counted(self.name, subjects=subjects))
        # Only what is foreign is looked at: nearly all that comes near a chamber ends in it.
        chambers, k = _chambers(ctx, self.name, plans, k)
        reason = _reasons(snapshot, chambers, i, k)
        foreign = (reason == 0).nonzero()[0]
        pairs = i[foreign], k[foreign]
        passed = _passages(snapshot, chambers, pairs, lowest_ends(snapshot, chambers))
        chance = probability(passed.gap, np.zeros(len(foreign)), passed.sigma)
        # What is not known is no more than possible.
        is_found = chance >= POSSIBLE
        found, unsure = np.zeros((2, len(i)), dtype=np.bool_)
        found[foreign], unsure[foreign] = is_found, passed.is_unsure
        subject = snapshot.segments.pipe[i] * np.int64(max(len(chambers), 1)) + k
        tally = Tally(subject, reason, found, unsure, _REASONS, besides=besides)
        ledger = tally.counted(self.name, subjects=subjects)
        rows = (is_found | passed.is_unsure).nonzero()[0]
        return CheckResult(ledger, _findings(snapshot, chambers, pairs, passed, rows, chance))


def _near(snapshot: Snapshot, plans: ChamberPlans) -> tuple[I32, I32, int]:
    """Segments and chambers of others that can be in one place, each pair once; how many pairs
    there are of a line and a chamber it ends in."""
    seg, columns, owners = snapshot.segments, snapshot.columns, plans.owners
    asks = snapshot.selected if snapshot.sides is None else snapshot.may_ask
    sigma = columns.sigma_xy0, columns.sigma_xy1
    reach = doubted(seg, sigma, sigmas=POSSIBLE_SIGMAS, looks=asks)
    met = encounters_of(seg, reach, plans.boxes, owner=plans.node.astype(np.int32), owners=owners)
    if snapshot.sides is None:
        return met.i, met.k, int(np.count_nonzero(met.own))
    own = 0
    for end in range(2):
        pipe = met.own[:, end].nonzero()[0].astype(np.int32)
        own += int(snapshot.asks_with(pipe, "nodes", owners[pipe, end]).sum())
    wanted = snapshot.asks_with(seg.pipe[met.i], "nodes", plans.node[met.k])
    return met.i[wanted], met.k[wanted], own


_FEW = 1024
"""So few chambers are all made once, rather than anew those that something comes near."""


def _chambers(ctx: CheckContext, check: str, plans: ChamberPlans, k: I32) -> tuple[Chambers, I32]:
    """The chambers of which rows `k` of the plans are some, and which of them these are."""
    if len(plans) <= _FEW:
        return _all_chambers(ctx, check, plans), k
    number, first = numbered(k)
    return chambers_at(ctx.snapshot, plans.node[k[first]]), number


def _all_chambers(ctx: CheckContext, check: str, plans: ChamberPlans) -> Chambers:
    make = partial(chambers_at, ctx.snapshot, plans.node)
    return ctx.of_things("chambers near by", check, make)


def _passages(
    snapshot: Snapshot, chambers: Chambers, pairs: tuple[I32, I32], lowest_m: F64
) -> Passages:
    """How near the lines come to the chambers; those reach at least as deep as the lines that end
    in them."""
    columns = snapshot.columns
    doubt = Doubt(
        columns.sigma_xy0,
        columns.sigma_xy1,
        columns.sigma_z0,
        columns.sigma_z1,
        neck_half=UNKNOWN_HALF_M,
        sigmas=POSSIBLE_SIGMAS,
        tolerance=TOLERANCE_M,
    )
    return passages_of(
        snapshot.segments, pairs[0], chambers.table, pairs[1], least_depth_m=lowest_m, doubt=doubt
    )


def _reasons(snapshot: Snapshot, chambers: Chambers, i: I32, k: I32) -> I8:
    """Why a line that does not end there may pass: it shares the tunnel or casing of one that
    does, or an end of its own lies in the chamber.

    Codes into `_REASONS`.
    """
    pipe, reason = snapshot.segments.pipe[i], np.zeros(len(i), dtype=np.int8)
    # Few lines lie in a casing or tunnel, and where none does nothing is shared.
    if chambers.shelters:
        shares = _shares_enclosure(snapshot, pipe, chambers.node[k], chambers.ends)
        reason[shares] = _ENCLOSED
    topology = snapshot.topology
    family, end_xy = owned(topology.family, np.int32), owned(topology.end_xy, np.float64)
    kin = Kin(family, chambers.family, end_xy)
    ends_inside(pipe, k, kin, chambers.centre, chambers.table, _ENDS_INSIDE, reason)
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
    snapshot: Snapshot,
    chambers: Chambers,
    pairs: tuple[I32, I32],
    passed: Passages,
    rows: I64,
    chance: F64,
) -> ConflictTable:
    if not len(rows):
        return ConflictTable.empty()
    seg, topology = snapshot.segments, snapshot.topology
    i = pairs[0][rows]
    runs, span = (
        (topology.run_offset_m, topology.run_sign),
        (passed.from_t[rows], passed.to_t[rows]),
    )
    low, high = stations_along_runs(seg, i, runs, span, np.full(len(rows), np.nan))
    run = topology.run[seg.pipe[i]].astype(np.int64)
    stretches = merged(run * max(len(chambers), 1) + pairs[1][rows], low, high)
    gap = passed.gap[rows]
    worst = stretches.least(np.where(np.isnan(gap), 1e12, gap))
    of = stretches.of[worst]
    span = (stretches.from_m[of], stretches.to_m[of])
    return _table(snapshot, chambers, pairs, passed, rows[worst], chance[rows[worst]], span)


def _table(
    snapshot: Snapshot,
    chambers: Chambers,
    pairs: tuple[I32, I32],
    passed: Passages,
    rows: I64,
    chance: F64,
    span: tuple[F64, F64],
) -> ConflictTable:
    seg, origin = snapshot.segments, snapshot.origin
    i, k = pairs[0][rows], pairs[1][rows]
    pipe, node = seg.pipe[i], chambers.node[k]
    near = passed.near[rows] + np.array([*origin, 0.0, *origin, 0.0])
    near_a, near_b = near[:, :3], near[:, 3:]
    start, stop = on_pipe(snapshot, pipe, *span)
    unsure = np.isnan(chance)
    is_level, by_neck = snapshot.columns.level_known[i], passed.by_neck[rows]
    nodes = snapshot.state.nodes
    return ConflictTable.build(
        len(rows),
        check="chamber",
        **judged(
            actual_m=passed.gap[rows],
            required_m=np.zeros(len(rows)),
            sigma_m=passed.sigma[rows],
            probability=chance,
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
