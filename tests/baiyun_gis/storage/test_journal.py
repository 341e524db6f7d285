from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from storage_builders import any_state, any_table, assert_same_state

from baiyun_gis.errors import ProjectError
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, PipeTable
from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import ProjectMeta, ProjectState, RasterSource
from baiyun_gis.storage.delta import applied, difference
from baiyun_gis.storage.journal import Journal, journal_path, replayed


def edits(state: ProjectState) -> list[ProjectState]:
    """One edit of each kind, each from the one before."""
    steps = [state]

    def then(**parts: object) -> None:
        steps.append(steps[-1].with_(revision=steps[-1].revision + 1, **parts))

    pipes = state.pipes
    level = pipes.start_level_m.copy()
    level[3] = 1.25
    then(pipes=pipes.with_columns(start_level_m=level))
    moved = pipes.xy.copy()
    moved[:4] += 1.0
    then(pipes=steps[-1].pipes.with_columns(xy=moved))
    then(pipes=PipeTable.concat([steps[-1].pipes, any_table(PipeTable, 3, 99)]))
    then(pipes=steps[-1].pipes.take(np.arange(5, 20)))
    then(pipes=PipeTable.empty())
    then(buildings=steps[-1].buildings.take(np.arange(10)))
    then(buildings=BuildingTable.concat([steps[-1].buildings, any_table(BuildingTable, 2, 5)]))
    then(decisions=any_table(DecisionTable, 4, 8))
    then(meta=ProjectMeta(title="新", crs="EPSG:4490", vertical_datum="x"))
    then(rasters=(RasterSource("r", RasterKind.SURFACE, "r.tif", np.datetime64("2021-01-01")),))
    return steps


def test_every_kind_of_edit_is_replayed_exactly() -> None:
    steps = edits(any_state())
    for before, after in pairwise(steps):
        back = applied(before, difference(before, after))
        if after.rasters:
            assert np.isnan(back.rasters[0].sigma_m)
            assert back.rasters[0].path == "r.tif"
            back = back.with_(rasters=after.rasters)
        assert_same_state(back, after)
        assert back.revision == after.revision


def test_a_journal_is_replayed_on_the_content_it_was_written_on(tmp_path: Path) -> None:
    steps = edits(any_state())[:-1]
    journal = Journal(tmp_path / "p.gpkg", steps[0], base="abc", keep=False)
    for state in steps[1:]:
        journal.record(state)
    replay = replayed(tmp_path / "p.gpkg", steps[0], base="abc")
    assert_same_state(replay.state, steps[-1])
    assert replay.steps == len(steps) - 1


def test_a_journal_on_other_content_is_left_alone(tmp_path: Path) -> None:
    state = any_state()
    Journal(tmp_path / "p.gpkg", state, base="abc", keep=False).record(state.with_(revision=8))
    replay = replayed(tmp_path / "p.gpkg", state, base="other")
    assert replay.is_foreign
    assert replay.state is state
    folded = replayed(tmp_path / "p.gpkg", state, base="other", contains="abc")
    assert not folded.is_foreign
    assert folded.state is state


def test_a_whole_record_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    state = any_state()
    data = difference(state, edits(state)[1])
    with pytest.raises(ProjectError, match="damaged"):
        applied(ProjectState(), data)


def test_a_small_edit_makes_a_small_record() -> None:
    state = any_state(count=4000)
    note = state.pipes.note.copy()
    note[17] = "x"
    edited = state.with_(pipes=state.pipes.with_columns(note=note))
    assert len(difference(state, edited)) < 1500


def test_a_decision_among_many_pipes_is_journaled_at_once(tmp_path: Path) -> None:
    count = 100_000
    pipes = PipeTable.build(
        count,
        id=text_array(map(str, range(count))),
        offsets=np.arange(count + 1) * 2,
        xy=np.zeros((2 * count, 2)),
        axis_level=np.zeros(2 * count),
    )
    state = ProjectState(pipes=pipes)
    journal = Journal(tmp_path / "p.gpkg", state, base="abc", keep=False)
    begun = time.perf_counter()
    journal.record(state.with_(decisions=any_table(DecisionTable, 1, 1)))
    # 50 ms is the promise; ten times that still tells a decision from a copy of the pipes.
    assert time.perf_counter() - begun < 0.5
    assert journal_path(tmp_path / "p.gpkg").stat().st_size < 5000
