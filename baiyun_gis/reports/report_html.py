"""The report as one page that needs nothing else: no network, no other file; prints on A4.

Everything from the project is escaped. The page's script only sorts and filters what is there.
"""

from __future__ import annotations

from html import escape
from importlib import resources
from typing import TextIO

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.colours import VERDICT_COLOURS
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.conflict_cards import write_cards
from baiyun_gis.reports.conflict_rows import write_table
from baiyun_gis.reports.facts import Facts, conflict_facts, suspicion_facts
from baiyun_gis.reports.format import ReportFormat
from baiyun_gis.reports.page_pieces import coloured_legend, facts_list, number_cell
from baiyun_gis.reports.summary import (
    headline,
    not_tested,
    summary_lines,
    tested_sentence,
    verdict_counts,
)
from baiyun_gis.reports.words import check_word, reason_word

_CERTAINTY = msg(
    "Certainty is the probability that the requirement is truly violated, given how exactly levels"
    " and positions are known: certain from 95 %, likely from 50 %, possible from 5 %."
)
_DISTANCES = msg(
    "Distances are least distances between outer walls in metres; negative is penetration. Dashed"
    " outlines with a question mark have no known level."
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def write_html(report: CheckReport, state: ProjectState, file: TextIO, *, lang: Lang) -> None:
    """Write the page in `lang`: summary, ledger, table, sketches, suspicions."""
    facts = list(conflict_facts(report, state, lang))
    title = msg("Conflict report").text(lang)
    name = state.meta.title or (state.meta.path.stem if state.meta.path else "")
    file.write(
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(f'{title} {name}'.strip())}</title>\n<style>\n{_asset('page.css')}"
        "</style>\n</head>\n<body>\n"
    )
    _write_summary(report, state, file, lang, title=title, name=name)
    _write_ledger(report, file, lang)
    if facts:
        write_table(facts, file, lang)
        write_cards(report, state, facts, file, lang)
    _write_suspicions(report, file, lang)
    _write_footer(report, file, lang)
    file.write(f"<script>\n{_asset('page.js')}</script>\n</body>\n</html>\n")


def _write_summary(
    report: CheckReport, state: ProjectState, file: TextIO, lang: Lang, *, title: str, name: str
) -> None:
    rules = f"{report.rules.id} {report.rules.edition}".strip()
    file.write(f'<header>\n<p class="overline">Baiyun GIS · {escape(rules)}</p>\n')
    file.write(f"<h1>{escape(f'{title}: {name}' if name else title)}</h1>\n")
    file.write(f'<p class="headline">{_said(headline(report), lang)}</p>\n')
    file.write(f'<p class="meta">{_said(tested_sentence(report), lang)}</p>\n</header>\n')
    if state.meta.is_synthetic:
        told = msg("The data are synthetic: no real place is shown")
        file.write(f'<p class="note">{_said(told, lang)}</p>\n')
    file.write('<ul class="counts">\n')
    file.writelines(
        f'<li class="count" style="--c:{VERDICT_COLOURS[verdict]}"><b>{count}</b>'
        f"<span>{escape(verdict.label(lang))}</span></li>\n"
        for verdict, count in verdict_counts(report).items()
    )
    file.write('</ul>\n<div class="pair">\n<section>\n')
    file.write(f"<h2>{_said(msg('Summary'), lang)}</h2>\n")
    missing = not_tested(report)
    lines = [x for x in summary_lines(report, state)[2:] if x not in missing]
    file.write(facts_list([(x.title.text(lang), x.value.text(lang)) for x in lines]))
    file.write(f"</section>\n<section>\n<h2>{_said(msg('What was not tested'), lang)}</h2>\n")
    if missing:
        file.write(facts_list([(x.title.text(lang), x.value.text(lang)) for x in missing]))
    else:
        file.write(f"<p>{_said(msg('Every line was tested and every check ran.'), lang)}</p>\n")
    file.write("</section>\n</div>\n")


