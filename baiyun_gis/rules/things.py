"""Numbers for lines and things that are not lines: trees, poles, rails, culverts, river beds.

What a thing is beyond its kind (voltage, electrified or not, class of channel) is read from its
recorded detail. Where that is not recorded, the strictest outcome counts and says so.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32
from baiyun_gis.model.vocabulary import StructureKind
from baiyun_gis.rules.classes import PipeClasses
from baiyun_gis.rules.remembered import remembered
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import reasons_for_singles
from baiyun_gis.rules.ruleset import RuleRow, RuleSet
from baiyun_gis.rules.sentences import thing_sentence
from baiyun_gis.rules.singles import RuleNumbers, resolved_rows

K = StructureKind
THING_OF: Mapping[str, Mapping[StructureKind, tuple[str, ...]]] = {
    "structure_clearance": {
        K.TREE: ("tree",),
        K.SHRUB: ("shrub",),
        K.POLE: ("pole",),
        K.TOWER: ("tower",),
        K.KERB: ("kerb", "road_edge"),
        K.TRAM_RAIL: ("tram_rail",),
        K.RAILWAY: ("railway",),
        K.PIPE_RACK: ("pipe_rack",),
    },
    "structure_vertical_clearance": {
        K.CULVERT: ("culvert_base",),
        K.TRAM_RAIL: ("tram_rail_bottom",),
        K.RAILWAY: ("railway_rail_bottom",),
        K.CHANNEL: ("open_channel_bottom",),
        K.WATERCOURSE: ("open_channel_bottom",),
    },
    "river_bed": {K.WATERCOURSE: ("river_bed",), K.CHANNEL: ("river_bed",)},
    "crossing_angle": {
        K.RAILWAY: ("railway",),
        K.TRAM_RAIL: ("railway",),
        K.ROAD_CENTRE: ("road",),
    },
}
"""Which things of the rule tables a recorded structure is, by check."""

HIGH_VOLTAGE_KV = 10.0
"""From here on a pole is judged as the foundation of a pylon: the tables' poles are below it."""

_GROUPS = (
    ("electrified", "non_electrified"),
    ("DC_electrified", "non_DC"),
    ("channel class I-V", "channel class VI-VII", "other river"),
)
"""Words of `b_detail` of which at most one holds for a thing; other words are shown only."""

_KV = re.compile(r"(\d+(?:\.\d+)?)\s*(?:kv|千伏)", re.IGNORECASE)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7}
_WIDE_ROMAN = dict(zip("ⅠⅡⅢⅣⅤⅥⅦ", _ROMAN, strict=True))
_CLASS_FORMS = (
    re.compile(r"(?:class|grade)\s*(VII|VI|IV|V|III|II|I|[1-7])\b", re.IGNORECASE),
    re.compile(r"(VII|VI|IV|V|III|II|I|[1-7一二三四五六七])\s*级"),
)


@dataclass(frozen=True, slots=True)
class ThingClass:
    """A kind of structure with what its detail says; NaN and absent words are unknown."""

    kind: StructureKind
    voltage_kv: float
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class ThingRequirements:
    """Numbers for classes of lines and things, shape (classes, things); NaN where none."""

    required_m: F64
    with_plate_m: F64
    requirement: I32
    requirements: tuple[Requirement, ...]
    why_not: I8


def thing_class(kind: StructureKind, detail: str) -> ThingClass:
    """The class of a structure from its kind and recorded detail."""
    volts = _KV.search(detail)
    return ThingClass(
        kind=kind,
        voltage_kv=float(volts.group(1)) if volts else float("nan"),
        words=frozenset(_words(detail)),
    )


def _words(detail: str) -> Iterator[str]:
    text = detail.strip().lower()
    for wide, narrow in _WIDE_ROMAN.items():
        text = text.replace(wide.lower(), narrow).replace(wide, narrow)
    if "non_electrified" in text or "非电气" in text or "not electrified" in text:
        yield from ("non_electrified", "non_DC")
    elif "electrified" in text or "电气化" in text:
        yield "electrified"
        if "dc" in text or "直流" in text:
            yield "DC_electrified"
        elif "ac" in text.split() or "交流" in text:
            yield "non_DC"
    for form in _CLASS_FORMS:
        if (match := form.search(text.upper() if "级" in text else text)) is not None:
            number = _class_number(match.group(1))
            yield "channel class I-V" if number <= 5 else "channel class VI-VII"
            return
    if "other" in text or "不通航" in text or "非航道" in text or "其他" in text:
        yield "other river"


def _class_number(text: str) -> int:
    if text in "一二三四五六七":
        return "一二三四五六七".index(text) + 1
    return _ROMAN.get(text.upper(), 0) or int(text)


def resolve_things(
    rule_set: RuleSet, check: str, classes: PipeClasses, things: Sequence[ThingClass]
) -> ThingRequirements:
    """The numbers of one check for every class of lines and every class of things."""
    # NaN is equal to nothing, so classes of things are told apart by their words.
    question = ("things", check, tuple(map(repr, things)))
    return remembered(
        rule_set,
        question,
        classes.classes,
        lambda: _resolved_things(rule_set, check, classes, things),
    )


