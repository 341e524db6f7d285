"""Survey points as nodes: numbers, places, levels, features, chambers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from baiyun_gis.crs.systems import is_geographic
from baiyun_gis.io.attributes import (
    LEVEL_MISSING,
    FieldMap,
    MappedField,
    chambers_from,
    days_from,
    node_kinds_from,
    reals_from,
    statuses_from,
    texts_from,
    utilities_from,
)
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.inference import Findings, metres_of_depths, words_of_ids
from baiyun_gis.io.stated_units import in_metres
from baiyun_gis.io.survey_coordinates import Pair, place
from baiyun_gis.io.survey_layout import SurveyTable
from baiyun_gis.io.synonyms import Word, header_of
from baiyun_gis.io.values import flags_from, is_blank, shapes_from, unreadable
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I64, Bool, Str, text_array
from baiyun_gis.model.sections import parse_size
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.model.vocabulary import NodeKind, Shape, Utility
from baiyun_gis.units import metres_in

SAME_PLACE_M = 0.001
_SAME_PLACE_DEG = 1e-8


class NodePart(NamedTuple):
    """Nodes of one table, the table rows they come from, and their system."""

    nodes: NodeTable
    rows: I64
    crs: str


def same_place(crs: str) -> float:
    """How near two places are one, in the unit of `crs`: a millimetre, or as much in degrees."""
    if not crs or crs.lower().endswith(".toml"):  # a local grid is in metres
        return SAME_PLACE_M
    return _SAME_PLACE_DEG if is_geographic(crs) else SAME_PLACE_M


def key_of(point_number: str) -> str:
    """The form in which point numbers compare: half width, upper case."""
    return unicodedata.normalize("NFKC", point_number).strip().upper()


def coordinate_pair(
    table: SurveyTable, fields: FieldMap, prefix: str = ""
) -> tuple[Pair, tuple[MappedField, MappedField]] | None:
    """The two coordinate columns of a table whose roles start with `prefix`."""
    for a, b in (("north", "east"), ("lon", "lat"), ("x", "y"), ("x", "east"), ("north", "y")):
        first, second = fields.of(prefix + a), fields.of(prefix + b)
        if first is not None and second is not None:
            values = [
                reals_from(table.raw.column(f.index)) * metres_in(f.unit) for f in (first, second)
            ]
            return Pair(values[0], values[1], (a, b)), (first, second)
    return None


def looks_chinese(names: Sequence[str]) -> bool:
    """Headers in Chinese or of the Chinese standards: X is north there."""
    known = {"expno", "sexp", "eexp", "subsid", "qddh", "zddh", "wtdh", "gxdh", "dmgc", "xzb"}
    return any(not n.isascii() for n in names) or any(header_of(n).normal in known for n in names)


def system_of(
    table: SurveyTable, fields: FieldMap, options: ImportOptions, *, prefix: str = ""
) -> str:
    """The system that a table's coordinates say by themselves, "" when they do not."""
    located = coordinate_pair(table, fields, prefix)
    assert located is not None
    chinese = looks_chinese(table.raw.names)
    return place(
        located[0], crs=options.crs, project_crs=options.project_crs, surveyors_axes=chinese
    ).crs


def nodes_of(table: SurveyTable, found: Findings, options: ImportOptions) -> NodePart:
    """The points of one table; rows that cannot be taken go to `found`."""
    raw, fields = table.raw, table.nodes
    located = coordinate_pair(table, fields)
    assert located is not None
    pair, columns = located
    placed = place(
        pair,
        crs=options.crs,
        project_crs=options.project_crs,
        surveyors_axes=looks_chinese(raw.names),
    )
    found.inferred.extend(placed.inferred)
    found.asked.extend(placed.asked)
    ids = _ids(table, found)
    _refuse_bad_places(table, found, pair, columns, placed.astray)
    rows = _unique_rows(table, found, ids, placed.xy, nearest=same_place(placed.crs))
    return NodePart(_node_table(table, found, ids, placed.xy, rows), rows, placed.crs)


