"""The command palette: type what you want to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.shortcuts import plain
from ui.theme import tokens

_WIDTH_PX, _HEIGHT_PX = 520, 380
_KEYS_ROLE = Qt.ItemDataRole.UserRole + 1


class KeysDelegate(QStyledItemDelegate):
    """The words of a command, and its keys at the right edge."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(QColor(tokens().faint))
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -10, 0), align, index.data(_KEYS_ROLE) or "")
        painter.restore()


class CommandPalette(QFrame):
    """Finds actions by any part of their words, in both languages."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = list(actions)
        self.field = QLineEdit()
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(KeysDelegate(self.list))
        self.list.itemActivated.connect(lambda _: self._run())
        self.list.itemClicked.connect(lambda _: self._run())
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.resize(_WIDTH_PX, _HEIGHT_PX)

    def open_over(self, window: QWidget) -> None:
        """Show it at the top of a window, empty."""
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.clear()
        self._filter("")
        place = window.mapToGlobal(window.rect().topLeft())
        self.move(place.x() + (window.width() - self.width()) // 2, place.y() + 90)
        self.show()
        self.field.setFocus()

    def _filter(self, text: str) -> None:
        self.list.clear()
        words = text.lower().split()
        for action in self._actions:
            shown = plain(action.text())
            known = f"{shown} {action.objectName().replace('_', ' ')}".lower()
            if not action.isEnabled() or not all(word in known for word in words):
                continue
            item = QListWidgetItem(action.icon(), shown)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item.setData(_KEYS_ROLE, keys)
            item.setData(Qt.ItemDataRole.UserRole, action.objectName())
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.hide()
        if self.list.currentRow() < 0:
            return
        name = item.data(Qt.ItemDataRole.UserRole)
        for action in self._actions:
            if action.objectName() == name:
                action.trigger()
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = self.list.currentRow() + step
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._run()
                return True
        return super().eventFilter(watched, event)
