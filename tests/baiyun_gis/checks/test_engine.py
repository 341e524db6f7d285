"""The engine: ledger, outcomes, plug-ins, decisions, order of rows."""

from __future__ import annotations

import argparse
import json
from importlib import resources

import numpy as np
import pytest
from builders import network, pipe
from check_cases import EXACT, checked, gb, ledger_of

from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.remarks import pipe_side
from baiyun_gis.cli import check as check_command
from baiyun_gis.errors import CheckError, RuleError, UsageError
from baiyun_gis.findings.conflicts import ConflictTable, Outcome, Severity
from baiyun_gis.findings.sentences import why
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from baiyun_gis.model.vocabulary import Burial, Utility, Verdict
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.storage.project_file import save_project

W, G = Utility.WATER, Utility.GAS


class LongestCheck:
    """A made-up rule from outside: no pipe may be longer than 80 m."""

    name = "longest"
    title = msg("Longest pipe")

    def run(self, ctx: CheckContext) -> CheckResult:
        length = ctx.snapshot.lengths_m
        rows = np.flatnonzero(ctx.snapshot.selected)
        long = length[rows] > 80
        none = np.zeros(len(rows), dtype=bool)
        tally = Tally(rows, np.full(len(rows), "", dtype=object), long, none)
        findings = ConflictTable.build(
            int(long.sum()),
            check=self.name,
            severity=Severity.MINOR,
            verdict=Verdict.CERTAIN,
            probability=1.0,
            violated=True,
            actual_m=length[rows[long]],
            required_m=80.0,
            **pipe_side(ctx.snapshot, "a", rows[long]),
        )
        return CheckResult(tally.counted(self.name, subjects=len(rows)), findings)


class BrokenCheck:
    name = "broken"
    title = msg("Broken")

    def run(self, ctx: CheckContext) -> CheckResult:
        raise CheckError("no terrain for {what}", what="this")


@pytest.fixture
def plugged():
    added: list[str] = []

    def add(check) -> None:
        CHECKS.add(check.name, check)
        added.append(check.name)

    yield add
    for name in added:
        CHECKS.remove(name)


def crossing() -> ProjectState:
    return network(
        pipe("w", W, [(0, 0, -1), (100, 0, -1)], **EXACT),
        pipe("g", G, [(50, -20, -1.1), (50, 20, -1.1)], **EXACT),
    )


def test_a_check_from_outside_stands_in_report_and_ledger(plugged):
    plugged(LongestCheck())
    report = checked(crossing(), "longest")
    assert list(report.conflicts.check) == ["longest"]
    assert list(report.conflicts.a_id) == ["w"]
    line = ledger_of(report, "longest")
    assert (line.pairs_examined, line.violated, line.clear) == (2, 1, 1)
    assert len(set(report.conflicts.id)) == 1


def test_a_check_from_outside_can_be_asked_for_and_reaches_json(plugged, tmp_path):
    plugged(LongestCheck())
    save_project(crossing(), tmp_path / "p.gpkg")
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang", default="en")
    check_command.register(parser.add_subparsers())
    out = tmp_path / "report.json"
    words = ["check", str(tmp_path / "p.gpkg"), "--only", "longest", "--out", str(out)]
    args = parser.parse_args(words)
    assert args.run(args) == 1
    report = json.loads(out.read_text(encoding="utf-8"))
    assert [conflict["check"] for conflict in report["conflicts"]] == ["longest"]
    assert "longest" in [line["check"] for line in report["ledger"]["checks"]]


def test_a_check_the_rule_set_says_nothing_about_is_not_run():
    report = run_checks(crossing(), load_rule_set("ten-states"), as_of=np.datetime64("NaT", "D"))
    outcomes = {line.check: line.outcome for line in report.ledger.checks}
    assert outcomes["horizontal_clearance"] is Outcome.RAN
    silent = [c for c in outcomes if c == "cover" and not load_rule_set("ten-states").of_check(c)]
    assert all(outcomes[check] is Outcome.NOT_RUN for check in silent)
    assert silent


def test_a_check_that_fails_leaves_the_ledger_open(plugged):
    plugged(BrokenCheck())
    report = checked(crossing())
    line = ledger_of(report, "broken")
    assert line.outcome is Outcome.FAILED
    assert line.reason is not None
    assert line.reason.text() == "no terrain for this"
    assert not report.ledger.closes
    assert not report.is_clear


def test_every_ledger_line_closes():
    report = checked(crossing())
    assert report.ledger.closes
    for line in report.ledger.checks:
        counted = sum(line.set_aside.values()) + line.violated + line.clear + line.cannot_judge
        assert counted == line.pairs_examined, line.check


