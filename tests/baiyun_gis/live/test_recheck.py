"""Live re-checks: the same answer as a full run, by the neighbourhood alone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from builders import network, pipe

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.live.changes import Touched, touched_between
from baiyun_gis.live.edits import EDITS, differences, random_edit
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import StructureTable
from baiyun_gis.model.vocabulary import StructureKind, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.session import Session
from baiyun_gis.synthetic.district import make_district

RULES = load_rule_set("gb50289-2016")
AS_OF = np.datetime64("2026-06-01")
W, G = Utility.WATER, Utility.GAS
EXACT = {"sigma_xy_m": 0.0, "sigma_z_m": 0.0}


def quarter() -> ProjectState:
    """Some hundred pipes of a synthetic district, with the buildings near them."""
    state = make_district(1000, 3).state
    xy = state.pipes.xy[state.pipes.offsets[:-1]]
    middle = np.median(xy, axis=0)
    near = np.argsort(np.hypot(*(xy - middle).T))[:250]
    place = shapely.buffer(shapely.Point(*middle), 150.0)
    return state.with_(
        pipes=state.pipes.take(np.sort(near)),
        buildings=state.buildings.take(shapely.intersects(state.buildings.geometry, place)),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_thirty_random_edits_give_what_full_runs_give(seed: int):
    chance = np.random.default_rng(seed)
    live = LiveCheck(quarter(), RULES, as_of=AS_OF)
    by_neighbourhood = 0
    for number in range(30):
        name, state = random_edit(live.state, chance)
        by_neighbourhood += live.update(state).why_whole is None
        if number % 3 == 2:
            full = run_checks(state, RULES, as_of=AS_OF)
            assert not differences(live.report(), full), name
    assert by_neighbourhood >= 20


def test_every_kind_of_edit_is_tried():
    names = {"moved", "relevelled", "resized", "recast", "deleted", "added", "node_moved"}
    assert names | {"building_moved", "unhooked", "bent", "ended"} == set(EDITS)


def two_lines(apart_m: float) -> ProjectState:
    return network(
        pipe("W1", W, [(0, 0, 10), (40, 0, 10)], d=0.2, **EXACT),
        pipe("G1", G, [(0, apart_m, 10), (40, apart_m, 10)], d=0.2, **EXACT),
        pipe("W9", W, [(0, 500, 10), (40, 500, 10)], d=0.2, **EXACT),
    )


def test_a_delta_holds_what_went_and_what_came():
    live = LiveCheck(two_lines(3.0), RULES, as_of=AS_OF, only=["horizontal_clearance"])
    near = two_lines(0.5)
    state = live.state.with_(pipes=live.state.pipes.with_columns(xy=near.pipes.xy))
    came = live.update(state)
    assert came.why_whole is None
    assert came.came.check.tolist() == ["horizontal_clearance"]
    assert len(came.gone) == 0
    assert came.checked == 2
    back = live.update(two_lines(3.0))
    assert len(back.gone) == 1
    assert live.ledger.closes


def test_a_line_taken_up_is_checked_once_a_move_with_the_same_answer(
    monkeypatch: pytest.MonkeyPatch,
):
    from baiyun_gis.checks.collision import CollisionCheck

    ran: list[int] = []
    run = CollisionCheck.run
    monkeypatch.setattr(CollisionCheck, "run", lambda *args: ran.append(1) or run(*args))
    live = LiveCheck(two_lines(3.0), RULES, as_of=AS_OF)
    live.prepare(Touched(pipes=np.array([1])))
    ran.clear()
    states = [
        live.state.with_(pipes=live.state.pipes.with_columns(xy=two_lines(apart_m).pipes.xy))
        for apart_m in (2.0, 0.5, 1.5, 0.3)
    ]
    for state in states:
        assert live.update(state, Touched(pipes=np.array([1]))).why_whole is None
        report = live.report()
        ran.pop()
        assert not ran
        assert not differences(report, run_checks(state, RULES, as_of=AS_OF))
        ran.clear()


def test_what_was_said_is_forgotten_where_something_else_changed():
    live = LiveCheck(two_lines(3.0), RULES, as_of=AS_OF)
    live.prepare(Touched(pipes=np.array([1])))
    pipes = live.state.pipes
    width = pipes.outer_width_m.copy()
    width[0] = 1.2
    live.update(live.state.with_(pipes=pipes.with_columns(outer_width_m=width)))
    state = live.state.with_(pipes=live.state.pipes.with_columns(xy=two_lines(0.7).pipes.xy))
    live.update(state, Touched(pipes=np.array([1])))
    assert not differences(live.report(), run_checks(state, RULES, as_of=AS_OF))


def test_a_line_turned_alongside_another_changes_how_that_one_is_compared():
    def fork(to_y: float) -> ProjectState:
        return network(
            pipe("W1", W, [(0, 0, 10), (60, 0, 10)], d=0.2, **EXACT),
            pipe("W2", W, [(0, 0, 10), (50, to_y, 10)], d=0.2, **EXACT),
            pipe("G1", G, [(30, -20, 10), (30, 20, 10)], d=0.2, **EXACT),
        )

    live = LiveCheck(fork(40.0), RULES, as_of=AS_OF)
    for to_y in (3.0, 40.0, -2.0):
        xy = fork(to_y).pipes.xy
        state = live.state.with_(pipes=live.state.pipes.with_columns(xy=xy))
        assert live.update(state).why_whole is None
        assert not differences(live.report(), run_checks(state, RULES, as_of=AS_OF))


def test_what_was_touched_can_be_told_or_is_found():
    before, after = two_lines(3.0), two_lines(0.5)
    found = touched_between(before, after)
    assert isinstance(found, Touched)
    assert found.pipes.tolist() == [1]
    kept = touched_between(before, before.with_(pipes=before.pipes.take(np.array([0, 2]))))
    assert isinstance(kept, Touched)
    assert (kept.pipes.tolist(), kept.gone.tolist()) == ([], [1])


def test_reordered_rows_are_checked_as_a_whole_and_it_says_so():
    live = LiveCheck(two_lines(0.5), RULES, as_of=AS_OF)
    turned = live.state.with_(pipes=live.state.pipes.take(np.array([2, 1, 0])))
    assert live.update(turned).why_whole is not None
    assert not differences(live.report(), run_checks(turned, RULES, as_of=AS_OF))


def test_a_check_that_looks_at_everything_is_run_on_everything(monkeypatch: pytest.MonkeyPatch):
    from baiyun_gis.plugins import CHECKS

    live = LiveCheck(two_lines(3.0), RULES, as_of=AS_OF)
    monkeypatch.setattr(type(CHECKS.get("collision")), "is_local", False, raising=False)
    assert live.update(two_lines(0.5)).why_whole is not None


def test_a_session_rechecks_what_was_edited():
    session = Session(two_lines(3.0))
    live = session.live_check()
    session.apply(live_label(), two_lines(0.5).with_(meta=session.state.meta))
    report = session.recheck(live)
    assert report.revision == session.state.revision
    assert "horizontal_clearance" in report.conflicts.check.tolist()


def live_label():
    from baiyun_gis.language import msg

    return msg("Import {names}", names="x")


def same_after(live: LiveCheck, state: ProjectState) -> None:
    assert live.update(state).why_whole is None
    assert not differences(live.report(), run_checks(state, RULES, as_of=AS_OF))


def test_a_line_that_ends_in_a_chamber_says_how_deep_it_is_for_those_passing():
    from check_cases import chambers

    sewer = pipe("S1", Utility.SEWAGE, [(-40, 0, 7.5), (0, 0, 7.5)], d=0.3, end_node=0, **EXACT)
    gas = pipe("G1", G, [(-10, 0.2, 8), (10, 0.2, 8)], d=0.2, **EXACT)
    node = chambers(["m"], [(0, 0)], ground_m=10.0, bottom_m=float("nan"))
    live = LiveCheck(network(sewer, gas, nodes=node), RULES, as_of=AS_OF)
    assert "chamber" in live.report().conflicts.check.tolist()
    for level in (9.6, 7.5):
        z = live.state.pipes.axis_level.copy()
        z[:2] = level
        same_after(live, live.state.with_(pipes=live.state.pipes.with_columns(axis_level=z)))


def test_a_line_moved_from_under_two_free_ends_leaves_them_unjoined():
    doubt = {"sigma_xy_m": 0.2, "sigma_z_m": 0.1}
    state = network(
        pipe("W1", W, [(-30, 0, 10), (-0.05, 0, 10)], d=0.2, **doubt),
        pipe("W2", W, [(0.05, 0, 10), (30, 0, 10)], d=0.2, **doubt),
        pipe("W3", W, [(0, -30, 10), (0, 30, 10)], d=0.2, **doubt),
    )
    live = LiveCheck(state, RULES, as_of=AS_OF)
    for by in (6.0, -6.0):
        xy = live.state.pipes.xy.copy()
        xy[4:6, 0] += by
        before = live.ledger
        same_after(live, live.state.with_(pipes=live.state.pipes.with_columns(xy=xy)))
        assert live.ledger != before


ROADS = [
    (StructureKind.CARRIAGEWAY, StructureKind.FOOTWAY),
    (StructureKind.PIPE_RACK, StructureKind.CARRIAGEWAY),
]


@pytest.mark.parametrize(("before", "after"), ROADS)
def test_the_only_carriageway_that_comes_or_goes_matters_far_off(
    before: StructureKind, after: StructureKind
):
    def city(kind: StructureKind) -> ProjectState:
        lines = [
            pipe(f"p{k}", Utility.SEWAGE, [(300 * k, 0, 0), (300 * k + 20, 0, 0)],
                 start_ground_m=0.8, end_ground_m=0.8)
            for k in range(4)
        ]  # fmt: skip
        shape = np.array([shapely.box(-5, -5, 30, 5)], dtype=object)
        road = StructureTable.build(
            1, id=text_array(["s"]), geometry=shape, kind=np.array([kind], np.int8)
        )
        return network(*lines, structures=road)

    live = LiveCheck(city(before), RULES, as_of=AS_OF)
    state = live.state.with_(structures=city(after).structures)
    assert live.update(state).why_whole is not None
    assert not differences(live.report(), run_checks(state, RULES, as_of=AS_OF))
