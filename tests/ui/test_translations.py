"""Chinese and English, switched while the window runs."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

from ui.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "ui" / "i18n" / "zh_CN.ts"
LATIN = re.compile(r"[A-Za-z]{3,}")
NAMES = {"EPSG", "Home", "CJJ", "Switch to English", "CityJSON", "GeoPackage", "SWMM"}
"""Words that are the same in Chinese text: names and codes."""


def messages() -> list[ET.Element]:
    return list(ET.parse(CATALOGUE).getroot().iter("message"))


def test_no_translation_is_unfinished_or_empty() -> None:
    for message in messages():
        translation = message.find("translation")
        assert translation is not None
        assert translation.get("type") is None, message.findtext("source")
        assert translation.text, message.findtext("source")


def test_translations_keep_the_values_of_their_source() -> None:
    fields = re.compile(r"\{(\w+)\}")
    for message in messages():
        source, target = message.findtext("source", ""), message.findtext("translation", "")
        assert sorted(fields.findall(source)) == sorted(fields.findall(target)), source


def tool(name: str) -> Path:
    """A tool of PySide6 beside this Python."""
    for suffix in ("", ".exe"):
        path = Path(sys.executable).with_name(f"pyside6-{name}{suffix}")
        if path.is_file():
            return path
    raise AssertionError(f"pyside6-{name} is not beside this Python")


def test_the_compiled_catalogue_is_made_of_the_source(tmp_path: Path) -> None:
    fresh = tmp_path / "zh_CN.qm"
    command = [str(tool("lrelease")), str(CATALOGUE), "-qm", str(fresh)]
    subprocess.run(command, check=True, capture_output=True)
    assert fresh.read_bytes() == CATALOGUE.with_suffix(".qm").read_bytes()


def test_the_catalogue_knows_every_text_of_the_sources(tmp_path: Path) -> None:
    fresh = tmp_path / "zh_CN.ts"
    files = sorted(str(p) for p in (ROOT / "ui").rglob("*.py"))
    command = [str(tool("lupdate")), "-locations", "none", *files, "-ts", str(fresh)]
    subprocess.run(command, check=True, capture_output=True)
    root = ET.parse(fresh).getroot()
    assert texts_of(root) == texts_of(ET.parse(CATALOGUE).getroot())


def texts_of(root: ET.Element) -> set[tuple[str, str]]:
    return {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in root.iter("context")
        for message in context.iter("message")
    }


def spoken(window: MainWindow, lang: str) -> None:
    """Switch the language and let every widget hear of it."""
    window.speak(lang)
    QApplication.processEvents()


def shown_texts(root: QWidget) -> list[str]:
    """Everything that people can read on a widget and below it now, menus included."""
    found: list[str] = []
    for widget in [root, *root.findChildren(QWidget)]:
        if not (widget.isVisibleTo(root) or isinstance(widget, QMenu)):
            continue
        found.append(widget.toolTip())
        match widget:
            case QLabel() | QAbstractButton():
                found.append(widget.text())
            case QLineEdit():
                found.append(widget.placeholderText())
            case QComboBox():
                found.extend(widget.itemText(i) for i in range(widget.count()))
            case QMenu():
                found.append(widget.title())
                found.extend(action.text() for action in widget.actions())
            case QDockWidget():
                found.append(widget.windowTitle())
            case _:
                continue
    return [re.sub(r"\([^()]*\+[^()]*\)|\(F\d+\)|<[^>]+>|&nbsp;", " ", text) for text in found]


def untranslated(texts: list[str]) -> set[str]:
    left = set()
    for text in texts:
        bare = text
        for name in NAMES:
            bare = bare.replace(name, "")
        has_chinese = any("\u4e00" <= c <= "\u9fff" for c in text)
        if LATIN.search(bare) and not has_chinese:
            left.add(text)
    return left


def test_switching_to_chinese_leaves_no_english_on_an_empty_window(window: MainWindow) -> None:
    spoken(window, "zh")
    assert untranslated(shown_texts(window)) == set()


def test_switching_to_chinese_leaves_no_english_on_a_report(street_window: MainWindow) -> None:
    street_window.conflicts.step(1)
    spoken(street_window, "zh")
    allowed = {"gb50289-2016", "EPSG:4547"}
    left = {t for t in untranslated(shown_texts(street_window)) if not any(a in t for a in allowed)}
    assert left == set()


def test_switching_back_gives_the_same_english(street_window: MainWindow) -> None:
    before = shown_texts(street_window)
    spoken(street_window, "zh")
    assert shown_texts(street_window) != before
    spoken(street_window, "en")
    assert shown_texts(street_window) == before
