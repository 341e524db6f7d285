"""The conflict list: groups first, one row a decision, fetched as they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from baiyun_gis.checks.news import RunNews
from baiyun_gis.findings.compare import Change
from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.groups import group_sentence
from baiyun_gis.language import Lang
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from ui.models.wording import check_word, kind_word, place_word, state_word, verdict_word

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
VERDICT_ROLE = Qt.ItemDataRole.UserRole + 2
KINDS_ROLE = Qt.ItemDataRole.UserRole + 3
SORT_ROLE = Qt.ItemDataRole.UserRole + 4
CHANGE_ROLE = Qt.ItemDataRole.UserRole + 5

(
    CERTAINTY,
    KINDS,
    CHECK,
    SHORT_BY,
    REQUIRED,
    ACTUAL,
    CLAUSE,
    WHERE,
    STATE,
    CHANGE,
) = range(10)
_CHANGE_ORDER = {
    Change.NEW: 0, Change.WORSE: 1, Change.BETTER: 2, Change.SAME: 3, Change.GONE: 4
}  # fmt: skip
_SETTLED = (DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED)


@dataclass(frozen=True, slots=True)
class ConflictFilter:
    """What the list shows."""

    text: str = ""
    verdicts: frozenset[Verdict] = field(default_factory=lambda: frozenset(Verdict))
    check: str = ""
    hides_settled: bool = False
    rows: frozenset[int] | None = None
    """Only these rows, such as those that stand on the day shown."""
    is_news: bool = False
    """Only what is new or worse since the last run."""


_NO_NEWS = RunNews({})
_NEWS = (Change.NEW, Change.WORSE)


def matching_rows(
    report: CheckReport,
    wanted: ConflictFilter,
    words: Sequence[str],
    news: RunNews = _NO_NEWS,
) -> np.ndarray:
    """Rows of the conflicts that pass a filter; `words` holds each row's searchable text."""
    conflicts = report.conflicts
    keep = np.isin(conflicts.verdict, [int(v) for v in wanted.verdicts])
    if wanted.check:
        keep &= conflicts.check == wanted.check
    if wanted.is_news and news.change is not None:
        keep &= np.isin(news.change, [int(change) for change in _NEWS])
    if wanted.hides_settled:
        keep &= ~np.isin(conflicts.decision, [int(s) for s in _SETTLED])
    if wanted.rows is not None:
        keep &= np.isin(np.arange(len(conflicts)), list(wanted.rows))
    for part in wanted.text.lower().split():
        keep &= np.fromiter((part in text for text in words), np.bool_, len(words))
    return np.flatnonzero(keep)


def searchable(state: ProjectState, report: CheckReport, lang: Lang) -> list[str]:
    """One text a conflict with everything people may type to find it."""
    c = report.conflicts
    clauses = [r.clause for r in report.requirements]
    return [
        " ".join(
            (
                check_word(str(check), lang), kind_word(str(ka), lang), kind_word(str(kb), lang),
                str(ka), str(kb), str(ia), str(ib), str(name),
                clauses[int(req)] if 0 <= req < len(clauses) else "",
                place_word(state, c, row),
            )
        ).lower()
        for row, (check, ka, kb, ia, ib, name, req) in enumerate(
            zip(c.check, c.a_kind, c.b_kind, c.a_id, c.b_id, c.id, c.requirement, strict=True)
        )
    ]  # fmt: skip


def default_order(conflicts: ConflictTable, rows: np.ndarray) -> np.ndarray:
    """Open ones first, then by certainty, severity and shortfall."""
    settled = np.isin(conflicts.decision[rows], [int(s) for s in _SETTLED])
    short = np.nan_to_num(conflicts.shortfall_m[rows], nan=-1e9)
    keys = (-short, -conflicts.severity[rows], -conflicts.verdict[rows], settled)
    return rows[np.lexsort(keys)]


