"""`baiyun-gis sample`: a district into a project file and a truth file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from baiyun_gis.cli import sample
from baiyun_gis.errors import UsageError
from baiyun_gis.storage.project_file import open_project


def run_sample(*words: str) -> int:
    parser = argparse.ArgumentParser()
    sample.register(parser.add_subparsers())
    args = parser.parse_args(["sample", *words])
    args.lang = "en"
    return int(args.run(args))


def test_sample_writes_project_and_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, truth = tmp_path / "p.gpkg", tmp_path / "t.json"
    words = ("--segments", "1.5e3", "--seed", "4", "--out", str(out), "--truth", str(truth))
    assert run_sample(*words) == 0
    state = open_project(out)
    assert len(state.pipes) == 1_500
    assert state.meta.is_synthetic
    facts = json.loads(truth.read_text(encoding="utf-8"))
    assert facts["schema"] == "baiyun-gis/truth/1"
    assert facts["counts"]["pipes"] == 1_500
    assert "1500 pipes" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        run_sample("--segments", "1000", "--seed", "9", "--out", str(tmp_path / name))
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_sample_writes_raw_files(tmp_path: Path) -> None:
    run_sample("--segments", "1000", "--raw", str(tmp_path / "raw"))
    assert (tmp_path / "raw" / "survey" / "JS_LINE.csv").is_file()
    assert (tmp_path / "raw" / "truth.json").is_file()


def test_sample_without_a_place_to_write_says_so() -> None:
    with pytest.raises(UsageError, match="--out"):
        run_sample("--segments", "1000")
