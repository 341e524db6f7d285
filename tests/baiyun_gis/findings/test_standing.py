"""Which findings stand on a day."""

from __future__ import annotations

import numpy as np
from window_builders import report_on, small_street

from baiyun_gis.findings.conflicts import SuspicionTable
from baiyun_gis.findings.standing import standing, suspicions_standing
from baiyun_gis.model.columns import text_array

BEFORE_GAS, ON_THE_DAY = np.datetime64("2009-12-31"), np.datetime64("2010-01-01")


def test_a_conflict_stands_from_the_day_that_its_younger_line_is_laid() -> None:
    state = small_street()
    conflicts = report_on(state).conflicts  # 1 and 2 have the gas main of 2010 in them
    assert standing(state, conflicts, BEFORE_GAS).tolist() == [True, False, False, True]
    assert standing(state, conflicts, ON_THE_DAY).all()


def test_all_of_them_stand_where_no_day_is_set() -> None:
    state = small_street()
    assert standing(state, report_on(state).conflicts, np.datetime64("NaT", "D")).all()


def test_a_row_that_the_project_does_not_have_counts_as_there() -> None:
    state = small_street()
    conflicts = report_on(state, b_row=np.array([99, 99, 99, -1])).conflicts
    assert standing(state, conflicts, BEFORE_GAS).tolist() == [True, True, False, True]


def test_a_suspicion_stands_while_its_building_does() -> None:
    state = small_street()
    built = state.buildings.with_columns(valid_from=np.array(["2015-06-01"], "datetime64[D]"))
    state = state.with_(buildings=built)
    found = SuspicionTable.build(1, id=text_array(["s"]), building_row=np.array([0]))
    assert suspicions_standing(state, found, np.datetime64("2015-05-31")).tolist() == [False]
    assert suspicions_standing(state, found, np.datetime64("2015-06-01")).tolist() == [True]
