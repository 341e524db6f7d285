"""Local grids: city and site systems tied to a known one by four or seven parameters.

The parameters are the user's (they are under control in China); they come from a TOML file:

    target = "EPSG:4547"          # what the parameters lead to
    method = "four_parameter"     # x' = dx + k (x cos a − y sin a), y' = dy + k (x sin a + y cos a)
    dx_m = 361234.5               # east
    dy_m = 2501234.5              # north
    rotation_arcsec = 12.3        # counter-clockwise
    scale_ppm = 4.5               # k = 1 + scale_ppm · 1e-6

    method = "seven_parameter"    # Bursa–Wolf, position vector rotations (EPSG method 9606)
    source = "EPSG:2383"          # the grid's own projection
    tx_m, ty_m, tz_m, rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from baiyun_gis.crs.systems import horizontal
from baiyun_gis.errors import CrsError
from baiyun_gis.model.columns import F64

_ARCSEC = math.pi / 180 / 3600


@dataclass(frozen=True, slots=True)
class FourParameters:
    """A plane similarity from local east and north to `target`; small areas only."""

    target: str
    dx_m: float
    dy_m: float
    rotation_arcsec: float = 0.0
    scale_ppm: float = 0.0

    def applied(self, xy: F64) -> F64:
        """Points (n, 2) of the local grid in `target`."""
        k, a = 1 + self.scale_ppm * 1e-6, self.rotation_arcsec * _ARCSEC
        cos, sin = k * math.cos(a), k * math.sin(a)
        x, y = xy[:, 0], xy[:, 1]
        return np.column_stack([self.dx_m + cos * x - sin * y, self.dy_m + sin * x + cos * y])

    def undone(self, xy: F64) -> F64:
        """Points (n, 2) of `target` in the local grid."""
        k, a = 1 + self.scale_ppm * 1e-6, self.rotation_arcsec * _ARCSEC
        x, y = xy[:, 0] - self.dx_m, xy[:, 1] - self.dy_m
        cos, sin = math.cos(a) / k, math.sin(a) / k
        return np.column_stack([cos * x + sin * y, -sin * x + cos * y])


@dataclass(frozen=True, slots=True)
class SevenParameters:
    """Bursa–Wolf (position vector) from the datum of `source` to that of `target`."""

    source: str
    target: str
    tx_m: float
    ty_m: float
    tz_m: float
    rx_arcsec: float = 0.0
    ry_arcsec: float = 0.0
    rz_arcsec: float = 0.0
    scale_ppm: float = 0.0

    def applied(self, xy: F64) -> F64:
        """Points (n, 2) of the source grid in `target`, ellipsoid height 0."""
        from pyproj import Transformer

        a, b = horizontal(self.source), horizontal(self.target)
        lon, lat = Transformer.from_crs(a, a.geodetic_crs, always_xy=True).transform(
            xy[:, 0], xy[:, 1]
        )
        steps = [
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad",
            f"+step +proj=cart {_ellipsoid(a)}",
            "+step +proj=helmert +convention=position_vector",
            f"+x={self.tx_m} +y={self.ty_m} +z={self.tz_m}",
            f"+rx={self.rx_arcsec} +ry={self.ry_arcsec} +rz={self.rz_arcsec} +s={self.scale_ppm}",
            f"+step +inv +proj=cart {_ellipsoid(b)}",
            "+step +proj=unitconvert +xy_in=rad +xy_out=deg",
        ]
        shift = Transformer.from_pipeline(" ".join(steps))
        lon, lat, _ = shift.transform(lon, lat, np.zeros(len(xy)))
        x, y = Transformer.from_crs(b.geodetic_crs, b, always_xy=True).transform(lon, lat)
        return np.column_stack([x, y])


LocalGrid = FourParameters | SevenParameters


def load_local_grid(path: Path) -> LocalGrid:
    """A local grid from its TOML file; raises `CrsError` that says what is missing."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CrsError(
            "{path}: not a readable local grid file ({error})", path=path.name, error=str(error)
        ) from None
    method = data.pop("method", "")
    kinds = {"four_parameter": FourParameters, "seven_parameter": SevenParameters}
    if method not in kinds:
        raise CrsError(
            "{path}: 'method' must be four_parameter or seven_parameter, not {method}",
            path=path.name,
            method=repr(method),
        )
    try:
        return kinds[method](**data)
    except TypeError as error:
        raise CrsError(
            "{path}: the parameters do not fit the method: {error}",
            path=path.name,
            error=str(error).partition("()")[2].strip() or str(error),
        ) from None


def fitted(local: F64, target: F64, *, crs: str) -> tuple[FourParameters, F64]:
    """Least-squares four parameters from common points (n ≥ 2) and the residuals (n, 2), metres."""
    if len(local) < 2 or len(local) != len(target):
        raise CrsError("Four parameters need at least two common points")
    a, b = local - local.mean(axis=0), target - target.mean(axis=0)
    size = float((a**2).sum())
    if size <= 0:
        raise CrsError("Four parameters need at least two common points")
    cos = float((a * b).sum()) / size
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / size
    k = math.hypot(cos, sin)
    centre_local, centre = local.mean(axis=0), target.mean(axis=0)
    grid = FourParameters(
        target=crs,
        dx_m=float(centre[0] - cos * centre_local[0] + sin * centre_local[1]),
        dy_m=float(centre[1] - sin * centre_local[0] - cos * centre_local[1]),
        rotation_arcsec=math.atan2(sin, cos) / _ARCSEC,
        scale_ppm=(k - 1) * 1e6,
    )
    return grid, grid.applied(local) - target


def _ellipsoid(system: object) -> str:
    shape = horizontal_ellipsoid(system)
    return f"+a={shape[0]} +rf={shape[1]}"


def horizontal_ellipsoid(system: object) -> tuple[float, float]:
    """Semi-major axis in metres and inverse flattening of a pyproj system."""
    ellipsoid = getattr(system, "ellipsoid", None)
    assert ellipsoid is not None
    return float(ellipsoid.semi_major_metre), float(ellipsoid.inverse_flattening)
