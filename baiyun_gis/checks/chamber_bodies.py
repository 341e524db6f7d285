"""The bodies of chambers: outlines in plan, top and bottom, as far as they are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels import passages
from baiyun_gis.kernels.chambers import Plans, chamber_boxes
from baiyun_gis.kernels.joining import ends_at
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.topology import family_codes
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.model.vocabulary import Shape

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.model.tables import NodeTable


@dataclass(frozen=True, slots=True)
class ChamberPlans:
    """Chambers with a recorded size in plan; all shape (n,), `boxes` (n, 4): x0, y0, x1, y1 around
    all places the outline may have. `owners` (pipes, 2) are the nodes pipes end in.

    `without_size` counts chambers whose plan size nobody recorded; this run answers for so many
    `subjects`, with these.
    """

    node: I64
    boxes: F64
    owners: I32
    without_size: int
    subjects: int

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, slots=True)
class Chambers:
    """Chambers with a recorded size, all of n rows; `table` is what the kernels read of them, the
    snapshot's origin taken off, `centre` (n, 2) with it. `ends` are those of lines at the nodes,
    `shelters` whether any of these lines lies in a casing or tunnel.

    The body reaches from the bottom to the shoulder and a neck of unrecorded width about the
    centre from there to the top; without a neck the shoulder is the top.
    """

    node: I64
    centre: F64
    family: I32
    table: F64
    ends: I32
    shelters: bool

    def __len__(self) -> int:
        return len(self.node)


def chamber_plans(snapshot: Snapshot) -> ChamberPlans:
    """All chambers there on the day, as far as they have a size; the snapshot's origin off."""
    nodes = snapshot.state.nodes
    plans = Plans(
        is_there=nodes.is_chamber & snapshot.nodes_alive,
        xy=nodes.xy,
        width=nodes.chamber_width_m,
        length=nodes.chamber_length_m,
        shape=nodes.chamber_shape,
        sigma=nodes.sigma_xy_m,
        is_box=_BOXES,
    )
    rows, boxes, unsized = chamber_boxes(
        plans, origin=snapshot.origin, usual_m=VISIBLE_XY_M / 2, sigmas=POSSIBLE_SIGMAS
    )
    pipes, answered = snapshot.state.pipes, snapshot.answered_nodes
    owners = np.empty((len(pipes), 2), dtype=np.int32)
    owners[:, 0], owners[:, 1] = pipes.start_node, pipes.end_node
    without_size = int(answered[unsized].sum())
    subjects = int(answered[rows].sum()) + without_size
    return ChamberPlans(rows, boxes, owners, without_size, subjects)


def chambers_at(snapshot: Snapshot, rows: I64) -> Chambers:
    """The chambers with a size at some nodes, in order."""
    nodes = snapshot.state.nodes
    width, length = _sizes(nodes, rows)
    ground, bottom = nodes.ground_m[rows], nodes.bottom_m[rows]
    bottom = np.where(np.isnan(bottom), ground - nodes.chamber_depth_m[rows], bottom)
    shoulder = ground - np.where(nodes.neck_m[rows] > 0, nodes.neck_m[rows], 0.0)
    # A neck as deep as the whole chamber is a slip of the pen or counts the chamber in.
    shoulder = np.where(shoulder <= bottom, ground, shoulder)
    angle = np.deg2rad(np.nan_to_num(nodes.chamber_angle_deg[rows], nan=0.0))
    centre = nodes.xy[rows]
    columns = (
        *(centre - snapshot.origin).T,
        width,
        length,
        np.cos(angle),
        np.sin(angle),
        _is_round(nodes, rows, width, length),
        ground,
        shoulder,
        bottom,
        _sigma(nodes, rows),
    )
    table = np.column_stack(columns).astype(np.float64)
    ends = _ends_in(snapshot, rows)
    shelters = any(snapshot.state.pipes.enclosure[ends // 2].tolist())
    return Chambers(rows, centre, family_codes(nodes.utility[rows]), table, ends, shelters)


def _ends_in(snapshot: Snapshot, nodes: I64) -> I32:
    """The ends of lines at some nodes."""
    pipes = snapshot.state.pipes
    asked = np.zeros(len(snapshot.state.nodes), dtype=np.bool_)
    asked[nodes] = True
    return ends_at(pipes.start_node, pipes.end_node, asked)


def _sizes(nodes: NodeTable, rows: I64) -> tuple[F64, F64]:
    """Width and length of chambers; one stands for the other where only one is recorded."""
    width, length = nodes.chamber_width_m[rows], nodes.chamber_length_m[rows]
    width = np.where(width > 0, width, np.nan)
    length = np.where(length > 0, length, width)
    return np.where(np.isnan(width), length, width), length


def _is_round(nodes: NodeTable, rows: I64, width: F64, length: F64) -> Bool:
    shape = nodes.chamber_shape[rows]
    return ~_BOXES[shape] & (width == length)


_BOXES = np.zeros(128, dtype=np.bool_)
_BOXES[[Shape.RECTANGLE, Shape.OTHER]] = True


def _sigma(nodes: NodeTable, rows: I64) -> F64:
    recorded = nodes.sigma_xy_m[rows]
    return np.where(np.isnan(recorded), VISIBLE_XY_M / 2, recorded)


def lowest_ends(snapshot: Snapshot, chambers: Chambers) -> F64:
    """Lowest underside of the lines that end in each chamber whose bottom nobody recorded, infinite
    where none is known."""
    pipes, ends = snapshot.state.pipes, chambers.ends
    lowest = np.full(len(chambers), np.inf)
    if not len(ends) or not np.isnan(chambers.table[:, passages.BOTTOM]).any():
        return lowest
    ends = ends[snapshot.tested[ends // 2]]
    pipe, at_end = ends // 2, ends % 2 == 1
    vertex = np.where(at_end, pipes.offsets[pipe + 1] - 1, pipes.offsets[pipe])
    node = np.where(at_end, pipes.end_node[pipe], pipes.start_node[pipe])
    level = pipes.axis_level[vertex] - np.nan_to_num(pipes.outer_height_m[pipe], nan=0.0) / 2
    known = ~np.isnan(level)
    np.minimum.at(lowest, np.searchsorted(chambers.node, node[known]), level[known])
    return lowest
