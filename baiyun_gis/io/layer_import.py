"""One map layer into the model's tables, with its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.crs.systems import code_of, metres_per_unit
from baiyun_gis.errors import CrsError, UsageError
from baiyun_gis.io import giswater, osm
from baiyun_gis.io.area_tables import buildings_from, permits_from, structures_from
from baiyun_gis.io.attributes import GeometryKind
from baiyun_gis.io.geometry_rows import Parts, SortedRows, sorted_rows
from baiyun_gis.io.imported import (
    Imported,
    ImportOptions,
    Inference,
    Quarantined,
    Question,
    SourceReport,
)
from baiyun_gis.io.layer_columns import LayerColumns, layer_columns
from baiyun_gis.io.layer_kinds import (
    TABLES,
    Holding,
    default_utility,
    holding_of_areas,
    holding_of_lines,
    holding_of_points,
    told_utility,
    utility_in,
    utility_in_fields,
)
from baiyun_gis.io.line_tables import LineContext, Said, nodes_from, pipes_from
from baiyun_gis.io.own_tables import T, own_end_ids, own_table, with_own_columns
from baiyun_gis.io.values import text_of
from baiyun_gis.io.vector_source import VectorLayer
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import I64, Str
from baiyun_gis.model.tables import BuildingTable, NodeTable, PermitTable, PipeTable, StructureTable
from baiyun_gis.model.vocabulary import StructureKind, Utility

_KINDS: dict[str, GeometryKind] = {
    "pipes": "line",
    "nodes": "node",
    "buildings": "building",
    "permits": "permit",
    "structures": "structure",
}

_ROW_NUMBERS = {"fid", "ogc_fid", "objectid", "shape_leng", "shape_length", "shape_area", "gid"}
_SHOWN_COLUMNS = 30
_SPOKEN = {"lines": msg("lines"), "points": msg("points"), "areas": msg("areas")}


@dataclass(frozen=True, slots=True)
class LayerImport:
    """One layer's tables and report, and the node ids its pipes name at their ends."""

    imported: Imported
    start_ids: Str
    end_ids: Str


@dataclass(slots=True)
class _Tables:
    """The tables of one layer while it is read."""

    pipes: PipeTable
    nodes: NodeTable
    buildings: BuildingTable
    permits: PermitTable
    structures: list[StructureTable]
    start_ids: Str
    end_ids: Str
    fields: dict[str, str]
    taken: list[I64]


def imported_layer(
    layer: VectorLayer, beside: Sequence[VectorLayer], options: ImportOptions
) -> LayerImport:
    """The layer's features in the tables they belong to; `beside` are all layers of the source.

    Raises `UsageError` for an `into` that is no table.
    """
    if options.into and options.into not in TABLES:
        raise UsageError(
            "{table} is no table; say one of {known}",
            table=options.into,
            known=", ".join(TABLES),
        )
    said, asked, bad = Said(list(layer.inferred), list(layer.notes)), [], []
    layer = osm.with_tags(layer) if osm.is_osm(layer) else layer
    layer, crs = _settled_crs(layer, options, said, asked)
    rows = sorted_rows(layer.geometry)
    said.notes.extend(rows.notes)
    reading = _Reading(layer, beside, options, said, asked, bad, rows)
    tables = reading.tables()
    said.notes.extend(_unread_note(layer, tables))
    taken = np.unique(np.concatenate(tables.taken)) if tables.taken else np.zeros(0, dtype=np.int64)
    lost = [q for q in (*rows.quarantined, *bad) if (q.row - 1) not in set(taken.tolist())]
    report = SourceReport(
        path=_named(layer, beside),
        format=layer.driver,
        rows_read=len(taken) + len({q.row for q in lost}),
        rows_taken=len(taken),
        quarantined=tuple(
            {q.row: q for q in reversed(lost)}[r] for r in sorted({q.row for q in lost})
        ),
        inferred=tuple({(i.what, i.value): i for i in said.inferred}.values()),
        asked=tuple(asked),
        fields=tables.fields,
        samples=_samples(layer),
        notes=tuple(said.notes),
    )
    imported = Imported(
        reports=(report,),
        crs=crs,
        pipes=tables.pipes,
        nodes=tables.nodes,
        buildings=tables.buildings,
        permits=tables.permits,
        structures=StructureTable.concat(tables.structures),
    )
    return LayerImport(imported, tables.start_ids, tables.end_ids)


