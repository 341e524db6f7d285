"""Order of planned lines across a road and inside a plot: every pair of the lists, and not more."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import ledger_of
from rule_cells import cells, line_in

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport, Outcome
from baiyun_gis.findings.sentences import why
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, PipeTable, StructureTable
from baiyun_gis.model.vocabulary import Status, StructureKind, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set

NO_DAY = np.datetime64("NaT", "D")
RULES = load_rule_set("gb50289-2016")
U, K = Utility, StructureKind
STEPS = {"under": -0.002, "at": 0.0, "over": 0.002}
CENTRE = shapely.LineString([(-50, 0), (150, 0)])
ROW_M = 120.0


def line(
    name: str, utility: Utility, y: float, *, planned: bool = False, **about: Any
) -> PipeTable:
    """A line along the x axis from 0 to 30 m unless `points` say otherwise; exact in place."""
    points = about.pop("points", [(0, y, -2), (30, y, -2)])
    status = Status.PLANNED if planned else Status.IN_USE
    return pipe(name, utility, points, d=0.2, status=status, sigma_xy_m=0.0, **about)


def structures(*made: tuple[StructureKind, Any]) -> StructureTable:
    shapes = np.empty(len(made), dtype=object)
    shapes[:] = [shape for _, shape in made]
    kinds = np.array([int(kind) for kind, _ in made], dtype=np.int8)
    return StructureTable.build(
        len(made), id=text_array(f"S{k}" for k in range(len(made))), kind=kinds, geometry=shapes
    )


def checked(state: ProjectState, check: str = "road_order") -> CheckReport:
    return run_checks(state, RULES, as_of=NO_DAY, only=[check])


def on_road(*pipes: PipeTable, centre: Any = CENTRE) -> CheckReport:
    return checked(network(*pipes, structures=structures((K.ROAD_CENTRE, centre))))


def violated(report: CheckReport) -> set[tuple[str, str]]:
    found = report.conflicts
    return {(found.a_id[row], found.b_id[row]) for row in np.flatnonzero(found.violated)}


def house(y: float) -> tuple[BuildingTable, StructureTable]:
    shapes = np.array([shapely.box(0, y, 30, y + 10)])
    return (
        BuildingTable.build(1, id=text_array(["B"]), geometry=shapes),
        structures((K.PARCEL, shapely.box(-60, -900, 160, 900))),
    )


@pytest.mark.parametrize(
    ("check", "file", "outward"),
    [("road_order", "road_order.csv", -1), ("plot_order", "plot_order.csv", 1)],
)
def test_each_pair_of_the_list_is_violated_just_on_the_wrong_side_only(
    check: str, file: str, outward: int
) -> None:
    rows = [
        (line_in(cell, "a")["utility"], int(cell["rank"])) for cell in cells("gb50289-2016", file)
    ]
    pipes: list[PipeTable] = []
    things: list[tuple[StructureKind, Any]] = []
    houses, wrong = [], set()
    for place, ((one, two), step) in enumerate(
        itertools.product(itertools.combinations(rows, 2), STEPS)
    ):
        x, name = ROW_M * place, f"{one[0].key}-{two[0].key}|{step}"
        first, second = sorted((one, two), key=lambda row: row[1])
        by = STEPS[step]
        for utility, y, planned in (
            (first[0], 5.0 - outward * by, True),
            (second[0], 5.0, False),
        ):
            axis = [(x, y, -2), (x + 30, y, -2)]
            pipes.append(line(f"{name}|{utility.key}", utility, y, planned=planned, points=axis))
        if check == "road_order":
            things.append((K.ROAD_CENTRE, shapely.LineString([(x - 9, 0), (x + 39, 0)])))
        else:
            things.append((K.PARCEL, shapely.box(x - 9, -20, x + 39, 20)))
            houses.append(shapely.box(x, -10, x + 30, 0))
        if step == "under":
            wrong.add(name)
    buildings = BuildingTable.build(
        len(houses), id=text_array(f"B{k}" for k in range(len(houses))),
        geometry=np.array([*houses, None], dtype=object)[:-1],
    )  # fmt: skip
    report = checked(network(*pipes, structures=structures(*things), buildings=buildings), check)
    assert {a.rpartition("|")[0] for a, _ in violated(report)} == wrong
    assert ledger_of(report, check).closes


def test_the_sentence_names_both_and_the_clause() -> None:
    report = on_road(line("w", U.WATER, 8, planned=True), line("p", U.POWER, 6))
    assert violated(report) == {("w", "p")}
    assert report.state is not None
    told = why(report, report.state, 0, "en")
    assert "the wrong one lies nearer the road's centre line at chainage 0.00–30.00 m" in told
    assert "by 2.000 m from axis to axis" in told
    assert "4.1.3" in told


@pytest.mark.parametrize(
    "other",
    [
        line("p", U.POWER, -6),
        line("p", U.POWER, 2.9),
        line("p", U.POWER, 6, points=[(0, 6, -2), (5, 12, -2)]),
        line("p", U.POWER, 6, points=[(29, 6, -2), (60, 6, -2)]),
        line("p", U.INDUSTRIAL, 6),
        line("p", U.WATER, 6),
    ],
    ids=["other side", "not abreast", "not alongside", "too short", "no rank", "same rank"],
)
def test_what_does_not_lie_abreast_on_one_side_is_in_no_order(other: PipeTable) -> None:
    report = on_road(line("w", U.WATER, 8, planned=True), other)
    assert not violated(report)
    assert ledger_of(report, "road_order").closes


def test_existing_lines_lie_as_they_lie() -> None:
    report = on_road(line("w", U.WATER, 8), line("p", U.POWER, 6))
    ledger = ledger_of(report, "road_order")
    assert (ledger.outcome, ledger.subjects, ledger.pairs_examined) == (Outcome.RAN, 0, 0)


def test_lines_far_from_the_centre_line_are_not_taken_to_lie_in_the_road() -> None:
    assert not violated(on_road(line("w", U.WATER, 25, planned=True), line("p", U.POWER, 23)))


def test_of_two_roads_the_nearer_counts() -> None:
    pipes = line("w", U.WATER, 8, planned=True), line("p", U.POWER, 6)
    assert violated(on_road(*pipes)) == {("w", "p")}
    other = shapely.LineString([(-50, 10), (150, 10)])
    both = structures((K.ROAD_CENTRE, CENTRE), (K.ROAD_CENTRE, other))
    assert not violated(checked(network(*pipes, structures=both)))


def test_joined_lines_and_lines_in_one_trench_are_set_aside() -> None:
    in_trench: dict[str, Any] = {"enclosure": "T1"}
    report = on_road(
        line("w", U.WATER, 8, planned=True, **in_trench), line("p", U.POWER, 6, **in_trench)
    )
    assert not len(report.conflicts)
    assert ledger_of(report, "road_order").set_aside == {"same_enclosure": 1}


@pytest.mark.parametrize("missing", ["centre", "plots", "houses"])
def test_without_what_it_measures_from_it_says_that_it_did_not_check(missing: str) -> None:
    pipes = line("w", U.WATER, 8, planned=True), line("p", U.POWER, 6)
    buildings, plots = house(10)
    parts: dict[str, Any] = {
        "centre": {}, "plots": {"buildings": buildings}, "houses": {"structures": plots}
    }[missing]  # fmt: skip
    check = "road_order" if missing == "centre" else "plot_order"
    line_of = ledger_of(checked(network(*pipes, **parts), check), check)
    assert line_of.outcome is Outcome.NOT_RUN
    assert line_of.reason is not None
    assert line_of.reason.text("en").startswith("not checked:")


def test_a_bend_of_the_road_is_followed() -> None:
    bent = shapely.LineString([(0, 0), (30, 0), (60, 5), (90, 15)])
    beside = [(0, 6), (30, 6), (59, 11), (88, 21)]
    inside = [(0, 4), (30, 4), (59.4, 9), (88.6, 19)]
    report = on_road(
        line("w", U.WATER, 0, planned=True, points=[(x, y, -2) for x, y in beside]),
        line("p", U.POWER, 0, points=[(x, y, -2) for x, y in inside]),
        centre=bent,
    )
    assert violated(report) == {("w", "p")}
    assert len(report.conflicts) == 1
    assert float(report.conflicts.stretch_to_m[0] - report.conflicts.stretch_from_m[0]) > 80


def slow_order(centre: Any, outer: Any, inner: Any) -> float:
    """The least of outer minus inner distance from a straight centre line, metre by metre."""
    apart = []
    for x in np.linspace(0.001, 29.999, 301):
        across = shapely.LineString([(x, 0), (x, 60)])
        met = [shapely.intersection(across, axis) for axis in (outer, inner)]
        apart.append(shapely.distance(met[0], centre) - shapely.distance(met[1], centre))
    return float(min(apart))


@pytest.mark.parametrize("seed", range(12))
def test_random_lines_beside_a_road_are_measured_as_cross_sections_measure_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.uniform(5, 8, 4)
    one, two = [(0, y[0]), (30, y[1])], [(0, y[2]), (30, y[3])]
    expected = slow_order(CENTRE, shapely.LineString(two), shapely.LineString(one))
    report = on_road(
        line("w", U.WATER, 0, planned=True, points=[(*xy, -2) for xy in one]),
        line("p", U.POWER, 0, points=[(*xy, -2) for xy in two]),
    )
    assert bool(violated(report)) == (expected < -0.001)
    if len(report.conflicts):
        assert report.conflicts.actual_m[0] == pytest.approx(expected, abs=1e-3)


def test_rows_that_no_installed_check_reads_are_said_to_be_unchecked() -> None:
    row = replace(RULES.of_check("cover")[0], check="absent", id="x.absent")
    rules = replace(RULES, rows=(*RULES.rows, row))
    report = run_checks(network(line("w", U.WATER, 8)), rules, as_of=NO_DAY)
    told = ledger_of(report, "absent")
    assert told.outcome is Outcome.NOT_RUN
    assert told.reason is not None
    assert told.reason.text("en").startswith("not checked")
    assert report.ledger.closes
