"""Trying many moves at once: copies of a neighbourhood side by side, checked by the real engine.

Every copy is the same piece of the project with the line moved by another amount; copies lie so
far apart that nothing of one is near another. One run of all checks over all copies says what
each move would lead to, by the same code and rules as any other run.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.once import made_once
from baiyun_gis.checks.scoping import Asked
from baiyun_gis.checks.snapshot import Snapshot, snapshot_of
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.io.terrain import Terrain, open_terrain
from baiyun_gis.jobs import Job
from baiyun_gis.model.columns import F64, I64, Geom, Str
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.moves import Layout
from baiyun_gis.remedies.on_top import lines_on_top
from baiyun_gis.remedies.region import Box, Region
from baiyun_gis.remedies.rows import Row, rows_of
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import RuleSet

_APART_M = 200.0
"""Further than any rule reaches, survey doubt included."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a trial looks at: a region, what lies in it moved as little as its vertices need."""

    region: Region
    rules: RuleSet
    as_of: np.datetime64


class Trial:
    """One shape of move of one chain; `outcomes` tells what amounts of it lead to."""

    def __init__(self, scene: Scene, layout: Layout, pipes: I64) -> None:
        """`pipes` are the chain's pipes as rows of the scene's region."""
        self._scene = scene
        self._layout = layout
        self._pipes = pipes
        self._base = with_layout(scene.region.state, layout, pipes)
        self._moves = moves_of(self._base, layout, pipes)
        self._structures = _clipped(scene.region.state.structures.geometry, scene.region.box)
        self._corner, self._pitch = _cell(self._base, self._structures)

    def outcomes(self, amounts: F64, job: Job) -> list[list[Row]]:
        """The findings about the moved line for each amount, in its own place."""
        shift = _shifts(len(amounts), self._pitch)
        state = self._copies(amounts, shift)
        count = len(self._base.pipes)
        selected = np.isin(np.arange(len(state.pipes)) % count, self._pipes)
        snapshot = snapshot_of(state, self._scene.as_of, Asked(selected, lines_only=True))
        terrain = open_terrain(self._scene.region.state)
        fold = None if terrain is None else _folded(terrain, self._corner, self._pitch)
        context = _Context(snapshot, self._scene.rules, fold, job)
        table, requirements = _all_findings(context)
        return self._sorted_out(table, requirements, snapshot, shift)

    def _copies(self, amounts: F64, shift: F64) -> ProjectState:
        base, moves = self._base, self._moves
        copies = len(amounts)
        nodes = _repeated_nodes(base, moves, amounts, shift)
        return base.with_(
            pipes=_repeated_pipes(base, moves, amounts, shift),
            nodes=nodes,
            buildings=base.buildings.take(_tiled(len(base.buildings), copies)).with_columns(
                geometry=_shifted(base.buildings.geometry, shift),
                foundation=_shifted(base.buildings.foundation, shift),
            ),
            structures=base.structures.take(_tiled(len(base.structures), copies)).with_columns(
                geometry=_shifted(self._structures, shift)
            ),
        )

    def _sorted_out(
        self,
        table: ConflictTable,
        requirements: tuple[Requirement, ...],
        snapshot: Snapshot,
        shift: F64,
    ) -> list[list[Row]]:
        sizes = {
            name: max(len(getattr(self._base, name)), 1)
            for name in ("pipes", "nodes", "buildings", "structures")
        }
        copy = table.a_row.astype(np.int64) // sizes["pipes"]
        size_b = np.array([sizes.get(str(name), 1) for name in table.b_table], dtype=np.int64)
        b_row = np.where(table.b_row >= 0, table.b_row % np.maximum(size_b, 1), -1)
        at = table.at.copy()
        at[:, :2] -= shift[copy]
        local = table.with_columns(
            a_row=table.a_row % sizes["pipes"],
            b_row=b_row,
            at=at,
            a_id=_unmarked(table.a_id, table.a_table),
            b_id=_unmarked(table.b_id, table.b_table),
        )
        run = snapshot.topology.run[: sizes["pipes"]]
        out: list[list[Row]] = [[] for _ in shift]
        for row, of in zip(rows_of(local, requirements, run), copy, strict=True):
            out[int(of)].append(row)
        return out


