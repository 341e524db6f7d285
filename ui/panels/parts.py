"""Small pieces that several panels are made of."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import icons
from ui.theme import tokens


def labelled(text: str = "", role: str = "") -> QLabel:
    """A label in one of the style sheet's roles: muted, faint, title, heading, number, chip."""
    label = QLabel(text)
    if role:
        label.setProperty("role", role)
    return label


def wrapped(text: str = "", role: str = "") -> QLabel:
    """A label of several lines that people can copy from."""
    label = labelled(text, role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def framed(role: str) -> QFrame:
    """A frame in one of the style sheet's roles: card, banner, rule."""
    frame = QFrame()
    frame.setProperty("role", role)
    return frame


class EmptyState(QWidget):
    """What a panel shows while it has nothing: a picture, a sentence, what to do next."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = labelled("", "title")
        self.text = labelled("", "muted")
        self.button = QPushButton()
        self.button.setProperty("primary", True)
        self.button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._picture)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addSpacing(4)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.restyle()

    def restyle(self) -> None:
        """The picture in the colours of the theme shown."""
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(
            icons.pixmap(self._icon, tokens().faint, size_px=40, ratio=max(ratio, 2.0))
        )

    def say(self, title: str, text: str, button: str = "") -> None:
        self.title.setText(title)
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))


class Pill(QWidget):
    """A word on a coloured ground, such as a verdict."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._color = QColor("#888888")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_word(self, text: str, color: QColor) -> None:
        self._text, self._color = text, color
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 20, metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_pill(painter, self.rect(), self._text, self._color)


def paint_pill(painter: QPainter, rect: QRect, text: str, color: QColor) -> None:
    """A word in a coloured round box, tinted so that it reads on both themes."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QColor(color)
    ground.setAlpha(44)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    ink = QColor(tokens().text)
    mixed = QColor(
        (color.red() * 2 + ink.red()) // 3,
        (color.green() * 2 + ink.green()) // 3,
        (color.blue() * 2 + ink.blue()) // 3,
    )
    painter.setPen(mixed)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
