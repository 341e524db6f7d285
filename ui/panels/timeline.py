"""The time line: one day for map, scene, table and the next run; it can play."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QDate, QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDateEdit,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.panels.parts import labelled
from ui.theme import themed_icon, tokens
from ui.workbench import Workbench

_STEPS = 1000
_PLAY_MS = 700
_PLAY_STEPS = 60
NOT_SET = np.datetime64("NaT", "D")


class ChangeMarks(QWidget):
    """Bars where something changes: the more, the taller."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = np.zeros(0)
        self.setFixedHeight(13)

    def show_days(self, days: np.ndarray, first: np.datetime64, last: np.datetime64) -> None:
        """Marks at these days between the ends."""
        span = max(int((last - first).astype(int)), 1)
        self._share = (days - first).astype(int) / span if len(days) else np.zeros(0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            color = QColor(tokens().accent)
            color.setAlpha(110)
            painter.setBrush(color)
            bins = max((self.width() - 16) // 5, 1)
            if not len(self._share):
                return
            counts = np.bincount((self._share * (bins - 1)).astype(int), minlength=bins)
            height = self.height() - 1
            for at in np.flatnonzero(counts):
                tall = 2 + (height - 2) * np.sqrt(counts[at] / counts.max())
                painter.drawRect(QRectF(8 + at * 5, height - tall, 3.4, tall))


class TimelinePanel(QWidget):
    """Slider, date, play and step buttons."""

    moved = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self._player = QTimer(self)
        self._player.setInterval(_PLAY_MS)
        self._player.timeout.connect(self._play_on)
        self._make_widgets()
        bench.state_changed.connect(lambda _: self.refresh())
        bench.time_changed.connect(self.refresh)
        bench.look_changed.connect(self.restyle)
        self.restyle()
        self.retranslate()

    def _make_widgets(self) -> None:
        self._back = self._button(lambda: self._bench.session.timeline.step(-1))
        self._play = self._button(self.toggle_play)
        self._forward = self._button(lambda: self._bench.session.timeline.step(1))
        self._all = self._button(lambda: self._bench.set_time(NOT_SET))
        self._all.setCheckable(True)
        self._all.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._date = QDateEdit()
        self._date.setCalendarPopup(True)
        self._date.setDisplayFormat("yyyy-MM-dd")
        self._date.setKeyboardTracking(False)
        self._date.setMinimumWidth(118)
        self._date.userDateChanged.connect(self._date_edited)
        self._first, self._last = labelled("", "muted"), labelled("", "muted")
        self._marks = ChangeMarks()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.valueChanged.connect(self._slider_moved)
        self._slider.setMinimumWidth(120)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._marks)
        middle.addWidget(self._slider)
        self._hint = QLabel()
        self._hint.setProperty("role", "faint")
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 6, 12, 6)
        line.setSpacing(4)
        for widget in (self._back, self._play, self._forward):
            line.addWidget(widget)
        line.addSpacing(4)
        line.addWidget(self._date)
        line.addWidget(self._all)
        line.addSpacing(8)
        line.addWidget(self._first)
        line.addLayout(middle, 1)
        line.addWidget(self._last)
        line.addWidget(self._hint)

    def _button(self, act: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(18, 18))
        button.clicked.connect(lambda _=False: act())
        return button

    def refresh(self) -> None:
        """Show the session's days and the one that is set."""
        timeline = self._bench.session.timeline
        first, last = timeline.bounds
        has_days = bool(not np.isnat(first) and first < last)
        for widget in (self._back, self._play, self._forward, self._date, self._all, self._slider):
            widget.setEnabled(has_days)
        self._hint.setVisible(not has_days)
        for widget in (self._marks, self._first, self._last):
            widget.setVisible(has_days)
        shown = timeline.now
        self._all.setChecked(bool(np.isnat(shown)))
        if not has_days:
            return
        self._first.setText(str(first)[:4])
        self._last.setText(str(last)[:4])
        self._marks.show_days(timeline.steps, first, last)
        span = max(int((last - first).astype(int)), 1)
        at = last if np.isnat(shown) else min(max(shown, first), last)
        for widget in (self._slider, self._date):
            widget.blockSignals(True)
        self._slider.setValue(round(int((at - first).astype(int)) / span * _STEPS))
        day = at if np.isnat(shown) else shown
        self._date.setDate(QDate.fromString(str(day), "yyyy-MM-dd"))
        for widget in (self._slider, self._date):
            widget.blockSignals(False)

    def _day_at(self, step: int) -> np.datetime64:
        first, last = self._bench.session.timeline.bounds
        days = round(int((last - first).astype(int)) * step / _STEPS)
        return first + np.timedelta64(days, "D")

    def _slider_moved(self, step: int) -> None:
        self._bench.set_time(self._day_at(step))

    def _date_edited(self, date: QDate) -> None:
        self._bench.set_time(np.datetime64(date.toString("yyyy-MM-dd"), "D"))

    def toggle_play(self) -> None:
        """Let time run from the day set (or the first one), or stop it."""
        if self._player.isActive():
            self._player.stop()
        elif self._play.isEnabled():
            first, last = self._bench.session.timeline.bounds
            now = self._bench.as_of
            if np.isnat(now) or now >= last:
                self._bench.set_time(first)
            self._player.start()
        self.restyle()
        self.retranslate()

    def _play_on(self) -> None:
        last = self._bench.session.timeline.bounds[1]
        step = min(self._slider.value() + _STEPS // _PLAY_STEPS, _STEPS)
        self._bench.set_time(self._day_at(step))
        if step >= _STEPS or self._bench.as_of >= last:
            self.toggle_play()

    def restyle(self) -> None:
        playing = self._player.isActive()
        for button, name in (
            (self._back, "step_back"),
            (self._play, "pause" if playing else "play"),
            (self._forward, "step_forward"),
            (self._all, "infinity"),
        ):
            button.setIcon(themed_icon(name))
        self._marks.update()

    def retranslate(self) -> None:
        self._back.setToolTip(self.tr("Previous change"))
        self._forward.setToolTip(self.tr("Next change"))
        self._play.setToolTip(self.tr("Stop") if self._player.isActive() else self.tr("Play"))
        self._all.setText(self.tr("All times"))
        self._all.setToolTip(self.tr("Show everything whatever its dates"))
        self._hint.setText(self.tr("Nothing in the project has a date yet."))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
