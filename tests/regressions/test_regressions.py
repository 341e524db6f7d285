"""Two tables: what was once reported and is no conflict, and what was once missed.

Each row is a small network, the checks it is about, and where it comes from. A new mistake gets a
new row before it is mended.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from builders import network, pipe

import baiyun_gis as bg
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.model.vocabulary import Burial, NodeKind, PressureClass, Shape, Utility, Verdict
from baiyun_gis.project import ProjectState

EAST, NORTH = 435_000.0, 2_567_000.0
SURE = {"sigma_xy_m": 0.005, "sigma_z_m": 0.005}


def at(*points: tuple[float, float, float]) -> list[tuple[float, float, float]]:
    """Points of a local sketch moved to national-grid coordinates."""
    return [(EAST + x, NORTH + y, z) for x, y, z in points]


def nodes(*places: tuple[float, float], **columns: object) -> NodeTable:
    xy = np.array([(EAST + x, NORTH + y) for x, y in places])
    names = text_array([f"n{k}" for k in range(len(xy))])
    return NodeTable.build(len(xy), id=names, xy=xy, utility=Utility.WATER, **columns)


def joined_run() -> ProjectState:
    a = pipe("a", Utility.WATER, at((0, 0, -1), (10, 0, -1)), start_node=0, end_node=1, **SURE)
    b = pipe("b", Utility.WATER, at((10, 0, -1), (10, 10, -1)), start_node=1, end_node=2, **SURE)
    return network(a, b, nodes=nodes((0, 0), (10, 0), (10, 10)))


def service_into_main() -> ProjectState:
    main = pipe("main", Utility.WATER, at((0, 0, -1), (20, 0, -1)), **SURE)
    service = pipe("service", Utility.WATER, at((10, 0, -1), (10, 6, -1)), d=0.05, **SURE)
    return network(main, service)


def pipe_in_its_own_chamber() -> ProjectState:
    own = pipe("own", Utility.SEWAGE, at((0, 0, -2), (20, 0, -2)), start_node=0, end_node=1, **SURE)
    chambers = nodes(
        (0, 0),
        (20, 0),
        kind=NodeKind.MANHOLE,
        is_chamber=True,
        chamber_shape=Shape.CIRCLE,
        chamber_width_m=1.2,
        bottom_m=-2.5,
        ground_m=0.0,
    )
    return network(own, nodes=chambers)


def free_end_beside_a_pipe() -> ProjectState:
    """A round-ended capsule would reach the other pipe; the flat end does not."""
    cable = pipe("cable", Utility.POWER, at((0, 0, -1), (10, 0, -1)), d=1.0, **SURE)
    water = pipe("water", Utility.WATER, at((10.2, -5, -1.75), (10.2, 5, -1.75)), d=0.3, **SURE)
    return network(cable, water)


def exactly_the_required_distance() -> ProjectState:
    sewer = pipe("sewer", Utility.SEWAGE, at((0, 0, -2), (30, 0, -2)), d=0.4, **SURE)
    telecom = pipe("telecom", Utility.TELECOM, at((0, 1.3, -1), (30, 1.3, -1)), d=0.2, **SURE)
    return network(sewer, telecom)


def lines_in_one_duct_bank() -> ProjectState:
    a = pipe("a", Utility.POWER, at((0, 0, -1), (30, 0, -1)), d=0.15, enclosure="bank 1", **SURE)
    b = pipe(
        "b", Utility.POWER, at((0, 0.16, -1), (30, 0.16, -1)), d=0.15, enclosure="bank 1", **SURE
    )
    return network(a, b)


def one_demolished_before_the_other_was_laid() -> ProjectState:
    old = pipe(
        "old",
        Utility.WATER,
        at((0, 0, -1), (10, 0, -1)),
        valid_to=np.datetime64("2010-01-01"),
        **SURE,
    )
    new = pipe(
        "new",
        Utility.GAS,
        at((5, -5, -1), (5, 5, -1)),
        valid_from=np.datetime64("2015-01-01"),
        **SURE,
    )
    return network(old, new)


ONCE_FALSE: list[tuple[str, Callable[[], ProjectState], tuple[str, ...]]] = [
    ("a joint reported as a clash", joined_run, ()),
    ("a service into its main", service_into_main, ()),
    ("a pipe in its own chamber", pipe_in_its_own_chamber, ("chamber", "collision")),
    ("a capsule's round end that a pipe has not", free_end_beside_a_pipe, ("collision",)),
    ("0.9999999999999999 < 1.0", exactly_the_required_distance, ("horizontal_clearance",)),
    ("lines of one duct bank", lines_in_one_duct_bank, ("collision", "horizontal_clearance")),
    ("lines that were never there together", one_demolished_before_the_other_was_laid, ()),
]


def crossing_at_a_shared_vertex() -> ProjectState:
    """The axes meet where one of them bends: one crossing, not two and not none."""
    water = pipe("water", Utility.WATER, at((0, 0, -1), (5, 0, -1), (10, 0, -1)), **SURE)
    gas = pipe("gas", Utility.GAS, at((5, -5, -1.1), (5, 5, -1.1)), **SURE)
    return network(water, gas)


def upside_down_crossing() -> ProjectState:
    """Far enough apart, but sewage above water."""
    sewer = pipe("sewer", Utility.SEWAGE, at((0, 0, -1), (20, 0, -1)), **SURE)
    water = pipe("water", Utility.WATER, at((10, -10, -3), (10, 10, -3)), **SURE)
    return network(sewer, water)


def foreign_pipe_through_a_chamber() -> ProjectState:
    gas = pipe("gas", Utility.GAS, at((-5, 0, -1), (5, 0, -1)), d=0.2, **SURE)
    chamber = nodes(
        (0, 0),
        kind=NodeKind.MANHOLE,
        is_chamber=True,
        chamber_shape=Shape.CIRCLE,
        chamber_width_m=1.2,
        bottom_m=-2.5,
        ground_m=0.0,
    )
    return network(gas, nodes=chamber)


def clash_away_from_the_shared_node() -> ProjectState:
    """Two pipes that start at one node and meet again where they are not joined."""
    a = pipe("a", Utility.WATER, at((0, 0, -1), (40, 0, -1)), start_node=0, end_node=1, **SURE)
    b = pipe(
        "b",
        Utility.WATER,
        at((0, 0, -1), (0, 10, -1), (30, 10, -1), (30, -10, -1)),
        start_node=0,
        end_node=2,
        **SURE,
    )
    return network(a, b, nodes=nodes((0, 0), (40, 0), (30, -10)))


def steep_drop_through_a_level_pipe() -> ProjectState:
    drop = pipe("drop", Utility.SEWAGE, at((0, 0, 0), (0.2, 0, -6)), d=0.3, **SURE)
    cable = pipe("cable", Utility.POWER, at((-3, 0, -3), (3, 0, -3)), d=0.2, **SURE)
    return network(drop, cable)


def parallel_gas_beside_power() -> ProjectState:
    gas = pipe(
        "gas",
        Utility.GAS,
        at((0, 0, -1), (50, 0, -1)),
        d=0.2,
        pressure_class=PressureClass.MEDIUM_A,
        **SURE,
    )
    power = pipe(
        "power", Utility.POWER, at((0, 0.6, -1), (50, 0.6, -1)), d=0.2, burial=Burial.DIRECT, **SURE
    )
    return network(gas, power)


ONCE_MISSED: list[tuple[str, Callable[[], ProjectState], str]] = [
    ("a crossing at a bend", crossing_at_a_shared_vertex, "collision"),
    ("the wrong line on top", upside_down_crossing, "vertical_order"),
    ("a foreign pipe through a chamber", foreign_pipe_through_a_chamber, "chamber"),
    ("a clash between pipes that share a far node", clash_away_from_the_shared_node, "collision"),
    ("a steep pipe through a level one", steep_drop_through_a_level_pipe, "collision"),
    ("parallel lines too near", parallel_gas_beside_power, "horizontal_clearance"),
]


def checked(state: ProjectState, only: tuple[str, ...] = ()) -> CheckReport:
    report = bg.check(state, only=only)
    assert report.ledger.closes
    return report


@pytest.mark.parametrize(("name", "build", "only"), ONCE_FALSE, ids=[r[0] for r in ONCE_FALSE])
def test_once_a_false_hit(
    name: str, build: Callable[[], ProjectState], only: tuple[str, ...]
) -> None:
    conflicts = checked(build(), only).conflicts
    of_pairs = conflicts.b_table != ""
    assert not (of_pairs & conflicts.violated).any(), conflicts.check
    assert not (of_pairs & (conflicts.verdict == Verdict.CERTAIN)).any(), conflicts.check


@pytest.mark.parametrize(("name", "build", "check"), ONCE_MISSED, ids=[r[0] for r in ONCE_MISSED])
def test_once_missed(name: str, build: Callable[[], ProjectState], check: str) -> None:
    conflicts = checked(build()).conflicts
    found = (conflicts.check == check) & conflicts.violated
    assert int(found.sum()) == 1
