"""Reference systems: areas, zones, transformations that are refused, local grids."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baiyun_gis.crs.local_grids import FourParameters, SevenParameters, fitted, load_local_grid
from baiyun_gis.crs.systems import (
    code_of,
    describe,
    is_geographic,
    is_same,
    metric_system_for,
    within_area,
    zone_of,
    zone_system,
)
from baiyun_gis.crs.transforms import route, transform
from baiyun_gis.errors import CrsError

POINT = np.array([[434_567.0, 2_560_000.0]])


def test_an_unknown_system_is_one_clear_sentence() -> None:
    with pytest.raises(CrsError, match="EPSG:4547"):
        describe("EPSG:999999")


def test_axis_order_of_the_authority_is_told() -> None:
    assert describe("EPSG:4547").axis_order == "north, east"
    assert describe("EPSG:25831").axis_order == "east, north"


@pytest.mark.parametrize("zone", [13, 23, 25, 38, 45])
def test_zone_numbers_name_systems_that_carry_them(zone: int) -> None:
    assert zone_of(zone_system(zone)) == zone
    assert str(zone) in describe(zone_system(zone)).name


@pytest.mark.parametrize("zone", [12, 24, 46])
def test_numbers_that_are_no_zone_name_no_system(zone: int) -> None:
    assert zone_system(zone) == ""


def test_a_zone_number_is_taken_off_exactly() -> None:
    moved = transform(POINT + np.array([[38e6, 0.0]]), "EPSG:4526", "EPSG:4547")
    assert moved == pytest.approx(POINT, abs=1e-6)


def test_wgs84_and_cgcs2000_are_joined_and_it_is_said() -> None:
    there = transform(POINT, "EPSG:4547", "EPSG:4326")
    assert transform(there, "EPSG:4326", "EPSG:4547") == pytest.approx(POINT, abs=1e-4)
    assert route("EPSG:4326", "EPSG:4547").note is not None
    assert route("EPSG:4526", "EPSG:4547").note is None


@pytest.mark.parametrize("source", ["EPSG:2435", "EPSG:2383"])
def test_a_datum_shift_nobody_knows_is_refused(source: str) -> None:
    with pytest.raises(CrsError, match="No transformation of known accuracy"):
        transform(POINT, source, "EPSG:4547")


def test_unknown_places_stay_unknown() -> None:
    moved = transform(np.array([[np.nan, 1.0], POINT[0]]), "EPSG:4547", "EPSG:4548")
    assert np.isnan(moved[0]).all()
    assert np.isfinite(moved[1]).all()


def test_the_area_of_use_tells_swapped_axes() -> None:
    swapped = POINT[:, ::-1]
    assert within_area("EPSG:4547", POINT).all()
    assert not within_area("EPSG:4547", swapped).any()


def test_the_same_system_under_another_text_is_the_same() -> None:
    import pyproj

    assert is_same("EPSG:4547", pyproj.CRS("EPSG:4547").to_wkt())
    assert code_of(pyproj.CRS("EPSG:4547").to_wkt()) == "EPSG:4547"
    assert not is_same("EPSG:4547", "EPSG:4526")
    assert is_geographic("EPSG:4490")


@pytest.mark.parametrize(
    ("crs", "lon", "lat", "wanted"),
    [("EPSG:4490", 113.3, 23.1, "EPSG:4547"), ("EPSG:4326", 121.47, 31.2, "EPSG:4549"),
     ("EPSG:4326", 2.1, 41.4, "EPSG:32631"), ("EPSG:4326", 151.2, -33.9, "EPSG:32756"),
     ("EPSG:4269", -77.0, 38.8, "EPSG:26918")],
)  # fmt: skip
def test_a_project_in_metres_is_found_for_a_place(
    crs: str, lon: float, lat: float, wanted: str
) -> None:
    assert metric_system_for(crs, lon, lat) == wanted


@given(
    dx=st.floats(-1e6, 1e6),
    dy=st.floats(-1e6, 1e6),
    rotation=st.floats(-20_000, 20_000),
    scale=st.floats(-100, 100),
)
def test_four_parameters_undo_themselves(
    dx: float, dy: float, rotation: float, scale: float
) -> None:
    grid = FourParameters("EPSG:4547", dx, dy, rotation, scale)
    local = np.array([[0.0, 0.0], [1000.0, 0.0], [500.0, 800.0]])
    assert grid.undone(grid.applied(local)) == pytest.approx(local, abs=1e-6)


def test_four_parameters_are_found_from_common_points() -> None:
    true = FourParameters("EPSG:4547", 430_000.5, 2_560_000.25, 120.0, 3.0)
    local = np.array([[0.0, 0.0], [3000.0, 100.0], [1500.0, 2500.0], [20.0, 1800.0]])
    grid, residuals = fitted(local, true.applied(local), crs="EPSG:4547")
    assert grid.rotation_arcsec == pytest.approx(120.0, abs=1e-3)
    assert grid.scale_ppm == pytest.approx(3.0, abs=1e-3)
    assert np.abs(residuals).max() < 1e-6
    with pytest.raises(CrsError, match="two common points"):
        fitted(local[:1], local[:1], crs="EPSG:4547")


def test_seven_parameters_of_nothing_only_change_the_ellipsoid() -> None:
    grid = SevenParameters("EPSG:4547", "EPSG:4547", 0.0, 0.0, 0.0)
    assert grid.applied(POINT) == pytest.approx(POINT, abs=1e-3)


def test_a_translation_by_seven_parameters_is_that_long() -> None:
    grid = SevenParameters("EPSG:4547", "EPSG:4547", 0.0, 0.0, 10.0)
    moved = grid.applied(POINT)[0] - POINT[0]
    latitude = math.radians(23.14)
    assert moved[1] == pytest.approx(10 * math.cos(latitude), abs=0.05)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("method = 'x'", "'method' must be"), ("][", "not a readable"),
     ("method = 'four_parameter'\ntarget = 'EPSG:4547'", "do not fit")],
)  # fmt: skip
def test_a_bad_local_grid_file_says_what_is_wrong(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "grid.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CrsError, match=reason):
        load_local_grid(path)
