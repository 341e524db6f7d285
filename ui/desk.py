"""What a command may reach: the bench and the parts of the window it acts on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QDockWidget, QSplitter, QWidget

from ui.workbench import Workbench

if TYPE_CHECKING:
    from ui.panels.conflicts import ConflictsPanel
    from ui.panels.map import MapPanel
    from ui.panels.scene import ScenePanel
    from ui.panels.table import TablePanel
    from ui.panels.timeline import TimelinePanel


class Surroundings(Protocol):
    """What the application around the window does when told."""

    def wear_look(self) -> None: ...

    def speak(self, lang: str) -> None: ...

    def show_palette(self) -> None: ...

    def set_view(self, mode: str) -> None: ...

    def reset_layout(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """The bench, the window and its panels."""

    bench: Workbench
    window: QWidget
    around: Surroundings
    map: MapPanel
    scene: ScenePanel
    conflicts: ConflictsPanel
    table: TablePanel
    timeline: TimelinePanel
    splitter: QSplitter
    docks: dict[str, QDockWidget]
