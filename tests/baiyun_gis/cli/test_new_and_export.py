from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from storage_builders import any_state

from baiyun_gis.cli import export, new
from baiyun_gis.errors import CrsError, UsageError
from baiyun_gis.storage.project_file import open_project, save_project


def run(command: object, *words: str, lang: str = "en") -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())  # type: ignore[attr-defined]
    args = parser.parse_args(words)
    args.lang = lang
    return args.run(args)


def test_new_makes_an_empty_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "city.gpkg"
    assert run(new, "new", str(path), "--crs", "EPSG:4547", "--vertical-datum", "1985") == 0
    state = open_project(path)
    assert state.is_empty
    assert (state.meta.crs, state.meta.vertical_datum) == ("EPSG:4547", "1985")
    assert "Made" in capsys.readouterr().out


def test_new_does_not_replace_a_file_unasked(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    save_project(any_state(), path)
    with pytest.raises(UsageError, match="--force"):
        run(new, "new", str(path))
    assert len(open_project(path).pipes) == 40
    assert run(new, "new", str(path), "--force") == 0
    assert open_project(path).is_empty


def test_new_refuses_an_unknown_system_and_a_wrong_ending(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="EPSG:999999"):
        run(new, "new", str(tmp_path / "a.gpkg"), "--crs", "EPSG:999999")
    with pytest.raises(UsageError, match=r"\.gpkg"):
        run(new, "new", str(tmp_path / "a.txt"))
    assert not list(tmp_path.iterdir())


def test_export_writes_the_tables_and_says_which_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    to = str(tmp_path / "out.xlsx")
    assert run(export, "export", str(path), "--to", to, "--tables", "pipes,nodes", lang="zh") == 0
    assert (tmp_path / "out.xlsx").exists()
    assert "out.xlsx" in capsys.readouterr().out
