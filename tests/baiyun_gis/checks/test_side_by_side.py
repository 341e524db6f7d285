"""Checks that run beside each other say what they say one after the other."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.checks import engine
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.once import made_once
from baiyun_gis.findings.conflicts import CheckReport, Outcome
from baiyun_gis.jobs import Job
from baiyun_gis.model.columns import specs_of
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district

DAY = np.datetime64("2026-01-01", "D")


@pytest.fixture(scope="module")
def district() -> ProjectState:
    return make_district(3000, 5).state


def run(state: ProjectState, job: Job | None = None) -> CheckReport:
    return run_checks(state, load_rule_set(DEFAULT_RULES), as_of=DAY, job=job)


@pytest.fixture
def side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_WORTH_LANES", 0)
    monkeypatch.setattr(engine, "thread_count", lambda: 3)


def same(one: np.ndarray, two: np.ndarray) -> bool:
    kind = one.dtype.kind
    return bool(np.array_equal(one, two, equal_nan=kind in "fM"))


def test_the_report_is_the_same(district: ProjectState, request: pytest.FixtureRequest) -> None:
    alone = run(district)
    request.getfixturevalue("side_by_side")
    beside = run(district)
    assert len(alone.conflicts) > 50
    assert alone.ledger == beside.ledger
    for table in ("conflicts", "suspicions"):
        one, two = getattr(alone, table), getattr(beside, table)
        for spec in specs_of(type(one)):
            assert same(getattr(one, spec.name), getattr(two, spec.name)), spec.name


@pytest.mark.usefixtures("side_by_side")
def test_a_stop_stops_them_all(district: ProjectState) -> None:
    job = Job()
    job.cancel()
    report = run(district, job)
    assert {line.outcome for line in report.ledger.checks} == {Outcome.CANCELLED}


def test_what_threads_ask_for_at_once_is_made_once() -> None:
    class Shared:
        made = 0

        @made_once
        def thing(self) -> object:
            time.sleep(0.02)
            Shared.made += 1
            return object()

    shared, seen = Shared(), []
    threads = [threading.Thread(target=lambda: seen.append(shared.thing)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Shared.made == 1
    assert len({id(thing) for thing in seen}) == 1
