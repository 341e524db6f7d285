"""What one tile needs of the whole: its own runs, all that lies near them, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.scoping import Asked, Owned, Sides
from baiyun_gis.checks.snapshot import Snapshot
from baiyun_gis.live.cutout import CutOut, cut_out
from baiyun_gis.live.network import Network, ends_of
from baiyun_gis.live.reach import Reach
from baiyun_gis.live.surroundings import (
    _building_boxes,
    _node_boxes,
    _node_of_ends,
    _structure_boxes,
)
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.topology import Topology, family_of
from baiyun_gis.project import ProjectState
from baiyun_gis.tiles.cells import CellTable, cell_table, cells_around, piece_boxes


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


@dataclass(frozen=True, slots=True)
class _Own:
    """Rows that a tile answers for, and the segments of its pipes."""

    number: int
    pipes: I64
    nodes: I64
    structures: I64
    segments: I64


class Cutter:
    """Cuts tiles out of a state; `snapshot` is the whole's, `tile_of` by pipe."""

    def __init__(
        self, state: ProjectState, snapshot: Snapshot, asked: Asked, class_of: I32, reach: Reach
    ) -> None:
        self._state, self._snapshot, self._asked = state, snapshot, asked
        self._class_of, self._reach = class_of, reach
        topology = snapshot.topology
        node = _node_of_ends(state.pipes)
        self._network = Network(topology, node)
        order = np.argsort(node, kind="stable")
        self._at_node = CellTable(node[order], order // 2, np.zeros(0, dtype=np.int64))
        boxes, pipe = piece_boxes(snapshot.segments, np.arange(len(snapshot.segments.x0)))
        self._pipes = cell_table(boxes, pipe.astype(np.int64))
        origin = np.tile(snapshot.origin, 2)
        self._nodes = _things(_node_boxes(state.nodes) - origin)
        self._buildings = _things(_building_boxes(state.buildings) - origin)
        self._structures = _things(_structure_boxes(state.structures) - origin)
        self._witnesses = witnesses(snapshot)
        joint = topology.joint.astype(np.int64)
        order = np.argsort(joint, kind="stable")
        self._at_joint = CellTable(joint[order], order // 2, np.zeros(0, dtype=np.int64))
        self._fitting = _fittings(snapshot)

    def tiles(self, tile_of: I32) -> Iterator[Tile]:
        """All tiles in order of their numbers, one at a time."""
        by_tile = _Grouped(tile_of)
        of_node = self._tile_of_nodes(tile_of)
        by_node = _Grouped(of_node)
        segments = _Grouped(tile_of[self._snapshot.segments.pipe])
        count = int(tile_of.max(initial=-1)) + 1
        structures = len(self._state.structures)
        for number in range(count):
            # Structures are only counted where they are owned, so any fair share will do.
            own = np.arange(structures * number // count, structures * (number + 1) // count)
            yield self._tile(
                _Own(number, by_tile.of(number), by_node.of(number), own, segments.of(number))
            )

    def _tile_of_nodes(self, tile_of: I32) -> I32:
        """The tile of the first line that ends at each node; the first tile where none does."""
        out = np.zeros(len(self._state.nodes), dtype=np.int32)
        node = _node_of_ends(self._state.pipes)
        known = np.flatnonzero(node >= 0)[::-1]  # the first end is written last
        out[node[known]] = tile_of[known // 2]
        return out

    def _tile(self, own: _Own) -> Tile:
        boxes, _ = piece_boxes(self._snapshot.segments, own.segments)
        around = cells_around(boxes, self._reach.to_things_m)
        beside = self._pipes.near(cells_around(boxes, self._reach.to_lines_m))
        rows = np.union1d(own.pipes, beside)
        # How a line leaves a joint beside another cuts it in pieces: its partners come along.
        rows = self._at_joint.near(np.unique(self._network.joint[ends_of(rows)]))
        nodes = np.union1d(self._nodes.near(around), own.nodes)
        rows = np.union1d(rows, self._at_node.near(nodes))
        rows = np.union1d(rows, self._linked(rows))
        rows = np.union1d(rows, self._network.run[rows])
        ends = self._network.node[ends_of(rows)]
        nodes = np.union1d(nodes, ends[ends >= 0])
        buildings = np.union1d(self._buildings.near(around), self._witnesses[0])
        structures = np.union1d(self._structures.near(around), self._witnesses[1])
        structures = np.union1d(structures, own.structures)
        links = self._network.links(rows)
        cut = cut_out(
            self._state, rows, links, nodes=nodes, buildings=buildings, structures=structures
        )
        owned = Owned(
            np.isin(rows, own.pipes), np.isin(nodes, own.nodes), np.isin(structures, own.structures)
        )
        return Tile(
            number=own.number,
            cut=cut,
            topology=self._network.topology(links, family_of(cut.state.pipes)),
            impossible=self._snapshot.impossible[rows],
            asked=self._asked_of(cut, owned),
            class_of=self._class_of[rows],
        )

    def _linked(self, rows: I64) -> I64:
        """Fittings that link any of the lines to others, however many follow each other."""
        cluster, fittings = self._fitting
        if not len(fittings):
            return fittings
        joint = self._snapshot.topology.joint
        touched = np.zeros(int(cluster.max(initial=0)) + 1, dtype=np.bool_)
        touched[cluster[joint[ends_of(rows)]]] = True
        return fittings[touched[cluster[joint[2 * fittings]]]]

    def _asked_of(self, cut: CutOut, owned: Owned) -> Asked:
        asked = self._asked
        return Asked(
            asked.pipes[cut.slots], _part(asked.sides, cut), _part(asked.others, cut), owned
        )


def _part(sides: Sides | None, cut: CutOut) -> Sides | None:
    if sides is None:
        return None
    return Sides(
        pipes=sides.pipes[cut.slots],
        nodes=sides.nodes[cut.nodes],
        buildings=sides.buildings[cut.buildings],
        structures=sides.structures[cut.structures],
    )


class _Grouped:
    """Rows by group, each group's in order."""

    def __init__(self, group: I32) -> None:
        self._order = np.argsort(group, kind="stable")
        self._group = group[self._order]

    def of(self, number: int) -> I64:
        first, last = np.searchsorted(self._group, [number, number + 1])
        return self._order[first:last]


def witnesses(snapshot: Snapshot) -> tuple[I64, I64]:
    """Buildings and structures that every tile holds, because they matter however far off.

    A check may ask whether there is any building, how deep the highest foundation lies, and which
    kinds of structures there are.
    """
    import shapely

    buildings, structures = snapshot.state.buildings, snapshot.state.structures
    base = np.nan_to_num(buildings.ground_m - buildings.foundation_depth_m, nan=-np.inf)
    highest = np.argmax(base, keepdims=True) if len(base) else np.zeros(0, dtype=np.int64)
    shape = shapely.get_type_id(structures.geometry).astype(np.int64) + 1
    _, detail = np.unique(structures.detail.astype(str), return_inverse=True)
    key = (structures.kind.astype(np.int64) * 16 + shape) * 2 + snapshot.structures_alive
    _, first = np.unique(np.column_stack([key, detail.reshape(-1)]), axis=0, return_index=True)
    return np.union1d(np.arange(min(len(base), 1)), highest), np.sort(first).astype(np.int64)


def _things(boxes: F64) -> CellTable:
    return cell_table(boxes, np.arange(len(boxes)))


def _fittings(snapshot: Snapshot) -> tuple[I32, I64]:
    """Joints linked by fittings, as labels by joint, and the fittings."""
    from baiyun_gis.checks.joints import SHORT_M, _clusters

    length = np.where(snapshot.tested, snapshot.lengths_m, np.inf)
    return _clusters(snapshot.topology, length), np.flatnonzero(length <= SHORT_M)
