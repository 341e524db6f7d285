"""The scene's own strip: directions to look from, level exaggeration, how solid the ground is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QWidget,
)

FACTORS = (1.0, 2.0, 3.0, 5.0, 10.0)


class SceneToolbar(QWidget):
    """`looked` says all, above, slant or below; `exaggerated` a factor; `ground_shown` 0 to 1."""

    looked = Signal(str)
    exaggerated = Signal(float)
    ground_shown = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sceneToolbar")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setSpacing(4)
        self._buttons = {name: self._button(name) for name in ("all", "above", "slant", "below")}
        for button in self._buttons.values():
            layout.addWidget(button)
        layout.addStretch(1)
        self._ground_label = QLabel(self)
        self._ground = QSlider(Qt.Orientation.Horizontal, self)
        self._ground.setRange(0, 100)
        self._ground.setValue(22)
        self._ground.setMinimumWidth(40)
        self._ground.setMaximumWidth(84)
        self._ground.valueChanged.connect(lambda value: self.ground_shown.emit(value / 100))
        self._factor_label = QLabel(self)
        self._factor = QComboBox(self)
        self._factor.setMinimumWidth(66)
        for factor in FACTORS:
            self._factor.addItem(f"{factor:g}×", factor)
        self._factor.currentIndexChanged.connect(
            lambda row: self.exaggerated.emit(float(self._factor.itemData(row)))
        )
        for widget in (self._ground_label, self._ground, self._factor_label, self._factor):
            layout.addWidget(widget)
        self._retranslate()

    @property
    def ground_opacity(self) -> float:
        return self._ground.value() / 100

    def retheme(self) -> None:
        """Nothing is drawn by hand here; the style sheet does it."""
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words away where there is no room for them."""
        has_room = self.width() >= 430
        self._ground_label.setVisible(has_room)
        self._factor_label.setVisible(has_room)
        super().resizeEvent(event)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"look_{name}")
        button.setAutoRaise(True)
        button.clicked.connect(lambda: self.looked.emit(name))
        return button

    def _retranslate(self) -> None:
        texts = {
            "all": (self.tr("All"), self.tr("Show everything (Home)")),
            "above": (self.tr("Above"), self.tr("Look straight down")),
            "slant": (self.tr("Slant"), self.tr("Look from above at a slant")),
            "below": (self.tr("Below"), self.tr("Look up from below the ground")),
        }
        for name, (text, tip) in texts.items():
            self._buttons[name].setText(text)
            self._buttons[name].setToolTip(tip)
        self._ground_label.setText(self.tr("Ground"))
        self._ground.setToolTip(self.tr("How solid the ground is drawn"))
        self._factor_label.setText(self.tr("Levels"))
        self._factor.setToolTip(self.tr("Exaggerate levels, for looking only"))
