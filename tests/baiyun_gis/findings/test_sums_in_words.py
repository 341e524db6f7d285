"""The sums that findings are explained with hold as printed, and nothing of a template shows."""

from __future__ import annotations

import re

import pytest
from check_cases import checked
from oracle.random_networks import random_network

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.sentences import why
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState

NUMBER = r"(-?\d+\.\d{3})"
SUMS = {
    "horizontal_clearance": rf"{NUMBER} = {NUMBER} between axes − {NUMBER} − {NUMBER} to",
    "vertical_clearance": rf"{NUMBER} = underside of the upper {NUMBER} − top of the .*? {NUMBER}",
    "cover": rf"{NUMBER} = ground {NUMBER} − top of the line {NUMBER}",
}
SHORT = re.compile(rf"{NUMBER} m.*?, {NUMBER} m required, short by {NUMBER} m")


@pytest.fixture(scope="module", params=[3, 8, 25])
def run(request: pytest.FixtureRequest) -> tuple[ProjectState, CheckReport]:
    state, day = random_network(request.param)
    return state, checked(state, as_of=day)


def test_the_sum_behind_a_number_holds_as_printed(run: tuple[ProjectState, CheckReport]) -> None:
    state, report = run
    sums = 0
    for row, check in enumerate(report.conflicts.check):
        match = re.search(SUMS.get(str(check), "^$"), why(report, state, row, "en"))
        if match:
            total, first, *others = map(float, match.groups())
            assert total == pytest.approx(first - sum(others), abs=1e-9)
            assert total == pytest.approx(report.conflicts.actual_m[row], abs=5.001e-4)
            sums += 1
    assert sums > 3


def test_a_shortfall_is_what_is_required_less_what_is_there(
    run: tuple[ProjectState, CheckReport],
) -> None:
    state, report = run
    shortfalls = 0
    for row in range(len(report.conflicts)):
        match = SHORT.search(why(report, state, row, "en"))
        if match:
            actual, required, short = map(float, match.groups())
            assert short == pytest.approx(required - actual, abs=1e-9)
            shortfalls += 1
    assert shortfalls > 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_finding_reads_as_sentences(run: tuple[ProjectState, CheckReport], lang: str) -> None:
    state, report = run
    for row in range(len(report.conflicts)):
        text = why(report, state, row, "zh" if lang == "zh" else "en")
        assert not re.search(r"[{}]|nan|None|_|  ", text), text
        assert text.endswith("。" if lang == "zh" else ".")
        unsure = report.conflicts.verdict[row] == Verdict.CANNOT_JUDGE
        assert (("无法判定" if lang == "zh" else "cannot be judged") in text) == unsure
        if lang == "zh":
            assert not re.search(r"\b(the|of|and|line|is)\b", text), text
