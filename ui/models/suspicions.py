"""The list of suspected illegal buildings and occupied lines."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from baiyun_gis.buildings.sentences import kind_title, sentence_of, unit_word
from baiyun_gis.findings.conflicts import SuspicionTable
from baiyun_gis.language import Lang
from baiyun_gis.model.vocabulary import Verdict
from ui.models.conflicts import VERDICT_ROLE
from ui.models.wording import verdict_word

Index = QModelIndex | QPersistentModelIndex
CERTAINTY, KIND, BUILDING, MEASURED, PERMITTED, OTHER = range(6)
_NUMBERS = {MEASURED, PERMITTED}


class SuspicionModel(QAbstractTableModel):
    """One row a suspicion, occupations first, then by certainty and excess."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found = SuspicionTable.empty()
        self._rows = np.zeros(0, dtype=np.int64)
        self._lang: Lang = "en"

    def show_found(self, found: SuspicionTable, shown: np.ndarray, *, lang: Lang) -> None:
        """Show those suspicions of a report that `shown`, one flag a row, picks."""
        self.beginResetModel()
        self._found, self._lang = found, lang
        occupies = found.kind == "occupation"
        excess = np.nan_to_num(found.excess, nan=-1e9)
        order = np.lexsort((-excess, -found.verdict, ~occupies.astype(np.bool_)))
        self._rows = order[shown[order]]
        self.endResetModel()

    def row_of(self, index: Index) -> int:
        """The row of the report at an index; -1 for none."""
        return int(self._rows[index.row()]) if index.isValid() else -1

    def sentence(self, row: int) -> str:
        """One suspicion in one sentence."""
        return sentence_of(self._found, row).text(self._lang)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 6

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("Certainty"),
            self.tr("What is suspected"),
            self.tr("Building"),
            self.tr("Measured"),
            self.tr("Permitted"),
            self.tr("Against"),
        )
        return titles[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.row_of(index), index.column()
        if role == VERDICT_ROLE:
            return Verdict(int(self._found.verdict[row]))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.sentence(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self._text(row, column) if role == Qt.ItemDataRole.DisplayRole else None

    def _text(self, row: int, column: int) -> str:
        found = self._found
        if column == CERTAINTY:
            return verdict_word(Verdict(int(found.verdict[row])), self._lang)
        if column == KIND:
            return kind_title(str(found.kind[row])).text(self._lang)
        if column in _NUMBERS:
            value = float((found.measured if column == MEASURED else found.permitted)[row])
            unit = unit_word(str(found.unit[row])).text(self._lang)
            return "—" if np.isnan(value) else f"{value:,.2f} {unit}".replace(".00 ", " ")
        return str((found.building_id if column == BUILDING else found.other_id)[row])
