"""Pipes and nodes from the rows of map layers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from baiyun_gis.io.attributes import (
    LEVEL_MISSING,
    burials_from,
    chambers_from,
    flows_from,
    materials_from,
    node_kinds_from,
    sections_from,
    shapes_from,
    statuses_from,
    utilities_from,
    voltages_from,
)
from baiyun_gis.io.axes import Axes, axes_from_lines
from baiyun_gis.io.geometry_rows import Parts
from baiyun_gis.io.giswater import CatalogueSections
from baiyun_gis.io.imported import Inference
from baiyun_gis.io.inference import looks_like_inches
from baiyun_gis.io.layer_columns import LayerColumns, unique_ids
from baiyun_gis.io.layer_levels import depths_of, level_datum_of
from baiyun_gis.io.merging import section_columns
from baiyun_gis.io.pressures import PRESSURE_ROLES, grade_inference, pressures_of
from baiyun_gis.io.stated_sections import with_nominal, with_stated
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, I8, Str, text_array
from baiyun_gis.model.levels import axis_offset_m, conventional_datum
from baiyun_gis.model.sections import SectionColumns, parse_size, stated_sizes
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import NodeKind, Provenance, Shape, Utility
from baiyun_gis.units import metres_in


@dataclass(slots=True)
class Said:
    """What is found out while a table is built."""

    inferred: list[Inference] = field(default_factory=list[Inference])
    notes: list[Message] = field(default_factory=list[Message])


@dataclass(frozen=True, slots=True)
class LineContext:
    """What holds for all lines of a layer: utility where rows do not say, marks, catalogue."""

    utility: Utility = Utility.UNKNOWN
    code: str = ""
    is_service: bool = False
    z_unit_m: float = 1.0
    catalogue: CatalogueSections | None = None
    source: str = ""


def pipes_from(
    columns: LayerColumns, parts: Parts, context: LineContext, said: Said
) -> tuple[PipeTable, Str, Str]:
    """Pipes of line parts, and the start and end node ids their rows name (empty for none)."""
    rows = parts.row
    utility, code = _utilities(columns, context)
    material = columns.parsed("material", materials_from)
    if context.catalogue is not None:
        stated = materials_from(context.catalogue.material)
        material = np.where(material == 0, stated, material).astype(np.int8)
    burial = columns.parsed("burial", burials_from)
    sections = _sections(columns, utility, material, burial, context, said)
    ids, repeats = unique_ids(columns.texts("id"), stem=columns.layer.name)
    if repeats:
        said.notes.append(
            msg("{count} lines repeat an id and got a number after it", count=repeats)
        )
    mpa, pressure = _pressures(columns, said)
    volts = partial(voltages_from, unit=columns.unit("voltage"))
    datum, datum_source = level_datum_of(columns)
    start_depth, end_depth = depths_of(columns, said)
    axes = axes_from_lines(parts.geometry)
    names = [i + s for i, s in zip(ids[rows], parts.suffixes(), strict=True)]
    table = PipeTable.build(
        len(parts),
        id=text_array(names),
        utility=utility[rows],
        subtype=_subtypes(code, context)[rows],
        **{name: values[rows] for name, values in section_columns(sections).items()},
        size_text=columns.texts("size")[rows],
        material=material[rows],
        burial=burial[rows],
        pressure_class=pressure[rows],
        pressure_mpa=mpa[rows],
        voltage_kv=columns.parsed("voltage", volts)[rows],
        hole_count=_first_known(columns.numbers("hole_count"), sections.hole_count)[rows],
        cable_count=columns.numbers("cable_count")[rows],
        level_datum=datum[rows],
        level_datum_source=datum_source[rows],
        start_level_m=columns.metres("start_level_m", missing=LEVEL_MISSING)[rows],
        end_level_m=columns.metres("end_level_m", missing=LEVEL_MISSING)[rows],
        start_depth_m=start_depth[rows],
        end_depth_m=end_depth[rows],
        start_ground_m=columns.metres("start_ground_m", missing=LEVEL_MISSING)[rows],
        end_ground_m=columns.metres("end_ground_m", missing=LEVEL_MISSING)[rows],
        sigma_xy_m=columns.metres("sigma_xy_m")[rows],
        sigma_z_m=columns.metres("sigma_z_m")[rows],
        flow=columns.parsed("flow", flows_from)[rows],
        casing_m=columns.metres("casing_m")[rows],
        **_shared(columns, rows, context.source),
        **{n: columns.texts(n)[rows] for n in ("enclosure", "quality_level")},
        survey_method=columns.texts("surveyed_by")[rows],
        offsets=axes.offsets,
        xy=axes.xy,
        axis_level=np.full(len(axes.xy), np.nan),
    )
    table = with_z(table, axes, context, said)
    return table, columns.texts("start_id")[rows], columns.texts("end_id")[rows]


def _shared(columns: LayerColumns, rows: Any, source: str) -> dict[str, Any]:
    """Columns that pipes and nodes have in common."""
    return {
        "status": columns.parsed("status", statuses_from)[rows],
        "owner": columns.texts("owner")[rows],
        "road": columns.texts("road")[rows],
        "valid_from": columns.days("valid_from")[rows],
        "valid_to": columns.days("valid_to")[rows],
        "recorded_at": columns.days("recorded_at")[rows],
        "note": columns.texts("note")[rows],
        "source": source,
    }


def _pressures(columns: LayerColumns, said: Said) -> tuple[F64, I8]:
    held = [role for role in PRESSURE_ROLES if columns.has(role)]
    mpa, grade, is_ungraded = pressures_of(
        ((columns.cells(role), columns.unit(role)) for role in held), len(columns)
    )
    inferred = grade_inference(is_ungraded)
    if inferred is not None:
        said.inferred.append(inferred)
    return mpa, grade


def _utility_cells(columns: LayerColumns, role: str) -> tuple[I8, Str]:
    count = len(columns)
    if not columns.has(role):
        return np.zeros(count, dtype=np.int8), np.full(count, "", dtype=object)
    return utilities_from(columns.cells(role))


def _utilities(columns: LayerColumns, context: LineContext) -> tuple[I8, Str]:
    """Utility and CJJ 61 code a row: its own, else by its code column, else the layer's."""
    utility, code = _utility_cells(columns, "utility")
    by_code, own_code = _utility_cells(columns, "subtype")
    blank = utility == Utility.UNKNOWN
    utility = np.where(blank, by_code, utility)
    code = np.where(own_code != "", own_code, code)
    rest = utility == Utility.UNKNOWN
    utility = np.where(rest, np.int8(context.utility), utility).astype(np.int8)
    code = np.where(rest & (code == ""), context.code, code)
    return utility, code.astype(object)


