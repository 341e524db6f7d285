"""`baiyun-gis carry` and `baiyun-gis compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.__main__ import main
from baiyun_gis.findings.decide import decide
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.storage.project_file import open_project, save_project

DAY = ("--as-of", "2026-01-01")


def crossing(prefix: str, level: float = -2.0) -> ProjectState:
    ground = {"start_ground_m": 0.0, "end_ground_m": 0.0}
    return network(
        pipe(f"{prefix}w", Utility.WATER, [(0, 0, -2), (90, 0, -2)], **ground, **EXACT),
        pipe(f"{prefix}g", Utility.GAS, [(50, -9, level), (50, 9, level)], **ground, **EXACT),
    )


@pytest.fixture
def old(tmp_path: Path) -> Path:
    state = crossing("o")
    report = checked(state, "collision")
    state = decide(
        state, report, 0, state_code=DecisionState.ACCEPTED, reason="known", author="Li", made_at=""
    )
    save_project(state, tmp_path / "old.gpkg")
    return tmp_path / "old.gpkg"


def saved(state: ProjectState, path: Path) -> Path:
    save_project(state, path)
    return path


def test_carry_writes_the_decisions_into_the_new_project(old, tmp_path, capsys):
    new = saved(crossing("n"), tmp_path / "new.gpkg")
    out = tmp_path / "carried.json"
    assert main(["--lang", "en", "carry", str(old), str(new), *DAY, "--report", str(out)]) == 0
    assert "1 decisions: 1 carried" in capsys.readouterr().out
    assert list(open_project(new, read_only=True).decisions.reason) == ["known"]
    (fact,) = json.loads(out.read_text(encoding="utf-8"))["decisions"]
    assert {fact["a_now"], fact["b_now"]} == {"nw", "ng"}
    assert fact["gone_because"] is None
    assert not fact["within_errors"]


def test_a_dry_run_writes_nothing_and_a_gone_conflict_gives_1(old, tmp_path, capsys):
    new = saved(crossing("n", level=-4.0), tmp_path / "new.gpkg")
    before = new.read_bytes()
    assert main(["--lang", "en", "carry", str(old), str(new), *DAY, "--dry-run"]) == 1
    assert new.read_bytes() == before
    said = capsys.readouterr().out
    assert "gone: Collision" in said
    assert "the level of one of the two has changed" in said


def test_a_project_is_not_carried_into_itself(old, capsys):
    assert main(["--lang", "en", "carry", str(old), str(old)]) == 2
    assert "the same file" in capsys.readouterr().err


def test_two_projects_are_compared_whatever_their_ids(old, tmp_path, capsys):
    new = saved(crossing("n", level=-1.75), tmp_path / "new.gpkg")
    code = main(["compare", str(old), str(new), *DAY, "--format", "json"])
    facts = json.loads(capsys.readouterr().out)
    assert code == 0 if not facts["counts"]["new"] + facts["counts"]["worse"] else code == 1
    collision = [row for row in facts["conflicts"] if row["check"] == "collision"]
    assert [row["change"] for row in collision] == ["better"]
    assert collision[0]["grown_m"] == pytest.approx(-0.25, abs=0.001)


def test_two_reports_are_compared(old, tmp_path, capsys):
    paths = []
    for name, level in (("a", -2.2), ("b", -2.0)):
        project = saved(crossing("o", level=level), tmp_path / f"{name}.gpkg")
        paths.append(tmp_path / f"{name}.json")
        main(["check", str(project), *DAY, "--only", "collision", "--out", str(paths[-1])])
    capsys.readouterr()
    assert main(["--lang", "en", "compare", *map(str, paths)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("0 new, 1 worse, 0 gone, 0 better, 0 the same")
    assert "by 0.200 m" in said
    assert main(["--lang", "zh", "compare", *map(str, reversed(paths))]) == 0
    assert "减轻 1" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["no json", "[]", '{"schema": "other"}'])
def test_what_is_no_report_is_refused(text, tmp_path, capsys):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    assert main(["--lang", "en", "compare", str(path), str(path)]) == 2
    assert "x.json" in capsys.readouterr().err
