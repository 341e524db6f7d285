"""The ground of the synthetic district and its rasters: valleys, ridges, park hills, epochs.

Levels fall from ridges to valleys along both street directions, linearly between streets, so
that sewers can follow the ground; hills stand inside parks, away from every line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.model.columns import F32, F64, I64
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.streets import StreetPlan, Streets

VALLEY_LEVEL_M = 11.5
_HILL_REACH = (0.24, 0.18)
"""Half axes of a park hill as shares of its block."""


@dataclass(frozen=True, slots=True)
class Frame:
    """From the district's own frame (u, v) to the project CRS (x east, y north) and back."""

    angle_rad: float
    east_m: float
    north_m: float

    def to_project(self, uv: F64) -> F64:
        """Project coordinates rounded to the millimetre, shape (n, 2)."""
        c, s = np.cos(self.angle_rad), np.sin(self.angle_rad)
        x = self.east_m + c * uv[:, 0] - s * uv[:, 1]
        y = self.north_m + s * uv[:, 0] + c * uv[:, 1]
        return np.round(np.column_stack((x, y)).astype(np.float64), 3)

    def to_local(self, xy: F64) -> F64:
        """District coordinates of project coordinates, shape (n, 2)."""
        c, s = np.cos(self.angle_rad), np.sin(self.angle_rad)
        dx, dy = xy[:, 0] - self.east_m, xy[:, 1] - self.north_m
        return np.column_stack((c * dx + s * dy, -s * dx + c * dy))


@dataclass(frozen=True, slots=True)
class Grid:
    """A north-up raster: `values` (rows, columns) from the top, cell centres half a cell in."""

    values: F32
    west_m: float
    north_m: float
    cell_m: float

    def cell_centres(self) -> F64:
        """Project coordinates of all cells, row by row, shape (rows * columns, 2)."""
        rows, columns = self.values.shape
        x = self.west_m + self.cell_m * (np.arange(columns) + 0.5)
        y = self.north_m - self.cell_m * (np.arange(rows) + 0.5)
        return np.column_stack((np.tile(x, rows), np.repeat(y, columns)))


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground level as a function of place."""

    plan: StreetPlan
    along_u: F64
    along_v: F64
    hill_m: F64

    def level(self, uv: F64) -> F64:
        """Ground level in metres at district coordinates, shape (n,)."""
        a = _street_coordinate(self.plan.ns, uv[:, 0], uv[:, 1])
        b = _street_coordinate(self.plan.ew, uv[:, 1], uv[:, 0])
        level = np.interp(a, np.arange(len(self.along_u)), self.along_u)
        level += np.interp(b, np.arange(len(self.along_v)), self.along_v)
        level += 0.015 * (np.sin(uv[:, 0] / 71.0) + np.cos(uv[:, 1] / 83.0))
        return VALLEY_LEVEL_M + level + self._hills(a, b)

    def _hills(self, a: F64, b: F64) -> F64:
        columns, rows = self.hill_m.shape
        i = np.clip(a.astype(np.int64), 0, columns - 1)
        j = np.clip(b.astype(np.int64), 0, rows - 1)
        p = ((a - i - 0.5) / _HILL_REACH[0]) ** 2 + ((b - j - 0.5) / _HILL_REACH[1]) ** 2
        return self.hill_m[i, j] * np.maximum(1.0 - p, 0.0) ** 2


def shape_ground(plan: StreetPlan, chance: Chance) -> Ground:
    """Ground that falls to the valley streets of the plan."""
    height = 4.0 + 5.0 * chance.uniform("hills", plan.is_park.shape)
    return Ground(
        plan=plan,
        along_u=_fall(plan.ns),
        along_v=_fall(plan.ew),
        hill_m=np.where(plan.is_park, height, 0.0),
    )


def terrain_grid(ground: Ground, frame: Frame, *, cell_m: float, margin_m: float = 60.0) -> Grid:
    """The terrain over the whole district, float32 metres."""
    half_u = float(ground.plan.ns.position_m[-1]) + margin_m
    half_v = float(ground.plan.ew.position_m[-1]) + margin_m
    corners = np.array([[-half_u, -half_v], [half_u, -half_v], [half_u, half_v], [-half_u, half_v]])
    outline = frame.to_project(corners)
    west, south = np.floor(outline.min(axis=0) / cell_m) * cell_m
    east, north = np.ceil(outline.max(axis=0) / cell_m) * cell_m
    shape = (round((north - south) / cell_m), round((east - west) / cell_m))
    values = np.empty(shape, dtype=np.float32)
    x = west + cell_m * (np.arange(shape[1]) + 0.5)
    for row in range(shape[0]):  # a row of cells at a time, to hold little in memory
        y = np.full(shape[1], north - cell_m * (row + 0.5))
        values[row] = ground.level(frame.to_local(np.column_stack((x, y))))
    return Grid(values=values, west_m=float(west), north_m=float(north), cell_m=cell_m)


def with_roofs(terrain: Grid, footprints: NDArray[np.object_], roof_m: F64, noise: F64) -> Grid:
    """A surface model: terrain plus noise, with roofs (levels in metres) burnt in."""
    from rasterio import Affine
    from rasterio.features import rasterize

    values = terrain.values + noise.astype(np.float32)
    if len(footprints):
        transform = Affine(
            terrain.cell_m, 0.0, terrain.west_m, 0.0, -terrain.cell_m, terrain.north_m
        )
        roofs = rasterize(
            zip(footprints, roof_m.astype(np.float32), strict=True),
            out_shape=terrain.values.shape,
            transform=transform,
            fill=np.nan,  # pyright: ignore[reportArgumentType] — any number will do
            dtype="float32",
        )
        assert roofs is not None
        values = np.where(np.isnan(roofs), values, roofs + 0.3 * noise.astype(np.float32))
    return Grid(values, terrain.west_m, terrain.north_m, terrain.cell_m)


def _fall(streets: Streets) -> F64:
    """Level of each street above the valleys, from the slopes of the blocks between."""
    near, far = streets.valley_distance[:-1], streets.valley_distance[1:]
    sign = np.where(far > near, 1.0, -1.0)
    step = sign * streets.slope_to_next[:-1] * np.diff(streets.position_m)
    level = np.concatenate([[0.0], np.cumsum(step)])
    return level - level.min()


def _street_coordinate(streets: Streets, across: F64, along: F64) -> F64:
    """Position across the streets, counted in streets: 2.25 is a quarter past the third."""
    position, tilt = streets.position_m, streets.tilt
    first: I64 = np.clip(np.searchsorted(position, across) - 1, 0, len(position) - 2)
    first -= (across < position[first] + tilt[first] * along) & (first > 0)
    later = np.minimum(first + 1, len(position) - 2)
    first = np.where(across >= position[first + 1] + tilt[first + 1] * along, later, first)
    low = position[first] + tilt[first] * along
    high = position[first + 1] + tilt[first + 1] * along
    return first + np.clip((across - low) / (high - low), 0.0, 1.0)
