"""Parts of a project file: some rows of a table, read without the rest of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from baiyun_gis.errors import ProjectError
from baiyun_gis.model.columns import I32, I64
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable, StructureTable
from baiyun_gis.project import ProjectState
from baiyun_gis.storage import quick_copy
from baiyun_gis.storage.geopackage import quoted
from baiyun_gis.storage.project_file import head_of, opened
from baiyun_gis.storage.raster_cache import default_folder
from baiyun_gis.storage.rows import AnyTable, NodeRows, Values, fids, read_rows, rows_of_nodes

LAYERS = (PipeTable, NodeTable, BuildingTable, StructureTable)


@dataclass(frozen=True, slots=True)
class ProjectParts:
    """A saved project of which rows are read as they are asked for.

    `counts` are the rows of each table; `fids` is there for tables whose fids are not 1 to their
    count. Row k of a table has the k-th fid, as in `open_project`.
    """

    path: Path
    content: str
    counts: Mapping[str, int]
    fids: Mapping[str, I64] = field(default_factory=dict[str, I64])

    def read(
        self, table: type[AnyTable], rows: I64, *, only: frozenset[str] | None = None
    ) -> AnyTable:
        """Some rows (sorted) of a table; pipes refer to nodes by their rows in the whole.

        `only` names the attributes to read, all when None. Raises `ProjectError` where the file
        has changed since.
        """
        name = table.table_name
        known = self.fids.get(name)
        wanted = rows + 1 if known is None else known[rows]
        with self._opened() as connection:
            found = read_rows(
                connection, table, node_rows=self._node_rows(), wanted=wanted, only=only
            )
        if len(found) != len(rows):
            raise self._changed()
        return found

    def sources(self) -> tuple[str, ...]:
        """The deliveries the project holds features of, sorted."""
        found: set[str] = set()
        with self._opened() as connection:
            for table in LAYERS:
                query = f"SELECT DISTINCT source FROM {quoted(table.table_name)}"  # noqa: S608
                found.update(str(word or "") for (word,) in connection.execute(query))
        return tuple(sorted(found - {""}))

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        with opened(self.path) as connection:
            if quick_copy.content(connection) != self.content:
                raise self._changed()
            yield connection

    def _changed(self) -> ProjectError:
        return ProjectError(
            "{path}: the project was changed while it was read; run again", path=str(self.path)
        )

    def _node_rows(self) -> NodeRows:
        known = self.fids.get(NodeTable.table_name)
        count = self.counts[NodeTable.table_name]
        return rows_of_nodes(known) if known is not None else _rows_up_to(count)


def parts_of(path: Path | str, *, cache: Path | None = None) -> tuple[ProjectState, ProjectParts]:
    """The project without its features, and the means to read those; as last saved.

    Errors as `open_project`.
    """
    path = Path(path).resolve()
    with opened(path) as connection:
        head = head_of(connection, path, cache=cache or default_folder())
        counts: dict[str, int] = {}
        odd: dict[str, I64] = {}
        for table in LAYERS:
            name = table.table_name
            query = f"SELECT count(*), min(fid), max(fid) FROM {quoted(name)}"  # noqa: S608
            count, first, last = connection.execute(query).fetchone()
            counts[name] = count
            if count and (first, last) != (1, count):
                odd[name] = fids(connection, name)
        return head, ProjectParts(path, quick_copy.content(connection), counts, odd)


def _rows_up_to(count: int) -> NodeRows:
    def rows(stored: Values) -> I32:
        fid = np.array([0 if value is None else value for value in stored], dtype=np.int64)
        return np.where((fid > 0) & (fid <= count), fid - 1, -1).astype(np.int32)

    return rows
