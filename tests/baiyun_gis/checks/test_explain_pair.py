"""Why two things are, or are not, in conflict."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import buildings

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.explain_pair import Thing, explain_pair, thing_named
from baiyun_gis.cli import explain as explain_command
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.pair_words import answer_sentences, facts
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.storage.project_file import save_project

W, G = Utility.WATER, Utility.GAS
RULES = load_rule_set("gb50289-2016")
ALWAYS = np.datetime64("NaT", "D")
EXACT = {"sigma_xy_m": 0.0, "sigma_z_m": 0.0}


def crossing_lines():
    """W1 runs beside W2 too near; G1 crosses both far above; W3 goes on from W1."""
    return network(
        pipe("W1", W, [(0, 0, 10), (40, 0, 10)], d=0.2, **EXACT),
        pipe("G2", G, [(0, 0.5, 10), (40, 0.5, 10)], d=0.2, **EXACT),
        pipe("G1", G, [(20, -30, 12), (20, 30, 12)], d=0.2, **EXACT),
        pipe("W3", W, [(40, 0, 10), (80, -10, 10)], d=0.2, **EXACT),
    )


def outcomes(a: str, b: str) -> dict[str, str]:
    state = crossing_lines()
    found = explain_pair(state, RULES, thing_named(state, a), thing_named(state, b), as_of=ALWAYS)
    return {answer.check: answer.outcome for answer in found.answers}


def test_a_violated_pair_has_the_numbers_of_the_run():
    state = crossing_lines()
    report = run_checks(state, RULES, as_of=ALWAYS)
    rows = np.flatnonzero(
        (report.conflicts.check == "horizontal_clearance")
        & np.isin(report.conflicts.a_id, ["W1", "G2"])
        & np.isin(report.conflicts.b_id, ["W1", "G2"])
    )
    found = explain_pair(state, RULES, Thing("pipes", 0), Thing("pipes", 1), as_of=ALWAYS)
    answer = next(a for a in found.answers if a.check == "horizontal_clearance")
    assert answer.outcome == "violated"
    assert answer.actual_m == pytest.approx(float(report.conflicts.actual_m[rows[0]]))
    assert answer.actual_m == pytest.approx(0.3)
    assert answer.required_m == pytest.approx(float(report.conflicts.required_m[rows[0]]))


def test_what_only_crosses_is_set_aside_in_plan_and_measured_in_height():
    found = outcomes("W1", "G1")
    assert found["horizontal_clearance"] == "crossing"
    assert found["vertical_clearance"] == "clear"
    assert "cover" not in found


def test_joined_lines_are_set_aside_at_their_node():
    assert outcomes("W1", "W3")["collision"] == "joined_at_node"


def test_lines_far_apart_are_not_looked_at():
    assert outcomes("G2", "W3")["vertical_clearance"] in {"not_near", "clear"}


def test_a_clear_pair_still_tells_its_numbers_in_both_languages():
    state = crossing_lines()
    found = explain_pair(state, RULES, Thing("pipes", 0), Thing("pipes", 2), as_of=ALWAYS)
    answer = next(a for a in found.answers if a.check == "vertical_clearance")
    assert answer.actual_m == pytest.approx(1.8)
    assert any("1.800" in s.text() for s in answer_sentences(found, answer))
    assert any("实测" in s.text("zh") for s in answer_sentences(found, answer))
    content = facts(found, RULES, "en")
    assert any(row["won"] for row in content["rows_considered"])
    assert (
        "by" in content["things"][0]["facts"][3] or "recorded" in content["things"][0]["facts"][3]
    )


@pytest.mark.parametrize("pair", [("W1", "W1"), ("nobody", "W1")])
def test_what_is_no_pair_is_refused(pair: tuple[str, str]):
    with pytest.raises(UsageError):
        outcomes(*pair)


def test_the_command_prints_json(tmp_path, capsys):
    path = tmp_path / "p.gpkg"
    save_project(crossing_lines(), path)
    parser = argparse.ArgumentParser()
    explain_command.register(parser.add_subparsers())
    args = parser.parse_args(["explain", str(path), "W1", "G2", "--as-of", "all", "--json"])
    args.lang = "en"
    assert args.run(args) == 0
    checks = {c["check"]: c for c in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["horizontal_clearance"]["outcome"] == "violated"


@pytest.mark.parametrize("size", [0.3, 2.0])
@pytest.mark.parametrize("off", [4.8, 6.0, 9.0])
def test_the_distance_to_a_slanting_building_is_the_true_one(size: float, off: float):
    middle = 20 + off / np.sqrt(2)
    axis = [(middle - 8, middle + 8, -1.0), (middle + 8, middle - 8, -1.0)]
    house = shapely.Polygon([(0, 0), (40, 0), (0, 40)])
    state = network(pipe("w", Utility.WATER, axis, d=size), buildings=buildings(b=house))
    pair = thing_named(state, "w"), thing_named(state, "b")
    answer = explain_pair(state, RULES, *pair, as_of=np.datetime64("NaT"))
    clearance = next(one for one in answer.answers if one.check == "building_clearance")
    line = shapely.LineString([place[:2] for place in axis])
    assert clearance.actual_m == pytest.approx(line.distance(house) - size / 2, abs=1e-9)
