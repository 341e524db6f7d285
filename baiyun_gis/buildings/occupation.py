"""Occupation of lines (占压): buildings on top of a line, in its protection zone, or too near.

Measured in plan, wall to wall: the line's strip to the footprint, or to the foundation where the
clause says so and one is recorded. Lines above ground are left out; so are service connections,
which end in or at the building they serve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.buildings.permits import begun, sound, usable_outline
from baiyun_gis.checks.verdicts import POSSIBLE, probability, verdict_of
from baiyun_gis.findings.conflicts import SuspicionTable
from baiyun_gis.jobs import Job, silent
from baiyun_gis.kernels.polygons import are_near_polygons
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32, I64, Bool, Geom, Str
from baiyun_gis.model.tables import BuildingTable, PipeTable
from baiyun_gis.model.topology import Topology
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolver import SingleRequirements, resolve_buildings, resolve_protection
from baiyun_gis.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

GRADES = ("on_top", "protection_zone", "table_distance")
DEFAULT_SIGMA_XY_M = 0.2
"""Standard deviation of a footprint whose accuracy nobody recorded; findings say so."""
SERVICE_INSIDE_M = 5.0
"""A line that ends in a building serves it when no more than this lies too near it."""
_SIGMAS = 1.645
_STEP_M = 0.5


@dataclass(frozen=True, slots=True)
class _Near:
    """Pairs of lines and buildings; `gap` (pairs, 3) is to what each grade measures to."""

    pipe: I64
    building: I64
    gap: F64
    asked: F64
    requirement: I32
    sigma: F64
    lines: Geom

    def kept(self, rows: I64 | Bool) -> _Near:
        return _Near(
            self.pipe[rows],
            self.building[rows],
            self.gap[rows],
            self.asked[rows],
            self.requirement[rows],
            self.sigma[rows],
            self.lines[rows],
        )


def occupied_lines(
    state: ProjectState, rules: RuleSet, *, as_of: np.datetime64, job: Job | None = None
) -> tuple[SuspicionTable, tuple[Requirement, ...]]:
    """The lines of a state that buildings stand on or too near to; see `occupied_in`."""
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import snapshot_of

    return occupied_in(CheckContext(snapshot_of(state, as_of), rules), job=job)


def occupied_in(
    ctx: CheckContext, *, job: Job | None = None
) -> tuple[SuspicionTable, tuple[Requirement, ...]]:
    """Lines that buildings stand on or too near to, the gravest grade for each run and building.

    `measured` is the gap in metres, negative where the footprint lies over the line. Rows point
    into the tables of the snapshot's state.
    """
    job = job or silent()
    snapshot = ctx.snapshot
    state = snapshot.state
    is_building = usable_outline(state.buildings.geometry) & snapshot.buildings_alive
    if not snapshot.tested.any() or not is_building.any():
        return SuspicionTable.empty(), ()
    zone = resolve_protection(ctx.rules, ctx.classes)
    table = resolve_buildings(ctx.rules, ctx.classes)
    job.step(0.1, msg("Looking for buildings on lines"))
    near = _near(ctx, is_building, zone, table)
    job.step(0.7, msg("Grading occupied lines"))
    near, grade, chance = _graded(near)
    topology = snapshot.topology
    serves = _serves(state, topology, near, grade)
    near, grade, chance = near.kept(~serves), grade[~serves], chance[~serves]
    rows = _worst_of_runs(topology, near, grade, chance)
    found = _table(state, near.kept(rows), grade[rows], chance[rows])
    return found, (*zone.requirements, *table.requirements)


def _near(
    ctx: CheckContext, is_building: Bool, zone: SingleRequirements, table: SingleRequirements
) -> _Near:
    """All pairs near enough to have something to say, measured to footprint and foundation."""
    state = ctx.snapshot.state
    by_class = np.stack([np.zeros(len(zone.required_m)), zone.required_m, table.required_m], axis=1)
    pipe, building = _beside(ctx, is_building)
    class_of = ctx.classes.class_of[pipe]
    asked = by_class[class_of]
    half = np.nan_to_num(state.pipes.outer_width_m[pipe]) / 2
    sigma = np.hypot(_line_sigma(ctx.snapshot, pipe), _building_sigma(state.buildings)[building])
    lines = _axes(state.pipes, pipe)
    outline = sound(state.buildings.geometry[building])
    foundation = _foundations(state.buildings.foundation[building], outline)
    reach = half + np.nanmax(asked, axis=1) + _SIGMAS * sigma
    within = _is_within(lines, (outline, foundation), reach)
    at_foundation = (table.measured_to[class_of] == "foundation").astype(np.bool_)
    gap = np.full((len(pipe), 3), np.nan)
    gap[within] = _gaps(
        lines[within], half[within], outline[within], foundation[within], at_foundation[within]
    )
    index = table.requirement[class_of]
    after_zone = np.where(index >= 0, index + len(zone.requirements), -1)
    none = np.full(len(pipe), -1)
    requirement = np.stack([none, zone.requirement[class_of], after_zone], axis=1)
    near = _Near(pipe, building, gap, asked, requirement.astype(np.int32), sigma, lines)
    return near.kept(within)


def _beside(ctx: CheckContext, is_building: Bool) -> tuple[I64, I64]:
    """Pairs of a pipe and a building with boxes near enough, each once, ordered by pipe."""
    known, seg, count = ctx.near_buildings, ctx.snapshot.segments, max(len(is_building), 1)
    rows = np.flatnonzero(is_building[known.building])
    i, building = known.i[rows], known.building[rows]
    pipe = seg.pipe[i].astype(np.int64)
    reach = known.most_m[ctx.classes.class_of[pipe]] + _SIGMAS * _line_sigma(ctx.snapshot, pipe)
    doubt = _SIGMAS * _building_sigma(ctx.snapshot.state.buildings)[building]
    near = np.zeros(len(rows), dtype=np.bool_)
    for outlines in (ctx.footprints, ctx.foundations):
        near |= are_near_polygons(seg, i, outlines.boxes, building, reach, doubt)
    return np.divmod(np.unique(pipe[near] * count + building[near]), count)


def _line_sigma(snapshot: Snapshot, pipe: I64) -> F64:
    """The largest deviation in plan along each of some tested pipes."""
    columns, owner = snapshot.columns, snapshot.segments.pipe
    if not len(pipe):
        return np.zeros(0)
    pipes, of = np.unique(pipe.astype(owner.dtype), return_inverse=True)
    first, last = (np.searchsorted(owner, pipes, side) for side in ("left", "right"))
    heads = np.cumsum(last - first) - (last - first)
    rows = np.repeat(first - heads, last - first)
    rows += np.arange(len(rows))
    largest = np.maximum(columns.sigma_xy0[rows], columns.sigma_xy1[rows])
    return np.maximum.reduceat(largest, heads)[of]


def _axes(pipes: PipeTable, rows: I64) -> Geom:
    """The axes of some pipes as lines."""
    import shapely

    counts = np.diff(pipes.offsets)[rows]
    line = np.repeat(np.arange(len(rows)), counts)
    place = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    vertex = pipes.offsets[rows][line] + place
    return np.asarray(shapely.linestrings(pipes.xy[vertex], indices=line), dtype=object)


def _building_sigma(buildings: BuildingTable) -> F64:
    recorded = buildings.sigma_xy_m
    return np.where(recorded > 0, recorded, DEFAULT_SIGMA_XY_M)


def _gaps(lines: Geom, half: F64, outline: Geom, foundation: Geom, at_foundation: Bool) -> F64:
    """Gaps by grade, shape (pairs, 3): twice to the footprint, then as the clause says."""
    import shapely

    body = shapely.buffer(lines, np.maximum(half, 1e-4), cap_style="flat", join_style="round")
    to_outline = _gap(body, lines, half, outline)
    edge = to_outline.copy()
    other = at_foundation & (outline != foundation).astype(np.bool_)
    edge[other] = _gap(body[other], lines[other], half[other], foundation[other])
    return np.stack([to_outline, to_outline, edge], axis=1)


def _foundations(recorded: Geom, outline: Geom) -> Geom:
    """Foundation outlines, the footprint where none is recorded."""
    own = np.flatnonzero(usable_outline(recorded))
    out = outline.copy()
    out[own] = sound(recorded[own])
    return out


def _is_within(lines: Geom, shapes: tuple[Geom, Geom], reach: F64) -> Bool:
    """Which lines come within reach (m) of either of two outlines, pair by pair."""
    import shapely

    within = np.zeros(len(lines), dtype=np.bool_)
    for outline in shapes:
        # the stub knows one distance for all only
        within |= shapely.dwithin(lines, outline, reach)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return within


def _gap(body: Geom, lines: Geom, half: F64, outline: Geom) -> F64:
    """Plan distance of a line's strip to an outline; how far it reaches in where they overlap."""
    import shapely

    to_axis = shapely.distance(lines, outline)
    apart = np.where(half > 0, shapely.distance(body, outline), to_axis)
    beside = to_axis - half
    # An upright line has no strip in plan; its wall stands around a point.
    apart = np.where(np.isnan(apart), beside, apart)
    within = shapely.intersects(lines, outline)
    gap = np.where(apart > 0, apart, np.minimum(beside, 0.0))
    gap[within] = -half[within] - _depth_inside(lines[within], outline[within])
    return gap


