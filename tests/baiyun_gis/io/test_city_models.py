"""CityJSON: footprints, heights and ground levels of buildings, parts with their building."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from baiyun_gis.errors import FormatError
from baiyun_gis.io.cityjson import READER
from baiyun_gis.io.imported import Imported, ImportOptions
from baiyun_gis.jobs import silent

FACES = [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
NAMES = ["GroundSurface", "RoofSurface", *["WallSurface"] * 4]


def block(x: float, y: float, low: float, high: float, size: float = 10) -> list[list[float]]:
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    return [[a, b, z] for z in (low, high) for a, b in corners]


def solid(first: int = 0, *, semantic: bool = True, lod: str = "2.2") -> dict[str, Any]:
    shell = [[[v + first for v in face]] for face in FACES]
    geometry: dict[str, Any] = {"type": "Solid", "lod": lod, "boundaries": [shell]}
    if semantic:
        geometry["semantics"] = {
            "surfaces": [{"type": n} for n in NAMES],
            "values": [list(range(6))],
        }
    return geometry


def model(objects: dict[str, Any], vertices: list[list[float]], **more: Any) -> dict[str, Any]:
    """A CityJSON 2.0 model whose vertices are stored in centimetres."""
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.01] * 3, "translate": [1000, 2000, 0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "CityObjects": objects,
        "vertices": [[round(c * 100) for c in v] for v in vertices],
        **more,
    }


def read(path: Path, content: dict[str, Any] | str) -> Imported:
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    assert READER.claims(path) > 0.5
    return READER.read((path,), ImportOptions(), silent())


@pytest.mark.parametrize("semantic", [True, False])
def test_a_building_has_footprint_height_and_ground(semantic: bool, tmp_path: Path) -> None:
    building = {"type": "Building", "geometry": [solid(semantic=semantic)],
                "attributes": {"storeysAboveGround": 3}}  # fmt: skip
    found = read(tmp_path / "a.city.json", model({"b1": building}, block(0, 0, 4.5, 13.5)))
    row = found.buildings
    assert list(row.id) == ["b1"]
    assert row.geometry[0].bounds == (1000, 2000, 1010, 2010)
    assert (row.height_m[0], row.ground_m[0], row.storeys[0]) == (9.0, 4.5, 3)
    assert (found.crs, found.vertical_datum) == ("EPSG:28992", "NAP height")


def test_parts_belong_to_their_building(tmp_path: Path) -> None:
    objects = {
        "whole": {"type": "Building", "children": ["p1", "p2"]},
        "p1": {"type": "BuildingPart", "parents": ["whole"], "geometry": [solid(0)]},
        "p2": {"type": "BuildingPart", "parents": ["whole"], "geometry": [solid(8)]},
        "road": {"type": "Road"},
    }
    vertices = [*block(0, 0, 1, 10), *block(10, 0, 1, 20)]
    found = read(tmp_path / "a.city.json", model(objects, vertices))
    assert list(found.buildings.id) == ["whole"]
    assert found.buildings.geometry[0].area == pytest.approx(200)
    assert found.buildings.height_m[0] == 19
    assert any("Road (1)" in str(n) for n in found.reports[0].notes)


def test_the_outline_of_lod_0_wins_and_the_solid_gives_the_height(tmp_path: Path) -> None:
    outline = {"type": "MultiSurface", "lod": "0", "boundaries": [[[8, 9, 10, 11]]]}
    objects = {"b": {"type": "Building", "geometry": [outline, solid(0, lod="1.2")]}}
    vertices = [*block(0, 0, 1, 10), *block(2, 2, 1, 1, size=5)]
    row = read(tmp_path / "a.city.json", model(objects, vertices)).buildings
    assert row.geometry[0].area == pytest.approx(25)
    assert row.height_m[0] == 9


def test_an_old_model_without_transform_is_read(tmp_path: Path) -> None:
    content = model({"b": {"type": "Building", "geometry": [solid()]}}, [])
    del content["transform"], content["metadata"]
    content |= {"version": "1.0", "vertices": block(0, 0, 0, 6)}
    found = read(tmp_path / "a.json", content)
    assert found.buildings.height_m[0] == 6
    assert [q.what for q in found.reports[0].asked] == ["crs"]


def test_a_template_is_put_in_its_place(tmp_path: Path) -> None:
    instance = {
        "type": "GeometryInstance",
        "template": 0,
        "boundaries": [0],
        "transformationMatrix": [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    }
    templates = {"templates": [solid()], "vertices-templates": block(0, 0, 0, 3)}
    content = model(
        {"b": {"type": "Building", "geometry": [instance]}}, [[50, 60, 7]],
        **{"geometry-templates": templates},
    )  # fmt: skip
    row = read(tmp_path / "a.city.json", content).buildings
    assert row.geometry[0].bounds == (1050, 2060, 1070, 2080)
    assert (row.ground_m[0], row.height_m[0]) == (7, 3)


def test_a_sequence_is_read_feature_by_feature(tmp_path: Path) -> None:
    first = model({}, [])
    rows = [json.dumps(first)]
    for i in range(3):
        feature = {
            "type": "CityJSONFeature",
            "id": f"b{i}",
            "CityObjects": {f"b{i}": {"type": "Building", "geometry": [solid()]}},
            "vertices": [[round(c * 100) for c in v] for v in block(20 * i, 0, 0, 5 + i)],
        }
        rows.append(json.dumps(feature))
    found = read(tmp_path / "a.city.jsonl", "\n".join(rows) + "\n")
    assert list(found.buildings.id) == ["b0", "b1", "b2"]
    assert found.buildings.height_m.tolist() == [5, 6, 7]
    assert found.reports[0].format == "cityjsonseq"


def test_a_sequence_without_its_head_is_refused(tmp_path: Path) -> None:
    feature = {"type": "CityJSONFeature", "CityObjects": {}, "vertices": []}
    with pytest.raises(FormatError, match="first line"):
        read(tmp_path / "a.city.jsonl", json.dumps(feature))


def test_a_building_with_damaged_boundaries_is_set_aside(tmp_path: Path) -> None:
    broken = solid()
    broken["boundaries"][0][0] = [[0, 1, 99]]
    objects = {
        "bad": {"type": "Building", "geometry": [broken]},
        "none": {"type": "Building"},
        "good": {"type": "Building", "geometry": [solid()]},
    }
    report = read(tmp_path / "a.city.json", model(objects, block(0, 0, 0, 5))).reports[0]
    assert (report.rows_read, report.rows_taken) == (3, 1)
    assert [q.value for q in report.quarantined] == ["bad", "none"]
    assert "vertex" in str(report.quarantined[0].reason)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"type": "CityJSON", "CityObjects": {', "line 1"),
        ('{"type": "CityJSON", "version": "2.0"}', "CityObjects"),
        ('{"type": "CityJSON", "CityObjects": {}, "vertices": [[1, 2]]}', "vertices"),
        (
            '{"type": "CityJSON", "CityObjects": {"r": {"type": "Road"}}, "vertices": []}',
            "building",
        ),
        ('{"CityObjects": 1}', "no CityJSON"),
        ("[" * 100_000 + '"CityObjects"', "damaged"),
    ],
)
def test_a_damaged_model_is_told_in_one_sentence(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=says):
        read(tmp_path / "a.city.json", text)
