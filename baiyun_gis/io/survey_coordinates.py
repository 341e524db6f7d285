"""Which column is east, which is north, in which system: surveyors' X is north, Y is east.

Decided by the names where they say it, by zone prefix and size, and by the area of use of the
system that the user or the project names. Nothing is guessed where several answers fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from baiyun_gis.crs.systems import (
    LOCAL,
    MARGIN_DEG,
    central_meridian_deg,
    code_of,
    describe,
    is_geographic,
    unprefixed_zone_systems,
    within_area,
    zone_of,
    zone_system,
)
from baiyun_gis.crs.transforms import transform
from baiyun_gis.errors import CrsError
from baiyun_gis.io.imported import Inference, Question
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, Bool

FAR_M = 100_000.0
"""A point farther than this from the middle of its table is no part of the survey."""
_NEIGHBOUR_DEG = 3.5
_CHINA_LON, _CHINA_LAT = (73.0, 136.0), (3.0, 54.0)


class Pair(NamedTuple):
    """Two coordinate columns as named; roles are x/y, north/east or lon/lat."""

    first: F64
    second: F64
    roles: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """Points (n, 2) east and north, their system ("" unknown), and rows that are elsewhere."""

    xy: F64
    crs: str
    astray: Bool
    inferred: tuple[Inference, ...] = ()
    asked: tuple[Question, ...] = ()


def place(pair: Pair, *, crs: str, project_crs: str, surveyors_axes: bool) -> Placed:
    """Points from two columns. `crs` is what the user says, `project_crs` what the project has.

    `surveyors_axes`: the table looks like a Chinese survey, so an X that nothing else explains is
    north. Raises `CrsError` when the user's system does not fit the coordinates.
    """
    ok = np.isfinite(pair.first) & np.isfinite(pair.second)
    if not ok.any():
        return Placed(_stack(pair.first, pair.second), "", np.zeros(len(ok), dtype=bool))
    if crs == LOCAL or crs.lower().endswith(".toml"):
        placed = _local(pair, surveyors_axes=surveyors_axes)
        return _placed_with(placed, "" if crs == LOCAL else crs)
    if _are_degrees(pair, ok, crs):
        return _degrees(pair, ok, crs)
    columns = _named(pair)
    zoned = [_is_zoned(c[ok]) for c in columns]
    if any(zoned):
        east, north = columns if zoned[0] else columns[::-1]
        return _zoned(east, north, ok, crs=crs, project_crs=project_crs, swapped=zoned[1])
    if crs or project_crs:
        found = _by_area(pair, ok, crs or project_crs, margin_deg=MARGIN_DEG)
        if found is None and crs:  # a neighbouring zone, because the user says so
            found = _by_area(pair, ok, crs, margin_deg=_NEIGHBOUR_DEG)
        if found is not None:
            return found if crs else _asked_with(found, project_crs)
        if crs:
            info = describe(crs)
            raise CrsError(
                "The coordinates (middle {a}, {b}) do not lie in the area of use of {crs} "
                "({area}) in either axis order; check --crs",
                a=f"{np.median(pair.first[ok]):.0f}",
                b=f"{np.median(pair.second[ok]):.0f}",
                crs=info.code,
                area=info.area,
            )
    return _unknown(pair, ok, surveyors_axes=surveyors_axes)


def _stack(east: F64, north: F64) -> F64:
    return np.column_stack([east, north])


def _named(pair: Pair) -> tuple[F64, F64]:
    """The columns as (east, north) as far as their names say; x and y in mathematics' order."""
    first, second = pair.roles
    if first == "north" or second == "east" or first == "lat":
        return pair.second, pair.first
    return pair.first, pair.second


def _says_axes(pair: Pair) -> bool:
    return bool({"north", "east", "lon", "lat"} & set(pair.roles))


def _is_zoned(values: F64) -> bool:
    zone, rest = np.divmod(values, 1e6)
    fits = (zone >= 13) & (zone <= 45) & (rest > 100_000) & (rest < 900_000)
    return bool(fits.mean() >= 0.5)


def _is_north(value: float) -> bool:
    return 1_000_000 <= value <= 6_500_000


def _is_east(value: float) -> bool:
    return 50_000 <= value <= 950_000


