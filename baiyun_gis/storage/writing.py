"""Writing all of a project into a new GeoPackage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable, SuspicionTable
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, Columns, Geom, keys_from_codes
from baiyun_gis.model.tables import BuildingTable, NodeTable, PermitTable, PipeTable
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.storage import quick_copy, raster_store, report_store, shapes, styles
from baiyun_gis.storage.geopackage import (
    FieldDef,
    LayerDef,
    add_layer,
    add_reference_system,
    begin,
    index_layer,
    insert_rows,
)
from baiyun_gis.storage.migrations import FORMAT
from baiyun_gis.storage.rows import Lister, bounds_of_lines, layer_of, write_rows

_GAPS = LayerDef(
    "conflict_gaps",
    (
        FieldDef("conflict", "TEXT", "冲突编号"),
        FieldDef("verdict", "TEXT", "确定性"),
        FieldDef("actual_m", "DOUBLE", "实际值", "m"),
    ),
    "Nearest points of each conflict, joined by a line",
    "LINESTRING",
    has_z=True,
)


def write_project(
    state: ProjectState,
    path: Path,
    *,
    report: CheckReport | None,
    job: Job,
    saved_at: str,
    contains: str,
) -> None:
    """Write `state` and `report` to the new file `path`.

    `contains` is the content on which a journal now folded in was based. Raises `sqlite3.Error`
    and `OSError` as they come.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
            connection.execute(f"PRAGMA {pragma}")
        begin(connection)
        connection.execute("BEGIN")
        writer = _Writer(
            connection, add_reference_system(connection, state.meta.crs), saved_at, state.nodes
        )
        quick_copy.create(connection)
        raster_store.create(connection)
        _write_features(writer, state, job)
        job.step(0.85, msg("Writing conflicts"))
        _write_report(writer, report)
        writer.add(raster_store.LAYER)
        raster_store.write_rasters(connection, state.rasters, folder=_folder_of(state, path))
        styles.write(connection, saved_at=saved_at)
        _write_facts(connection, state, report, contains=contains)
        connection.execute("COMMIT")


class _Writer:
    """The open file and what every layer in it shares."""

    def __init__(
        self, connection: sqlite3.Connection, srs_id: int, saved_at: str, nodes: NodeTable
    ) -> None:
        self.connection = connection
        self.srs_id = srs_id
        self.saved_at = saved_at
        self.nodes = nodes

    def add(self, layer: LayerDef) -> None:
        add_layer(self.connection, layer, srs_id=self.srs_id, saved_at=self.saved_at)

    def put(
        self, table: Columns, layer: LayerDef, *, blobs: Lister | None, bounds: F64 | None
    ) -> None:
        self.add(layer)
        write_rows(self.connection, table, blobs, nodes=self.nodes)
        if bounds is not None:
            index_layer(self.connection, layer.name, bounds)
        quick_copy.write(self.connection, table)


def _write_features(writer: _Writer, state: ProjectState, job: Job) -> None:
    job.step(0.0, msg("Writing pipes"))
    pipes, srs_id = state.pipes, writer.srs_id

    def lines(part: slice) -> shapes.Blobs:
        offsets = pipes.offsets[part.start : part.stop + 1]
        own = slice(offsets[0], offsets[-1])
        return shapes.line_blobs(
            pipes.xy[own], pipes.axis_level[own], offsets - offsets[0], srs_id=srs_id
        )

    layer = layer_of(PipeTable, geometry_type="LINESTRING", has_z=True)
    writer.put(pipes, layer, blobs=lines, bounds=bounds_of_lines(pipes))
    job.step(0.5, msg("Writing nodes"))
    nodes = state.nodes
    xyz = np.column_stack([nodes.xy, nodes.ground_m])
    writer.put(
        nodes,
        layer_of(NodeTable, geometry_type="POINT", has_z=True),
        blobs=lambda part: shapes.point_blobs(xyz[part], srs_id=srs_id),
        bounds=np.column_stack([nodes.xy, nodes.xy]),
    )
    job.step(0.7, msg("Writing buildings, permits and structures"))
    for table in (state.buildings, state.permits, state.structures):
        _write_shapes(writer, table, table.geometry)
    writer.put(state.decisions, layer_of(DecisionTable, geometry_type=""), blobs=None, bounds=None)


