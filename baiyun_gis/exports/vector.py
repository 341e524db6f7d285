"""GeoPackage, GeoJSON and shapefile, through GDAL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.crs.transforms import transform
from baiyun_gis.errors import ExportError
from baiyun_gis.exports.exporter import Exported
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import Bool, Columns, ColumnSpec, Geom, keys_from_codes
from baiyun_gis.model.field_names import short_names
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.project import ProjectState
from baiyun_gis.storage.rows import NODE_REFERENCES, attribute_specs

_WGS84 = "EPSG:4326"
_KINDS = ("points", "lines", "areas")
_NAMES = {
    0: "Point",
    1: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}


@dataclass(frozen=True, slots=True)
class VectorLayer:
    """A table as GDAL takes it: attributes by name, geometries, None where there is none."""

    attributes: dict[str, NDArray[Any]]
    shapes: Geom
    crs: str

    def take(self, rows: Bool) -> VectorLayer:
        """Some of the rows."""
        cut = {name: values[rows] for name, values in self.attributes.items()}
        return VectorLayer(cut, self.shapes[rows], self.crs)


class GeoPackageExporter:
    """A plain GeoPackage, a layer a table, without what makes it a project."""

    name = "gpkg"
    title = msg("GeoPackage, one layer a table")
    suffixes = (".gpkg",)

    def write(
        self, state: ProjectState, path: Path, *, tables: Sequence[str], job: Job
    ) -> Exported:
        """Write all tables into one file; an older file there is replaced."""
        if state.meta.path is not None and path.resolve() == state.meta.path:
            raise ExportError("{path}: is the project itself; give another name", path=str(path))
        path.unlink(missing_ok=True)
        for number, table in enumerate(tables):
            job.step(number / len(tables), msg("Writing {table}", table=table))
            _write(layer_of(state, table), path, driver="GPKG", layer=table, append=number > 0)
        return Exported((path,))


class GeoJsonExporter:
    """GeoJSON in longitude and latitude (RFC 7946), a file a table."""

    name = "geojson"
    title = msg("GeoJSON in longitude and latitude, one file a table")
    suffixes = (".geojson", ".json")

    def write(
        self, state: ProjectState, path: Path, *, tables: Sequence[str], job: Job
    ) -> Exported:
        """Write each table; without a known CRS there is no GeoJSON."""
        if not state.meta.crs:
            raise ExportError(
                "GeoJSON holds longitude and latitude, but the project has no reference system;"
                " export to another format or give the project its CRS"
            )
        files: list[Path] = []
        for number, table in enumerate(tables):
            job.step(number / len(tables), msg("Writing {table}", table=table))
            files.append(_beside(path, table, tables))
            files[-1].unlink(missing_ok=True)
            flat = layer_of(state, table, is_flat=True)
            shapes = _in_degrees(flat.shapes, state.meta.crs)
            layer = VectorLayer(_days_as_text(flat.attributes), shapes, _WGS84)
            _write(layer, files[-1], driver="GeoJSON", RFC7946="YES", COORDINATE_PRECISION="9")
        note = msg("levels are in the attributes; GeoJSON heights would be above the ellipsoid")
        return Exported(tuple(files), (note,))


class ShapefileExporter:
    """Shapefiles in UTF-8 with a .cpg, a file a table and kind of geometry."""

    name = "shapefile"
    title = msg("shapefile in UTF-8 with a .cpg, one file a table")
    suffixes = (".shp",)

    def write(
        self, state: ProjectState, path: Path, *, tables: Sequence[str], job: Job
    ) -> Exported:
        """Write each table; field names are cut to the ten letters that the format has."""
        files: list[Path] = []
        notes: list[Message] = []
        for number, table in enumerate(tables):
            job.step(number / len(tables), msg("Writing {table}", table=table))
            is_flat = table == "pipes" and bool(np.isnan(state.pipes.axis_level).any())
            layer = layer_of(state, table, is_flat=is_flat)
            layer = VectorLayer(_short_named(layer.attributes), layer.shapes, layer.crs)
            for kind, part in _by_kind(layer):
                name = table if kind is None else f"{table}_{kind}"
                files.append(
                    path
                    if kind is None and len(tables) == 1
                    else path.with_name(f"{path.stem}_{name}{path.suffix}")
                )
                _write(part, files[-1], driver="ESRI Shapefile", encoding="UTF-8")
            if is_flat:
                notes.append(
                    msg(
                        "{file}: some levels are unknown, so lines are flat; levels are in the"
                        " attributes",
                        file=files[-1].name,
                    )
                )
        return Exported(tuple(files), tuple(notes))


def layer_of(state: ProjectState, table: str, *, is_flat: bool = False) -> VectorLayer:
    """A table for GDAL: codes as keys, days as dates, node references as node ids."""
    rows = state.table(table)
    columns = {
        spec.name: _values(spec, getattr(rows, spec.name), state.nodes)
        for spec in attribute_specs(type(rows))
        if spec.kind != "polygon" and spec.width == 1
    }
    return VectorLayer(columns, _shapes(rows, is_flat=is_flat), state.meta.crs)


def _values(spec: ColumnSpec, values: Any, nodes: NodeTable) -> Any:
    if spec.name in NODE_REFERENCES:
        ids = np.concatenate([nodes.id, np.array([""], dtype=object)])
        return ids[values]
    if spec.kind == "code" and spec.vocabulary is not None:
        return keys_from_codes(spec.vocabulary, values)
    return values


def _shapes(rows: Columns, *, is_flat: bool) -> Any:
    import shapely

    if isinstance(rows, PipeTable):
        parts = [rows.xy] if is_flat else [rows.xy, rows.axis_level]
        return shapely.linestrings(
            np.column_stack(parts), indices=rows.vertex_pipe, handle_nan="allow"
        )
    if isinstance(rows, NodeTable):
        parts = [rows.xy] if is_flat or np.isnan(rows.ground_m).any() else [rows.xy, rows.ground_m]
        return shapely.points(np.column_stack(parts))
    return getattr(rows, "geometry")  # noqa: B009  the tables left all have one


def _in_degrees(shapes: Any, crs: str) -> Any:
    import shapely

    return shapely.transform(np.asarray(shapes), lambda xy: transform(xy, crs, _WGS84))


def _by_kind(layer: VectorLayer) -> Iterable[tuple[str | None, VectorLayer]]:
    """The layer parted into points, lines and areas; in one piece when it holds one kind only."""
    import shapely

    dimension = shapely.get_dimensions(layer.shapes)
    kinds = np.unique(dimension[dimension >= 0]).tolist()
    if len(kinds) <= 1:
        yield None, layer
        return
    for kind in kinds:
        yield _KINDS[kind], layer.take(dimension == kind)


def _days_as_text(attributes: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {
        name: _iso(values) if values.dtype.kind == "M" else values
        for name, values in attributes.items()
    }


def _iso(days: NDArray[Any]) -> NDArray[Any]:
    words = np.datetime_as_string(days).astype(object)
    words[np.isnat(days)] = None
    return words


def _write(content: VectorLayer, path: Path, *, driver: str, **options: Any) -> None:
    import shapely
    from pyogrio.errors import DataSourceError, FeatureError, FieldError, GeometryError
    from pyogrio.raw import write

    kinds = sorted(set(shapely.get_type_id(content.shapes).tolist()) - {-1})
    has_z = bool(shapely.has_z(content.shapes).any())
    name = _NAMES[kinds[0]] if len(kinds) == 1 else "Unknown"
    if kinds == [3, 6]:
        name = "MultiPolygon"
    try:
        write(
            path,
            geometry=shapely.to_wkb(content.shapes, flavor="iso"),
            field_data=list(content.attributes.values()),
            fields=np.array(list(content.attributes), dtype=object),
            geometry_type=f"{name} Z" if has_z and name != "Unknown" else name,
            crs=content.crs or None,
            driver=driver,
            promote_to_multi=name == "MultiPolygon",
            **options,
        )
    except (DataSourceError, FeatureError, FieldError, GeometryError) as error:
        raise ExportError(
            "{path}: cannot be written ({why}); check the folder and whether another program has"
            " the file open",
            path=str(path),
            why=str(error),
        ) from error


def _beside(path: Path, table: str, tables: Sequence[str]) -> Path:
    """The file of one table: the name given, with the table's where there are several."""
    return path if len(tables) == 1 else path.with_name(f"{path.stem}_{table}{path.suffix}")


def _short_named(attributes: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Under names of at most ten letters, all different."""
    short = short_names(attributes)
    return {short[name]: values for name, values in attributes.items()}


GEOPACKAGE = GeoPackageExporter()
GEOJSON = GeoJsonExporter()
SHAPEFILE = ShapefileExporter()
