"""The demo: the whole job on the sample, without a window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from baiyun_gis.cli.demo import summary
from baiyun_gis.demo import DemoResult, is_made, run_demo, sample_folder
from baiyun_gis.storage.project_file import load_report, open_project


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    out = tmp_path_factory.mktemp("demo") / "out"
    return run_demo(out, sample=sample_folder(), created="2026-01-01T00:00:00Z")


def test_the_demo_finds_everything_that_was_planted(result: DemoResult) -> None:
    assert result.recall is not None
    assert result.recall.missed == ()
    assert result.recall.planted >= 60
    assert result.recall.unexplained == 0
    planned = next(s for s in result.recall.scores if s.kind == "planned_main")
    assert planned.found == planned.planted >= 10


def test_the_demo_leaves_a_project_that_opens_with_its_report(result: DemoResult) -> None:
    state = open_project(result.project)
    report = load_report(result.project)
    assert state.meta.is_synthetic
    assert state.meta.vertical_datum == "1985国家高程基准"
    assert report is not None
    assert len(report.conflicts) == len(result.report.conflicts)
    assert report.ledger.closes


def test_the_demo_leaves_reports_and_pictures(result: DemoResult) -> None:
    assert {path.suffix for path in result.reports} == {
        ".html", ".json", ".csv", ".xlsx", ".geojson",
    }  # fmt: skip
    assert all(path.stat().st_size > 1000 for path in result.reports)
    assert len(result.pictures) == 4 or result.notes
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in result.pictures)


def test_the_summary_says_what_was_found_in_both_languages(result: DemoResult) -> None:
    lines = summary(result)
    english, chinese = ([line.text(lang) for line in lines] for lang in ("en", "zh"))
    assert english[0].startswith("Imported: 4001 pipes")
    assert chinese[0].startswith("已导入:管线 4001 段".replace(":", "\uff1a"))
    assert not set(english) & set(chinese)


def test_a_second_demo_knows_the_first(result: DemoResult, tmp_path: Path) -> None:
    assert is_made(result.project.parent, sample_folder())
    assert not is_made(tmp_path, sample_folder())
    facts = json.loads((result.project.parent / "demo.json").read_text(encoding="utf-8"))
    assert facts["recall"]["missed"] == []
