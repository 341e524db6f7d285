"""The line that moves: pipes of one run that may be moved together, as one profile.

A profile holds the vertices of all its pipes in one direction. Stations are plan metres from
its first vertex. Fixed stations must not move: where other lines are joined, where the line ends
in something that stays, where it leaves the region that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.topology import Topology
from baiyun_gis.model.vocabulary import NodeKind, Status
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.region import Box

_LOOSE_NODES = (NodeKind.UNKNOWN, NodeKind.POINT, NodeKind.BEND, NodeKind.END)
ATTACHED_M = 0.05
"""An end of a line of the same family this near the wall is taken to be joined to it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Pipes in order along the chain, `is_turned` where their own direction is the other way.

    `first` is where the vertices of each pipe begin in `xy`, `level` and `station`, with the end.
    `fixed` are sorted stations; the ends count as fixed unless `is_free`.
    """

    pipes: I64
    is_turned: tuple[bool, ...]
    first: I64
    xy: F64
    level: F64
    station: F64
    fixed: F64
    is_free: tuple[bool, bool]

    @property
    def length_m(self) -> float:
        return float(self.station[-1])

    def own_chainage(self, pipe: int, station: float) -> float:
        """A station of the chain as chainage along one of its pipes."""
        at = int(np.flatnonzero(self.pipes == pipe)[0])
        start, stop = self.station[self.first[at]], self.station[self.first[at + 1] - 1]
        return float(stop - station) if self.is_turned[at] else float(station - start)


def chain_of(
    state: ProjectState, topology: Topology, pipe: int, *, moves_sideways: bool, box: Box
) -> Chain:
    """The chain around `pipe`: on through joints of two lines that may both be moved.

    A line that already lies there is moved alone. Chambers stay where they are in plan. What is
    outside `box` is fixed.
    """
    rows = members_of(state, topology, pipe, moves_sideways=moves_sideways, box=box)
    turned = tuple(bool(topology.run_sign[r] < 0) for r in rows)
    parts = [_vertices(state, int(r), is_turned=t) for r, t in zip(rows, turned, strict=True)]
    counts = np.array([len(part) for part in parts])
    xyz = np.concatenate(parts)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    step = np.hypot(*np.diff(xyz[:, :2], axis=0).T)
    step[first[1:-1] - 1] = 0.0  # from a pipe to the next is no way
    station = np.concatenate([[0.0], np.cumsum(step)])
    ends = (2 * int(rows[0]) + turned[0], 2 * int(rows[-1]) + (not turned[-1]))
    chain = Chain(
        pipes=rows,
        is_turned=turned,
        first=first,
        xy=xyz[:, :2],
        level=xyz[:, 2],
        station=station,
        fixed=np.zeros(0),
        is_free=(False, False),
    )
    free = tuple(_is_free(state, topology, end, box) for end in ends)
    attached = _attached(state, topology, chain)
    near_end = [
        bool(len(attached) and np.abs(attached - s).min() < 0.01) for s in (0.0, station[-1])
    ]
    return Chain(
        rows, turned, first, chain.xy, chain.level, station, attached,
        (free[0] and not near_end[0], free[1] and not near_end[1]),
    )  # fmt: skip


def members_of(
    state: ProjectState, topology: Topology, pipe: int, *, moves_sideways: bool, box: Box
) -> I64:
    """Rows of the pipes that may move with `pipe`, in order along its run: itself where it lies
    there, the planned ones around through joints of two where it is planned."""
    if state.pipes.status[pipe] != Status.PLANNED:
        return np.array([pipe], dtype=np.int64)
    run = np.flatnonzero(topology.run == topology.run[pipe])
    sign = topology.run_sign[run]
    begin = topology.run_offset_m[run] - np.where(sign < 0, state.pipes.length_m()[run], 0.0)
    run = run[np.argsort(begin, kind="stable")]
    at = int(np.flatnonzero(run == pipe)[0])
    low = high = at
    while low > 0 and _passes(
        state, topology, (int(run[low - 1]), int(run[low])), box, sideways=moves_sideways
    ):
        low -= 1
    while high + 1 < len(run) and _passes(
        state, topology, (int(run[high]), int(run[high + 1])), box, sideways=moves_sideways
    ):
        high += 1
    return run[low : high + 1].astype(np.int64)


def _passes(
    state: ProjectState, topology: Topology, pair: tuple[int, int], box: Box, *, sideways: bool
) -> bool:
    """Can the joint between two neighbours of a run move with them."""
    pipes, (one, two) = state.pipes, pair
    end = 2 * one + int(topology.run_sign[one] > 0)
    other = 2 * two + int(topology.run_sign[two] < 0)
    joint = topology.joint[end]
    is_one_joint = topology.joint[other] == joint and topology.joint_degree[joint] == 2
    planned = (pipes.status[[one, two]] == Status.PLANNED).all()
    if not (is_one_joint and planned and _inside(topology.end_xy[end], box)):
        return False
    node = _node_at(state, end)
    if node < 0:
        return True
    return _users(state, node) == 2 and not (sideways and _is_chamber(state, node))


def _node_at(state: ProjectState, end: int) -> int:
    pipes = state.pipes
    return int((pipes.end_node if end % 2 else pipes.start_node)[end // 2])


def _users(state: ProjectState, node: int) -> int:
    return int((state.pipes.start_node == node).sum() + (state.pipes.end_node == node).sum())


def _is_chamber(state: ProjectState, node: int) -> bool:
    nodes = state.nodes
    return bool(nodes.is_chamber[node]) or NodeKind(int(nodes.kind[node])).has_chamber


def _is_free(state: ProjectState, topology: Topology, end: int, box: Box) -> bool:
    """May the end of a chain move: nothing is joined there and nothing stands there."""
    if state.pipes.status[end // 2] != Status.PLANNED:
        return False
    if topology.joint_degree[topology.joint[end]] != 1 or not _inside(topology.end_xy[end], box):
        return False
    node = _node_at(state, end)
    return node < 0 or is_loose_node(state, node, ends=1)


def is_loose_node(state: ProjectState, node: int, *, ends: int) -> bool:
    """Whether nothing stands at a node, and no more than so many `ends` of lines are there: it
    may move with them."""
    is_loose = state.nodes.kind[node] in _LOOSE_NODES and not _is_chamber(state, node)
    return bool(is_loose and _users(state, node) == ends)


def _attached(state: ProjectState, topology: Topology, chain: Chain) -> F64:
    """Stations where ends of other lines of the family lie on the chain; sorted."""
    from baiyun_gis.checks.snapshot import outer_sections

    family = topology.family[chain.pipes[0]]
    ends = np.flatnonzero(
        (np.repeat(topology.family, 2) == family)
        & ~np.isin(np.arange(2 * len(state.pipes)) // 2, chain.pipes)
    )
    points = topology.end_xy[ends]
    points = points[np.isfinite(points).all(axis=1)]
    width = np.nan_to_num(np.nanmax(outer_sections(state.pipes)[0][chain.pipes], initial=0.0))
    distance, station = nearest_on(chain, points)
    return np.unique(station[distance <= width / 2 + ATTACHED_M])


def nearest_on(chain: Chain, points: F64) -> tuple[F64, F64]:
    """Distance from the chain's axis and station of the foot, for points of shape (n, 2)."""
    if not len(points):
        return np.zeros(0), np.zeros(0)
    start, stop = chain.xy[:-1], chain.xy[1:]
    way = stop - start
    square = np.maximum((way * way).sum(axis=1), 1e-12)
    share = np.clip(((points[:, None] - start) * way).sum(axis=2) / square, 0.0, 1.0)
    foot = start + share[..., None] * way
    distance = np.hypot(*(points[:, None] - foot).transpose(2, 0, 1))
    best = distance.argmin(axis=1)
    row = np.arange(len(points))
    span = np.diff(chain.station)[best]
    return distance[row, best], chain.station[:-1][best] + span * share[row, best]


def station_of(chain: Chain, at: F64) -> float:
    """The station on a chain beside a point (2,)."""
    return float(nearest_on(chain, at.reshape(1, 2))[1][0])


def _inside(point: F64, box: Box) -> bool:
    return bool(box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3])


def _vertices(state: ProjectState, row: int, *, is_turned: bool) -> F64:
    pipes = state.pipes
    part = slice(int(pipes.offsets[row]), int(pipes.offsets[row + 1]))
    xyz = np.column_stack([pipes.xy[part], pipes.axis_level[part]])
    return xyz[::-1] if is_turned else xyz
