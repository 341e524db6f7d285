"""The table of all conflicts on the page, with its filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TextIO

from baiyun_gis.findings.conflicts import Severity
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.reports.conflict_cards import CARDS_AT_MOST
from baiyun_gis.reports.facts import Facts
from baiyun_gis.reports.page_pieces import number_cell, share_cell, side_with_swatch
from baiyun_gis.reports.words import check_word

_HEADS: tuple[tuple[Message, str], ...] = (
    (msg("No."), "n"),
    (msg("Certainty"), ""),
    (msg("Check"), ""),
    (msg("Between"), ""),
    (msg("And"), ""),
    (msg("Required (m)"), "n"),
    (msg("Actual (m)"), "n"),
    (msg("Short by (m)"), "n"),
    (msg("Probability"), "n"),
    (msg("Severity"), ""),
    (msg("Clause"), ""),
    (msg("Decision"), ""),
)


def write_table(facts: Sequence[Facts], file: TextIO, lang: Lang) -> None:
    """All conflicts, one row each, in the order of the report."""
    file.write(f"<section>\n<h2>{escape(msg('Conflicts').text(lang))}</h2>\n")
    _write_tools(facts, file, lang)
    file.write('<div class="scroll"><table id="conflicts">\n<thead><tr>')
    for title, kind in _HEADS:
        words = escape(title.text(lang))
        file.write(f'<th class="{kind}"><button type="button">{words}</button></th>')
    file.write("</tr></thead>\n<tbody>\n")
    file.writelines(_row(number, conflict, lang) for number, conflict in enumerate(facts, start=1))
    file.write("</tbody>\n</table></div>\n</section>\n")


def _write_tools(facts: Sequence[Facts], file: TextIO, lang: Lang) -> None:
    find = escape(msg("Find in the table").text(lang))
    file.write(f'<div class="tools"><input id="search" type="search" placeholder="{find}"')
    file.write(f' aria-label="{find}">\n')
    picks: tuple[tuple[str, Message, Callable[[str], str]], ...] = (
        ("check", msg("All checks"), lambda key: check_word(key).text(lang)),
        ("verdict", msg("Any certainty"), lambda key: Verdict.from_key(key).label(lang)),
        ("decision", msg("Any decision"), lambda key: DecisionState.from_key(key).label(lang)),
    )
    for name, title, word in picks:
        keys = sorted({_key(conflict, name) for conflict in facts})
        options = "".join(
            f'<option value="{escape(key)}">{escape(word(key))}</option>' for key in keys
        )
        words = escape(title.text(lang))
        file.write(
            f'<select name="{name}" aria-label="{words}"><option value="">{words}</option>'
            f"{options}</select>\n"
        )
    shown = escape(msg("{shown} of {all}", shown="{shown}", all="{all}").text(lang))
    file.write(f'<output id="shown" data-template="{shown}"></output></div>\n')


def _key(conflict: Facts, name: str) -> str:
    return conflict["decision"]["state"] if name == "decision" else conflict[name]


def _row(number: int, conflict: Facts, lang: Lang) -> str:
    keys = "".join(
        f' data-{name}="{escape(_key(conflict, name))}"'
        for name in ("check", "verdict", "decision")
    )
    label = f'<a href="#c{number}">{number}</a>' if number <= CARDS_AT_MOST else str(number)
    verdict = Verdict.from_key(conflict["verdict"])
    rule = conflict["rule"]
    order = int(Severity.from_key(conflict["severity"]))
    decision = DecisionState.from_key(conflict["decision"]["state"])
    return (
        f'<tr{keys}><td class="n" data-value="{number}">{label}</td>'
        f'<td data-value="{int(verdict)}"><span class="badge v-{verdict.key}">'
        f"{escape(verdict.label(lang))}</span></td>"
        f"<td>{escape(check_word(conflict['check']).text(lang))}</td>"
        f"{_side(conflict, 'a', lang)}{_side(conflict, 'b', lang)}"
        + number_cell(rule["required_m"] if rule else None)
        + number_cell(conflict["actual_m"])
        + number_cell(conflict["shortfall_m"])
        + share_cell(conflict["probability"])
        + f'<td data-value="{order}">{escape(Severity(order).label(lang))}</td>'
        f"<td>{escape(rule['clause']) if rule else ''}</td>"
        f"<td>{escape(decision.label(lang))}</td></tr>\n"
    )


def _side(conflict: Facts, side: str, lang: Lang) -> str:
    return f'<td class="id">{side_with_swatch(conflict, side, lang)}</td>'
