"""Suspicions in words: what was measured, against what, how sure, and what it rests on."""

from __future__ import annotations

from typing import Any

from baiyun_gis.findings.conflicts import SuspicionTable
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import Utility, Verdict
from baiyun_gis.rules.labels import label, word

_KINDS = {
    "no_permit": msg("suspected: no permit"),
    "beyond_outline": msg("suspected: beyond the permitted outline"),
    "too_high": msg("suspected: higher than permitted"),
    "too_many_storeys": msg("suspected: more storeys than permitted"),
    "permit_expired": msg("suspected: built after the permit had ended"),
    "temporary_overdue": msg("suspected: temporary building overdue"),
    "occupation": msg("suspected: occupation of a line"),
}
_REMARKS = {
    "sigma_assumed": msg("accuracy not recorded, a usual one is assumed"),
    "storeys_assumed": msg("storeys are taken as known to half a storey"),
    "permit_by_overlap": msg("permit found by overlap, no number is recorded"),
    "number_not_held": msg("the permit number recorded for it is not in this project"),
    "first_seen_only": msg("only the day it was first seen is known"),
    "size_unknown": msg("the size of the line is unknown; measured from its axis"),
}
_FIRST = {
    "pipe": msg("the line was there first"),
    "building": msg("the building was there first"),
    "same_day": msg("both date from the same day"),
    "unknown": msg("who was there first is unknown"),
}


_UNITS = {"storeys": msg("storeys"), "days": msg("days"), "m2": label("m²", "m²")}


def unit_word(unit: str) -> Message:
    """The unit of a suspicion's numbers as a person reads it."""
    return _UNITS.get(unit, label(unit))


def kind_title(kind: str) -> Message:
    """What a kind of suspicion is called."""
    return _KINDS.get(kind, label(kind))


def sentence_of(found: SuspicionTable, row: int) -> Message:
    """One suspicion in one sentence; evidence, never a verdict."""
    values = _values(found, row)
    match found.kind[row]:
        case "no_permit":
            return msg(
                "Building {building}, footprint {measured} m²: suspected, no permit in this"
                " project",
                **values,
            )
        case "beyond_outline":
            return msg(
                "Building {building} reaches {measured} m beyond permit {other}"
                " (± {sigma} m): suspected, {certainty}",
                **values,
            )
        case "too_high":
            return msg(
                "Building {building} is {measured} m high (± {sigma} m), permit {other} allows"
                " {permitted} m: suspected, {certainty}",
                **values,
            )
        case "too_many_storeys":
            return msg(
                "Building {building} has {measured} storeys, permit {other} allows {permitted}:"
                " suspected",
                **values,
            )
        case "permit_expired":
            return msg(
                "Building {building} was begun {measured} days after permit {other} had ended:"
                " suspected, {certainty}",
                **values,
            )
        case "temporary_overdue":
            return msg(
                "Building {building} still stands {measured} days after its temporary permit"
                " {other} ended: suspected",
                **values,
            )
        case _:
            return _occupation(found, row, values)


def _occupation(found: SuspicionTable, row: int, values: dict[str, Any]) -> Message:
    values = {
        **values,
        "utility": word(Utility(int(found.utility[row]))),
        "first": _FIRST.get(str(found.first[row]), _FIRST["unknown"]),
    }
    match found.grade[row]:
        case "on_top":
            return msg(
                "Building {building} stands on top of {utility} line {other}: suspected,"
                " {certainty}; {first}",
                **values,
            )
        case "protection_zone":
            return msg(
                "Building {building} stands {measured} m (± {sigma} m) from {utility} line {other},"
                " inside its protection zone of {permitted} m: suspected, {certainty}; {first}",
                **values,
            )
        case _:
            return msg(
                "Building {building} stands {measured} m (± {sigma} m) from {utility} line {other},"
                " less than the {permitted} m of the table: suspected, {certainty}; {first}",
                **values,
            )


def _values(found: SuspicionTable, row: int) -> dict[str, Any]:
    whole = found.unit[row] in {"storeys", "days"}
    digits = 0 if whole else 2
    return {
        "building": str(found.building_id[row]) or f"#{int(found.building_row[row]) + 1}",
        "other": str(found.other_id[row]) or f"#{int(found.other_row[row]) + 1}",
        "measured": f"{found.measured[row]:.{digits}f}",
        "permitted": f"{found.permitted[row]:.{digits}f}",
        "sigma": f"{found.sigma[row]:.2f}",
        "certainty": word(Verdict(int(found.verdict[row]))),
    }


def remarks_of(found: SuspicionTable, row: int) -> list[Message]:
    """What a suspicion rests on, one phrase each."""
    out: list[Message] = []
    for part in str(found.remark[row]).split(";"):
        key, _, value = part.partition("=")
        if key == "outside_m2":
            out.append(msg("{area} m² lie outside", area=value))
        elif key in _REMARKS:
            out.append(_REMARKS[key])
    return out
