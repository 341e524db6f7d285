"""Colours: the utilities by CJJ 61-2017 or colour-blind-safe, for light and dark grounds.

All colours are RGBA bytes. The safe scheme follows the Okabe–Ito set, told apart by lightness too.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import Severity
from baiyun_gis.model.colours import UTILITY_COLOURS, VERDICT_COLOURS
from baiyun_gis.model.vocabulary import StructureKind, Utility, Verdict
from layers.primitives import U8
from layers.request import ColourScheme, DrawRequest, Theme

RGBA = tuple[int, int, int, int]

_CJJ61_LIGHT = dict(UTILITY_COLOURS)
_CJJ61_DARK: dict[Utility, str] = {
    Utility.UNKNOWN: "#B98BE0",
    Utility.WATER: "#2BC8EA",
    Utility.RECLAIMED: "#7FDDEA",
    Utility.STORM: "#CFA06B",
    Utility.SEWAGE: "#B07F4F",
    Utility.COMBINED: "#C08F5C",
    Utility.GAS: "#F060C6",
    Utility.HEAT: "#FF9D33",
    Utility.POWER: "#FF5A5F",
    Utility.TELECOM: "#46D06B",
    Utility.INDUSTRIAL: "#D5DAE1",
    Utility.TUNNEL: "#AEB6C2",
    Utility.DRAINAGE: "#C08F5C",
}
_SAFE_LIGHT: dict[Utility, str] = {
    Utility.UNKNOWN: "#8C8C8C",
    Utility.WATER: "#0072B2",
    Utility.RECLAIMED: "#56B4E9",
    Utility.STORM: "#B08D57",
    Utility.SEWAGE: "#5C4A2F",
    Utility.COMBINED: "#85683F",
    Utility.GAS: "#CC79A7",
    Utility.HEAT: "#E69F00",
    Utility.POWER: "#D55E00",
    Utility.TELECOM: "#009E73",
    Utility.INDUSTRIAL: "#1A1A1A",
    Utility.TUNNEL: "#4D4D4D",
    Utility.DRAINAGE: "#85683F",
}
_SAFE_DARK: dict[Utility, str] = {
    Utility.UNKNOWN: "#A8A8A8",
    Utility.WATER: "#4FA3DA",
    Utility.RECLAIMED: "#8FD0F5",
    Utility.STORM: "#D2B27E",
    Utility.SEWAGE: "#A58C63",
    Utility.COMBINED: "#BBA06F",
    Utility.GAS: "#E3A3C6",
    Utility.HEAT: "#F5B93A",
    Utility.POWER: "#F28338",
    Utility.TELECOM: "#2CC79A",
    Utility.INDUSTRIAL: "#E6E6E6",
    Utility.TUNNEL: "#B8B8B8",
    Utility.DRAINAGE: "#BBA06F",
}
_SCHEMES: dict[tuple[ColourScheme, Theme], dict[Utility, str]] = {
    ("cjj61", "light"): _CJJ61_LIGHT,
    ("cjj61", "dark"): _CJJ61_DARK,
    ("safe", "light"): _SAFE_LIGHT,
    ("safe", "dark"): _SAFE_DARK,
}
_VERDICTS: dict[Theme, dict[Verdict, str]] = {
    "light": dict(VERDICT_COLOURS),
    "dark": {
        Verdict.CLEAR: "#4CC47E",
        Verdict.CANNOT_JUDGE: "#9AA5B5",
        Verdict.POSSIBLE: "#F5C84B",
        Verdict.LIKELY: "#FF8F4A",
        Verdict.CERTAIN: "#FF5964",
    },
}
_SEVERITIES: dict[Severity, str] = {
    Severity.NOTE: "#7A8494",
    Severity.MINOR: "#E0A800",
    Severity.MAJOR: "#EB6A1E",
    Severity.CRITICAL: "#D3202F",
}
_GROUND: dict[Theme, dict[StructureKind, str]] = {
    "light": {
        StructureKind.CARRIAGEWAY: "#E4E7EC",
        StructureKind.FOOTWAY: "#F0ECE6",
        StructureKind.GREEN: "#D8EBD3",
        StructureKind.WATERCOURSE: "#CFE6F3",
        StructureKind.PARCEL: "#FFFFFF00",
    },
    "dark": {
        StructureKind.CARRIAGEWAY: "#272D37",
        StructureKind.FOOTWAY: "#23272B",
        StructureKind.GREEN: "#1D2F25",
        StructureKind.WATERCOURSE: "#1B3344",
        StructureKind.PARCEL: "#00000000",
    },
}
_STRUCTURE_LINES: dict[Theme, dict[StructureKind, str]] = {
    "light": {
        StructureKind.CARRIAGEWAY: "#CDD2DA",
        StructureKind.FOOTWAY: "#DDD6CB",
        StructureKind.GREEN: "#BBD9B3",
        StructureKind.WATERCOURSE: "#9CC9E2",
        StructureKind.PARCEL: "#C8BFA8",
        StructureKind.ROAD_CENTRE: "#C2C8D2",
        StructureKind.KERB: "#B4BBC6",
        StructureKind.TREE: "#5FA05A",
        StructureKind.SHRUB: "#8BBB7C",
        StructureKind.RAILWAY: "#555C66",
        StructureKind.TRAM_RAIL: "#555C66",
    },
    "dark": {
        StructureKind.CARRIAGEWAY: "#39414D",
        StructureKind.FOOTWAY: "#373B40",
        StructureKind.GREEN: "#2E4A39",
        StructureKind.WATERCOURSE: "#2C5570",
        StructureKind.PARCEL: "#5B5544",
        StructureKind.ROAD_CENTRE: "#454E5B",
        StructureKind.KERB: "#535D6B",
        StructureKind.TREE: "#5FA05A",
        StructureKind.SHRUB: "#6E9A60",
        StructureKind.RAILWAY: "#8A93A0",
        StructureKind.TRAM_RAIL: "#8A93A0",
    },
}
_NAMED: dict[str, dict[Theme, str]] = {
    "ground": {"light": "#F7F8FA", "dark": "#14181F"},
    "building_fill": {"light": "#D9D3CAC8", "dark": "#3A404BC8"},
    "building_stroke": {"light": "#A79F92", "dark": "#59626F"},
    "permit_stroke": {"light": "#3C6DD0", "dark": "#7EA6FF"},
    "permit_fill": {"light": "#3C6DD014", "dark": "#7EA6FF18"},
    "suspicion_stroke": {"light": "#C81E4A", "dark": "#FF5C86"},
    "suspicion_fill": {"light": "#C81E4A38", "dark": "#FF5C8640"},
    "label": {"light": "#2A3240", "dark": "#DDE3EC"},
    "settled": {"light": "#9AA3B0", "dark": "#6C7686"},
    "gap": {"light": "#14181F", "dark": "#FFFFFF"},
    "hole": {"light": "#6A3FC8", "dark": "#B394FF"},
    "focus": {"light": "#C4202F", "dark": "#FF6B74"},
    "proposed": {"light": "#6A1FD0", "dark": "#C9A2FF"},
    "chosen": {"light": "#1769D2", "dark": "#4C9BFF"},
    "terrain": {"light": "#B7B09B8C", "dark": "#6B6A5F8C"},
    "halo": {"light": "#FFFFFF", "dark": "#14181F"},
}


def rgba(hex_color: str) -> RGBA:
    """`#RRGGBB` or `#RRGGBBAA` as four bytes."""
    digits = hex_color.lstrip("#")
    if len(digits) == 6:
        digits += "FF"
    return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16), int(digits[6:8], 16))


def named_color(name: str, theme: Theme) -> RGBA:
    """The colour of a part of the map, such as `ground` or `building_fill`."""
    return rgba(_NAMED[name][theme])


def utility_color(utility: Utility, *, scheme: ColourScheme, theme: Theme) -> RGBA:
    return rgba(_SCHEMES[scheme, theme][utility])


def utility_colors(request: DrawRequest) -> U8:
    """One colour a utility code, shape (codes, 4)."""
    table = _SCHEMES[request.scheme, request.theme]
    colors = np.zeros((max(int(u) for u in Utility) + 1, 4), dtype=np.uint8)
    for utility, value in table.items():
        colors[int(utility)] = rgba(value)
    return colors


def verdict_color(verdict: Verdict, theme: Theme) -> RGBA:
    return rgba(_VERDICTS[theme][verdict])


def verdict_colors(theme: Theme) -> U8:
    """One colour a verdict code, shape (codes, 4)."""
    colors = np.zeros((max(int(v) for v in Verdict) + 1, 4), dtype=np.uint8)
    for verdict, value in _VERDICTS[theme].items():
        colors[int(verdict)] = rgba(value)
    return colors


def severity_color(severity: Severity) -> RGBA:
    return rgba(_SEVERITIES[severity])


def structure_colors(theme: Theme) -> tuple[U8, U8]:
    """Fill and stroke a structure code, each of shape (codes, 4); transparent where none."""
    count = max(int(k) for k in StructureKind) + 1
    fill = np.zeros((count, 4), dtype=np.uint8)
    stroke = np.zeros((count, 4), dtype=np.uint8)
    stroke[:] = rgba("#8A93A0")
    for kind, value in _GROUND[theme].items():
        fill[int(kind)] = rgba(value)
    for kind, value in _STRUCTURE_LINES[theme].items():
        stroke[int(kind)] = rgba(value)
    return fill, stroke


def repeated(color: RGBA, count: int) -> U8:
    """One colour for `count` features, shape (count, 4)."""
    return np.tile(np.array(color, dtype=np.uint8), (count, 1))
