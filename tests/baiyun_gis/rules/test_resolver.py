"""Which row wins, what missing attributes lead to, and what no row speaks of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Burial, Material, PressureClass, Surface, Utility
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolver import (
    NotCovered,
    pipe_classes,
    resolve_buildings,
    resolve_cover,
    resolve_pairs,
)

GB = "gb50289-2016"


def one(utility: Utility, **columns: Any) -> PipeTable:
    given_ = {"burial": Burial.DIRECT, "nominal_mm": 300.0} | columns
    return PipeTable.build(1, utility=utility, offsets=np.zeros(2, np.int64), **given_)


def asked(
    a: PipeTable, b: PipeTable, *, check: str = "horizontal_clearance", rules: str = GB
) -> tuple[float, Requirement | None, NotCovered]:
    rule_set = load_rule_set(rules)
    classes = pipe_classes(rule_set, PipeTable.concat([a, b]))
    found = resolve_pairs(rule_set, check, classes)
    at = classes.class_of[0], classes.class_of[1]
    index = int(found.requirement[at])
    requirement = found.requirements[index] if index >= 0 else None
    return float(found.required_m[at]), requirement, NotCovered(int(found.why_not[at]))


@pytest.mark.parametrize(
    ("diameter_mm", "required_m"), [(199.9, 1.0), (200.0, 1.0), (200.1, 1.5), (1000.0, 1.5)]
)
def test_water_changes_its_row_above_200_mm(diameter_mm: float, required_m: float) -> None:
    pipe = one(Utility.WATER, nominal_mm=diameter_mm)
    assert asked(pipe, one(Utility.SEWAGE))[0] == required_m


@pytest.mark.parametrize(
    ("pressure_mpa", "required_m"),
    [
        (0.005, 1.0), (0.0099, 1.0), (0.01, 1.2), (0.2, 1.2), (0.4, 1.2), (0.41, 1.5),
        (0.8, 1.5), (0.81, 2.0), (1.6, 2.0),
    ],
)  # fmt: skip
def test_gas_pressure_falls_into_the_classes_of_the_set(
    pressure_mpa: float, required_m: float
) -> None:
    gas = one(Utility.GAS, pressure_mpa=pressure_mpa)
    assert asked(gas, one(Utility.SEWAGE))[0] == required_m


def test_a_recorded_class_wins_over_the_pressure() -> None:
    gas = one(Utility.GAS, pressure_mpa=0.005, pressure_class=PressureClass.SUBHIGH_A)
    assert asked(gas, one(Utility.SEWAGE))[0] == 2.0


def test_thresholds_belong_to_the_set() -> None:
    gas = one(Utility.GAS, pressure_mpa=0.03)
    assert asked(gas, one(Utility.SEWAGE))[0] == 1.2
    assert asked(gas, one(Utility.SEWAGE), rules="gb50014-2021")[0] == 1.0


def test_gas_above_the_table_has_no_number_and_says_so() -> None:
    required, requirement, why = asked(one(Utility.GAS, pressure_mpa=1.61), one(Utility.SEWAGE))
    assert np.isnan(required)
    assert requirement is None
    assert why is NotCovered.PRESSURE_OUTSIDE


def test_missing_pressure_takes_the_strictest_row_and_says_so() -> None:
    required, requirement, _ = asked(one(Utility.GAS), one(Utility.SEWAGE))
    assert required == 2.0
    assert requirement is not None
    assert requirement.assumed == ("pressure",)
    assert "次高压A" in requirement.sentence.text("zh")


def test_missing_size_takes_the_strictest_row_and_says_so() -> None:
    water = one(Utility.WATER, nominal_mm=np.nan)
    required, requirement, _ = asked(water, one(Utility.SEWAGE))
    assert required == 1.5
    assert requirement is not None
    assert requirement.assumed == ("size",)


def test_size_comes_from_the_section_where_no_nominal_one_is_recorded() -> None:
    water = one(Utility.WATER, nominal_mm=np.nan, inner_width_m=0.15, outer_width_m=0.21)
    assert asked(water, one(Utility.SEWAGE))[0] == 1.0


def test_a_gap_in_the_record_that_changes_nothing_is_not_an_assumption() -> None:
    cable = one(Utility.POWER, burial=Burial.UNKNOWN)
    required, requirement, _ = asked(one(Utility.WATER), cable)
    assert required == 0.5
    assert requirement is not None
    assert requirement.assumed == ()
    assert "直埋" not in requirement.sentence.text("zh")


def test_unknown_laying_and_voltage_are_both_named() -> None:
    cable = one(Utility.POWER, burial=Burial.UNKNOWN)
    required, requirement, _ = asked(cable, one(Utility.TELECOM))
    assert required == 2.0
    assert requirement is not None
    assert requirement.assumed == ("burial", "voltage") or requirement.assumed == ("voltage",)
    assert asked(one(Utility.POWER, voltage_kv=10.0), one(Utility.TELECOM))[0] == 0.5
    assert asked(one(Utility.POWER, voltage_kv=34.9), one(Utility.TELECOM))[0] == 0.5
    assert asked(one(Utility.POWER, voltage_kv=35.0), one(Utility.TELECOM))[0] == 2.0


def test_zero_is_not_a_pressure_or_voltage() -> None:
    assert asked(one(Utility.GAS, pressure_mpa=0.0), one(Utility.SEWAGE))[0] == 2.0
    assert asked(one(Utility.POWER, voltage_kv=0.0), one(Utility.TELECOM))[0] == 2.0


def test_a_line_in_a_trench_is_judged_by_the_trench_column() -> None:
    heat = one(Utility.HEAT, burial=Burial.TRENCH)
    gas = one(Utility.GAS, pressure_class=PressureClass.SUBHIGH_A)
    assert asked(gas, heat)[0] == 4.0
    assert asked(gas, one(Utility.HEAT))[0] == 2.0


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (one(Utility.UNKNOWN), NotCovered.UNKNOWN_KIND),
        (one(Utility.INDUSTRIAL), NotCovered.NO_ROW),
        (one(Utility.TUNNEL), NotCovered.NO_ROW),
        (one(Utility.POWER, burial=Burial.OVERHEAD), NotCovered.ABOVE_GROUND),
        (one(Utility.POWER, burial=Burial.TUNNEL), NotCovered.INSIDE_STRUCTURE),
    ],
)
def test_what_no_row_speaks_of_is_never_covered(line: PipeTable, why: NotCovered) -> None:
    required, requirement, reason = asked(line, one(Utility.WATER))
    assert np.isnan(required)
    assert requirement is None
    assert reason is why


def test_pairs_of_one_kind_without_a_cell_are_not_covered() -> None:
    assert asked(one(Utility.WATER), one(Utility.WATER))[2] is NotCovered.NO_ROW
    vertical = asked(one(Utility.WATER), one(Utility.WATER), check="vertical_clearance")
    assert vertical[0] == 0.15


def test_a_plate_lets_direct_power_come_nearer() -> None:
    rules = load_rule_set(GB)
    both = PipeTable.concat([one(Utility.POWER), one(Utility.SEWAGE)])
    classes = pipe_classes(rules, both)
    found = resolve_pairs(rules, "vertical_clearance", classes)
    at = classes.class_of[0], classes.class_of[1]
    assert found.required_m[at] == 0.5
    assert found.with_plate_m[at] == 0.25


def test_rules_with_a_direction_turn_with_the_pair() -> None:
    rules = load_rule_set("ten-states")
    both = PipeTable.concat([one(Utility.WATER), one(Utility.SEWAGE)])
    classes = pipe_classes(rules, both)
    water, sewer = classes.class_of
    found = resolve_pairs(rules, "vertical_clearance", classes)
    assert found.required_m[water, sewer] == found.required_m[sewer, water] == 0.457
    assert (found.order[water, sewer], found.order[sewer, water]) == (1, -1)
    assert found.requirements[found.requirement[sewer, water]].order == "b_above"
    beside = resolve_pairs(rules, "horizontal_clearance", classes)
    assert beside.required_m[water, sewer] == 3.048
    assert beside.unless_above_m[water, sewer] == 0.457


def test_cover_under_an_unknown_surface_is_the_stricter_one() -> None:
    rules = load_rule_set(GB)
    classes = pipe_classes(rules, one(Utility.GAS))
    found = resolve_cover(rules, classes)
    by_surface = {s: found.required_m[0, s] for s in Surface}
    assert by_surface == {
        Surface.UNKNOWN: 0.9, Surface.CARRIAGEWAY: 0.9, Surface.NON_CARRIAGEWAY: 0.6
    }  # fmt: skip
    unknown = found.requirements[found.requirement[0, Surface.UNKNOWN]]
    assert unknown.assumed == ("surface",)
    known = found.requirements[found.requirement[0, Surface.CARRIAGEWAY]]
    assert known.assumed == ()


def test_material_rows_apply_only_where_the_material_is_recorded() -> None:
    rules = load_rule_set(GB)
    pipes = PipeTable.concat(
        [
            one(Utility.WATER),
            one(Utility.WATER, material=Material.PE),
            one(Utility.TELECOM, burial=Burial.CONDUIT),
            one(Utility.TELECOM, burial=Burial.CONDUIT, material=Material.STEEL),
        ]
    )
    classes = pipe_classes(rules, pipes)
    cover = resolve_cover(rules, classes).required_m[classes.class_of, Surface.CARRIAGEWAY]
    assert cover.tolist() == [0.7, 1.0, 0.9, 0.6]


def test_subhigh_gas_is_measured_to_the_outer_wall() -> None:
    rules = load_rule_set(GB)
    pipes = PipeTable.concat(
        [
            one(Utility.GAS, pressure_class=PressureClass.SUBHIGH_B),
            one(Utility.GAS, pressure_class=PressureClass.LOW),
        ]
    )
    classes = pipe_classes(rules, pipes)
    found = resolve_buildings(rules, classes)
    assert found.measured_to[classes.class_of].tolist() == ["outer_wall", "foundation"]
    assert found.required_m[classes.class_of].tolist() == [5.0, 0.7]


def test_no_pipes_have_no_classes() -> None:
    for name in (GB, "us-cga"):
        rules = load_rule_set(name)
        classes = pipe_classes(rules, PipeTable.empty())
        assert classes.count == 0
        for check in ("horizontal_clearance", "vertical_clearance", "vertical_order"):
            assert resolve_pairs(rules, check, classes).required_m.shape == (0, 0)
        assert resolve_cover(rules, classes).required_m.shape == (0, 3)


def test_a_set_without_rows_for_a_check_covers_nothing() -> None:
    pair = asked(one(Utility.WATER), one(Utility.GAS), check="vertical_clearance", rules="us-cga")
    assert np.isnan(pair[0])
    assert pair[2] is NotCovered.NO_ROW


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Utility)),
            st.sampled_from(list(Burial)),
            st.sampled_from([np.nan, 100.0, 200.0, 250.0, 300.0, 500.0]),
            st.sampled_from(list(PressureClass)),
            st.sampled_from([np.nan, 10.0, 35.0, 110.0]),
        ),
        min_size=2,
        max_size=12,
    )
)
def test_numbers_do_not_depend_on_order_and_gaps_are_never_laxer(rows: list[Any]) -> None:
    rules = load_rule_set(GB)
    utility, burial, size, pressure, voltage = zip(*rows, strict=True)
    pipes = PipeTable.build(
        len(rows),
        utility=np.array(utility, np.int8),
        burial=np.array(burial, np.int8),
        nominal_mm=np.array(size),
        pressure_class=np.array(pressure, np.int8),
        voltage_kv=np.array(voltage),
        offsets=np.zeros(len(rows) + 1, np.int64),
    )
    known = pipes.with_columns(
        pressure_class=np.where(pressure == np.int8(0), 3, pressure).astype(np.int8),
        nominal_mm=np.where(np.isnan(size), 150.0, size),
    )
    for check in ("horizontal_clearance", "vertical_clearance"):
        wide, narrow = (_by_pipe(rules, check, table) for table in (pipes, known))
        assert np.array_equal(wide, wide.T, equal_nan=True)
        both = ~np.isnan(wide) & ~np.isnan(narrow)
        assert (wide[both] >= narrow[both]).all()
        turned = _by_pipe(rules, check, pipes.take(np.arange(len(rows))[::-1]))
        assert np.array_equal(wide, turned[::-1, ::-1], equal_nan=True)


def _by_pipe(rules: Any, check: str, pipes: PipeTable) -> np.ndarray:
    classes = pipe_classes(rules, pipes)
    return resolve_pairs(rules, check, classes).required_m[
        np.ix_(classes.class_of, classes.class_of)
    ]
