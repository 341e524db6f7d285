"""Rows that cannot be taken are set aside with row, column and reason, and counted once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survey_files import Table, chinese, replaced, survey, write_folder, write_workbook

from baiyun_gis.errors import InputError
from baiyun_gis.io.import_report import rows_quarantined
from baiyun_gis.io.imported import ImportOptions, SourceReport
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.project import ProjectState

OPTIONS = ImportOptions(crs="EPSG:4547")


def reports(tables: dict[str, Table], folder: Path) -> tuple[ProjectState, dict[str, SourceReport]]:
    state, report = import_into(ProjectState(), [write_folder(tables, folder)], OPTIONS, silent())
    return state, {Path(s.path).stem.split("_")[1]: s for s in report.sources}


def changed(name: str, row: int, column: int, value: str) -> dict[str, Table]:
    tables = chinese(survey("JS"))
    return tables | {name: replaced(tables[name], row, column, value)}


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "field", "reason"),
    [
        ("POINT", 12, 1, "", "物探点号", "point number is missing"),
        ("POINT", 12, 4, "25６x", "X", "not a number"),
        ("POINT", 12, 5, "", "Y", "coordinate is missing"),
        ("POINT", 12, 1, "JS3", "物探点号", "is that of row 4, which lies elsewhere"),
        ("LINE", 5, 1, "JS99", "终止点号", "neither in a point table"),
        ("LINE", 5, 0, "", "起始点号", "end point is missing"),
        ("LINE", 5, 1, "JS4", "终止点号", "ends where it starts"),
    ],
)
def test_a_bad_row_is_set_aside_with_row_column_and_reason(
    name: str, row: int, column: int, value: str, field: str, reason: str, tmp_path: Path
) -> None:
    _, by_name = reports(changed(name, row, column, value), tmp_path / "s")
    bad = by_name[name].quarantined
    assert [(q.row, q.column, q.value) for q in bad] == [(row, field, value)]
    assert reason in str(bad[0].reason)
    assert bad[0].raw


def test_lines_at_a_refused_point_say_where_it_stands(tmp_path: Path) -> None:
    _, by_name = reports(changed("POINT", 4, 4, "abc"), tmp_path / "s")
    assert [q.row for q in by_name["LINE"].quarantined] == [3, 4]
    assert all("JS_POINT.csv:4" in str(q.reason) for q in by_name["LINE"].quarantined)


def test_two_points_at_one_place_leave_a_line_without_length(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    points = replaced(tables["POINT"], 13, 4, tables["POINT"][11][4])
    points = replaced(points, 13, 5, tables["POINT"][11][5])
    _, by_name = reports(tables | {"POINT": points}, tmp_path / "s")
    assert [q.row for q in by_name["LINE"].quarantined] == [12]
    assert "no length" in str(by_name["LINE"].quarantined[0].reason)


def test_repeated_rows_are_taken_once(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    backwards = list(tables["LINE"][3])
    backwards[:4] = [backwards[1], backwards[0], backwards[3], backwards[2]]
    doubled = {
        "POINT": [*tables["POINT"], tables["POINT"][2]],
        "LINE": [*tables["LINE"], tables["LINE"][2], backwards],
    }
    state, by_name = reports(doubled, tmp_path / "s")
    assert len(state.nodes) == len(survey().ids)
    assert len(state.pipes) == len(survey().lines)
    assert [q.row for q in by_name["POINT"].quarantined] == [14]
    assert [q.row for q in by_name["LINE"].quarantined] == [13, 14]


def test_parallel_lines_of_other_size_are_both_taken(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    parallel = list(tables["LINE"][2])
    parallel[6] = "DN500"
    state, _ = reports(tables | {"LINE": [*tables["LINE"], parallel]}, tmp_path / "s")
    assert len(state.pipes) == len(survey().lines) + 1
    assert len(set(state.pipes.id)) == len(state.pipes)


def test_a_row_with_two_faults_counts_once(tmp_path: Path) -> None:
    tables = changed("POINT", 12, 4, "abc")
    tables["POINT"] = replaced(tables["POINT"], 12, 5, "def")
    _, by_name = reports(tables, tmp_path / "s")
    source = by_name["POINT"]
    assert len(source.quarantined) == 2
    assert source.rows_read == source.rows_taken + 1


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    tables = changed("POINT", 7, 4, "abc")
    sheets = {
        "JSPOINT": [["title"], [], *tables["POINT"]],
        "JSLINE": tables["LINE"],
    }
    path = write_workbook(sheets, tmp_path / "s.xlsx")
    _, report = import_into(ProjectState(), [path], OPTIONS, silent())
    bad = [q for s in report.sources for q in s.quarantined if q.sheet == "JSPOINT"]
    assert [(q.row, q.column) for q in bad] == [(9, "X")]


def test_rows_with_too_many_cells_are_set_aside(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    tables["LINE"][4] = [*tables["LINE"][4], "stray"]
    _, by_name = reports(tables, tmp_path / "s")
    assert [q.row for q in by_name["LINE"].quarantined] == [5]


def test_nothing_to_take_is_an_error_that_says_why(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    only_bad = {"LINE": [tables["LINE"][0], *(tables["LINE"][1:4])]}
    with pytest.raises(InputError, match="None of the 3 rows"):
        reports(only_bad, tmp_path / "s")


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    faults=st.lists(
        st.tuples(
            st.sampled_from(["POINT", "LINE"]),
            st.integers(2, 12),
            st.integers(0, 6),
            st.sampled_from(["", "abc", "JS1", "0", "-9999", "1e99", "DN"]),
        ),
        max_size=8,
    )
)
def test_every_row_is_taken_or_set_aside_whatever_is_wrong(
    faults: list[tuple[str, int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = chinese(survey("JS"))
    for name, row, column, value in faults:
        tables[name] = replaced(tables[name], row, column, value)
    state, by_name = reports(tables, tmp_path_factory.mktemp("s") / "s")
    for source in by_name.values():
        assert source.rows_read == source.rows_taken + rows_quarantined(source)
    assert by_name["POINT"].rows_taken == len(state.nodes)
    assert by_name["LINE"].rows_taken == len(state.pipes)
