"""What the rules ask of pairs of lines, looked up by the classes of both.

A cell is the place of both classes in the matrices of a rule set: class × classes + class; cells
of pairs with a plate between them follow after those without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.checks.joints import REASONS
from baiyun_gis.kernels.overlapping import ByCell
from baiyun_gis.kernels.segments import owned
from baiyun_gis.model.columns import F64, I8, I32, I64
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import NotCovered

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.pairs import PipePairs

PAIR_REASONS = (
    *REASONS,
    *(member.key for member in NotCovered if member > NotCovered.UNKNOWN_KIND),
    "no_rule",
    "crossing",
    "lies_above",
    "beside_crossing",
)
"""Names of all reasons a pair of lines is set aside for; 0 is nothing."""
NO_RULE, CROSSING, LIES_ABOVE, BESIDE_CROSSING = (
    PAIR_REASONS.index(name) for name in ("no_rule", "crossing", "lies_above", "beside_crossing")
)
_WITHOUT = np.array(
    [PAIR_REASONS.index(member.key) if member.key in PAIR_REASONS else 0 for member in NotCovered],
    dtype=np.int8,
)
_WITHOUT[NotCovered.NO_ROW] = NO_RULE

Column = TypeVar("Column", bound=NDArray[Any])

WIDEST = "horizontal_clearance"
"""The check that looks furthest for other lines."""


@dataclass(frozen=True, slots=True)
class ByPair(Generic[Column]):
    """A column by segment pair that is looked up where it is asked for: a value a cell."""

    values: Column
    cell: I32

    def __getitem__(self, rows: I64) -> Column:
        return self.values[self.cell[rows]]  # pyright: ignore[reportReturnType]

    def every(self) -> Column:
        """The values of all segment pairs."""
        return self.values[self.cell]  # pyright: ignore[reportReturnType]


class Asked(NamedTuple):
    """What a check asks of two classes of lines, by cell; as in `Requirements`."""

    required_m: F64
    limit_m: F64
    requirement: I32
    why_not: I8
    order: I8
    unless_above_m: F64


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a check asks of each segment pair: all shape (pairs,).

    `required_m` is NaN and `requirement` −1 where the rule set has no number; `why_not` then
    says why (codes into `PAIR_REASONS`). `limit_m` is the number to search by: the strictest the
    known side can meet where the other side's kind is unknown. `order` is 1 where a must be
    above, −1 below. `unless_above_m`: not asked where the upper one lies above by this much.
    """

    asked: Asked
    cell: I32
    requirements: tuple[Requirement, ...]

    @property
    def required_m(self) -> ByPair[F64]:
        return ByPair(self.asked.required_m, self.cell)

    @property
    def limit_m(self) -> ByPair[F64]:
        return ByPair(self.asked.limit_m, self.cell)

    @property
    def requirement(self) -> ByPair[I32]:
        return ByPair(self.asked.requirement, self.cell)

    @property
    def why_not(self) -> ByPair[I8]:
        return ByPair(self.asked.why_not, self.cell)

    @property
    def order(self) -> ByPair[I8]:
        return ByPair(self.asked.order, self.cell)

    @property
    def unless_above_m(self) -> ByPair[F64]:
        return ByPair(self.asked.unless_above_m, self.cell)

    def by_cell(self) -> ByCell:
        """The same as the kernels read it."""
        asked = self.asked
        return ByCell(asked.required_m, asked.limit_m, asked.why_not, owned(self.cell, np.int32))


def limits_of(ctx: CheckContext, check: str) -> tuple[F64, F64]:
    """What a check requires and searches by, by cell: without a plate, then with one recorded."""
    return ctx.of_classes("limits", check, lambda: _limits_of(ctx, check))


def _limits_of(ctx: CheckContext, check: str) -> tuple[F64, F64]:
    matrix = ctx.asked_of(check)
    least = np.minimum(matrix.strictest_m[:, None], matrix.strictest_m)
    is_unknown = matrix.why_not == NotCovered.UNKNOWN_KIND
    open_limit = np.where(least > 0, least, np.nan)
    plate = matrix.with_plate_m
    required = np.stack([matrix.required_m, np.where(np.isnan(plate), matrix.required_m, plate)])
    return required.ravel(), np.where(is_unknown, open_limit, required).ravel()


def required_by_cell_m(ctx: CheckContext, check: str) -> F64:
    """What a check requires of classes of lines, by `PipePairs.cell`; NaN nothing."""
    return limits_of(ctx, check)[0]


def why_not_by_cell(ctx: CheckContext, check: str) -> I8:
    """Why a check asks nothing of classes of lines (code of `PAIR_REASONS`); 0 where it asks."""
    return ctx.of_classes("why not", check, lambda: _why_not_by_cell(ctx, check))


def _why_not_by_cell(ctx: CheckContext, check: str) -> I8:
    told = np.tile(_WITHOUT[ctx.asked_of(check).why_not.ravel()], 2)
    silent = (told == 0) & np.isnan(limits_of(ctx, check)[1])
    return np.where(silent, NO_RULE, told).astype(np.int8)


def requirements_of(ctx: CheckContext, check: str, pairs: PipePairs) -> Requirements:
    """What one check asks of every segment pair; a recorded plate takes the number for plates."""
    asked, requirements = ctx.of_classes("by cell", check, lambda: _asked(ctx, check))
    return Requirements(asked, pairs.cell, requirements)


def _asked(ctx: CheckContext, check: str) -> tuple[Asked, tuple[Requirement, ...]]:
    matrix = ctx.asked_of(check)
    required, limit = limits_of(ctx, check)
    asked = Asked(
        required_m=required,
        limit_m=limit,
        requirement=np.tile(matrix.requirement.ravel(), 2),
        why_not=why_not_by_cell(ctx, check),
        order=np.tile(matrix.order.ravel(), 2),
        unless_above_m=np.tile(matrix.unless_above_m.ravel(), 2),
    )
    return asked, matrix.requirements


def subjects_of(ctx: CheckContext, check: str) -> int:
    """How many selected pipes the check has a number for, with some line there is."""
    return ctx.of_asked("subjects", check, lambda: _subjects_of(ctx, check))


def _subjects_of(ctx: CheckContext, check: str) -> int:
    speaks = ctx.of_classes(
        "speaks", check, lambda: ctx.asked_of(check).covered.any(axis=1).astype(np.int64)
    )
    return int(np.dot(speaks, ctx.selected_of_class))
