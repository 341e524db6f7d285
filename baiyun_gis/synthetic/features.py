"""From drafts to the feature tables: levels, names, owners, dates, accuracy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, I64, Day, Str
from baiyun_gis.model.levels import settle
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import LevelDatum, NodeKind, Provenance, Status, Utility
from baiyun_gis.synthetic.chambers import FEATURE, FIXTURE, Bodies, chambers_at
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.drafts import NodeDraft, PipeDraft, Role
from baiyun_gis.synthetic.sections import OWNER, SECTIONS, of_sections
from baiyun_gis.synthetic.streets import StreetPlan
from baiyun_gis.synthetic.terrain import Frame, Ground

SOURCE = "synthetic"
SIGMA_XY_M = 0.03
SIGMA_Z_M = 0.02
_CODE = {
    Utility.WATER: "JS",
    Utility.RECLAIMED: "ZS",
    Utility.STORM: "YS",
    Utility.SEWAGE: "WS",
    Utility.GAS: "RQ",
    Utility.HEAT: "RL",
    Utility.POWER: "DL",
    Utility.TELECOM: "TX",
    Utility.INDUSTRIAL: "GY",
    Utility.TUNNEL: "ZH",
}
_SURVEYED = np.datetime64("2024-09-02", "D")
_GRAVITY = [int(u) for u in Utility if u.is_gravity]


@dataclass(frozen=True, slots=True)
class Levels:
    """Ground at the nodes and outer-top levels at both ends of the pipes, metres."""

    ground: F64
    top_from: F64
    top_to: F64


def levels_of(nodes: NodeDraft, pipes: PipeDraft, ground: Ground) -> Levels:
    """Levels from the design depths, to the millimetre."""
    level = np.round(ground.level(nodes.uv), 3)
    return Levels(
        ground=level,
        top_from=np.round(level[pipes.start] - pipes.top_from, 3),
        top_to=np.round(level[pipes.end] - pipes.top_to, 3),
    )


def flowing(pipes: PipeDraft, levels: Levels) -> tuple[PipeDraft, Levels]:
    """Gravity mains turned so that they start upstream."""
    utility = of_sections("utility", pipes.section, np.int8)
    turn = np.isin(utility, _GRAVITY) & (levels.top_from < levels.top_to)
    pipes = replace(
        pipes,
        start=np.where(turn, pipes.end, pipes.start),
        end=np.where(turn, pipes.start, pipes.end),
        top_from=np.where(turn, pipes.top_to, pipes.top_from),
        top_to=np.where(turn, pipes.top_from, pipes.top_to),
    )
    top_from = np.where(turn, levels.top_to, levels.top_from)
    top_to = np.where(turn, levels.top_from, levels.top_to)
    return pipes, Levels(levels.ground, top_from, top_to)


def numbered(prefixes: dict[Utility, str], utility: I8, pattern: str) -> Str:
    """Names counted within each utility, such as JS1, JS2 …; shape (n,)."""
    out = np.full(len(utility), "", dtype=object)
    for code, prefix in prefixes.items():
        rows = np.flatnonzero(utility == code)
        made = map((prefix + pattern).__mod__, range(1, len(rows) + 1))
        out[rows] = np.array(list(made), dtype=object)
    return out


def pipe_table(
    plan: StreetPlan,
    frame: Frame,
    nodes: NodeDraft,
    pipes: PipeDraft,
    levels: Levels,
    chance: Chance,
) -> PipeTable:
    """The pipes with everything a survey records; axis levels settled."""
    rows, count = pipes.section, len(pipes)
    utility = of_sections("utility", rows, np.int8).astype(np.int8)
    is_gravity = np.isin(utility, _GRAVITY)
    replaced = pipes.role == Role.REPLACED
    built, closed = dates_of(plan, pipes, utility, chance)
    xy = frame.to_project(nodes.uv)
    table = PipeTable.build(
        count,
        id=numbered({u: c + "L" for u, c in _CODE.items()}, utility, "%06d"),
        utility=utility,
        start_node=pipes.start.astype(np.int32),
        end_node=pipes.end.astype(np.int32),
        section_source=np.int8(Provenance.SURVEYED),
        sigma_xy_m=SIGMA_XY_M,
        sigma_z_m=SIGMA_Z_M,
        survey_method=np.where(is_gravity, "visible", "hidden").astype(object),
        quality_level=np.where(is_gravity, "QL-A", "QL-B").astype(object),
        status=np.where(replaced, Status.ABANDONED, Status.IN_USE).astype(np.int8),
        flow=is_gravity.astype(np.int8),
        enclosure=np.where(pipes.role == Role.TUNNEL, "ZHGL-1", "").astype(object),
        road=_roads(plan, pipes),
        valid_from=built,
        valid_to=closed,
        recorded_at=_SURVEYED + (7 * (pipes.street % 12)).astype("timedelta64[D]"),
        source=SOURCE,
        offsets=2 * np.arange(count + 1),
        xy=xy[np.column_stack((pipes.start, pipes.end)).ravel()],
        axis_level=np.full(2 * count, np.nan),
        **_section_columns(rows),
        **_level_columns(pipes, levels),
    )
    return settle(table)


def _level_columns(pipes: PipeDraft, levels: Levels) -> dict[str, object]:
    """Recorded levels and depths, of the outer top, invert or centre as the kind has it."""
    rows = pipes.section
    datum = of_sections("datum", rows, np.int8).astype(np.int8)
    outer = of_sections("outer_height_m", rows, np.float64).astype(np.float64)
    inner = of_sections("inner_height_m", rows, np.float64).astype(np.float64)
    wall = np.where(np.isnan(inner), 0.0, (outer - inner) / 2)
    below_top = np.where(datum == LevelDatum.INVERT, outer - wall, 0.0)
    below_top = np.where(datum == LevelDatum.CENTRE, outer / 2, below_top)
    start_level = np.round(levels.top_from - below_top, 3)
    end_level = np.round(levels.top_to - below_top, 3)
    ground_from, ground_to = levels.ground[pipes.start], levels.ground[pipes.end]
    return {
        "level_datum": datum,
        "level_datum_source": np.int8(Provenance.SURVEYED),
        "start_level_m": start_level,
        "end_level_m": end_level,
        "start_depth_m": np.round(ground_from - start_level, 3),
        "end_depth_m": np.round(ground_to - end_level, 3),
        "start_ground_m": ground_from,
        "end_ground_m": ground_to,
    }


def _section_columns(rows: I32) -> dict[str, object]:
    reals = (
        "outer_width_m", "outer_height_m", "inner_width_m", "inner_height_m", "nominal_mm",
        "pressure_mpa", "voltage_kv",
        "hole_count", "cable_count",
    )  # fmt: skip
    codes = ("shape", "material", "burial", "pressure_class")
    out: dict[str, object] = {name: of_sections(name, rows, np.float64) for name in reals}
    out |= {name: of_sections(name, rows, np.int8) for name in codes}
    out |= {name: of_sections(name, rows, object) for name in ("subtype", "size_text")}
    out["owner"] = np.array([OWNER[s.utility] for s in SECTIONS], dtype=object)[rows]
    return out


def _roads(plan: StreetPlan, pipes: PipeDraft) -> Str:
    names = np.concatenate([plan.ew.name, plan.ns.name])
    return names[pipes.street + np.where(pipes.direction == 1, len(plan.ew), 0)]


def dates_of(plan: StreetPlan, pipes: PipeDraft, utility: I8, chance: Chance) -> tuple[Day, Day]:
    """When each pipe was laid and taken out of use: mains with their street, services later."""
    years = np.concatenate([plan.ew.year, plan.ns.year])
    row = pipes.street + np.where(pipes.direction == 1, len(plan.ew), 0)
    street_year = years[row]
    by_line = chance.uniform("line year", (len(years), len(Utility)))[row, utility]
    main_day = (street_year - 1970 + 4 * by_line) * 365.25
    site_share = chance.uniform("site year", int(pipes.site.max(initial=0)) + 1)
    last = (2024.4 - 1970) * 365.25
    share = np.where(pipes.site >= 0, site_share[pipes.site], 0.0)
    service_day = main_day + share * (last - main_day)
    day = np.where(pipes.site >= 0, service_day, main_day).astype(np.int64)
    built = day.astype("datetime64[D]")
    closed = np.full(len(pipes), np.datetime64("NaT", "D"))
    old = pipes.role == Role.REPLACED
    closed[old] = built[old]
    built[old] = built[old] - np.timedelta64(9 * 365, "D")
    return built, closed


def node_table(
    frame: Frame, nodes: NodeDraft, pipes: PipeDraft, table: PipeTable, plan: StreetPlan
) -> NodeTable:
    """The nodes with ground, recorded level, chamber bodies, names and dates."""
    count = len(nodes)
    starts, ends = pipes.start.astype(np.int64), pipes.end.astype(np.int64)
    touched = np.concatenate([starts, ends])
    degree = np.bincount(touched, minlength=count)
    ground = np.full(count, np.nan)
    ground[starts], ground[ends] = table.start_ground_m, table.end_ground_m
    level = _least(count, touched, np.concatenate([table.start_level_m, table.end_level_m]))
    axis = table.axis_level.reshape(-1, 2)
    half = table.outer_height_m / 2
    lowest = _least(count, touched, np.concatenate([axis[:, 0] - half, axis[:, 1] - half]))
    bodies = chambers_at(nodes, degree, lowest, ground)
    bodies = _with_outfalls(bodies, nodes.utility, degree, starts)
    names = np.concatenate([plan.ew.name, plan.ns.name])
    first_day = np.full(count, np.datetime64("2100-01-01", "D"))
    np.minimum.at(first_day, touched, np.concatenate([table.valid_from, table.valid_from]))
    angle = _street_angle_deg(plan, frame, nodes)
    subtype = np.full(count, "", dtype=object)
    subtype[starts], subtype[ends] = table.subtype, table.subtype
    return NodeTable.build(
        count,
        id=numbered(_CODE, nodes.utility, "%d"),
        xy=frame.to_project(nodes.uv),
        ground_m=ground,
        level_m=level,
        depth_m=np.round(ground - level, 3),
        kind=bodies.kind,
        utility=nodes.utility,
        subtype=subtype,
        feature=_named(FEATURE, bodies.kind),
        fixture=_named(FIXTURE, bodies.kind),
        is_chamber=bodies.is_chamber,
        chamber_shape=bodies.shape,
        chamber_width_m=bodies.width_m,
        chamber_length_m=bodies.length_m,
        chamber_angle_deg=np.where(bodies.is_chamber, angle, np.nan),
        bottom_m=bodies.bottom_m,
        chamber_depth_m=np.round(ground - bodies.bottom_m, 3),
        neck_m=bodies.neck_m,
        sigma_xy_m=SIGMA_XY_M,
        sigma_z_m=SIGMA_Z_M,
        survey_method=np.where(bodies.is_chamber, "visible", "hidden").astype(object),
        owner=_owners(nodes.utility),
        road=names[nodes.street + np.where(nodes.direction == 1, len(plan.ew), 0)],
        valid_from=first_day,
        recorded_at=_SURVEYED + (7 * (nodes.street % 12)).astype("timedelta64[D]"),
        source=SOURCE,
    )


def _with_outfalls(bodies: Bodies, utility: I8, degree: I64, starts: I64) -> Bodies:
    """Manholes that sewers only run into are where the district drains to: pump stations."""
    leaves = np.bincount(starts, minlength=len(utility)) > 0
    sink = np.isin(utility, _GRAVITY) & (bodies.kind == NodeKind.MANHOLE) & ~leaves & (degree > 0)
    kind = np.where(sink, NodeKind.PUMP, bodies.kind).astype(np.int8)
    return Bodies(
        kind, bodies.is_chamber, bodies.shape, bodies.width_m, bodies.length_m, bodies.bottom_m,
        bodies.neck_m,
    )  # fmt: skip


def _least(count: int, rows: I64, values: F64) -> F64:
    least = np.full(count, np.inf)
    np.fmin.at(least, rows, values)
    return np.where(np.isinf(least), np.nan, least)


def _street_angle_deg(plan: StreetPlan, frame: Frame, nodes: NodeDraft) -> F64:
    along = np.concatenate([plan.ew.along, plan.ns.along])
    row = nodes.street + np.where(nodes.direction == 1, len(plan.ew), 0)
    angle = np.degrees(np.arctan2(along[:, 1], along[:, 0]) + frame.angle_rad)
    return np.round(angle, 3)[row].astype(np.float64)


def _named(names: dict[NodeKind, str], kind: I8) -> Str:
    table = np.array([names.get(k, "") for k in NodeKind], dtype=object)
    return table[kind]


def _owners(utility: I8) -> Str:
    table = np.array([OWNER.get(u, "") for u in Utility], dtype=object)
    return table[utility]
