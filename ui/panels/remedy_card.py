"""A way out (避让方案) of the finding in focus: look for one, read it, take it or leave it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from baiyun_gis.remedies.remedy import Proposal
from baiyun_gis.remedies.sentences import sentences_of
from ui.panels.parts import framed, labelled, wrapped
from ui.theme import themed_icon
from ui.workbench import Workbench

_BUTTONS = ("find", "apply", "dismiss")
_ICONS = {"find": "search", "dismiss": "close"}


class RemedyCard(QWidget):
    """Below a finding: a button, then the proposal in words with two more."""

    asked = Signal(str)
    """find, apply or dismiss"""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._heading = labelled("", "heading")
        self._head, self._text = wrapped(), wrapped("", "muted")
        self.buttons: dict[str, QPushButton] = {}
        for name in _BUTTONS:
            button = QPushButton()
            button.clicked.connect(lambda _=False, what=name: self.asked.emit(what))
            self.buttons[name] = button
        self.buttons["apply"].setProperty("primary", True)
        self._card = framed("card")
        inner = QVBoxLayout(self._card)
        inner.setContentsMargins(12, 9, 12, 10)
        inner.setSpacing(6)
        inner.addWidget(self._head)
        inner.addWidget(self._text)
        row = QGridLayout()
        row.setSpacing(6)
        row.addWidget(self.buttons["apply"], 0, 0)
        row.addWidget(self.buttons["dismiss"], 0, 1)
        inner.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        column.addWidget(self._card)
        column.addWidget(self.buttons["find"])
        bench.remedy_changed.connect(self.refresh)
        self.restyle()
        self.refresh()

    def refresh(self) -> None:
        """Show the remedy the bench holds, or the button that looks for one."""
        remedy = self._bench.remedy
        self._card.setVisible(remedy is not None)
        self.buttons["find"].setVisible(remedy is None)
        self.buttons["find"].setEnabled(not self._bench.is_report_stale)
        if remedy is None:
            return
        lang = self._bench.lang
        first, *rest = (part.text(lang) for part in sentences_of(remedy))
        self._head.setText(f"<b>{first[:1].upper()}{first[1:]}</b>")
        joint = "" if lang == "zh" else " "
        self._text.setText(joint.join(text[:1].upper() + text[1:] for text in rest))
        self.buttons["apply"].setVisible(isinstance(remedy, Proposal))

    def text(self) -> str:
        """What the card says."""
        return f"{self._head.text()} {self._text.text()}"

    def restyle(self) -> None:
        for name, icon in _ICONS.items():
            self.buttons[name].setIcon(themed_icon(icon))

    def retranslate(self) -> None:
        self._heading.setText(self.tr("Way out"))
        self.buttons["find"].setText(self.tr("Find a way out"))
        self.buttons["find"].setToolTip(
            self.tr("Look for the smallest move of the line that gives way (Ctrl+Alt+W)")
        )
        self.buttons["apply"].setText(self.tr("Apply"))
        self.buttons["apply"].setToolTip(self.tr("Make the move; it can be undone"))
        self.buttons["dismiss"].setText(self.tr("Dismiss"))
        self.refresh()
