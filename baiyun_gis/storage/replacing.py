"""Writing a file so that at any moment either the old or the new one is there, whole."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from baiyun_gis.errors import ProjectError


@contextmanager
def replaced(path: Path) -> Generator[Path]:
    """A new file beside `path` that takes its place when the block ends well.

    What a crash left behind earlier is cleared away; call under the project's lock. Raises
    `ProjectError` when the folder or file cannot be written, or another program is editing it.
    """
    fresh = path.with_name(f".{path.name}.saving")
    try:
        fresh.unlink(missing_ok=True)
        fresh.with_name(f"{fresh.name}-journal").unlink(missing_ok=True)
        _settle_outside_edits(path)
        yield fresh
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o777)
        _synced(fresh)
        os.replace(fresh, path)
        _synced_folder(path.parent)
    except OSError as error:
        raise ProjectError(
            "{path}: cannot be written ({why}); check the folder, free space and whether another"
            " program has the file open, or save under another name",
            path=str(path),
            why=error.strerror or str(error),
        ) from error
    except sqlite3.Error as error:
        raise ProjectError(
            "{path}: cannot be written ({why}); check the folder, free space and whether another"
            " program has the file open, or save under another name",
            path=str(path),
            why=str(error),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def _settle_outside_edits(path: Path) -> None:
    """Fold in a write-ahead log that QGIS left; its frames must never meet another file."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1.0)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        pass
    if log.exists():
        raise ProjectError(
            "{path}: another program (QGIS?) has the project open for editing; close it there and"
            " save again",
            path=str(path),
        )


def _synced(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _synced_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
