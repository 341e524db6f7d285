"""Tiles read straight from a project file: the report of a run that holds everything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.errors import ProjectError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.scope import Against, Scope
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import NodeTable, PipeTable, StructureTable
from baiyun_gis.model.vocabulary import Status, StructureKind
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.writer import write_report
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.storage.parts import parts_of
from baiyun_gis.storage.project_file import open_project, save_project
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.tiles.run import run_in_tiles, run_on_file
from baiyun_gis.tiles.tiling import Tiling

RULES = load_rule_set("gb50289-2016")
DAY = np.datetime64("2026-01-01")
FORMATS = ("json", "csv", "html")


def written(report: CheckReport, state: ProjectState, folder: Path, form: str = "json") -> bytes:
    path = folder / f"report.{form}"
    write_report(replace(report, timings_s={}), state, path, format=form)
    return path.read_bytes()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parts") / "p.gpkg"
    save_project(make_district(1500, 11).state, path)
    return path


def same(path: Path, folder: Path, *, forms: tuple[str, ...] = ("json",), count: int = 6) -> None:
    state = open_project(path, read_only=True)
    whole = run_checks(state, RULES, as_of=DAY, created="now")
    parts = run_on_file(path, RULES, as_of=DAY, created="now", tiling=Tiling(count=count))
    assert parts.state is not None
    assert len(parts.state.pipes) < len(state.pipes)
    for form in forms:
        assert written(parts, parts.state, folder, form) == written(whole, state, folder, form)


def test_the_report_is_the_same_in_every_format(project: Path, tmp_path: Path) -> None:
    same(project, tmp_path, forms=FORMATS)


@pytest.mark.parametrize("count", [1, 40])
def test_tiles_of_any_size_give_the_report_of_one_run(
    project: Path, tmp_path: Path, count: int
) -> None:
    same(project, tmp_path, count=count)


def test_who_cannot_read_the_file_is_sent_the_rows(project: Path, tmp_path: Path) -> None:
    one, two = (
        run_on_file(project, RULES, as_of=DAY, tiling=Tiling(count=4), is_shared=is_shared)
        for is_shared in (True, False)
    )
    assert one.state is not None
    assert two.state is not None
    assert written(one, one.state, tmp_path) == written(two, two.state, tmp_path)


def _without_index(connection: sqlite3.Connection) -> None:
    """Bare SQLite has none of the functions that keep the spatial index true."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree%'"
    for (name,) in connection.execute(query).fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


def test_a_file_that_another_program_has_edited_is_read_as_it_stands(
    project: Path, tmp_path: Path
) -> None:
    path = tmp_path / "edited.gpkg"
    path.write_bytes(project.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        _without_index(connection)
        connection.execute("DELETE FROM pipes WHERE fid % 17 = 3")
        connection.execute("DELETE FROM nodes WHERE fid % 53 = 7")
        connection.execute("UPDATE pipes SET fid = fid + 100000 WHERE fid > 900")
    same(path, tmp_path)


def test_some_rows_are_read_as_they_stand_in_the_whole(project: Path) -> None:
    state = open_project(project, read_only=True)
    _, parts = parts_of(project)
    rows = np.array([0, 1, 2, 40, 300, len(state.pipes) - 1])
    some = parts.read(PipeTable, rows)
    like = state.pipes.take(rows)
    assert some.id.tolist() == like.id.tolist()
    assert some.start_node.tolist() == like.start_node.tolist()
    assert np.array_equal(some.xy, like.xy)
    assert np.array_equal(some.axis_level, like.axis_level, equal_nan=True)
    rows = rows[:-1]
    few = parts.read(NodeTable, rows, only=frozenset({"id"}))
    assert few.id.tolist() == state.nodes.id[rows].tolist()
    assert np.isnan(few.ground_m).all()


def test_a_file_that_changes_meanwhile_is_not_mixed(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "moving.gpkg"
    path.write_bytes(project.read_bytes())
    _, parts = parts_of(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        _without_index(connection)
        connection.execute("UPDATE pipes SET note = 'x' WHERE fid = 1")
    with pytest.raises(ProjectError, match="was changed while it was read"):
        parts.read(PipeTable, np.arange(3))


@pytest.mark.parametrize("scope", [Scope(Against.PLANNED), Scope(where="utility=gas")], ids=str)
def test_a_narrower_question_is_the_same_question(scope: Scope, tmp_path: Path) -> None:
    state = make_district(1000, 5).state
    status = np.where(np.arange(len(state.pipes)) % 4 == 0, Status.PLANNED, Status.IN_USE)
    state = state.with_(pipes=state.pipes.with_columns(status=status))
    path = tmp_path / "p.gpkg"
    save_project(state, path)
    state = open_project(path, read_only=True)
    whole = run_checks(state, RULES, as_of=DAY, scope=scope)
    parts = run_on_file(path, RULES, as_of=DAY, scope=scope, tiling=Tiling(count=5))
    assert (whole.conflicts.check == "road_order").any() or scope.where
    assert parts.state is not None
    assert written(parts, parts.state, tmp_path) == written(whole, state, tmp_path)


def test_lines_that_lie_nowhere_or_far_off_are_counted_once(tmp_path: Path) -> None:
    state = make_district(1000, 3).state
    xy = state.pipes.xy.copy()
    xy[state.pipes.offsets[10]] = np.nan
    xy[state.pipes.offsets[20]] += 5e6
    path = tmp_path / "p.gpkg"
    save_project(state.with_(pipes=replace(state.pipes, xy=xy)), path)
    same(path, tmp_path)


@pytest.mark.parametrize("count", [2, 9, 30])
def test_trees_beside_kerbs_are_found_once_whatever_the_tiles(count: int, tmp_path: Path) -> None:
    state = make_district(1000, 6).state
    rng = np.random.default_rng(count)
    low, high = state.pipes.xy.min(axis=0), state.pipes.xy.max(axis=0)
    spots = rng.uniform(low, high, (300, 2))
    kerbs = [
        shapely.LineString([xy, xy + np.array([rng.uniform(1, 400), 2.0])]) for xy in spots[:150]
    ]
    trees = [shapely.Point(xy + np.array([0.5, rng.uniform(0.2, 0.8)])) for xy in spots[:150]]
    shapes = np.empty(300, dtype=object)
    shapes[:] = [*kerbs, *trees]
    order = rng.permutation(300)
    kinds = np.repeat([int(StructureKind.KERB), int(StructureKind.TREE)], 150).astype(np.int8)
    more = StructureTable.build(
        300, id=text_array(f"x{k}" for k in range(300)), geometry=shapes, kind=kinds
    ).take(order)
    state = state.with_(structures=StructureTable.concat([state.structures, more]))
    whole = run_checks(state, RULES, as_of=DAY)
    assert (whole.conflicts.check == "thing_clearance").sum() > 50
    parts = run_in_tiles(state, RULES, as_of=DAY, tiling=Tiling(count=count))
    assert written(parts, state, tmp_path) == written(whole, state, tmp_path)