def _ids(table: SurveyTable, found: Findings) -> list[str]:
    """Point numbers; a table without any gets them from its rows."""
    field = table.nodes.of("id") or table.nodes.of("map_no")
    if field is not None:
        return [str(t) for t in texts_from(table.raw.column(field.index))]
    why = msg("no column holds point numbers; rows are numbered instead")
    found.infer("point number", "row number", 0.5, why)
    return [f"{table.group}-{n}" for n in table.raw.row_numbers]


def _refuse_bad_places(
    table: SurveyTable,
    found: Findings,
    pair: Pair,
    columns: tuple[MappedField, MappedField],
    astray: Bool,
) -> None:
    for values, column in zip((pair.first, pair.second), columns, strict=True):
        texts = table.raw.column(column.index)
        for row in np.flatnonzero(np.isnan(values)):
            text = texts[row]
            reason = (
                msg("The coordinate is missing")
                if is_blank(text)
                else msg("The coordinate is not a number")
            )
            found.refuse(int(row), column.column, text, reason)
    for row in np.flatnonzero(astray):
        column = columns[0]
        text = f"{table.raw.rows[row][columns[0].index]}, {table.raw.rows[row][columns[1].index]}"
        found.refuse(
            int(row),
            column.column,
            text,
            msg("The point lies far from all others; are the axes swapped or a digit wrong?"),
        )


def _unique_rows(
    table: SurveyTable, found: Findings, ids: list[str], xy: F64, *, nearest: float
) -> I64:
    """Rows that give a point: each number once, where it was first seen."""
    first: dict[str, int] = {}
    column = table.nodes.of("id") or table.nodes.of("map_no")
    name = column.column if column else ""
    kept: list[int] = []
    for row, text in enumerate(ids):
        if found.refused_at(row):
            continue
        if is_blank(text):
            found.refuse(row, name, text, msg("The point number is missing"))
            continue
        earlier = first.setdefault(key_of(text), row)
        if earlier == row:
            kept.append(row)
            continue
        number = table.raw.row_numbers[earlier]
        same = bool(np.hypot(*(xy[row] - xy[earlier])) <= nearest)
        reason = (
            msg("The point was already given in row {row}", row=number)
            if same
            else msg("The point number is that of row {row}, which lies elsewhere", row=number)
        )
        found.refuse(row, name, text, reason)
    return np.array(kept, dtype=np.int64)


def _node_table(
    table: SurveyTable, found: Findings, ids: list[str], xy: F64, rows: I64
) -> NodeTable:
    raw, fields = table.raw, table.nodes
    texts = _Texts(table, rows)
    kept_ids = [ids[i] for i in rows]
    utility, subtype = utilities_of(table, found, kept_ids, texts)
    feature, fixture, kind_text = texts.of("feature"), texts.of("fixture"), texts.of("kind")
    kind = _first_known(
        node_kinds_from(fixture), node_kinds_from(feature), node_kinds_from(kind_text)
    )
    is_chamber = chambers_from(fixture) | chambers_from(feature)
    is_chamber |= np.isin(kind, [k for k in NodeKind if k.has_chamber])
    told = texts.of("is_chamber")
    is_chamber = np.where(told == "", is_chamber, flags_from(told))
    ground = texts.lengths("ground_m", found)
    depth_in_ground = texts.lengths("chamber_depth_m", found)
    bottom = texts.lengths("bottom_m", found)
    shape, width, length, size_note = _chamber_sizes(table, texts)
    lineage = np.full(len(rows), "", dtype=object)
    lineage[~np.isnan(width)] = size_note
    return NodeTable.build(
        len(rows),
        id=text_array(kept_ids),
        xy=xy[rows],
        ground_m=ground,
        level_m=texts.lengths("level_m", found),
        depth_m=texts.depths("depth_m", found),
        kind=kind,
        utility=utility,
        subtype=subtype,
        feature=feature,
        fixture=fixture,
        is_chamber=is_chamber,
        chamber_shape=shape,
        chamber_width_m=width,
        chamber_length_m=length,
        chamber_angle_deg=_angles(table, texts),
        bottom_m=np.where(np.isnan(bottom), ground - depth_in_ground, bottom),
        chamber_depth_m=depth_in_ground,
        neck_m=texts.reals("neck_m") * metres_in(fields_unit(fields, "neck_m", "mm")),
        sigma_xy_m=texts.reals("sigma_xy_m") * metres_in(fields_unit(fields, "sigma_xy_m", "m")),
        sigma_z_m=texts.reals("sigma_z_m") * metres_in(fields_unit(fields, "sigma_z_m", "m")),
        survey_method=methods_from(texts.of("surveyed_by")),
        status=statuses_from(texts.of("status")),
        owner=texts.of("owner"),
        road=texts.of("road"),
        valid_from=days_from(texts.of("valid_from")),
        valid_to=days_from(texts.of("valid_to")),
        recorded_at=days_from(texts.of("recorded_at")),
        source=raw.path.name,
        lineage=lineage,
        note=texts.of("note"),
    )


