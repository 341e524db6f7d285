"""Lines put together by columns are the JSON of the same conflicts told one at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.sentences import why
from baiyun_gis.findings.telling import Teller
from baiyun_gis.language import Lang
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.conflict_lines import ENCODER, conflict_lines
from baiyun_gis.reports.facts import conflict_facts
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district

Checked = tuple[ProjectState, CheckReport]


@pytest.fixture(scope="module")
def checked() -> Checked:
    state = make_district(4000, 7).state
    day = np.datetime64("2026-01-01", "D")
    return state, run_checks(state, load_rule_set(DEFAULT_RULES), as_of=day)


def test_the_district_has_findings_of_every_sort(checked: Checked) -> None:
    conflicts = checked[1].conflicts
    assert {int(Verdict.CANNOT_JUDGE), int(Verdict.CERTAIN)} < set(conflicts.verdict.tolist())
    assert len(set(conflicts.check)) > 5


@pytest.mark.parametrize("lang", get_args(Lang))
def test_lines_are_the_facts_of_each_conflict(checked: Checked, lang: Lang) -> None:
    state, report = checked
    facts = [ENCODER.encode(one) for one in conflict_facts(report, state, lang)]
    assert list(conflict_lines(report, state, lang)) == facts


@pytest.mark.parametrize("lang", get_args(Lang))
def test_a_conflict_is_told_the_same_alone_and_in_a_row(checked: Checked, lang: Lang) -> None:
    state, report = checked
    teller = Teller(report, state, lang)
    for row in range(len(report.conflicts)):
        assert teller.why(row) == why(report, state, row, lang)


@pytest.mark.parametrize("lang", get_args(Lang))
def test_odd_ids_and_unknown_places_are_told_as_they_are(checked: Checked, lang: Lang) -> None:
    state, report = checked
    open_rows = np.flatnonzero(report.conflicts.verdict == Verdict.CANNOT_JUDGE)[:40]
    table = report.conflicts.take(open_rows)
    odd = ["{0}", "a}b{", "ß %s", "\x1f\x1e", "号 1", "é", "{}", "x\x1dy"]
    ids = np.array([odd[k % len(odd)] for k in range(len(table))], dtype=object)
    table = table.with_columns(
        a_id=ids,
        b_id=np.where(np.arange(len(table)) % 5 == 0, "", ids[::-1]),
        check=np.where(np.arange(len(table)) % 7 == 0, "of_a_plugin", table.check),
        b_table=np.where(np.arange(len(table)) % 5 == 0, "", table.b_table),
        stretch_from_m=np.where(np.arange(len(table)) % 3 == 0, np.nan, table.stretch_from_m),
    )
    other = replace(report, conflicts=table)
    teller = Teller(other, state, lang)
    for row in range(len(table)):
        assert teller.why(row) == why(other, state, row, lang)
