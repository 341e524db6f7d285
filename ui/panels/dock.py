"""A dock with a title bar in the program's own look."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from ui.theme import themed_icon


class TitleBar(QWidget):
    """Title, and buttons to float and close."""

    def __init__(self, dock: Dock) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dock = dock
        self.label = QLabel(self)
        self._float = self._button(lambda: dock.setFloating(not dock.isFloating()))
        self._close = self._button(dock.close)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 2, 4, 2)
        line.setSpacing(2)
        line.addWidget(self.label)
        line.addStretch(1)
        line.addWidget(self._float)
        line.addWidget(self._close)
        self.restyle()

    def _button(self, act: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setIconSize(QSize(14, 14))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda _=False: act())
        return button

    def restyle(self) -> None:
        """Icons in the colours of the theme shown."""
        self._float.setIcon(themed_icon("float"))
        self._close.setIcon(themed_icon("close"))

    def retranslate(self) -> None:
        self._float.setToolTip(self.tr("Float or dock"))
        self._close.setToolTip(self.tr("Close"))


class Dock(QDockWidget):
    """A movable panel; `title` gives its name in the language now spoken."""

    def __init__(self, name: str, title: Callable[[], str], content: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = title
        self.bar = TitleBar(self)
        self.setTitleBarWidget(self.bar)
        self.setWidget(content)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self._title())
        self.bar.label.setText(self._title())
        self.bar.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
