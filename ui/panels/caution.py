"""A banner that says why a list does not tell of what is shown now, and a button to renew it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ui.panels.parts import wrapped


class Caution(QFrame):
    """Hidden while there is nothing to say."""

    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._text = wrapped()
        self.again = QPushButton()
        self.again.setProperty("flat", True)
        self.again.clicked.connect(self.again_wanted)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 5, 6, 5)
        line.addWidget(self._text, 1)
        line.addWidget(self.again)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence; an empty one hides the banner."""
        self._text.setText(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        return self._text.text()
