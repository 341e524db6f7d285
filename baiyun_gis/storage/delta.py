"""The difference between two states as bytes: changed columns only, changed rows only."""

from __future__ import annotations

import json
import struct
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.errors import ModelError
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.model.columns import Columns
from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import TABLES, ProjectMeta, ProjectState, RasterSource
from baiyun_gis.storage.column_codec import ColumnsError, pack, unpack
from baiyun_gis.storage.quick_copy import column_names

Array = NDArray[Any]
AnyTable = TypeVar("AnyTable", bound=Columns)
_PART = struct.Struct("<Q")
_SPARSE_SHARE = 0.1


def difference(before: ProjectState, after: ProjectState) -> bytes:
    """What leads from one state to another, for `applied`."""
    head: dict[str, Any] = {"revision": after.revision, "tables": []}
    if after.meta is not before.meta:
        meta = after.meta
        head["meta"] = [meta.title, meta.crs, meta.vertical_datum, meta.is_synthetic]
    if after.rasters is not before.rasters:
        head["rasters"] = [_raster_facts(raster) for raster in after.rasters]
    packs: list[bytes] = []
    for table in (*TABLES, DecisionTable):
        old, new = getattr(before, table.table_name), getattr(after, table.table_name)
        if old is not new:
            head["tables"].append(table.table_name)
            packs.append(pack(_changed(old, new)))
    top = json.dumps(head, ensure_ascii=False).encode()
    return b"".join(piece for part in (top, *packs) for piece in (_PART.pack(len(part)), part))


def applied(state: ProjectState, data: bytes) -> ProjectState:
    """`state` after a difference; raises `ColumnsError` when it does not fit."""
    try:
        top, *packs = _parts(data)
        head = json.loads(top)
        parts: dict[str, Any] = {"revision": int(head["revision"])}
        if "meta" in head:
            title, crs, datum, synthetic = head["meta"]
            parts["meta"] = ProjectMeta(title, crs, datum, state.meta.path, bool(synthetic))
        if "rasters" in head:
            parts["rasters"] = tuple(_raster_from(facts) for facts in head["rasters"])
        for name, columns in zip(head["tables"], packs, strict=True):
            parts[name] = _merged(getattr(state, name), unpack(columns))
        return state.with_(**parts)
    except (ValueError, KeyError, TypeError, IndexError, struct.error, ModelError) as error:
        raise ColumnsError("Stored columns are damaged: {what}", what=str(error)) from error


def _changed(old: Columns, new: Columns) -> dict[str, Array]:
    """Changed columns by name and manner: `name` whole, `name+` tail, `name@`/`name=` some rows."""
    columns: dict[str, Array] = {}
    for name in column_names(type(new)):
        before: Array = getattr(old, name)
        after: Array = getattr(new, name)
        if before is not after:
            columns |= _changed_column(name, before, after)
    return columns


def _changed_column(name: str, before: Array, after: Array) -> dict[str, Array]:
    shared = min(len(before), len(after))
    rows = np.flatnonzero(_differ(before[:shared], after[:shared]))
    if len(after) < len(before) or len(rows) > _SPARSE_SHARE * len(after):
        return {name: after}
    out: dict[str, Array] = {}
    if len(rows):
        out[f"{name}@"], out[f"{name}="] = rows, after[rows]
    if len(after) > len(before):
        out[f"{name}+"] = after[len(before) :]
    return out


def _differ(before: Array, after: Array) -> Array:
    if before.dtype == np.dtype(object):
        # Geometry is compared by identity: tables share what they do not change.
        same = np.fromiter(
            (a is b or (isinstance(a, str) and a == b) for a, b in zip(before, after, strict=True)),
            dtype=np.bool_,
            count=len(before),
        )
        return ~same
    unequal = before != after
    if before.dtype.kind == "f":
        unequal &= ~(np.isnan(before) & np.isnan(after))
    elif before.dtype.kind == "M":
        unequal &= ~(np.isnat(before) & np.isnat(after))
    return unequal.any(axis=1) if unequal.ndim > 1 else unequal


def _merged(table: AnyTable, columns: dict[str, Array]) -> AnyTable:
    changed: dict[str, Array] = {}
    for key, values in columns.items():
        name = key.rstrip("@=+")
        if key == name:
            changed[name] = values
        elif key.endswith("="):
            whole = getattr(table, name).copy()
            whole[columns[f"{name}@"]] = values
            changed[name] = whole
        elif key.endswith("+"):
            before: Array = changed[name] if name in changed else getattr(table, name)
            changed[name] = np.concatenate([before, values])
    return table.with_columns(**changed)


def _parts(data: bytes) -> list[bytes]:
    parts: list[bytes] = []
    at = 0
    while at < len(data):
        (length,) = _PART.unpack_from(data, at)
        parts.append(data[at + 8 : at + 8 + length])
        at += 8 + length
    return parts


def _raster_facts(raster: RasterSource) -> dict[str, Any]:
    return {
        "id": raster.id,
        "kind": raster.kind.key,
        "path": raster.path,
        "epoch": str(raster.epoch),
        "crs": raster.crs,
        "sigma_m": None if np.isnan(raster.sigma_m) else raster.sigma_m,
        "source": raster.source,
        "lineage": raster.lineage,
    }


def _raster_from(facts: dict[str, Any]) -> RasterSource:
    given = dict(facts)
    given["kind"] = RasterKind.from_key(given["kind"])
    given["epoch"] = np.datetime64(given["epoch"], "D")
    given["sigma_m"] = float("nan") if given["sigma_m"] is None else given["sigma_m"]
    return RasterSource(**given)
