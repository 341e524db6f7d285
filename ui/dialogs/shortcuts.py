"""The shortcut sheet, made of the action table."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from ui.dialogs.frame import FramedDialog
from ui.panels.parts import labelled


class ShortcutsDialog(FramedDialog):
    """Two columns: what it does, which keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width_px=520)
        from ui.actions import ACTIONS, MENUS, translated

        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        sheet = QWidget()
        sheet.setObjectName("panelBody")
        grid = QGridLayout(sheet)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        line = 0
        groups = [(translated(title), [a for a in ACTIONS if a.menu == m]) for m, title in MENUS]
        for title, actions in groups:
            keyed = [a for a in actions if a.shortcut]
            if keyed:
                grid.addWidget(labelled(plain(title), "heading"), line, 0, 1, 2)
                line += 1
            for action in keyed:
                line = _add(grid, line, plain(translated(action.text)), action.shortcut)
        grid.addWidget(labelled(self.tr("In the conflict list"), "heading"), line, 0, 1, 2)
        line += 1
        for text, keys in (
            (self.tr("Next, previous"), "J, K"),
            (self.tr("Fly there"), "Return"),
            (self.tr("Accept, exclude, resolve"), "A, X, R"),
        ):
            line = _add(grid, line, text, keys)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(sheet)
        area.setMinimumHeight(420)
        self.body.addWidget(area)
        self.add_buttons()


def plain(text: str) -> str:
    """A menu text without mnemonics and dots."""
    import re

    return re.sub(r"\(&\w\)", "", text).replace("&", "").rstrip("….")


def _add(grid: QGridLayout, line: int, text: str, keys: str) -> int:
    shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    grid.addWidget(labelled(text), line, 0)
    grid.addWidget(labelled(shown if ", " not in keys else keys, "chip"), line, 1)
    return line + 1
