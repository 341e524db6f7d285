"""`baiyun-gis avoid`: proposals in words and JSON; nothing changes unless asked to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.__main__ import main
from baiyun_gis.model.vocabulary import Status, Utility
from baiyun_gis.storage.project_file import open_project, save_project

GROUND = {"start_ground_m": 0.0, "end_ground_m": 0.0}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A planned gas line too near a water main that it crosses."""
    at = (434_000.0, 2_560_000.0)
    water = [(at[0], at[1], -1.6), (at[0] + 60, at[1], -1.6)]
    gas = [(at[0] + 30, at[1] - 20, -1.5), (at[0] + 30, at[1] + 20, -1.5)]
    state = network(
        pipe("W1", Utility.WATER, water, d=0.4, **EXACT, **GROUND),
        pipe("G1", Utility.GAS, gas, d=0.2, status=Status.PLANNED, **EXACT, **GROUND),
    )
    path = tmp_path / "p.gpkg"
    save_project(state, path)
    return path


def test_without_apply_nothing_changes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = project.read_bytes()
    assert main(["avoid", str(project), "--as-of", "all"]) == 0
    out = capsys.readouterr().out
    assert "Raise the planned gas line G1" in out
    assert "1 of 1 conflicts have a way out; 0 moves made." in out
    assert project.read_bytes() == before


def test_applied_the_saved_project_has_no_conflict_and_a_lineage(project: Path) -> None:
    assert main(["avoid", str(project), "--as-of", "all", "--apply"]) == 0
    state = open_project(project, read_only=True)
    assert len(checked(state).conflicts) == 0
    assert "to settle conflict" in str(state.pipes.lineage[1])


def test_as_json_with_numbers_and_both_axes(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "ways.json"
    assert main(["avoid", str(project), "--as-of", "all", "--json", "--out", str(out)]) == 0
    (remedy,) = json.loads(out.read_text(encoding="utf-8"))["remedies"]
    assert remedy["outcome"] == "clears"
    assert remedy["axis"] == "vertical"
    assert remedy["move_m"] == pytest.approx(0.349, abs=0.0011)
    assert len(remedy["present"]) == len(remedy["proposed"]) >= 4


def test_where_there_is_no_way_the_exit_code_is_1(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["avoid", str(project), "--as-of", "all", "--max-move", "0.1", "--lang", "zh"]
    assert main(words) == 1
    assert "没有可行的避让方案" in capsys.readouterr().out


def test_an_unknown_conflict_is_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["avoid", str(project), "nothing", "--as-of", "all"]) == 2
    assert "the check found no conflict 'nothing'" in capsys.readouterr().err
