"""`baiyun-gis check`: exit codes and what it says."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from builders import network, pipe
from check_cases import EXACT

from baiyun_gis.cli import check
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.decide import decide
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectMeta, ProjectState
from baiyun_gis.storage.project_file import open_project, save_project

FAR = network(
    pipe(
        "w",
        Utility.WATER,
        [(0, 0, -2), (100, 0, -2)],
        start_ground_m=0.0,
        end_ground_m=0.0,
        **EXACT,
    )
)
CROSSING = network(
    pipe(
        "w", Utility.WATER, [(0, 0, -2), (90, 0, -2)], start_ground_m=0.0, end_ground_m=0.0, **EXACT
    ),
    pipe(
        "g", Utility.GAS, [(50, -9, -2), (50, 9, -2)], start_ground_m=0.0, end_ground_m=0.0, **EXACT
    ),
)
EMPTY = ProjectState(meta=ProjectMeta(crs="EPSG:4547"))


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "p.gpkg"

    def go(state: ProjectState, *words: str, lang: str = "en") -> tuple[int, str]:
        save_project(state, path)
        parser = argparse.ArgumentParser()
        parser.add_argument("--lang", default=lang)
        check.register(parser.add_subparsers())
        args = parser.parse_args(["check", str(path), "--created", "2026-01-01", *words])
        code = args.run(args)
        return code, capsys.readouterr().out

    go.path = path  # type: ignore[attr-defined]
    return go


def test_a_clear_project_says_so_and_exits_with_0(run):
    code, said = run(FAR)
    assert code == 0
    assert said.splitlines()[-1].startswith("Clear:")


@pytest.mark.parametrize(("lang", "word"), [("en", "clear"), ("zh", "无冲突")])
def test_a_project_without_pipes_exits_with_2_and_no_word_clear(run, lang, word):
    code, said = run(EMPTY, lang=lang)
    assert code == 2
    assert word not in said.lower()


def test_conflicts_exit_with_1(run):
    code, said = run(CROSSING)
    assert code == 1
    assert "inside each other" in said
    assert "clear:" not in said.lower()


def test_a_settled_conflict_is_none(run):
    from baiyun_gis import check as run_check

    report = run_check(CROSSING, only=["collision"])
    state = decide(
        CROSSING,
        report,
        0,
        state_code=DecisionState.ACCEPTED,
        reason="protected",
        author="Li",
        made_at="2026-01-01",
    )
    code, _ = run(state, "--only", "collision")
    assert code == 0


def test_less_sure_findings_left_out_are_counted(run):
    nan = float("nan")
    unsure = network(
        pipe("w", Utility.WATER, [(0, 0, nan), (100, 0, nan)], **EXACT),
        pipe("g", Utility.GAS, [(50, -9, -2), (50, 9, -2)], **EXACT),
    )
    code, said = run(unsure, "--only", "vertical_clearance", "--min-verdict", "likely")
    assert code == 0
    assert "1 less sure findings" in said
    assert "clear" not in said.splitlines()[-1].lower()


def test_save_keeps_the_conflicts_in_the_project(run):
    from baiyun_gis.storage.project_file import load_report

    run(CROSSING, "--only", "collision", "--save")
    saved = load_report(run.path)
    assert saved is not None
    assert list(saved.conflicts.check) == ["collision"]
    assert len(open_project(run.path, read_only=True).pipes) == 2


def test_an_unknown_ending_is_refused(run, tmp_path):
    with pytest.raises(UsageError, match="ending"):
        run(FAR, "--out", str(tmp_path / "report.docx"))
