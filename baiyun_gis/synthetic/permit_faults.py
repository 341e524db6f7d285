"""Buildings that are not what was permitted, with the numbers that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from baiyun_gis.model.columns import F64, I64, Geom
from baiyun_gis.model.tables import BuildingTable, PermitTable
from baiyun_gis.synthetic.buildings import STOREY_M, Houses
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.truth import Planted

KINDS = ("no_permit", "beyond_outline", "too_high", "permit_expired", "temporary_overdue")
FIRST_EPOCH = np.datetime64("2020-06-30", "D")
SECOND_EPOCH = np.datetime64("2024-10-31", "D")
_ADDED_STOREYS = 2
_SHIFT_M = 4.0
_YEAR = np.timedelta64(365, "D")


@dataclass(frozen=True, slots=True)
class Judged:
    """Houses and permits with faults in them, heights at the first epoch, and the truth."""

    buildings: BuildingTable
    permits: PermitTable
    first_height_m: F64
    items: tuple[Planted, ...]


def plant_in_permits(houses: Houses, quota: int, chance: Chance) -> Judged:
    """No permit, beyond the outline, too high, permit expired, temporary permit overdue."""
    rows = chance.chosen("permits", np.arange(len(houses.site)), len(KINDS) * quota)
    share = len(rows) // len(KINDS)
    chosen = {kind: rows[n * share : (n + 1) * share] for n, kind in enumerate(KINDS)}
    buildings = _buildings(houses.buildings, chosen)
    permits = _permits(houses.permits, buildings, chosen)
    items = [_item(kind, buildings, permits, int(row)) for kind in KINDS for row in chosen[kind]]
    keep = np.ones(len(permits), dtype=np.bool_)
    keep[chosen["no_permit"]] = False
    return Judged(buildings, permits.take(keep), houses.buildings.height_m, tuple(items))


def _buildings(table: BuildingTable, chosen: dict[str, I64]) -> BuildingTable:
    """Storeys added, permits taken away, and dates that fit the epochs."""
    built, height = table.valid_from.copy(), table.height_m.copy()
    storeys, permit = table.storeys.copy(), table.permit.copy()
    none, high = chosen["no_permit"], chosen["too_high"]
    permit[none] = ""
    fresh = np.datetime64("2021-03-01", "D") + 40 * (np.arange(len(none)) % 28)
    built[none] = fresh
    height[high] = np.round(height[high] + _ADDED_STOREYS * STOREY_M, 2)
    storeys[high] += _ADDED_STOREYS
    built[high] = np.minimum(built[high], np.datetime64("2012-05-01", "D"))
    overdue = chosen["temporary_overdue"]
    built[overdue] = np.minimum(built[overdue], np.datetime64("2019-01-01", "D"))
    return table.with_columns(
        valid_from=built, first_seen=built, height_m=height, storeys=storeys, permit=permit
    )


def _permits(table: PermitTable, buildings: BuildingTable, chosen: dict[str, I64]) -> PermitTable:
    """Outlines beside the buildings, permits that ran out before or after building."""
    built = buildings.valid_from
    outline = table.geometry.copy()
    valid_from, valid_to = table.valid_from.copy(), table.valid_to.copy()
    temporary = table.is_temporary.copy()
    beyond, expired = chosen["beyond_outline"], chosen["permit_expired"]
    outline[beyond] = _shifted(buildings, beyond)
    valid_to[expired] = built[expired] - _YEAR // 2
    valid_from[expired] = valid_to[expired] - 2 * _YEAR
    overdue = chosen["temporary_overdue"]
    temporary[overdue] = True
    valid_to[overdue] = built[overdue] + 2 * _YEAR
    older = np.concatenate([chosen["too_high"], overdue])
    valid_from[older] = np.minimum(valid_from[older], built[older] - _YEAR)
    return table.with_columns(
        geometry=outline, valid_from=valid_from, valid_to=valid_to, is_temporary=temporary
    )


def _shifted(buildings: BuildingTable, rows: I64) -> Geom:
    """Permitted outlines a few metres beside the footprints along their longest wall."""
    out = np.full(len(rows), None, dtype=object)
    for k, row in enumerate(rows):
        ring = shapely.get_coordinates(buildings.geometry[row])
        wall = np.diff(ring, axis=0)
        longest = wall[np.argmax(np.hypot(wall[:, 0], wall[:, 1]))]
        step = _SHIFT_M * longest / np.hypot(*longest)
        moved = shapely.set_coordinates(shapely.force_2d(buildings.geometry[row]), ring + step)
        out[k] = shapely.buffer(moved, 0.3, join_style="mitre")
    return out


def _item(kind: str, buildings: BuildingTable, permits: PermitTable, row: int) -> Planted:
    footprint = buildings.geometry[row]
    centre = shapely.get_coordinates(shapely.centroid(footprint))[0]
    expected: dict[str, Any] = {}
    if kind == "beyond_outline":
        beyond = shapely.area(shapely.difference(footprint, permits.geometry[row]))
        expected = {"beyond_m2": round(float(beyond), 2)}
    elif kind == "too_high":
        expected = {
            "height_m": float(buildings.height_m[row]),
            "permitted_m": float(permits.max_height_m[row]),
            "added_storeys": _ADDED_STOREYS,
        }
    elif kind != "no_permit":
        expected = {"valid_to": str(permits.valid_to[row])}
    permit = None if kind == "no_permit" else ("permits", str(permits.id[row]))
    at = (float(centre[0]), float(centre[1]), float("nan"))
    also = ("too_many_storeys",) if kind == "too_high" else ()
    return Planted(kind, "", ("buildings", str(buildings.id[row])), permit, at, expected, also)
