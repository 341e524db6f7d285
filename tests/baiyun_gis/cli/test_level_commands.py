"""`baiyun-gis levels` and `baiyun-gis dig` from a project file to each format."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from builders import network, pipe

from baiyun_gis.cli import dig, levels
from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.storage.project_file import save_project
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.exposing import surveyed
from baiyun_gis.synthetic.level_mistakes import with_mistakes, with_survey_noise


def run(*words: str, lang: str = "en") -> int:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    levels.register(commands)
    dig.register(commands)
    args = parser.parse_args([*words], argparse.Namespace(lang=lang, quiet=True))
    return int(args.run(args))


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clean = with_survey_noise(make_district(1_000, 2).state, seed=2, sigma_m=0.02)
    path = tmp_path_factory.mktemp("levels") / "p.gpkg"
    save_project(with_mistakes(clean, seed=2)[0], path)
    return path


@pytest.fixture(scope="module")
def unsure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dig") / "p.gpkg"
    save_project(surveyed(make_district(1_000, 2).state, seed=2), path)
    return path


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nowhere = float("nan")
    path = tmp_path_factory.mktemp("bare") / "p.gpkg"
    line = pipe("w", Utility.WATER, [(0, 0, nowhere), (50, 0, nowhere)])
    save_project(network(line), path)
    return path


def test_suspects_are_written_as_json(mistaken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("levels", str(mistaken), "--no-conflicts", "--json", "--top", "3") == 1
    body = json.loads(capsys.readouterr().out)
    assert body["schema"] == "baiyun-gis/suspect-levels/1"
    assert len(body["cases"]) == 3
    best = body["cases"][0]["causes"][0]
    assert {"pipe", "cause", "recorded_m", "likely_m", "posterior", "evidence"} <= set(best)
    assert best["evidence"]


def test_suspects_count_the_conflicts_they_end(
    mistaken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("levels", str(mistaken), "--json") == 1
    cases = json.loads(capsys.readouterr().out)["cases"]
    assert any(case["causes"][0]["conflicts_gone"] for case in cases)


def test_suspects_are_written_as_text_and_points(
    mistaken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("levels", str(mistaken), "--no-conflicts", lang="zh") == 1
    assert "疑似" in capsys.readouterr().out
    out = tmp_path / "s.geojson"
    assert run("levels", str(mistaken), "--no-conflicts", "--out", str(out)) == 1
    assert json.loads(out.read_text("utf-8"))["features"][0]["geometry"]["type"] == "Point"


def test_a_project_without_levels_is_never_clear(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("levels", str(bare), "--no-conflicts") == 2
    assert "nothing was looked at" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_said(mistaken: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        run("levels", str(mistaken), "--no-conflicts", "--out", str(tmp_path / "no" / "x.json"))


def test_holes_are_written_as_json(unsure: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("dig", str(unsure), "-n", "3", "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert body["schema"] == "baiyun-gis/test-holes/1"
    assert [hole["order"] for hole in body["holes"]] == [1, 2, 3]
    assert body["holes"][0]["share_so_far"] < body["holes"][2]["share_so_far"]


def test_holes_are_written_as_points_and_text(
    unsure: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "h.geojson"
    assert run("dig", str(unsure), "-n", "2", "--out", str(out)) == 0
    assert len(json.loads(out.read_text("utf-8"))["features"]) == 2
    assert run("dig", str(unsure), "-n", "2", lang="zh") == 0
    assert "累计解除风险" in capsys.readouterr().out


def test_one_line_alone_leaves_nothing_to_dig_for_but_its_cover(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("dig", str(bare), "--json") == 0
    holes = json.loads(capsys.readouterr().out)["holes"]
    assert holes[0]["expose"][0]["top_depth_from_m"] is None


def test_no_holes_is_no_plan(unsure: Path) -> None:
    with pytest.raises(UsageError):
        run("dig", str(unsure), "-n", "0")
