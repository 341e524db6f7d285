"""The conflicts as GeoJSON (RFC 7946): longitude and latitude where the CRS is known."""

from __future__ import annotations

import json
from typing import Any, TextIO

import numpy as np

from baiyun_gis.crs.transforms import transform
from baiyun_gis.errors import CrsError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.columns import F64
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.facts import Facts, conflict_facts
from baiyun_gis.reports.format import ReportFormat
from baiyun_gis.reports.table import COLUMNS

_WGS84 = "EPSG:4326"


def write_geojson(report: CheckReport, state: ProjectState, file: TextIO, *, lang: Lang) -> None:
    """A feature a conflict: the line between the nearest points, else the point.

    Levels stay in the properties, for RFC 7946 heights are above the ellipsoid. Where the project's
    system cannot be brought to WGS 84, coordinates stay as they are and `crs_note` says so.
    """
    c = report.conflicts
    ends = np.stack([c.near_a[:, :2], c.near_b[:, :2]], axis=1)
    points, note = _to_degrees(np.concatenate([ends, c.at[:, None, :2]], axis=1), state.meta.crs)
    file.write('{"type": "FeatureCollection",\n')
    if note is not None:
        file.write(f'"crs_note": {_text(note.text(lang))},\n')
        file.write(f'"crs": {_text(state.meta.crs or None)},\n')
    file.write('"features": [')
    separator = "\n"
    for row, facts in enumerate(conflict_facts(report, state, lang)):
        feature = {
            "type": "Feature",
            "id": facts["id"],
            "geometry": _geometry(points[row]),
            "properties": _properties(facts, lang),
        }
        file.write(separator + _text(feature))
        separator = ",\n"
    file.write("\n]}\n")


def _to_degrees(points: F64, crs: str) -> tuple[F64, Message | None]:
    if not crs:
        return points, msg("The project has no reference system: these are its own coordinates")
    try:
        flat = transform(points.reshape(-1, 2), crs, _WGS84)
    except CrsError as error:
        why = msg("These are the project's own coordinates: {why}", why=error.message)
        return points, why
    return flat.reshape(points.shape), None


def _geometry(points: F64) -> dict[str, Any] | None:
    a, b, at = (_position(point) for point in points)
    if a and b and a != b:
        return {"type": "LineString", "coordinates": [a, b]}
    place = at or a or b
    return {"type": "Point", "coordinates": place} if place else None


def _position(point: F64) -> list[float] | None:
    return None if np.isnan(point).any() else [round(float(value), 9) for value in point]


def _properties(facts: Facts, lang: Lang) -> dict[str, Any]:
    properties = {column.key: column.value(facts, lang) for column in COLUMNS}
    return properties | {
        "check": facts["check"],
        "verdict": facts["verdict"],
        "severity": facts["severity"],
        "a_kind": facts["a"]["kind"],
        "b_kind": facts["b"]["kind"],
        "a_z": facts["nearest"][0][2],
        "b_z": facts["nearest"][1][2],
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


REPORT = ReportFormat(msg("GeoJSON"), write_geojson)
