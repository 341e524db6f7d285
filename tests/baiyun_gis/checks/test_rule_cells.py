"""Every cell of the shipped sets against geometry made from it: just under, at, just over."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import ledger_of
from rule_cells import Cell, cells, line_in

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, PipeTable, StructureTable
from baiyun_gis.model.vocabulary import StructureKind, Utility
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import available, load_rule_set
from baiyun_gis.rules.ruleset import THING_CHECKS
from baiyun_gis.rules.things import THING_OF

NO_DAY = np.datetime64("NaT", "D")
STEPS = {"under": -0.002, "at": 0.0, "over": 0.002}
APART_M = 200.0
TABLE_OF = {
    "protection_zone": "protection.csv",
    "structure_clearance": "structure.csv",
    "structure_vertical_clearance": "structure_vertical.csv",
    "river_bed": "watercourse.csv",
    "gravity_slope": "slope.csv",
    "crossing_angle": "crossing_angle.csv",
    "horizontal_clearance": "horizontal.csv",
    "vertical_clearance": "vertical.csv",
    "cover": "cover.csv",
    "building_clearance": "building.csv",
}


BESIDE_LINES = {"tree", "shrub", "pole"}
"""Rows between two things of which neither is a line: see test_thing_clearance."""
KIND_OF = {
    "culvert_base": StructureKind.CULVERT,
    "tram_rail_bottom": StructureKind.TRAM_RAIL,
    "railway_rail_bottom": StructureKind.RAILWAY,
    "open_channel_bottom": StructureKind.CHANNEL,
    "river_bed": StructureKind.WATERCOURSE,
    "road_edge": StructureKind.KERB,
    "road": StructureKind.ROAD_CENTRE,
}
DETAIL_OF = {
    "electrified": "electrified",
    "non_electrified": "non_electrified",
    "DC_electrified": "electrified DC",
    "non_DC": "electrified AC",
    "channel class I-V": "class III",
    "channel class VI-VII": "航道等级 VI级",
    "other river": "other river",
}
"""What a surveyor may have written about a thing that lies in a cell."""


@dataclass(frozen=True)
class Case:
    """One cell with one geometry: how much more than asked is there."""

    cell: Cell
    step: str
    place: float

    @property
    def name(self) -> str:
        return f"{self.cell['rule']}|{self.step}"

    @property
    def least(self) -> float:
        """What the row asks: metres, the fall over 10 m, or how far aside a line gets in 10 m."""
        if self.cell["min_deg"]:
            return 10 * math.sin(math.radians(float(self.cell["min_deg"])))
        return 10 * float(self.cell["min_slope"]) if self.cell["min_slope"] else self.cell.min_m

    @property
    def asked_plus(self) -> float:
        return self.least + STEPS[self.step]


def cases(rule_set: str, check: str) -> Iterator[Case]:
    rows = [cell for cell in cells(rule_set, TABLE_OF[check]) if cell["a"] not in BESIDE_LINES]
    for number, (cell, step) in enumerate(itertools.product(rows, STEPS)):
        yield Case(cell, step, number * APART_M)


def line(name: str, points: list[tuple[float, float, float]], about: dict[str, Any]) -> PipeTable:
    """A line of known attributes with an exact position."""
    columns = {k: v for k, v in about.items() if k not in {"utility", "nominal_mm"}}
    return pipe(
        name,
        about["utility"],
        points,
        d=about["nominal_mm"] / 1000,
        nominal_mm=about["nominal_mm"],
        sigma_xy_m=0.0,
        sigma_z_m=0.0,
        **columns,
    )


def beside(case: Case) -> list[PipeTable]:
    a, b = line_in(case.cell, "a"), line_in(case.cell, "b")
    y = (a["nominal_mm"] + b["nominal_mm"]) / 2000 + case.asked_plus
    x = case.place
    return [
        line(f"{case.name}|a", [(x, 0, -3), (x + 20, 0, -3)], a),
        line(f"{case.name}|b", [(x, y, -3), (x + 20, y, -3)], b),
    ]


def crossing(case: Case) -> list[PipeTable]:
    a, b = line_in(case.cell, "a"), line_in(case.cell, "b")
    z = (a["nominal_mm"] + b["nominal_mm"]) / 2000 + case.asked_plus
    x = case.place
    return [
        line(f"{case.name}|a", [(x, 0, -3 + z), (x + 20, 0, -3 + z)], a),
        line(f"{case.name}|b", [(x + 10, -10, -3), (x + 10, 10, -3)], b),
    ]


def buried(case: Case) -> list[PipeTable]:
    a = line_in(case.cell, "a")
    z = 20.0 - case.asked_plus - a["nominal_mm"] / 2000
    points = [(case.place, 0, z), (case.place + 20, 0, z)]
    grounds = {"start_ground_m": 20.0, "end_ground_m": 20.0}
    return [line(f"{case.name}|a", points, a | grounds)]


def roads(made: Iterable[Case]) -> StructureTable:
    made = list(made)
    kinds = {
        "carriageway": StructureKind.CARRIAGEWAY,
        "non_carriageway": StructureKind.FOOTWAY,
    }
    return StructureTable.build(
        len(made),
        id=text_array([case.name for case in made]),
        geometry=np.array([shapely.box(c.place - 5, -5, c.place + 25, 5) for c in made]),
        kind=np.array([kinds[case.cell["surface"]] for case in made], dtype=np.int8),
    )


def near_building(case: Case) -> list[PipeTable]:
    a = line_in(case.cell, "a")
    y = -a["nominal_mm"] / 2000 - case.asked_plus
    return [line(f"{case.name}|a", [(case.place - 40, y, -3), (case.place + 60, y, -3)], a)]


def beside_thing(case: Case) -> list[PipeTable]:
    a = line_in(case.cell, "a")
    y = -a["nominal_mm"] / 2000 - case.asked_plus
    return [line(f"{case.name}|a", [(case.place, y, -3), (case.place + 20, y, -3)], a)]


def under_thing(case: Case) -> list[PipeTable]:
    a = line_in(case.cell, "a")
    z = -case.asked_plus - a["nominal_mm"] / 2000
    points = [(case.place, -9.0, z), (case.place, 9.0, z)]
    return [line(f"{case.name}|a", points, a)]


def draining(case: Case) -> list[PipeTable]:
    """A line of 10 m whose fall is the asked one, more or less."""
    a = line_in(case.cell, "a")
    fall = 10 * float(case.cell["min_slope"]) + STEPS[case.step]
    points = [(case.place, 0, -2.0), (case.place + 10, 0, -2.0 - fall)]
    return [line(f"{case.name}|a", points, a | {"flow": 1})]


def slanting(case: Case) -> list[PipeTable]:
    """A line that crosses what lies along y = 0; 2 mm more or less sideways within 10 m."""
    a = line_in(case.cell, "a")
    up = case.asked_plus
    on = math.sqrt(100 - up * up)
    points = [(case.place - on, -up, -3.0), (case.place + on, up, -3.0)]
    return [line(f"{case.name}|a", points, a)]


def _volts(text: str) -> str:
    """A voltage inside a range such as <=35 or >330, as it may be recorded."""
    if not text:
        return ""
    number = float(text.lstrip("<=>"))
    return f"{number if '=' in text else number / 2 if '<' in text else number + 1:g} kV"


def things(check: str, made: list[Case]) -> StructureTable:
    """The structures of the cases; levels are 0."""
    shapes = []
    for case in made:
        x = case.place
        if check == "structure_clearance":
            is_spot = case.cell["b"] in {"tree", "shrub", "pole"}
            shapes.append(
                shapely.Point(x + 10, 0)
                if is_spot
                else shapely.box(x + 8, 0, x + 12, 4)
                if case.cell["b"] in {"tower", "pipe_rack"}
                else shapely.LineString([(x - 20, 0), (x + 40, 0)])
            )
        elif case.cell["b"].endswith("rail_bottom") or check == "crossing_angle":
            shapes.append(shapely.LineString([(x - 20, 0), (x + 20, 0)]))
        else:
            shapes.append(shapely.box(x - 20, -4, x + 20, 4))
    kinds = [KIND_OF.get(c.cell["b"]) or StructureKind.from_key(c.cell["b"]) for c in made]
    detail = [
        f"{_volts(c.cell['b_voltage_kv'])}{DETAIL_OF.get(c.cell['b_detail'], '')}" for c in made
    ]
    return StructureTable.build(
        len(made),
        id=text_array([case.name for case in made]),
        geometry=np.array(shapes, dtype=object),
        kind=np.array(kinds, dtype=np.int8),
        detail=text_array(detail),
        level_m=0.0,
    )


def houses(made: Iterable[Case]) -> BuildingTable:
    made = list(made)
    return BuildingTable.build(
        len(made),
        id=text_array([case.name for case in made]),
        geometry=np.array([shapely.box(c.place, 0, c.place + 20, 12) for c in made]),
        sigma_xy_m=0.0,
    )


def state_for(check: str, made: list[Case]) -> ProjectState:
    draw = {
        "horizontal_clearance": beside,
        "vertical_clearance": crossing,
        "cover": buried,
        "building_clearance": near_building,
        "protection_zone": near_building,
        "structure_clearance": beside_thing,
        "structure_vertical_clearance": under_thing,
        "river_bed": under_thing,
        "gravity_slope": draining,
        "crossing_angle": slanting,
    }[check]
    pipes = [one for case in made for one in draw(case)]
    parts: dict[str, Any] = {}
    if check == "cover":
        parts["structures"] = roads(made)
    if check in THING_CHECKS:
        parts["structures"] = things(check, made)
    if check in {"building_clearance", "protection_zone"}:
        parts["buildings"] = houses(made)
    return network(*pipes, **parts)


def violations(report: CheckReport) -> dict[str, tuple[str, float]]:
    """Case name to rule and required distance of each nominal violation."""
    found = report.conflicts
    return {
        found.a_id[row].rpartition("|")[0]: (
            report.requirements[found.requirement[row]].rule_id,
            round(float(found.required_m[row]), 6),
        )
        for row in np.flatnonzero(found.violated)
    }


CHECKED = [
    pytest.param(rule_set, check, id=f"{rule_set}-{check}")
    for rule_set in available()
    for check in TABLE_OF
    if check in load_rule_set(rule_set).checks
]


@pytest.mark.parametrize(("rule_set", "check"), CHECKED)
def test_each_cell_is_violated_just_under_its_number_and_not_at_or_over_it(
    rule_set: str, check: str
) -> None:
    made = list(cases(rule_set, check))
    report = run_checks(state_for(check, made), load_rule_set(rule_set), as_of=NO_DAY, only=[check])
    assert report.ledger.closes
    if check == "structure_clearance":
        assert all("s." in rule for rule in ledger_of(report, check).rules_without_subjects)
    assert violations(report) == {
        case.name: (case.cell["rule"], round(case.least, 6))
        for case in made
        if case.step == "under"
    }


@pytest.mark.parametrize("rule_set", ["gb50289-2016", "ten-states"])
def test_each_pair_of_the_order_list_is_violated_only_upside_down(rule_set: str) -> None:
    rows = [line_in(cell, "a") | {"rank": cell["rank"]} for cell in cells(rule_set, "order.csv")]
    pipes: list[PipeTable] = []
    wrong: set[str] = set()
    for number, (upper, lower) in enumerate(itertools.permutations(rows, 2)):
        x = number * APART_M
        name = f"{Utility(upper['utility']).key}-over-{Utility(lower['utility']).key}"
        top, below = ({k: v for k, v in side.items() if k != "rank"} for side in (upper, lower))
        pipes.append(line(f"{name}|a", [(x, 0, -1), (x + 20, 0, -1)], top))
        pipes.append(line(f"{name}|b", [(x + 10, -10, -4), (x + 10, 10, -4)], below))
        if int(upper["rank"].split("-")[0]) > int(lower["rank"].split("-")[-1]):
            wrong.add(name)
    report = run_checks(
        network(*pipes), load_rule_set(rule_set), as_of=NO_DAY, only=["vertical_order"]
    )
    found = report.conflicts
    assert {found.a_id[r].rpartition("|")[0] for r in np.flatnonzero(found.violated)} == wrong
    assert report.ledger.closes


def test_every_row_of_every_set_has_a_check_that_measures_what_it_speaks_of() -> None:
    for name in available():
        rules = load_rule_set(name)
        assert set(rules.checks) <= set(CHECKS.names())
        for row in rules.rows:
            things = {side.kind for side in (row.a, row.b) if side is not None and side.is_thing}
            of = "structure_clearance" if row.check == "thing_clearance" else row.check
            known = {kind for kinds in THING_OF.get(of, {}).values() for kind in kinds}
            assert things <= known, row.id
