"""Commands that explain the program."""

from __future__ import annotations

from ui.desk import Desk
from ui.dialogs.about import AboutDialog
from ui.dialogs.help import HelpDialog
from ui.dialogs.shortcuts import ShortcutsDialog


def shortcuts(desk: Desk) -> None:
    ShortcutsDialog(desk.window).exec()


def show_help(desk: Desk) -> None:
    """The pages that come with the program, offline."""
    dialog = HelpDialog(desk.bench.lang, desk.window)
    dialog.open()


def about(desk: Desk) -> None:
    AboutDialog(desk.window).exec()
