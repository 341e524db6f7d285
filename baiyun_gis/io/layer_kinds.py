"""What a map layer holds, told from its name, its fields and its values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from baiyun_gis.io.synonyms import normal, word_for, words_of
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import StructureKind, Utility

TABLES = ("pipes", "nodes", "buildings", "permits", "structures")

_PIPE_NAMES = (
    "pipe pipes pipeline pipelines main mains line lines conduit conduits sewer sewers "
    "drain drains cable cables duct ducts arc arcs link links lateral laterals service "
    "services utility utilities network force water gas heat power telecom wastewater "
    "stormwater"
)
_PIPE_NAMES_ZH = (
    "管线",
    "管段",
    "管道",
    "管网",
    "线表",
    "排水管",
    "给水管",
    "燃气管",
    "电缆",
    "光缆",
)
_NODE_NAMES = (
    "node nodes point points junction junctions manhole manholes valve valves hydrant "
    "hydrants fitting fittings meter meters chamber chambers gully gullies inlet inlets "
    "outfall outfalls connec connection connections tank tanks reservoir reservoirs pump "
    "pumps catchbasin vnode"
)
_NODE_NAMES_ZH = ("管点", "管线点", "井", "点表", "阀门", "消火栓", "雨水口", "附属物", "特征点")
_BUILDING_NAMES = (
    "building buildings bldg bldgs footprint footprints house houses bati batiment "
    "batiments pand panden gebaeude gebaude roof roofs buildingpart structures_bldg"
)
_BUILDING_NAMES_ZH = ("建筑", "房屋", "楼", "建构筑物", "居民地")
_PERMIT_NAMES = "permit permits permitted licence license approved consent"
_PERMIT_NAMES_ZH = ("许可", "批文", "规划红线", "报建", "审批")
_SERVICE_NAMES = (
    "service services link links lateral laterals connection connections connec housing supply"
)
_SERVICE_NAMES_ZH = ("接户", "支管", "入户", "庭院")
_STRUCTURES: tuple[tuple[StructureKind, str, str], ...] = (
    (
        StructureKind.PARCEL,
        "parcel parcels plot plots lot lots cadastre cadastral",
        "地块 宗地 地籍",
    ),
    (StructureKind.FOOTWAY, "footway footways sidewalk sidewalks pavement", "人行道 慢行"),
    (StructureKind.KERB, "kerb kerbs curb curbs", "路缘 侧石 道牙"),
    (StructureKind.TRAM_RAIL, "tram tramway", "有轨电车"),
    (StructureKind.RAILWAY, "railway railways rail rails railroad", "铁路"),
    (StructureKind.CARRIAGEWAY, "carriageway roadway wegdeel roadpart", "车行道 机动车道 道路面"),
    (StructureKind.ROAD_CENTRE, "road roads street streets centreline centerline highway", "道路"),
    (StructureKind.TREE, "tree trees", "行道树 乔木 树木 古树"),
    (StructureKind.SHRUB, "shrub shrubs hedge", "灌木 绿篱"),
    (StructureKind.TOWER, "tower towers pylon pylons", "铁塔"),
    (StructureKind.POLE, "pole poles lamp lamps lamppost", "灯杆 电杆 杆"),
    (StructureKind.GREEN, "green park parks grass vegetation", "绿地 绿化带 植被"),
    (StructureKind.CULVERT, "culvert culverts", "涵洞"),
    (StructureKind.CHANNEL, "", "明渠"),
    (StructureKind.PIPE_RACK, "piperack piperacks", "管架"),
    (
        StructureKind.WATERCOURSE,
        "river rivers watercourse stream canal waterdeel",
        "河流 河道 水系",
    ),
)
_CODED = re.compile(r"^([a-z]{2})(?:line|point|pipe|ln|pt|gx|gd|l|p|x|d)s?$")
_PREFIXES = {"ss": Utility.SEWAGE, "sw": Utility.STORM, "w": Utility.WATER}
_PREFIXED = re.compile(r"^(ss|sw|w)(?=[A-Z][a-z])")
"""ssGravityMain, swManhole, wMain: the names of North American utility data models."""
_VAGUE = {"data", "network", "process", "information", "tr", "ds", "dc", "to", "tx", "other"}
_FIELD_PARTS = (
    ("watercat", Utility.WATER),
    ("watermain", Utility.WATER),
    ("water_", Utility.WATER),
    ("presszone", Utility.WATER),
    ("sewer", Utility.SEWAGE),
    ("storm", Utility.STORM),
    ("gasmain", Utility.GAS),
)
_PIPE_FIELDS = {
    "size", "inner_size", "outer_size", "material", "burial", "pressure", "pressure_class",
    "design_pressure", "voltage", "hole_count",
    "cable_count", "start_level_m", "start_depth_m", "trench_size", "start_ground_m",
}  # fmt: skip
_BUILDING_FIELDS = {"height_m", "storeys", "min_height_m", "foundation_depth_m"}
_PERMIT_FIELDS = {"holder", "max_height_m", "max_storeys", "is_temporary"}


@dataclass(frozen=True, slots=True)
class Holding:
    """What one layer's lines, points or areas are: the table they go to and how sure that is."""

    table: str
    confidence: float
    why: Message
    structure: StructureKind = StructureKind.UNKNOWN
    is_service: bool = False


