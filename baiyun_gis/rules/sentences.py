"""Requirements in words, from the rows that won."""

from __future__ import annotations

import re

from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import Surface
from baiyun_gis.rules.labels import label
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import (
    KNOWN_CHECKS,
    ORDER_CHECKS,
    PAIR_CHECKS,
    PRESENCE_CHECKS,
    RuleRow,
    RuleSet,
)
from baiyun_gis.rules.selector import Selector

NOTHING: frozenset[str] = frozenset()
_NAMES_A_DOCUMENT = re.compile(r"[A-Z]{2,}[ /]")


def requirement_of(
    rule_set: RuleSet,
    row: RuleRow,
    sentence: Message,
    *,
    assumed: tuple[str, ...] = (),
    order: str = "",
) -> Requirement:
    """A row as it applies to one class of lines or pairs."""
    return Requirement(
        rule_id=row.id,
        rule_set=rule_set.id,
        check=row.check,
        clause=row.clause,
        state=row.state,
        is_mandatory=row.is_mandatory,
        min_m=row.min_m,
        sentence=sentence,
        assumed=assumed,
        order=order,
        note=row.note,
        source=row.source,
    )


def clause_of(rule_set: RuleSet, row: RuleRow) -> Message:
    """The clause as it is cited: edition and number; a clause may name another document itself."""
    if _NAMES_A_DOCUMENT.match(row.clause):
        return label(row.clause)
    return label(f"{rule_set.edition} {row.clause}")


def pair_sentence(
    rule_set: RuleSet,
    row: RuleRow,
    *,
    hidden_a: frozenset[str] = NOTHING,
    hidden_b: frozenset[str] = NOTHING,
) -> Message:
    """What a row asks of two lines; `hidden_*` are attributes that decided nothing."""
    b = row.b or row.a
    values = {
        "a": row.a.phrase(without=hidden_a),
        "b": b.phrase(without=hidden_b),
        "min_m": f"{row.min_m:g}",
        "clause": clause_of(rule_set, row),
    }
    if row.check in PRESENCE_CHECKS:
        return msg(
            "{a} and {b}: neither lies along the top of the other ({clause})",
            a=values["a"],
            b=values["b"],
            clause=values["clause"],
        )
    if row.check == "horizontal_clearance":
        if row.unless_above_m > 0:
            return msg(
                "{a} and {b}: horizontal clearance at least {min_m} m, unless {a} lies above by"
                " {unless_m} m ({clause})",
                **values,
                unless_m=f"{row.unless_above_m:g}",
            )
        return msg("{a} and {b}: horizontal clearance at least {min_m} m ({clause})", **values)
    if row.check not in PAIR_CHECKS:
        return msg("{a} and {b}: at least {min_m} m ({clause})", **values)
    if row.order:
        upper, lower = ("a", "b") if row.order == "a_above" else ("b", "a")
        return msg(
            "{upper} above {lower}, vertical clearance at least {min_m} m ({clause})",
            upper=values[upper],
            lower=values[lower],
            min_m=values["min_m"],
            clause=values["clause"],
        )
    if row.with_plate_m > 0:
        return msg(
            "{a} and {b}: vertical clearance at least {min_m} m, {plate_m} m with a separating"
            " plate ({clause})",
            **values,
            plate_m=f"{row.with_plate_m:g}",
        )
    return msg("{a} and {b}: vertical clearance at least {min_m} m ({clause})", **values)


def order_sentence(rule_set: RuleSet, upper: RuleRow, lower: RuleRow) -> Message:
    """Which of two lines should pass above the other, or lie further out."""
    values = {
        "upper": upper.a.phrase(),
        "lower": lower.a.phrase(),
        "clause": clause_of(rule_set, upper),
    }
    if upper.check == "road_order":
        return msg(
            "{upper} should lie further from the road's centre line than {lower} ({clause})",
            **values,
        )
    if upper.check == "plot_order":
        return msg("{upper} should lie nearer the building than {lower} ({clause})", **values)
    return msg("{upper} should pass above {lower} where they cross ({clause})", **values)


def order_place(rule_set: RuleSet, row: RuleRow) -> Message:
    """The place of one kind in an order list."""
    first, last = row.rank
    return msg(
        "{kind}: place {place} in the order ({clause})",
        kind=row.a.phrase(),
        place=str(first) if first == last else f"{first}-{last}",
        clause=clause_of(rule_set, row),
    )


def sentence_of(rule_set: RuleSet, row: RuleRow) -> Message:
    """Any row in words."""
    if row.check in ORDER_CHECKS:
        return order_place(rule_set, row)
    if row.check in PAIR_CHECKS + PRESENCE_CHECKS:
        return pair_sentence(rule_set, row)
    return single_sentence(rule_set, row) if row.b is None else thing_sentence(rule_set, row)


def single_sentence(rule_set: RuleSet, row: RuleRow, hidden: frozenset[str] = NOTHING) -> Message:
    """What a row asks of one line: its cover, or its distance to a building."""
    a = row.a.phrase(without=hidden)
    min_m, clause = f"{row.min_m:g}", clause_of(rule_set, row)
    if row.check == "cover":
        if row.surface is Surface.CARRIAGEWAY:
            return msg(
                "{a} under a carriageway: cover at least {min_m} m ({clause})",
                a=a,
                min_m=min_m,
                clause=clause,
            )
        return msg(
            "{a} outside carriageways: cover at least {min_m} m ({clause})",
            a=a,
            min_m=min_m,
            clause=clause,
        )
    if row.check not in KNOWN_CHECKS:
        return msg("{a}: at least {min_m} m ({clause})", a=a, min_m=min_m, clause=clause)
    if row.check == "protection_zone":
        return msg(
            "{a}: no building within the protection zone of {min_m} m ({clause})",
            a=a,
            min_m=min_m,
            clause=clause,
        )
    if row.check == "gravity_slope":
        return msg(
            "{a}: slope at least {slope} ‰ ({clause})",
            a=a,
            slope=f"{1000 * row.min_m:g}",
            clause=clause,
        )
    if row.measured_to == "outer_wall":
        return msg(
            "{a}: at least {min_m} m from the outer wall of a building ({clause})",
            a=a,
            min_m=min_m,
            clause=clause,
        )
    return msg(
        "{a}: at least {min_m} m from the foundation of a building ({clause})",
        a=a,
        min_m=min_m,
        clause=clause,
    )


def thing_sentence(rule_set: RuleSet, row: RuleRow, hidden: frozenset[str] = NOTHING) -> Message:
    """What a row asks of a line and a thing that is not a line."""
    b: Selector = row.b or row.a
    values = {
        "a": row.a.phrase(without=hidden),
        "b": b.phrase(),
        "min_m": f"{row.min_m:g}",
        "clause": clause_of(rule_set, row),
    }
    if row.check == "crossing_angle":
        return msg(
            "{a} crosses {b} at {least}° or more ({clause})", **values, least=f"{row.min_deg:g}"
        )
    if row.check == "river_bed":
        return msg("{a}: at least {min_m} m below {b} ({clause})", **values)
    if row.check == "structure_vertical_clearance":
        return msg("{a}: at least {min_m} m below {b} ({clause})", **values)
    return msg("{a} and {b}: at least {min_m} m ({clause})", **values)
