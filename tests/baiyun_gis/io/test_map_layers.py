"""Map layers: what a layer is told to hold, its geometry sorted, its text decoded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio import raw

from baiyun_gis.errors import FormatError, InputError, UsageError
from baiyun_gis.io.imported import Imported, ImportOptions
from baiyun_gis.io.vector import READER
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import (
    LevelDatum,
    Material,
    NodeKind,
    StructureKind,
    Utility,
)

CRS = "EPSG:4547"


def write(
    path: Path,
    shapes: list[Any],
    *,
    layer: str = "",
    kind: str = "Unknown",
    crs: str | None = CRS,
    append: bool = False,
    encoding: str | None = None,
    **columns: list[Any],
) -> Path:
    """A layer with these geometries (None for a row without one) and columns."""
    raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object), flavor="iso"),
        [
            np.array(values, dtype=object if isinstance(values[0], str) else None)
            for values in columns.values()
        ],
        list(columns),
        layer=layer or None,
        geometry_type=kind,
        crs=crs,
        append=append,
        encoding=encoding,
    )
    return path


def read(*paths: Path, into: str = "", **settings: str) -> Imported:
    return READER.read(paths, ImportOptions(into=into, settings=settings), silent())


def line(*points: tuple[float, ...]) -> shapely.LineString:
    return shapely.LineString(points)


def box(x: float, y: float, size: float = 10.0) -> shapely.Polygon:
    return shapely.box(x, y, x + size, y + size)


def test_every_layer_of_a_source_is_read_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    write(path, [line((0, 0), (10, 0))], layer="water_main", kind="LineString", diameter=[200])
    write(path, [shapely.Point(0, 0)], layer="manholes", kind="Point", name=["M1"])
    write(path, [box(0, 0)], layer="buildings", kind="Polygon", name=["hall"])
    found = read(path)
    assert (len(found.pipes), len(found.nodes), len(found.buildings)) == (1, 1, 1)
    assert [r.path.split("=")[-1] for r in found.reports] == ["water_main", "manholes", "buildings"]
    assert found.crs == CRS


def test_fields_become_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path / "pipes.geojson",
        [line((0, 0), (10, 0)), line((10, 0), (20, 0))],
        pipe_id=["a", "b"],
        utility=["gas", "给水"],
        diameter=[200, 300],
        material=["PE", "球墨铸铁"],
        year=[1998, 2004],
    )
    pipes = read(path).pipes
    assert list(pipes.id) == ["a", "b"]
    assert list(pipes.utility) == [Utility.GAS, Utility.WATER]
    assert pipes.outer_width_m.tolist() == [0.2, 0.3]
    assert list(pipes.material) == [Material.PE, Material.DUCTILE_IRON]
    assert str(pipes.valid_from[1]) == "2004-01-01"


def test_columns_that_nobody_took_are_named(tmp_path: Path) -> None:
    path = write(
        tmp_path / "water.geojson", [line((0, 0), (10, 0))], diameter=[200], colour_of_lid=["red"]
    )
    notes = [str(n) for n in read(path).reports[0].notes]
    assert "Columns that were left out: colour_of_lid" in notes


def test_a_default_utility_holds_where_nothing_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "net.gpkg"
    write(path, [line((0, 0), (10, 0))], layer="lines2020", kind="LineString", diameter=[200])
    write(path, [line((0, 5), (10, 5))], layer="water_main", kind="LineString", diameter=[200])
    found = read(path, default_utility="gas")
    assert list(found.pipes.utility) == [Utility.GAS, Utility.WATER]
    (asked,) = found.reports[0].asked
    assert (asked.what, asked.taken) == ("utility", "gas")
    assert not found.reports[1].asked


def test_rows_without_geometry_are_set_aside(tmp_path: Path) -> None:
    path = write(
        tmp_path / "pipes.geojson",
        [line((0, 0), (10, 0)), None, shapely.LineString(), line((0, 0), (0, 0))],
        name=list("abcd"),
    )
    report = read(path).reports[0]
    assert (report.rows_read, report.rows_taken) == (4, 1)
    assert [q.row for q in report.quarantined] == [2, 3, 4]


def test_parts_of_a_line_become_pipes_and_count_as_one_row(tmp_path: Path) -> None:
    shape = shapely.MultiLineString([[(0, 0), (5, 0)], [(9, 0), (12, 0)]])
    found = read(write(tmp_path / "pipes.geojson", [shape], pipe_id=["p"], diameter=[100]))
    assert list(found.pipes.id) == ["p-1", "p-2"]
    assert found.reports[0].rows_taken == 1


def test_a_collection_is_split_into_its_kinds(tmp_path: Path) -> None:
    shape = shapely.GeometryCollection([line((0, 0), (5, 0)), shapely.Point(1, 1)])
    found = read(write(tmp_path / "water_pipes.geojson", [shape], name=["x"]))
    assert (len(found.pipes), len(found.nodes)) == (1, 1)
    assert found.reports[0].rows_taken == 1


def test_a_polygon_that_crosses_itself_is_repaired_and_noted(tmp_path: Path) -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    found = read(write(tmp_path / "buildings.geojson", [bow, box(50, 0)], name=["a", "b"]))
    assert found.buildings.geometry[0].is_valid
    assert found.buildings.geometry[0].area == pytest.approx(50)
    assert any("repaired" in str(n) for n in found.reports[0].notes)


def test_a_polygon_without_area_is_set_aside(tmp_path: Path) -> None:
    flat = shapely.Polygon([(0, 0), (10, 0), (5, 0)])
    report = read(
        write(tmp_path / "buildings.geojson", [flat, box(9, 9)], name=["a", "b"])
    ).reports[0]
    assert [(q.row, str(q.reason)) for q in report.quarantined] == [(1, "the polygon has no area")]


def test_pieces_of_one_building_are_made_whole(tmp_path: Path) -> None:
    path = write(
        tmp_path / "buildings.geojson",
        [box(0, 0), box(10, 0), box(0, 0), box(500, 0)],
        id=["a", "a", "b", "b"],
        height=[12.0, 15.0, 9.0, 9.0],
    )
    buildings = read(path).buildings
    assert sorted(buildings.id) == ["a", "b", "b#2"]
    whole = dict(zip(buildings.id, buildings.geometry, strict=True))["a"]
    assert whole.area == pytest.approx(200)
    assert dict(zip(buildings.id, buildings.height_m, strict=True))["a"] == 15.0


def test_heights_and_storeys_of_buildings_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "房屋.geojson", [box(0, 0)], 层数=[6], 高度=[18.5])
    buildings = read(path).buildings
    assert (buildings.storeys[0], buildings.height_m[0]) == (6, 18.5)


@pytest.mark.parametrize(
    ("name", "table", "kind"),
    [
        ("parcels", "structures", StructureKind.PARCEL),
        ("规划许可", "permits", None),
        ("Building_footprints", "buildings", None),
        ("绿地", "structures", StructureKind.GREEN),
        ("mystery", "structures", StructureKind.UNKNOWN),
    ],
)
def test_areas_go_where_their_name_says(
    name: str, table: str, kind: StructureKind | None, tmp_path: Path
) -> None:
    found = read(write(tmp_path / f"{name}.geojson", [box(0, 0)], x=[1]))
    assert len(getattr(found, table)) == 1
    if kind is not None:
        assert found.structures.kind[0] == kind


def test_areas_that_nothing_describes_are_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path / "mystery.geojson", [box(0, 0)], x=[1])
    assert [q.what for q in read(path).reports[0].asked] == ["into"]
    assert len(read(path, into="buildings").buildings) == 1


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "mystery.geojson", [box(0, 0)], x=[1])
    with pytest.raises(UsageError, match="pipes"):
        read(path, into="things")


def test_streets_are_no_pipes(tmp_path: Path) -> None:
    found = read(write(tmp_path / "streets.geojson", [line((0, 0), (9, 0))], x=[1]))
    assert not len(found.pipes)
    assert found.structures.kind[0] == StructureKind.ROAD_CENTRE


def test_labels_among_buildings_are_not_taken(tmp_path: Path) -> None:
    shapes = [box(0, 0), shapely.Point(5, 5)]
    found = read(write(tmp_path / "buildings.geojson", shapes, name=["hall", "hall"]))
    assert (len(found.buildings), len(found.nodes)) == (1, 0)
    assert [q.row for q in found.reports[0].quarantined] == [2]


def test_ends_find_their_nodes_by_named_id_and_else_by_place(tmp_path: Path) -> None:
    path = tmp_path / "net.gpkg"
    points = [shapely.Point(0, 0), shapely.Point(10, 0), shapely.Point(20, 0.0005)]
    write(path, points, layer="nodes", kind="Point", node_id=["n1", "n2", "n3"])
    lines = [line((1, 0), (10, 0)), line((10, 0), (20, 0)), line((30, 0), (40, 0))]
    write(
        path, lines, layer="water_pipes", kind="LineString",
        pipe_id=["a", "b", "c"], start_node=["n1", "", ""], end_node=["n2", "", ""],
        diameter=[100, 100, 100],
    )  # fmt: skip
    pipes = read(path).pipes
    assert list(pipes.start_node) == [0, 1, -1]
    assert list(pipes.end_node) == [1, 2, -1]


def test_lines_in_space_keep_their_levels(tmp_path: Path) -> None:
    path = tmp_path / "gas.gpkg"
    bent = line((0, 0, 3.0), (5, 0, 2.0), (10, 0, 2.5))
    write(
        path, [bent, line((0, 9, 1.0), (9, 9, 2.0))], layer="gas_main", kind="LineString Z",
        size=["DN200", "DN200"],
    )  # fmt: skip
    pipes = read(path).pipes
    assert pipes.axis_level[:3].tolist() == pytest.approx([2.9, 1.9, 2.4])
    assert (pipes.start_level_m[1], pipes.end_level_m[1]) == (1.0, 2.0)
    assert set(pipes.level_datum) == {LevelDatum.OUTER_TOP}


def test_levels_of_nought_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "gas.gpkg"
    write(
        path, [line((0, 0, 0.0), (5, 0, 0.0))], layer="gas_main", kind="LineString Z", size=["DN50"]
    )
    pipes = read(path).pipes
    assert np.isnan(pipes.start_level_m).all()
    assert np.isnan(pipes.axis_level).all()


def test_sizes_in_inches_are_recognised_and_said(tmp_path: Path) -> None:
    sizes = [6, 8, 12, 6, 16, 24, 8]
    shapes = [line((0, i), (9, i)) for i in range(7)]
    found = read(write(tmp_path / "water_pipes.geojson", shapes, diameter=sizes))
    assert found.pipes.nominal_mm[0] == pytest.approx(152.4)
    assert {i.what: i.value for i in found.reports[0].inferred}["size unit"] == "in"


def test_layers_in_other_systems_are_brought_to_the_first(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    write(path, [box(500000, 4000000)], layer="buildings", kind="Polygon", crs="EPSG:32650", x=[1])
    degrees = shapely.box(117.0, 36.14, 117.001, 36.141)
    write(path, [degrees], layer="houses", kind="Polygon", crs="EPSG:4326", x=[1])
    found = read(path)
    assert found.crs == "EPSG:32650"
    assert found.buildings.geometry[1].bounds[0] == pytest.approx(500000, abs=200)


def test_geojson_in_metres_does_not_pass_for_degrees(tmp_path: Path) -> None:
    path = tmp_path / "water_pipes.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"DN":200},'
        '"geometry":{"type":"LineString","coordinates":[[500000,4000000],[500010,4000000]]}}]}',
        encoding="utf-8",
    )
    found = read(path)
    assert found.crs == ""
    assert [q.what for q in found.reports[0].asked] == ["crs"]


def gbk_shapefile(folder: Path) -> Path:
    path = write(
        folder / "管线.shp",
        [line((0, 0), (10, 0)), line((0, 5), (10, 5))],
        kind="LineString",
        encoding="GBK",
        管线种类=["给水", "燃气"],
        材质=["球墨铸铁", "聚乙烯塑料"],
    )
    path.with_suffix(".cpg").unlink()
    dbf = path.with_suffix(".dbf")
    content = bytearray(dbf.read_bytes())
    content[29] = 0
    dbf.write_bytes(content)
    return path


def test_a_shapefile_in_gbk_without_cpg_is_read(tmp_path: Path) -> None:
    found = read(gbk_shapefile(tmp_path))
    assert list(found.pipes.utility) == [Utility.WATER, Utility.GAS]
    assert list(found.pipes.material) == [Material.DUCTILE_IRON, Material.PE]
    said = {i.what: i.value for i in found.reports[0].inferred}
    assert said["encoding"] == "gb18030"


def test_a_wrong_cpg_does_not_spoil_the_text(tmp_path: Path) -> None:
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    assert list(read(path).pipes.utility) == [Utility.WATER, Utility.GAS]


def test_rows_in_another_encoding_are_decoded_on_their_own(tmp_path: Path) -> None:
    path = gbk_shapefile(tmp_path)
    dbf = path.with_suffix(".dbf")
    gas, same_in_utf8 = "燃气".encode("gbk"), "电力".encode()
    content = dbf.read_bytes()
    assert content.count(gas) == 1
    dbf.write_bytes(content.replace(gas + b"  ", same_in_utf8))
    found = read(path)
    assert list(found.pipes.utility) == [Utility.WATER, Utility.POWER]


def test_a_lost_index_is_rebuilt_without_touching_the_source(tmp_path: Path) -> None:
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".shx").unlink()
    before = sorted(p.name for p in tmp_path.iterdir())
    assert len(read(path).pipes) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_shapefile_without_prj_is_asked_about(tmp_path: Path) -> None:
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".prj").unlink()
    found = read(path)
    assert found.crs == ""
    assert "crs" in [q.what for q in found.reports[0].asked]


def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "pipes.geojson"
    path.write_text('{"type":"FeatureCollection","features":[{"type', encoding="utf-8")
    with pytest.raises(FormatError, match=r"pipes\.geojson"):
        read(path)
    with pytest.raises(InputError):
        read(tmp_path / "nothing.shp")


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://x/y</SrcDataSource>',
        '<?xml version="1.0"?>\n<OGRWFSDataSource><URL>http://example.org</URL></OGRWFSDataSource>',
    ],
)
def test_a_file_that_only_points_elsewhere_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "pipes.gml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match="elsewhere"):
        read(path)


def test_points_say_what_stands_there(tmp_path: Path) -> None:
    path = write(
        tmp_path / "JSPOINT.geojson",
        [shapely.Point(0, 0), shapely.Point(5, 0)],
        物探点号=["JS1", "JS2"],
        附属物=["阀门井", "消防栓"],
        地面高程=[10.5, 0.0],
    )
    nodes = read(path).nodes
    assert list(nodes.kind) == [NodeKind.VALVE_CHAMBER, NodeKind.HYDRANT]
    assert list(nodes.is_chamber) == [True, False]
    assert list(nodes.utility) == [Utility.WATER, Utility.WATER]
    assert nodes.ground_m[0] == 10.5
    assert np.isnan(nodes.ground_m[1])


def test_a_copied_source_gives_the_same_tables(tmp_path: Path) -> None:
    path = gbk_shapefile(tmp_path)
    other = tmp_path / "copy"
    other.mkdir()
    for file in tmp_path.glob("管线.*"):
        shutil.copy(file, other)
    one, two = read(path).pipes, read(other / path.name).pipes
    assert one.xy.tolist() == two.xy.tolist()
    assert list(one.id) == list(two.id)


def test_a_depth_that_stands_once_a_line_is_that_of_both_ends(tmp_path: Path) -> None:
    path = write(
        tmp_path / "water.geojson",
        [line((0, 0), (10, 0)), line((10, 0), (20, 0))],
        diameter=[200, 300],
        埋深=[120.0, 90.0],
    )
    found = read(path)
    assert found.pipes.start_depth_m.tolist() == found.pipes.end_depth_m.tolist() == [1.2, 0.9]
    said = {i.what: i.value for i in found.reports[0].inferred}
    assert (said["depth of ends"], said["unit of depth"]) == ("埋深", "cm")


def test_a_depth_without_ground_does_not_hide_the_levels_of_the_geometry(tmp_path: Path) -> None:
    shape = shapely.LineString([(0, 0, 5.0), (10, 0, 5.2)])
    path = write(tmp_path / "water.geojson", [shape], diameter=[200], 埋深=[1.1])
    pipes = read(path).pipes
    assert (pipes.start_level_m[0], pipes.end_level_m[0]) == (5.0, 5.2)
    assert pipes.start_depth_m[0] == 1.1
