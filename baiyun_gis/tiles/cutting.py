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
    _witnesses,
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
        self._witnesses = _witnesses(state, snapshot.as_of)
        self._fitting = _fittings(snapshot)

    def tiles(self, tile_of: I32) -> Iterator[Tile]:
        """All tiles in order of their numbers, one at a time."""
        by_tile = _Grouped(tile_of)
        of_node = self._tile_of_nodes(tile_of)
        by_node = _Grouped(of_node)
        segments = _Grouped(tile_of[self._snapshot.segments.pipe])
        for number in range(int(tile_of.max(initial=-1)) + 1):
            yield self._tile(number, by_tile.of(number), by_node.of(number), segments.of(number))

    def _tile_of_nodes(self, tile_of: I32) -> I32:
        """The tile of the first line that ends at each node; the first tile where none does."""
        out = np.zeros(len(self._state.nodes), dtype=np.int32)
        node = _node_of_ends(self._state.pipes)
        known = np.flatnonzero(node >= 0)[::-1]  # the first end is written last
        out[node[known]] = tile_of[known // 2]
        return out

    def _tile(self, number: int, owned: I64, own_nodes: I64, segments: I64) -> Tile:
        boxes, _ = piece_boxes(self._snapshot.segments, segments)
        around = cells_around(boxes, self._reach.to_things_m)
        nodes = np.union1d(self._nodes.near(around), own_nodes)
        rows = np.union1d(owned, self._pipes.near(cells_around(boxes, self._reach.to_lines_m)))
        rows = np.union1d(rows, self._at_node.near(nodes))
        rows = np.union1d(rows, self._linked(rows))
        rows = np.union1d(rows, self._network.run[rows])
        ends = self._network.node[ends_of(rows)]
        nodes = np.union1d(nodes, ends[ends >= 0])
        buildings = np.union1d(self._buildings.near(around), self._witnesses[0])
        structures = np.union1d(self._structures.near(around), self._witnesses[1])
        links = self._network.links(rows)
        cut = cut_out(
            self._state, rows, links, nodes=nodes, buildings=buildings, structures=structures
        )
        return Tile(
            number=number,
            cut=cut,
            topology=self._network.topology(links, family_of(cut.state.pipes)),
            impossible=self._snapshot.impossible[rows],
            asked=self._asked_of(cut, Owned(np.isin(rows, owned), np.isin(cut.nodes, own_nodes))),
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
        sides = self._asked.sides
        if sides is not None:
            sides = Sides(
                pipes=sides.pipes[cut.slots],
                nodes=sides.nodes[cut.nodes],
                buildings=sides.buildings[cut.buildings],
                structures=sides.structures[cut.structures],
            )
        return Asked(self._asked.pipes[cut.slots], sides, owned)


class _Grouped:
    """Rows by group, each group's in order."""

    def __init__(self, group: I32) -> None:
        self._order = np.argsort(group, kind="stable")
        self._group = group[self._order]

    def of(self, number: int) -> I64:
        first, last = np.searchsorted(self._group, [number, number + 1])
        return self._order[first:last]


def _things(boxes: F64) -> CellTable:
    return cell_table(boxes, np.arange(len(boxes)))


def _fittings(snapshot: Snapshot) -> tuple[I32, I64]:
    """Joints linked by fittings, as labels by joint, and the fittings."""
    from baiyun_gis.checks.joints import SHORT_M, _clusters

    length = np.where(snapshot.tested, snapshot.lengths_m, np.inf)
    return _clusters(snapshot.topology, length), np.flatnonzero(length <= SHORT_M)
