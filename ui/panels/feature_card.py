"""All about one feature: its attributes, where it comes from, the findings it is in."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from baiyun_gis.model.columns import Columns
from baiyun_gis.model.vocabulary import Utility
from layers import style
from ui.models.features import column_title, shown_specs, value_text
from ui.models.wording import kind_word
from ui.panels.parts import Pill, labelled, wrapped
from ui.workbench import Workbench

_SKIPPED = {"id", "start_node", "end_node", "lineage"}


class FeatureCard(QWidget):
    """One row of a feature table."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._place: tuple[str, int] | None = None
        self._title = wrapped("", "title")
        self._kind = Pill()
        self._findings = QPushButton()
        self._findings.setProperty("flat", True)
        self._findings.clicked.connect(self._show_findings)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._lineage_title, self._lineage = labelled("", "heading"), wrapped("", "muted")
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 14)
        column.setSpacing(9)
        column.addLayout(top)
        column.addWidget(self._findings, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._grid)
        column.addWidget(self._lineage_title)
        column.addWidget(self._lineage)
        column.addStretch(1)

    def show_row(self, name: str, row: int) -> None:
        """Show one feature; columns that say nothing are left out."""
        self._place = (name, row)
        table = self._bench.state.table(name)
        lang = self._bench.lang
        values = table.row(row)
        self._title.setText(str(values["id"]) or f"#{row + 1}")
        self._show_kind(name, table, row)
        while self._grid.count():
            taken = self._grid.takeAt(0).widget()
            if taken is not None:
                taken.hide()
                taken.deleteLater()
        line = 0
        for spec in shown_specs(type(table)):
            value = getattr(table, spec.name)[row]
            text = value_text(spec, value, lang)
            unknown = spec.vocabulary is not None and int(value) == 0 and spec.name != "status"
            if not text or unknown or spec.name in _SKIPPED:
                continue
            name_label = labelled(column_title(spec, lang), "muted")
            self._grid.addWidget(name_label, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(wrapped(text), line, 1)
            line += 1
        lineage = str(values.get("lineage", ""))
        self._lineage.setText(lineage)
        for label in (self._lineage_title, self._lineage):
            label.setVisible(bool(lineage))
        count = len(self._conflicts())
        self._findings.setVisible(count > 0)
        self._findings.setText(self.tr("In {count} conflicts").format(count=count))

    def _show_kind(self, name: str, table: Columns, row: int) -> None:
        lang = self._bench.lang
        utility = getattr(table, "utility", None)
        if utility is None:
            color = style.named_color("permit_stroke", self._bench.theme)
            self._kind.show_word(kind_word(name, lang), QColor(*color))
            return
        kind = Utility(int(utility[row]))
        color = style.utility_color(kind, scheme=self._bench.scheme, theme=self._bench.theme)
        self._kind.show_word(kind_word(kind.key, lang), QColor(*color))

    def _conflicts(self) -> np.ndarray:
        """Rows of the report that are about this feature."""
        report, place = self._bench.report, self._place
        if report is None or place is None:
            return np.zeros(0, dtype=np.int64)
        name, row = place
        c = report.conflicts
        feature = self._bench.state.table(name).row(row)["id"]
        found = (c.a_table == name) & (c.a_id == feature)
        found |= (c.b_table == name) & (c.b_id == feature)
        return np.flatnonzero(found)

    def _show_findings(self) -> None:
        rows = self._conflicts()
        if len(rows):
            self._bench.focus_on("conflicts", int(rows[0]))

    def retranslate(self) -> None:
        self._lineage_title.setText(self.tr("How it came to be"))
