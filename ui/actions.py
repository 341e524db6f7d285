"""One table of everything people can do; menus, toolbar, palette and shortcuts are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from ui.commands import checks, diagnoses, edits, explaining, files, help_pages, remedies, views
from ui.desk import Desk


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing to do. `text` and `short` are English sources of the context `Actions`."""

    id: str
    text: str
    menu: str
    act: Callable[[Desk], None]
    icon: str = ""
    shortcut: str = ""
    short: str = ""
    """The word on the toolbar; empty for what is not there."""
    is_enabled: Callable[[Desk], bool] | None = None
    is_checked: Callable[[Desk], bool] | None = None
    """For things that are on or off."""
    starts_group: bool = False


_MENUS: Any = (
    ("file", QT_TRANSLATE_NOOP("Actions", "&File")),
    ("edit", QT_TRANSLATE_NOOP("Actions", "&Edit")),
    ("view", QT_TRANSLATE_NOOP("Actions", "&View")),
    ("map", QT_TRANSLATE_NOOP("Actions", "&Map")),
    ("check", QT_TRANSLATE_NOOP("Actions", "&Check")),
    ("help", QT_TRANSLATE_NOOP("Actions", "&Help")),
)


MENUS: tuple[tuple[str, str], ...] = _MENUS


def translated(source: str) -> str:
    """A text of the table in the language now spoken."""
    return QCoreApplication.translate("Actions", source)


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "new", QT_TRANSLATE_NOOP("Actions", "&New project…"), "file", files.new_project,
        icon="new", shortcut="Ctrl+N",
    ),
    ActionSpec(
        "open", QT_TRANSLATE_NOOP("Actions", "&Open…"), "file", files.open_project,
        icon="open", shortcut="Ctrl+O", short=QT_TRANSLATE_NOOP("Actions", "Open"),
    ),
    ActionSpec(
        "recent", QT_TRANSLATE_NOOP("Actions", "Open &recent…"), "file", files.open_recent,
        icon="recent", shortcut="Ctrl+Shift+O", is_enabled=files.has_recent,
    ),
    ActionSpec(
        "import", QT_TRANSLATE_NOOP("Actions", "&Import files…"), "file", files.import_files,
        icon="import", shortcut="Ctrl+I", short=QT_TRANSLATE_NOOP("Actions", "Import"),
        starts_group=True,
    ),
    ActionSpec(
        "save", QT_TRANSLATE_NOOP("Actions", "&Save"), "file", files.save,
        icon="save", shortcut="Ctrl+S", short=QT_TRANSLATE_NOOP("Actions", "Save"),
        is_enabled=files.can_save, starts_group=True,
    ),
    ActionSpec(
        "save_as", QT_TRANSLATE_NOOP("Actions", "Save &as…"), "file", files.save_as,
        icon="save", shortcut="Ctrl+Shift+S",
    ),
    ActionSpec(
        "export_report", QT_TRANSLATE_NOOP("Actions", "&Export report…"), "file",
        files.export_report, icon="export", shortcut="Ctrl+E",
        short=QT_TRANSLATE_NOOP("Actions", "Report"), is_enabled=checks.has_report,
        starts_group=True,
    ),
    ActionSpec(
        "save_picture", QT_TRANSLATE_NOOP("Actions", "Save map as &picture…"), "file",
        files.save_picture, icon="picture", is_enabled=files.has_content,
    ),
    ActionSpec(
        "quit", QT_TRANSLATE_NOOP("Actions", "&Quit"), "file", files.quit_program,
        icon="exit", shortcut="Ctrl+Q", starts_group=True,
    ),
    ActionSpec(
        "undo", QT_TRANSLATE_NOOP("Actions", "&Undo"), "edit", edits.undo,
        icon="undo", shortcut="Ctrl+Z", short=QT_TRANSLATE_NOOP("Actions", "Undo"),
        is_enabled=edits.can_undo,
    ),
    ActionSpec(
        "redo", QT_TRANSLATE_NOOP("Actions", "&Redo"), "edit", edits.redo,
        icon="redo", shortcut="Ctrl+Y", short=QT_TRANSLATE_NOOP("Actions", "Redo"),
        is_enabled=edits.can_redo,
    ),
    ActionSpec(
        "copy_text", QT_TRANSLATE_NOOP("Actions", "&Copy selection as text"), "edit",
        edits.copy_text, icon="copy", shortcut="Ctrl+Shift+C", is_enabled=edits.has_selection,
        starts_group=True,
    ),
    ActionSpec(
        "clear_selection", QT_TRANSLATE_NOOP("Actions", "Select &nothing"), "edit",
        edits.clear_selection, icon="close", shortcut="Esc", is_enabled=edits.has_selection,
    ),
    ActionSpec(
        "show_selected", QT_TRANSLATE_NOOP("Actions", "Show selected in &table"), "edit",
        edits.show_selected, icon="table", shortcut="Ctrl+T", is_enabled=edits.has_features,
    ),
    ActionSpec(
        "settings", QT_TRANSLATE_NOOP("Actions", "&Settings…"), "edit", views.settings,
        icon="settings", shortcut="Ctrl+,", starts_group=True,
    ),
    ActionSpec(
        "view_both", QT_TRANSLATE_NOOP("Actions", "Map &and scene"), "view", views.show_both,
        icon="view_both", shortcut="Ctrl+1", is_checked=views.is_both,
        short=QT_TRANSLATE_NOOP("Actions", "Both"),
    ),
    ActionSpec(
        "view_map", QT_TRANSLATE_NOOP("Actions", "&Map only"), "view", views.show_map,
        icon="view_map", shortcut="Ctrl+2", is_checked=views.is_map,
        short=QT_TRANSLATE_NOOP("Actions", "Map"),
    ),
    ActionSpec(
        "view_scene", QT_TRANSLATE_NOOP("Actions", "&Scene only"), "view", views.show_scene,
        icon="view_scene", shortcut="Ctrl+3", is_checked=views.is_scene,
        short=QT_TRANSLATE_NOOP("Actions", "Scene"),
    ),
    ActionSpec(
        "play", QT_TRANSLATE_NOOP("Actions", "&Play the time line"), "view", views.play,
        icon="play", shortcut="Ctrl+P", is_enabled=views.has_time, starts_group=True,
    ),
    ActionSpec(
        "all_times", QT_TRANSLATE_NOOP("Actions", "Show all &times"), "view", views.all_times,
        icon="infinity", is_enabled=views.has_day,
    ),
    ActionSpec(
        "theme", QT_TRANSLATE_NOOP("Actions", "&Dark theme"), "view", views.switch_theme,
        icon="moon", shortcut="Ctrl+Shift+D", is_checked=views.is_dark, starts_group=True,
    ),
    ActionSpec(
        "scheme", QT_TRANSLATE_NOOP("Actions", "&Colour-blind-safe colours"), "view",
        views.switch_scheme, icon="palette", is_checked=views.is_safe,
    ),
    ActionSpec(
        "language", QT_TRANSLATE_NOOP("Actions", "切换到中文 (Chinese)"), "view",
        views.switch_language, icon="language", shortcut="Ctrl+Shift+L",
    ),
    ActionSpec(
        "reset_layout", QT_TRANSLATE_NOOP("Actions", "&Reset layout"), "view",
        views.reset_layout, icon="view_both", starts_group=True,
    ),
    ActionSpec(
        "identify", QT_TRANSLATE_NOOP("Actions", "&Identify"), "map", views.use_identify,
        icon="identify", shortcut="V",
    ),
    ActionSpec(
        "box", QT_TRANSLATE_NOOP("Actions", "Select in a &box"), "map", views.use_box,
        icon="box", shortcut="B",
    ),
    ActionSpec(
        "measure", QT_TRANSLATE_NOOP("Actions", "&Measure"), "map", views.use_measure,
        icon="measure", shortcut="M",
    ),
    ActionSpec(
        "move_line", QT_TRANSLATE_NOOP("Actions", "Move a &line by hand"), "map",
        views.use_move_line, icon="move_line", shortcut="L",
    ),
    ActionSpec(
        "zoom_in", QT_TRANSLATE_NOOP("Actions", "&Zoom in"), "map", views.zoom_in,
        icon="zoom_in", shortcut="Ctrl++", starts_group=True,
    ),
    ActionSpec(
        "zoom_out", QT_TRANSLATE_NOOP("Actions", "Zoom &out"), "map", views.zoom_out,
        icon="zoom_out", shortcut="Ctrl+-",
    ),
    ActionSpec(
        "zoom_all", QT_TRANSLATE_NOOP("Actions", "Show &everything"), "map", views.zoom_all,
        icon="zoom_all", shortcut="Ctrl+0", is_enabled=files.has_content,
    ),
    ActionSpec(
        "run_check", QT_TRANSLATE_NOOP("Actions", "&Run check"), "check", checks.run_check,
        icon="check", shortcut="F5", short=QT_TRANSLATE_NOOP("Actions", "Run check"),
        is_enabled=checks.can_check,
    ),
    ActionSpec(
        "follow_edits", QT_TRANSLATE_NOOP("Actions", "Check again after every &edit"), "check",
        checks.switch_following, icon="reopen", is_checked=checks.follows_edits,
    ),
    ActionSpec(
        "next_conflict", QT_TRANSLATE_NOOP("Actions", "&Next conflict"), "check",
        checks.next_conflict, icon="chevron_down", shortcut="F8", is_enabled=checks.has_conflicts,
        starts_group=True,
    ),
    ActionSpec(
        "previous_conflict", QT_TRANSLATE_NOOP("Actions", "&Previous conflict"), "check",
        checks.previous_conflict, icon="chevron_up", shortcut="Shift+F8",
        is_enabled=checks.has_conflicts,
    ),
    ActionSpec(
        "fly", QT_TRANSLATE_NOOP("Actions", "&Fly there"), "check", checks.fly_to_focus,
        icon="fly", shortcut="Ctrl+Return", is_enabled=edits.has_selection,
    ),
    ActionSpec(
        "explain", QT_TRANSLATE_NOOP("Actions", "Explain wh&y, or why not"), "check",
        explaining.explain, icon="help", shortcut="Ctrl+Alt+E",
        is_enabled=explaining.can_explain,
    ),
    ActionSpec(
        "way_out", QT_TRANSLATE_NOOP("Actions", "Find a &way out"), "check", remedies.find,
        icon="search", shortcut="Ctrl+Alt+W", is_enabled=remedies.can_find,
    ),
    ActionSpec(
        "apply_way_out", QT_TRANSLATE_NOOP("Actions", "Apply the way out"), "check",
        remedies.apply, icon="tick", is_enabled=remedies.has_proposal,
    ),
    ActionSpec(
        "suspect_levels", QT_TRANSLATE_NOOP("Actions", "Suspect &levels"), "check",
        diagnoses.find_levels, icon="suspect_levels", shortcut="F6",
        is_enabled=diagnoses.has_lines, starts_group=True,
    ),
    ActionSpec(
        "correct_level", QT_TRANSLATE_NOOP("Actions", "Apply level &correction"), "check",
        diagnoses.correct, icon="tick", is_enabled=diagnoses.can_correct,
    ),
    ActionSpec(
        "export_levels", QT_TRANSLATE_NOOP("Actions", "Export suspect le&vels…"), "check",
        diagnoses.export_levels, icon="export", is_enabled=diagnoses.has_levels,
    ),
    ActionSpec(
        "plan_holes", QT_TRANSLATE_NOOP("Actions", "Plan test &holes…"), "check",
        diagnoses.plan_holes, icon="test_holes", shortcut="F7", is_enabled=diagnoses.has_lines,
        starts_group=True,
    ),
    ActionSpec(
        "export_holes", QT_TRANSLATE_NOOP("Actions", "Export &test holes…"), "check",
        diagnoses.export_holes, icon="export", is_enabled=diagnoses.has_plan,
    ),
    ActionSpec(
        "accept", QT_TRANSLATE_NOOP("Actions", "&Accept with a reason…"), "check", checks.accept,
        icon="accept", shortcut="Ctrl+Alt+A", is_enabled=checks.has_conflict, starts_group=True,
    ),
    ActionSpec(
        "exclude", QT_TRANSLATE_NOOP("Actions", "E&xclude until a date…"), "check",
        checks.exclude, icon="exclude", shortcut="Ctrl+Alt+X", is_enabled=checks.has_conflict,
    ),
    ActionSpec(
        "resolve", QT_TRANSLATE_NOOP("Actions", "Mark as re&solved"), "check", checks.resolve,
        icon="resolve", shortcut="Ctrl+Alt+R", is_enabled=checks.has_conflict,
    ),
    ActionSpec(
        "reopen", QT_TRANSLATE_NOOP("Actions", "&Open again"), "check", checks.reopen,
        icon="reopen", is_enabled=checks.is_decided,
    ),
    ActionSpec(
        "palette", QT_TRANSLATE_NOOP("Actions", "&Command palette…"), "help", views.palette,
        icon="command", shortcut="Ctrl+K",
    ),
    ActionSpec(
        "shortcuts", QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts…"), "help",
        help_pages.shortcuts, icon="keyboard", shortcut="Ctrl+/",
    ),
    ActionSpec(
        "help", QT_TRANSLATE_NOOP("Actions", "&Help"), "help", help_pages.show_help,
        icon="help", shortcut="F1",
    ),
    ActionSpec(
        "about", QT_TRANSLATE_NOOP("Actions", "&About Baiyun GIS…"), "help", help_pages.about,
        icon="identify", starts_group=True,
    ),
)  # fmt: skip

TOOLBAR: tuple[tuple[str, ...], ...] = (
    ("open", "import", "save"),
    ("undo", "redo"),
    ("run_check", "export_report"),
    ("view_both", "view_map", "view_scene"),
)
"""Groups of the toolbar, by action id."""
