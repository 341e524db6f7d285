"""What the import report calls things, as words for people: the report itself keeps plain keys."""

from __future__ import annotations

from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import LevelDatum, RasterKind, Utility

_WORDS: dict[str, Message] = {
    "pipes": msg("pipes"),
    "nodes": msg("nodes"),
    "buildings": msg("buildings"),
    "permits": msg("permits"),
    "structures": msg("structures"),
    "rasters": msg("rasters"),
    "table of lines": msg("table of lines"),
    "table of points": msg("table of points"),
    "table of areas": msg("table of areas"),
    "axis order": msg("axis order"),
    "X east, Y north": msg("X east, Y north"),
    "X north, Y east": msg("X north, Y east"),
    "latitude, longitude": msg("latitude, longitude"),
    "crs": msg("reference system"),
    "encoding": msg("encoding"),
    "drawing unit": msg("drawing unit"),
    "coordinate_unit": msg("unit of coordinates"),
    "schematic": msg("schematic"),
    "size unit": msg("unit of sizes"),
    "unit of size": msg("unit of sizes"),
    "unit of depth": msg("unit of depths"),
    "level unit": msg("unit of levels"),
    "units": msg("units"),
    "utility": msg("utility"),
    "level": msg("levels"),
    "levels": msg("levels"),
    "depth of ends": msg("depth of both ends"),
    "level datum": msg("point of the section that levels mean"),
    "points": msg("points"),
    "height_m": msg("height"),
    "ground_m": msg("ground level"),
    "kind": msg("kind"),
    "section": msg("section"),
    "catalogue": msg("catalogue"),
    "size": msg("size"),
    "zone prefix": msg("zone prefix"),
    "epoch": msg("epoch"),
    "point number": msg("point number"),
    "row number": msg("row number"),
    "pressure class": msg("pressure class"),
    "left out": msg("left out"),
    "start_id": msg("number of the start point"),
    "end_id": msg("number of the end point"),
    "next_id": msg("number of the connected point"),
    "outer_size": msg("outer size"),
    "inner_size": msg("inner size"),
    "nominal": msg("nominal diameter"),
    "trench_size": msg("size of the trench"),
    "well_size": msg("size of the chamber"),
    "width": msg("width"),
    "wall_mm": msg("wall"),
    "section_shape": msg("shape of the section"),
    "pressure": msg("pressure or its class"),
    "design_pressure": msg("design pressure"),
    "voltage": msg("voltage"),
    "pressure_voltage": msg("pressure or voltage"),
    "north": msg("north"),
    "east": msg("east"),
    "lat": msg("latitude"),
    "lon": msg("longitude"),
    "map_no": msg("number on the map"),
    "extra": msg("understood, not kept"),
    "holes_used": msg("holes in use"),
    "surveyed_by": msg("surveyed by"),
    "lines": msg("lines"),
    "lines with coordinates": msg("lines with coordinates"),
    "points with connections": msg("points with connections"),
}


def spoken(key: str, lang: Lang) -> str:
    """The words for a key or value of the report; itself where there are none, as for units.

    `end:x` is said of the other end of a line, `csv: lines` of one table in a file.
    """
    if key.startswith("end:"):
        return msg("{what}, other end", what=spoken(key.removeprefix("end:"), lang)).text(lang)
    if ": " in key:
        return ": ".join(spoken(part, lang) for part in key.split(": "))
    found = _WORDS.get(key)
    if found is not None:
        return found.text(lang)
    for vocabulary in (Utility, LevelDatum, RasterKind):
        member = next((m for m in vocabulary if m.key == key), None)
        if member is not None:
            return member.label(lang)
    return key
