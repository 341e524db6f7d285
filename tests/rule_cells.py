"""Rule cells read straight from the shipped CSV files, and lines that lie in them.

Shares no code with the reader and the resolver, so that tests can hold these against it.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

from baiyun_gis.model.vocabulary import Burial, Material, PressureClass, Utility

GROUPS = {
    "sewage_rain": ("sewage", "storm", "combined", "drainage"),
    "heat_direct": ("heat",),
    "gas_of_any_pressure": ("gas",),
    "trench": ("water", "sewage", "gas", "heat", "power", "telecom", "industrial"),
    "tunnel_jacked": ("tunnel",),
    "any_line": ("water", "sewage", "gas", "power", "telecom", "industrial"),
    "other_pipe": ("water", "storm", "sewage", "industrial"),
}
LAYINGS = {
    "": Burial.DIRECT,
    "direct_buried": Burial.DIRECT,
    "conduit": Burial.CONDUIT,
    "duct_or_channel": Burial.DUCT_BLOCK,
}


@dataclass(frozen=True)
class Cell:
    """One row of a shipped table, as text."""

    rule_set: str
    file: str
    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def name(self) -> str:
        return f"{self.rule_set}/{self['rule']}"

    @property
    def min_m(self) -> float:
        return float(self["min_m"])


def cells(rule_set: str, file: str) -> list[Cell]:
    """The rows of one shipped table."""
    path = resources.files("baiyun_gis.rules.builtin") / rule_set / file
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return [Cell(rule_set, file, {k: v or "" for k, v in row.items()}) for row in rows]


def lines_in(cell: Cell, side: str) -> list[dict[str, Any]]:
    """Attributes of lines that lie in one side of a cell, one for each utility it speaks of."""
    return [_line(cell, side, utility) for utility in GROUPS.get(cell[side], (cell[side],))]


def line_in(cell: Cell, side: str) -> dict[str, Any]:
    """Attributes of one line that lies in one side of a cell."""
    return lines_in(cell, side)[0]


def _line(cell: Cell, side: str, utility: str) -> dict[str, Any]:
    out: dict[str, Any] = {"utility": Utility.from_key(utility)}
    first = cell[f"{side}_burial"].split("|")[0]
    of_kind = {"trench": Burial.TRENCH, "tunnel_jacked": Burial.TRENCHLESS}
    out["burial"] = of_kind.get(cell[side], LAYINGS[first])
    out["nominal_mm"] = _inside(cell[f"{side}_size_mm"], usual=400.0)
    pressure = cell[f"{side}_pressure"].split("|")[0]
    if utility == "gas":
        out["pressure_class"] = PressureClass.from_key(pressure or "medium_a")
    if utility == "power":
        out["voltage_kv"] = _inside(cell[f"{side}_voltage_kv"], usual=10.0)
    material = cell[f"{side}_material"].split("|")[0]
    out["material"] = Material.from_key(material) if material else Material.UNKNOWN
    return out


def _inside(text: str, *, usual: float) -> float:
    match = re.fullmatch(r"(<=|>=|<|>)(\d+(?:\.\d+)?)", text)
    if match is None:
        return usual
    end = float(match[2])
    return {"<=": end, ">=": end, "<": end / 2, ">": end + 1}[match[1]]
