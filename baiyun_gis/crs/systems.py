"""Reference systems: what they are, how far they reach, and China's Gauss–Krüger zones.

PROJ never goes to the network. Coordinates are always in the order east, north (x, y) inside,
whatever order the authority's definition gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from baiyun_gis.errors import CrsError
from baiyun_gis.model.columns import F64, Bool

LOCAL = "local"
"""What a user says when the coordinates are in no known reference system, on purpose."""
MARGIN_DEG = 0.5
_WORLD_MAPS = ("Pseudo Mercator", "Mercator (variant", "Equidistant Cylindrical", "Equal Earth")
"""Projection methods whose lengths are true along a line at most (Transverse ones not meant)."""


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """What a person wants to know of a reference system."""

    code: str
    name: str
    is_geographic: bool
    axis_order: str
    unit: str
    area: str
    bounds_deg: tuple[float, float, float, float]
    """West, south, east, north of the area of use."""


@cache
def parse(text: str) -> Any:
    """The pyproj CRS of an authority code or WKT; raises `CrsError` when there is none."""
    import pyproj
    from pyproj import network
    from pyproj.exceptions import CRSError

    network.set_network_enabled(active=False)  # pyright: ignore[reportPrivateImportUsage]
    try:
        return pyproj.CRS.from_user_input(text)
    except CRSError:
        raise CrsError(
            "{text} is not a known reference system; give an authority code such as EPSG:4547",
            text=text[:60],
        ) from None


def code_of(crs: str) -> str:
    """The shortest text for a system: its EPSG code where it surely has one, else as given."""
    found = parse(crs).to_epsg(min_confidence=90)
    return crs if found is None else f"EPSG:{found}"


def describe(crs: str) -> SystemInfo:
    """Name, axis order, unit and area of use of a system."""
    system = parse(crs)
    area = system.area_of_use
    directions = ", ".join(axis.direction for axis in system.axis_info[:2])
    return SystemInfo(
        code=code_of(crs),
        name=system.name,
        is_geographic=bool(system.is_geographic),
        axis_order=directions,
        unit=system.axis_info[0].unit_name if system.axis_info else "",
        area=area.name if area else "",
        bounds_deg=_bounds(system),
    )


def is_geographic(crs: str) -> bool:
    """Coordinates are degrees."""
    return bool(parse(crs).is_geographic)


def is_same(a: str, b: str) -> bool:
    """Both texts mean the same horizontal system (axis order and heights aside)."""
    if a == b:
        return True
    return bool(horizontal(a).equals(horizontal(b), ignore_axis_order=True))


def is_compound(crs: str) -> bool:
    """The system has a height part as well."""
    return bool(parse(crs).is_compound)


def horizontal(crs: str) -> Any:
    """The two-dimensional part of a system."""
    system = parse(crs)
    if system.is_compound:
        return system.sub_crs_list[0]
    return system.to_2d() if len(system.axis_info) == 3 else system


def metres_per_unit(crs: str) -> float:
    """Length of one map unit in metres; 1 for degrees."""
    system = horizontal(crs)
    if system.is_geographic or not system.axis_info:
        return 1.0
    return float(system.axis_info[0].unit_conversion_factor)


def measures_in_metres(crs: str) -> bool:
    """Coordinates of the system are metres on the ground: neither degrees nor feet, nor a map of
    the world such as Web Mercator, whose metres are 1.3 times too long at 40° of latitude."""
    system = horizontal(crs)
    if system.is_geographic or abs(metres_per_unit(crs) - 1.0) > 1e-9:
        return False
    operation = system.coordinate_operation
    method = operation.method_name if operation is not None else ""
    return not any(name in method for name in _WORLD_MAPS)


def within_area(crs: str, xy: F64, *, margin_deg: float = MARGIN_DEG) -> Bool:
    """Which points (n, 2), east and north in `crs`, lie in its area of use or close to it."""
    from pyproj import Transformer

    if not len(xy):
        return np.zeros(0, dtype=bool)
    system = horizontal(crs)
    west, south, east, north = _bounds(system)
    if system.is_geographic:
        lon, lat = xy[:, 0], xy[:, 1]
    else:
        geodetic = system.geodetic_crs
        to_degrees = Transformer.from_crs(system, geodetic, always_xy=True)
        lon, lat = (np.asarray(v) for v in to_degrees.transform(xy[:, 0], xy[:, 1]))
    inside = (lat >= south - margin_deg) & (lat <= north + margin_deg) & np.isfinite(lon)
    if east < west:  # an area across the date line
        return inside & ((lon >= west - margin_deg) | (lon <= east + margin_deg))
    return inside & (lon >= west - margin_deg) & (lon <= east + margin_deg)


def _bounds(system: Any) -> tuple[float, float, float, float]:
    area = system.area_of_use
    if area is None:
        return (-180.0, -90.0, 180.0, 90.0)
    return (area.west, area.south, area.east, area.north)


def zone_system(zone: int) -> str:
    """The CGCS2000 system whose false easting carries this zone number; "" when there is none.

    Zones 13–23 are of 6 degrees (EPSG:4491–4501), 25–45 of 3 degrees (EPSG:4513–4533); a
    prefix 24 belongs to neither within the area of use.
    """
    if 25 <= zone <= 45:
        return f"EPSG:{4488 + zone}"
    return f"EPSG:{4478 + zone}" if 13 <= zone <= 23 else ""


def false_easting_m(crs: str) -> float:
    """The false easting of a projected system, metres; 0 where it has none."""
    operation = horizontal(crs).coordinate_operation
    if operation is None:
        return 0.0
    return next((float(p.value) for p in operation.params if p.name == "False easting"), 0.0)


def zone_of(crs: str) -> int:
    """The zone number in the false easting (38 of EPSG:4526), 0 for systems without one."""
    easting = false_easting_m(crs)
    zone = int(easting // 1_000_000)
    return zone if 13 <= zone <= 45 and round(easting - zone * 1e6) == 500_000 else 0


def central_meridian_deg(crs: str) -> float:
    """The central meridian of a transverse Mercator system, NaN for others."""
    operation = horizontal(crs).coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return float("nan")
    names = {"Longitude of natural origin"}
    return next((float(p.value) for p in operation.params if p.name in names), float("nan"))


def unprefixed_zone_systems() -> tuple[str, ...]:
    """CGCS2000 3-degree systems without zone prefix (EPSG:4534–4554, meridians 75–135)."""
    return tuple(f"EPSG:{code}" for code in range(4534, 4555))


def metric_system_for(crs: str, lon: float, lat: float) -> str:
    """A system in metres for a place given in degrees, on the datum of `crs` where there is one.

    In China the CGCS2000 3-degree zone, elsewhere UTM.
    """
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_utm_crs_info

    datum = str(parse(crs).geodetic_crs.datum.name)
    west, south, east, north = describe("EPSG:4490").bounds_deg
    if "China" in datum or (
        west <= lon <= east and south <= lat <= north and datum.startswith("World")
    ):
        zone = min(max(round(lon / 3), 25), 45)
        return f"EPSG:{4509 + zone}"
    place = AreaOfInterest(lon, lat, lon, lat)
    names = (parse(crs).geodetic_crs.name, datum, "WGS 84")
    for name in names:
        found = query_utm_crs_info(datum_name=name.replace(" ", ""), area_of_interest=place)
        found = found or query_utm_crs_info(datum_name=name, area_of_interest=place)
        if found:
            return f"{found[0].auth_name}:{found[0].code}"
    zone = int((lon + 180) // 6) + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
