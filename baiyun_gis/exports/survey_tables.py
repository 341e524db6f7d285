"""Point and line tables (点表、线表) with the field's own headings, as offices exchange them.

A line table joins two points a row. A line that bends between its nodes becomes one row a straight
piece, and a bend or an end without a node becomes a point of its own, so nothing is left out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.errors import ExportError
from baiyun_gis.exports.exporter import Exported
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, I8, I64, Bool, Day, Str, text_array
from baiyun_gis.model.levels import axis_offset_m
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    Material,
    NodeKind,
    PressureClass,
    Provenance,
    Shape,
    Status,
    Utility,
    Vocabulary,
)
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.table import safe_cell

POINTS, LINES = "点表", "线表"
_METHODS = {"visible": "明显", "hidden": "隐蔽"}
_FLOWS = ("", "正向", "反向")
_DATES = {"埋设日期": "valid_from", "停用日期": "valid_to", "探测日期": "recorded_at"}


@dataclass(frozen=True, slots=True)
class SurveyTable:
    """A table as text and numbers, column by column."""

    name: str
    columns: dict[str, list[Any]]

    def rows(self) -> Iterable[Sequence[Any]]:
        """The rows; unknown values are empty."""
        return zip(*self.columns.values(), strict=True)


class CsvExporter:
    """Two CSV files in UTF-8 with a byte order mark."""

    name = "survey-csv"
    title = msg("survey tables (点表, 线表) as two CSV files")
    suffixes = (".csv",)

    def write(
        self, state: ProjectState, path: Path, *, tables: Sequence[str], job: Job
    ) -> Exported:
        """Write NAME_点表.csv and NAME_线表.csv."""
        made, notes = _tables_of(state, tables)
        files: list[Path] = []
        for number, table in enumerate(made):
            job.step(number / len(made), msg("Writing {table}", table=table.name))
            files.append(path.with_name(f"{path.stem}_{table.name}{path.suffix}"))
            with files[-1].open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, lineterminator="\r\n")
                writer.writerow(table.columns)
                writer.writerows([[safe_cell(v) for v in row] for row in table.rows()])
        return Exported(tuple(files), notes)


class XlsxExporter:
    """One workbook with a sheet for points and one for lines."""

    name = "survey-xlsx"
    title = msg("survey tables (点表, 线表) as sheets of a workbook")
    suffixes = (".xlsx",)

    def write(
        self, state: ProjectState, path: Path, *, tables: Sequence[str], job: Job
    ) -> Exported:
        """Write the workbook, headings frozen."""
        from openpyxl import Workbook

        made, notes = _tables_of(state, tables)
        with path.open("wb") as file:
            book = Workbook(write_only=True)
            for number, table in enumerate(made):
                job.step(number / len(made), msg("Writing {table}", table=table.name))
                sheet = book.create_sheet(table.name)
                sheet.freeze_panes = "A2"
                sheet.append(list(table.columns))
                for row in table.rows():
                    sheet.append([None if v == "" else safe_cell(v) for v in row])
            book.save(file)
        return Exported((path,), notes)


def survey_tables(state: ProjectState) -> tuple[SurveyTable, SurveyTable]:
    """The point table and the line table of a project."""
    pieces = _pieces(state.pipes, state.nodes)
    return _point_table(state, pieces), _line_table(state, pieces)


def _tables_of(
    state: ProjectState, tables: Sequence[str]
) -> tuple[tuple[SurveyTable, ...], tuple[Message, ...]]:
    if not {"pipes", "nodes"} & set(tables):
        raise ExportError("Survey tables hold lines and their points; there are none to export")
    left = [table for table in tables if table not in {"pipes", "nodes"}]
    notes = (msg("survey tables do not hold: {tables}", tables=", ".join(left)),) if left else ()
    return survey_tables(state), notes


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Straight pieces of all lines: their line, the vertices and point names of their ends."""

    pipe: I64
    name: Str
    start: I64
    end: I64
    start_name: Str
    end_name: Str
    made_names: Str
    made_vertices: I64
    made_pipes: I64


