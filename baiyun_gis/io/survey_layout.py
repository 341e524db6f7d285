"""What sort of survey table this is: points, lines, lines with coordinates, points with links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from baiyun_gis.io.attributes import FieldMap, MappedField, map_fields, with_one_depth
from baiyun_gis.io.synonyms import Word, word_for
from baiyun_gis.io.tabular import RawTable
from baiyun_gis.io.values import utility_word

_SAMPLES = 300
_POINT_WORDS = (
    "管线点", "管点", "点表", "点成果", "点属性", "点数据", "点", "points", "point", "pnts", "pnt",
    "pts", "pt", "nodes", "node", "manholes", "p",
)  # fmt: skip
_LINE_WORDS = (
    "管线段", "管段", "线表", "管线线", "线成果", "线属性", "线数据", "线", "lines", "line", "lns",
    "lin", "ln", "pipes", "pipe", "segments", "links", "l",
)  # fmt: skip
_GENERIC = re.compile(r"^(sheet|工作表|table|表)?\d*$", re.IGNORECASE)


class Layout(Enum):
    """How a table tells of the network."""

    NODES = "points"
    LINES = "lines"
    ENDS = "lines with coordinates"
    CONNECTED = "points with connections"


@dataclass(frozen=True, slots=True)
class SurveyTable:
    """A raw table whose columns are known, and the group it belongs to."""

    raw: RawTable
    layout: Layout
    nodes: FieldMap
    """Roles of the columns read for points."""
    lines: FieldMap
    """Roles of the columns read for lines."""
    group: str
    """What the table is called once words for point and line are taken off."""
    word: Word | None
    """The utility that the sheet's or file's name says."""

    @property
    def has_nodes(self) -> bool:
        return self.layout in {Layout.NODES, Layout.CONNECTED}

    @property
    def has_lines(self) -> bool:
        return self.layout is not Layout.NODES

    def mapped(self) -> dict[str, str]:
        """Source column → model role; unmapped columns have an empty role."""
        first, second = self._maps()
        merged = dict(first.as_dict())
        for column, role in second.as_dict().items():
            if not merged.get(column) or merged[column] == "extra":
                merged[column] = role or merged.get(column, "")
        return merged

    def unmapped(self) -> tuple[str, ...]:
        """Columns that nobody knows."""
        return tuple(c for c, role in self.mapped().items() if not role)

    def extra(self) -> tuple[str, ...]:
        """Columns that are known, but that the model has no place for."""
        return tuple(c for c, role in self.mapped().items() if role == "extra")

    def _maps(self) -> tuple[FieldMap, FieldMap]:
        match self.layout:
            case Layout.NODES:
                return self.nodes, FieldMap(())
            case Layout.CONNECTED:
                return self.nodes, self.lines
            case _:
                return self.lines, FieldMap(())


def recognised(raw: RawTable, *, fixed: dict[str, str] | None = None) -> SurveyTable | None:
    """The survey table in a raw one, or None when it has neither points nor lines."""
    samples = raw.rows[:_SAMPLES]
    nodes = map_fields(raw.names, samples, geometry_kind="node", fixed=fixed)
    lines = map_fields(raw.names, samples, geometry_kind="line", fixed=fixed)
    layout = _layout(nodes, lines)
    if layout is None:
        return None
    if layout in {Layout.LINES, Layout.ENDS}:
        lines = with_one_depth(lines, raw.names)
    if layout is Layout.CONNECTED and not nodes.has("next_id"):
        nodes = _with_ends_as_connection(nodes, lines)
    return SurveyTable(raw, layout, nodes, lines, group_of(raw), word_of(raw))


def _layout(nodes: FieldMap, lines: FieldMap) -> Layout | None:
    has_ends = _has_place(lines, "start_") and _has_place(lines, "end_")
    has_place = _has_place(nodes, "")
    if has_ends:
        return Layout.ENDS
    if has_place and (nodes.has("id", "next_id") or lines.has("start_id", "end_id")):
        return Layout.CONNECTED
    if lines.has("start_id", "end_id"):
        return Layout.LINES
    return Layout.NODES if has_place else None


def _has_place(fields: FieldMap, prefix: str) -> bool:
    return any(
        fields.has(prefix + a, prefix + b)
        for a, b in (("x", "y"), ("north", "east"), ("lon", "lat"), ("x", "east"), ("north", "y"))
    )


def _with_ends_as_connection(nodes: FieldMap, lines: FieldMap) -> FieldMap:
    """A table with start, end and one pair of coordinates: they are those of the start."""
    start, end = lines.of("start_id"), lines.of("end_id")
    assert start is not None
    assert end is not None
    taken = {start.index, end.index}
    kept = tuple(f for f in nodes.fields if f.index not in taken and f.role != "id")
    return FieldMap(
        (
            MappedField(start.column, start.index, "id"),
            MappedField(end.column, end.index, "next_id"),
            *kept,
        ),
        nodes.unmapped,
        nodes.extra,
    )


def word_of(raw: RawTable) -> Word | None:
    """The utility that the sheet, else the file is named after."""
    for title in (raw.sheet, raw.path.stem):
        for text in (_stripped(title), title):
            word = utility_word(text) if text else None
            if word is not None and word.key != "unknown":
                return word
    return None


def group_of(raw: RawTable) -> str:
    """Tables with the same group belong together: JS_POINT and JS_LINE, 给水点 and 给水线."""
    if raw.sheet and not _GENERIC.match(raw.sheet):
        stripped = _stripped(raw.sheet)
        return stripped.lower() or raw.path.stem.lower()
    return (
        (_stripped(raw.path.stem) or raw.path.stem).lower()
        if not raw.sheet
        else (raw.path.stem.lower())
    )


def _stripped(title: str) -> str:
    """The title without its words for point and line."""
    text = re.sub(r"(成果表|属性表|数据表|成果|属性|数据|表)", "", title.strip())
    for word in sorted({*_POINT_WORDS, *_LINE_WORDS}, key=len, reverse=True):
        if not word.isascii():
            if word in text and word_for("utility", text.replace(word, "")) is not None:
                return text.replace(word, "").strip(" _-.")
            if text.endswith(word):
                return text[: -len(word)].strip(" _-.")
            continue
        found = re.match(rf"^(?:(.*?)[\s_\-.]+)?{word}(?:[\s_\-.]+(.*))?$", text, re.IGNORECASE)
        if found:
            return "_".join(p for p in found.groups() if p)
        glued = re.match(rf"^([A-Z]{{2}}){word}$", text, re.IGNORECASE)
        if glued and len(word) > 1:
            return glued[1]
    return text
