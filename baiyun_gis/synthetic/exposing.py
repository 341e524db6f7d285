"""A survey with the errors it says it has, and test holes that reveal the truth under it.

For judging test-hole plans: the district is the truth, `surveyed` is what an office has, and
`with_holes` is what it has after digging. It shares no code with the planner: holes become short
pieces of pipe with their true level, and everything else follows from running the checks again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from baiyun_gis.arrays import F64, I32, I64
from baiyun_gis.model.levels import settle
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.chance import Chance

_GRAVITY = [int(u) for u in Utility if u.is_gravity]
SEEN_SIGMA_M = 0.015
HALF_TRENCH_M = 1.0
LEAST_PIECE_M = 0.2


def surveyed(state: ProjectState, *, seed: int) -> ProjectState:
    """The district as a survey gives it: every point's level off by what its method allows.

    Sewers are seen in their chambers (σ 0.015 m), all else is located from above (σ 0.075 of the
    depth, of at least 1 m), as CJJ 61 limits it. Positions stay true, with their limits stated.
    """
    pipes, nodes = state.pipes, state.nodes
    depth = np.maximum(np.nan_to_num(nodes.depth_m, nan=1.0), 1.0)
    seen = np.isin(nodes.utility, _GRAVITY)
    sigma = np.where(seen, SEEN_SIGMA_M, 0.075 * depth)
    error = Chance(seed).noise("survey error", len(nodes), 1.0) * sigma
    start, end = error[pipes.start_node], error[pipes.end_node]
    unknown = np.full(len(pipes), np.nan)
    moved = settle(
        pipes.with_columns(
            start_level_m=pipes.start_level_m + start,
            end_level_m=pipes.end_level_m + end,
            start_depth_m=pipes.start_depth_m - start,
            end_depth_m=pipes.end_depth_m - end,
            sigma_z_m=unknown,
            sigma_xy_m=unknown,
        )
    )
    flat = np.where(seen, 0.025, 0.05 * depth)
    return state.with_(pipes=moved, nodes=nodes.with_columns(sigma_z_m=sigma, sigma_xy_m=flat))


def with_holes(
    state: ProjectState, truth: ProjectState, at: F64, *, reach_m: float
) -> ProjectState:
    """The surveyed state with every line within `reach_m` of a hole known to be where it is.

    Lines are straight between two points, as the district's are; rows of `truth` are the same.
    """
    pieces, nodes = state.pipes, state.nodes
    of_truth = np.arange(len(pieces))
    for hole in at:
        hit = _within(pieces, hole, reach_m)
        if len(hit):
            pieces, nodes, of_truth = _opened(pieces, nodes, truth.pipes, of_truth, hit, hole)
    return state.with_(pipes=pieces, nodes=nodes)


def _within(pipes: PipeTable, hole: F64, reach_m: float) -> I64:
    start, end = pipes.xy[pipes.offsets[:-1]], pipes.xy[pipes.offsets[1:] - 1]
    chord = end - start
    square = np.maximum(np.einsum("ij,ij->i", chord, chord), 1e-12)
    share = np.clip(np.einsum("ij,ij->i", hole - start, chord) / square, 0.0, 1.0)
    away = np.hypot(*(start + share[:, None] * chord - hole).T)
    return np.flatnonzero(away <= reach_m)


def _opened(
    pipes: PipeTable, nodes: NodeTable, truth: PipeTable, of_truth: I64, hit: I64, hole: F64
) -> tuple[PipeTable, NodeTable, I64]:
    """The lines `hit` cut into before, laid open, and after."""
    start, end = pipes.xy[2 * hit], pipes.xy[2 * hit + 1]
    length = np.maximum(np.hypot(*(end - start).T), 1e-9)
    along = np.einsum("ij,ij->i", hole - start, (end - start) / length[:, None])
    low = np.clip(along - HALF_TRENCH_M, 0.0, length)
    high = np.clip(along + HALF_TRENCH_M, 0.0, length)
    # A rest too short to be a pipe is laid open with the others.
    low = np.where(low < LEAST_PIECE_M, 0.0, low)
    high = np.where(length - high < LEAST_PIECE_M, length, high)
    cut = np.stack([low, high], axis=1)
    point, places = _nodes_at(pipes, nodes, hit, start, end, cut / length[:, None])
    nodes = NodeTable.concat([nodes, places])
    level = _true_levels(truth, pipes, of_truth[hit], hit, cut / length[:, None])
    first, middle, last = (pipes.take(hit) for _ in range(3))
    first = _piece(first, pipes.start_node[hit], point[:, 0], nodes, None, level[:, 0])
    middle = _piece(middle, point[:, 0], point[:, 1], nodes, level[:, 0], level[:, 1])
    last = _piece(last, point[:, 1], pipes.end_node[hit], nodes, level[:, 1], None)
    keep_first, keep_last = low > 0, high < length
    rest = np.setdiff1d(np.arange(len(pipes)), hit)
    parts = [pipes.take(rest), first.take(keep_first), middle, last.take(keep_last)]
    rows = [of_truth[rest], of_truth[hit][keep_first], of_truth[hit], of_truth[hit][keep_last]]
    return PipeTable.concat(parts), nodes, np.concatenate(rows)


def _nodes_at(
    pipes: PipeTable, nodes: NodeTable, hit: I64, start: F64, end: F64, share: F64
) -> tuple[I64, NodeTable]:
    """New points where the lines are laid open, and their rows (n, 2)."""
    count = len(hit)
    where = start[:, None] + (end - start)[:, None] * share[:, :, None]
    old = nodes.take(np.repeat(pipes.start_node[hit].astype(np.int64), 2))
    ground = (
        pipes.start_ground_m[hit, None]
        + share * (pipes.end_ground_m - pipes.start_ground_m)[hit, None]
    )
    made = old.with_columns(
        xy=where.reshape(-1, 2),
        ground_m=ground.ravel(),
        is_chamber=np.zeros(2 * count, np.bool_),
        sigma_z_m=np.full(2 * count, SEEN_SIGMA_M),
        sigma_xy_m=np.full(2 * count, 0.025),
    )
    return len(nodes) + np.arange(2 * count).reshape(-1, 2), made


def _true_levels(truth: PipeTable, pipes: PipeTable, of_truth: I64, hit: I64, share: F64) -> F64:
    """True recorded levels at shares along the pieces, shape (n, 2)."""
    origin = truth.xy[2 * of_truth]
    chord = truth.xy[2 * of_truth + 1] - origin
    square = np.maximum(np.einsum("ij,ij->i", chord, chord), 1e-12)
    start, end = pipes.xy[2 * hit], pipes.xy[2 * hit + 1]
    place = start[:, None] + (end - start)[:, None] * share[:, :, None]
    along = np.einsum("ikj,ij->ik", place - origin[:, None], chord) / square[:, None]
    one, two = truth.start_level_m[of_truth, None], truth.end_level_m[of_truth, None]
    return one + np.clip(along, 0.0, 1.0) * (two - one)


def _piece(
    pipes: PipeTable,
    start: I64 | I32,
    end: I64 | I32,
    nodes: NodeTable,
    first: F64 | None,
    last: F64 | None,
) -> PipeTable:  # fmt: skip
    """The lines between new points, with true levels where they are given."""
    start, end = np.asarray(start, np.int64), np.asarray(end, np.int64)
    one = pipes.start_level_m if first is None else first
    two = pipes.end_level_m if last is None else last
    xy = pipes.xy.copy()
    if first is not None:
        xy[0::2] = nodes.xy[start]
    if last is not None:
        xy[1::2] = nodes.xy[end]
    ground_1 = pipes.start_ground_m if first is None else nodes.ground_m[start]
    ground_2 = pipes.end_ground_m if last is None else nodes.ground_m[end]
    made = pipes.with_columns(
        start_node=start, end_node=end, start_level_m=one, end_level_m=two,
        start_ground_m=ground_1, end_ground_m=ground_2,
        start_depth_m=ground_1 - one, end_depth_m=ground_2 - two,
        level_source=np.zeros(len(pipes), np.int8),
    )  # fmt: skip
    blank = np.full(len(xy), np.nan)
    return settle(replace(made, xy=xy, axis_level=blank))
