"""What the Chinese rule set asks of concrete lines, read row by row from the shipped tables.

Shares no code with the loader and the resolver. What nobody recorded is tried in every way and
the strictest outcome taken. Only what the random networks use is understood.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cache

from rule_cells import Cell, cells

RULE_SET = "gb50289-2016"
LAID = {"direct", "conduit", "duct_block", "trenchless", "underwater"}
BURIALS = {
    "direct_buried": {"direct", "underwater"},
    "conduit": {"conduit", "duct_block", "trenchless"},
    "duct_or_channel": {"conduit", "duct_block", "trenchless", "passage"},
}
DRAINS = {"sewage", "storm", "combined", "drainage"}
TABLE_PRESSURES = ("low", "medium_b", "medium_a", "subhigh_b", "subhigh_a")
FILES = {"horizontal_clearance": "horizontal.csv", "vertical_clearance": "vertical.csv"}


@dataclass(frozen=True)
class Facts:
    """What the rules know of one line; 0, "" and "unknown" are unknown."""

    utility: str
    burial: str
    size_mm: float = 0.0
    pressure: str = "unknown"
    voltage_kv: float = 0.0
    material: str = "unknown"

    def ways(self) -> list[Facts]:
        """The line with what is unknown filled in every way."""
        burials = ("direct", "conduit") if self.burial == "unknown" else (self.burial,)
        sizes = (self.size_mm,) if self.size_mm > 0 else (100.0, 250.0, 800.0)
        is_open = self.utility == "gas" and self.pressure == "unknown"
        pressures = TABLE_PRESSURES if is_open else (self.pressure,)
        voltages = (self.voltage_kv,) if self.voltage_kv > 0 else (10.0, 110.0)
        return [
            replace(self, burial=b, size_mm=s, pressure=p, voltage_kv=v)
            for b, s, p, v in itertools.product(burials, sizes, pressures, voltages)
        ]


def required_m(check: str, a: Facts, b: Facts) -> float | None:
    """The clearance asked between two lines, None where the tables have no number."""
    return _pair(check, *sorted((a, b), key=repr))


@cache
def _pair(check: str, a: Facts, b: Facts) -> float | None:
    found = [_of_concrete(check, p, q) for p in a.ways() for q in b.ways()]
    return max((number for number in found if number is not None), default=None)


@cache
def _of_concrete(check: str, a: Facts, b: Facts) -> float | None:
    hits = [
        (_narrowness(cell, "a") + _narrowness(cell, "b"), cell.min_m)
        for cell in _rows(FILES[check])
        if (_speaks_of(cell, "a", a) and _speaks_of(cell, "b", b))
        or (_speaks_of(cell, "a", b) and _speaks_of(cell, "b", a))
    ]
    return max(hits)[1] if hits else None


@cache
def cover_m(line: Facts) -> float | None:
    """The cover asked where nobody knows the surface: the stricter of both."""
    found = [_single("cover.csv", way, surface=s) for way in line.ways() for s in SURFACES]
    return max((number for number in found if number is not None), default=None)


SURFACES = ("carriageway", "non_carriageway")


@cache
def building_m(line: Facts) -> float | None:
    """The distance asked to a building."""
    found = [_single("building.csv", way) for way in line.ways()]
    return max((number for number in found if number is not None), default=None)


@cache
def thing_m(check: str, line: Facts, thing: str, *, voltage_kv: float, word: str) -> float | None:
    """The number asked of a concrete line and a concrete thing."""
    file = {"structure_clearance": "structure.csv", "river_bed": "watercourse.csv"}[check]
    hits = [
        (_narrowness(cell, "a"), cell.min_m)
        for cell in _rows(file)
        if cell["b"] == thing
        and _speaks_of(cell, "a", line)
        and _in_range(cell["b_voltage_kv"], voltage_kv)
        and (not word or cell["b_detail"] == word)
    ]
    return max(hits)[1] if hits else None


def rank(line: Facts) -> tuple[int, int] | None:
    """Place from above in the order list, from and to."""
    if line.burial in {"tunnel", "overhead", "rack", "ground", "in_chamber", "civil_defence"}:
        return None
    for cell in _rows("order.csv"):
        if cell["a"] == line.utility:
            first, _, last = cell["rank"].partition("-")
            return int(first), int(last or first)
    return None


@cache
def _rows(file: str) -> list[Cell]:
    return cells(RULE_SET, file)


def _single(file: str, line: Facts, *, surface: str = "") -> float | None:
    hits = [
        (_narrowness(cell, "a"), cell.min_m)
        for cell in _rows(file)
        if cell["surface"] == surface and _speaks_of(cell, "a", line)
    ]
    return max(hits)[1] if hits else None


def _speaks_of(cell: Cell, side: str, line: Facts) -> bool:
    kind = cell[side]
    named = {b for word in cell[f"{side}_burial"].split("|") if word for b in BURIALS[word]}
    laid = named or LAID
    if kind == "trench":
        return line.burial in {"trench", "passage"}
    if kind == "any_line":
        return line.utility != "unknown" and line.burial in laid | {"trench", "passage"}
    if kind == "sewage_rain":
        is_kind = line.utility in DRAINS
    elif kind == "heat_direct":
        is_kind = line.utility == "heat" and line.burial != "duct_block"
    elif kind == "gas":
        is_kind = line.utility == "gas" and line.pressure in TABLE_PRESSURES
    else:
        is_kind = line.utility == kind
    return is_kind and line.burial in laid and _details_fit(cell, side, line)


def _details_fit(cell: Cell, side: str, line: Facts) -> bool:
    pressures, material = cell[f"{side}_pressure"], cell[f"{side}_material"]
    return (
        _in_range(cell[f"{side}_size_mm"], line.size_mm)
        and _in_range(cell[f"{side}_voltage_kv"], line.voltage_kv)
        and (not pressures or line.pressure in pressures.split("|"))
        and (not material or line.material == material)
    )


def _in_range(text: str, value: float) -> bool:
    if not text:
        return True
    sign = text.rstrip("0123456789.")
    end = float(text[len(sign) :])
    return {"<=": value <= end, ">=": value >= end, "<": value < end, ">": value > end}[sign]


def _narrowness(cell: Cell, side: str) -> int:
    said = ("burial", "size_mm", "pressure", "voltage_kv", "material")
    of_kind = {"trench": 1, "heat_direct": 3, "sewage_rain": 1, "gas": 3}.get(cell[side], 2)
    return of_kind + sum(bool(cell[f"{side}_{name}"]) for name in said)
