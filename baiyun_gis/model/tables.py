"""The feature tables: pipes, nodes, buildings, permits, structures.

Coordinates are metres in the project CRS, x east and y north; levels are metres above the
project's vertical datum; unknown numbers are NaN, unknown days NaT, unknown text empty.
A life span is half open: from `valid_from` (included) to `valid_to` (excluded).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.altered import altered
from baiyun_gis.errors import ModelError
from baiyun_gis.model.columns import (
    F64,
    I8,
    I32,
    I64,
    Bool,
    Columns,
    Day,
    Geom,
    Str,
    column,
    specs_of,
)
from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    Material,
    NodeKind,
    PressureClass,
    Provenance,
    Shape,
    Status,
    StructureKind,
    Utility,
)


@dataclass(frozen=True, slots=True, eq=False)
class PipeTable(Columns):
    """Pipes (管线段): one recorded line between two points each, with its axis in 3D.

    The axes are ragged: pipe `i` owns vertices `offsets[i]:offsets[i + 1]` of `xy` and
    `axis_level`. `axis_level` is the centre of the outer section, derived by
    `model.levels.settle`; NaN where no level is known.
    """

    table_name: ClassVar[str] = "pipes"

    id: Str = column("text", "管线段编号", standard="Lno")
    utility: I8 = column("code", "管线种类", vocabulary=Utility, standard="Type")
    subtype: Str = column("text", "管线代码", standard="Code", doc="CJJ 61 code, e.g. JP, WS")
    start_node: I32 = column("index", "起点", doc="row in nodes, -1 none", standard="S_Exp")
    end_node: I32 = column("index", "终点", doc="row in nodes, -1 none", standard="E_Exp")
    shape: I8 = column("code", "断面形状", vocabulary=Shape)
    outer_width_m: F64 = column("real", "外宽", unit="m", doc="circle: outer diameter")
    outer_height_m: F64 = column("real", "外高", unit="m", doc="circle: outer diameter")
    inner_width_m: F64 = column("real", "内宽", unit="m", doc="circle: inner diameter")
    inner_height_m: F64 = column("real", "内高", unit="m")
    nominal_mm: F64 = column("real", "公称直径", unit="mm", doc="DN, as rules use it")
    size_text: Str = column("text", "管径或断面尺寸", standard="PSize", doc="as recorded")
    section_source: I8 = column("code", "断面来源", vocabulary=Provenance)
    material: I8 = column("code", "材质", vocabulary=Material, standard="Material")
    burial: I8 = column("code", "埋设方式", vocabulary=Burial, standard="EmBed")
    pressure_class: I8 = column("code", "压力级别", vocabulary=PressureClass)
    pressure_mpa: F64 = column("real", "压力", unit="MPa", standard="Pressure")
    voltage_kv: F64 = column("real", "电压", unit="kV", standard="Voltage")
    hole_count: F64 = column("real", "总孔数", standard="TotalHole")
    cable_count: F64 = column("real", "电缆条数", standard="CabNum")
    level_datum: I8 = column("code", "管高位置", vocabulary=LevelDatum)
    level_datum_source: I8 = column("code", "管高位置来源", vocabulary=Provenance)
    start_level_m: F64 = column("real", "起点高程", unit="m", doc="as recorded, of level_datum")
    end_level_m: F64 = column("real", "终点高程", unit="m", doc="as recorded, of level_datum")
    start_depth_m: F64 = column("real", "起点埋深", unit="m", standard="S_Deep", doc="as recorded")
    end_depth_m: F64 = column("real", "终点埋深", unit="m", standard="E_Deep", doc="as recorded")
    start_ground_m: F64 = column("real", "起点地面高程", unit="m", standard="S_High")
    end_ground_m: F64 = column("real", "终点地面高程", unit="m", standard="E_High")
    level_source: I8 = column("code", "高程来源", vocabulary=Provenance, doc="of axis_level")
    sigma_xy_m: F64 = column("real", "平面中误差", unit="m", doc="recorded standard deviation")
    sigma_z_m: F64 = column("real", "高程中误差", unit="m", doc="recorded standard deviation")
    survey_method: Str = column("text", "探查方法", doc="visible, hidden, or as recorded")
    quality_level: Str = column("text", "质量等级", doc="ASCE 38 / PAS 128, e.g. QL-B, B2")
    status: I8 = column("code", "使用状态", vocabulary=Status, standard="Ustatus")
    flow: I8 = column("code", "流向", standard="FlowDir", doc="1 start to end, 2 end to start")
    enclosure: Str = column(
        "text",
        "共用管沟或套管",
        doc="id shared by lines in one casing, duct bank, trench or tunnel",
    )
    casing_m: F64 = column("real", "套管外径", unit="m")
    has_plate: Bool = column("flag", "隔板", doc="separating plate at crossings is recorded")
    owner: Str = column("text", "权属单位", standard="Belong")
    road: Str = column("text", "道路名称", standard="Address")
    valid_from: Day = column("day", "埋设日期", standard="MDate")
    valid_to: Day = column("day", "停用日期")
    recorded_at: Day = column("day", "探测日期", standard="SDate")
    source: Str = column("text", "数据来源")
    lineage: Str = column("text", "处理历史", doc="what was inferred or changed, and why")
    note: Str = column("text", "备注", standard="Note")

    offsets: I64 = dataclasses.field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    xy: F64 = dataclasses.field(default_factory=lambda: np.zeros((0, 2)))
    axis_level: F64 = dataclasses.field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self._freeze()
        for name, dtype in (("offsets", np.int64), ("xy", np.float64), ("axis_level", np.float64)):
            given = getattr(self, name)
            values = np.asarray(given, dtype=dtype)
            if values.flags.writeable:
                values = values.view()
                values.setflags(write=False)
            if values is not given:
                object.__setattr__(self, name, values)
        if len(self.offsets) != len(self) + 1 or self.offsets[-1] != len(self.xy):
            raise ModelError("pipes: the axes do not fit the rows")
        if len(self.axis_level) != len(self.xy):
            raise ModelError("pipes: every vertex needs a level or NaN")

    @property
    def vertex_pipe(self) -> I64:
        """The pipe row of each vertex, shape (vertices,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    @property
    def has_level(self) -> Bool:
        """Pipes whose whole axis has a level."""
        missing = np.bincount(
            self.vertex_pipe, weights=np.isnan(self.axis_level), minlength=len(self)
        )
        return (missing == 0) & (np.diff(self.offsets) > 1)

    def length_m(self) -> F64:
        """Plan length of each pipe; of what is placed where a vertex has no coordinates."""
        from baiyun_gis.kernels.axis_lines import chainages_of

        return chainages_of(self.offsets, self.xy)[1]

    def take(self, rows: NDArray[Any]) -> Self:
        """The rows of an index or mask with their axes; node references stay as they are."""
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else np.asarray(rows, np.int64)
        offsets, vertices = self.vertices_of(index)
        picked = {s.name: getattr(self, s.name)[index] for s in specs_of(type(self))}
        picked |= {
            "offsets": offsets,
            "xy": self.xy[vertices],
            "axis_level": self.axis_level[vertices],
        }
        for values in picked.values():
            values.setflags(write=False)  # fresh, so it need not be viewed
        return type(self)(**picked)

    def with_axes(self, xy: F64, axis_level: F64) -> Self:
        """The same lines with as many vertices elsewhere; both arrays are the table's from now."""
        if xy.shape != self.xy.shape or axis_level.shape != self.axis_level.shape:
            raise ModelError("pipes: the axes do not fit the rows")
        for values in (xy, axis_level):
            values.setflags(write=False)
        return altered(self, xy=xy, axis_level=axis_level)

    def vertices_of(self, rows: NDArray[Any]) -> tuple[I64, I64]:
        """Offsets of the axes of some rows put one after another, and the vertices they have."""
        start = self.offsets[rows]
        counts = self.offsets[rows + 1] - start
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(counts, out=offsets[1:])
        return offsets, np.arange(int(offsets[-1])) + np.repeat(start - offsets[:-1], counts)

    @classmethod
    def _ragged(cls, tables: Sequence[Columns]) -> dict[str, Any]:
        parts = [table for table in tables if isinstance(table, PipeTable)]
        shift = np.cumsum([0, *[len(part.xy) for part in parts[:-1]]])
        offsets = [part.offsets[1:] + s for part, s in zip(parts, shift, strict=True)]
        return {
            "offsets": np.concatenate([[0], *offsets]),
            "xy": np.concatenate([part.xy for part in parts]),
            "axis_level": np.concatenate([part.axis_level for part in parts]),
        }


@dataclass(frozen=True, slots=True, eq=False)
class NodeTable(Columns):
    """Nodes (管线点): where lines start, end, bend or join; chambers are nodes with a body."""

    table_name: ClassVar[str] = "nodes"

    id: Str = column("text", "管线点号", standard="Exp_No")
    xy: F64 = column("point", "坐标", unit="m", width=2)
    ground_m: F64 = column("real", "地面高程", unit="m", standard="High")
    level_m: F64 = column("real", "管点高程", unit="m", doc="as recorded at the point")
    depth_m: F64 = column("real", "埋深", unit="m", doc="as recorded at the point")
    kind: I8 = column("code", "点类别", vocabulary=NodeKind, standard="Subsid")
    utility: I8 = column("code", "管线种类", vocabulary=Utility, standard="Type")
    subtype: Str = column("text", "管线代码", standard="Code")
    feature: Str = column("text", "特征", standard="Feature")
    fixture: Str = column("text", "附属物", standard="Subsid")
    is_chamber: Bool = column("flag", "是否井室")
    chamber_shape: I8 = column("code", "井室形状", vocabulary=Shape)
    chamber_width_m: F64 = column("real", "井室外宽", unit="m", doc="circle: outer diameter")
    chamber_length_m: F64 = column("real", "井室外长", unit="m")
    chamber_angle_deg: F64 = column(
        "real",
        "旋转角",
        unit="°",
        standard="Rotation",
        doc="of the length, counter-clockwise from east",
    )
    bottom_m: F64 = column("real", "井底高程", unit="m", doc="outer bottom of the chamber")
    chamber_depth_m: F64 = column("real", "井底深", unit="m", standard="WellDeep")
    neck_m: F64 = column("real", "井脖高度", unit="m", standard="WellNeck")
    sigma_xy_m: F64 = column("real", "平面中误差", unit="m")
    sigma_z_m: F64 = column("real", "高程中误差", unit="m")
    survey_method: Str = column("text", "探查方法")
    status: I8 = column("code", "使用状态", vocabulary=Status)
    owner: Str = column("text", "权属单位", standard="Belong")
    road: Str = column("text", "道路名称", standard="Address")
    valid_from: Day = column("day", "建设日期", standard="MDate")
    valid_to: Day = column("day", "停用日期")
    recorded_at: Day = column("day", "探测日期", standard="SDate")
    source: Str = column("text", "数据来源")
    lineage: Str = column("text", "处理历史")
    note: Str = column("text", "备注", standard="Note")


@dataclass(frozen=True, slots=True, eq=False)
class BuildingTable(Columns):
    """Buildings (建筑物): footprints with height, storeys, foundation and life span.

    `geometry` holds shapely Polygon or MultiPolygon objects in the project CRS.
    """

    table_name: ClassVar[str] = "buildings"

    id: Str = column("text", "建筑编号")
    geometry: Geom = column("polygon", "轮廓")
    foundation: Geom = column("polygon", "基础轮廓", doc="None where not recorded")
    name: Str = column("text", "名称")
    use: Str = column("text", "用途")
    height_m: F64 = column("real", "建筑高度", unit="m", doc="roof above ground")
    storeys: F64 = column("real", "层数")
    ground_m: F64 = column("real", "室外地坪高程", unit="m")
    min_height_m: F64 = column("real", "底部离地高", unit="m", doc="underside above ground")
    foundation_depth_m: F64 = column("real", "基础埋深", unit="m", doc="below ground")
    permit: Str = column("text", "许可证号")
    sigma_xy_m: F64 = column("real", "平面中误差", unit="m")
    sigma_height_m: F64 = column("real", "高度中误差", unit="m")
    first_seen: Day = column("day", "首次发现日期")
    valid_from: Day = column("day", "建成日期")
    valid_to: Day = column("day", "拆除日期")
    recorded_at: Day = column("day", "采集日期")
    source: Str = column("text", "数据来源")
    lineage: Str = column("text", "处理历史")
    note: Str = column("text", "备注")


@dataclass(frozen=True, slots=True, eq=False)
class PermitTable(Columns):
    """Planning permits (规划许可): the permitted outline, height, storeys and validity."""

    table_name: ClassVar[str] = "permits"

    id: Str = column("text", "许可证号")
    geometry: Geom = column("polygon", "许可范围")
    holder: Str = column("text", "被许可人")
    use: Str = column("text", "用途")
    max_height_m: F64 = column("real", "限高", unit="m")
    max_storeys: F64 = column("real", "限定层数")
    is_temporary: Bool = column("flag", "临时许可")
    valid_from: Day = column("day", "发证日期")
    valid_to: Day = column("day", "有效期至")
    recorded_at: Day = column("day", "登记日期")
    source: Str = column("text", "数据来源")
    lineage: Str = column("text", "处理历史")
    note: Str = column("text", "备注")


@dataclass(frozen=True, slots=True, eq=False)
class StructureTable(Columns):
    """Other things with clearances or surfaces of their own: trees, poles, kerbs, roads."""

    table_name: ClassVar[str] = "structures"

    id: Str = column("text", "编号")
    geometry: Geom = column("polygon", "图形", doc="any 2D shapely geometry")
    kind: I8 = column("code", "类别", vocabulary=StructureKind)
    name: Str = column("text", "名称")
    level_m: F64 = column("real", "高程", unit="m")
    height_m: F64 = column("real", "高度", unit="m")
    detail: Str = column("text", "规格", doc="voltage, rail class, channel class …")
    valid_from: Day = column("day", "起始日期")
    valid_to: Day = column("day", "终止日期")
    recorded_at: Day = column("day", "采集日期")
    source: Str = column("text", "数据来源")
    lineage: Str = column("text", "处理历史")
    note: Str = column("text", "备注")