def _subtypes(code: Str, context: LineContext) -> Str:
    """The CJJ 61 code, or "service" for house connections that have none."""
    if not context.is_service:
        return code
    return np.where(code == "", "service", code).astype(object)


def _first_known(a: F64, b: F64) -> F64:
    return np.where(np.isnan(a), b, a)


def _sections(
    columns: LayerColumns,
    utility: I8,
    material: I8,
    burial: I8,
    context: LineContext,
    said: Said,
) -> SectionColumns:
    texts, unit = _size_texts(columns, context, said)
    sections = sections_from(texts, utility, material, burial=burial, unit=unit)
    outer, inner = (
        stated_sizes(columns.texts(role), unit=columns.unit(role) or unit)
        for role in ("outer_size", "inner_size")
    )
    wall = columns.numbers("wall_mm") * metres_in(columns.unit("wall_mm"), default="mm")
    sections = with_stated(sections, outer, inner, wall, material)
    if columns.has("nominal"):
        stated = stated_sizes(columns.texts("nominal"), unit=columns.unit("nominal") or "mm")
        sections = with_nominal(sections, stated)
    unread = np.flatnonzero(sections.unreadable)
    if len(unread):
        shown = ", ".join(dict.fromkeys(str(texts[i]) for i in unread[:200]))[:120]
        said.notes.append(
            msg("{count} sizes cannot be read: {sizes}", count=len(unread), sizes=shown)
        )
    if not unit and not np.isnan(sections.outer_width_m).all():
        why = msg("from the numbers, as no unit is stated")
        said.inferred.append(Inference("size unit", sections.unit, 0.8, why))
    shape = columns.parsed("section_shape", shapes_from)
    known = ~np.isnan(sections.outer_width_m) & (shape != Shape.UNKNOWN)
    sections = sections._replace(shape=np.where(known, shape, sections.shape).astype(np.int8))
    if context.catalogue is None:
        return sections
    return _from_catalogue(sections, context.catalogue, said)


