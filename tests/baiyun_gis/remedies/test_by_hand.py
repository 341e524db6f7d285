"""A line moved by hand: what moves, and that its checks say what a full run says."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.live.edits import differences
from baiyun_gis.live.measured import with_long_lines
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.model.columns import I64
from baiyun_gis.model.topology import topology_of
from baiyun_gis.model.vocabulary import NodeKind, Status
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.by_hand import Grip, LineInHand, grip_of
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district

RULES = load_rule_set("gb50289-2016")
AS_OF = np.datetime64("2026-06-01")


@pytest.fixture(scope="module")
def state() -> ProjectState:
    """A district with ten lines of ten pieces that are joined to nothing."""
    return with_long_lines(make_district(2_000, 3).state, 10, np.random.default_rng(3))


def grip(state: ProjectState, row: int) -> Grip:
    return grip_of(state, topology_of(state.pipes), row)


def planned_run(state: ProjectState) -> tuple[ProjectState, I64]:
    """The longest run as a planned line of several pipes, joined at plain points of its own."""
    runs = topology_of(state.pipes).run
    rows = np.flatnonzero(runs == np.bincount(runs).argmax())
    status = state.pipes.status.copy()
    status[rows] = Status.PLANNED
    ends = np.concatenate([state.pipes.start_node[rows], state.pipes.end_node[rows]])
    kind, is_chamber = state.nodes.kind.copy(), state.nodes.is_chamber.copy()
    kind[ends[ends >= 0]], is_chamber[ends[ends >= 0]] = NodeKind.POINT, False
    nodes = state.nodes.with_columns(kind=kind, is_chamber=is_chamber)
    return state.with_(pipes=state.pipes.with_columns(status=status), nodes=nodes), rows


def naming(found: ConflictTable, rows: I64) -> ConflictTable:
    """Findings of a report that name any of the pipes."""
    a = (found.a_table == "pipes") & np.isin(found.a_row, rows)
    b = (found.b_table == "pipes") & np.isin(found.b_row, rows)
    return found.take(np.flatnonzero(a | b))


def test_a_line_joined_to_nothing_moves_whole(state: ProjectState) -> None:
    row = len(state.pipes) - 1
    held = grip(state, row)
    first, last = state.pipes.offsets[row], state.pipes.offsets[row + 1]
    assert held.rows.tolist() == [row]
    assert held.vertices.tolist() == list(range(first, last))
    by = np.array([1.5, -0.5])
    after = held.laid_down(state, by)
    moved = after.pipes.xy - state.pipes.xy
    np.testing.assert_allclose(moved[first:last], np.tile(by, (last - first, 1)), atol=1e-9)
    assert not moved[:first].any()
    assert "moved by hand +1.500 m east, -0.500 m north" in after.pipes.lineage[row]


def test_a_piece_between_two_joints_stays_and_says_why(state: ProjectState) -> None:
    degree = topology_of(state.pipes)
    ends = degree.joint_degree[degree.joint].reshape(-1, 2)
    row = int(np.flatnonzero((ends > 1).all(axis=1) & (np.diff(state.pipes.offsets) == 2))[0])
    with pytest.raises(UsageError, match=str(state.pipes.id[row])):
        grip(state, row)


@pytest.mark.parametrize("has_vertices", [True, False])
def test_a_line_without_coordinates_is_not_moved_and_says_why(
    state: ProjectState, has_vertices: bool
) -> None:
    pipes = state.pipes
    first = int(pipes.offsets[-2])
    xy, level, offsets = pipes.xy.copy(), pipes.axis_level, pipes.offsets.copy()
    xy[first:] = np.nan
    if not has_vertices:
        xy, level, offsets[-1] = xy[:first], level[:first], first
    bare = state.with_(pipes=pipes.with_columns(xy=xy, axis_level=level, offsets=offsets))
    with pytest.raises(UsageError, match="no coordinates"):
        grip(bare, len(pipes) - 1)


def test_an_end_at_a_chamber_stays_and_the_free_end_moves(state: ProjectState) -> None:
    row = len(state.pipes) - 1
    node = int(np.flatnonzero(state.nodes.is_chamber)[0])
    start = state.pipes.start_node.copy()
    start[row] = node
    held = grip(state.with_(pipes=state.pipes.with_columns(start_node=start)), row)
    first = int(state.pipes.offsets[row])
    assert first not in held.vertices
    assert len(held.vertices) == 10
    assert not len(held.nodes)


def test_a_piece_that_another_line_ends_on_stays(state: ProjectState) -> None:
    row = len(state.pipes) - 1
    pipes = state.pipes
    first = int(pipes.offsets[row])
    on_third = (pipes.xy[first + 2] + pipes.xy[first + 3]) / 2
    like = pipes.take(np.array([row]))
    branch = like.with_columns(
        id=np.array(["branch"], dtype=object),
        offsets=np.array([0, 2]),
        xy=np.stack([on_third, on_third + np.array([0.0, 9.0])]),
        axis_level=like.axis_level[:2],
    )
    state = state.with_(pipes=type(pipes).concat([pipes, branch]))
    left = set(range(first, first + 11)) - set(grip(state, row).vertices.tolist())
    assert left == {first + 2, first + 3}


def test_a_planned_line_moves_with_the_planned_pipes_it_goes_on_in(state: ProjectState) -> None:
    state, rows = planned_run(state)
    held = grip(state, int(rows[len(rows) // 2]))
    assert set(held.rows.tolist()) <= set(rows.tolist())
    assert len(held.rows) > 1
    by = np.array([0.4, 0.3])
    after = held.laid_down(state, by)
    # Pipes of the line that met still meet, and their points went along.
    for node in held.nodes:
        np.testing.assert_allclose(after.nodes.xy[node] - state.nodes.xy[node], by, atol=1e-9)
    ends = topology_of(after.pipes).joint_degree
    assert np.bincount(ends).tolist() == np.bincount(topology_of(state.pipes).joint_degree).tolist()


@pytest.mark.parametrize("is_planned_run", [False, True])
def test_every_step_says_what_a_full_run_says(state: ProjectState, is_planned_run: bool) -> None:
    row = len(state.pipes) - 2
    if is_planned_run:
        state, rows = planned_run(state)
        row = int(rows[0])
        if not _has_grip(state, row):
            row = next(int(r) for r in rows if _has_grip(state, int(r)))
    live = LiveCheck(state, RULES, as_of=AS_OF)
    hand = LineInHand(live, state, row)
    assert hand.is_tested
    start = naming(run_checks(state, RULES, as_of=AS_OF).conflicts, hand.grip.rows)
    assert len(hand.before) == len(start)
    for by in ([0.4, 0.1], [1.3, 0.6], [6.0, -2.0], [0.4, 0.1]):
        found = hand.at(np.array(by))
        full = run_checks(live.state, RULES, as_of=AS_OF)
        there = naming(full.conflicts, hand.grip.rows)
        assert sorted(found.check.tolist()) == sorted(there.check.tolist())
        np.testing.assert_allclose(
            np.sort(found.actual_m), np.sort(there.actual_m), atol=1e-6, equal_nan=True
        )
        assert not differences(live.report(), full)
    live.update(state)
    assert not differences(live.report(), run_checks(state, RULES, as_of=AS_OF))


def _has_grip(state: ProjectState, row: int) -> bool:
    try:
        grip(state, row)
    except UsageError:
        return False
    return True


def test_a_line_that_is_not_there_that_day_is_not_called_checked(state: ProjectState) -> None:
    row = len(state.pipes) - 1
    begin = state.pipes.valid_from.copy()
    begin[row] = np.datetime64("2030-01-01")
    state = state.with_(pipes=state.pipes.with_columns(valid_from=begin))
    hand = LineInHand(LiveCheck(state, RULES, as_of=AS_OF), state, row)
    assert not hand.is_tested
