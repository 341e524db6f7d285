"""Why two things are, or are not, in conflict, as text for people to read."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from baiyun_gis.checks.explain_pair import NOT_NEAR, CheckAnswer, PairExplanation
from baiyun_gis.findings.headlines import check_title
from baiyun_gis.findings.pair_words import answer_sentences, end_of, rules_of, thing_sentences
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.rules.ruleset import RuleSet
from ui.models.ledger_text import listed

_QUIET = frozenset({"not_run", NOT_NEAR})
_COLORS = {"violated": "danger", "possible": "warning", "cannot_judge": "warning"}


def explanation_html(
    explanation: PairExplanation, rules: RuleSet, lang: Lang, *, colors: dict[str, str]
) -> str:
    """Rich text; `colors` has `danger`, `warning` and `muted`."""
    spoken = [a for a in explanation.answers if a.outcome not in _QUIET]
    silent = [a for a in explanation.answers if a.outcome in _QUIET]
    parts = [_heading(msg("What the checks say"), lang)]
    parts += [_answer(explanation, answer, lang, colors) for answer in spoken]
    for end, names in _by_end(silent, lang).items():
        said = msg("{check}: {end}", check=listed(names, lang), end=end).text(lang)
        parts.append(f'<p style="color:{colors["muted"]}">{escape(said)}</p>')
    parts.append(_heading(msg("The two, and where every number comes from"), lang))
    for thing in (explanation.a, explanation.b):
        parts.append(f"<p>{_lines(thing_sentences(explanation, thing), lang)}</p>")
    rows = list(_rule_rows(explanation, rules, lang))
    if rows:
        parts += [_heading(msg("Which rows of the rule set speak of them"), lang), *rows]
    return "".join(parts)


def _heading(text: Message, lang: Lang) -> str:
    return f"<h3>{escape(text.text(lang))}</h3>"


def _lines(sentences: Iterable[Message], lang: Lang) -> str:
    return "<br>".join(escape(sentence.text(lang)) for sentence in sentences)


def _by_end(answers: list[CheckAnswer], lang: Lang) -> dict[str, list[str]]:
    """The names of checks that ended alike, in order, by how they ended."""
    out: dict[str, list[str]] = {}
    for answer in answers:
        name = check_title(answer.check).text(lang)
        out.setdefault(end_of(answer).text(lang), []).append(name)
    return out


def _answer(
    explanation: PairExplanation, answer: CheckAnswer, lang: Lang, colors: dict[str, str]
) -> str:
    head, *rest = answer_sentences(explanation, answer)
    color = colors.get(_COLORS.get(answer.outcome, ""), "")
    style = f' style="color:{color}"' if color else ""
    details = f"<br>{_lines(rest, lang)}" if rest else ""
    return f"<p><b{style}>{escape(head.text(lang))}</b>{details}</p>"


def _rule_rows(explanation: PairExplanation, rules: RuleSet, lang: Lang) -> Iterable[str]:
    for found in rules_of(explanation, rules):
        lines = [f"<b>{escape(_said_by(found.check, found.answer, lang))}</b>"]
        for row in found.considered:
            text = escape(f"{row.rule_id}: {row.why.text(lang)}")
            lines.append(f"✓ {text}" if row.won else f"&nbsp;&nbsp; {text}")
        yield f"<p>{'<br>'.join(lines)}</p>"


def _said_by(check: str, answer: Message, lang: Lang) -> str:
    return msg("{check}: {end}", check=check_title(check), end=answer).text(lang)
