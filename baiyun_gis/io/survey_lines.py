"""Survey lines as pipes: ends found among the points, levels, sections, attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from baiyun_gis.io.attributes import (
    burials_from,
    days_from,
    flows_from,
    materials_from,
    statuses_from,
    utilities_from,
    voltages_from,
)
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.inference import (
    Findings,
    unknown_words,
)
from baiyun_gis.io.line_columns import LineColumns
from baiyun_gis.io.pressures import PRESSURE_ROLES, grade_inference, pressures_of
from baiyun_gis.io.survey_layout import SurveyTable
from baiyun_gis.io.survey_levels import level_columns_of
from baiyun_gis.io.survey_nodes import key_of, methods_from, with_inferred_utility
from baiyun_gis.io.survey_sections import section_columns_of
from baiyun_gis.io.values import flags_from, is_blank
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I64, Str, text_array
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Utility

NO_POINT, IN_SEVERAL_TABLES, NO_NUMBER, SEVERAL_IN_PROJECT = -1, -2, -3, -4
_QUANTITIES = ("depth_m", "level_m", "ground_m", "x", "y", "north", "east", "lon", "lat")


@dataclass(slots=True)
class Points:
    """Points that lines may end at, by group and number; and why refused ones are not there."""

    by_group: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    by_number: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    lent: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])
    """Points of the project by number: node and utility."""
    first_lent: int = -1

    def add(self, group: str, ids: Str, first: int) -> None:
        """Nodes `first`… of the whole table, in order of `ids`."""
        own = self.by_group.setdefault(group, {})
        for index, text in enumerate(ids, start=first):
            key = key_of(text)
            own.setdefault(key, index)
            self.by_number.setdefault(key, []).append(index)

    def refuse(self, number: str, where: str) -> None:
        """A point that was set aside, and where it stands."""
        self.refused.setdefault(key_of(number), where)

    def lend(self, ids: Sequence[str], utility: I8, first: int) -> None:
        """Nodes `first`… of the whole table stand for points that the project has."""
        self.first_lent = first
        for index, (key, code) in enumerate(zip(ids, utility.tolist(), strict=True), start=first):
            self.lent.setdefault(key, []).append((index, code))

    def find(self, group: str, number: str, utility: int = 0) -> int:
        """The node, or why there is none (`NO_POINT`, `IN_SEVERAL_TABLES`, `SEVERAL_IN_PROJECT`).

        The points of the own group come first, then those of others, then the project's, of
        these the ones of the same `utility` first.
        """
        key = key_of(number)
        own = self.by_group.get(group, {}).get(key)
        if own is not None:
            return own
        others = self.by_number.get(key, [])
        if others:
            return others[0] if len(others) == 1 else IN_SEVERAL_TABLES
        lent = self.lent.get(key, []) if key not in self.refused else []
        same = [node for node, code in lent if code and code == utility]
        nearest = same or [node for node, _ in lent]
        return NO_POINT if not nearest else nearest[0] if len(nearest) == 1 else SEVERAL_IN_PROJECT


def pipes_of(
    table: SurveyTable,
    found: Findings,
    points: Points,
    nodes: NodeTable,
    options: ImportOptions,
    *,
    nearest: float,
) -> PipeTable:
    """The pipes of one line table; `nodes` are all points read so far.

    Lines no longer than `nearest` (in the unit of the nodes' places) have no length.
    """
    start, end = _ends(table, found, points, nodes, options, nearest=nearest)
    rows = _first_of_each(table, found, start, end)
    return _pipe_table(LineColumns(table, found, rows, start[rows], end[rows], nodes, options))


def _ends(
    table: SurveyTable,
    found: Findings,
    points: Points,
    nodes: NodeTable,
    options: ImportOptions,
    *,
    nearest: float,
) -> tuple[I64, I64]:
    """Node of each end of each row; rows with a bad end are refused."""
    out: list[I64] = []
    kinds = row_utilities(table, options).tolist() if points.lent else [0] * len(table.raw)
    for role in ("start_id", "end_id"):
        column = table.lines.of(role)
        assert column is not None
        texts = table.raw.column(column.index)
        nodes_at = [
            points.find(table.group, t, kind) if not is_blank(t) else NO_NUMBER
            for t, kind in zip(texts, kinds, strict=True)
        ]
        for row, node in enumerate(nodes_at):
            if node < 0:
                found.refuse(row, column.column, texts[row], _reason(node, texts[row], points))
        out.append(np.array(nodes_at, dtype=np.int64))
    count = sum(int(np.count_nonzero(at >= points.first_lent)) for at in out) if points.lent else 0
    if count:
        found.notes.append(
            msg("{count} line ends stand at points that the project has already", count=count)
        )
    _refuse_short(table, found, nodes, (out[0], out[1]), nearest=nearest)
    return out[0], out[1]


def _reason(node: int, text: str, points: Points):
    if node == NO_NUMBER:
        return msg("The number of the end point is missing")
    if node == SEVERAL_IN_PROJECT:
        return msg(
            "Several points of the project have this number, and the line does not say which;"
            " import it together with its point table"
        )
    if node == IN_SEVERAL_TABLES:
        return msg("Several point tables hold this point number")
    where = points.refused.get(key_of(text))
    if where:
        return msg("The end point was itself set aside ({where})", where=where)
    return msg("The end point is neither in a point table nor in the project")


def _refuse_short(
    table: SurveyTable,
    found: Findings,
    nodes: NodeTable,
    ends: tuple[I64, I64],
    *,
    nearest: float,
) -> None:
    start, end = ends
    column = table.lines.of("end_id")
    assert column is not None
    texts = table.raw.column(column.index)
    both = (start >= 0) & (end >= 0)
    for row in np.flatnonzero(both & (start == end)):
        found.refuse(int(row), column.column, texts[row], msg("The line ends where it starts"))
    apart = np.zeros(len(start))
    apart[both] = np.hypot(*(nodes.xy[start[both]] - nodes.xy[end[both]]).T)
    for row in np.flatnonzero(both & (start != end) & (apart <= nearest)):
        found.refuse(
            int(row), column.column, texts[row], msg("Both ends lie at one place: no length")
        )


def _first_of_each(table: SurveyTable, found: Findings, start: I64, end: I64) -> I64:
    """Rows to take: an exact repetition (also from the other end) is taken once."""
    pairs = [
        (table.lines.index_of(f"start_{quantity}"), table.lines.index_of(f"end_{quantity}"))
        for quantity in _QUANTITIES
    ]
    paired = {i for both in pairs for i in both if i >= 0}
    numbers = {table.lines.index_of(role) for role in ("id", "start_id", "end_id")}
    serials = {i for i, name in enumerate(table.raw.names) if name in table.lines.extra}
    rest = [i for i in range(len(table.raw.names)) if i not in paired | numbers | serials]
    seen: dict[tuple[Any, ...], int] = {}
    kept: list[int] = []
    for row, cells in enumerate(table.raw.rows):
        if found.refused_at(row):
            continue
        ends = [
            (str(node), *(cells[both[side]] if both[side] >= 0 else "" for both in pairs))
            for side, node in ((0, start[row]), (1, end[row]))
        ]
        key = (*sorted(ends), *(cells[i] for i in rest))
        earlier = seen.setdefault(key, row)
        if earlier != row:
            number = table.raw.row_numbers[earlier]
            found.refuse(row, "", "", msg("The same line stands in row {row}", row=number))
            continue
        kept.append(row)
    return np.array(kept, dtype=np.int64)


def _pipe_table(lines: LineColumns) -> PipeTable:
    count = len(lines.rows)
    utility, subtype = _utilities(lines)
    material = _coded(lines, "material", materials_from)
    burial = _coded(lines, "burial", burials_from)
    sections = section_columns_of(lines, utility, material, burial)
    pressure, grade, voltage = _pressure_and_voltage(lines, utility)
    levels = level_columns_of(lines, burial)
    columns: dict[str, Any] = {
        "id": _ids(lines),
        "utility": utility,
        "subtype": subtype,
        "start_node": lines.start,
        "end_node": lines.end,
        "size_text": lines.texts("size"),
        "material": material,
        "burial": burial,
        "pressure_class": grade,
        "pressure_mpa": pressure,
        "voltage_kv": voltage,
        "cable_count": lines.reals("cable_count"),
        "sigma_xy_m": lines.metres("sigma_xy_m"),
        "sigma_z_m": lines.metres("sigma_z_m"),
        "survey_method": methods_from(lines.texts("surveyed_by")),
        "quality_level": lines.texts("quality_level"),
        "status": statuses_from(lines.texts("status")),
        "flow": flows_from(lines.texts("flow")),
        "enclosure": lines.texts("enclosure"),
        "casing_m": lines.metres("casing_m", default="mm"),
        "has_plate": flags_from(lines.texts("has_plate")),
        "owner": lines.texts("owner"),
        "road": lines.texts("road"),
        "valid_from": days_from(lines.texts("valid_from")),
        "valid_to": days_from(lines.texts("valid_to")),
        "recorded_at": days_from(lines.texts("recorded_at")),
        "source": lines.table.raw.path.name,
        "note": lines.texts("note"),
    }
    xy = np.stack([lines.nodes.xy[lines.start], lines.nodes.xy[lines.end]], axis=1)
    return PipeTable.build(
        count,
        **columns,
        **sections,
        **levels,
        offsets=np.arange(count + 1) * 2,
        xy=xy.reshape(-1, 2),
        axis_level=np.full(2 * count, np.nan),
    )


def _pressure_and_voltage(lines: LineColumns, utility: I8) -> tuple[F64, I8, F64]:
    """MPa, pressure class and kV; one column for both means volts where cables are."""
    texts = {role: lines.texts(role) for role in PRESSURE_ROLES}
    voltages = lines.texts("voltage")
    if lines.has("pressure_voltage"):
        either = lines.texts("pressure_voltage")
        is_power = utility == Utility.POWER
        texts["pressure"] = np.where(is_power, texts["pressure"], either)
        voltages = np.where(is_power, either, voltages)
    units = [lines.unit(role) for role in PRESSURE_ROLES]
    columns = zip(texts.values(), units, strict=True)
    pressure, grade, is_ungraded = pressures_of(columns, len(lines.rows))
    inferred = grade_inference(is_ungraded)
    if inferred is not None:
        lines.found.inferred.append(inferred)
    return pressure, grade, voltages_from(voltages, unit=lines.unit("voltage"))


def _ids(lines: LineColumns) -> Str:
    """Line numbers as recorded, else "start-end"; a repeated one gets ~2, ~3 …"""
    start, end = lines.texts("start_id"), lines.texts("end_id")
    own = lines.texts("id")
    seen: dict[str, int] = {}
    out: list[str] = []
    for name, a, b in zip(own, start, end, strict=True):
        text = name or f"{a}-{b}"
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else f"{text}~{seen[text]}")
    return text_array(out)


def row_utilities(table: SurveyTable, options: ImportOptions) -> I8:
    """What each row says its utility is, 0 where neither it nor the table's name does."""
    said = options.settings.get("utility") or options.settings.get("pipes.utility", "")
    if said:
        return np.full(len(table.raw), utilities_from([said])[0][0], dtype=np.int8)
    utility = np.zeros(len(table.raw), dtype=np.int8)
    for role in ("utility", "subtype"):
        index = table.lines.index_of(role)
        if index >= 0:
            utility = np.where(utility == 0, utilities_from(table.raw.column(index))[0], utility)
    named = 0 if table.word is None else Utility.from_key(table.word.key)
    return np.where(utility == 0, named, utility).astype(np.int8)


def _utilities(lines: LineColumns) -> tuple[I8, Str]:
    said = lines.said("utility")
    if said:
        code, name = utilities_from([said])
        return np.full(len(lines.rows), code[0], np.int8), np.full(len(lines.rows), name[0], object)
    utility, subtype = utilities_from(lines.texts("utility"))
    by_code, code = utilities_from(lines.texts("subtype"))
    subtype = np.where(code != "", code, subtype)
    utility = np.where(utility == 0, by_code, utility).astype(np.int8)
    lost = unknown_words(list(lines.texts("utility")), utility)
    if lost:
        lines.found.notes.append(msg("Utilities that no known word fits: {words}", words=lost))
    utility, subtype = with_inferred_utility(
        lines.table, lines.found, list(lines.texts("start_id")), utility, subtype
    )
    of_points = lines.nodes.utility[lines.start]
    unknown = (utility == Utility.UNKNOWN) & (of_points == lines.nodes.utility[lines.end])
    return np.where(unknown, of_points, utility).astype(np.int8), subtype


def _coded(lines: LineColumns, role: str, read: Any) -> I8:
    said = lines.said(role)
    if said:
        return np.full(len(lines.rows), read([said])[0], dtype=np.int8)
    texts = lines.texts(role)
    codes: I8 = read(texts)
    lost = unknown_words(list(texts), codes)
    if lost:
        column = lines.table.lines.of(role)
        lines.found.notes.append(
            msg(
                "{column}: no known word fits {words}",
                column=column.column if column else role,
                words=lost,
            )
        )
    return codes
