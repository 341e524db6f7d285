"""Buildings, permits and structures from the rows of map layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.io.attributes import structure_kinds_from
from baiyun_gis.io.geometry_rows import Parts
from baiyun_gis.io.layer_columns import LayerColumns, unique_ids
from baiyun_gis.io.line_tables import Said
from baiyun_gis.io.values import text_of
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, Geom, Str, text_array
from baiyun_gis.model.tables import BuildingTable, PermitTable, StructureTable
from baiyun_gis.model.vocabulary import StructureKind

_TRUE = {"1", "true", "yes", "y", "t", "是", "临时", "temporary"}
_TOUCHING_SHARE = 0.02


def buildings_from(
    columns: LayerColumns, parts: Parts, said: Said, *, source: str
) -> BuildingTable:
    """Buildings of area parts; pieces of one building (same id, touching) are made whole again."""
    rows = parts.row
    table = BuildingTable.build(
        len(parts),
        id=_keys(columns)[rows],
        geometry=parts.geometry,
        name=columns.texts("name")[rows],
        use=columns.texts("use")[rows],
        height_m=_positive(columns.metres("height_m"))[rows],
        storeys=_positive(columns.numbers("storeys"))[rows],
        ground_m=columns.metres("ground_m")[rows],
        min_height_m=columns.metres("min_height_m")[rows],
        foundation_depth_m=_positive(columns.metres("foundation_depth_m"))[rows],
        permit=columns.texts("permit")[rows],
        sigma_xy_m=columns.metres("sigma_xy_m")[rows],
        sigma_height_m=columns.metres("sigma_height_m")[rows],
        first_seen=columns.days("first_seen")[rows],
        valid_from=columns.days("valid_from")[rows],
        valid_to=columns.days("valid_to")[rows],
        recorded_at=columns.days("recorded_at")[rows],
        note=columns.texts("note")[rows],
        source=source,
    )
    return _made_whole(table, said, stem=columns.layer.name)


def _keys(columns: LayerColumns) -> Str:
    """The id of each row's building; parts that name a building of the layer take its id."""
    ids = columns.texts("id")
    raw = columns.layer.columns
    if "root_id" not in raw or "kind" not in raw:
        return ids
    own = set(ids)
    keys = [
        text_of(root) if text_of(kind) == "building_part" and text_of(root) in own else key
        for key, root, kind in zip(ids, raw["root_id"], raw["kind"], strict=True)
    ]
    return text_array(keys)


def _positive(values: F64) -> F64:
    return np.where(values > 0, values, np.nan)


def _made_whole(table: BuildingTable, said: Said, *, stem: str) -> BuildingTable:
    """One row a building: rows that share an id and touch are united, others keep apart."""
    order: dict[str, list[int]] = {}
    for index, key in enumerate(table.id):
        order.setdefault(key or f"\0{index}", []).append(index)
    groups = [rows for rows in order.values() if len(rows) > 1]
    drop: list[int] = []
    shapes: Geom = table.geometry.copy()
    height, lowest = table.height_m.copy(), table.min_height_m.copy()
    for rows in groups:
        whole = _united([table.geometry[r] for r in rows])
        if whole is None:
            continue
        first = rows[0]
        shapes[first] = whole
        height[first] = _extreme(table.height_m[rows], np.nanmax)
        lowest[first] = _extreme(np.nan_to_num(table.min_height_m[rows]), np.nanmin) or np.nan
        drop.extend(rows[1:])
    keep = np.setdiff1d(np.arange(len(table)), drop)
    if drop:
        said.notes.append(
            msg(
                "{rows} rows are pieces of {count} buildings (same id, touching) and were united",
                rows=len(drop) + sum(1 for g in groups if g[1] in drop),
                count=sum(1 for g in groups if g[1] in drop),
            )
        )
    united = table.with_columns(geometry=shapes, height_m=height, min_height_m=lowest).take(keep)
    ids, repeats = unique_ids(united.id, stem=stem)
    if repeats:
        said.notes.append(
            msg("{count} areas repeat an id and got a number after it", count=repeats)
        )
    return united.with_columns(id=ids)


def _united(shapes: list[Any]) -> Any:
    """The union of shapes that touch (within a fiftieth of their size); None when they do not."""
    import shapely

    whole = shapely.union_all(shapes)
    if whole.geom_type == "Polygon":
        return whole
    reach = _TOUCHING_SHARE * float(np.sqrt(max(s.area for s in shapes)))
    bridged = shapely.buffer(whole, reach)
    return whole if bridged.geom_type == "Polygon" else None


def _extreme(values: F64, pick: Any) -> float:
    return float(pick(values)) if not np.isnan(values).all() else float("nan")


def permits_from(columns: LayerColumns, parts: Parts, said: Said, *, source: str) -> PermitTable:
    """Permits of area parts."""
    rows = parts.row
    temporary = text_array(t.lower() for t in columns.texts("is_temporary"))
    return PermitTable.build(
        len(parts),
        id=_ids(columns, parts, said),
        geometry=parts.geometry,
        holder=columns.texts("holder")[rows],
        use=columns.texts("use")[rows],
        max_height_m=_positive(columns.metres("max_height_m"))[rows],
        max_storeys=_positive(columns.numbers("max_storeys"))[rows],
        is_temporary=np.isin(temporary.astype(str), list(_TRUE))[rows],
        valid_from=columns.days("valid_from")[rows],
        valid_to=columns.days("valid_to")[rows],
        recorded_at=columns.days("recorded_at")[rows],
        note=columns.texts("note")[rows],
        source=source,
    )


def structures_from(
    columns: LayerColumns, parts: Parts, kind: StructureKind, said: Said, *, source: str
) -> StructureTable:
    """Structures of parts of any kind; `kind` holds where a row does not say its own."""
    import shapely

    rows = parts.row
    own = columns.parsed("kind", structure_kinds_from)
    if kind is not StructureKind.UNKNOWN:
        own = np.where(own == StructureKind.UNKNOWN, np.int8(kind), own)
        own = np.full(len(own), kind) if kind is StructureKind.PARCEL else own
    return StructureTable.build(
        len(parts),
        id=_ids(columns, parts, said),
        geometry=shapely.force_2d(parts.geometry),
        kind=own[rows].astype(np.int8),
        name=columns.texts("name")[rows],
        level_m=columns.metres("level_m")[rows],
        height_m=_positive(columns.metres("height_m"))[rows],
        detail=columns.texts("detail")[rows],
        valid_from=columns.days("valid_from")[rows],
        valid_to=columns.days("valid_to")[rows],
        recorded_at=columns.days("recorded_at")[rows],
        note=columns.texts("note")[rows],
        source=source,
    )


def _ids(columns: LayerColumns, parts: Parts, said: Said) -> Str:
    ids, repeats = unique_ids(columns.texts("id"), stem=columns.layer.name)
    if repeats:
        said.notes.append(
            msg("{count} areas repeat an id and got a number after it", count=repeats)
        )
    return text_array(i + s for i, s in zip(ids[parts.row], parts.suffixes(), strict=True))
