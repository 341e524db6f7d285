"""A conflict run that people stop: half a run is no result."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.jobs import Job
from baiyun_gis.session import Session
from ui.main_window import MainWindow
from ui.models.wording import check_word


def test_what_a_whole_run_found_stays_when_the_next_one_is_stopped(
    street_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = street_window.desk.bench
    before = bench.report
    assert before is not None
    told: list[str] = []
    bench.noted.connect(lambda notice: told.append(notice.text))
    whole = Session.run_checks

    def stopped(session: Session, *, created: str, job: Job) -> CheckReport:
        job.cancel()  # as when people stop it in the middle: the engine says what did not run
        return whole(session, created=created, job=job)

    monkeypatch.setattr(Session, "run_checks", stopped)
    street_window.action("run_check").trigger()
    qtbot.waitUntil(lambda: not bench.jobs.running, timeout=30_000)
    assert bench.report is before
    assert any("stopped" in text for text in told)
    assert not any("conflicts found" in text for text in told)


def test_the_search_for_illegal_buildings_has_a_name_like_a_check() -> None:
    assert check_word("suspicions", "zh") == "疑似违法建筑"
