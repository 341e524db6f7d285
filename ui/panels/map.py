"""The map with its tools, and what it shows over the picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QApplication, QButtonGroup, QMenu, QToolButton, QVBoxLayout, QWidget

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.remedies.remedy import Proposal
from layers import style
from layers.geometry import taken
from layers.pick import Hit
from ui.canvas2d.hole_marks import HoleMarks
from ui.canvas2d.move_tool import MoveTool
from ui.canvas2d.overlays import MOST_HIGHLIGHTED, FocusedConflict, Highlight, ProposedLine
from ui.canvas2d.tools import BoxTool, MeasureTool, PickTool, Tool
from ui.canvas2d.view import MapView
from ui.panels.parts import EmptyState
from ui.theme import themed_icon
from ui.workbench import Flight, Workbench

_TOOLS: dict[str, Callable[[Workbench], Tool]] = {
    "identify": lambda _: PickTool(),
    "box": lambda _: BoxTool(),
    "measure": lambda _: MeasureTool(),
    "move_line": MoveTool,
}


class MapPanel(QWidget):
    """Map, tool strip, and the empty state that says how to begin."""

    cursor_moved = Signal(float, float)
    """Project coordinates under the mouse."""
    extent_changed = Signal()
    tool_changed = Signal(str)
    import_wanted = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setMinimumWidth(220)
        self._shown_origin = bench.origin
        self.view = MapView(bench.jobs, bench.drawing, self)
        self.highlight, self.focused = Highlight(), FocusedConflict()
        self.proposed = ProposedLine()
        self.suspected, self.holes = FocusedConflict(), HoleMarks()
        self.view.takes_click = self._click_hole
        self.view.overlays = [
            self.highlight, self.proposed, self.holes, self.suspected, self.focused,
        ]  # fmt: skip
        self.empty = EmptyState("drop", self)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        self.empty.button.clicked.connect(self.import_wanted)
        self._make_strip()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self._connect()
        self.retranslate()
        self._restyle()
        self._show_empty()

    def _connect(self) -> None:
        bench, view = self._bench, self.view
        view.picked.connect(self._picked)
        view.boxed.connect(lambda rows: bench.select(_feature_rows(rows)))
        view.cursor_moved.connect(self._cursor)
        view.extent_changed.connect(self.extent_changed)
        view.menu_wanted.connect(self._menu)
        bench.state_changed.connect(self._state_changed)
        bench.report_changed.connect(view.refresh)
        bench.time_changed.connect(view.refresh)
        bench.stack_changed.connect(view.refresh)
        bench.selection_changed.connect(self._show_selection)
        bench.remedy_changed.connect(self._show_remedy)
        bench.moving.changed.connect(view.viewport().update)
        diagnosing = bench.diagnosing
        for signal in (diagnosing.levels_changed, diagnosing.plan_changed, diagnosing.chosen):
            signal.connect(self._show_diagnosis)
        bench.look_changed.connect(self._restyle)
        bench.flown.connect(self._fly)

    def _make_strip(self) -> None:
        self.strip = QWidget(self)
        self.strip.setObjectName("mapTools")
        self.strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self.strip)
        column.setContentsMargins(3, 3, 3, 3)
        column.setSpacing(1)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        for name in _TOOLS:
            button = self._strip_button(name)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, tool=name: self.use(tool))
            self._group.addButton(button)
            column.addWidget(button)
        self._buttons["identify"].setChecked(True)
        for name, act in (
            ("zoom_in", lambda: self.view.zoom(1.6)),
            ("zoom_out", lambda: self.view.zoom(1 / 1.6)),
            ("zoom_all", self.show_all),
        ):
            button = self._strip_button(name)
            button.clicked.connect(lambda _=False, do=act: do())
            column.addWidget(button)
        self.strip.adjustSize()

    def _strip_button(self, name: str) -> QToolButton:
        button = QToolButton(self.strip)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._buttons[name] = button
        return button

    # acting

    def use(self, name: str) -> None:
        """Take up a tool: identify, box, measure or move_line."""
        self._bench.moving.put_back()
        self.view.set_tool(_TOOLS[name](self._bench))
        self._buttons[name].setChecked(True)
        self.tool_changed.emit(name)

    def show_all(self) -> None:
        """See everything there is."""
        extent = self._bench.extent
        if extent is not None:
            x, y = self._bench.origin[:2]
            self.view.show_extent((extent[0] - x, extent[1] - y, extent[2] - x, extent[3] - y))

    def _fly(self, flight: Flight) -> None:
        x, y = self._bench.origin[:2]
        self.view.centre_on(flight.x - x, flight.y - y, width_m=flight.radius_m * 2)

    def _picked(self, hits: tuple[Hit, ...]) -> None:
        if not hits:
            self._bench.select({})
            return
        best = hits[0]
        additive = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        if not additive:
            self._bench.focus_on(best.layer, best.feature)
            return
        rows = dict(self._bench.selection.rows)
        rows[best.layer] = np.union1d(rows.get(best.layer, np.zeros(0, np.int32)), [best.feature])
        self._bench.select(rows, focus=(best.layer, best.feature))

    def _menu(self, place: QPointF, screen: QPointF) -> None:
        menu = QMenu(self)
        x, y = place.x() + self._bench.origin[0], place.y() + self._bench.origin[1]
        copy = menu.addAction(themed_icon("copy"), self.tr("Copy coordinates"))
        centre = menu.addAction(themed_icon("fly"), self.tr("Centre here, in the scene too"))
        chosen = menu.exec(screen.toPoint())
        if chosen is copy:
            QApplication.clipboard().setText(f"{x:.3f}, {y:.3f}")
        elif chosen is centre:
            x0, _, x1, _ = self.view.extent
            self._bench.fly(x, y, float("nan"), radius_m=(x1 - x0) / 2)

    def _cursor(self, x: float, y: float) -> None:
        self.cursor_moved.emit(x + self._bench.origin[0], y + self._bench.origin[1])

    # following

    def _state_changed(self, parts: frozenset[str]) -> None:
        was_empty = self.empty.isVisibleTo(self)
        self._show_empty()
        moved = not np.array_equal(self._shown_origin, self._bench.origin)
        if "project" in parts or moved or (was_empty and not self._bench.state.is_empty):
            self._shown_origin = self._bench.origin
            self.view.clear()
            self.show_all()
        if parts - {"decisions", "meta"}:
            self._show_selection()
        self.view.refresh()

    def _show_empty(self) -> None:
        is_empty = self._bench.state.is_empty
        self.empty.setVisible(is_empty)
        self.strip.setVisible(not is_empty)

    def _show_selection(self) -> None:
        selection = self._bench.selection
        self.highlight.show_shapes(lines=self._outlines(selection.rows))
        report, focus = self._bench.report, selection.focus
        if report is not None and focus is not None and focus[0] == "conflicts":
            self._focus_conflict(report.conflicts, focus[1])
        else:
            self.focused.show_conflict(None)
        self._show_diagnosis()

    def _show_diagnosis(self) -> None:
        """The holes planned, and a ring round the suspect looked at with both its levels."""
        diagnosing, origin = self._bench.diagnosing, self._bench.origin[:2]
        self.suspected.show_conflict(None)
        if diagnosing.levels is not None and diagnosing.is_suspect_shown:
            found, row = diagnosing.levels.suspects, diagnosing.suspect
            text = f"{found.recorded_m[row]:.3f} → {found.likely_m[row]:.3f} m"
            self.suspected.show_conflict(found.at[row] - origin, text=text)
        at = np.zeros((0, 2))
        if diagnosing.plan is not None:
            at = diagnosing.plan.holes.at - origin
        chosen = diagnosing.hole if diagnosing.is_hole_shown else -1
        color = QColor(*style.named_color("hole", self._bench.theme))
        self.holes.show_holes(at, chosen=chosen, color=color)
        self.view.viewport().update()

    def _click_hole(self, place: QPointF) -> bool:
        """A click on the mark of a test hole chooses it."""
        hole = self.holes.hole_at(place, self.view.metres_per_px)
        if hole >= 0:
            self._bench.diagnosing.look_at_hole(hole)
        return hole >= 0

    def _show_remedy(self) -> None:
        remedy = self._bench.remedy
        color = QColor(*style.named_color("proposed", self._bench.theme))
        points = None
        if isinstance(remedy, Proposal):
            points = remedy.preview[:, :2] - self._bench.origin[:2]
        self.proposed.show_line(points, color)
        self.view.viewport().update()

    def _focus_conflict(self, conflicts: ConflictTable, row: int) -> None:
        origin = self._bench.origin
        at = conflicts.at[row] - origin
        if np.isnan(at[:2]).any():
            self.focused.show_conflict(None)
            return
        ends = np.stack([conflicts.near_a[row], conflicts.near_b[row]])[:, :2] - origin[:2]
        actual = float(conflicts.actual_m[row])
        self.focused.show_conflict(at, ends, "" if np.isnan(actual) else f"{actual:.2f} m")
        rows = {
            str(table[row]): np.array([int(index[row])])
            for table, index in (
                (conflicts.a_table, conflicts.a_row),
                (conflicts.b_table, conflicts.b_row),
            )
            if str(table[row]) and int(index[row]) >= 0
        }
        if str(conflicts.a_table[row]) == str(conflicts.b_table[row]):
            both = [int(conflicts.a_row[row]), int(conflicts.b_row[row])]
            rows = {str(conflicts.a_table[row]): np.array([i for i in both if i >= 0])}
        self.highlight.show_shapes(lines=self._outlines(rows))

    def _outlines(self, rows: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray] | None:
        """Vertices and offsets of the selected features' lines and outlines, local."""
        state, origin = self._bench.state, self._bench.origin[:2]
        xy: list[np.ndarray] = []
        counts: list[np.ndarray] = []
        for layer, picked in rows.items():
            picked = np.asarray(picked[:MOST_HIGHLIGHTED], dtype=np.int64)
            name = "buildings" if layer == "suspicions" else layer
            if name == "pipes":
                picked = picked[picked < len(state.pipes)]
                offsets, vertices = taken(state.pipes.offsets, picked)
                xy.append(state.pipes.xy[vertices])
                counts.append(np.diff(offsets))
            elif name == "nodes":
                picked = picked[picked < len(state.nodes)]
                turn = np.linspace(0, 2 * np.pi, 25)
                ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * 0.8
                xy.append((state.nodes.xy[picked][:, None, :] + ring).reshape(-1, 2))
                counts.append(np.full(len(picked), 25))
            elif name in {"buildings", "permits", "structures"}:
                shapes = state.table(name).geometry  # type: ignore[attr-defined]
                parts = shapely.get_parts(shapes[picked[picked < len(shapes)]])
                is_area = shapely.get_type_id(parts) == 3
                lines = np.concatenate([shapely.get_rings(parts[is_area]), parts[~is_area]])
                points, owner = shapely.get_coordinates(lines, return_index=True)
                xy.append(points)
                counts.append(np.bincount(owner, minlength=len(lines)))
        if not xy or not sum(len(part) for part in xy):
            return None
        filled = np.concatenate(counts)
        offsets = np.concatenate([[0], np.cumsum(filled[filled > 0])]).astype(np.int64)
        return np.concatenate(xy) - origin, offsets

    # looks

    def _restyle(self) -> None:
        self.view.set_theme(self._bench.theme)
        self._show_diagnosis()
        for name, button in self._buttons.items():
            button.setIcon(themed_icon(name))
        self.empty.restyle()

    def retranslate(self) -> None:
        tips = {
            "identify": self.tr("Identify and pan (V)"),
            "box": self.tr("Select in a box (B)"),
            "measure": self.tr("Measure length and area (M)"),
            "move_line": self.tr("Move a line, its conflicts shown on the way (L)"),
            "zoom_in": self.tr("Zoom in"),
            "zoom_out": self.tr("Zoom out"),
            "zoom_all": self.tr("Show everything"),
        }
        for name, tip in tips.items():
            self._buttons[name].setToolTip(tip)
        self.empty.say(
            self.tr("Drop survey files here"),
            self.tr(
                "Tables, shapefiles, DXF, GeoPackage, EPANET, SWMM, CityJSON or GeoTIFF. "
                "What they mean is inferred and shown before anything is taken."
            ),
            self.tr("Import files…"),
        )
        self.view.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.move(12, 12)
        width, height = min(420, self.width()), min(280, self.height())
        self.empty.setGeometry(
            (self.width() - width) // 2, (self.height() - height) // 2, width, height
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _feature_rows(rows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Box selections without findings: those are worked through in their list."""
    return {layer: picked for layer, picked in rows.items() if layer != "conflicts"}
