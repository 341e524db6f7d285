"""Pipes grouped by what the rules can tell apart: a city has some dozens of classes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.kernels.ordering import few_in_order
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Burial, Material, PressureClass, Utility
from baiyun_gis.rules.remembered import remembered
from baiyun_gis.rules.ruleset import RuleSet, Settings
from baiyun_gis.rules.selector import Lines, Selector

if TYPE_CHECKING:
    from baiyun_gis.kernels.classes import Told

_UTILITIES, _BURIALS, _PRESSURES, _MATERIALS = (
    max(map(int, vocabulary)) + 1 for vocabulary in (Utility, Burial, PressureClass, Material)
)


@dataclass(frozen=True, slots=True)
class LineClass:
    """What the rules know of one class of pipes.

    Numbers stand for all numbers that the rules treat alike; NaN and 0 are unknown or of no
    account for this kind.
    """

    utility: Utility
    burial: Burial
    size_mm: float
    pressure: PressureClass
    voltage_kv: float
    material: Material

    def missing(self, wanted: frozenset[str]) -> tuple[str, ...]:
        """Which of the wanted attributes are unknown."""
        unknown = {
            "burial": self.burial == Burial.UNKNOWN,
            "size": bool(np.isnan(self.size_mm)),
            "pressure": self.pressure == PressureClass.UNKNOWN,
            "voltage": bool(np.isnan(self.voltage_kv)),
        }
        return tuple(name for name, is_unknown in unknown.items() if is_unknown and name in wanted)


@dataclass(frozen=True, slots=True)
class PipeClasses:
    """Pipes by class: `class_of` has shape (n,), `classes` shape (count,)."""

    class_of: I32
    count: int
    classes: tuple[LineClass, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """A number line cut at the ends of all ranges: between and at the cuts all is alike.

    The cell of a value counts from 1 on, 0 where it is unknown or not above zero.
    """

    cuts: F64

    @property
    def values(self) -> F64:
        """One value for every cell; entry 0 is NaN, for unknown."""
        if not len(self.cuts):
            return np.array([np.nan, 1.0])
        edges = np.concatenate([[0.0], self.cuts, [self.cuts[-1] * 2 + 1]])
        between = (edges[:-1] + edges[1:]) / 2
        out = np.full(2 * len(self.cuts) + 2, np.nan)
        out[1::2], out[2::2] = between, self.cuts
        return out


@dataclass(frozen=True, slots=True)
class Vision:
    """What a rule set can tell apart: scales, and the attributes that matter to each utility."""

    size: Scale
    voltage: Scale
    wanted: dict[int, frozenset[str]]

    def matters(self, attribute: str) -> Bool:
        """By utility code: does the attribute matter?"""
        return np.array([attribute in self.wanted.get(u, ()) for u in range(_UTILITIES)])


def vision_of(rule_set: RuleSet) -> Vision:
    """What the rule set can tell apart."""
    return remembered(rule_set, "vision", rule_set, lambda: _vision(rule_set))


def _vision(rule_set: RuleSet) -> Vision:
    wanted: dict[int, set[str]] = {}
    for side in rule_set.selectors:
        for utility in side.utilities:
            known = wanted.setdefault(utility, set())
            known.update(
                name
                for name in ("burial", "size", "pressure", "voltage", "material")
                if side.restricts(name)
            )
    return Vision(
        size=_scale([s.size_mm for s in rule_set.selectors]),
        voltage=_scale([s.voltage_kv for s in rule_set.selectors]),
        wanted={utility: frozenset(names) for utility, names in wanted.items()},
    )


def _scale(ranges: list[object]) -> Scale:
    ends = {end for r in ranges if r is not None for end in getattr(r, "ends", ())}
    return Scale(np.array(sorted(ends), dtype=float))


def pipe_classes(rule_set: RuleSet, pipes: PipeTable) -> PipeClasses:
    """Pipes grouped by utility, laying, size cell, pressure, voltage cell and material.

    Attributes no row asks of a utility are left out, so there are few classes.
    """
    keys, class_of = few_in_order(class_keys(rule_set, pipes))
    # The same object for the same classes: what was asked about them before is known.
    question = ("classes", str(keys.dtype), keys.tobytes())
    classes = remembered(rule_set, question, rule_set, lambda: classes_of_keys(rule_set, keys))
    return PipeClasses(class_of, len(classes), classes)


def class_keys(rule_set: RuleSet, pipes: PipeTable) -> I64:
    """One number for what the rule set knows of each pipe; equal for pipes of one class.

    Its digits are utility, laying, size cell, pressure class, voltage cell and material.
    """
    from baiyun_gis.kernels.classes import Recorded, keys_of

    told = remembered(rule_set, "told apart", rule_set, lambda: _told(rule_set))
    lines = Recorded(
        pipes.utility,
        pipes.burial,
        pipes.material,
        pipes.pressure_class,
        pipes.nominal_mm,
        pipes.inner_width_m,
        pipes.outer_width_m,
        pipes.pressure_mpa,
        pipes.voltage_kv,
    )
    return keys_of(lines, told)


def _told(rule_set: RuleSet) -> Told:
    """What the rule set can tell apart, as the kernel takes it."""
    from baiyun_gis.kernels.classes import Told

    vision, settings = vision_of(rule_set), rule_set.settings
    bounds = [(b.up_to_mpa, b.is_inclusive, b.pressure_class) for b in settings.gas_pressure]
    return Told(
        size_cuts=vision.size.cuts,
        voltage_cuts=vision.voltage.cuts,
        matters=np.column_stack([vision.matters(name) for name in _MATTERING]),
        bases=np.array(_bases(vision)[1:]),
        bounds=np.array(bounds, dtype=np.float64).reshape(-1, 3),
        by_mpa=settings.pressure_from == "mpa",
    )


_MATTERING = ("size", "pressure", "voltage", "material")


def _bases(vision: Vision) -> tuple[int, ...]:
    """How many values each digit of a class may have."""
    sizes, voltages = len(vision.size.values), len(vision.voltage.values)
    return _UTILITIES, _BURIALS, sizes, _PRESSURES, voltages, _MATERIALS


def classes_of_keys(rule_set: RuleSet, keys: I64) -> tuple[LineClass, ...]:
    """The classes that `class_keys` numbers so."""
    vision = vision_of(rule_set)
    decoded: list[I64] = []
    rest = keys
    for base in reversed(_bases(vision)):
        rest, code = np.divmod(rest, base)
        decoded.append(code)
    return tuple(
        LineClass(
            utility=Utility(int(u)),
            burial=Burial(int(b)),
            size_mm=float(vision.size.values[s]),
            pressure=PressureClass(int(p)),
            voltage_kv=float(vision.voltage.values[v]),
            material=Material(int(m)),
        )
        for u, b, s, p, v, m in zip(*reversed(decoded), strict=True)
    )


def alternatives(line: LineClass, vision: Vision, settings: Settings) -> list[LineClass]:
    """What a line of the class may be, once what nobody recorded is filled in every way.

    Material is not filled in: rows that name one apply where it is recorded.
    """
    wanted = vision.wanted.get(int(line.utility), frozenset[str]())
    missing = line.missing(wanted)
    burials = [Burial(b) for b in settings.unknown_burial] if "burial" in missing else [line.burial]
    sizes = vision.size.values[1:] if "size" in missing else [line.size_mm]
    pressures = (
        [PressureClass(p) for p in settings.unknown_pressure]
        if "pressure" in missing
        else [line.pressure]
    )
    voltages = vision.voltage.values[1:] if "voltage" in missing else [line.voltage_kv]
    return [
        LineClass(line.utility, b, float(s), p, float(v), line.material)
        for b, s, p, v in itertools.product(burials, sizes, pressures, voltages)
    ]


def as_lines(classes: list[LineClass]) -> Lines:
    """Classes as columns to match selectors against."""
    table = np.array(
        [[c.utility, c.burial, c.size_mm, c.pressure, c.voltage_kv, c.material] for c in classes],
        dtype=float,
    ).reshape(-1, 6)
    return Lines(*table.T)


def mask_of(side: Selector | None, lines: Lines) -> Bool:
    """Which lines a side of a row speaks of; none where the row has no such side."""
    return np.zeros(len(lines.utility), np.bool_) if side is None else side.matches(lines)
