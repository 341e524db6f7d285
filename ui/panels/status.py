"""The status bar: coordinates, scale, reference system, counts, what is running."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QStatusBar

from ui.panels.jobs_bar import JobsBar
from ui.panels.map import MapPanel
from ui.workbench import Notice, Workbench

_DOTS_PER_M = 96 / 0.0254
_SHOWN_MS = 8_000


class StatusBar(QStatusBar):
    """Follows the map and the bench."""

    def __init__(self, bench: Workbench, map_panel: MapPanel) -> None:
        super().__init__()
        self._bench, self._map = bench, map_panel
        self._to_degrees = None
        self._degrees_of = ""
        self.jobs = JobsBar(bench)
        self._place, self._degrees = QLabel(), QLabel()
        self._scale, self._crs, self._counts = QLabel(), QLabel(), QLabel()
        self.setSizeGripEnabled(False)
        self.addPermanentWidget(self.jobs)
        for label in (self._counts, self._place, self._degrees, self._scale, self._crs):
            self.addPermanentWidget(label)
        map_panel.cursor_moved.connect(self._show_place)
        map_panel.extent_changed.connect(self._show_scale)
        bench.state_changed.connect(lambda _: self.refresh())
        bench.report_changed.connect(self.refresh)
        bench.selection_changed.connect(self.refresh)
        bench.noted.connect(self._show_notice)
        self.refresh()

    def _show_notice(self, notice: Notice) -> None:
        self.showMessage(notice.text, _SHOWN_MS)

    def _show_place(self, x: float, y: float) -> None:
        if self._bench.state.is_empty:
            return
        self._place.setText(f"{x:,.2f}  {y:,.2f}".replace(",", " "))
        lon, lat = self._geographic(x, y)
        self._degrees.setVisible(not np.isnan(lon))
        self._degrees.setText(
            f"{abs(lat):.6f}°{'N' if lat >= 0 else 'S'}  {abs(lon):.6f}°{'E' if lon >= 0 else 'W'}"
        )

    def _geographic(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a place; NaN while the system is unknown or local."""
        crs = self._bench.state.meta.crs
        if crs != self._degrees_of:
            self._degrees_of = crs
            self._to_degrees = degrees_from(crs)
        if self._to_degrees is None:
            return float("nan"), float("nan")
        lon, lat = self._to_degrees.transform(x, y)
        fits = np.isfinite(lon) and np.isfinite(lat)
        return (float(lon), float(lat)) if fits else (float("nan"), float("nan"))

    def _show_scale(self) -> None:
        scale = self._map.view.metres_per_px * _DOTS_PER_M
        digits = 10 ** max(int(np.floor(np.log10(max(scale, 1.0)))) - 1, 0)
        self._scale.setText(f"1 : {round(scale / digits) * digits:,.0f}")

    def refresh(self) -> None:
        """Counts and reference system."""
        state = self._bench.state
        empty = state.is_empty
        for label in (self._place, self._degrees, self._scale, self._counts):
            label.setVisible(not empty)
        crs = state.meta.crs
        shown = crs if len(crs) <= 40 else self.tr("own system")
        self._crs.setText(shown or self.tr("No reference system"))
        self._crs.setToolTip(crs)
        parts = [
            self.tr("{count} lines").format(count=f"{len(state.pipes):,}"),
            self.tr("{count} points").format(count=f"{len(state.nodes):,}"),
            self.tr("{count} buildings").format(count=f"{len(state.buildings):,}"),
        ]
        report = self._bench.report
        if report is not None:
            parts.append(self.tr("{count} conflicts").format(count=f"{len(report.conflicts):,}"))
        chosen = self._bench.selection.count
        if chosen:
            parts.append(self.tr("{count} selected").format(count=f"{chosen:,}"))
        self._counts.setText(" · ".join(parts))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)


def degrees_from(crs: str):
    """A transformer from a reference system to longitude and latitude; None where there is none."""
    if not crs:
        return None
    import pyproj

    try:
        return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError:
        return None
