"""Starting the app."""

from __future__ import annotations

import pytest

from baiyun_gis.errors import RenderError
from ui.app import parsed, require_screen


def test_without_a_screen_one_sentence_says_what_to_do_instead() -> None:
    with pytest.raises(RenderError, match="no screen"):
        require_screen({}, "linux")
    require_screen({"DISPLAY": ":0"}, "linux")
    require_screen({}, "win32")


def test_project_language_theme_and_settings_can_be_given() -> None:
    args = parsed(["a.gpkg", "--lang", "zh", "--theme", "dark", "--settings", "s.ini"])
    assert (args.project, args.lang, args.theme, args.settings) == ("a.gpkg", "zh", "dark", "s.ini")
