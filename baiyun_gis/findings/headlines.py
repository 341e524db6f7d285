"""The first sentence of a finding: what is in conflict with what, where, and by how much."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from baiyun_gis.findings.arithmetic import degrees_of
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.words import CHECKS_IN_WORDS, side_name
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.rules.labels import label


def check_title(name: str) -> Message:
    """What a check is called; a plug-in's by its own title."""
    from baiyun_gis.plugins import CHECKS

    if name in CHECKS_IN_WORDS:
        return CHECKS_IN_WORDS[name]
    title = getattr(CHECKS.get(name), "title", None) if name in CHECKS.names() else None
    return title if isinstance(title, Message) else label(name)


def headline_of(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    """The first sentence: what is wrong, or what cannot be judged; `values` as `values_of`."""
    check = str(conflicts.check[row])
    if conflicts.verdict[row] != Verdict.CANNOT_JUDGE:
        return _HEADLINES.get(check, _any_headline)(conflicts, row, values)
    values = values | {"check": check_title(check)}
    if not conflicts.b_id[row] and not conflicts.b_table[row]:
        return msg("{check} of {a} {where} cannot be judged.", **values)
    return msg("{check} of {a} and {b} {where} cannot be judged.", **values)


def values_of(conflicts: ConflictTable, row: int) -> dict[str, object]:
    """What headlines name: both sides, the place, and the numbers to the millimetre."""
    names = {"a": side_name(conflicts, row, "a"), "b": side_name(conflicts, row, "b")}
    return names | {"where": place_of(conflicts, row)} | figures_of(conflicts, row)


def figures_of(conflicts: ConflictTable, row: int) -> dict[str, object]:
    """The numbers of a headline."""
    actual = round(float(conflicts.actual_m[row]), 3) + 0.0
    required = float(conflicts.required_m[row])
    return {
        "actual": f"{actual:.3f}",
        "required": f"{required:.3f}",
        "short": f"{round(required, 3) - round(actual, 3):.3f}",
        "depth": f"{-actual:.3f}",
    }


def place_of(conflicts: ConflictTable, row: int) -> Message:
    """The place along the first line."""
    return place_between(span_of(conflicts, row))


def span_of(conflicts: ConflictTable, row: int) -> tuple[str, ...]:
    """The chainages from and to which it goes, in metres: one at a place, none where none is
    known."""
    start, stop = float(conflicts.stretch_from_m[row]), float(conflicts.stretch_to_m[row])
    if math.isnan(start):
        return ()
    start, stop = round(start, 2) + 0.0, round(stop, 2) + 0.0  # no minus before a zero
    return (f"{start:.2f}",) if stop - start < 0.005 else (f"{start:.2f}", f"{stop:.2f}")


def place_between(span: tuple[str, ...]) -> Message:
    """Where that is, in words."""
    if not span:
        return label("")
    if len(span) == 1:
        return msg("at chainage {at} m", at=span[0])
    return msg("at chainage {start}–{stop} m", start=span[0], stop=span[1])


def _is_short(conflicts: ConflictTable, row: int) -> bool:
    return bool(conflicts.violated[row])


def _clearance(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    upright = conflicts.check[row] == "vertical_clearance"
    if upright and _is_short(conflicts, row):
        return msg(
            "{a} and {b}: vertical clearance {actual} m {where}, {required} m required,"
            " short by {short} m.",
            **values,
        )
    if upright:
        return msg(
            "{a} and {b}: vertical clearance {actual} m {where}, {required} m required, met"
            " as measured, but not beyond doubt.",
            **values,
        )
    if _is_short(conflicts, row):
        return msg(
            "{a} and {b}: horizontal clearance {actual} m {where}, {required} m required,"
            " short by {short} m.",
            **values,
        )
    return msg(
        "{a} and {b}: horizontal clearance {actual} m {where}, {required} m required, met as"
        " measured, but not beyond doubt.",
        **values,
    )


def _collision(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg("{a} and {b} are {depth} m inside each other {where}.", **values)
    return msg(
        "{a} and {b} come within {actual} m of each other {where}; they may touch.", **values
    )


def _order(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg(
            "{a} and {b}: the wrong one is above {where}, by {depth} m from axis to axis.",
            **values,
        )
    if float(conflicts.actual_m[row]) <= 0.0005:
        return msg("{a} and {b} lie at one level {where}; which is above is open.", **values)
    return msg(
        "{a} and {b}: the right one is above {where} by {actual} m only; the order is not"
        " beyond doubt.",
        **values,
    )


def _cover(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg(
            "{a}: cover {actual} m {where}, {required} m required, short by {short} m.", **values
        )
    return msg(
        "{a}: cover {actual} m {where}, {required} m required, met as measured, but not beyond"
        " doubt.",
        **values,
    )


def _building(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg(
            "{a} is {actual} m from {b} {where}, {required} m required, short by {short} m.",
            **values,
        )
    return msg(
        "{a} is {actual} m from {b} {where}, {required} m required, met as measured, but not"
        " beyond doubt.",
        **values,
    )


def _beside_each_other(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if not _is_short(conflicts, row):
        return msg(
            "{a} and {b} lie in the right order {where} by {actual} m only; the order is not"
            " beyond doubt.",
            **values,
        )
    if conflicts.check[row] == "road_order":
        return msg(
            "{a} and {b}: the wrong one lies nearer the road's centre line {where}, by {depth} m"
            " from axis to axis.",
            **values,
        )
    return msg(
        "{a} and {b}: the wrong one lies nearer the building {where}, by {depth} m from axis to"
        " axis.",
        **values,
    )


def _things(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg(
            "{a} stands {actual} m from {b}, {required} m required, short by {short} m.", **values
        )
    return msg(
        "{a} stands {actual} m from {b}, {required} m required, met as measured, but not beyond"
        " doubt.",
        **values,
    )


def _occupation(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg(
            "{b} stands on {a} {where}; the line lies up to {depth} m inside the outline.", **values
        )
    return msg("{b} stands {actual} m beside {a} {where}; it may stand on it.", **values)


def _chamber(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg("{a} passes through {b} {where}, {depth} m deep in it.", **values)
    return msg("{a} passes {b} at {actual} m {where}; they may touch.", **values)


def _unjoined(_: ConflictTable, _row: int, values: dict[str, object]) -> Message:
    return msg(
        "Ends of {a} and {b} lie {actual} m apart and share no node; within survey accuracy they"
        " are one point.",
        **values,
    )


def _directly_above(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg(
            "{a} and {b} lie over each other along their way {where}; their plans overlap by"
            " {depth} m.",
            **values,
        )
    return msg(
        "{a} and {b} lie {actual} m apart in plan {where}; one may lie along the top of the other.",
        **values,
    )


def _zone(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    if _is_short(conflicts, row):
        return msg(
            "{b} stands {actual} m from {a} {where}, inside its protection zone of {required} m.",
            **values,
        )
    return msg(
        "{b} stands {actual} m from {a} {where}; it may stand inside the protection zone of"
        " {required} m.",
        **values,
    )


def _beneath(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    values = values | {"over": f"{-float(conflicts.actual_m[row]):.3f}"}
    if _is_short(conflicts, row) and float(conflicts.actual_m[row]) < -0.0005:
        return msg(
            "The top of {a} lies {over} m above the level of {b} {where}, {required} m below it"
            " are required.",
            **values,
        )
    if _is_short(conflicts, row):
        return msg(
            "{a} lies {actual} m below {b} {where}, {required} m required, short by {short} m.",
            **values,
        )
    return msg(
        "{a} lies {actual} m below {b} {where}, {required} m required, met as measured, but not"
        " beyond doubt.",
        **values,
    )


def _slope(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    length = float(conflicts.stretch_to_m[row] - conflicts.stretch_from_m[row])
    values = values | {"length": f"{length:.2f}"}
    if float(conflicts.actual_m[row]) < -0.0005:
        return msg("{a} rises {depth} m along its flow over {length} m.", **values)
    return msg(
        "{a} falls {actual} m over {length} m, {required} m required, short by {short} m.", **values
    )


def _twice(_: ConflictTable, _row: int, values: dict[str, object]) -> Message:
    return msg(
        "{a} and {b} are recorded on one trace between the same points; they are one line"
        " recorded twice.",
        **values,
    )


def _angle(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    values = values | {
        "is": f"{degrees_of(float(conflicts.actual_m[row])):.1f}",
        "least": f"{degrees_of(float(conflicts.required_m[row])):.4g}",
    }
    if _is_short(conflicts, row):
        return msg("{a} crosses {b} at {is}° {where}, {least}° or more are required.", **values)
    return msg(
        "{a} crosses {b} at {is}° {where}, {least}° or more are required; met as measured, but not"
        " beyond doubt.",
        **values,
    )


def _any_headline(conflicts: ConflictTable, row: int, values: dict[str, object]) -> Message:
    what = msg("{a}, {b}", **values) if conflicts.b_table[row] else values["a"]
    if not np.isnan(conflicts.stretch_from_m[row]):
        what = msg("{what} {where}", what=what, where=values["where"])
    return msg("{what}: {actual} m measured, {required} m required.", **values, what=what)


_HEADLINES: dict[str, Callable[[ConflictTable, int, dict[str, object]], Message]] = {
    "collision": _collision,
    "horizontal_clearance": _clearance,
    "vertical_clearance": _clearance,
    "vertical_order": _order,
    "cover": _cover,
    "building_clearance": _building,
    "occupation": _occupation,
    "chamber": _chamber,
    "unjoined_ends": _unjoined,
    "directly_above": _directly_above,
    "protection_zone": _zone,
    "structure_clearance": _building,
    "thing_clearance": _things,
    "structure_vertical_clearance": _beneath,
    "river_bed": _beneath,
    "road_order": _beside_each_other,
    "plot_order": _beside_each_other,
    "gravity_slope": _slope,
    "duplicate_lines": _twice,
    "crossing_angle": _angle,
}
