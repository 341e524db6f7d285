"""Levels, units, utilities and chambers of survey tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from survey_files import Table, chinese, connected, replaced, survey, write_folder

from baiyun_gis.io.import_report import ImportReport
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import LevelDatum, NodeKind, Provenance, Status, Utility
from baiyun_gis.project import ProjectState


def taken(
    tables: dict[str, Table], folder: Path, *, prefix: str = "JS", **settings: str
) -> tuple[ProjectState, ImportReport]:
    path = write_folder(tables, folder / "s", prefix=prefix)
    options = ImportOptions(crs="EPSG:4547", settings=settings)
    return import_into(ProjectState(), [path], options, silent())


def with_column(table: Table, name: str, values: list[str]) -> Table:
    return [[*row, v] for row, v in zip(table, [name, *values], strict=True)]


def renamed(table: Table, names: dict[str, str]) -> Table:
    return [[names.get(c, c) for c in table[0]], *table[1:]]


def notes_of(report: ImportReport) -> str:
    return " | ".join(str(n) for s in report.sources for n in s.notes)


@pytest.mark.parametrize(
    ("unit", "scale"), [("", 100), ("", 1000), ("(cm)", 100), ("（mm）", 1000)]
)
def test_depths_in_small_units_become_metres(unit: str, scale: int, tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    lines = renamed(tables["LINE"], {"起点埋深": f"起点埋深{unit}", "终点埋深": f"终点埋深{unit}"})
    for row in lines[1:]:
        row[2], row[3] = (f"{float(v) * scale:g}" for v in row[2:4])
    state, report = taken(tables | {"LINE": lines}, tmp_path)
    assert state.pipes.start_depth_m == pytest.approx([k.start_depth for k in survey().lines])
    inferred = [i for s in report.sources for i in s.inferred if i.what == "unit of depth"]
    assert bool(inferred) == (unit == "")


@pytest.mark.parametrize("blank", ["", "0", "0.00", "-9999", "/", "无", "不明"])
def test_a_depth_that_is_none_leaves_the_level_unknown(blank: str, tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    tables["LINE"] = replaced(tables["LINE"], 3, 2, blank)
    state, _ = taken(tables, tmp_path)
    assert np.isnan(state.pipes.start_depth_m[1])
    assert not state.pipes.has_level[1]
    assert state.pipes.level_source[1] == Provenance.UNKNOWN
    assert state.pipes.has_level[[0, 2]].all()


@pytest.mark.parametrize(
    ("header", "datum", "offset"),
    [
        ("管顶高程", LevelDatum.OUTER_TOP, -0.15),
        ("内底高程", LevelDatum.INVERT, 0.15),
        ("管底标高", LevelDatum.INVERT, 0.15),
        ("管中心高程", LevelDatum.CENTRE, 0.0),
    ],
)
def test_the_header_says_which_point_of_the_section_a_level_is_of(
    header: str, datum: LevelDatum, offset: float, tmp_path: Path
) -> None:
    tables = chinese(survey("JS"))
    lines = renamed(tables["LINE"], {"起点埋深": f"起点{header}", "终点埋深": f"终点{header}"})
    for row in lines[1:]:
        row[2] = row[3] = "10.50"
    state, _ = taken(tables | {"LINE": lines}, tmp_path)
    assert set(state.pipes.level_datum) == {datum}
    assert set(state.pipes.level_datum_source) == {Provenance.SURVEYED}
    assert state.pipes.axis_level == pytest.approx(10.5 + offset)


def test_levels_of_gravity_lines_are_inverts_when_nobody_says(tmp_path: Path) -> None:
    state, _ = taken(chinese(survey("WS")), tmp_path, prefix="WS")
    assert set(state.pipes.level_datum) == {LevelDatum.INVERT}
    assert set(state.pipes.level_datum_source) == {Provenance.DERIVED}
    first = survey("WS").ground[0] - survey("WS").lines[0].start_depth
    assert state.pipes.axis_level[0] == pytest.approx(first + 0.3)  # inner radius of DN600


@pytest.mark.parametrize(("off", "flagged"), [(0.04, False), (0.06, True)])
def test_ground_depth_and_level_that_disagree_are_flagged_not_dropped(
    off: float, flagged: bool, tmp_path: Path
) -> None:
    truth = survey("JS")
    levels = [f"{truth.ground[k.start] - k.start_depth:.3f}" for k in truth.lines]
    levels[3] = f"{float(levels[3]) + off:.3f}"
    tables = chinese(truth)
    tables["LINE"] = with_column(tables["LINE"], "起点高程", levels)
    state, report = taken(tables, tmp_path)
    assert len(state.pipes) == len(truth.lines)
    assert ("disagree" in notes_of(report)) == flagged
    assert ("ground - depth - level" in state.pipes.lineage[3]) == flagged
    assert state.pipes.start_level_m[3] == pytest.approx(float(levels[3]))


def test_negative_depths_are_left_out_and_said(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    tables["LINE"] = replaced(tables["LINE"], 4, 2, "-1.2")
    state, report = taken(tables, tmp_path)
    assert np.isnan(state.pipes.start_depth_m[2])
    assert "negative depth -1.2" in state.pipes.lineage[2]
    assert "rows 4" in notes_of(report)


def test_levels_of_the_points_serve_lines_that_have_none(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    count = len(survey().ids)
    points = with_column(tables["POINT"], "管顶高程", ["10.8"] * count)
    lines = [[*row[:2], *row[4:]] for row in tables["LINE"]]
    state, _ = taken({"POINT": points, "LINE": lines}, tmp_path)
    assert state.pipes.axis_level == pytest.approx(10.65)
    assert set(state.pipes.level_datum) == {LevelDatum.OUTER_TOP}
    assert set(state.pipes.lineage) == {"levels taken from the points"}


def test_the_utility_comes_from_point_numbers_when_no_name_says_it(tmp_path: Path) -> None:
    tables = chinese(survey("WS"))
    state, report = taken(tables, tmp_path, prefix="district7")
    assert set(state.pipes.utility) == {Utility.SEWAGE}
    inferred = [i for s in report.sources for i in s.inferred if i.what == "utility"]
    assert inferred
    assert all(i.confidence < 1 for i in inferred)


def test_a_value_set_by_the_user_holds_for_every_row(tmp_path: Path) -> None:
    state, _ = taken(chinese(survey("JS")), tmp_path, utility="gas", status="planned")
    assert set(state.pipes.utility) == {Utility.GAS}
    assert set(state.pipes.status) == {Status.PLANNED}
    assert set(state.nodes.status) == {Status.PLANNED}


def test_chambers_come_from_fixtures_with_their_size_and_depth(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    count = len(survey().ids)
    points = with_column(tables["POINT"], "井室尺寸(mm)", ["1200x900", "φ700", *[""] * (count - 2)])
    points[1][7], points[1][3] = "2.5", "检修井"
    points[2][3], points[3][3] = "阀门井", "雨水篦"
    state, _ = taken(tables | {"POINT": points}, tmp_path)
    nodes = state.nodes
    assert nodes.kind[:3].tolist() == [NodeKind.MANHOLE, NodeKind.VALVE_CHAMBER, NodeKind.GULLY]
    assert nodes.is_chamber[:3].tolist() == [True, True, False]
    assert (nodes.chamber_width_m[0], nodes.chamber_length_m[0]) == (1.2, 0.9)
    assert nodes.chamber_width_m[1] == pytest.approx(0.7)
    assert nodes.bottom_m[0] == pytest.approx(survey().ground[0] - 2.5)


def test_columns_nobody_knows_are_named(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    tables["LINE"] = with_column(tables["LINE"], "奇怪的列", ["x"] * len(survey().lines))
    _, report = taken(tables, tmp_path)
    assert "奇怪的列" in notes_of(report)
    assert any(s.fields.get("奇怪的列") == "" for s in report.sources)


def test_a_line_seen_from_both_ends_gets_both_depths(tmp_path: Path) -> None:
    state, report = taken(connected(survey("JS")), tmp_path)
    assert state.pipes.end_depth_m == pytest.approx([k.end_depth for k in survey().lines])
    source = report.sources[0]
    assert source.rows_read == source.rows_taken == 2 * len(survey().lines)


def test_one_column_for_pressure_and_voltage_goes_by_kind(tmp_path: Path) -> None:
    truth = survey("DL")
    tables = chinese(truth)
    tables["LINE"] = with_column(tables["LINE"], "压力(MPa)/电压(kV)", ["10"] * len(truth.lines))
    state, _ = taken(tables, tmp_path, prefix="DL")
    assert state.pipes.voltage_kv == pytest.approx(10)
    assert np.isnan(state.pipes.pressure_mpa).all()
