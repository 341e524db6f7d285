"""Rasters: what they hold, where levels come from, and damage told in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from baiyun_gis.crs.transforms import transform
from baiyun_gis.errors import CrsError, FormatError, InputError, UsageError
from baiyun_gis.io.imported import Imported, ImportOptions
from baiyun_gis.io.raster import READER, Terrain, extent_of, open_terrain, read_window
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import ProjectMeta, ProjectState, RasterSource

CRS = "EPSG:32650"
NORTH_UP = Affine(2, 0, 500_000, 0, -2, 4_000_100)


def write(
    path: Path, cells: Any, *, transform: Affine = NORTH_UP, crs: str | None = CRS, **more: Any
) -> Path:
    """A GeoTIFF of these cells, (rows, columns) or (bands, rows, columns)."""
    array = np.asarray(cells)
    array = array if array.ndim == 3 else array[None]
    bands, height, width = array.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=bands, dtype=array.dtype,
        crs=crs, transform=transform, **more,
    ) as dataset:  # fmt: skip
        dataset.write(array)
    return path


def plane(rows: int = 50, columns: int = 40) -> np.ndarray:
    """Levels that rise 0.1 m a metre east and 0.05 m a metre north, at cell centres."""
    row, column = np.mgrid[:rows, :columns]
    east, north = 2 * column + 1, 100 - (2 * row + 1)
    return (10 + 0.1 * east + 0.05 * north).astype(np.float32)


def terrain(path: Path, *, crs: str = CRS) -> Terrain:
    return Terrain((RasterSource("t", RasterKind.TERRAIN, str(path), crs=CRS),), crs)


def read(*paths: Path, into: str = "", **settings: str) -> Imported:
    return READER.read(paths, ImportOptions(into=into, settings=settings), silent())


def test_levels_between_cells_are_bilinear(tmp_path: Path) -> None:
    east, north = np.array([1.0, 2.0, 33.3, 78.0]), np.array([99.0, 97.0, 50.5, 3.0])
    points = np.column_stack([500_000 + east, 4_000_000 + north])
    levels = terrain(write(tmp_path / "dtm.tif", plane())).sample(points)
    assert levels == pytest.approx(10 + 0.1 * east + 0.05 * north, abs=1e-4)


def test_there_is_no_level_outside(tmp_path: Path) -> None:
    points = [[499_999.9, 4_000_050], [500_080.1, 4_000_050], [500_040, 4_000_100.1], [0, 0]]
    assert np.isnan(terrain(write(tmp_path / "dtm.tif", plane())).sample(np.array(points))).all()


def test_the_outermost_half_cell_still_has_a_level(tmp_path: Path) -> None:
    level = terrain(write(tmp_path / "dtm.tif", plane())).sample(
        np.array([[500_000.2, 4_000_099.8]])
    )
    assert level[0] == pytest.approx(10 + 0.1 + 0.05 * 99)


def test_cells_without_data_give_no_level_next_to_them(tmp_path: Path) -> None:
    cells = plane()
    cells[10, 10] = -9999
    cells[20, 20] = np.nan
    ground = terrain(write(tmp_path / "dtm.tif", cells, nodata=-9999))
    points = [
        [500_021, 4_000_079],
        [500_020, 4_000_078.5],
        [500_041, 4_000_059],
        [500_031, 4_000_071],
    ]
    assert list(np.isnan(ground.sample(np.array(points)))) == [True, True, True, False]


def test_a_rotated_raster_is_sampled_where_it_lies(tmp_path: Path) -> None:
    cos, sin = np.cos(np.radians(30)), np.sin(np.radians(30))
    turned = Affine(2 * cos, 2 * sin, 500_000, 2 * sin, -2 * cos, 4_000_000)
    cells = plane()
    ground = terrain(write(tmp_path / "dtm.tif", cells, transform=turned))
    x = turned.a * 7.5 + turned.b * 12.5 + turned.c
    y = turned.d * 7.5 + turned.e * 12.5 + turned.f
    assert ground.sample(np.array([[x, y]]))[0] == pytest.approx(float(cells[12, 7]))


def test_points_in_another_system_find_their_level(tmp_path: Path) -> None:
    from pyproj import Transformer

    path = write(tmp_path / "dtm.tif", plane())
    turn = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lon, lat = turn.transform(500_033.3, 4_000_050.5)
    level = terrain(path, crs="EPSG:4326").sample(np.array([[lon, lat]]))
    assert level[0] == pytest.approx(10 + 3.33 + 2.525, abs=1e-3)


def test_a_large_raster_is_read_tile_by_tile_with_the_same_answer(tmp_path: Path) -> None:
    cells = plane(40, 3000)
    path = write(tmp_path / "dtm.tif", cells, tiled=True, blockxsize=256, blockysize=256)
    east = np.linspace(1.5, 5990, 500)
    points = np.column_stack([500_000 + east, np.full(500, 4_000_060.0)])
    assert terrain(path).sample(points) == pytest.approx(10 + 0.1 * east + 3.0, abs=1e-3)


def test_levels_in_feet_become_metres(tmp_path: Path) -> None:
    path = write(tmp_path / "dtm.tif", np.full((5, 5), 100.0, dtype=np.float32))
    with rasterio.open(path, "r+") as dataset:
        dataset.units = ("foot",)
    assert terrain(path).sample(np.array([[500_005.0, 4_000_095.0]]))[0] == pytest.approx(30.48)


def test_the_next_terrain_answers_where_the_first_has_none(tmp_path: Path) -> None:
    low = write(tmp_path / "a.tif", np.full((5, 5), 1.0, dtype=np.float32))
    high = write(tmp_path / "b.tif", np.full((50, 50), 2.0, dtype=np.float32))
    sources = tuple(RasterSource(p.stem, RasterKind.TERRAIN, str(p), crs=CRS) for p in (low, high))
    points = np.array([[500_005.0, 4_000_095.0], [500_050.0, 4_000_050.0]])
    assert Terrain(sources, CRS).sample(points).tolist() == [1.0, 2.0]


def test_a_terrain_of_another_place_has_no_level_here(tmp_path: Path) -> None:
    path = write(tmp_path / "dtm.tif", plane(), crs="EPSG:26918")
    source = RasterSource("t", RasterKind.TERRAIN, str(path), crs="EPSG:26918")
    with pytest.raises(CrsError):
        transform(np.array([[418_500.0, 4_577_000.0]]), "EPSG:25831", "EPSG:26918")
    ground = Terrain((source,), "EPSG:25831")
    assert np.isnan(ground.sample(np.array([[418_500.0, 4_577_000.0]]))).all()


def test_a_project_without_terrain_has_none(tmp_path: Path) -> None:
    state = ProjectState(meta=ProjectMeta(crs=CRS))
    assert open_terrain(state) is None
    source = RasterSource("t", RasterKind.TERRAIN, "dtm.tif", crs=CRS)
    write(tmp_path / "dtm.tif", plane())
    state = ProjectState(meta=ProjectMeta(crs=CRS, path=tmp_path / "p.gpkg"), rasters=(source,))
    ground = open_terrain(state)
    assert ground is not None
    assert not np.isnan(ground.sample(np.array([[500_010.0, 4_000_050.0]]))).any()


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("city_dtm_2m", plane(), RasterKind.TERRAIN),
        ("DSM_2020", plane(), RasterKind.SURFACE),
        ("数字高程模型", plane(), RasterKind.TERRAIN),
        ("N123", plane(), RasterKind.TERRAIN),
        ("slope", plane(), RasterKind.UNKNOWN),
        ("academy", plane() * 1000, RasterKind.UNKNOWN),
        ("anything", np.zeros((3, 9, 9), dtype=np.uint8), RasterKind.IMAGERY),
        ("正射影像", np.zeros((4, 9, 9), dtype=np.uint16), RasterKind.IMAGERY),
    ],
)
def test_a_raster_is_told_by_its_name_and_bands(
    name: str, cells: np.ndarray, kind: RasterKind, tmp_path: Path
) -> None:
    found = read(write(tmp_path / f"{name}.tif", cells))
    assert found.rasters[0].kind is kind
    assert found.crs == CRS


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("m_4709963_se_14_1_20090818", "2009-08-18"),
        ("dsm_2020-08-31", "2020-08-31"),
        ("dsm_2019", "2019-01-01"),
        ("dsm", "NaT"),
        ("dsm_20209999", "NaT"),
    ],
)
def test_the_epoch_stands_in_the_name(name: str, day: str, tmp_path: Path) -> None:
    found = read(write(tmp_path / f"{name}.tif", plane()))
    assert str(found.rasters[0].epoch) == day


def test_the_user_may_say_kind_and_epoch(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", plane())
    raster = read(path, into="surface", epoch="2021-05-01").rasters[0]
    assert raster.kind is RasterKind.SURFACE
    assert str(raster.epoch) == "2021-05-01"
    with pytest.raises(UsageError, match="terrain"):
        read(path, into="pipes")
    with pytest.raises(UsageError, match="2020"):
        read(path, epoch="yesterday")


def test_a_raster_that_does_not_say_where_it_lies_is_refused(tmp_path: Path) -> None:
    with pytest.warns(NotGeoreferencedWarning):
        path = write(tmp_path / "dtm.tif", plane(), transform=Affine.identity(), crs=None)
    with pytest.raises(FormatError, match="where it lies"):
        read(path)


def test_a_raster_without_a_system_is_asked_about(tmp_path: Path) -> None:
    found = read(write(tmp_path / "dtm.tif", plane(), crs=None))
    assert [q.what for q in found.reports[0].asked] == ["crs"]


def test_a_terrain_without_any_level_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "dtm.tif", np.full((5, 5), -9999.0, dtype=np.float32), nodata=-9999)
    with pytest.raises(FormatError, match="no cell"):
        read(path)


def test_a_cut_off_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "dtm.tif", plane(400, 400))
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(FormatError, match=r"dtm\.tif"):
        read(path)
    path.write_bytes(b"not a raster at all")
    with pytest.raises(FormatError, match=r"dtm\.tif"):
        read(path)
    with pytest.raises(InputError):
        read(tmp_path / "nothing.tif")


@pytest.mark.parametrize(
    "text", ["<GDAL_WMS><Service/></GDAL_WMS>", "  <VRTDataset rasterXSize='1'/>"]
)
def test_a_file_that_points_elsewhere_is_not_followed(text: str, tmp_path: Path) -> None:
    path = tmp_path / "dtm.tif"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match="elsewhere"):
        read(path)


def test_a_window_shows_the_part_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "dtm.tif", plane(), nodata=-9999)
    source = read(path).rasters[0]
    assert extent_of(source, CRS) == (500_000, 4_000_000, 500_080, 4_000_100)
    window = read_window(
        source, extent=(500_000, 4_000_000, 500_160, 4_000_100), shape=(50, 80), crs=CRS
    )
    assert window.shape == (1, 50, 80)
    assert window.dtype == np.float32
    assert window[0, :, :40] == pytest.approx(plane(), abs=1e-3)
    assert np.isnan(window[0, :, 40:]).all()


def test_a_window_in_degrees_is_turned(tmp_path: Path) -> None:
    source = read(write(tmp_path / "dtm.tif", plane())).rasters[0]
    west, south, east, north = extent_of(source, "EPSG:4326")
    assert 116 < west < east < 118
    window = read_window(source, extent=(west, south, east, north), shape=(20, 20), crs="EPSG:4326")
    assert window[0, 10, 10] == pytest.approx(10 + 4 + 2.5, abs=0.5)
