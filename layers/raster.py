"""Imagery: the pixels of the extent, no finer than the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.errors import InputError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import ProjectState, RasterSource
from layers.primitives import U8, LegendItem, Primitive, RasterBatch
from layers.request import DrawRequest

MOST_PIXELS = 2400
Extent = tuple[float, float, float, float]


class ImageryLayer:
    """Aerial pictures; with several epochs the latest not after the shown date."""

    id = "imagery"
    theme_group = "base"
    default_opacity = 0.6

    @property
    def title(self) -> Message:
        return msg("Imagery")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return len(rasters_of(state, RasterKind.IMAGERY))

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        return ()

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        if request.dimension == 3:
            return ()
        drawn: list[Primitive] = []
        for source in at_date(rasters_of(state, RasterKind.IMAGERY), request.as_of):
            seen = window(state, source, request)
            if seen is None:
                continue
            pixels, extent = seen
            place = local_extent(extent, request)
            # bright pictures would drown the lines on a dark map
            strength = 0.5 if request.theme == "dark" else 0.9
            drawn.append(RasterBatch(self.id, picture(pixels), place, strength))
        return tuple(drawn)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        return ()


def rasters_of(state: ProjectState, kind: RasterKind) -> tuple[RasterSource, ...]:
    """The project's rasters of one kind, in order."""
    return tuple(r for r in state.rasters if r.kind is kind)


def at_date(sources: tuple[RasterSource, ...], as_of: np.datetime64) -> tuple[RasterSource, ...]:
    """Rasters that may be shown on a day: undated ones, and none from after it."""
    if np.isnat(as_of):
        return sources
    return tuple(s for s in sources if np.isnat(s.epoch) or s.epoch <= as_of)


def window(
    state: ProjectState, source: RasterSource, request: DrawRequest
) -> tuple[NDArray[np.float32], Extent] | None:
    """Bands of the part of a raster that is seen, and its extent; None where nothing is.

    A raster whose file is gone or damaged draws nothing; `info` and the import say why.
    """
    from baiyun_gis.io.raster_files import extent_of, read_window

    try:
        extent = overlap(extent_of(source, state.meta.crs, state.meta.path), request.extent)
        if extent is None:
            return None
        size = [extent[2] - extent[0], extent[3] - extent[1]]
        shape = [int(np.clip(round(s / request.metres_per_px), 1, MOST_PIXELS)) for s in size]
        pixels = read_window(
            source,
            extent=extent,
            shape=(shape[1], shape[0]),
            crs=state.meta.crs,
            project=state.meta.path,
        )
    except InputError:
        return None
    return pixels, extent


def overlap(whole: Extent, wanted: Extent | None) -> Extent | None:
    """What two extents share; None where they do not meet."""
    if wanted is None:
        return whole
    x0, y0 = max(whole[0], wanted[0]), max(whole[1], wanted[1])
    x1, y1 = min(whole[2], wanted[2]), min(whole[3], wanted[3])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def picture(pixels: NDArray[np.float32]) -> U8:
    """Bands (bands, h, w) as RGBA bytes; more than eight bits are stretched over their range."""
    bands = pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0)
    known = ~np.isnan(bands).any(axis=0)
    shown = np.zeros((*bands.shape[1:], 4), dtype=np.uint8)
    if known.any():
        values = bands[:, known]
        if values.max() > 255 or (values.max() <= 1.0 and values.min() >= 0.0):
            low, high = np.percentile(values, [2, 98])
            values = (values - low) * (255.0 / max(float(high - low), 1e-6))
        shown[known, :3] = np.clip(values, 0, 255).T.astype(np.uint8)
        shown[known, 3] = 255
    return shown


def local_extent(extent: Extent, request: DrawRequest) -> Extent:
    """An extent with the request's origin taken off."""
    x, y = request.origin[0], request.origin[1]
    return (extent[0] - x, extent[1] - y, extent[2] - x, extent[3] - y)


LAYER = ImageryLayer()