def _pieces(pipes: PipeTable, nodes: NodeTable) -> _Pieces:
    owner = pipes.vertex_pipe
    vertices = len(pipes.xy)
    names = np.full(vertices, "", dtype=object)
    is_named = np.zeros(vertices, dtype=np.bool_)
    has = np.diff(pipes.offsets) > 0
    for reference, vertex in (
        (pipes.start_node, pipes.offsets[:-1]),
        (pipes.end_node, pipes.offsets[1:] - 1),
    ):
        known = has & (reference >= 0) & (reference < len(nodes))
        names[vertex[known]] = nodes.id[reference[known]]
        is_named[vertex[known]] = True
    made = np.flatnonzero(~is_named)
    place = np.arange(vertices) - pipes.offsets[:-1][owner] if vertices else np.zeros(0, np.int64)
    names[made] = [
        f"{pipes.id[p]}@{k}" for p, k in zip(owner[made], place[made].tolist(), strict=True)
    ]
    start = np.flatnonzero(owner[:-1] == owner[1:]) if vertices else np.zeros(0, np.int64)
    pipe = owner[start]
    several = np.diff(pipes.offsets)[pipe] > 2
    ids = pipes.id[pipe].copy()
    ids[several] = [
        f"{name}-{k + 1}"
        for name, k in zip(ids[several], place[start][several].tolist(), strict=True)
    ]
    return _Pieces(
        pipe, ids, start, start + 1, names[start], names[start + 1], names[made], made, owner[made]
    )


def _point_table(state: ProjectState, pieces: _Pieces) -> SurveyTable:
    nodes, pipes, count = state.nodes, state.pipes, len(pieces.made_vertices)
    xy = np.concatenate([nodes.xy, pipes.xy[pieces.made_vertices]])
    made_kind = _words(Utility, pipes.utility[pieces.made_pipes])
    blank = [""] * count
    columns: dict[str, list[Any]] = {
        "管线点号": [*nodes.id, *pieces.made_names],
        "北坐标": _numbers(xy[:, 1]),
        "东坐标": _numbers(xy[:, 0]),
        "管线种类": [*_words(Utility, nodes.utility), *made_kind],
        "管线代码": [*nodes.subtype, *pipes.subtype[pieces.made_pipes]],
        "点类别": [*_words(NodeKind, nodes.kind), *blank],
        "特征": [*nodes.feature, *blank],
        "附属物": [*nodes.fixture, *blank],
        "是否井室": [*_flags(nodes.is_chamber), *blank],
        "井室形状": [*_words(Shape, nodes.chamber_shape), *blank],
        "使用状态": [
            *_words(Status, nodes.status),
            *_words(Status, pipes.status[pieces.made_pipes]),
        ],
    }
    for title, values in (
        ("地面高程", nodes.ground_m),
        ("管点高程", nodes.level_m),
        ("埋深", nodes.depth_m),
        ("井室宽(m)", nodes.chamber_width_m),
        ("井室长(m)", nodes.chamber_length_m),
        ("旋转角", nodes.chamber_angle_deg),
        ("井底高程", nodes.bottom_m),
        ("井底深", nodes.chamber_depth_m),
        ("井脖高度(m)", nodes.neck_m),
        ("平面中误差(m)", nodes.sigma_xy_m),
        ("高程中误差(m)", nodes.sigma_z_m),
    ):
        columns[title] = [*_numbers(values), *blank]
    for title, days in _DATES.items():
        columns[title] = [*_days(getattr(nodes, days)), *blank]
    for title, words in (
        ("探查方法", _methods(nodes.survey_method)),
        ("权属单位", nodes.owner),
        ("道路名称", nodes.road),
        ("备注", nodes.note),
    ):
        columns[title] = [*words, *blank]
    return SurveyTable(POINTS, columns)


