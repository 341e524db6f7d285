"""Suspected illegal buildings and occupied lines: the list, and the sentence of the one chosen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtWidgets import (
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from baiyun_gis.findings.standing import suspicions_standing
from ui.models.suspicions import CERTAINTY, SuspicionModel
from ui.panels.listing import PillDelegate, with_plain_rows
from ui.panels.parts import EmptyState, wrapped
from ui.workbench import Workbench

_WIDTHS = (96, 150, 90, 90, 90, 100)
_RADIUS_M = 30.0


class SuspicionsPanel(QWidget):
    """Evidence, never a verdict: what was measured against what."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self.model = SuspicionModel(self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(PillDelegate(bench, self.view, column=CERTAINTY))
        with_plain_rows(self.view)
        self.view.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self.view.setColumnWidth(column, width)
        self.view.selectionModel().currentRowChanged.connect(self._chosen)
        self._summary = wrapped("", "muted")
        self._sentence = wrapped()
        self.empty = EmptyState("view_scene")
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 8, 0, 10)
        column.setSpacing(8)
        for label in (self._summary, self._sentence):
            label.setContentsMargins(12, 0, 12, 0)
        column.addWidget(self._summary)
        column.addWidget(self.view, 1)
        column.addWidget(self._sentence)
        self._pages = QStackedWidget()
        self._pages.addWidget(listing)
        self._pages.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        bench.report_changed.connect(self.refresh)
        bench.time_changed.connect(self.refresh)
        bench.look_changed.connect(self._restyle)
        self.retranslate()

    def refresh(self) -> None:
        """Show the bench's report anew."""
        report = self._bench.report
        there = (
            suspicions_standing(self._bench.state, report.suspicions, self._bench.as_of)
            if report is not None
            else np.zeros(0, np.bool_)
        )
        has_any = bool(there.any())
        self._pages.setCurrentIndex(0 if has_any else 1)
        self._sentence.clear()
        if report is None:
            self.empty.say(
                self.tr("Nothing compared yet"),
                self.tr("A conflict run also compares buildings with permits and with lines."),
            )
            return
        self.model.show_found(report.suspicions, there, lang=self._bench.lang)
        if not has_any:
            self.empty.say(
                self.tr("Nothing suspected"),
                self.tr("{count} buildings in the project.").format(
                    count=f"{len(self._bench.state.buildings):,}"
                ),
            )
            return
        text = self.tr("{count} suspicions, to be checked on site: evidence, not a verdict.")
        self._summary.setText(text.format(count=f"{int(there.sum()):,}"))

    def _chosen(self, index: QModelIndex, _: QModelIndex) -> None:
        row, report = self.model.row_of(index), self._bench.report
        if row < 0 or report is None:
            return
        self._sentence.setText(self.model.sentence(row))
        found = report.suspicions
        building = int(found.building_row[row])
        if 0 <= building < len(self._bench.state.buildings):
            self._bench.focus_on("buildings", building)
        if not np.isnan(found.at[row]).any():
            x, y = found.at[row]
            self._bench.fly(float(x), float(y), float("nan"), radius_m=_RADIUS_M)

    def _restyle(self) -> None:
        self.empty.restyle()
        self.view.viewport().update()

    def retranslate(self) -> None:
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 5)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