def _size_texts(columns: LayerColumns, context: LineContext, said: Said) -> tuple[list[str], str]:
    """One size text a row and the unit of bare numbers, empty where the column may decide."""
    unit = ""
    for role in ("size", "outer_size", "inner_size"):
        if not columns.has(role):
            continue
        unit = columns.unit(role)
        in_feet = context.z_unit_m != 1.0
        if not unit and looks_like_inches(columns.numbers(role), in_feet=in_feet):
            why = msg("all sizes are usual inch sizes and none is above 120")
            said.inferred.append(Inference("size unit", "in", 0.7, why))
            unit = "in"
        if role == "size":
            return columns.texts("size").tolist(), unit
        break
    width, height = columns.numbers("width"), columns.numbers("height")
    texts = [f"{w:g}x{h:g}" if w > 0 and h > 0 else "" for w, h in zip(width, height, strict=True)]
    return texts, columns.unit("width") or unit


def _from_catalogue(
    sections: SectionColumns, catalogue: CatalogueSections, said: Said
) -> SectionColumns:
    use = np.isnan(sections.outer_width_m) & ~np.isnan(catalogue.outer_width_m)
    if not use.any():
        return sections
    why = msg(
        "sizes of {count} lines come from the catalogue beside the data", count=int(use.sum())
    )
    said.inferred.append(Inference("section", "catalogue", 0.95, why))

    def pick(own: F64, listed: F64) -> F64:
        return np.where(use, listed, own)

    round_ = catalogue.shape == Shape.CIRCLE
    nominal = np.where(round_, catalogue.inner_width_m, catalogue.outer_width_m) * 1000
    return sections._replace(
        shape=np.where(use, catalogue.shape, sections.shape).astype(np.int8),
        outer_width_m=pick(sections.outer_width_m, catalogue.outer_width_m),
        outer_height_m=pick(sections.outer_height_m, catalogue.outer_height_m),
        inner_width_m=pick(sections.inner_width_m, catalogue.inner_width_m),
        inner_height_m=pick(sections.inner_height_m, catalogue.inner_height_m),
        nominal_mm=pick(sections.nominal_mm, nominal),
        section_source=np.where(use, Provenance.DERIVED, sections.section_source).astype(np.int8),
    )


def with_z(pipes: PipeTable, axes: Axes, context: LineContext, said: Said) -> PipeTable:
    """Levels from the lines' own z, where no level is recorded in a column.

    What part of the section z means is not said: the kind's convention holds. A line straight
    from end to end gets end levels; a bent one keeps a level at each bend.
    """
    z = np.where(axes.z == 0, np.nan, axes.z) * context.z_unit_m
    if np.isnan(z).all():
        return pipes
    first, last = axes.first, axes.last
    # A depth without a ground gives no level, so it does not stand in the way of one.
    by_depth = ~np.isnan(pipes.start_depth_m + pipes.start_ground_m)
    blank = np.isnan(pipes.start_level_m) & ~by_depth
    straight = np.diff(axes.offsets) == 2
    datum = np.where(
        pipes.level_datum == 0,
        conventional_datum(pipes.utility, pipes.burial),
        pipes.level_datum,
    ).astype(np.int8)
    told = pipes.with_columns(level_datum=datum)
    bent = (blank & ~straight)[pipes.vertex_pipe]
    level = np.where(bent, z + axis_offset_m(told)[pipes.vertex_pipe], np.nan)
    has_bends = ~np.isnan(level)
    count = int(np.count_nonzero(blank & ~np.isnan(z[first]) & ~np.isnan(z[last])))
    if not count and not has_bends.any():
        return pipes
    why = msg("the lines of {count} rows carry z; it is taken as their recorded level", count=count)
    said.inferred.append(Inference("level", "z", 0.7, why))
    kept = np.zeros(len(pipes), dtype=np.bool_)
    kept[pipes.vertex_pipe[has_bends]] = True
    return pipes.with_columns(
        start_level_m=np.where(blank & straight, z[first], pipes.start_level_m),
        end_level_m=np.where(blank & straight, z[last], pipes.end_level_m),
        level_datum=np.where(blank, datum, pipes.level_datum).astype(np.int8),
        level_datum_source=np.where(
            blank & (pipes.level_datum == 0), Provenance.DERIVED, pipes.level_datum_source
        ).astype(np.int8),
        axis_level=np.where(has_bends, level, pipes.axis_level),
        level_source=np.where(kept, Provenance.SURVEYED, pipes.level_source).astype(np.int8),
    )


