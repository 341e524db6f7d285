"""A synthetic district of any size, with every planted fault recorded.

Everything in it is made up; the same number of segments and the same seed give the same
district, byte for byte.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.errors import UsageError
from baiyun_gis.model.columns import F64, I64, Bool, keys_from_codes, text_array
from baiyun_gis.model.tables import BuildingTable, PipeTable
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectMeta, ProjectState
from baiyun_gis.synthetic.buildings import (
    Houses,
    build_houses,
    polygons_of,
    shed_table,
    structures_of,
)
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.corridors import count_main_pieces, lay_mains, lots_of
from baiyun_gis.synthetic.drafts import NodeDraft, PipeDraft, Role
from baiyun_gis.synthetic.extras import lay_beside, replaced_services
from baiyun_gis.synthetic.faults import plant_in_services
from baiyun_gis.synthetic.features import flowing, levels_of, node_table, pipe_table
from baiyun_gis.synthetic.footings import deep_enough
from baiyun_gis.synthetic.level_faults import plant_in_levels
from baiyun_gis.synthetic.open_sides import plant_beside_streets
from baiyun_gis.synthetic.permit_faults import FIRST_EPOCH, plant_in_permits
from baiyun_gis.synthetic.plot import Plot
from baiyun_gis.synthetic.sections import section
from baiyun_gis.synthetic.services import count_service_pieces, lay_services
from baiyun_gis.synthetic.streets import StreetPlan, plan_streets
from baiyun_gis.synthetic.terrain import Frame, Grid, Ground, shape_ground, terrain_grid, with_roofs
from baiyun_gis.synthetic.truth import TITLE, Planted, Truth

CRS = "EPSG:4547"
VERTICAL_DATUM = "1985国家高程基准"
SMALLEST, LARGEST = 1_000, 10_000_000
EAST_M, NORTH_M = 437_000.0, 2_569_000.0
SURFACE_SIGMA_M = 0.1
_FINELY_FITTED = 5_000
"""Districts up to this size try several block sizes, as one street more is much of them."""
_SCALES = (0.8, 0.9, 1.1, 1.0)
_SHED_HEIGHT_M = 3.2
_ROUGH_SIGMA_XY_M = 0.15
_SHED_BUILT = np.datetime64("2022-05-01", "D")


@dataclass(frozen=True, slots=True)
class District:
    """A made-up district: its project, what was planted in it, and the ground it stands on."""

    state: ProjectState
    truth: Truth
    ground: Ground
    frame: Frame
    plan: StreetPlan
    first_height_m: F64
    """Heights of the buildings at the first surface epoch, metres."""

    def terrain(self, cell_m: float = 5.0) -> Grid:
        """The terrain over the whole district."""
        return terrain_grid(self.ground, self.frame, cell_m=cell_m)

    def surface(self, epoch: np.datetime64, cell_m: float = 5.0) -> Grid:
        """The surface model of a day: terrain, the buildings that stood then, and noise."""
        terrain = self.terrain(cell_m)
        buildings = self.state.buildings
        there = ~(buildings.valid_from > epoch)
        height = self.first_height_m if epoch <= FIRST_EPOCH else buildings.height_m
        chance = Chance(self.truth.seed)
        noise = chance.noise(f"surface {epoch}", terrain.values.shape, SURFACE_SIGMA_M)
        roof = buildings.ground_m + height
        return with_roofs(terrain, buildings.geometry[there], roof[there], noise)


def make_district(segments: int, seed: int) -> District:
    """A district of exactly `segments` pipes.

    Raises `UsageError` below 1,000 and above 10,000,000 segments.
    """
    if not SMALLEST <= segments <= LARGEST:
        raise UsageError(
            "a synthetic district has {smallest} to {largest} segments, not {segments}",
            smallest=SMALLEST,
            largest=LARGEST,
            segments=segments,
        )
    chance = Chance(seed)
    plan = _plan_for(segments, chance)
    angle = 0.05 + 0.06 * float(chance.uniform("angle", 1)[0])
    frame = Frame(angle_rad=angle, east_m=EAST_M, north_m=NORTH_M)
    ground = shape_ground(plan, chance)
    quota = max(3, segments // 4000)
    plot = _drawn(plan, ground, chance, quota, segments)
    nodes, pipes = plot.finished()
    keep = _kept(pipes, plot.taken, segments, chance)
    nodes, pipes, pipe_row, node_row = _without(nodes, pipes, keep)
    pipes, levels = flowing(pipes, levels_of(nodes, pipes, ground))
    table = pipe_table(plan, frame, nodes, pipes, levels, chance)
    table = _with_rough_places(table, pipe_row[np.concatenate(plot.roughly_placed)])
    node = node_table(frame, nodes, pipes, table, plan)
    true_levels = table
    table, wrong, unknown = plant_in_levels(table, pipes, plot.taken, quota, chance)
    houses = _houses(plan, frame, ground, plot, chance)
    judged = plant_in_permits(houses, quota, chance)
    standing = deep_enough(judged.buildings, true_levels)
    sheds = _sheds(plot, frame, ground)
    buildings = BuildingTable.concat([standing, sheds])
    state = ProjectState(
        meta=ProjectMeta(title=TITLE, crs=CRS, vertical_datum=VERTICAL_DATUM, is_synthetic=True),
        pipes=table,
        nodes=node,
        buildings=buildings,
        permits=judged.permits,
        structures=structures_of(plan, frame),
    )
    items = _named_items(plot, frame, ground, state, pipe_row, node_row, len(judged.buildings))
    truth = Truth(
        seed=seed,
        segments=len(table),
        items=(*items, *wrong, *judged.items, *_unpermitted(sheds), *_unlevelled(table, unknown)),
        counts=_counts(state),
    )
    heights = np.concatenate([judged.first_height_m, sheds.height_m])
    return District(state, truth, ground, frame, plan, heights)


def _drawn(plan: StreetPlan, ground: Ground, chance: Chance, quota: int, segments: int) -> Plot:
    mains = lay_mains(plan)
    services = lay_services(plan, mains, ground, chance)
    beside = lay_beside(plan, len(mains.nodes) + len(services.nodes))
    nodes = NodeDraft.joined([mains.nodes, services.nodes, beside[0]])
    pipes = PipeDraft.joined([mains.pipes, services.pipes, beside[1]])
    plot = Plot(plan, ground, mains, services, nodes, pipes, chance)
    plant_in_services(plot, quota)
    plant_beside_streets(plot, quota)
    old = replaced_services(plot.pipes, segments // 400, np.flatnonzero(plot.taken), chance)
    plot.add_existing(old)
    return plot


def _plan_for(segments: int, chance: Chance) -> StreetPlan:
    """The smallest grid with enough lines; what is too much is left out later."""

    def pieces(columns: int, rows: int, scale: float = 1.0) -> int:
        return _pieces(plan_streets(columns, rows, chance, block_scale=scale), chance)

    columns = max(3, int(0.85 * np.sqrt(segments / 176 / 1.2)))
    while pieces(columns, _rows(columns)[-1], _SCALES[-1]) < segments:
        columns += 1
    rows = _rows(columns)
    if segments > _FINELY_FITTED:
        enough = bisect_left(rows, segments, key=lambda r: pieces(columns, r))
        return plan_streets(columns, rows[min(enough, len(rows) - 1)], chance)
    sized = [(pieces(columns, r, scale), r, scale) for r in rows for scale in _SCALES]
    _, row, scale = min(each for each in sized if each[0] >= segments)
    return plan_streets(columns, row, chance, block_scale=scale)


def _rows(columns: int) -> range:
    """How many east–west streets go with so many north–south ones: blocks are wider than deep."""
    return range(max(3, round(1.05 * columns)), round(1.35 * columns) + 2)


def _pieces(plan: StreetPlan, chance: Chance) -> int:
    return count_main_pieces(plan) + count_service_pieces(plan, lots_of(plan), chance)


def _kept(pipes: PipeDraft, taken: Bool, segments: int, chance: Chance) -> Bool:
    """Which pipes stay: services and gullies of one piece go until the number is right, then
    pieces behind the property line; never one that something was planted at."""
    free = ~taken[np.maximum(pipes.site, 0)] & (pipes.site >= 0)
    single = [section(key) for key in ("gas 50", "power service", "telecom service", "storm 200")]
    is_leaf = np.isin(pipes.section, single) & np.isin(pipes.role, [Role.SERVICE, Role.GULLY])
    # a replaced pipe must not lose the one that replaced it
    old_ends = pipes.end[pipes.role == Role.REPLACED]
    leaves = np.flatnonzero(free & is_leaf & ~np.isin(pipes.end, old_ends))
    yards = np.flatnonzero(free & (pipes.role == Role.YARD))
    order = np.concatenate(
        [chance.chosen(name, rows, len(rows)) for name, rows in (("out", leaves), ("yards", yards))]
    )
    keep = np.ones(len(pipes), dtype=np.bool_)
    keep[order[: len(pipes) - segments]] = False
    return keep


def _without(
    nodes: NodeDraft, pipes: PipeDraft, keep: Bool
) -> tuple[NodeDraft, PipeDraft, I64, I64]:
    """Drafts of the pipes that stay and their nodes, and the new row of every old one."""
    pipe_row = np.cumsum(keep) - 1
    pipes = pipes.take(keep)
    used = np.zeros(len(nodes), dtype=np.bool_)
    used[pipes.start] = used[pipes.end] = True
    node_row = np.cumsum(used) - 1
    start, end = node_row[pipes.start].astype(np.int32), node_row[pipes.end].astype(np.int32)
    return nodes.take(used), replace(pipes, start=start, end=end), pipe_row, node_row


def _with_rough_places(table: PipeTable, rows: I64) -> PipeTable:
    sigma = table.sigma_xy_m.copy()
    sigma[rows] = _ROUGH_SIGMA_XY_M
    return table.with_columns(sigma_xy_m=sigma)


def _houses(plan: StreetPlan, frame: Frame, ground: Ground, plot: Plot, chance: Chance) -> Houses:
    site = np.flatnonzero(plot.is_built)
    share = chance.uniform("site year", 2 * len(plot.lots))
    return build_houses(plan, frame, ground, plot.lots, site, chance, share)


def _sheds(plot: Plot, frame: Frame, ground: Ground) -> BuildingTable:
    corners = np.stack([shed.corners for shed in plot.sheds])
    count = len(corners)
    level = ground.level(corners.mean(axis=1))
    outline = polygons_of(frame.to_project(corners.reshape(-1, 2)).reshape(count, 4, 2))
    built = _SHED_BUILT + 11 * (np.arange(count) % 50)
    names = text_array(f"LJ{n:05d}" for n in range(1, count + 1))
    return shed_table(names, outline, level, built, height_m=_SHED_HEIGHT_M)


def _named_items(
    plot: Plot,
    frame: Frame,
    ground: Ground,
    state: ProjectState,
    pipe_row: I64,
    node_row: I64,
    first_shed: int,
) -> list[Planted]:
    uv = np.array([item.uv for item in plot.pending])
    xy, level = frame.to_project(uv), ground.level(uv)
    shed_of = {shed.item: first_shed + n for n, shed in enumerate(plot.sheds)}

    def name(end: tuple[str, int] | None, number: int) -> tuple[str, str] | None:
        if end is None:
            return None
        table, row = end
        if table == "buildings":
            return table, str(state.buildings.id[shed_of[number]])
        row = int((pipe_row if table == "pipes" else node_row)[row])
        return table, str((state.pipes if table == "pipes" else state.nodes).id[row])

    items: list[Planted] = []
    for number, item in enumerate(plot.pending):
        a = name(item.a, number)
        assert a is not None
        at = (float(xy[number, 0]), float(xy[number, 1]), float(level[number] - item.depth_m))
        b = name(item.b, number)
        items.append(Planted(item.kind, item.check, a, b, at, item.expected, item.also))
    return items


def _unpermitted(sheds: BuildingTable) -> list[Planted]:
    import shapely

    centres = shapely.get_coordinates(shapely.centroid(sheds.geometry))
    return [
        Planted("no_permit", "", ("buildings", str(name)), None, (float(x), float(y), np.nan))
        for name, (x, y) in zip(sheds.id, centres, strict=True)
    ]


def _unlevelled(table: PipeTable, rows: I64) -> list[Planted]:
    first = table.xy[table.offsets[rows]]
    return [
        Planted(
            "unknown_level", "", ("pipes", str(table.id[row])), None, (float(x), float(y), np.nan)
        )
        for row, (x, y) in zip(rows, first, strict=True)
    ]


def _counts(state: ProjectState) -> dict[str, int]:
    kinds = keys_from_codes(Utility, state.pipes.utility)
    names, count = np.unique(kinds.astype(str), return_counts=True)
    tables = ("pipes", "nodes", "buildings", "permits", "structures")
    return {name: len(state.table(name)) for name in tables} | {
        f"pipes.{name}": int(n) for name, n in zip(names, count, strict=True)
    }
