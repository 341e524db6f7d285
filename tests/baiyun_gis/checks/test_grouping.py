"""Conflicts with one cause are one group; conflicts with several are not."""

from __future__ import annotations

import time

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.grouping import conflict_groups, groups_of
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.groups import CauseKind, ConflictGroup, group_sentence
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.topology import topology_of
from baiyun_gis.model.vocabulary import Status, Utility, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.shifts import shifted

DAY = np.datetime64("2025-01-01")


def crossed(levels: list[float], *, pitch_m: float = 40.0, **columns: object) -> ProjectState:
    """A water main of pipes 40 m long at −1 m, crossed in the middle of each by a telecom line."""
    mains, lines = [], []
    for n, level in enumerate(levels):
        x = n * pitch_m
        mains.append(
            pipe(f"w{n}", Utility.WATER, [(x, 0, -1), (x + pitch_m, 0, -1)], **EXACT, **columns)
        )
        middle = x + pitch_m / 2
        ends = [(middle, -9, level), (middle, 9, level)]
        lines.append(pipe(f"t{n}", Utility.TELECOM, ends, d=0.1, **EXACT))
    return network(*mains, *lines)


def groups(state: ProjectState) -> tuple[ConflictGroup, ...]:
    report = checked(state, "collision", "vertical_clearance")
    found = conflict_groups(report.conflicts, state)
    assert sum(len(g.rows) for g in found) <= len(report.conflicts)
    return found


def test_a_main_that_lies_too_high_under_several_lines_is_one_group():
    (group,) = groups(crossed([-0.9, -0.85, -0.8, -0.9]))
    assert group.kind is CauseKind.LINE
    assert (group.first, group.last) == ("w0", "w3")
    assert group.move_m < 0
    sentence = group_sentence(group)
    assert f"lies {-group.move_m:.2f} m too high, between pipes w0 and w3" in sentence.text("en")
    assert "w0" in sentence.text("zh")
    assert sentence.text("zh") != sentence.text("en")


def test_conflicts_of_a_long_main_that_ask_for_opposite_ways_stay_apart():
    found = groups(crossed([-0.85, -1.15, -0.85, -1.15]))
    assert {g.kind for g in found} == {CauseKind.PAIR}
    assert len(found) == 4


def test_two_conflicts_far_apart_on_one_main_stay_apart():
    found = groups(crossed([-0.85, -9, -9, -9, -9, -0.85]))
    assert [g.kind for g in found] == [CauseKind.PAIR] * 2


def test_a_planned_line_and_all_in_its_way_is_one_decision():
    state = crossed([-0.85, -1.15, -9, -9, -0.85, -1.15], status=Status.PLANNED)
    (group,) = groups(state)
    assert group.kind is CauseKind.PLANNED


def test_one_wrong_level_at_a_point_of_several_runs_is_one_group():
    # three mains meet at a tee whose level was written down 0.6 m too low
    arms = [
        pipe("a", Utility.WATER, [(-40, 0, -1), (0, 0, -1.6)], **EXACT),
        pipe("b", Utility.WATER, [(0, 0, -1.6), (40, 0, -1)], **EXACT),
        pipe("c", Utility.WATER, [(0, 0, -1.6), (0, 40, -1)], **EXACT),
    ]
    lines = [
        pipe("t0", Utility.TELECOM, [(-4, -9, -1.75), (-4, 5, -1.75)], d=0.1, **EXACT),
        pipe("t1", Utility.TELECOM, [(4, -9, -1.75), (4, -1, -1.75)], d=0.1, **EXACT),
        pipe("t2", Utility.TELECOM, [(-1, 4, -1.75), (9, 4, -1.75)], d=0.1, **EXACT),
    ]
    (group,) = groups(network(*arms, *lines))
    assert group.kind is CauseKind.POINT
    assert group.move_m == pytest.approx(0.6)


def test_what_waits_for_one_unknown_level_is_one_group():
    state = crossed([np.nan, np.nan])
    main = state.pipes.with_columns(
        axis_level=np.where(np.arange(8) < 2, np.nan, np.where(np.arange(8) < 4, -9, -1.0))
    )
    more = pipe("t9", Utility.TELECOM, [(5, -9, -1), (5, 9, -1)], d=0.1, **EXACT)
    state = network(main, more)
    (group,) = groups(state)
    assert (group.kind, group.first) == (CauseKind.UNKNOWN_LEVEL, "w0")


def test_group_ids_do_not_depend_on_the_order_of_the_pipes_or_the_run():
    state = crossed([-0.9, -0.85, -0.8, -0.9])
    again = checked(state, "collision", "vertical_clearance").conflicts
    assert set(again.group) == {g.id for g in conflict_groups(again, state)}
    more = network(state.pipes, pipe("far", Utility.GAS, [(0, 900, -1), (9, 900, -1)], **EXACT))
    assert set(checked(more, "collision", "vertical_clearance").conflicts.group) == set(again.group)


@pytest.mark.parametrize("rise_m", [-0.6, 0.6])
def test_a_run_of_a_district_moved_as_a_whole_is_one_group(rise_m: float):
    state, rules = make_district(4_000, 11).state, load_rule_set("gb50289-2016")
    before = set(run_checks(state, rules, as_of=DAY).conflicts.id)
    topology = topology_of(state.pipes)
    size = np.bincount(topology.run, minlength=len(state.pipes))
    seen = 0
    for run in np.random.default_rng(4).choice(np.flatnonzero(size >= 4), 5, replace=False):
        moved = state.with_(
            pipes=shifted(state.pipes, np.flatnonzero(topology.run == run), rise_m=rise_m)
        )
        conflicts = run_checks(moved, rules, as_of=DAY).conflicts
        new = np.array([name not in before for name in conflicts.id])
        new &= conflicts.verdict >= Verdict.POSSIBLE
        assert len(set(conflicts.group[new])) <= 1
        seen += int(new.sum() > 1)
    assert seen >= 1


def test_grouping_many_conflicts_is_quick():
    state = crossed([-0.85] * 1500, pitch_m=40.0)
    count = 100_000
    a, b = np.arange(count) % 1500, 1500 + (np.arange(count) * 7) % 1500
    conflicts = ConflictTable.build(
        count,
        check="vertical_clearance",
        a_table="pipes",
        b_table="pipes",
        a_row=a,
        b_row=b,
        a_id=state.pipes.id[a],
        b_id=state.pipes.id[b],
        required_m=0.15,
        actual_m=-0.1,
        shortfall_m=0.25,
        at=np.column_stack([a * 40.0 + 20, np.zeros(count), np.full(count, -1.0)]),
    )
    topology = topology_of(state.pipes)
    groups_of(conflicts, state, topology)
    begun = time.perf_counter()
    names = groups_of(conflicts, state, topology)
    assert time.perf_counter() - begun < 2.0  # a tenth of that where nothing else runs
    assert len(names) == count
    assert set(text_array(names)) != {""}
