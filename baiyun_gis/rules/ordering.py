"""Which line should pass above which, from the ranks of an order list."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32
from baiyun_gis.rules.classes import PipeClasses, as_lines
from baiyun_gis.rules.requirement import Requirement, RuleState
from baiyun_gis.rules.resolved import (
    NotCovered,
    PairRequirements,
    reasons_for_lines,
    reasons_for_pairs,
)
from baiyun_gis.rules.ruleset import RuleRow, RuleSet
from baiyun_gis.rules.sentences import order_sentence, requirement_of


def resolve_order(
    rule_set: RuleSet, classes: PipeClasses, *, check: str = "vertical_order"
) -> PairRequirements:
    """The order of an order list for every pair of classes; lines of one rank have none.

    A row whose rank is a span (drainage of unsaid kind) has no order within that span. `order` is
    1 where the first class comes first (above, or outermost), −1 where the second does. The
    number is 0: what comes first is not to lie beyond the other.
    """
    rows = rule_set.of_check(check)
    rank_from, rank_to, row_of = _ranks(rows, classes)
    ranked = row_of >= 0
    both = ranked[:, None] & ranked[None, :]
    above = both & (rank_to[:, None] < rank_from[None, :])
    order = (above.astype(np.int8) - above.T.astype(np.int8)).astype(np.int8)
    requirement, requirements = _requirements(rule_set, rows, order, row_of)
    asked = order != 0
    size = order.shape
    return PairRequirements(
        required_m=np.where(asked, 0.0, np.nan),
        requirement=requirement,
        order=order,
        requirements=requirements,
        with_plate_m=np.full(size, np.nan),
        unless_above_m=np.full(size, np.nan),
        why_not=reasons_for_pairs(classes.classes, requirement),
        strictest_m=np.zeros(classes.count),
    )


def _ranks(rows: tuple[RuleRow, ...], classes: PipeClasses) -> tuple[F64, F64, I32]:
    utility = as_lines(list(classes.classes)).utility
    is_buried = ~np.isin(
        reasons_for_lines(classes.classes), [NotCovered.ABOVE_GROUND, NotCovered.INSIDE_STRUCTURE]
    )
    row_of = np.full(classes.count, -1, dtype=np.int32)
    for index, row in sorted(enumerate(rows), key=lambda item: item[1].specificity):
        # order lists name kinds only: how a line is laid does not move its rank
        row_of[np.isin(utility, list(row.a.utilities)) & is_buried] = index
    spans = np.array([row.rank for row in rows] or [(0, 0)], dtype=float)
    return spans[row_of, 0], spans[row_of, 1], row_of


def _requirements(
    rule_set: RuleSet, rows: tuple[RuleRow, ...], order: I8, row_of: I32
) -> tuple[I32, tuple[Requirement, ...]]:
    """Requirements for pairs of rows, spread over the pairs of classes."""
    index = np.full((len(rows) + 1, len(rows) + 1, 3), -1, dtype=np.int32)
    found: list[Requirement] = []
    for i, j in itertools.product(range(len(rows)), repeat=2):
        if rows[i].rank[1] < rows[j].rank[0]:
            index[i, j, 2] = len(found)
            found.append(_requirement(rule_set, rows[i], rows[j], "a_above"))
            index[j, i, 0] = len(found)
            found.append(_requirement(rule_set, rows[i], rows[j], "b_above"))
    return index[row_of[:, None], row_of[None, :], order + 1], tuple(found)


def _requirement(rule_set: RuleSet, upper: RuleRow, lower: RuleRow, word: str) -> Requirement:
    made = requirement_of(rule_set, upper, order_sentence(rule_set, upper, lower), order=word)
    return dataclasses.replace(
        made,
        rule_id=f"{upper.id}+{lower.id.rpartition('.')[2]}",
        state=RuleState(min(upper.state, lower.state)),
        min_m=0.0,
    )
