"""The layer panel: the tree with check boxes, swatches and counts; opacity of the one chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSlider,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ui.models.layer_tree import COLOR_ROLE, COUNT_ROLE, KEY_ROLE, SYMBOL_ROLE, LayerTreeModel
from ui.panels.parts import EmptyState, labelled
from ui.theme import tokens
from ui.workbench import Workbench

Index = QModelIndex | QPersistentModelIndex
_SWATCH_PX = 14


class LayerDelegate(QStyledItemDelegate):
    """Check box, swatch, title, and the count at the right edge."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, option.widget)
        box = style.subElementRect(
            QStyle.SubElement.SE_ItemViewItemCheckIndicator, shown, option.widget
        )
        left = box.right() + 9
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = index.data(COLOR_ROLE)
        if color is not None:
            middle = option.rect.center().y()
            self._swatch(painter, QRectF(left, middle - 5, _SWATCH_PX, 10), index, QColor(*color))
            left += _SWATCH_PX + 7
        count = index.data(COUNT_ROLE)
        counted = "" if count is None else f"{count:,}"
        width = painter.fontMetrics().horizontalAdvance(counted) + 10
        is_group = not index.parent().isValid()
        font = painter.font()
        font.setBold(is_group)
        painter.setFont(font)
        painter.setPen(QColor(tokens().muted if is_group else tokens().text))
        rect = option.rect.adjusted(left - option.rect.left(), 0, -width - 4, 0)
        fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, fitted)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(tokens().faint))
        right = option.rect.adjusted(0, 0, -8, 0)
        painter.drawText(
            right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, counted
        )
        painter.restore()

    def _swatch(self, painter: QPainter, box: QRectF, index: Index, color: QColor) -> None:
        if index.data(SYMBOL_ROLE) == "line":
            painter.setPen(QPen(color, 3.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            y = box.center().y()
            painter.drawLine(int(box.left()) + 1, round(y), int(box.right()) - 1, round(y))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        color.setAlpha(255)
        painter.setBrush(color)
        if index.data(KEY_ROLE)[0] == "conflicts":
            painter.drawEllipse(box.center(), 5.0, 5.0)
        else:
            painter.drawRoundedRect(box, 2.5, 2.5)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, max(option.fontMetrics.height() + 9, 25))


class LayersPanel(QWidget):
    """The layers of the project, by theme."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self.model = LayerTreeModel(bench, self)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(LayerDelegate(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(15)
        self.tree.setUniformRowHeights(True)
        self.tree.setExpandsOnDoubleClick(True)
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._show_opacity())
        self.empty = EmptyState("layers")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.tree)
        self._pages.addWidget(self.empty)
        self._footer = self._make_footer()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self._footer)
        bench.state_changed.connect(lambda _: self._rebuild())
        bench.report_changed.connect(self._rebuild)
        bench.stack_changed.connect(self.model.refresh)
        bench.look_changed.connect(self._restyle)
        self.retranslate()
        self._rebuild()

    def _make_footer(self) -> QWidget:
        footer = QWidget()
        self._opacity_label = labelled("", "muted")
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setValue(100)
        self._opacity.setEnabled(False)
        self._opacity.valueChanged.connect(self._set_opacity)
        self._opacity_value = QLabel("100 %")
        line = QHBoxLayout(footer)
        line.setContentsMargins(12, 7, 12, 8)
        line.addWidget(self._opacity_label)
        line.addWidget(self._opacity, 1)
        line.addWidget(self._opacity_value)
        return footer

    def _rebuild(self) -> None:
        # which layers were folded is kept by name, since the tree is made anew
        groups = [self.model.index(row, 0) for row in range(self.model.rowCount())]
        folded = {group.data() for group in groups if not self.tree.isExpanded(group)}
        had_rows = bool(groups)
        self.model.rebuild()
        self._pages.setCurrentIndex(1 if self.model.is_empty else 0)
        self._footer.setVisible(not self.model.is_empty)
        for row in range(self.model.rowCount()):
            group = self.model.index(row, 0)
            self.tree.setExpanded(group, not (had_rows and group.data() in folded))
            for inner in range(self.model.rowCount(group)):
                layer = self.model.index(inner, 0, group)
                self.tree.setExpanded(layer, layer.data(KEY_ROLE)[0] in {"pipes", "conflicts"})

    def _restyle(self) -> None:
        self.model.refresh()
        self.empty.restyle()

    def _chosen_layer(self) -> str:
        index = self.tree.currentIndex()
        return index.data(KEY_ROLE)[0] if index.isValid() else ""

    def _show_opacity(self) -> None:
        layer = self._chosen_layer()
        self._opacity.setEnabled(bool(layer))
        if layer:
            value = round(self._bench.stack.setting(layer).opacity * 100)
            self._opacity.blockSignals(True)
            self._opacity.setValue(value)
            self._opacity.blockSignals(False)
            self._opacity_value.setText(f"{value} %")

    def _set_opacity(self, value: int) -> None:
        self._opacity_value.setText(f"{value} %")
        layer = self._chosen_layer()
        if layer:
            self._bench.set_stack(self._bench.stack.with_opacity(layer, value / 100))

    def retranslate(self) -> None:
        self._opacity_label.setText(self.tr("Opacity"))
        self.empty.say(
            self.tr("No layers yet"),
            self.tr("Import survey files or open a project; its layers appear here by theme."),
        )
        self.model.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
