"""Help: the pages that come with the program, offline."""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from baiyun_gis.language import Lang
from ui.dialogs.frame import FramedDialog


class HelpDialog(FramedDialog):
    """A list of pages and the page."""

    def __init__(self, lang: Lang, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width_px=820)
        self.setWindowTitle(self.tr("Help"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(880, 600)
        self._list = QListWidget()
        self._list.setObjectName("helpPages")
        self._list.setMaximumWidth(210)
        self._page = QTextBrowser()
        self._page.setOpenExternalLinks(False)
        self._page.document().setDocumentMargin(18)
        for title, text in pages(lang):
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, text)
            self._list.addItem(item)
        self._list.currentItemChanged.connect(
            lambda item, _: self._page.setMarkdown(str(item.data(Qt.ItemDataRole.UserRole)))
        )
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._list)
        line.addWidget(self._page, 1)
        self.body.addLayout(line, 1)
        self.add_buttons()
        self._list.setCurrentRow(0)


def pages(lang: Lang) -> list[tuple[str, str]]:
    """Title and Markdown of each page in a language, in order of file name."""
    folder = resources.files("ui") / "help"
    suffix = f".{lang}.md"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(suffix)), key=lambda f: f.name)
    texts = [file.read_text(encoding="utf-8") for file in found]
    return [(text.splitlines()[0].lstrip("# "), text) for text in texts]