def nodes_from(columns: LayerColumns, parts: Parts, context: LineContext, said: Said) -> NodeTable:
    """Nodes of point parts."""
    import shapely

    rows = parts.row
    utility, code = _utilities(columns, context)
    kind = _node_kinds(columns)
    fixture, feature = columns.texts("fixture"), columns.texts("feature")
    body = columns.parsed("fixture", chambers_from) | columns.parsed("kind", chambers_from)
    shape, width, length = _chambers(columns)
    ground = columns.metres("ground_m", missing=LEVEL_MISSING)[rows]
    z = shapely.get_coordinates(parts.geometry, include_z=True)[:, 2] if len(parts) else np.zeros(0)
    z = np.where(z == 0, np.nan, z) * context.z_unit_m
    if not columns.has("ground_m") and not np.isnan(z).all():
        why = msg("the points carry z; it is taken as the ground level")
        said.inferred.append(Inference("ground_m", "z", 0.6, why))
        ground = z
    ids, repeats = unique_ids(columns.texts("id"), stem=columns.layer.name)
    if repeats:
        said.notes.append(
            msg("{count} points repeat an id and got a number after it", count=repeats)
        )
    names = [i + s for i, s in zip(ids[rows], parts.suffixes(), strict=True)]
    chamber = (body | np.isin(kind, [k for k in NodeKind if k.has_chamber]))[rows]
    return NodeTable.build(
        len(parts),
        id=text_array(names),
        xy=shapely.get_coordinates(parts.geometry).reshape(-1, 2),
        ground_m=ground,
        level_m=columns.metres("level_m", missing=LEVEL_MISSING)[rows],
        depth_m=columns.metres("depth_m", missing=LEVEL_MISSING)[rows],
        kind=kind[rows],
        utility=utility[rows],
        subtype=code[rows],
        feature=feature[rows],
        fixture=fixture[rows],
        is_chamber=chamber,
        chamber_shape=shape[rows],
        chamber_width_m=width[rows],
        chamber_length_m=length[rows],
        chamber_angle_deg=columns.numbers("chamber_angle_deg")[rows],
        bottom_m=columns.metres("bottom_m", missing=LEVEL_MISSING)[rows],
        chamber_depth_m=columns.metres("chamber_depth_m", missing=LEVEL_MISSING)[rows],
        neck_m=columns.metres("neck_m")[rows],
        sigma_xy_m=columns.metres("sigma_xy_m")[rows],
        sigma_z_m=columns.metres("sigma_z_m")[rows],
        survey_method=columns.texts("surveyed_by")[rows],
        **_shared(columns, rows, context.source),
    )


def _node_kinds(columns: LayerColumns) -> I8:
    """Kind by the first column that says one, else by the layer's name."""
    kind = np.zeros(len(columns), dtype=np.int8)
    for role in ("fixture", "kind", "feature"):
        found = node_kinds_from(columns.cells(role))
        kind = np.where(kind == NodeKind.UNKNOWN, found, kind).astype(np.int8)
    word = re.sub(r"[\W\d_]+", " ", columns.layer.name).strip().rstrip("s")
    named = node_kinds_from([{"connec": "connection", "gullie": "gully"}.get(word, word)])[0]
    return np.where(kind == NodeKind.UNKNOWN, named, kind).astype(np.int8)


def _chambers(columns: LayerColumns) -> tuple[I8, F64, F64]:
    """Shape, width and length of chambers in metres, from a size text or their own columns."""
    sizes = {t: parse_size(t) for t in dict.fromkeys(columns.texts("well_size"))}
    texts = columns.texts("well_size")
    unit = 1.0 if columns.unit("well_size") == "m" else 0.001
    read = [sizes[t] for t in texts]
    width = np.array([s.width_mm * unit if s else np.nan for s in read], dtype=np.float64)
    length = np.array([s.height_mm * unit if s else np.nan for s in read], dtype=np.float64)
    shape = np.array([int(s.shape) if s else 0 for s in read], dtype=np.int8)
    width = _first_known(columns.metres("chamber_width_m"), width)
    length = _first_known(columns.metres("chamber_length_m"), length)
    stated = columns.parsed("chamber_shape", shapes_from)
    return np.where(stated != 0, stated, shape).astype(np.int8), width, length
