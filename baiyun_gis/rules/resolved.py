"""What the resolver hands back: numbers for pairs of classes and for single classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, Bool, Str
from baiyun_gis.model.vocabulary import Burial, PressureClass, Utility, Vocabulary
from baiyun_gis.rules.classes import LineClass
from baiyun_gis.rules.requirement import Requirement


class NotCovered(Vocabulary):
    """Why a rule set has no number for a pair of lines or for a line."""

    COVERED = (0, "covered", "有规定")
    NO_ROW = (1, "no_rule_for_these_kinds", "规则集对此类组合无规定")
    UNKNOWN_KIND = (2, "unknown_kind", "管线种类不明")
    ABOVE_GROUND = (3, "above_ground", "架空或地面敷设")
    INSIDE_STRUCTURE = (4, "inside_a_structure", "位于管廊或井室等构筑物内")
    PRESSURE_OUTSIDE = (5, "pressure_outside_the_table", "压力超出规则表范围")


@dataclass(frozen=True, slots=True)
class PairRequirements:
    """Numbers for every pair of classes; all matrices have shape (c, c).

    `required_m` is NaN and `requirement` is -1 where no rule applies, and `why_not` (codes of
    `NotCovered`) says why. `order`: 1 a must be above, -1 below, 0 either. `with_plate_m` is the
    smaller number that does with a separating plate, NaN where none. `unless_above_m`: the
    number is not asked where the upper side by `order` lies above the other by this much.
    `strictest_m` (c,) is the largest number any row asks of the class, whatever the other line
    is; of an unknown kind the largest of all. 0 where no row speaks of it.
    """

    required_m: F64
    requirement: I32
    order: I8
    requirements: tuple[Requirement, ...]
    with_plate_m: F64
    unless_above_m: F64
    why_not: I8
    strictest_m: F64

    @property
    def covered(self) -> Bool:
        """Pairs of classes the rule set speaks of."""
        return self.requirement >= 0


@dataclass(frozen=True, slots=True)
class SingleRequirements:
    """Numbers for classes, shape (c,), or (c, 3) by surface for cover.

    `measured_to` (c,) is "foundation", "outer_wall" or "" for building distances.
    """

    required_m: F64
    requirement: I32
    requirements: tuple[Requirement, ...]
    measured_to: Str
    why_not: I8

    @property
    def covered(self) -> Bool:
        """Classes the rule set speaks of."""
        return self.requirement >= 0


def reasons_for_lines(classes: tuple[LineClass, ...]) -> I8:
    """Why a line by itself can have no number, by class; shape (c,)."""
    return np.array([_reason(line) for line in classes], dtype=np.int8)


def reasons_for_pairs(classes: tuple[LineClass, ...], requirement: I32) -> I8:
    """Why pairs of classes have no number; the graver reason of the two sides. Shape (c, c)."""
    alone = reasons_for_lines(classes)
    return _settled(np.maximum(alone[:, None], alone[None, :]), requirement)


def reasons_for_singles(classes: tuple[LineClass, ...], requirement: I32) -> I8:
    """Why classes have no number; shape of `requirement`."""
    alone = reasons_for_lines(classes)
    spread = alone if requirement.ndim == 1 else np.repeat(alone[:, None], requirement.shape[1], 1)
    return _settled(spread, requirement)


def _settled(reason: I8, requirement: I32) -> I8:
    why = np.where(reason > 0, reason, np.int8(NotCovered.NO_ROW))
    return np.where(requirement >= 0, np.int8(NotCovered.COVERED), why).astype(np.int8)


def _reason(line: LineClass) -> NotCovered:
    if line.burial.is_above_ground:
        return NotCovered.ABOVE_GROUND
    if line.burial in {Burial.TUNNEL, Burial.IN_CHAMBER, Burial.CIVIL_DEFENCE}:
        return NotCovered.INSIDE_STRUCTURE
    if line.utility is Utility.UNKNOWN:
        return NotCovered.UNKNOWN_KIND
    if line.utility is Utility.GAS and line.pressure in {
        PressureClass.HIGH_A,
        PressureClass.HIGH_B,
    }:
        return NotCovered.PRESSURE_OUTSIDE
    return NotCovered.COVERED