def _depth_inside(lines: Geom, outline: Geom) -> F64:
    """How far from the outline the innermost point of each line lies, to half a metre along it."""
    import shapely

    inside = shapely.segmentize(shapely.intersection(lines, outline), _STEP_M)
    points, owner = shapely.get_coordinates(inside, return_index=True)
    depth = np.zeros(len(lines))
    edge = shapely.boundary(outline)
    np.maximum.at(depth, owner, shapely.distance(shapely.points(points), edge[owner]))
    return depth


def _graded(near: _Near) -> tuple[_Near, I64, F64]:
    """Pairs with something to say, their grade (index of `GRADES`) and its probability.

    The gravest grade that is more likely than not; where none is, the likeliest.
    """
    sigma = np.repeat(near.sigma[:, None], 3, axis=1)
    chance = np.nan_to_num(probability(near.gap, near.asked, sigma), nan=0.0)
    likely = chance >= 0.5
    grade = np.where(likely.any(axis=1), likely.argmax(axis=1), chance.argmax(axis=1))
    best = chance[np.arange(len(grade)), grade]
    keep = best >= POSSIBLE
    return near.kept(keep), grade[keep].astype(np.int64), best[keep]


def _serves(state: ProjectState, topology: Topology, near: _Near, grade: I64) -> Bool:
    """Lines that end freely in or at the building, with no more than a little of them too near."""
    import shapely

    free = topology.joint_degree[topology.joint] == 1
    pipes, outline = state.pipes, state.buildings.geometry[near.building]
    asked = near.asked[np.arange(len(grade)), grade]
    wide = asked + np.nan_to_num(pipes.outer_width_m[near.pipe]) / 2 + _SIGMAS * near.sigma
    ends = np.zeros(len(grade), dtype=np.bool_)
    for side, vertex in ((0, pipes.offsets[:-1]), (1, pipes.offsets[1:] - 1)):
        points = shapely.points(pipes.xy[vertex[near.pipe]])
        at = shapely.distance(points, outline) <= np.maximum(wide, 0.5)
        ends |= at & free[2 * near.pipe + side]
    inside_m = shapely.length(shapely.intersection(near.lines, shapely.buffer(outline, wide)))
    return ends & (inside_m <= SERVICE_INSIDE_M + 3 * asked)


