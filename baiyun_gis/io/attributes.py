"""Raw columns to model columns: which column means what, and values in the model's terms.

The names come from `io/data/field_synonyms.csv`; a name must also fit the values below it, so a
column called "GC" is a level where it holds numbers and a material where it holds words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from baiyun_gis.io.days import days_from
from baiyun_gis.io.synonyms import Header, Synonym, field_synonyms, header_of, word_for
from baiyun_gis.io.values import (
    LEVEL_MISSING,
    MISSING,
    burials_from,
    chambers_from,
    datums_from,
    flows_from,
    materials_from,
    node_kinds_from,
    number_in,
    pressures_from,
    reals_from,
    shapes_from,
    statuses_from,
    structure_kinds_from,
    texts_from,
    utilities_from,
    utility_word,
    voltages_from,
)
from baiyun_gis.model.sections import SectionColumns, sections_from

__all__ = [
    "LEVEL_MISSING",
    "MISSING",
    "WHOLE_LINE",
    "FieldMap",
    "GeometryKind",
    "MappedField",
    "SectionColumns",
    "burials_from",
    "chambers_from",
    "datums_from",
    "days_from",
    "flows_from",
    "map_fields",
    "materials_from",
    "node_kinds_from",
    "pressures_from",
    "reals_from",
    "sections_from",
    "shapes_from",
    "statuses_from",
    "structure_kinds_from",
    "texts_from",
    "utilities_from",
    "voltages_from",
    "with_one_depth",
]

WHOLE_LINE = "whole line"
"""How a depth was mapped that a line has but once."""

GeometryKind = Literal["node", "line", "building", "permit", "structure"]

_START = re.compile(
    r"^(起始点|起点|起始|首点|始点|上游|起端|本点|管线起点|管段起点|gxqd|qsd|qd"
    r"|startpoint|startnode|start|fromnode|frompoint|from|upstream|up|begin|beg|first"
    r"|us|s(?=[_\-. ])|f(?=[_\-. ])|起)(.+)$"
)
_END = re.compile(
    r"^(终止点|终点|终止|末点|止点|下游|终端|连接点|下一点|下点|管线终点|管段终点|gxzd|zzd|zd|endpoint"
    r"|endnode|end|tonode|topoint|to|downstream|down|dn|finish|last|second"
    r"|ds|e(?=[_\-. ])|t(?=[_\-. ])|终)(.+)$"
)
_TRAILING_END = re.compile(r"^(.+?)[_\-. ]?(start|from|us|up|1|a|起|end|to|ds|dn|down|2|b|止|终)$")
_TRAILING_STARTS = {"start", "from", "us", "up", "1", "a", "起"}
_KEYWORDS: tuple[tuple[str, str, str], ...] = (
    ("line", "管径", "size"),
    ("line", "断面尺寸", "size"),
    ("line", "diameter", "size"),
    ("line", "材质", "material"),
    ("line", "管材", "material"),
    ("line", "material", "material"),
    ("line", "埋设方式", "burial"),
    ("line", "敷设方式", "burial"),
    ("line", "电压", "voltage"),
    ("line", "压力", "pressure"),
    ("line", "流向", "flow"),
    ("line", "总孔数", "hole_count"),
    ("node", "地面高程", "ground_m"),
    ("node", "附属物", "fixture"),
    ("node", "特征", "feature"),
    ("node", "点号", "id"),
    ("node", "埋深", "depth_m"),
    ("node line", "权属", "owner"),
    ("node line", "产权", "owner"),
    ("node line", "道路", "road"),
    ("node line", "埋设日期", "valid_from"),
    ("node line", "建设年", "valid_from"),
    ("node line", "建设日期", "valid_from"),
    ("node line", "埋设年", "valid_from"),
    ("node line", "管线种类", "utility"),
    ("node line", "管线类", "utility"),
    ("node line", "探测日期", "recorded_at"),
    ("node line", "使用状", "status"),
    ("node line building permit structure", "备注", "note"),
    ("building", "层数", "storeys"),
    ("building", "建筑高", "height_m"),
    ("permit", "许可证", "id"),
    ("permit", "限高", "max_height_m"),
)
_NOT_KEYWORDS = re.compile(r"井盖|保护|线芯|特征点材|防腐|套管|接口|温度|接入|试验|流量|点号备注")
_NUMERIC = re.compile(
    r"^((start|end)_)?(x|y|north|east|lon|lat|.*_m|.*_deg|wall_mm|hole_count|cable_count|storeys"
    r"|max_storeys|width|height)$"
)


@dataclass(frozen=True, slots=True)
class MappedField:
    """One source column with the role it plays and how sure that is (0 to 1)."""

    column: str
    index: int
    role: str
    unit: str = ""
    datum: str = ""
    confidence: float = 1.0
    how: str = "synonym"


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which source column plays which role; `unmapped` names the others, `extra` the known
    ones that the model has no place for or that another column already says."""

    fields: tuple[MappedField, ...]
    unmapped: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def of(self, role: str) -> MappedField | None:
        """The column that plays a role."""
        return next((f for f in self.fields if f.role == role), None)

    def index_of(self, role: str) -> int:
        """Its place among the source columns, -1 when there is none."""
        found = self.of(role)
        return -1 if found is None else found.index

    def has(self, *roles: str) -> bool:
        """All of these roles are played."""
        return all(self.of(role) is not None for role in roles)

    @property
    def share(self) -> float:
        """Recognised columns over all named columns."""
        known = len(self.fields) + len(self.extra)
        return known / max(known + len(self.unmapped), 1)

    def as_dict(self) -> dict[str, str]:
        """Source column → role, as reports show it; unmapped columns have an empty role."""
        return (
            {f.column: f.role for f in self.fields}
            | dict.fromkeys(self.extra, "extra")
            | dict.fromkeys(self.unmapped, "")
        )


