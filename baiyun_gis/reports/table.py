"""The flat table of conflicts that CSV, XLSX, GeoJSON, the page and the frame share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from baiyun_gis.findings.conflicts import CheckReport, Severity
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Provenance, Verdict, Vocabulary
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.facts import Facts, conflict_facts
from baiyun_gis.reports.words import check_word, side_word
from baiyun_gis.rules.requirement import RuleState

Form = Literal["text", "metres", "share", "coordinate", "flag", "day"]
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column: its key, its heading, how its values are shown, and where they come from."""

    key: str
    title: Message
    form: Form
    width: int
    value: Callable[[Facts, Lang], Any]


def _word(vocabulary: type[Vocabulary], key: str, lang: Lang) -> str:
    return vocabulary.from_key(key).label(lang)


def _rule(name: str) -> Callable[[Facts, Lang], Any]:
    return lambda facts, _lang: facts["rule"][name] if facts["rule"] else None


def _rule_state(facts: Facts, lang: Lang) -> str | None:
    return _word(RuleState, facts["rule"]["state"], lang) if facts["rule"] else None


def _stretch(name: str) -> Callable[[Facts, Lang], Any]:
    return lambda facts, _lang: facts["stretch"][name] if facts["stretch"] else None


def _basis(name: str) -> Callable[[Facts, Lang], Any]:
    return lambda facts, lang: _word(Provenance, facts["basis"][name], lang)


COLUMNS: tuple[ReportColumn, ...] = (
    ReportColumn("id", msg("Conflict"), "text", 14, lambda f, _: f["id"]),
    ReportColumn("group", msg("Group"), "text", 12, lambda f, _: f["group"]),
    ReportColumn(
        "check", msg("Check"), "text", 20, lambda f, lang: check_word(f["check"]).text(lang)
    ),
    ReportColumn(
        "verdict", msg("Certainty"), "text", 12, lambda f, lang: _word(Verdict, f["verdict"], lang)
    ),
    ReportColumn("probability", msg("Probability"), "share", 10, lambda f, _: f["probability"]),
    ReportColumn(
        "severity",
        msg("Severity"),
        "text",
        10,
        lambda f, lang: _word(Severity, f["severity"], lang),
    ),
    ReportColumn("violated", msg("Violated nominally"), "flag", 10, lambda f, _: f["violated"]),
    ReportColumn("a_kind", msg("A kind"), "text", 12, lambda f, lang: side_word(f, "a", lang)),
    ReportColumn("a_id", msg("A id"), "text", 18, lambda f, _: f["a"]["id"]),
    ReportColumn("b_kind", msg("B kind"), "text", 12, lambda f, lang: side_word(f, "b", lang)),
    ReportColumn("b_id", msg("B id"), "text", 18, lambda f, _: f["b"]["id"]),
    ReportColumn("required_m", msg("Required (m)"), "metres", 11, _rule("required_m")),
    ReportColumn("actual_m", msg("Actual (m)"), "metres", 11, lambda f, _: f["actual_m"]),
    ReportColumn("shortfall_m", msg("Short by (m)"), "metres", 11, lambda f, _: f["shortfall_m"]),
    ReportColumn("clause", msg("Clause"), "text", 20, _rule("clause")),
    ReportColumn("rule_state", msg("State of the number"), "text", 14, _rule_state),
    ReportColumn("mandatory", msg("Mandatory"), "flag", 10, _rule("mandatory")),
    ReportColumn("x", msg("X east"), "coordinate", 14, lambda f, _: f["at"][0]),
    ReportColumn("y", msg("Y north"), "coordinate", 14, lambda f, _: f["at"][1]),
    ReportColumn("z", msg("Level (m)"), "metres", 10, lambda f, _: f["at"][2]),
    ReportColumn("stretch_from_m", msg("Stretch from (m)"), "metres", 11, _stretch("from_m")),
    ReportColumn("stretch_to_m", msg("Stretch to (m)"), "metres", 11, _stretch("to_m")),
    ReportColumn("level_a", msg("Level of A"), "text", 11, _basis("level_a")),
    ReportColumn("level_b", msg("Level of B"), "text", 11, _basis("level_b")),
    ReportColumn("section_a", msg("Section of A"), "text", 11, _basis("section_a")),
    ReportColumn("section_b", msg("Section of B"), "text", 11, _basis("section_b")),
    ReportColumn(
        "decision",
        msg("Decision"),
        "text",
        11,
        lambda f, lang: _word(DecisionState, f["decision"]["state"], lang),
    ),
    ReportColumn("reason", msg("Reason"), "text", 24, lambda f, _: f["decision"]["reason"]),
    ReportColumn("author", msg("Author"), "text", 12, lambda f, _: f["decision"]["author"]),
    ReportColumn("until", msg("Until"), "day", 11, lambda f, _: f["decision"]["until"]),
    ReportColumn("why", msg("Why"), "text", 80, lambda f, _: f["why"]),
)


def rows(report: CheckReport, state: ProjectState, lang: Lang) -> Iterator[list[Any]]:
    """The values of every conflict in the order of `COLUMNS`; None is unknown."""
    for facts in conflict_facts(report, state, lang):
        yield [column.value(facts, lang) for column in COLUMNS]


def safe_cell(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula: such text gets an apostrophe before it."""
    if isinstance(value, str):
        text = "".join(c for c in value if c in "\n\t" or ord(c) >= 32)
        return f"'{text}" if text.startswith(_DANGEROUS) else text
    return value


def yes_or_no(value: bool | None, lang: Lang) -> str:  # noqa: FBT001  a value, not a switch
    """A flag in words."""
    if value is None:
        return ""
    return (msg("yes") if value else msg("no")).text(lang)
