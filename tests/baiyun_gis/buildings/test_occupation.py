"""Occupation of lines by buildings: on top, in the protection zone, inside the table distance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from builders import network, pipe

from baiyun_gis.buildings.occupation import occupied_lines
from baiyun_gis.buildings.sentences import sentence_of
from baiyun_gis.findings.conflicts import SuspicionTable
from baiyun_gis.model.tables import BuildingTable, PipeTable
from baiyun_gis.model.vocabulary import Burial, PressureClass, Utility, Verdict
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.rules.requirement import Requirement

NO_DAY = np.datetime64("NaT", "D")
HOUSE = shapely.box(0, 0, 20, 12)


def houses(*outlines: Any, **columns: Any) -> BuildingTable:
    return BuildingTable.build(
        len(outlines),
        id=np.array([f"B{n}" for n in range(len(outlines))], object),
        geometry=np.array(outlines, object),
        **({"sigma_xy_m": 0.001} | columns),
    )


def main(
    name: str, y: float, *, utility: Utility = Utility.GAS, d: float = 0.2, **columns: Any
) -> PipeTable:
    given = {"pressure_class": PressureClass.MEDIUM_A, "sigma_xy_m": 0.001} | columns
    return pipe(name, utility, [(-50, y, -2), (70, y, -2)], d=d, **given)


def occupied(
    *pipes: PipeTable, buildings: BuildingTable | None = None, as_of: np.datetime64 = NO_DAY
) -> tuple[SuspicionTable, tuple[Requirement, ...]]:
    state = network(*pipes, buildings=houses(HOUSE) if buildings is None else buildings)
    return occupied_lines(state, load_rule_set("gb50289-2016"), as_of=as_of)


@pytest.mark.parametrize(
    ("gap_m", "grade"),
    [
        (-0.2, "on_top"),
        (-0.01, "on_top"),
        (0.01, "protection_zone"),
        (0.49, "protection_zone"),
        (0.51, "table_distance"),
        (1.49, "table_distance"),
        (1.51, None),
    ],
)
def test_the_gravest_grade_is_taken_wall_to_wall(gap_m: float, grade: str | None) -> None:
    found, requirements = occupied(main("g", -0.1 - gap_m))
    assert list(found.grade) == ([] if grade is None else [grade])
    if grade is not None:
        assert found.measured[0] == pytest.approx(gap_m)
    if grade == "table_distance":
        rule = requirements[found.requirement[0]]
        assert (rule.clause, rule.min_m) == ("4.1.9", 1.5)
    if grade == "protection_zone":
        assert requirements[found.requirement[0]].clause == "GB 55009-2021"


@pytest.mark.parametrize(
    ("gap_m", "grade"),
    [(-0.05, "on_top"), (0.3, "protection_zone"), (1.2, "table_distance"), (1.6, None)],
)
def test_an_upright_line_stands_as_far_off_as_its_wall(gap_m: float, grade: str | None) -> None:
    y = -0.1 - gap_m
    columns = {"pressure_class": PressureClass.MEDIUM_A, "sigma_xy_m": 0.06}
    found, _ = occupied(pipe("g", Utility.GAS, [(5, y, -2), (5, y, -1)], d=0.2, **columns))
    assert list(found.grade) == ([] if grade is None else [grade])
    if grade is not None:
        assert found.measured[0] == pytest.approx(gap_m)


def test_a_main_through_the_middle_reaches_in_by_its_whole_depth() -> None:
    found, _ = occupied(main("g", 6.0))
    assert found.grade[0] == "on_top"
    assert found.measured[0] == pytest.approx(-6.1)
    assert found.verdict[0] == Verdict.CERTAIN


def test_zone_and_table_follow_the_pressure() -> None:
    found, _ = occupied(main("g", -3.0, pressure_class=PressureClass.SUBHIGH_A))
    assert (found.grade[0], found.permitted[0]) == ("table_distance", 13.5)


def test_kinds_without_a_zone_have_only_the_table_and_on_top() -> None:
    found, _ = occupied(main("w", -0.3, utility=Utility.WATER))
    assert list(found.grade) == ["table_distance"]


def test_a_kind_the_table_does_not_know_is_still_found_under_a_building() -> None:
    found, _ = occupied(
        main("i", 6.0, utility=Utility.INDUSTRIAL), main("j", -0.5, utility=Utility.INDUSTRIAL)
    )
    assert [str(i) for i in found.other_id] == ["i"]


def test_the_foundation_counts_where_the_clause_says_so() -> None:
    wide = shapely.box(-1, -1, 21, 13)
    buildings = houses(HOUSE, foundation=np.array([wide], object))
    medium, _ = occupied(main("g", -2.0), buildings=buildings)
    assert medium.measured[0] == pytest.approx(0.9)
    subhigh, _ = occupied(
        main("g", -2.0, pressure_class=PressureClass.SUBHIGH_B), buildings=buildings
    )
    assert subhigh.measured[0] == pytest.approx(1.9)


def test_overhead_lines_are_not_occupied() -> None:
    found, _ = occupied(main("p", 6.0, utility=Utility.POWER, burial=Burial.OVERHEAD))
    assert len(found) == 0


def test_a_service_that_ends_in_the_building_is_not_occupied() -> None:
    service = pipe(
        "s", Utility.GAS, [(10, -15, -1), (10, 1, -1)], d=0.05,
        pressure_class=PressureClass.LOW, sigma_xy_m=0.001,
    )  # fmt: skip
    assert len(occupied(service)[0]) == 0
    deep = pipe(
        "s", Utility.GAS, [(10, -15, -1), (10, 11, -1)], d=0.05,
        pressure_class=PressureClass.LOW, sigma_xy_m=0.001,
    )  # fmt: skip
    assert list(occupied(deep)[0].grade) == ["on_top"]


def test_one_run_under_one_building_is_one_suspicion() -> None:
    parts = [
        pipe(
            f"g{n}", Utility.GAS, [(x, 6, -2), (x + 6, 6, -2)],
            pressure_class=PressureClass.LOW, sigma_xy_m=0.001,
        )
        for n, x in enumerate(range(-12, 36, 6))
    ]  # fmt: skip
    found, _ = occupied(*parts)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("line", "house", "first"),
    [
        ("2001-01-01", "2010-01-01", "pipe"),
        ("2011-01-01", "2010-01-01", "building"),
        ("2010-01-01", "2010-01-01", "same_day"),
        ("NaT", "2010-01-01", "unknown"),
    ],
)
def test_who_was_there_first_comes_from_dates(line: str, house: str, first: str) -> None:
    found, _ = occupied(
        main("g", 6.0, valid_from=np.array([line], "M8[D]")),
        buildings=houses(HOUSE, valid_from=np.array([house], "M8[D]")),
    )
    assert list(found.first) == [first]


def test_only_what_is_there_on_the_day_is_looked_at() -> None:
    gone = main("g", 6.0, valid_to=np.array(["2015-01-01"], "M8[D]"))
    assert len(occupied(gone, as_of=np.datetime64("2016-01-01", "D"))[0]) == 0
    assert len(occupied(gone, as_of=np.datetime64("2014-01-01", "D"))[0]) == 1


def test_unknown_size_is_measured_from_the_axis_and_said() -> None:
    line = main("g", -0.3, outer_width_m=np.nan, outer_height_m=np.nan)
    found, _ = occupied(line)
    assert found.measured[0] == pytest.approx(0.3)
    assert "size_unknown" in found.remark[0]


def test_poor_positions_make_a_near_miss_possible() -> None:
    sharp, _ = occupied(main("g", -1.8))
    blurred, _ = occupied(main("g", -1.8, sigma_xy_m=0.3))
    assert len(sharp) == 0
    assert list(blurred.verdict) == [Verdict.POSSIBLE]


def test_the_sentence_is_a_suspicion_in_both_languages() -> None:
    found, _ = occupied(main("g", 6.0))
    assert str(sentence_of(found, 0)) == (
        "Building B0 stands on top of gas line g: suspected, certain;"
        " who was there first is unknown"
    )
    assert sentence_of(found, 0).text("zh") == (
        "建筑 B0 压在燃气管线 g 之上：疑似占压，确定；先后不明"
    )


def test_a_building_without_an_outline_does_no_harm() -> None:
    found, _ = occupied(main("g", 6.0), buildings=houses(None, HOUSE, shapely.Polygon()))
    assert [str(b) for b in found.building_id] == ["B1"]
