"""The list of suspect levels: one branch a case, its other explanations below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from baiyun_gis.language import Lang
from baiyun_gis.model.vocabulary import Verdict
from ui.models.conflicts import VERDICT_ROLE

if TYPE_CHECKING:
    from baiyun_gis.diagnosis.suspects import LevelDiagnosis

Index = QModelIndex | QPersistentModelIndex
STANDS_ROLE = Qt.ItemDataRole.UserRole + 1
CERTAINTY, WHERE, LEVELS, GONE, CAUSE = range(5)
LEAST_WORTH_SHOWING = 0.01
"""Other explanations below this posterior are left out."""

RANKS = ((0.95, Verdict.CERTAIN), (0.75, Verdict.LIKELY), (0.5, Verdict.POSSIBLE))
"""From which posterior a suspicion takes the colour of a verdict; it is a rank, not a frequency."""


def rank_of(posterior: float) -> Verdict:
    """How strong a suspicion is, as the verdict whose colour it takes."""
    return next((rank for least, rank in RANKS if posterior >= least), Verdict.CANNOT_JUDGE)


def rank_word(posterior: float) -> str:
    """How strong a suspicion is, in a word."""
    return {
        Verdict.CERTAIN: QCoreApplication.translate("SuspectLevelModel", "Very likely"),
        Verdict.LIKELY: QCoreApplication.translate("SuspectLevelModel", "Likely"),
        Verdict.POSSIBLE: QCoreApplication.translate("SuspectLevelModel", "Possible"),
        Verdict.CANNOT_JUDGE: QCoreApplication.translate("SuspectLevelModel", "Doubtful"),
    }[rank_of(posterior)]


class SuspectLevelModel(QAbstractItemModel):
    """Cases in the order of the diagnosis, the surest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._levels: LevelDiagnosis | None = None
        self._lang: Lang = "en"
        self._cases: list[np.ndarray] = []
        self._stands = self._corrected = np.zeros(0, np.bool_)

    # what it shows

    def show_levels(self, levels: LevelDiagnosis | None, *, lang: Lang) -> None:
        """Show a diagnosis in a language; None for none."""
        self.beginResetModel()
        self._levels, self._lang, self._cases = levels, lang, []
        if levels is not None and len(levels.suspects):
            found = levels.suspects
            rows = np.flatnonzero((found.rank == 0) | (found.posterior >= LEAST_WORTH_SHOWING))
            starts = np.flatnonzero(np.diff(found.case[rows])) + 1
            self._cases = np.split(rows, starts)
            self._stands = np.ones(len(found), np.bool_)
            self._corrected = ~self._stands
        self.endResetModel()

    def show_standing(self, stands: np.ndarray, corrected: np.ndarray) -> None:
        """Mark suspects whose numbers have changed since, and to what; one flag a suspect each."""
        self._stands, self._corrected = stands, corrected
        if self._cases:
            last = self.index(len(self._cases) - 1, CAUSE)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_of(self, index: Index) -> int:
        """The suspect at an index; -1 for none."""
        if not index.isValid():
            return -1
        inner = int(index.internalId())
        return int(
            self._cases[inner - 1][index.row() + 1] if inner else self._cases[index.row()][0]
        )

    def index_of(self, row: int) -> QModelIndex:
        """Where a suspect stands in the list; an invalid index when it does not."""
        for at, rows in enumerate(self._cases):
            if rows[0] <= row <= rows[-1] and row in rows:
                top, inner = self.index(at, 0), int(np.searchsorted(rows, row))
                return self.index(inner - 1, 0, top) if inner else top
        return QModelIndex()

    def sentence(self, row: int) -> str:
        """What is suspected, and what it probably was."""
        from baiyun_gis.diagnosis.evidence import sentence_of

        assert self._levels is not None
        return sentence_of(self._levels, row).text(self._lang)

    @property
    def case_count(self) -> int:
        return len(self._cases)

    # the item model

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 5

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._cases)
        if int(parent.internalId()) or parent.column() != 0:
            return 0
        return len(self._cases[parent.row()]) - 1

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        inner = int(child.internalId()) if child.isValid() else 0
        return self.createIndex(inner - 1, 0, 0) if inner else QModelIndex()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in {LEVELS, GONE}:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and section == GONE:
            return self.tr("Conflicts that would be gone after the correction")
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("Suspicion"),
            self.tr("Place"),
            self.tr("Recorded → likely (m)"),
            self.tr("Conflicts"),
            self.tr("Kind of mistake"),
        )
        return titles[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._levels is None:
            return None
        row, column = self.row_of(index), index.column()
        if role == VERDICT_ROLE:
            stands = bool(self._stands[row])
            posterior = float(self._levels.suspects.posterior[row])
            return rank_of(posterior) if stands else Verdict.CLEAR
        if role == STANDS_ROLE:
            return bool(self._stands[row])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.sentence(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in {LEVELS, GONE}:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self._text(row, column) if role == Qt.ItemDataRole.DisplayRole else None

    def _text(self, row: int, column: int) -> str:
        assert self._levels is not None
        found = self._levels.suspects
        if column == CERTAINTY:
            return self._state(row)
        if column == WHERE:
            return self._place(row)
        if column == LEVELS:
            return f"{found.recorded_m[row]:.3f} → {found.likely_m[row]:.3f}"
        if column == CAUSE:
            return self._mistake(row)
        count = int(found.conflicts_gone[row])
        return str(count) if count else "—"

    def _state(self, row: int) -> str:
        assert self._levels is not None
        if self._stands[row]:
            return rank_word(float(self._levels.suspects.posterior[row]))
        return self.tr("Corrected") if self._corrected[row] else self.tr("Changed")

    def _mistake(self, row: int) -> str:
        from baiyun_gis.diagnosis.causes import Cause
        from baiyun_gis.diagnosis.evidence import cause_words

        assert self._levels is not None
        text = cause_words(Cause(int(self._levels.suspects.cause[row]))).text(self._lang)
        return text[:1].upper() + text[1:]

    def _place(self, row: int) -> str:
        """What is suspected: a point, an end of a line, a whole line, a batch."""
        from baiyun_gis.diagnosis.units import UnitSort

        assert self._levels is not None
        found = self._levels.suspects
        names = {"pipe": str(found.pipe_id[row]), "node": str(found.node_id[row]) or "—"}
        match UnitSort(int(found.sort[row])):
            case UnitSort.POINT:
                return self.tr("Point {node}").format(**names)
            case UnitSort.END:
                return self.tr("{pipe} at {node}").format(**names)
            case UnitSort.PIPE:
                return self.tr("{pipe}, both ends").format(**names)
            case UnitSort.DIRECTION:
                return self.tr("{pipe}, direction").format(**names)
            case UnitSort.BATCH:
                count = f"{int(found.end_count[row]):,}"
                return self.tr("Batch of {count} ends").format(count=count)
