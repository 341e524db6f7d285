"""What one tile needs of the whole: its own runs, all that lies near them, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.checks.scoping import Asked, Owned, asked_of
from baiyun_gis.checks.snapshot import joining
from baiyun_gis.checks.usable import usable
from baiyun_gis.findings.scope import Scope
from baiyun_gis.live.cutout import CutOut, pipes_between
from baiyun_gis.live.network import Links, ends_of
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable, StructureTable
from baiyun_gis.model.topology import Topology, end_points, family_of
from baiyun_gis.tiles.cells import axis_boxes, cells_around, ranges
from baiyun_gis.tiles.source import Source, bare
from baiyun_gis.tiles.whole import Whole
from baiyun_gis.time.lifespan import alive


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows that make a tile, sorted, and what the whole says of its pipes.

    `joint` and `run` count within the tile: `run` is the row of the first pipe of the run, which
    the tile holds. `own_*` mark what the tile answers for.
    """

    number: int
    pipes: I64
    nodes: I64
    buildings: I64
    structures: I64
    joint: I32
    degree: I32
    run: I32
    run_offset_m: F64
    run_sign: I8
    impossible: Bool
    class_of: I32
    own_pipes: Bool
    own_nodes: Bool
    own_structures: Bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a project that can be checked by itself; rows count in `cut`, labels too.

    `topology`, `impossible` and `class_of` are the whole's, of the pipes in `cut`.
    """

    number: int
    cut: CutOut
    topology: Topology
    impossible: Bool
    asked: Asked
    class_of: I32


def tile_of(plan: Plan, cut: CutOut, *, as_of: np.datetime64, scope: Scope) -> Tile:
    """The tile that a plan describes; `cut` holds its rows."""
    pipes = usable(cut.state).pipes
    there = alive(pipes.valid_from, pipes.valid_to, as_of) & ~plan.impossible
    topology = Topology(
        joint=plan.joint,
        joint_degree=plan.degree,
        family=family_of(pipes),
        run=plan.run,
        run_offset_m=plan.run_offset_m,
        run_sign=plan.run_sign.astype(np.float64),
        end_xy=end_points(joining(pipes, there)),
    )
    owned = Owned(plan.own_pipes, plan.own_nodes, plan.own_structures)
    asked = replace(asked_of(cut.state, scope), owned=owned)
    return Tile(plan.number, cut, topology, plan.impossible, asked, plan.class_of)


def cut_of(source: Source, plan: Plan) -> CutOut:
    """The rows of a plan as a state, read from the source."""
    parts = source.parts
    state = bare(source.head).with_(
        pipes=pipes_between(parts.read(PipeTable, plan.pipes), plan.nodes),
        nodes=parts.read(NodeTable, plan.nodes),
        buildings=parts.read(BuildingTable, plan.buildings),
        structures=parts.read(StructureTable, plan.structures),
    )
    links = Links(
        plan.pipes,
        plan.joint.astype(np.int64),
        plan.run.astype(np.int64),
        plan.run_offset_m,
        plan.run_sign.astype(np.float64),
        np.zeros((0, 2)),
    )
    return CutOut(state, plan.pipes, plan.nodes, plan.buildings, plan.structures, links)


@dataclass(frozen=True, slots=True)
class _Own:
    """Rows that a tile answers for."""

    number: int
    pipes: I64
    nodes: I64
    structures: I64


class Cutter:
    """Plans the tiles of a whole; `tile_of_pipes` by pipe, `structures` is their number."""

    def __init__(self, whole: Whole, tile_of_pipes: I32, *, structures: int) -> None:
        self._whole, self._structures = whole, structures
        self._tile_of_pipes = tile_of_pipes
        self.count = int(tile_of_pipes.max(initial=-1)) + 1

    def plans(self) -> Iterator[Plan]:
        """All tiles in order of their numbers, one at a time."""
        by_tile, by_node = _Grouped(self._tile_of_pipes), _Grouped(self._tile_of_nodes())
        count, structures = self.count, self._structures_in_order()
        for number in range(count):
            first, last = (len(structures) * k // count for k in (number, number + 1))
            own = np.sort(structures[first:last])
            yield self._plan(_Own(number, by_tile.of(number), by_node.of(number), own))

    def _structures_in_order(self) -> I64:
        """All structures, those near each other one after another: any fair share of them will
        do, as long as it is small on the ground."""
        places = self._whole.places.structures
        placed, first = np.unique(places.item, return_index=True)
        known = placed[np.argsort(places.key[first], kind="stable")]
        rest = np.setdiff1d(np.arange(self._structures), known)
        return np.concatenate([known, rest]).astype(np.int64)

    def _tile_of_nodes(self) -> I32:
        """The tile of the first line that ends at each node; the first tile where none does."""
        at = self._whole.at_node
        out = np.zeros(len(at.first) - 1, dtype=np.int32)
        has = np.flatnonzero(np.diff(at.first))
        out[has] = self._tile_of_pipes[at.end[at.first[has]] // 2]
        return out

    def _plan(self, own: _Own) -> Plan:
        whole, places = self._whole, self._whole.places
        boxes = own_boxes(whole, own.pipes)
        half_m = whole.reach.doubt_m  # no line is wider
        around = cells_around(boxes, whole.reach.to_things_m + half_m)
        beside = places.pipes.near(cells_around(boxes, whole.reach.to_lines_m + half_m))
        nodes = np.union1d(places.nodes.near(around), own.nodes)
        rows = closed(whole, np.union1d(own.pipes, beside), nodes)
        nodes = np.union1d(nodes, nodes_of(whole, rows))
        buildings = np.union1d(places.buildings.near(around), whole.witnesses[0])
        structures = np.union1d(places.structures.near(around), whole.witnesses[1])
        structures = np.union1d(structures, own.structures)
        by_themselves = places.structures.beside(own.structures, whole.reach.things_m)
        structures = np.union1d(structures, by_themselves)
        return plan_of(
            whole,
            own.number,
            (rows, nodes, buildings, structures),
            (own.pipes, own.nodes, own.structures),
        )


def own_boxes(whole: Whole, rows: I64) -> F64:
    """Boxes around the axes of those of the pipes that are tested, piece by piece."""
    pipes = whole.pipes
    rows = rows[whole.tested[rows]]
    first, last = pipes.offsets[rows], pipes.offsets[rows + 1] - 1
    at = ranges(first, last)
    return axis_boxes(pipes.xy[at], pipes.xy[at + 1])[0]


def closed(whole: Whole, rows: I64, nodes: I64) -> I64:
    """The pipes with those that a check of them may ask about."""
    # How a line leaves a joint beside another cuts it in pieces: its partners come along.
    rows = whole.at_joint.pipes(np.unique(whole.topology.joint[ends_of(rows)]).astype(np.int64))
    rows = np.union1d(rows, whole.at_node.pipes(nodes))
    rows = np.union1d(rows, whole.linked(rows))
    return np.union1d(rows, whole.topology.run[rows])


def nodes_of(whole: Whole, rows: I64) -> I64:
    """The nodes that pipes end in."""
    pipes = whole.pipes
    node = np.concatenate([pipes.start_node[rows], pipes.end_node[rows]])
    return np.unique(node[node >= 0]).astype(np.int64)


def plan_of(
    whole: Whole,
    number: int,
    rows: tuple[I64, I64, I64, I64],
    own: tuple[I64, I64, I64],
) -> Plan:
    """A plan of rows of pipes, nodes, buildings and structures; `own` of all but buildings."""
    pipes, nodes, buildings, structures = rows
    topology = whole.topology
    labels, joint = np.unique(topology.joint[ends_of(pipes)], return_inverse=True)
    return Plan(
        number=number,
        pipes=pipes,
        nodes=nodes,
        buildings=buildings,
        structures=structures,
        joint=joint.reshape(-1).astype(np.int32),
        degree=topology.joint_degree[labels],
        run=np.searchsorted(pipes, topology.run[pipes]).astype(np.int32),
        run_offset_m=topology.run_offset_m[pipes],
        run_sign=topology.run_sign[pipes].astype(np.int8),
        impossible=whole.impossible[pipes],
        class_of=whole.class_of[pipes],
        own_pipes=np.isin(pipes, own[0]),
        own_nodes=np.isin(nodes, own[1]),
        own_structures=np.isin(structures, own[2]),
    )


class _Grouped:
    """Rows by group, each group's in order."""

    def __init__(self, group: I32) -> None:
        self._order = np.argsort(group, kind="stable").astype(np.int32)
        counts = np.bincount(group, minlength=int(group.max(initial=-1)) + 1)
        self._first = np.concatenate([[0], np.cumsum(counts)])

    def of(self, number: int) -> I64:
        if number + 1 >= len(self._first):
            return np.zeros(0, dtype=np.int64)
        return self._order[self._first[number] : self._first[number + 1]].astype(np.int64)