def map_fields(
    names: Sequence[str],
    samples: Sequence[Sequence[object]],
    *,
    geometry_kind: GeometryKind,
    fixed: dict[str, str] | None = None,
) -> FieldMap:
    """Roles for the columns `names` of a table of `geometry_kind` features.

    `samples` holds some rows (sequences as long as `names`; a few hundred are enough) whose
    values must fit the role. `fixed` (column name → role, from a profile) is taken as it is; the
    role "" leaves a column out.
    """
    offers: list[tuple[float, int, MappedField]] = []
    taken_names = fixed or {}
    for index, name in enumerate(names):
        if name in taken_names:
            if taken_names[name]:
                field = MappedField(
                    name, index, taken_names[name], header_of(name).unit, how="profile"
                )
                offers.append((9.0, 0, field))
            continue
        values = _column(samples, index)
        for rank, field in _candidates(name, index, geometry_kind):
            if _fits(field.role, geometry_kind, values):
                offers.append((field.confidence + _filled_bonus(values), rank, field))
    return _settled(names, offers, taken_names)


def with_one_depth(fields: FieldMap, names: Sequence[str]) -> FieldMap:
    """The map of a line table with a depth that stands but once a line taken for both its ends,
    where no column tells the depth of an end."""
    if fields.of("start_depth_m") or fields.of("end_depth_m"):
        return fields
    for index, name in enumerate(names):
        head = header_of(name)
        known = field_synonyms().get(head.normal, ()) if name in fields.unmapped else ()
        depth = next((s for s in known if s.role == "depth_m"), None)
        if depth is not None:
            field = _field(name, index, head, depth, 0.6, WHOLE_LINE)
            ends = (replace(field, role=f"{end}_depth_m") for end in ("start", "end"))
            unmapped = tuple(other for other in fields.unmapped if other != name)
            return FieldMap((*fields.fields, *ends), unmapped, fields.extra)
    return fields


def _settled(
    names: Sequence[str],
    offers: list[tuple[float, int, MappedField]],
    fixed: dict[str, str],
) -> FieldMap:
    """Each role to the best column and each column to its best role that is free."""
    chosen: dict[int, MappedField] = {}
    roles: set[str] = set()
    for _, _, field in sorted(offers, key=lambda o: (-o[0], o[1], o[2].index)):
        if field.index in chosen or (field.role != "extra" and field.role in roles):
            continue
        chosen[field.index] = field
        if field.role != "extra":
            roles.add(field.role)
    known = {field.index for _, _, field in offers}
    unmapped = tuple(
        name
        for index, name in enumerate(names)
        if index not in known and name.strip() and fixed.get(name, "?") != ""
    )
    stored = {i for i, field in chosen.items() if field.role != "extra"}
    extra = tuple(names[i] for i in sorted(known - stored))
    mapped = tuple(chosen[i] for i in sorted(chosen) if chosen[i].role != "extra")
    return FieldMap(mapped, unmapped, extra)


