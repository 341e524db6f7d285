from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import openpyxl
import pytest
from builders import network, pipe
from storage_builders import report_of

from baiyun_gis.buildings.sentences import unit_word
from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.findings.conflicts import (
    CheckLedger,
    CheckReport,
    ConflictTable,
    Ledger,
    Outcome,
    SuspicionTable,
)
from baiyun_gis.language import Lang, chinese_for
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.vocabulary import Utility, Verdict
from baiyun_gis.plugins import REPORTS
from baiyun_gis.project import ProjectMeta, ProjectState
from baiyun_gis.reports.frame import report_frame
from baiyun_gis.reports.report_json import schema
from baiyun_gis.reports.summary import headline
from baiyun_gis.reports.table import COLUMNS, safe_cell
from baiyun_gis.reports.words import side_word
from baiyun_gis.reports.writer import write_report, write_text

CLEAR = ("No conflicts", "无冲突", "is clear")


@pytest.fixture
def state() -> ProjectState:
    return network(
        pipe("W<1>&", Utility.WATER, [(0, 0, -1.0), (10, 0, -1.0)]),
        pipe('=G"1', Utility.GAS, [(5, -5, -1.45), (5, 5, -1.45)]),
        pipe("T1", Utility.TELECOM, [(0, 3, np.nan), (10, 3, np.nan)]),
    )


@pytest.fixture
def report(state: ProjectState) -> CheckReport:
    found = SuspicionTable.build(
        1,
        id=text_array(["s-1"]),
        kind=text_array(["no_permit"]),
        building_id=text_array(["楼<1>"]),
        measured=120.5,
        unit=text_array(["m2"]),
        verdict=Verdict.LIKELY,
        first=text_array(["unknown"]),
        requirement=-1,
    )
    return replace(report_of(state), suspicions=found)


def text_of(report: CheckReport, state: ProjectState, form: str, lang: Lang = "en") -> str:
    file = io.StringIO()
    write_text(report, state, file, format=form, lang=lang)
    return file.getvalue()


