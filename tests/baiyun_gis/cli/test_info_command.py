"""`info` says what is in a source or a project, for people and as JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import network, pipe

from baiyun_gis.cli import info
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.model.vocabulary import NodeKind, Provenance, Utility
from baiyun_gis.storage.project_file import save_project

MODEL = """[JUNCTIONS]
A 10
B 11
[PIPES]
P A B 100 200
[PUMPS]
U A B POWER 1
[OPTIONS]
UNITS LPS
[COORDINATES]
A 0 0
B 100 50
"""


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang", default="en")
    info.register(parser.add_subparsers())
    args = parser.parse_args([*words])
    return int(args.run(args))


def facts(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.inp"
    path.write_text(MODEL, encoding="utf-8")
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    unknown = pipe(
        "g1", Utility.GAS, [(0, 5, np.nan), (10, 5, np.nan)], level_source=Provenance.UNKNOWN
    )
    days = {"valid_from": np.array(["1998-05-01"], "datetime64[D]"),
            "valid_to": np.array(["2020-01-01"], "datetime64[D]")}  # fmt: skip
    known = pipe("w1", Utility.WATER, [(0, 0, 1.0), (10, 0, 1.0)], **days)
    nodes = NodeTable.build(
        1, id=text_array(["n1"]), xy=np.array([[0.0, 0.0]]), kind=NodeKind.MANHOLE
    )
    path = tmp_path / "city.gpkg"
    save_project(network(known, unknown, nodes=nodes), path)
    return path


def test_a_source_is_described(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = facts(capsys, "info", str(model))
    assert said["crs"] == ""
    assert said["extent"] == [0, 0, 100, 50]
    pipes = said["tables"]["pipes"]
    assert (pipes["count"], pipes["kinds"], pipes["unknown_levels"]) == (2, {"water": 2}, 2)
    assert pipes["subtypes"] == {"pump": 1}
    assert said["tables"]["nodes"]["kinds"] == {"point": 2}
    assert said["sources"][0]["rows_read"] == 4


def test_a_project_is_described(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = facts(capsys, "info", str(project))
    assert (said["crs"], said["vertical_datum"]) == ("EPSG:4547", "1985")
    pipes = said["tables"]["pipes"]
    assert pipes["kinds"] == {"gas": 1, "water": 1}
    assert pipes["unknown_levels"] == 1
    assert pipes["time"] == ["1998-05-01", "2020-01-01"]
    assert said["tables"]["nodes"]["time"] == [None, None]
    assert "sources" not in said


def test_people_get_sentences(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", str(project)) == 0
    text = capsys.readouterr().out
    assert "EPSG:4547" in text
    assert "pipes: 2 (water 1, gas 1)" in text
    assert "without a known level: 1" in text
    assert "1998-05-01" in text


def test_the_sentences_are_spoken_in_chinese(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--lang", "zh", "info", str(project)) == 0
    text = capsys.readouterr().out
    assert "坐标参考系" in text
    assert "管线：2（给水 1，燃气 1）" in text


def test_only_our_own_file_is_a_project(project: Path, tmp_path: Path) -> None:
    assert info.is_project(project)
    other = tmp_path / "other.gpkg"
    other.write_bytes(b"nothing of the kind")
    assert not info.is_project(other)
    assert not info.is_project(tmp_path / "missing.gpkg")
