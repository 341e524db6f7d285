"""The bodies of chambers: outlines in plan, top and bottom, as far as they are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.model.columns import F64, I32, I64, Bool, Geom
from baiyun_gis.model.topology import family_codes
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.model.vocabulary import Shape

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot

_CIRCLE_CORNERS = 96


@dataclass(frozen=True, slots=True)
class Chambers:
    """Chambers with a recorded size; all shape (n,), `centre` (n, 2), metres, NaN unknown.

    A circle has its diameter as width and length. `least_depth_m` is the lowest underside of the
    lines that end there: the chamber reaches at least that deep. `without_size` counts chambers
    whose plan size nobody recorded.
    """

    node: I64
    centre: F64
    width_m: F64
    length_m: F64
    angle_rad: F64
    is_round: Bool
    top_m: F64
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

    def outlines(self, k: I32 | I64) -> Geom:
        """Outlines of chambers `k` as polygons: circles with many corners and the same area."""
        import shapely

        if not len(k):
            return np.zeros(0, dtype=object)
        turn = np.linspace(0, 2 * np.pi, _CIRCLE_CORNERS, endpoint=False)
        # Radius of the polygon that has the circle's area: walls are right to 0.1 %.
        fit = np.sqrt(2 * np.pi / (_CIRCLE_CORNERS * np.sin(2 * np.pi / _CIRCLE_CORNERS)))
        ring = np.column_stack([np.cos(turn), np.sin(turn)]) * fit
        at, half_width = self.centre[k][:, None, :], self.width_m[k][:, None] / 2
        out = np.asarray(shapely.polygons(at + ring * half_width[:, None]), dtype=object)
        angle, half_length = self.angle_rad[k], self.length_m[k][:, None] / 2
        along = np.column_stack([np.cos(angle), np.sin(angle)]) * half_length
        across = np.column_stack([-np.sin(angle), np.cos(angle)]) * half_width
        corners = [along + across, across - along, -along - across, along - across]
        box = ~self.is_round[k]
        out[box] = shapely.polygons((at + np.stack(corners, axis=1))[box])
        return out


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
