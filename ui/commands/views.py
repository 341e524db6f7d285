"""Commands about what is seen and how it looks."""

from __future__ import annotations

import numpy as np

from ui.desk import Desk
from ui.dialogs.settings import SettingsDialog


def show_both(desk: Desk) -> None:
    desk.around.set_view("both")


def show_map(desk: Desk) -> None:
    desk.around.set_view("map")


def show_scene(desk: Desk) -> None:
    desk.around.set_view("scene")


def is_both(desk: Desk) -> bool:
    return view_mode(desk) == "both"


def is_map(desk: Desk) -> bool:
    return view_mode(desk) == "map"


def is_scene(desk: Desk) -> bool:
    return view_mode(desk) == "scene"


def view_mode(desk: Desk) -> str:
    """both, map or scene."""
    shows_map, shows_scene = not desk.map.isHidden(), not desk.scene.isHidden()
    return "both" if shows_map and shows_scene else "map" if shows_map else "scene"


def has_time(desk: Desk) -> bool:
    first, last = desk.bench.session.timeline.bounds
    return not np.isnat(first) and bool(first < last)


def has_day(desk: Desk) -> bool:
    return not np.isnat(desk.bench.as_of)


def play(desk: Desk) -> None:
    desk.docks["timeline"].show()
    desk.timeline.toggle_play()


def all_times(desk: Desk) -> None:
    desk.bench.set_time(np.datetime64("NaT", "D"))


def is_dark(desk: Desk) -> bool:
    return desk.bench.theme == "dark"


def switch_theme(desk: Desk) -> None:
    desk.bench.theme = "light" if desk.bench.theme == "dark" else "dark"
    desk.around.wear_look()


def is_safe(desk: Desk) -> bool:
    return desk.bench.scheme == "safe"


def switch_scheme(desk: Desk) -> None:
    desk.bench.set_scheme("cjj61" if desk.bench.scheme == "safe" else "safe")


def switch_language(desk: Desk) -> None:
    desk.around.speak("en" if desk.bench.lang == "zh" else "zh")


def reset_layout(desk: Desk) -> None:
    desk.around.reset_layout()


def settings(desk: Desk) -> None:
    """Language, theme, colours and name."""
    dialog = SettingsDialog(desk.bench, desk.window)
    if not dialog.exec():
        return
    desk.bench.settings.setValue("author", dialog.author)
    if dialog.scheme != desk.bench.scheme:
        desk.bench.set_scheme(dialog.scheme)
    if dialog.theme != desk.bench.theme:
        desk.bench.theme = dialog.theme
        desk.around.wear_look()
    if dialog.lang != desk.bench.lang:
        desk.around.speak(dialog.lang)


def palette(desk: Desk) -> None:
    desk.around.show_palette()


def use_identify(desk: Desk) -> None:
    desk.map.use("identify")


def use_box(desk: Desk) -> None:
    desk.map.use("box")


def use_measure(desk: Desk) -> None:
    desk.map.use("measure")


def use_move_line(desk: Desk) -> None:
    desk.map.use("move_line")


def zoom_in(desk: Desk) -> None:
    desk.map.view.zoom(1.6)


def zoom_out(desk: Desk) -> None:
    desk.map.view.zoom(1 / 1.6)


def zoom_all(desk: Desk) -> None:
    desk.map.show_all()
    desk.scene.show_all()
