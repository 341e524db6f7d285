"""Sections from size texts."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.model.sections import parse_size, sections_from
from baiyun_gis.model.vocabulary import Burial, Material, Provenance, Shape, Utility


@pytest.mark.parametrize(
    "text",
    ["300", "DN300", "dn 300", "Φ300", "φ300", "ø300", "D300", "d300", "300mm", "３００", "300.0"],
)
def test_a_single_number_is_a_circle(text: str) -> None:
    size = parse_size(text)
    assert size is not None
    assert (size.shape, size.width_mm) == (Shape.CIRCLE, 300)


@pytest.mark.parametrize(
    "text", ["800X600", "800x600", "800×600", "800*600", "800 x 600", "BxH=800x600"]
)
def test_two_numbers_are_width_and_height(text: str) -> None:
    size = parse_size(text)
    assert size is not None
    assert (size.shape, size.width_mm, size.height_mm) == (Shape.RECTANGLE, 800, 600)


@pytest.mark.parametrize("text", ["D325x8", "325×8", "Φ325×8", "φ325*8"])
def test_diameter_and_wall_state_the_outer_diameter(text: str) -> None:
    size = parse_size(text)
    assert size is not None
    assert (size.shape, size.width_mm, size.wall_mm) == (Shape.CIRCLE, 325, 8)
    assert size.states_outer


@pytest.mark.parametrize(
    ("text", "holes", "width", "height"),
    [("4Φ110", 4, 240, 240), ("3x4孔Φ100", 12, 340, 460), ("2x100", 2, 220, 100),
     ("4孔110", 4, 240, 240), ("2-DN500", 2, 1020, 500), ("1Φ150", 1, 150, 150)],
)  # fmt: skip
def test_ducts_give_their_envelope_and_count(
    text: str, holes: int, width: float, height: float
) -> None:
    size = parse_size(text)
    assert size is not None
    assert (size.holes, size.width_mm, size.height_mm) == (holes, width, height)


@pytest.mark.parametrize("text", ["", "0", "-", "不明", "无"])
def test_blank_and_zero_are_unknown(text: str) -> None:
    size = parse_size(text)
    assert size is not None
    assert size.shape == Shape.UNKNOWN
    assert np.isnan(size.width_mm)


@pytest.mark.parametrize("text", ["abc", "300x200x100x50", "DN", "约等于"])
def test_what_cannot_be_read_is_said(text: str) -> None:
    assert parse_size(text) is None
    sections = sections_from([text], np.array([Utility.WATER]), np.array([0]))
    assert sections.unreadable.tolist() == [True]
    assert np.isnan(sections.outer_width_m[0])
    assert sections.section_source[0] == Provenance.UNKNOWN


def one(text: str, utility: Utility, material: Material, burial: Burial = Burial.UNKNOWN):
    return sections_from(
        [text],
        np.array([utility], dtype=np.int8),
        np.array([material], dtype=np.int8),
        burial=np.array([burial], dtype=np.int8),
    )


def test_a_concrete_drains_nominal_is_inner_and_its_wall_a_tenth() -> None:
    section = one("600", Utility.SEWAGE, Material.CONCRETE)
    assert section.inner_width_m[0] == pytest.approx(0.6)
    assert section.outer_width_m[0] == pytest.approx(0.72)
    assert section.section_source[0] == Provenance.DERIVED


def test_other_materials_nominal_is_taken_as_outer() -> None:
    section = one("DN300", Utility.WATER, Material.STEEL)
    assert section.outer_width_m[0] == pytest.approx(0.3)
    assert np.isnan(section.inner_width_m[0])
    assert section.section_source[0] == Provenance.DERIVED
    assert section.nominal_mm[0] == 300


@pytest.mark.parametrize("text", ["De110", "OD110"])
def test_only_a_stated_outer_size_is_surveyed(text: str) -> None:
    section = one(text, Utility.GAS, Material.PE)
    assert section.outer_width_m[0] == pytest.approx(0.11)
    assert section.section_source[0] == Provenance.SURVEYED


def test_a_trench_is_measured_inside_and_a_duct_block_outside() -> None:
    trench = one("1000x800", Utility.POWER, Material.MASONRY, Burial.TRENCH)
    assert trench.inner_width_m[0] == pytest.approx(1.0)
    assert trench.outer_width_m[0] == pytest.approx(1.48)
    block = one("600x400", Utility.TELECOM, Material.CONCRETE, Burial.DUCT_BLOCK)
    assert block.outer_width_m[0] == pytest.approx(0.6)


def test_a_column_of_small_decimals_is_in_metres() -> None:
    utility, material = np.full(3, Utility.WATER), np.full(3, Material.STEEL)
    section = sections_from(["0.3", "1.2x1.0", "2"], utility, material)
    assert section.unit == "m"
    assert section.outer_width_m == pytest.approx([0.3, 1.2, 2.0])
    assert sections_from(["0.3", "300", "2"], utility, material).unit == "mm"


def test_the_headers_unit_wins_over_the_columns_look() -> None:
    section = sections_from(
        ["30"], np.array([Utility.WATER]), np.array([Material.STEEL]), unit="cm"
    )
    assert section.outer_width_m[0] == pytest.approx(0.3)
