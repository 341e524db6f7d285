"""A rule set as a value: rows with their clauses, and the settings that go with them."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.language import Message
from baiyun_gis.model.vocabulary import Burial, PressureClass, Surface
from baiyun_gis.rules.requirement import RuleState
from baiyun_gis.rules.selector import Selector

PAIR_CHECKS = ("horizontal_clearance", "vertical_clearance")
PRESENCE_CHECKS = ("directly_above",)
"""Checks of pairs of lines whose rows carry no number: what they speak of is not to be."""
ORDER_CHECKS = ("vertical_order", "road_order", "plot_order")
SINGLE_CHECKS = ("cover", "building_clearance", "protection_zone", "gravity_slope")
BETWEEN_THINGS = "thing_clearance"
"""The check of the rows of structure tables that speak of two things, neither of them a line."""
THING_CHECKS = (
    "structure_clearance",
    BETWEEN_THINGS,
    "structure_vertical_clearance",
    "river_bed",
    "crossing_angle",
)
SIDEWAYS_M = 10.0
"""An angle counts as how far a line gets sideways within this length: this times its sine."""
KNOWN_CHECKS = PAIR_CHECKS + PRESENCE_CHECKS + ORDER_CHECKS + SINGLE_CHECKS + THING_CHECKS
"""Checks whose rows have a fixed form; those of other checks name a line and, if need be, a second
side, and a distance in metres."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed a shipped number, when and why."""

    by: str
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One cell of a rule table: what a clause asks of two sides.

    `min_m` is in metres; of gravity_slope rows it is metres of fall for each metre, of
    crossing_angle rows `SIDEWAYS_M` × sine of `min_deg`, and 0 where a row carries no number.

    `order` is "a_above", "b_above" or "". `unless_above_m`: a horizontal distance is not asked
    where side a lies above side b by at least this much. `rank` is the place in an order list,
    from and to, counted downward or outward from 1. `where` is file and row.
    """

    id: str
    check: str
    a: Selector
    b: Selector | None
    min_m: float
    clause: str
    table: str
    state: RuleState
    is_mandatory: bool
    note: str = ""
    source: str = ""
    min_deg: float = float("nan")
    with_plate_m: float = float("nan")
    unless_above_m: float = float("nan")
    order: str = ""
    surface: Surface = Surface.UNKNOWN
    measured_to: str = ""
    rank: tuple[int, int] = (0, 0)
    changed: Changed | None = None
    where: str = ""

    @property
    def specificity(self) -> int:
        """How narrow the row is; the narrowest row that fits wins."""
        return self.a.specificity + (self.b.specificity if self.b else 0)


@dataclass(frozen=True, slots=True)
class PressureBound:
    """The upper end of one gas pressure class, in MPa."""

    pressure_class: PressureClass
    up_to_mpa: float
    is_inclusive: bool


DEEPEST_TRENCH_M = 30.0
"""No open trench goes deeper below a foundation than this."""


@dataclass(frozen=True, slots=True)
class DeepFoundation:
    """What a set asks of lines deeper than a foundation: (H − h) ÷ tan α and working space.

    `friction_deg` is the soil's α and `working_space_m` lies to each side of the line; nobody
    records either, so the set states them. `least_m` is asked however little deeper it is.
    """

    clause: str
    state: RuleState
    friction_deg: float
    working_space_m: float
    least_m: float = 0.0

    @property
    def tangent(self) -> float:
        return math.tan(math.radians(self.friction_deg))

    def clear_m(self, deeper_m: F64) -> F64:
        """Least distance from the wall of a line that lies `deeper_m` below a foundation.

        Depth beyond that of any open trench asks no more: it is a tunnel, or a wrong level.
        """
        trench_m = np.minimum(deeper_m, DEEPEST_TRENCH_M)
        return np.maximum(trench_m / self.tangent + self.working_space_m, self.least_m)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole rule set.

    `unknown_burial` and `unknown_pressure` are what a line may be whose laying or pressure class
    nobody recorded. `pressure_from` is "class" (a recorded class wins over MPa) or "mpa".
    """

    crossing_angle_deg: float = 15.0
    tolerance_m: float = 0.001
    gas_pressure: tuple[PressureBound, ...] = ()
    pressure_from: str = "class"
    laid: frozenset[int] = frozenset({int(Burial.DIRECT)})
    unknown_burial: tuple[int, ...] = (int(Burial.DIRECT),)
    unknown_pressure: tuple[int, ...] = ()
    deep_foundation: DeepFoundation | None = None


@dataclass(frozen=True)
class RuleSet:
    """A rule set, ready for the resolver. `sha256` is over the content of its files."""

    id: str
    title: Message
    edition: str
    sha256: str
    settings: Settings
    rows: tuple[RuleRow, ...]
    publisher: Message
    language: str = "en"
    remarks: tuple[Message, ...] = field(default_factory=tuple[Message, ...])

    def of_check(self, check: str) -> tuple[RuleRow, ...]:
        """The rows of one check, in file order."""
        return self._by_check.get(check, ())

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that have rows: the known ones in their order, then others as they come."""
        known = [check for check in KNOWN_CHECKS if check in self._by_check]
        return (*known, *(check for check in self._by_check if check not in KNOWN_CHECKS))

    @cached_property
    def _by_check(self) -> dict[str, tuple[RuleRow, ...]]:
        grouped: dict[str, list[RuleRow]] = {}
        for row in self.rows:
            grouped.setdefault(row.check, []).append(row)
        return {check: tuple(rows) for check, rows in grouped.items()}

    @cached_property
    def answers(self) -> dict[Hashable, tuple[object, Any]]:
        """What was worked out from this set before; see `rules.remembered`."""
        return {}

    @cached_property
    def selectors(self) -> tuple[Selector, ...]:
        """All sides of all rows that speak of lines."""
        sides = [side for row in self.rows for side in (row.a, row.b) if side is not None]
        return tuple(side for side in sides if not side.is_thing)
