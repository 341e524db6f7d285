"""Chinese and English of the window: Qt Linguist files, switched while the program runs.

The source is English; `zh_CN.ts` holds the Chinese and `zh_CN.qm` is made from it with
`pyside6-lrelease`. Switching installs or removes the translators; every widget hears
`LanguageChange` and writes its texts anew.
"""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from baiyun_gis.language import Lang

_installed: list[QTranslator] = []
_lang: list[Lang] = ["en"]


def current_lang() -> Lang:
    """The language the window speaks."""
    return _lang[0]


def system_lang() -> Lang:
    """Chinese where the system's language is Chinese, else English."""
    return "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def speak(app: QCoreApplication, lang: Lang) -> None:
    """Switch the whole program to a language."""
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    _lang[0] = lang
    QLocale.setDefault(QLocale("zh_CN") if lang == "zh" else QLocale("en_GB"))
    if lang == "zh":
        folder = str(resources.files("ui") / "i18n")
        for path, place in (
            ("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
            ("zh_CN", folder),
        ):
            translator = QTranslator(app)
            if translator.load(path, place):
                app.installTranslator(translator)
                _installed.append(translator)
