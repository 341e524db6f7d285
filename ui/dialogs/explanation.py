"""Why two things are, or are not, in conflict: a page to read and to copy from."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialogButtonBox, QTextBrowser, QWidget

from ui.dialogs.frame import FramedDialog


class ExplanationDialog(FramedDialog):
    """Stays open beside the window, so that several can be compared."""

    def __init__(self, title: str, html: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent, width_px=640)
        self.resize(760, 640)
        self.page = QTextBrowser()
        self.page.document().setDocumentMargin(14)
        self.page.setHtml(html)
        self.body.addWidget(self.page, 1)
        box = self.add_buttons()
        self.copy_button = box.addButton(
            self.tr("Copy as text"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy_button.clicked.connect(
            lambda: QApplication.clipboard().setText(self.page.toPlainText())
        )
