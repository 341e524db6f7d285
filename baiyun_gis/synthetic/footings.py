"""Footings beside deep sewers: whoever built there went down far enough (GB 50289 4.1.11)."""

from __future__ import annotations

import math

import numpy as np
import shapely

from baiyun_gis.model.columns import F64
from baiyun_gis.model.tables import BuildingTable, PipeTable

_FURTHEST_M = 12.0
_WORKING_SPACE_M, _SLOPE_DEG, _MARGIN_M = 0.3, 30.0, 0.5


def deep_enough(buildings: BuildingTable, pipes: PipeTable) -> BuildingTable:
    """The buildings with foundations lowered where a deep line passes; whole decimetres.

    A foundation's underside lies no further above a line's than the slope from the trench allows,
    half a metre of distance to spare.
    """
    underside = _underside(pipes)
    level = buildings.ground_m - buildings.foundation_depth_m
    deep = np.flatnonzero(underside < np.nanmax(level, initial=-np.inf))
    first, last = pipes.offsets[:-1][deep], pipes.offsets[1:][deep] - 1
    ends = np.stack([pipes.xy[first], pipes.xy[last]], axis=1)
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    tree = shapely.STRtree(buildings.geometry)
    line, house = tree.query(lines, predicate="dwithin", distance=_FURTHEST_M)
    apart = shapely.distance(lines[line], buildings.geometry[house])
    apart = apart - np.nan_to_num(pipes.outer_width_m[deep[line]], nan=0.0) / 2
    room = np.maximum(apart - _WORKING_SPACE_M - _MARGIN_M, 0.0) * math.tan(
        math.radians(_SLOPE_DEG)
    )
    needed = buildings.ground_m[house] - underside[deep[line]] - room
    depth = buildings.foundation_depth_m.copy()
    np.fmax.at(depth, house, np.ceil(needed * 10) / 10)
    return buildings.with_columns(foundation_depth_m=depth)


def _underside(pipes: PipeTable) -> F64:
    """Level of the deeper end of every pipe's underside; NaN unknown."""
    level = np.fmin(pipes.axis_level[pipes.offsets[:-1]], pipes.axis_level[pipes.offsets[1:] - 1])
    return level - np.nan_to_num(pipes.outer_height_m, nan=0.0) / 2
