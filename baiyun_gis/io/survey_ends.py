"""Line tables that carry the coordinates of both ends: the points come from the ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from baiyun_gis.io.attributes import (
    LEVEL_MISSING,
    FieldMap,
    MappedField,
    chambers_from,
    node_kinds_from,
    reals_from,
    texts_from,
)
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.inference import Findings
from baiyun_gis.io.survey_coordinates import Pair, place
from baiyun_gis.io.survey_layout import SurveyTable
from baiyun_gis.io.survey_lines import Points
from baiyun_gis.io.survey_nodes import (
    NodePart,
    coordinate_pair,
    key_of,
    looks_chinese,
    same_place,
    with_inferred_utility,
)
from baiyun_gis.io.tabular import RawTable
from baiyun_gis.io.values import is_blank
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, text_array
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.units import metres_in

_ENDS = ("start", "end")
_TOLERANCE = 50
"""How many times the nearness of one place two mentions of a point may differ (5 cm)."""
"""Coordinates of one point given in several rows may differ by rounding."""


def with_end_numbers(table: SurveyTable) -> SurveyTable:
    """The table with a number for every end: its own, else one made of its coordinates."""
    raw = table.raw
    names, rows = list(raw.names), [list(row) for row in raw.rows]
    fields = [f for f in table.lines.fields if f.role not in {"start_id", "end_id"}]
    for end in _ENDS:
        located = coordinate_pair(table, table.lines, f"{end}_")
        assert located is not None
        columns = located[1]
        own = table.lines.index_of(f"{end}_id")
        name = raw.names[own] if own >= 0 else f"{end} point"
        for row in rows:
            number = row[own] if own >= 0 else ""
            made = ", ".join(row[c.index] for c in columns)
            row.append(number if not is_blank(number) else made)
        fields.append(MappedField(name, len(names), f"{end}_id"))
        names.append(name if own < 0 else f"{name} ")
    part = RawTable(raw.path, raw.sheet, tuple(names), rows, raw.row_numbers)
    return replace(table, raw=part, lines=FieldMap(tuple(fields), extra=table.lines.extra))


def points_of_ends(
    table: SurveyTable, found: Findings, points: Points, options: ImportOptions
) -> NodePart:
    """Points of the ends that no point table gives; rows with bad coordinates are refused."""
    count = len(table.raw)
    pair, columns = _both_ends(table)
    placed = place(
        pair,
        crs=options.crs,
        project_crs=options.project_crs,
        surveyors_axes=looks_chinese(table.raw.names),
    )
    found.inferred.extend(placed.inferred)
    found.asked.extend(placed.asked)
    tolerance = _TOLERANCE * same_place(placed.crs)
    known: dict[str, int] = {}
    ids: list[str] = []
    picked: list[int] = []
    for row in range(count):
        numbers = [table.raw.rows[row][table.lines.index_of(f"{end}_id")] for end in _ENDS]
        if any(points.find(table.group, n) >= 0 for n in numbers) and all(
            points.find(table.group, n) >= 0 for n in numbers
        ):
            continue
        if not _is_sound(table, found, row, count, placed.xy, placed.astray, columns):
            continue
        for side, number in enumerate(numbers):
            index = row + side * count
            first = known.setdefault(key_of(number), index)
            if first == index and points.find(table.group, number) < 0:
                ids.append(number)
                picked.append(index)
            elif np.hypot(*(placed.xy[index] - placed.xy[first])) > tolerance:
                other = table.raw.row_numbers[first % count]
                found.refuse(
                    row,
                    columns[side * 2].column,
                    number,
                    msg("The point number is that of row {row}, which lies elsewhere", row=other),
                )
                break
    nodes = _nodes(table, found, ids, np.array(picked, dtype=np.int64), placed.xy)
    return NodePart(nodes, np.array(picked, dtype=np.int64) % max(count, 1), placed.crs)


def _both_ends(table: SurveyTable) -> tuple[Pair, list[MappedField]]:
    """Start coordinates, then end coordinates, as one pair of columns."""
    start = coordinate_pair(table, table.lines, "start_")
    end = coordinate_pair(table, table.lines, "end_")
    assert start is not None
    assert end is not None
    pair = Pair(
        np.concatenate([start[0].first, end[0].first]),
        np.concatenate([start[0].second, end[0].second]),
        start[0].roles,
    )
    return pair, [*start[1], *end[1]]


def _is_sound(
    table: SurveyTable,
    found: Findings,
    row: int,
    count: int,
    xy: F64,
    astray: np.ndarray[tuple[int], np.dtype[np.bool_]],
    columns: list[MappedField],
) -> bool:
    if found.refused_at(row):
        return False
    sound = True
    for side in (0, 1):
        index = row + side * count
        column = columns[side * 2]
        cell = table.raw.rows[row][column.index]
        if not np.isfinite(xy[index]).all():
            reason = (
                msg("The coordinate is missing")
                if is_blank(cell)
                else msg("The coordinate is not a number")
            )
        elif astray[index]:
            reason = msg(
                "The point lies far from all others; are the axes swapped or a digit wrong?"
            )
        else:
            continue
        found.refuse(row, column.column, cell, reason)
        sound = False
    return sound


def _nodes(
    table: SurveyTable,
    found: Findings,
    ids: list[str],
    picked: np.ndarray[tuple[int], np.dtype[np.int64]],
    xy: F64,
) -> NodeTable:
    ground = np.concatenate([_ground(table, end) for end in _ENDS])
    feature, fixture = (
        texts_from([t for end in _ENDS for t in _end_texts(table, f"{end}_{what}")])[picked]
        for what in ("feature", "fixture")
    )
    kind = node_kinds_from(fixture)
    kind = np.where(kind == 0, node_kinds_from(feature), kind)
    blank = np.zeros(len(ids), dtype=np.int8)
    utility, subtype = with_inferred_utility(table, found, ids, blank, text_array("" for _ in ids))
    return NodeTable.build(
        len(ids),
        id=text_array(ids),
        xy=xy[picked],
        ground_m=ground[picked],
        feature=feature,
        fixture=fixture,
        kind=kind,
        is_chamber=chambers_from(fixture) | chambers_from(feature),
        utility=utility,
        subtype=subtype,
        source=table.raw.path.name,
        lineage="point of a line's end",
    )


def _end_texts(table: SurveyTable, role: str) -> list[str]:
    return table.raw.column(table.lines.index_of(role))


def _ground(table: SurveyTable, end: str) -> F64:
    column = table.lines.of(f"{end}_ground_m")
    if column is None:
        return np.full(len(table.raw), np.nan)
    values = reals_from(table.raw.column(column.index), missing=LEVEL_MISSING)
    return values * metres_in(column.unit)
