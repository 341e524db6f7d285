from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage_builders import any_state

from baiyun_gis.storage.describing import described_columns
from baiyun_gis.storage.project_file import save_project

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "project-file.md"


def test_the_document_lists_the_columns_as_they_are() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.endswith(described_columns()), (
        "write described_columns() below the last heading of docs/project-file.md"
    )


def test_every_column_of_the_file_is_in_the_document(tmp_path: Path) -> None:
    save_project(any_state(), tmp_path / "p.gpkg")
    text = DOCUMENT.read_text(encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "p.gpkg")) as connection:
        for layer in ("pipes", "nodes", "buildings", "permits", "structures", "decisions"):
            section = text.split(f"### `{layer}`")[1].split("###")[0]
            for row in connection.execute(f'PRAGMA table_info("{layer}")'):
                if row[1] not in {"fid", "geom"}:
                    assert f"`{row[1]}`" in section, f"{layer}.{row[1]}"
