"""Faults in services and yards: crossings too near, in the wrong order, too shallow, unjoined.

Every fault is put where its pipe meets exactly one other line, so that it makes one conflict of
one kind; checks that may see the same pair too are named in `also`.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.bands import TOP_DEPTH_M, design_depth
from baiyun_gis.synthetic.drafts import Role
from baiyun_gis.synthetic.plot import Pending, Plot, slot_station
from baiyun_gis.synthetic.sections import SECTIONS, section
from baiyun_gis.synthetic.streets import LOCAL, MAIN, SECONDARY

U = Utility
_DUCT_M = 0.24
_SMALL_STREETS = (LOCAL, SECONDARY)


def plant_in_services(plot: Plot, quota: int) -> None:
    """Conflicts of services with the one line between their main and the house."""
    half = (quota + 1) // 2
    for kind, gap in (("vertical_clearance", 0.08), ("collision", None), ("vertical_order", -0.37)):
        counts = (half, quota - half)
        _across(plot, kind, gap, counts[0], U.WATER, U.POWER, side=1)
        if kind == "vertical_order":
            _across(plot, kind, 0.37, counts[1], U.TELECOM, U.POWER, side=1)
        else:
            _across(plot, kind, gap and 0.06, counts[1], U.GAS, U.TELECOM, side=-1)
    _shallow(plot, quota)
    _unjoined(plot, quota)


_KEY = {U.WATER: "water 50", U.GAS: "gas 50", U.TELECOM: "telecom service"}
_REQUIRED_M = {
    (U.WATER, U.POWER): 0.25,
    (U.GAS, U.TELECOM): 0.15,
    (U.TELECOM, U.POWER): 0.25,
}


def _across(
    plot: Plot,
    kind: str,
    gap: float | None,
    count: int,
    utility: Utility,
    main: Utility,
    *,
    side: int,
) -> None:
    """Services moved to lie `gap` below the main they cross (above when negative, through it
    when None)."""
    kinds = (MAIN,) if utility == U.TELECOM else _SMALL_STREETS
    site = plot.built_sites(f"{kind} {utility.key}", side, count, kinds=kinds)
    lot = site // 2
    node, offset, _ = plot.main_beside(main, side)
    crossing = plot.point(lot, slot_station(plot, lot, utility), offset[lot])
    band = _band(plot, node[lot], main)
    outer = SECTIONS[section(_KEY[utility])].outer_height_m
    if gap is None:
        top = band + _DUCT_M / 2 - outer / 2
    elif gap > 0:
        top = band + _DUCT_M + gap
    else:
        top = band + gap - outer
    row = plot.pipe_at(site, _KEY[utility], Role.SERVICE)
    plot.pipes.top_from[row] = top
    plot.pipes.top_to[row] = top
    if utility == U.WATER:
        plot.pipes.top_from[plot.pipe_at(site, "water 50", Role.YARD)] = top
    expected = {"required_m": _REQUIRED_M[utility, main]}
    if kind == "collision":
        expected = {"actual_m": round(-(_DUCT_M + outer) / 2, 3)}
    elif kind == "vertical_clearance":
        expected["actual_m"] = abs(gap or 0.0)
    else:
        expected = {"above": utility.key if gap and gap < 0 else main.key}
    also = {
        "collision": ("vertical_clearance", "vertical_order"),
        "vertical_clearance": (),
        "vertical_order": (),
    }[kind]
    for k, other in enumerate(plot.piece_into[node[lot]]):
        plot.plant(
            Pending(
                kind, kind, ("pipes", int(row[k])), ("pipes", int(other)),
                (float(crossing[k, 0]), float(crossing[k, 1])), float(top[k]), dict(expected), also,
            )
        )  # fmt: skip


def _band(plot: Plot, node: I64, utility: Utility) -> F64:
    return design_depth(np.full(len(node), utility, np.int8), plot.nodes.richness[node])


def _shallow(plot: Plot, count: int) -> None:
    """Yard pipes laid 0.25 m deep, behind the red line where they cross nothing."""
    for side, key, utility in ((1, "water 50", U.WATER), (-1, "sewage 200", U.SEWAGE)):
        share = (count + 1) // 2 if side > 0 else count // 2
        site = plot.built_sites(f"cover {key}", side, share, kinds=(LOCAL, SECONDARY, MAIN))
        row = plot.pipe_at(site, key, Role.YARD)
        plot.pipes.top_from[row] = 0.25
        plot.pipes.top_to[row] = 0.25
        middle = (plot.nodes.uv[plot.pipes.start[row]] + plot.nodes.uv[plot.pipes.end[row]]) / 2
        for k, pipe in enumerate(row):
            plot.plant(
                Pending(
                    "cover", "cover", ("pipes", int(pipe)), None,
                    (float(middle[k, 0]), float(middle[k, 1])), 0.25,
                    {"actual_m": 0.25, "required_at_least_m": 0.6, "utility": utility.key},
                )
            )  # fmt: skip


_UNJOINED_M = 0.12


def _unjoined(plot: Plot, count: int) -> None:
    """Yard water pipes that start 0.12 m beyond the end they should be joined to."""
    site = plot.built_sites("unjoined", 1, count, kinds=(LOCAL, SECONDARY, MAIN))
    lot = site // 2
    yard = plot.pipe_at(site, "water 50", Role.YARD)
    service = plot.pipe_at(site, "water 50", Role.SERVICE)
    gate = plot.pipes.start[yard]
    away = plot.nodes.uv[plot.pipes.end[yard]] - plot.nodes.uv[gate]
    away = away / np.hypot(away[:, 0], away[:, 1])[:, None]
    fresh = plot.add_nodes(lot, plot.nodes.uv[gate] + _UNJOINED_M * away, U.WATER, Role.EXTRA)
    plot.pipes.start[yard] = fresh
    plot.roughly_placed.extend((service, yard))
    depth = float(TOP_DEPTH_M[0, U.WATER])
    for k in range(len(site)):
        at = plot.nodes.uv[gate[k]]
        plot.plant(
            Pending(
                "unjoined_ends", "unjoined_ends",
                ("pipes", int(service[k])), ("pipes", int(yard[k])),
                (float(at[0]), float(at[1])), depth, {"gap_m": _UNJOINED_M},
            )
        )  # fmt: skip
