"""From map to picture: an extent in metres onto pixels, y turned over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Extent = tuple[float, float, float, float]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """An extent (x0, y0, x1, y1, in the primitives' coordinates) on a picture of some size."""

    extent: Extent
    width_px: int
    height_px: int
    ratio: float = 1.0
    """Device pixels a logical pixel; sizes above are logical."""

    @property
    def metres_per_px(self) -> float:
        return float(self.extent[2] - self.extent[0]) / max(self.width_px, 1)

    def to_px(self, xy: NDArray[np.floating]) -> F64:
        """Pixel places of map places, shape (n, 2)."""
        x0, y0, x1, y1 = self.extent
        out = np.empty((len(xy), 2))
        out[:, 0] = (xy[:, 0].astype(np.float64) - x0) * (self.width_px / (x1 - x0))
        out[:, 1] = (y1 - xy[:, 1].astype(np.float64)) * (self.height_px / (y1 - y0))
        return out


def fitted(extent: Extent, width_px: int, height_px: int, *, margin: float = 0.04) -> Extent:
    """The extent grown so that it has the picture's proportions and a margin around."""
    x0, y0, x1, y1 = extent
    width, height = max(x1 - x0, 1.0), max(y1 - y0, 1.0)
    scale = max(width / max(width_px, 1), height / max(height_px, 1)) * (1 + 2 * margin)
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    half_w, half_h = scale * width_px / 2, scale * height_px / 2
    return (cx - half_w, cy - half_h, cx + half_w, cy + half_h)
