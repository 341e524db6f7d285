"""One suspect level: recorded, probable, what speaks for it; the button that corrects it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from layers import style
from ui.models.suspect_levels import rank_of, rank_word
from ui.panels.parts import Pill, framed, labelled, wrapped
from ui.theme import accent_icon
from ui.workbench import Workbench

if TYPE_CHECKING:
    from baiyun_gis.diagnosis.suspects import LevelDiagnosis


class SuspectCard(QWidget):
    """Above the feature that the suspicion is about."""

    asked = Signal(str)
    """correct"""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._title, self._rank = wrapped("", "title"), Pill()
        self._sentence = wrapped()
        self._why_title, self._why = labelled("", "heading"), wrapped()
        self._why.setTextFormat(Qt.TextFormat.RichText)
        self._note = wrapped("", "muted")
        self.apply = QPushButton()
        self.apply.setProperty("primary", True)
        self.apply.clicked.connect(lambda: self.asked.emit("correct"))
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._rank, 0, Qt.AlignmentFlag.AlignTop)
        numbers = framed("card")
        grid = QGridLayout(numbers)
        grid.setContentsMargins(12, 9, 12, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        self._titles: list[QLabel] = []
        self._values: list[QLabel] = []
        for column in range(3):
            title, value = labelled("", "muted"), labelled("", "number")
            grid.addWidget(title, 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, 3 if column == 1 else 2)
            self._titles.append(title)
            self._values.append(value)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 6)
        column.setSpacing(9)
        column.addLayout(top)
        column.addWidget(numbers)
        column.addWidget(self._sentence)
        column.addWidget(self.apply)
        column.addWidget(self._note)
        column.addWidget(self._why_title)
        column.addWidget(self._why)
        column.addWidget(framed("rule"))

    def show_suspect(self, levels: LevelDiagnosis, row: int) -> None:
        """Show a suspect of a diagnosis."""
        from baiyun_gis.diagnosis.evidence import evidence_of, sentence_of

        found, lang = levels.suspects, self._bench.lang
        posterior = float(found.posterior[row])
        color = QColor(*style.verdict_color(rank_of(posterior), self._bench.theme))
        self._rank.show_word(rank_word(posterior), color)
        recorded, likely = float(found.recorded_m[row]), float(found.likely_m[row])
        sigma = float(found.sigma_m[row])
        spread = f" ± {sigma:.2f}" if np.isfinite(sigma) else ""
        texts = (f"{recorded:.3f} m", f"{likely:.3f}{spread} m", f"{recorded - likely:+.3f} m")
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)
        self._sentence.setText(sentence_of(levels, row).text(lang))
        self._why.setText(bullets([escape(why.text(lang)) for why in evidence_of(levels, row)]))
        self._show_note(levels, row)

    def _show_note(self, levels: LevelDiagnosis, row: int) -> None:
        can_correct = self._bench.diagnosing.can_correct
        parts: list[str] = []
        gone = int(levels.suspects.conflicts_gone[row])
        if gone:
            text = self.tr("Corrected, {count} conflicts would be gone.")
            parts.append(text.format(count=gone))
        if bool(levels.suspects.depth_follows[row]):
            parts.append(self.tr("The depth is wrong by as much and is corrected with it."))
        if not can_correct:
            parts = [self.tr("What is recorded here has changed since; look again.")]
        if bool(self._bench.diagnosing.corrected[row]):
            parts = [self.tr("Corrected; undo takes it back.")]
        self._note.setText(("" if self._bench.lang == "zh" else " ").join(parts))
        self._note.setVisible(bool(parts))
        self.apply.setEnabled(can_correct)

    def text(self) -> str:
        """What the card says."""
        return f"{self._sentence.text()} {self._why.text()} {self._note.text()}"

    def restyle(self) -> None:
        self.apply.setIcon(accent_icon("tick"))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Suspect level"))
        names = (self.tr("Recorded"), self.tr("Likely"), self.tr("Off by"))
        for label, name in zip(self._titles, names, strict=True):
            label.setText(name)
        self._why_title.setText(self.tr("What speaks for it"))
        self.apply.setText(self.tr("Apply correction"))
        self.apply.setToolTip(self.tr("Change the recorded level; it can be undone"))


def bullets(lines: list[str]) -> str:
    """Lines of rich text as a list."""
    rows = "".join(
        f'<tr><td style="padding-right:6px">•</td><td>{line}</td></tr>' for line in lines
    )
    return f'<table cellspacing="0" cellpadding="1">{rows}</table>'
