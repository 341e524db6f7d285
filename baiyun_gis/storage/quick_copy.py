"""The quick copy of the columns inside the project file, and the triggers that keep it honest."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from typing import Any

from baiyun_gis.model.columns import Columns, specs_of
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.storage.column_codec import ColumnsError, pack, unpack
from baiyun_gis.storage.geopackage import quoted
from baiyun_gis.storage.rows import AnyTable

TABLE = "baiyun_columns"
_FACTS = (
    "SELECT key, value FROM baiyun_project WHERE key NOT IN ('content', 'contains') ORDER BY key"
)
_EVENTS = ("insert", "update", "delete")


def create(connection: sqlite3.Connection) -> None:
    """Make the table for the copies."""
    connection.execute(
        f"CREATE TABLE {TABLE} (layer TEXT NOT NULL, name TEXT NOT NULL, crc INTEGER NOT NULL,"
        " data BLOB NOT NULL, PRIMARY KEY (layer, name))"
    )


def write(connection: sqlite3.Connection, table: Columns) -> None:
    """Copy all columns of a table; call after its rows are written."""
    layer = table.table_name
    for name in column_names(type(table)):
        data = pack({name: getattr(table, name)})
        connection.execute(
            f"INSERT INTO {TABLE} VALUES (?,?,?,?)",  # noqa: S608
            (layer, name, zlib.crc32(data), data),
        )
    # Pipes hold rows of nodes, so an edit of nodes ends their copy too.
    stale = "('nodes', 'pipes')" if table.table_name == NodeTable.table_name else f"('{layer}')"
    for event in _EVENTS:
        connection.execute(
            f"CREATE TRIGGER {quoted(_trigger(layer, event))} AFTER {event.upper()}"  # noqa: S608
            f" ON {quoted(layer)} BEGIN DELETE FROM {TABLE} WHERE layer IN {stale}; END"
        )


def has(connection: sqlite3.Connection, layer: str) -> bool:
    """Is the copy of a layer there and guarded (a layer made anew by another program is not)."""
    guards = [_trigger(layer, event) for event in _EVENTS]
    marks = ", ".join("?" * len(guards))
    (found,) = connection.execute(
        f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"  # noqa: S608
        f" AND name IN ({marks})",
        (layer, *guards),
    ).fetchone()
    copied = connection.execute(f"SELECT 1 FROM {TABLE} WHERE layer = ? LIMIT 1", (layer,))  # noqa: S608
    return found == len(guards) and copied.fetchone() is not None


def read(connection: sqlite3.Connection, table: type[AnyTable]) -> AnyTable | None:
    """A table from its copy; None when there is none, so that the rows must be read.

    Raises `ColumnsError` when the copy is damaged.
    """
    layer = table.table_name
    if not has(connection, layer) or (table is PipeTable and not has(connection, "nodes")):
        return None
    wanted = set(column_names(table))
    values: dict[str, Any] = {}
    query = f"SELECT name, crc, data FROM {TABLE} WHERE layer = ?"  # noqa: S608
    for name, crc, data in connection.execute(query, (layer,)):
        if zlib.crc32(data) != crc:
            raise ColumnsError("Stored columns are damaged: {what}", what=f"{layer}.{name}")
        if name in wanted:
            values[name] = unpack(data)[name]
    count = len(next(iter(values.values())))
    if "offsets" in values:
        count = len(values["offsets"]) - 1
    return table.build(count, **values)


def content(connection: sqlite3.Connection) -> str:
    """What identifies the content of the file: a digest over the copies and the project's facts."""
    digest = hashlib.sha256()
    for query in (
        f"SELECT layer, name, crc FROM {TABLE} ORDER BY layer, name",  # noqa: S608
        _FACTS,
    ):
        for row in connection.execute(query):
            digest.update(json.dumps(row).encode())
    return digest.hexdigest()


def column_names(table: type[Columns]) -> tuple[str, ...]:
    """All columns, those of the ragged axes included."""
    extra = ("offsets", "xy", "axis_level") if table is PipeTable else ()
    return (*(spec.name for spec in specs_of(table)), *extra)


def _trigger(layer: str, event: str) -> str:
    return f"baiyun_{layer}_{event}"
