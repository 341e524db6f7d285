"""CityJSON 1.0 to 2.0 and CityJSON sequences in: buildings with footprint, height and ground.

Parts belong to their building. The 3D surfaces themselves are not kept; other city objects are
counted and left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.crs.systems import code_of, horizontal, parse
from baiyun_gis.errors import CrsError, FormatError, InputError
from baiyun_gis.io.area_tables import buildings_from
from baiyun_gis.io.cityjson_geometry import BadGeometry, Body, body_of
from baiyun_gis.io.geometry_rows import Parts
from baiyun_gis.io.imported import (
    Imported,
    ImportOptions,
    Inference,
    Quarantined,
    Question,
    SourceReport,
)
from baiyun_gis.io.layer_columns import layer_columns
from baiyun_gis.io.line_tables import Said
from baiyun_gis.io.merging import merged
from baiyun_gis.io.reprojecting import reprojected
from baiyun_gis.io.values import text_of
from baiyun_gis.io.vector_source import VectorLayer
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64

_BODY_PARTS = {"Building", "BuildingPart", "BuildingUnit"}
_HEAD_BYTES = 200_000


class CityJsonReader:
    """Reads CityJSON; see the module's docstring for what is taken."""

    name = "cityjson"
    title = msg("City model (CityJSON)")
    suffixes = (".city.json", ".city.jsonl", ".jsonl", ".json")

    def claims(self, path: Path) -> float:
        """By what stands at the head or the end of a JSON file."""
        if not path.name.lower().endswith((".json", ".jsonl")) or not path.is_file():
            return 0.0
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            size = path.stat().st_size
            file.seek(max(0, size - 4096))
            text = head + file.read()
        if re.search(rb'"type"\s*:\s*"CityJSON(Feature)?"', text) or b'"CityObjects"' in text:
            return 0.98
        return 0.6 if ".city." in path.name.lower() else 0.0

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """The buildings of these files.

        Raises `FormatError` for a file that is no CityJSON or damaged, or has no building.
        """
        parts: list[Imported] = []
        for done, path in enumerate(paths):
            job.step(done / len(paths), msg("Reading {name}", name=path.name))
            parts.append(_read_one(path, options))
        target = next((part.crs for part in parts if part.crs), "")
        return merged([reprojected(part, target) for part in parts])


READER = CityJsonReader()


@dataclass(frozen=True, slots=True)
class _Model:
    """One city model: its objects with the vertices they count in."""

    objects: dict[str, tuple[dict[str, Any], F64]]
    reference: str
    version: str
    templates: Any
    is_sequence: bool


@dataclass(slots=True)
class _Found:
    """Buildings as they are put together."""

    ids: list[str] = field(default_factory=list[str])
    bodies: list[Body] = field(default_factory=list[Body])
    attributes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    bad: list[Quarantined] = field(default_factory=list[Quarantined])


def _read_one(path: Path, options: ImportOptions) -> Imported:
    model = _model(path)
    kinds = Counter(str(o.get("type", "")) for o, _ in model.objects.values())
    if not kinds.get("Building"):
        raise FormatError(
            "{path}: there is no building among the {count} objects of this city model",
            path=path,
            count=len(model.objects),
        )
    found = _buildings(model)
    said = Said()
    crs, vertical = _reference(model, said)
    asked: list[Question] = []
    if not (crs or options.crs):
        text = msg(
            "Which coordinate reference system is {name} in? The file does not say.", name=path.name
        )
        asked.append(Question("crs", text, ()))
    layer = _as_layer(path, found)
    columns = layer_columns(layer, "building", fixed={"id": "id"})
    parts = Parts(layer.geometry, np.arange(len(layer), dtype=np.int64))
    table = buildings_from(columns, parts, said, source=path.name)
    low = np.array([b.low_m for b in found.bodies], dtype=np.float64)
    high = np.array([b.high_m for b in found.bodies], dtype=np.float64)
    height = np.where(high - low > 0.1, high - low, table.height_m)
    table = table.with_columns(height_m=height, ground_m=np.where(high - low > 0.1, low, np.nan))
    said.inferred.append(Inference("height_m", "max z - min z", 0.9, msg("from the 3D shape")))
    said.notes.extend(_notes(kinds))
    report = SourceReport(
        path=str(path),
        format="cityjsonseq" if model.is_sequence else "cityjson",
        rows_read=len(found.ids) + len(found.bad),
        rows_taken=len(found.ids),
        quarantined=tuple(found.bad),
        inferred=tuple(said.inferred),
        asked=tuple(asked),
        fields={k: v for k, v in columns.fields.as_dict().items() if v},
        samples=tuple(
            {"id": i} | _plain(a) for i, a in zip(found.ids[:5], found.attributes[:5], strict=True)
        ),
        notes=tuple(said.notes),
    )
    return Imported(
        reports=(report,), crs=crs or options.crs, vertical_datum=vertical, buildings=table
    )


