"""The project file: one GeoPackage that QGIS reads as it is (see `docs/project-file.md`).

Rows are the truth. Beside them lies a quick copy of every column (`baiyun_columns`) that triggers
throw away as soon as any program edits a row; so opening is fast, exact, and never stale.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from baiyun_gis.errors import ProjectError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import msg
from baiyun_gis.model.tables import (
    BuildingTable,
    NodeTable,
    PermitTable,
    PipeTable,
    StructureTable,
)
from baiyun_gis.project import ProjectMeta, ProjectState
from baiyun_gis.storage import journal, lock, quick_copy, raster_store, replacing, report_store
from baiyun_gis.storage.column_codec import ColumnsError
from baiyun_gis.storage.geopackage import APPLICATION_ID
from baiyun_gis.storage.migrations import FORMAT, upgraded
from baiyun_gis.storage.raster_cache import default_folder
from baiyun_gis.storage.rows import (
    AnyTable,
    NodeRows,
    fids,
    no_nodes,
    read_rows,
    rows_of_nodes,
)
from baiyun_gis.storage.writing import write_project


def open_project(
    path: Path | str, *, read_only: bool = False, cache: Path | None = None
) -> ProjectState:
    """The project in a file as last saved, with the journal of unsaved edits replayed.

    `read_only` leaves the journal out: the state exactly as saved. Embedded rasters are unpacked
    to `cache` (the user's cache folder by default). Never needs the lock. Raises `ProjectError`
    for a file that is missing, damaged or not ours, and `ProjectVersion` for a newer format.
    """
    path = Path(path).resolve()
    saved = read_saved(path, cache=cache)
    return saved.state if read_only else saved.replayed().state


def save_project(
    state: ProjectState,
    path: Path | str,
    *,
    report: CheckReport | None = None,
    job: Job | None = None,
    saved_at: str = "",
) -> None:
    """Write the whole project, atomically: the old file stays until the new one is complete.

    `saved_at` (ISO 8601) goes into the layers' change date; the same state, report and date give
    the same bytes. The journal ends here. Raises `ProjectLocked` while another process has the
    project, `ProjectError` when the file cannot be written.
    """
    job = job or silent()
    path = Path(path).resolve()
    with lock.held(path):
        base = journal.base_of(path)
        is_ours = not base or base in _contents(path)
        with replacing.replaced(path) as fresh:
            write_project(state, fresh, report=report, job=job, saved_at=saved_at, contains=base)
        if is_ours:
            journal.remove(path)
        else:
            journal.set_aside(path)
    job.step(1.0, msg("Saved {path}", path=path.name))


def load_report(path: Path | str) -> CheckReport | None:
    """The report saved with the project; None when there is none.

    It is stale when its `revision` is not the state's.
    """
    with opened(Path(path).resolve()) as connection:
        return report_store.read_report(connection)


def saved_content(path: Path) -> str:
    """What identifies the saved content, changed by any edit in any program."""
    with opened(path.resolve()) as connection:
        return quick_copy.content(connection)


def _contents(path: Path) -> tuple[str, ...]:
    """The contents that a journal of this file may build on; none where there is no project."""
    try:
        with opened(path) as connection:
            return quick_copy.content(connection), facts_of(connection).get("contains", "")
    except ProjectError:
        return ()


@dataclass(frozen=True, slots=True)
class Saved:
    """A project exactly as in its file, with what identifies that content."""

    state: ProjectState
    content: str
    contains: str
    """The content on which a journal stood that was folded into this file."""

    def replayed(self) -> journal.Replay:
        """The state with the journal's edits done."""
        assert self.state.meta.path is not None
        path = self.state.meta.path
        return journal.replayed(path, self.state, base=self.content, contains=self.contains)


def read_saved(path: Path, *, cache: Path | None = None) -> Saved:
    """The project exactly as in its file; errors as `open_project`."""
    with opened(path) as connection:
        facts = facts_of(connection)
        nodes = _table(connection, NodeTable, no_nodes)
        is_copied = quick_copy.has(connection, "pipes")
        node_rows = no_nodes if is_copied else rows_of_nodes(fids(connection, "nodes"))
        content = quick_copy.content(connection)
        state = head_of(connection, path, cache=cache or default_folder()).with_(
            pipes=_table(connection, PipeTable, node_rows),
            nodes=nodes,
            buildings=_table(connection, BuildingTable, no_nodes),
            structures=_table(connection, StructureTable, no_nodes),
        )
    return Saved(state, content, facts.get("contains", ""))


def head_of(connection: sqlite3.Connection, path: Path, *, cache: Path) -> ProjectState:
    """The project without its pipes, nodes, buildings and structures; rasters go to `cache`."""
    facts = facts_of(connection)
    is_touched = quick_copy.content(connection) != facts.get("content", "")
    return ProjectState(
        meta=ProjectMeta(
            title=facts.get("title", ""),
            crs=facts.get("crs", ""),
            vertical_datum=facts.get("vertical_datum", ""),
            path=path,
            is_synthetic=facts.get("is_synthetic") == "1",
        ),
        permits=_table(connection, PermitTable, no_nodes),
        rasters=raster_store.read_rasters(connection, cache=cache),
        decisions=_table(connection, DecisionTable, no_nodes),
        revision=int(facts.get("revision", "0")) + int(is_touched),
    )


def _table(connection: sqlite3.Connection, table: type[AnyTable], node_rows: NodeRows) -> AnyTable:
    copied = quick_copy.read(connection, table)
    return read_rows(connection, table, node_rows=node_rows) if copied is None else copied


def facts_of(connection: sqlite3.Connection) -> dict[str, str]:
    """What the file says of the project as a whole, by key."""
    return dict(connection.execute("SELECT key, value FROM baiyun_project").fetchall())


@contextmanager
def opened(path: Path) -> Generator[sqlite3.Connection]:
    """A read-only connection to a project of the present format."""
    if not path.is_file():
        raise ProjectError("{path}: there is no such project file", path=str(path))
    try:
        with closing(_connected(path)) as connection:
            found = _format_of(connection, path)
            with upgraded(connection, found=found, path=path) as current:
                yield current
    except (sqlite3.DatabaseError, ColumnsError) as error:
        raise ProjectError(
            "{path}: the project file is damaged ({why}); open a backup, or copy what can be read"
            " with ogr2ogr",
            path=str(path),
            why=str(error),
        ) from error
    except OSError as error:
        raise ProjectError(
            "{path}: cannot be read ({why})", path=str(path), why=str(error)
        ) from error


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def _format_of(connection: sqlite3.Connection, path: Path) -> int:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    known = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'baiyun_project'"
    ).fetchone()[0]
    if application != APPLICATION_ID and not known:
        raise ProjectError(
            "{path}: is not a Baiyun GIS project; make one with 'baiyun-gis new' and import this"
            " file into it",
            path=str(path),
        )
    if not known:
        raise ProjectError(
            "{path}: is a GeoPackage but not a Baiyun GIS project; make one with 'baiyun-gis new'"
            " and import this file into it",
            path=str(path),
        )
    text = facts_of(connection).get("baiyun_format", "")
    if not text.isdigit():
        raise ProjectError(
            "{path}: the project file is damaged ({why}); open a backup, or copy what can be read"
            " with ogr2ogr",
            path=str(path),
            why="baiyun_format",
        )
    return int(text)


__all__ = [
    "FORMAT",
    "Saved",
    "load_report",
    "open_project",
    "read_saved",
    "save_project",
    "saved_content",
]
