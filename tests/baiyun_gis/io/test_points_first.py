"""Lines that come after their points find them in the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from baiyun_gis.errors import InputError
from baiyun_gis.io.import_report import ImportReport
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into, read_sources
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

HEAD = "点号,X,Y,地面高程,管线种类\n"
WATER = HEAD + "".join(f"P{i},{2560000 + i},{434000 + 30 * i},12.{i},给水\n" for i in range(1, 4))
SEWAGE = HEAD + "".join(f"P{i},{2560100 + i},{434000 + 30 * i},13.{i},污水\n" for i in range(1, 4))
LINES = "起点点号,终点点号,起点埋深,终点埋深,管径,管线种类\n"


def taken(
    state: ProjectState, folder: Path, name: str, text: str, *, crs: str = ""
) -> tuple[ProjectState, ImportReport]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return import_into(state, [path], ImportOptions(crs=crs), silent())


@pytest.fixture
def points(tmp_path: Path) -> ProjectState:
    return taken(ProjectState(), tmp_path, "water.csv", WATER, crs="EPSG:4547")[0]


def reasons(report: ImportReport) -> list[str]:
    return [q.reason.text("en") for s in report.sources for q in s.quarantined]


def test_lines_end_at_the_points_of_the_project(points: ProjectState, tmp_path: Path) -> None:
    text = LINES + "P1,p2,1.0,1.1,DN300,给水\nP2,P3,1.1,1.2,DN300,给水\n"
    state, report = taken(points, tmp_path, "lines.csv", text)
    assert not reasons(report)
    assert report.tables == {"pipes": 2}
    assert len(state.nodes) == 3
    assert state.pipes.start_node.tolist() == [0, 1]
    assert state.pipes.end_node.tolist() == [1, 2]
    assert np.array_equal(state.pipes.xy, points.nodes.xy[[0, 1, 1, 2]])
    assert state.pipes.start_ground_m == pytest.approx([12.1, 12.2])
    assert state.pipes.has_level.all()
    notes = " ".join(n.text("en") for s in report.sources for n in s.notes)
    assert "4 line ends stand at points that the project has already" in notes


def test_the_points_may_come_one_by_one_with_the_lines(
    points: ProjectState, tmp_path: Path
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "p.csv").write_text(HEAD + "P9,2560009,434270,12.9,给水\n", encoding="utf-8")
    (folder / "l.csv").write_text(
        LINES + "P3,P9,1.0,1.0,DN300,给水\nP9,P1,1.0,1.0,DN300,给水\n", encoding="utf-8"
    )
    state, _ = import_into(points, [folder], ImportOptions(crs="EPSG:4547"), silent())
    assert state.nodes.id.tolist() == ["P1", "P2", "P3", "P9"]
    assert state.pipes.start_node.tolist() == [2, 3]
    assert state.pipes.end_node.tolist() == [3, 0]


def test_of_points_with_one_number_the_one_of_the_same_utility_is_meant(
    points: ProjectState, tmp_path: Path
) -> None:
    both, _ = taken(points, tmp_path, "sewage.csv", SEWAGE, crs="EPSG:4547")
    assert both.nodes.id[3] == "P1~2"
    text = LINES + "P1,P2,1.0,1.1,600,污水\nP1,P2,1.0,1.1,DN300,给水\n"
    state, _ = taken(both, tmp_path, "lines.csv", text)
    assert state.pipes.utility.tolist() == [Utility.SEWAGE, Utility.WATER]
    assert state.pipes.start_node.tolist() == [3, 0]
    assert state.pipes.end_node.tolist() == [4, 1]


def test_where_several_points_fit_the_line_is_set_aside(
    points: ProjectState, tmp_path: Path
) -> None:
    both, _ = taken(points, tmp_path, "sewage.csv", SEWAGE, crs="EPSG:4547")
    text = LINES + "P1,P2,1.0,1.1,DN300,燃气\nP1,P2,1.0,1.1,DN300,给水\n"
    state, report = taken(both, tmp_path, "lines.csv", text)
    assert len(state.pipes) == 1
    assert "Several points of the project have this number" in reasons(report)[0]


def test_a_number_that_nobody_has_is_set_aside(points: ProjectState, tmp_path: Path) -> None:
    text = LINES + "P1,P2,1,1,DN300,给水\nP1,Q7,1,1,DN300,给水\n"
    _, report = taken(points, tmp_path, "lines.csv", text)
    assert reasons(report) == ["The end point is neither in a point table nor in the project"]


def test_a_point_set_aside_now_is_not_replaced_by_an_older_one(
    points: ProjectState, tmp_path: Path
) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    bad = HEAD + "P1,,434030,12.1,给水\nP2,2560002,434060,12.2,给水\nP4,2560004,434120,12,给水\n"
    (folder / "p.csv").write_text(bad, encoding="utf-8")
    (folder / "l.csv").write_text(LINES + "P1,P4,1,1,DN300,给水\n", encoding="utf-8")
    _, report = import_into(points, [folder], ImportOptions(crs="EPSG:4547"), silent())
    assert any("was itself set aside" in reason for reason in reasons(report))


def test_lines_in_another_system_end_exactly_at_the_points(
    points: ProjectState, tmp_path: Path
) -> None:
    folder = tmp_path / "zone"
    folder.mkdir()
    head = "点号,经度,纬度,管线种类\n"
    (folder / "p.csv").write_text(head + "P8,113.36,23.139,给水\n", encoding="utf-8")
    (folder / "l.csv").write_text(LINES + "P1,P8,1,1,DN300,给水\n", encoding="utf-8")
    state, report = import_into(points, [folder], ImportOptions(crs="EPSG:4490"), silent())
    assert not reasons(report)
    assert state.pipes.start_node[0] == 0
    assert np.array_equal(state.pipes.xy[0], points.nodes.xy[0])
    assert np.array_equal(state.pipes.xy[1], state.nodes.xy[3])


def test_a_preview_knows_the_points_of_the_project(points: ProjectState, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(LINES + "P1,P2,1.0,1.1,DN300,给水\n", encoding="utf-8")
    options = ImportOptions(project_crs="EPSG:4547", project_nodes=points.nodes)
    shown = read_sources([path], options, silent())
    assert (len(shown.pipes), len(shown.nodes)) == (1, 0)
    assert shown.pipes.start_node.tolist() == [-1]
    assert len(read_sources([path], ImportOptions(), silent()).pipes) == 0


def test_lines_without_any_points_are_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither in a point table"):
        taken(ProjectState(), tmp_path, "lines.csv", LINES + "P1,P2,1,1,DN300,给水\n")