def _line_table(state: ProjectState, pieces: _Pieces) -> SurveyTable:
    pipes, of = state.pipes, pieces.pipe
    start_level, end_level, datum = _levels(pipes, pieces)
    columns: dict[str, list[Any]] = {
        "管线段编号": pieces.name.tolist(),
        "起点点号": pieces.start_name.tolist(),
        "终点点号": pieces.end_name.tolist(),
        "管线种类": _words(Utility, pipes.utility[of]),
        "管线代码": pipes.subtype[of].tolist(),
        "断面形状": _words(Shape, pipes.shape[of]),
        "管径": _nominal(pipes)[of].tolist(),
        "公称直径(mm)": _numbers(pipes.nominal_mm[of]),
        "外径(mm)": _sizes(pipes.outer_width_m, pipes.outer_height_m, pipes.shape)[of].tolist(),
        "内径(mm)": _sizes(pipes.inner_width_m, pipes.inner_height_m, pipes.shape)[of].tolist(),
        "断面来源": _words(Provenance, pipes.section_source[of]),
        "材质": _words(Material, pipes.material[of]),
        "埋设方式": _words(Burial, pipes.burial[of]),
        "压力级别": _words(PressureClass, pipes.pressure_class[of]),
        "设计压力(MPa)": _numbers(pipes.pressure_mpa[of]),
        "电压(kV)": _numbers(pipes.voltage_kv[of]),
        "总孔数": _numbers(pipes.hole_count[of]),
        "电缆条数": _numbers(pipes.cable_count[of]),
        "管高位置": _words(LevelDatum, datum),
        "管高位置来源": _words(Provenance, pipes.level_datum_source[of]),
        "起点高程": _numbers(start_level),
        "终点高程": _numbers(end_level),
        "高程来源": _words(Provenance, pipes.level_source[of]),
        "流向": [_FLOWS[flow] for flow in pipes.flow[of].tolist()],
        "使用状态": _words(Status, pipes.status[of]),
        "套管外径(m)": _numbers(pipes.casing_m[of]),
        "套管编号": pipes.enclosure[of].tolist(),
        "隔板": _flags(pipes.has_plate[of]),
        "平面中误差(m)": _numbers(pipes.sigma_xy_m[of]),
        "高程中误差(m)": _numbers(pipes.sigma_z_m[of]),
        "探查方法": _methods(pipes.survey_method[of]),
        "质量等级": pipes.quality_level[of].tolist(),
        "权属单位": pipes.owner[of].tolist(),
        "道路名称": pipes.road[of].tolist(),
        "备注": pipes.note[of].tolist(),
    }
    is_first = pieces.start == pipes.offsets[:-1][of]
    is_last = pieces.end == pipes.offsets[1:][of] - 1
    for title, values, here in (
        ("起点埋深", pipes.start_depth_m, is_first),
        ("终点埋深", pipes.end_depth_m, is_last),
        ("起点地面高程", pipes.start_ground_m, is_first),
        ("终点地面高程", pipes.end_ground_m, is_last),
    ):
        columns[title] = _numbers(np.where(here, values[of], np.nan))
    for title, days in _DATES.items():
        columns[title] = _days(getattr(pipes, days)[of])
    return SurveyTable(LINES, columns)


def _levels(pipes: PipeTable, pieces: _Pieces) -> tuple[F64, F64, I8]:
    """Levels at both ends of each piece, and what of the section they are levels of.

    From the axis where it has levels, else as recorded at the ends of the line.
    """
    offset = axis_offset_m(pipes)
    datum = np.where(np.isnan(offset) & pipes.has_level, LevelDatum.CENTRE, pipes.level_datum)
    offset = np.where(np.isnan(offset), 0.0, offset)
    is_first = pieces.start == pipes.offsets[:-1][pieces.pipe]
    is_last = pieces.end == pipes.offsets[1:][pieces.pipe] - 1
    recorded = (
        np.where(is_first, pipes.start_level_m[pieces.pipe], np.nan),
        np.where(is_last, pipes.end_level_m[pieces.pipe], np.nan),
    )
    shift = offset[pieces.pipe]
    start = np.round(pipes.axis_level[pieces.start] - shift, 6)
    end = np.round(pipes.axis_level[pieces.end] - shift, 6)
    start = np.where(np.isnan(start), recorded[0], start)
    end = np.where(np.isnan(end), recorded[1], end)
    return start, end, datum[pieces.pipe].astype(np.int8)


def _nominal(pipes: PipeTable) -> Str:
    """The size as recorded, else DN; empty where neither is known."""
    numbers = [f"DN{v:g}" if v == v else "" for v in pipes.nominal_mm.tolist()]
    return text_array(s or n for s, n in zip(pipes.size_text, numbers, strict=True))


def _sizes(width_m: F64, height_m: F64, shape: I8) -> Str:
    """Sizes in millimetres: one number for a circle, width X height else, empty if unknown."""
    width, height = np.round(width_m * 1000, 3), np.round(height_m * 1000, 3)
    is_round = (shape == Shape.CIRCLE) | ((shape == Shape.UNKNOWN) & (width == height))
    return text_array(
        "" if w != w or h != h else f"{w:g}" if r else f"{w:g}X{h:g}"
        for w, h, r in zip(width.tolist(), height.tolist(), is_round.tolist(), strict=True)
    )


def _flags(values: Bool) -> list[str]:
    return np.where(values, "是", "否").tolist()


def _methods(values: Str) -> list[str]:
    return [_METHODS.get(value, value) for value in map(str, values)]


def _words(vocabulary: type[Vocabulary], codes: I8) -> list[str]:
    """Codes in the field's Chinese words; empty where unknown."""
    words = np.full(max(int(m) for m in vocabulary) + 1, "", dtype=object)
    for member in vocabulary:
        words[int(member)] = "" if member.key == "unknown" else member.zh
    return words[codes.astype(np.int64)].tolist()


def _numbers(values: F64) -> list[Any]:
    return ["" if value != value else value for value in values.tolist()]


def _days(values: Day) -> list[str]:
    return np.where(np.isnat(values), "", np.datetime_as_string(values)).tolist()


CSV = CsvExporter()
XLSX = XlsxExporter()
