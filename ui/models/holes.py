"""The list of test holes in the order to dig."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from baiyun_gis.language import Lang
from ui.diagnosing import DigPlan

Index = QModelIndex | QPersistentModelIndex
NUMBER, PLACE, EXPOSE, DEPTH, FINDINGS, SHARE = range(6)
_NUMBERS = {NUMBER, DEPTH, FINDINGS, SHARE}


class HoleModel(QAbstractTableModel):
    """One row a hole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._holes: list[dict[str, Any]] = []
        self._lang: Lang = "en"

    def show_plan(self, plan: DigPlan | None, *, lang: Lang) -> None:
        """Show a plan in a language; None for none."""
        from baiyun_gis.diagnosis.hole_records import records_of

        self.beginResetModel()
        self._holes, self._lang = [], lang
        if plan is not None:
            self._holes = records_of(plan.holes, plan.state, plan.report, lang)
        self.endResetModel()

    def hole(self, number: int) -> dict[str, Any]:
        """A hole's record, as it is exported."""
        return self._holes[number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._holes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 6

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and section == SHARE:
            return self.tr("Part of the undecided risk that the holes so far settle")
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("No."),
            self.tr("Place"),
            self.tr("Lay open"),
            self.tr("Depth (m)"),
            self.tr("Settles"),
            self.tr("Risk"),
        )
        return titles[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(self._holes[index.row()], index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._text(self._holes[index.row()], index.column())

    def _tip(self, hole: dict[str, Any], column: int) -> str:
        """What is laid open line by line, else the whole sentence."""
        from baiyun_gis.diagnosis.hole_records import depth_words

        if column not in {EXPOSE, DEPTH} or not hole["expose"]:
            return str(hole["sentence"])
        return "\n".join(depth_words(line).text(self._lang) for line in hole["expose"])

    def _text(self, hole: dict[str, Any], column: int) -> str:
        if column == NUMBER:
            return str(hole["order"])
        if column == PLACE:
            if hole["well"]:
                return self.tr("Chamber {node}").format(node=hole["well"])
            return f"{hole['x']:.0f}, {hole['y']:.0f}"
        if column == EXPOSE:
            titles = list(dict.fromkeys(str(line["title"]) for line in hole["expose"]))
            count, comma = len(hole["expose"]), self.tr(", ")
            many = f"  ×{count}" if count > len(titles) else ""
            return f"{comma.join(titles)}{many}" if count else "—"
        if column == DEPTH:
            return self._depths(hole["expose"])
        if column == FINDINGS:
            return str(len(hole["findings"]))
        return f"{hole['share_so_far']:.1%}"

    def _depths(self, lines: list[dict[str, Any]]) -> str:
        """The depths between which tops are expected; what is not known is said so."""
        lows = [v for line in lines if (v := line["top_depth_from_m"]) is not None]
        highs = [v for line in lines if (v := line["top_depth_to_m"]) is not None]
        if not lows or not highs:
            return self.tr("not known") if lines else "—"
        span = f"{max(min(lows), 0.0):.2f}–{max(highs):.2f}"
        return f"{span} + ?" if len(lows) < len(lines) else span
