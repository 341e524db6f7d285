"""Sections of survey lines: one size column, or width and height, inner and outer, wall."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from baiyun_gis.io.inference import Findings
from baiyun_gis.io.line_columns import LineColumns
from baiyun_gis.io.values import is_blank, reals_from, shapes_from
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, Str, text_array
from baiyun_gis.model.sections import SectionColumns, sections_from
from baiyun_gis.model.vocabulary import Shape
from baiyun_gis.units import metres_in


def section_columns_of(lines: LineColumns, utility: I8, material: I8, burial: I8) -> dict[str, Any]:
    """Model columns of the sections of a line table, and what was inferred of them."""
    texts, unit = _size_texts(lines)
    sections = sections_from(texts, utility, material, burial=burial, unit=unit)
    sections = _with_walls(
        sections, lines.reals("wall_mm") * metres_in(lines.unit("wall_mm"), default="mm")
    )
    sections = _with_shapes(sections, shapes_from(lines.texts("section_shape")))
    _report(lines, texts, sections, unit)
    holes = lines.reals("hole_count")
    if lines.has("holes_used"):  # total/used, such as 12/6
        totals = [re.split(r"[/\\,、]", t)[0] for t in lines.texts("holes_used")]
        holes = np.where(np.isnan(holes), reals_from(totals), holes)
    return {
        "shape": sections.shape,
        "outer_width_m": sections.outer_width_m,
        "outer_height_m": sections.outer_height_m,
        "inner_width_m": sections.inner_width_m,
        "inner_height_m": sections.inner_height_m,
        "nominal_mm": sections.nominal_mm,
        "section_source": sections.section_source,
        "hole_count": np.where(np.isnan(holes), sections.hole_count, holes),
    }


def _size_texts(lines: LineColumns) -> tuple[Str, str]:
    """One size text a row, from whichever columns there are, and their unit."""
    size = lines.texts("size")
    if lines.has("width") and lines.has("height"):
        pairs = zip(lines.texts("width"), lines.texts("height"), strict=True)
        both = [f"{w}x{h}" if not is_blank(w) and not is_blank(h) else "" for w, h in pairs]
        size = _filled(size, text_array(both))
    for role, mark in (("outer_size", "OD"), ("trench_size", ""), ("inner_size", "ID")):
        if lines.has(role):
            size = _filled(
                size,
                text_array(
                    f"{mark}{t}" if not is_blank(t) and t[:1].isdigit() else t
                    for t in lines.texts(role)
                ),
            )
    unit = next(
        (u for r in ("size", "width", "outer_size", "inner_size") if (u := lines.unit(r))), ""
    )
    return size, unit


def _filled(first: Str, second: Str) -> Str:
    blank = np.fromiter((is_blank(t) or t in {"0", "0.0"} for t in first), bool, len(first))
    return np.where(blank, second, first)


def _with_walls(sections: SectionColumns, wall_m: F64) -> SectionColumns:
    """A recorded wall instead of the usual one."""
    known = wall_m > 0
    was_inner = ~np.isnan(sections.inner_width_m)
    outer_width = np.where(
        known & was_inner, sections.inner_width_m + 2 * wall_m, sections.outer_width_m
    )
    outer_height = np.where(
        known & was_inner, sections.inner_height_m + 2 * wall_m, sections.outer_height_m
    )
    fits = known & (2 * wall_m < outer_width)
    return sections._replace(
        outer_width_m=outer_width,
        outer_height_m=outer_height,
        inner_width_m=np.where(fits, outer_width - 2 * wall_m, sections.inner_width_m),
        inner_height_m=np.where(fits, outer_height - 2 * wall_m, sections.inner_height_m),
    )


def _with_shapes(sections: SectionColumns, said: I8) -> SectionColumns:
    """Egg, arch and other shapes as recorded; a size of two numbers is no circle."""
    known = sections.shape != Shape.UNKNOWN
    not_round = np.isin(said, [Shape.RECTANGLE, Shape.EGG, Shape.ARCH, Shape.OTHER])
    return sections._replace(
        shape=np.where(known & not_round, said, sections.shape).astype(np.int8)
    )


def _report(lines: LineColumns, texts: Str, sections: SectionColumns, unit: str) -> None:
    found: Findings = lines.found
    if sections.unreadable.any():
        odd = sorted({str(t) for t in texts[sections.unreadable]})
        found.notes.append(
            msg(
                "{count} sizes cannot be read and stay unknown: {texts}",
                count=int(sections.unreadable.sum()),
                texts=", ".join(odd[:5]),
            )
        )
    if sections.unit == "m" and not unit:
        why = msg("all sizes are small numbers with decimals")
        found.infer("unit of size", "m", 0.85, why)