def _candidates(name: str, index: int, kind: GeometryKind) -> Iterable[tuple[int, MappedField]]:
    head = header_of(name)
    if not head.normal:
        return
    for synonym in _synonyms(head, kind):
        yield synonym.rank, _field(name, index, head, synonym, 1.0, "synonym")
    if kind == "line":
        for confidence, end, synonym in _end_synonyms(name, head):
            role = f"{end}_{synonym.role.removeprefix('end:')}"
            field = _field(name, index, head, synonym, confidence, "composed")
            yield (
                synonym.rank,
                MappedField(name, index, role, field.unit, field.datum, confidence, "composed"),
            )
    yield from _by_truncation(name, index, head, kind)
    if not _NOT_KEYWORDS.search(head.normal):
        for kinds, word, role in _KEYWORDS:
            if kind in kinds.split() and word in head.normal:
                yield 0, MappedField(name, index, role, head.unit, "", 0.6, "keyword")


def _field(
    name: str, index: int, head: Header, synonym: Synonym, confidence: float, how: str
) -> MappedField:
    role = synonym.role
    if role in {"x", "y"}:
        role = next((r for h in head.hints for r in (_axis_hint(h),) if r), role)
    return MappedField(name, index, role, head.unit or synonym.unit, synonym.datum, confidence, how)


def _axis_hint(hint: str) -> str:
    if hint in {"北", "n", "north", "纵", "northing", "北坐标", "纵坐标"}:
        return "north"
    return "east" if hint in {"东", "e", "east", "横", "easting", "东坐标", "横坐标"} else ""


def _synonyms(head: Header, kind: str) -> list[Synonym]:
    found = [s for s in field_synonyms().get(head.normal, ()) if kind in s.kinds]
    whole = "".join([head.normal, *head.hints])
    if not found and head.hints:
        found = [s for s in field_synonyms().get(whole, ()) if kind in s.kinds]
    return found


def _end_synonyms(name: str, head: Header) -> Iterable[tuple[float, str, Synonym]]:
    """Names composed of an end and a quantity: 起点管顶高程, S_X, DownstreamInvert."""
    lowered = re.sub(r"[\(（\[].*$", "", name.strip().lower())
    for end, pattern in (("start", _START), ("end", _END)):
        found = pattern.match(lowered) or pattern.match(head.normal)
        if found:
            yield from _quantities(found[2], end, 0.95)
    trailing = _TRAILING_END.match(lowered)
    if trailing:
        end = "start" if trailing[2] in _TRAILING_STARTS else "end"
        yield from _quantities(trailing[1], end, 0.9)


def _quantities(text: str, end: str, confidence: float) -> Iterable[tuple[float, str, Synonym]]:
    for synonym in field_synonyms().get(header_of(text).normal, ()):
        if "end" in synonym.kinds:
            yield confidence, end, synonym


def _by_truncation(
    name: str, index: int, head: Header, kind: str
) -> Iterable[tuple[int, MappedField]]:
    """Shapefile names end after ten bytes: 地面高 (UTF-8) or 起点地面高 (GBK), DIAMETER_I."""
    sizes = {len(name.encode("utf-8")), len(name.encode("gb18030", "replace"))}
    if not sizes & {9, 10} or len(head.normal) < 3:
        return
    for known, synonyms in field_synonyms().items():
        if known.startswith(head.normal) and known != head.normal:
            for synonym in synonyms:
                if kind in synonym.kinds:
                    yield synonym.rank, _field(name, index, head, synonym, 0.7, "truncated")


def _column(samples: Sequence[Sequence[object]], index: int) -> list[str]:
    texts = (str(row[index]).strip() for row in samples if index < len(row))
    return [t for t in texts if t and t.lower() not in {"none", "nan", "nat", "<na>"}][:200]


def _filled_bonus(values: list[str]) -> float:
    return 0.05 if values else 0.0


_RECOGNISED: dict[str, tuple[str, float]] = {
    "utility": ("utility", 0.3),
    "subtype": ("utility", 0.3),
    "kind": ("node_kind", 0.2),
}
_WORDED = {"material", "fixture", "feature", "burial"}


def _fits(role: str, kind: GeometryKind, values: list[str]) -> bool:
    """The values could mean this role; no values at all fit anything."""
    if not values or role == "extra":
        return True
    if _NUMERIC.match(role):
        return _share(values, lambda v: number_in(v) is not None) >= 0.5
    if role in _WORDED:
        return _share(values, lambda v: number_in(v) is None) > 0.1
    if role in _RECOGNISED and kind in {"node", "line"}:
        vocabulary, least = _RECOGNISED[role]
        known = utility_word if vocabulary == "utility" else partial(word_for, vocabulary)
        return _share(values, lambda v: known(v) is not None) >= least
    return True


def _share(values: list[str], claim: Callable[[str], bool]) -> float:
    return sum(1 for v in values if claim(v)) / len(values)
