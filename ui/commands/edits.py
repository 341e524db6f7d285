"""Commands that change the project or the selection."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui.desk import Desk
from ui.models.features import column_title, shown_specs, value_text


def can_undo(desk: Desk) -> bool:
    return desk.bench.session.document.undo_label is not None


def can_redo(desk: Desk) -> bool:
    return desk.bench.session.document.redo_label is not None


def undo(desk: Desk) -> None:
    desk.bench.session.document.undo()


def redo(desk: Desk) -> None:
    desk.bench.session.document.redo()


def has_selection(desk: Desk) -> bool:
    return desk.bench.selection.count > 0


def has_features(desk: Desk) -> bool:
    tables = {"pipes", "nodes", "buildings", "permits", "structures"}
    return bool(tables & desk.bench.selection.rows.keys())


def clear_selection(desk: Desk) -> None:
    """Give up what the tool has begun, else the selection."""
    view = desk.map.view
    if not view.tool.key(view, Qt.Key.Key_Escape):
        desk.bench.select({})


def show_selected(desk: Desk) -> None:
    """Open the table on the selected rows."""
    desk.docks["table"].show()
    desk.docks["table"].raise_()
    desk.table.show_selected()


def copy_text(desk: Desk) -> None:
    """Put the selected features on the clipboard, tab-separated with titles."""
    QApplication.clipboard().setText(selection_text(desk))


def selection_text(desk: Desk) -> str:
    """The selected rows of every table as tab-separated text; findings with their sentence."""
    bench = desk.bench
    blocks: list[str] = []
    for name, rows in bench.selection.rows.items():
        if name == "conflicts":
            from baiyun_gis.findings.sentences import why

            if bench.report is not None:
                lines = [why(bench.report, bench.state, int(r), bench.lang) for r in rows]
                blocks.append("\n".join(lines))
            continue
        table = bench.state.table("buildings" if name == "suspicions" else name)
        specs = shown_specs(type(table))
        lines = ["\t".join(column_title(s, bench.lang) for s in specs)]
        lines += [
            "\t".join(value_text(s, getattr(table, s.name)[row], bench.lang) for s in specs)
            for row in rows
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
