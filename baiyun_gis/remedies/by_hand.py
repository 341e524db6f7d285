"""A way out found by hand: a line moved in plan step by step, its conflicts told at each step.

A planned line moves with the planned lines it goes on in, a line that lies there alone. What
hangs on others stays: ends at joints, chambers and fittings, and pieces that other lines of the
family end on. The rest follows the hand as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.snapshot import outer_sections
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.live.changes import Touched
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.topology import Topology, end_points, family_of
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.chains import ATTACHED_M, is_loose_node, members_of

_EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)


@dataclass(frozen=True, slots=True)
class Grip:
    """What follows the hand: `vertices` (n,) of the pipes in `rows` (both sorted) that are loose,
    and the `nodes` that stand at ends that are."""

    rows: I64
    vertices: I64
    nodes: I64

    def moved(self, state: ProjectState, by: F64) -> ProjectState:
        """The state with the axes alone `by` (east, north) metres on: what is looked at while the
        line moves."""
        xy = state.pipes.xy.copy()
        xy[self.vertices] += by
        return state.with_(pipes=state.pipes.with_columns(xy=xy))

    def laid_down(self, state: ProjectState, by: F64) -> ProjectState:
        """The state with the move made, its points along with it and a note in its lineage; for
        `Document.apply`, so that it can be undone."""
        state = self.moved(state, by)
        note = f"moved by hand {by[0]:+.3f} m east, {by[1]:+.3f} m north"
        lineage = state.pipes.lineage.copy()
        for row in self.rows.tolist():  # the pipes of one line
            lineage[row] = "; ".join(part for part in (str(lineage[row]), note) if part)
        pipes = state.pipes.with_columns(lineage=lineage)
        if not len(self.nodes):
            return state.with_(pipes=pipes)
        xy = state.nodes.xy.copy()
        xy[self.nodes] += by
        return state.with_(pipes=pipes, nodes=state.nodes.with_columns(xy=xy))


def grip_of(state: ProjectState, topology: Topology, row: int) -> Grip:
    """What of a line may be moved by hand; raises `UsageError` where that is nothing."""
    pipes = state.pipes
    own = pipes.xy[pipes.offsets[row] : pipes.offsets[row + 1]]
    if not np.isfinite(own).all(axis=1).any():
        raise UsageError(
            "Line {line} has no coordinates, so it cannot be moved; give it some first",
            line=str(pipes.id[row]),
        )
    rows = np.sort(
        members_of(state, topology, row, moves_sideways=True, box=_EVERYWHERE).astype(np.int64)
    )
    loose = np.zeros(len(pipes.xy), dtype=np.bool_)
    nodes: list[int] = []
    for own in rows.tolist():  # the pipes of one line
        first, last = int(pipes.offsets[own]), int(pipes.offsets[own + 1]) - 1
        loose[first : last + 1] = True
        for end, node, vertex in (
            (2 * own, int(pipes.start_node[own]), first),
            (2 * own + 1, int(pipes.end_node[own]), last),
        ):
            if not _is_loose_end(state, topology, rows, end, node):
                loose[vertex] = False
            elif node >= 0:
                nodes.append(node)
        held = first + _pieces_held(state, own, rows)
        loose[held] = loose[held + 1] = False
    vertices = np.flatnonzero(loose & np.isfinite(pipes.xy).all(axis=1))
    if not len(vertices):
        raise UsageError(
            "Line {line} hangs on its joints and has no point of its own to move; "
            "put a vertex in where it should bend, or loosen an end",
            line=str(pipes.id[row]),
        )
    return Grip(rows, vertices, np.unique(np.array(nodes, dtype=np.int64)))


def _is_loose_end(state: ProjectState, topology: Topology, rows: I64, end: int, node: int) -> bool:
    """Whether all that meets at an end moves along, and nothing stands there."""
    own = np.concatenate([2 * rows, 2 * rows + 1])
    joint = topology.joint[end]
    if (topology.joint[own] == joint).sum() != topology.joint_degree[joint]:
        return False
    if node < 0:
        return True
    pipes = state.pipes
    ends = int((pipes.start_node[rows] == node).sum() + (pipes.end_node[rows] == node).sum())
    return is_loose_node(state, node, ends=ends)


def _pieces_held(state: ProjectState, row: int, rows: I64) -> I64:
    """Pieces of a line between its ends that other lines of the family (not `rows`) end on."""
    import shapely

    pipes = state.pipes
    xy = pipes.xy[pipes.offsets[row] : pipes.offsets[row + 1]]
    width = np.nan_to_num(outer_sections(pipes.take(np.array([row])))[0]).max(initial=0.0)
    reach = width / 2 + ATTACHED_M
    tips = end_points(pipes)
    with np.errstate(invalid="ignore"):
        low, high = xy.min(axis=0) - reach, xy.max(axis=0) + reach
        near = np.flatnonzero(((tips >= low) & (tips <= high)).all(axis=1))
    near = near[~np.isin(near // 2, rows)]
    family = family_of(pipes.take(np.append(near // 2, row)))
    near = near[family[:-1] == family[-1]]
    if not len(near):
        return near
    tips, pieces = tips[near], np.arange(len(xy) - 1)
    lines = np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)), dtype=object)
    away = shapely.distance(np.asarray(shapely.points(tips), dtype=object)[:, None], lines)
    to_ends = np.hypot(*(tips[:, None] - xy[[0, -1]]).transpose(2, 0, 1)).min(axis=1)
    on_axis = (away <= reach) & (to_ends > reach)[:, None]
    return pieces[on_axis.any(axis=0)]


class LineInHand:
    """A line of the project that follows the hand; its checks follow it.

    It has `live` to itself until it is let go, and belongs to one thread at a time.
    """

    def __init__(self, live: LiveCheck, state: ProjectState, row: int) -> None:
        """Look around the line; raises `UsageError` where nothing of it can be moved."""
        if live.state is not state:
            live.update(state)
        self.live, self._state = live, state
        self.grip = grip_of(state, live.topology, row)
        self._touched = Touched(pipes=self.grip.rows)
        live.prepare(self._touched)
        self.before = live.findings_of(self.grip.rows)
        self.is_tested = bool(live.is_tested(self.grip.rows).all())
        """Whether all of the line has a body that day that checks can look at."""

    def at(self, by: F64) -> ConflictTable:
        """Findings that name the line with its loose part `by` (east, north) metres from where it
        was taken up; without ids and groups."""
        self.live.update(self.grip.moved(self._state, by), self._touched)
        return self.live.findings_of(self.grip.rows)