def _worst_of_runs(topology: Topology, near: _Near, grade: I64, chance: F64) -> I64:
    """One pair for each run and building: gravest grade, then likeliest, then nearest."""
    key = topology.run[near.pipe].astype(np.int64) * (near.building.max(initial=0) + 1)
    key += near.building
    gap = near.gap[np.arange(len(grade)), grade]
    order = np.lexsort((near.pipe, gap, -chance, grade, key))
    return np.sort(order[np.unique(key[order], return_index=True)[1]])


def _table(state: ProjectState, near: _Near, grade: I64, chance: F64) -> SuspicionTable:
    import shapely

    pipes, buildings = state.pipes, state.buildings
    each = np.arange(len(grade))
    gap, asked = near.gap[each, grade], near.asked[each, grade]
    joining = shapely.shortest_line(near.lines, buildings.geometry[near.building])
    at = shapely.get_coordinates(shapely.get_point(joining, -1)).reshape(-1, 2)
    return SuspicionTable.build(
        len(grade),
        kind="occupation",
        building_row=near.building,
        building_id=buildings.id[near.building],
        other_table="pipes",
        other_row=near.pipe,
        other_id=pipes.id[near.pipe],
        grade=np.array(GRADES, dtype=object)[grade],
        measured=gap,
        permitted=asked,
        excess=asked - gap,
        sigma=near.sigma,
        unit="m",
        probability=chance,
        verdict=verdict_of(chance),
        requirement=near.requirement[each, grade],
        first=_first(state, near),
        at=at,
        utility=pipes.utility[near.pipe],
        remark=_remarks(state, near),
    )


def _first(state: ProjectState, near: _Near) -> Str:
    """Who was there first, by dates; unknown where either has none."""
    line = state.pipes.valid_from[near.pipe]
    building = begun(state.buildings)[near.building]
    out = np.where(line < building, "pipe", np.where(building < line, "building", "same_day"))
    return np.where(np.isnat(line) | np.isnat(building), "unknown", out).astype(object)


def _remarks(state: ProjectState, near: _Near) -> Str:
    assumed = np.where(state.buildings.sigma_xy_m[near.building] > 0, "", "sigma_assumed").astype(
        object
    )
    sizeless = np.where(np.isnan(state.pipes.outer_width_m[near.pipe]), ";size_unknown", "")
    return np.char.strip((assumed + sizeless.astype(object)).astype(str), ";").astype(object)
