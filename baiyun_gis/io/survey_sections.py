"""Sections of survey lines: one size column, or width and height, inner and outer, wall."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from baiyun_gis.io.inference import Findings
from baiyun_gis.io.line_columns import LineColumns
from baiyun_gis.io.stated_sections import with_nominal, with_stated
from baiyun_gis.io.values import is_blank, provenances_from, reals_from, shapes_from
from baiyun_gis.language import msg
from baiyun_gis.model.columns import I8, Str, text_array
from baiyun_gis.model.sections import (
    SectionColumns,
    StatedSizes,
    parse_size,
    sections_from,
    stated_sizes,
)
from baiyun_gis.model.vocabulary import Shape
from baiyun_gis.units import metres_in

_SIZE_ROLES = ("size", "width", "height", "trench_size", "outer_size", "inner_size", "nominal")


def section_columns_of(lines: LineColumns, utility: I8, material: I8, burial: I8) -> dict[str, Any]:
    """Model columns of the sections of a line table, and what was inferred of them."""
    texts, unit = _size_texts(lines)
    sections = sections_from(texts, utility, material, burial=burial, unit=unit)
    outer, inner = (_stated(lines, role, unit) for role in ("outer_size", "inner_size"))
    wall = lines.reals("wall_mm") * metres_in(lines.unit("wall_mm"), default="mm")
    sections = with_stated(sections, outer, inner, wall, material)
    if lines.has("nominal"):
        sections = with_nominal(sections, _stated(lines, "nominal", "mm"))
    sections = _with_shapes(sections, shapes_from(lines.texts("section_shape")))
    _report(lines, sections, unit)
    said = provenances_from(lines.texts("section_source"))
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
        "section_source": np.where(
            (said > 0) & (sections.section_source > 0), said, sections.section_source
        ).astype(np.int8),
        "hole_count": np.where(np.isnan(holes), sections.hole_count, holes),
    }


def _size_texts(lines: LineColumns) -> tuple[Str, str]:
    """One size text a row, from whichever columns there are, and their unit."""
    size = lines.texts("size")
    if lines.has("width") and lines.has("height"):
        pairs = zip(lines.texts("width"), lines.texts("height"), strict=True)
        both = [f"{w}x{h}" if not is_blank(w) and not is_blank(h) else "" for w, h in pairs]
        size = _filled(size, text_array(both))
    if lines.has("trench_size"):
        size = _filled(size, lines.texts("trench_size"))
    return size, next((u for r in ("size", "width") if (u := lines.unit(r))), "")


def _stated(lines: LineColumns, role: str, unit: str) -> StatedSizes:
    """The sizes of a column that says what they are of; `unit` where its header says none."""
    return stated_sizes(lines.texts(role), unit=lines.unit(role) or unit)


def _filled(first: Str, second: Str) -> Str:
    blank = np.fromiter((is_blank(t) or t in {"0", "0.0"} for t in first), bool, len(first))
    return np.where(blank, second, first)


def _with_shapes(sections: SectionColumns, said: I8) -> SectionColumns:
    """Egg, arch and other shapes as recorded; a size of two numbers is no circle."""
    known = sections.shape != Shape.UNKNOWN
    not_round = np.isin(said, [Shape.RECTANGLE, Shape.EGG, Shape.ARCH, Shape.OTHER])
    return sections._replace(
        shape=np.where(known & not_round, said, sections.shape).astype(np.int8)
    )


def _report(lines: LineColumns, sections: SectionColumns, unit: str) -> None:
    found: Findings = lines.found
    if sections.unreadable.any():
        bad = np.flatnonzero(sections.unreadable)
        roles = [r for r in _SIZE_ROLES if lines.has(r)]
        odd = {t for r in roles for t in lines.texts(r)[bad].tolist() if parse_size(t) is None}
        found.notes.append(
            msg(
                "{count} sizes cannot be read and stay unknown: {texts}",
                count=len(bad),
                texts=", ".join(sorted(odd)[:5]),
            )
        )
    if sections.unit == "m" and not unit:
        why = msg("all sizes are small numbers with decimals")
        found.infer("unit of size", "m", 0.85, why)
