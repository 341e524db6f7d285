"""Which requirement applies to two things and why: rows considered, matched, won, assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baiyun_gis.errors import RuleError
from baiyun_gis.language import Message, msg
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Surface
from baiyun_gis.rules.classes import PipeClasses, alternatives, as_lines, pipe_classes, vision_of
from baiyun_gis.rules.labels import label, listed
from baiyun_gis.rules.query import Asked
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import NotCovered, SingleRequirements
from baiyun_gis.rules.resolver import (
    resolve_buildings,
    resolve_cover,
    resolve_pairs,
    resolve_protection,
)
from baiyun_gis.rules.ruleset import RuleRow, RuleSet
from baiyun_gis.rules.selector import ATTRIBUTES, Lines, Selector
from baiyun_gis.rules.sentences import order_place, pair_sentence, single_sentence, thing_sentence
from baiyun_gis.rules.things import THING_OF, resolve_things, rows_on

_WORDS = {
    "burial": label("laying", "埋设方式"),
    "size": label("size", "管径"),
    "pressure": label("pressure class", "压力级别"),
    "voltage": label("voltage", "电压"),
    "material": label("material", "材质"),
    "surface": label("surface", "地面类型"),
    "detail": label("voltage, class or kind of the thing", "设施的电压、等级或种类"),
}


@dataclass(frozen=True, slots=True)
class Considered:
    """One row that speaks of both kinds. `fit` is "fits", "may_fit" or "does_not_fit"."""

    rule_id: str
    sentence: Message
    min_m: float
    state: str
    fit: str
    won: bool
    why: Message


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer of one check: the requirement, or why there is none, and every row looked at."""

    check: str
    requirement: Requirement | None
    why_not: NotCovered
    answer: Message
    considered: tuple[Considered, ...]


def explain(
    rule_set: RuleSet, a: Asked, b: Asked, *, check: str | None = None
) -> tuple[Explanation, ...]:
    """Every check of the set that speaks of a and b, or the one that was asked for.

    One of the two must be a line; the other a line, a building, the ground or a thing beside lines.
    Raises `RuleError` for other questions.
    """
    if not a.is_line:
        a, b = b, a
    if not a.is_line:
        raise RuleError("One of the two must be a line such as water or gas")
    checks = _checks_for(b)
    if check is not None and check not in checks:
        raise RuleError(
            "'{check}' has nothing to say about these two; there are {checks}",
            check=check,
            checks=", ".join(checks),
        )
    wanted = checks if check is None else (check,)
    return tuple(_explained(rule_set, name, a, b) for name in wanted if name in rule_set.checks)


def _checks_for(b: Asked) -> tuple[str, ...]:
    if b.is_building:
        return ("building_clearance", "protection_zone")
    if b.surface is not None:
        return ("cover",)
    if b.thing is not None:
        return tuple(check for check, kinds in THING_OF.items() if b.thing.kind in kinds)
    return ("horizontal_clearance", "vertical_clearance", "vertical_order")


def _explained(rule_set: RuleSet, check: str, a: Asked, b: Asked) -> Explanation:
    pipes = PipeTable.concat([a.as_pipe(), b.as_pipe()]) if b.is_line else a.as_pipe()
    classes = pipe_classes(rule_set, pipes)
    requirement, why_not = _resolved(rule_set, check, classes, b)
    rows = _rows_for(rule_set, check, b)
    sides = [_Side(rule_set, classes, int(index)) for index in classes.class_of]
    considered = tuple(
        _considered(rule_set, row, sides, requirement) for row in rows if _speaks_of(row, sides)
    )
    return Explanation(check, requirement, why_not, _answer(requirement, why_not, a, b), considered)


def _rows_for(rule_set: RuleSet, check: str, b: Asked) -> Sequence[RuleRow]:
    if b.thing is not None:
        return rows_on(rule_set, check, b.thing)
    rows = rule_set.of_check(check)
    if check != "cover":
        return rows
    return [row for row in rows if b.surface in {Surface.UNKNOWN, row.surface}]


def _resolved(
    rule_set: RuleSet, check: str, classes: PipeClasses, b: Asked
) -> tuple[Requirement | None, NotCovered]:
    first, last = int(classes.class_of[0]), int(classes.class_of[-1])
    if b.is_line:
        pairs = resolve_pairs(rule_set, check, classes)
        index, why = pairs.requirement[first, last], pairs.why_not[first, last]
        return _one(pairs.requirements, int(index)), NotCovered(int(why))
    if b.thing is not None:
        found = resolve_things(rule_set, check, classes, [b.thing])
        row, why = int(found.requirement[first, 0]), int(found.why_not[first, 0])
        return _one(found.requirements, row), NotCovered(why)
    single: SingleRequirements
    if check == "cover":
        single = resolve_cover(rule_set, classes)
        place: Any = (first, int(b.surface or 0))
    else:
        resolve = resolve_protection if check == "protection_zone" else resolve_buildings
        single, place = resolve(rule_set, classes), first
    index, why = single.requirement[place], single.why_not[place]
    return _one(single.requirements, int(index)), NotCovered(int(why))


def _one(requirements: tuple[Requirement, ...], index: int) -> Requirement | None:
    return requirements[index] if index >= 0 else None


