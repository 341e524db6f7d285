"""The bodies of chambers: outlines in plan, top and bottom, as far as they are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.chambers import Plans, chamber_boxes
from baiyun_gis.kernels.joining import ends_at
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.topology import family_codes
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.model.vocabulary import Shape

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.model.tables import NodeTable

_ENDLESS_M = 1e4
"""How far a body reaches where nobody recorded its end: beyond any line."""


@dataclass(frozen=True, slots=True)
class ChamberPlans:
    """Chambers with a recorded size in plan; all shape (n,), `boxes` (n, 4): x0, y0, x1, y1 around
    all places the outline may have.

    `without_size` counts chambers whose plan size nobody recorded.
    """

    node: I64
    boxes: F64
    without_size: int

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, slots=True)
class Chambers:
    """Chambers with a recorded size; all shape (n,), `centre` (n, 2), metres, NaN unknown.

    A circle has its diameter as width and length. The body reaches from `bottom_m` to `shoulder_m`
    and a neck of unrecorded width about the centre from there to `top_m`; without a neck the
    shoulder is the top. `least_depth_m` is the lowest underside of the lines that end there: the
    chamber reaches at least that deep.
    """

    node: I64
    centre: F64
    width_m: F64
    length_m: F64
    angle_rad: F64
    is_round: Bool
    top_m: F64
    shoulder_m: F64
    bottom_m: F64
    least_depth_m: F64
    family: I32
    sigma_m: F64

    def __len__(self) -> int:
        return len(self.node)

    def holds(self, xy: F64, k: I32) -> Bool:
        """Whether points lie in the outlines of chambers `k`, pair by pair."""
        dx, dy = (xy - self.centre[k]).T
        cos, sin = np.cos(self.angle_rad[k]), np.sin(self.angle_rad[k])
        along, across = np.abs(dx * cos + dy * sin), np.abs(dy * cos - dx * sin)
        in_circle = np.hypot(dx, dy) <= self.width_m[k] / 2
        in_box = (along <= self.length_m[k] / 2) & (across <= self.width_m[k] / 2)
        return np.where(self.is_round[k], in_circle, in_box).astype(np.bool_)

    def bodies(self, k: I64, origin: F64) -> Segments:
        """Bodies of chambers `k` as far down as they surely reach; up to the top if unknown."""
        low = np.where(np.isnan(self.bottom_m), self.least_depth_m, self.bottom_m)[k]
        high = np.where(np.isnan(self.shoulder_m), _ENDLESS_M, self.shoulder_m)[k]
        return self._solids(k, origin, np.minimum(low, high), high, self.width_m[k] / 2)

    def widest(self, k: I64, origin: F64) -> Segments:
        """The same without end below where no bottom is recorded."""
        low = np.where(np.isnan(self.bottom_m), -_ENDLESS_M, self.bottom_m)[k]
        high = np.where(np.isnan(self.shoulder_m), _ENDLESS_M, self.shoulder_m)[k]
        return self._solids(k, origin, np.minimum(low, high), high, self.width_m[k] / 2)

    def necks(self, k: I64, origin: F64, half_width_m: F64) -> Segments:
        """Necks of chambers `k` as round shafts; NaN levels where there is none."""
        is_one = self.shoulder_m[k] < self.top_m[k]
        low = np.where(is_one, self.shoulder_m[k], np.nan)
        half = np.minimum(half_width_m, np.fmin(self.width_m, self.length_m)[k] / 2)
        shafts = self._solids(k, origin, low, self.top_m[k], half)
        return shafts._replace(x1=shafts.x0, y1=shafts.y0)

    def _solids(self, k: I64, origin: F64, low: F64, high: F64, half_width: F64) -> Segments:
        """Level boxes along their length, and upright cylinders: boxes that have none."""
        half = np.where(self.is_round[k], 0.0, self.length_m[k] / 2)
        dx, dy = half * np.cos(self.angle_rad[k]), half * np.sin(self.angle_rad[k])
        x, y = (self.centre[k] - origin).T
        level = (low + high) / 2
        flags = np.ones(len(k), dtype=np.bool_)
        return Segments(
            x0=x - dx,
            y0=y - dy,
            z0=level,
            x1=x + dx,
            y1=y + dy,
            z1=level,
            half_width=half_width,
            half_height=(high - low) / 2,
            is_rectangle=flags,
            flat0=flags,
            flat1=flags,
            pipe=np.zeros(len(k), dtype=np.int32),
            chain0=np.zeros(len(k)),
        )


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
    return ChamberPlans(rows, boxes, int(snapshot.answered_nodes[unsized].sum()))


def ends_in(snapshot: Snapshot, nodes: I64) -> I32:
    """The ends of lines at some nodes."""
    pipes = snapshot.state.pipes
    asked = np.zeros(len(snapshot.state.nodes), dtype=np.bool_)
    asked[nodes] = True
    return ends_at(pipes.start_node, pipes.end_node, asked)


def chambers_at(snapshot: Snapshot, rows: I64, ends: I32) -> Chambers:
    """The chambers with a size at some nodes, in order; `ends` are those of lines at them."""
    nodes = snapshot.state.nodes
    width, length = _sizes(nodes, rows)
    ground, bottom = nodes.ground_m[rows], nodes.bottom_m[rows]
    bottom = np.where(np.isnan(bottom), ground - nodes.chamber_depth_m[rows], bottom)
    shoulder = ground - np.where(nodes.neck_m[rows] > 0, nodes.neck_m[rows], 0.0)
    # A neck as deep as the whole chamber is a slip of the pen or counts the chamber in.
    shoulder = np.where(shoulder <= bottom, ground, shoulder)
    return Chambers(
        node=rows,
        centre=nodes.xy[rows],
        width_m=width,
        length_m=length,
        angle_rad=np.deg2rad(np.nan_to_num(nodes.chamber_angle_deg[rows], nan=0.0)),
        is_round=_is_round(nodes, rows, width, length),
        top_m=ground,
        shoulder_m=shoulder,
        bottom_m=bottom,
        least_depth_m=_lowest_ends(snapshot, rows, ends),
        family=family_codes(nodes.utility[rows]),
        sigma_m=_sigma(nodes, rows),
    )


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


def _lowest_ends(snapshot: Snapshot, nodes: I64, ends: I32) -> F64:
    """Lowest underside of the lines that end at each node; infinite where none is known."""
    pipes = snapshot.state.pipes
    lowest = np.full(len(nodes), np.inf)
    ends = ends[snapshot.tested[ends // 2]]
    pipe, at_end = ends // 2, ends % 2 == 1
    vertex = np.where(at_end, pipes.offsets[pipe + 1] - 1, pipes.offsets[pipe])
    node = np.where(at_end, pipes.end_node[pipe], pipes.start_node[pipe])
    level = pipes.axis_level[vertex] - np.nan_to_num(pipes.outer_height_m[pipe], nan=0.0) / 2
    known = ~np.isnan(level)
    np.minimum.at(lowest, np.searchsorted(nodes, node[known]), level[known])
    return lowest
