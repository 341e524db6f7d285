"""Tables as the rows that people see in QGIS, and back.

Codes are their English keys, days ISO dates, flags 0 and 1, unknown values NULL. Pipes refer to
nodes by `start_node`/`end_node` (the node's fid) and show the node's own id beside it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.errors import ProjectError
from baiyun_gis.model.columns import F64, I32, I64, Columns, ColumnSpec, keys_from_codes, specs_of
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.storage import shapes
from baiyun_gis.storage.geopackage import FieldDef, LayerDef, insert_rows, quoted

AnyTable = TypeVar("AnyTable", bound=Columns)
NODE_REFERENCES = {"start_node": "start_node_id", "end_node": "end_node_id"}
_SQL_TYPES = {
    "text": "TEXT",
    "real": "DOUBLE",
    "code": "TEXT",
    "flag": "BOOLEAN",
    "index": "INTEGER",
    "day": "DATE",
    "polygon": "BLOB",
    "point": "DOUBLE",
    "vertex": "DOUBLE",
}
_CHUNK = 20_000
Values = Sequence[Any]
Lister = Callable[[slice], Iterable[Any]]
NodeRows = Callable[[Values], I32]
"""The rows of nodes by their fids, −1 for none."""
_AXES = ("x", "y", "z")


def layer_of(table: type[Columns], *, geometry_type: str, has_z: bool = False) -> LayerDef:
    """How a table looks as a layer of the file."""
    fields: list[FieldDef] = []
    for spec in attribute_specs(table):
        fields += _fields_of(spec)
        if spec.name in NODE_REFERENCES:
            fields.append(FieldDef(NODE_REFERENCES[spec.name], "TEXT", f"{spec.zh}点号"))
    doc = (table.__doc__ or "").splitlines()[0]
    return LayerDef(table.table_name, tuple(fields), doc, geometry_type, has_z)


def attribute_specs(table: type[Columns]) -> tuple[ColumnSpec, ...]:
    """The columns that are attributes: all but the layer's own geometry."""
    return tuple(s for s in specs_of(table) if s.name not in geometry_columns(table))


def geometry_columns(table: type[Columns]) -> tuple[str, ...]:
    """The column that the layer's geometry is made of, if it is one column."""
    names = {spec.name for spec in specs_of(table)}
    if "geometry" in names:
        return ("geometry",)
    return ("xy",) if table is NodeTable else ()


def write_rows(
    connection: sqlite3.Connection, table: Columns, blobs: Lister | None, *, nodes: NodeTable
) -> None:
    """Insert all rows of a table; columns in which nothing is known are left to the default.

    `blobs` gives the geometry of a slice of rows. Rows go in by the chunk, so that a city never
    stands in memory as Python values.
    """
    count = len(table)
    listers: dict[str, Lister] = {"fid": lambda part: range(part.start + 1, part.stop + 1)}
    if blobs is not None:
        listers["geom"] = blobs
    for spec in attribute_specs(type(table)):
        listers |= _listers(spec, getattr(table, spec.name), nodes)
    for start in range(0, count, _CHUNK):
        part = slice(start, min(start + _CHUNK, count))
        columns = [lister(part) for lister in listers.values()]
        insert_rows(connection, table.table_name, list(listers), zip(*columns, strict=True))


def read_rows(
    connection: sqlite3.Connection,
    table: type[AnyTable],
    *,
    node_rows: NodeRows,
    wanted: I64 | None = None,
    only: frozenset[str] | None = None,
) -> AnyTable:
    """A table from its rows in the order of fid, as any program may have left them.

    `wanted` names the fids to read, sorted (all when None), `only` the attributes; others hold
    their unknown value. Raises `ProjectError` naming layer and column for values that do not fit.
    """
    name = table.table_name
    present = {row[1] for row in connection.execute(f"PRAGMA table_info({quoted(name)})")}
    fields = {
        spec.name: [field.name for field in _fields_of(spec) if field.name in present]
        for spec in attribute_specs(table)
        if only is None or spec.name in only
    }
    listed = [field for group in fields.values() for field in group]
    listed += ["geom"] if "geom" in present else []
    parts: dict[str, list[Any]] = {}
    for stored in _chunks(connection, name, ["fid", *listed], wanted):
        count = len(stored["fid"])
        for spec in attribute_specs(table):
            if len(fields.get(spec.name, ())) == spec.width:
                columns = [stored[field] for field in fields[spec.name]]
                parsed = _parsed(spec, columns, count, node_rows, place=name)
                parts.setdefault(spec.name, []).append(parsed)
        if "geom" in stored:
            for key, values in _geometry(stored["geom"], table).items():
                parts.setdefault(key, []).append(values)
    return _assembled(table, parts)