def _unread_note(layer: VectorLayer, tables: _Tables) -> list[Message]:
    """The columns that no table took, so that nothing is lost in silence.

    OpenStreetMap and Giswater layers have dozens of columns that nobody misses; own layers are
    taken whole.
    """
    has_own_way = "osm_id" in layer.columns or giswater.is_giswater(layer.columns)
    is_own = any(own_table(layer.columns, kind) for kind in _SPOKEN)
    if not tables.taken or has_own_way or is_own:
        return []
    names = [n for n in layer.columns if n not in tables.fields and n.lower() not in _ROW_NUMBERS]
    shown = ", ".join(names[:_SHOWN_COLUMNS]) + (" …" if len(names) > _SHOWN_COLUMNS else "")
    note = msg("Columns that were left out: {names}", names=shown)
    return [note] if names else []


def _named(layer: VectorLayer, beside: Sequence[VectorLayer]) -> str:
    """The source's path, with the layer's name where it has several."""
    return str(layer.path) if len(beside) == 1 else f"{layer.path}|layername={layer.name}"


def _samples(layer: VectorLayer) -> tuple[dict[str, str], ...]:
    count = min(len(layer), 10)
    return tuple(
        {name: text_of(values[i]) for name, values in layer.columns.items()} for i in range(count)
    )


def _settled_crs(
    layer: VectorLayer, options: ImportOptions, said: Said, asked: list[Question]
) -> tuple[VectorLayer, str]:
    """The layer's CRS: its own, else as told; GeoJSON in metres does not pass for degrees."""
    import shapely

    crs = layer.crs
    if crs:
        try:
            crs = code_of(crs)
        except CrsError as error:
            said.notes.append(error.message)
            crs = ""
    if crs == "EPSG:4326" and layer.driver in {"geojson", "json", "geojsonl"}:
        bounds = shapely.total_bounds(layer.geometry) if len(layer) else np.zeros(4)
        if np.isfinite(bounds).all() and (np.abs(bounds) > [180.5, 90.5, 180.5, 90.5]).any():
            said.notes.append(msg("The coordinates are no degrees, whatever GeoJSON prescribes"))
            crs = ""
    crs = crs or options.crs
    if not crs and len(layer):
        text = msg(
            "Which coordinate reference system is {name} in? The file does not say.",
            name=layer.path.name,
        )
        asked.append(Question("crs", text, ()))
    return layer, crs