class _Texts:
    """Columns of the kept rows of a table by role."""

    def __init__(self, table: SurveyTable, rows: I64) -> None:
        self._table = table
        self._rows = rows

    def of(self, role: str) -> Str:
        """The texts of a role; blanks where no column plays it."""
        index = self._table.nodes.index_of(role)
        if index < 0:
            return np.full(len(self._rows), "", dtype=object)
        column = self._table.raw.column(index)
        return texts_from([column[i] for i in self._rows.tolist()])

    def reals(self, role: str, *, missing: tuple[float, ...] = LEVEL_MISSING) -> F64:
        return reals_from(self.of(role), missing=missing)

    def lengths(self, role: str, found: Findings) -> F64:
        """Levels and lengths in metres; 0 and the like are none."""
        field = self._table.nodes.of(role)
        if field is None:
            return np.full(len(self._rows), np.nan)
        values = self.reals(role)
        self._remark(field, values, found)
        return in_metres(self.of(role), values, metres_in(field.unit))

    def depths(self, role: str, found: Findings) -> F64:
        """The same with the unit inferred where the header does not say it."""
        field = self._table.nodes.of(role)
        if field is None:
            return np.full(len(self._rows), np.nan)
        values = self.reals(role)
        self._remark(field, values, found)
        scale, inferred = metres_of_depths([values], field.unit)
        if inferred is not None:
            found.inferred.append(inferred)
        return in_metres(self.of(role), values, scale)

    def _remark(self, field: MappedField, values: F64, found: Findings) -> None:
        wrong = int(unreadable(self.of(field.role), values).sum())
        if wrong:
            found.notes.append(
                msg(
                    "{column}: {count} cells are not numbers and count as unknown",
                    column=field.column,
                    count=wrong,
                )
            )


def fields_unit(fields: FieldMap, role: str, default: str) -> str:
    """The unit of the column that plays a role."""
    field = fields.of(role)
    return (field.unit if field else "") or default


def utilities_of(
    table: SurveyTable, found: Findings, ids: list[str], texts: _Texts
) -> tuple[I8, Str]:
    """Utility and code of points: columns, else the point numbers' letters, else the title."""
    utility, subtype = utilities_from(texts.of("utility"))
    code_utility, code = utilities_from(texts.of("subtype"))
    subtype = np.where(code != "", code, subtype)
    utility = _first_known(utility, code_utility)
    return with_inferred_utility(table, found, ids, utility, subtype)


