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
}


def spoken(key: str, lang: Lang) -> str:
    """The words for a key or value of the report; itself where there are none, as for units."""
    found = _WORDS.get(key)
    if found is not None:
        return found.text(lang)
    for vocabulary in (Utility, LevelDatum, RasterKind):
        member = next((m for m in vocabulary if m.key == key), None)
        if member is not None:
            return member.label(lang)
    return key