def _write_ledger(report: CheckReport, file: TextIO, lang: Lang) -> None:
    heads = (
        (msg("Check"), ""),
        (msg("Outcome"), ""),
        (msg("Subjects"), "n"),
        (msg("Examined"), "n"),
        (msg("Set aside"), "n"),
        (msg("Violated"), "n"),
        (msg("Requirement met"), "n"),
        (msg("Cannot be judged"), "n"),
        (msg("Details"), ""),
    )
    file.write(f"<section>\n<h2>{_said(msg('Ledger'), lang)}</h2>\n")
    explained = msg("Examined = set aside + violated + requirement met + cannot be judged.")
    file.write(f'<p class="meta">{_said(explained, lang)}</p>\n<div class="scroll"><table>\n')
    file.write("<thead><tr>")
    file.writelines(f'<th class="{kind}">{_said(words, lang)}</th>' for words, kind in heads)
    file.write("</tr></thead>\n<tbody>\n")
    for check in report.ledger.checks:
        details = [check.reason.text(lang)] if check.reason else []
        details += [f"{reason_word(k).text(lang)}: {n}" for k, n in sorted(check.set_aside.items())]
        cells = (
            check.subjects,
            check.pairs_examined,
            sum(check.set_aside.values()),
            check.violated,
            check.clear,
            check.cannot_judge,
        )
        file.write(
            f"<tr><td>{_said(check_word(check.check), lang)}</td>"
            f"<td>{escape(check.outcome.label(lang))}</td>"
            + "".join(f'<td class="n">{value}</td>' for value in cells)
            + f"<td>{escape('; '.join(details))}</td></tr>\n"
        )
    file.write("</tbody>\n</table></div>\n</section>\n")


def _write_suspicions(report: CheckReport, file: TextIO, lang: Lang) -> None:
    from baiyun_gis.buildings.sentences import kind_title, unit_word

    if not len(report.suspicions):
        return
    file.write(f"<section>\n<h2>{_said(msg('Suspected illegal buildings'), lang)}</h2>\n")
    told = msg("Evidence for an inspection, never a verdict.")
    file.write(f'<p class="meta">{_said(told, lang)}</p>\n<div class="scroll"><table>\n<thead><tr>')
    file.writelines(
        f'<th class="{kind}">{_said(words, lang)}</th>'
        for words, kind in (
            (msg("Kind"), ""),
            (msg("Building"), ""),
            (msg("Against"), ""),
            (msg("Measured"), "n"),
            (msg("Permitted"), "n"),
            (msg("Excess"), "n"),
            (msg("Unit"), ""),
            (msg("Certainty"), ""),
            (msg("Why"), ""),
        )
    )
    file.write("</tr></thead>\n<tbody>\n")
    file.writelines(
        _suspicion_row(
            facts, kind_title(facts["kind"]).text(lang), unit_word(facts["unit"]).text(lang), lang
        )
        for facts in suspicion_facts(report, lang)
    )
    file.write("</tbody>\n</table></div>\n</section>\n")


def _suspicion_row(facts: Facts, kind: str, unit: str, lang: Lang) -> str:
    verdict = Verdict.from_key(facts["verdict"])
    other = facts["other"]["id"] if facts["other"] else ""
    return (
        f'<tr><td>{escape(kind)}</td><td class="id">{escape(facts["building"]["id"])}</td>'
        f'<td class="id">{escape(other)}</td>'
        + "".join(number_cell(facts[key]) for key in ("measured", "permitted", "excess"))
        + f"<td>{escape(unit)}</td>"
        f'<td><span class="badge v-{verdict.key}">{escape(verdict.label(lang))}</span></td>'
        f"<td>{escape(facts['why'])}</td></tr>\n"
    )


def _write_footer(report: CheckReport, file: TextIO, lang: Lang) -> None:
    file.write(f"<footer>\n{coloured_legend(lang)}")
    file.writelines(f"<p>{_said(words, lang)}</p>\n" for words in (_CERTAINTY, _DISTANCES))
    stamp = f"{report.rules.id} · sha256 {report.rules.sha256}"
    file.write(f"<p>{escape(stamp)}</p>\n</footer>\n")


def _said(message: Message, lang: Lang) -> str:
    return escape(message.text(lang))


def _asset(name: str) -> str:
    return (resources.files("baiyun_gis.reports") / name).read_text(encoding="utf-8")


REPORT = ReportFormat(msg("Web page"), write_html)