def _plain(attributes: dict[str, Any]) -> dict[str, str]:
    return {name: text_of(value) for name, value in attributes.items()}


def _notes(kinds: Counter[str]) -> list[Message]:
    notes = [msg("The 3D surfaces are not kept: footprint, height and ground level are")]
    others = {kind: n for kind, n in sorted(kinds.items()) if kind not in _BODY_PARTS}
    if others:
        shown = ", ".join(f"{kind} ({count})" for kind, count in others.items())
        notes.append(msg("City objects that are no buildings were left out: {kinds}", kinds=shown))
    return notes


def _model(path: Path) -> _Model:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("{path}: cannot be read ({reason})", path=path, reason=error) from error
    except UnicodeDecodeError as error:
        raise FormatError("{path}: city models are UTF-8 text, this is not", path=path) from error
    if path.name.lower().endswith(".jsonl"):
        return _sequence(path, text)
    whole = _parsed(text, path, 1)
    if whole.get("type") != "CityJSON":
        raise FormatError("{path}: this JSON file is no CityJSON", path=path)
    vertices = _vertices(whole, whole.get("transform"), path)
    return _Model(
        {k: (o, vertices) for k, o in _objects(whole, path).items()},
        _stated_reference(whole),
        str(whole.get("version", "")),
        whole.get("geometry-templates"),
        is_sequence=False,
    )


def _sequence(path: Path, text: str) -> _Model:
    """A sequence: the first line says transform and CRS, each other one is a feature."""
    rows = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    first = _parsed(rows[0][1], path, rows[0][0]) if rows else {}
    if first.get("type") != "CityJSON":
        raise FormatError(
            "{path}: the first line of a CityJSON sequence must be the CityJSON object with "
            "the transform; it is missing",
            path=path,
        )
    objects: dict[str, tuple[dict[str, Any], F64]] = {}
    for number, line in rows[1:]:
        feature = _parsed(line, path, number)
        vertices = _vertices(feature, first.get("transform"), path)
        objects.update({k: (o, vertices) for k, o in _objects(feature, path).items()})
    return _Model(
        objects,
        _stated_reference(first),
        str(first.get("version", "")),
        first.get("geometry-templates"),
        is_sequence=True,
    )


def _parsed(text: str, path: Path, line: int) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(
            "{path}, line {line}: the JSON is damaged ({reason})",
            path=path,
            line=line + getattr(error, "lineno", 1) - 1,
            reason=getattr(error, "msg", "nested too deeply"),
        ) from error
    if not isinstance(value, dict):
        raise FormatError("{path}: this JSON file is no CityJSON", path=path)
    return value


