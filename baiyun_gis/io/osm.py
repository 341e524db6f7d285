"""OpenStreetMap layers: what each row is stands in its tags, not in the layer's name.

Buildings are rows with a building tag, lines of pipes those tagged as pipeline or buried cable;
roads, railways, water and greenery become structures. The rest of a map (borders, shops, labels)
is not taken.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from baiyun_gis.io.values import text_of
from baiyun_gis.io.vector_source import VectorLayer
from baiyun_gis.model.columns import I8, Bool, Str, text_array
from baiyun_gis.model.vocabulary import StructureKind

_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_LIFTED = (
    "height", "min_height", "building:levels", "building:use", "start_date", "substance",
    "location", "diameter", "power", "landuse", "natural", "leisure", "railway", "waterway",
)  # fmt: skip
ROLES = {
    "osm_id": "id",
    "name": "name",
    "substance": "utility",
    "diameter": "size",
    "highway": "",
    "railway": "",
    "waterway": "",
    "natural": "",
    "landuse": "",
    "location": "",
    "address": "",
    "type": "",
    "power": "",
}
"""What the tags of a row mean; kinds are told by `tables_of`."""

_STRUCTURES: tuple[tuple[str, dict[str, StructureKind]], ...] = (
    ("railway", {"tram": StructureKind.TRAM_RAIL, "*": StructureKind.RAILWAY}),
    (
        "highway",
        {
            "footway": StructureKind.FOOTWAY,
            "path": StructureKind.FOOTWAY,
            "pedestrian": StructureKind.FOOTWAY,
            "street_lamp": StructureKind.POLE,
            "*": StructureKind.ROAD_CENTRE,
        },
    ),
    ("waterway", {"*": StructureKind.WATERCOURSE}),
    (
        "natural",
        {
            "tree": StructureKind.TREE,
            "tree_row": StructureKind.TREE,
            "water": StructureKind.WATERCOURSE,
            "wood": StructureKind.GREEN,
            "scrub": StructureKind.SHRUB,
            "grassland": StructureKind.GREEN,
        },
    ),
    ("landuse", {"grass": StructureKind.GREEN, "forest": StructureKind.GREEN}),
    ("leisure", {"park": StructureKind.GREEN, "garden": StructureKind.GREEN}),
    (
        "power",
        {"tower": StructureKind.TOWER, "pole": StructureKind.POLE},
    ),
)
_POINTLIKE = {"crossing", "traffic_signals", "bus_stop", "stop", "give_way", "turning_circle"}


def is_osm(layer: VectorLayer) -> bool:
    """Whether a layer is one of those GDAL makes of OpenStreetMap data."""
    return {"osm_id", "other_tags"} <= set(layer.columns)


def with_tags(layer: VectorLayer) -> VectorLayer:
    """The layer with useful tags lifted out of `other_tags`, and one id column."""
    columns = dict(layer.columns)
    tags = [dict(_TAG.findall(text_of(t))) for t in columns.pop("other_tags")]
    for name in _LIFTED:
        lifted = text_array(t.get(name, "") for t in tags)
        own = columns.get(name)
        columns[name] = lifted if own is None else _first(own, lifted)
    way = columns.pop("osm_way_id", None)
    columns["osm_id"] = _first(columns["osm_id"], way)
    return replace(layer, columns=columns)


def _first(own: Any, other: Any) -> Str:
    if other is None:
        return text_array(text_of(o) for o in own)
    return text_array(text_of(o) or text_of(p) for o, p in zip(own, other, strict=True))


def tables_of(layer: VectorLayer, kind: str) -> tuple[Str, I8]:
    """For each row the table it goes to ("" for none) and its kind of structure.

    `kind` is "lines", "points" or "areas".
    """
    count = len(layer)
    table = np.full(count, "", dtype=object)
    structure = np.zeros(count, dtype=np.int8)
    for tag, values in _STRUCTURES:
        words = _texts(layer, tag)
        for row in np.flatnonzero((words != "") & (table == "")):
            word = words[row]
            found = values.get(word, values.get("*", StructureKind.UNKNOWN))
            if found and not (kind == "points" and word in _POINTLIKE | {"*"}):
                structure[row] = found
                table[row] = "structures"
    if kind == "points":
        keep = np.isin(structure, [StructureKind.TREE, StructureKind.POLE, StructureKind.TOWER])
        table[~keep] = ""
    if kind == "areas":
        building = _texts(layer, "building")
        table[(building != "") & (building != "no")] = "buildings"
    if kind == "lines":
        table[_is_pipe(layer)] = "pipes"
    return table, structure


def _is_pipe(layer: VectorLayer) -> Bool:
    pipeline = _texts(layer, "man_made") == "pipeline"
    buried = _texts(layer, "location") == "underground"
    return pipeline | (buried & (_texts(layer, "power") == "cable"))


def _texts(layer: VectorLayer, name: str) -> Str:
    values = layer.columns.get(name)
    if values is None:
        return np.full(len(layer), "", dtype=object)
    return text_array(text_of(v) for v in values)
