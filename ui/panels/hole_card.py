"""One test hole: where, what it lays open and how deep, which findings it settles."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.diagnosing import DigPlan
from ui.models.wording import check_word, kind_word
from ui.panels.parts import framed, labelled, wrapped
from ui.panels.suspect_card import bullets
from ui.theme import tokens
from ui.workbench import Workbench

_MOST_FINDINGS = 8


class HoleCard(QWidget):
    """Above the first line that the hole lays open."""

    followed = Signal(int)
    """A conflict of the report, to be shown."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._title, self._sentence = wrapped("", "title"), wrapped()
        self._open_title, self._open = labelled("", "heading"), wrapped()
        self._found_title, self.found = labelled("", "heading"), wrapped()
        for label in (self._open, self.found):
            label.setTextFormat(Qt.TextFormat.RichText)
        self.found.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.found.linkActivated.connect(lambda link: self.followed.emit(int(link)))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 6)
        column.setSpacing(9)
        for widget in (
            self._title, self._sentence, self._open_title, self._open, self._found_title,
            self.found, framed("rule"),
        ):  # fmt: skip
            column.addWidget(widget)

    def show_hole(self, plan: DigPlan, number: int) -> None:
        """Show a hole of a plan."""
        from baiyun_gis.diagnosis.hole_records import depth_words, record_of

        lang = self._bench.lang
        hole = record_of(plan.holes, plan.state, plan.report, number, lang=lang)
        self._title.setText(self.tr("Test hole {number}").format(number=hole["order"]))
        self._sentence.setText(str(hole["sentence"]))
        lines = [escape(depth_words(line).text(lang)) for line in hole["expose"]]
        findings = [int(row) for row in plan.holes.findings[number]]
        shown = [self._finding(plan, row) for row in findings[:_MOST_FINDINGS]]
        if len(findings) > len(shown):
            more = self.tr("and {count} more")
            shown.append(more.format(count=len(findings) - len(shown)))
        for title, label, texts in (
            (self._open_title, self._open, lines),
            (self._found_title, self.found, shown),
        ):
            label.setText(bullets(texts))
            title.setVisible(bool(texts))
            label.setVisible(bool(texts))

    def _finding(self, plan: DigPlan, row: int) -> str:
        """A finding in words; a link to it while the report is the one shown."""
        c, lang = plan.report.conflicts, self._bench.lang
        sides = ((str(c.a_kind[row]), str(c.a_id[row])), (str(c.b_kind[row]), str(c.b_id[row])))
        pair = " × ".join(f"{kind_word(k, lang)} {n}".strip() for k, n in sides if k or n)
        text = escape(f"{check_word(str(c.check[row]), lang)}: {pair}")
        if self._bench.report is not plan.report:
            return text
        return f'<a href="{row}" style="color:{tokens().accent}">{text}</a>'

    def text(self) -> str:
        """What the card says."""
        return f"{self._title.text()} {self._sentence.text()} {self._open.text()}"

    def retranslate(self) -> None:
        self._open_title.setText(self.tr("To lay open"))
        self._found_title.setText(self.tr("Findings it settles"))
