"""What a layer hands to whoever draws: frozen arrays and style, no toolkit.

Coordinates are float32 after the request's origin is taken off (x, y in 2D; x, y, z in 3D,
metres). Colours are uint8 RGBA, shape (n, 4). `feature` is the row in the layer's table, so a
pick leads back to the feature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class LineBatch:
    """Polylines: line `i` owns vertices `offsets[i]:offsets[i + 1]`."""

    layer: str
    xyz: F32
    """(v, 2) in 2D, (v, 3) in 3D."""
    offsets: I64
    feature: I32
    color: U8
    width_px: F32
    is_dashed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PointBatch:
    """Points with a symbol each: circle, square, diamond, triangle, cross, ring."""

    layer: str
    xyz: F32
    feature: I32
    color: U8
    size_px: F32
    symbol: NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class PolygonBatch:
    """Polygons with holes; in 3D each is extruded from `base_m` to `top_m`.

    Ring `r` owns vertices `ring_offsets[r]:ring_offsets[r + 1]`; polygon `i` owns rings
    `polygon_offsets[i]:polygon_offsets[i + 1]`, the first of them the outline. Multi-part
    features give several polygons with the same `feature`.
    """

    layer: str
    xy: F32
    ring_offsets: I64
    polygon_offsets: I64
    feature: I32
    fill: U8
    stroke: U8
    stroke_px: F32
    is_dashed: NDArray[np.bool_]
    base_m: F32 | None = None
    top_m: F32 | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TubeBatch:
    """Pipe bodies: sections swept along axes, metres; 3D only.

    `is_rectangle` bodies are upright; circles use `half_width_m` as radius. `is_assumed` bodies
    (level assumed) are drawn dashed.
    """

    layer: str
    xyz: F32
    offsets: I64
    feature: I32
    half_width_m: F32
    half_height_m: F32
    is_rectangle: NDArray[np.bool_]
    is_assumed: NDArray[np.bool_]
    color: U8


@dataclass(frozen=True, slots=True, eq=False)
class MeshBatch:
    """Triangles; `feature` is one value a triangle or None. Terrain may carry a texture."""

    layer: str
    xyz: F32
    triangles: I32
    color: U8
    """(1, 4) for the whole mesh or one a triangle."""
    feature: I32 | None = None
    texture: U8 | None = None
    """RGBA picture (h, w, 4) laid over the mesh by `texture_uv` (v, 2)."""
    texture_uv: F32 | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RasterBatch:
    """A picture on the map: RGBA (h, w, 4), north up, within x0, y0, x1, y1 (origin off)."""

    layer: str
    rgba: U8
    extent: tuple[float, float, float, float]
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class LabelBatch:
    """Texts at places; the view drops those that collide, highest `priority` first."""

    layer: str
    xyz: F32
    text: NDArray[np.object_]
    color: U8
    size_px: F32
    angle_deg: F32
    priority: F32
    feature: I32


Primitive = LineBatch | PointBatch | PolygonBatch | TubeBatch | MeshBatch | RasterBatch | LabelBatch


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One line of a legend: `symbol` is line, dashed, point, fill, raster."""

    label: str
    symbol: str
    color: tuple[int, int, int, int]
    count: int | None = None
    detail: Any = None
