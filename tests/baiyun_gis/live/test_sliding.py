"""A line slid about in the room looked at: quick, and only where nothing else can change."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from numpy.typing import ArrayLike

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.live import surroundings
from baiyun_gis.live.changes import Touched
from baiyun_gis.live.edits import differences, dragged, random_edit
from baiyun_gis.live.measured import with_long_lines
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.live.sliding import ROOM_M, Slid
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district

RULES = load_rule_set("gb50289-2016")
AS_OF = np.datetime64("2026-06-01")
W, G = Utility.WATER, Utility.GAS
EXACT = {"sigma_xy_m": 0.0, "sigma_z_m": 0.0}
G1 = Touched(pipes=np.array([1]))


@pytest.fixture
def slid(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each edit that might be a slide was one; taking a line up is none."""
    asked: list[bool] = []
    real, prepare = surroundings.slid, LiveCheck.prepare

    def prepared(live: LiveCheck, touched: Touched) -> None:
        before = len(asked)
        prepare(live, touched)
        del asked[before:]

    def noted(*args: object) -> Slid | None:
        found = real(*args)  # type: ignore[arg-type]
        asked.append(found is not None)
        return found

    monkeypatch.setattr(surroundings, "slid", noted)
    monkeypatch.setattr(LiveCheck, "prepare", prepared)
    return asked


def lines() -> ProjectState:
    return network(
        pipe("W1", W, [(0, 0, 10), (40, 0, 10)], d=0.2, **EXACT),
        pipe("G1", G, [(0, 3, 10), (20, 3.2, 10), (40, 3, 10)], d=0.2, **EXACT),
        pipe("G2", G, [(41.5, 3, 10), (80, 3, 10)], d=0.2, **EXACT),
        pipe("W9", W, [(0, 500, 10), (40, 500, 10)], d=0.2, **EXACT),
    )


def taken_up() -> LiveCheck:
    live = LiveCheck(lines(), RULES, as_of=AS_OF)
    live.prepare(G1)
    return live


def with_axis(live: LiveCheck, row: int, by: ArrayLike, level: float = 0.0) -> ProjectState:
    pipes = live.state.pipes
    part = slice(int(pipes.offsets[row]), int(pipes.offsets[row + 1]))
    xy, z = pipes.xy.copy(), pipes.axis_level.copy()
    xy[part] += np.asarray(by, dtype=float)
    z[part] += level
    return live.state.with_(pipes=pipes.with_columns(xy=xy, axis_level=z))


def same(live: LiveCheck, state: ProjectState, touched: Touched | None = G1) -> None:
    assert live.update(state, touched).why_whole is None
    assert not differences(live.report(), run_checks(state, RULES, as_of=AS_OF))


def test_a_line_slid_step_by_step_gives_what_full_runs_give(slid: list[bool]):
    live = taken_up()
    for by in ((0.0, -2.4), (0.3, 0.5), (0.0, -1.0), (-0.3, 2.9)):
        same(live, with_axis(live, 1, by))
    same(live, with_axis(live, 1, (0.0, -2.5), level=0.3))
    assert slid == [True] * 5


def test_what_is_undone_and_done_again_is_as_it_was(slid: list[bool]):
    live = taken_up()
    before, after = live.state, with_axis(live, 1, (0.0, -2.4))
    for state in (after, before, after):
        same(live, state)
    assert slid == [True] * 3


@pytest.mark.parametrize(
    ("by", "level"),
    [
        ((ROOM_M + 0.5, 0.0), 0.0),  # out of the room looked at
        ((0.0, 0.0), 9900.0),  # a stand-in for no level
        ([(0, 0), (0, 0), (1.5, 0)], 0.0),  # its end onto the end of another
        ([(0, 0), (-20, -0.2), (0, 0)], 0.0),  # a piece of no length
        ([(0, 0), (float("nan"), 0), (0, 0)], 0.0),
    ],
)
def test_what_more_than_a_place_changes_is_no_slide(slid: list[bool], by: ArrayLike, level: float):
    live = taken_up()
    state = with_axis(live, 1, by, level)
    live.update(state, G1)
    assert not any(slid)
    assert not differences(live.report(), run_checks(state, RULES, as_of=AS_OF))


