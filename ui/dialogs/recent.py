"""The projects opened last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ui.dialogs.frame import FramedDialog
from ui.theme import themed_icon


class RecentDialog(FramedDialog):
    """One line a project; those that are gone cannot be chosen."""

    def __init__(self, paths: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__("", parent, width_px=560)
        self.setWindowTitle(self.tr("Recent projects"))
        self._list = QListWidget()
        self._list.setMinimumHeight(220)
        for path in paths:
            item = QListWidgetItem(themed_icon("file"), f"{path.name}\n{path.parent}")
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            if not path.is_file():
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(item)
        self._list.itemActivated.connect(lambda _: self.accept())
        self._list.setCurrentRow(0)
        self.body.addWidget(self._list)
        self.add_buttons(self.tr("Open"))

    @property
    def chosen(self) -> Path | None:
        item = self._list.currentItem()
        if self._list.currentRow() < 0 or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return None
        return Path(str(item.data(Qt.ItemDataRole.UserRole)))
