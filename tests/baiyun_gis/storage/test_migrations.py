from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from storage_builders import any_state

from baiyun_gis.errors import ProjectError, ProjectVersion
from baiyun_gis.storage.migrations import FORMAT, upgraded
from baiyun_gis.storage.project_file import save_project


def rename_title(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE baiyun_project SET value = value || '!' WHERE key = 'title'")


def facts(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM baiyun_project").fetchall())


def test_steps_run_in_order_on_a_copy_and_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    before = path.read_bytes()
    steps = {FORMAT: rename_title, FORMAT + 1: rename_title}
    with (
        closing(sqlite3.connect(path)) as connection,
        upgraded(connection, found=FORMAT, path=path, steps=steps, target=FORMAT + 2) as current,
    ):
        assert facts(current)["title"] == "示范区!!"
        assert facts(current)["baiyun_format"] == str(FORMAT + 2)
        assert facts(connection)["title"] == "示范区"
    assert path.read_bytes() == before


def test_the_present_format_is_used_as_it_is(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect("")) as connection,
        upgraded(connection, found=FORMAT, path=tmp_path) as current,
    ):
        assert current is connection


def test_a_gap_in_the_steps_and_a_newer_format_are_told_apart(tmp_path: Path) -> None:
    with closing(sqlite3.connect("")) as connection:
        with (
            pytest.raises(ProjectError, match="format 0"),
            upgraded(connection, found=0, path=tmp_path),
        ):
            pass
        with (
            pytest.raises(ProjectVersion, match="newer"),
            upgraded(connection, found=FORMAT + 1, path=tmp_path),
        ):
            pass