def with_inferred_utility(
    table: SurveyTable, found: Findings, ids: Sequence[str], utility: I8, subtype: Str
) -> tuple[I8, Str]:
    """Rows whose utility no column says get it from the title, else from their point number."""
    unknown = utility == Utility.UNKNOWN
    if not unknown.any():
        return utility, subtype
    utility, subtype = utility.copy(), subtype.copy()
    if table.word is not None:
        utility[unknown] = Utility.from_key(table.word.key)
        subtype[unknown & (subtype == "")] = table.word.code
        _infer_utility(
            found, table.word, 0.9, msg("the table is called {title}", title=table.raw.title)
        )
        return utility, subtype
    words, share = words_of_ids(ids)
    if share >= 0.8:
        for index in np.flatnonzero(unknown):
            word = words[index]
            if word is not None:
                utility[index] = Utility.from_key(word.key)
                subtype[index] = subtype[index] or word.code
        codes = ", ".join(sorted({w.code for w in words if w is not None}))
        found.infer("utility", codes, 0.85, msg("point numbers begin with these codes"))
    return utility, subtype


def _infer_utility(found: Findings, word: Word, confidence: float, why: object) -> None:
    from baiyun_gis.language import Message

    assert isinstance(why, Message)
    found.infer("utility", word.key, confidence, why)


def methods_from(values: Str) -> Str:
    """Survey methods: visible and hidden where those words are used, else as recorded."""
    words = {"明显": "visible", "隐蔽": "hidden"}
    return text_array(next((w for key, w in words.items() if key in text), text) for text in values)


def _first_known(*codes: I8) -> I8:
    out = codes[0].copy()
    for later in codes[1:]:
        out = np.where(out == 0, later, out)
    return out.astype(np.int8)


def _chamber_sizes(table: SurveyTable, texts: _Texts) -> tuple[I8, F64, F64, str]:
    """Shape, width and length of chambers, metres, from a size text or two columns."""
    fields = table.nodes
    size = fields.of("well_size")
    scale = metres_in((size.unit if size else "") or "mm")
    size_texts = texts.of("well_size").tolist()
    known = {t: parse_size(t) for t in dict.fromkeys(size_texts)}
    sizes = [known[t] for t in size_texts]
    shape = np.array([0 if s is None else int(s.shape) for s in sizes], dtype=np.int8)
    parsed = np.array(
        [(np.nan, np.nan) if s is None else (s.width_mm, s.height_mm) for s in sizes],
        dtype=np.float64,
    ).reshape(len(sizes), 2)
    with_unit = np.array([s is not None and s.has_unit for s in sizes], dtype=bool)
    parsed *= np.where(with_unit, 0.001, scale)[:, None]
    width = texts.reals("chamber_width_m") * metres_in(fields_unit(fields, "chamber_width_m", "m"))
    length = texts.reals("chamber_length_m") * metres_in(
        fields_unit(fields, "chamber_length_m", "m")
    )
    width = np.where(np.isnan(width), parsed[:, 0], width)
    length = np.where(np.isnan(length), parsed[:, 1], length)
    said = shapes_from(texts.of("chamber_shape"))
    is_cover = size is not None and ("盖" in size.column or size.column.lower() == "wellsize")
    note = "chamber size from the cover's; the chamber is at least that wide" if is_cover else ""
    plain = np.where(np.isnan(width), Shape.UNKNOWN, np.where(shape > 0, shape, Shape.RECTANGLE))
    return _first_known(said, plain.astype(np.int8)), width, length, note


def _angles(table: SurveyTable, texts: _Texts) -> F64:
    """Rotation in degrees; values within ±2π of a column called Rotation are radians."""
    field = table.nodes.of("chamber_angle_deg")
    values = texts.reals("chamber_angle_deg", missing=())
    if field is None:
        return values
    is_radians = field.unit == "rad" or (
        header_of(field.column).normal == "rotation"
        and bool(np.nanmax(np.abs(values), initial=0.0) <= 6.2832)
    )
    return np.degrees(values) if is_radians else values
