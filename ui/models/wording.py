"""Short words for codes, in the language of the window."""

from __future__ import annotations

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import NodeKind, StructureKind, Utility, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.words import check_word as named_in_reports

_VERDICTS: dict[Verdict, Message] = {
    Verdict.CLEAR: msg("Clear"),
    Verdict.CANNOT_JUDGE: msg("Cannot judge"),
    Verdict.POSSIBLE: msg("Possible"),
    Verdict.LIKELY: msg("Likely"),
    Verdict.CERTAIN: msg("Certain"),
}
_STATES: dict[DecisionState, Message] = {
    DecisionState.OPEN: msg("Open"),
    DecisionState.ACCEPTED: msg("Accepted"),
    DecisionState.EXCLUDED: msg("Excluded"),
    DecisionState.ASSIGNED: msg("Assigned"),
    DecisionState.RESOLVED: msg("Resolved"),
    DecisionState.REOPENED: msg("Reopened"),
}
_TABLES: dict[str, Message] = {
    "buildings": msg("Building"),
    "permits": msg("Permit"),
    "structures": msg("Structure"),
    "nodes": msg("Chamber"),
    "pipes": msg("Pipe"),
    "building": msg("Building"),
    "ground": msg("Ground"),
}


def check_word(check: str, lang: Lang) -> str:
    """The name of a check; one from a plug-in by its own title."""
    return named_in_reports(check).text(lang)


def verdict_word(verdict: Verdict, lang: Lang) -> str:
    return _VERDICTS[verdict].text(lang)


def state_word(state: DecisionState, lang: Lang) -> str:
    return _STATES[state].text(lang)


def utility_of(kind: str) -> Utility | None:
    """The utility with this key, if it is one."""
    try:
        return Utility.from_key(kind)
    except KeyError:
        return None


def kind_word(kind: str, lang: Lang) -> str:
    """A person's word for a kind in a finding: a utility, a node kind or a table."""
    if kind in _TABLES:
        return _TABLES[kind].text(lang)
    for vocabulary in (Utility, NodeKind, StructureKind):
        try:
            word = vocabulary.from_key(kind).label(lang)
        except KeyError:
            continue
        return word if lang == "zh" else word[:1].upper() + word[1:]
    return kind.replace("_", " ")


def place_word(state: ProjectState, conflicts: ConflictTable, row: int) -> str:
    """The road at a conflict, else nothing."""
    for table, index in (
        (conflicts.a_table, conflicts.a_row),
        (conflicts.b_table, conflicts.b_row),
    ):
        name, at = str(table[row]), int(index[row])
        if name in {"pipes", "nodes"} and 0 <= at < len(state.table(name)):
            road = str(getattr(state, name).road[at])
            if road:
                return road
    return ""
