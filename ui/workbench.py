"""What the window works on: the session, what is selected, the date, how things look.

Panels listen to its signals and call its methods; none of them knows another.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, Signal

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, Message
from baiyun_gis.project import Change, ProjectMeta, ProjectState
from baiyun_gis.remedies.remedy import Remedy
from baiyun_gis.session import Session
from layers.geometry import full_extent
from layers.primitives import Primitive
from layers.request import ColourScheme, DrawRequest, Theme
from layers.stack import LayerStack, default_stack
from layers.viewpoint import Viewpoint
from ui.checking import Checking
from ui.diagnosing import Diagnosing
from ui.i18n import current_lang
from ui.jobs import JobRunner
from ui.moving import Moving

I32 = NDArray[np.int32]
MOST_RECENT = 8
EVERYTHING = frozenset({f.name for f in fields(ProjectState)} | {"project"})
"""The parts named by `state_changed` when another project is shown."""


Drawing = Callable[[tuple[float, float, float, float] | None, float], tuple[Primitive, ...]]
"""Draws an extent (local coordinates; None for all) at so many metres a pixel; any thread."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected rows by layer, and the one that the inspector shows."""

    rows: dict[str, I32] = field(default_factory=dict[str, I32])
    focus: tuple[str, int] | None = None

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.rows.values())


