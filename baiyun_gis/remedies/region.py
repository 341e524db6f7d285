"""A piece of a project cut out around a place, so that a question there does not read the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.model.columns import F64, I64, Bool, Geom
from baiyun_gis.model.tables import PermitTable, PipeTable
from baiyun_gis.project import ProjectState

Box = tuple[float, float, float, float]
"""West, south, east, north in project coordinates."""


@dataclass(frozen=True, slots=True)
class Region:
    """What of a project lies in a box, whole features; the arrays give their rows there."""

    state: ProjectState
    pipes: I64
    nodes: I64
    buildings: I64
    structures: I64
    box: Box

    def local(self, table: str, row: int) -> int:
        """Where a row of the whole project is in the region; −1 when it is not."""
        rows = getattr(self, table, None)
        if rows is None or row < 0:
            return -1
        at = int(np.searchsorted(rows, row))
        return at if at < len(rows) and rows[at] == row else -1


def region_of(state: ProjectState, box: Box, *, lines_m: float = 0.0) -> Region:
    """The features that touch `box`, lines and nodes also those within `lines_m` less than it.

    `lines_m` shrinks the box for lines, which need less room than buildings and structures.
    """
    inner = (box[0] + lines_m, box[1] + lines_m, box[2] - lines_m, box[3] - lines_m)
    pipes = np.flatnonzero(_touch(pipe_boxes(state.pipes), inner))
    table = state.pipes.take(pipes)
    nodes = _nodes(state, table, inner)
    place = np.full(len(state.nodes) + 1, -1, dtype=np.int32)
    place[nodes] = np.arange(len(nodes))
    table = table.with_columns(start_node=place[table.start_node], end_node=place[table.end_node])
    buildings = np.flatnonzero(_touch(_bounds(state.buildings.geometry), box))
    structures = np.flatnonzero(_touch(_bounds(state.structures.geometry), box))
    cut = state.with_(
        pipes=table,
        nodes=state.nodes.take(nodes),
        buildings=state.buildings.take(buildings),
        structures=state.structures.take(structures),
        permits=PermitTable.empty(),
        decisions=DecisionTable.empty(),
    )
    return Region(cut, pipes, nodes, buildings, structures, box)


def grown(box: Box, by_m: float) -> Box:
    """The box with `by_m` more on every side."""
    return (box[0] - by_m, box[1] - by_m, box[2] + by_m, box[3] + by_m)


def pipe_boxes(pipes: PipeTable) -> F64:
    """Boxes of all axes, shape (n, 4); NaN without geometry."""
    out = np.full((len(pipes), 4), np.nan)
    has = np.flatnonzero(np.diff(pipes.offsets) > 0)
    if len(has):
        starts = pipes.offsets[:-1][has]
        out[has, :2] = np.minimum.reduceat(pipes.xy, starts, axis=0)
        out[has, 2:] = np.maximum.reduceat(pipes.xy, starts, axis=0)
    return out


def _bounds(geometry: Geom) -> F64:
    import shapely

    return shapely.bounds(geometry).reshape(-1, 4) if len(geometry) else np.zeros((0, 4))


def _touch(boxes: F64, box: Box) -> Bool:
    west, south, east, north = boxes.T
    with np.errstate(invalid="ignore"):
        return (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])


def _nodes(state: ProjectState, pipes: PipeTable, box: Box) -> I64:
    """Nodes the pipes end in, and those that stand in the box."""
    used = np.concatenate([pipes.start_node, pipes.end_node])
    x, y = state.nodes.xy.T
    with np.errstate(invalid="ignore"):
        there = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    return np.union1d(used[used >= 0], np.flatnonzero(there)).astype(np.int64)
