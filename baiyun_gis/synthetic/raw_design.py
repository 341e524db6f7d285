"""A designer's drawing: a planned gas main that does not fit everywhere.

It runs along a secondary street at a depth of its own, so that it comes too near to services
and mains it crosses, and close beside the water main for a stretch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.model.columns import F64, Geom
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.corridors import point_on
from baiyun_gis.synthetic.streets import SECONDARY
from baiyun_gis.synthetic.truth import Planted

if TYPE_CHECKING:
    from shapely import LineString

    from baiyun_gis.synthetic.district import District

PLANNED_FROM = "2026-03-01"
PIPE_LAYER = "规划燃气-中压A"
TEXT_LAYER = "标注文字"
OUTER_M = 0.2
_TOP_M = 1.38
_BETWEEN_M, _BESIDE_WATER_M = 7.5, 8.15
_REQUIRED_M = 0.15
"""Gas to any line it crosses, GB 50289-2016 table 4.1.14 (0.15 for all but direct cables)."""
_CLEAR_CUT_M = 0.02
_BESIDE_REQUIRED_M = 0.5
_BESIDE_M, _STRETCH_M = 0.7, 3.0


@dataclass(frozen=True, slots=True)
class PlannedMain:
    """The axis of the planned main in project coordinates with levels of its outer top."""

    xy: F64
    top_m: F64
    road: str


def planned_main(district: District) -> PlannedMain:
    """Two blocks along the first secondary street from the west, bending towards the water main."""
    plan = district.plan
    street = int(np.flatnonzero(plan.ew.kind == SECONDARY)[0])
    edges = plan.ew_edges
    first, middle, last = (
        float(edges.knot_from[street, 0]) + 6.0,
        float(edges.lot_from[street, 1]) + 2.0,
        float(edges.lot_to[street, 1]) - 4.0,
    )
    station = np.array([first, (first + middle) / 2, middle, middle + 14.0, last])
    offset = np.array([_BETWEEN_M, _BETWEEN_M, _BETWEEN_M, _BESIDE_WATER_M, _BESIDE_WATER_M])
    rows = np.full(len(station), street)
    uv = point_on(plan.ew, rows, station, offset)
    top = np.round(district.ground.level(uv) - _TOP_M, 3)
    return PlannedMain(district.frame.to_project(uv), top, str(plan.ew.name[street]))


def write_design(main: PlannedMain, path: Path) -> None:
    """The drawing as R2004 DXF in code page ANSI_936."""
    from ezdxf._options import options
    from ezdxf.filemanagement import new

    before = options.write_fixed_meta_data_for_testing
    options.write_fixed_meta_data_for_testing = True
    try:
        drawing = new("R2004", setup=False)
        drawing.encoding = "gbk"
        drawing.classes.add_required_classes(drawing.dxfversion)
        classes = sorted(drawing.classes.classes.items())  # the library adds them in any order
        drawing.classes.classes.clear()
        drawing.classes.classes.update(classes)
        drawing.header["$INSUNITS"] = 6
        drawing.layers.add(PIPE_LAYER, color=6)
        drawing.layers.add(TEXT_LAYER, color=7)
        drawing.layers.add("图框", color=8)
        space = drawing.modelspace()
        points = [(*xy, z) for xy, z in zip(main.xy.tolist(), main.top_m.tolist(), strict=True)]
        space.add_polyline3d(points, dxfattribs={"layer": PIPE_LAYER})
        for (x, y), top in zip(main.xy.tolist(), main.top_m.tolist(), strict=True):
            text = f"DN200 管顶{top:.2f}"
            space.add_text(text, height=1.2, dxfattribs={"layer": TEXT_LAYER}).set_placement(
                (x + 0.8, y + 0.8)
            )
        x0, y0 = main.xy.min(axis=0) - 30
        x1, y1 = main.xy.max(axis=0) + 30
        frame = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        space.add_lwpolyline(frame, close=True, dxfattribs={"layer": "图框"})
        title = f"{main.road}中压燃气管道规划图(合成示例)"
        space.add_text(title, height=4, dxfattribs={"layer": TEXT_LAYER}).set_placement(
            (x0 + 4, y1 - 10)
        )
        drawing.saveas(path)
    finally:
        options.write_fixed_meta_data_for_testing = before


def planned_conflicts(district: District, main: PlannedMain) -> list[Planted]:
    """Existing lines that the planned main comes too near to, worked out one by one."""
    import shapely

    pipes = district.state.pipes
    ends = pipes.xy.reshape(-1, 2, 2)
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    route = shapely.LineString(main.xy)
    rows = shapely.STRtree(lines.tolist()).query(route, predicate="crosses")
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(main.xy, axis=0).T))])
    items: list[Planted] = []
    for row in np.sort(rows):
        if not np.isnat(pipes.valid_to[row]) or np.isnan(pipes.axis_level[2 * row]):
            continue
        at = shapely.get_coordinates(shapely.intersection(lines[row], route))[0]
        top = float(
            np.interp(shapely.line_locate_point(route, shapely.points(at)), along, main.top_m)
        )
        share = np.hypot(*(at - ends[row, 0])) / np.hypot(*(ends[row, 1] - ends[row, 0]))
        axis = pipes.axis_level[2 * row : 2 * row + 2]
        level = float(axis[0] + share * (axis[1] - axis[0]))
        gap = abs(level - (top - OUTER_M / 2)) - OUTER_M / 2 - pipes.outer_height_m[row] / 2
        if gap < _REQUIRED_M - _CLEAR_CUT_M:
            check = "collision" if gap < -_CLEAR_CUT_M else "vertical_clearance"
            items.append(
                Planted(
                    "planned_main",
                    check,
                    ("pipes", PIPE_LAYER),
                    ("pipes", str(pipes.id[row])),
                    (float(at[0]), float(at[1]), top),
                    {
                        "required_m": _REQUIRED_M,
                        "actual_m": round(float(gap), 3),
                        "utility": Utility(int(pipes.utility[row])).key,
                    },
                    ("vertical_clearance", "vertical_order", "collision"),
                )
            )
    return [*items, *_beside_water(district, lines, route)]


def _beside_water(district: District, lines: Geom, route: LineString) -> list[Planted]:
    """Pieces of the water main that the planned main runs along too near."""
    import shapely

    pipes = district.state.pipes
    gap = shapely.distance(lines, route) - OUTER_M / 2 - pipes.outer_width_m / 2
    near = shapely.intersection(lines, shapely.buffer(route, _BESIDE_M, cap_style="flat"))
    is_main = (pipes.utility == Utility.WATER) & (pipes.nominal_mm > 100)
    beside = is_main & (gap < _BESIDE_REQUIRED_M) & (shapely.length(near) > _STRETCH_M)
    return [
        Planted(
            "planned_main",
            "horizontal_clearance",
            ("pipes", PIPE_LAYER),
            ("pipes", str(pipes.id[row])),
            (float(x), float(y), float("nan")),
            {"required_m": _BESIDE_REQUIRED_M, "actual_m": round(float(gap[row]), 3)},
        )
        for row in np.flatnonzero(beside)
        for x, y in shapely.get_coordinates(shapely.centroid(near[row]))
    ]
