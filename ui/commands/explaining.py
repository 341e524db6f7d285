"""The command that says why two things are, or are not, in conflict."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt

from baiyun_gis.checks.explain_pair import TABLES, PairExplanation, Thing
from baiyun_gis.jobs import Job
from baiyun_gis.rules.ruleset import RuleSet
from ui.commands import checks
from ui.desk import Desk
from ui.dialogs.explanation import ExplanationDialog
from ui.models.explanation_text import explanation_html
from ui.theme import tokens


def pair_in_question(desk: Desk) -> tuple[Thing, Thing] | None:
    """The two things selected, else those of the finding in focus; one of them a line."""
    things = _selected(desk) or _of_finding(desk)
    if len(things) != 2 or all(thing.table != "pipes" for thing in things):
        return None
    return things[0], things[1]


def _selected(desk: Desk) -> list[Thing]:
    rows = desk.bench.selection.rows
    return [Thing(name, int(row)) for name in TABLES for row in rows.get(name, ())]


def _of_finding(desk: Desk) -> list[Thing]:
    report, focus = desk.bench.report, desk.bench.selection.focus
    if report is None or focus is None or not checks.has_conflict(desk):
        return []
    if desk.bench.is_report_stale:
        return []  # its rows are those of another state
    c, row = report.conflicts, focus[1]
    sides = ((str(c.a_table[row]), int(c.a_row[row])), (str(c.b_table[row]), int(c.b_row[row])))
    return [Thing(table, at) for table, at in sides if table in TABLES and at >= 0]


def can_explain(desk: Desk) -> bool:
    return pair_in_question(desk) is not None


def explain(desk: Desk) -> None:
    """Ask every check about the two things, in a thread, and show what they say."""
    pair = pair_in_question(desk)
    if pair is None:
        return
    bench = desk.bench
    session, state, day, rules = bench.session, bench.state, bench.as_of, bench.session.rules

    def work(_: Job) -> tuple[PairExplanation, RuleSet]:
        from baiyun_gis.checks.explain_pair import explain_pair
        from baiyun_gis.rules.loader import load_rule_set

        rule_set = load_rule_set(rules)
        return explain_pair(state, rule_set, *pair, as_of=day), rule_set

    def show(found: tuple[PairExplanation, RuleSet]) -> None:
        if bench.session is not session:
            return
        explanation, rule_set = found
        names = [_name(explanation, thing) for thing in (explanation.a, explanation.b)]
        look = tokens()
        colors = {"danger": look.danger, "warning": look.warning, "muted": look.muted}
        html = explanation_html(explanation, rule_set, bench.lang, colors=colors)
        dialog = ExplanationDialog(" × ".join(names), html, desk.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    bench.jobs.start(QCoreApplication.translate("Explaining", "Explanation"), work, done=show)


def _name(explanation: PairExplanation, thing: Thing) -> str:
    return str(explanation.snapshot.state.table(thing.table).row(thing.row)["id"])
