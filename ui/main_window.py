"""The window: docks, menus and toolbar from the action table. It holds no logic of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QSplitter,
    QToolBar,
    QToolButton,
    QWidget,
)

from baiyun_gis.language import Lang
from ui.actions import ACTIONS, MENUS, TOOLBAR, ActionSpec, translated
from ui.commands import checks, diagnoses, explaining, files, remedies
from ui.desk import Desk
from ui.icons import logo
from ui.panels.conflicts import ConflictsPanel
from ui.panels.digging import DiggingPanel
from ui.panels.dock import Dock
from ui.panels.inspector import InspectorPanel
from ui.panels.layers import LayersPanel
from ui.panels.map import MapPanel
from ui.panels.messages import MessagesPanel
from ui.panels.palette import CommandPalette
from ui.panels.scene import ScenePanel
from ui.panels.status import StatusBar
from ui.panels.suspect_levels import SuspectLevelsPanel
from ui.panels.suspicions import SuspicionsPanel
from ui.panels.table import TablePanel
from ui.panels.timeline import TimelinePanel
from ui.theme import accent_icon, themed_icon
from ui.workbench import Workbench

_LAYOUT_VERSION = 2


class MainWindow(QMainWindow):
    """All panels around map and scene."""

    def __init__(
        self,
        bench: Workbench,
        *,
        wear: Callable[[], None],
        speak: Callable[[Lang], None],
    ) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setWindowIcon(logo())
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self._bench, self._wear, self._speak = bench, wear, speak
        self._make_panels()
        self._actions = {spec.id: self._make_action(spec) for spec in ACTIONS}
        self._exclude_each_other(("view_both", "view_map", "view_scene"))
        self._menus = self._make_menus()
        self._toolbar = self._make_toolbar()
        self._palette = CommandPalette(list(self._actions.values()), self)
        self._arrange()
        self._default_layout = self.saveState(_LAYOUT_VERSION)
        self._connect()
        self.retranslate()
        self.restyle()
        self.restore()

    # making

    def _make_panels(self) -> None:
        bench = self._bench
        self.map, self.scene = MapPanel(bench), ScenePanel(bench)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(5)
        self.splitter.addWidget(self.map)
        self.splitter.addWidget(self.scene)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([500, 500])
        self.setCentralWidget(self.splitter)
        self.layers_panel, self.conflicts = LayersPanel(bench), ConflictsPanel(bench)
        self.inspector, self.table = InspectorPanel(bench), TablePanel(bench)
        self.suspicions = SuspicionsPanel(bench)
        self.levels, self.digging = SuspectLevelsPanel(bench), DiggingPanel(bench)
        self.timeline, self.messages = TimelinePanel(bench), MessagesPanel(bench)
        self.docks: dict[str, QDockWidget] = {
            "layers": Dock("layers", lambda: self.tr("Layers"), self.layers_panel),
            "conflicts": Dock("conflicts", lambda: self.tr("Conflicts"), self.conflicts),
            "suspicions": Dock(
                "suspicions", lambda: self.tr("Buildings in question"), self.suspicions
            ),
            "levels": Dock("levels", lambda: self.tr("Suspect levels"), self.levels),
            "digging": Dock("digging", lambda: self.tr("Where to dig"), self.digging),
            "inspector": Dock("inspector", lambda: self.tr("Inspector"), self.inspector),
            "timeline": Dock("timeline", lambda: self.tr("Time line"), self.timeline),
            "table": Dock("table", lambda: self.tr("Attribute table"), self.table),
            "messages": Dock("messages", lambda: self.tr("Messages"), self.messages),
        }
        self.status = StatusBar(bench, self.map)
        self.setStatusBar(self.status)
        self.desk = Desk(
            bench=bench,
            window=self,
            around=self,
            map=self.map,
            scene=self.scene,
            conflicts=self.conflicts,
            table=self.table,
            timeline=self.timeline,
            splitter=self.splitter,
            docks=self.docks,
        )

    def _make_action(self, spec: ActionSpec) -> QAction:
        action = QAction(self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.is_checked is not None)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
        action.triggered.connect(lambda _=False: self.run(spec))
        self.addAction(action)
        return action

    def _exclude_each_other(self, ids: tuple[str, ...]) -> None:
        group = QActionGroup(self)
        for name in ids:
            group.addAction(self._actions[name])

    def _make_menus(self) -> dict[str, QMenu]:
        menus: dict[str, QMenu] = {}
        for name, _ in MENUS:
            menu = self.menuBar().addMenu("")
            menus[name] = menu
            for spec in ACTIONS:
                if spec.menu == name:
                    if spec.starts_group:
                        menu.addSeparator()
                    menu.addAction(self._actions[spec.id])
            menu.aboutToShow.connect(self.refresh)
        menus["view"].addSeparator()
        for dock in self.docks.values():
            menus["view"].addAction(dock.toggleViewAction())
        return menus

    def _make_toolbar(self) -> QToolBar:
        bar = QToolBar()
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.toggleViewAction().setVisible(False)
        for index, group in enumerate(TOOLBAR):
            if index:
                bar.addSeparator()
            for name in group:
                bar.addAction(self._actions[name])
        main = bar.widgetForAction(self._actions["run_check"])
        assert isinstance(main, QToolButton)
        main.setProperty("primary", True)
        spacer = QWidget()
        spacer.setSizePolicy(
            spacer.sizePolicy().Policy.Expanding, spacer.sizePolicy().Policy.Preferred
        )
        bar.addWidget(spacer)
        for name in ("palette", "language", "theme"):
            bar.addAction(self._actions[name])
            button = bar.widgetForAction(self._actions[name])
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.addToolBar(bar)
        return bar

    def _arrange(self) -> None:
        area = Qt.DockWidgetArea
        self.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        for name, side in (
            ("layers", area.LeftDockWidgetArea),
            ("conflicts", area.RightDockWidgetArea),
            ("suspicions", area.RightDockWidgetArea),
            ("levels", area.RightDockWidgetArea),
            ("digging", area.RightDockWidgetArea),
            ("inspector", area.RightDockWidgetArea),
            ("timeline", area.BottomDockWidgetArea),
            ("table", area.BottomDockWidgetArea),
            ("messages", area.BottomDockWidgetArea),
        ):
            self.addDockWidget(side, self.docks[name])
        self.splitDockWidget(
            self.docks["conflicts"], self.docks["inspector"], Qt.Orientation.Vertical
        )
        self.splitDockWidget(self.docks["timeline"], self.docks["table"], Qt.Orientation.Vertical)
        self.tabifyDockWidget(self.docks["table"], self.docks["messages"])
        for name in ("suspicions", "levels", "digging"):
            self.tabifyDockWidget(self.docks["conflicts"], self.docks[name])
        self.docks["conflicts"].raise_()
        self.docks["table"].raise_()
        self.setTabPosition(area.AllDockWidgetAreas, self.tabPosition(area.TopDockWidgetArea))

    def _connect(self) -> None:
        bench = self._bench
        for signal in (
            bench.report_changed,
            bench.selection_changed,
            bench.remedy_changed,
            bench.diagnosing.levels_changed,
            bench.diagnosing.plan_changed,
            bench.diagnosing.chosen,
            bench.time_changed,
            bench.stack_changed,
        ):
            signal.connect(self.refresh)
        bench.state_changed.connect(lambda _: self.refresh())
        bench.look_changed.connect(self.restyle)
        self.map.import_wanted.connect(lambda: files.import_files(self.desk))
        self.conflicts.check_wanted.connect(lambda: checks.run_check(self.desk))
        bench.checking.ended.connect(lambda report: checks.show_run(self.desk, report))
        self.conflicts.flown.connect(lambda: checks.fly_to_focus(self.desk))
        self.conflicts.decided.connect(lambda what: checks.DECISIONS[what](self.desk))
        self.inspector.decided.connect(lambda what: checks.DECISIONS[what](self.desk))
        self.inspector.explanation_asked.connect(lambda: explaining.explain(self.desk))
        self.inspector.remedy_asked.connect(lambda what: remedies.ASKED[what](self.desk))

        for asking in (self.levels.asked, self.digging.asked, self.inspector.level_asked):
            asking.connect(lambda what: diagnoses.ASKED[what](self.desk))
        self.inspector.suspect_followed.connect(lambda row: diagnoses.look_at(self.desk, row))
        self.inspector.finding_followed.connect(lambda row: checks.show_conflict(self.desk, row))

    # what the desk asks for

    def run(self, spec: ActionSpec) -> None:
        """Do what an action says, if it may be done now."""
        if spec.is_enabled is None or spec.is_enabled(self.desk):
            spec.act(self.desk)
        self.refresh()

    def action(self, name: str) -> QAction:
        """The action with this id."""
        return self._actions[name]

    def wear_look(self) -> None:
        self._wear()

    def speak(self, lang: str) -> None:
        self._speak("zh" if lang == "zh" else "en")

    def show_palette(self) -> None:
        self._palette.open_over(self)

    def set_view(self, mode: str) -> None:
        """Show map and scene, or one of them."""
        self.map.setVisible(mode != "scene")
        self.scene.setVisible(mode != "map")

    def reset_layout(self) -> None:
        self.restoreState(self._default_layout, _LAYOUT_VERSION)
        for dock in self.docks.values():
            dock.show()
        self.set_view("both")
        self._size_docks()

    # looks

    def refresh(self) -> None:
        """Enable and check actions as things stand; the title says what is open."""
        for spec in ACTIONS:
            action = self._actions[spec.id]
            action.setEnabled(spec.is_enabled is None or spec.is_enabled(self.desk))
            if spec.is_checked is not None:
                action.setChecked(spec.is_checked(self.desk))
        session = self._bench.session
        name = session.path.stem if session.path else self._bench.state.meta.title
        unnamed = self.tr("New project")
        self.setWindowTitle(f"{name or unnamed}[*] — Baiyun GIS")
        self.setWindowModified(session.is_modified)

    def restyle(self) -> None:
        for spec in ACTIONS:
            if spec.icon:
                made = accent_icon if spec.id == "run_check" else themed_icon
                self._actions[spec.id].setIcon(made(spec.icon))
        for dock in self.docks.values():
            dock.bar.restyle()  # type: ignore[attr-defined]
        self.refresh()

    def retranslate(self) -> None:
        for spec in ACTIONS:
            action = self._actions[spec.id]
            action.setText(translated(spec.text))
            action.setIconText(translated(spec.short or spec.text))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            plain = action.text().replace("&", "")
            action.setToolTip(f"{plain}  ({keys})" if keys else plain)
        for name, title in MENUS:
            self._menus[name].setTitle(translated(title))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # staying as it was left

    def restore(self) -> None:
        """Place and docks as they were left, else the layout as designed."""
        settings = self._bench.settings
        place, docks = settings.value("geometry"), settings.value("docks")
        if isinstance(place, QByteArray) and self.restoreGeometry(place):
            if isinstance(docks, QByteArray):
                self.restoreState(docks, _LAYOUT_VERSION)
        else:
            room = self.screen().availableSize()
            wanted = QSize(max(1440, room.width() * 17 // 20), max(900, room.height() * 17 // 20))
            self.resize(wanted.boundedTo(room))
            self._size_docks()
        self.set_view(str(settings.value("view") or "both"))
        self.refresh()

    def _size_docks(self) -> None:
        wide = self.width() > 1500
        right, left = (520, 270) if wide else (452, 262)
        side, up = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([self.docks["layers"], self.docks["conflicts"]], [left, right], side)
        has_room = self.height() >= 800  # a table of one row helps nobody: leave it to be asked for
        for name in ("table", "messages"):
            self.docks[name].setVisible(has_room)
        low = 260 if self.height() > 950 else 200 if self.height() > 850 else 175
        self.resizeDocks([self.docks["timeline"], self.docks["table"]], [60, low], up)
        tall = self.height()
        of_list = tall // 2 if has_room else tall * 6 // 10  # its head takes half of that
        self.resizeDocks(
            [self.docks["conflicts"], self.docks["inspector"]], [of_list, tall - of_list], up
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        if not files.may_leave(self.desk):
            event.ignore()
            return
        settings = self._bench.settings
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("docks", self.saveState(_LAYOUT_VERSION))
        shows_map, shows_scene = not self.map.isHidden(), not self.scene.isHidden()
        settings.setValue(
            "view", "both" if shows_map == shows_scene else "map" if shows_map else "scene"
        )
        self._bench.jobs.stop_all()
        self.scene.release()
        self._bench.session.close()
        super().closeEvent(event)

    # files dropped on it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            files.import_paths(self.desk, paths)
