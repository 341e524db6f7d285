"""Steps from older formats of the project file to the present one.

A step changes a database in place from one format number to the next; it works on a copy in
memory, the file itself changes only when the project is next saved. Format 1 is the first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from baiyun_gis.errors import ProjectError, ProjectVersion

FORMAT = 1
Step = Callable[[sqlite3.Connection], None]
STEPS: Mapping[int, Step] = {}
"""Format number → the step from it to the next."""


@contextmanager
def upgraded(
    connection: sqlite3.Connection,
    *,
    found: int,
    path: Path,
    steps: Mapping[int, Step] = STEPS,
    target: int = FORMAT,
) -> Generator[sqlite3.Connection]:
    """The database in the present format: itself, or a migrated copy.

    Raises `ProjectVersion` when the file is newer than this program, `ProjectError` when a step
    is missing.
    """
    if found > target:
        raise ProjectVersion(
            "{path}: was written by a newer version of Baiyun GIS (format {found}, this version"
            " reads up to {known}); update the program",
            path=str(path),
            found=found,
            known=target,
        )
    if found == target:
        yield connection
        return
    with closing(sqlite3.connect("")) as copy:
        connection.backup(copy)
        for number in range(found, target):
            if number not in steps:
                raise ProjectError(
                    "{path}: format {found} of the project file is not known",
                    path=str(path),
                    found=found,
                )
            steps[number](copy)
            copy.execute(
                "UPDATE baiyun_project SET value = ? WHERE key = 'baiyun_format'",
                (str(number + 1),),
            )
        copy.commit()
        yield copy