@dataclass(frozen=True, slots=True)
class Flight:
    """Where the map and the scene go: project coordinates, and how far around (metres).

    `viewpoint` says from where the scene looks; without it, from where it looked before.
    """

    x: float
    y: float
    z: float
    radius_m: float
    viewpoint: Viewpoint | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something people should read: what happened, and how bad it is."""

    text: str
    level: str = "info"
    """info, good, warning, error"""


class Workbench(QObject):
    """The one object that all parts of the window share."""

    state_changed = Signal(object)
    """Names of the parts of the state that differ."""
    report_changed = Signal()
    selection_changed = Signal()
    time_changed = Signal()
    stack_changed = Signal()
    look_changed = Signal()
    remedy_changed = Signal()
    flown = Signal(object)
    noted = Signal(object)
    """A `Notice`."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.jobs = JobRunner(self)
        self.jobs.failed.connect(self.tell_error)
        self.stack: LayerStack = default_stack()
        self.selection = Selection()
        self.remedy: Remedy | None = None
        self.theme: Theme = "dark" if settings.value("theme") == "dark" else "light"
        self.scheme: ColourScheme = "safe" if settings.value("scheme") == "safe" else "cjj61"
        self.origin = np.zeros(3)
        self.diagnosing = Diagnosing(self)
        self.checking = Checking(self)
        self.moving = Moving(self)
        self._take(Session.new(ProjectMeta()))
        for signal in (self.selection_changed, self.report_changed, self.state_changed):
            signal.connect(lambda *_: self.show_remedy(None))  # it was for what was shown then

    # the project

    @property
    def state(self) -> ProjectState:
        return self.session.document.state

    @property
    def report(self) -> CheckReport | None:
        return self.session.report

    @property
    def as_of(self) -> np.datetime64:
        """The day shown; NaT for all of it."""
        return self.session.timeline.now

    @property
    def is_report_stale(self) -> bool:
        """The state has moved on since the last run in what a check looks at."""
        return self.session.is_report_stale

    def adopt(self, session: Session) -> None:
        """Work on another project from now on."""
        self.session.close()
        self._take(session)
        self.selection = Selection()
        self.diagnosing.forget()
        self.checking.begin()
        self.state_changed.emit(EVERYTHING)
        self.report_changed.emit()
        self.selection_changed.emit()
        self.time_changed.emit()

    def _take(self, session: Session) -> None:
        self.session = session
        session.document.changed.connect(self._changed)
        session.report_changed.connect(lambda _: self.report_changed.emit())
        session.timeline.moved.connect(lambda _: self.time_changed.emit())
        session.troubled.connect(lambda message: self.tell(message, "warning"))
        self._settle_origin()

    def _changed(self, change: Change) -> None:
        if not self.origin.any():
            self._settle_origin()
        self.state_changed.emit(change.parts)

    def _settle_origin(self) -> None:
        extent = full_extent(self.state)
        if extent is None:
            self.origin = np.zeros(3)
        else:
            self.origin = np.round(
                [(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2, 0.0], -1
            )

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        """Everything there is, in project coordinates."""
        return full_extent(self.state)

    # what is shown

    def request(
        self,
        extent: tuple[float, float, float, float] | None,
        metres_per_px: float,
        *,
        dimension: int = 2,
    ) -> DrawRequest:
        """A draw request for an extent in project coordinates."""
        return DrawRequest(
            extent,
            metres_per_px,
            self.as_of,
            dimension=3 if dimension == 3 else 2,
            origin=(float(self.origin[0]), float(self.origin[1]), float(self.origin[2])),
            theme=self.theme,
            scheme=self.scheme,
            lang=current_lang(),
        )

    def drawing(self, *, dimension: int = 2) -> Drawing:
        """A function that draws what is shown now; it may be called in any thread."""
        state, report, stack = self.state, self.report, self.stack
        ask = self.request(None, 1.0, dimension=dimension)
        x, y = self.origin[:2]

        def draw(
            extent: tuple[float, float, float, float] | None, metres_per_px: float
        ) -> tuple[Primitive, ...]:
            where = None
            if extent is not None:
                where = (extent[0] + x, extent[1] + y, extent[2] + x, extent[3] + y)
            return stack.draw(
                state, report, replace(ask, extent=where, metres_per_px=metres_per_px)
            )

        return draw

    def set_stack(self, stack: LayerStack) -> None:
        self.stack = stack
        self.stack_changed.emit()

    def set_time(self, day: np.datetime64) -> None:
        """Show the project as of a day; NaT shows all of it."""
        self.session.timeline.move_to(day)

    def select(self, rows: dict[str, I32], *, focus: tuple[str, int] | None = None) -> None:
        self.selection = Selection(rows, focus)
        self.selection_changed.emit()

    def focus_on(self, layer: str, row: int) -> None:
        """Select one feature or finding and show it in the inspector."""
        self.select({layer: np.array([row], dtype=np.int32)}, focus=(layer, row))

    def fly(
        self, x: float, y: float, z: float, *, radius_m: float, viewpoint: Viewpoint | None = None
    ) -> None:
        """Move map and scene to a place in project coordinates."""
        self.flown.emit(Flight(x, y, z, radius_m, viewpoint))

    def show_remedy(self, remedy: Remedy | None) -> None:
        """Show a way out of the finding in focus, on the map and in the scene too."""
        if remedy is not None or self.remedy is not None:
            self.remedy = remedy
            self.remedy_changed.emit()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.settings.setValue("theme", theme)
        self.look_changed.emit()

    def set_scheme(self, scheme: ColourScheme) -> None:
        self.scheme = scheme
        self.settings.setValue("scheme", scheme)
        self.look_changed.emit()

    @property
    def lang(self) -> Lang:
        return current_lang()

    # people

    def tell(self, text: str | Message, level: str = "info") -> None:
        """Show people a sentence."""
        shown = text.text(self.lang) if isinstance(text, Message) else text
        self.noted.emit(Notice(shown, level))

    def tell_error(self, error: object) -> None:
        from ui.jobs import sentence_for

        self.tell(sentence_for(error, self.lang), "error")

    @property
    def author(self) -> str:
        """Who decides: the name in the settings, else the system's user."""
        named = str(self.settings.value("author") or "")
        return named or getpass.getuser()

    def now_text(self) -> str:
        """The present moment, ISO 8601 with seconds; the engine itself has no clock."""
        return datetime.now().astimezone().isoformat(timespec="seconds")

    # remembered between runs

    @property
    def recent(self) -> list[Path]:
        kept = self.settings.value("recent") or []
        names = [kept] if isinstance(kept, str) else list(kept)
        return [Path(name) for name in names]

    def remember(self, path: Path) -> None:
        """Put a project on top of the recent ones."""
        names = [str(path), *(str(p) for p in self.recent if p != path)][:MOST_RECENT]
        self.settings.setValue("recent", names)

    @property
    def folder(self) -> str:
        """The folder used last in a file dialog."""
        return str(self.settings.value("folder") or "")

    def remember_folder(self, path: Path) -> None:
        self.settings.setValue("folder", str(path if path.is_dir() else path.parent))
