"""Tables of points with their connections (管线点成果表) as points and lines.

Each row gives a point and one line from it to a connected point; a point with several lines has
several rows, often with its number only in the first. A line usually stands in two rows, one
from each end: the depth in each row is that of the row's own point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from baiyun_gis.io.attributes import FieldMap, MappedField
from baiyun_gis.io.inference import Findings
from baiyun_gis.io.survey_layout import Layout, SurveyTable
from baiyun_gis.io.survey_nodes import key_of
from baiyun_gis.io.tabular import RawTable
from baiyun_gis.io.values import is_blank
from baiyun_gis.language import msg

_OWN = ("depth_m", "level_m", "ground_m")
_Open = dict[tuple[str, str], dict[str, int]]
"""Rows whose other end has not come yet: place in the output by both numbers and the size."""


@dataclass(frozen=True, slots=True)
class Split:
    """A connected table as a point table and a line table over the same source rows."""

    points: SurveyTable
    lines: SurveyTable


def split(table: SurveyTable, found: Findings) -> Split:
    """Points (each number once) and lines (each pair once, both rows' depths joined)."""
    id_at, next_at = table.nodes.index_of("id"), table.nodes.index_of("next_id")
    rows, numbers = _with_numbers_repeated(table, id_at)
    seen: dict[str, tuple[str, ...]] = {}
    point_rows: list[int] = []
    places = [
        f.index for r in ("x", "y", "north", "east", "lon", "lat") if (f := table.nodes.of(r))
    ]
    for index, row in enumerate(rows):
        key, place = key_of(row[id_at]), tuple(row[i] for i in places)
        blank = all(is_blank(p) for p in place)
        if key and key in seen and (blank or seen[key] == place):
            continue
        seen.setdefault(key, place)
        point_rows.append(index)
    points = _part(table, [rows[i] for i in point_rows], [numbers[i] for i in point_rows])
    points = replace(points, layout=Layout.NODES)
    lines = _lines(table, rows, numbers, id_at, next_at)
    joined = sum(1 for r in rows if not is_blank(r[next_at])) - len(lines.raw)
    if joined:
        found.notes.append(
            msg(
                "{count} lines stand in two rows, one from each end; each was taken once",
                count=joined,
            )
        )
    return Split(points, lines)


def _part(table: SurveyTable, rows: list[list[str]], numbers: list[int]) -> SurveyTable:
    raw = table.raw
    return replace(table, raw=RawTable(raw.path, raw.sheet, raw.names, rows, numbers))


def _with_numbers_repeated(table: SurveyTable, id_at: int) -> tuple[list[list[str]], list[int]]:
    """Rows with the number of the point above filled in where it is blank."""
    rows: list[list[str]] = []
    above = ""
    for row in table.raw.rows:
        if is_blank(row[id_at]) and above:
            row = [*row[:id_at], above, *row[id_at + 1 :]]
        above = row[id_at]
        rows.append(row)
    return rows, list(table.raw.row_numbers)


def _lines(
    table: SurveyTable, rows: list[list[str]], numbers: list[int], id_at: int, next_at: int
) -> SurveyTable:
    """One row a line: the cells of its first row, with the other end's own cells appended."""
    own = [f for role in _OWN if (f := table.nodes.of(role)) is not None and role != "ground_m"]
    size = table.lines.index_of("size")
    said_once = _of_the_line(table)
    open_rows: _Open = {}
    out: list[list[str]] = []
    out_numbers: list[int] = []
    for row, number in zip(rows, numbers, strict=True):
        if is_blank(row[next_at]):
            continue
        here, there = key_of(row[id_at]), key_of(row[next_at])
        mark = row[size] if size >= 0 and not is_blank(row[size]) else ""
        earlier = _opposite(open_rows.get((there, here), {}), mark)
        if earlier >= 0:
            out[earlier][len(table.raw.names) :] = [row[f.index] for f in own]
            for index in said_once:
                if is_blank(out[earlier][index]):
                    out[earlier][index] = row[index]
            continue
        open_rows.setdefault((here, there), {})[mark] = len(out)
        out.append([*row, *["" for _ in own]])
        out_numbers.append(number)
    return _line_table(table, out, out_numbers, own)


def _opposite(open_rows: dict[str, int], mark: str) -> int:
    """The row from the other end, −1 for none: of the same size, else one where only one of the
    two rows names a size (the earliest first). Many surveys give size and material in the first
    of both rows only; lines of different sizes between the same points are different lines.
    """
    if mark in open_rows:
        return open_rows.pop(mark)
    if mark:
        return open_rows.pop("", -1)
    return open_rows.pop(next(iter(open_rows))) if open_rows else -1


def _of_the_line(table: SurveyTable) -> list[int]:
    """Columns that say something of the line and nothing of either end."""
    of_points = {f.index for f in table.nodes.fields if f.role in {"id", "next_id", *_OWN}}
    return [
        f.index
        for f in table.lines.fields
        if f.index not in of_points and not f.role.startswith(("start_", "end_"))
    ]


def _line_table(
    table: SurveyTable, rows: list[list[str]], numbers: list[int], own: list[MappedField]
) -> SurveyTable:
    raw = table.raw
    names = (*raw.names, *(f"→{f.column}" for f in own))
    ends = {"id", "next_id", *_OWN}
    used = {f.index for f in table.nodes.fields if f.role in ends}
    id_field, next_field = table.nodes.of("id"), table.nodes.of("next_id")
    assert id_field is not None
    assert next_field is not None
    fields = [
        MappedField(id_field.column, id_field.index, "start_id"),
        MappedField(next_field.column, next_field.index, "end_id"),
    ]
    has_own_depths = table.lines.has("start_depth_m", "end_depth_m")
    for place, field in enumerate(own):
        if field.role == "depth_m" and has_own_depths:
            continue
        quantity = field.role
        fields.append(replace(field, role=f"start_{quantity}"))
        other = replace(field, role=f"end_{quantity}", index=len(raw.names) + place)
        fields.append(replace(other, column=names[other.index]))
    kept = [
        f
        for f in table.lines.fields
        if f.index not in used
        and f.role not in {"start_id", "end_id", "id"}
        and f.role not in {g.role for g in fields}
    ]
    line_fields = FieldMap((*fields, *kept))
    part = RawTable(raw.path, raw.sheet, names, rows, numbers)
    return replace(table, raw=part, lines=line_fields, layout=Layout.LINES)
