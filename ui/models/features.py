"""The attribute table: rows of a feature table, read when they are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from baiyun_gis.language import Lang
from baiyun_gis.model.columns import Columns, ColumnSpec, specs_of

Index = QModelIndex | QPersistentModelIndex
CHUNK = 500
_HIDDEN_KINDS = {"polygon", "point", "vertex", "index"}


def shown_specs(table: type[Columns]) -> tuple[ColumnSpec, ...]:
    """The columns of a table that have a text."""
    return tuple(spec for spec in specs_of(table) if spec.kind not in _HIDDEN_KINDS)


def column_title(spec: ColumnSpec, lang: Lang) -> str:
    """The title of a column with its unit."""
    name = bare_title(spec, lang)
    return f"{name} ({spec.unit})" if spec.unit else name


def bare_title(spec: ColumnSpec, lang: Lang) -> str:
    """The title of a column beside values that may be in another unit."""
    return spec.zh if lang == "zh" and spec.zh else plain_name(spec)


def plain_name(spec: ColumnSpec) -> str:
    """The column's name as English words, without the unit."""
    words = spec.name.split("_")
    if spec.unit and words[-1] in {"m", "mm", "kv", "mpa", "deg"} and len(words) > 1:
        words = words[:-1]
    return "ID" if words == ["id"] else " ".join(words).capitalize()


def value_text(spec: ColumnSpec, value: Any, lang: Lang) -> str:
    """A value as people read it; unknown ones are empty."""
    if spec.vocabulary is not None:
        member = spec.vocabulary(int(value))
        return member.label(lang)
    if spec.kind == "real":
        return "" if np.isnan(value) else f"{float(value):.3f}".rstrip("0").rstrip(".")
    if spec.kind == "day":
        return "" if np.isnat(value) else str(value)
    if spec.kind == "flag":
        return "✓" if value else ""
    return str(value) if value is not None else ""


class FeatureModel(QAbstractTableModel):
    """Some rows of one feature table; more are taken up as the view scrolls down."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Columns | None = None
        self._specs: tuple[ColumnSpec, ...] = ()
        self._rows = np.zeros(0, dtype=np.int64)
        self._shown = 0
        self._lang: Lang = "en"
        self._sort: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show_table(self, table: Columns, rows: np.ndarray, *, lang: Lang) -> None:
        """Show these rows of a table; columns that are unknown throughout are left out."""
        self.beginResetModel()
        same = self._table is not None and type(self._table) is type(table)
        self._table, self._rows, self._lang = table, np.asarray(rows, np.int64), lang
        self._specs = tuple(s for s in shown_specs(type(table)) if has_values(table, s))
        self._sort = self._sort if same else (-1, Qt.SortOrder.AscendingOrder)
        self._arrange()
        self._shown = min(CHUNK, len(self._rows))
        self.endResetModel()

    def row_at(self, index: Index) -> int:
        """The table row at an index; -1 for none."""
        return int(self._rows[index.row()]) if index.isValid() else -1

    def position_of(self, row: int) -> int:
        """Where a table row is listed, taking up rows until it is; -1 when it is not."""
        found = np.flatnonzero(self._rows == row)
        if not len(found):
            return -1
        while self._shown <= found[0]:
            self.fetchMore(QModelIndex())
        return int(found[0])

    @property
    def total(self) -> int:
        """How many rows there are, taken up or not."""
        return len(self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._shown

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._specs)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._shown < len(self._rows)

    def fetchMore(self, parent: Index) -> None:
        more = min(CHUNK, len(self._rows) - self._shown)
        self.beginInsertRows(QModelIndex(), self._shown, self._shown + more - 1)
        self._shown += more
        self.endInsertRows()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            is_number = self._specs[section].kind == "real"
            side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return int(self._rows[section]) + 1
        return column_title(self._specs[section], self._lang)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._table is None:
            return None
        spec = self._specs[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and spec.kind == "real":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        value = getattr(self._table, spec.name)[self._rows[index.row()]]
        return value_text(spec, value, self._lang)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sort = (column, order)
        self._arrange()
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        column, order = self._sort
        if column < 0 or column >= len(self._specs) or self._table is None:
            self._rows = np.sort(self._rows)
            return
        values = getattr(self._table, self._specs[column].name)[self._rows]
        if values.dtype == object:
            values = values.astype(str)
        index = np.argsort(values, kind="stable")
        if order is Qt.SortOrder.DescendingOrder:
            index = index[::-1]
        self._rows = self._rows[index]


def has_values(table: Columns, spec: ColumnSpec) -> bool:
    """Whether any row says anything in this column."""
    values = getattr(table, spec.name)
    if not len(values) or spec.name == "id":
        return True
    if spec.kind == "real":
        return not bool(np.isnan(values).all())
    if spec.kind == "day":
        return not bool(np.isnat(values).all())
    return bool((values != spec.fill).any())