def _are_degrees(pair: Pair, ok: Bool, crs: str) -> bool:
    if "lon" in pair.roles or "lat" in pair.roles:
        return True
    a, b = pair.first[ok], pair.second[ok]
    if np.abs(a).max() > 180 or np.abs(b).max() > 180:
        return False
    if crs:
        return is_geographic(crs)
    spread = max(float(np.ptp(a)), float(np.ptp(b)))
    middle = sorted((float(np.median(a)), float(np.median(b))))
    return (
        _CHINA_LAT[0] <= middle[0] <= _CHINA_LAT[1]
        and _CHINA_LON[0] <= middle[1] <= _CHINA_LON[1]
        and spread < 1.5
        and bool(np.any(np.round(a, 3) != a))
    )


def _degrees(pair: Pair, ok: Bool, crs: str) -> Placed:
    lon, lat = _named(pair)
    inferred: list[Inference] = []
    looks_swapped = abs(float(np.median(lat[ok]))) > 90 or (
        not _says_axes(pair) and float(np.median(lat[ok])) > _CHINA_LAT[1]
    )
    if looks_swapped:
        lon, lat = lat, lon
        why = msg("the values are latitudes and longitudes in that order")
        inferred.append(Inference("axis order", "latitude, longitude", 0.9, why))
    found = crs if crs and is_geographic(crs) else ""
    if not found:
        middle = float(np.median(lon[ok])), float(np.median(lat[ok]))
        in_china = (
            _CHINA_LON[0] <= middle[0] <= _CHINA_LON[1]
            and _CHINA_LAT[0] <= middle[1] <= _CHINA_LAT[1]
        )
        found = "EPSG:4490" if in_china else "EPSG:4326"
        why = msg("the coordinates are degrees and no datum is named")
        inferred.append(Inference("crs", found, 0.8, why))
    astray = _astray(_stack(lon, lat), ok, 1.5)
    return Placed(_stack(lon, lat), found, astray, tuple(inferred))


