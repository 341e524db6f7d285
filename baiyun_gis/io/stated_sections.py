"""Sections from what each column says: 外径 and 内径 give the body, 管径 the nominal size."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I8
from baiyun_gis.model.sections import SectionColumns, StatedSizes, usual_wall_m
from baiyun_gis.model.vocabulary import Provenance, Shape


def with_stated(
    sections: SectionColumns, outer: StatedSizes, inner: StatedSizes, wall_m: F64, material: I8
) -> SectionColumns:
    """`sections` (of the size column) with outer and inner sizes and walls as recorded.

    A recorded outer size is surveyed. Where only the inner one is recorded, the outer one is
    it and the recorded wall, else that of the size column if it is larger, else the usual wall.
    """
    wall = np.where(wall_m > 0, wall_m, outer.wall_m)
    has_outer = ~np.isnan(outer.width_m)
    is_round = np.where(has_outer, outer.shape, inner.shape) == Shape.CIRCLE
    usual = usual_wall_m(inner.width_m, material, is_round)
    sizes: dict[str, F64] = {}
    for side in ("width", "height"):
        sizes |= _lengths(
            side,
            (_of(outer, side), _of(inner, side)),
            (getattr(sections, f"outer_{side}_m"), getattr(sections, f"inner_{side}_m")),
            wall,
            usual,
        )
    is_new = np.isnan(sections.outer_width_m) & ~np.isnan(sizes["outer_width_m"])
    shape = np.where(is_new, inner.shape, sections.shape)
    source = np.where(is_new, Provenance.DERIVED, sections.section_source)
    return sections._replace(
        **sizes,
        shape=np.where(has_outer, outer.shape, shape).astype(np.int8),
        section_source=np.where(has_outer, Provenance.SURVEYED, source).astype(np.int8),
        unreadable=sections.unreadable | outer.unreadable | inner.unreadable,
    )


def with_nominal(sections: SectionColumns, nominal: StatedSizes) -> SectionColumns:
    """`sections` with the nominal diameters of a column of their own.

    Where that is blank a circle keeps the diameter of the size column; others have none.
    """
    said_mm = np.round(nominal.width_m * 1000, 3)
    is_round = sections.shape == Shape.CIRCLE
    otherwise = np.where(is_round, sections.nominal_mm, np.nan)
    return sections._replace(
        nominal_mm=np.where(np.isnan(said_mm), otherwise, said_mm),
        unreadable=sections.unreadable | nominal.unreadable,
    )


def _of(sizes: StatedSizes, side: str) -> F64:
    return sizes.width_m if side == "width" else sizes.height_m


def _lengths(
    side: str, said: tuple[F64, F64], by_size: tuple[F64, F64], wall: F64, usual: F64
) -> dict[str, F64]:
    """Outer and inner length of one side of the sections, metres."""
    (outer, inner), (size_outer, size_inner) = said, by_size
    has_wall, has_outer, has_inner = wall > 0, ~np.isnan(outer), ~np.isnan(inner)
    around_size = np.where(has_wall & ~np.isnan(size_inner), size_inner + 2 * wall, size_outer)
    around_inner = np.where(
        has_wall, inner + 2 * wall, np.where(size_outer > inner, size_outer, inner + 2 * usual)
    )
    full = np.where(has_outer, outer, np.where(has_inner, around_inner, around_size))
    within = np.where(has_wall & (2 * wall < full), full - 2 * wall, size_inner)
    within = np.where(has_inner, inner, within)
    return {
        f"outer_{side}_m": full,
        f"inner_{side}_m": np.where(has_outer & ~(within <= full), np.nan, within),
    }
