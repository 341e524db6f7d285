"""Every layout, in every encoding and file format, gives the same network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from survey_files import LAYOUTS, Layout, chinese, survey, write_folder, write_workbook

from baiyun_gis.io.import_report import ImportReport
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import Burial, Material, Shape, Utility
from baiyun_gis.project import ProjectState

OPTIONS = ImportOptions(crs="EPSG:4547")
WANTED = {
    "JS": (Utility.WATER, Material.CAST_IRON, Burial.DIRECT, Shape.CIRCLE, 0.3, 0.3),
    "WS": (Utility.SEWAGE, Material.CONCRETE, Burial.DIRECT, Shape.CIRCLE, 0.72, 0.72),
    "DL": (Utility.POWER, Material.CONCRETE, Burial.TRENCH, Shape.RECTANGLE, 0.96, 0.76),
}


def taken(path: Path, options: ImportOptions = OPTIONS) -> tuple[ProjectState, ImportReport]:
    return import_into(ProjectState(), [path], options, silent())


def assert_is_the_survey(state: ProjectState, code: str) -> None:
    truth = survey(code)
    assert len(state.nodes) == len(truth.ids)
    assert len(state.pipes) == len(truth.lines)
    order = {name: i for i, name in enumerate(state.nodes.id)}
    at = [order[name] for name in truth.ids]
    assert state.nodes.xy[at] == pytest.approx(np.column_stack([truth.east, truth.north]), abs=1e-6)
    utility, material, burial, shape, width, height = WANTED[code]
    pipes = state.pipes
    assert set(pipes.utility) == {utility}
    assert set(pipes.material) == {material}
    assert set(pipes.burial) == {burial}
    assert set(pipes.shape) == {shape}
    assert pipes.outer_width_m == pytest.approx(width)
    assert pipes.outer_height_m == pytest.approx(height)
    for row, line in enumerate(truth.lines):
        assert state.nodes.id[pipes.start_node[row]] == truth.ids[line.start]
        assert state.nodes.id[pipes.end_node[row]] == truth.ids[line.end]
        assert pipes.start_depth_m[row] == pytest.approx(line.start_depth)
        assert pipes.end_depth_m[row] == pytest.approx(line.end_depth)
        assert pipes.start_ground_m[row] == pytest.approx(truth.ground[line.start])
    assert np.isfinite(pipes.axis_level).all()


@pytest.mark.parametrize("code", sorted(WANTED))
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
def test_each_layout_gives_the_same_network(layout: Layout, code: str, tmp_path: Path) -> None:
    state, report = taken(write_folder(layout(survey(code)), tmp_path / "s", prefix=code))
    assert_is_the_survey(state, code)
    assert all(not s.quarantined for s in report.sources)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encoding_and_delimiter_do_not_matter(
    encoding: str, delimiter: str, tmp_path: Path
) -> None:
    folder = write_folder(
        chinese(survey("JS")), tmp_path / "s", encoding=encoding, delimiter=delimiter
    )
    assert_is_the_survey(taken(folder)[0], "JS")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
def test_a_workbook_gives_the_same_as_text_files(layout: Layout, tmp_path: Path) -> None:
    tables = {f"JS{name}": table for name, table in layout(survey("JS")).items()}
    state, _ = taken(write_workbook(tables, tmp_path / "survey.xlsx"))
    assert_is_the_survey(state, "JS")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
def test_nine_in_ten_columns_are_understood(layout: Layout, tmp_path: Path) -> None:
    _, report = taken(write_folder(layout(survey("JS")), tmp_path / "s"))
    fields = [role for s in report.sources for role in s.fields.values()]
    assert sum(bool(role) for role in fields) >= 0.9 * len(fields)


def test_sheets_of_several_utilities_keep_their_own_points(tmp_path: Path) -> None:
    tables = {}
    for code, zh in (("JS", "给水"), ("WS", "污水")):
        both = chinese(survey(code))
        renumbered = {
            name: [[c.replace(code, "") if c.startswith(code) else c for c in r] for r in rows]
            for name, rows in both.items()
        }
        tables |= {f"{zh}点": renumbered["POINT"], f"{zh}线": renumbered["LINE"]}
    state, report = taken(write_workbook(tables, tmp_path / "all.xlsx"))
    assert len(state.nodes) == 2 * len(survey().ids)
    assert len(set(state.nodes.id)) == len(state.nodes)
    assert {int(u) for u in state.pipes.utility} == {Utility.WATER, Utility.SEWAGE}
    same = state.nodes.utility[state.pipes.start_node] == state.pipes.utility
    assert same.all()
    assert all(not s.quarantined for s in report.sources)


def test_title_rows_units_row_and_totals_are_no_data(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    points = [
        ["某市地下管线点调查表"],
        [],
        tables["POINT"][0],
        ["", "", "", "", "(m)", "(m)", "(m)", "(m)", ""],
        *tables["POINT"][1:],
        ["合计", "", "", "", "", "", "", "", str(len(survey().ids))],
        ["检查: 李四"],
    ]
    folder = write_folder(tables | {"POINT": points}, tmp_path / "s")
    state, report = taken(folder)
    assert_is_the_survey(state, "JS")
    source = next(s for s in report.sources if "POINT" in s.path)
    assert source.rows_read == source.rows_taken == len(survey().ids)
    assert any("passed over" in str(n) for n in source.notes)


def test_a_table_that_is_no_survey_gets_one_clear_sentence(tmp_path: Path) -> None:
    from baiyun_gis.errors import FormatError

    path = tmp_path / "sales.csv"
    path.write_text("Customer,Amount,Currency\nA,1,EUR\nB,2,EUR\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"no survey points or lines"):
        taken(path)


def test_sep_line_of_excel_names_the_delimiter(tmp_path: Path) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s", delimiter=";")
    for path in folder.iterdir():
        path.write_bytes(b"sep=;\r\n" + path.read_bytes())
    assert_is_the_survey(taken(folder)[0], "JS")


def test_rows_in_two_encodings_are_all_read(tmp_path: Path) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s", encoding="gb18030")
    path = folder / "JS_LINE.csv"
    rows = path.read_bytes().split(b"\r\n")
    rows[3:6] = [r.decode("gb18030").encode("utf-8") for r in rows[3:6]]
    path.write_bytes(b"\r\n".join(rows))
    state, report = taken(folder)
    assert_is_the_survey(state, "JS")
    source = next(s for s in report.sources if "LINE" in s.path)
    assert any(i.what == "encoding" and "3 lines" in str(i.why) for i in source.inferred)


def test_a_line_in_two_rows_may_have_its_size_in_either(tmp_path: Path) -> None:
    """The row from the other end often repeats neither size nor material."""
    path = tmp_path / "电力.csv"
    path.write_text(
        "点号,连接点号,X,Y,地面高程,管顶高程,管径,材质,电压\n"
        "DL1,DL2,2569000,436500,10,9.3,300,塑料,10kV\n"
        "DL2,DL1,2569000,436600,10,9.2,,,\n"
        ",DL3,,,,9.1,,,\n"
        "DL3,DL2,2569000,436700,10,9.0,200,钢,\n",
        encoding="utf-8",
    )
    pipes = taken(path, ImportOptions(crs="EPSG:4526"))[0].pipes
    assert [round(v, 3) for v in pipes.outer_width_m] == [0.3, 0.2]
    assert list(pipes.material) == [Material.PVC, Material.STEEL]
    assert list(pipes.start_level_m) == [9.3, 9.1]
    assert list(pipes.end_level_m) == [9.2, 9.0]


def test_two_lines_of_two_sizes_between_the_same_points_stay_two(tmp_path: Path) -> None:
    path = tmp_path / "电力.csv"
    path.write_text(
        "点号,连接点号,X,Y,地面高程,管顶高程,管径\n"
        "DL1,DL2,2569000,436500,10,9.3,300\n"
        "DL1,DL2,,,,9.1,100\n"
        "DL2,DL1,2569000,436600,10,9.2,\n"
        "DL2,DL1,,,,9.0,\n",
        encoding="utf-8",
    )
    pipes = taken(path, ImportOptions(crs="EPSG:4526"))[0].pipes
    assert list(pipes.size_text) == ["300", "100"]
    assert list(pipes.end_level_m) == [9.2, 9.0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_unicode_text_of_a_spreadsheet_is_a_survey_table(encoding: str, tmp_path: Path) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    text = "点号\tX\tY\tH\r\nJS1\t2569000\t436500\t10\r\nJS2\t2569000\t436600\t10\r\n"
    path = tmp_path / "给水点.txt"
    path.write_bytes(mark + text.encode(encoding))
    assert list(taken(path, ImportOptions(crs="EPSG:4526"))[0].nodes.id) == ["JS1", "JS2"]


def test_a_line_table_may_give_one_depth_a_line(tmp_path: Path) -> None:
    (tmp_path / "给水点.csv").write_text(
        "点号,X,Y,地面高程\nA1,2569000,436500,10\nA2,2569000,436600,11\n", encoding="utf-8"
    )
    (tmp_path / "给水线.csv").write_text(
        "起点,终点,管径,埋深(cm)\nA1,A2,300,120\n", encoding="utf-8"
    )
    state, report = taken(tmp_path, ImportOptions(crs="EPSG:4526"))
    assert (state.pipes.start_depth_m[0], state.pipes.end_depth_m[0]) == (1.2, 1.2)
    assert state.pipes.axis_level.tolist() == pytest.approx([8.65, 9.65])
    assert any(i.what == "depth of ends" for s in report.sources for i in s.inferred)
