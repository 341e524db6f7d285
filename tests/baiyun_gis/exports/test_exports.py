from __future__ import annotations

import json
from pathlib import Path

import ezdxf
import numpy as np
import pyogrio
import pytest
from builders import pipe
from storage_builders import any_state

from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.exports.exporter import export
from baiyun_gis.exports.survey_tables import survey_tables
from baiyun_gis.io.imported import Imported, ImportOptions
from baiyun_gis.io.pipeline import read_sources
from baiyun_gis.jobs import silent
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.levels import settle
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Burial, LevelDatum, Material, Status, Utility
from baiyun_gis.project import ProjectMeta, ProjectState

E, N = 500_000.0, 4_000_000.0


@pytest.fixture
def state() -> ProjectState:
    nodes = NodeTable.build(
        3,
        id=text_array(["J1", "J2", "J3"]),
        xy=np.array([[E, N], [E + 30, N], [E + 30, N + 20]]),
        ground_m=np.array([5.0, 5.2, np.nan]),
        utility=Utility.WATER,
    )
    water = pipe(
        "W-1",
        Utility.WATER,
        [(E, N, 3.5), (E + 30, N, 3.4)],
        start_node=0,
        end_node=1,
        material=Material.STEEL,
        level_datum=LevelDatum.OUTER_TOP,
        start_level_m=3.65,
        end_level_m=3.55,
        valid_from=np.datetime64("2001-02-03"),
        owner="自来水公司",
    )
    bent = pipe(
        "G1",
        Utility.GAS,
        [(E, N - 5, 3.0), (E + 10, N - 5, 2.9), (E + 10, N - 15, 2.8)],
        d=0.2,
        status=Status.PLANNED,
    )
    unknown = pipe(
        "T1",
        Utility.TELECOM,
        [(E, N + 9, np.nan), (E + 30, N + 20, np.nan)],
        d=0.1,
        end_node=2,
        burial=Burial.CONDUIT,
    )
    pipes = PipeTable.concat([water, bent, unknown])
    return ProjectState(meta=ProjectMeta(crs="EPSG:4547"), pipes=pipes, nodes=nodes)


def imported(*paths: Path) -> Imported:
    return read_sources(paths, ImportOptions(crs="EPSG:4547"), silent())


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_survey_tables_can_be_imported_again(
    state: ProjectState, tmp_path: Path, suffix: str
) -> None:
    written = export(state, tmp_path / f"survey{suffix}")
    back = imported(*written.files)
    assert [len(r.quarantined) for r in back.reports] == [0] * len(back.reports)
    pipes = settle(back.pipes)
    assert sorted(pipes.id) == ["G1-1", "G1-2", "T1", "W-1"]
    row = pipes.id.tolist().index("W-1")
    assert pipes.utility[row] == Utility.WATER
    assert pipes.material[row] == Material.STEEL
    assert pipes.owner[row] == "自来水公司"
    assert str(pipes.valid_from[row]) == "2001-02-03"
    own = slice(pipes.offsets[row], pipes.offsets[row + 1])
    assert pipes.axis_level[own] == pytest.approx([3.5, 3.4])
    assert pipes.xy[own].tolist() == [[E, N], [E + 30, N]]
    bend = pipes.id.tolist().index("G1-1")
    ends = pipes.axis_level[pipes.offsets[bend] : pipes.offsets[bend + 1]]
    assert ends == pytest.approx([3.0, 2.9])
    assert pipes.status[bend] == Status.PLANNED
    hidden = pipes.id.tolist().index("T1")
    assert not pipes.has_level[hidden], "an unknown level stays unknown"


def test_bends_and_ends_without_nodes_become_points(state: ProjectState) -> None:
    points, lines = survey_tables(state)
    assert points.columns["管线点号"] == ["J1", "J2", "J3", "G1@0", "G1@1", "G1@2", "T1@0"]
    assert lines.columns["起点点号"] == ["J1", "G1@0", "G1@1", "T1@0"]
    assert lines.columns["终点点号"] == ["J2", "G1@1", "G1@2", "J3"]
    assert lines.columns["起点高程"][3] == ""


def test_names_are_no_formulas_in_survey_tables(state: ProjectState, tmp_path: Path) -> None:
    evil = state.with_(pipes=state.pipes.with_columns(note=text_array(["=cmd()", "+1", "@x"])))
    written = export(evil, tmp_path / "s.csv")
    text = written.files[1].read_text(encoding="utf-8-sig")
    assert ",=cmd" not in text
    assert "'=cmd()" in text


def test_a_plain_geopackage_holds_a_layer_a_table(tmp_path: Path) -> None:
    state = any_state()
    export(state, tmp_path / "out.gpkg")
    layers = [name for name, _ in pyogrio.list_layers(tmp_path / "out.gpkg")]
    assert layers == ["pipes", "nodes", "buildings", "permits", "structures"]
    frame = pyogrio.read_dataframe(tmp_path / "out.gpkg", layer="pipes")
    assert len(frame) == 40
    assert set(frame.utility) <= {utility.key for utility in Utility}
    assert frame.valid_from.notna().sum() == (~np.isnat(state.pipes.valid_from)).sum()


def test_the_project_is_not_overwritten_by_an_export_of_itself(tmp_path: Path) -> None:
    path = (tmp_path / "p.gpkg").resolve()
    state = any_state().with_(meta=ProjectMeta(path=path))
    with pytest.raises(ExportError, match="the project itself"):
        export(state, path)


def test_geojson_is_in_degrees_and_needs_a_system(state: ProjectState, tmp_path: Path) -> None:
    written = export(state, tmp_path / "p.geojson", tables=["pipes"])
    facts = json.loads(written.files[0].read_text(encoding="utf-8"))
    longitude, latitude = facts["features"][0]["geometry"]["coordinates"][0][:2]
    assert longitude == pytest.approx(114.0, abs=1e-6)
    assert 36 < latitude < 36.2
    with pytest.raises(ExportError, match="reference system"):
        export(state.with_(meta=ProjectMeta()), tmp_path / "q.geojson")


def test_a_shapefile_keeps_chinese_and_says_its_encoding(
    state: ProjectState, tmp_path: Path
) -> None:
    written = export(state, tmp_path / "lines.shp", tables=["pipes"])
    assert (tmp_path / "lines.cpg").read_text() == "UTF-8"
    frame = pyogrio.read_dataframe(tmp_path / "lines.shp")
    assert frame.owner[0] == "自来水公司"
    assert all(len(name) <= 10 for name in frame.columns)
    assert not frame.geometry[2].has_z, "an unknown level is never written as 0"
    assert "levels are unknown" in written.notes[0].text()


def test_dxf_lines_lie_on_layers_of_their_kind(state: ProjectState, tmp_path: Path) -> None:
    export(state, tmp_path / "out.dxf")
    space = ezdxf.readfile(tmp_path / "out.dxf").modelspace()
    layers = {entity.dxf.layer: entity for entity in space}
    assert {"管线-给水", "管线-燃气", "管线-通信-2D", "管线点-给水"} <= set(layers)
    vertices = [tuple(v.dxf.location) for v in layers["管线-燃气"].vertices]
    assert vertices[2] == (E + 10, N - 15, 2.8)


def test_unknown_formats_and_tables_are_named(state: ProjectState, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.dwg.*\.gpkg"):
        export(state, tmp_path / "x.dwg")
    with pytest.raises(UsageError, match="there is no table 'roads'"):
        export(state, tmp_path / "x.gpkg", tables=["roads"])
    with pytest.raises(ExportError, match="nothing to export"):
        export(state, tmp_path / "x.gpkg", tables=["permits"])
