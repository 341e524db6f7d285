"""Lines that touch and run on alongside each other, edited: the same answer as a full run."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from oracle.random_forks import random_forks

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.live.changes import Touched
from baiyun_gis.live.edits import EDITS, differences
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set

RULES = load_rule_set("gb50289-2016")
DAY = np.datetime64("2026-06-01")
S, G = Utility.SEWAGE, Utility.GAS
OF_PIPES = ("moved", "relevelled", "resized", "recast", "deleted", "added", "bent", "ended")
EXACT = {"sigma_xy_m": 0.0, "sigma_z_m": 0.0}


def fork(gap_m: float, to_y: float) -> ProjectState:
    return network(
        pipe("S1", S, [(0, 0, 7), (60, 0, 6.8)], d=0.5, **EXACT),
        pipe("S2", S, [(gap_m, 0, 7), (60, to_y, 6.8)], d=0.5, **EXACT),
        pipe("G1", G, [(30, -20, 6.9), (30, 20, 6.9)], d=0.2, **EXACT),
    )


def test_an_end_drawn_to_another_line_and_away_again():
    live = LiveCheck(fork(0.005, 40.0), RULES, as_of=DAY)
    live.prepare(Touched(pipes=np.array([1])))
    clashes: list[int] = []
    for gap_m, to_y in (
        (0.005, 1.5),
        (0.2, 1.5),
        (0.2, 40.0),
        (0.0, 1.5),
        (0.005, 1.2),
        (2.0, 2.5),
    ):
        xy = fork(gap_m, to_y).pipes.xy
        state = live.state.with_(pipes=live.state.pipes.with_columns(xy=xy))
        assert live.update(state, Touched(pipes=np.array([1]))).why_whole is None
        full = run_checks(state, RULES, as_of=DAY)
        assert not differences(live.report(), full), (gap_m, to_y)
        of_two = (full.conflicts.check == "collision") & (full.conflicts.a_id == "S1")
        clashes.append(int((of_two & (full.conflicts.b_id == "S2")).sum()))
    assert clashes[0] == clashes[1] == clashes[4] == 1
    assert clashes[2] == 0


@pytest.mark.parametrize("seed", [3, 4])
def test_random_edits_among_forks_give_what_full_runs_give(seed: int):
    chance = np.random.default_rng(seed)
    state, _ = random_forks(seed, 60)
    live = LiveCheck(state, RULES, as_of=DAY)
    by_neighbourhood = 0
    for number in range(40):
        name = str(chance.choice(OF_PIPES))
        state = EDITS[name](live.state, chance)
        by_neighbourhood += live.update(state).why_whole is None
        if number % 2:
            assert not differences(live.report(), run_checks(state, RULES, as_of=DAY)), name
    assert by_neighbourhood > 20


@pytest.mark.parametrize("seed", [5, 6])
def test_small_moves_of_one_line_of_a_fork_give_what_full_runs_give(seed: int):
    chance = np.random.default_rng(seed)
    state, _ = random_forks(seed, 40)
    live = LiveCheck(state, RULES, as_of=DAY)
    for number in range(60):
        pipes = live.state.pipes
        row = int(chance.integers(len(pipes)))
        vertices = slice(int(pipes.offsets[row]), int(pipes.offsets[row + 1]))
        xy = pipes.xy.copy()
        one_end = chance.random() < 0.5
        step = chance.normal(0, 0.1, 2)
        xy[vertices.start if one_end else vertices] += step
        state = live.state.with_(pipes=pipes.with_columns(xy=xy))
        live.update(state, Touched(pipes=np.array([row])))
        if number % 2:
            assert not differences(live.report(), run_checks(state, RULES, as_of=DAY)), row
