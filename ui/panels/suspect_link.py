"""In a finding's card: the suspect level that it may come from, with a way to it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.panels.parts import wrapped
from ui.theme import tokens
from ui.workbench import Workbench


class SuspectLink(QFrame):
    """Hidden where nothing was diagnosed or nothing is suspected."""

    followed = Signal(int)
    """A row of the diagnosis."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._bench = bench
        self._row = -1
        self.label = wrapped()
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.label.linkActivated.connect(lambda _: self.followed.emit(self._row))
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 6, 10, 7)
        line.addWidget(self.label)
        self.hide()

    def show_conflict(self, row: int) -> None:
        """Show what a conflict of the bench's report may come from."""
        self._row = self._suspect_of(row)
        self.setVisible(self._row >= 0)
        levels = self._bench.diagnosing.levels
        if self._row < 0 or levels is None:
            return
        from baiyun_gis.diagnosis.evidence import sentence_of

        sentence = sentence_of(levels, self._row).text(self._bench.lang)
        title, link = self.tr("Suspect level"), self.tr("Look at the evidence")
        self.label.setText(
            f"<b>{title}</b><br>{escape(sentence)}<br>"
            f'<a href="#suspect" style="color:{tokens().accent}">{link}</a>'
        )

    def _suspect_of(self, row: int) -> int:
        levels, report = self._bench.diagnosing.levels, self._bench.report
        if levels is None or report is None or levels.revision != report.revision:
            return -1
        from baiyun_gis.diagnosis.of_conflicts import suspect_of_conflict

        return suspect_of_conflict(levels, report, row)
