"""A run in tiles gives, byte for byte, what one run gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from oracle.random_networks import random_network

from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.engine import Answers, run_checks
from baiyun_gis.checks.snapshot import snapshot_of
from baiyun_gis.errors import CheckError
from baiyun_gis.findings.conflicts import CheckLedger, CheckReport, Ledger, Outcome
from baiyun_gis.findings.scope import Against, Scope
from baiyun_gis.model.vocabulary import Status
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.writer import write_report
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.tiles.merging import merged_answers
from baiyun_gis.tiles.run import run_in_tiles
from baiyun_gis.tiles.tiling import Tiling, tiles_of_pipes

RULES = load_rule_set("gb50289-2016")
DAY = np.datetime64("2026-01-01")


def written(report: CheckReport, state: ProjectState, folder: Path) -> bytes:
    path = folder / "report.json"
    write_report(replace(report, timings_s={}), state, path, format="json")
    return path.read_bytes()


@pytest.fixture(scope="module")
def district() -> ProjectState:
    return make_district(1500, 11).state


@pytest.mark.parametrize(
    "tiling",
    [Tiling(count=1), Tiling(count=2), Tiling(count=7), Tiling(count=60), Tiling(side_m=250.0)],
    ids=str,
)
def test_tiles_of_any_size_give_the_report_of_one_run(
    district: ProjectState, tiling: Tiling, tmp_path: Path
) -> None:
    whole = run_checks(district, RULES, as_of=DAY, created="now")
    parts = run_in_tiles(district, RULES, as_of=DAY, created="now", tiling=tiling)
    assert len(whole.conflicts) > 20
    assert written(parts, district, tmp_path) == written(whole, district, tmp_path)


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_in_tiny_tiles_give_the_report_of_one_run(
    seed: int, tmp_path: Path
) -> None:
    state, day = random_network(seed)
    whole = written(run_checks(state, RULES, as_of=day), state, tmp_path)
    for tiling in (Tiling(count=3), Tiling(side_m=4.0)):
        parts = run_in_tiles(state, RULES, as_of=day, tiling=tiling)
        assert written(parts, state, tmp_path) == whole


@pytest.mark.parametrize("seed", [2, 5, 9])
def test_planned_against_existing_in_tiles_is_the_same_question(seed: int, tmp_path: Path) -> None:
    state, day = random_network(seed)
    status = np.where(np.arange(len(state.pipes)) % 3 == 0, Status.PLANNED, Status.IN_USE)
    state = state.with_(pipes=state.pipes.with_columns(status=status))
    scope = Scope(Against.PLANNED)
    whole = run_checks(state, RULES, as_of=day, scope=scope, where="id!=p000")
    parts = run_in_tiles(
        state, RULES, as_of=day, scope=scope, where="id!=p000", tiling=Tiling(count=5)
    )
    assert written(parts, state, tmp_path) == written(whole, state, tmp_path)


def test_a_line_that_lies_nowhere_is_counted_once(tmp_path: Path) -> None:
    state = make_district(1000, 3).state
    xy = state.pipes.xy.copy()
    xy[state.pipes.offsets[10]] = np.nan
    xy[state.pipes.offsets[20]] += 5e6
    state = state.with_(pipes=replace(state.pipes, xy=xy))
    whole = run_checks(state, RULES, as_of=DAY)
    parts = run_in_tiles(state, RULES, as_of=DAY, tiling=Tiling(count=6))
    assert whole.ledger.untestable["impossible_place"] == 1
    assert whole.ledger.untestable["no_geometry"] == 1
    assert written(parts, state, tmp_path) == written(whole, state, tmp_path)


def test_an_empty_project_in_tiles_has_tested_nothing() -> None:
    report = run_in_tiles(ProjectState(), RULES, as_of=DAY, tiling=Tiling(count=4))
    assert report.ledger.tested_nothing
    assert not report.is_clear


def test_lines_of_one_run_share_their_tile_and_tiles_are_of_like_size(
    district: ProjectState,
) -> None:
    snapshot = snapshot_of(district, DAY)
    work = np.bincount(snapshot.segments.pipe, minlength=len(district.pipes)) + 1
    tile = tiles_of_pipes(snapshot.topology, work, Tiling(count=6))
    assert (tile == tile[snapshot.topology.run]).all()
    assert np.unique(tile).tolist() == list(range(6))
    sizes = np.bincount(tile[snapshot.segments.pipe])
    assert sizes.max() < 2 * sizes.min()


def test_a_check_that_failed_in_one_tile_has_failed() -> None:
    ran = CheckLedger("cover", Outcome.RAN, pairs_examined=3, clear=3)
    failed = CheckLedger("cover", Outcome.FAILED)
    merged = merged_answers([Answers(Ledger(), (CheckResult(one),)) for one in (ran, failed, ran)])
    assert merged.results[0].ledger.outcome is Outcome.FAILED
    assert not merged.ledger.closes


def test_tiles_that_applied_different_rules_are_not_added_up(district: ProjectState) -> None:
    ctx = CheckContext(snapshot_of(district, DAY), RULES)
    result = next(check for check in _results(ctx) if check.requirements)
    other = replace(result, requirements=(_renamed(result.requirements[0]),))
    with pytest.raises(CheckError, match="different rules"):
        merged_answers([Answers(Ledger(), (one,)) for one in (result, other)])


def _results(ctx: CheckContext) -> list[CheckResult]:
    from baiyun_gis.plugins import CHECKS

    return [check.run(ctx) for name, check in CHECKS if name == "horizontal_clearance"]


def _renamed(requirement: Requirement) -> Requirement:
    return replace(requirement, rule_id="another")
