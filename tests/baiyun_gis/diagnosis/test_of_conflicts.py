"""A conflict is traced to a suspect level only where levels decide on it."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.diagnosis.of_conflicts import rests_on_levels, suspect_of_conflict
from baiyun_gis.diagnosis.suspects import LevelDiagnosis, suspect_levels
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.level_mistakes import with_mistakes, with_survey_noise


@pytest.fixture(scope="module")
def found() -> tuple[LevelDiagnosis, CheckReport]:
    clean = with_survey_noise(make_district(1_000, 5).state, seed=5, sigma_m=0.02)
    state = with_mistakes(clean, seed=5, share=0.02)[0]
    report = run_checks(state, load_rule_set("gb50289-2016"), as_of=NO_DAY)
    return suspect_levels(state, as_of=NO_DAY, report=report), report


def test_a_line_that_is_too_deep_beside_a_building_is_traced_to_its_level(
    found: tuple[LevelDiagnosis, CheckReport],
) -> None:
    levels, report = found
    deep = np.flatnonzero(
        (report.conflicts.check == "building_clearance") & (report.conflicts.at[:, 2] < -100)
    )
    assert len(deep)
    for row in deep[:20]:
        suspect = suspect_of_conflict(levels, report, int(row))
        assert suspect >= 0
        assert report.conflicts.a_row[row] in levels.moves[suspect].indices // 2


def test_what_plan_alone_decides_is_not(found: tuple[LevelDiagnosis, CheckReport]) -> None:
    levels, report = found
    checks = report.conflicts.check.astype(str)
    in_plan = np.flatnonzero(np.isin(checks, ["horizontal_clearance", "occupation"]))
    assert len(in_plan)
    for row in in_plan:
        assert not rests_on_levels(report, int(row))
        assert suspect_of_conflict(levels, report, int(row)) == -1


def test_the_one_that_would_end_a_conflict_comes_first(
    found: tuple[LevelDiagnosis, CheckReport],
) -> None:
    levels, report = found
    best = np.flatnonzero((levels.suspects.rank == 0) & (levels.suspects.conflicts_gone > 0))
    assert len(best)
    row_of = {str(name): row for row, name in enumerate(report.conflicts.id)}
    for suspect in best:
        for name in levels.conflicts_gone(int(suspect)):
            traced = suspect_of_conflict(levels, report, row_of[name])
            assert name in levels.conflicts_gone(traced)
