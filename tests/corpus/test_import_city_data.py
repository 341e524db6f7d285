"""Real buildings and rasters: counts and numbers agree with their sources."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from baiyun_gis.io.import_report import ImportReport
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.io.raster import Terrain, open_terrain
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import ProjectState

pytestmark = pytest.mark.corpus


def taken(*paths: Path) -> tuple[ProjectState, ImportReport]:
    return import_into(ProjectState(), paths, ImportOptions(), silent())


def test_delft_has_160_buildings_among_570_objects(corpus: Path) -> None:
    path = corpus / "buildings" / "cityjson_cjio" / "delft.json"
    objects = json.loads(path.read_text(encoding="utf-8"))["CityObjects"]
    names = [k for k, o in objects.items() if o["type"] == "Building"]
    assert (len(objects), len(names)) == (570, 160)
    state, _ = taken(path)
    assert list(state.buildings.id) == names
    assert (state.meta.crs, state.meta.vertical_datum) == ("EPSG:28992", "NAP height")
    assert (state.buildings.height_m > 0).all()


def test_footprints_of_delft_agree_with_its_map(corpus: Path) -> None:
    """The 3D model was made from these outlines, so areas must agree building by building."""
    city = taken(corpus / "buildings" / "cityjson_cjio" / "delft.json")[0].buildings
    plan = taken(corpus / "buildings" / "3dfier_example" / "bgt" / "bgt_pand.sqlite")[0].buildings
    outlines = dict(zip(plan.id, plan.geometry, strict=True))
    shared = [i for i in city.id if i in outlines]
    areas = dict(zip(city.id, city.geometry, strict=True))
    assert len(shared) == 160
    assert [areas[i].area for i in shared] == pytest.approx(
        [outlines[i].area for i in shared], rel=0.02, abs=0.5
    )


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("cityjson_cjio/rotterdam_subset.json", 16),
        ("cityjson_cjio/multi_lod.json", 10),
        ("cityjson_cjio/DH_01_subs.city.json", 4),
        ("cjdb/cjfiles/tile_901_trimmed.jsonl", 52),
        ("cjdb/vienna.jsonl", 149),
    ],
)
def test_parts_count_with_their_building(name: str, count: int, corpus: Path) -> None:
    path = corpus / "buildings" / name
    text = path.read_text(encoding="utf-8")
    models = (
        [json.loads(row) for row in text.splitlines()] if name.endswith("l") else [json.loads(text)]
    )
    kinds = [o["type"] for m in models for o in m["CityObjects"].values()]
    assert kinds.count("Building") == count
    assert len(taken(path)[0].buildings) == count


def test_pieces_of_shanghai_buildings_are_made_whole(corpus: Path) -> None:
    path = corpus / "buildings" / "china_osm" / "shanghai_osm_tiles.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    areas = [f for f in features if f["geometry"]["type"] != "Point"]
    assert (len(areas), len(features) - len(areas)) == (1572, 409)
    state, report = taken(path)
    source = report.sources[0]
    assert (source.rows_read, source.rows_taken, len(source.quarantined)) == (1981, 1572, 409)
    ids = {str(f["properties"]["id"]) for f in areas}
    assert {i.split("#")[0] for i in state.buildings.id} <= ids
    assert len(set(state.buildings.id)) == len(state.buildings) < len(ids)
    assert "闵行大楼" in set(state.buildings.name)
    tallest = max(f["properties"].get("height") or 0 for f in areas)
    assert np.nanmax(state.buildings.height_m) == tallest


def test_two_products_of_one_commune_are_taken_whole(corpus: Path) -> None:
    folder = corpus / "buildings_change" / "commune_95430"
    assert len(taken(folder / "bati_95430.shp")[0].buildings) == 950
    assert len(taken(folder / "cadastre_bati_95430.shp")[0].buildings) == 1921


def test_elevation_models_and_footprints_are_told_apart(corpus: Path) -> None:
    folder = corpus / "raster" / "opengeos_elevation"
    state, _ = taken(folder / "dtm.tif", folder / "dsm.tif", folder / "footprints.geojson")
    assert {r.id: r.kind for r in state.rasters} == {
        "dtm": RasterKind.TERRAIN,
        "dsm": RasterKind.SURFACE,
    }
    assert len(state.buildings) == 84
    heights = Terrain((state.rasters[1],), state.meta.crs)
    ground = open_terrain(state)
    assert ground is not None
    middles = np.array([g.centroid.coords[0] for g in state.buildings.geometry])
    above = heights.sample(middles) - ground.sample(middles)
    assert np.nanmedian(above) > 2


def test_terrain_agrees_with_cell_values(corpus: Path) -> None:
    path = corpus / "raster" / "opengeos_elevation" / "dtm.tif"
    raster = taken(path)[0].rasters[0]
    with rasterio.open(path) as dataset:
        cells = dataset.read(1, masked=True).filled(np.nan)
        rows, columns = np.mgrid[10:250:7, 10:270:7]
        t = dataset.transform
    x = t.c + (columns.ravel() + 0.5) * t.a
    y = t.f + (rows.ravel() + 0.5) * t.e
    levels = Terrain((raster,), raster.crs).sample(np.column_stack([x, y]))
    assert levels == pytest.approx(cells[rows.ravel(), columns.ravel()], abs=1e-4, nan_ok=True)


def test_orthophotos_carry_their_day(corpus: Path) -> None:
    state, _ = taken(corpus / "raster" / "opengeos_naip")
    assert {str(r.epoch) for r in state.rasters} == {"2009-08-18", "2020-08-31"}
    assert {r.kind for r in state.rasters} == {RasterKind.IMAGERY}
