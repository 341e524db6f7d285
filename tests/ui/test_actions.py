"""The one action table."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from ui import icons
from ui.actions import ACTIONS, MENUS, TOOLBAR, translated
from ui.i18n import speak
from ui.main_window import MainWindow


def test_ids_and_shortcuts_are_unique() -> None:
    ids = [spec.id for spec in ACTIONS]
    assert len(set(ids)) == len(ids)
    keys = [QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut]
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_every_action_is_in_a_menu_that_exists_and_has_an_icon() -> None:
    menus = {name for name, _ in MENUS}
    drawn = set(icons.names())
    for spec in ACTIONS:
        assert spec.menu in menus, spec.id
        assert spec.icon in drawn, spec.id


def test_the_toolbar_shows_actions_with_a_short_word() -> None:
    known = {spec.id: spec for spec in ACTIONS}
    for name in (name for group in TOOLBAR for name in group):
        assert known[name].short, name


def test_every_action_is_translated(qapp) -> None:
    speak(qapp, "zh")
    try:
        for spec in ACTIONS:
            for text in filter(None, (spec.text, spec.short)):
                assert translated(text) != text, text
        for _, title in MENUS:
            assert translated(title) != title
    finally:
        speak(qapp, "en")


def test_mnemonics_of_a_menu_do_not_collide() -> None:
    for menu, _ in MENUS:
        letters = [s.text[s.text.index("&") + 1].lower() for s in ACTIONS
                   if s.menu == menu and "&" in s.text]  # fmt: skip
        assert len(set(letters)) == len(letters), (menu, letters)


def test_what_makes_no_sense_now_is_disabled(window: MainWindow) -> None:
    for name in ("run_check", "export_report", "undo", "redo", "next_conflict", "accept"):
        assert not window.action(name).isEnabled(), name


def test_a_report_enables_what_works_on_it(street_window: MainWindow) -> None:
    for name in ("run_check", "export_report", "next_conflict", "zoom_all"):
        assert street_window.action(name).isEnabled(), name
    street_window.action("next_conflict").trigger()
    assert street_window.action("accept").isEnabled()


def test_the_palette_finds_by_words_and_runs(street_window: MainWindow, qtbot) -> None:
    street_window.show_palette()
    palette = street_window._palette
    palette.field.setText("map only")
    assert palette.list.count() == 1
    palette._run()
    assert not street_window.scene.isVisible()
    assert street_window.map.isVisible()
