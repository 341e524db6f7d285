"""One card a conflict: the numbers, the clause, the reasoning, plan and section."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TextIO

from baiyun_gis.findings.conflicts import CheckReport, Severity
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Provenance, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.facts import Facts
from baiyun_gis.reports.page_pieces import decimal, kind_with_swatch
from baiyun_gis.reports.sketch import Sketches, sketches_of
from baiyun_gis.reports.words import check_word
from baiyun_gis.rules.requirement import RuleState

CARDS_AT_MOST = 200
"""More conflicts than these are in the table only; the page says so."""


def write_cards(
    report: CheckReport, state: ProjectState, facts: Sequence[Facts], file: TextIO, lang: Lang
) -> None:
    """The first conflicts one by one, in the order of the report."""
    file.write(f"<section>\n<h2>{escape(msg('Conflicts one by one').text(lang))}</h2>\n")
    if len(facts) > CARDS_AT_MOST:
        told = msg(
            "The first {shown} of {all} are drawn here; the table above holds all of them.",
            shown=CARDS_AT_MOST,
            all=len(facts),
        )
        file.write(f'<p class="note">{escape(told.text(lang))}</p>\n')
    for row, conflict in enumerate(facts[:CARDS_AT_MOST]):
        sketches = sketches_of(report, state, row, lang=lang, key=str(row + 1))
        file.write(_card(row + 1, conflict, sketches, lang))
    file.write("</section>\n")


def _card(number: int, conflict: Facts, sketches: Sketches, lang: Lang) -> str:
    verdict = Verdict.from_key(conflict["verdict"])
    sides = " × ".join(
        f"{kind_with_swatch(side['kind'], lang)} {escape(side['id'])}".rstrip()
        for side in (conflict["a"], conflict["b"])
        if side["id"] or side["table"]
    )
    severity = Severity.from_key(conflict["severity"])
    return (
        f'<article class="conflict" id="c{number}">\n<header><h3>{number}. '
        f"{escape(check_word(conflict['check']).text(lang))}</h3><span>{sides}</span>"
        f'<span class="badge v-{verdict.key}">{escape(verdict.label(lang))}</span>'
        f'<span class="badge">{escape(severity.label(lang))}</span>'
        f'<span class="id">{escape(conflict["id"])}</span></header>\n'
        f'{_numbers(conflict, lang)}<p class="why">{escape(conflict["why"])}</p>\n'
        f"{_rule(conflict, lang)}{_decision(conflict, lang)}{_sketches(sketches, lang)}"
        "</article>\n"
    )


def _numbers(conflict: Facts, lang: Lang) -> str:
    rule, stretch = conflict["rule"], conflict["stretch"]
    chance = conflict["probability"]
    pieces: list[tuple[Message, str]] = [
        (msg("Required"), _metres(rule["required_m"] if rule else None)),
        (msg("Actual"), _metres(conflict["actual_m"])),
        _short(conflict["shortfall_m"]),
        (msg("Probability"), "–" if chance is None else f"{chance:.1%}"),
    ]
    if stretch:
        pieces.append((msg("Stretch"), f"{stretch['from_m']:.2f} – {stretch['to_m']:.2f} m"))
    x, y, z = conflict["at"]
    if x is not None and y is not None:
        level = "?" if z is None else f"{z:.3f}"
        pieces.append((msg("At"), f"{x:.3f}, {y:.3f}, {level}"))
    inner = "".join(
        f'<div><span class="k">{escape(title.text(lang))}</span><span class="x">{escape(value)}'
        "</span></div>"
        for title, value in pieces
    )
    return f'<div class="numbers">{inner}</div>\n'


def _short(shortfall_m: float | None) -> tuple[Message, str]:
    if shortfall_m is not None and shortfall_m <= 0:
        return msg("To spare"), _metres(-shortfall_m)
    return msg("Short by"), _metres(shortfall_m)


def _rule(conflict: Facts, lang: Lang) -> str:
    """What the finding rests on: the clause and how far its number is attested, the levels."""
    words = {k: Provenance.from_key(v).label(lang) for k, v in conflict["basis"].items()}
    told = msg("Levels: {level_a} / {level_b}; sections: {section_a} / {section_b}", **words)
    rule = conflict["rule"]
    if not rule:
        return f'<p class="meta">{escape(told.text(lang))}</p>\n'
    state = RuleState.from_key(rule["state"])
    mandatory = f' <span class="badge">{escape(msg("mandatory").text(lang))}</span>'
    clause = msg("{set}, clause {clause}", set=rule["set"], clause=rule["clause"]).text(lang)
    return (
        f'<p class="meta">{escape(clause)} '
        f'<span class="badge s-{state.key}">{escape(state.label(lang))}</span>'
        f"{mandatory if rule['mandatory'] else ''} · {escape(told.text(lang))}</p>\n"
    )


def _decision(conflict: Facts, lang: Lang) -> str:
    decision = conflict["decision"]
    state = DecisionState.from_key(decision["state"])
    if state is DecisionState.OPEN:
        return ""
    parts = [state.label(lang), decision["reason"], decision["author"], decision["until"]]
    return f'<p class="note">{escape(" · ".join(part for part in parts if part))}</p>\n'


def _sketches(sketches: Sketches, lang: Lang) -> str:
    if not sketches.plan:
        return ""
    figures = "".join(
        f"<figure>{drawing}<figcaption>{escape(title.text(lang))}</figcaption></figure>\n"
        for title, drawing in (
            (msg("Plan 1:{scale}", scale=sketches.plan_scale), sketches.plan),
            (msg("Section 1:{scale}", scale=sketches.section_scale), sketches.section),
        )
    )
    return f'<div class="sketches">{figures}</div>\n'


def _metres(value: float | None) -> str:
    return "–" if value is None else f"{decimal(value)} m"
