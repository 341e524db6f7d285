from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from builders import network, pipe
from storage_builders import any_state, assert_same_state, assert_same_table, report_of

from baiyun_gis.errors import ProjectError, ProjectVersion
from baiyun_gis.model.vocabulary import RasterKind, Utility
from baiyun_gis.project import ProjectMeta, ProjectState, RasterSource
from baiyun_gis.storage.project_file import load_report, open_project, save_project


def run_sql(path: Path, *statements: str) -> None:
    """Edit as QGIS does: with the functions that the spatial index calls."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _: 0)
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("seed", range(4))
def test_a_project_comes_back_exactly(tmp_path: Path, seed: int) -> None:
    state = any_state(seed)
    save_project(state, tmp_path / "p.gpkg")
    back = open_project(tmp_path / "p.gpkg")
    assert_same_state(back, state)
    assert back.revision == 7
    assert back.meta.path == (tmp_path / "p.gpkg").resolve()


@pytest.mark.parametrize("seed", range(4))
def test_rows_alone_give_the_same_project_as_the_quick_copy(tmp_path: Path, seed: int) -> None:
    state = any_state(seed)
    # Rows have no place for a reference to a node that is not there.
    pipes = state.pipes.with_columns(
        start_node=np.minimum(state.pipes.start_node, 39),
        end_node=np.minimum(state.pipes.end_node, 39),
    )
    state = state.with_(pipes=pipes)
    path = tmp_path / "p.gpkg"
    save_project(state, path)
    run_sql(path, "DELETE FROM baiyun_columns")
    back = open_project(path)
    assert_same_state(back, state)
    assert back.revision == 8, "an edit outside makes earlier reports stale"


def test_an_empty_project_comes_back(tmp_path: Path) -> None:
    save_project(ProjectState(), tmp_path / "p.gpkg")
    assert open_project(tmp_path / "p.gpkg").is_empty


def test_the_same_state_gives_the_same_bytes(tmp_path: Path) -> None:
    state = any_state(1)
    for name in ("a.gpkg", "b.gpkg"):
        save_project(state, tmp_path / name, report=report_of(state), saved_at="2026-01-01")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_an_unknown_level_never_becomes_zero_in_other_programs(tmp_path: Path) -> None:
    state = network(pipe("a", Utility.WATER, [(0, 0, np.nan), (5, 0, -1.5)]))
    save_project(state, tmp_path / "p.gpkg")
    frame = pyogrio.read_dataframe(tmp_path / "p.gpkg", layer="pipes")
    levels = [z for _, _, z in frame.geometry[0].coords]
    assert np.isnan(levels[0])
    assert levels[1] == -1.5


def test_gdal_reads_every_layer_with_its_geometry_type_and_crs(tmp_path: Path) -> None:
    state = any_state(2)
    save_project(state, tmp_path / "p.gpkg", report=report_of(state))
    layers = dict(pyogrio.list_layers(tmp_path / "p.gpkg").tolist())
    assert {name: layers[name] for name in ("pipes", "nodes", "conflicts", "conflict_gaps")} == {
        "pipes": "LineString Z",
        "nodes": "Point Z",
        "conflicts": "Point Z",
        "conflict_gaps": "LineString Z",
    }
    assert layers["buildings"] == layers["permits"] == "Polygon"
    assert {"cases", "structures", "decisions", "rasters"} <= set(layers)
    assert not [name for name in layers if name.startswith(("baiyun", "rtree"))]
    for name in ("pipes", "nodes", "buildings", "permits"):
        info = pyogrio.read_info(tmp_path / "p.gpkg", layer=name)
        assert info["crs"] == "EPSG:4547"
        assert info["features"] == 40


def test_codes_are_words_and_days_are_dates_for_other_programs(tmp_path: Path) -> None:
    state = network(
        pipe("a", Utility.GAS, [(0, 0, 0), (1, 0, 0)], valid_from=np.datetime64("2001-02-03"))
    )
    save_project(state, tmp_path / "p.gpkg")
    frame = pyogrio.read_dataframe(tmp_path / "p.gpkg", layer="pipes")
    assert frame.utility[0] == "gas"
    assert frame.material[0] == "unknown"
    assert str(frame.valid_from[0])[:10] == "2001-02-03"


def test_the_spatial_index_is_sound_and_answers_like_a_scan(tmp_path: Path) -> None:
    state = any_state(3, count=5000)
    save_project(state, tmp_path / "p.gpkg")
    with closing(sqlite3.connect(tmp_path / "p.gpkg")) as connection:
        for layer in ("pipes", "nodes", "buildings"):
            (told,) = connection.execute(f"SELECT rtreecheck('rtree_{layer}_geom')").fetchone()
            assert told == "ok"
    box = (499_000.0, 499_000.0, 500_200.0, 500_100.0)
    names = [f"pipe {row}" for row in range(5000)]
    state = state.with_(pipes=state.pipes.with_columns(id=np.array(names, dtype=object)))
    save_project(state, tmp_path / "p.gpkg")
    found = pyogrio.read_dataframe(tmp_path / "p.gpkg", layer="pipes", bbox=box)
    offsets = state.pipes.offsets[:-1]
    low = np.minimum.reduceat(state.pipes.xy, offsets)
    high = np.maximum.reduceat(state.pipes.xy, offsets)
    # GDAL also leaves out lines that only their box brings into the frame: none inside is missed.
    inside = (low >= box[:2]).all(axis=1) & (high <= box[2:]).all(axis=1)
    near = (low <= box[2:]).all(axis=1) & (high >= box[:2]).all(axis=1)
    assert inside.sum() > 20
    assert set(state.pipes.id[inside]) <= set(found.id) <= set(state.pipes.id[near])


def test_qgis_finds_a_default_style_for_the_main_layers(tmp_path: Path) -> None:
    save_project(any_state(), tmp_path / "p.gpkg")
    with closing(sqlite3.connect(tmp_path / "p.gpkg")) as connection:
        styles = dict(
            connection.execute(
                "SELECT f_table_name, styleQML FROM layer_styles"
                " WHERE useAsDefault = 1 AND f_geometry_column = 'geom'"
            ).fetchall()
        )
    assert {"pipes", "nodes", "buildings", "conflicts"} <= set(styles)
    assert 'attr="utility"' in styles["pipes"]
    assert all(f'value="{utility.key}"' in styles["pipes"] for utility in Utility)


def test_an_edit_in_another_program_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    run_sql(path, "UPDATE pipes SET owner = '自来水公司', utility = 'heat' WHERE fid = 3")
    back = open_project(path)
    assert back.pipes.owner[2] == "自来水公司"
    assert back.pipes.utility[2] == Utility.HEAT


def test_pipes_still_find_their_nodes_when_another_program_deletes_some(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    state = any_state()
    save_project(state, path)
    run_sql(path, "DELETE FROM nodes WHERE fid = 1")
    back = open_project(path)
    assert len(back.nodes) == 39
    for before, after in zip(state.pipes.start_node, back.pipes.start_node, strict=True):
        assert after == (before - 1 if before >= 1 else -1)


def test_a_layer_made_anew_by_another_program_is_read_from_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    frame = pyogrio.read_dataframe(path, layer="buildings", fid_as_index=True).head(5)
    frame = frame.drop(columns="foundation")
    frame["height_m"] = 12.5
    pyogrio.write_dataframe(frame, path, layer="buildings", driver="GPKG")
    back = open_project(path)
    assert back.buildings.height_m.tolist() == [12.5] * 5


def test_a_word_that_no_vocabulary_knows_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    run_sql(path, "UPDATE pipes SET utility = 'lava' WHERE fid = 1")
    with pytest.raises(ProjectError, match=r"pipes: column utility .*lava"):
        open_project(path)


def test_the_report_is_saved_with_the_project(tmp_path: Path) -> None:
    state = any_state()
    report = report_of(state)
    save_project(state, tmp_path / "p.gpkg", report=report)
    back = load_report(tmp_path / "p.gpkg")
    assert back is not None
    assert_same_table(back.conflicts, report.conflicts)
    assert_same_table(back.suspicions, report.suspicions)
    assert (back.rules, back.ledger, back.requirements) == (
        report.rules,
        report.ledger,
        report.requirements,
    )
    assert back.revision == report.revision
    assert back.as_of == report.as_of
    assert load_report_of_empty(tmp_path) is None


def load_report_of_empty(folder: Path) -> object:
    save_project(ProjectState(), folder / "empty.gpkg")
    return load_report(folder / "empty.gpkg")


def test_a_raster_travels_inside_the_project(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    dem = tmp_path / "a" / "地形.tif"
    dem.write_bytes(b"II*\0" + bytes(range(256)) * 20)
    dem.with_suffix(".tfw").write_text("1")
    source = RasterSource("dem", RasterKind.TERRAIN, "地形.tif", np.datetime64("2020-05-01"))
    meta = ProjectMeta(path=tmp_path / "a" / "p.gpkg")
    state = ProjectState(meta=meta, rasters=(source,))
    save_project(state, tmp_path / "a" / "p.gpkg")
    moved = (tmp_path / "a" / "p.gpkg").rename(tmp_path / "moved.gpkg")
    content = dem.read_bytes()
    dem.unlink()
    back = open_project(moved, cache=tmp_path / "cache")
    assert Path(back.rasters[0].path).read_bytes() == content
    assert Path(back.rasters[0].path).with_suffix(".tfw").read_text() == "1"
    assert back.rasters[0].epoch == source.epoch
    save_project(back, tmp_path / "again.gpkg")
    again = open_project(tmp_path / "again.gpkg", cache=tmp_path / "other")
    assert Path(again.rasters[0].path).read_bytes() == content


def test_a_raster_that_is_not_there_is_kept_by_its_path(tmp_path: Path) -> None:
    source = RasterSource("dem", RasterKind.TERRAIN, "rasters/gone.tif")
    save_project(ProjectState(rasters=(source,)), tmp_path / "p.gpkg")
    assert open_project(tmp_path / "p.gpkg").rasters[0].path == "rasters/gone.tif"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no such project file"):
        open_project(tmp_path / "none.gpkg")


def test_a_foreign_geopackage_is_told_to_be_imported(tmp_path: Path) -> None:
    import geopandas
    import shapely

    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs="EPSG:4326")
    frame.to_file(tmp_path / "f.gpkg", driver="GPKG")
    with pytest.raises(ProjectError, match=r"is a GeoPackage but not .*import"):
        open_project(tmp_path / "f.gpkg")


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all" * 100, b"SQLite format 3\0" * 99]
)
def test_a_file_that_is_no_project_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "p.gpkg").write_bytes(content)
    with pytest.raises(ProjectError):
        open_project(tmp_path / "p.gpkg")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_damaged_project_is_refused_or_read_whole(tmp_path: Path, share: float) -> None:
    path = tmp_path / "p.gpkg"
    state = any_state()
    save_project(state, path)
    data = bytearray(path.read_bytes())
    at = int(len(data) * share)
    data[at : at + 3000] = b"\x5a" * 3000
    path.write_bytes(data)
    try:
        back = open_project(path)
    except ProjectError:
        return
    assert_same_state(back, state)


def test_a_cut_off_project_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ProjectError, match="damaged"):
        open_project(path)


def test_a_newer_format_asks_for_a_newer_program(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    save_project(ProjectState(), path)
    run_sql(path, "UPDATE baiyun_project SET value = '99' WHERE key = 'baiyun_format'")
    with pytest.raises(ProjectVersion, match="format 99"):
        open_project(path)


def test_saving_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be written"):
        save_project(ProjectState(), tmp_path / "none" / "p.gpkg")


def test_saving_leaves_nothing_else_behind(tmp_path: Path) -> None:
    save_project(any_state(), tmp_path / "p.gpkg")
    save_project(any_state(1), tmp_path / "p.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["p.gpkg"]


def test_a_project_open_for_editing_elsewhere_is_not_torn(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    with closing(sqlite3.connect(path)) as outside:
        outside.execute("PRAGMA journal_mode = WAL")
        outside.execute("UPDATE decisions SET author = 'QGIS'")
        outside.commit()
        with pytest.raises(ProjectError, match="close it there"):
            save_project(any_state(1), path)
        assert set(open_project(path).decisions.author) == {"QGIS"}
