"""A small survey with known truth, and writers of it in the layouts that offices use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ORIGIN = (434_567.25, 2_560_123.5)
"""East and north of the first point in EPSG:4547."""


@dataclass(frozen=True)
class Line:
    start: int
    end: int
    code: str
    size: str
    material: str
    burial: str
    start_depth: float
    end_depth: float


@dataclass(frozen=True)
class Survey:
    """Points on a bent street (metres, EPSG:4547) and lines between neighbours."""

    ids: tuple[str, ...]
    east: tuple[float, ...]
    north: tuple[float, ...]
    ground: tuple[float, ...]
    lines: tuple[Line, ...]


def survey(code: str = "JS", count: int = 12) -> Survey:
    """One utility along a street; every number has at most three decimals."""
    steps = np.arange(count)
    size, material, burial = {
        "JS": ("DN300", "铸铁", "直埋"),
        "WS": ("600", "混凝土", "直埋"),
        "DL": ("800X600", "混凝土", "管沟"),
    }[code]
    return Survey(
        ids=tuple(f"{code}{i + 1}" for i in steps),
        east=tuple(round(ORIGIN[0] + 31.5 * i, 3) for i in steps),
        north=tuple(round(ORIGIN[1] + 0.75 * i * i, 3) for i in steps),
        ground=tuple(round(12.0 + 0.05 * i, 3) for i in steps),
        lines=tuple(
            Line(i, i + 1, code, size, material, burial, round(1.0 + 0.01 * i, 3),
                 round(1.01 + 0.01 * i, 3))
            for i in range(count - 1)
        ),
    )  # fmt: skip


Table = list[list[str]]
Layout = Callable[[Survey], dict[str, Table]]


def chinese(s: Survey) -> dict[str, Table]:
    points = [["图上点号", "物探点号", "特征", "附属物", "X", "Y", "地面高程", "井底深", "备注"]]
    points += [
        [str(i + 1), n, "直线点" if i % 2 else "", "" if i % 2 else "阀门井", f"{s.north[i]}",
         f"{s.east[i]}", f"{s.ground[i]}", "", ""]
        for i, n in enumerate(s.ids)
    ]  # fmt: skip
    lines = [["起始点号", "终止点号", "起点埋深", "终点埋深", "埋设方式", "材质", "管径",
              "权属单位", "建设年代"]]  # fmt: skip
    lines += [
        [s.ids[k.start], s.ids[k.end], f"{k.start_depth}", f"{k.end_depth}", k.burial, k.material,
         k.size, "某公司", "2005"]
        for k in s.lines
    ]  # fmt: skip
    return {"POINT": points, "LINE": lines}


def pinyin(s: Survey) -> dict[str, Table]:
    points = [["GXDH", "TZ", "FSW", "XZB", "YZB", "DMGC", "SZDL"]]
    points += [
        [n, "", "检修井", f"{s.north[i]}", f"{s.east[i]}", f"{s.ground[i]}", "中山路"]
        for i, n in enumerate(s.ids)
    ]
    lines = [["QDDH", "ZDDH", "QDMS", "ZDMS", "GJ", "CZ", "MSFS", "GXZL", "QSDW", "JSND"]]
    lines += [
        [s.ids[k.start], s.ids[k.end], f"{k.start_depth}", f"{k.end_depth}", k.size, k.material,
         k.burial, k.code, "", "2005"]
        for k in s.lines
    ]  # fmt: skip
    return {"PT": points, "LN": lines}


def english(s: Survey) -> dict[str, Table]:
    points = [["Point No", "Northing", "Easting", "Ground Level (m)", "Fixture"]]
    points += [
        [n, f"{s.north[i]}", f"{s.east[i]}", f"{s.ground[i]}", "manhole"]
        for i, n in enumerate(s.ids)
    ]
    words = {"铸铁": "cast iron", "混凝土": "concrete", "直埋": "direct buried", "管沟": "trench"}
    lines = [["From Node", "To Node", "Start Depth", "End Depth", "Diameter (mm)", "Material",
              "Burial Type", "Year Built"]]  # fmt: skip
    lines += [
        [s.ids[k.start], s.ids[k.end], f"{k.start_depth}", f"{k.end_depth}", k.size,
         words[k.material], words[k.burial], "2005"]
        for k in s.lines
    ]  # fmt: skip
    return {"points": points, "lines": lines}


def standard(s: Survey) -> dict[str, Table]:
    """The layout of EPS exports: Exp_No, S_Exp, PSize …"""
    points = [["Prj_No", "Map_No", "Exp_No", "X", "Y", "High", "Feature", "Subsid", "WellDeep",
               "SUnit", "SDate"]]  # fmt: skip
    points += [
        ["P1", str(i), n, f"{s.north[i]}", f"{s.east[i]}", f"{s.ground[i]}", "", "阀门井", "1.8",
         "U", "2019-03-04"]
        for i, n in enumerate(s.ids)
    ]  # fmt: skip
    lines = [["S_Exp", "S_Deep", "E_Exp", "E_Deep", "Type", "Material", "PSize", "EmBed", "FlowDir",
              "Belong", "MDate"]]  # fmt: skip
    lines += [
        [s.ids[k.start], f"{k.start_depth}", s.ids[k.end], f"{k.end_depth}", k.code, k.material,
         k.size, k.burial, "+", "", "2005/06/01"]
        for k in s.lines
    ]  # fmt: skip
    return {"Point": points, "Line": lines}


def ends(s: Survey) -> dict[str, Table]:
    """One line table with the coordinates of both ends."""
    rows = [["管线编号", "起点点号", "S_X", "S_Y", "起点地面高程", "起点埋深(cm)", "终点点号",
             "E_X", "E_Y", "终点地面高程", "终点埋深(cm)", "管径(mm)",
             "材质", "埋设方式"]]  # fmt: skip
    rows += [
        [f"L{n}", s.ids[k.start], f"{s.north[k.start]}", f"{s.east[k.start]}",
         f"{s.ground[k.start]}", f"{k.start_depth * 100:.1f}", s.ids[k.end], f"{s.north[k.end]}",
         f"{s.east[k.end]}", f"{s.ground[k.end]}", f"{k.end_depth * 100:.1f}", k.size, k.material,
         k.burial]
        for n, k in enumerate(s.lines)
    ]  # fmt: skip
    return {"管线": rows}


def connected(s: Survey) -> dict[str, Table]:
    """Points with connections: a line in two rows, the number only in a point's first row."""
    rows = [["管线点成果表", *[""] * 10],
            ["点号", "连接点号", "特征", "附属物", "平面坐标", "", "地面高程", "埋深", "管径",
             "材质", "埋设方式"],
            ["", "", "", "", "X", "Y", "(m)", "(m)", "(mm)", "", ""]]  # fmt: skip
    for i, name in enumerate(s.ids):
        links = [
            (k, k.end, k.start_depth) if k.start == i else (k, k.start, k.end_depth)
            for k in s.lines
            if i in (k.start, k.end)
        ]
        for n, (k, other, depth) in enumerate(links):
            first = n == 0
            rows.append(
                [name if first else "", s.ids[other], "", "阀门井" if first else "",
                 f"{s.north[i]}" if first else "", f"{s.east[i]}" if first else "",
                 f"{s.ground[i]}" if first else "", f"{depth}", k.size, k.material, k.burial]
            )  # fmt: skip
    rows.append(["制表: 张三", "", "", "", "", "", "", "", "", "", "日期"][:3])
    return {"成果": rows}


LAYOUTS: tuple[Layout, ...] = (chinese, pinyin, english, standard, ends, connected)


def write_csv(table: Table, path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> None:
    text = "\r\n".join(delimiter.join(row) for row in table) + "\r\n"
    path.write_bytes(text.encode(encoding))


def write_folder(
    tables: dict[str, Table], folder: Path, *, prefix: str = "JS", encoding: str = "gb18030",
    delimiter: str = ",",
) -> Path:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        path = folder / f"{prefix}_{name}.csv"
        write_csv(table, path, encoding=encoding, delimiter=delimiter)
    return folder


def write_workbook(tables: dict[str, Table], path: Path, *, numbers: bool = True) -> Path:
    """An XLSX with one sheet a table; numeric cells as numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append([_number(c) if numbers else c for c in row])
    book.save(path)
    return path


def _number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell or None


def replaced(table: Sequence[list[str]], row: int, column: int, value: str) -> Table:
    """A copy with one cell changed; `row` counts from 1, the header is row 1."""
    copy = [list(r) for r in table]
    copy[row - 1][column] = value
    return copy
