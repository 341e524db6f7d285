"""Settings: language, theme, colours, and the name under decisions."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from baiyun_gis.language import Lang
from layers.request import ColourScheme, Theme
from ui.dialogs.frame import FramedDialog
from ui.workbench import Workbench


class SettingsDialog(FramedDialog):
    """Takes effect on accepting."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Settings"))
        self._lang = _chooser((("zh", "简体中文"), ("en", "English")), bench.lang)
        self._theme = _chooser(
            (("light", self.tr("Light")), ("dark", self.tr("Dark"))), bench.theme
        )
        self._scheme = _chooser(
            (("cjj61", self.tr("CJJ 61")), ("safe", self.tr("Colour-blind safe"))), bench.scheme
        )
        self._author = QLineEdit(bench.author)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Language"), self._lang)
        form.addRow(self.tr("Theme"), self._theme)
        form.addRow(self.tr("Colours of lines"), self._scheme)
        form.addRow(self.tr("Your name"), self._author)
        self.body.addLayout(form)
        self.add_text(self.tr("The name stands under your decisions in reports."), "muted")
        self.add_buttons(self.tr("Apply"))

    @property
    def lang(self) -> Lang:
        return "zh" if self._lang.currentData() == "zh" else "en"

    @property
    def theme(self) -> Theme:
        return "dark" if self._theme.currentData() == "dark" else "light"

    @property
    def scheme(self) -> ColourScheme:
        return "safe" if self._scheme.currentData() == "safe" else "cjj61"

    @property
    def author(self) -> str:
        return self._author.text().strip()


def _chooser(options: tuple[tuple[str, str], ...], chosen: str) -> QComboBox:
    box = QComboBox()
    for key, text in options:
        box.addItem(text, key)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box