def words_in(*names: str) -> tuple[str, ...]:
    """The words of layer and file names: parted at signs, digits and capital letters."""
    parted = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in names]
    return tuple(w for name in parted for w in re.split(r"[\W_\d]+", name) if w)


def holding_of_lines(names: Sequence[str], roles: Iterable[str]) -> Holding:
    """Pipes or structures; unknown lines are pipes of unknown kind, and asked about."""
    words, whole = words_in(*names), "".join(names)
    own = set(words_in(names[0]))
    is_service = bool(own & set(_SERVICE_NAMES.split())) or _has(names[0], _SERVICE_NAMES_ZH)
    fields = sorted(set(roles) & _PIPE_FIELDS)
    named = bool(set(words) & set(_PIPE_NAMES.split())) or _has(whole, _PIPE_NAMES_ZH)
    if fields and named:
        return Holding("pipes", 0.97, _named("pipes"), is_service=is_service)
    structure = _structure(words, whole)
    if (fields and len(fields) >= 2) or (fields and structure is StructureKind.UNKNOWN):
        why = msg("its fields say so: {fields}", fields=", ".join(fields))
        return Holding("pipes", 0.85, why, is_service=is_service)
    if structure is not StructureKind.UNKNOWN and not utility_in(names)[0]:
        return Holding("structures", 0.8, _named("structures"), structure)
    if named or utility_in(names)[0]:
        return Holding("pipes", 0.8, _named("pipes"), is_service=is_service)
    why = msg("lines that nothing describes; taken as lines of unknown kind")
    return Holding("pipes", 0.3, why, is_service=is_service)


def holding_of_points(
    names: Sequence[str], roles: Iterable[str], *, beside_pipes: bool, among_areas: bool
) -> Holding:
    """Nodes or structures; empty table for points that are neither, such as labels."""
    words, whole = words_in(*names), "".join(names)
    structure = _structure(words_in(names[0]), names[0])
    if set(words) & set(_NODE_NAMES.split()) or _has(whole, _NODE_NAMES_ZH):
        return Holding("nodes", 0.9, _named("nodes"))
    if structure is not StructureKind.UNKNOWN:
        return Holding("structures", 0.8, _named("structures"), structure)
    if among_areas:
        return Holding("", 0.5, msg("a point among areas, such as a label"))
    found = set(roles) & {"depth_m", "level_m", "fixture", "feature", "well_size"}
    if beside_pipes or found or utility_in(names)[0]:
        return Holding("nodes", 0.7, msg("points beside lines or with levels"))
    return Holding("nodes", 0.3, msg("points that nothing describes"))