def fids(connection: sqlite3.Connection, layer: str) -> I64:
    """The fids of all rows, sorted; the row of each is its place."""
    query = f"SELECT fid FROM {quoted(layer)} ORDER BY fid"  # noqa: S608
    return np.fromiter((fid for (fid,) in connection.execute(query)), dtype=np.int64)


def no_nodes(stored: Values) -> I32:
    """References to nodes where there are none to refer to."""
    return np.full(len(stored), -1, dtype=np.int32)


def rows_of_nodes(known: I64) -> NodeRows:
    """Rows by fid where row k has fid `known[k]`."""

    def rows(stored: Values) -> I32:
        fid = np.array([-1 if value is None else value for value in stored], dtype=np.int64)
        at = np.minimum(np.searchsorted(known, fid), max(len(known) - 1, 0))
        hit = known[at] == fid if len(known) else np.zeros(len(fid), dtype=np.bool_)
        return np.where(hit, at, -1).astype(np.int32)

    return rows


def bounds_of_lines(pipes: PipeTable) -> F64:
    """Plan boxes (n, 4) of pipes, NaN for one without vertices."""
    box = np.full((len(pipes), 4), np.nan)
    rows = np.flatnonzero(np.diff(pipes.offsets) > 0)
    if len(rows):
        starts = pipes.offsets[rows]
        box[rows, :2] = np.minimum.reduceat(pipes.xy, starts, axis=0)
        box[rows, 2:] = np.maximum.reduceat(pipes.xy, starts, axis=0)
    return box


def _fields_of(spec: ColumnSpec) -> list[FieldDef]:
    notes = [spec.unit, f"standard field {spec.standard}" if spec.standard else "", spec.doc]
    about = "; ".join(note for note in notes if note)
    kind = _sql_type(spec)
    if spec.width == 1:
        return [FieldDef(spec.name, kind, spec.zh, about)]
    return [
        FieldDef(f"{spec.name}_{axis}", kind, f"{spec.zh}{axis}", about)
        for axis in _AXES[: spec.width]
    ]


def _sql_type(spec: ColumnSpec) -> str:
    if spec.kind == "flag":
        return "BOOLEAN DEFAULT 0"
    if spec.kind != "code":
        return _SQL_TYPES[spec.kind]
    if spec.vocabulary is None:
        return "INTEGER DEFAULT 0"
    return f"TEXT DEFAULT '{spec.vocabulary(spec.fill).key}'"


def _listers(spec: ColumnSpec, values: NDArray[Any], nodes: NodeTable) -> dict[str, Lister]:
    """The SQL columns of one model column and what lists their values; none if all unknown."""
    name = spec.name
    match spec.kind:
        case "text":
            return (
                {name: lambda part: [v or None for v in values[part].tolist()]}
                if any(values)
                else {}
            )
        case "code" | "flag":
            return _code_lister(spec, values)
        case "day":
            return {} if np.isnat(values).all() else {name: lambda part: _dates(values[part])}
        case "polygon":
            return _wkb_lister(name, values)
        case "index" if name in NODE_REFERENCES:
            ids = np.concatenate([nodes.id, np.array([None], dtype=object)])
            return {
                name: lambda part: _filled(values[part], values[part] + 1),
                NODE_REFERENCES[name]: lambda part: ids[values[part]].tolist(),
            }
        case "index":
            return {name: lambda part: _filled(values[part], values[part])}
        case _:
            return _real_listers(spec, values)


def _code_lister(spec: ColumnSpec, values: NDArray[Any]) -> dict[str, Lister]:
    if (values == spec.fill).all():
        return {}
    vocabulary = spec.vocabulary
    if vocabulary is None:
        return {spec.name: lambda part: values[part].astype(np.int8).tolist()}
    return {spec.name: lambda part: keys_from_codes(vocabulary, values[part]).tolist()}


def _wkb_lister(name: str, values: NDArray[Any]) -> dict[str, Lister]:
    import shapely

    if shapely.is_missing(values).all():
        return {}
    return {name: lambda part: shapely.to_wkb(values[part], flavor="iso").tolist()}


def _real_listers(spec: ColumnSpec, values: NDArray[Any]) -> dict[str, Lister]:
    # SQLite stores NaN as NULL by itself.
    if spec.width == 1:
        if np.isnan(values).all():
            return {}
        return {spec.name: lambda part: values[part].tolist()}
    return {
        field.name: lambda part, i=i: values[part, i].tolist()
        for i, field in enumerate(_fields_of(spec))
    }


def _dates(values: NDArray[Any]) -> list[str | None]:
    days, where = np.unique(values, return_inverse=True)
    words = np.datetime_as_string(days).astype(object)
    words[np.isnat(days)] = None
    return words[where].tolist()


