"""Plan and section of the conflict in focus, to scale: the same sketches as in the reports."""

from __future__ import annotations

import re

from PySide6.QtCore import QByteArray, QEvent, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang
from baiyun_gis.project import ProjectState
from ui.theme import shown_theme, tokens

_PROPORTION = 60 / 88
_MOST_WIDTH_PX = 460
_DAY = "#ffffff"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")


def at_night(svg: str) -> str:
    """The drawing on dark paper: every colour keeps its hue, light and dark change places."""
    return _COLOUR.sub(lambda found: _turned(found[0]), svg)


def _turned(name: str) -> str:
    sheet = QColor(tokens("dark").panel).lightnessF()
    colour = QColor(name)
    turned = sheet + (0.94 - sheet) * (1.0 - colour.lightnessF())
    return QColor.fromHslF(max(colour.hslHueF(), 0.0), colour.hslSaturationF(), turned).name()


class Paper(QWidget):
    """One drawing on a sheet as wide as there is room: white by day, dark by night."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._svg = ""
        self._drawing: QSvgRenderer | None = None
        self._drawn_for = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_svg(self, svg: str) -> None:
        self._svg, self._drawn_for = svg, ""
        self.update()

    def _draw(self) -> None:
        """Make the drawing for the theme in use, where that has changed."""
        if self._drawn_for == shown_theme():
            return
        self._drawn_for = shown_theme()
        svg = at_night(self._svg) if self._drawn_for == "dark" else self._svg
        self._drawing = QSvgRenderer(QByteArray(svg.encode()), self) if svg else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(round(min(self.width(), _MOST_WIDTH_PX) * _PROPORTION))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._draw()
        if self._drawing is None:
            return
        width = min(self.width(), round(self.height() / _PROPORTION))
        sheet = QRectF((self.width() - width) / 2, 0, width, width * _PROPORTION)
        sheet.adjust(0.5, 0.5, -0.5, -0.5)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            outline = QPainterPath()
            outline.addRoundedRect(sheet, 7, 7)
            painter.save()
            painter.setClipPath(outline)
            painter.fillPath(outline, QColor(at_night(_DAY) if shown_theme() == "dark" else _DAY))
            self._drawing.render(painter, sheet)
            painter.restore()
            painter.setPen(QPen(QColor(tokens().border), 1))
            painter.drawPath(outline)


class SketchView(QWidget):
    """The sheet, and two buttons that turn it; hidden where there is nothing to draw."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._svgs = {"section": "", "plan": ""}
        self._paper = Paper()
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        line = QHBoxLayout()
        line.setSpacing(4)
        for name in self._svgs:
            button = QToolButton()
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, which=name: self._turn_to(which))
            self._group.addButton(button)
            self._buttons[name] = button
            line.addWidget(button)
        line.addStretch(1)
        self._buttons["section"].setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self._paper)
        self.retranslate()

    def show_conflict(
        self, state: ProjectState, report: CheckReport, row: int, *, lang: Lang
    ) -> None:
        """Draw a conflict of the report."""
        from baiyun_gis.reports.sketch import sketches_of

        sketches = sketches_of(report, state, row, lang=lang, key=str(row + 1))
        self._svgs = {"section": sketches.section, "plan": sketches.plan}
        self.setVisible(bool(sketches.plan or sketches.section))
        chosen = next(name for name, button in self._buttons.items() if button.isChecked())
        self._turn_to(chosen)

    def _turn_to(self, name: str) -> None:
        self._paper.show_svg(self._svgs[name])

    def retranslate(self) -> None:
        self._buttons["section"].setText(self.tr("Section"))
        self._buttons["plan"].setText(self.tr("Plan"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
