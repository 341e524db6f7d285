"""Where to dig (建议开挖/样洞): test holes in order; the inspector shows what each lays open."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHeaderView,
    QPushButton,
    QTableView,
    QWidget,
)

from ui.models.holes import DEPTH, EXPOSE, FINDINGS, NUMBER, PLACE, SHARE, HoleModel
from ui.panels.caution import Caution
from ui.panels.listing import pages_of, with_plain_rows
from ui.panels.parts import EmptyState, wrapped
from ui.theme import themed_icon
from ui.workbench import Workbench

_WIDTHS = {NUMBER: 38, PLACE: 112, DEPTH: 94, FINDINGS: 58, SHARE: 56}


class DiggingPanel(QWidget):
    """Holes in the order to dig."""

    asked = Signal(str)
    """plan, again or export_holes"""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self.model = HoleModel(self)
        self._make_table()
        self._summary = wrapped("", "muted")
        self.caution = Caution()
        self.caution.again_wanted.connect(lambda: self.asked.emit("again"))
        self.export, self.clear = QPushButton(), QPushButton()
        self.export.clicked.connect(lambda: self.asked.emit("export_holes"))
        self.clear.clicked.connect(lambda: bench.diagnosing.show_plan(None))
        self.empty = EmptyState("test_holes")
        self.empty.button.clicked.connect(lambda: self.asked.emit("plan"))
        self._pages = pages_of(
            self,
            head=(self._summary, (self.export, self.clear)),
            caution=self.caution,
            listing=self.view,
            empty=self.empty,
        )
        bench.diagnosing.plan_changed.connect(self.refresh)
        bench.diagnosing.chosen.connect(self._follow)
        bench.state_changed.connect(lambda _: self._show_caution())
        bench.look_changed.connect(self.restyle)
        self.retranslate()

    def _make_table(self) -> None:
        self.view = QTableView()
        self.view.setModel(self.model)
        with_plain_rows(self.view)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(EXPOSE, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in _WIDTHS.items():
            self.view.setColumnWidth(column, width)
        self.view.selectionModel().currentRowChanged.connect(self._chosen)
        self.view.clicked.connect(lambda index: self._chosen(index, index))

    # showing

    def refresh(self) -> None:
        """Show the bench's plan anew."""
        plan = self._bench.diagnosing.plan
        self.model.show_plan(plan, lang=self._bench.lang)
        count = self.model.rowCount()
        self._pages.setCurrentIndex(0 if count else 1)
        self._show_caution()
        if plan is None:
            self.empty.say(
                self.tr("No test holes planned yet"),
                self.tr("A few holes at the right places settle most of what is undecided."),
                self.tr("Plan test holes…") if len(self._bench.state.pipes) else "",
            )
            return
        if not count:
            self.empty.say(
                self.tr("Nowhere to dig"),
                self.tr("Nothing is undecided that a test hole could settle."),
                self.tr("Plan test holes…"),
            )
            return
        text = self.tr("{count} holes settle {share} of the risk of what is undecided.")
        share = float(plan.holes.share[-1])
        self._summary.setText(text.format(count=count, share=f"{share:.1%}"))

    def _show_caution(self) -> None:
        diagnosing = self._bench.diagnosing
        is_old = diagnosing.is_plan_stale
        self.caution.say(self.tr("The project has changed since this plan.") if is_old else "")
        if diagnosing.plan is None:
            self.empty.button.setVisible(len(self._bench.state.pipes) > 0)

    # choosing

    def _chosen(self, index: QModelIndex, _: QModelIndex) -> None:
        diagnosing = self._bench.diagnosing
        if index.isValid() and not (index.row() == diagnosing.hole and diagnosing.is_hole_shown):
            diagnosing.look_at_hole(index.row())

    def _follow(self) -> None:
        """Stand on the hole that is looked at."""
        number = self._bench.diagnosing.hole
        if number >= 0 and number != self.view.currentIndex().row():
            self.view.selectRow(number)

    # looks

    def restyle(self) -> None:
        self.export.setIcon(themed_icon("export"))
        self.clear.setIcon(themed_icon("close"))
        self.empty.restyle()

    def retranslate(self) -> None:
        self.export.setText(self.tr("Export…"))
        self.clear.setText(self.tr("Clear"))
        self.clear.setToolTip(self.tr("Take the holes off the map"))
        self.caution.again.setText(self.tr("Plan again"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 5)
        self.restyle()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
