"""The lists show what the map shows: the findings of the day on the time line."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.vocabulary import Verdict
from ui.main_window import MainWindow

BEFORE_GAS = np.datetime64("2009-12-31")


def listed(window: MainWindow) -> list[int]:
    return sorted(window.conflicts.model.visible_rows.tolist())


def test_findings_on_lines_not_there_yet_leave_the_list_and_come_back(
    street_window: MainWindow,
) -> None:
    bench = street_window.desk.bench
    assert listed(street_window) == [0, 1, 2, 3]
    bench.set_time(BEFORE_GAS)
    assert listed(street_window) == [0, 3]
    assert "0" in street_window.conflicts._chips[Verdict.LIKELY].text()
    bench.set_time(np.datetime64("2010-01-01"))
    assert listed(street_window) == [0, 1, 2, 3]


def test_the_place_in_the_list_is_kept_when_time_moves(street_window: MainWindow) -> None:
    panel = street_window.conflicts
    panel.step(1)
    chosen = panel.selected_rows()
    street_window.desk.bench.set_time(np.datetime64("2020-01-01"))
    assert panel.selected_rows() == chosen == [0]


def test_a_run_made_for_another_day_says_so(street_window: MainWindow) -> None:
    panel = street_window.conflicts
    assert not panel._banner.isVisible()
    street_window.desk.bench.set_time(BEFORE_GAS)
    assert panel._banner.isVisible()
    assert "whatever its dates" in panel._banner_text.text()
    street_window.desk.bench.set_time(np.datetime64("NaT", "D"))
    assert not panel._banner.isVisible()