def _resolved_things(
    rule_set: RuleSet, check: str, classes: PipeClasses, things: Sequence[ThingClass]
) -> ThingRequirements:
    ledger = RuleNumbers(rule_set)
    shape = (classes.count, len(things))
    required, index = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int32)
    rows = _of_lines_and_things(rule_set, check)
    for column, thing in enumerate(things):
        found = _strictest(rule_set, check, rows, classes, thing, ledger)
        required[:, column], index[:, column] = found
    plates = {row.id: row.with_plate_m for row in rows}
    plate = np.array([*(plates[r.rule_id] for r in ledger.found), np.nan])[index]
    return ThingRequirements(
        required_m=required,
        with_plate_m=plate,
        requirement=index,
        requirements=tuple(ledger.found),
        why_not=reasons_for_singles(classes.classes, index),
    )


def rows_on(rule_set: RuleSet, check: str, thing: ThingClass) -> list[RuleRow]:
    """The rows of a check that may speak of a line and this thing, in their order."""
    rows = _of_lines_and_things(rule_set, check)
    fitting = {row.id for option in _options(_rows_of(check, rows, thing), thing) for row in option}
    return [row for row in rows if row.id in fitting]


def _of_lines_and_things(rule_set: RuleSet, check: str) -> list[RuleRow]:
    return [row for row in rule_set.of_check(check) if row.b is not None and not row.a.is_thing]


def _rows_of(check: str, rows: Sequence[RuleRow], thing: ThingClass) -> list[RuleRow]:
    """Rows on the kind of thing that it is in the tables."""
    kinds = THING_OF.get(check, {}).get(thing.kind, ())
    if thing.kind is K.POLE and thing.voltage_kv >= HIGH_VOLTAGE_KV:
        kinds = ("tower",)
    return [row for row in rows if row.b is not None and row.b.kind in kinds]


def _strictest(
    rule_set: RuleSet,
    check: str,
    rows: Sequence[RuleRow],
    classes: PipeClasses,
    thing: ThingClass,
    ledger: RuleNumbers,
) -> tuple[F64, I32]:
    """Number and requirement by class of lines; the strictest over what the thing may be."""
    options = [
        resolved_rows(rule_set, fitting, classes, ledger, sentence=thing_sentence)
        for fitting in _options(_rows_of(check, rows, thing), thing)
    ]
    required = np.full(classes.count, np.nan)
    index = np.full(classes.count, -1, dtype=np.int32)
    if not options:
        return required, index
    asked = np.stack([np.nan_to_num(number, nan=-1.0) for number, _ in options])
    best = asked.argmax(axis=0)
    for number in range(classes.count):
        required[number] = options[best[number]][0][number]
        index[number] = options[best[number]][1][number]
        if index[number] >= 0 and np.ptp(asked[:, number]) > 0:
            index[number] = _assumed(ledger, int(index[number]))
    return required, index


def _assumed(ledger: RuleNumbers, index: int) -> int:
    base = ledger.found[index]
    if "detail" in base.assumed:
        return index
    return ledger.number(
        (base.rule_id, base.assumed, "detail", index),
        lambda: dataclasses.replace(base, assumed=(*base.assumed, "detail")),
    )


def _options(rows: Sequence[RuleRow], thing: ThingClass) -> list[list[RuleRow]]:
    """The rows that fit, for every way of filling in what is not recorded of the thing."""
    if not rows:
        return []
    volts = [thing.voltage_kv] if thing.voltage_kv > 0 else _voltages(rows)
    groups = [_words_for(rows, thing, group) for group in _GROUPS]
    said = [frozenset(words) for words in itertools.product(*groups)]
    return [
        [row for row in rows if _fits(row, kv, words)]
        for kv, words in itertools.product(volts, said)
    ]


def _voltages(rows: Sequence[RuleRow]) -> list[float]:
    """One voltage in every stretch the rows tell apart."""
    ranges = [row.b.voltage_kv for row in rows if row.b is not None]
    ends = sorted({end for one in ranges if one is not None for end in one.ends})
    if not ends:
        return [0.0]
    between = [(one + two) / 2 for one, two in itertools.pairwise([0.0, *ends, 2 * ends[-1]])]
    return sorted({*between, *ends})


def _words_for(
    rows: Sequence[RuleRow], thing: ThingClass, group: tuple[str, ...]
) -> tuple[str, ...]:
    said = tuple(word for word in group if word in thing.words)
    if said:
        return said
    asked = tuple(w for w in group if any(row.b is not None and row.b.detail == w for row in rows))
    return asked or ("",)


def _fits(row: RuleRow, voltage_kv: float, words: frozenset[str]) -> bool:
    thing = row.b
    if thing is None:
        return False
    if thing.voltage_kv is not None and not thing.voltage_kv.holds(np.array([voltage_kv]))[0]:
        return False
    grouped = any(thing.detail in group for group in _GROUPS)
    return not grouped or thing.detail in words


def fitting_things(row: RuleRow, side: str, thing: ThingClass) -> bool | None:
    """Does a side of a row between two things speak of a class of things?

    True where its detail says so, False where it leaves it open, None where it does not.
    """
    said = row.a if side == "a" else row.b
    kinds = THING_OF["structure_clearance"].get(thing.kind, ())
    if said is None or said.kind not in kinds:
        return None
    as_b = [dataclasses.replace(row, b=said)]
    options = _options(as_b, thing)
    if not any(options):
        return None
    return all(options)
