"""Suspect levels (疑似高程错误): the list by case; the inspector shows the evidence."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from layers import style
from ui.models.conflicts import VERDICT_ROLE
from ui.models.suspect_levels import CAUSE, CERTAINTY, GONE, LEVELS, WHERE, SuspectLevelModel
from ui.panels.caution import Caution
from ui.panels.parts import EmptyState, paint_pill, wrapped
from ui.theme import themed_icon
from ui.workbench import Workbench

_WIDTHS = {CERTAINTY: 108, WHERE: 110, LEVELS: 146, GONE: 70, CAUSE: 200}


class RankDelegate(QStyledItemDelegate):
    """How strong a suspicion is, as a coloured word."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if index.column() != CERTAINTY:
            super().paint(painter, option, index)
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, shown, painter, option.widget
        )
        color = QColor(*style.verdict_color(index.data(VERDICT_ROLE), self._bench.theme))
        height = option.fontMetrics.height() + 3
        box = option.rect.adjusted(4, (option.rect.height() - height) // 2, 0, 0)
        width = option.fontMetrics.horizontalAdvance(text) + 18
        box.setSize(QSize(min(width, option.rect.width() - 6), height))
        paint_pill(painter, box, text, color)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(60, option.fontMetrics.height() + 12)


class SuspectLevelsPanel(QWidget):
    """Suspicions, never facts: nothing changes until a person applies a correction."""

    asked = Signal(str)
    """find or export_levels"""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self.model = SuspectLevelModel(self)
        self._make_tree()
        self._summary = wrapped("", "muted")
        self.caution = Caution()
        self.caution.again_wanted.connect(lambda: self.asked.emit("find"))
        self.export = QPushButton()
        self.export.clicked.connect(lambda: self.asked.emit("export_levels"))
        self.empty = EmptyState("suspect_levels")
        self.empty.button.clicked.connect(lambda: self.asked.emit("find"))
        self._lay_out()
        bench.diagnosing.levels_changed.connect(self.refresh)
        bench.diagnosing.chosen.connect(self._follow)
        bench.state_changed.connect(lambda _: self._show_standing())
        bench.look_changed.connect(self.restyle)
        self.retranslate()

    def _make_tree(self) -> None:
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(RankDelegate(self._bench, self.tree))
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        self.tree.header().setStretchLastSection(True)
        for section, width in _WIDTHS.items():
            self.tree.header().resizeSection(section, width)
        self.tree.selectionModel().currentChanged.connect(self._chosen)
        self.tree.clicked.connect(lambda index: self._chosen(index, index))

    def _lay_out(self) -> None:
        head = QWidget()
        top = QVBoxLayout(head)
        top.setContentsMargins(12, 8, 12, 8)
        top.setSpacing(7)
        line = QHBoxLayout()
        line.addWidget(self._summary, 1)
        line.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(line)
        top.addWidget(self.caution)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.tree, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(listing)
        self._pages.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    # showing

    def refresh(self) -> None:
        """Show the bench's diagnosis anew."""
        levels = self._bench.diagnosing.levels
        self.model.show_levels(levels, lang=self._bench.lang)
        self._pages.setCurrentIndex(0 if self.model.case_count else 1)
        self._show_standing()
        self._follow()
        if levels is None:
            has_lines = len(self._bench.state.pipes) > 0
            self.empty.say(
                self.tr("Levels not looked at yet"),
                self.tr(
                    "Finds levels that contradict their neighbours, and what they probably were."
                ),
                self.tr("Look for suspect levels") if has_lines else "",
            )
            return
        judged = f"{levels.ends_judged:,}"
        if not levels.ends_judged:
            self.empty.say(self.tr("Nothing to look at"), self.tr("No existing line has a level."))
        elif not self.model.case_count:
            self.empty.say(
                self.tr("No level is suspected"),
                self.tr("{count} line ends agree with what is around them.").format(count=judged),
                self.tr("Look again"),
            )
        text = self.tr("{cases} suspect levels among {count} line ends, the surest first.")
        self._summary.setText(text.format(cases=f"{self.model.case_count:,}", count=judged))

    def _show_standing(self) -> None:
        """Mark what has been corrected or changed since, and say when to look again."""
        levels = self._bench.diagnosing.levels
        if levels is None:
            if not self.model.case_count:
                self.empty.button.setVisible(len(self._bench.state.pipes) > 0)
            return
        diagnosing = self._bench.diagnosing
        self.model.show_standing(diagnosing.stands, diagnosing.corrected)
        is_old = levels.revision != self._bench.state.revision
        self.caution.say(self.tr("The project has changed since this was found.") if is_old else "")

    # choosing

    def _chosen(self, index: QModelIndex, _: QModelIndex) -> None:
        row, diagnosing = self.model.row_of(index), self._bench.diagnosing
        if row >= 0 and not (row == diagnosing.suspect and diagnosing.is_suspect_shown):
            diagnosing.look_at_suspect(row)

    def _follow(self) -> None:
        """Stand on the suspect that is looked at."""
        row = self._bench.diagnosing.suspect
        if row < 0 or row == self.model.row_of(self.tree.currentIndex()):
            return
        index = self.model.index_of(row)
        if index.isValid():
            self.tree.expand(index.parent())
            flags = QItemSelectionModel.SelectionFlag
            self.tree.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.tree.scrollTo(index)

    # looks

    def restyle(self) -> None:
        self.export.setIcon(themed_icon("export"))
        self.empty.restyle()
        self.tree.viewport().update()

    def retranslate(self) -> None:
        self.export.setText(self.tr("Export…"))
        self.caution.again.setText(self.tr("Look again"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 4)
        self.restyle()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
