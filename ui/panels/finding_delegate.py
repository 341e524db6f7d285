"""How a finding looks in the list: verdicts as pills, kinds with their colours."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from layers import style
from ui.models import conflicts as model_columns
from ui.models.conflicts import KINDS_ROLE, VERDICT_ROLE
from ui.models.wording import utility_of
from ui.panels.parts import paint_pill
from ui.theme import tokens
from ui.workbench import Workbench


class FindingDelegate(QStyledItemDelegate):
    """Verdicts as coloured words, kinds with their colours."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if index.column() not in {model_columns.CERTAINTY, model_columns.KINDS}:
            super().paint(painter, option, index)
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, shown, painter, option.widget
        )
        if index.column() == model_columns.CERTAINTY:
            color = QColor(*style.verdict_color(index.data(VERDICT_ROLE), self._bench.theme))
            width = option.fontMetrics.horizontalAdvance(text) + 18
            height = option.fontMetrics.height() + 3
            box = option.rect.adjusted(4, (option.rect.height() - height) // 2, 0, 0)
            box.setSize(QSize(min(width, option.rect.width() - 6), height))
            paint_pill(painter, box, text, color)
            return
        self._paint_kinds(painter, option, index, text)

    def _paint_kinds(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex, text: str
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = option.rect.left() + 5
        painter.setPen(Qt.PenStyle.NoPen)
        for kind in index.data(KINDS_ROLE):
            utility = utility_of(kind)
            if utility is None:
                continue
            rgba = style.utility_color(utility, scheme=self._bench.scheme, theme=self._bench.theme)
            painter.setBrush(QColor(*rgba))
            painter.drawRoundedRect(left, option.rect.center().y() - 5, 5, 11, 2, 2)
            left += 8
        painter.setPen(QColor(tokens().text))
        rect = option.rect.adjusted(left + 3 - option.rect.left(), 0, -4, 0)
        fitted = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, fitted)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(60, option.fontMetrics.height() + 12)