def holding_of_areas(
    names: Sequence[str], fields: Sequence[str], roles: dict[str, set[str]]
) -> Holding:
    """Buildings, permits or structures; `roles` maps a table to the roles its fields play."""
    whole = "".join(names)
    plain = {normal(field) for field in fields}
    for named in (names[0], whole):  # the layer's own name counts before the file's
        words = set(words_in(named))
        if words & set(_PERMIT_NAMES.split()) or _has(named, _PERMIT_NAMES_ZH):
            return Holding("permits", 0.95, _named("permits"))
        if words & set(_BUILDING_NAMES.split()) or _has(named, _BUILDING_NAMES_ZH):
            return Holding("buildings", 0.95, _named("buildings"))
        structure = _structure(tuple(words), named)
        if structure is not StructureKind.UNKNOWN:
            return Holding("structures", 0.85, _named("structures"), structure)
    permit = roles.get("permits", set()) & _PERMIT_FIELDS
    if permit - {"max_height_m", "max_storeys"}:
        return Holding("permits", 0.8, _by_fields(permit))
    building = roles.get("buildings", set()) & _BUILDING_FIELDS
    if building or plain & {"building", "buildinglevels", "bldgid", "gebaeude"}:
        return Holding("buildings", 0.85, _by_fields(building or {"building"}))
    why = msg("areas that nothing describes; kept beside, not as buildings")
    return Holding("structures", 0.3, why)


def _by_fields(fields: set[str]) -> Message:
    return msg("its fields say so: {fields}", fields=", ".join(sorted(fields)))


_TABLE_WORDS = {
    "pipes": msg("pipes"),
    "nodes": msg("nodes"),
    "buildings": msg("buildings"),
    "permits": msg("permits"),
    "structures": msg("structures"),
}


def _named(table: str) -> Message:
    return msg("its name says {table}", table=_TABLE_WORDS[table])


def _has(text: str, parts: Iterable[str]) -> bool:
    return any(part in text for part in parts)


def _structure(words: Sequence[str], whole: str) -> StructureKind:
    for kind, latin, chinese in _STRUCTURES:
        if set(words) & set(latin.split()) or _has(whole, chinese.split()):
            return kind
    return StructureKind.UNKNOWN


def utility_in(names: Sequence[str]) -> tuple[Utility, str, str]:
    """Utility, CJJ 61 code and the word that says so in layer and file names; UNKNOWN for none.

    Codes of two letters count as whole words or before "line", "point" and the like (JSLINE).
    """
    known = words_of("utility")
    for name in names:
        prefix = _PREFIXED.match(name)
        if prefix:
            return _PREFIXES[prefix[1]], "", prefix[1]
        for word in words_in(name):
            coded = _CODED.match(word)
            form = coded[1] if coded else normal(word)
            found = None if form in _VAGUE else known.get(form)
            if found is not None and found.key != "unknown":
                return Utility.from_key(found.key), found.code, word
        chinese = re.sub(r"[\x00-\x7f]+", " ", name).strip()
        found = word_for("utility", chinese) if chinese else None
        if found is not None and found.key != "unknown":
            return Utility.from_key(found.key), found.code, name
    return Utility.UNKNOWN, "", ""


def told_utility(settings: dict[str, str]) -> Utility | None:
    """The utility the user set for every line, by key or by any word for it."""
    return _utility_called(settings.get("utility") or settings.get("pipes.utility") or "")


def default_utility(settings: dict[str, str]) -> Utility | None:
    """The utility the user set for lines of which nothing tells it."""
    return _utility_called(settings.get("default_utility", ""))


def _utility_called(text: str) -> Utility | None:
    if text.strip().lower() in {member.key for member in Utility}:
        return Utility.from_key(text.strip().lower())
    word = word_for("utility", text) if text else None
    return None if word is None else Utility.from_key(word.key)


def utility_in_fields(fields: Iterable[str]) -> tuple[Utility, str]:
    """The utility that only one kind of network has columns for, such as WATERCATEG."""
    for name in fields:
        for part, utility in _FIELD_PARTS:
            if part in name.lower():
                return utility, name
    return Utility.UNKNOWN, ""