class _Context(CheckContext):
    """A check context whose ground is that of the place all copies were made of."""

    def __init__(
        self, snapshot: Snapshot, rules: RuleSet, terrain: Terrain | None, job: Job
    ) -> None:
        super().__init__(snapshot, rules, job=job)
        self._terrain = terrain

    @made_once
    def terrain(self) -> Terrain | None:
        return self._terrain


@dataclass(frozen=True, slots=True)
class FoldedTerrain(Terrain):
    """Terrain under copies of a place: every copy has the ground of the place itself."""

    corner: tuple[float, float] = (0.0, 0.0)
    pitch: tuple[float, float] = (1.0, 1.0)

    def sample(self, xy: F64) -> F64:
        cell = np.floor((np.asarray(xy).reshape(-1, 2) - self.corner) / self.pitch)
        return Terrain.sample(self, np.asarray(xy).reshape(-1, 2) - cell * self.pitch)


def _folded(terrain: Terrain, corner: F64, pitch: F64) -> FoldedTerrain:
    west, south = corner.tolist()
    wide, high = pitch.tolist()
    return FoldedTerrain(terrain.sources, terrain.crs, terrain.project, (west, south), (wide, high))


def _all_findings(context: CheckContext) -> tuple[ConflictTable, tuple[Requirement, ...]]:
    """The findings of all checks; raises what a check raises that cannot run.

    Lines that lie on each other are among them, though no check says so.
    """
    tables: list[ConflictTable] = []
    requirements: list[Requirement] = []
    for _, check in CHECKS:
        result = check.run(context)
        found = result.table()
        index = found.requirement
        moved = np.where(index >= 0, index + len(requirements), -1)
        tables.append(found.with_columns(requirement=moved))
        requirements += result.requirements
    tables.append(lines_on_top(context))
    return ConflictTable.concat(tables), tuple(requirements)


@dataclass(frozen=True, slots=True)
class Moves:
    """How far everything of a state moves for one metre: vertices (v, 3), pipe ends, nodes."""

    vertex: F64
    start: F64
    end: F64
    node: F64


def with_layout(state: ProjectState, layout: Layout, pipes: I64) -> ProjectState:
    """The state with the layout's vertices in the chain's pipes, nothing moved."""
    return state.with_(pipes=with_axes(state.pipes, layout, pipes, layout.xy, layout.level))


def with_axes(table: PipeTable, layout: Layout, pipes: I64, xy: F64, level: F64) -> PipeTable:
    """The table with other axes for the pipes of a chain."""
    source_xy = np.concatenate([table.xy, xy])
    source_level = np.concatenate([table.axis_level, level])
    vertices, counts = _vertex_rows(table, layout, pipes)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return dataclasses.replace(
        table, offsets=offsets, xy=source_xy[vertices], axis_level=source_level[vertices]
    )


def _vertex_rows(table: PipeTable, layout: Layout, pipes: I64) -> tuple[I64, I64]:
    """Rows of the vertices of all pipes in (the table's, then the layout's) and their counts."""
    counts = np.diff(table.offsets).astype(np.int64)
    chunks: list[I64] = []
    done = 0
    order = np.argsort(pipes, kind="stable")
    for k in order:
        row = int(pipes[k])
        chunks.append(np.arange(done, int(table.offsets[row])))
        own = np.arange(int(layout.first[k]), int(layout.first[k + 1])) + len(table.xy)
        chunks.append(own[::-1] if layout.chain.is_turned[k] else own)
        counts[row] = len(own)
        done = int(table.offsets[row + 1])
    chunks.append(np.arange(done, len(table.xy)))
    return np.concatenate(chunks).astype(np.int64), counts


def moves_of(state: ProjectState, layout: Layout, pipes: I64) -> Moves:
    """The moves of a state that has the layout's vertices."""
    table = state.pipes
    vertex = np.zeros((len(table.xy), 3))
    start, end = np.zeros((len(table), 3)), np.zeros((len(table), 3))
    node = np.zeros((len(state.nodes), 3))
    for k, row in enumerate(pipes):
        own = layout.move[layout.first[k] : layout.first[k + 1]]
        own = own[::-1] if layout.chain.is_turned[k] else own
        vertex[table.offsets[row] : table.offsets[row + 1]] = own
        start[row], end[row] = own[0], own[-1]
        for of, step in ((table.start_node[row], own[0]), (table.end_node[row], own[-1])):
            if of >= 0:
                node[of] = step
    return Moves(vertex, start, end, node)


