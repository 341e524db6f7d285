"""First look at a project, some rows at a time: what a run has to know of the whole.

Each look can be taken by another process; what comes back is small: numbers, no words but ids.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.snapshot import joining, snapshot_of
from baiyun_gis.checks.usable import is_impossible, usable
from baiyun_gis.kernels.axis_lines import chainages_of
from baiyun_gis.kernels.reaches import undersides_of
from baiyun_gis.live.boxes import building_boxes, node_boxes, structure_boxes
from baiyun_gis.live.reach import doubt_of
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable, StructureTable
from baiyun_gis.model.topology import Topology, end_points, family_of
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.classes import class_keys
from baiyun_gis.rules.ruleset import RuleSet
from baiyun_gis.tiles.cells import CellTable, axis_boxes, cell_table
from baiyun_gis.tiles.source import Source
from baiyun_gis.time.lifespan import alive

ROWS_A_LOOK = 250_000

_OF_PIPES = frozenset(
    {
        "id", "utility", "start_node", "end_node", "shape", "outer_width_m", "outer_height_m",
        "inner_width_m", "nominal_mm", "material", "burial", "pressure_class", "pressure_mpa",
        "voltage_kv", "start_depth_m", "end_depth_m", "start_ground_m", "end_ground_m",
        "sigma_xy_m", "sigma_z_m", "survey_method", "quality_level", "status", "valid_from",
        "valid_to",
    }
)  # fmt: skip
_OF_NODES = frozenset({"id", "chamber_width_m", "chamber_length_m", "sigma_xy_m", "sigma_z_m"})


@dataclass(frozen=True, slots=True)
class Looking:
    """What every look at a project needs; a look is a span of rows of one table."""

    source: Source
    rules: RuleSet
    as_of: np.datetime64


@dataclass(frozen=True, slots=True)
class Look:
    """Rows `first` up to `last` of a table; `impossible` where it is known of the pipes."""

    table: str
    first: int
    last: int
    impossible: Bool | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as one run of bytes (UTF-8) with the length of each: small to keep and to send."""

    data: bytes
    length: I32

    @staticmethod
    def of(texts: np.ndarray) -> Words:
        coded = [text.encode("utf-8", "surrogatepass") for text in texts.tolist()]
        return Words(b"".join(coded), np.fromiter(map(len, coded), np.int32, len(coded)))

    def texts(self) -> list[str]:
        ends = np.cumsum(self.length, dtype=np.int64)
        spans = zip((ends - self.length).tolist(), ends.tolist(), strict=True)
        return [self.data[a:b].decode("utf-8", "surrogatepass") for a, b in spans]


@dataclass(frozen=True, slots=True)
class PipesSeen:
    """Some pipes as the whole needs them; see `Whole`. Lengths are of what is joinable.

    `box` is around all coordinates that are any, `tested_box` around the tested pipes: west,
    south, east, north. `low_m` is the lowest underside, `doubt_m` and `half_m` are the widest.
    """

    ids: Words
    utility: I8
    status: I8
    height_m: F64
    node: I32
    counts: I32
    xy: F64
    level: F64
    length_m: F64
    joinable: Bool
    key: I64
    tested: Bool
    impossible: Bool
    cells: CellTable
    box: F64
    tested_box: F64
    low_m: float
    doubt_m: float
    half_m: float


@dataclass(frozen=True, slots=True)
class NodesSeen:
    """Some nodes: ids, cells, and the widest deviation in plan (0 where none is recorded)."""

    ids: Words
    cells: CellTable
    sigma_m: float


@dataclass(frozen=True, slots=True)
class BuildingsSeen:
    """Some buildings: cells, level of the foundations' underside (−inf unknown), deviation."""

    cells: CellTable
    base_m: F64
    sigma_m: float


@dataclass(frozen=True, slots=True)
class StructuresSeen:
    """Some structures: cells, and the first row of each sort (kind, shape, life, detail)."""

    cells: CellTable
    sorts: dict[tuple[int, int, bool, str], int]


Seen = PipesSeen | NodesSeen | BuildingsSeen | StructuresSeen


def looks_at(source: Source, table: str) -> list[Look]:
    """The looks that cover a table."""
    count = source.parts.counts[table]
    return [Look(table, at, min(at + ROWS_A_LOOK, count)) for at in range(0, count, ROWS_A_LOOK)]


def seen(looking: Looking, look: Look) -> Seen:
    """What one look sees."""
    rows = np.arange(look.first, look.last)
    match look.table:
        case "pipes":
            return _pipes(looking, look, rows)
        case "nodes":
            return _nodes(looking, rows)
        case "buildings":
            return _buildings(looking, rows)
        case _:
            return _structures(looking, rows)


