"""The conflict list: what was tested, the filter, the findings, the keys that work through them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from baiyun_gis.findings.compare import Change
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.standing import standing
from baiyun_gis.model.vocabulary import Verdict
from layers import style
from ui.models import conflicts as model_columns
from ui.models.conflicts import ConflictFilter, ConflictModel
from ui.models.ledger_text import ledger_sentence, news_sentence
from ui.models.wording import check_word, verdict_word
from ui.panels.finding_delegate import FindingDelegate
from ui.panels.parts import EmptyState, framed, wrapped
from ui.panels.swatch import dot_icon
from ui.theme import themed_icon
from ui.workbench import Workbench

_CHIPS = (Verdict.CERTAIN, Verdict.LIKELY, Verdict.POSSIBLE, Verdict.CANNOT_JUDGE)
_WIDTHS = {
    model_columns.CERTAINTY: 92,
    model_columns.KINDS: 136,
    model_columns.CHECK: 122,
    model_columns.SHORT_BY: 64,
    model_columns.REQUIRED: 66,
    model_columns.ACTUAL: 56,
    model_columns.CLAUSE: 110,
    model_columns.WHERE: 110,
    model_columns.STATE: 76,
    model_columns.CHANGE: 96,
}


class ConflictTree(QTreeView):
    """The list itself, with its keys."""

    stepped = Signal(int)
    entered = Signal()
    decided = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        steps = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}
        decisions = {Qt.Key.Key_A: "accept", Qt.Key.Key_X: "exclude", Qt.Key.Key_R: "resolve"}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        elif event.key() in decisions:
            self.decided.emit(decisions[Qt.Key(event.key())])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class ConflictsPanel(QWidget):
    """Findings of the last run, to be worked through one by one."""

    check_wanted = Signal()
    decided = Signal(str)
    """accept, exclude or resolve the selected ones."""
    flown = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self.model = ConflictModel(self)
        self._make_list()
        self._make_header()
        self._pages = QStackedWidget()
        self.empty = EmptyState("check")
        self.empty.button.clicked.connect(self.check_wanted)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self.tree, 1)
        self._pages.addWidget(listing)
        self._pages.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        bench.report_changed.connect(self.refresh)
        bench.state_changed.connect(lambda _: self._show_summary())
        bench.time_changed.connect(self._follow_time)
        bench.selection_changed.connect(self._follow_selection)
        bench.look_changed.connect(self.restyle)
        self.retranslate()

    # making

    def _make_list(self) -> None:
        self.tree = ConflictTree()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(FindingDelegate(self._bench, self.tree))
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setIndentation(14)
        self.tree.setSortingEnabled(True)
        header = self.tree.header()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setStretchLastSection(True)
        for section, width in _WIDTHS.items():
            header.resizeSection(section, width)
        self.tree.selectionModel().currentChanged.connect(self._current_changed)
        self.tree.doubleClicked.connect(lambda _: self.flown.emit())
        self.tree.stepped.connect(self.step)
        self.tree.entered.connect(self.flown)
        self.tree.decided.connect(self.decided)

    def _make_header(self) -> None:
        self._summary = wrapped("", "muted")
        self._banner = framed("banner")
        self._banner_text = wrapped()
        self._again = QPushButton()
        self._again.setProperty("flat", True)
        self._again.clicked.connect(self.check_wanted)
        line = QHBoxLayout(self._banner)
        line.setContentsMargins(10, 5, 6, 5)
        line.addWidget(self._banner_text, 1)
        line.addWidget(self._again)
        self._search = QLineEdit()
        self._search.setClearButtonEnabled(True)
        self._search_icon = self._search.addAction(
            themed_icon("search"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(150)
        self._typing.timeout.connect(self._apply_filter)
        self._search.textChanged.connect(lambda _: self._typing.start())
        self._check = QComboBox()
        self._check.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._check.setMinimumContentsLength(9)
        self._check.currentIndexChanged.connect(lambda _: self._apply_filter())
        self._open_only = QCheckBox()
        self._open_only.toggled.connect(lambda _: self._apply_filter())
        self._chips = {verdict: self._chip() for verdict in _CHIPS}
        self._news_chip = self._chip()
        self._news_chip.setChecked(False)
        self._header = QWidget()
        column = QVBoxLayout(self._header)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(7)
        column.addWidget(self._summary)
        column.addWidget(self._banner)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for chip in self._chips.values():
            chips.addWidget(chip)
        chips.addStretch(1)
        chips.addWidget(self._news_chip)
        column.addLayout(chips)
        row = QHBoxLayout()
        row.addWidget(self._search, 3)
        row.addWidget(self._check, 2)
        row.addWidget(self._open_only)
        column.addLayout(row)

    def _chip(self) -> QToolButton:
        chip = QToolButton()
        chip.setCheckable(True)
        chip.setChecked(True)
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setIconSize(QSize(10, 10))
        chip.toggled.connect(lambda _: self._apply_filter())
        return chip

    # showing

    def refresh(self) -> None:
        """Show the bench's report anew, keeping the place in the list."""
        report = self._bench.report
        current = self.model.row_of(self.tree.currentIndex())
        kept = self._bench.selection.focus
        self.model.show_report(
            self._bench.state, report, lang=self._bench.lang, news=self._bench.checking.news
        )
        self._show_news()
        self._fill_checks(report)
        self._apply_filter()
        self._show_summary()
        self._pages.setCurrentIndex(0 if report is not None and len(report.conflicts) else 1)
        if kept is not None and kept[0] == "conflicts":
            self._go_to(current)

    def _fill_checks(self, report: CheckReport | None) -> None:
        chosen = self._check.currentData()
        self._check.blockSignals(True)
        self._check.clear()
        self._check.addItem(self.tr("All checks"), "")
        names = sorted(set(report.conflicts.check.tolist())) if report is not None else []
        for name in names:
            self._check.addItem(check_word(str(name), self._bench.lang), str(name))
        self._check.setCurrentIndex(max(self._check.findData(chosen), 0))
        self._check.blockSignals(False)

    def _show_summary(self) -> None:
        report = self._bench.report
        self._banner_text.setText(self._caution(report))
        self._banner.setVisible(bool(self._banner_text.text()))
        self._show_chips(report)
        if report is None:
            self.empty.say(
                self.tr("No conflict run yet"),
                self.tr("A run tests every line by the rule set and lists what is in conflict."),
                self.tr("Run check") if len(self._bench.state.pipes) else "",
            )
            return
        sentence = ledger_sentence(report, self._bench.lang)
        news = news_sentence(self._bench.checking.news, self._bench.lang)
        self._summary.setText(f"{sentence}<br>{news}" if news else sentence)
        if not len(report.conflicts):
            title = self.tr("No conflicts found") if report.is_clear else self.tr("Nothing to list")
            self.empty.say(title, sentence, self.tr("Run check"))

    def _show_news(self) -> None:
        """The column and the chip of what is new or worse, while there is a run to compare."""
        news = self._bench.checking.news
        self.tree.setColumnHidden(model_columns.CHANGE, news.change is None)
        count = news.count(Change.NEW) + news.count(Change.WORSE)
        self._news_chip.setVisible(count > 0)
        text = self.tr("New or worse {count}").format(count=f"{count:,}")
        self._news_chip.setText(text)
        self._news_chip.setIcon(themed_icon("reopen"))

    def _caution(self, report: CheckReport | None) -> str:
        """Why the report does not tell of what is shown now; empty when it does."""
        if report is None:
            return ""
        if self._bench.is_report_stale:
            return self.tr("The project has changed since this run.")
        made_for, shown = report.as_of, self._bench.as_of
        if made_for == shown or (np.isnat(made_for) and np.isnat(shown)):
            return ""
        if np.isnat(made_for):
            return self.tr("This run took everything, whatever its dates.")
        return self.tr("This run was made for {day}.").format(day=made_for)

    def _standing(self) -> frozenset[int] | None:
        """Findings whose features exist on the day shown; None for all of them."""
        report, day = self._bench.report, self._bench.as_of
        if report is None or np.isnat(day):
            return None
        rows = np.flatnonzero(standing(self._bench.state, report.conflicts, day))
        return frozenset(rows.tolist())

    def _show_chips(self, report: CheckReport | None) -> None:
        for verdict, chip in self._chips.items():
            count = 0
            if report is not None:
                there = standing(self._bench.state, report.conflicts, self._bench.as_of)
                count = int((there & (report.conflicts.verdict == verdict)).sum())
            chip.setText(f"{verdict_word(verdict, self._bench.lang)} {count:,}")
            chip.setIcon(dot_icon(style.verdict_color(verdict, self._bench.theme)))

    def _apply_filter(self) -> None:
        verdicts = frozenset(v for v, chip in self._chips.items() if chip.isChecked())
        self.model.set_filter(
            ConflictFilter(
                text=self._search.text(),
                verdicts=verdicts | {Verdict.CLEAR},
                check=str(self._check.currentData() or ""),
                hides_settled=self._open_only.isChecked(),
                rows=self._standing(),
                is_news=self._news_chip.isChecked() and not self._news_chip.isHidden(),
            )
        )

    def _follow_time(self) -> None:
        """Leave out what does not exist on the day shown, and keep the place in the list."""
        self._apply_filter()
        self._show_summary()
        focus = self._bench.selection.focus
        if focus is not None and focus[0] == "conflicts":
            self._go_to(focus[1])

    # moving through it

    def step(self, by: int) -> None:
        """The next or previous finding, groups opened on the way."""
        rows = self.model.visible_rows.tolist()
        if not rows:
            return
        current = self.model.row_of(self.tree.currentIndex())
        at = rows.index(current) + by if current in rows else 0
        self._go_to(rows[min(max(at, 0), len(rows) - 1)])

    def _go_to(self, row: int) -> None:
        index = self.model.index_of(row) if row >= 0 else QModelIndex()
        if not index.isValid():
            return
        if index.parent().isValid():
            self.tree.expand(index.parent())
        flags = QItemSelectionModel.SelectionFlag
        self.tree.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.tree.scrollTo(index)

    def _current_changed(self, index: QModelIndex, _: QModelIndex) -> None:
        row = self.model.row_of(index)
        if row >= 0 and self._bench.selection.focus != ("conflicts", row):
            self._bench.focus_on("conflicts", row)
            self.flown.emit()

    def _follow_selection(self) -> None:
        focus = self._bench.selection.focus
        if focus is not None and focus[0] == "conflicts":
            if self.model.row_of(self.tree.currentIndex()) != focus[1]:
                self._go_to(focus[1])
        elif focus is not None:
            self.tree.selectionModel().clear()

    def selected_rows(self) -> list[int]:
        """Conflicts selected in the list, groups with all their members."""
        found: dict[int, None] = {}
        for index in self.tree.selectionModel().selectedRows():
            found.update(dict.fromkeys(self.model.rows_of(index)))
        return list(found)

    # looks

    def restyle(self) -> None:
        self._search_icon.setIcon(themed_icon("search"))
        self.empty.restyle()
        self._show_summary()
        self.tree.viewport().update()

    def retranslate(self) -> None:
        self._search.setPlaceholderText(self.tr("Filter: kind, id, road, clause…"))
        self._open_only.setText(self.tr("Open only"))
        self._again.setText(self.tr("Run again"))
        self.model.retranslate()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
