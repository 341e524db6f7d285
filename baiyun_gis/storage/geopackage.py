"""The GeoPackage container: system tables, reference systems, feature tables, spatial index.

Written straight through SQLite (OGC 12-128r18), so that saving needs no GDAL and gives the same
bytes for the same state. Identifiers come from the fixed schema only and are quoted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.errors import CrsError
from baiyun_gis.model.columns import F64
from baiyun_gis.storage.spatial_index import fill_tree

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300
UNDEFINED_CARTESIAN = -1
CUSTOM_SRS = 100_001
EPOCH = "1970-01-01T00:00:00.000Z"

_SYSTEM = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""
_GEOGRAPHIC_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
_BASE_SYSTEMS = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic system"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _GEOGRAPHIC_WKT, "longitude, latitude"),
)


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One attribute of a layer: its SQLite type and what QGIS shows as its alias."""

    name: str
    sql_type: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class LayerDef:
    """One table of the file; `geometry_type` is empty for a table without geometry."""

    name: str
    fields: tuple[FieldDef, ...]
    title: str = ""
    geometry_type: str = ""
    has_z: bool = False


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def begin(connection: sqlite3.Connection) -> None:
    """Make an empty database a GeoPackage."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    connection.executescript(_SYSTEM)
    insert = "INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)"
    connection.executemany(insert, _BASE_SYSTEMS)
    rule = "http://www.geopackage.org/spec/#extension_schema"
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES (?,NULL,'gpkg_schema',?,'read-write')",
        [("gpkg_data_columns", rule), ("gpkg_data_column_constraints", rule)],
    )


def add_reference_system(connection: sqlite3.Connection, crs: str) -> int:
    """The `srs_id` of a CRS named by authority code or WKT; -1 (undefined) when empty."""
    if not crs:
        return UNDEFINED_CARTESIAN
    from pyproj.exceptions import CRSError

    from baiyun_gis.crs.systems import parse

    try:
        system = parse(crs)
    except CrsError:
        return UNDEFINED_CARTESIAN  # the project keeps its own words for it
    authority = system.to_authority(min_confidence=100)
    epsg = int(authority[1]) if authority and authority[0] == "EPSG" else 0
    srs_id = epsg or CUSTOM_SRS
    if srs_id == 4326:
        return srs_id
    try:
        definition = system.to_wkt("WKT1_GDAL")
    except CRSError:
        definition = "undefined"
    named = (system.name, srs_id, "EPSG" if epsg else "NONE", srs_id, definition, None)
    connection.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", named)
    return srs_id


def add_layer(
    connection: sqlite3.Connection, layer: LayerDef, *, srs_id: int, saved_at: str
) -> None:
    """Create a layer's table and register it."""
    columns = ["fid INTEGER PRIMARY KEY"]
    if layer.geometry_type:
        columns.append(f"geom {layer.geometry_type}")
    columns += [f"{quoted(field.name)} {field.sql_type}" for field in layer.fields]
    connection.execute(f"CREATE TABLE {quoted(layer.name)} ({', '.join(columns)})")
    kind = "features" if layer.geometry_type else "attributes"
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change,"
        " srs_id) VALUES (?,?,?,?,?,?)",
        (
            layer.name,
            kind,
            layer.name,
            layer.title,
            saved_at or EPOCH,
            srs_id if kind[0] == "f" else None,
        ),
    )
    if layer.geometry_type:
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?,'geom',?,?,?,0)",
            (layer.name, layer.geometry_type, srs_id, int(layer.has_z)),
        )
    connection.executemany(
        "INSERT INTO gpkg_data_columns VALUES (?,?,NULL,?,?,NULL,NULL)",
        [(layer.name, f.name, f.title, f.description) for f in layer.fields if f.title],
    )


def insert_rows(
    connection: sqlite3.Connection, table: str, names: Sequence[str], rows: Iterable[Any]
) -> None:
    """Insert tuples of values in the order of `names`."""
    listed = ", ".join(quoted(name) for name in names)
    marks = ", ".join("?" * len(names))
    connection.executemany(f"INSERT INTO {quoted(table)} ({listed}) VALUES ({marks})", rows)  # noqa: S608  names are the schema's own


def index_layer(connection: sqlite3.Connection, layer: str, bounds: F64) -> None:
    """Give a layer its extent and R-tree; `bounds` is (n, 4) minx, miny, maxx, maxy by fid - 1."""
    known = np.isfinite(bounds).all(axis=1)
    if known.any():
        low, high = bounds[known, :2].min(axis=0), bounds[known, 2:].max(axis=0)
        connection.execute(
            "UPDATE gpkg_contents SET min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name=?",
            (*low.tolist(), *high.tolist(), layer),
        )
    tree = f"rtree_{layer}_geom"
    connection.execute(
        f"CREATE VIRTUAL TABLE {quoted(tree)} USING rtree(id, minx, maxx, miny, maxy)"
    )
    fill_tree(connection, tree, np.flatnonzero(known) + 1, bounds[known])
    _keep_indexed(connection, layer, tree)
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?,'geom','gpkg_rtree_index',?,'write-only')",
        (layer, "http://www.geopackage.org/spec120/#extension_rtree"),
    )


def _keep_indexed(connection: sqlite3.Connection, layer: str, tree: str) -> None:
    """The triggers of the R-tree extension, so that edits in other programs keep the index true."""
    table, index = quoted(layer), quoted(tree)
    box = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    has = "NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)"
    hasnot = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    put = f"INSERT OR REPLACE INTO {index} VALUES (NEW.fid, {box});"  # noqa: S608
    drop = f"DELETE FROM {index} WHERE id = OLD.fid;"  # noqa: S608
    drop_both = f"DELETE FROM {index} WHERE id IN (OLD.fid, NEW.fid);"  # noqa: S608
    same, moved = "OLD.fid = NEW.fid", "OLD.fid != NEW.fid"
    for name, event, when, action in (
        ("insert", "AFTER INSERT", has, put),
        ("update6", "AFTER UPDATE OF geom", f"{same} AND {has} AND OLD.geom NOTNULL", put),
        ("update7", "AFTER UPDATE OF geom", f"{same} AND {has} AND OLD.geom ISNULL", put),
        ("update2", "AFTER UPDATE OF geom", f"{same} AND {hasnot}", drop),
        ("update5", "AFTER UPDATE", f"{moved} AND {has}", f"{drop} {put}"),
        ("update4", "AFTER UPDATE", f"{moved} AND {hasnot}", drop_both),
        ("delete", "AFTER DELETE", "OLD.geom NOT NULL", drop),
    ):
        connection.execute(
            f"CREATE TRIGGER {quoted(f'{tree}_{name}')} {event} ON {table} "
            f"WHEN {when} BEGIN {action} END"
        )


def is_project(path: Path) -> bool:
    """Whether a file is one of our projects (a GeoPackage with the project's own table)."""
    if path.suffix.lower() != ".gpkg" or not path.is_file():
        return False
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'baiyun_project'"
            ).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return found is not None
