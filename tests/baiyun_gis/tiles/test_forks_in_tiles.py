"""Lines that touch and run on alongside each other, in tiles: the report of one run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from oracle.random_forks import random_forks

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.writer import write_report
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.tiles.run import run_in_tiles
from baiyun_gis.tiles.tiling import Tiling

RULES = load_rule_set("gb50289-2016")
DAY = np.datetime64("2026-01-01")


def written(report: CheckReport, state: ProjectState, folder: Path) -> bytes:
    path = folder / "report.json"
    write_report(replace(report, timings_s={}), state, path, format="json")
    return path.read_bytes()


@pytest.mark.parametrize("seed", [7, 8])
def test_forks_in_tiles_give_the_report_of_one_run(seed: int, tmp_path: Path) -> None:
    state, _ = random_forks(seed, 80)
    whole = run_checks(state, RULES, as_of=DAY)
    assert int((whole.conflicts.check == "collision").sum()) > 20
    expected = written(whole, state, tmp_path)
    for tiling in (Tiling(count=5), Tiling(count=90), Tiling(side_m=40.0)):
        parts = run_in_tiles(state, RULES, as_of=DAY, tiling=tiling)
        assert written(parts, state, tmp_path) == expected
