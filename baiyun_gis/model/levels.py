"""Axis levels from recorded levels, depths, sections and walls; unknown stays unknown.

A recorded level or depth is of the outer top, invert, centre or outer bottom. Where the data do
not say, the convention of the kind is taken and marked as derived (CJJ 61: pressure lines and
direct-buried cables outer top; gravity lines, trenches and box culverts invert; duct blocks
outer top).
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I8, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Burial, LevelDatum, Provenance, Utility

_GRAVITY = [int(u) for u in Utility if u.is_gravity]


def conventional_datum(utility: I8, burial: I8) -> I8:
    """The point of the section a level means when nobody says, per kind; shape (n,)."""
    datum = np.full(len(utility), LevelDatum.OUTER_TOP, dtype=np.int8)
    datum[np.isin(utility, _GRAVITY)] = LevelDatum.INVERT
    datum[utility == Utility.TUNNEL] = LevelDatum.INVERT
    datum[np.isin(burial, [Burial.TRENCH, Burial.TUNNEL, Burial.PASSAGE])] = LevelDatum.INVERT
    datum[burial == Burial.DUCT_BLOCK] = LevelDatum.OUTER_TOP
    return datum


def axis_offset_m(pipes: PipeTable) -> F64:
    """Axis level minus recorded level for each pipe; NaN where the section is unknown.

    The axis is the centre of the outer section.
    """
    height = pipes.outer_height_m
    wall = np.where(
        np.isnan(pipes.inner_height_m), 0.0, np.maximum(height - pipes.inner_height_m, 0.0) / 2
    )
    datum = pipes.level_datum
    offset = np.full(len(pipes), np.nan)
    for where, value in (
        (LevelDatum.OUTER_TOP, -height / 2),
        (LevelDatum.INVERT, height / 2 - wall),
        (LevelDatum.CENTRE, np.zeros(len(pipes))),
        (LevelDatum.OUTER_BOTTOM, height / 2),
    ):
        offset = np.where(datum == where, value, offset)
    return offset


def settle(pipes: PipeTable) -> PipeTable:
    """Pipes with datum, axis levels and level provenance settled from what is recorded.

    A recorded level wins over ground minus depth. Between the ends the axis is straight in
    chainage. One known end of two, or an unknown section, leaves the axis unknown, unless the
    vertices already carry levels of their own (a 3D source), which are kept.
    """
    if not len(pipes):
        return pipes
    said = pipes.level_datum != LevelDatum.UNKNOWN
    datum = np.where(said, pipes.level_datum, conventional_datum(pipes.utility, pipes.burial))
    datum_source = np.where(
        pipes.level_datum_source != Provenance.UNKNOWN,
        pipes.level_datum_source,
        np.where(said, Provenance.SURVEYED, Provenance.DERIVED),
    )
    pipes = pipes.with_columns(
        level_datum=datum.astype(np.int8), level_datum_source=datum_source.astype(np.int8)
    )
    start, start_direct = _level(pipes.start_level_m, pipes.start_ground_m, pipes.start_depth_m)
    end, end_direct = _level(pipes.end_level_m, pipes.end_ground_m, pipes.end_depth_m)
    offset = axis_offset_m(pipes)
    start, end = start + offset, end + offset
    known = ~np.isnan(start) & ~np.isnan(end)
    axis = interpolated(pipes, start, end)
    owner = pipes.vertex_pipe
    axis = np.where(known[owner], axis, pipes.axis_level)
    recorded = np.where(start_direct & end_direct, Provenance.SURVEYED, Provenance.DERIVED)
    source = np.where(
        pipes.level_source != Provenance.UNKNOWN,
        pipes.level_source,
        np.where(known, recorded, Provenance.UNKNOWN),
    )
    settled = pipes.with_columns(axis_level=axis)
    source = np.where(settled.has_level, source, Provenance.UNKNOWN)
    return settled.with_columns(level_source=source.astype(np.int8))


def interpolated(pipes: PipeTable, start: F64, end: F64) -> F64:
    """A value for every vertex, linear in plan chainage between the two ends of each pipe."""
    if not len(pipes.xy):
        return np.zeros(0)
    from baiyun_gis.kernels.axis_lines import chainages_of

    chainage, whole, owner = chainages_of(pipes.offsets, pipes.xy)
    length = whole[owner]
    share = np.divide(chainage, length, out=np.zeros_like(chainage), where=length > 0)
    return start[owner] + (end - start)[owner] * share


def _level(level: F64, ground: F64, depth: F64) -> tuple[F64, Bool]:
    direct = ~np.isnan(level) | (~np.isnan(ground) & ~np.isnan(depth))
    return np.where(np.isnan(level), ground - depth, level), direct
