"""What a person meets at the command line, end to end: files, exit codes, sentences, projects."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import ezdxf
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from pyogrio.raw import write
from pyproj import Transformer
from storage_builders import assert_same_table

from baiyun_gis.__main__ import main
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import LevelDatum, PressureClass, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.storage.project_file import open_project, save_project
from baiyun_gis.synthetic.district import make_district

ORIGIN = (117.02, 36.66)
"""Longitude and latitude of a street corner in Jinan, of zone 39 (3°) and zone 20 (6°)."""
OFFSETS = {"JS1": (0, 0), "JS2": (50, 0), "JS3": (100, 5), "RQ1": (50, -20), "RQ2": (50, 30)}
GROUND = {"JS1": 30.10, "JS2": 30.05, "JS3": 29.90, "RQ1": 30.00, "RQ2": 30.20}


def places(system: int) -> dict[str, tuple[float, float]]:
    """East and north (or longitude and latitude) of the points in EPSG:`system`."""
    metres = Transformer.from_crs(4326, 4548, always_xy=True)
    east, north = metres.transform(*ORIGIN)
    there = Transformer.from_crs(4548, system, always_xy=True)
    return {n: there.transform(east + x, north + y) for n, (x, y) in OFFSETS.items()}


def table(path: Path, rows: Sequence[Sequence[object]], *, sign: str, encoding: str) -> None:
    path.write_text("\n".join(sign.join(map(str, row)) for row in rows), encoding=encoding)


def imported(tmp_path: Path, source: Path, *more: str) -> ProjectState:
    project = tmp_path / "p.gpkg"
    assert main(["--lang", "en", "import", str(source), "--project", str(project), *more]) == 0
    return open_project(project)


def layer(
    path: Path, lines: Sequence[shapely.LineString], crs: str, fields: dict[str, list[object]]
) -> None:
    write(
        path,
        geometry=shapely.to_wkb(np.array(lines)),
        field_data=[np.array(values, dtype=object if isinstance(values[0], str) else None)
                    for values in fields.values()],
        fields=np.array(list(fields), dtype=object),
        geometry_type="LineString",
        crs=crs,
    )  # fmt: skip


# what cannot be done is said in one sentence


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "name", ["a.csv", "a.xlsx", "a.inp", "a.dxf", "a.shp", "a.gpkg", "a.geojson", "a.tif", "a.txt"]
)
def test_an_empty_file_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, lang: str
) -> None:
    source = tmp_path / "空 目录" / name
    source.parent.mkdir()
    source.touch()
    project = tmp_path / "p.gpkg"
    assert main(["--lang", lang, "import", str(source), "--project", str(project)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert name in said
    assert "Traceback" not in said
    assert "driver" not in said
    assert not project.exists()


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:3857", "EPSG:2263"])
def test_a_project_that_would_not_measure_in_metres_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str
) -> None:
    project = tmp_path / "p.gpkg"
    assert main(["--lang", "en", "new", str(project), "--crs", system]) == 2
    assert "metres" in capsys.readouterr().err
    assert not project.exists()


def test_an_import_makes_no_project_of_another_ending(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, project = tmp_path / "a.geojson", tmp_path / "p.txt"
    layer(source, [shapely.LineString([(117, 36), (117.1, 36)])], "EPSG:4326", {"dn": [300]})
    assert main(["--lang", "en", "import", str(source), "--project", str(project)]) == 2
    assert ".gpkg" in capsys.readouterr().err
    assert not project.exists()


def test_the_language_may_stand_after_the_word_of_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "gb50289-2016", "water", "gas", "--lang", "zh"]) == 0
    assert "水平净距" in capsys.readouterr().out


def test_the_chinese_import_report_is_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "管线.geojson"
    layer(source, [shapely.LineString([(117, 36), (117.1, 36)])], "EPSG:4326", {"管径": [300]})
    project = tmp_path / "p.gpkg"
    assert main(["--lang", "zh", "import", str(source), "--project", str(project)]) == 0
    said = capsys.readouterr().out
    assert "管线 1" in said
    assert "table of" not in said
    assert "pipes" not in said.replace(str(project), "").replace("--into pipes", "").split("：")[-2]


# files of other cities


def test_semicolons_gb18030_and_zone_39_are_read_right(tmp_path: Path) -> None:
    folder = tmp_path / "外业"
    folder.mkdir()
    points = [["物探点号", "纵坐标", "横坐标", "地面标高"]]
    points += [[n, f"{y:.3f}", f"{x:.3f}", GROUND[n]] for n, (x, y) in places(4527).items()]
    table(folder / "管点.csv", points, sign=";", encoding="gb18030")
    lines = [
        ["起始点号", "终止点号", "起点埋深(m)", "终点埋深(m)", "断面尺寸", "管材", "管类代码"],
        ["JS1", "JS2", "1.20", "1.25", "DN300", "球墨铸铁", "JS"],
        ["RQ1", "RQ2", "1.1", "1.15", "Φ159", "钢", "RQ"],
    ]
    table(folder / "管线.csv", lines, sign=";", encoding="gb18030")
    state = imported(tmp_path, folder)
    assert state.meta.crs == "EPSG:4527"
    assert state.pipes.utility.tolist() == [Utility.WATER, Utility.GAS]
    assert state.pipes.nominal_mm.tolist() == [300, 159]
    assert state.pipes.xy[:2] == pytest.approx(
        np.array([places(4527)["JS1"], places(4527)["JS2"]]), abs=0.001
    )
    assert state.pipes.axis_level[:2] == pytest.approx([30.10 - 1.20 - 0.15, 30.05 - 1.25 - 0.15])


def test_a_group_over_its_columns_makes_their_names(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某市地下管线点成果表"])
    sheet.append(["点号", "连接点号", "坐标(m)", "", "高程(m)", "", "管径(mm)", "材质"])
    sheet.append(["", "", "X", "Y", "地面", "管顶", "", ""])
    for a, b in (("JS1", "JS2"), ("JS2", "JS1"), ("RQ1", "RQ2"), ("RQ2", "RQ1")):
        x, y = places(4498)[a]
        sheet.append([a, b, round(y, 3), round(x, 3), GROUND[a], GROUND[a] - 1.2, 300, "钢"])
    book.save(tmp_path / "成果.xlsx")
    state = imported(tmp_path, tmp_path / "成果.xlsx")
    assert state.meta.crs == "EPSG:4498"
    assert state.nodes.ground_m.tolist() == pytest.approx([GROUND[str(i)] for i in state.nodes.id])
    assert set(state.pipes.level_datum.tolist()) == {LevelDatum.OUTER_TOP}
    assert state.pipes.start_level_m[0] == pytest.approx(GROUND["JS1"] - 1.2)


def test_short_lines_in_degrees_have_a_length(tmp_path: Path) -> None:
    folder = tmp_path / "deg"
    folder.mkdir()
    points = [["point_id", "longitude", "latitude"]]
    points += [[n, f"{x:.9f}", f"{y:.9f}"] for n, (x, y) in places(4490).items()]
    table(folder / "points.csv", points, sign=",", encoding="utf-8")
    lines = [["from_point", "to_point", "diameter_mm", "utility"], ["JS1", "JS2", 300, "water"]]
    table(folder / "lines.csv", lines, sign=",", encoding="utf-8")
    state = imported(tmp_path, folder)
    assert state.pipes.length_m() == pytest.approx([50.0], abs=0.001)


def test_a_cell_that_states_its_unit_counts_before_the_header(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cm"
    folder.mkdir()
    points = [["点号", "X(北)", "Y(东)"]]
    points += [[n, f"{y:.3f}", f"{x:.3f}"] for n, (x, y) in places(4548).items()]
    table(folder / "点.txt", points, sign="\t", encoding="gbk")
    lines = [
        ["起点", "终点", "起点埋深(cm)", "终点埋深(cm)", "管径(mm)", "类别"],
        ["JS1", "JS2", "120", "1.25米", "300", "给水"],
        ["RQ1", "RQ2", "很深", "-9999", "159", "燃气"],
    ]
    table(folder / "线.txt", lines, sign="\t", encoding="gbk")
    state = imported(tmp_path, folder, "--crs", "EPSG:4548")
    assert state.pipes.start_depth_m[0] == pytest.approx(1.20)
    assert state.pipes.end_depth_m[0] == pytest.approx(1.25)
    assert np.isnan([state.pipes.start_depth_m[1], state.pipes.end_depth_m[1]]).all()
    assert "起点埋深(cm): 1 cells are not numbers" in capsys.readouterr().out


def test_web_mercator_is_brought_to_metres_on_the_ground(tmp_path: Path) -> None:
    at = places(3857)
    source = tmp_path / "water lines.gpkg"
    layer(source, [shapely.LineString([at["JS1"], at["JS2"]])], "EPSG:3857", {"dn": [300]})
    state = imported(tmp_path, source)
    assert state.meta.crs == "EPSG:4548"
    assert state.pipes.length_m() == pytest.approx([50.0], abs=0.001)


def test_a_map_in_feet_brings_levels_in_feet_and_sizes_in_inches(tmp_path: Path) -> None:
    source = tmp_path / "utilities.gpkg"
    fields = {"DIAMETER": [12, 24], "UPINVERT": [12.5, 14.0], "DOWNINVERT": [11.9, 13.5]}
    lines = [shapely.LineString([(990000, 205000 + i), (990328.084, 205000 + i)]) for i in (0, 40)]
    write(
        source, geometry=shapely.to_wkb(np.array(lines)), field_data=[
            np.array(v, dtype=float) for v in fields.values()],
        fields=np.array(list(fields), dtype=object), geometry_type="LineString",
        crs="EPSG:2263", layer="ssGravityMain",
    )  # fmt: skip
    state = imported(tmp_path, source)
    assert set(state.pipes.utility.tolist()) == {Utility.SEWAGE}
    assert state.pipes.inner_width_m == pytest.approx([0.3048, 0.6096])
    assert state.pipes.start_level_m == pytest.approx([12.5 * 0.3048, 14.0 * 0.3048])


def test_an_old_drawing_in_millimetres_without_a_unit_is_not_kilometres_wide(
    tmp_path: Path,
) -> None:
    drawing = ezdxf.new("R12")
    for name in ("燃气-中压A-DN160", "WATER-DN300"):
        drawing.layers.add(name)
        drawing.modelspace().add_line((0, 0), (50_000, 0), dxfattribs={"layer": name})
    drawing.saveas(tmp_path / "plan.dxf")
    assert "$INSUNITS" not in (tmp_path / "plan.dxf").read_text(encoding="cp1252")
    state = imported(tmp_path, tmp_path / "plan.dxf")
    assert state.pipes.length_m() == pytest.approx([50.0, 50.0])
    gas = state.pipes.utility.tolist().index(Utility.GAS)
    assert state.pipes.pressure_class[gas] == PressureClass.MEDIUM_A
    assert state.pipes.nominal_mm[gas] == 160


# projects go from hand to hand


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("district") / "city.gpkg"
    save_project(make_district(1000, 5).state, path)
    return path


def same_pipes(got: ProjectState, want: ProjectState, *, with_nodes: bool) -> None:
    order = {name: row for row, name in enumerate(got.pipes.id.tolist())}
    pipes = got.pipes.take(np.array([order[name] for name in want.pipes.id.tolist()]))
    if with_nodes:
        for end in ("start_node", "end_node"):
            ids = [state.nodes.id[getattr(p, end)].tolist()
                   for state, p in ((got, pipes), (want, want.pipes))]  # fmt: skip
            assert ids[0] == ids[1]
    blank = {"start_node": want.pipes.start_node, "end_node": want.pipes.end_node}
    assert_same_table(pipes.with_columns(**blank), want.pipes)
    assert isinstance(pipes, PipeTable)


def test_a_project_imported_into_another_loses_nothing(tmp_path: Path, district: Path) -> None:
    code = main(["check", str(district), "--as-of", "all", "--save", "--lang", "en"])
    assert code == 1
    assert dict(pyogrio.list_layers(district))["conflict_gaps"] == "LineString Z"
    got, want = imported(tmp_path, district), open_project(district)
    same_pipes(got, want, with_nodes=True)
    for name in ("nodes", "buildings", "permits", "structures"):
        assert len(got.table(name)) == len(want.table(name))
    kinds = [dict(zip(s.structures.id, s.structures.kind.tolist(), strict=True))
             for s in (got, want)]  # fmt: skip
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("ending", ["gpkg", "shp"])
def test_an_export_imported_again_loses_nothing(
    tmp_path: Path, district: Path, ending: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    assert main(["export", str(district), "--to", str(folder / f"x.{ending}")]) == 0
    got, want = imported(tmp_path, folder), open_project(district)
    same_pipes(got, want, with_nodes=ending == "gpkg")
    assert len(got.structures) == len(want.structures)
    assert len(got.buildings) == len(want.buildings)


def test_an_export_in_degrees_imported_again_differs_by_less_than_a_millimetre(
    tmp_path: Path, district: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    assert main(["export", str(district), "--to", str(folder / "x.geojson")]) == 0
    got, want = imported(tmp_path, folder), open_project(district)
    assert got.pipes.id.tolist() == want.pipes.id.tolist()
    assert got.pipes.xy == pytest.approx(want.pipes.xy, abs=0.001)
    assert np.array_equal(got.pipes.outer_width_m, want.pipes.outer_width_m, equal_nan=True)
    assert np.array_equal(got.pipes.level_datum, want.pipes.level_datum)


def test_a_check_with_nothing_to_test_fails_and_never_says_clear(
    tmp_path: Path, district: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "空 项目.gpkg"
    assert main(["new", str(empty), "--crs", "EPSG:4547", "--lang", "en"]) == 0
    assert main(["check", str(empty), "--lang", "en"]) == 2
    assert main(["check", str(district), "--as-of", "1900-01-01", "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert "clear" not in (said.out + said.err).lower()


def test_a_report_on_standard_output_is_json_alone(
    district: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(district), "--as-of", "all", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["schema"] == "baiyun-gis/conflict-report/1"


def test_output_beyond_the_console_code_page_is_no_error(
    district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    assert main(["info", str(district), "--lang", "zh"]) == 0
    sys.stdout.flush()
    assert "管线" in raw.getvalue().decode("utf-8")


def test_level_and_depth_without_a_ground_give_cover(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = places(4548)
    fields: dict[str, list[object]] = {
        "管类": ["给水"], "管径": ["300"], "起点高程": [28.9], "终点高程": [28.8],
        "起点埋深": [0.2], "终点埋深": [0.2],
    }  # fmt: skip
    layer(tmp_path / "管线.gpkg", [shapely.LineString([at["JS1"], at["JS2"]])], "EPSG:4548", fields)
    imported(tmp_path, tmp_path / "管线.gpkg")
    project = str(tmp_path / "p.gpkg")
    words = ["check", project, "--as-of", "all", "--only", "cover", "--format", "json"]
    capsys.readouterr()
    assert main(words) == 1
    (conflict,) = json.loads(capsys.readouterr().out)["conflicts"]
    assert conflict["violated"]
    assert conflict["actual_m"] == pytest.approx(0.2)
