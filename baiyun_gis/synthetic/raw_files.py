"""A district as the raw files people really have, each of another sort.

Everything that a survey hands over: tables in several layouts and encodings, a shapefile, a
GeoPackage, a drawing, rasters; and what was planted in them as `truth.json`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic import raw_design, raw_flaws, raw_maps
from baiyun_gis.synthetic import raw_tables as tables
from baiyun_gis.synthetic.raw_workbooks import write_csv, write_workbook
from baiyun_gis.synthetic.truth import Planted, Truth

if TYPE_CHECKING:
    from baiyun_gis.project import ProjectState
    from baiyun_gis.synthetic.district import District

LARGEST = 20_000
"""Segments up to which raw files are written: tables of this size are handed over in one piece."""
SAMPLE_SEGMENTS, SAMPLE_SEED = 4_000, 2024
SURVEY = "survey"
TRUTH = "truth.json"
_OTHERS = (Utility.RECLAIMED, Utility.HEAT, Utility.INDUSTRIAL, Utility.TUNNEL)


def write_raw_files(district: District, folder: Path) -> Truth:
    """Write all files into `folder` and give the truth that fits them, also written there.

    Raises `UsageError` for a district that is too large and `ExportError` where the folder
    cannot be written.
    """
    if len(district.state.pipes) > LARGEST:
        raise UsageError(
            "raw files are written for up to {largest} segments; this district has {segments}",
            largest=LARGEST,
            segments=len(district.state.pipes),
        )
    try:
        for name in (SURVEY, "buildings", "permits", "base", "rasters", "design"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        _clear(folder)
        flaws = _write_tables(district, folder / SURVEY)
        raw_maps.write_buildings(district, folder / "buildings" / "buildings.shp")
        raw_maps.write_permits(district, folder / "permits" / "permits.gpkg")
        raw_maps.write_streets(district, folder / "base" / "streets.gpkg")
        raw_maps.write_terrain(district, folder / "rasters" / "DEM_2024.tif")
        raw_maps.write_surfaces(district, folder / "rasters")
        raw_maps.write_imagery(district, folder / "rasters" / "imagery_2024.tif")
        main = raw_design.planned_main(district)
        raw_design.write_design(main, folder / "design" / "planned_gas_main.dxf")
        planned = raw_design.planned_conflicts(district, main)
        truth = dataclasses.replace(district.truth, items=(*district.truth.items, *planned, *flaws))
        (folder / TRUTH).write_text(truth.to_json(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ExportError(
            "{path} cannot be written: {reason}", path=folder, reason=error.strerror or error
        ) from error
    return truth


def _clear(folder: Path) -> None:
    """GeoPackages of a run before would be added to."""
    for name in ("permits/permits.gpkg", "base/streets.gpkg"):
        (folder / name).unlink(missing_ok=True)


def _write_tables(district: District, folder: Path) -> list[Planted]:
    state = district.state
    streets, tunnel = _streets_and_tunnel(state)
    flaws: list[Planted] = []

    water = tables.rows_of(streets, Utility.WATER)
    points = tables.table_of(water, tables.eps_points(zone_prefix=False))
    lines = tables.table_of(water, tables.eps_lines("JS"))
    flaws += raw_flaws.planted_flaws(
        f"{SURVEY}/JS_POINT.csv", points, raw_flaws.POINT_FLAWS, kind="nodes"
    )
    flaws += raw_flaws.planted_flaws(
        f"{SURVEY}/JS_LINE.csv", lines, raw_flaws.LINE_FLAWS, kind="pipes"
    )
    points = raw_flaws.with_flaws(points, raw_flaws.POINT_FLAWS)
    lines = raw_flaws.with_flaws(lines, raw_flaws.LINE_FLAWS)
    write_csv(points, folder / "JS_POINT.csv", encoding="gbk")
    write_csv(lines, folder / "JS_LINE.csv", encoding="gbk")

    gas = tables.rows_of(streets, Utility.GAS)
    points = tables.table_of(gas, tables.eps_points(zone_prefix=True))
    write_csv(points, folder / "RQ_POINT.csv", encoding="gbk")
    lines = tables.table_of(gas, tables.eps_lines("RQ"))
    write_csv(lines, folder / "RQ_LINE.csv", encoding="gbk")

    power = tables.rows_of(streets, Utility.POWER)
    for name, layout in (
        ("电力管点.csv", tables.chinese_points()),
        ("电力管线.csv", tables.chinese_lines(levels=False)),
    ):
        write_csv(tables.table_of(power, layout), folder / name, encoding="utf-8-sig")

    telecom = tables.rows_of(streets, Utility.TELECOM)
    for name, layout in (
        ("TXPOINT.csv", tables.pinyin_points()),
        ("TXLINE.csv", tables.pinyin_lines()),
    ):
        write_csv(tables.table_of(telecom, layout), folder / name, encoding="gb18030")

    sheets: dict[str, tables.RawTable] = {}
    for utility in (Utility.SEWAGE, Utility.STORM):
        rows = tables.rows_of(streets, utility)
        sheets[f"{utility.zh}管点"] = tables.table_of(rows, tables.chinese_points())
        sheets[f"{utility.zh}管线"] = tables.table_of(rows, tables.chinese_lines(levels=True))
    name = f"{Utility.SEWAGE.zh}管线"
    flaws += raw_flaws.planted_flaws(
        f"{SURVEY}/排水管线.xlsx", sheets[name], raw_flaws.SEWER_FLAWS, kind="pipes", sheet=name
    )
    sheets[name] = raw_flaws.with_flaws(sheets[name], raw_flaws.SEWER_FLAWS)
    write_workbook(sheets, folder / "排水管线.xlsx")

    others = tables.rows_of(streets, *_OTHERS)
    write_workbook(
        {
            "管点": tables.table_of(others, tables.chinese_points()),
            "管线": tables.table_of(others, tables.mixed_lines()),
            "管廊管点": tables.table_of(tunnel, tables.chinese_points()),
            "管廊管线": tables.table_of(tunnel, tables.mixed_lines()),
        },
        folder / "其他管线.xlsx",
    )
    return flaws


def _streets_and_tunnel(state: ProjectState) -> tuple[tables.Rows, tables.Rows]:
    """The lines in the streets and those in the tunnel, each with its own points."""
    inside = state.pipes.enclosure != ""
    ends = np.concatenate([state.pipes.start_node[inside], state.pipes.end_node[inside]])
    in_tunnel = np.zeros(len(state.nodes), dtype=np.bool_)
    in_tunnel[ends] = True
    return tuple(
        tables.Rows(
            state.nodes.take(in_tunnel == which), state.pipes.take(inside == which), state.nodes
        )
        for which in (False, True)
    )  # type: ignore[return-value]