def empty_report(state: ProjectState, **ledger: Any) -> CheckReport:
    full = report_of(state)
    return replace(
        full,
        conflicts=ConflictTable.empty(),
        ledger=Ledger(**ledger),
        requirements=(),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_json_report_fits_its_schema(
    report: CheckReport, state: ProjectState, lang: Lang
) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    facts = json.loads(text_of(report, state, "json", lang))
    jsonschema.Draft202012Validator(schema()).validate(facts)
    assert facts["schema"] == "baiyun-gis/conflict-report/1"
    first, second = facts["conflicts"]
    assert first["actual_m"] == 0.15
    assert first["rule"]["required_m"] == 0.4
    assert first["nearest"][0] == [5.0, 0.0, -1.15]
    assert first["stretch"] == {"on": "W<1>&", "from_m": 4.0, "to_m": 6.0}
    assert second["actual_m"] is None
    assert second["probability"] is None
    assert second["at"] == [8.0, 0.5, None]
    assert second["nearest"] == [[None] * 3, [None] * 3]
    assert second["stretch"] is None
    assert second["rule"]["state"] == "unconfirmed"
    assert facts["suspicions"][0]["building"] == {"table": "buildings", "id": "楼<1>"}


def test_the_schema_refuses_what_is_not_promised(report: CheckReport, state: ProjectState) -> None:
    facts = json.loads(text_of(report, state, "json"))
    checker = jsonschema.Draft202012Validator(schema())
    for spoil in (
        lambda f: f.update(extra=1),
        lambda f: f["conflicts"][0].pop("why"),
        lambda f: f["conflicts"][0].update(verdict="perhaps"),
        lambda f: f["conflicts"][0].update(probability=1.5),
        lambda f: f["ledger"]["pipes"].update(read=-1),
    ):
        spoilt = json.loads(json.dumps(facts))
        spoil(spoilt)
        assert not checker.is_valid(spoilt)


@pytest.mark.parametrize("form", ["json", "csv", "geojson", "html"])
def test_the_same_report_gives_the_same_bytes(
    report: CheckReport, state: ProjectState, tmp_path: Path, form: str
) -> None:
    for name in ("a", "b"):
        write_report(report, state, tmp_path / name, format=form)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_csv_opens_in_excel_with_chinese_headings(
    report: CheckReport, state: ProjectState, tmp_path: Path
) -> None:
    write_report(report, state, tmp_path / "r.csv", format="csv", lang="zh")
    data = (tmp_path / "r.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[0][0] == "冲突编号"
    assert rows[1][rows[0].index("实际 (m)")] == "0.15"
    assert rows[2][rows[0].index("实际 (m)")] == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert safe_cell(text)[0] not in "=+-@"
    assert safe_cell(-1.5) == -1.5


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_names_from_the_data_are_no_formulas_in_spreadsheets(
    report: CheckReport, state: ProjectState, tmp_path: Path, form: str
) -> None:
    write_report(report, state, tmp_path / "r", format=form)
    if form == "csv":
        text = (tmp_path / "r").read_text(encoding="utf-8-sig")
        cells: list[Any] = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    else:
        with (tmp_path / "r").open("rb") as file:
            book = openpyxl.load_workbook(file)
        cells = [cell.value for sheet in book for row in sheet for cell in row]
        assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    assert "'=G\"1" in cells
    numbers = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    for cell in cells:
        if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@"}:
            assert numbers.fullmatch(cell)


def test_the_workbook_has_its_four_sheets_with_filters(
    report: CheckReport, state: ProjectState, tmp_path: Path
) -> None:
    write_report(report, state, tmp_path / "r.xlsx", format="xlsx", lang="en")
    with (tmp_path / "r.xlsx").open("rb") as file:
        book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Summary", "Ledger", "Conflicts", "Suspicions"]
    sheet = book["Conflicts"]
    assert sheet.max_row == 3
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    heads = [cell.value for cell in sheet[1]]
    actual = sheet.cell(2, heads.index("Actual (m)") + 1)
    assert actual.value == 0.15
    assert actual.number_format == "0.000"
    assert book["Suspicions"]["A2"].value == "s-1"


def test_geojson_is_in_degrees(report: CheckReport, state: ProjectState) -> None:
    shift = np.array([500_000, 4_000_000, 0])
    far = report.conflicts.with_columns(
        at=report.conflicts.at + shift,
        near_a=report.conflicts.near_a + shift,
        near_b=report.conflicts.near_b + shift + np.array([1, 0, 0]),
    )
    facts = json.loads(text_of(replace(report, conflicts=far), state, "geojson"))
    line, point = (feature["geometry"] for feature in facts["features"])
    assert line["type"] == "LineString"
    assert point["type"] == "Point"
    longitude, latitude = point["coordinates"]
    assert longitude == pytest.approx(114.0, abs=0.001)
    assert latitude == pytest.approx(36.12, abs=0.05)
    assert "crs_note" not in facts


def test_geojson_of_an_unknown_system_says_so(report: CheckReport, state: ProjectState) -> None:
    local = state.with_(meta=ProjectMeta())
    facts = json.loads(text_of(report, local, "geojson"))
    assert "own coordinates" in facts["crs_note"]
    assert facts["features"][1]["geometry"]["coordinates"] == [8.0, 0.5]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_needs_nothing_from_outside(
    report: CheckReport, state: ProjectState, lang: Lang
) -> None:
    page = text_of(report, state, "html", lang)
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)""", page)
    assert "url(http" not in page
    assert "@import" not in page
    assert "://" not in page
    assert "default-src 'none'" in page


def test_the_page_escapes_what_comes_from_the_data(
    report: CheckReport, state: ProjectState
) -> None:
    page = text_of(report, state, "html")
    assert "W&lt;1&gt;&amp;" in page
    assert "W<1>" not in page
    assert "<script>alert" not in page
    assert "楼&lt;1&gt;" in page


def test_the_page_draws_plan_and_section_with_the_number(
    report: CheckReport, state: ProjectState
) -> None:
    page = text_of(report, state, "html")
    assert page.count("<svg") >= 2
    drawing = page.split("<svg")[2]
    assert "0.150 m" in drawing
    assert "<ellipse" in drawing or "<polygon" in drawing
    assert "unconfirmed" in page


def test_the_page_says_when_not_all_conflicts_are_drawn(
    report: CheckReport, state: ProjectState
) -> None:
    many = report.conflicts.take(np.zeros(203, dtype=np.int64))
    page = text_of(replace(report, conflicts=many), state, "html")
    assert "The first 200 of 203" in page
    assert page.count("<article") == 200
    assert page.count("<tr data-check") == 203


RAN = CheckLedger("collision", Outcome.RAN, None, 2, 1, {}, 0, 1, 0)


def test_clear_is_said_when_the_ledger_proves_it(state: ProjectState) -> None:
    proven = empty_report(state, pipes_read=3, pipes_tested=3, checks=(RAN,))
    assert proven.is_clear
    assert "No conflicts" in text_of(proven, state, "html")
    assert "无冲突" in text_of(proven, state, "html", "zh")


@pytest.mark.parametrize(
    "ledger",
    [
        {},
        {"pipes_read": 3, "pipes_tested": 0, "untestable": {"no_geometry": 3}, "checks": (RAN,)},
        {"pipes_read": 3, "pipes_tested": 2, "checks": (RAN,)},
        {"pipes_read": 3, "pipes_tested": 3, "checks": (replace(RAN, clear=0),)},
        {"pipes_read": 3, "pipes_tested": 3, "checks": (CheckLedger("cover", Outcome.FAILED),)},
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_clear_is_never_said_otherwise(
    state: ProjectState, ledger: dict[str, Any], lang: Lang
) -> None:
    unproven = empty_report(state, **ledger)
    page = text_of(unproven, state, "html", lang)
    assert not any(word in page for word in CLEAR)
    assert not any(word in headline(unproven).text(lang) for word in CLEAR)


def test_the_frame_holds_keys_numbers_and_geometry(
    report: CheckReport, state: ProjectState
) -> None:
    frame = report_frame(report, state)
    assert list(frame.columns) == [*(column.key for column in COLUMNS), "geometry"]
    assert frame.crs.to_epsg() == 4547
    assert frame.verdict.tolist() == ["certain", "cannot_judge"]
    assert frame.actual_m[0] == 0.15
    assert np.isnan(frame.actual_m[1])
    assert frame.geometry[0].coords[:] == [(5.0, 0.0, -1.15), (5.0, 0.0, -1.3)]
    assert frame.geometry[1].geom_type == "Point"


def test_a_frame_of_no_conflicts_has_the_same_columns(
    report: CheckReport, state: ProjectState
) -> None:
    none = report_frame(replace(report, conflicts=ConflictTable.empty()), state)
    assert len(none) == 0
    assert list(none.columns)[-1] == "geometry"


def test_an_unknown_format_names_those_there_are(
    report: CheckReport, state: ProjectState, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="json, csv, xlsx, geojson, html"):
        write_report(report, state, tmp_path / "r", format="docx")


@pytest.mark.parametrize("form", REPORTS.names())
def test_a_report_that_cannot_be_written_leaves_nothing(
    report: CheckReport, state: ProjectState, tmp_path: Path, form: str
) -> None:
    with pytest.raises(ExportError, match="cannot be written"):
        write_report(report, state, tmp_path / "none" / "r", format=form)
    assert not list(tmp_path.iterdir())


def test_every_heading_has_its_chinese() -> None:
    assert all(chinese_for(column.title.template) != column.title.template for column in COLUMNS)


def test_only_cover_is_measured_against_the_ground() -> None:
    conflict: dict[str, Any] = {
        "check": "cover",
        "a": {"kind": "gas", "id": "G"},
        "b": {"kind": "", "id": ""},
    }
    assert side_word(conflict, "b", "zh") == "地面"
    assert side_word(conflict | {"check": "gravity_slope"}, "b", "zh") == ""
    assert side_word(conflict, "a", "en") == "gas"


def test_units_of_suspicions_are_words_of_the_language() -> None:
    assert [unit_word(u).text("zh") for u in ("days", "storeys", "m2", "m")] == [
        "天", "层", "m²", "m",
    ]  # fmt: skip
