"""What is planted is found, and nothing else is: the engine against the truth of a district."""

from __future__ import annotations

import json

import numpy as np
import pytest

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import District, make_district
from baiyun_gis.synthetic.more_faults import with_more_faults
from baiyun_gis.synthetic.recall import recall_of

Run = tuple[District, CheckReport]


FURTHER = {
    "kerb_fault",
    "tree_fault", "pole_fault", "watercourse_fault", "reversed_slope", "along_the_top",
}  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[(1_000, 7, 0), (4_000, 2024, 0), (4_000, 2024, 3)],
    ids=["1000", "4000", "4000 with more faults"],
)
def run(request: pytest.FixtureRequest) -> Run:
    segments, seed, each = request.param
    district = make_district(segments, seed)
    district = with_more_faults(district, each=each) if each else district
    rules = load_rule_set("gb50289-2016")
    return district, run_checks(district.state, rules, as_of=np.datetime64("2025-01-01"))


def test_every_planted_conflict_and_suspicion_is_found(run: Run) -> None:
    district, report = run
    recall = recall_of(json.loads(district.truth.to_json()), district.state, report)
    assert recall.missed == ()
    assert recall.found == recall.planted
    kinds = {score.kind: score.planted for score in recall.scores}
    assert kinds.keys() - FURTHER == {
        "collision",
        "horizontal_clearance",
        "vertical_clearance",
        "vertical_order",
        "cover",
        "chamber",
        "building_clearance",
        "occupation",
        "unjoined_ends",
        "no_permit",
        "beyond_outline",
        "too_high",
        "permit_expired",
        "temporary_overdue",
    }
    assert min(kinds.values()) >= 3
    has_more = any(item.kind in FURTHER for item in district.truth.items)
    assert (kinds.keys() & FURTHER) == (FURTHER if has_more else set())


def test_nothing_that_was_not_planted_is_found(run: Run) -> None:
    district, report = run
    conflicts = report.conflicts
    planted = {
        frozenset((item.a[1], item.b[1] if item.b else "")): {item.check, *item.also}
        for item in district.truth.items
    }
    strange = [
        (conflicts.check[row], conflicts.a_id[row], conflicts.b_id[row])
        for row in np.flatnonzero(conflicts.verdict >= Verdict.POSSIBLE)
        if conflicts.check[row]
        not in planted.get(frozenset((conflicts.a_id[row], conflicts.b_id[row])), set())
    ]
    assert strange == []


def test_what_cannot_be_judged_has_an_unknown_level(run: Run) -> None:
    district, report = run
    unknown = {item.a[1] for item in district.truth.of_kind("unknown_level")}
    conflicts = report.conflicts
    for row in np.flatnonzero(conflicts.verdict == Verdict.CANNOT_JUDGE):
        touched = {conflicts.a_id[row], conflicts.b_id[row]}
        if conflicts.a_table[row] == "pipes" and conflicts.b_table[row] in {"pipes", ""}:
            assert touched & unknown


def test_the_measured_gap_of_planted_conflicts_is_the_planted_one(run: Run) -> None:
    district, report = run
    conflicts = report.conflicts
    for item in district.truth.items:
        if "actual_m" not in item.expected or item.check in {"", "collision"}:
            continue
        ends = {item.a[1], item.b[1] if item.b else ""}
        rows = [
            row
            for row in np.flatnonzero(conflicts.check == item.check)
            if {conflicts.a_id[row], conflicts.b_id[row]} == ends
        ]
        assert len(rows) == 1, item
        assert conflicts.actual_m[rows[0]] == pytest.approx(item.expected["actual_m"], abs=0.03)


def test_the_ledger_closes(run: Run) -> None:
    _, report = run
    assert report.ledger.closes
    assert not report.is_clear
