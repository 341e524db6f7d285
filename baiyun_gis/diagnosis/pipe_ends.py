"""Pipe ends as columns: what was recorded at each, and a level that can be compared.

Pipe `i` has ends `2 i` (start) and `2 i + 1` (end), as in `model.topology`. The comparable level
is that of the invert for gravity lines and of the outer top for all others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.checks.usable import usable
from baiyun_gis.model.levels import axis_offset_m, conventional_datum
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import Topology, topology_of
from baiyun_gis.model.vocabulary import Status, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive

GRAVITY = np.array([int(u) for u in Utility if u.is_gravity])


@dataclass(frozen=True, slots=True)
class PipeEnds:
    """All ends of one state on one day, shape (2 n,) each; metres, NaN where not recorded.

    `z_m` is the comparable level, `level_m`, `depth_m`, `ground_m` are as recorded. `judged`
    marks ends of existing lines with a level. `size` and `utility` are classes of the pipe.
    """

    z_m: F64
    level_m: F64
    depth_m: F64
    ground_m: F64
    judged: Bool
    utility: I64
    size: I64
    joint: I32
    degree: I32
    length_m: F64
    away: F64
    """Unit vector from the end into its pipe in plan, shape (2 n, 2)."""

    pipes: PipeTable
    topology: Topology

    def __len__(self) -> int:
        return len(self.z_m)

    @property
    def is_gravity(self) -> Bool:
        return np.isin(self.utility, GRAVITY)

    @property
    def unexplained_m(self) -> F64:
        """Recorded level minus (ground minus depth): 0 where the arithmetic holds."""
        return self.level_m - (self.ground_m - self.depth_m)


def at_ends(start: F64, end: F64) -> F64:
    """Values of starts and ends in the order of ends, shape (2 n,)."""
    out = np.empty(2 * len(start), dtype=np.result_type(start, end))
    out[0::2], out[1::2] = start, end
    return out


def pipe_ends(
    state: ProjectState, as_of: np.datetime64, topology: Topology | None = None
) -> PipeEnds:
    """The ends of the lines of `state` as they lie on `as_of` (NaT: whatever the day)."""
    pipes = usable(state).pipes
    top = topology if topology is not None else topology_of(pipes)
    level = at_ends(pipes.start_level_m, pipes.end_level_m)
    depth = at_ends(pipes.start_depth_m, pipes.end_depth_m)
    ground = at_ends(pipes.start_ground_m, pipes.end_ground_m)
    ground = _with_node_ground(ground, pipes, state.nodes.ground_m)
    there = alive(pipes.valid_from, pipes.valid_to, as_of) & (pipes.status != Status.PLANNED)
    there &= np.diff(pipes.offsets) > 1
    z = _comparable(pipes, level, ground - depth)
    return PipeEnds(
        z_m=z,
        level_m=level,
        depth_m=depth,
        ground_m=ground,
        judged=np.repeat(there, 2) & np.isfinite(z),
        utility=np.repeat(pipes.utility.astype(np.int64), 2),
        size=np.repeat(_size_class(pipes), 2),
        joint=top.joint,
        degree=top.joint_degree[top.joint] if len(pipes) else np.zeros(0, np.int32),
        length_m=np.repeat(np.maximum(pipes.length_m(), 0.1), 2) if len(pipes) else np.zeros(0),
        away=_away(pipes),
        pipes=pipes,
        topology=top,
    )


def _with_node_ground(ground: F64, pipes: PipeTable, of_nodes: F64) -> F64:
    if not len(of_nodes):
        return ground
    node = at_ends(pipes.start_node.astype(float), pipes.end_node.astype(float)).astype(np.int64)
    known = np.where(node >= 0, of_nodes[np.maximum(node, 0)], np.nan)
    return np.where(np.isnan(ground), known, ground)


def _comparable(pipes: PipeTable, level: F64, from_depth: F64) -> F64:
    """Levels of the conventional point; of the recorded point where the section is unknown."""
    if not len(pipes):
        return np.zeros(0)
    own = axis_offset_m(pipes)
    usual = axis_offset_m(
        pipes.with_columns(level_datum=conventional_datum(pipes.utility, pipes.burial))
    )
    shift = np.nan_to_num(np.repeat(own - usual, 2))
    recorded = np.where(np.isnan(level), from_depth, level) + shift
    first, last = pipes.offsets[:-1], np.maximum(pipes.offsets[1:] - 1, 0)
    if not len(pipes.axis_level):
        return recorded
    first = np.minimum(first, len(pipes.axis_level) - 1)
    axis = at_ends(pipes.axis_level[first], pipes.axis_level[last])
    drawn = axis - np.nan_to_num(np.repeat(usual, 2))
    return np.where(np.isnan(recorded), drawn, recorded)


def _size_class(pipes: PipeTable) -> I64:
    """Sizes in steps of a tenth: pipes of one size class are laid alike; -1 unknown."""
    size = np.where(np.isnan(pipes.outer_height_m), pipes.nominal_mm / 1000, pipes.outer_height_m)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.round(10 * np.log(size * 1000))
    return np.where(np.isfinite(step), step, -1).astype(np.int64)


def _away(pipes: PipeTable) -> F64:
    out = np.zeros((2 * len(pipes), 2))
    long = np.flatnonzero(np.diff(pipes.offsets) > 1)
    first, last = pipes.offsets[long], pipes.offsets[long + 1] - 1
    out[2 * long] = pipes.xy[first + 1] - pipes.xy[first]
    out[2 * long + 1] = pipes.xy[last - 1] - pipes.xy[last]
    size = np.hypot(out[:, 0], out[:, 1])
    return np.divide(out, size[:, None], out=np.zeros_like(out), where=size[:, None] > 0)
