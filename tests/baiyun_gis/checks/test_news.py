"""What is new in a run, and what its conflicts have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.checks.news import news_of
from baiyun_gis.findings.compare import Change
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

GROUND = {"start_ground_m": 0.0, "end_ground_m": 0.0}


def crossing(gas_m: float, *, x: float = 30.0) -> ProjectState:
    """Gas over water, both deep enough below the ground."""
    return network(
        pipe("W1", Utility.WATER, [(0, 0, -1.6), (60, 0, -1.6)], d=0.4, **EXACT, **GROUND),
        pipe("G1", Utility.GAS, [(x, -20, gas_m), (x, 20, gas_m)], d=0.2, **EXACT, **GROUND),
    )


def test_without_an_earlier_run_nothing_is_new() -> None:
    state = crossing(-1.5)
    news = news_of(checked(state), state, last=None)
    assert news.change is None
    assert news.count(Change.NEW) == news.count(Change.GONE) == 0


def test_new_worse_better_and_gone_are_counted() -> None:
    near, nearer = checked(crossing(-1.25)), checked(crossing(-1.3))
    far = checked(crossing(-1.25, x=200.0))
    assert len(near.conflicts) == len(nearer.conflicts) == 1
    worse = news_of(nearer, crossing(-1.3), last=near)
    assert worse.count(Change.WORSE) == 1
    better = news_of(near, crossing(-1.25), last=nearer)
    assert better.count(Change.BETTER) == 1
    gone = news_of(far, crossing(-1.25, x=200.0), last=near)
    assert gone.gone == gone.count(Change.GONE) == 1
    new = news_of(near, crossing(-1.25), last=far)
    assert new.count(Change.NEW) == 1


def test_another_day_or_another_rule_set_is_not_compared() -> None:
    state = crossing(-1.25)
    report = checked(state)
    other_day = replace(report, as_of=np.datetime64("2020-01-01"))
    other_rules = replace(report, rules=replace(report.rules, edition="another"))
    for last in (other_day, other_rules):
        assert news_of(report, state, last=last).change is None


def test_conflicts_of_one_cause_are_a_group_with_its_sentence_at_hand() -> None:
    state = crossing(-1.5)
    report = checked(state)
    assert len(report.conflicts) > 1
    (group,) = news_of(report, state, last=None).groups.values()
    assert sorted(group.rows.tolist()) == list(range(len(report.conflicts)))
