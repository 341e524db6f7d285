"""Folders, archives, profiles, set values, ids, reports and the command."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from survey_files import Table, chinese, pinyin, survey, write_folder, write_workbook

from baiyun_gis.errors import FormatError, InputError, UsageError
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into, read_sources
from baiyun_gis.io.profiles import load_profile, profile_of, save_profile
from baiyun_gis.io.sources import unpacked
from baiyun_gis.jobs import silent
from baiyun_gis.project import ProjectState

OPTIONS = ImportOptions(crs="EPSG:4547")


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return target


def test_a_folder_of_folders_is_read_whole(tmp_path: Path) -> None:
    for code in ("JS", "WS"):
        write_folder(chinese(survey(code)), tmp_path / "all" / code, prefix=code)
    (tmp_path / "all" / "readme.docx").write_bytes(b"PK")
    state, report = import_into(ProjectState(), [tmp_path / "all"], OPTIONS, silent())
    assert report.tables == {"pipes": len(state.pipes), "nodes": 2 * len(survey().ids)}
    left = [s for s in report.sources if s.path == "readme.docx"]
    assert "passed over" in str(left[0].notes[0])


def test_an_archive_is_read_like_its_folder(tmp_path: Path) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s")
    archive = zipped(folder, tmp_path / "s.zip")
    state, report = import_into(ProjectState(), [archive], OPTIONS, silent())
    assert len(state.pipes) == len(survey().lines)
    assert all("baiyun-import" not in s.path for s in report.sources)


@pytest.mark.parametrize("name", ["../out.csv", "/out.csv", "a/../../out.csv", "..\\out.csv"])
def test_an_archive_that_leads_outside_is_refused(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "s.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(zipfile.ZipInfo(name), b"a,b")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(FormatError, match="leads outside"):
        unpacked(archive, scratch)
    assert not (tmp_path / "out.csv").exists()


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x.csv", b"0" * 200_000_000)
    with pytest.raises(FormatError, match="unreasonable size"):
        unpacked(archive, tmp_path)


def test_a_damaged_archive_or_workbook_is_one_clear_sentence(tmp_path: Path) -> None:
    for name in ("x.zip", "x.xlsx"):
        path = tmp_path / name
        path.write_bytes(b"PK\x03\x04 nothing")
        with pytest.raises(InputError, match=name):
            import_into(ProjectState(), [path], OPTIONS, silent())


@pytest.mark.parametrize(
    ("name", "reason"), [("x.xls", "save it as .xlsx"), ("x.mdb", "export"), ("x.foo", "no reader")]
)
def test_a_file_nobody_reads_is_one_clear_sentence(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01")
    with pytest.raises(FormatError, match=reason):
        import_into(ProjectState(), [tmp_path / name], OPTIONS, silent())


def test_a_source_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        import_into(ProjectState(), [tmp_path / "none.csv"], OPTIONS, silent())


def test_ids_that_are_there_already_get_a_suffix(tmp_path: Path) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s")
    state, _ = import_into(ProjectState(), [folder], OPTIONS, silent())
    state, report = import_into(state, [folder], OPTIONS, silent())
    assert len(set(state.nodes.id)) == len(state.nodes) == 2 * len(survey().ids)
    assert len(set(state.pipes.id)) == len(state.pipes)
    last = len(survey().ids)
    assert state.nodes.id[last] == "JS1~2"
    assert "id was JS1" in state.nodes.lineage[last]
    assert state.nodes.id[state.pipes.start_node[-1]].endswith("~2")
    assert any("suffix" in str(n) for s in report.sources for n in s.notes)


def test_the_same_import_gives_the_same_tables(tmp_path: Path) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s")
    first, _ = import_into(ProjectState(), [folder], OPTIONS, silent())
    second, _ = import_into(ProjectState(), [folder], OPTIONS, silent())
    assert first.pipes.id.tolist() == second.pipes.id.tolist()
    assert first.pipes.axis_level.tobytes() == second.pipes.axis_level.tobytes()


def test_a_text_file_cut_by_blanks_is_a_table_and_prose_is_none(tmp_path: Path) -> None:
    from baiyun_gis.io.survey import READER

    folder = write_folder(chinese_without_blanks(), tmp_path / "s", delimiter=" ")
    for path in sorted(folder.iterdir()):
        path.rename(path.with_suffix(".txt"))
    state, _ = import_into(ProjectState(), [folder], OPTIONS, silent())
    assert len(state.pipes) == len(survey().lines)
    prose = tmp_path / "readme.txt"
    prose.write_text("This is a letter.\nIt has some lines\nand no table in it, none.\n")
    assert READER.claims(prose) == 0


def chinese_without_blanks() -> dict[str, Table]:
    return {n: [[c or "/" for c in r] for r in t] for n, t in chinese(survey("JS")).items()}


def test_a_preview_adds_nothing_and_shows_samples(tmp_path: Path) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s")
    part = read_sources([folder], OPTIONS, silent())
    assert len(part.pipes) == len(survey().lines)
    points = next(r for r in part.reports if "POINT" in r.path)
    assert points.samples[0]["物探点号"] == "JS1"
    assert points.fields["物探点号"] == "id"


def test_a_profile_maps_columns_nobody_knows(tmp_path: Path) -> None:
    tables = chinese(survey("JS"))
    names = {"起始点号": "甲", "终止点号": "乙", "管径": "丙"}
    tables["LINE"][0] = [names.get(c, c) for c in tables["LINE"][0]]
    folder = write_folder(tables, tmp_path / "s")
    profile = tmp_path / "office.toml"
    profile.write_text(
        'crs = "EPSG:4547"\n[fields]\n"甲" = "start_id"\n"乙" = "end_id"\n"丙" = "size"\n'
        '[settings]\nowner = "水司"\n',
        encoding="utf-8",
    )
    options = ImportOptions(profile=str(profile))
    state, _ = import_into(ProjectState(), [folder], options, silent())
    assert len(state.pipes) == len(survey().lines)
    assert set(state.pipes.nominal_mm) == {300.0}
    assert set(state.pipes.owner) == {"水司"}


def test_a_saved_profile_repeats_the_import(tmp_path: Path) -> None:
    folder = write_folder(pinyin(survey("JS")), tmp_path / "s")
    _, report = import_into(ProjectState(), [folder], OPTIONS, silent())
    path = tmp_path / "p.toml"
    save_profile(profile_of(report.sources, OPTIONS, title='拼音 "x"'), path)
    profile = load_profile(str(path))
    assert profile.fields["QDDH"] == "start_id"
    assert profile.crs == "EPSG:4547"
    state, _ = import_into(ProjectState(), [folder], ImportOptions(profile=str(path)), silent())
    assert len(state.pipes) == len(survey().lines)


def test_profiles_that_are_not_there_or_wrong_say_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="eps-mdb"):
        load_profile("nobody-has-this")
    path = tmp_path / "bad.toml"
    path.write_text("colour = 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="unknown keys"):
        load_profile(str(path))


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [("colour", "red", "no table has such a column"), ("utility", "magic", "is none of"),
     ("start_depth_m", "deep", "is not a number"), ("valid_from", "soon", "is not a date")],
)  # fmt: skip
def test_set_values_are_checked_before_anything_is_read(
    name: str, value: str, reason: str, tmp_path: Path
) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s")
    with pytest.raises(UsageError, match=reason):
        import_into(ProjectState(), [folder], ImportOptions(settings={name: value}), silent())


def test_a_sound_file_is_taken_though_another_is_damaged(tmp_path: Path) -> None:
    folder = write_folder(chinese(survey("JS")), tmp_path / "s")
    (folder / "broken.xlsx").write_bytes(b"no workbook")
    state, report = import_into(ProjectState(), [folder], OPTIONS, silent())
    assert len(state.pipes) == len(survey().lines)
    assert any("not a sound XLSX" in str(n) for s in report.sources for n in s.notes)


def test_the_command_makes_a_project_and_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from baiyun_gis.cli import imports
    from baiyun_gis.storage.project_file import open_project

    parser = _parser()
    tables = {f"JS{n}": t for n, t in chinese(survey("JS")).items()}
    tables["JSLINE"][3][1] = "JS99"
    book = write_workbook(tables, tmp_path / "s.xlsx")
    project, report = tmp_path / "p.gpkg", tmp_path / "r.json"
    words = ["import", str(book), "--project", str(project), "--crs", "EPSG:4547"]
    args = parser.parse_args([*words, "--report", str(report), "--set", "owner=水司"])
    args.lang = "zh"
    assert imports.run(args) == 0
    shown = capsys.readouterr().out
    assert "端点既不在点表中，也不在项目中" in shown
    data = json.loads(report.read_text(encoding="utf-8"))
    assert data["tables"] == {"pipes": len(survey().lines) - 1, "nodes": len(survey().ids)}
    lines = next(s for s in data["sources"] if s["rows_quarantined"])
    assert lines["rows_read"] == lines["rows_taken"] + 1
    assert lines["quarantined"][0]["row"] == 4
    state = open_project(project)
    assert state.meta.crs == "EPSG:4547"
    assert set(state.pipes.owner) == {"水司"}


def test_a_dry_run_saves_nothing(tmp_path: Path) -> None:
    from baiyun_gis.cli import imports

    folder = write_folder(chinese(survey("JS")), tmp_path / "s")
    project = tmp_path / "p.gpkg"
    args = _parser().parse_args(
        ["import", str(folder), "--project", str(project), "--crs", "EPSG:4547", "--dry-run"]
    )
    assert imports.run(args) == 0
    assert not project.exists()


def _parser():
    import argparse

    from baiyun_gis.cli import imports

    parser = argparse.ArgumentParser()
    imports.register(parser.add_subparsers())
    return parser
