"""Pictures of the real window on the synthetic sample, for the READMEs: OUT_DIR [RESULT_DIR].

Run under a screen (`make images`). RESULT_DIR holds a finished demo; without it one is made.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ui.app import open_window  # noqa: E402  the checkout comes first
from ui.commands import checks, files  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402

SURVEY = sorted((ROOT / "sample_data" / "survey").iterdir())


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication(["baiyun-gis"])
    with tempfile.TemporaryDirectory() as folder:
        result = Path(sys.argv[2]) if len(sys.argv) > 2 else made_demo(Path(folder) / "demo")
        for lang, theme in product(("zh", "en"), ("light", "dark")):
            settings = QSettings(f"{folder}/{lang}-{theme}.ini", QSettings.Format.IniFormat)
            window = open_window(app, settings, lang=lang, theme=theme)
            window.setGeometry(0, 0, 1920, 1080)
            window.show()
            take(window, result / "baiyun-demo.gpkg", out, f"{lang}-{theme}")
            if theme == "light":
                take_import(window, out / f"import-{lang}-light.png")
            window.close()
            wait(300)
            window.deleteLater()
            wait(200)
        for lang in ("zh", "en"):
            render(result / "baiyun-demo.gpkg", out, lang)


def take(window: MainWindow, project: Path, out: Path, name: str) -> None:
    """The whole window at 1920×1080 after a check, and a close-up at 1366×768."""
    files.open_path(window.desk, project)
    settle(window)
    checks.run_check(window.desk)
    settle(window)
    for _ in range(4):
        checks.next_conflict(window.desk)
        settle(window)
    keep(window, out / f"window-{name}.png")
    if name.endswith("dark"):
        window.setGeometry(0, 0, 1366, 768)
        settle(window)
        checks.fly_to_focus(window.desk)
        settle(window)
        keep(window, out / f"conflict-{name}.png")


def take_import(window: MainWindow, path: Path) -> None:
    """The preview of the raw survey files, before they are taken."""
    files.import_paths(window.desk, SURVEY)
    settle(window)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QWidget)
    keep(dialog, path)
    dialog.close()


def render(project: Path, out: Path, lang: str) -> None:
    """Map and scene by the command, with no window."""
    for view in ("map", "scene"):
        words = ["render", str(project), "--view", view, "--as-of", "2026-06-30", "--lang", lang]
        target = out / f"{view}-{lang}-light.png"
        run(*words, "--out", str(target))
        shrink(Image.open(target).convert("RGB"), target)


def made_demo(folder: Path) -> Path:
    run("demo", "--no-window", "--out", str(folder))
    return folder


def run(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "baiyun_gis", *words], cwd=ROOT, check=True)


def keep(widget: QWidget, path: Path) -> None:
    """What is on the screen where the widget lies."""
    at = widget.mapToGlobal(widget.rect().topLeft())
    shot = widget.screen().grabWindow(0, at.x(), at.y(), widget.width(), widget.height())
    picture = shot.toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    pixels = rows[:, : picture.width() * 3].reshape(picture.height(), picture.width(), 3)
    shrink(Image.fromarray(pixels.copy()), path)


def shrink(picture: Image.Image, path: Path) -> None:
    """A file no larger than need be: 1,400 pixels across for pictures rich in colours."""
    rich = len(picture.getcolors(1 << 24) or ()) > 60_000
    if rich and picture.width > 1400:
        size = (1400, round(picture.height * 1400 / picture.width))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.save(path, optimize=True)


def settle(window: MainWindow) -> None:
    """Wait until no work runs and the views have drawn."""
    jobs = window.desk.bench.jobs
    for _ in range(3):
        wait(400)
        while jobs.running:
            wait(50)


def wait(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