def _write_shapes(writer: _Writer, table: Columns, geometry: Geom) -> None:
    import shapely

    kinds = set(shapely.get_type_id(geometry).tolist()) - {-1}
    is_areal = isinstance(table, BuildingTable | PermitTable)
    if kinds <= {3} and (kinds or is_areal):
        kind = "POLYGON"
    elif kinds <= {3, 6} and kinds:
        kind = "MULTIPOLYGON"
    else:
        kind = "GEOMETRY"

    def blobs(part: slice) -> shapes.Blobs:
        is_multi = kind == "MULTIPOLYGON"
        return shapes.geometry_blobs(geometry[part], srs_id=writer.srs_id, is_multi=is_multi)

    bounds: Any = shapely.bounds(geometry) if len(geometry) else np.zeros((0, 4))
    writer.put(table, layer_of(type(table), geometry_type=kind), blobs=blobs, bounds=bounds)


def _write_report(writer: _Writer, report: CheckReport | None) -> None:
    conflicts = report.conflicts if report else ConflictTable.empty()
    cases = report.suspicions if report else SuspicionTable.empty()
    srs_id, at = writer.srs_id, conflicts.at
    writer.put(
        conflicts,
        layer_of(ConflictTable, geometry_type="POINT", has_z=True),
        blobs=lambda part: shapes.point_blobs(at[part], srs_id=srs_id),
        bounds=np.column_stack([at[:, :2], at[:, :2]]),
    )
    _write_gaps(writer, conflicts)
    xyz = np.column_stack([cases.at, np.full(len(cases), np.nan)])
    writer.put(
        cases,
        layer_of(SuspicionTable, geometry_type="POINT", has_z=True),
        blobs=lambda part: shapes.point_blobs(xyz[part], srs_id=srs_id),
        bounds=np.column_stack([cases.at, cases.at]),
    )


def _write_gaps(writer: _Writer, conflicts: ConflictTable) -> None:
    writer.add(_GAPS)
    ends = np.stack([conflicts.near_a, conflicts.near_b], axis=1)
    rows = np.flatnonzero(~np.isnan(ends[:, :, :2]).any(axis=(1, 2)))
    xyz = ends[rows].reshape(-1, 3)
    offsets = np.arange(len(rows) + 1, dtype=np.int64) * 2
    blobs = shapes.line_blobs(xyz[:, :2], xyz[:, 2], offsets, srs_id=writer.srs_id)
    shown = conflicts.take(rows)
    verdicts = keys_from_codes(Verdict, shown.verdict).tolist()
    fids = range(1, len(rows) + 1)
    columns = (fids, blobs, shown.id.tolist(), verdicts, shown.actual_m.tolist())
    names = ["fid", "geom", *(field.name for field in _GAPS.fields)]
    insert_rows(writer.connection, _GAPS.name, names, zip(*columns, strict=True))
    low, high = ends[rows, :, :2].min(axis=1), ends[rows, :, :2].max(axis=1)
    index_layer(writer.connection, _GAPS.name, np.column_stack([low, high]))


def _write_facts(
    connection: sqlite3.Connection,
    state: ProjectState,
    report: CheckReport | None,
    *,
    contains: str,
) -> None:
    connection.execute("CREATE TABLE baiyun_project (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    meta = state.meta
    facts = {
        "baiyun_format": str(FORMAT),
        "program": "baiyun-gis",
        "title": meta.title,
        "crs": meta.crs,
        "vertical_datum": meta.vertical_datum,
        "is_synthetic": str(int(meta.is_synthetic)),
        "revision": str(state.revision),
    }
    if report is not None:
        facts[report_store.KEY] = report_store.report_facts(report)
    insert = "INSERT INTO baiyun_project VALUES (?,?)"
    connection.executemany(insert, sorted(facts.items()))
    content = quick_copy.content(connection)
    connection.executemany(insert, [("contains", contains), ("content", content)])


def _folder_of(state: ProjectState, path: Path) -> Path:
    """Where relative raster paths start: the folder of the project as it was opened."""
    return state.meta.path.parent if state.meta.path else path.parent
