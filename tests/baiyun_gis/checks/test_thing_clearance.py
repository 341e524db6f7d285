"""Trees and poles beside kerbs: every row of the shipped sets, and against a slow measure."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import ledger_of
from rule_cells import Cell, cells

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport, Outcome
from baiyun_gis.findings.scope import Scope
from baiyun_gis.findings.sentences import why
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import StructureTable
from baiyun_gis.model.vocabulary import StructureKind, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import available, load_rule_set

NO_DAY = np.datetime64("NaT", "D")
THINGS = {"tree", "shrub", "pole"}
STEPS = {"under": -0.002, "at": 0.0, "over": 0.002}
K = StructureKind
RULES = load_rule_set("gb50289-2016")


def rows_between_things() -> list[Cell]:
    """The rows of all shipped sets of which neither side is a line."""
    files = {name: load_rule_set(name).checks for name in available()}
    return [
        cell
        for name, checks in files.items()
        if "structure_clearance" in checks
        for cell in cells(name, "structure.csv")
        if cell["a"] in THINGS
    ]


def structures(*made: tuple[str, StructureKind, Any], **columns: Any) -> StructureTable:
    shapes = np.empty(len(made), dtype=object)
    shapes[:] = [shape for *_, shape in made]
    return StructureTable.build(
        len(made),
        id=text_array([name for name, *_ in made]),
        kind=np.array([int(kind) for _, kind, _ in made], dtype=np.int8),
        geometry=shapes,
        **columns,
    )


def state_of(table: StructureTable) -> ProjectState:
    far = pipe("w", Utility.WATER, [(0, -900, -3), (50, -900, -3)])
    return network(far, structures=table)


def checked(table: StructureTable) -> CheckReport:
    return run_checks(state_of(table), RULES, as_of=NO_DAY, only=["thing_clearance"])


def test_each_row_between_things_is_violated_just_under_its_number_only() -> None:
    rows = rows_between_things()
    assert [cell["rule"] for cell in rows] == ["s.tree.kerb", "s.shrub.kerb", "s.pole.kerb"]
    made, wrong = [], {}
    for place, (cell, step) in enumerate(itertools.product(rows, STEPS)):
        x, name = 100.0 * place, f"{cell['rule']}|{step}"
        away = cell.min_m + STEPS[step]
        made.append((name, K.from_key(cell["a"]), shapely.Point(x, away)))
        made.append(
            (f"{name}|b", K.from_key(cell["b"]), shapely.LineString([(x - 9, 0), (x + 9, 0)]))
        )
        if step == "under":
            wrong[name] = (cell["rule"], cell.min_m)
    report = checked(structures(*made))
    found = report.conflicts
    assert {
        found.a_id[row]: (
            report.requirements[found.requirement[row]].rule_id,
            float(found.required_m[row]),
        )
        for row in np.flatnonzero(found.violated)
    } == wrong
    line = ledger_of(report, "thing_clearance")
    assert line.pairs_examined == line.violated + line.clear == len(rows) * len(STEPS)
    assert not line.rules_without_subjects


def test_a_pole_is_measured_from_its_centre_and_its_sentence_says_how_far() -> None:
    kerb = shapely.LineString([(-9, 0), (9, 0)])
    report = checked(structures(("P", K.POLE, shapely.box(-1, 0, 1, 0.6)), ("E", K.KERB, kerb)))
    assert report.conflicts.actual_m.tolist() == pytest.approx([0.3])
    assert report.state is not None
    assert why(report, report.state, 0, "en").startswith(
        "Pole P stands 0.300 m from kerb E, 0.500 m required, short by 0.200 m."
    )
    assert np.isnan(report.conflicts.stretch_from_m).all()


def test_two_trees_and_two_kerbs_have_no_row_between_them() -> None:
    kerb = shapely.LineString([(50, 0), (60, 0)])
    report = checked(
        structures(
            ("A", K.TREE, shapely.Point(0, 0)),
            ("B", K.TREE, shapely.Point(0, 0.1)),
            ("E", K.KERB, kerb),
            ("F", K.KERB, kerb),
        )
    )
    assert not len(report.conflicts)
    assert ledger_of(report, "thing_clearance").pairs_examined == 0


def test_a_kerb_built_after_the_tree_was_felled_is_set_aside() -> None:
    table = structures(
        ("T", K.TREE, shapely.Point(0, 0.1)),
        ("E", K.KERB, shapely.LineString([(-9, 0), (9, 0)])),
        valid_from=np.array(["2000-01-01", "2012-01-01"], dtype="datetime64[D]"),
        valid_to=np.array(["2010-01-01", "NaT"], dtype="datetime64[D]"),
    )
    report = checked(table)
    assert not len(report.conflicts)
    assert ledger_of(report, "thing_clearance").set_aside == {"never_together": 1}


def test_who_asks_about_some_lines_only_is_not_told_of_trees() -> None:
    table = structures(
        ("T", K.TREE, shapely.Point(0, 0.1)),
        ("E", K.KERB, shapely.LineString([(-9, 0), (9, 0)])),
    )
    report = run_checks(state_of(table), RULES, as_of=NO_DAY, scope=Scope(where="utility=water"))
    assert ledger_of(report, "thing_clearance").outcome is Outcome.NOT_RUN
    assert not (report.conflicts.check == "thing_clearance").any()


def random_things(seed: int) -> StructureTable:
    rng = np.random.default_rng(seed)
    made: list[tuple[str, StructureKind, Any]] = []
    for k in range(60):
        kind = [K.TREE, K.SHRUB, K.POLE, K.KERB][int(rng.integers(4))]
        x, y = rng.uniform(0, 12, 2)
        turn, size = rng.uniform(0, math.pi), rng.uniform(0.5, 6)
        shape: Any = shapely.Point(x, y)
        if kind == K.KERB:
            shape = shapely.LineString(
                [(x, y), (x + size * math.cos(turn), y + size * math.sin(turn))]
            )
        made.append((f"s{k}", kind, shape))
    return structures(*made)


def slow_distance(point: Any, line: Any) -> float:
    """Distance of a point from a straight line of two ends, by its foot."""
    (ax, ay), (bx, by) = line.coords
    px, py = point.x - ax, point.y - ay
    dx, dy = bx - ax, by - ay
    t = min(max((px * dx + py * dy) / (dx * dx + dy * dy), 0.0), 1.0)
    return math.hypot(px - t * dx, py - t * dy)


@pytest.mark.parametrize("seed", range(5))
def test_random_things_are_found_as_one_by_one(seed: int) -> None:
    table = random_things(seed)
    kinds = [K(int(kind)) for kind in table.kind]
    expected = {
        (str(table.id[a]), str(table.id[b])): slow_distance(table.geometry[a], table.geometry[b])
        for a, b in itertools.product(range(len(table)), repeat=2)
        if kinds[a] in {K.TREE, K.SHRUB, K.POLE} and kinds[b] is K.KERB
    }
    report = checked(table)
    found = report.conflicts
    actual = {(found.a_id[row], found.b_id[row]): found.actual_m[row] for row in range(len(found))}
    assert {pair for pair, apart in expected.items() if apart < 0.499 - 1e-9} == {
        (found.a_id[row], found.b_id[row]) for row in np.flatnonzero(found.violated)
    }
    assert len(actual) > 10
    assert all(abs(expected[pair] - apart) < 1e-9 for pair, apart in actual.items())


def test_a_tree_that_is_moved_is_checked_again_live() -> None:
    kerb = shapely.LineString([(-9, 0), (9, 0)])
    far, near = (
        state_of(structures(("T", K.TREE, shapely.Point(0, y)), ("E", K.KERB, kerb)))
        for y in (3.0, 0.2)
    )
    live = LiveCheck(far, RULES, as_of=NO_DAY)
    live.update(far.with_(structures=near.structures))
    full = run_checks(live.state, RULES, as_of=NO_DAY)
    assert live.report().conflicts.id.tolist() == full.conflicts.id.tolist()
    assert (full.conflicts.check == "thing_clearance").sum() == 1