def _pipes(looking: Looking, look: Look, rows: I64) -> PipesSeen:
    raw = looking.source.parts.read(PipeTable, rows, only=_OF_PIPES)
    impossible = is_impossible(raw) if look.impossible is None else look.impossible
    node = np.column_stack([raw.start_node, raw.end_node])
    alone = raw.with_columns(
        start_node=np.full(len(raw), -1, np.int32), end_node=np.full(len(raw), -1, np.int32)
    )
    state = ProjectState(pipes=alone)
    pipes = usable(state).pipes
    joinable = alive(pipes.valid_from, pipes.valid_to, looking.as_of) & ~impossible
    placed = joining(pipes, joinable)
    snapshot = snapshot_of(
        state,
        looking.as_of,
        topology=_apart(placed),
        origin=np.zeros(2),
        impossible=impossible,
    )
    seg = snapshot.segments
    boxes, of = axis_boxes(np.column_stack([seg.x0, seg.y0]), np.column_stack([seg.x1, seg.y1]))
    half = seg.half_width[of][:, None]
    low = undersides_of(seg)
    return PipesSeen(
        ids=Words.of(raw.id),
        utility=pipes.utility,
        status=pipes.status,
        height_m=pipes.outer_height_m,
        node=node.reshape(-1).astype(np.int32),
        counts=np.diff(pipes.offsets).astype(np.int32),
        xy=pipes.xy,
        level=pipes.axis_level,
        length_m=chainages_of(placed.offsets, placed.xy)[1],
        joinable=joinable,
        key=class_keys(looking.rules, pipes),
        tested=snapshot.tested,
        impossible=impossible,
        cells=cell_table(np.hstack([boxes[:, :2] - half, boxes[:, 2:] + half]), rows[seg.pipe[of]]),
        box=box_of(raw.xy),
        tested_box=box_of(pipes.xy[snapshot.tested[pipes.vertex_pipe]]),
        low_m=float(np.nanmin(low, initial=np.inf)) if len(low) else np.inf,
        doubt_m=doubt_of(snapshot),
        half_m=float(seg.half_width.max(initial=0.0)),
    )


def box_of(xy: F64) -> F64:
    """The box around all finite points; NaN where there is none."""
    known = xy[np.isfinite(xy).all(axis=1)]
    if not len(known):
        return np.full(4, np.nan)
    return np.concatenate([known.min(axis=0), known.max(axis=0)])


def _apart(pipes: PipeTable) -> Topology:
    """Pipes joined to nothing."""
    count = len(pipes)
    return Topology(
        joint=np.arange(2 * count, dtype=np.int32),
        joint_degree=np.ones(2 * count, dtype=np.int32),
        family=family_of(pipes),
        run=np.arange(count, dtype=np.int32),
        run_offset_m=np.zeros(count),
        run_sign=np.ones(count),
        end_xy=end_points(pipes),
    )


def _nodes(looking: Looking, rows: I64) -> NodesSeen:
    nodes = looking.source.parts.read(NodeTable, rows, only=_OF_NODES)
    finite = nodes.sigma_xy_m[np.isfinite(nodes.sigma_xy_m)]
    return NodesSeen(
        Words.of(nodes.id), cell_table(node_boxes(nodes), rows), float(finite.max(initial=0.0))
    )


def _buildings(looking: Looking, rows: I64) -> BuildingsSeen:
    read = looking.source.parts.read(BuildingTable, rows)
    buildings = usable(ProjectState(buildings=read)).buildings
    base = np.nan_to_num(buildings.ground_m - buildings.foundation_depth_m, nan=-np.inf)
    finite = buildings.sigma_xy_m[np.isfinite(buildings.sigma_xy_m)]
    return BuildingsSeen(
        cell_table(building_boxes(read), rows), base, float(finite.max(initial=0.0))
    )


def _structures(looking: Looking, rows: I64) -> StructuresSeen:
    import shapely

    read = looking.source.parts.read(StructureTable, rows)
    there = alive(read.valid_from, read.valid_to, looking.as_of)
    sorts: dict[tuple[int, int, bool, str], int] = {}
    kinds, shapes = read.kind.tolist(), shapely.get_type_id(read.geometry).tolist()
    found = zip(kinds, shapes, there.tolist(), read.detail.tolist(), rows.tolist(), strict=True)
    for kind, shape, is_there, detail, row in found:
        sorts.setdefault((kind, shape, is_there, detail), row)
    return StructuresSeen(cell_table(structure_boxes(read), rows), sorts)
