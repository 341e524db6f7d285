"""The messages: what happened, newest first, to be copied as text."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QPoint, QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from ui import icons
from ui.theme import tokens
from ui.workbench import Notice, Workbench

_MOST = 500
_ICONS = {"info": "identify", "good": "accept", "warning": "warning", "error": "warning"}


class MessagesPanel(QWidget):
    """Every notice of this session."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.list)
        bench.noted.connect(self.add)
        bench.look_changed.connect(self.restyle)

    def add(self, notice: Notice) -> None:
        """Put a notice on top."""
        time = QDateTime.currentDateTime().toString("HH:mm:ss")
        item = QListWidgetItem(f"{time}   {notice.text}")
        item.setData(Qt.ItemDataRole.UserRole, notice.level)
        self._paint(item)
        self.list.insertItem(0, item)
        while self.list.count() > _MOST:
            self.list.takeItem(self.list.count() - 1)

    def _paint(self, item: QListWidgetItem) -> None:
        level = str(item.data(Qt.ItemDataRole.UserRole))
        c = tokens()
        color = {"good": c.good, "warning": c.warning, "error": c.danger}.get(level, c.muted)
        item.setIcon(icons.icon(_ICONS.get(level, "identify"), color))

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        copy = menu.addAction(self.tr("Copy"))
        clear = menu.addAction(self.tr("Clear"))
        chosen = menu.exec(self.list.mapToGlobal(place))
        if chosen is copy:
            texts = [item.text() for item in self.list.selectedItems()]
            QApplication.clipboard().setText("\n".join(texts))
        elif chosen is clear:
            self.list.clear()

    def restyle(self) -> None:
        for row in range(self.list.count()):
            self._paint(self.list.item(row))
