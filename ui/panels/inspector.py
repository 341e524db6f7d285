"""The inspector: what is selected, in full; a finding with its clause, numbers and reasons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.panels.conflict_card import ConflictCard
from ui.panels.feature_card import FeatureCard
from ui.panels.hole_card import HoleCard
from ui.panels.parts import EmptyState
from ui.panels.suspect_card import SuspectCard
from ui.workbench import Workbench

_TABLE_OF = {"suspicions": "buildings"}


class InspectorPanel(QScrollArea):
    """Shows the focus of the selection."""

    decided = Signal(str)
    remedy_asked = Signal(str)
    explanation_asked = Signal()
    level_asked = Signal(str)
    suspect_followed = Signal(int)
    finding_followed = Signal(int)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(260)
        self.conflict = ConflictCard(bench)
        self.feature = FeatureCard(bench)
        self.suspect, self.hole = SuspectCard(bench), HoleCard(bench)
        self.empty = EmptyState("inspector")
        body = QWidget()
        body.setObjectName("panelBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        # not a stack: its height would be that of the tallest page, shown or not
        for card in (self.suspect, self.hole):
            column.addWidget(card)
        self._pages: tuple[QWidget, ...] = (self.empty, self.conflict, self.feature)
        for page in self._pages:
            column.addWidget(page)
        self.setWidget(body)
        self.conflict.decided.connect(self.decided)
        self.conflict.explained.connect(self.explanation_asked)
        self.conflict.remedy.asked.connect(self.remedy_asked)
        self.conflict.suspect.followed.connect(self.suspect_followed)
        self.suspect.asked.connect(self.level_asked)
        self.hole.followed.connect(self.finding_followed)
        diagnosing = bench.diagnosing
        for signal in (diagnosing.levels_changed, diagnosing.plan_changed):
            signal.connect(self.refresh)
        diagnosing.chosen.connect(self._show_chosen)
        bench.selection_changed.connect(self.refresh)
        bench.report_changed.connect(self.refresh)
        bench.remedy_changed.connect(self._show_remedy)
        bench.state_changed.connect(lambda _: self.refresh())
        bench.look_changed.connect(self.restyle)
        self.retranslate()

    def refresh(self) -> None:
        """Show the focus anew."""
        has_card = self._show_diagnosis()
        focus = self._bench.selection.focus
        if focus is None:
            self._turn_to(-1 if has_card else 0)
            return
        layer, row = focus
        report = self._bench.report
        if layer == "conflicts":
            if report is None or row >= len(report.conflicts):
                self._turn_to(0)
                return
            self.conflict.show_row(row)
            self._turn_to(1)
            return
        name = _TABLE_OF.get(layer, layer)
        table = self._bench.state.table(name)
        if not 0 <= row < len(table):
            self._turn_to(0)
            return
        self.feature.show_row(name, row)
        self._turn_to(2)

    def _show_diagnosis(self) -> bool:
        """Above the feature, the suspect or test hole that it was selected for."""
        diagnosing = self._bench.diagnosing
        levels, plan = diagnosing.levels, diagnosing.plan
        has_suspect = levels is not None and diagnosing.is_suspect_shown
        has_hole = plan is not None and diagnosing.is_hole_shown
        if levels is not None and has_suspect:
            self.suspect.show_suspect(levels, diagnosing.suspect)
        if plan is not None and has_hole:
            self.hole.show_hole(plan, diagnosing.hole)
        self.suspect.setVisible(has_suspect)
        self.hole.setVisible(has_hole)
        return has_suspect or has_hole

    def _show_chosen(self) -> None:
        self.refresh()
        self.verticalScrollBar().setValue(0)

    def _show_remedy(self) -> None:
        """Bring a way out that was found into view once it has been laid out."""
        if self._bench.remedy is not None:
            card = self.conflict.remedy
            QTimer.singleShot(0, card, lambda: self.ensureWidgetVisible(card, 0, 24))

    def _turn_to(self, page: int) -> None:
        for index, widget in enumerate(self._pages):
            widget.setVisible(index == page)

    def restyle(self) -> None:
        self.empty.restyle()
        self.conflict.restyle()
        self.suspect.restyle()
        self.refresh()

    def retranslate(self) -> None:
        self.empty.say(
            self.tr("Nothing selected"),
            self.tr("Click something on the map, in the scene or in a list to see all about it."),
        )
        self.conflict.retranslate()
        self.feature.retranslate()
        self.suspect.retranslate()
        self.hole.retranslate()
        self.suspect.restyle()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
