"""What panels with a list share: the pill in a column, plain rows, head over list, empty page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from layers import style
from ui.models.conflicts import VERDICT_ROLE
from ui.panels.parts import paint_pill
from ui.workbench import Workbench

ROW_PX = 28


class PillDelegate(QStyledItemDelegate):
    """One column's word as a pill in the colour of its verdict."""

    def __init__(self, bench: Workbench, parent: QWidget, *, column: int) -> None:
        super().__init__(parent)
        self._bench = bench
        self._column = column

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if index.column() != self._column:
            super().paint(painter, option, index)
            return
        text = self.paint_ground(painter, option, index)
        color = QColor(*style.verdict_color(index.data(VERDICT_ROLE), self._bench.theme))
        height = option.fontMetrics.height() + 3
        box = option.rect.adjusted(4, (option.rect.height() - height) // 2, 0, 0)
        width = option.fontMetrics.horizontalAdvance(text) + 18
        box.setSize(QSize(min(width, option.rect.width() - 6), height))
        paint_pill(painter, box, text, color)

    def paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex
    ) -> str:
        """Paint the cell without its text; the text, to be painted otherwise."""
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, shown, painter, option.widget
        )
        return text

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(60, option.fontMetrics.height() + 12)


def with_plain_rows(view: QTableView) -> None:
    """One row is chosen at a time; no grid, no numbers at the side."""
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(ROW_PX)


def pages_of(
    panel: QWidget,
    *,
    head: tuple[QWidget, Sequence[QWidget]],
    caution: QWidget,
    listing: QWidget,
    empty: QWidget,
) -> QStackedWidget:
    """The panel's two pages: a head (summary, then buttons) over the list, and the empty state."""
    summary, buttons = head
    line = QHBoxLayout()
    line.setSpacing(6)
    line.addWidget(summary, 1)
    for button in buttons:
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    above = QWidget()
    top = QVBoxLayout(above)
    top.setContentsMargins(12, 8, 12, 8)
    top.setSpacing(7)
    top.addLayout(line)
    top.addWidget(caution)
    full = QWidget()
    column = QVBoxLayout(full)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(above)
    column.addWidget(listing, 1)
    pages = QStackedWidget()
    pages.addWidget(full)
    pages.addWidget(empty)
    whole = QVBoxLayout(panel)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(pages)
    return pages
