"""Start the desktop app."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from baiyun_gis.errors import RenderError
from baiyun_gis.language import Lang
from ui import i18n
from ui.commands import files
from ui.icons import logo
from ui.main_window import MainWindow
from ui.theme import set_font, wear
from ui.warming import Warming
from ui.workbench import Workbench


def run(argv: Sequence[str] | None = None) -> int:
    """Open the window, on a project if one is named; returns the exit code.

    `argv` holds what follows the program's name: `[PROJECT] [--lang zh|en] [--theme light|dark]
    [--settings FILE]`.
    """
    args = parsed(list(sys.argv[1:] if argv is None else argv))
    require_screen(os.environ, sys.platform)
    app = QApplication.instance() or QApplication(["baiyun-gis"])
    assert isinstance(app, QApplication)
    settings = settings_at(args.settings)
    window = open_window(app, settings, lang=args.lang, theme=args.theme)
    window.show()
    warming = Warming(window.desk.bench, window)
    warming.start()
    app.aboutToQuit.connect(warming.stop)
    if args.project:
        path = Path(args.project)
        QTimer.singleShot(0, window, lambda: files.open_path(window.desk, path))
    return app.exec()


def require_screen(environment: Mapping[str, str], platform: str) -> None:
    """Raise `RenderError` where Qt would find no screen to open a window on."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if platform.startswith("linux") and not any(environment.get(name) for name in named):
        raise RenderError(
            "There is no screen to open a window on; use the commands check and render, or demo"
            " --no-window"
        )


def parsed(argv: list[str]) -> argparse.Namespace:
    """The command line of the app itself."""
    parser = argparse.ArgumentParser(prog="baiyun-gis open")
    parser.add_argument("project", nargs="?")
    parser.add_argument("--lang", choices=("zh", "en"))
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--settings", help="a settings file instead of the user's own")
    return parser.parse_args(argv)


def settings_at(path: str | None) -> QSettings:
    """The user's settings, or those in a file."""
    if path:
        return QSettings(path, QSettings.Format.IniFormat)
    return QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, "baiyun-gis", "baiyun-gis"
    )


def open_window(
    app: QApplication, settings: QSettings, *, lang: Lang | None = None, theme: str | None = None
) -> MainWindow:
    """The window, dressed and speaking as the settings say; not shown yet."""
    app.setApplicationName("Baiyun GIS")
    app.setApplicationDisplayName("")
    app.setWindowIcon(logo())
    set_font(app)
    kept = settings.value("lang")
    spoken: Lang = lang or ("zh" if kept == "zh" else "en" if kept == "en" else i18n.system_lang())
    i18n.speak(app, spoken)
    bench = Workbench(settings)
    if theme is not None:
        bench.theme = "dark" if theme == "dark" else "light"
    art = Path(settings.fileName()).parent / "art"
    wear(app, bench.theme, art_folder=art)

    def dress() -> None:
        wear(app, bench.theme, art_folder=art)
        bench.set_theme(bench.theme)

    def talk(chosen: Lang) -> None:
        settings.setValue("lang", chosen)
        i18n.speak(app, chosen)
        bench.look_changed.emit()

    window = MainWindow(bench, wear=dress, speak=talk)
    bench.setParent(window)
    return window
