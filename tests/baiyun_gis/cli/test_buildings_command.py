"""`baiyun-gis buildings` from a project file to each format."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from builders import network, pipe

from baiyun_gis.cli import buildings
from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.model.tables import BuildingTable, PermitTable
from baiyun_gis.model.vocabulary import PressureClass, Utility
from baiyun_gis.storage.project_file import save_project


def run(*words: str, lang: str = "en") -> int:
    parser = argparse.ArgumentParser()
    buildings.register(parser.add_subparsers())
    args = parser.parse_args(["buildings", *words], argparse.Namespace(lang=lang, quiet=True))
    return int(args.run(args))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    houses = BuildingTable.build(
        2,
        id=np.array(["=cmd()", "B2"], object),
        geometry=np.array([shapely.box(0, 0, 10, 10), shapely.box(40, 0, 50, 10)], object),
        height_m=np.array([9.0, 20.0]),
        valid_from=np.array(["2015-01-01", "2015-01-01"], "M8[D]"),
    )
    permits = PermitTable.build(
        1,
        id=np.array(["P2"], object),
        geometry=np.array([shapely.box(40, 0, 50, 10)], object),
        max_height_m=12.0,
    )
    main = pipe("g", Utility.GAS, [(-30, 5, -2), (30, 5, -2)], pressure_class=PressureClass.LOW)
    path = tmp_path / "p.gpkg"
    save_project(network(main, buildings=houses, permits=permits), path)
    return path


def test_json_holds_numbers_epochs_and_sentences(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(project), "--format", "json", "--as-of", "2020-01-01", lang="zh") == 1
    content = json.loads(capsys.readouterr().out)
    assert content["as_of"] == "2020-01-01"
    found = {(s["kind"], s["building"]): s for s in content["suspicions"]}
    assert set(found) == {("no_permit", "=cmd()"), ("too_high", "B2"), ("occupation", "=cmd()")}
    high = found["too_high", "B2"]
    assert (high["measured"], high["permitted"], high["excess"]) == (20.0, 12.0, 8.0)
    assert high["building_date"] == "2015-01-01"
    assert "疑似超高" in high["sentence"]
    assert found["occupation", "=cmd()"]["grade"] == "on_top"
    assert {line["kind"] for line in content["ledger"]} >= {"no_permit", "occupation"}


def test_cells_cannot_be_taken_for_formulas(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "s.csv"
    assert run(str(project), "--out", str(out)) == 1
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert {row["building"] for row in rows} == {"'=cmd()", "B2"}
    book = tmp_path / "s.xlsx"
    assert run(str(project), "--out", str(book)) == 1
    from openpyxl import load_workbook

    cells = [cell.value for row in load_workbook(book).worksheets[0].iter_rows() for cell in row]
    assert "'=cmd()" in cells


def test_geojson_holds_footprints_in_project_coordinates(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(project), "--format", "geojson") == 1
    content = json.loads(capsys.readouterr().out)
    assert content["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4547"
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in content["features"]]
    assert {shape.area for shape in shapes} == {100.0}


def test_text_is_one_sentence_each_and_what_was_looked_at(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(project), lang="zh") == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 + 7
    assert all("疑似" in line for line in lines)
    assert lines[-2].startswith("疑似临时建筑逾期：未运行")


def test_a_project_with_nothing_to_compare_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.gpkg"
    save_project(network(), path)
    assert run(str(path)) == 2
    assert "not run" in capsys.readouterr().out


def test_the_same_project_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "1.json", tmp_path / "2.json"
    run(str(project), "--out", str(one))
    run(str(project), "--out", str(two))
    assert one.read_bytes() == two.read_bytes()


def test_wrong_days_formats_and_places_are_told(project: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must be a date"):
        run(str(project), "--as-of", "yesterday")
    with pytest.raises(UsageError, match="'docx' is not a format"):
        run(str(project), "--out", str(tmp_path / "s.docx"))
    with pytest.raises(UsageError, match="needs a file"):
        run(str(project), "--format", "xlsx")
    with pytest.raises(ExportError, match="cannot be written"):
        run(str(project), "--out", str(tmp_path / "none" / "s.json"))
