"""The colours that QGIS shows: `layer_styles` with one default QML a layer.

Colours of the utilities follow CJJ 61-2017 appendix B.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from xml.sax.saxutils import quoteattr

from baiyun_gis.model.colours import UTILITY_COLOURS, VERDICT_COLOURS, rgb_of
from baiyun_gis.model.vocabulary import Utility, Verdict, Vocabulary
from baiyun_gis.storage.geopackage import EPOCH

Colour = tuple[int, int, int]
Members = list[tuple[Vocabulary, Colour]]

_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


def write(connection: sqlite3.Connection, *, saved_at: str) -> None:
    """Add the styles table with a default style for each layer that has one."""
    connection.execute(_TABLE)
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (saved_at or EPOCH,),
    )
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
        " update_time) VALUES ('', '', ?, 'geom', 'baiyun', ?, '', 1, 'Baiyun GIS', '', ?)",
        [(layer, qml, saved_at or EPOCH) for layer, qml in default_styles().items()],
    )


def default_styles() -> dict[str, str]:
    """QML by layer."""
    return {
        "pipes": _categorised("line", "utility", _shown(UTILITY_COLOURS), _line),
        "nodes": _categorised("marker", "utility", _shown(UTILITY_COLOURS), _small_marker),
        "buildings": _single("fill", _fill((222, 214, 202), (128, 118, 104))),
        "permits": _single("fill", _fill(None, (46, 110, 180))),
        "conflicts": _categorised("marker", "verdict", _shown(VERDICT_COLOURS), _marker),
        "conflict_gaps": _categorised("line", "verdict", _shown(VERDICT_COLOURS), _line),
        "cases": _single("marker", _marker((160, 40, 140))),
    }


def _shown(colours: Mapping[Utility, str] | Mapping[Verdict, str]) -> Members:
    return [(member, rgb_of(colour)) for member, colour in colours.items()]


def _rgba(colour: Colour | None, alpha: int = 255) -> str:
    return ",".join(map(str, (*(colour or (255, 255, 255)), 0 if colour is None else alpha)))


def _options(values: Mapping[str, str]) -> str:
    inner = "".join(
        f'<Option type="QString" name={quoteattr(k)} value={quoteattr(v)}/>'
        for k, v in values.items()
    )
    return f'<Option type="Map">{inner}</Option>'


def _line(colour: Colour) -> str:
    values = {"line_color": _rgba(colour), "line_width": "0.5", "line_width_unit": "MM"}
    return f'<layer class="SimpleLine" enabled="1">{_options(values)}</layer>'


def _marker(colour: Colour, size_mm: str = "3.2") -> str:
    values = {
        "name": "circle",
        "color": _rgba(colour),
        "outline_color": "255,255,255,255",
        "outline_width": "0.3",
        "size": size_mm,
        "size_unit": "MM",
    }
    return f'<layer class="SimpleMarker" enabled="1">{_options(values)}</layer>'


def _small_marker(colour: Colour) -> str:
    return _marker(colour, "1.2")


def _fill(colour: Colour | None, outline: Colour) -> str:
    values = {
        "color": _rgba(colour, 200),
        "style": "no" if colour is None else "solid",
        "outline_color": _rgba(outline),
        "outline_style": "dash" if colour is None else "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
    }
    return f'<layer class="SimpleFill" enabled="1">{_options(values)}</layer>'


def _single(kind: str, layer: str) -> str:
    symbols = f'<symbols><symbol type="{kind}" name="0" alpha="1">{layer}</symbol></symbols>'
    return _document(f'<renderer-v2 type="singleSymbol">{symbols}</renderer-v2>')


def _categorised(kind: str, attribute: str, members: Members, draw: Callable[[Colour], str]) -> str:
    categories, symbols = "", ""
    for number, (member, colour) in enumerate(members):
        label = quoteattr(f"{member.zh} {member.key}")
        categories += (
            f'<category value="{member.key}" symbol="{number}" label={label} render="true"/>'
        )
        symbols += f'<symbol type="{kind}" name="{number}" alpha="1">{draw(colour)}</symbol>'
    return _document(
        f'<renderer-v2 type="categorizedSymbol" attr="{attribute}">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def _document(renderer: str) -> str:
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
    return f'{head}<qgis version="3.22.0" styleCategories="Symbology">{renderer}</qgis>'
