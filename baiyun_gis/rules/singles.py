"""Numbers for single lines: cover by surface, distance to buildings, protection zones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from baiyun_gis.language import Message
from baiyun_gis.model.columns import F64, I32, Str
from baiyun_gis.model.vocabulary import Surface
from baiyun_gis.rules.classes import PipeClasses
from baiyun_gis.rules.remembered import remembered
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import SingleRequirements, reasons_for_singles
from baiyun_gis.rules.ruleset import RuleRow, RuleSet
from baiyun_gis.rules.sentences import requirement_of, single_sentence
from baiyun_gis.rules.winners import profiles_of, strength_of


def resolve_cover(rule_set: RuleSet, classes: PipeClasses) -> SingleRequirements:
    """Least cover by class and surface, shape (c, 3).

    Where the surface is unknown the stricter of the two counts and says that it was assumed.
    """
    return remembered(rule_set, "cover", classes.classes, lambda: _covers(rule_set, classes))


def _covers(rule_set: RuleSet, classes: PipeClasses) -> SingleRequirements:
    ledger = RuleNumbers(rule_set)
    columns: dict[Surface, tuple[F64, I32]] = {}
    for surface in (Surface.CARRIAGEWAY, Surface.NON_CARRIAGEWAY):
        rows = [row for row in rule_set.of_check("cover") if row.surface is surface]
        columns[surface] = resolved_rows(rule_set, rows, classes, ledger)
    columns[Surface.UNKNOWN] = _stricter(
        columns[Surface.CARRIAGEWAY], columns[Surface.NON_CARRIAGEWAY], ledger
    )
    required = np.stack([columns[Surface(s)][0] for s in range(3)], axis=1)
    index = np.stack([columns[Surface(s)][1] for s in range(3)], axis=1)
    return SingleRequirements(
        required_m=required,
        requirement=index,
        requirements=tuple(ledger.found),
        measured_to=np.full(classes.count, "", dtype=object),
        why_not=reasons_for_singles(classes.classes, index),
    )


def resolve_lines(rule_set: RuleSet, check: str, classes: PipeClasses) -> SingleRequirements:
    """The distance a check asks of single lines, by class, shape (c,); rows of one side count."""

    def resolved() -> SingleRequirements:
        rows = [row for row in rule_set.of_check(check) if row.b is None and not row.a.is_thing]
        return _one_per_class(rule_set, rows, classes)

    return remembered(rule_set, check, classes.classes, resolved)


def resolve_buildings(rule_set: RuleSet, classes: PipeClasses) -> SingleRequirements:
    """Least distance to buildings by class, and what it is measured to."""
    return resolve_lines(rule_set, "building_clearance", classes)


def resolve_protection(rule_set: RuleSet, classes: PipeClasses) -> SingleRequirements:
    """Width of the protection zone by class: no building may stand within it."""
    return resolve_lines(rule_set, "protection_zone", classes)


def resolve_slopes(rule_set: RuleSet, classes: PipeClasses) -> SingleRequirements:
    """Least slope of gravity lines by class, metres of fall for each metre."""
    return resolve_lines(rule_set, "gravity_slope", classes)


class RuleNumbers:
    """Requirements made so far, each distinct one once."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self.found: list[Requirement] = []
        self._known: dict[tuple[object, ...], int] = {}

    def number(self, key: tuple[object, ...], make: Callable[[], Requirement]) -> int:
        if key not in self._known:
            self._known[key] = len(self.found)
            self.found.append(make())
        return self._known[key]


def _one_per_class(
    rule_set: RuleSet, rows: Sequence[RuleRow], classes: PipeClasses
) -> SingleRequirements:
    ledger = RuleNumbers(rule_set)
    required, index = resolved_rows(rule_set, rows, classes, ledger)
    by_id = {row.id: row.measured_to for row in rows}
    measured: Str = np.array(
        [by_id[ledger.found[i].rule_id] if i >= 0 else "" for i in index], dtype=object
    )
    return SingleRequirements(
        required_m=required,
        requirement=index,
        requirements=tuple(ledger.found),
        measured_to=measured,
        why_not=reasons_for_singles(classes.classes, index),
    )


Sentence = Callable[[RuleSet, RuleRow, frozenset[str]], Message]


def resolved_rows(
    rule_set: RuleSet,
    rows: Sequence[RuleRow],
    classes: PipeClasses,
    ledger: RuleNumbers,
    *,
    sentence: Sentence = single_sentence,
) -> tuple[F64, I32]:
    """Number and requirement for each class by what side a of rows says of one line."""
    required = np.full(classes.count, np.nan)
    index = np.full(classes.count, -1, dtype=np.int32)
    if not rows or not classes.count:
        return required, index
    profiles = profiles_of(rule_set, rows, classes)
    strength = np.where(profiles.on_a, strength_of(rows)[:, None], -np.inf)
    best = np.where(np.isfinite(strength).any(axis=0), strength.argmax(axis=0), -1)
    for number in range(classes.count):
        group = profiles.group_of[number]
        rivals = best[profiles.may_be[group]]
        asked = [rows[r].min_m if r >= 0 else -1.0 for r in rivals]
        if max(asked) < 0:
            continue
        row = rows[rivals[int(np.argmax(asked))]]
        missing = profiles.missing[group]
        assumed = _assumed(rows, rivals, asked) & missing
        hidden = (missing - assumed) & row.a.said
        required[number] = row.min_m
        index[number] = ledger.number(
            (row.id, tuple(sorted(assumed)), tuple(sorted(hidden))),
            lambda row=row, assumed=assumed, hidden=hidden: requirement_of(
                rule_set,
                row,
                sentence(rule_set, row, hidden),
                assumed=tuple(sorted(assumed)),
            ),
        )
    return required, index


def _assumed(rows: Sequence[RuleRow], rivals: np.ndarray, asked: Sequence[float]) -> frozenset[str]:
    if max(asked) == min(asked):
        return frozenset()
    return frozenset(name for r in rivals if r >= 0 for name in rows[r].a.said)


def _stricter(
    carriageway: tuple[F64, I32], other: tuple[F64, I32], ledger: RuleNumbers
) -> tuple[F64, I32]:
    """The stricter of two surfaces, marked as assumed where the two differ."""
    first, second = np.nan_to_num(carriageway[0], nan=-1.0), np.nan_to_num(other[0], nan=-1.0)
    takes_first = first >= second
    required = np.where(takes_first, carriageway[0], other[0])
    index = np.where(takes_first, carriageway[1], other[1]).astype(np.int32)
    for number in np.flatnonzero(first != second):
        base = ledger.found[index[number]]
        index[number] = ledger.number(
            (base.rule_id, base.assumed, "surface", index[number]),
            lambda base=base: _with_surface(base),
        )
    return required, index


def _with_surface(base: Requirement) -> Requirement:
    return dataclasses.replace(base, assumed=(*base.assumed, "surface"))