def test_a_line_that_came_near_meanwhile_is_seen(slid: list[bool]):
    live = taken_up()
    live.update(with_axis(live, 3, (0.0, -495.0)))
    same(live, with_axis(live, 1, (0.0, 1.2)))
    assert not any(slid)
    assert len(live.report().conflicts)


def test_another_width_with_the_move_is_no_slide(slid: list[bool]):
    live = taken_up()
    state = with_axis(live, 1, (0.0, -2.4))
    width = state.pipes.outer_width_m.copy()
    width[1] = 0.15
    same(live, state.with_(pipes=state.pipes.with_columns(outer_width_m=width)))
    assert slid == [False]


def test_a_line_joined_to_another_is_not_slid(slid: list[bool]):
    xy = lines().pipes.xy.copy()
    xy[5] = xy[4]  # G2 begins where G1 ends
    state = lines()
    state = state.with_(pipes=state.pipes.with_columns(xy=xy))
    live = LiveCheck(state, RULES, as_of=AS_OF)
    live.prepare(G1)
    same(live, with_axis(live, 1, (0.0, -2.4)))
    assert not any(slid)


def test_a_line_drawn_off_another_and_onto_it_again_is_not_slid(slid: list[bool]):
    state = lines()
    xy = state.pipes.xy.copy()
    xy[4] = xy[5]  # G1 ends where G2 begins
    live = LiveCheck(state.with_(pipes=state.pipes.with_columns(xy=xy)), RULES, as_of=AS_OF)
    off = np.array([(0, 0), (0, 0), (-1.5, 0)])
    same(live, with_axis(live, 1, off))
    same(live, with_axis(live, 1, -off))
    same(live, with_axis(live, 1, (0.0, -2.4)))
    assert not any(slid)


def test_dragged_lines_of_a_district_give_what_full_runs_give(slid: list[bool]):
    chance = np.random.default_rng(7)
    live = LiveCheck(with_long_lines(make_district(1000, 7).state, 8, chance), RULES, as_of=AS_OF)
    for _ in range(6):
        row = len(live.state.pipes) - 1 - int(chance.integers(8))
        live.prepare(Touched(pipes=np.array([row])))
        for _ in range(4):
            live.update(dragged(live.state, row, chance), Touched(pipes=np.array([row])))
        live.update(random_edit(live.state, chance)[1])
        full = run_checks(live.state, RULES, as_of=AS_OF)
        assert not differences(live.report(with_suspicions=False), full, with_suspicions=False)
    assert sum(slid) >= 10


def test_a_line_slid_under_two_free_ends_joins_them_and_off_it_leaves_them(slid: list[bool]):
    doubt = {"sigma_xy_m": 0.2, "sigma_z_m": 0.1}
    live = LiveCheck(
        network(
            pipe("W1", W, [(-30, 0, 10), (-0.05, 0, 10)], d=0.2, **doubt),
            pipe("W3", W, [(3, -30, 10), (3, 30, 10)], d=0.2, **doubt),
            pipe("W2", W, [(0.05, 0, 10), (30, 0, 10)], d=0.2, **doubt),
        ),
        RULES,
        as_of=AS_OF,
    )
    live.prepare(G1)
    for by in (-3.0, 2.5, -2.4):
        before = live.ledger
        same(live, with_axis(live, 1, (by, 0.0)))
        assert live.ledger != before
    assert slid == [True] * 3


def test_a_vertex_near_a_flat_end_is_straight_or_bent_as_it_lies_now(slid: list[bool]):
    wide = pipe("G1", G, [(0, 4, 10), (0.4, 4, 10), (9, 4, 10), (40, 4, 10)], d=2.0, **EXACT)
    across = pipe("W1", W, [(-1.5, -20, 10), (-1.5, 30, 10)], d=0.2, **EXACT)
    live = LiveCheck(network(across, wide), RULES, as_of=AS_OF)
    live.prepare(G1)
    bent, none = [(0, 0), (0, 0.3), (0, 0), (0, 0)], (0, 0)
    back = [(0, 0), (0, -0.3), (0, 0), (0, 0)]
    for by in (none, bent, (0.2, 0.0), back, (-0.3, 0.0)):
        same(live, with_axis(live, 1, by))
    assert slid == [True] * 5
