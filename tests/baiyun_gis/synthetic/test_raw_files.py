"""The raw sample files: repeatable, small, and read back by the importer as what they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from baiyun_gis.demo import imported, sample_folder
from baiyun_gis.errors import FormatError, UsageError
from baiyun_gis.io.import_report import ImportReport
from baiyun_gis.jobs import Job
from baiyun_gis.model.vocabulary import Status
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.district import District, make_district
from baiyun_gis.synthetic.raw_files import SAMPLE_SEED, SAMPLE_SEGMENTS, write_raw_files
from baiyun_gis.synthetic.recall import load_truth

TEXTS = ("survey/*.csv", "design/*.dxf", "truth.json")


@pytest.fixture(scope="module")
def district() -> District:
    return make_district(SAMPLE_SEGMENTS, SAMPLE_SEED)


@pytest.fixture(scope="module")
def written(district: District, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    write_raw_files(district, folder)
    return folder


@pytest.fixture(scope="module")
def project() -> tuple[ProjectState, list[ImportReport]]:
    return imported(sample_folder(), job=Job())


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    small = make_district(1_000, 3)
    for name in ("a", "b"):
        write_raw_files(small, tmp_path / name)
    files = sorted(p for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert len(files) >= 20
    for path in files:
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert other.read_bytes() == path.read_bytes(), path.name


def test_the_shipped_sample_is_what_the_generator_writes(written: Path) -> None:
    shipped = sample_folder()
    for pattern in TEXTS:
        for path in sorted(written.glob(pattern)):
            assert (shipped / path.relative_to(written)).read_bytes() == path.read_bytes(), path


def test_the_shipped_sample_is_small() -> None:
    sizes = [p.stat().st_size for p in sample_folder().rglob("*") if p.is_file()]
    assert sum(sizes) <= 15_000_000
    assert max(sizes) < 4 * 1024 * 1024


def test_tables_are_in_the_encodings_people_have(written: Path) -> None:
    with pytest.raises(UnicodeDecodeError):
        (written / "survey" / "JS_LINE.csv").read_bytes().decode("utf-8")
    assert "球墨铸铁" in (written / "survey" / "JS_LINE.csv").read_text(encoding="gbk")
    assert (written / "survey" / "电力管线.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not list(written.rglob("*.cpg"))


def test_one_survey_has_the_zone_before_its_easting(written: Path) -> None:
    lines = (written / "survey" / "RQ_POINT.csv").read_text(encoding="gbk").splitlines()
    column = lines[0].split(",").index("Y")
    assert lines[1].split(",")[column].startswith("384")


def test_import_gives_the_counts_of_the_truth(
    project: tuple[ProjectState, list[ImportReport]],
) -> None:
    state, _ = project
    counts = load_truth(sample_folder() / "truth.json")["counts"]
    surveyed = state.pipes.status != Status.PLANNED
    assert int(surveyed.sum()) == counts["pipes"]
    for table in ("nodes", "buildings", "permits", "structures"):
        assert len(state.table(table)) == counts[table]
    assert len(state.rasters) == 4


def test_import_asks_nothing(project: tuple[ProjectState, list[ImportReport]]) -> None:
    _, reports = project
    asked = [question.text for r in reports for s in r.sources for question in s.asked]
    assert asked == []


def test_import_gives_the_lines_of_the_district(
    project: tuple[ProjectState, list[ImportReport]], district: District
) -> None:
    state, _ = project
    mine, theirs = district.state.pipes, state.pipes
    row = {name: n for n, name in enumerate(theirs.id)}
    there = np.array([row[name] for name in mine.id])
    for name in (
        "utility", "shape", "material", "burial", "pressure_class", "level_datum", "status",
        "enclosure", "road", "owner", "survey_method",
    ):  # fmt: skip
        assert getattr(theirs, name)[there].tolist() == getattr(mine, name).tolist(), name
    for name in ("sigma_xy_m", "sigma_z_m", "voltage_kv", "start_depth_m", "start_ground_m"):
        close = np.isclose(
            getattr(theirs, name)[there], getattr(mine, name), atol=2e-3, equal_nan=True
        )
        assert close.all(), name
    first = theirs.xy[theirs.offsets[there]]
    assert np.abs(first - mine.xy[mine.offsets[:-1]]).max() < 0.002
    assert theirs.has_level[there].tolist() == mine.has_level.tolist()


def test_bad_rows_are_refused_one_by_one(
    project: tuple[ProjectState, list[ImportReport]],
) -> None:
    _, reports = project
    refused = {
        (Path(source.path).name, bad.sheet, bad.row)
        for report in reports
        for source in report.sources
        for bad in source.quarantined
    }
    planted = {
        (Path(i["expected"]["file"]).name, i["expected"].get("sheet", ""), i["expected"]["row"])
        for i in load_truth(sample_folder() / "truth.json")["items"]
        if i["kind"] == "quarantined"
    }
    assert len(planted) == 6
    assert {(name, row) for name, _, row in refused} == {(name, row) for name, _, row in planted}


def test_the_planned_main_comes_in_as_planned(
    project: tuple[ProjectState, list[ImportReport]],
) -> None:
    state, _ = project
    planned = state.pipes.take(state.pipes.status == Status.PLANNED)
    assert len(planned) == 1
    assert planned.nominal_mm[0] == 200
    assert planned.has_level.all()
    assert planned.valid_from[0] == np.datetime64("2026-03-01")


def test_a_large_district_is_not_written_as_raw_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="20000"):
        write_raw_files(make_district(20_001, 1), tmp_path)


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"schema": "other/1"})])
def test_a_file_that_is_no_truth_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "truth.json").write_text(text)
    with pytest.raises(FormatError, match="not a truth file"):
        load_truth(tmp_path / "truth.json")
