"""One finding: clause, numbers, the arithmetic in words, what it rests on, what was decided."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from baiyun_gis.checks.explain_pair import TABLES
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.groups import group_sentence
from baiyun_gis.findings.sentences import why
from baiyun_gis.model.vocabulary import Provenance, Verdict
from baiyun_gis.rules.requirement import RuleState
from layers import style
from ui.models.wording import check_word, kind_word, state_word, utility_of, verdict_word
from ui.panels.flow import FlowLayout
from ui.panels.parts import Pill, framed, labelled, wrapped
from ui.panels.remedy_card import RemedyCard
from ui.panels.sketch import SketchView
from ui.panels.suspect_link import SuspectLink
from ui.theme import themed_icon, tokens
from ui.workbench import Workbench

_BUTTONS = ("accept", "exclude", "resolve", "reopen")
_EXPLAINED = frozenset(TABLES)
_UNDECIDED = {DecisionState.OPEN, DecisionState.REOPENED}


class ConflictCard(QWidget):
    """The finding in focus."""

    decided = Signal(str)
    explained = Signal()
    """What every check says of the two is asked for."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._row = -1
        self._check = wrapped("", "title")
        self._verdict = Pill()
        self._pair = wrapped("", "muted")
        self._pair.setTextFormat(Qt.TextFormat.RichText)
        self._cause = wrapped("", "muted")
        self._numbers = self._make_numbers()
        self._clause_title = wrapped()
        self._sentence = wrapped("", "muted")
        self._chips = FlowLayout(spacing=5)
        self._rule_chips = FlowLayout(spacing=5)
        self._why_title, self._why = labelled("", "heading"), wrapped()
        self.explain_button = QPushButton()
        self.explain_button.setProperty("flat", True)
        self.explain_button.clicked.connect(self.explained)
        self._basis_title = labelled("", "heading")
        self.sketch = SketchView()
        self.remedy = RemedyCard(bench)
        self.suspect = SuspectLink(bench)
        self._decision = wrapped("", "muted")
        self._buttons: dict[str, QPushButton] = {}
        self._lay_out()

    def _make_numbers(self) -> QFrame:
        card = framed("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(12, 9, 12, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        self._number_titles: list[QLabel] = []
        self._number_values: list[QLabel] = []
        for column in range(4):
            title, value = labelled("", "muted"), labelled("", "number")
            grid.addWidget(title, 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, 1)
            self._number_titles.append(title)
            self._number_values.append(value)
        return card

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._check, 1)
        top.addWidget(self._verdict, 0, Qt.AlignmentFlag.AlignTop)
        rule = framed("card")
        inner = QVBoxLayout(rule)
        inner.setContentsMargins(12, 9, 12, 10)
        inner.setSpacing(6)
        inner.addWidget(self._clause_title)
        inner.addWidget(self._sentence)
        inner.addLayout(self._rule_chips)
        buttons = QGridLayout()
        buttons.setSpacing(6)
        for at, name in enumerate(_BUTTONS):
            button = QPushButton()
            button.clicked.connect(lambda _=False, what=name: self.decided.emit(what))
            self._buttons[name] = button
            buttons.addWidget(button, at // 2, at % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 14)
        column.setSpacing(9)
        column.addLayout(top)
        column.addWidget(self._pair)
        column.addWidget(self._cause)
        column.addWidget(self.suspect)
        column.addWidget(self._numbers)
        column.addWidget(self.sketch)
        heading = QHBoxLayout()
        heading.addWidget(self._why_title, 1)
        heading.addWidget(self.explain_button)
        column.addLayout(heading)
        column.addWidget(self._why)
        column.addWidget(self.remedy)
        column.addWidget(rule)
        column.addWidget(self._basis_title)
        column.addLayout(self._chips)
        column.addWidget(framed("rule"))
        column.addWidget(self._decision)
        column.addLayout(buttons)
        column.addStretch(1)
        self.restyle()

    def show_row(self, row: int) -> None:
        """Show a conflict of the bench's report."""
        report = self._bench.report
        assert report is not None
        self._row = row
        c, lang = report.conflicts, self._bench.lang
        verdict = Verdict(int(c.verdict[row]))
        self._check.setText(check_word(str(c.check[row]), lang))
        color = QColor(*style.verdict_color(verdict, self._bench.theme))
        self._verdict.show_word(verdict_word(verdict, lang), color)
        self._pair.setText(" &nbsp;×&nbsp; ".join(p for p in self._sides(report, row) if p))
        group = self._bench.checking.news.groups.get(str(c.group[row]))
        self._cause.setText("" if group is None else group_sentence(group).text(lang))
        self._cause.setVisible(group is not None)
        self._show_numbers(report, row)
        self._why.setText(why(report, self._bench.state, row, lang))
        self._show_rule(report, row)
        self._show_basis(report, row)
        self._show_decision(report, row)
        names = {str(c.a_table[row]), str(c.b_table[row])}
        self.explain_button.setVisible(names <= _EXPLAINED and "pipes" in names)
        self.explain_button.setEnabled(not self._bench.is_report_stale)
        self.remedy.refresh()
        self.suspect.show_conflict(row)
        self.sketch.show_conflict(self._bench.state, report, row, lang=lang)

    def _sides(self, report: CheckReport, row: int) -> tuple[str, str]:
        c, lang = report.conflicts, self._bench.lang

        def side(kind: str, name: str) -> str:
            if not kind and not name:
                return ""
            utility = utility_of(kind)
            color = tokens().muted
            if utility is not None:
                rgba = style.utility_color(
                    utility, scheme=self._bench.scheme, theme=self._bench.theme
                )
                color = QColor(*rgba).name()
            from html import escape

            return (
                f'<span style="color:{color}">●</span> <b>{escape(kind_word(kind, lang))}</b> '
                f"{escape(name)}"
            )

        return (
            side(str(c.a_kind[row]), str(c.a_id[row])),
            side(str(c.b_kind[row]), str(c.b_id[row])),
        )

    def _show_numbers(self, report: CheckReport, row: int) -> None:
        c = report.conflicts
        lengths = (c.required_m[row], c.actual_m[row], c.shortfall_m[row])
        for label, value in zip(self._number_values, lengths, strict=False):
            label.setText("—" if np.isnan(value) else f"{value:.3f}".rstrip("0").rstrip(".") + " m")
        chance = float(c.probability[row])
        self._number_values[3].setText("—" if np.isnan(chance) else f"{chance:.0%}")
        short = self._number_values[2]
        short.setStyleSheet(f"color: {tokens().danger};" if c.shortfall_m[row] > 0 else "")

    def _show_rule(self, report: CheckReport, row: int) -> None:
        index = int(report.conflicts.requirement[row])
        lang = self._bench.lang
        self._rule_chips.clear()
        rule = report.requirements[index] if index >= 0 else None
        self._sentence.setVisible(rule is not None)
        if rule is None:
            self._clause_title.setText(self.tr("No rule number: two bodies share one place"))
            return
        self._clause_title.setText(f"<b>{rule.clause}</b> &nbsp; {rule.rule_set}")
        self._sentence.setText(rule.sentence.text(lang))
        chips = [self._rule_state(rule.state)]
        chips.append(self.tr("mandatory") if rule.is_mandatory else self.tr("not mandatory"))
        if rule.assumed:
            chips.append(
                self.tr("strictest row: {names} unknown").format(names=", ".join(rule.assumed))
            )
        for text in chips:
            self._rule_chips.addWidget(labelled(text, "chip"))

    def _rule_state(self, state: RuleState) -> str:
        return {
            RuleState.CONFIRMED: self.tr("confirmed"),
            RuleState.SINGLE_SOURCE: self.tr("single source"),
            RuleState.UNCONFIRMED: self.tr("unconfirmed"),
            RuleState.USER: self.tr("set by the user"),
        }[state]

    def _show_basis(self, report: CheckReport, row: int) -> None:
        c, lang = report.conflicts, self._bench.lang
        self._chips.clear()
        a, b = kind_word(str(c.a_kind[row]), lang), kind_word(str(c.b_kind[row]), lang)
        for name, level, section in (
            (a, c.level_a[row], c.section_a[row]),
            (b, c.level_b[row], c.section_b[row]),
        ):
            if not name:
                continue
            level_word = Provenance(int(level)).label(lang)
            section_word = Provenance(int(section)).label(lang)
            text = self.tr("{name}: level {level}, section {section}").format(
                name=name, level=level_word, section=section_word
            )
            self._chips.addWidget(labelled(text, "chip"))
        sigma = float(c.sigma_m[row])
        if not np.isnan(sigma):
            self._chips.addWidget(labelled(f"σ {sigma:.3f} m", "chip"))

    def _show_decision(self, report: CheckReport, row: int) -> None:
        c = report.conflicts
        state = DecisionState(int(c.decision[row]))
        word = state_word(state, self._bench.lang)
        details = [str(c.decision_reason[row]), str(c.decision_author[row])]
        until = c.decision_until[row]
        if not np.isnat(until):
            details.append(self.tr("until {day}").format(day=until))
        self._decision.setText(" · ".join([word, *(d for d in details if d)]))
        undecided = state in _UNDECIDED
        self._buttons["reopen"].setEnabled(not undecided)

    def restyle(self) -> None:
        for name in _BUTTONS:
            self._buttons[name].setIcon(themed_icon(name))
        self.sketch.update()
        self.remedy.restyle()

    def retranslate(self) -> None:
        titles = (
            self.tr("Required"),
            self.tr("Actual"),
            self.tr("Short by"),
            self.tr("Probability"),
        )
        for label, title in zip(self._number_titles, titles, strict=True):
            label.setText(title)
        self._why_title.setText(self.tr("Why"))
        self.explain_button.setText(self.tr("What every check says…"))
        self.explain_button.setToolTip(
            self.tr("Check by check: rules, numbers and where they come from (Ctrl+Alt+E)")
        )
        self.remedy.retranslate()
        self._basis_title.setText(self.tr("What it rests on"))
        self._buttons["accept"].setText(self.tr("Accept…"))
        self._buttons["exclude"].setText(self.tr("Exclude…"))
        self._buttons["resolve"].setText(self.tr("Resolved"))
        self._buttons["reopen"].setText(self.tr("Open again"))
        self._buttons["accept"].setToolTip(self.tr("Accept with a reason (A)"))
        self._buttons["exclude"].setToolTip(self.tr("Exclude until a date (X)"))
        self._buttons["resolve"].setToolTip(self.tr("Mark as resolved (R)"))
        self._buttons["reopen"].setToolTip(self.tr("Take the decision back"))
