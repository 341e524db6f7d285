"""Ways out: who gives way, how little, and that every proposal holds when checked anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import EXACT, checked, found, gb
from oracle.random_crossings import random_crossing

from baiyun_gis.errors import UsageError
from baiyun_gis.language import msg
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.topology import topology_of
from baiyun_gis.model.vocabulary import Burial, Material, NodeKind, Status, Utility, Verdict
from baiyun_gis.project import Document, ProjectState
from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.moves import Axis
from baiyun_gis.remedies.propose import remedies_for
from baiyun_gis.remedies.remedy import NoWay, Proposal, Remedy, with_remedy
from baiyun_gis.remedies.rows import Grade, Row, Target, judged
from baiyun_gis.remedies.sentences import in_words
from baiyun_gis.remedies.several import rows_to_settle, settled_one_by_one
from baiyun_gis.remedies.yielding import YieldRule, yielders

GROUND = {"start_ground_m": 0.0, "end_ground_m": 0.0}
NEW = {"status": Status.PLANNED, **GROUND}


def water(y: float = 0.0, z: float = -1.6, name: str = "W1", **columns: object) -> PipeTable:
    return pipe(name, Utility.WATER, [(0, y, z), (60, y, z)], d=0.4, **EXACT, **GROUND, **columns)


def gas_across(z: float = -1.5, **columns: object) -> PipeTable:
    return pipe("G1", Utility.GAS, [(30, -20, z), (30, 20, z)], d=0.2, **(EXACT | NEW | columns))


def way_out(state: ProjectState, check: str, limits: Limits | None = None) -> Remedy:
    report = checked(state)
    row = int(np.flatnonzero(report.conflicts.check == check)[0])
    return remedies_for(report, state, gb(), [row], limits=limits)[0]


def proposed(state: ProjectState, check: str, limits: Limits | None = None) -> Proposal:
    remedy = way_out(state, check, limits)
    assert isinstance(remedy, Proposal), in_words(remedy, "en")
    return remedy


def test_a_planned_line_rises_to_exactly_the_clearance() -> None:
    # Walls: water's top at -1.4; gas needs 0.15 m above it, so its axis at -1.15: 0.35 up. Down
    # it would have to go below the water main.
    proposal = proposed(network(water(), gas_across()), "vertical_clearance")
    assert proposal.axis is Axis.VERTICAL
    assert proposal.amount_m == pytest.approx(0.349, abs=0.0011)
    assert proposal.grade is Grade.CLEARS


@pytest.mark.parametrize("most_m", [0.5, 1.0, 2.0])
def test_a_larger_limit_never_loses_a_way(most_m: float) -> None:
    # 2.5 m to either side of the water main another lies 0.16 m above the gas line and one as
    # near below it: only a hump with short ramps passes between them.
    tight = 0.2 + 0.1 + 0.16
    beside = [
        pipe(name, Utility.WATER, [(0, y, z), (60, y, z)], d=0.4, **EXACT, **GROUND)
        for name, y, z in (
            ("A", -2.5, -1.5 + tight),
            ("B", 2.5, -1.5 + tight),
            ("C", -2.5, -1.5 - tight),
            ("D", 2.5, -1.5 - tight),
        )
    ]
    state = network(water(), gas_across(), *beside)
    proposal = proposed(state, "vertical_clearance", Limits(max_move_m=most_m))
    assert proposal.amount_m == pytest.approx(0.349, abs=0.0011)


def test_the_project_with_the_remedy_has_no_conflict_left() -> None:
    state = network(water(), gas_across())
    after = with_remedy(state, proposed(state, "vertical_clearance"))
    assert len(checked(after).conflicts) == 0


def test_an_applied_remedy_can_be_undone() -> None:
    state = network(water(), gas_across())
    document = Document(state)
    document.apply(msg("Way out"), with_remedy(state, proposed(state, "vertical_clearance")))
    assert "to settle conflict" in document.state.pipes.lineage[1]
    assert document.state.pipes.lineage[0] == ""
    document.undo()
    assert document.state.pipes is state.pipes


def test_cover_and_order_stand_in_the_way_and_are_named() -> None:
    # The way up leaves 0.8 m of cover, the way down puts gas under water.
    remedy = way_out(network(water(z=-1.35), gas_across(z=-1.25)), "vertical_clearance")
    assert isinstance(remedy, NoWay)
    words = in_words(remedy, "en")
    assert "Up or left, moves that would do cause: Cover" in words
    assert "Vertical order" in words


def shallow(start: float, stop: float, short: float) -> Row:
    return Row(
        "cover", ("pipes", 0), ("", -1), ("water", "P1"), ("", ""), Verdict.CERTAIN,
        violated=True, probability=1.0, shortfall_m=short, actual_m=0.7 - short, required_m=0.7,
        at=(0.0, start), rule=None, stretch=(start, stop),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("after", "count"),
    [
        ([shallow(0, 38, 0.2), shallow(42, 80, 0.2)], 0),
        ([shallow(0, 38, 0.2), shallow(42, 80, 0.3)], 1),
        ([shallow(0, 80, 0.2), shallow(90, 95, 0.1)], 1),
    ],
    ids=["cut in two", "one piece deeper in", "beyond"],
)
def test_pieces_of_a_shallow_stretch_are_new_only_beyond_it(after: list[Row], count: int) -> None:
    chain: Any = None  # no row is of the conflict itself, so nobody asks where it lies
    target = Target("collision", frozenset(), chain, (0.0, 0.0))
    assert len(judged(after, [shallow(0, 80, 0.2)], target).worse) == count


def test_a_move_beyond_the_largest_is_no_way() -> None:
    state = network(water(), gas_across())
    assert isinstance(way_out(state, "vertical_clearance", Limits(max_move_m=0.34)), NoWay)
    assert isinstance(way_out(state, "vertical_clearance", Limits(max_move_m=0.35)), Proposal)


def test_ends_that_are_joined_stay() -> None:
    gas = pipe("G1", Utility.GAS, [(30, -20, -1.5), (30, 20, -1.5)], d=0.2, **(EXACT | NEW))
    more = pipe("G2", Utility.GAS, [(30, 20, -1.5), (50, 40, -1.5)], d=0.2, **(EXACT | GROUND))
    state = network(water(y=17.0), gas, more)
    after = with_remedy(state, proposed(state, "vertical_clearance"))
    last = after.pipes.offsets[2] - 1
    assert after.pipes.axis_level[last] == -1.5
    assert after.pipes.axis_level[after.pipes.offsets[2]] == -1.5


def test_a_conflict_at_a_fixed_end_has_no_way() -> None:
    gas = pipe("G1", Utility.GAS, [(30, -20, -1.5), (30, 0.1, -1.5)], d=0.2, **(EXACT | NEW))
    more = pipe("G2", Utility.GAS, [(30, 0.1, -1.5), (30, 40, -1.5)], d=0.2, **(EXACT | GROUND))
    remedy = way_out(network(water(), gas, more), "vertical_clearance")
    assert isinstance(remedy, NoWay)


def test_planned_pipes_of_one_run_move_together_with_their_node() -> None:
    nodes = NodeTable.build(
        1, id=text_array(["n1"]), xy=np.array([[30.0, 0.0]]), kind=NodeKind.POINT, level_m=-1.4
    )
    one = pipe(
        "G1", Utility.GAS, [(30, -20, -1.5), (30, 0, -1.5)], d=0.2, end_node=0, **(EXACT | NEW)
    )
    two = pipe(
        "G2", Utility.GAS, [(30, 0, -1.5), (30, 20, -1.5)], d=0.2, start_node=0, **(EXACT | NEW)
    )
    state = network(water(), one, two, nodes=nodes)
    proposal = proposed(state, "vertical_clearance")
    after = with_remedy(state, proposal)
    assert after.nodes.level_m[0] == pytest.approx(-1.4 + proposal.amount_m)
    assert len(checked(after).conflicts) == 0


def test_a_drain_keeps_falling_the_same_way() -> None:
    drain = pipe(
        "S1", Utility.SEWAGE, [(30, -20, -1.5), (30, 20, -1.9)], d=0.3,
        burial=Burial.CONDUIT, **(EXACT | NEW),
    )  # fmt: skip
    state = network(water(z=-1.7, y=0.0), drain)
    remedy = way_out(state, "collision", Limits(max_move_m=3.0))
    assert isinstance(remedy, Proposal), in_words(remedy, "en")
    level = with_remedy(state, remedy).pipes.axis_level[2:]
    assert (np.diff(level) < 0).all()


def test_a_line_too_near_is_shifted_aside() -> None:
    one = pipe("P1", Utility.POWER, [(0, 0, -1), (60, 0, -1)], d=0.1, **EXACT, **GROUND)
    two = pipe("T1", Utility.TELECOM, [(0, 0.4, -1), (60, 0.4, -1)], d=0.1, **(EXACT | NEW))
    state = network(one, two)
    proposal = proposed(state, "horizontal_clearance")
    assert proposal.axis is Axis.LATERAL
    assert proposal.heading == pytest.approx(0.0, abs=1e-6)
    assert found(checked(with_remedy(state, proposal)), "horizontal_clearance") == []


def test_a_way_that_would_hit_another_line_is_not_taken() -> None:
    planned = pipe("W1", Utility.WATER, [(30, -20, -1.6), (30, 20, -1.6)], d=0.2, **(EXACT | NEW))
    main = pipe("H1", Utility.HEAT, [(0, 0, -1.5), (60, 0, -1.5)], d=0.3, **EXACT, **GROUND)
    below = pipe("H2", Utility.HEAT, [(0, 1, -1.95), (60, 1, -1.95)], d=0.3, **EXACT, **GROUND)
    free = proposed(network(planned, main), "vertical_clearance")
    state = network(planned, main, below)
    proposal = proposed(state, "vertical_clearance")
    assert abs(free.amount_m) < abs(proposal.amount_m)
    before, after = pairs_of(state), pairs_of(with_remedy(state, proposal))
    assert after <= {pair for pair in before if set(pair[1:]) != {"W1", "H1"}}


def pairs_of(state: ProjectState) -> set[tuple[str, str, str]]:
    c = checked(state).conflicts
    return set(zip(c.check.tolist(), c.a_id.tolist(), c.b_id.tolist(), strict=True))


def order(a: PipeTable, b: PipeTable) -> list[tuple[str, YieldRule, bool]]:
    pipes = PipeTable.concat([a, b])
    found_ = yielders(pipes, topology_of(pipes), 0, 1)
    return [(str(pipes.id[y.pipe]), y.rule, y.is_diversion) for y in found_]


def line(name: str, utility: Utility, **columns: object) -> PipeTable:
    return pipe(name, utility, [(0, 0, -1), (10, 0, -1)], **columns)


@pytest.mark.parametrize(
    ("a", "b", "rule"),
    [
        (line("x", Utility.WATER), line("y", Utility.STORM), YieldRule.PRESSURE),
        (
            line("x", Utility.WATER, material=Material.PE),
            line("y", Utility.WATER, material=Material.CONCRETE),
            YieldRule.FLEXIBLE,
        ),
        (line("x", Utility.WATER, d=0.1), line("y", Utility.GAS, d=0.3), YieldRule.SMALL),
        (
            line("x", Utility.WATER, note="临时管"),
            line("y", Utility.WATER),
            YieldRule.TEMPORARY,
        ),
        (
            line("x", Utility.WATER, valid_from=np.array(["2020-01-01"], dtype="datetime64[D]")),
            line("y", Utility.WATER, valid_from=np.array(["2001-01-01"], dtype="datetime64[D]")),
            YieldRule.NEWER,
        ),
    ],
)  # fmt: skip
def test_who_gives_way_between_existing_lines(a: PipeTable, b: PipeTable, rule: YieldRule) -> None:
    assert order(a, b) == [("x", rule, True)]
    assert order(b, a) == [("x", rule, True)]


def test_a_branch_gives_way_to_a_main() -> None:
    branch = pipe("x", Utility.WATER, [(0, 0, -1), (10, 0, -1)], d=0.2)
    main = pipe("y", Utility.WATER, [(4, 5, -1), (4, -5, -1)], d=0.2)
    rest = [pipe(f"m{k}", Utility.WATER, [(0, 0, -1), (0, 9.0 * k, -1)], d=0.5) for k in (-1, 1)]
    pipes = PipeTable.concat([branch, main, *rest])
    (first,) = yielders(pipes, topology_of(pipes), 1, 0)
    assert (first.pipe, first.rule) == (0, YieldRule.BRANCH)


def test_what_is_planned_gives_way_first_and_a_rule_may_name_the_other_next() -> None:
    new = line("x", Utility.SEWAGE, status=Status.PLANNED)
    assert order(new, line("y", Utility.WATER)) == [
        ("x", YieldRule.PLANNED, False),
        ("y", YieldRule.PRESSURE, True),
    ]
    assert order(line("y", Utility.SEWAGE), line("x", Utility.WATER, status=Status.PLANNED)) == [
        ("x", YieldRule.PLANNED, False)
    ]


def test_two_existing_lines_without_a_rule_have_no_way() -> None:
    other = pipe("W2", Utility.WATER, [(30, -20, -1.5), (30, 20, -1.5)], d=0.4, **EXACT, **GROUND)
    state = network(water(), other)
    remedy = way_out(state, "collision")
    assert isinstance(remedy, NoWay)
    assert remedy.subject is None


def test_applied_one_by_one_nothing_is_left_that_had_a_way() -> None:
    second = pipe("G2", Utility.GAS, [(40, -20, -1.5), (40, 20, -1.5)], d=0.2, **(EXACT | NEW))
    state = network(water(), gas_across(), second)
    report = checked(state)
    rows = rows_to_settle(report, ids=(), least=report.conflicts.verdict.max())
    assert len(rows) == 2
    names = [str(report.conflicts.id[row]) for row in rows]
    after, remedies = settled_one_by_one(
        state, gb(), report, ids=names, limits=Limits(), takes=lambda _: True
    )
    assert [type(r) for r in remedies] == [Proposal, Proposal]
    assert len(checked(after).conflicts) == 0


def test_a_stale_report_is_refused() -> None:
    state = network(water(), gas_across())
    with pytest.raises(UsageError, match="changed since the check"):
        remedies_for(checked(state), state.with_(revision=7), gb(), [0])


def test_words_in_both_languages_name_the_move_and_the_clause() -> None:
    proposal = proposed(network(water(), gas_across()), "vertical_clearance")
    en, zh = in_words(proposal, "en"), in_words(proposal, "zh")
    assert en.startswith("Raise the planned gas line G1 by 0.349 m")
    assert "4.1.14" in en
    assert zh.startswith("将规划燃气管线 G1在") or "上移" in zh
    assert "避让依据" in zh


def test_a_line_that_gives_way_is_not_laid_on_another_of_its_kind() -> None:
    state = random_crossing(438)
    report = checked(state)
    c = report.conflicts
    row = int(np.flatnonzero((c.a_row == 0) & (c.b_table == "pipes") & c.violated)[0])
    remedy = remedies_for(report, state, gb(), [row], limits=Limits())[0]
    assert isinstance(remedy, Proposal)
    pipes = with_remedy(state, remedy).pipes
    lines = shapely.linestrings(pipes.xy, indices=pipes.vertex_pipe)
    beside = int(np.flatnonzero(pipes.id == "E5")[0])  # of its kind and nearly parallel
    assert pipes.utility[beside] == pipes.utility[0]
    walls = (pipes.outer_width_m[0] + pipes.outer_width_m[beside]) / 2
    assert shapely.distance(lines[0], lines[beside]) > walls - 0.001
