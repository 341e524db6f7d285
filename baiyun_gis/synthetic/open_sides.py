"""Faults beside streets that face a park or the edge of the district, where no service runs.

Lines laid too near a main, a foreign line through a manhole, buildings on a gas main and too
near a duct.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.bands import design_depth
from baiyun_gis.synthetic.buildings import rectangle_on
from baiyun_gis.synthetic.drafts import Role
from baiyun_gis.synthetic.plot import Pending, Plot, Shed
from baiyun_gis.synthetic.sections import SECTIONS, section

U = Utility
_BESIDE = (
    # new line, main, side, gap wall to wall, required (GB 50289-2016 table 4.1.9)
    ("gas 50", U.POWER, 1, 0.40, 1.0),
    ("water 50", U.TELECOM, -1, 0.40, 1.0),
    ("gas 50", U.TELECOM, -1, 0.45, 1.0),
    ("water 50", U.POWER, 1, 0.15, 0.5),
)
_CLEAR_OF_STREET_M = 15.0


def plant_beside_streets(plot: Plot, quota: int) -> None:
    """All faults that need an open side."""
    for which, case in enumerate(_BESIDE):
        _too_near(plot, quota // 4 + (which < quota % 4), *case)
    _through_manholes(plot, quota)
    _buildings_on_gas(plot, quota)
    _buildings_near_ducts(plot, quota)


def _too_near(
    plot: Plot, count: int, key: str, main: Utility, side: int, gap_m: float, required_m: float
) -> None:
    site = plot.open_sites(f"near {key} {main.key}", side, count)
    lot = site // 2
    node, offset, half = plot.main_beside(main, side)
    outer = SECTIONS[section(key)].outer_width_m
    utility = SECTIONS[section(key)].utility
    away = offset[lot] + side * (half[lot] + gap_m + outer / 2)
    stations = plot.station(lot, 0.06), plot.station(lot, 0.55)
    top = design_depth(np.full(len(lot), utility, np.int8), plot.nodes.richness[node[lot]])
    row = plot.add_line(lot, key, stations=stations, offset_m=away, top_m=top)
    middle = plot.point(lot, (stations[0] + stations[1]) / 2, away)
    for k in range(len(lot)):
        other = int(plot.piece_into[node[lot[k]]])
        plot.plant(
            Pending(
                "horizontal_clearance", "horizontal_clearance", ("pipes", int(row[k])),
                ("pipes", other), (float(middle[k, 0]), float(middle[k, 1])), float(top[k]),
                {"required_m": required_m, "actual_m": gap_m,
                 "stretch_m": round(float(stations[1][k] - stations[0][k]), 2)},
            )
        )  # fmt: skip


def _through_manholes(plot: Plot, count: int) -> None:
    """Water lines that run through the manhole of a sewer they also cross."""
    for side in (1, -1):
        share = (count + 1) // 2 if side > 0 else count // 2
        site = plot.open_sites("chamber", side, share)
        lot = site // 2
        half, flat = plot.half_width(lot), np.zeros(len(lot))
        middle = plot.station(lot, 0.5)
        manhole_uv = plot.point(lot, middle, side * (half + 8.0))
        manhole = plot.add_nodes(lot, manhole_uv, U.SEWAGE, Role.KNOT)
        far = plot.point(lot, middle, side * (half + 20.0))
        end = plot.add_nodes(lot, far, U.SEWAGE, Role.CONNECTION)
        drop = plot.ground.level(far) - plot.ground.level(manhole_uv)
        plot.add_pipes(lot, manhole, end, "sewage 200", 2.7 + flat, 2.9 + drop + flat)
        water = plot.add_line(
            lot, "water 150", stations=(middle - 7.0, middle + 7.0),
            offset_m=side * (half + 8.3), top_m=1.3 + flat,
        )  # fmt: skip
        for k in range(len(lot)):
            plot.plant(
                Pending(
                    "chamber", "chamber", ("pipes", int(water[k])), ("nodes", int(manhole[k])),
                    (float(manhole_uv[k, 0]), float(manhole_uv[k, 1])), 1.3, {},
                )
            )  # fmt: skip


def _buildings_on_gas(plot: Plot, count: int) -> None:
    for side in (1, -1):
        share = (count + 1) // 2 if side > 0 else count // 2
        site = plot.open_sites("occupation", side, share)
        lot = site // 2
        offset = side * (plot.half_width(lot) + _CLEAR_OF_STREET_M)
        stations = plot.station(lot, 0.1), plot.station(lot, 0.9)
        top = np.full(len(lot), 1.2)
        row = plot.add_line(lot, "gas 100", stations=stations, offset_m=offset, top_m=top)
        middle = (stations[0] + stations[1]) / 2
        corners = rectangle_on(
            plot.plan, plot.lots, lot,
            station_from=middle - 4.0, station_to=middle + 4.0,
            offset_from=offset - side * 3.5, offset_to=offset + side * 2.5,
        )  # fmt: skip
        _put_up(
            plot, corners, row, "occupation", {"grade": "on_top"},
            also=("building_clearance", "collision"),
        )  # fmt: skip


def _buildings_near_ducts(plot: Plot, count: int) -> None:
    site = plot.open_sites("building clearance", -1, count)
    lot = site // 2
    node, offset, half = plot.main_beside(U.TELECOM, -1)
    wall = offset[lot] - half[lot] - 0.6
    middle = plot.station(lot, 0.3)
    corners = rectangle_on(
        plot.plan, plot.lots, lot,
        station_from=middle - 2.5, station_to=middle + 2.5,
        offset_from=wall - 3.0, offset_to=wall,
    )  # fmt: skip
    _put_up(
        plot, corners, plot.piece_into[node[lot]].astype(np.int64), "building_clearance",
        {"required_m": 1.5, "actual_m": 0.6}, also=("occupation",),
    )  # fmt: skip


def _put_up(
    plot: Plot,
    corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    pipe: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    kind: str,
    expected: dict[str, float | str],
    *,
    also: tuple[str, ...],
) -> None:
    middle = corners.mean(axis=1)
    for k in range(len(pipe)):
        item = plot.plant(
            Pending(
                kind, kind, ("pipes", int(pipe[k])), ("buildings", -1),
                (float(middle[k, 0]), float(middle[k, 1])), 0.0, dict(expected), also,
            )
        )  # fmt: skip
        plot.sheds.append(Shed(corners[k], item))
