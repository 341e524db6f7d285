"""Rasters inside the project file: the list of epochs, and the files themselves."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np

from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import RasterSource
from baiyun_gis.storage.geopackage import FieldDef, LayerDef, insert_rows
from baiyun_gis.storage.raster_cache import writable

EMBED_MAX_BYTES = 256 * 1024 * 1024
"""Larger rasters stay where they are and are kept by path."""
LAYER = LayerDef(
    "rasters",
    (
        FieldDef("id", "TEXT", "编号"),
        FieldDef("kind", "TEXT", "类别"),
        FieldDef("path", "TEXT", "路径", "where the pixels were; relative to the project's folder"),
        FieldDef("epoch", "DATE", "时相"),
        FieldDef("crs", "TEXT", "坐标系"),
        FieldDef("sigma_m", "DOUBLE", "高程中误差", "m"),
        FieldDef("source", "TEXT", "数据来源"),
        FieldDef("lineage", "TEXT", "处理历史"),
        FieldDef("sha256", "TEXT", "校验值", "of the embedded file; NULL when kept by path"),
        FieldDef("file_name", "TEXT", "文件名"),
    ),
    "Rasters: terrain, surface models and imagery by epoch",
)
_SIDECARS = (".tfw", ".tifw", ".wld", ".pgw", ".jgw", ".prj")


def create(connection: sqlite3.Connection) -> None:
    """Make the table for the files."""
    connection.execute(
        "CREATE TABLE baiyun_raster_files (sha256 TEXT NOT NULL, name TEXT NOT NULL,"
        " data BLOB NOT NULL, PRIMARY KEY (sha256, name))"
    )


def write_rasters(
    connection: sqlite3.Connection,
    rasters: tuple[RasterSource, ...],
    *,
    folder: Path,
    embed_max_bytes: int = EMBED_MAX_BYTES,
) -> None:
    """List the rasters and embed their files; relative paths start at `folder`."""
    for row, raster in enumerate(rasters, start=1):
        file = folder / raster.path
        digest = _embedded(connection, file, embed_max_bytes)
        values = (
            row,
            raster.id,
            raster.kind.key,
            _kept_path(file, folder) if not digest else Path(raster.path).name,
            None if np.isnat(raster.epoch) else str(raster.epoch),
            raster.crs,
            raster.sigma_m,
            raster.source,
            raster.lineage,
            digest or None,
            file.name if digest else None,
        )
        insert_rows(connection, LAYER.name, ["fid", *(f.name for f in LAYER.fields)], [values])


def read_rasters(connection: sqlite3.Connection, *, cache: Path) -> tuple[RasterSource, ...]:
    """The rasters, embedded files unpacked below `cache` where they are not there yet."""
    names = ", ".join(field.name for field in LAYER.fields)
    rows = connection.execute(f"SELECT {names} FROM rasters ORDER BY fid").fetchall()  # noqa: S608
    if any(row[8] for row in rows):
        cache = writable(cache)
    found: list[RasterSource] = []
    for key, kind, path, epoch, crs, sigma, source, lineage, digest, name in rows:
        raster = RasterSource(
            id=key or "",
            kind=RasterKind.from_key(kind),
            path=path or "",
            epoch=np.datetime64(epoch or "NaT", "D"),
            crs=crs or "",
            sigma_m=float("nan") if sigma is None else sigma,
            source=source or "",
            lineage=lineage or "",
        )
        if digest:
            raster = replace(raster, path=str(_unpacked(connection, cache, digest, name)))
        found.append(raster)
    return tuple(found)


def _embedded(connection: sqlite3.Connection, file: Path, embed_max_bytes: int) -> str:
    """The digest of a file now embedded; empty when it is missing or too large."""
    if not file.is_file() or file.stat().st_size > embed_max_bytes:
        return ""
    data = file.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    beside = [p for s in _SIDECARS if (p := file.with_suffix(s)).is_file()]
    beside += [p for s in (".aux.xml", ".ovr") if (p := Path(f"{file}{s}")).is_file()]
    for name, content in [(file.name, data), *((p.name, p.read_bytes()) for p in beside)]:
        connection.execute(
            "INSERT OR IGNORE INTO baiyun_raster_files VALUES (?,?,?)", (digest, name, content)
        )
    return digest


def _unpacked(connection: sqlite3.Connection, cache: Path, digest: str, name: str) -> Path:
    folder = cache / digest[:16]
    query = "SELECT name, length(data) FROM baiyun_raster_files WHERE sha256 = ?"
    for part, size in connection.execute(query, (digest,)).fetchall():
        target = folder / Path(part).name
        if target.is_file() and target.stat().st_size == size:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        (data,) = connection.execute(
            "SELECT data FROM baiyun_raster_files WHERE sha256 = ? AND name = ?", (digest, part)
        ).fetchone()
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        fresh.write_bytes(data)
        fresh.replace(target)
    return folder / Path(name).name


def _kept_path(file: Path, folder: Path) -> str:
    """Relative where the raster lies below the project's folder, else absolute."""
    try:
        return file.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return str(file)
