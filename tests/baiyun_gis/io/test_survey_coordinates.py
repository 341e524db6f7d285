"""Axis order, zone numbers and reference systems of survey coordinates."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from survey_files import Table, survey, write_folder

from baiyun_gis.crs.transforms import transform
from baiyun_gis.errors import CrsError
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.project import ProjectMeta, ProjectState

TRUTH = survey("JS")
PLACES = np.column_stack([TRUTH.east, TRUTH.north])


def tables(
    east: list[float], north: list[float], names: tuple[str, str], *, first_north: bool
) -> dict[str, Table]:
    columns = (north, east) if first_north else (east, north)
    points = [["点号", names[0], names[1], "地面高程"]]
    points += [
        [n, f"{columns[0][i]:.8f}", f"{columns[1][i]:.8f}", "12.0"] for i, n in enumerate(TRUTH.ids)
    ]
    lines = [["起点", "终点", "管径"]]
    lines += [[TRUTH.ids[k.start], TRUTH.ids[k.end], "300"] for k in TRUTH.lines]
    return {"POINT": points, "LINE": lines}


def project(crs: str) -> ProjectState:
    return ProjectState(meta=ProjectMeta(crs=crs))


def places_in(state: ProjectState, crs: str) -> np.ndarray:
    return transform(state.nodes.xy, state.meta.crs, crs)


EIGHT = list(itertools.product((True, False), (True, False), ("option", "project")))


@pytest.mark.parametrize(("first_north", "with_zone", "told_by"), EIGHT)
def test_all_eight_ways_of_writing_the_same_points_land_in_one_place(
    first_north: bool, with_zone: bool, told_by: str, tmp_path: Path
) -> None:
    east = [e + 38e6 * with_zone for e in TRUTH.east]
    folder = write_folder(
        tables(east, list(TRUTH.north), ("X", "Y"), first_north=first_north), tmp_path / "s"
    )
    crs = "EPSG:4547"
    options = ImportOptions(crs=crs if told_by == "option" else "")
    before = project(crs if told_by == "project" else "")
    state, _ = import_into(before, [folder], options, silent())
    assert places_in(state, crs) == pytest.approx(PLACES, abs=1e-4)


@pytest.mark.parametrize("first_north", [True, False])
def test_a_system_with_zone_number_takes_coordinates_without(
    first_north: bool, tmp_path: Path
) -> None:
    folder = write_folder(
        tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=first_north),
        tmp_path / "s",
    )
    state, report = import_into(ProjectState(), [folder], ImportOptions(crs="EPSG:4526"), silent())
    assert places_in(state, "EPSG:4547") == pytest.approx(PLACES, abs=1e-4)
    assert any(i.what == "zone prefix" for s in report.sources for i in s.inferred)


def test_the_zone_number_names_the_system_of_a_new_project(tmp_path: Path) -> None:
    east = [e + 38e6 for e in TRUTH.east]
    folder = write_folder(
        tables(east, list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "s"
    )
    state, report = import_into(ProjectState(), [folder], ImportOptions(), silent())
    assert state.meta.crs == "EPSG:4526"
    assert places_in(state, "EPSG:4547") == pytest.approx(PLACES, abs=1e-4)
    said = [i for s in report.sources for i in s.inferred if i.what == "crs"]
    assert said
    assert said[0].confidence < 1


def test_names_of_the_axes_decide_before_sizes(tmp_path: Path) -> None:
    folder = write_folder(
        tables(list(TRUTH.east), list(TRUTH.north), ("东坐标", "北坐标"), first_north=False),
        tmp_path / "s",
    )
    state, _ = import_into(ProjectState(), [folder], ImportOptions(crs="EPSG:4547"), silent())
    assert state.nodes.xy == pytest.approx(PLACES, abs=1e-6)


def test_degrees_are_told_from_metres_and_the_project_is_in_metres(tmp_path: Path) -> None:
    degrees = transform(PLACES, "EPSG:4547", "EPSG:4490")
    folder = write_folder(
        tables(degrees[:, 0].tolist(), degrees[:, 1].tolist(), ("经度", "纬度"), first_north=False),
        tmp_path / "s",
    )
    state, _ = import_into(ProjectState(), [folder], ImportOptions(), silent())
    assert state.meta.crs == "EPSG:4547"
    assert state.nodes.xy == pytest.approx(PLACES, abs=1e-3)


def test_swapped_degrees_without_axis_names_are_put_right(tmp_path: Path) -> None:
    degrees = transform(PLACES, "EPSG:4547", "EPSG:4490")
    folder = write_folder(
        tables(degrees[:, 0].tolist(), degrees[:, 1].tolist(), ("X", "Y"), first_north=True),
        tmp_path / "s",
    )
    state, _ = import_into(project("EPSG:4547"), [folder], ImportOptions(), silent())
    assert state.nodes.xy == pytest.approx(PLACES, abs=1e-3)


def test_without_any_hint_the_user_is_asked(tmp_path: Path) -> None:
    folder = write_folder(
        tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "s"
    )
    with pytest.raises(CrsError, match="--crs"):
        import_into(ProjectState(), [folder], ImportOptions(), silent())


def test_the_projects_system_is_taken_only_where_the_points_lie_in_it(tmp_path: Path) -> None:
    folder = write_folder(
        tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "s"
    )
    state, report = import_into(project("EPSG:4547"), [folder], ImportOptions(), silent())
    assert state.nodes.xy == pytest.approx(PLACES, abs=1e-6)
    asked = [q for s in report.sources for q in s.asked]
    assert asked[0].taken == "EPSG:4547"
    with pytest.raises(CrsError, match="EPSG:27700"):
        import_into(project("EPSG:27700"), [folder], ImportOptions(), silent())


def test_a_zone_number_that_contradicts_the_user_is_an_error(tmp_path: Path) -> None:
    east = [e + 39e6 for e in TRUTH.east]
    folder = write_folder(
        tables(east, list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "s"
    )
    with pytest.raises(CrsError, match="zone number 39"):
        import_into(ProjectState(), [folder], ImportOptions(crs="EPSG:4547"), silent())


def test_rows_without_the_zone_number_of_the_others_are_completed(tmp_path: Path) -> None:
    east = [e + (38e6 if i % 3 else 0) for i, e in enumerate(TRUTH.east)]
    folder = write_folder(
        tables(east, list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "s"
    )
    state, _ = import_into(project("EPSG:4547"), [folder], ImportOptions(), silent())
    assert state.nodes.xy == pytest.approx(PLACES, abs=1e-4)


def test_one_point_with_swapped_axes_is_set_aside(tmp_path: Path) -> None:
    east, north = list(TRUTH.east), list(TRUTH.north)
    east[4], north[4] = north[4], east[4]
    folder = write_folder(tables(east, north, ("X", "Y"), first_north=True), tmp_path / "s")
    _, report = import_into(ProjectState(), [folder], ImportOptions(crs="EPSG:4547"), silent())
    points = next(s for s in report.sources if "POINT" in s.path)
    assert [q.row for q in points.quarantined] == [6]
    assert "far from all others" in str(points.quarantined[0].reason)


def test_local_coordinates_stay_as_they_are_when_the_user_says_so(tmp_path: Path) -> None:
    east = [e - 430_000 for e in TRUTH.east]
    north = [n - 2_560_000 for n in TRUTH.north]
    folder = write_folder(tables(east, north, ("X", "Y"), first_north=True), tmp_path / "s")
    state, _ = import_into(ProjectState(), [folder], ImportOptions(crs="local"), silent())
    assert state.meta.crs == ""
    assert state.nodes.xy == pytest.approx(np.column_stack([east, north]), abs=1e-6)


def test_a_local_grid_file_brings_points_to_the_known_system(tmp_path: Path) -> None:
    east = [e - 430_000 for e in TRUTH.east]
    north = [n - 2_500_000 for n in TRUTH.north]
    folder = write_folder(tables(east, north, ("X", "Y"), first_north=True), tmp_path / "s")
    grid = tmp_path / "grid.toml"
    grid.write_text(
        'method = "four_parameter"\ntarget = "EPSG:4547"\ndx_m = 430000\ndy_m = 2500000\n',
        encoding="utf-8",
    )
    state, _ = import_into(ProjectState(), [folder], ImportOptions(crs=str(grid)), silent())
    assert state.meta.crs == "EPSG:4547"
    assert state.nodes.xy == pytest.approx(PLACES, abs=1e-6)


def test_a_second_source_in_another_system_is_transformed(tmp_path: Path) -> None:
    first = write_folder(
        tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "a"
    )
    state, _ = import_into(ProjectState(), [first], ImportOptions(crs="EPSG:4547"), silent())
    moved = transform(PLACES, "EPSG:4547", "EPSG:4548")
    second = write_folder(
        tables(moved[:, 0].tolist(), moved[:, 1].tolist(), ("X", "Y"), first_north=True),
        tmp_path / "b",
    )
    state, report = import_into(state, [second], ImportOptions(crs="EPSG:4548"), silent())
    assert state.nodes.xy[: len(PLACES)] == pytest.approx(PLACES, abs=1e-6)
    assert state.nodes.xy[len(PLACES) :] == pytest.approx(PLACES, abs=1e-3)
    assert any("Transformed" in str(n) for s in report.sources for n in s.notes)


def test_heights_in_another_datum_than_the_projects_are_refused(tmp_path: Path) -> None:
    folder = write_folder(
        tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "s"
    )
    meta = ProjectMeta(crs="EPSG:4547", vertical_datum="1985")
    options = ImportOptions(settings={"vertical_datum": "Pearl River"})
    with pytest.raises(CrsError, match="Pearl River"):
        import_into(ProjectState(meta=meta), [folder], options, silent())
    state, _ = import_into(
        ProjectState(meta=replace(meta, vertical_datum="")), [folder], options, silent()
    )
    assert state.meta.vertical_datum == "Pearl River"


def test_tables_of_one_survey_share_the_system_that_one_of_them_names(tmp_path: Path) -> None:
    zoned = tables([e + 38e6 for e in TRUTH.east], list(TRUTH.north), ("X", "Y"), first_north=True)
    bare = tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=False)
    folder = write_folder(bare, tmp_path / "s", prefix="JS")
    write_folder(zoned, folder, prefix="RQ")
    state, report = import_into(ProjectState(), [folder], ImportOptions(), silent())
    count = len(TRUTH.ids)
    assert len(state.nodes) == 2 * count
    places = places_in(state, "EPSG:4547")
    assert places[:count] == pytest.approx(PLACES, abs=1e-4)
    assert places[count:] == pytest.approx(PLACES, abs=1e-4)
    assert all(not s.quarantined for s in report.sources)


def test_a_source_that_waits_takes_the_system_a_later_one_gives(tmp_path: Path) -> None:
    zoned = tables([e + 38e6 for e in TRUTH.east], list(TRUTH.north), ("X", "Y"), first_north=True)
    bare = tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=True)
    write_folder(bare, tmp_path / "s" / "a")
    write_folder(zoned, tmp_path / "s" / "b")
    state, _ = import_into(ProjectState(), [tmp_path / "s"], ImportOptions(), silent())
    assert len(state.nodes) == 2 * len(TRUTH.ids)
    places = places_in(state, "EPSG:4547")
    assert places[: len(TRUTH.ids)] == pytest.approx(PLACES, abs=1e-4)


def test_data_with_a_system_do_not_mix_with_local_coordinates(tmp_path: Path) -> None:
    bare = tables([10.0 * i for i in range(12)], [3.0 * i for i in range(12)], ("X", "Y"),
                  first_north=True)  # fmt: skip
    local = write_folder(bare, tmp_path / "a")
    state, _ = import_into(ProjectState(), [local], ImportOptions(crs="local"), silent())
    known = write_folder(
        tables(list(TRUTH.east), list(TRUTH.north), ("X", "Y"), first_north=True), tmp_path / "b"
    )
    with pytest.raises(CrsError, match="local coordinates"):
        import_into(state, [known], ImportOptions(crs="EPSG:4547"), silent())