class ConflictModel(QAbstractItemModel):
    """Groups with several rows as branches, single rows beside them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state: ProjectState | None = None
        self._report: CheckReport | None = None
        self._news = _NO_NEWS
        self._lang: Lang = "en"
        self._words: list[str] = []
        self._filter = ConflictFilter()
        self._sort = (-1, Qt.SortOrder.AscendingOrder)
        self._groups: list[np.ndarray] = []

    # what it shows

    def show_report(
        self,
        state: ProjectState,
        report: CheckReport | None,
        *,
        lang: Lang,
        news: RunNews = _NO_NEWS,
    ) -> None:
        """Show the conflicts of a report, with kinds and places in a language."""
        self.beginResetModel()
        self._news = news
        self._state, self._report, self._lang = state, report, lang
        self._words = []
        self._rebuild()
        self.endResetModel()

    def set_filter(self, wanted: ConflictFilter) -> None:
        self.beginResetModel()
        self._filter = wanted
        self._rebuild()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.beginResetModel()
        self._sort = (column, order)
        self._rebuild()
        self.endResetModel()

    @property
    def visible_rows(self) -> np.ndarray:
        """Rows of the report as listed, top to bottom."""
        return np.concatenate(self._groups) if self._groups else np.zeros(0, dtype=np.int64)

    def index_of(self, row: int) -> QModelIndex:
        """Where a conflict stands; an invalid index when it is not listed."""
        for at, rows in enumerate(self._groups):
            if row in rows:
                top = self.index(at, 0)
                inner = int(np.flatnonzero(rows == row)[0])
                return top if len(rows) == 1 else self.index(inner, 0, top)
        return QModelIndex()

    def row_of(self, index: Index) -> int:
        """The conflict at an index, for a group its first; -1 for none."""
        if not index.isValid():
            return -1
        inner = int(index.internalId())
        group = self._groups[index.row() if inner == 0 else inner - 1]
        return int(group[0 if inner == 0 else index.row()])

    def rows_of(self, index: Index) -> list[int]:
        """All conflicts at an index: one, or a whole group."""
        if index.isValid() and int(index.internalId()) == 0:
            return [int(r) for r in self._groups[index.row()]]
        return [self.row_of(index)] if index.isValid() else []

    def _rebuild(self) -> None:
        if self._report is None or not len(self._report.conflicts):
            self._groups = []
            return
        if self._filter.text and not self._words and self._state is not None:
            self._words = searchable(self._state, self._report, self._lang)
        rows = matching_rows(self._report, self._filter, self._words, self._news)
        rows = self._sorted(default_order(self._report.conflicts, rows))
        names = self._report.conflicts.group
        groups: dict[str, list[int]] = {}
        for row in rows.tolist():
            groups.setdefault(str(names[row]) or f"#{row}", []).append(row)
        self._groups = [np.array(members) for members in groups.values()]

    def _sorted(self, rows: np.ndarray) -> np.ndarray:
        column, order = self._sort
        if column < 0 or not len(rows):
            return rows
        keys = [self._sort_key(int(r), column) for r in rows]
        index = sorted(range(len(rows)), key=lambda i: keys[i])
        if order is Qt.SortOrder.DescendingOrder:
            index.reverse()
        return rows[index]

    def _sort_key(self, row: int, column: int) -> Any:
        assert self._report is not None
        c = self._report.conflicts
        numbers = {
            CERTAINTY: -int(c.verdict[row]),
            REQUIRED: float(c.required_m[row]),
            ACTUAL: float(c.actual_m[row]),
            SHORT_BY: float(c.shortfall_m[row]),
            STATE: int(c.decision[row]),
            CHANGE: _CHANGE_ORDER[self._change_of(row)],
        }
        if column in numbers:
            value = numbers[column]
            return (value != value, value)
        return (False, str(self._text(row, column)))

    # the item model

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 10

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._groups)
        if int(parent.internalId()) or parent.column() != 0:
            return 0
        group = self._groups[parent.row()]
        return len(group) if len(group) > 1 else 0

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
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in {REQUIRED, ACTUAL, SHORT_BY}:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def retranslate(self) -> None:
        """The column titles in the language now spoken."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 9)

    def _titles(self) -> tuple[str, ...]:
        return (
            self.tr("Certainty"),
            self.tr("Kinds"),
            self.tr("Check"),
            self.tr("Short by"),
            self.tr("Required"),
            self.tr("Actual"),
            self.tr("Clause"),
            self.tr("Where"),
            self.tr("State"),
            self.tr("Since last run"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._report is None:
            return None
        row, column = self.row_of(index), index.column()
        conflicts = self._report.conflicts
        if role == ROW_ROLE:
            return row
        if role == VERDICT_ROLE:
            return Verdict(int(conflicts.verdict[row]))
        if role == KINDS_ROLE:
            return (str(conflicts.a_kind[row]), str(conflicts.b_kind[row]))
        if role == Qt.ItemDataRole.DisplayRole:
            count = len(self.rows_of(index))
            text = self._text(row, column)
            return f"{text}  ×{count}" if column == KINDS and count > 1 else text
        if role == Qt.ItemDataRole.TextAlignmentRole and column in {REQUIRED, ACTUAL, SHORT_BY}:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == CHANGE_ROLE:
            return self._change_of(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(row, is_group=len(self.rows_of(index)) > 1)
        return None

    def _hint(self, row: int, *, is_group: bool) -> str:
        """The two ids; for a group what its conflicts have in common."""
        assert self._report is not None
        c = self._report.conflicts
        group = self._news.groups.get(str(c.group[row])) if is_group else None
        if group is not None:
            return group_sentence(group).text(self._lang)
        return f"{c.a_id[row]} × {c.b_id[row]}".strip(" ×")

    def _change_of(self, row: int) -> Change:
        change = self._news.change
        return Change.SAME if change is None else Change(int(change[row]))

    def _change_text(self, row: int) -> str:
        if self._news.change is None:
            return ""
        word = self._change_of(row).label(self._lang)
        return word[:1].upper() + word[1:]

    def _text(self, row: int, column: int) -> str:
        assert self._report is not None
        assert self._state is not None
        c = self._report.conflicts
        if column in {REQUIRED, ACTUAL, SHORT_BY}:
            values = {REQUIRED: c.required_m, ACTUAL: c.actual_m, SHORT_BY: c.shortfall_m}
            value = float(values[column][row])
            return "—" if np.isnan(value) else f"{round(value, 2) + 0.0:.2f}"
        if column == CERTAINTY:
            return verdict_word(Verdict(int(c.verdict[row])), self._lang)
        if column == CHECK:
            return check_word(str(c.check[row]), self._lang)
        if column == KINDS:
            a, b = (
                kind_word(str(c.a_kind[row]), self._lang),
                kind_word(str(c.b_kind[row]), self._lang),
            )
            return f"{a} × {b}" if b else a
        if column == CLAUSE:
            rule = int(c.requirement[row])
            return self._report.requirements[rule].clause if rule >= 0 else ""
        if column == WHERE:
            return place_word(self._state, c, row)
        if column == CHANGE:
            return self._change_text(row)
        return state_word(DecisionState(int(c.decision[row])), self._lang)
