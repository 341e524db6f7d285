"""The bodies of chambers: outlines in plan, top and bottom, as far as they are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.topology import family_codes
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.model.vocabulary import Shape

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot

_ENDLESS_M = 1e4
"""How far a body reaches where nobody recorded its end: beyond any line."""


@dataclass(frozen=True, slots=True)
class Chambers:
    """Chambers with a recorded size; all shape (n,), `centre` (n, 2), metres, NaN unknown.

    A circle has its diameter as width and length. The body reaches from `bottom_m` to `shoulder_m`
    and a neck of unrecorded width about the centre from there to `top_m`; without a neck the
    shoulder is the top. `least_depth_m` is the lowest underside of the lines that end there: the
    chamber reaches at least that deep. `without_size` counts chambers whose plan size nobody
    recorded.
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
    without_size: int

    def __len__(self) -> int:
        return len(self.node)

    def boxes(self) -> F64:
        """Plan boxes that hold the outlines: x0, y0, x1, y1; shape (n, 4)."""
        reach = np.where(
            self.is_round, self.width_m / 2, np.hypot(self.width_m, self.length_m) / 2
        )[:, None]
        return np.hstack([self.centre - reach, self.centre + reach])

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


def chambers_of(snapshot: Snapshot) -> Chambers:
    """All chambers there on the day."""
    nodes = snapshot.state.nodes
    is_one = nodes.is_chamber & snapshot.nodes_alive & np.isfinite(nodes.xy).all(axis=1)
    width = np.where(nodes.chamber_width_m > 0, nodes.chamber_width_m, np.nan)
    length = np.where(nodes.chamber_length_m > 0, nodes.chamber_length_m, width)
    width = np.where(np.isnan(width), length, width)
    sized = is_one & ~np.isnan(width)
    rows = np.flatnonzero(sized)
    by_depth = nodes.ground_m - nodes.chamber_depth_m
    bottom = np.where(np.isnan(nodes.bottom_m), by_depth, nodes.bottom_m)
    neck = np.where(nodes.neck_m > 0, nodes.neck_m, 0.0)
    shoulder = nodes.ground_m - neck
    # A neck as deep as the whole chamber is a slip of the pen or counts the chamber in.
    shoulder = np.where(shoulder <= bottom, nodes.ground_m, shoulder)
    recorded = nodes.sigma_xy_m[rows]
    boxes = np.isin(nodes.chamber_shape[rows], [Shape.RECTANGLE, Shape.OTHER])
    return Chambers(
        node=rows,
        centre=nodes.xy[rows],
        width_m=width[rows],
        length_m=length[rows],
        angle_rad=np.deg2rad(np.nan_to_num(nodes.chamber_angle_deg[rows], nan=0.0)),
        is_round=~(boxes | (width[rows] != length[rows])),
        top_m=nodes.ground_m[rows],
        shoulder_m=shoulder[rows],
        bottom_m=bottom[rows],
        least_depth_m=_lowest_ends(snapshot)[rows],
        family=family_codes(nodes.utility[rows]),
        sigma_m=np.where(np.isnan(recorded), VISIBLE_XY_M / 2, recorded),
        without_size=int((is_one & ~sized & snapshot.answered_nodes).sum()),
    )


def _lowest_ends(snapshot: Snapshot) -> F64:
    """Lowest underside of the lines that end at each node; infinite where none is known."""
    pipes = snapshot.state.pipes
    lowest = np.full(len(snapshot.state.nodes), np.inf)
    tested = snapshot.tested
    half = np.nan_to_num(pipes.outer_height_m, nan=0.0) / 2
    for node, vertex in (
        (pipes.start_node, pipes.offsets[:-1]),
        (pipes.end_node, pipes.offsets[1:] - 1),
    ):
        rows = np.flatnonzero(tested & (node >= 0))
        level = pipes.axis_level[vertex[rows]] - half[rows]
        known = ~np.isnan(level)
        np.minimum.at(lowest, node[rows[known]], level[known])
    return lowest
