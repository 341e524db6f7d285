"""Survey tables as crews hand them in: point and line rows of one utility, in several layouts.

X is north and Y is east, as surveyors write them. Depths and ground levels are in metres.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, Day, Str
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    Material,
    PressureClass,
    Shape,
    Status,
    Utility,
    Vocabulary,
)

ZONE_PREFIX_M = 38_000_000
"""Zone 38 of the 3-degree zones, written before the easting."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of text cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The points and lines of some utilities of a district."""

    nodes: NodeTable
    pipes: PipeTable
    all_nodes: NodeTable

    def start_id(self) -> Str:
        return self.all_nodes.id[self.pipes.start_node]

    def end_id(self) -> Str:
        return self.all_nodes.id[self.pipes.end_node]


def rows_of(rows: Rows, *utilities: Utility) -> Rows:
    """The points and lines of `utilities`."""
    return Rows(
        rows.nodes.take(np.isin(rows.nodes.utility, utilities)),
        rows.pipes.take(np.isin(rows.pipes.utility, utilities)),
        rows.all_nodes,
    )


Column = Callable[[Rows], Sequence[str] | Str]
Layout = dict[str, Column]


def table_of(rows: Rows, layout: Layout) -> RawTable:
    """The table of a layout: header and text cells."""
    columns = [make(rows) for make in layout.values()]
    return RawTable(tuple(layout), tuple(zip(*(map(str, c) for c in columns), strict=True)))


def number(values: F64, digits: int) -> list[str]:
    """Fixed decimals, blank for unknown."""
    return ["" if v != v else f"{v:.{digits}f}" for v in values.tolist()]


def plain(values: F64) -> list[str]:
    """Numbers without needless zeros, blank for unknown."""
    return ["" if v != v else f"{v:g}" for v in values.tolist()]


def day(values: Day) -> list[str]:
    """ISO days, blank for unknown."""
    return ["" if np.isnat(v) else str(v) for v in values]


def words(vocabulary: type[Vocabulary], codes: np.ndarray[tuple[int], np.dtype[np.int8]]) -> Str:
    """Chinese terms of codes, blank for unknown."""
    names = np.full(int(max(vocabulary)) + 1, "", dtype=object)
    for member in vocabulary:
        names[int(member)] = "" if member.key == "unknown" else member.zh
    return names[codes.astype(np.int64)]


def _method(values: Str) -> Str:
    return np.where(values == "visible", "明显点", "隐蔽点").astype(object)


def _chamber_size(nodes: NodeTable) -> list[str]:
    out: list[str] = []
    columns = zip(nodes.chamber_shape, nodes.chamber_width_m, nodes.chamber_length_m, strict=True)
    for shape, width, length in columns:
        if shape == Shape.CIRCLE:
            out.append(f"{width * 1000:.0f}")
        elif shape == Shape.RECTANGLE:
            out.append(f"{width * 1000:.0f}X{length * 1000:.0f}")
        else:
            out.append("")
    return out


def _pressure(pipes: PipeTable) -> Str:
    named = words(PressureClass, pipes.pressure_class)
    return np.where(named == "", np.array(plain(pipes.pressure_mpa), dtype=object), named)


def _material(pipes: PipeTable) -> Str:
    return words(Material, pipes.material)


def _burial(pipes: PipeTable) -> Str:
    return words(Burial, pipes.burial)


def _status(pipes: PipeTable) -> Str:
    return words(Status, pipes.status)


def eps_points(*, zone_prefix: bool) -> Layout:
    """The EPS layout of points (Exp_No, X, Y …)."""
    shift = ZONE_PREFIX_M if zone_prefix else 0
    return {
        "Prj_No": lambda r: ["BY2024-01"] * len(r.nodes),
        "Exp_No": lambda r: r.nodes.id,
        "X": lambda r: number(r.nodes.xy[:, 1], 3),
        "Y": lambda r: number(r.nodes.xy[:, 0] + shift, 3),
        "High": lambda r: number(r.nodes.ground_m, 3),
        "Code": lambda r: r.nodes.subtype,
        "Feature": lambda r: r.nodes.feature,
        "Subsid": lambda r: r.nodes.fixture,
        "WellDeep": lambda r: number(r.nodes.chamber_depth_m, 3),
        "WellNeck": lambda r: number(r.nodes.neck_m * 1000, 0),
        "WellSize": _on_nodes(_chamber_size),
        "Address": lambda r: r.nodes.road,
        "Belong": lambda r: r.nodes.owner,
        "MDate": lambda r: day(r.nodes.valid_from),
        "SDate": lambda r: day(r.nodes.recorded_at),
        "SurveyMethod": lambda r: _method(r.nodes.survey_method),
        "SigmaXY": lambda r: plain(r.nodes.sigma_xy_m),
        "SigmaZ": lambda r: plain(r.nodes.sigma_z_m),
        "Note": lambda r: r.nodes.note,
    }


