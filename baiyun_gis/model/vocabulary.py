"""The closed vocabularies of the model: small integers in columns, words at the edges.

Codes, names and colours follow CJJ 61-2017 appendices B and C (see `docs/glossary.md`).
Every member has a `key` (English, as written to files) and `zh` (the field's Chinese term).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class Vocabulary(IntEnum):
    """An enumeration whose members carry their file key and Chinese term."""

    key: str
    zh: str

    def __new__(cls, value: int, key: str, zh: str) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.key = key
        member.zh = zh
        return member

    @classmethod
    def from_key(cls, key: str) -> Self:
        """The member written as `key`; raises `KeyError` when there is none."""
        for member in cls:
            if member.key == key:
                return member
        raise KeyError(key)

    def label(self, lang: str) -> str:
        """The word a person reads."""
        return self.zh if lang == "zh" else self.key.replace("_", " ")


class Utility(Vocabulary):
    """What a line carries (管线种类)."""

    UNKNOWN = (0, "unknown", "不明管线")
    WATER = (1, "water", "给水")
    RECLAIMED = (2, "reclaimed", "再生水")
    STORM = (3, "storm", "雨水")
    SEWAGE = (4, "sewage", "污水")
    COMBINED = (5, "combined", "雨污合流")
    GAS = (6, "gas", "燃气")
    HEAT = (7, "heat", "热力")
    POWER = (8, "power", "电力")
    TELECOM = (9, "telecom", "通信")
    INDUSTRIAL = (10, "industrial", "工业")
    TUNNEL = (11, "tunnel", "综合管廊")
    DRAINAGE = (12, "drainage", "排水")  # drainage of a kind the source does not say

    @property
    def is_gravity(self) -> bool:
        """Drains by slope, so its levels are inverts."""
        return self in {Utility.STORM, Utility.SEWAGE, Utility.COMBINED, Utility.DRAINAGE}


class Burial(Vocabulary):
    """How a line is laid (埋设方式, CJJ 61-2017 table C.0.2)."""

    UNKNOWN = (0, "unknown", "不明")
    DIRECT = (1, "direct", "直埋")
    CONDUIT = (2, "conduit", "管埋")
    DUCT_BLOCK = (3, "duct_block", "管块")
    TRENCH = (4, "trench", "管沟")
    OVERHEAD = (5, "overhead", "架空")
    GROUND = (6, "ground", "地面")
    RACK = (7, "rack", "上架")
    PASSAGE = (8, "passage", "小通道")
    TUNNEL = (9, "tunnel", "综合管廊")
    CIVIL_DEFENCE = (10, "civil_defence", "人防")
    IN_CHAMBER = (11, "in_chamber", "井内连线")
    TRENCHLESS = (12, "trenchless", "顶管")
    UNDERWATER = (13, "underwater", "水下")

    @property
    def is_above_ground(self) -> bool:
        return self in {Burial.OVERHEAD, Burial.GROUND, Burial.RACK}


class Shape(Vocabulary):
    """The outer section of a line (断面形状)."""

    UNKNOWN = (0, "unknown", "不明")
    CIRCLE = (1, "circle", "圆形")
    RECTANGLE = (2, "rectangle", "矩形")
    EGG = (3, "egg", "蛋形")
    ARCH = (4, "arch", "拱形")
    OTHER = (5, "other", "其他")

    @property
    def is_approximated(self) -> bool:
        """Measured by its enclosing rectangle; findings say so."""
        return self in {Shape.EGG, Shape.ARCH, Shape.OTHER}


class Material(Vocabulary):
    """What a line is made of (材质, CJJ 61-2017 table C.0.1)."""

    UNKNOWN = (0, "unknown", "不明")
    CAST_IRON = (1, "cast_iron", "铸铁")
    DUCTILE_IRON = (2, "ductile_iron", "球墨铸铁")
    STEEL = (3, "steel", "钢")
    CONCRETE = (4, "concrete", "混凝土")
    PE = (5, "pe", "聚乙烯塑料")
    PVC = (6, "pvc", "聚氯乙烯塑料")
    GRP = (7, "grp", "玻璃钢")
    MASONRY = (8, "masonry", "砖石")
    STONE = (9, "stone", "石")
    ASBESTOS = (10, "asbestos_cement", "石棉")
    CLAY = (11, "clay", "陶瓷")
    COPPER = (12, "copper", "铜")
    FIBRE = (13, "fibre", "光纤")
    ALUMINIUM = (14, "aluminium", "钢芯铝绞线")
    OTHER = (15, "other", "其他")
    BRICK = (16, "brick", "砖")

    def label(self, lang: str) -> str:
        """The word a person reads; names of plastics are letters."""
        word = super().label(lang)
        return word.upper() if self.key in {"pe", "pvc", "grp"} else word


class PressureClass(Vocabulary):
    """Gas pressure classes (燃气压力级别): thresholds belong to the rule set."""

    UNKNOWN = (0, "unknown", "不明")
    LOW = (1, "low", "低压")
    MEDIUM_B = (2, "medium_b", "中压B")
    MEDIUM_A = (3, "medium_a", "中压A")
    SUBHIGH_B = (4, "subhigh_b", "次高压B")
    SUBHIGH_A = (5, "subhigh_a", "次高压A")
    HIGH_B = (6, "high_b", "高压B")
    HIGH_A = (7, "high_a", "高压A")

    def label(self, lang: str) -> str:
        """The word a person reads; grades are capitals."""
        word, _, grade = self.key.partition("_")
        return self.zh if lang == "zh" else f"{word} {grade.upper()}".strip()


class LevelDatum(Vocabulary):
    """Which point of the section a recorded level means (管高位置)."""

    UNKNOWN = (0, "unknown", "不明")
    OUTER_TOP = (1, "outer_top", "外顶")
    INVERT = (2, "invert", "内底")
    CENTRE = (3, "centre", "管中心")
    OUTER_BOTTOM = (4, "outer_bottom", "外底")


class Provenance(Vocabulary):
    """Where a number comes from."""

    UNKNOWN = (0, "unknown", "未知")
    SURVEYED = (1, "surveyed", "实测")
    DERIVED = (2, "derived", "推算")
    ASSUMED = (3, "assumed", "假定")


class Status(Vocabulary):
    """Whether a line is in use (使用状态, CJJ 61-2017 table C.0.3, with planned lines added)."""

    IN_USE = (0, "in_use", "在用")
    ABANDONED = (1, "abandoned", "废弃")
    EMPTY = (2, "empty", "空管")
    OTHER = (3, "other", "其他")
    PLANNED = (4, "planned", "规划")


class NodeKind(Vocabulary):
    """What stands at a node (特征、附属物)."""

    UNKNOWN = (0, "unknown", "不明")
    POINT = (1, "point", "管线点")
    BEND = (2, "bend", "弯头")
    TEE = (3, "tee", "三通")
    CROSS = (4, "cross", "四通")
    REDUCER = (5, "reducer", "变径")
    END = (6, "end", "预留口")
    MANHOLE = (7, "manhole", "检修井")
    VALVE_CHAMBER = (8, "valve_chamber", "阀门井")
    VALVE = (9, "valve", "阀门")
    HYDRANT = (10, "hydrant", "消防栓")
    GULLY = (11, "gully", "雨水篦")
    OUTLET = (12, "outlet", "排水口")
    HANDHOLE = (13, "handhole", "手孔")
    CABLE_CHAMBER = (14, "cable_chamber", "人孔")
    METER = (15, "meter", "水表")
    PUMP = (16, "pump", "泵站")
    TANK = (17, "tank", "水池")
    RESERVOIR = (18, "reservoir", "水源")
    SOURCE = (19, "source", "气源")
    CONNECTION = (20, "connection", "接户点")
    POLE = (21, "pole", "灯杆")
    BOX = (22, "box", "接线箱")
    OTHER = (23, "other", "其他")

    @property
    def has_chamber(self) -> bool:
        """Usually has a body in the ground (井)."""
        return self in {
            NodeKind.MANHOLE,
            NodeKind.VALVE_CHAMBER,
            NodeKind.HANDHOLE,
            NodeKind.CABLE_CHAMBER,
        }


class StructureKind(Vocabulary):
    """Things beside lines that have clearances of their own."""

    UNKNOWN = (0, "unknown", "不明")
    TREE = (1, "tree", "乔木")
    SHRUB = (2, "shrub", "灌木")
    POLE = (3, "pole", "杆柱")
    TOWER = (4, "tower", "铁塔")
    KERB = (5, "kerb", "路缘石")
    TRAM_RAIL = (6, "tram_rail", "有轨电车钢轨")
    RAILWAY = (7, "railway", "铁路")
    CARRIAGEWAY = (8, "carriageway", "机动车道")
    FOOTWAY = (9, "footway", "人行道")
    GREEN = (10, "green", "绿地")
    WATERCOURSE = (11, "watercourse", "河道")
    ROAD_CENTRE = (12, "road_centre", "道路中心线")
    PARCEL = (13, "parcel", "地块")
    CULVERT = (14, "culvert", "涵洞")
    CHANNEL = (15, "channel", "明渠")
    PIPE_RACK = (16, "pipe_rack", "管架")


class Surface(Vocabulary):
    """What lies on the ground above a line."""

    UNKNOWN = (0, "unknown", "不明")
    CARRIAGEWAY = (1, "carriageway", "机动车道")
    NON_CARRIAGEWAY = (2, "non_carriageway", "非机动车道")


class RasterKind(Vocabulary):
    """What a raster holds."""

    UNKNOWN = (0, "unknown", "不明")
    TERRAIN = (1, "terrain", "数字高程模型")
    SURFACE = (2, "surface", "数字表面模型")
    IMAGERY = (3, "imagery", "影像")


class Verdict(Vocabulary):
    """How sure a violation is; certain ≥ 0.95, likely ≥ 0.5, possible ≥ 0.05."""

    CLEAR = (0, "clear", "满足")
    CANNOT_JUDGE = (1, "cannot_judge", "无法判定")
    POSSIBLE = (2, "possible", "可能")
    LIKELY = (3, "likely", "很可能")
    CERTAIN = (4, "certain", "确定")
