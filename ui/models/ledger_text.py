"""What a run tested and what it could not, in one or two sentences."""

from __future__ import annotations

from baiyun_gis.checks.news import RunNews
from baiyun_gis.findings.compare import Change
from baiyun_gis.findings.conflicts import CheckReport, Outcome
from baiyun_gis.findings.words import REMARKS, UNTESTABLE
from baiyun_gis.language import Lang, msg
from ui.models.wording import check_word


def reason_word(reason: str, lang: Lang) -> str:
    known = UNTESTABLE.get(reason) or REMARKS.get(reason)
    return known.text(lang) if known else reason.replace("_", " ")


def ledger_sentence(report: CheckReport, lang: Lang) -> str:
    """`480 of 512 lines tested by …. Not tested: 32 above ground. …`"""
    ledger = report.ledger
    parts = [
        msg(
            "{tested} of {read} lines tested by {rules}.",
            tested=f"{ledger.pipes_tested:,}",
            read=f"{ledger.pipes_read:,}",
            rules=report.rules.id,
        ).text(lang)
    ]
    if ledger.untestable:
        words = listed(
            [_counted(reason_word(r, lang), n, lang) for r, n in sorted(ledger.untestable.items())],
            lang,
        )
        parts.append(msg("Not tested: {listed}.", listed=words).text(lang))
    not_run = [c.check for c in ledger.checks if c.outcome is not Outcome.RAN]
    if not_run:
        words = listed([check_word(name, lang) for name in not_run], lang)
        parts.append(msg("Checks that did not run: {listed}.", listed=words).text(lang))
    unjudged = sum(c.cannot_judge for c in ledger.checks)
    if unjudged:
        parts.append(msg("{count} could not be judged.", count=f"{unjudged:,}").text(lang))
    if not ledger.closes:
        parts.append(msg("The ledger does not close: nothing may be called clear.").text(lang))
    return ("" if lang == "zh" else " ").join(parts)


def news_sentence(news: RunNews, lang: Lang) -> str:
    """What has come, gone or changed since the last run; empty when that is not known."""
    if news.change is None:
        return ""
    return msg(
        "Since the last run: {new} new, {worse} worse, {better} better, {gone} gone, {same} the"
        " same.",
        **{change.key: f"{news.count(change):,}" for change in Change},
    ).text(lang)


def _counted(word: str, count: int, lang: Lang) -> str:
    return f"{word} {count:,}" if lang == "zh" else f"{count:,} {word}"


def listed(words: list[str], lang: Lang) -> str:
    """Words one after the other, as the language does it."""
    return ("、" if lang == "zh" else ", ").join(words)