def _on_nodes(make: Callable[[NodeTable], list[str]]) -> Column:
    return lambda rows: make(rows.nodes)


def eps_lines(type_code: str) -> Layout:
    """The EPS layout of lines (S_Exp, E_Exp, S_Deep …); depths of the outer top."""
    return {
        "Prj_No": lambda r: ["BY2024-01"] * len(r.pipes),
        "Lno": lambda r: r.pipes.id,
        "S_Exp": lambda r: r.start_id(),
        "E_Exp": lambda r: r.end_id(),
        "S_Deep": lambda r: number(r.pipes.start_depth_m, 3),
        "E_Deep": lambda r: number(r.pipes.end_depth_m, 3),
        "Type": lambda r: [type_code] * len(r.pipes),
        "Code": lambda r: r.pipes.subtype,
        "Material": lambda r: _material(r.pipes),
        "PSize": lambda r: r.pipes.size_text,
        "Pressure": lambda r: _pressure(r.pipes),
        "EmBed": lambda r: _burial(r.pipes),
        "Belong": lambda r: r.pipes.owner,
        "Address": lambda r: r.pipes.road,
        "MDate": lambda r: day(r.pipes.valid_from),
        "EndDate": lambda r: day(r.pipes.valid_to),
        "SDate": lambda r: day(r.pipes.recorded_at),
        "Ustatus": lambda r: _status(r.pipes),
        "SurveyMethod": lambda r: _method(r.pipes.survey_method),
        "SigmaXY": lambda r: plain(r.pipes.sigma_xy_m),
        "SigmaZ": lambda r: plain(r.pipes.sigma_z_m),
        "Note": lambda r: r.pipes.note,
    }


def chinese_points() -> Layout:
    """Chinese headers for points."""
    return {
        "管线点号": lambda r: r.nodes.id,
        "X坐标": lambda r: number(r.nodes.xy[:, 1], 3),
        "Y坐标": lambda r: number(r.nodes.xy[:, 0], 3),
        "地面高程": lambda r: number(r.nodes.ground_m, 3),
        "管线种类": lambda r: words(Utility, r.nodes.utility),
        "特征": lambda r: r.nodes.feature,
        "附属物": lambda r: r.nodes.fixture,
        "井底深": lambda r: number(r.nodes.chamber_depth_m, 3),
        "井脖高度(mm)": lambda r: number(r.nodes.neck_m * 1000, 0),
        "井室尺寸(mm)": _on_nodes(_chamber_size),
        "旋转角(°)": lambda r: number(r.nodes.chamber_angle_deg, 3),
        "道路名称": lambda r: r.nodes.road,
        "权属单位": lambda r: r.nodes.owner,
        "建设日期": lambda r: day(r.nodes.valid_from),
        "探测日期": lambda r: day(r.nodes.recorded_at),
        "探查方法": lambda r: _method(r.nodes.survey_method),
        "平面中误差": lambda r: plain(r.nodes.sigma_xy_m),
        "高程中误差": lambda r: plain(r.nodes.sigma_z_m),
        "备注": lambda r: r.nodes.note,
    }


