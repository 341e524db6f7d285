"""What one process keeps of a whole project: axes, ends, joints, runs, classes and where things
lie; about 0.2 kB a line. All else is read where it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from baiyun_gis.checks.check import Check
from baiyun_gis.checks.joints import SHORT_M, fitting_clusters
from baiyun_gis.checks.usable import EMPTY_M, is_impossible
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.joining import chains_of, joined_ends
from baiyun_gis.live.network import ends_of
from baiyun_gis.live.reach import Reach, reach_within
from baiyun_gis.model.columns import F64, I32, I64, Bool, specs_of
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import COINCIDENT_M, Topology, end_points, family_codes
from baiyun_gis.plugins import CHECKS
from baiyun_gis.rules.classes import LineClass, classes_of_keys
from baiyun_gis.storage.rows import AnyTable
from baiyun_gis.tiles.cells import CellTable, ranges
from baiyun_gis.tiles.survey import (
    BuildingsSeen,
    Look,
    Looking,
    NodesSeen,
    PipesSeen,
    StructuresSeen,
    Words,
    box_of,
    looks_at,
)

Looks = Callable[[Looking, Iterable[Look]], Iterator[Any]]
"""Has all looks taken and gives what is seen in their order."""

_SLACK_M = 0.01
"""Lengths may differ by rounding where a line is cut; fittings are looked for a little wider."""


@dataclass(frozen=True, slots=True)
class Places:
    """Which features lie in which cells, by table."""

    pipes: CellTable
    nodes: CellTable
    buildings: CellTable
    structures: CellTable


@dataclass(frozen=True, slots=True)
class Whole:
    """A project as the tiles of a run share it.

    `pipes` have their axes, codes, heights and nodes, no words; `ids` and `node_ids` are kept
    apart. `tested`, `impossible` and `class_of` are by pipe, `cluster` by joint: those linked by
    `fittings`. `witnesses` are rows of buildings
    and of structures that every tile holds; `base_m` is the highest underside of a foundation.
    """

    pipes: PipeTable
    ids: tuple[Words, ...]
    node_ids: tuple[Words, ...]
    topology: Topology
    at_joint: Ends
    at_node: Ends
    tested: Bool
    impossible: Bool
    class_of: I32
    classes: tuple[LineClass, ...]
    fittings: I64
    cluster: I32
    places: Places
    witnesses: tuple[I64, I64]
    reach: Reach
    origin: F64

    def without_ends(self) -> Whole:
        """The same without the places of ends, which only a division into tiles asks for."""
        return replace(self, topology=replace(self.topology, end_xy=np.zeros((0, 2))))

    def linked(self, rows: I64) -> I64:
        """Fittings that link any of the lines to others, however many follow each other."""
        if not len(self.fittings):
            return self.fittings
        joint = self.topology.joint
        touched = np.zeros(int(self.cluster.max()) + 1, dtype=np.bool_)
        touched[self.cluster[joint[ends_of(rows)]]] = True
        return self.fittings[touched[self.cluster[joint[2 * self.fittings]]]]


@dataclass(frozen=True, slots=True)
class Ends:
    """Which pipes end in each joint or node."""

    first: I64
    end: I32

    @staticmethod
    def of(label: I32, count: int) -> Ends:
        """The ends (2 × pipe + 0 or 1) by their label, −1 for none."""
        known = int((label >= 0).sum())
        order = np.argsort(label, kind="stable")[len(label) - known :].astype(np.int32)
        counts = np.bincount(label[label >= 0], minlength=count)
        return Ends(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), order)

    def pipes(self, labels: I64) -> I64:
        """The pipes that end in any of these, sorted, each once."""
        at = ranges(self.first[labels], self.first[labels + 1])
        return np.unique(self.end[at] // 2).astype(np.int64)


def whole_of(looking: Looking, look: Looks, chosen: frozenset[str]) -> Whole:
    """The whole of a project, from looks that `look` has taken."""
    pipes = _Pipes(looking.source.parts.counts["pipes"])
    looks = looks_at(looking.source, "pipes")
    for part in look(looking, looks):
        pipes.add(part)
    if pipes.is_wide:
        # What lies far off is told from the whole only.
        impossible = _impossible(looking)
        pipes = _Pipes(len(impossible))
        again = [replace(one, impossible=impossible[one.first : one.last]) for one in looks]
        for part in look(looking, again):
            pipes.add(part)
    nodes, buildings, structures = (
        list(look(looking, looks_at(looking.source, name)))
        for name in ("nodes", "buildings", "structures")
    )
    checks = [check for name, check in CHECKS if name in chosen]
    return _joined(looking, pipes, nodes, buildings, structures, checks)


class _Pipes:
    """What is seen of pipes, put together as it comes."""

    def __init__(self, count: int) -> None:
        self.parts: dict[str, list[Any]] = {}
        self.ids: list[Words] = []
        self.cells: list[CellTable] = []
        self.box, self.tested_box = np.full(4, np.nan), np.full(4, np.nan)
        self.low_m, self.doubt_m, self.half_m = np.inf, 0.0, 0.0
        self.count = count

    def add(self, part: PipesSeen) -> None:
        for name in _COLUMNS:
            self.parts.setdefault(name, []).append(getattr(part, name))
        self.ids.append(part.ids)
        self.cells.append(part.cells)
        self.box = box_of(np.vstack([self.box.reshape(2, 2), part.box.reshape(2, 2)]))
        tested = np.vstack([self.tested_box.reshape(2, 2), part.tested_box.reshape(2, 2)])
        self.tested_box = box_of(tested)
        self.low_m = min(self.low_m, part.low_m)
        self.doubt_m = max(self.doubt_m, part.doubt_m)
        self.half_m = max(self.half_m, part.half_m)

    @property
    def is_wide(self) -> bool:
        """Is the land so wide that something may lie too far off to be true."""
        return bool((self.box[2:] - self.box[:2] > EMPTY_M).any())

    def take(self, name: str, empty: Any) -> Any:
        """One column of all pipes; it is not kept here any longer."""
        parts = self.parts.pop(name, [])
        return np.concatenate(parts) if parts else empty


_COLUMNS = (
    "utility", "status", "height_m", "node", "counts", "xy", "level", "length_m",
    "joinable", "key", "tested", "impossible",
)  # fmt: skip


def _joined(
    looking: Looking,
    pipes: _Pipes,
    nodes: list[NodesSeen],
    buildings: list[BuildingsSeen],
    structures: list[StructuresSeen],
    checks: list[Check],
) -> Whole:
    none, no_row = np.zeros(0), np.zeros(0, dtype=np.int32)
    flags = np.zeros(0, dtype=np.bool_)
    node, joinable = pipes.take("node", no_row), pipes.take("joinable", flags)
    skeleton = _skeleton(pipes, node)
    length = pipes.take("length_m", none)
    tested = pipes.take("tested", flags)
    count = looking.source.parts.counts["nodes"]
    topology = _topology(skeleton, node, joinable, length, nodes=count)
    keys, class_of = np.unique(pipes.take("key", no_row), return_inverse=True)
    sigma = max((part.sigma_m for part in nodes), default=0.0)
    sigma += max((part.sigma_m for part in buildings), default=0.0)
    reach = reach_within(looking.rules, checks, doubt_m=pipes.doubt_m + POSSIBLE_SIGMAS * sigma)
    base = np.concatenate([none, *(part.base_m for part in buildings)])
    short = np.where(tested, length, np.inf)
    fittings = np.flatnonzero(short <= SHORT_M + _SLACK_M)
    return Whole(
        pipes=skeleton,
        ids=tuple(pipes.ids),
        node_ids=tuple(part.ids for part in nodes),
        topology=topology,
        at_joint=Ends.of(topology.joint, len(topology.joint_degree)),
        at_node=Ends.of(node, count),
        tested=tested,
        impossible=pipes.take("impossible", flags),
        class_of=class_of.reshape(-1).astype(np.int32),
        classes=classes_of_keys(looking.rules, keys),
        fittings=fittings,
        cluster=fitting_clusters(topology, short - _SLACK_M) if len(fittings) else no_row,
        places=Places(
            CellTable.joined(pipes.cells),
            CellTable.joined([part.cells for part in nodes]),
            CellTable.joined([part.cells for part in buildings]),
            CellTable.joined([part.cells for part in structures]),
        ),
        witnesses=(_of_buildings(base), _of_structures(structures)),
        reach=reach.below(float(base.max(initial=-np.inf)), pipes.low_m),
        origin=_origin(pipes.tested_box),
    )


def _skeleton(pipes: _Pipes, node: I32) -> PipeTable:
    counts = pipes.take("counts", np.zeros(0, dtype=np.int32))
    return without_words(
        PipeTable,
        pipes.count,
        utility=pipes.take("utility", np.zeros(0, dtype=np.int8)),
        status=pipes.take("status", np.zeros(0, dtype=np.int8)),
        outer_height_m=pipes.take("height_m", np.zeros(0)),
        start_node=node[0::2].copy(),
        end_node=node[1::2].copy(),
        offsets=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]),
        xy=pipes.take("xy", np.zeros((0, 2))),
        axis_level=pipes.take("level", np.zeros(0)),
    )


def without_words(table: type[AnyTable], count: int, **columns: Any) -> AnyTable:
    """A table of the given columns; the others hold their unknown value and take no room."""
    blank = {
        spec.name: np.broadcast_to(spec.filled(1), (count, *spec.filled(1).shape[1:]))
        for spec in specs_of(table)
        if spec.name not in columns
    }
    return table(**blank, **columns)


def _topology(
    pipes: PipeTable, node: I32, joinable: Bool, length_m: F64, *, nodes: int
) -> Topology:
    """What `topology_of` says of the joinable pipes."""
    both = np.repeat(joinable, 2)
    end_xy = np.where(both[:, None], end_points(pipes), np.nan)
    ends = np.where(both, node, -1).astype(np.int32)
    family = family_codes(pipes.utility)
    joint, degree = joined_ends(ends, family, end_xy, nodes=nodes, reach_m=COINCIDENT_M)
    run, offset, sign = chains_of(joint, degree, pipes.utility.astype(np.int32), length_m)
    return Topology(joint, degree, family, run, offset, sign, end_xy)


def _impossible(looking: Looking) -> Bool:
    """Pipes of the whole that lie where nothing can."""
    counts: list[I64] = [np.zeros(1, dtype=np.int64)]
    places: list[F64] = [np.zeros((0, 2))]
    for look in looks_at(looking.source, "pipes"):
        rows = np.arange(look.first, look.last)
        part = looking.source.parts.read(PipeTable, rows, only=frozenset())
        counts.append(np.diff(part.offsets))
        places.append(part.xy)
    offsets, xy = np.cumsum(np.concatenate(counts)), np.concatenate(places)
    level = np.zeros(len(xy))
    return is_impossible(
        without_words(PipeTable, len(offsets) - 1, offsets=offsets, xy=xy, axis_level=level)
    )


def _origin(tested_box: F64) -> F64:
    """The round point near the middle of what is tested that a run of the whole takes off."""
    if np.isnan(tested_box).any():
        return np.zeros(2)
    return np.round((tested_box[:2] + tested_box[2:]) / 2000) * 1000


def _of_buildings(base_m: F64) -> I64:
    """The first building, and the one with the highest foundation: checks may ask for both."""
    highest = np.argmax(base_m, keepdims=True) if len(base_m) else np.zeros(0, dtype=np.int64)
    return np.union1d(np.arange(min(len(base_m), 1)), highest)


def _of_structures(parts: list[StructuresSeen]) -> I64:
    """The first structure of each sort: checks may ask whether the project has any."""
    sorts: dict[tuple[int, int, bool, str], int] = {}
    for part in parts:
        for sort, row in part.sorts.items():
            sorts.setdefault(sort, row)
    return np.array(sorted(sorts.values()), dtype=np.int64)