def _unmarked(ids: Str, tables: Str) -> Str:
    """The ids without the mark of their copy."""
    out = ids.copy()
    for k, table in enumerate(tables):
        if table in ("pipes", "nodes"):
            out[k] = str(ids[k]).rpartition("~")[0]
    return out


def _tiled(count: int, copies: int) -> I64:
    return np.tile(np.arange(count, dtype=np.int64), copies)


def _shifts(copies: int, pitch: F64) -> F64:
    side = int(np.ceil(np.sqrt(copies)))
    column, row = np.arange(copies) % side, np.arange(copies) // side
    return np.column_stack([column, row]) * pitch


def _cell(state: ProjectState, structures: Geom) -> tuple[F64, F64]:
    """South-west corner and size of the room that one copy needs; whole metres."""
    import shapely

    points = [state.pipes.xy, state.nodes.xy]
    for geometry in (state.buildings.geometry, state.buildings.foundation, structures):
        bounds = shapely.bounds(geometry).reshape(-1, 4) if len(geometry) else np.zeros((0, 4))
        points += [bounds[:, :2], bounds[:, 2:]]
    whole = np.concatenate(points)
    whole = whole[np.isfinite(whole).all(axis=1)]
    corner = np.floor(whole.min(axis=0)) - _APART_M / 2
    pitch = np.ceil(whole.max(axis=0) - corner) + _APART_M / 2
    return corner, pitch


def _clipped(geometry: Geom, box: Box) -> Geom:
    """What of structures lies in the box: a street's carriageway may be kilometres long."""
    import shapely

    out = np.empty(len(geometry), dtype=object)
    for k, shape in enumerate(geometry):
        out[k] = shape if shape is None else shapely.clip_by_rect(shape, *box)
    return out


def _shifted(geometry: Geom, shift: F64) -> Geom:
    """Copies of geometries, one set a shift."""
    import shapely

    out = np.tile(geometry, len(shift))
    if not len(out):
        return out
    xy, of = shapely.get_coordinates(out, return_index=True)
    return shapely.set_coordinates(out, xy + shift[of // len(geometry)])


def _repeated_pipes(state: ProjectState, moves: Moves, amounts: F64, shift: F64) -> PipeTable:
    table, copies = state.pipes, len(amounts)
    index = _tiled(len(table), copies)
    copy = np.repeat(np.arange(copies), len(table))
    many = table.take(index)
    vertex_copy = np.repeat(np.arange(copies), len(table.xy))
    step = np.tile(moves.vertex, (copies, 1)) * amounts[vertex_copy][:, None]
    rise = {
        end: np.tile(getattr(moves, end)[:, 2], copies) * amounts[copy] for end in ("start", "end")
    }
    mark = np.array([f"~{k}" for k in range(copies)], dtype=object)[copy]
    enclosure = many.enclosure + np.where(many.enclosure != "", mark, "")
    nodes = len(state.nodes)
    columns: dict[str, Any] = {
        "id": many.id + mark,
        "enclosure": enclosure,
        "start_node": np.where(many.start_node >= 0, many.start_node + copy * nodes, -1),
        "end_node": np.where(many.end_node >= 0, many.end_node + copy * nodes, -1),
        "start_level_m": many.start_level_m + rise["start"],
        "end_level_m": many.end_level_m + rise["end"],
        "start_depth_m": many.start_depth_m - rise["start"],
        "end_depth_m": many.end_depth_m - rise["end"],
    }
    return dataclasses.replace(
        many,
        **columns,
        xy=many.xy + step[:, :2] + shift[vertex_copy],
        axis_level=many.axis_level + step[:, 2],
    )


def _repeated_nodes(state: ProjectState, moves: Moves, amounts: F64, shift: F64) -> Any:
    copies, nodes = len(amounts), state.nodes
    copy = np.repeat(np.arange(copies), len(nodes))
    step = np.tile(moves.node, (copies, 1)) * amounts[copy][:, None]
    many = nodes.take(_tiled(len(nodes), copies))
    mark = np.array([f"~{k}" for k in range(copies)], dtype=object)[copy]
    return many.with_columns(
        id=many.id + mark,
        xy=many.xy + step[:, :2] + shift[copy],
        level_m=many.level_m + step[:, 2],
        depth_m=many.depth_m - step[:, 2],
        bottom_m=many.bottom_m + step[:, 2],
    )