@dataclass(frozen=True, slots=True)
class _Reading:
    """One layer being read: what it is beside, what the user said, what is found out."""

    layer: VectorLayer
    beside: Sequence[VectorLayer]
    options: ImportOptions
    said: Said
    asked: list[Question]
    bad: list[Quarantined]
    rows: SortedRows

    def tables(self) -> _Tables:
        none = np.zeros(0, dtype=object)
        tables = _Tables(
            PipeTable.empty(), NodeTable.empty(), BuildingTable.empty(), PermitTable.empty(), [],
            none, none, {}, [],
        )  # fmt: skip
        for kind, parts in (
            ("lines", self.rows.lines),
            ("points", self.rows.points),
            ("areas", self.rows.areas),
        ):
            if len(parts):
                self._take(kind, parts, tables)
        return tables

    @property
    def _names(self) -> tuple[str, str]:
        return self.layer.name, self.layer.path.stem

    @property
    def _source(self) -> str:
        name = self.layer.path.name
        return name if len(self.beside) == 1 else f"{name}:{self.layer.name}"

    def _columns(self, table: str) -> LayerColumns:
        fixed, overrides = {}, {}
        if giswater.is_giswater(self.layer.columns):
            fixed = giswater.fixed_roles(self.layer.columns, f"{self.layer.name}_id")
            overrides["status"] = giswater.status_texts(self.layer.columns["state"])
        elif "osm_id" in self.layer.columns:
            fixed = {n: r for n, r in osm.ROLES.items() if n in self.layer.columns}
        unit = "ft" if _z_unit(self.layer.crs) != 1.0 else ""
        return layer_columns(
            self.layer, _KINDS[table], fixed=fixed, overrides=overrides, level_unit=unit
        )

    def _holding(self, kind: str) -> Holding:
        table = self.options.into
        own = own_table(self.layer.columns, kind)
        if own and not table:
            return Holding(own, 1.0, msg("its columns are those of this program's own tables"))
        if kind == "lines":
            found = holding_of_lines(self._names, self._roles("pipes"))
            fits = table in {"pipes", "structures"}
        elif kind == "points":
            pipes = any(self._has_lines(layer) for layer in self.beside)
            found = holding_of_points(
                self._names,
                self._roles("nodes"),
                beside_pipes=pipes,
                among_areas=len(self.rows.areas) > 0 and not len(self.rows.lines),
            )
            fits = table in {"nodes", "structures"}
        else:
            roles = {t: self._roles(t) for t in ("buildings", "permits")}
            found = holding_of_areas(self._names, tuple(self.layer.columns), roles)
            fits = table in {"buildings", "permits", "structures"}
        if table and fits:
            return replace(found, table=table, confidence=1.0, why=msg("as told"))
        return found

    def _roles(self, table: str) -> set[str]:
        return {f.role for f in self._columns(table).fields.fields}

    @staticmethod
    def _has_lines(layer: VectorLayer) -> bool:
        import shapely

        kinds = shapely.get_type_id(layer.geometry[:50])
        return bool(np.isin(kinds, (1, 5)).any())

    def _take(self, kind: str, parts: Parts, tables: _Tables) -> None:
        if "osm_id" in self.layer.columns and not self.options.into:
            self._take_osm(kind, parts, tables)
            return
        self._take_as(self._holding(kind), kind, parts, tables)

    def _take_osm(self, kind: str, parts: Parts, tables: _Tables) -> None:
        """Rows of an OpenStreetMap layer, each to the table that its tags name."""
        table, structure = osm.tables_of(self.layer, kind)
        why = msg("by the tags of each row")
        for name in (*TABLES, ""):
            rows = np.flatnonzero(table[parts.row] == name)
            kinds = np.unique(structure[parts.row[rows]]) if name == "structures" else [0]
            for code in kinds:
                own = rows[structure[parts.row[rows]] == code] if name == "structures" else rows
                if len(own):
                    holding = Holding(name, 0.9, why, StructureKind(int(code)))
                    self._take_as(holding, kind, parts.take(own), tables)

    def _take_as(self, holding: Holding, kind: str, parts: Parts, tables: _Tables) -> None:
        if not holding.table:
            reason = msg("{why}; say --into to take it", why=holding.why)
            if "osm_id" in self.layer.columns:
                reason = msg("its tags name nothing that is taken")
            self.bad.extend(
                Quarantined(int(r) + 1, "geometry", "", reason) for r in np.unique(parts.row)
            )
            return
        self.said.inferred.append(
            Inference(f"table of {kind}", holding.table, holding.confidence, holding.why)
        )
        if holding.confidence < 0.6:
            text = msg("What are the {kind} of {name}?", kind=_SPOKEN[kind], name=self.layer.name)
            self.asked.append(Question("into", text, TABLES, holding.table))
        columns = self._columns(holding.table)
        self._infer_level_unit(columns)
        tables.fields.update({k: v for k, v in columns.fields.as_dict().items() if v})
        tables.taken.append(parts.row)
        is_own = own_table(self.layer.columns, kind) == holding.table
        match holding.table:
            case "pipes":
                context = LineContext() if is_own else self._context(columns, holding)
                found, tables.start_ids, tables.end_ids = pipes_from(
                    columns, parts, context, self.said
                )
                tables.pipes = self._as_written(found, parts, is_own=is_own)
                if is_own:
                    tables.start_ids, tables.end_ids = own_end_ids(self.layer, parts)
            case "nodes":
                context = LineContext() if is_own else self._context(columns, holding)
                nodes = nodes_from(columns, parts, context, self.said)
                tables.nodes = self._as_written(nodes, parts, is_own=is_own)
            case "buildings":
                buildings = buildings_from(columns, parts, self.said, source=self._source)
                whole = is_own and len(buildings) == len(parts)
                tables.buildings = self._as_written(buildings, parts, is_own=whole)
            case "permits":
                permits = permits_from(columns, parts, self.said, source=self._source)
                tables.permits = self._as_written(permits, parts, is_own=is_own)
            case _:
                structures = structures_from(
                    columns, parts, holding.structure, self.said, source=self._source
                )
                tables.structures.append(self._as_written(structures, parts, is_own=is_own))

    def _as_written(self, table: T, parts: Parts, *, is_own: bool) -> T:
        return with_own_columns(table, self.layer, parts) if is_own else table

    def _infer_level_unit(self, columns: LayerColumns) -> None:
        if columns.level_unit and columns.unsaid_levels():
            names = ", ".join(columns.unsaid_levels())
            why = msg("the map's unit is the foot, and {names} name none", names=names)
            self.said.inferred.append(Inference("level unit", columns.level_unit, 0.7, why))

    def _context(self, columns: LayerColumns, holding: Holding) -> LineContext:
        utility, code = self._utility(columns)
        catalogue = None
        ids = next((c for c in ("arccat_id", "linkcat_id") if c in self.layer.columns), "")
        if ids and giswater.is_giswater(self.layer.columns):
            catalogue = giswater.catalogue_sections(self.layer.columns[ids], self.layer.path)
        return LineContext(
            utility=utility,
            code=code,
            is_service=holding.is_service,
            z_unit_m=_z_unit(self.layer.crs),
            catalogue=catalogue,
            source=self._source,
        )

    def _utility(self, columns: LayerColumns) -> tuple[Utility, str]:
        """The utility of rows that do not say theirs, and where that comes from."""
        told = told_utility(self.options.settings)
        if told is not None:
            return told, ""
        if giswater.is_giswater(self.layer.columns):
            utility = giswater.utility_of(self.layer.columns)
            self._infer_utility(utility, 0.95, "giswater")
            return utility, ""
        utility, code, word = utility_in(self._names)
        if utility is not Utility.UNKNOWN:
            self._infer_utility(utility, 0.9, word)
            return utility, code
        utility, word = utility_in_fields(self.layer.columns)
        if utility is not Utility.UNKNOWN:
            self._infer_utility(utility, 0.6, word)
            return utility, ""
        if not columns.has("utility") and not columns.has("subtype"):
            text = msg("Which utility does {name} belong to?", name=self.layer.name)
            options = tuple(member.key for member in Utility if member)
            said = default_utility(self.options.settings) or Utility.UNKNOWN
            self.asked.append(Question("utility", text, options, said.key))
            return said, ""
        return Utility.UNKNOWN, ""

    def _infer_utility(self, utility: Utility, confidence: float, word: str) -> None:
        why = msg("the name or a field says {word}", word=word)
        self.said.inferred.append(Inference("utility", utility.key, confidence, why))


def _z_unit(crs: str) -> float:
    """Metres in the unit of z: that of the map where it is feet, else metres."""
    unit = metres_per_unit(crs) if crs else 1.0
    return unit if 0.3 < unit < 0.31 else 1.0
