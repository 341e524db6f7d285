"""Threads and signals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import current_thread, main_thread

import pytest
from pytestqt.qtbot import QtBot

from baiyun_gis.errors import InputError
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from ui.jobs import JobRunner, sentence_for

ROOT = Path(__file__).resolve().parents[2]
EMITS = """
from PySide6.QtCore import QCoreApplication, QObject, Signal
class Sender(QObject):
    sent = Signal(object)
    flag = Signal(bool)
app = QCoreApplication([])
sender, got = Sender(), []
sender.sent.connect(got.append)
sender.flag.connect(got.append)
for i in range(5000):
    sender.sent.emit(True)
    sender.flag.emit(True)
assert len(got) == 10000
print('all there')
"""


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    """A runner whose threads have ended before it goes."""
    made = JobRunner()
    yield made
    made.stop_all()


def test_five_thousand_emits_do_not_bring_the_program_down() -> None:
    run = subprocess.run(
        [sys.executable, "-c", EMITS], cwd=ROOT, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "all there"


def test_no_result_of_a_very_short_job_is_lost(runner: JobRunner, qtbot: QtBot) -> None:
    results: list[object] = []
    for i in range(200):
        runner.start("", lambda _, i=i: i, done=results.append, is_quiet=True)
    qtbot.waitUntil(lambda: len(results) == 200, timeout=10_000)
    assert sorted(results) == list(range(200))
    qtbot.waitUntil(lambda: not runner.running)


def test_work_runs_elsewhere_and_its_result_arrives_here(runner: JobRunner, qtbot: QtBot) -> None:
    threads: list[object] = []
    runner.start(
        "",
        lambda _: current_thread(),
        done=lambda worker: threads.append((worker, current_thread())),
    )
    qtbot.waitUntil(lambda: bool(threads))
    worker, receiver = threads[0]
    assert worker is not main_thread()
    assert receiver is main_thread()


def test_cancelling_stops_at_the_next_step_without_result(runner: JobRunner, qtbot: QtBot) -> None:
    results: list[object] = []

    def work(job: Job) -> str:
        while True:
            job.step(0.5, msg("Starting"))

    running = runner.start("endless", work, done=results.append)
    with qtbot.waitSignal(running.stopped, timeout=5000):
        running.cancel()
    assert results == []


def test_progress_arrives_with_its_words(runner: JobRunner, qtbot: QtBot) -> None:
    seen: list[object] = []

    def work(job: Job) -> None:
        job.step(0.25, msg("Starting"))

    running = runner.start("x", work, done=lambda _: None)
    # what a worker says is queued, so connecting after the start loses nothing
    running.progressed.connect(lambda share, doing: seen.append((share, doing.text("en"))))
    qtbot.waitUntil(lambda: not runner.running)
    assert seen[0] == (0.0, "Starting")


def test_a_failure_is_told_in_one_sentence_in_each_language(
    runner: JobRunner, qtbot: QtBot
) -> None:
    errors: list[object] = []

    def work(_: Job) -> None:
        raise InputError("{path}: nothing in there can be imported", path="a.csv")

    runner.start("x", work, done=lambda _: None, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert sentence_for(errors[0], "en") == "a.csv: nothing in there can be imported"
    assert "ValueError" in sentence_for(ValueError("odd"), "zh")
