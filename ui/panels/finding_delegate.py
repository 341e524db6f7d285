"""How a finding looks in the list: verdicts as pills, kinds with their colours."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from layers import style
from ui.models import conflicts as model_columns
from ui.models.conflicts import KINDS_ROLE
from ui.models.wording import utility_of
from ui.panels.listing import PillDelegate
from ui.theme import tokens
from ui.workbench import Workbench


class FindingDelegate(PillDelegate):
    """Verdicts as coloured words, kinds with their colours."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(bench, parent, column=model_columns.CERTAINTY)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if index.column() != model_columns.KINDS:
            super().paint(painter, option, index)
            return
        text = self.paint_ground(painter, option, index)
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
