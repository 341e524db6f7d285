"""Every cell of the shipped sets resolves to its own number."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from rule_cells import Cell, cells, lines_in

from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Surface
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.rules.resolver import (
    pipe_classes,
    resolve_buildings,
    resolve_cover,
    resolve_pairs,
    resolve_protection,
)

PAIR_FILES = [
    ("gb50289-2016", "horizontal.csv", "horizontal_clearance"),
    ("gb50289-2016", "vertical.csv", "vertical_clearance"),
    ("gb50014-2021", "horizontal.csv", "horizontal_clearance"),
    ("gb50014-2021", "vertical.csv", "vertical_clearance"),
    ("gb50217-2018", "horizontal.csv", "horizontal_clearance"),
    ("gb50217-2018", "vertical.csv", "vertical_clearance"),
    ("ten-states", "horizontal.csv", "horizontal_clearance"),
    ("ten-states", "vertical.csv", "vertical_clearance"),
    ("us-cga", "horizontal.csv", "horizontal_clearance"),
    ("din-1998", "vertical.csv", "vertical_clearance"),
]
PAIRS = [
    pytest.param(check, cell, id=cell.name)
    for rule_set, file, check in PAIR_FILES
    for cell in cells(rule_set, file)
]


def table(lines: list[dict[str, Any]]) -> PipeTable:
    names = {name for line in lines for name in line}
    columns = {
        name: np.array([line.get(name, np.nan if name == "voltage_kv" else 0) for line in lines])
        for name in names
    }
    return PipeTable.build(len(lines), offsets=np.zeros(len(lines) + 1, np.int64), **columns)


@pytest.mark.parametrize(("check", "cell"), PAIRS)
def test_pair_cell_resolves_to_its_number_both_ways(check: str, cell: Cell) -> None:
    rules = load_rule_set(cell.rule_set)
    pairs = list(itertools.product(lines_in(cell, "a"), lines_in(cell, "b")))
    pipes = table([line for pair in pairs for line in pair])
    classes = pipe_classes(rules, pipes)
    found = resolve_pairs(rules, check, classes)
    a, b = classes.class_of[0::2], classes.class_of[1::2]
    for left, right in ((a, b), (b, a)):
        assert found.required_m[left, right] == pytest.approx(cell.min_m)
        winners = {found.requirements[i].rule_id for i in found.requirement[left, right]}
        assert winners == {cell["rule"]}
        states = {found.requirements[i].state.key for i in found.requirement[left, right]}
        assert states == {cell["state"]}
        assert all(found.requirements[i].assumed == () for i in found.requirement[left, right])


@pytest.mark.parametrize(
    "cell", [pytest.param(c, id=c.name) for c in cells("gb50289-2016", "cover.csv")]
)
def test_cover_cell_resolves_to_its_number(cell: Cell) -> None:
    rules = load_rule_set(cell.rule_set)
    classes = pipe_classes(rules, table(lines_in(cell, "a")))
    found = resolve_cover(rules, classes)
    index = found.requirement[classes.class_of, Surface.from_key(cell["surface"])]
    assert {found.requirements[i].rule_id for i in index} == {cell["rule"]}
    assert {found.requirements[i].min_m for i in index} == {cell.min_m}


@pytest.mark.parametrize(
    "cell", [pytest.param(c, id=c.name) for c in cells("gb50289-2016", "building.csv")]
)
def test_building_cell_resolves_to_its_number_and_edge(cell: Cell) -> None:
    rules = load_rule_set(cell.rule_set)
    classes = pipe_classes(rules, table(lines_in(cell, "a")))
    found = resolve_buildings(rules, classes)
    assert found.required_m[classes.class_of] == pytest.approx(cell.min_m)
    assert set(found.measured_to[classes.class_of]) == {cell["measured_to"]}


@pytest.mark.parametrize(
    "cell", [pytest.param(c, id=c.name) for c in cells("gb50289-2016", "protection.csv")]
)
def test_protection_zone_resolves_to_its_number(cell: Cell) -> None:
    rules = load_rule_set(cell.rule_set)
    classes = pipe_classes(rules, table(lines_in(cell, "a")))
    found = resolve_protection(rules, classes)
    assert found.required_m[classes.class_of] == pytest.approx(cell.min_m)


def test_vertical_order_follows_the_list() -> None:
    rules = load_rule_set("gb50289-2016")
    rows = cells("gb50289-2016", "order.csv")
    classes = pipe_classes(rules, table([lines_in(row, "a")[0] for row in rows]))
    found = resolve_pairs(rules, "vertical_order", classes)
    for (i, upper), (j, lower) in itertools.permutations(enumerate(rows), 2):
        a, b = classes.class_of[i], classes.class_of[j]
        above = int(upper["rank"].split("-")[-1]) < int(lower["rank"].split("-")[0])
        below = int(lower["rank"].split("-")[-1]) < int(upper["rank"].split("-")[0])
        assert found.order[a, b] == int(above) - int(below)
        if above or below:
            requirement = found.requirements[found.requirement[a, b]]
            assert requirement.order == ("a_above" if above else "b_above")
            assert requirement.clause == "4.1.12"
            assert not requirement.is_mandatory
