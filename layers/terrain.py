"""Terrain: a shaded relief on the map, a mesh one can see through in the scene."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import ProjectState
from layers import style
from layers.geometry import full_extent, local
from layers.primitives import U8, LegendItem, MeshBatch, Primitive, RasterBatch
from layers.raster import Extent, local_extent, rasters_of, window
from layers.request import DrawRequest

EXAGGERATION = 6.0
MESH_SIDE = 240
"""Most points along a side of the scene's mesh."""


class TerrainLayer:
    id = "terrain"
    theme_group = "base"

    @property
    def title(self) -> Message:
        return msg("Terrain")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return len(rasters_of(state, RasterKind.TERRAIN))

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        return ()

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        drawn: list[Primitive] = []
        for source in rasters_of(state, RasterKind.TERRAIN):
            wish = request if request.dimension == 2 else _coarse(state, request)
            seen = window(state, source, wish)
            if seen is None:
                continue
            levels, extent = _metres(seen[0][0]), seen[1]
            if request.dimension == 3:
                drawn.extend(_mesh(levels, extent, request))
            else:
                shade = relief(levels, request.metres_per_px, theme=request.theme)
                drawn.append(RasterBatch(self.id, shade, local_extent(extent, request)))
        return tuple(drawn)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        if not self.count(state, report):
            return ()
        color = style.named_color("terrain", request.theme)
        return (LegendItem(self.title.text(request.lang), "raster", color),)


def relief(levels: NDArray[np.float32], cell_m: float, *, theme: style.Theme) -> U8:
    """Light from the north-west on levels (h, w) as RGBA to lay over what is below.

    Slopes in the light are white, those in the shade black, flat ground is not tinted at all;
    transparent where no level is known.
    """
    known = ~np.isnan(levels)
    shown = np.zeros((*levels.shape, 4), dtype=np.uint8)
    if min(levels.shape) < 2 or not known.any():
        return shown
    filled = np.where(known, levels, np.nanmean(levels)).astype(np.float64)
    down, right = np.gradient(filled, cell_m)
    # exaggerated, because streets are nearly flat
    slope = EXAGGERATION * (down - right) / np.sqrt(2.0)
    light = slope / np.sqrt(1.0 + slope * slope)
    strength = np.where(light > 0, 70.0, 105.0) * (1.0 if theme == "light" else 0.8)
    shown[..., :3] = np.where(light > 0, 255, 0)[..., None]
    shown[..., 3] = np.where(known, np.abs(light) * strength, 0.0)
    return shown


def _coarse(state: ProjectState, request: DrawRequest) -> DrawRequest:
    """The request at a resolution that keeps the mesh small."""

    extent = request.extent or full_extent(state)
    if extent is None:
        return request
    margin = 0.05 * max(extent[2] - extent[0], extent[3] - extent[1])
    wide = (extent[0] - margin, extent[1] - margin, extent[2] + margin, extent[3] + margin)
    side = max(wide[2] - wide[0], wide[3] - wide[1])
    return replace(request, extent=wide, metres_per_px=side / MESH_SIDE)


def _metres(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(levels <= -9000, np.nan, levels).astype(np.float32)


def _mesh(
    levels: NDArray[np.float32], extent: Extent, request: DrawRequest
) -> tuple[MeshBatch, ...]:
    """Two triangles a cell where all four corners have a level."""
    rows, columns = levels.shape
    if rows < 2 or columns < 2:
        return ()
    x0, y0, x1, y1 = extent
    step_x, step_y = (x1 - x0) / columns, (y1 - y0) / rows
    x, y = np.meshgrid(
        x0 + step_x * (np.arange(columns) + 0.5), y1 - step_y * (np.arange(rows) + 0.5)
    )
    known = ~np.isnan(levels)
    whole = known[:-1, :-1] & known[1:, :-1] & known[:-1, 1:] & known[1:, 1:]
    corner = np.flatnonzero(whole.ravel())
    corner = (corner // (columns - 1)) * columns + corner % (columns - 1)
    if not len(corner):
        return ()
    upper = np.stack([corner, corner + columns, corner + 1], axis=1)
    lower = np.stack([corner + 1, corner + columns, corner + columns + 1], axis=1)
    triangles = np.concatenate([upper, lower]).astype(np.int32)
    z = np.where(known, levels, np.float32(np.nanmean(levels)))
    xyz = np.column_stack([x.ravel(), y.ravel(), z.ravel().astype(np.float64)])
    color = style.repeated(style.named_color("terrain", request.theme), 1)
    return (MeshBatch("terrain", local(xyz, request), triangles, color),)


LAYER = TerrainLayer()