def _objects(whole: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    objects = whole.get("CityObjects")
    if not isinstance(objects, dict):
        raise FormatError("{path}: the city model has no CityObjects", path=path)
    return {str(k): o for k, o in objects.items() if isinstance(o, dict)}


def _vertices(whole: dict[str, Any], transform: Any, path: Path) -> F64:
    try:
        vertices = np.array(whole.get("vertices", []), dtype=np.float64).reshape(-1, 3)
        if isinstance(transform, dict):
            scale = np.array(transform["scale"], dtype=np.float64).reshape(3)
            vertices = vertices * scale + np.array(transform["translate"], dtype=np.float64)
    except (TypeError, ValueError, KeyError) as error:
        raise FormatError(
            "{path}: vertices or transform of the city model are damaged", path=path
        ) from error
    return vertices


def _stated_reference(whole: dict[str, Any]) -> str:
    metadata = whole.get("metadata")
    return str(metadata.get("referenceSystem", "")) if isinstance(metadata, dict) else ""


def _reference(model: _Model, said: Said) -> tuple[str, str]:
    """Horizontal system and name of the vertical datum, from URN, URL or code."""
    code = re.search(r"EPSG[:/]+(?:[\d.]*[:/]+)?(\d+)", model.reference, re.IGNORECASE)
    if not code:
        return "", ""
    text = f"EPSG:{code[1]}"
    try:
        system = parse(text)
        crs = code_of(horizontal(text).to_wkt())
    except CrsError as error:
        said.notes.append(error.message)
        return "", ""
    vertical = system.sub_crs_list[1].name if system.is_compound else ""
    said.inferred.append(Inference("crs", crs, 1.0, msg("the file states {crs}", crs=text)))
    return crs, vertical


def _buildings(model: _Model) -> _Found:
    found = _Found()
    members = _members(model)
    for number, (name, parts) in enumerate(members.items(), 1):
        own = model.objects[name][0]
        try:
            bodies = [_body(model, part) for part in parts]
        except BadGeometry as error:
            reason = msg("its shape is damaged: {reason}", reason=str(error))
            found.bad.append(Quarantined(number, "geometry", name, reason))
            continue
        whole = _joined([b for b in bodies if b is not None])
        if whole is None:
            reason = msg("the building has no surface with an area on the map")
            found.bad.append(Quarantined(number, "geometry", name, reason))
            continue
        found.ids.append(name)
        found.bodies.append(whole)
        attributes = own.get("attributes")
        found.attributes.append(attributes if isinstance(attributes, dict) else {})
    return found


def _body(model: _Model, name: str) -> Body | None:
    part, vertices = model.objects[name]
    geometries = part.get("geometry")
    return body_of(geometries if isinstance(geometries, list) else [], vertices, model.templates)


def _members(model: _Model) -> dict[str, list[str]]:
    """Each building with its parts, in file order."""
    members: dict[str, list[str]] = {
        name: [name] for name, (o, _) in model.objects.items() if o.get("type") == "Building"
    }
    for name, (part, _) in model.objects.items():
        if part.get("type") in _BODY_PARTS - {"Building"}:
            owner = _owner(name, model)
            if owner in members:
                members[owner].append(name)
    return members


def _owner(name: str, model: _Model) -> str:
    """The building a part belongs to, up the chain of parents."""
    for _ in range(10):
        parents = model.objects[name][0].get("parents") if name in model.objects else None
        if not isinstance(parents, list) or not parents:
            return name
        name = str(parents[0])
    return name


def _joined(bodies: list[Body]) -> Body | None:
    import shapely

    if not bodies:
        return None
    outline = shapely.union_all([b.outline for b in bodies])
    return Body(
        outline,
        min(b.low_m for b in bodies),
        max(b.high_m for b in bodies),
        max(b.lod for b in bodies),
    )


def _as_layer(path: Path, found: _Found) -> VectorLayer:
    """The buildings as a layer, so that their attributes are mapped as any layer's are."""
    names = list(dict.fromkeys(n for a in found.attributes for n in a if n.lower() != "id"))
    columns = {n: _column(found, n) for n in names}
    columns["id"] = _objects_array(found.ids)
    shapes = np.empty(len(found.bodies), dtype=object)
    shapes[:] = [b.outline for b in found.bodies]
    return VectorLayer(path, path.stem, "cityjson", "", columns, shapes)


def _column(found: _Found, name: str) -> Any:
    values = (a.get(name) for a in found.attributes)
    return _objects_array([None if isinstance(v, (dict, list)) else v for v in values])


def _objects_array(values: list[Any]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