def _zoned(east: F64, north: F64, ok: Bool, *, crs: str, project_crs: str, swapped: bool) -> Placed:
    """Eastings that carry the zone number: the number tells the system."""
    zones = np.where(ok, east // 1e6, 0).astype(int)
    zones = np.where((zones >= 13) & (zones <= 45), zones, 0)
    zone = int(np.bincount(zones[zones > 0]).argmax())
    why = msg("the eastings carry the zone number {zone}", zone=zone)
    inferred = [_axes_inference(0.98, why, "y, x" if swapped else "x, y")]
    bare = ok & (zones == 0) & (east < 1e6)
    if bare.any():
        east = np.where(bare, east + zone * 1e6, east)
        why = msg("{count} rows lack the zone number that the others carry", count=int(bare.sum()))
        inferred.append(Inference("zone prefix", str(zone), 0.8, why))
    system, said = _system_for_zone(zone, crs=crs, project_crs=project_crs)
    if said is not None:
        inferred.append(said)
    xy = _stack(east, north)
    for other in sorted(set(zones[zones > 0].tolist()) - {zone}):
        rows = zones == other
        if zone_system(other) and zone_system(zone) and rows.sum() > 0:
            xy[rows] = transform(xy[rows], zone_system(other), zone_system(zone))
    if not zone_of(system):
        xy = xy - np.array([zone * 1e6, 0.0])
    return Placed(xy, system, _astray(xy, ok, FAR_M), tuple(inferred))


def _system_for_zone(zone: int, *, crs: str, project_crs: str) -> tuple[str, Inference | None]:
    own = zone_system(zone)
    meridian = central_meridian_deg(own) if own else float("nan")
    for named in (crs, project_crs):
        fits = named and (
            zone_of(named) == zone or abs(central_meridian_deg(named) - meridian) < 1e-9
        )
        if fits and named == crs:
            return named, None
        if fits:
            why = msg("the zone number {zone} is that of the project's system", zone=zone)
            return named, Inference("crs", code_of(named), 0.9, why)
        if named and named == crs:
            raise CrsError(
                "The coordinates carry the zone number {zone}, which is not that of {crs}; "
                "leave --crs out or name the system of zone {zone}",
                zone=zone,
                crs=code_of(crs),
            )
    if not own:
        raise CrsError(
            "The coordinates carry the zone number {zone}, which no CGCS2000 zone has; name the "
            "system with --crs",
            zone=zone,
        )
    why = msg(
        "the eastings carry the zone number {zone}; the datum is taken as CGCS2000", zone=zone
    )
    return own, Inference("crs", own, 0.85, why)


def _by_area(pair: Pair, ok: Bool, crs: str, *, margin_deg: float) -> Placed | None:
    """The axis order (and missing zone number) under which points lie in the area of use."""
    prefix = zone_of(crs) * 1e6
    orders = (
        [_named(pair)]
        if _says_axes(pair)
        else [
            (pair.first, pair.second),
            (pair.second, pair.first),
        ]
    )
    fits: list[tuple[float, int, F64]] = []
    for rank, (east, north) in enumerate(orders):
        xy = _stack(east + prefix, north)
        share = float(within_area(crs, xy[ok], margin_deg=margin_deg).mean())
        if share >= 0.5:
            fits.append((share, rank, xy))
    if not fits:
        return None
    first_axis_north = describe(crs).axis_order.startswith("north")
    both = len(fits) > 1
    chosen = fits[1 if both and first_axis_north else 0]
    order = "y, x" if chosen[1] else "x, y"
    confidence = 0.6 if both else 0.95
    why = msg("only so do the points lie in the area of use of {crs}", crs=code_of(crs))
    if both:
        why = msg("both orders would do; this is the order of {crs}", crs=code_of(crs))
    inferred = [_axes_inference(confidence, why, order)] if not _says_axes(pair) else []
    if prefix:
        why = msg("{crs} counts eastings with its zone number, the data do not", crs=code_of(crs))
        inferred.append(Inference("zone prefix", str(zone_of(crs)), 0.9, why))
    return Placed(chosen[2], crs, _astray(chosen[2], ok, FAR_M), tuple(inferred))


def _unknown(pair: Pair, ok: Bool, *, surveyors_axes: bool) -> Placed:
    """No system: the axes by size where they tell, else by custom; the system is asked."""
    columns = _named(pair)
    middles = [float(np.median(c[ok])) for c in columns]
    inferred: list[Inference] = []
    if _is_north(middles[0]) and _is_east(middles[1]):
        columns = columns[::-1]
        inferred.append(_axes_inference(0.95, msg("northings are the larger numbers"), "y, x"))
    elif not (_is_north(middles[1]) and _is_east(middles[0])):
        placed = _local(pair, surveyors_axes=surveyors_axes)
        columns, inferred = (placed.xy[:, 0], placed.xy[:, 1]), list(placed.inferred)
    text = msg(
        "Which coordinate reference system are the coordinates in? They carry no zone number."
    )
    question = Question("crs", text, unprefixed_zone_systems())
    xy = _stack(*columns)
    return Placed(xy, "", _astray(xy, ok, FAR_M), tuple(inferred), (question,))


def _local(pair: Pair, *, surveyors_axes: bool) -> Placed:
    ok = np.isfinite(pair.first) & np.isfinite(pair.second)
    east, north = _named(pair)
    inferred: tuple[Inference, ...] = ()
    if not _says_axes(pair) and surveyors_axes:
        east, north = north, east
        why = msg("surveyors count X to the north and Y to the east")
        inferred = (_axes_inference(0.7, why, "y, x"),)
    xy = _stack(east, north)
    return Placed(xy, "", _astray(xy, ok, FAR_M), inferred)


def _axes_inference(confidence: float, why: Message, order: str = "east, north") -> Inference:
    shown = {"x, y": "X east, Y north", "y, x": "X north, Y east"}.get(order, order)
    return Inference("axis order", shown, confidence, why)


def _asked_with(placed: Placed, crs: str) -> Placed:
    text = msg(
        "Which coordinate reference system are the coordinates in? They carry no zone number."
    )
    question = Question("crs", text, unprefixed_zone_systems(), code_of(crs))
    return Placed(placed.xy, placed.crs, placed.astray, placed.inferred, (question,))


def _placed_with(placed: Placed, crs: str) -> Placed:
    return Placed(placed.xy, crs, placed.astray, placed.inferred, placed.asked)


def _astray(xy: F64, ok: Bool, limit: float) -> Bool:
    """Rows farther than `limit` from the middle along either axis."""
    middle = np.median(xy[ok], axis=0)
    return ok & (np.abs(xy - middle) > limit).any(axis=1)
