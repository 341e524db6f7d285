"""Which number applies to which pair of pipe classes, and why none where none does.

The narrowest row that fits wins; of equally narrow rows the strictest. What nobody recorded is
filled in every way the rule set allows; the strictest outcome counts and says what it assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from baiyun_gis.errors import RuleError
from baiyun_gis.model.columns import F64, I8, I32
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.classes import PipeClasses, pipe_classes
from baiyun_gis.rules.ordering import resolve_order
from baiyun_gis.rules.remembered import remembered
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import (
    NotCovered,
    PairRequirements,
    SingleRequirements,
    reasons_for_pairs,
)
from baiyun_gis.rules.ruleset import (
    KNOWN_CHECKS,
    ORDER_CHECKS,
    PAIR_CHECKS,
    PRESENCE_CHECKS,
    RuleRow,
    RuleSet,
)
from baiyun_gis.rules.sentences import pair_sentence, requirement_of
from baiyun_gis.rules.singles import (
    resolve_buildings,
    resolve_cover,
    resolve_lines,
    resolve_protection,
    resolve_slopes,
)
from baiyun_gis.rules.winners import PairWinners, Profiles, pair_winners, profiles_of

__all__ = [
    "NotCovered",
    "PairRequirements",
    "PipeClasses",
    "SingleRequirements",
    "pipe_classes",
    "resolve_buildings",
    "resolve_cover",
    "resolve_lines",
    "resolve_pairs",
    "resolve_protection",
    "resolve_slopes",
]


_OTHER_WAY = {"a_above": "b_above", "b_above": "a_above"}


def resolve_pairs(rule_set: RuleSet, check: str, classes: PipeClasses) -> PairRequirements:
    """The numbers of one check for every pair of classes.

    `check` is horizontal_clearance, vertical_clearance, one of the orders or a check of its own
    table. Raises `RuleError` for checks whose rows do not speak of two lines.
    """
    if check in KNOWN_CHECKS and check not in (
        *PAIR_CHECKS,
        *PRESENCE_CHECKS,
        *ORDER_CHECKS,
    ):
        raise RuleError("'{check}' is not a check of pairs of lines", check=check)
    work = partial(resolve_order if check in ORDER_CHECKS else _between_lines, check=check)
    return remembered(rule_set, check, classes.classes, lambda: work(rule_set, classes))


def _between_lines(rule_set: RuleSet, classes: PipeClasses, *, check: str) -> PairRequirements:
    rows = [row for row in rule_set.of_check(check) if _is_between_lines(row)]
    profiles = profiles_of(rule_set, rows, classes)
    winners = pair_winners(rows, profiles)
    requirement, requirements = _requirements(rule_set, rows, profiles, winners)
    spread = np.ix_(profiles.group_of, profiles.group_of)
    row = winners.row[spread]
    requirement = requirement[spread]
    return PairRequirements(
        required_m=_picked([r.min_m for r in rows], row),
        requirement=requirement,
        order=_order(rows, winners)[spread],
        requirements=requirements,
        with_plate_m=_picked([r.with_plate_m for r in rows], row),
        unless_above_m=_picked([r.unless_above_m for r in rows], row),
        why_not=reasons_for_pairs(classes.classes, requirement),
        strictest_m=_strictest(rows, profiles, classes),
    )


def _strictest(rows: Sequence[RuleRow], profiles: Profiles, classes: PipeClasses) -> F64:
    if not rows:
        return np.zeros(classes.count)
    numbers = np.array([row.min_m for row in rows], dtype=float)
    asked = np.where(profiles.on_a | profiles.on_b, numbers[:, None], 0.0).max(axis=0, initial=0.0)
    strictest = asked[profiles.may_be].max(axis=1, initial=0.0)[profiles.group_of]
    is_unknown = [line.utility is Utility.UNKNOWN for line in classes.classes]
    return np.where(is_unknown, numbers.max(initial=0.0), strictest)


def _is_between_lines(row: RuleRow) -> bool:
    return row.b is not None and not row.a.is_thing and not row.b.is_thing


def _picked(values: Sequence[float], row: I32) -> F64:
    return np.take(np.append(np.array(values, dtype=float), np.nan), row)


def _order(rows: Sequence[RuleRow], winners: PairWinners) -> I8:
    sign = {"a_above": 1, "b_above": -1}
    signs = np.array([*(sign.get(row.order, 0) for row in rows), 0], dtype=np.int8)
    picked = np.take(signs, winners.row)
    return np.where(winners.is_turned, -picked, picked).astype(np.int8)


def _requirements(
    rule_set: RuleSet,
    rows: Sequence[RuleRow],
    profiles: Profiles,
    winners: PairWinners,
) -> tuple[I32, tuple[Requirement, ...]]:
    """A requirement for every distinct way a row applies; groups are few, so pairs are walked."""
    index = np.full(winners.row.shape, -1, dtype=np.int32)
    known: dict[tuple[object, ...], int] = {}
    found: list[Requirement] = []
    missing = profiles.missing
    for i, j in zip(*np.nonzero(winners.row >= 0), strict=True):
        row = rows[int(winners.row[i, j])]
        is_turned = bool(winners.is_turned[i, j])
        a, b = (j, i) if is_turned else (i, j)
        assumed_a: frozenset[str] = frozenset()
        assumed_b: frozenset[str] = frozenset()
        if winners.is_open[i, j]:
            assumed_a, assumed_b = _assumed(rows, profiles, winners, (int(a), int(b)))
        order = _OTHER_WAY.get(row.order, "") if is_turned else row.order
        hidden_a = (missing[a] - assumed_a) & row.a.said
        hidden_b = (missing[b] - assumed_b) & (row.b or row.a).said
        key = (row.id, order, assumed_a | assumed_b, hidden_a, hidden_b)
        if key not in known:
            known[key] = len(found)
            found.append(
                requirement_of(
                    rule_set,
                    row,
                    pair_sentence(rule_set, row, hidden_a=hidden_a, hidden_b=hidden_b),
                    assumed=tuple(sorted(assumed_a | assumed_b)),
                    order=order,
                )
            )
        index[i, j] = known[key]
    return index, tuple(found)


def _assumed(
    rows: Sequence[RuleRow], profiles: Profiles, winners: PairWinners, pair: tuple[int, int]
) -> tuple[frozenset[str], frozenset[str]]:
    """Which missing attributes of each side the competing rows tell apart."""
    a, b = pair
    cells = np.ix_(profiles.may_be[a], profiles.may_be[b])
    rivals = [rows[r] for r in np.unique(winners.of_profiles[cells]) if r >= 0]
    sides = [side for row in rivals for side in (row.a, row.b) if side is not None]
    said = frozenset(name for side in sides for name in side.said)
    return profiles.missing[a] & said, profiles.missing[b] & said