def chinese_lines(*, levels: bool) -> Layout:
    """Chinese headers for lines; `levels` gives inverts instead of plain depths."""
    vertical: Layout = (
        {
            "起点管底高程": lambda r: number(r.pipes.start_level_m, 3),
            "终点管底高程": lambda r: number(r.pipes.end_level_m, 3),
            "起点管底埋深": lambda r: number(r.pipes.start_depth_m, 3),
            "终点管底埋深": lambda r: number(r.pipes.end_depth_m, 3),
        }
        if levels
        else {
            "起点埋深": lambda r: number(r.pipes.start_depth_m, 3),
            "终点埋深": lambda r: number(r.pipes.end_depth_m, 3),
        }
    )
    return {
        "管线段编号": lambda r: r.pipes.id,
        "起始点号": lambda r: r.start_id(),
        "终止点号": lambda r: r.end_id(),
        **vertical,
        "管线种类": lambda r: words(Utility, r.pipes.utility),
        "管径(mm)": lambda r: r.pipes.size_text,
        "材质": lambda r: _material(r.pipes),
        "埋设方式": lambda r: _burial(r.pipes),
        "电压值(kV)": lambda r: plain(r.pipes.voltage_kv),
        "总孔数": lambda r: plain(r.pipes.hole_count),
        "电缆条数": lambda r: plain(r.pipes.cable_count),
        "流向": lambda r: ["+" if flow == 1 else "" for flow in r.pipes.flow],
        "管廊编号": lambda r: r.pipes.enclosure,
        "权属单位": lambda r: r.pipes.owner,
        "道路名称": lambda r: r.pipes.road,
        "建设日期": lambda r: day(r.pipes.valid_from),
        "探测日期": lambda r: day(r.pipes.recorded_at),
        "使用状态": lambda r: _status(r.pipes),
        "探查方法": lambda r: _method(r.pipes.survey_method),
        "平面中误差": lambda r: plain(r.pipes.sigma_xy_m),
        "高程中误差": lambda r: plain(r.pipes.sigma_z_m),
        "备注": lambda r: r.pipes.note,
    }


def mixed_lines() -> Layout:
    """Chinese headers for lines of many kinds, each with its own meaning of level."""
    layout = chinese_lines(levels=False)
    datum = {LevelDatum.OUTER_TOP: "外顶", LevelDatum.INVERT: "内底", LevelDatum.CENTRE: "管中心"}
    out: Layout = {}
    for name, make in layout.items():
        out[name] = make
        if name == "终点埋深":
            out["管高位置"] = lambda r: [datum[LevelDatum(int(d))] for d in r.pipes.level_datum]
    return out


def pinyin_points() -> Layout:
    """Pinyin initials for points (WTDH, XZB …)."""
    return {
        "WTDH": lambda r: r.nodes.id,
        "XZB": lambda r: number(r.nodes.xy[:, 1], 3),
        "YZB": lambda r: number(r.nodes.xy[:, 0], 3),
        "DMGC": lambda r: number(r.nodes.ground_m, 3),
        "TZ": lambda r: r.nodes.feature,
        "FSW": lambda r: r.nodes.fixture,
        "JDS": lambda r: number(r.nodes.chamber_depth_m, 3),
        "JSCC": _on_nodes(_chamber_size),
        "XZJ": lambda r: number(r.nodes.chamber_angle_deg, 3),
        "DLMC": lambda r: r.nodes.road,
        "QSDW": lambda r: r.nodes.owner,
        "JSRQ": lambda r: day(r.nodes.valid_from),
        "TCRQ": lambda r: day(r.nodes.recorded_at),
        "TCFF": lambda r: _method(r.nodes.survey_method),
        "PMJD": lambda r: plain(r.nodes.sigma_xy_m),
        "GCJD": lambda r: plain(r.nodes.sigma_z_m),
        "BZ": lambda r: r.nodes.note,
    }


def pinyin_lines() -> Layout:
    """Pinyin initials for lines (QDDH, ZDDH, QDMS …)."""
    return {
        "GXBH": lambda r: r.pipes.id,
        "QDDH": lambda r: r.start_id(),
        "ZDDH": lambda r: r.end_id(),
        "QDMS": lambda r: number(r.pipes.start_depth_m, 3),
        "ZDMS": lambda r: number(r.pipes.end_depth_m, 3),
        "GXZL": lambda r: words(Utility, r.pipes.utility),
        "GJ": lambda r: r.pipes.size_text,
        "CZ": lambda r: _material(r.pipes),
        "MSFS": lambda r: _burial(r.pipes),
        "ZKS": lambda r: plain(r.pipes.hole_count),
        "DLGS": lambda r: plain(r.pipes.cable_count),
        "QSDW": lambda r: r.pipes.owner,
        "DLMC": lambda r: r.pipes.road,
        "JSRQ": lambda r: day(r.pipes.valid_from),
        "TCRQ": lambda r: day(r.pipes.recorded_at),
        "SYZT": lambda r: _status(r.pipes),
        "TCFF": lambda r: _method(r.pipes.survey_method),
        "PMJD": lambda r: plain(r.pipes.sigma_xy_m),
        "GCJD": lambda r: plain(r.pipes.sigma_z_m),
        "BZ": lambda r: r.pipes.note,
    }
