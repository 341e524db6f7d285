"""An import's tables in another coordinate reference system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from baiyun_gis.crs.systems import is_same
from baiyun_gis.crs.transforms import transform
from baiyun_gis.io.imported import Imported
from baiyun_gis.model.columns import F64, Geom


def reprojected(part: Imported, target: str) -> Imported:
    """The same features in `target`; rasters keep their own CRS.

    Raises `CrsError` when no operation of known accuracy joins the two systems.
    """
    if not part.crs or not target or is_same(part.crs, target):
        return part

    def turned(xy: F64) -> F64:
        return transform(xy, part.crs, target)

    return with_places(part, turned, target)


def with_places(part: Imported, turned: Callable[[F64], F64], crs: str) -> Imported:
    """The same features with every place (n, 2) put through `turned`, now in `crs`."""
    return replace(
        part,
        crs=crs,
        pipes=part.pipes.with_columns(xy=turned(part.pipes.xy)),
        nodes=part.nodes.with_columns(xy=turned(part.nodes.xy)),
        buildings=part.buildings.with_columns(
            geometry=_shapes(part.buildings.geometry, turned),
            foundation=_shapes(part.buildings.foundation, turned),
        ),
        permits=part.permits.with_columns(geometry=_shapes(part.permits.geometry, turned)),
        structures=part.structures.with_columns(geometry=_shapes(part.structures.geometry, turned)),
    )


def _shapes(shapes: Geom, turned: Callable[[F64], F64]) -> Geom:
    import shapely

    if not len(shapes):
        return shapes
    moved = shapely.transform(np.array(shapes, dtype=object), turned)
    return np.asarray(moved, dtype=object)
