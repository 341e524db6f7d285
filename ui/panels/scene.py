"""The 3D scene beside the map; where there is no OpenGL, a sentence that says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from baiyun_gis.remedies.remedy import Proposal
from layers import holes
from layers.ground import ground_reference_m
from layers.primitives import PointBatch, Primitive
from layers.remedies import proposed_lines
from layers.selection import conflict_bodies, selection_bodies
from ui.panels.parts import EmptyState
from ui.workbench import Flight, Workbench

_WAIT_MS = 80


class ScenePanel(QWidget):
    """Draws what the stack gives in 3D, in a thread, when it is looked at."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.view: Any = None
        self._is_stale, self._is_drawing = True, False
        self._primitives: tuple[Primitive, ...] = ()
        self._unmarked: int | None = None
        self.empty = EmptyState("view_scene")
        self.setMinimumWidth(220)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._start_drawing)
        for signal in (bench.report_changed, bench.time_changed, bench.stack_changed):
            signal.connect(self.refresh)
        bench.state_changed.connect(self._state_changed)
        bench.selection_changed.connect(self._show_selection)
        bench.remedy_changed.connect(self._show_selection)
        bench.diagnosing.plan_changed.connect(self._show_holes)
        bench.look_changed.connect(self._restyle)
        bench.flown.connect(self._fly)
        self.retranslate()

    @property
    def has_graphics(self) -> bool:
        """Whether a scene could be made on this screen at all."""
        return QGuiApplication.platformName() not in {"offscreen", "minimal"}

    def _make_view(self) -> None:
        """Make the scene on first showing: importing VTK takes a third of a second."""
        if self.view is not None or not self.has_graphics:
            return
        try:
            from ui.scene3d.view import SceneView
        except ImportError as error:
            self._bench.tell_error(error)
            return
        self.view = SceneView(self, theme=self._bench.theme)
        self.view.picked.connect(self._picked)
        self._pages.addWidget(self.view)
        self._pages.setCurrentWidget(self.view)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_view()
        if self._is_stale:
            self._timer.start()

    def refresh(self) -> None:
        """Draw again soon, if it is looked at."""
        self._is_stale = True
        if self.isVisible():
            self._timer.start()

    def _state_changed(self, parts: frozenset[str]) -> None:
        if "project" in parts and self.view is not None:
            self.view.forget_camera()
        if parts - {"decisions"}:
            self.refresh()

    def _start_drawing(self) -> None:
        if self._is_drawing or self.view is None:
            return
        self._is_drawing, self._is_stale = True, False
        draw = self._bench.drawing(dimension=3)
        self._bench.jobs.start(
            "", lambda _: draw(None, 1.0), done=self._show, failed=self._not_drawn, is_quiet=True
        )

    def _show(self, primitives: tuple[Primitive, ...]) -> None:
        self._is_drawing = False
        if self.view is not None:
            self._primitives = primitives
            self._unmarked = None
            self.view.set_primitives(primitives)
            self._show_selection()
            self._show_holes()
        if self._is_stale:
            self._timer.start()

    def _show_selection(self) -> None:
        """Pick out what is selected; of a finding both lines and the gap between them."""
        if self.view is None:
            return
        bench, selection = self._bench, self._bench.selection
        ask = bench.request(None, 1.0, dimension=3)
        focus, report = selection.focus, bench.report
        if focus is None or focus[0] != "conflicts":
            shown = selection_bodies(bench.state, selection.rows, ask)
        elif report is None or focus[1] >= len(report.conflicts):
            shown = ()
        else:
            shown = conflict_bodies(bench.state, report, focus[1], ask)
            if isinstance(bench.remedy, Proposal):
                shown += proposed_lines(bench.state, bench.remedy, ask)
        self._leave_out_marker(focus[1] if shown and focus and focus[0] == "conflicts" else None)
        self.view.set_highlight(shown)

    def _show_holes(self) -> None:
        """Number the test holes planned, on the ground."""
        if self.view is None:
            return
        bench, plan = self._bench, self._bench.diagnosing.plan
        marks: tuple[Primitive, ...] = ()
        if plan is not None:
            ask = bench.request(None, 1.0, dimension=3)
            marks = holes.hole_marks(bench.state, plan.holes.at, ask)
        self.view.replace_layer(holes.LAYER_ID, marks)

    def _leave_out_marker(self, row: int | None) -> None:
        """Take the marker off the finding in focus: it would hide the gap that is shown there."""
        if row == self._unmarked:
            return
        self._unmarked = row
        parts = [part for part in self._primitives if part.layer == "conflicts"]
        self.view.replace_layer("conflicts", [without(part, row) for part in parts])

    def _not_drawn(self, error: object) -> None:
        self._is_drawing = False
        self._bench.tell_error(error)

    def _fly(self, flight: Flight) -> None:
        if self.view is None:
            return
        z = flight.z if not np.isnan(flight.z) else ground_reference_m(self._bench.state)
        origin = self._bench.origin
        point = (flight.x - origin[0], flight.y - origin[1], z - origin[2])
        view = flight.viewpoint
        if view is None:
            self.view.fly_to(point, max(flight.radius_m, 4.0))
        else:
            self.view.fly_to(
                point, view.radius_m, azimuth=view.azimuth_deg, elevation=view.elevation_deg
            )

    def _picked(self, layer: str, feature: int) -> None:
        if layer == holes.LAYER_ID:
            self._bench.diagnosing.look_at_hole(feature)
        elif layer and feature >= 0:
            self._bench.focus_on(layer, feature)

    def show_all(self) -> None:
        if self.view is not None:
            self.view.show_all()

    def release(self) -> None:
        """Let go of the graphics before the window dies."""
        self._timer.stop()
        if self.view is not None:
            self.view.release()
            self.view = None

    def _restyle(self) -> None:
        self.empty.restyle()
        if self.view is not None:
            self.view.set_theme(self._bench.theme)
        self.refresh()

    def retranslate(self) -> None:
        self.empty.say(
            self.tr("No 3D scene here"),
            self.tr(
                "This screen offers no OpenGL. The map, the list and all checks work without "
                "it; pictures of the scene can be made with the render command."
            ),
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def without(part: Primitive, row: int | None) -> Primitive:
    """Markers less the one of a row; all else as it is."""
    if row is None or not isinstance(part, PointBatch):
        return part
    keep = part.feature != row
    return replace(
        part,
        xyz=part.xyz[keep],
        feature=part.feature[keep],
        color=part.color[keep],
        size_px=part.size_px[keep],
        symbol=part.symbol[keep],
    )
