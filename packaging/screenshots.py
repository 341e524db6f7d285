"""Pictures for the READMEs: the real window, driven by mouse and keys on the sample files.

Usage: PYTHONPATH=tests python packaging/screenshots.py OUT_DIR [NAME …], on a screen of
1920 × 1080 or more (`make images` brings a virtual one). The tests know how to drive the window,
so their driver is used here too. With names, only those pictures are made. The same program
on the same machine makes the same pictures: no clock, no chance, settings of its own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QCursor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDateEdit, QListWidget, QWidget
from window_driver import click, click_index, drop, pause, press, settle, wait_until

from baiyun_gis.language import Lang
from baiyun_gis.model.vocabulary import Verdict
from ui.app import open_window, settings_at
from ui.dialogs.import_preview import ImportDialog
from ui.main_window import MainWindow
from ui.models import conflicts as columns
from ui.render import Camera, PictureWish, render_map, render_scene
from ui.workbench import Workbench

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"
FOLDERS = ("survey", "buildings", "permits", "base", "rasters", "design")
DAY = "2026-06-30"
CRS = "EPSG:4547"
MOMENT = "2026-06-30T09:00:00+08:00"
FULL, LAPTOP = (1920, 1080), (1366, 768)
PICTURES = (
    "window-{}-light", "window-{}-dark", "conflict-{}-dark", "import-{}-light",
    "scene-{}-light", "map-{}-light",
)  # fmt: skip
"""What the READMEs show; `start`, `imported` and `conflict-…-light` can be asked for too."""
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
MOST_BYTES = 490_000
COLOURS = 256
SHIFT_CTRL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@dataclass
class Album:
    """Where the pictures go, and which of them are wanted."""

    folder: Path
    wanted: frozenset[str]
    kept: list[str] = field(default_factory=list)

    def wants(self, *names: str) -> bool:
        return any(name in self.wanted for name in names)

    def keep(self, name: str, image: QImage) -> None:
        """Write a picture as a small PNG."""
        if not self.wants(name):
            return
        path = self.folder / f"{name}.png"
        write_small(image, path)
        self.kept.append(name)
        sys.stdout.write(f"{path.name}  {image.width()}×{image.height()}  ")
        sys.stdout.write(f"{path.stat().st_size / 1000:,.0f} kB\n")
        sys.stdout.flush()


def main(argv: Sequence[str]) -> int:
    """Make the pictures; 0 when all that were asked for are there."""
    parser = argparse.ArgumentParser(description="Pictures of the real window for the READMEs.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args(argv)
    args.folder.mkdir(parents=True, exist_ok=True)
    usual = [name.format(lang) for name in PICTURES for lang in LANGUAGES]
    album = Album(args.folder, frozenset(args.names or usual))
    app = QApplication(["baiyun-gis"])
    Workbench.now_text = lambda _: MOMENT  # type: ignore[method-assign]
    for lang in LANGUAGES:
        with TemporaryDirectory() as scratch:
            photograph(app, album, lang=lang, settings=Path(scratch) / "settings.ini")
    return 0 if album.wanted == frozenset(album.kept) else 1


def photograph(app: QApplication, album: Album, *, lang: Lang, settings: Path) -> None:
    """All pictures in one language, in the order a planner works."""
    window = open_window(app, settings_at(str(settings)), lang=lang, theme="light")
    window.desk.bench.settings.setValue("author", "Lin Yue" if lang == "en" else "林越")
    QCursor.setPos(1, 1)
    place(window, FULL)
    album.keep(f"start-{lang}-light", seen(window))
    import_sample(window, album, lang)
    set_day(window)
    press(window, Qt.Key.Key_F5)
    wait_until(lambda: window.desk.bench.report is not None, what="the run")
    settle(window)
    choose(window, "building_clearance")
    album.keep(f"window-{lang}-light", seen(window))
    press(window, Qt.Key.Key_D, SHIFT_CTRL)
    settle(window)
    album.keep(f"window-{lang}-dark", seen(window))
    place(window, LAPTOP)
    choose(window, "vertical_clearance")
    album.keep(f"conflict-{lang}-dark", seen(window))
    press(window, Qt.Key.Key_D, SHIFT_CTRL)
    settle(window)
    album.keep(f"conflict-{lang}-light", seen(window))
    render_pictures(window, album, lang)
    window.desk.bench.session.document.mark_saved()
    window.close()
    window.deleteLater()
    pause(50)


def place(window: MainWindow, size: tuple[int, int]) -> None:
    """The window in the upper left corner at a size, with its layout as designed."""
    window.setGeometry(0, 0, *size)
    window.show()
    window.activateWindow()
    wait_until(window.isActiveWindow, seconds=10)
    window.action("reset_layout").trigger()
    settle(window)
    QWidget.setFocus(window.map.view)


def import_sample(window: MainWindow, album: Album, lang: Lang) -> None:
    """Drop the raw files on the window, look at one that is in doubt, import all."""
    drop(window, [SAMPLE / name for name in FOLDERS])
    (dialog,) = window.findChildren(ImportDialog)
    wait_until(dialog.take_button.isEnabled, what="the preview")
    sources = dialog.findChild(QListWidget)
    assert isinstance(sources, QListWidget)
    assert dialog.imported is not None
    points = next(i for i, r in enumerate(dialog.imported.reports) if "JS_POINT" in r.path)
    click(sources.viewport(), sources.visualItemRect(sources.item(points)).center())
    pause(200)
    album.keep(f"import-{lang}-light", seen(window))
    system = dialog._crs.lineEdit()
    QTest.keyClick(system, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(system, CRS)
    click(dialog.take_button)
    wait_until(lambda: not window.findChildren(ImportDialog), what="the import")
    settle(window)
    album.keep(f"imported-{lang}-light", seen(window))


def set_day(window: MainWindow) -> None:
    """Type the day into the time line."""
    window.activateWindow()
    days = window.timeline.findChild(QDateEdit)
    assert isinstance(days, QDateEdit)
    click(days, QPoint(12, days.height() // 2))
    days.setSelectedSection(QDateEdit.Section.YearSection)
    QTest.keyClicks(days, DAY.replace("-", ""))
    QTest.keyClick(days, Qt.Key.Key_Return)
    settle(window)
    assert str(window.desk.bench.as_of) == DAY


def choose(window: MainWindow, check: str) -> None:
    """Click the first certain finding of a check that stands by itself in the list."""
    report, tree = window.desk.bench.report, window.conflicts.tree
    assert report is not None
    model, c = window.conflicts.model, report.conflicts
    fits = (c.check == check) & (c.verdict == Verdict.CERTAIN)
    tops = [model.index(at, columns.KINDS) for at in range(model.rowCount())]
    index = next(top for top in tops if fits[model.row_of(top)] and not model.rowCount(top))
    tree.selectionModel().clear()
    click_index(tree, index)
    QCursor.setPos(1, 1)
    settle(window)
    assert window.desk.bench.selection.focus == ("conflicts", model.row_of(index))


def render_pictures(window: MainWindow, album: Album, lang: Lang) -> None:
    """Map and scene as the `render` command draws them."""
    bench = window.desk.bench
    day = np.datetime64(DAY, "D")
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "picture.png"
        wish = PictureWish(as_of=day, lang=lang, theme="light")
        if album.wants(f"map-{lang}-light"):
            render_map(bench.state, bench.report, path, wish)
            album.keep(f"map-{lang}-light", QImage(str(path)))
        if album.wants(f"scene-{lang}-light"):
            camera = Camera(azimuth_deg=20.0, elevation_deg=34.0)
            wish = PictureWish(as_of=day, lang=lang, theme="light", camera=camera)
            render_scene(bench.state, bench.report, path, wish)
            album.keep(f"scene-{lang}-light", QImage(str(path)))


def seen(window: MainWindow) -> QImage:
    """What the screen shows where the window is, its dialogs included."""
    settle(window)
    screen = window.screen()
    assert screen is not None
    frame = window.geometry()
    grabbed = screen.grabWindow(0, frame.x(), frame.y(), frame.width(), frame.height())
    return grabbed.toImage().convertToFormat(QImage.Format.Format_RGB888)


def write_small(image: QImage, path: Path) -> None:
    """A PNG with every colour, else with colours in steps that nobody sees, else a palette."""
    image.setDevicePixelRatio(1.0)
    for step in (1, 2, 4):
        assert in_steps(image, step).save(str(path), "PNG", 0), path
        if path.stat().st_size <= MOST_BYTES:
            return
    assert with_palette(image).save(str(path), "PNG", 0), path


def in_steps(image: QImage, step: int) -> QImage:
    """The picture with each of red, green and blue in multiples of a step; white stays white."""
    rgb = pixels_of(image)
    even = np.where(rgb >= 256 - step, 255, rgb // step * step).astype(np.uint8)
    return QImage(
        even.tobytes(),
        image.width(),
        image.height(),
        3 * image.width(),
        QImage.Format.Format_RGB888,
    ).copy()


def pixels_of(image: QImage) -> np.ndarray:
    """Red, green and blue, shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def with_palette(image: QImage) -> QImage:
    """The picture in the 256 colours that stand for it best, by median cut."""
    rgb = pixels_of(image).reshape(-1, 3)
    bins = (rgb >> 2).astype(np.int64) @ np.array([1 << 12, 1 << 6, 1])
    weight = np.bincount(bins, minlength=1 << 18)
    used = np.flatnonzero(weight)
    sums = [np.bincount(bins, weights=rgb[:, k], minlength=1 << 18)[used] for k in range(3)]
    colors = np.stack(sums, axis=1) / weight[used, None]
    boxes = median_cut(colors, weight[used])
    table = np.zeros(1 << 18, np.uint8)
    palette = np.zeros((len(boxes), 3))
    for number, members in enumerate(boxes):
        table[used[members]] = number
        palette[number] = np.average(colors[members], axis=0, weights=weight[used[members]])
    width, height = image.width(), image.height()
    small = QImage(
        table[bins].tobytes(), width, height, width, QImage.Format.Format_Indexed8
    ).copy()
    small.setColorTable([QColor(*(round(v) for v in c)).rgb() for c in palette.tolist()])
    return small


