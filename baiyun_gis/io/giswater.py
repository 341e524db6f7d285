"""What the data model of Giswater (a PostGIS utility schema) means where names do not say it.

`state` is 0 out of service, 1 in service, 2 planned; `y1`, `y2` are depths from the ground to the
invert; which of its two schemas a layer is of shows in its zone columns. Sections stand in the
catalogues: `cat_arc` tables exported as CSV beside the data, in `tables/` or the same folder.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.io.values import text_of
from baiyun_gis.model.columns import F64, I8, text_array
from baiyun_gis.model.vocabulary import Shape, Status, Utility

_SIGNS = {"expl_id", "sector_id", "state"}
_WATER_ZONES = {"presszone_id", "dma_id", "dqa_id"}
_STATES = {"0": Status.ABANDONED, "1": Status.IN_USE, "2": Status.PLANNED}
_ROUND = {"CIRCULAR", "FORCE_MAIN"}
_FIXED = {
    "y1": "start_depth_m",
    "y2": "end_depth_m",
    "depth1": "start_depth_m",
    "depth2": "end_depth_m",
    "elev1": "start_level_m",
    "elev2": "end_level_m",
    "node_top_elev_1": "start_ground_m",
    "node_top_elev_2": "end_ground_m",
    "elevation1": "start_ground_m",
    "elevation2": "end_ground_m",
    "node_1": "start_id",
    "node_2": "end_id",
    "arc_id": "id",
    "link_id": "id",
    "node_id": "id",
    "connec_id": "id",
    "gully_id": "id",
    "matcat_id": "material",
    "builtdate": "valid_from",
    "enddate": "valid_to",
    "top_elev": "ground_m",
    "ymax": "chamber_depth_m",
    "node_type": "kind",
    "connec_type": "kind",
    "gully_type": "kind",
    "nodecat_id": "fixture",
    "conneccat_id": "fixture",
    "ownercat_id": "owner",
    "streetaxis_id": "road",
    "state": "",
    "state_type": "",
    "code": "",
    "sys_code": "",
    "link": "",
    "feature_type": "",
    "feature_id": "",
    "exit_id": "",
    "exit_type": "",
    "link_type": "",
    "arc_type": "",
    "fluid_type": "",
    "location_type": "",
    "function_type": "",
    "category_type": "",
}


class CatalogueSections(NamedTuple):
    """Sections by catalogue id, metres: shape code, inner and outer width and height."""

    shape: I8
    inner_width_m: F64
    inner_height_m: F64
    outer_width_m: F64
    outer_height_m: F64
    material: Any


def is_giswater(fields: Iterable[str]) -> bool:
    """Whether a layer has the columns every Giswater feature has."""
    return set(fields) >= _SIGNS


def fixed_roles(fields: Iterable[str], own_id: str) -> dict[str, str]:
    """Roles of the columns whose names Giswater uses in its own way; `own_id` stays the id."""
    roles = {name: _FIXED[name] for name in fields if name in _FIXED}
    return {n: ("" if r == "id" and n != own_id else r) for n, r in roles.items()}


def utility_of(fields: Iterable[str]) -> Utility:
    """Water supply where pressure zones or metered areas are kept, else drainage."""
    return Utility.WATER if _WATER_ZONES & set(fields) else Utility.DRAINAGE


def status_texts(states: Iterable[object]) -> Any:
    """The `state` column in words of the model."""
    return text_array(_STATES.get(text_of(s), Status.OTHER).key for s in states)


def catalogue_sections(ids: Iterable[object], data: Path) -> CatalogueSections | None:
    """Sections of the arcs of these catalogue ids, from `cat_arc` tables beside the data file.

    None when no such table lies there or none of it fits.
    """
    wanted = [text_of(i) for i in ids]
    known: dict[str, tuple[str, float, float, float, float, str]] = {}
    for folder in (data.parent, data.parent / "tables"):
        for table in sorted(folder.glob("*cat_arc*.csv")):
            known.update(_catalogue(table, set(wanted)))
    if not known:
        return None
    nothing = ("", np.nan, np.nan, np.nan, np.nan, "")
    rows = [known.get(i, nothing) for i in wanted]
    numbers = np.array([row[1:5] for row in rows], dtype=np.float64).reshape(-1, 4)
    shapes = np.array([_shape(row[0]) for row in rows], dtype=np.int8)
    return CatalogueSections(
        shapes,
        numbers[:, 0],
        numbers[:, 1],
        numbers[:, 2],
        numbers[:, 3],
        text_array(row[5] for row in rows),
    )


def _catalogue(
    table: Path, wanted: set[str]
) -> dict[str, tuple[str, float, float, float, float, str]]:
    """Rows of a headerless catalogue: drainage gives shape and inner sizes in metres, water
    material and inner and outer diameter in millimetres."""
    found: dict[str, tuple[str, float, float, float, float, str]] = {}
    with table.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.reader(file):
            if not row or row[0] not in wanted:
                continue
            height, width = _number(row, 4), _number(row, 5)
            if row[3] == "VIRTUAL":
                continue
            if row[3].replace("_", "").isalpha():  # drainage: the shape stands in column 4
                wide = height if row[3] in _ROUND else width
                wall = _number(row, 23)
                found[row[0]] = (
                    row[3],
                    wide,
                    height,
                    wide + 2 * wall,
                    height + 2 * wall,
                    "",
                )
            else:
                inner, outer = _number(row, 5) / 1000, _number(row, 6) / 1000
                found[row[0]] = ("CIRCULAR", inner, inner, outer, outer, row[2])
    return found


def _number(row: list[str], index: int) -> float:
    try:
        value = float(row[index])
    except (IndexError, ValueError):
        return float("nan")
    return value if value > 0 else float("nan")


def _shape(name: str) -> Shape:
    match name:
        case "CIRCULAR" | "FORCE_MAIN":
            return Shape.CIRCLE
        case "RECT_CLOSED":
            return Shape.RECTANGLE
        case "EGG":
            return Shape.EGG
        case "":
            return Shape.UNKNOWN
        case _:
            return Shape.OTHER
