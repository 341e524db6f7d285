"""Houses on the built lots, their permits, parks and carriageways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from baiyun_gis.model.columns import F64, I64, Day, Geom, Str
from baiyun_gis.model.tables import BuildingTable, PermitTable, StructureTable
from baiyun_gis.model.vocabulary import StructureKind
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.corridors import Lots, point_on
from baiyun_gis.synthetic.features import SOURCE
from baiyun_gis.synthetic.streets import CARRIAGEWAY_HALF_M, StreetPlan
from baiyun_gis.synthetic.terrain import Frame, Ground

SETBACK_M = 9.0
STOREY_M = 3.1
SIGMA_XY_M = 0.1
SIGMA_HEIGHT_M = 0.2
PERMIT_MARGIN_M = 1.0
_LEAST_STOREYS = np.array([9.0, 5.0, 2.0])
_MORE = np.array([16.0, 8.0, 5.0])
"""Storeys beside main, secondary and local streets: at least, and how many more at most."""
_USES = ("住宅", "商业", "办公", "公共服务")
_RECORDED = np.datetime64("2024-10-15", "D")


@dataclass(frozen=True, slots=True)
class Houses:
    """Buildings with their permits, and the site each stands on (2 lot + (1 on the left))."""

    buildings: BuildingTable
    permits: PermitTable
    site: I64


def rectangle_on(
    plan: StreetPlan,
    lots: Lots,
    lot: I64,
    *,
    station_from: F64,
    station_to: F64,
    offset_from: F64,
    offset_to: F64,
) -> F64:
    """Corners in district coordinates of rectangles along streets, shape (n, 4, 2)."""
    corners = (
        (station_from, offset_from),
        (station_to, offset_from),
        (station_to, offset_to),
        (station_from, offset_to),
    )
    return np.stack([lot_point(plan, lots, lot, s, o) for s, o in corners], axis=1)


def lot_point(plan: StreetPlan, lots: Lots, lot: I64, station: F64, offset_m: F64) -> F64:
    """District coordinates at stations and offsets of the streets of lots, shape (n, 2)."""
    out = np.zeros((len(lot), 2))
    for direction in (0, 1):
        mine = lots.direction[lot] == direction
        street = lots.street[lot[mine]]
        out[mine] = point_on(plan.streets(direction), street, station[mine], offset_m[mine])
    return out


def street_of_lots(plan: StreetPlan, lots: Lots, values: tuple[F64, F64], lot: I64) -> F64:
    """A value per street (east–west, north–south) for the streets of lots, shape (n,)."""
    both = np.concatenate(values)
    return both[lots.street[lot] + np.where(lots.direction[lot] == 1, len(plan.ew), 0)]


def build_houses(
    plan: StreetPlan,
    frame: Frame,
    ground: Ground,
    lots: Lots,
    site: I64,
    chance: Chance,
    site_share: F64,
) -> Houses:
    """A house on each of the sites, with a permit that allows it.

    `site_share` says for every site of the plan how late its house was built, 0 to 1.
    """
    lot, side = site // 2, np.where(site % 2 == 1, 1.0, -1.0)
    count = len(site)

    def share(name: str) -> F64:
        return chance.uniform("house " + name, 2 * len(lots))[site]

    box = _boxes(plan, lots, lot, share)
    outline = _outlines(plan, frame, lots, lot, side, box, share("wing"))
    kind = street_of_lots(plan, lots, (_floats(plan.ew.kind), _floats(plan.ns.kind)), lot)
    storeys = np.floor(
        _LEAST_STOREYS[kind.astype(int)] + share("storeys") * _MORE[kind.astype(int)]
    )
    height = np.round(storeys * STOREY_M + 0.9, 2)
    middle = lot_point(plan, lots, lot, (box[0] + box[1]) / 2, side * (box[2] + box[3]) / 2)
    built = _built_on(plan, lots, lot, site_share[site])
    has_base = share("foundation") < 0.5
    foundation = np.full(count, None, dtype=object)
    foundation[has_base] = shapely.buffer(outline[has_base], 0.4, join_style="mitre")
    buildings = BuildingTable.build(
        count,
        id=_counted("JZ%06d", count),
        geometry=outline,
        foundation=foundation,
        name=_addresses(plan, lots, site),
        use=np.array(_USES, dtype=object)[(share("use") * len(_USES)).astype(np.int64)],
        height_m=height,
        storeys=storeys,
        ground_m=np.round(ground.level(middle), 2),
        min_height_m=0.0,
        foundation_depth_m=np.round(1.5 + 0.06 * height, 1),
        permit=_counted("穗示规建证-%06d", count),
        sigma_xy_m=SIGMA_XY_M,
        sigma_height_m=SIGMA_HEIGHT_M,
        first_seen=built,
        valid_from=built,
        recorded_at=_RECORDED,
        source=SOURCE,
    )
    return Houses(buildings, _permits(buildings, share("issue")), site)


_Box = tuple[F64, F64, F64, F64]
"""Stations from and to, offsets of front and back from the middle of the street, metres."""


def _boxes(plan: StreetPlan, lots: Lots, lot: I64, share: Callable[[str], F64]) -> _Box:
    half = street_of_lots(plan, lots, (plan.ew.half_m, plan.ns.half_m), lot)
    length, inset = lots.length_m[lot], 2.5 + 1.5 * share("inset")
    width_to = np.minimum(length - inset, inset + 24.0 + 8.0 * share("width"))
    front = half + SETBACK_M + 1.5 * share("setback")
    back = front + 10.0 + 5.0 * share("depth")
    return lots.start_m[lot] + inset, lots.start_m[lot] + width_to, front, back


def _built_on(plan: StreetPlan, lots: Lots, lot: I64, share: F64) -> Day:
    """Between the building of the street and the spring of 2024."""
    year = street_of_lots(plan, lots, (_floats(plan.ew.year), _floats(plan.ns.year)), lot)
    first, last = (year - 1970) * 365.25, (2024.4 - 1970) * 365.25
    return (first + share * (last - first)).astype(np.int64).astype("datetime64[D]")


def _addresses(plan: StreetPlan, lots: Lots, site: I64) -> Str:
    lot = site // 2
    road = np.concatenate([plan.ew.name, plan.ns.name])[
        lots.street[lot] + np.where(lots.direction[lot] == 1, len(plan.ew), 0)
    ]
    return road + np.array(list(map("%d号".__mod__, (site % 400 + 1).tolist())), dtype=object)


def _floats(values: np.ndarray[tuple[int, ...], np.dtype[np.integer]]) -> F64:
    return values.astype(np.float64)


def _outlines(
    plan: StreetPlan,
    frame: Frame,
    lots: Lots,
    lot: I64,
    side: F64,
    box: tuple[F64, F64, F64, F64],
    wing: F64,
) -> Geom:
    """Footprints in project coordinates: rectangles, and L-shapes where `wing` is above 0.6."""
    s0, s1, front, back = box
    notch_s = s0 + (s1 - s0) * 0.55
    notch_o = front + (back - front) * 0.55
    is_l = wing > 0.6
    rings: Geom = np.full(len(lot), None, dtype=object)
    shapes = (
        (~is_l, ((s0, front), (s1, front), (s1, back), (s0, back))),
        (is_l, ((s0, front), (s1, front), (s1, notch_o), (notch_s, notch_o), (notch_s, back),
                (s0, back))),
    )  # fmt: skip
    for chosen, corners in shapes:
        rows = np.flatnonzero(chosen)
        points = [
            frame.to_project(lot_point(plan, lots, lot[rows], s[rows], side[rows] * o[rows]))
            for s, o in corners
        ]
        rings[rows] = polygons_of(np.stack(points, axis=1))
    return rings


def polygons_of(corners: F64) -> Geom:
    """Polygons, counter-clockwise, from corners of shape (n, corners, 2)."""
    if not len(corners):
        return np.zeros(0, dtype=object)
    ring = np.concatenate([corners, corners[:, :1]], axis=1)
    x, y = ring[..., 0], ring[..., 1]
    area = (x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1)
    ring = np.where((area < 0)[:, None, None], ring[:, ::-1], ring)
    return np.asarray(shapely.polygons(ring), dtype=object)


def _permits(buildings: BuildingTable, share: F64) -> PermitTable:
    issued = buildings.valid_from - (400 + 500 * share).astype(np.int64).astype("timedelta64[D]")
    return PermitTable.build(
        len(buildings),
        id=buildings.permit,
        geometry=shapely.buffer(buildings.geometry, PERMIT_MARGIN_M, join_style="mitre"),
        holder=np.full(len(buildings), "示例置业有限公司", dtype=object),
        use=buildings.use,
        max_height_m=np.round(buildings.height_m + 1.0, 1),
        max_storeys=buildings.storeys,
        valid_from=issued,
        recorded_at=issued,
        source=SOURCE,
    )


def shed_table(
    names: Str, outline: Geom, ground_m: F64, built: Day, *, height_m: float
) -> BuildingTable:
    """Small one-storey buildings without permit or recorded foundation."""
    return BuildingTable.build(
        len(names),
        id=names,
        geometry=outline,
        name=np.full(len(names), "临时建筑", dtype=object),
        use=np.full(len(names), "仓储", dtype=object),
        height_m=height_m,
        storeys=1.0,
        ground_m=np.round(ground_m, 2),
        min_height_m=0.0,
        sigma_xy_m=SIGMA_XY_M / 5,
        sigma_height_m=SIGMA_HEIGHT_M,
        first_seen=built,
        valid_from=built,
        recorded_at=_RECORDED,
        source=SOURCE,
    )


def structures_of(plan: StreetPlan, frame: Frame) -> StructureTable:
    """Carriageways and centre lines of all streets, and the parks."""
    geometry: list[object] = []
    kinds: list[int] = []
    names: list[str] = []
    for direction in (0, 1):
        streets, edges = plan.streets(direction), plan.edges(direction)
        rows = np.arange(len(streets))
        start, stop = edges.knot_from[:, 0] - 30.0, edges.knot_to[:, -1] + 30.0
        half = CARRIAGEWAY_HALF_M[streets.kind]
        corners = [
            frame.to_project(point_on(streets, rows, s, o))
            for s, o in ((start, -half), (stop, -half), (stop, half), (start, half))
        ]
        geometry.extend(polygons_of(np.stack(corners, axis=1)))
        middle = [frame.to_project(point_on(streets, rows, s, 0.0)) for s in (start, stop)]
        geometry.extend(shapely.LineString(ends) for ends in np.stack(middle, axis=1))
        kinds += [StructureKind.CARRIAGEWAY] * len(rows) + [StructureKind.ROAD_CENTRE] * len(rows)
        names += [*streets.name, *streets.name]
    for i, j in zip(*np.nonzero(plan.is_park), strict=True):
        geometry.append(_park(plan, frame, int(i), int(j)))
        kinds.append(StructureKind.GREEN)
        names.append("公园绿地")
    return StructureTable.build(
        len(kinds),
        id=_counted("GZ%05d", len(kinds)),
        geometry=np.array(geometry, dtype=object),
        kind=np.array(kinds, dtype=np.int8),
        name=np.array(names, dtype=object),
        source=SOURCE,
    )


def _park(plan: StreetPlan, frame: Frame, i: int, j: int) -> object:
    u0 = plan.ns.position_m[i] + plan.ns.half_m[i] + 10.0
    u1 = plan.ns.position_m[i + 1] - plan.ns.half_m[i + 1] - 10.0
    v0 = plan.ew.position_m[j] + plan.ew.half_m[j] + 10.0
    v1 = plan.ew.position_m[j + 1] - plan.ew.half_m[j + 1] - 10.0
    corners = frame.to_project(np.array([[u0, v0], [u1, v0], [u1, v1], [u0, v1]]))
    return polygons_of(corners[None])[0]


def _counted(pattern: str, count: int) -> Str:
    return np.array(list(map(pattern.__mod__, range(1, count + 1))), dtype=object)
