"""Polygons of a geometry column as a batch: culled, with fill, stroke and, in 3D, heights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, Bool, Geom
from layers.geometry import in_extent, local, rings_of
from layers.primitives import U8, PolygonBatch
from layers.request import DrawRequest

SPECK_PX = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class OutlineStyle:
    """How polygons look: colours one a table row, shape (rows, 4), stroke in pixels."""

    fill: U8
    stroke: U8
    stroke_px: float = 1.0
    is_dashed: bool = False


def polygon_batch(
    layer: str,
    geometry: Geom,
    keep: Bool,
    look: OutlineStyle,
    request: DrawRequest,
    *,
    base_m: F64 | None = None,
    top_m: F64 | None = None,
) -> PolygonBatch | None:
    """The kept rows' polygons within the extent, specks dropped; None where nothing is left.

    `base_m` and `top_m` are absolute levels, one a table row.
    """
    rings = rings_of(geometry)
    wanted = keep[rings.feature] & in_extent(rings.boxes, request)
    if request.dimension == 2:
        size = np.maximum(
            rings.boxes[:, 2] - rings.boxes[:, 0], rings.boxes[:, 3] - rings.boxes[:, 1]
        )
        wanted &= size > SPECK_PX * request.metres_per_px
    index = np.flatnonzero(wanted)
    if not len(index):
        return None
    part = rings.take(index)
    rows = part.feature
    z = request.origin[2]
    return PolygonBatch(
        layer,
        local(part.xy, request),
        part.ring_offsets,
        part.polygon_offsets,
        rows.astype(np.int32),
        look.fill[rows],
        look.stroke[rows],
        np.full(len(rows), look.stroke_px, dtype=np.float32),
        np.full(len(rows), look.is_dashed, dtype=np.bool_),
        None if base_m is None else (base_m[rows] - z).astype(np.float32),
        None if top_m is None else (top_m[rows] - z).astype(np.float32),
    )
