"""Layers that this program wrote itself: every column read back as what it is, nothing guessed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import numpy as np

from baiyun_gis.io.axes import axes_from_lines
from baiyun_gis.io.days import days_from
from baiyun_gis.io.geometry_rows import Parts
from baiyun_gis.io.values import reals_from, texts_from
from baiyun_gis.io.vector_source import VectorLayer
from baiyun_gis.model.columns import Columns, ColumnSpec, Str, codes_from_keys, specs_of
from baiyun_gis.model.field_names import short_names
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import TABLES

T = TypeVar("T", bound=Columns)
_LEAST_SHARE = 0.9
"""So many of a table's columns a layer must have to be one of ours."""
_NOT_READ = {"id", "start_node", "end_node"}
"""Ids are made unique and ends are joined by the import itself."""
_FITTING = {
    "lines": {"pipes", "structures"},
    "points": {"nodes", "structures"},
    "areas": {"buildings", "permits", "structures"},
}


def own_table(fields: Collection[str], kind: str) -> str:
    """The table that a layer of these columns is, "" when it is none of ours.

    `kind` is "lines", "points" or "areas".
    """
    best = max(TABLES, key=lambda table: _share(table, fields))
    fits = best.table_name in _FITTING[kind] and _share(best, fields) >= _LEAST_SHARE
    return best.table_name if fits else ""


def with_own_columns(table: T, layer: VectorLayer, parts: Parts) -> T:
    """The table with all columns of one of our own layers as they were written."""
    named = _field_names(type(table), layer.columns)
    columns = {
        spec.name: _read(spec, layer.columns[named[spec.name]])[parts.row]
        for spec in _attributes(type(table))
        if spec.name not in _NOT_READ and named[spec.name] in layer.columns
    }
    if isinstance(table, PipeTable):
        columns["axis_level"] = axes_from_lines(parts.geometry).z
    return table.with_columns(**columns)


def own_end_ids(layer: VectorLayer, parts: Parts) -> tuple[Str, Str]:
    """The node ids at both ends of each pipe of one of our own layers.

    A project file keeps them beside the row numbers, an export in place of them.
    """
    start, end = (
        texts_from(layer.columns.get(f"{side}_node_id", layer.columns[f"{side}_node"]))[parts.row]
        for side in ("start", "end")
    )
    return start, end


def _attributes(table: type[Columns]) -> list[ColumnSpec]:
    return [s for s in specs_of(table) if s.kind != "polygon" and s.width == 1]


def _field_names(table: type[Columns], fields: Collection[str]) -> dict[str, str]:
    """Column → field: by its full name, or as shapefiles cut it."""
    names = [spec.name for spec in _attributes(table)]
    short = short_names(names)
    return {name: name if name in fields else short[name] for name in names}


def _share(table: type[Columns], fields: Collection[str]) -> float:
    named = _field_names(table, fields)
    return sum(field in fields for field in named.values()) / len(named)


def _read(spec: ColumnSpec, cells: Any) -> Any:
    match spec.kind:
        case "real":
            return reals_from(cells, missing=())
        case "day":
            return days_from(cells)
        case "flag":
            return np.array([str(cell).lower() in {"1", "true", "1.0"} for cell in cells])
        case "code" if spec.vocabulary is not None:
            return codes_from_keys(spec.vocabulary, texts_from(cells))
        case "code":
            return np.nan_to_num(reals_from(cells)).astype(np.int8)
        case _:
            return texts_from(cells)