def test_pipes_read_are_tested_or_untestable_by_reason():
    nan = float("nan")
    state = network(
        pipe("w", W, [(0, 0, -1), (100, 0, -1)]),
        pipe("air", W, [(0, 9, 5), (100, 9, 5)], burial=Burial.OVERHEAD),
        pipe("lost", W, [(nan, nan, -1), (nan, nan, -1)]),
        pipe("point", W, [(5, 5, -1), (5, 5, -1)]),
    )
    ledger = checked(state).ledger
    assert (ledger.pipes_read, ledger.pipes_tested) == (4, 1)
    assert ledger.untestable == {"no_geometry": 2, "above_ground": 1}


def test_a_project_without_pipes_tested_nothing():
    report = checked(ProjectState())
    assert report.ledger.tested_nothing
    assert not report.is_clear


def test_a_stop_by_the_user_is_told_apart_from_an_answer():
    job = Job()
    job.cancel()
    report = run_checks(crossing(), gb(), as_of=np.datetime64("NaT", "D"), job=job)
    assert {line.outcome for line in report.ledger.checks} == {Outcome.CANCELLED}
    assert not report.ledger.closes


def test_an_unknown_check_is_refused_by_name():
    with pytest.raises(UsageError, match="no check 'colision'"):
        checked(crossing(), "colision")


def test_where_asks_about_some_pipes_and_keeps_the_others_as_neighbours():
    report = checked(crossing(), where="utility=gas")
    assert report.ledger.untestable == {"not_selected": 1}
    assert set(report.conflicts.check) >= {"collision"}


def test_the_same_input_gives_the_same_report():
    one, two = checked(crossing()).conflicts, checked(crossing()).conflicts
    assert list(one.id) == list(two.id)
    assert np.array_equal(one.actual_m, two.actual_m, equal_nan=True)


def test_the_report_points_into_the_state_it_was_made_of():
    state = crossing()
    for row in range(len(conflicts := checked(state).conflicts)):
        for side in ("a", "b"):
            if getattr(conflicts, f"{side}_table")[row] == "pipes":
                at = getattr(conflicts, f"{side}_row")[row]
                assert state.pipes.id[at] == getattr(conflicts, f"{side}_id")[row]


class FarFromPower:
    """A made-up rule with numbers of its own: lines keep a distance from the map's zero line."""

    name = "zero_line"
    title = msg("Distance from the zero line")

    def run(self, ctx: CheckContext) -> CheckResult:
        from baiyun_gis.rules.resolver import resolve_lines

        asked = resolve_lines(ctx.rules, self.name, ctx.classes)
        snapshot = ctx.snapshot
        rows = np.flatnonzero(snapshot.selected)
        of = ctx.classes.class_of[rows]
        first = snapshot.state.pipes.xy[snapshot.state.pipes.offsets[rows], 1]
        short = np.abs(first) < asked.required_m[of]
        none = np.zeros(len(rows), dtype=bool)
        tally = Tally(rows, np.full(len(rows), "", dtype=object), short, none)
        findings = ConflictTable.build(
            int(short.sum()),
            check=self.name,
            severity=Severity.MINOR,
            verdict=Verdict.CERTAIN,
            probability=1.0,
            violated=True,
            actual_m=np.abs(first)[short],
            required_m=asked.required_m[of][short],
            requirement=asked.requirement[of][short],
            **pipe_side(snapshot, "a", rows[short]),
        )
        counted = tally.counted(self.name, subjects=len(rows))
        return CheckResult(counted, findings, asked.requirements)


def test_a_rule_from_outside_brings_its_numbers_as_rows_of_a_table(plugged, tmp_path):
    source = resources.files("baiyun_gis.rules.builtin") / "gb50289-2016"
    for entry in source.iterdir():
        (tmp_path / entry.name).write_bytes(entry.read_bytes())
    manifest = tmp_path / "rule_set.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(
        text.replace("[tables]\n", '[tables]\n"zero_line.csv" = "zero_line"\n'), encoding="utf-8"
    )
    row = "z.water,water,2.5,9.9,single_source,no,made up,made up\n"
    (tmp_path / "zero_line.csv").write_text(
        "rule,a,min_m,clause,state,mandatory,note,source\n" + row, encoding="utf-8"
    )
    with pytest.raises(RuleError, match="'zero_line' is not a check"):
        load_rule_set(tmp_path)
    plugged(FarFromPower())
    rules = load_rule_set(tmp_path)
    report = run_checks(crossing(), rules, as_of=np.datetime64("NaT", "D"), only=["zero_line"])
    assert list(report.conflicts.a_id) == ["w"]
    assert report.requirements[report.conflicts.requirement[0]].clause == "9.9"
    words = why(report, crossing(), 0, "en")
    assert words.startswith("Water line w: 0.000 m measured, 2.500 m required. Rule: water: at")
    assert "(GB 50289-2016 9.9)" in words
    assert "nan" not in words