def _answer(requirement: Requirement | None, why_not: NotCovered, a: Asked, b: Asked) -> Message:
    if requirement is None:
        return msg(
            "{a} and {b}: no number ({reason})",
            a=a.label,
            b=b.label,
            reason=label(why_not.label("en"), why_not.zh),
        )
    if not requirement.assumed:
        return requirement.sentence
    return msg(
        "{sentence}; strictest, because not recorded: {attributes}",
        sentence=requirement.sentence,
        attributes=listed([_WORDS[name] for name in requirement.assumed]),
    )


class _Side:
    """One line asked about: what it may be, once gaps are filled in every way."""

    def __init__(self, rule_set: RuleSet, classes: PipeClasses, index: int) -> None:
        self.line = classes.classes[index]
        options = alternatives(self.line, vision_of(rule_set), rule_set.settings)
        self.lines: Lines = as_lines(options)

    def is_of(self, selector: Selector) -> bool:
        return int(self.line.utility) in selector.utilities

    def fit(self, selector: Selector) -> str:
        hits = selector.matches(self.lines)
        if hits.all():
            return "fits"
        return "may_fit" if hits.any() else "does_not_fit"

    def misfits(self, selector: Selector) -> list[str]:
        """The attributes for which no filling fits."""
        return [
            name
            for name in ATTRIBUTES
            if selector.restricts(name) and not _only(selector, name).matches(self.lines).any()
        ]


def _only(selector: Selector, attribute: str) -> Selector:
    """The selector with every restriction but one lifted."""
    every = frozenset(range(64))
    return Selector(
        kind=selector.kind,
        label=selector.label,
        utilities=selector.utilities,
        burials=selector.burials if attribute == "burial" else every,
        size_mm=selector.size_mm if attribute == "size" else None,
        pressures=selector.pressures if attribute == "pressure" else None,
        voltage_kv=selector.voltage_kv if attribute == "voltage" else None,
        materials=selector.materials if attribute == "material" else None,
    )


def _orders(sides: list[_Side]) -> list[list[_Side]]:
    return [sides] if len(sides) == 1 else [sides, sides[::-1]]


def _selectors(row: RuleRow, sides: list[_Side]) -> list[Selector]:
    if row.check == "vertical_order":
        return [row.a] * len(sides)
    return [row.a] if row.b is None or row.b.is_thing else [row.a, row.b]


def _speaks_of(row: RuleRow, sides: list[_Side]) -> bool:
    if row.check == "vertical_order":
        return any(side.is_of(row.a) for side in sides)
    return any(
        all(s.is_of(sel) for s, sel in zip(order, _selectors(row, sides), strict=True))
        for order in _orders(sides)
    )


_RANKED = ("does_not_fit", "may_fit", "fits")


def _considered(
    rule_set: RuleSet, row: RuleRow, sides: list[_Side], requirement: Requirement | None
) -> Considered:
    fit, misfits = _fit(row, sides)
    won = requirement is not None and row.id in _winning_ids(requirement.rule_id)
    return Considered(
        rule_id=row.id,
        sentence=_row_sentence(rule_set, row),
        min_m=row.min_m,
        state=row.state.key,
        fit=fit,
        won=won,
        why=_why(rule_set, row, fit, misfits, requirement, won=won),
    )


def _winning_ids(rule_id: str) -> set[str]:
    """The rows a requirement rests on: two places of a list, such as o.water+sewage, or one row."""
    first, plus, second = rule_id.partition("+")
    return {first, f"{first.rpartition('.')[0]}.{second}"} if plus else {first}


def _fit(row: RuleRow, sides: list[_Side]) -> tuple[str, list[str]]:
    """How well the row fits in the better of the two directions."""
    if row.check == "vertical_order":
        return "fits", []
    best, misfits = "does_not_fit", list[str]()
    for order in _orders(sides):
        pairs = list(zip(order, _selectors(row, sides), strict=True))
        if not all(side.is_of(selector) for side, selector in pairs):
            continue
        fit = _RANKED[min(_RANKED.index(side.fit(selector)) for side, selector in pairs)]
        wrong = [name for side, selector in pairs for name in side.misfits(selector)]
        if not misfits or _RANKED.index(fit) > _RANKED.index(best):
            best, misfits = fit, wrong
    return best, misfits


def _row_sentence(rule_set: RuleSet, row: RuleRow) -> Message:
    if row.check == "vertical_order":
        return order_place(rule_set, row)
    if row.b is None:
        return single_sentence(rule_set, row)
    if row.b.is_thing:
        return thing_sentence(rule_set, row)
    return pair_sentence(rule_set, row)


def _why(
    rule_set: RuleSet,
    row: RuleRow,
    fit: str,
    misfits: list[str],
    requirement: Requirement | None,
    *,
    won: bool,
) -> Message:
    if won:
        return msg("applies")
    if fit == "does_not_fit":
        names = listed([_WORDS[name] for name in dict.fromkeys(misfits)] or [label("kind", "种类")])
        return msg("does not fit: {attributes}", attributes=names)
    if requirement is None:
        return msg("fits only what is not recorded")
    winner = next((r for r in rule_set.of_check(row.check) if r.id == requirement.rule_id), row)
    if winner.specificity > row.specificity and fit == "fits":
        return msg("{rule} is narrower", rule=winner.id)
    return msg("{rule} is stricter", rule=winner.id)
