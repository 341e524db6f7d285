"""Scopes of a run: planned against existing, a delivery against the rest, an area."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest
import shapely
from builders import network, pipe

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.scoping import require_source, sources_of
from baiyun_gis.cli import check as check_command
from baiyun_gis.cli.areas import area_of
from baiyun_gis.cli.check_summary import answer
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.scope import Against, Scope
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.model.vocabulary import Status, Utility
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.storage.project_file import load_report, save_project
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.tiles.run import run_in_tiles
from baiyun_gis.tiles.tiling import Tiling

W, G = Utility.WATER, Utility.GAS
RULES = load_rule_set("gb50289-2016")
EXACT = {"sigma_xy_m": 0.0, "sigma_z_m": 0.0}


def three_close_lines():
    """W1 and W2 stand, P1 is planned: each is too near the next; W3 is far away."""
    line = [(0.0, 0.0, 10.0), (40.0, 0.0, 10.0)]

    def beside(y: float):
        return [(x, y, z) for x, _, z in line]

    return network(
        pipe("W1", W, beside(0.0), d=0.2, source="old.shp", **EXACT),
        pipe("G2", G, beside(0.6), d=0.2, source="old.shp", **EXACT),
        pipe("P1", G, beside(-0.6), d=0.2, status=Status.PLANNED, source="new.shp", **EXACT),
        pipe("W3", W, beside(90.0), d=0.2, source="old.shp", **EXACT),
    )


def found(state, scope, **more):
    report = run_checks(
        state,
        RULES,
        as_of=np.datetime64("NaT", "D"),
        only=["horizontal_clearance"],
        scope=scope,
        **more,
    )
    pairs = {frozenset(p) for p in zip(report.conflicts.a_id, report.conflicts.b_id, strict=True)}
    return report, pairs


def test_all_pairs_is_the_default_and_says_so():
    report, pairs = found(three_close_lines(), None)
    assert frozenset({"W1", "G2"}) in pairs
    assert report.scope.is_whole
    assert report.scope.sentence().text() == "all pairs"


def test_planned_against_existing_leaves_existing_pairs_out_of_the_ledger():
    whole, everything = found(three_close_lines(), None)
    report, pairs = found(three_close_lines(), Scope(Against.PLANNED))
    assert pairs == {pair for pair in everything if "P1" in pair} != set()
    ledger, all_of_it = report.ledger, whole.ledger
    assert ledger.pipes_tested == 1
    assert ledger.untestable == {"not_selected": 3}
    examined = next(c for c in ledger.checks if c.check == "horizontal_clearance").pairs_examined
    before = next(c for c in all_of_it.checks if c.check == "horizontal_clearance").pairs_examined
    assert examined < before
    assert ledger.closes


def test_two_planned_lines_are_no_pair_of_planned_against_existing():
    one = [(0.0, 0.0, 10.0), (40.0, 0.0, 10.0)]
    two = [(0.0, 0.5, 10.0), (40.0, 0.5, 10.0)]
    state = network(
        pipe("P1", W, one, d=0.2, status=Status.PLANNED, **EXACT),
        pipe("P2", G, two, d=0.2, status=Status.PLANNED, **EXACT),
    )
    assert found(state, None)[1]
    assert not found(state, Scope(Against.PLANNED))[1]


def test_a_delivery_is_tested_against_the_rest_and_where_narrows_it():
    _, pairs = found(three_close_lines(), Scope(Against.DELIVERY, "new.*"))
    assert pairs
    assert all("P1" in pair for pair in pairs)
    _, none = found(three_close_lines(), Scope(Against.DELIVERY, "new.*"), where="utility=water")
    assert not none


def test_a_file_stands_for_all_its_layers():
    state = three_close_lines()
    named = np.array(["old.gpkg:a", "old.gpkg:b", "plan.dxf:gas", "old.gpkg:a"], dtype=object)
    state = state.with_(pipes=state.pipes.with_columns(source=named))
    require_source(state, "*.dxf")
    _, pairs = found(state, Scope(Against.DELIVERY, "*.dxf"))
    assert pairs
    assert all("P1" in pair for pair in pairs)


def test_an_unknown_delivery_is_refused_with_the_known_ones():
    assert sources_of(three_close_lines()) == ("new.shp", "old.shp")
    with pytest.raises(UsageError, match="old"):
        require_source(three_close_lines(), "other.shp")


def test_inside_asks_about_lines_at_least_partly_there():
    wkt, name = area_of("10,89,20,91", "")
    report, pairs = found(three_close_lines(), Scope(area_wkt=wkt, area=name))
    assert not pairs
    assert report.ledger.pipes_tested == 1
    line = answer(report, hidden=report).text()
    assert line.startswith("Clear within its scope (lines at least partly inside 10,89,20,91)")
    assert "范围" in answer(report, hidden=report).text("zh")


@pytest.mark.parametrize("text", ["1,2,3", "5,5,1,1", "POLYGON((0 0", "POINT(1 1)", "no.gpkg"])
def test_an_area_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        area_of(text, "")


def test_the_command_says_its_scope_in_the_report_and_keeps_it(tmp_path, capsys):
    path = tmp_path / "p.gpkg"
    save_project(three_close_lines(), path)
    parser = argparse.ArgumentParser()
    check_command.register(parser.add_subparsers())
    args = parser.parse_args(
        ["check", str(path), "--planned", "--as-of", "all", "--format", "json", "--save"]
    )
    args.lang = "en"
    assert args.run(args) == 1
    scope = json.loads(capsys.readouterr().out)["scope"]
    assert scope["pairs"] == "planned_against_existing"
    assert scope["sentence"] == "planned against existing"
    stored = load_report(path)
    assert stored is not None
    assert stored.scope == Scope(Against.PLANNED)


def test_only_buildings_with_a_part_in_the_area_are_suspected():
    state = make_district(1_000, 4).state
    day = np.datetime64("2026-01-01", "D")
    everywhere = run_checks(state, RULES, as_of=day).suspicions
    west, south, east, north = shapely.total_bounds(state.buildings.geometry)
    half = Scope(area_wkt=shapely.box(west, south, (west + east) / 2, north).wkt)
    inside = shapely.intersects(
        shapely.from_wkt(half.area_wkt), state.buildings.geometry[everywhere.building_row]
    )
    assert 0 < inside.sum() < len(everywhere)
    in_half = run_checks(state, RULES, as_of=day, scope=half).suspicions
    assert in_half.id.tolist() == everywhere.id[inside].tolist()
    tiled = run_in_tiles(state, RULES, as_of=day, tiling=Tiling(count=3), scope=half).suspicions
    assert tiled.id.tolist() == in_half.id.tolist()
    live = LiveCheck(state, RULES, as_of=day, scope=half).report().suspicions
    assert live.id.tolist() == in_half.id.tolist()
