"""Which permit belongs to which building: by its recorded number, else by overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.kernels.holding import HOLDS, UNSURE, surely_holds
from baiyun_gis.kernels.outlines import Outlines, is_area, outlines_of
from baiyun_gis.model.columns import F64, I32, I64, Bool, Day, Geom, Str
from baiyun_gis.model.tables import BuildingTable, PermitTable
from baiyun_gis.model.vocabulary import Vocabulary

LEAST_SHARE = 0.25
"""A permit counts as the building's own by overlap when it holds this share of the footprint."""


class MatchedBy(Vocabulary):
    """How a permit was found for a building."""

    NOTHING = (0, "nothing", "无")
    NUMBER = (1, "number", "许可证号")
    OVERLAP = (2, "overlap", "空间重叠")


@dataclass(frozen=True, slots=True)
class Matches:
    """The permit of each building, shape (n,): row or -1, how found, share of the footprint in it.

    `number_missing`: the building names a permit that the project does not hold.
    """

    permit: I32
    by: I32
    share: F64
    number_missing: Bool


def usable_outline(geometry: Geom) -> Bool:
    """Which geometries are polygons with an area, shape (n,)."""
    import shapely

    return is_area(geometry) & (np.nan_to_num(shapely.area(geometry)) > 0)


def only(geometry: Geom, keep: Bool) -> Geom:
    """The geometries to keep, None in place of the others."""
    out = geometry.copy()
    out[~keep] = None
    return out


def sound(geometry: Geom) -> Geom:
    """The geometries with self-crossing rings repaired; others as they are."""
    import shapely

    broken = ~shapely.is_valid(geometry) & (shapely.get_type_id(geometry) >= 0)
    if not broken.any():
        return geometry
    out = geometry.copy()
    out[broken] = shapely.make_valid(geometry[broken])
    return out


def begun(buildings: BuildingTable) -> Day:
    """The day each building was there first: built, else first seen; NaT where unknown."""
    return np.where(np.isnat(buildings.valid_from), buildings.first_seen, buildings.valid_from)


def match_permits(
    buildings: BuildingTable, permits: PermitTable, *, asked: Bool, as_of: np.datetime64
) -> Matches:
    """The permit of every building asked about.

    A recorded number wins over overlap. Of several permits one in force when the building was
    begun wins, then the one that holds most of the footprint. Permits issued after `as_of` are
    left out.
    """
    count = len(buildings)
    numbered, number_missing = _by_number(buildings, permits, asked)
    numbered = _issued(permits, *numbered, as_of=as_of)
    overlapping = _issued(permits, *_overlapping(buildings, permits, asked, numbered), as_of=as_of)
    building = np.concatenate([numbered[0], overlapping[0]])
    permit = np.concatenate([numbered[1], overlapping[1]])
    is_numbered = np.arange(len(building)) < len(numbered[0])
    share = _shares(buildings, permits, building, permit)
    fits = is_numbered | (share >= LEAST_SHARE)
    building, permit, is_numbered = building[fits], permit[fits], is_numbered[fits]
    share = share[fits]
    in_force = _in_force(permits, permit, begun(buildings)[building])
    order = np.lexsort((permit, -share, ~in_force, ~is_numbered, building))
    first = order[np.unique(building[order], return_index=True)[1]]
    out_permit = np.full(count, -1, dtype=np.int32)
    out_by = np.zeros(count, dtype=np.int32)
    out_share = np.zeros(count)
    rows = building[first]
    out_permit[rows] = permit[first]
    out_by[rows] = np.where(is_numbered[first], MatchedBy.NUMBER, MatchedBy.OVERLAP)
    out_share[rows] = share[first]
    return Matches(out_permit, out_by, out_share, number_missing)


def _by_number(
    buildings: BuildingTable, permits: PermitTable, asked: Bool
) -> tuple[tuple[I64, I64], Bool]:
    """Pairs of building and permit with the same number; which numbers the project lacks."""
    wanted, known = _trimmed(buildings.permit), _trimmed(permits.id)
    order = np.argsort(known, kind="stable")
    low = np.searchsorted(known[order], wanted, side="left")
    high = np.searchsorted(known[order], wanted, side="right")
    has_number = (wanted != "") & asked
    found = np.where(has_number, high - low, 0)
    building = np.repeat(np.arange(len(buildings)), found)
    first = np.cumsum(found) - found
    place = np.arange(len(building)) - first[building] + low[building]
    return (building, order[place]), has_number & (found == 0)


def _trimmed(values: Str) -> np.ndarray:
    return np.char.strip(values.astype(str)) if len(values) else np.zeros(0, dtype=str)


def _issued(
    permits: PermitTable, building: I64, permit: I64, *, as_of: np.datetime64
) -> tuple[I64, I64]:
    """The pairs whose permit had been issued by a day; unknown days count as earlier."""
    issued = ~(permits.valid_from[permit] > as_of)  # NaT compares as False
    return building[issued], permit[issued]


def _overlapping(
    buildings: BuildingTable, permits: PermitTable, asked: Bool, numbered: tuple[I64, I64]
) -> tuple[I64, I64]:
    """Pairs with boxes that meet, of the buildings whose number leads to no permit."""
    import shapely

    left = usable_outline(buildings.geometry) & asked
    left[numbered[0]] = False
    rows = np.flatnonzero(left)
    if not len(rows):
        return rows, rows
    footprints, outlines = buildings.geometry[rows], permits.geometry
    outlines = only(outlines, usable_outline(outlines))
    if len(rows) < len(outlines):
        permit, near = shapely.STRtree(footprints).query(outlines)
    else:
        near, permit = shapely.STRtree(outlines).query(footprints)
    return rows[near], permit.astype(np.int64)


def _shares(buildings: BuildingTable, permits: PermitTable, building: I64, permit: I64) -> F64:
    """Share of the footprint within the permitted outline, 1 exactly where it holds all of it.

    0 where either has no area.
    """
    import shapely

    held = surely_holds(
        _outlines(permits.geometry), permit, _outlines(buildings.geometry), building
    )
    share = (held == HOLDS).astype(float)
    rest = np.flatnonzero(held != HOLDS)
    footprint = sound(buildings.geometry[building[rest]])
    allowed = sound(permits.geometry[permit[rest]])
    unsure = np.flatnonzero(held[rest] == UNSURE)
    is_held = shapely.covers(allowed[unsure], footprint[unsure])
    share[rest[unsure[is_held]]] = 1.0
    rest, footprint, allowed = (x[share[rest] == 0.0] for x in (rest, footprint, allowed))
    inside = shapely.area(shapely.intersection(footprint, allowed))
    whole = shapely.area(footprint)
    share[rest] = np.divide(inside, whole, out=np.zeros(len(rest)), where=whole > 0)
    return np.nan_to_num(share)


def _outlines(geometry: Geom) -> Outlines:
    """The rings of what is an area."""
    areas = is_area(geometry)
    return outlines_of(geometry if areas.all() else only(geometry, areas))


def _in_force(permits: PermitTable, permit: I64, day: Day) -> Bool:
    """Was the permit in force on the day? Unknown dates count as in force."""
    too_early = permits.valid_from[permit] > day
    too_late = permits.valid_to[permit] <= day
    return ~(too_early | too_late)
