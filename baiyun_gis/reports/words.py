"""The words of reports, from where the engine keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baiyun_gis.findings.headlines import check_title
from baiyun_gis.findings.words import SET_ASIDE, UNTESTABLE
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import NodeKind, StructureKind, Utility, Vocabulary
from baiyun_gis.rules.labels import label

_TABLES = {
    "buildings": msg("building"),
    "permits": msg("permit"),
    "structures": msg("structure"),
    "nodes": msg("node"),
    "pipes": msg("line"),
}
_AGAINST_GROUND = ("cover",)


def check_word(check: str) -> Message:
    """What a check of a conflict or a ledger is called."""
    return msg("Suspected illegal buildings") if check == "suspicions" else check_title(check)


def reason_word(reason: str) -> Message:
    """Why something was set aside or could not be tested."""
    return SET_ASIDE.get(reason) or UNTESTABLE.get(reason) or label(reason.replace("_", " "))


def kind_word(kind: str, lang: Lang) -> str:
    """What stands in `a_kind` or `b_kind`: a utility, a node kind, a structure or a table."""
    vocabularies: tuple[type[Vocabulary], ...] = (Utility, NodeKind, StructureKind)
    for vocabulary in vocabularies:
        for member in vocabulary:
            if member.key == kind:
                return member.label(lang)
    singular = {"building": "buildings", "permit": "permits", "structure": "structures"}
    table = singular.get(kind, kind)
    return _TABLES.get(table, label(kind.replace("_", " "))).text(lang)


def side_word(conflict: Mapping[str, Any], side: str, lang: Lang) -> str:
    """What stands on side `a` or `b` of a conflict; empty where one line is all there is to it,
    as with its slope."""
    kind = conflict[side]["kind"]
    if kind:
        return kind_word(kind, lang)
    return msg("ground").text(lang) if conflict["check"] in _AGAINST_GROUND else ""
