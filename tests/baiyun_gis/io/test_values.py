"""Cells as numbers, days and codes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baiyun_gis.io.days import days_from
from baiyun_gis.io.values import (
    LEVEL_MISSING,
    burials_from,
    chambers_from,
    flows_from,
    materials_from,
    node_kinds_from,
    pressures_from,
    reals_from,
    statuses_from,
    texts_from,
    utilities_from,
    voltages_from,
)
from baiyun_gis.model.vocabulary import Burial, Material, NodeKind, PressureClass, Status, Utility


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.5", 1.5), ("１．５", 1.5), ("1.5m", 1.5), ("12,345.6", 12345.6), ("1,5", 1.5),
     (" 2 ", 2.0), ("约3", 3.0), ("1e3", 1000.0), ("-0.5", -0.5)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert reals_from([text, "x"])[0] == number


@pytest.mark.parametrize("text", ["", "-", "abc", "None", "nan", "1.2.3", "2-3", None])
def test_what_is_no_number_is_unknown(text: str | None) -> None:
    assert np.isnan(reals_from([text])[0])


def test_zero_is_a_number_but_no_level() -> None:
    assert reals_from(["0"])[0] == 0
    assert np.isnan(reals_from(["0", "-9999"], missing=LEVEL_MISSING)).all()


@given(st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3))))
def test_plain_numbers_come_back_as_they_are(numbers: list[float]) -> None:
    assert reals_from([repr(n) for n in numbers], missing=()) == pytest.approx(numbers)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2010-05-01", "2010-05-01"), ("2010/5/1", "2010-05-01"), ("20100501", "2010-05-01"),
     ("2010.5", "2010-05-01"), ("2010年5月", "2010-05-01"), ("1998年", "1998-01-01"),
     ("1998", "1998-01-01"), ("40000", "2009-07-06"), ("25/12/2012", "2012-12-25"),
     ("12/25/2012", "2012-12-25"), ("2010-05-01 10:20:30", "2010-05-01"),
     ("2010-02-30", "NaT"), ("九十年代", "NaT"), ("", "NaT"), ("0", "NaT")],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text: str, day: str) -> None:
    got = days_from([text])[0]
    assert str(got) == day


def test_one_unambiguous_date_decides_the_order_of_the_column() -> None:
    assert days_from(["03/04/2020", "13/04/2020"])[0] == np.datetime64("2020-04-03")
    assert days_from(["03/04/2020", "04/13/2020"])[0] == np.datetime64("2020-03-04")


@pytest.mark.parametrize(
    ("text", "utility", "code"),
    [("给水", Utility.WATER, "JS"), ("js", Utility.WATER, "JS"), ("中水", Utility.RECLAIMED, "ZS"),
     ("污水管", Utility.SEWAGE, "WS"), ("天然气", Utility.GAS, "TR"), ("RQ", Utility.GAS, "RQ"),
     ("52022202", Utility.SEWAGE, "WS"), ("雨污合流", Utility.COMBINED, "HS"),
     ("storm sewer", Utility.STORM, "YS"), ("路灯", Utility.POWER, "LD"),
     ("不明管线", Utility.UNKNOWN, "BM"), ("xyz", Utility.UNKNOWN, "")],
)  # fmt: skip
def test_utilities_come_from_names_and_codes(text: str, utility: Utility, code: str) -> None:
    codes, names = utilities_from([text])
    assert (codes[0], names[0]) == (utility, code)


def test_words_become_codes() -> None:
    assert materials_from(["球墨铸铁", "砼", "PE100", "?"]).tolist() == [
        Material.DUCTILE_IRON, Material.CONCRETE, Material.PE, Material.UNKNOWN,
    ]  # fmt: skip
    assert burials_from(["直埋", "方沟", "GK", ""]).tolist() == [
        Burial.DIRECT, Burial.TRENCH, Burial.DUCT_BLOCK, Burial.UNKNOWN,
    ]  # fmt: skip
    assert statuses_from(["", "废弃", "1", "怪"]).tolist() == [
        Status.IN_USE, Status.ABANDONED, Status.ABANDONED, Status.OTHER,
    ]  # fmt: skip
    assert node_kinds_from(["窨井", "三通", "消火栓", "盖堵"]).tolist() == [
        NodeKind.MANHOLE, NodeKind.TEE, NodeKind.HYDRANT, NodeKind.END,
    ]  # fmt: skip


def test_a_meter_chamber_is_a_chamber_and_a_well_cover_is_none() -> None:
    assert chambers_from(["水表井", "人孔", "阀门", "雨水篦", "井盖", "水源井"]).tolist() == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_pressures_are_megapascals_or_classes() -> None:
    mpa, grade = pressures_from(["0.4", "0.2MPa", "400kPa", "中压A", "低压", ""])
    assert mpa[:3] == pytest.approx([0.4, 0.2, 0.4])
    assert np.isnan(mpa[3:]).all()
    assert grade.tolist() == [
        0, 0, 0, PressureClass.MEDIUM_A, PressureClass.LOW, PressureClass.UNKNOWN,
    ]  # fmt: skip


def test_a_column_of_large_pressures_is_kilopascals() -> None:
    assert pressures_from(["200", "400"])[0] == pytest.approx([0.2, 0.4])
    assert pressures_from(["2", "4"], unit="bar")[0] == pytest.approx([0.2, 0.4])


def test_voltages_are_kilovolts_and_the_highest_counts() -> None:
    kv = voltages_from(["10kV", "380V", "220V/380V", "10KV,110KV", "35", ""])
    assert kv[:5] == pytest.approx([10, 0.38, 0.38, 110, 35])
    assert np.isnan(kv[5])


def test_flow_needs_a_clear_word() -> None:
    assert flows_from(["+", "-", "", "正向"]).tolist() == [1, 2, 0, 1]
    assert flows_from(["1", "2", "0"]).tolist() == [1, 2, 0]
    assert flows_from(["1", "0"]).tolist() == [0, 0]  # means opposite things in two standards


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (np.array([1.0, np.nan, 2.5]), ["1", "", "2.5"]),
        ([1.0, float("nan"), None, "x "], ["1", "", "", "x"]),
        (np.array(["2020-01-02", "NaT"], dtype="datetime64[ns]"), ["2020-01-02", ""]),
        (np.array([1, 2]), ["1", "2"]),
    ],
)
def test_columns_of_any_type_become_texts(cells: object, texts: list[str]) -> None:
    assert texts_from(cells).tolist() == texts  # type: ignore[arg-type]