def median_cut(colors: np.ndarray, weight: np.ndarray) -> list[np.ndarray]:
    """Members of at most 256 boxes; the box with the greatest spread is cut first."""
    boxes = [np.arange(len(colors))]
    spreads = [spread_of(colors, weight, boxes[0])]
    while len(boxes) < min(COLOURS, len(colors)):
        widest = int(np.argmax([spread for spread, _ in spreads]))
        axis, members = spreads[widest][1], boxes[widest]
        if len(members) < 2:
            break
        order = members[np.argsort(colors[members, axis], kind="stable")]
        share = np.cumsum(np.sqrt(weight[order]))
        cut = int(np.clip(np.searchsorted(share, share[-1] / 2) + 1, 1, len(order) - 1))
        halves = order[:cut], order[cut:]
        boxes[widest : widest + 1] = halves
        spreads[widest : widest + 1] = [spread_of(colors, weight, half) for half in halves]
    return boxes


def spread_of(colors: np.ndarray, weight: np.ndarray, members: np.ndarray) -> tuple[float, int]:
    """How much a box matters, and the axis along which it is widest."""
    own = colors[members]
    mean = np.average(own, axis=0, weights=weight[members])
    squares = ((own - mean) ** 2 * np.sqrt(weight[members])[:, None]).sum(axis=0)
    axis = int(np.argmax(squares))
    return (float(squares[axis]) if len(members) > 1 else -1.0), axis


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
