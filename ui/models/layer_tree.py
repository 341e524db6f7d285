"""The layer tree by theme: groups, layers, and the parts of a layer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from baiyun_gis.language import Message
from baiyun_gis.model.vocabulary import StructureKind, Utility, Verdict
from layers import style
from layers.stack import GROUPS
from ui.workbench import Workbench

Index = QModelIndex | QPersistentModelIndex
COLOR_ROLE = Qt.ItemDataRole.UserRole + 1
COUNT_ROLE = Qt.ItemDataRole.UserRole + 2
KEY_ROLE = Qt.ItemDataRole.UserRole + 3
SYMBOL_ROLE = Qt.ItemDataRole.UserRole + 4
_ON, _OFF, _SOME = Qt.CheckState.Checked, Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked


class Item:
    """One line of the tree: a group, a layer (`layer`), or a part of it (`part`)."""

    def __init__(
        self,
        title: Message,
        *,
        parent: Item | None = None,
        layer: str = "",
        part: str = "",
        count: int | None = None,
    ) -> None:
        self.title, self.parent, self.layer, self.part = title, parent, layer, part
        self.count = count
        self.children: list[Item] = []
        if parent is not None:
            parent.children.append(self)

    @property
    def row(self) -> int:
        return self.parent.children.index(self) if self.parent else 0


class LayerTreeModel(QAbstractItemModel):
    """Reads the stack and the project; check boxes change the stack."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._root = Item(Message(""))
        self.rebuild()

    def rebuild(self) -> None:
        """Read layers, parts and counts anew."""
        self.beginResetModel()
        self._root = Item(Message(""))
        for group, title in GROUPS:
            settings = [s for s in self._bench.stack if s.layer.theme_group == group]
            filled = [s for s in settings if s.layer.count(self._bench.state, self._bench.report)]
            if not filled:
                continue
            branch = Item(title, parent=self._root)
            for setting in reversed(filled):
                self._add_layer(branch, setting.layer.id)
        self.endResetModel()

    def _add_layer(self, branch: Item, layer_id: str) -> None:
        state, report = self._bench.state, self._bench.report
        layer = self._bench.stack.setting(layer_id).layer
        item = Item(layer.title, parent=branch, layer=layer.id, count=layer.count(state, report))
        for key, title, count in layer.sublayers(state):
            shown = self._verdict_count(key) if layer.id == "conflicts" else count
            if shown:
                Item(title, parent=item, layer=layer.id, part=key, count=shown)

    def _verdict_count(self, key: str) -> int:
        report = self._bench.report
        if report is None:
            return 0
        return int((report.conflicts.verdict == int(Verdict.from_key(key))).sum())

    def refresh(self) -> None:
        """Check boxes, colours or words changed, not the lines."""
        self._each_changed(QModelIndex())

    def _each_changed(self, parent: QModelIndex) -> None:
        count = self.rowCount(parent)
        if count:
            self.dataChanged.emit(self.index(0, 0, parent), self.index(count - 1, 0, parent))
        for row in range(count):
            self._each_changed(self.index(row, 0, parent))

    def item(self, index: Index) -> Item:
        held: Any = index.internalPointer() if index.isValid() else None
        return held if isinstance(held, Item) else self._root

    @property
    def is_empty(self) -> bool:
        return not self._root.children

    # the item model

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self.item(parent).children)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self.item(parent).children
        if not 0 <= row < len(children) or column != 0:
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, child: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        above = self.item(child).parent if child.isValid() else None
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title.text(self._bench.lang)
        if role == Qt.ItemDataRole.CheckStateRole:
            return self._check_state(item)
        if role == COLOR_ROLE:
            return self._color(item)
        if role == SYMBOL_ROLE:
            return "line" if item.layer == "pipes" and item.part else "fill"
        if role == COUNT_ROLE:
            return item.count
        if role == KEY_ROLE:
            return (item.layer, item.part)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        visible = Qt.CheckState(value) is _ON
        stack = self._bench.stack
        item = self.item(index)
        if item.part:
            stack = stack.with_part(item.layer, item.part, visible=visible)
            if visible:
                stack = stack.with_visible(item.layer, visible=True)
        else:
            for layer in [item] if item.layer else item.children:
                stack = stack.with_visible(layer.layer, visible=visible)
                if visible and all(
                    p.part in stack.setting(layer.layer).hidden for p in layer.children
                ):
                    stack = stack.with_hidden(layer.layer, frozenset())
        self._bench.set_stack(stack)
        return True

    def _check_state(self, item: Item) -> Qt.CheckState:
        if item.part:
            setting = self._bench.stack.setting(item.layer)
            return _ON if setting.is_visible and item.part not in setting.hidden else _OFF
        if item.layer:
            setting = self._bench.stack.setting(item.layer)
            if not setting.is_visible:
                return _OFF
            hidden = [p.part in setting.hidden for p in item.children]
            return _OFF if hidden and all(hidden) else _SOME if any(hidden) else _ON
        states = {self._check_state(child) for child in item.children}
        return states.pop() if len(states) == 1 else _SOME

    def _color(self, item: Item) -> style.RGBA | None:
        theme, scheme = self._bench.theme, self._bench.scheme
        if item.layer == "pipes" and item.part:
            return style.utility_color(Utility.from_key(item.part), scheme=scheme, theme=theme)
        if item.layer == "conflicts" and item.part:
            return style.verdict_color(Verdict.from_key(item.part), theme)
        if item.layer == "structures" and item.part:
            fill, stroke = style.structure_colors(theme)
            kind = StructureKind.from_key(item.part)
            shown = fill[kind] if fill[kind, 3] else stroke[kind]
            return (int(shown[0]), int(shown[1]), int(shown[2]), 255)
        names = {
            "buildings": "building_fill",
            "permits": "permit_stroke",
            "suspicions": "suspicion_stroke",
            "terrain": "terrain",
        }
        return style.named_color(names[item.layer], theme) if item.layer in names else None
