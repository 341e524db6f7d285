"""Which lines a cell of a rule table speaks of: kind, laying, size, pressure, voltage, material."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from baiyun_gis.errors import RuleError
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, Bool
from baiyun_gis.model.vocabulary import Material, PressureClass, Utility
from baiyun_gis.rules.labels import either, label, with_details, word

ATTRIBUTES = ("burial", "size", "pressure", "voltage", "material")
THINGS = {
    "building": label("building", "建（构）筑物"),
    "tree": label("tree", "乔木"),
    "shrub": label("shrub", "灌木"),
    "pole": label("pole", "杆柱"),
    "tower": label("pylon", "铁塔"),
    "kerb": label("kerb", "道路侧石边缘"),
    "tram_rail": label("tram rail", "有轨电车钢轨"),
    "railway": label("railway", "铁路钢轨（或坡脚）"),
    "culvert_base": label("culvert base", "涵洞（基底）"),
    "tram_rail_bottom": label("bottom of tram rail", "电车（轨底）"),
    "railway_rail_bottom": label("bottom of railway rail", "铁路（轨底）"),
    "river_bed": label("river bed", "河底"),
    "open_channel_bottom": label("bottom of open channel", "明渠（渠底）"),
    "pipe_rack": label("pipe rack", "管架"),
    "road_edge": label("road edge", "道路边缘"),
    "road": label("road", "公路"),
}
DETAILS = {
    "channel class I-V": label("channel class I-V", "Ⅰ~Ⅴ级航道"),
    "channel class VI-VII": label("channel class VI-VII", "Ⅵ~Ⅶ级航道"),
    "other river": label("other river", "其他河道"),
    "electrified": label("electrified", "电气化"),
    "non_electrified": label("not electrified", "非电气化"),
    "DC_electrified": label("electrified, direct current", "直流电气化"),
    "non_DC": label("not direct current", "非直流电气化"),
    "telecom, lighting": label("telecom, lighting", "通信、照明"),
    "foundation edge": label("foundation edge", "基础边"),
    "foundation": label("foundation", "基础"),
    "rail_or_toe": label("rail or toe of slope", "钢轨或坡脚"),
}
"""Words about things in the shipped tables, as people read them."""
_TERM = re.compile(r"^\s*(<=|>=|<|>|≤|≥)\s*([0-9]+(?:\.[0-9]+)?)\s*$")
_SPAN = re.compile(r"^\s*([0-9]+(?:\.[0-9]+)?)\s*(?:-|–|~)\s*([0-9]+(?:\.[0-9]+)?)\s*$")


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of a number line; which ends belong to it is part of it."""

    low: float = -math.inf
    high: float = math.inf
    has_low: bool = False
    has_high: bool = False

    def holds(self, value: F64) -> Bool:
        """Which values lie in the range; NaN never does."""
        above = value >= self.low if self.has_low else value > self.low
        below = value <= self.high if self.has_high else value < self.high
        return above & below

    @property
    def ends(self) -> tuple[float, ...]:
        """The finite ends."""
        return tuple(end for end in (self.low, self.high) if math.isfinite(end))

    def __str__(self) -> str:
        if math.isinf(self.low):
            return f"{'≤' if self.has_high else '<'} {self.high:g}"
        if math.isinf(self.high):
            return f"{'≥' if self.has_low else '>'} {self.low:g}"
        return f"{self.low:g}–{self.high:g}"


def parsed_range(text: str) -> Range:
    """A range from `<=200`, `>200`, `>=35`, `<35` or `200-300` (above 200, up to 300).

    Raises `RuleError` for anything else.
    """
    term, span = _TERM.match(text), _SPAN.match(text)
    if span:
        low, high = float(span.group(1)), float(span.group(2))
        if low < high:
            return Range(low, high, has_low=False, has_high=True)
    if term:
        sign, number = term.group(1), float(term.group(2))
        match sign:
            case "<=" | "≤":
                return Range(high=number, has_high=True)
            case "<":
                return Range(high=number)
            case ">=" | "≥":
                return Range(low=number, has_low=True)
            case _:
                return Range(low=number)
    raise RuleError("'{text}' is not a range; write it like <=200, >200 or 200-300", text=text)


@dataclass(frozen=True, slots=True)
class Lines:
    """Concrete lines to match selectors against; all arrays have shape (n,)."""

    utility: F64
    burial: F64
    size: F64
    pressure: F64
    voltage: F64
    material: F64


@dataclass(frozen=True, slots=True)
class Selector:
    """One side of a rule row.

    `utilities` is empty for a thing that is not a line (building, tree …). `said` names the
    attributes that the row, or the kind it uses, restricts on purpose.
    """

    kind: str
    label: Message
    utilities: frozenset[int] = frozenset()
    burials: frozenset[int] = frozenset()
    burial_label: Message | None = None
    size_mm: Range | None = None
    pressures: frozenset[int] | None = None
    voltage_kv: Range | None = None
    materials: frozenset[int] | None = None
    said: frozenset[str] = frozenset()
    detail: str = ""

    @property
    def is_thing(self) -> bool:
        """Speaks of something that is not a line."""
        return not self.utilities

    @property
    def specificity(self) -> int:
        """How narrow it is: one utility 2, a group 1, any 0, and 1 for each said attribute."""
        count = len(self.utilities)
        by_kind = 2 if count == 1 else int(count < len(Utility) - 1)
        return by_kind + len(self.said)

    def matches(self, lines: Lines) -> Bool:
        """Which of the lines it speaks of, shape (n,). Unknown attributes never match."""
        if self.is_thing:
            return np.zeros(len(lines.utility), dtype=np.bool_)
        hit = np.isin(lines.utility, list(self.utilities))
        hit &= np.isin(lines.burial, list(self.burials))
        if self.size_mm is not None:
            hit &= self.size_mm.holds(lines.size)
        if self.pressures is not None:
            hit &= np.isin(lines.pressure, list(self.pressures))
        if self.voltage_kv is not None:
            hit &= self.voltage_kv.holds(lines.voltage)
        if self.materials is not None:
            hit &= np.isin(lines.material, list(self.materials))
        return hit

    def restricts(self, attribute: str) -> bool:
        """Does the match depend on the attribute (one of `ATTRIBUTES`)?"""
        return attribute == "burial" or getattr(self, _FIELDS[attribute]) is not None

    def phrase(self, *, without: frozenset[str] = frozenset()) -> Message:
        """It in words, leaving out attributes that decided nothing: `water (d > 200 mm)`."""
        details: list[Message] = []
        said = self.said - without
        if "size" in said and self.size_mm is not None:
            details.append(msg("d {range} mm", range=str(self.size_mm)))
        if "pressure" in said and self.pressures is not None:
            details.append(either([word(PressureClass(p)) for p in sorted(self.pressures)]))
        if "burial" in said and self.burial_label is not None:
            details.append(self.burial_label)
        if "voltage" in said and self.voltage_kv is not None:
            details.append(msg("{range} kV", range=str(self.voltage_kv)))
        if "material" in said and self.materials is not None:
            details.append(either([word(Material(m)) for m in sorted(self.materials)]))
        if self.detail:
            details.append(DETAILS.get(self.detail, label(self.detail)))
        return with_details(self.label, details)


_FIELDS = {
    "size": "size_mm",
    "pressure": "pressures",
    "voltage": "voltage_kv",
    "material": "materials",
}
