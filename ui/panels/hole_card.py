"""One test hole: where, what it lays open and how deep, which findings it settles."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.diagnosing import DigPlan
from ui.panels.parts import framed, labelled, wrapped
from ui.panels.suspect_card import bullets
from ui.workbench import Workbench


class HoleCard(QWidget):
    """Above the first line that the hole lays open."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._title, self._sentence = wrapped("", "title"), wrapped()
        self._open_title, self._open = labelled("", "heading"), wrapped()
        self._found_title, self._found = labelled("", "heading"), wrapped("", "muted")
        self._open.setTextFormat(Qt.TextFormat.RichText)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 6)
        column.setSpacing(9)
        for widget in (
            self._title, self._sentence, self._open_title, self._open, self._found_title,
            self._found, framed("rule"),
        ):  # fmt: skip
            column.addWidget(widget)

    def show_hole(self, plan: DigPlan, number: int) -> None:
        """Show a hole of a plan."""
        from baiyun_gis.diagnosis.hole_records import depth_words, records_of

        lang = self._bench.lang
        hole = records_of(plan.holes, plan.state, plan.report, lang)[number]
        self._title.setText(self.tr("Test hole {number}").format(number=hole["order"]))
        self._sentence.setText(str(hole["sentence"]))
        lines = [depth_words(line).text(lang) for line in hole["expose"]]
        self._open.setText(bullets(lines))
        self._open_title.setVisible(bool(lines))
        self._open.setVisible(bool(lines))
        names = [str(name) for name in hole["findings"]]
        self._found_title.setVisible(bool(names))
        self._found.setVisible(bool(names))
        self._found.setText(", ".join(names))

    def retranslate(self) -> None:
        self._open_title.setText(self.tr("To lay open"))
        self._found_title.setText(self.tr("Findings it settles"))
