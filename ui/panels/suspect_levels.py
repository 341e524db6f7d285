"""Suspect levels (疑似高程错误): the list by case; the inspector shows the evidence."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QPushButton,
    QTreeView,
    QWidget,
)

from ui.models.suspect_levels import CAUSE, CERTAINTY, GONE, LEVELS, WHERE, SuspectLevelModel
from ui.panels.caution import Caution
from ui.panels.listing import PillDelegate, pages_of
from ui.panels.parts import EmptyState, wrapped
from ui.theme import themed_icon
from ui.workbench import Workbench

_WIDTHS = {CERTAINTY: 108, WHERE: 110, LEVELS: 146, GONE: 70, CAUSE: 200}


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
        self._pages = pages_of(
            self,
            head=(self._summary, (self.export,)),
            caution=self.caution,
            listing=self.tree,
            empty=self.empty,
        )
        bench.diagnosing.levels_changed.connect(self.refresh)
        bench.diagnosing.chosen.connect(self._follow)
        bench.state_changed.connect(lambda _: self._show_standing())
        bench.look_changed.connect(self.restyle)
        self.retranslate()

    def _make_tree(self) -> None:
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(PillDelegate(self._bench, self.tree, column=CERTAINTY))
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        self.tree.header().setStretchLastSection(True)
        for section, width in _WIDTHS.items():
            self.tree.header().resizeSection(section, width)
        self.tree.selectionModel().currentChanged.connect(self._chosen)
        self.tree.clicked.connect(lambda index: self._chosen(index, index))

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
