"""Findings in words: clause, numbers and arithmetic, what they rest on, what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from baiyun_gis.findings.arithmetic import arithmetic_of, unsized_sides
from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.headlines import headline_of, values_of
from baiyun_gis.findings.settling import Errors, settling_of
from baiyun_gis.findings.words import (
    ATTRIBUTES,
    LEVELS,
    MISSING,
    REMARKS,
    RULE_STATES,
)
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Provenance, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.labels import label, listed, word
from baiyun_gis.rules.requirement import Requirement, RuleState


def why(report: CheckReport, state: ProjectState, row: int, lang: Lang) -> str:
    """Conflict `row` explained in a few sentences.

    `state` is the run's; where it has changed since, what can no longer be looked up is left out.
    """
    parts = sentences_of(report, state, row)
    if lang == "zh":
        return "".join(part.text(lang) for part in parts)
    texts = [part.text(lang) for part in parts]
    return " ".join(text[:1].upper() + text[1:] for text in texts)


def sentences_of(report: CheckReport, state: ProjectState, row: int) -> list[Message]:
    """The sentences of one conflict, the most important first."""
    conflicts = report.conflicts
    rule = requirement_of(report, row)
    headline = headline_of(conflicts, row, values_of(conflicts, row))
    ruling = [] if rule is None else ruling_of(rule)
    if conflicts.verdict[row] == Verdict.CANNOT_JUDGE:
        middle = [*missing_of(conflicts, row, unsized_sides(conflicts, state, row)), *ruling]
    else:
        middle = [*ruling, *weighing_of(conflicts, state, row)]
    return [headline, *middle, *closing_of(rule, conflicts, row)]


def requirement_of(report: CheckReport, row: int) -> Requirement | None:
    """The requirement a conflict rests on, None where no number of a rule set is involved."""
    index = int(report.conflicts.requirement[row])
    return report.requirements[index] if 0 <= index < len(report.requirements) else None


def remark_texts(remark: str) -> list[Message]:
    """The remarks of a finding (keys joined by ';') in words; unknown keys as they are."""
    return [REMARKS.get(key, label(key)) for key in remark.split(";") if key]


def missing_of(conflicts: ConflictTable, row: int, unsized: Sequence[str]) -> list[Message]:
    """What is missing and would settle it; `unsized` are the pipes whose size is."""
    keys = [key for key in str(conflicts.remark[row]).split(";") if key in MISSING]
    return [
        msg(
            "The size of {names} is unknown; the recorded outer section would settle it.",
            names=listed([label(name) for name in unsized]),
        )
        if key == "size_unknown" and unsized
        else MISSING[key]
        for key in keys
    ]


def ruling_of(rule: Requirement) -> list[Message]:
    """The rule's own sentence with how far its number can be trusted."""
    state = RULE_STATES[RuleState(rule.state)]
    if rule.is_mandatory:
        return [msg("Rule: {sentence}; mandatory; {state}.", sentence=rule.sentence, state=state)]
    return [msg("Rule: {sentence}; {state}.", sentence=rule.sentence, state=state)]


def weighing_of(
    conflicts: ConflictTable, state: ProjectState, row: int, errors: Errors | None = None
) -> list[Message]:
    """How the number comes about, how sure it is, and what would make it surer."""
    sums = arithmetic_of(conflicts, state, row)
    return [*sums, *_certainty(conflicts, row), *settling_of(conflicts, state, row, errors)]


def _certainty(conflicts: ConflictTable, row: int) -> list[Message]:
    if conflicts.check[row] == "duplicate_lines":
        return []
    chance, sigma = float(conflicts.probability[row]), float(conflicts.sigma_m[row])
    shown = f"{100 * chance:.1f}" if chance < 0.9995 or sigma <= 0 else "> 99.9"
    if np.isnan(sigma):
        return [
            msg(
                "Probability {chance} % ({verdict}).",
                chance=shown,
                verdict=word(Verdict(int(conflicts.verdict[row]))),
            )
        ]
    if conflicts.check[row] == "unjoined_ends":
        return [
            msg(
                "Ends of one point lie this far apart or further with probability {chance} %,"
                " standard deviation {sigma} m.",
                chance=shown,
                sigma=f"{sigma:.3f}",
            )
        ]
    return [
        msg(
            "Probability {chance} % ({verdict}), standard deviation {sigma} m.",
            chance=shown,
            verdict=word(Verdict(int(conflicts.verdict[row]))),
            sigma=f"{sigma:.3f}",
        )
    ]


_IN_PLAN = frozenset(
    {
        "horizontal_clearance",
        "occupation",
        "building_clearance",
        "protection_zone",
        "directly_above",
        "structure_clearance",
        "thing_clearance",
        "road_order",
        "plot_order",
        "crossing_angle",
        "duplicate_lines",
    }
)
"""Checks that need no level."""


def closing_of(rule: Requirement | None, conflicts: ConflictTable, row: int) -> list[Message]:
    """What the finding rests on, and what was taken for granted."""
    return [*basis_of(conflicts, row), *assumptions_of(rule, conflicts, row)]


def names_levels(conflicts: ConflictTable, row: int) -> bool:
    """Whether what a finding rests on is told line by line."""
    both = conflicts.b_table[row] == "pipes" and conflicts.check[row] not in _IN_PLAN
    return bool(both and conflicts.level_a[row] != conflicts.level_b[row])


def basis_of(conflicts: ConflictTable, row: int) -> list[Message]:
    """Where the levels come from; two pipes' each, once where they agree."""
    if conflicts.check[row] in _IN_PLAN:
        return []
    a = Provenance(int(conflicts.level_a[row]))
    if conflicts.b_table[row] != "pipes":
        return [msg("Level: {a}.", a=LEVELS[a])]
    b = Provenance(int(conflicts.level_b[row]))
    if a == b:
        return [msg("Levels of both: {a}.", a=LEVELS[a])]
    return [levels_apart(str(conflicts.a_id[row]), a, str(conflicts.b_id[row]), b)]


def levels_apart(first: str, a: Provenance, second: str, b: Provenance) -> Message:
    """Where the levels of two lines come from, line by line."""
    return msg(
        "Levels: {first} {a}, {second} {b}.",
        first=label(first),
        a=LEVELS[a],
        second=label(second),
        b=LEVELS[b],
    )


def assumptions_of(rule: Requirement | None, conflicts: ConflictTable, row: int) -> list[Message]:
    out: list[Message] = []
    if rule is not None and rule.assumed:
        names = listed([ATTRIBUTES.get(name, label(name)) for name in rule.assumed])
        out.append(
            msg("Not recorded: {names}; the strictest row that may apply was taken.", names=names)
        )
    keys = [k for k in str(conflicts.remark[row]).split(";") if k and k not in MISSING]
    return out + [msg("Note: {remark}.", remark=REMARKS[key]) for key in keys if key in REMARKS]
