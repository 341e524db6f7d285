"""The attribute table: one feature table at a time, filtered by date and text."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from baiyun_gis.model.columns import Columns, specs_of
from baiyun_gis.project import TABLES
from baiyun_gis.time.lifespan import alive
from ui.models.features import FeatureModel
from ui.panels.parts import labelled
from ui.theme import themed_icon
from ui.workbench import Workbench

_MOST_SELECTED = 2_000


class TablePanel(QWidget):
    """Rows of pipes, nodes, buildings, permits or structures; a row chosen is selected."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self._is_following = False
        self.model = FeatureModel(self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setAlternatingRowColors(True)
        self.view.setSortingEnabled(True)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().setDefaultSectionSize(25)
        self.view.verticalHeader().setMinimumWidth(44)
        self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.view.horizontalHeader().setDefaultSectionSize(108)
        self.view.selectionModel().selectionChanged.connect(self._chosen)
        self._make_bar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._bar)
        column.addWidget(self.view, 1)
        bench.state_changed.connect(self._state_changed)
        bench.time_changed.connect(self.refresh)
        bench.selection_changed.connect(self._follow_selection)
        bench.look_changed.connect(self.restyle)
        self.retranslate()

    def _make_bar(self) -> None:
        self.chooser = QComboBox()
        for table in TABLES:
            self.chooser.addItem("", table.table_name)
        self.chooser.currentIndexChanged.connect(lambda _: self.refresh())
        self._search = QLineEdit()
        self._search.setClearButtonEnabled(True)
        self._search.setMaximumWidth(320)
        self._search_icon = self._search.addAction(
            themed_icon("search"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(200)
        self._typing.timeout.connect(self.refresh)
        self._search.textChanged.connect(lambda _: self._typing.start())
        self._selected_only = QCheckBox()
        self._selected_only.toggled.connect(lambda _: self.refresh())
        self._count = labelled("", "muted")
        self._bar = QHBoxLayout()
        self._bar.setContentsMargins(10, 6, 12, 6)
        self._bar.setSpacing(8)
        for widget in (self.chooser, self._search, self._selected_only):
            self._bar.addWidget(widget)
        self._bar.addStretch(1)
        self._bar.addWidget(self._count)

    @property
    def table_name(self) -> str:
        return str(self.chooser.currentData())

    def show_selected(self) -> None:
        """Show only the selected rows, of the table that has most of them."""
        rows = self._bench.selection.rows
        named = [t.table_name for t in TABLES if len(rows.get(t.table_name, ()))]
        if named:
            best = max(named, key=lambda name: len(rows[name]))
            self.chooser.setCurrentIndex(self.chooser.findData(best))
            self._selected_only.setChecked(True)
            self.refresh()

    def refresh(self) -> None:
        """Show the rows of the chosen table that exist on the day shown."""
        table = self._bench.state.table(self.table_name)
        keep = alive(table.valid_from, table.valid_to, self._bench.as_of)  # type: ignore[attr-defined]
        if self._selected_only.isChecked():
            chosen = self._bench.selection.rows.get(self.table_name, np.zeros(0, np.int64))
            keep &= np.isin(np.arange(len(table)), chosen)
        for word in self._search.text().lower().split():
            keep &= rows_with(table, word)
        self.model.show_table(table, np.flatnonzero(keep), lang=self._bench.lang)
        self._fit_columns()
        self._count.setText(
            self.tr("{shown} of {total} rows").format(
                shown=f"{self.model.total:,}", total=f"{len(table):,}"
            )
        )

    def _fit_columns(self) -> None:
        """Wide enough for titles and the first rows."""
        metrics = self.view.fontMetrics()
        for column in range(self.model.columnCount()):
            texts = [str(self.model.headerData(column, Qt.Orientation.Horizontal))]
            texts += [
                str(self.model.data(self.model.index(row, column)) or "")
                for row in range(min(self.model.rowCount(), 12))
            ]
            width = max(metrics.horizontalAdvance(text) for text in texts) + 26
            self.view.setColumnWidth(column, min(max(width, 60), 260))

    def _state_changed(self, parts: frozenset[str]) -> None:
        if "project" in parts:
            filled = [i for i, t in enumerate(TABLES) if len(self._bench.state.table(t.table_name))]
            if filled and not len(self._bench.state.table(self.table_name)):
                self.chooser.setCurrentIndex(filled[0])
        if self.table_name in parts:
            self.refresh()

    def _chosen(self, *_: QItemSelection) -> None:
        if self._is_following:
            return
        rows = [self.model.row_at(i) for i in self.view.selectionModel().selectedRows()]
        if rows:
            focus = (self.table_name, rows[-1])
            self._bench.select({self.table_name: np.array(rows[:_MOST_SELECTED])}, focus=focus)

    def _follow_selection(self) -> None:
        if self._selected_only.isChecked():
            self.refresh()
        focus = self._bench.selection.focus
        if focus is None or focus[0] != self.table_name or self.view.hasFocus():
            return
        at = self.model.position_of(focus[1])
        if at >= 0:
            self._is_following = True
            index = self.model.index(at, 0)
            flags = QItemSelectionModel.SelectionFlag
            self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.view.scrollTo(index)
            self._is_following = False

    def restyle(self) -> None:
        self._search_icon.setIcon(themed_icon("search"))

    def retranslate(self) -> None:
        names = (
            self.tr("Pipes"),
            self.tr("Nodes"),
            self.tr("Buildings"),
            self.tr("Permits"),
            self.tr("Structures"),
        )
        for index, name in enumerate(names):
            self.chooser.setItemText(index, name)
        self._search.setPlaceholderText(self.tr("Search rows…"))
        self._selected_only.setText(self.tr("Selected only"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def rows_with(table: Columns, word: str) -> np.ndarray:
    """Rows with a word in any text column, or in the word of a code, shape (n,)."""
    found = np.zeros(len(table), dtype=np.bool_)
    for spec in specs_of(type(table)):
        values = getattr(table, spec.name)
        if spec.kind == "text" and spec.name != "lineage":
            distinct, inverse = np.unique(values.astype(str), return_inverse=True)
            has = np.array([word in text.lower() for text in distinct], dtype=np.bool_)
            found |= has[inverse] if len(distinct) else False
        elif spec.vocabulary is not None:
            codes = [int(m) for m in spec.vocabulary if word in m.key or word in m.zh]
            found |= np.isin(values, codes)
    return found