def _filled(values: NDArray[Any], stored: NDArray[Any]) -> list[int | None]:
    listed = stored.astype(object)
    listed[values < 0] = None
    return listed.tolist()


def _chunks(
    connection: sqlite3.Connection, layer: str, names: list[str], wanted: I64 | None
) -> Iterator[dict[str, tuple[Any, ...]]]:
    """Values by column, a chunk of rows at a time, in the order of fid."""
    listed = ", ".join(quoted(name) for name in names)
    query = f"SELECT {listed} FROM {quoted(layer)}"  # noqa: S608
    if wanted is None:
        cursor = connection.execute(f"{query} ORDER BY fid")
        while rows := cursor.fetchmany(_CHUNK):
            yield dict(zip(names, zip(*rows, strict=True), strict=True))
        return
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        first, last = int(part[0]), int(part[-1])
        if last - first == len(part) - 1:
            cursor = connection.execute(
                f"{query} WHERE fid BETWEEN ? AND ? ORDER BY fid", (first, last)
            )
        else:
            chosen = f"{query} WHERE fid IN (SELECT value FROM json_each(?)) ORDER BY fid"  # noqa: S608
            cursor = connection.execute(chosen, (json.dumps(part.tolist()),))
        yield dict(zip(names, zip(*cursor.fetchall(), strict=True), strict=True))


def _assembled(table: type[AnyTable], parts: dict[str, list[Any]]) -> AnyTable:
    whole = {name: np.concatenate(pieces) for name, pieces in parts.items() if name != "counts"}
    count = len(next(iter(whole.values()))) if whole else 0
    if "counts" in parts:
        counts = np.concatenate(parts["counts"])
        whole["offsets"] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        count = len(counts)
    return table.build(count, **whole)


def _parsed(
    spec: ColumnSpec, stored: Sequence[Values], count: int, node_rows: NodeRows, *, place: str
) -> NDArray[Any]:
    import shapely

    try:
        if spec.width > 1:
            return np.column_stack([np.array(part, dtype=np.float64) for part in stored])
        return _parsed_column(spec, stored[0], count, node_rows)
    except (ValueError, TypeError, OverflowError, shapely.errors.GEOSException) as error:
        raise ProjectError(
            "{layer}: column {column} holds a value that does not fit ({why})",
            layer=place,
            column=spec.name,
            why=str(error),
        ) from error


def _parsed_column(
    spec: ColumnSpec, stored: Values, count: int, node_rows: NodeRows
) -> NDArray[Any]:
    if spec.kind != "polygon" and not any(value is not None for value in stored):
        return spec.filled(count)
    match spec.kind:
        case "text":
            words = np.empty(count, dtype=object)
            # Equal words are kept once, however many rows say them.
            known = {value: "" if value is None else str(value) for value in set(stored)}
            words[:] = [known[value] for value in stored]
            return words
        case "code" if spec.vocabulary is None:
            return np.array([value or spec.fill for value in stored], dtype=np.int8)
        case "code":
            assert spec.vocabulary is not None
            codes = {member.key: int(member) for member in spec.vocabulary}
            return np.array([codes[v] if v else spec.fill for v in _keys(stored, codes)], np.int8)
        case "flag":
            return np.array([bool(value) for value in stored], dtype=np.bool_)
        case "day":
            days = {value: _day(value) for value in set(stored)}
            return np.array([days[value] for value in stored], dtype="datetime64[D]")
        case "polygon":
            import shapely

            blobs = np.empty(count, dtype=object)
            blobs[:] = list(stored)
            return shapely.from_wkb(blobs)
        case "index" if spec.name in NODE_REFERENCES:
            return node_rows(stored)
        case "index":
            return np.array([-1 if value is None else value for value in stored], dtype=np.int32)
        case _:
            return np.array(stored, dtype=np.float64)


def _keys(stored: Values, codes: dict[str, int]) -> Values:
    strange = {value for value in set(stored) if value and value not in codes}
    if strange:
        raise ValueError(f"{min(map(str, strange))!r}: {', '.join(codes)}")
    return stored


def _day(value: Any) -> np.datetime64:
    return np.datetime64(str(value)[:10] if value else "NaT", "D")


def _geometry(blobs: Values, table: type[Columns]) -> dict[str, Any]:
    place = table.table_name
    if table is PipeTable:
        xy, levels, offsets = shapes.lines_of(blobs, place=place)
        return {"xy": xy, "axis_level": levels, "counts": np.diff(offsets)}
    if table is NodeTable:
        return {"xy": shapes.points_of(blobs, place=place)}
    if geometry_columns(table) == ("geometry",):
        return {"geometry": shapes.shapes_of(blobs, place=place)}
    return {}
