from __future__ import annotations

import numpy as np
from builders import network, pipe

from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, NodeTable, PermitTable
from baiyun_gis.model.vocabulary import Status, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive, as_of, span
from baiyun_gis.time.timeline import Timeline

NAT = np.datetime64("NaT", "D")


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def test_a_span_holds_its_first_day_and_not_its_last() -> None:
    begin, end = days("2000-01-01"), days("2010-01-01")
    assert not alive(begin, end, day("1999-12-31"))[0]
    assert alive(begin, end, day("2000-01-01"))[0]
    assert alive(begin, end, day("2009-12-31"))[0]
    assert not alive(begin, end, day("2010-01-01"))[0]


def test_unknown_ends_are_open() -> None:
    begin, end = days("NaT", "2000-01-01", "NaT"), days("2010-01-01", "NaT", "NaT")
    assert alive(begin, end, day("1900-01-01")).tolist() == [True, False, True]
    assert alive(begin, end, day("2100-01-01")).tolist() == [False, True, True]


def test_without_a_day_everything_is_alive() -> None:
    assert alive(days("2050-01-01"), days("2051-01-01"), NAT).tolist() == [True]


def crossing_state() -> ProjectState:
    nodes = NodeTable.build(
        3,
        id=text_array(["n0", "n1", "n2"]),
        xy=np.array([[0.0, 0], [1, 0], [2, 0]]),
        valid_to=days("NaT", "2005-01-01", "NaT"),
    )
    pipes = [
        pipe(
            "old",
            Utility.WATER,
            [(0, 0, 0), (1, 0, 0)],
            start_node=0,
            end_node=1,
            valid_to=day("2005-01-01"),
        ),
        pipe(
            "new",
            Utility.WATER,
            [(0, 0, 0), (2, 0, 0)],
            start_node=0,
            end_node=2,
            valid_from=day("2005-01-01"),
        ),
        pipe("plan", Utility.GAS, [(0, 1, 0), (2, 1, 0)], status=Status.PLANNED),
        pipe(
            "dated plan",
            Utility.GAS,
            [(0, 1, 0), (2, 1, 0)],
            status=Status.PLANNED,
            valid_from=day("2030-01-01"),
        ),
    ]
    return network(*pipes, nodes=nodes)


def test_pipes_follow_their_nodes_when_nodes_go() -> None:
    then = as_of(crossing_state(), day("2005-01-01"))
    assert then.pipes.id.tolist() == ["new", "plan"]
    assert then.nodes.id.tolist() == ["n0", "n2"]
    assert then.pipes.start_node.tolist() == [0, -1]
    assert then.pipes.end_node.tolist() == [1, -1]


def test_a_pipe_whose_node_is_gone_refers_to_none() -> None:
    state = crossing_state()
    kept = state.with_(pipes=state.pipes.with_columns(valid_to=np.full(4, NAT)))
    assert as_of(kept, day("2006-01-01")).pipes.end_node[0] == -1


def test_a_planned_line_without_a_date_is_always_there() -> None:
    state = crossing_state()
    for year in ("1990-01-01", "2029-12-31", "2040-01-01"):
        assert "plan" in as_of(state, day(year)).pipes.id.tolist()
    assert "dated plan" not in as_of(state, day("2029-12-31")).pipes.id.tolist()
    assert "dated plan" in as_of(state, day("2030-01-01")).pipes.id.tolist()


def test_an_expired_permit_stays_as_evidence() -> None:
    permits = PermitTable.build(1, id=text_array(["p"]), valid_to=days("2001-01-01"))
    state = ProjectState(permits=permits)
    assert len(as_of(state, day("2020-01-01")).permits) == 1


def test_no_day_gives_the_very_same_state() -> None:
    state = crossing_state()
    assert as_of(state, NAT) is state


def test_the_span_reaches_from_the_first_to_the_last_change() -> None:
    state = crossing_state().with_(buildings=BuildingTable.build(1, first_seen=days("1998-05-01")))
    assert span(state) == (day("1998-05-01"), day("2030-01-01"))
    assert np.isnat(span(ProjectState())[0])


def test_the_timeline_steps_through_changes_and_stays_within() -> None:
    timeline = Timeline()
    timeline.follow(crossing_state())
    seen: list[str] = []
    timeline.moved.connect(lambda now: seen.append(str(now)))
    for count in (1, 1, 1, -1, -1):
        timeline.step(count)
    assert seen == ["2005-01-01", "2030-01-01", "2005-01-01"]
    timeline.move_to(NAT)
    assert np.isnat(timeline.now)
