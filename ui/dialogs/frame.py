"""What all dialogs share: margins, a title, buttons in the program's language."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from ui.panels.parts import wrapped


class FramedDialog(QDialog):
    """A dialog with a body to fill and a row of buttons."""

    def __init__(self, title: str, parent: QWidget | None = None, *, width_px: int = 460) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(width_px)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 18, 20, 16)
        self.body.setSpacing(12)

    def add_text(self, text: str, role: str = "") -> None:
        """A paragraph."""
        self.body.addWidget(wrapped(text, role))

    def add_buttons(self, accept: str = "") -> QDialogButtonBox:
        """Close, or a button that accepts beside Cancel."""
        if not accept:
            box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        else:
            box = QDialogButtonBox(
                QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
            )
            box.button(QDialogButtonBox.StandardButton.Ok).setText(accept)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.body.addWidget(box)
        return box
