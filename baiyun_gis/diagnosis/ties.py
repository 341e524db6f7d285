"""The springs of one network: chambers, slopes, falls, depths, the ground, chamber bottoms.

Ground counts where it is known: pressure lines follow it, and of a residual with and without
ground the one that spreads less in its class is used.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I64
from baiyun_gis.diagnosis.pipe_ends import PipeEnds
from baiyun_gis.diagnosis.springs import Parts, Springs, Tie, class_medians, learnt, springs_of
from baiyun_gis.model.tables import NodeTable

STRAIGHT_ON = -0.8
"""Two lines go on from each other when the cosine between the ways out of a joint is below."""

MOST_ENDS = 8
"""In joints of more ends each is compared with this many neighbours."""

DEPTH_SIGMA_M = 0.10
HARD_SIGMA_M = 0.05


class JointPairs(NamedTuple):
    """Two ends each at one joint, the one of the larger pipe first."""

    one: I64
    two: I64


def ties_of(ends: PipeEnds, nodes: NodeTable, more: list[Parts] | None = None) -> Springs:
    """All springs of the network; `more` are added to them."""
    pairs = joint_pairs(ends)
    parts = [
        joint_ties(ends, pairs),
        along_ties(ends, pairs),
        pipe_ties(ends),
        fall_ties(ends),
        depth_ties(ends),
        below_ground(ends),
        above_bottom(ends, nodes),
        *(more or []),
    ]
    return springs_of(parts, len(ends))


def joint_pairs(ends: PipeEnds) -> JointPairs:
    """Pairs of judged ends of one joint, of different pipes."""
    rows = np.flatnonzero(ends.judged)
    order = rows[np.argsort(ends.joint[rows], kind="stable")]
    joint = ends.joint[order]
    one: list[I64] = []
    two: list[I64] = []
    for step in range(1, MOST_ENDS):
        same = np.flatnonzero(joint[step:] == joint[:-step])
        if not len(same):
            break
        one.append(order[same])
        two.append(order[same + step])
    if not one:
        none = np.zeros(0, np.int64)
        return JointPairs(none, none)
    a, b = np.concatenate(one), np.concatenate(two)
    other = a // 2 != b // 2
    a, b = a[other], b[other]
    turn = ends.size[a] < ends.size[b]
    return JointPairs(np.where(turn, b, a), np.where(turn, a, b))


def joint_ties(ends: PipeEnds, pairs: JointPairs) -> Parts:
    """Levels of two lines that meet differ as those of their kinds and sizes usually do."""
    one, two = pairs
    klass = _mixed(ends.utility[one], ends.utility[two], ends.size[one], ends.size[two])
    both = np.column_stack([one, two])
    return learnt(
        Tie.JOINT, both, _signs(len(one), 1.0, -1.0), np.zeros(len(one)),
        klass=klass, level_m=ends.z_m,
    )  # fmt: skip


def along_ties(ends: PipeEnds, pairs: JointPairs) -> Parts:
    """Where a line goes on straight through a joint, its level lies between those beyond."""
    one, two = pairs
    straight = np.einsum("ij,ij->i", ends.away[one], ends.away[two]) < STRAIGHT_ON
    straight &= ends.judged[one ^ 1] & ends.judged[two ^ 1]
    straight &= ends.utility[one] == ends.utility[two]
    one, two = one[straight], two[straight]
    length_1, length_2 = ends.length_m[one], ends.length_m[two]
    share = length_2 / (length_1 + length_2)  # of the far end of `one`
    half = np.full(len(one), 0.5)
    four = np.column_stack([one, two, one ^ 1, two ^ 1])
    weights = np.column_stack([half, half, -share, share - 1.0])
    spacing = _step_of(length_1 * length_2 / (length_1 + length_2))
    same_size = (ends.size[one] == ends.size[two]).astype(np.int64)
    klass = _mixed(ends.utility[one], same_size, spacing)
    return _with_or_without_ground(ends, Tie.ALONG, four, weights, klass)


def pipe_ties(ends: PipeEnds) -> Parts:
    """The two ends of a pipe lie equally deep, or equally high."""
    pipe = np.flatnonzero(ends.judged[0::2] & ends.judged[1::2])
    both = np.column_stack([2 * pipe, 2 * pipe + 1])
    klass = _mixed(
        ends.utility[2 * pipe], ends.size[2 * pipe], _step_of(ends.length_m[2 * pipe]),
        _end_sort(ends)[2 * pipe], _end_sort(ends)[2 * pipe + 1],
    )  # fmt: skip
    weights = _signs(len(pipe), 1.0, -1.0)
    return _with_or_without_ground(ends, Tie.PIPE, both, weights, klass)


def fall_ties(ends: PipeEnds) -> Parts:
    """Gravity lines of known direction fall as those of their size do."""
    flow = ends.pipes.flow
    ok = ends.judged[0::2] & ends.judged[1::2] & ends.is_gravity[0::2] & np.isin(flow, (1, 2))
    pipe = np.flatnonzero(ok)
    upper = 2 * pipe + (flow[pipe] == 2)
    both = np.column_stack([upper, upper ^ 1])
    weights = _signs(len(pipe), 1.0, -1.0)
    length = ends.length_m[2 * pipe]
    kind = _mixed(ends.utility[upper], ends.size[upper])
    slope = class_medians((ends.z_m[upper] - ends.z_m[upper ^ 1]) / length, kind)
    klass = _mixed(ends.utility[upper], ends.size[upper], _step_of(length))
    return learnt(Tie.FALL, both, weights, slope * length, klass=klass, level_m=ends.z_m)


def depth_ties(ends: PipeEnds) -> Parts:
    """Depth of every end as that of its kind, size and place in the network."""
    rows = np.flatnonzero(ends.judged & np.isfinite(ends.ground_m))
    klass = _mixed(ends.utility[rows], ends.size[rows], _end_sort(ends)[rows])
    one = np.ones((len(rows), 1))
    return learnt(
        Tie.DEPTH, rows[:, None], one, ends.ground_m[rows],
        klass=klass, level_m=ends.z_m, least_m=DEPTH_SIGMA_M,
    )  # fmt: skip


def below_ground(ends: PipeEnds) -> Parts:
    """Lines that are not above ground lie below it."""
    laid = np.array([0 if b in (5, 6, 7) else 1 for b in range(128)], dtype=np.bool_)
    rows = np.flatnonzero(
        ends.judged & np.isfinite(ends.ground_m) & np.repeat(laid[ends.pipes.burial], 2)
    )
    return _hard(Tie.BELOW_GROUND, rows, -1.0, -ends.ground_m[rows])


def above_bottom(ends: PipeEnds, nodes: NodeTable) -> Parts:
    """No line leaves a chamber below its outer bottom."""
    node = np.repeat(np.zeros(len(ends) // 2, np.int64), 2)
    node[0::2], node[1::2] = ends.pipes.start_node, ends.pipes.end_node
    bottom = np.full(len(ends), np.nan)
    if len(nodes):
        bottom = np.where(node >= 0, nodes.bottom_m[np.maximum(node, 0)], np.nan)
    rows = np.flatnonzero(ends.judged & np.isfinite(bottom))
    return _hard(Tie.ABOVE_BOTTOM, rows, 1.0, bottom[rows])


def _hard(tie: Tie, rows: I64, sign: float, bound_m: F64) -> Parts:
    size = len(rows)
    return Parts(
        tie, rows[:, None], np.full((size, 1), sign), bound_m,
        np.full(size, HARD_SIGMA_M), np.full(size, 0.02),
    )  # fmt: skip


def _with_or_without_ground(
    ends: PipeEnds, tie: Tie, members: I64, weights: F64, klass: I64
) -> Parts:
    """Springs on levels or on depths, whichever spreads less in its class."""
    ground = np.einsum("mk,mk->m", weights, ends.ground_m[members])
    level = np.einsum("mk,mk->m", weights, ends.z_m[members])
    known = np.isfinite(ground)
    klass = 2 * klass + known
    on_level = class_medians(np.abs(level - class_medians(level, klass)), klass)
    depth = np.where(known, level - ground, level)
    on_depth = class_medians(np.abs(depth - class_medians(depth, klass)), klass)
    base = np.where(known & (on_depth <= on_level), ground, 0.0)
    return learnt(tie, members, weights, base, klass=klass, level_m=ends.z_m)


def _end_sort(ends: PipeEnds) -> I64:
    """0 a free end, 1 with one other, 2 with more."""
    return np.minimum(ends.degree.astype(np.int64) - 1, 2)


def _step_of(length_m: F64) -> I64:
    """Lengths in doublings, 1 m to 128 m."""
    return np.clip(np.round(np.log2(np.maximum(length_m, 1.0))), 0, 7).astype(np.int64)


def _mixed(*codes: I64) -> I64:
    """One class number from several small ones."""
    out = np.zeros(len(codes[0]), np.int64)
    for code in codes:
        out = out * 512 + (code + 256)
    return out


def _signs(count: int, first: float, second: float) -> F64:
    return np.tile([first, second], (count, 1))
