"""Map layers in: shapefile, GeoPackage, GeoJSON, KML, GML, SQLite, FileGDB and others GDAL reads.

Every layer of a source is read. Lines become pipes (or roads, kerbs and the like), points nodes,
areas buildings, permits or other structures, as names, fields and values say; what is unsure is
asked, and `--into TABLE` decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from baiyun_gis.crs.systems import is_geographic
from baiyun_gis.errors import CrsError, FormatError
from baiyun_gis.io.imported import Imported, ImportOptions, Quarantined, SourceReport
from baiyun_gis.io.layer_import import LayerImport, imported_layer
from baiyun_gis.io.merging import merged
from baiyun_gis.io.node_linking import linked
from baiyun_gis.io.reprojecting import reprojected
from baiyun_gis.io.vector_source import VectorLayer, layer_names, read_layer
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg

_SURE = {
    ".shp": 0.95, ".gpkg": 0.8, ".geojson": 0.95, ".geojsonl": 0.9, ".geojsons": 0.9, ".kml": 0.9,
    ".kmz": 0.9, ".gml": 0.8, ".fgb": 0.95, ".tab": 0.9, ".mif": 0.9, ".gdb": 0.95, ".gpx": 0.8,
    ".sqlite": 0.7, ".topojson": 0.9, ".pbf": 0.8, ".osm": 0.8, ".shz": 0.9, ".dgn": 0.7,
    ".json": 0.35, ".db": 0.3, ".xml": 0.2,
}  # fmt: skip


_RESULTS = {"conflicts", "conflict_gaps", "cases"}
"""Layers of a project file that hold what checks found."""


class VectorReader:
    """Reads map layers; see the module's docstring for what is taken."""

    name = "vector"
    title = msg("Map layers: shapefile, GeoPackage, GeoJSON and others")
    suffixes = tuple(_SURE)

    def claims(self, path: Path) -> float:
        """By suffix; JSON and XML by their first bytes."""
        suffix = path.suffix.lower()
        if path.is_dir():
            return _SURE[".gdb"] if suffix == ".gdb" else 0.0
        if suffix in {".json", ".xml"} and path.is_file():
            with path.open("rb") as file:
                head = file.read(4096)
            marks = (b'"FeatureCollection"', b'"Feature"', b"FeatureCollection", b'"Topology"')
            return 0.9 if any(mark in head for mark in marks) else 0.1
        return _SURE.get(suffix, 0.0)

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """Every layer of these sources.

        Raises `FormatError` when a source cannot be read at all or has no layer with geometry.
        """
        parts: list[Imported] = []
        for done, path in enumerate(paths):
            share = job.part(done / len(paths), (done + 1) / len(paths))
            parts.append(_read_source(path, options, share))
        return merged(_in_one_crs(parts))


READER = VectorReader()


def _read_source(path: Path, options: ImportOptions, job: Job) -> Imported:
    names = layer_names(path)
    if not names:
        raise FormatError("{path}: there is no layer with geometry in it", path=path)
    results = _RESULTS & set(names) if _RESULTS | {"pipes"} <= set(names) else set[str]()
    names = tuple(name for name in names if name not in results)
    layers: list[VectorLayer] = []
    failed: list[FormatError] = []
    for done, name in enumerate(names):
        job.step(done / len(names), msg("Reading {name}", name=f"{path.name}: {name}"))
        try:
            layers.append(read_layer(path, name, encoding=options.encoding))
        except FormatError as error:
            failed.append(error)
    if not layers:
        raise failed[0]
    found = [imported_layer(layer, layers, options) for layer in layers]
    whole = merged(_in_one_crs([item.imported for item in found]))
    if results:
        note = msg("Results of checks are not features and were left out: {layers}",
                   layers=", ".join(sorted(results)))  # fmt: skip
        first, *rest = whole.reports
        whole = replace(whole, reports=(replace(first, notes=(*first.notes, note)), *rest))
    if failed:
        whole = _with_failures(whole, failed)
    return _joined(whole, found)


def _with_failures(whole: Imported, failed: Sequence[FormatError]) -> Imported:
    first, *rest = whole.reports
    notes = (*first.notes, *(error.message for error in failed))
    return replace(whole, reports=(replace(first, notes=notes), *rest))


def _joined(whole: Imported, found: Sequence[LayerImport]) -> Imported:
    """The pipes with their ends at nodes of the same source."""
    if not len(whole.pipes):
        return whole
    start = np.concatenate([item.start_ids for item in found])
    end = np.concatenate([item.end_ids for item in found])
    in_degrees = bool(whole.crs) and is_geographic(whole.crs)
    pipes = linked(whole.pipes, whole.nodes, start, end, in_degrees=in_degrees)
    return replace(whole, pipes=pipes)


def _in_one_crs(parts: Sequence[Imported]) -> list[Imported]:
    """All parts in the CRS of the first that has one; what cannot be turned is quarantined."""
    target = next((part.crs for part in parts if part.crs), "")
    return [_turned(part, target) for part in parts]


def _turned(part: Imported, target: str) -> Imported:
    try:
        return reprojected(part, target) if part.crs else part
    except CrsError as error:
        return Imported(reports=tuple(_refused(r, error) for r in part.reports), crs=target)


def _refused(report: SourceReport, error: CrsError) -> SourceReport:
    """The report of a layer none of whose rows could be taken."""
    known = {q.row for q in report.quarantined}
    rows = [r for r in range(1, report.rows_read + 1) if r not in known]
    lost = tuple(Quarantined(row, "geometry", "", error.message) for row in rows)
    return replace(report, rows_taken=0, quarantined=(*report.quarantined, *lost))
